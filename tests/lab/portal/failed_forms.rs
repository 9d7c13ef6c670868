//! A form that failed says so first, shows who is signed in, and loses nothing. Issues 17.2 and 17.4.

use crate::support::{Client, Reply, bench};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn shows_who_is_signed_in(reply: &Reply, told: &str) {
    assert!(
        reply.body.contains("<span>student123"),
        "{told}: {}",
        reply.body
    );
    assert!(reply.body.contains("Sign out</button>"), "{told}");
    assert!(
        !reply.body.contains(">Sign in</a>"),
        "{told}: {}",
        reply.body
    );
}

#[tokio::test]
async fn every_answer_to_somebody_signed_in_shows_who_that_is() {
    for variant in ["insecure", "hardened"] {
        let mut student = bench().visitor(variant);
        student.sign_in().await;
        let token = student.token().await;
        let token = token.first().map_or("", |(_, token)| token);
        let long = format!("text={}&csrf_token={token}", "x".repeat(40_000));
        let json = ("content-type", "text/plain");
        let transfer = format!("to=nobody&amount=1&csrf_token={token}");
        for (method, path, header, body, status) in [
            ("GET", "/nothing", FORM, String::new(), 404),
            ("POST", "/nothing", FORM, String::new(), 404),
            ("POST", "/dashboard", FORM, String::new(), 405),
            ("PUT", "/board", FORM, String::new(), 405),
            ("POST", "/board", FORM, long, 413),
            ("POST", "/board", json, "text=a".into(), 415),
            ("POST", "/board", FORM, format!("csrf_token={token}"), 422),
            ("POST", "/transfer", FORM, transfer, 422),
        ] {
            let reply = student.send(method, path, &[header], body).await;
            let told = format!("{variant}: {method} {path}");
            assert_eq!(reply.status, status, "{told}: {}", reply.body);
            shows_who_is_signed_in(&reply, &told);
        }
        assert_eq!(student.whoami().await.as_deref(), Some("student123"));
        // The button of such a page works.
        let page = student.get("/nothing").await;
        let token = page.csrf_token().map(|token| ("csrf_token", token));
        let token: Vec<_> = token.into_iter().collect();
        assert_eq!(student.post_form("/logout", &token).await.status, 200);
        assert!(student.get("/nothing").await.body.contains(">Sign in</a>"));
    }
}

#[tokio::test]
async fn a_page_without_a_handler_does_not_count_as_use_and_keeps_large_text() {
    let bench = bench();
    let mut student = bench.visitor("hardened");
    student.sign_in().await;
    student.submit("/preferences", &[("large_text", "1")]).await;
    bench.wait_minutes(3).await;
    let page = student.get("/nothing").await;
    assert!(
        page.body.contains("<body class=\"portal large\">"),
        "{}",
        page.body
    );
    bench.wait_minutes(3).await;
    assert_eq!(student.whoami().await, None);
}

async fn failing(
    client: &mut Client,
    path: &str,
    fields: &[(&'static str, &str)],
    status: u16,
) -> Reply {
    let reply = client.submit(path, fields).await;
    assert_eq!(reply.status, status, "{path}: {}", reply.body);
    assert!(
        reply.body.contains("<title>Error: "),
        "{path}: {}",
        reply.body
    );
    let summary = "role=\"alert\" id=\"error\" tabindex=\"-1\" autofocus";
    assert!(reply.body.contains(summary), "{path}: {}", reply.body);
    reply
}

#[tokio::test]
async fn a_failed_form_names_its_fields_and_keeps_what_was_typed() {
    for variant in ["insecure", "hardened"] {
        let mut visitor = bench().visitor(variant);
        visitor.get("/login").await;
        let wrong = [("username", "al\"ice"), ("password", "wrong")];
        let page = failing(&mut visitor, "/login", &wrong, 401).await;
        let marked = "aria-invalid=\"true\" aria-describedby=\"error\"";
        assert_eq!(page.body.matches(marked).count(), 2, "{}", page.body);
        assert!(page.body.contains("value=\"al&quot;ice\""));

        let mut student = bench().visitor(variant);
        student.sign_in().await;
        let long = "äö\"".repeat(700);
        for (path, fields, status, field, kept) in [
            (
                "/board",
                &[("text", long.as_str())][..],
                422,
                "text",
                "äö&quot;äö",
            ),
            ("/board", &[("text", "")], 422, "text", "<textarea"),
            (
                "/transfer",
                &[("to", "no\"body"), ("amount", "12")],
                422,
                "to",
                "value=\"no&quot;body\"",
            ),
            (
                "/transfer",
                &[("to", "alice"), ("amount", "99999999999999999999999")],
                422,
                "amount",
                "value=\"99999999999999999999999\"",
            ),
            (
                "/transfer",
                &[("to", "alice"), ("amount", "much")],
                422,
                "amount",
                "value=\"alice\"",
            ),
            (
                "/password",
                &[("current", "wrong"), ("new", "a-new-password")],
                403,
                "current",
                "",
            ),
            (
                "/password",
                &[("current", "password123"), ("new", "short")],
                422,
                "new",
                "",
            ),
            (
                "/sessions",
                &[("handle", "others"), ("password", "wrong")],
                403,
                "password",
                "value=\"others\" checked",
            ),
        ] {
            let page = failing(&mut student, path, fields, status).await;
            let input = page.body.split(&format!("id=\"{field}\"")).nth(1);
            let input = input
                .and_then(|rest| rest.split('>').next())
                .unwrap_or_default();
            assert!(input.contains(marked), "{path} {field}: {}", page.body);
            assert!(page.body.contains(kept), "{path}: {}", page.body);
            assert!(
                page.body.contains(&format!("<a href=\"#{field}\">")),
                "{path}"
            );
            assert!(
                !page.body.contains("value=\"wrong\"") && !page.body.contains("a-new-password")
            );
            shows_who_is_signed_in(&page, path);
        }
        let sessions = [("handle", "0123abcd"), ("password", "password123")];
        let page = failing(&mut student, "/sessions", &sessions, 404).await;
        assert!(page.body.contains(marked), "{}", page.body);
    }
}

#[tokio::test]
async fn the_longest_notice_that_a_browser_lets_somebody_type_is_posted() {
    for variant in ["insecure", "hardened"] {
        let mut student = bench().visitor(variant);
        student.sign_in().await;
        // Three bytes each, nine in a form; each end of a line is one character to a browser.
        let text = format!("{}{}", "漢".repeat(1_900), "\r\n".repeat(100));
        assert_eq!(
            student.submit("/board", &[("text", &text)]).await.status,
            303,
            "{variant}"
        );
    }
}

/// An answer that no form follows shows what was typed, to be copied. Only to the portal's own page.
#[tokio::test]
async fn a_problem_in_the_way_of_a_form_shows_what_was_typed() {
    let bench = bench();
    let mut student = bench.visitor("hardened");
    student.sign_in().await;
    let (name, id) = student.session_cookie().expect("a cookie");
    student.jar.push((name, id));
    let typed = [("text", "my </textarea> umbrella".to_owned())];
    let own = student.post_form("/board", &typed).await;
    assert_eq!(own.status, 400, "{}", own.body);
    assert!(own.body.contains("<title>Error: "));
    assert!(
        own.body
            .contains("readonly>\nmy &lt;/textarea&gt; umbrella</textarea>"),
        "{}",
        own.body
    );
    let forged = student
        .post_form_from("http://prize.example", "/board", &typed)
        .await;
    assert_eq!(forged.status, 400);
    assert!(!forged.body.contains("umbrella"), "{}", forged.body);
}
