//! A form that outlived its session leads on with what was typed; a forged one never does. Issue 17.1.

use crate::support::{Client, Reply, TestBench, bench};

/// Forms with what somebody types into them, their page, and what the page shows again of it.
const TYPED: [(&str, &[(&str, &str)], &str, &str); 4] = [
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
const UNKEPT: [(&str, &[(&str, &str)], &str); 2] = [
    (
        "/password",
        &[("current", "s3cret-typed"), ("new", "s3cret-typed-too")],
        "/password",
    ),
    ("/browsers/forget", &[("handle", "0123abcd")], "/sessions"),
];

const EVERY_KIND: [&str; 6] = [
    "insecure",
    "hardened",
    "without-csrf-token",
    "without-request-origin",
    "only-csrf-token",
    "only-sign-out",
];

/// A browser says that it shows pages.
fn browser(bench: &TestBench, variant: &str) -> Client {
    let visitor = bench.visitor(variant);
    visitor.with_header("accept", "text/html,application/xhtml+xml")
}

/// What the portal's page put into its forms: the token and the session that they belong to.
fn hidden(page: &Reply) -> Vec<(String, String)> {
    let main = page.body.split("<main").nth(1).expect("a page");
    let form = main.split("<form").nth(1).expect("a form");
    let form = form.split("</form>").next().unwrap_or_default();
    let inputs = form.split("<input type=\"hidden\" ").skip(1);
    let value = |input: &str, mark: &str| {
        let (_, rest) = input.split_once(mark)?;
        Some(rest.split('"').next()?.to_owned())
    };
    inputs
        .filter_map(|input| Some((value(input, "name=\"")?, value(input, "value=\"")?)))
        .collect()
}

/// Sends a form with the hidden fields of `page`.
async fn send(client: &mut Client, action: &str, typed: &[(&str, &str)], page: &Reply) -> Reply {
    let hidden = hidden(page);
    let mut fields: Vec<_> = hidden
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    fields.extend(
        typed
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    client.post_form(action, &fields).await
}

/// Where an answer leads, without bench and variant.
fn leads_to(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.body);
    let to = reply.header("location").expect("an address");
    let mut parts = to.splitn(5, '/');
    format!("/{}", parts.nth(4).expect("a page of the portal"))
}

async fn follow(client: &mut Client, reply: &Reply) -> Reply {
    let to = leads_to(reply);
    let page = client.get(&to).await;
    assert_eq!(page.status, 200, "{to}: {}", page.body);
    page
}

async fn sign_in_on(client: &mut Client, page: &Reply, user: &str, password: &str) -> Reply {
    let typed = [("username", user), ("password", password)];
    send(client, "/login", &typed, page).await
}

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
            let mut elsewhere = browser(&bench, variant);
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
            let signed_in = sign_in_on(&mut student, &wrong, "student123", "password123").await;
            let to = leads_to(&signed_in);
            assert!(to.starts_with(&format!("{page}?draft=")), "{variant}: {to}");
            for _ in 0..2 {
                let form = follow(&mut student, &signed_in).await;
                assert!(
                    form.body.contains(again),
                    "{variant}{action}: {}",
                    form.body
                );
                assert!(form.body.contains("What you typed is in the form again"));
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
async fn every_end_of_a_session_is_named_and_led_on_from() {
    for (how, why) in [
        (End::Idle, "It was unused for too long."),
        (End::Absolute, "It reached its time limit"),
        (End::AnotherTab, "You signed out, perhaps in another tab"),
        (End::Revoked, "It was ended from another session"),
        (End::Reset, "The portal no longer knows why."),
    ] {
        let bench = bench();
        let mut student = browser(&bench, "hardened");
        student.sign_in().await;
        let open = student.get("/board").await;
        end(how, &bench, "hardened", &mut student).await;
        let sent = send(&mut student, "/board", &[("text", "my umbrella")], &open).await;
        let sign_in = follow(&mut student, &sent).await;
        assert!(sign_in.body.contains(why), "{how:?}: {}", sign_in.body);
        let signed_in = sign_in_on(&mut student, &sign_in, "student123", "password123").await;
        let form = follow(&mut student, &signed_in).await;
        assert!(
            form.body.contains("my umbrella</textarea>"),
            "{how:?}: {}",
            form.body
        );
    }
}

#[tokio::test]
async fn of_a_form_with_passwords_nothing_is_kept_and_the_way_leads_back_to_it() {
    for variant in EVERY_KIND {
        for (action, typed, page) in UNKEPT {
            let bench = bench();
            let mut student = browser(&bench, variant);
            student.sign_in().await;
            let open = student.get("/password").await;
            end(End::AnotherTab, &bench, variant, &mut student).await;
            let sent = send(&mut student, action, typed, &open).await;
            let sign_in = follow(&mut student, &sent).await;
            assert!(sign_in.body.contains("After the sign-in you are led back"));
            let signed_in = sign_in_on(&mut student, &sign_in, "student123", "password123").await;
            assert!(leads_to(&signed_in).starts_with(page), "{variant}{action}");
            let form = follow(&mut student, &signed_in).await;
            assert!(
                form.body.contains("Send the form once more"),
                "{}",
                form.body
            );
            assert!(!form.body.contains("s3cret") && !sign_in.body.contains("s3cret"));
        }
    }
}

/// A password that was changed in one tab gives the session a new id, and the other tab's form an
/// old token.
#[tokio::test]
async fn a_form_with_the_token_of_an_earlier_id_is_filled_in_again_at_once() {
    for (action, typed, page, again) in TYPED {
        let mut student = browser(&bench(), "hardened");
        student.sign_in().await;
        let open = student.get(page).await;
        let change = [("current", "password123"), ("new", "a-new-password")];
        assert_eq!(student.submit("/password", &change).await.status, 200);
        let sent = send(&mut student, action, typed, &open).await;
        assert!(leads_to(&sent).starts_with(&format!("{page}?draft=")));
        let form = follow(&mut student, &sent).await;
        assert!(form.body.contains(again), "{action}: {}", form.body);
        assert!(form.body.contains("You are signed in as student123."));
    }
    // The button that signs out has nothing to fill in.
    let mut student = browser(&bench(), "hardened");
    student.sign_in().await;
    let open = student.get("/board").await;
    let change = [("current", "password123"), ("new", "a-new-password")];
    student.submit("/password", &change).await;
    let sent = send(&mut student, "/logout", &[], &open).await;
    let page = follow(&mut student, &sent).await;
    assert!(
        page.body.contains("Press Sign out once more."),
        "{}",
        page.body
    );
    assert_eq!(student.whoami().await.as_deref(), Some("student123"));
}

#[tokio::test]
async fn an_id_that_was_replaced_a_moment_ago_leads_to_the_form_of_the_new_one() {
    let mut student = browser(&bench(), "hardened");
    student.sign_in().await;
    let open = student.get("/board").await;
    let mut late = student.clone();
    let change = [("current", "password123"), ("new", "a-new-password")];
    student.submit("/password", &change).await;
    let sent = send(&mut late, "/board", &[("text", "my umbrella")], &open).await;
    assert!(
        sent.set_cookies().is_empty(),
        "the new cookie is left alone"
    );
    let form = follow(&mut student, &sent).await;
    assert!(
        form.body.contains("my umbrella</textarea>"),
        "{}",
        form.body
    );
}

#[tokio::test]
async fn a_sign_in_page_that_was_left_open_is_not_a_dead_end() {
    let bench = bench();
    let mut visitor = browser(&bench, "hardened");
    let open = visitor.get("/login").await;
    bench.wait_minutes(6).await;
    let typed = [
        ("username", "stu\"dent"),
        ("password", "s3cret"),
        ("remember", "1"),
    ];
    let sent = send(&mut visitor, "/login", &typed, &open).await;
    assert!(leads_to(&sent).starts_with("/login?draft="));
    let page = follow(&mut visitor, &sent).await;
    assert!(
        page.body.contains("value=\"stu&quot;dent\""),
        "{}",
        page.body
    );
    assert!(page.body.contains("name=\"remember\" value=\"1\" checked"));
    assert!(page.body.contains("Nobody was signed in") && !page.body.contains("s3cret"));
    let signed_in = sign_in_on(&mut visitor, &page, "student123", "password123").await;
    assert_eq!(leads_to(&signed_in), "/dashboard");
}

#[tokio::test]
async fn a_sign_in_page_beside_a_tab_that_signed_in_leads_to_the_dashboard() {
    let mut visitor = browser(&bench(), "hardened");
    let open = visitor.get("/login").await;
    visitor.sign_in_as("alice").await;
    let sent = sign_in_on(&mut visitor, &open, "student123", "password123").await;
    assert!(leads_to(&sent).starts_with("/dashboard?draft="));
    let page = follow(&mut visitor, &sent).await;
    assert!(
        page.body.contains("You are signed in already, as alice"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_draft_also_outlives_the_sign_in_page_that_it_waits_for() {
    let bench = bench();
    let mut student = browser(&bench, "hardened");
    student.sign_in().await;
    let open = student.get("/board").await;
    bench.wait_minutes(6).await;
    let mut sent = send(&mut student, "/board", &[("text", "my umbrella")], &open).await;
    for _ in 0..3 {
        let sign_in = follow(&mut student, &sent).await;
        assert!(
            sign_in.body.contains("What you typed is kept"),
            "{}",
            sign_in.body
        );
        bench.wait_minutes(6).await;
        sent = sign_in_on(&mut student, &sign_in, "student123", "password123").await;
    }
    let sign_in = follow(&mut student, &sent).await;
    let signed_in = sign_in_on(&mut student, &sign_in, "student123", "password123").await;
    let form = follow(&mut student, &signed_in).await;
    assert!(
        form.body.contains("my umbrella</textarea>"),
        "{}",
        form.body
    );
}

#[tokio::test]
async fn somebody_who_signed_in_in_another_tab_is_led_from_the_sign_in_page_to_the_form() {
    let bench = bench();
    let mut student = browser(&bench, "hardened");
    student.sign_in().await;
    let open = student.get("/board").await;
    bench.wait_minutes(6).await;
    let sent = send(&mut student, "/board", &[("text", "my umbrella")], &open).await;
    let sign_in = follow(&mut student, &sent).await;
    student.sign_in().await;
    // By loading the page again, and by its form.
    let loaded = student.get(&leads_to(&sent)).await;
    assert!(
        leads_to(&loaded).starts_with("/board?draft="),
        "{}",
        leads_to(&loaded)
    );
    let form = follow(&mut student, &loaded).await;
    assert!(form.body.contains("my umbrella</textarea>"));
    let again = sign_in_on(&mut student, &sign_in, "student123", "password123").await;
    assert!(leads_to(&again).starts_with("/dashboard?draft="));
}

/// A page that repeats an attacker's fields with a fresh token and a button would be a forgery that
/// waits for one click.
#[tokio::test]
async fn a_forged_form_is_refused_and_nothing_of_it_is_kept() {
    let fields = [
        ("text", "forged-words".to_owned()),
        ("to", "mallory".to_owned()),
        ("amount", "77".to_owned()),
        ("csrf_token", "x".repeat(43)),
    ];
    for variant in EVERY_KIND {
        for ended in [false, true] {
            for (origin, site) in [
                ("http://prize.example", Some("cross-site")),
                ("http://prize.example", None),
                ("null", None),
                ("null", Some("cross-site")),
                ("http://notes.portal.localhost", Some("same-site")),
                ("https://localhost:1", Some("same-site")),
            ] {
                let bench = bench();
                let mut victim = browser(&bench, variant);
                victim.sign_in().await;
                if ended {
                    victim.submit("/logout", &[]).await;
                }
                if let Some(site) = site {
                    victim = victim.with_header("sec-fetch-site", site);
                }
                let weak = ["insecure", "only-sign-out"].contains(&variant);
                for action in ["/board", "/transfer", "/preferences", "/login", "/logout"] {
                    let reply = victim.post_form_from(origin, action, &fields).await;
                    let location = reply.header("location").unwrap_or_default();
                    let told = format!("{variant}{action} {ended} {origin} {site:?}");
                    assert!(!location.contains("draft"), "{told}: {location}");
                    // With both checks weak the forged form does what it is for: that is the lesson.
                    if !weak {
                        assert!(
                            !reply.body.contains("forged-words")
                                && !reply.body.contains("value=\"mallory\"")
                                && !reply.body.contains("value=\"77\""),
                            "{told}: {}",
                            reply.body
                        );
                    }
                    if !ended && !weak && action != "/login" {
                        assert_eq!(reply.status, 403, "{told}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_program_is_answered_as_ever() {
    let bench = bench();
    for own_origin in [false, true] {
        let mut program = bench.visitor("hardened");
        program.sign_in().await;
        let token = program.token().await;
        bench.wait_minutes(6).await;
        let body = format!("text=my+umbrella&csrf_token={}", token[0].1);
        let origin = program.origin();
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        if own_origin {
            headers.push(("origin", &origin));
        }
        let reply = program.send("POST", "/board", &headers, body).await;
        assert_eq!(reply.status, 403, "{}", reply.body);
        // One that sends the portal's own origin finds what it sent, and no form to send it again.
        assert_eq!(reply.body.contains("my umbrella</textarea>"), own_origin);
        assert!(!reply.body.contains("csrf_token"), "{}", reply.body);
    }
}

#[tokio::test]
async fn a_draft_is_shown_to_its_own_browser_and_user_only() {
    let bench = bench();
    let mut student = browser(&bench, "hardened");
    student.sign_in().await;
    let open = student.get("/board").await;
    bench.wait_minutes(6).await;
    let sent = send(&mut student, "/board", &[("text", "my umbrella")], &open).await;
    let sign_in = follow(&mut student, &sent).await;

    // Another user at the same browser.
    let mut other = student.clone();
    let signed_in = sign_in_on(&mut other, &sign_in, "alice", "wonderland").await;
    assert_eq!(leads_to(&signed_in), "/dashboard");

    let bench = crate::support::bench();
    let mut student = browser(&bench, "hardened");
    student.sign_in().await;
    let open = student.get("/board").await;
    bench.wait_minutes(6).await;
    let sent = send(&mut student, "/board", &[("text", "my umbrella")], &open).await;
    let sign_in = follow(&mut student, &sent).await;
    let signed_in = sign_in_on(&mut student, &sign_in, "student123", "password123").await;
    let address = leads_to(&signed_in);
    assert!(
        student
            .get(&address)
            .await
            .body
            .contains("my umbrella</textarea>")
    );

    // The same user in another browser, who was sent the address.
    let mut elsewhere = browser(&bench, "hardened");
    elsewhere.sign_in().await;
    assert!(!elsewhere.get(&address).await.body.contains("umbrella"));

    // The same browser, led there by a page of another site or of the sibling.
    for site in ["cross-site", "same-site"] {
        let mut led = student.clone().with_header("sec-fetch-site", site);
        led = led.with_header("sec-fetch-user", "?1");
        assert!(!led.get(&address).await.body.contains("umbrella"), "{site}");
    }
    // In another variant, and after an hour.
    let mut insecure = browser(&bench, "insecure");
    insecure.sign_in().await;
    assert!(!insecure.get(&address).await.body.contains("umbrella"));
}

/// An attacker makes a draft in a session of theirs, plants that session in the victim's browser,
/// and leads the victim to the sign-in.
#[tokio::test]
async fn a_planted_session_brings_no_draft_along() {
    let bench = bench();
    let mut attacker = browser(&bench, "without-host-prefix");
    attacker.sign_in_as("mallory").await;
    let open = attacker.get("/board").await;
    attacker.submit("/logout", &[]).await;
    let sent = send(&mut attacker, "/board", &[("text", "forged-words")], &open).await;
    let to = leads_to(&sent);
    let mut victim = attacker.clone().with_header("sec-fetch-site", "cross-site");
    let page = victim.get(&to).await;
    assert!(!page.body.contains("What you typed"), "{}", page.body);
    // The planted session alone leads nowhere: the sign-in page of the address names no draft.
    let mut victim = attacker.clone();
    victim.get("/login").await;
    let signed_in = victim.sign_in().await;
    assert_eq!(leads_to(&signed_in), "/dashboard");
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
        let mut student = browser(&bench(), "hardened");
        student.sign_in().await;
        let open = student.get("/board").await;
        let change = [("current", "password123"), ("new", "a-new-password")];
        student.submit("/password", &change).await;
        let sent = send(&mut student, &action, &[], &open).await;
        assert!(leads_to(&sent).contains("draft="), "{action}");
    }
}

#[tokio::test]
async fn every_page_of_somebody_signed_in_counts_down() {
    let mut student = browser(&bench(), "hardened");
    student.sign_in().await;
    for page in [
        "/",
        "/login",
        "/dashboard",
        "/board",
        "/password",
        "/sessions",
        "/cookies",
        "/jwt/",
        "/nothing",
    ] {
        let body = student.get(page).await.body;
        assert_eq!(body.matches("class=\"count\"").count(), 1, "{page}: {body}");
        assert!(body.contains("data-idle-seconds=\""), "{page}");
        assert!(body.contains("/static/js/countdown.js"), "{page}");
    }
    let stranger = browser(&bench(), "hardened").get("/login").await;
    assert!(!stranger.body.contains("countdown.js"));
}
