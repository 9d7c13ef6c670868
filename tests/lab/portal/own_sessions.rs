//! A user's own sessions and remembered browsers.

use crate::support::{Reply, TestBench, bench};

const BOTH: [&str; 2] = ["insecure", "hardened"];

/// The values of every field `handle` on the page.
fn handles(page: &Reply) -> Vec<String> {
    let found = page.body.split("name=\"handle\" value=\"").skip(1);
    found
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

async fn sign_in_remembered(bench: &TestBench, variant: &str) -> crate::support::Client {
    let mut browser = bench.visitor(variant);
    browser.get("/login").await;
    let form = [
        ("username", "student123"),
        ("password", "password123"),
        ("remember", "1"),
    ];
    assert_eq!(browser.submit("/login", &form).await.status, 303);
    browser
}

#[tokio::test]
async fn one_session_is_ended_from_another_with_the_password() {
    for variant in BOTH {
        let bench = bench();
        let (mut here, mut there) = (bench.visitor(variant), bench.visitor(variant));
        here.sign_in().await;
        there.sign_in().await;
        let page = here.get("/sessions").await;
        assert_eq!(page.body.matches(">this browser<").count(), 1);
        let listed = handles(&page);
        assert_eq!(listed.len(), 3, "two sessions, and all others: {listed:?}");
        assert!(!page.body.contains(&there.id()), "no page shows an id");

        // The list is oldest first, and `there` signed in last.
        let end = |password| {
            [
                ("handle", listed[1].clone()),
                ("password", String::from(password)),
            ]
        };
        for (password, status, open) in [("wrong", 403, true), ("password123", 303, false)] {
            let mut form = here.token().await;
            form.extend(end(password));
            assert_eq!(
                here.post_form("/sessions", &form).await.status,
                status,
                "{variant}"
            );
            assert_eq!(there.whoami().await.is_some(), open, "{variant}");
        }
        let mut form = here.token().await;
        form.extend(end("password123"));
        assert_eq!(
            here.post_form("/sessions", &form).await.status,
            404,
            "it is over"
        );
        assert!(here.whoami().await.is_some());
    }
}

#[tokio::test]
async fn all_others_end_at_once_and_nobody_elses() {
    for variant in BOTH {
        let bench = bench();
        let mut here = bench.visitor(variant);
        here.sign_in().await;
        let mut others = [bench.visitor(variant), bench.visitor(variant)];
        for other in &mut others {
            other.sign_in().await;
        }
        let mut alice = bench.visitor(variant);
        alice.sign_in_as("alice").await;
        let form = [("handle", "others"), ("password", "password123")];
        assert_eq!(here.submit("/sessions", &form).await.status, 303);
        for other in &mut others {
            assert_eq!(other.whoami().await, None, "{variant}");
        }
        assert!(here.whoami().await.is_some() && alice.whoami().await.is_some());
    }
}

#[tokio::test]
async fn a_handle_of_somebody_elses_session_ends_nothing() {
    let bench = bench();
    let (mut student, mut alice) = (bench.visitor("hardened"), bench.visitor("hardened"));
    student.sign_in().await;
    alice.sign_in_as("alice").await;
    let listed = handles(&alice.get("/sessions").await);
    let form = [("handle", listed[0].as_str()), ("password", "password123")];
    let mut fields = student.token().await;
    fields.extend(form.map(|(name, value)| (name, value.to_owned())));
    assert_eq!(student.post_form("/sessions", &fields).await.status, 404);
    assert!(alice.whoami().await.is_some());
}

#[tokio::test]
async fn a_remembered_browser_still_needs_the_password_and_can_be_forgotten() {
    for variant in BOTH {
        let bench = bench();
        let mut browser = sign_in_remembered(&bench, variant).await;
        let value = browser
            .cookie("browser_")
            .expect("its own cookie")
            .to_owned();
        assert_eq!(browser.submit("/logout", &[]).await.status, 200);
        assert_eq!(
            browser.cookie("browser_"),
            Some(value.as_str()),
            "it outlives the sign-out"
        );
        assert_eq!(browser.whoami().await, None, "it is no longer accepted");
        let form = browser.get("/login").await.body;
        assert!(
            form.contains("name=\"username\" value=\"student123\""),
            "{form}"
        );

        browser.sign_in().await;
        let page = browser.get("/sessions").await;
        assert!(page.body.contains("browsers/forget"), "{variant}");
        let handle = handles(&page).pop().expect("the browser's");
        let mut fields = browser.token().await;
        fields.push(("handle", handle));
        assert_eq!(
            browser.post_form("/browsers/forget", &fields).await.status,
            303
        );
        assert!(
            !browser
                .get("/sessions")
                .await
                .body
                .contains("browsers/forget"),
            "{variant}"
        );
        browser.submit("/logout", &[]).await;
        let form = browser.get("/login").await.body;
        assert!(
            form.contains("name=\"username\" value=\"\""),
            "{variant}: {form}"
        );
    }
}

#[tokio::test]
async fn the_cookie_of_a_remembered_browser_is_no_weak_arm_but_secure_decides() {
    let bench = bench();
    for (variant, end) in [
        ("insecure", "SameSite=Lax"),
        ("hardened", "SameSite=Lax; Secure"),
    ] {
        let mut browser = bench.visitor(variant);
        browser.get("/login").await;
        let form = [
            ("username", "student123"),
            ("password", "password123"),
            ("remember", "on"),
        ];
        let reply = browser.submit("/login", &form).await;
        let value = browser.cookie("browser_").expect("its cookie");
        let name = format!("browser_{variant}_{}", bench.name);
        let line = format!("{name}={value}; Path=/; Max-Age=7776000; HttpOnly; {end}");
        assert!(
            reply.set_cookies().contains(&line.as_str()),
            "{:?}",
            reply.set_cookies()
        );
        assert_eq!(value.len(), 43, "random on both sides");
    }
}

#[tokio::test]
async fn a_browser_is_forgotten_after_90_days() {
    let bench = bench();
    let mut browser = sign_in_remembered(&bench, "insecure").await;
    browser.submit("/logout", &[]).await;
    let known = |page: Reply| page.body.contains("name=\"username\" value=\"student123\"");
    bench.wait_minutes(89 * 24 * 60).await;
    assert!(known(browser.get("/login").await));
    bench.wait_minutes(24 * 60).await;
    assert!(!known(browser.get("/login").await));
}

/// Issue 17.5: the sign-in page says why the session ended, and never a reason that is not so.
#[tokio::test]
async fn a_session_that_ended_is_never_given_a_false_reason() {
    enum Way {
        HereByCookie,
        InAnotherTab,
        FromElsewhere,
        NewPassword,
        Idle,
        Absolute,
        Invented,
    }
    let reasons = [
        "You signed out, perhaps in another tab of this browser.",
        "It was ended from another session of the same user.",
        "The password was changed in another session.",
        "It was unused for too long.",
        "It reached its time limit, however much it was used.",
        "The portal no longer knows why.",
    ];
    for (way, reason) in [
        (Way::HereByCookie, reasons[0]),
        (Way::InAnotherTab, reasons[0]),
        (Way::FromElsewhere, reasons[1]),
        (Way::NewPassword, reasons[2]),
        (Way::Idle, reasons[3]),
        (Way::Absolute, reasons[4]),
        (Way::Invented, reasons[5]),
    ] {
        let bench = bench();
        let (mut tab, mut there) = (bench.visitor("hardened"), bench.visitor("hardened"));
        tab.sign_in().await;
        there.sign_in().await;
        // Where the dashboard goes when its session is over.
        let dashboard = tab.get("/dashboard").await.shown();
        let (_, leave) = dashboard.split_once("data-login=\"").expect("an address");
        let leave = leave.split('"').next().expect("an end");
        let (_, mut leave) = leave.split_once("/hardened").expect("of the portal");
        match way {
            Way::HereByCookie => {
                let before = tab.clone();
                tab.submit("/logout", &[]).await;
                tab = before;
                leave = "/login?expired=1";
            }
            Way::InAnotherTab => {
                tab.submit("/logout", &[]).await;
            }
            Way::FromElsewhere => {
                let form = [("handle", "others"), ("password", "password123")];
                there.submit("/sessions", &form).await;
            }
            Way::NewPassword => {
                let form = [
                    ("current", "password123"),
                    ("new", "a new password 1"),
                    ("again", "a new password 1"),
                ];
                there.submit("/password", &form).await;
            }
            Way::Idle => bench.wait_minutes(6).await,
            Way::Absolute => {
                for _ in 0..16 {
                    bench.wait_minutes(4).await;
                    tab.get("/dashboard").await;
                }
            }
            Way::Invented => leave = "/login?expired=1&session=0123abcd",
        }
        let page = tab.get(leave).await;
        for other in reasons {
            assert_eq!(
                page.body.contains(other),
                other == reason,
                "{reason}: {}",
                page.body
            );
        }
    }
}
