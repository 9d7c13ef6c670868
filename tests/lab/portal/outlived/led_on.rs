//! A form whose session has ended, or has another id, is filled in again.

use super::{
    EVERY_KIND, NOTICE_AGAIN, assert_shows, browser, change_password, follow, leads_to, send,
    send_notice, sign_in_again, sign_in_on, signed_in_on,
};
use crate::support::{Client, TestBench, bench};

/// The names of fields, each with what is in it.
type Fields = &'static [(&'static str, &'static str)];

/// Forms with what somebody types into them, their page, and what the page shows again of it.
const TYPED: [(&str, Fields, &str, &str); 4] = [
    (
        "/board",
        &[(
            "text",
            "\n</textarea><script>alert(1)</script> a \"lost\" umbrella",
        )],
        "/board",
        "required>\n\n&lt;/textarea&gt;&lt;script&gt;",
    ),
    (
        "/transfer",
        &[("to", "al\"ice"), ("amount", "7")],
        "/dashboard",
        "value=\"al&quot;ice\"",
    ),
    (
        "/preferences",
        &[("large_text", "1")],
        "/dashboard",
        "name=\"large_text\" value=\"1\" checked",
    ),
    (
        "/sessions",
        &[("handle", "others"), ("password", "s3cret-typed")],
        "/sessions",
        "value=\"others\" checked",
    ),
];

/// Forms of which nothing may be kept.
const UNKEPT: [(&str, Fields, &str); 2] = [
    (
        "/password",
        &[("current", "s3cret-typed"), ("new", "s3cret-typed-too")],
        "/password",
    ),
    ("/browsers/forget", &[("handle", "0123abcd")], "/sessions"),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Idle,
    Absolute,
    AnotherTab,
    Revoked,
    Reset,
}

/// Ends the session of a client that has a form open.
async fn end(how: End, bench: &TestBench, variant: &str, client: &mut Client) {
    match how {
        End::Idle => bench.wait_minutes(6).await,
        End::Absolute => {
            for _ in 0..16 {
                bench.wait_minutes(4).await;
                client.get("/api/check_session").await;
            }
        }
        End::AnotherTab => {
            client.submit("/logout", &[]).await;
        }
        End::Revoked => {
            let mut elsewhere = browser(bench, variant);
            elsewhere.sign_in().await;
            let form = [("handle", "others"), ("password", "password123")];
            assert_eq!(elsewhere.submit("/sessions", &form).await.status, 303);
        }
        End::Reset => {
            assert_eq!(bench.student().post_form("/reset", &[]).await.status, 303);
        }
    }
}

#[tokio::test]
async fn what_was_typed_is_in_the_form_again_after_the_sign_in() {
    for variant in EVERY_KIND {
        for (action, typed, page, again) in TYPED {
            let bench = bench();
            let mut student = browser(&bench, variant);
            student.sign_in().await;
            // A second session, for the form that ends others.
            bench.visitor(variant).sign_in().await;
            let open = student.get(page).await;
            end(End::AnotherTab, &bench, variant, &mut student).await;

            let sent = send(&mut student, action, typed, &open).await;
            let to = leads_to(&sent);
            assert!(
                to.starts_with("/login?expired=1&session="),
                "{variant}: {to}"
            );
            let sign_in = follow(&mut student, &sent).await;
            for told in [
                "You signed out, perhaps in another tab",
                "What you typed is kept",
            ] {
                assert!(
                    sign_in.body.contains(told),
                    "{variant}{action}: {}",
                    sign_in.body
                );
            }
            assert!(!sign_in.body.contains("umbrella") && !sign_in.body.contains("s3cret"));

            // A wrong password does not lose it, and loading the page again sends nothing.
            let wrong = sign_in_on(&mut student, &sign_in, "student123", "wrong").await;
            assert_eq!(wrong.status, 401);
            let signed_in = sign_in_again(&mut student, &wrong).await;
            let to = leads_to(&signed_in);
            assert!(to.starts_with(&format!("{page}?draft=")), "{variant}: {to}");
            for _ in 0..2 {
                let form = follow(&mut student, &signed_in).await;
                assert!(
                    form.body.contains(again),
                    "{variant}{action}: {}",
                    form.body
                );
                assert_shows(&form, "What you typed is in the form again");
                assert!(!form.body.contains("s3cret") && !form.body.contains("<script>alert"));
            }

            // Sent once more, it is accepted, and forgotten.
            let form = follow(&mut student, &signed_in).await;
            let typed: Vec<_> = typed
                .iter()
                .map(|(name, value)| match *name {
                    "to" => ("to", "alice"),
                    "password" => ("password", "password123"),
                    _ => (*name, *value),
                })
                .collect();
            let accepted = send(&mut student, action, &typed, &form).await;
            let done = leads_to(&accepted);
            assert!(!done.contains("draft"), "{variant}{action}: {done}");
            if action != "/preferences" {
                let form = follow(&mut student, &signed_in).await;
                assert!(
                    !form.body.contains("in the form again"),
                    "{variant}{action}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_form_without_its_cookie_is_not_told_that_its_session_has_ended() {
    let bench = bench();
    let (mut student, open) = signed_in_on(&bench, "hardened", "/board").await;
    let mut still_in = student.clone();
    student.jar.clear();
    let sent = send_notice(&mut student, &open).await;
    let sign_in = follow(&mut student, &sent).await;
    assert!(
        sign_in.body.contains("No session cookie came"),
        "{}",
        sign_in.body
    );
    assert!(!sign_in.body.contains("has ended"), "{}", sign_in.body);
    assert_eq!(still_in.whoami().await.as_deref(), Some("student123"));
    let signed_in = sign_in_again(&mut student, &sign_in).await;
    let form = follow(&mut student, &signed_in).await;
    assert_shows(&form, NOTICE_AGAIN);
}

#[tokio::test]
async fn every_end_of_a_session_is_named_and_led_on_from() {
    for (how, why) in [
        (End::Idle, "It was unused for too long."),
        (End::Absolute, "It reached its time limit"),
        (End::AnotherTab, "You signed out, perhaps in another tab"),
        (End::Revoked, "It was ended from another session"),
        (End::Reset, "The portal no longer knows why."),
    ] {
        let bench = bench();
        let (mut student, open) = signed_in_on(&bench, "hardened", "/board").await;
        end(how, &bench, "hardened", &mut student).await;
        let sent = send_notice(&mut student, &open).await;
        let sign_in = follow(&mut student, &sent).await;
        assert!(sign_in.body.contains(why), "{how:?}: {}", sign_in.body);
        let signed_in = sign_in_again(&mut student, &sign_in).await;
        let form = follow(&mut student, &signed_in).await;
        assert!(form.body.contains(NOTICE_AGAIN), "{how:?}: {}", form.body);
    }
}

#[tokio::test]
async fn of_a_form_with_passwords_nothing_is_kept_and_the_way_leads_back_to_it() {
    for variant in EVERY_KIND {
        for (action, typed, page) in UNKEPT {
            let bench = bench();
            let (mut student, open) = signed_in_on(&bench, variant, "/password").await;
            end(End::AnotherTab, &bench, variant, &mut student).await;
            let sent = send(&mut student, action, typed, &open).await;
            let sign_in = follow(&mut student, &sent).await;
            assert_shows(&sign_in, "After the sign-in you are led back");
            let signed_in = sign_in_again(&mut student, &sign_in).await;
            assert!(leads_to(&signed_in).starts_with(page), "{variant}{action}");
            let form = follow(&mut student, &signed_in).await;
            assert_shows(&form, "Send the form once more");
            assert!(!form.body.contains("s3cret") && !sign_in.body.contains("s3cret"));
        }
    }
}

/// A password that was changed in one tab gives the session a new id, and the other tab's form an
/// old token.
#[tokio::test]
async fn a_form_with_the_token_of_an_earlier_id_is_filled_in_again_at_once() {
    for (action, typed, page, again) in TYPED {
        let (mut student, open) = signed_in_on(&bench(), "hardened", page).await;
        change_password(&mut student).await;
        let sent = send(&mut student, action, typed, &open).await;
        assert!(leads_to(&sent).starts_with(&format!("{page}?draft=")));
        let form = follow(&mut student, &sent).await;
        assert!(form.body.contains(again), "{action}: {}", form.body);
        assert_shows(&form, "You are signed in as student123.");
    }
    // The button that signs out has nothing to fill in.
    let (mut student, open) = signed_in_on(&bench(), "hardened", "/board").await;
    change_password(&mut student).await;
    let sent = send(&mut student, "/logout", &[], &open).await;
    let page = follow(&mut student, &sent).await;
    assert_shows(&page, "Press Sign out once more.");
    assert_eq!(student.whoami().await.as_deref(), Some("student123"));
}

#[tokio::test]
async fn an_id_that_was_replaced_a_moment_ago_leads_to_the_form_of_the_new_one() {
    let (mut student, open) = signed_in_on(&bench(), "hardened", "/board").await;
    let mut late = student.clone();
    change_password(&mut student).await;
    let sent = send_notice(&mut late, &open).await;
    assert!(
        sent.set_cookies().is_empty(),
        "the new cookie is left alone"
    );
    let form = follow(&mut student, &sent).await;
    assert_shows(&form, NOTICE_AGAIN);
}

/// The list of forms is complete: whatever a template sends is led on from.
#[tokio::test]
async fn every_form_of_the_portals_templates_is_led_on_from() {
    let mut actions = std::collections::BTreeSet::new();
    for folder in ["templates/pages/portal", "templates/partials"] {
        for file in std::fs::read_dir(folder).expect(folder) {
            let text = std::fs::read_to_string(file.expect("a file").path()).expect("a template");
            let found = text.split("method=\"post\" action=\"{{ base }}").skip(1);
            actions.extend(found.filter_map(|rest| Some(rest.split('"').next()?.to_owned())));
        }
    }
    assert!(actions.len() >= 8, "{actions:?}");
    for action in actions {
        let (mut student, open) = signed_in_on(&bench(), "hardened", "/board").await;
        change_password(&mut student).await;
        let sent = send(&mut student, &action, &[], &open).await;
        assert!(leads_to(&sent).contains("draft="), "{action}");
    }
}
