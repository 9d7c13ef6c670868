//! The portal's pages, signed in and signed out: home, sign-in, dashboard, sign-out.

use serde_json::json;
use session_lab::defences::policy::Variant;

use super::PAGES;
use crate::support::{TestBench, bench};

const BOTH: [&str; 2] = ["insecure", "hardened"];

fn base(bench: &TestBench, variant: &str) -> String {
    format!("/b/{}/{variant}", bench.name)
}

#[tokio::test]
async fn pages_that_need_an_account_send_a_stranger_to_the_sign_in() {
    for variant in BOTH {
        let bench = bench();
        let mut stranger = bench.visitor(variant);
        for page in ["/dashboard", "/board", "/password", "/sessions"] {
            let reply = stranger.get(page).await;
            assert_eq!(reply.status, 303, "{variant}{page}");
            let login = base(&bench, variant) + "/login";
            assert_eq!(reply.header("location"), Some(login.as_str()));
        }
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        for page in PAGES {
            let reply = student.get(page).await;
            assert_eq!(reply.status, 200, "{variant}{page}");
            assert!(reply.body.contains("student123"), "{variant}{page}");
            assert!(
                reply.body.ends_with("</html>\n"),
                "{variant}{page}: the whole page"
            );
        }
    }
}

/// As the form of the older sheet answers, which has no field for a password.
#[tokio::test]
async fn a_sign_in_without_a_name_or_a_password_is_401_invalid_credentials_in_every_variant() {
    let bench = bench();
    for variant in Variant::all() {
        let mut stranger = bench.visitor(&variant.to_string());
        let token = stranger.token().await;
        let with_token = |fields: &[(&'static str, &str)]| {
            let own = fields
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()));
            token.iter().cloned().chain(own).collect::<Vec<_>>()
        };
        for fields in [
            &[("username", "admin")][..],
            &[("username", "admin"), ("password", "")],
            &[("username", "nobody-here")],
            &[("password", "password123")],
            &[("username", ""), ("password", "password123")],
            &[],
        ] {
            let reply = stranger.post_form("/login", &with_token(fields)).await;
            assert_eq!(reply.status, 401, "{variant} {fields:?} {}", reply.body);
            assert!(
                reply.body.contains("Invalid credentials!"),
                "{}",
                reply.body
            );
            for said in ["No such user", "Wrong password", "Wrong user name"] {
                assert!(!reply.body.contains(said), "{variant} {fields:?}");
            }
        }
        assert_eq!(stranger.whoami().await, None, "{variant}");
        for path in ["/api/login", "/jwt/login"] {
            for body in [
                json!({"username": "admin"}),
                json!({"username": "admin", "password": null}),
                json!({"username": "admin", "password": ""}),
                json!({"password": "password123"}),
                json!({}),
            ] {
                let reply = stranger.post_json(path, &body).await;
                assert_eq!(reply.status, 401, "{variant} {path} {body}");
                assert_eq!(reply.json()["detail"], "Invalid credentials!", "{variant}");
            }
        }
    }
}

/// No password was tried, so nobody is kept from signing in.
#[tokio::test]
async fn a_sign_in_without_a_password_is_no_guess() {
    let bench = bench();
    let mut stranger = bench.visitor("hardened");
    for _ in 0..30 {
        let reply = stranger
            .submit("/login", &[("username", "student123")])
            .await;
        assert_eq!(reply.status, 401, "{}", reply.body);
    }
    bench.visitor("hardened").sign_in().await;
    let told = bench.events("hardened").await;
    let failed = told.iter().filter(|event| event.contains("failed"));
    assert_eq!(failed.count(), 30, "they are in the journal: {told:?}");
}

#[tokio::test]
async fn home_opens_no_session_and_the_sign_in_page_opens_an_anonymous_one() {
    for variant in BOTH {
        let bench = bench();
        let mut stranger = bench.visitor(variant);
        assert!(stranger.get("/").await.set_cookies().is_empty());
        let login = stranger.get("/login").await;
        assert_eq!(login.set_cookies().len(), 1, "{variant}");
        assert_eq!(login.csrf_token().is_some(), variant == "hardened");
        assert_eq!(stranger.whoami().await, None, "anonymous is nobody");
        assert!(
            stranger.get("/login").await.set_cookies().is_empty(),
            "it is kept"
        );
        let evidence = bench.evidence(variant).await;
        assert_eq!(evidence["total"], 1);
        assert_eq!(evidence["sessions"][0]["state"], "anonymous");
    }
}

#[tokio::test]
async fn a_right_password_leads_to_the_dashboard_and_a_wrong_one_back_to_the_form() {
    for variant in BOTH {
        let bench = bench();
        let mut visitor = bench.visitor(variant);
        let wrong = visitor.try_to_sign_in("student123", "Password123").await;
        assert_eq!(wrong.status, 401);
        assert_eq!(wrong.heading(), "Sign in");
        assert!(
            wrong.body.contains("value=\"student123\""),
            "the name is kept"
        );
        assert!(!wrong.body.contains("Password123"), "the password is not");
        assert_eq!(visitor.whoami().await, None);

        let right = visitor.sign_in().await;
        let dashboard = base(&bench, variant) + "/dashboard";
        assert_eq!(right.header("location"), Some(dashboard.as_str()));
        assert_eq!(visitor.whoami().await.as_deref(), Some("student123"));
    }
}

#[tokio::test]
async fn the_sign_in_page_says_that_a_session_has_ended() {
    let mut visitor = bench().visitor("hardened");
    let told = "Your session has ended.";
    assert!(visitor.get("/login?expired=1").await.body.contains(told));
    assert!(!visitor.get("/login").await.body.contains(told));
}

/// Issue 17.14: a browser that keeps no cookie is told so, and does not come back to an empty form.
#[tokio::test]
async fn a_browser_with_cookies_blocked_is_told_that_no_cookie_came_back() {
    for variant in ["insecure", "hardened"] {
        let mut blocked = bench().visitor(variant);
        let page = blocked.get("/login").await;
        let mark = "<input type=\"hidden\" name=\"cookie_was_set\" value=\"1\">";
        assert!(page.body.contains(mark), "{}", page.body);
        let mut form = vec![
            ("username", "student123".to_owned()),
            ("password", "password123".to_owned()),
            ("cookie_was_set", "1".to_owned()),
        ];
        form.extend(page.csrf_token().map(|token| ("csrf_token", token)));
        let kept = std::mem::take(&mut blocked.jar);
        let told = blocked.post_form("/login", &form).await;
        let status = if variant == "insecure" { 400 } else { 403 };
        assert_eq!(told.status, status, "{}", told.body);
        assert!(
            told.body.contains("No cookie came back with th"),
            "{}",
            told.body
        );
        assert!(!told.body.contains("password123"));

        blocked.jar = kept;
        assert_eq!(blocked.post_form("/login", &form).await.status, 303);
    }
    // A program that sends no mark, as curl with -d, is not asked.
    let mut program = bench().visitor("insecure");
    let form = [
        ("username", "student123".to_owned()),
        ("password", "password123".to_owned()),
    ];
    assert_eq!(program.post_form("/login", &form).await.status, 303);
}

/// Issue 17.10: where the insecure side promises a session without a limit, it names the lab's own.
#[tokio::test]
async fn the_labs_own_ceiling_is_named_and_kept() {
    let bench = bench();
    let mut student = bench.visitor("insecure");
    student.sign_in().await;
    let page = student.get("/dashboard").await;
    assert!(page.body.contains("after 30 days"), "{}", page.body);
    for day in 0..30 {
        assert!(student.whoami().await.is_some(), "day {day}");
        bench.wait_minutes(24 * 60).await;
    }
    assert!(student.whoami().await.is_none());
}

#[tokio::test]
async fn the_dashboard_counts_down_only_where_there_is_a_limit() {
    for (variant, idle, absolute) in [("insecure", "", ""), ("hardened", "300", "3600")] {
        let mut student = bench().visitor(variant);
        student.sign_in().await;
        let page = student.get("/dashboard").await.body;
        let idle = format!("data-idle-seconds=\"{idle}\"");
        assert!(page.contains(&idle), "{variant}: {page}");
        let seconds = page.split("data-absolute-seconds=\"").nth(1).expect(&page);
        let seconds = seconds.split('"').next().unwrap_or_default();
        match seconds.parse::<u64>() {
            Ok(left) => assert!(
                absolute == "3600" && (3_500..=3_600).contains(&left),
                "{left}"
            ),
            Err(_) => assert_eq!(seconds, absolute),
        }
    }
}

#[tokio::test]
async fn every_page_of_somebody_signed_in_has_a_button_that_signs_out_by_post() {
    for variant in BOTH {
        let bench = bench();
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        for page in PAGES {
            let body = student.get(page).await.body;
            let action = format!("action=\"{}/logout\"", base(&bench, variant));
            let mut tags = body.split("<form").skip(1);
            let form = tags.find(|tag| tag.contains(&action));
            let form = form.unwrap_or_else(|| panic!("{variant}{page}: {body}"));
            let (tag, inside) = form.split_once('>').expect("a whole tag");
            assert!(tag.contains("method=\"post\""), "{variant}{page}: {tag}");
            let button = inside.split("</form>").next().unwrap_or_default();
            assert!(button.contains("<button"), "{variant}{page}: {button}");
        }
        assert_eq!(student.submit("/logout", &[]).await.status, 200);
        assert_eq!(student.whoami().await, None, "{variant}");
    }
}

#[tokio::test]
async fn signing_out_twice_or_after_the_end_is_no_error() {
    for variant in BOTH {
        let mut student = bench().visitor(variant);
        student.sign_in().await;
        let late = student.clone();
        for _ in 0..2 {
            assert_eq!(student.submit("/logout", &[]).await.status, 200);
        }
        // The tab that was left open: its session is over on the hardened side.
        let mut late = late;
        let bye = late.post_form("/logout", &[]).await;
        assert_eq!(bye.status, 200, "{variant}: {}", bye.body);
        assert_eq!(late.session_cookie(), None, "{variant}");
    }
}

/// A copy of the cookie may still be accepted: nothing is known of it.
#[tokio::test]
async fn a_sign_out_without_a_session_claims_nothing_about_a_record() {
    for variant in ["insecure", "hardened", "without-sign-out"] {
        let mut student = bench().visitor(variant);
        student.sign_in().await;
        let mut thief = student.clone();
        let first = student.submit("/logout", &[]).await.body;
        let is_gone = variant == "hardened";
        assert_eq!(first.contains("record on the server is gone"), is_gone);
        assert_eq!(thief.whoami().await.is_none(), is_gone, "{variant}");
        let second = student.post_form("/logout", &[]).await.body;
        assert!(
            second.contains("No session came with"),
            "{variant}: {second}"
        );
        for claim in ["class=\"badge", "is gone", "still on the server"] {
            assert!(!second.contains(claim), "{variant}: {second}");
        }
    }
}

#[tokio::test]
async fn a_stranger_cannot_sign_a_hardened_visitor_out() {
    let mut student = bench().visitor("hardened");
    student.sign_in().await;
    let forged = student.post_form("/logout", &[]).await;
    assert_eq!(forged.status, 403, "no token");
    assert_eq!(student.whoami().await.as_deref(), Some("student123"));
}

#[tokio::test]
async fn head_answers_as_get_without_a_body() {
    let mut visitor = bench().visitor("hardened");
    let reply = visitor.send("HEAD", "/", &[], String::new()).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, ""));
    let length: usize = reply
        .header("content-length")
        .expect("a length")
        .parse()
        .expect("a number");
    assert_eq!(length, visitor.get("/").await.body.len());
}

#[tokio::test]
async fn a_refused_request_shows_who_is_signed_in_and_its_sign_out_works() {
    for variant in ["insecure", "hardened"] {
        let bench = bench();
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        let refused = student
            .submit("/transfer", &[("to", "nobody"), ("amount", "1")])
            .await;
        assert_eq!(refused.status, 422, "{variant}");
        assert!(
            refused.body.contains("<span>student123</span>"),
            "{variant}"
        );
        assert!(!refused.body.contains(">Sign in</a>"), "{variant}");
        let token = refused.csrf_token();
        assert_eq!(token.is_some(), variant == "hardened");
        let fields = token.map(|token| ("csrf_token", token));
        let fields: Vec<_> = fields.into_iter().collect();
        let left = student.post_form("/logout", &fields).await;
        assert!(
            left.body.contains("Logged out."),
            "{variant}: {}",
            left.body
        );
    }
}

#[tokio::test]
async fn every_page_of_somebody_signed_in_counts_down() {
    let mut student = bench().visitor("hardened");
    student.sign_in().await;
    for page in PAGES.into_iter().chain(["/jwt/", "/nothing"]) {
        let body = student.get(page).await.body;
        assert_eq!(body.matches("class=\"count\"").count(), 1, "{page}: {body}");
        assert!(body.contains("data-idle-seconds=\""), "{page}");
        assert!(body.contains("/static/js/countdown.js"), "{page}");
    }
    let stranger = bench().visitor("hardened").get("/login").await;
    assert!(!stranger.body.contains("countdown.js"));
}
