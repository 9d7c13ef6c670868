//! What an attacker sends is never kept, and a draft is shown to its writer only.

use super::{
    EVERY_KIND, NOTICE_AGAIN, browser, follow, leads_to, send, send_notice, sign_in_again,
    sign_in_on, signed_in_on,
};
use crate::support::bench;

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
            let weak = ["insecure", "only-sign-out"].contains(&variant);
            let mut signed_in = None;
            for (origin, site) in [
                ("http://prize.example", Some("cross-site")),
                ("http://prize.example", None),
                ("null", None),
                ("null", Some("cross-site")),
                ("http://notes.portal.localhost", Some("same-site")),
                ("https://localhost:1", Some("same-site")),
            ] {
                let mut victim = match signed_in.clone() {
                    // A forged sign-out succeeds where both checks are weak.
                    Some(victim) if !weak => victim,
                    _ => {
                        let mut victim = browser(&bench(), variant);
                        victim.sign_in().await;
                        if ended {
                            victim.submit("/logout", &[]).await;
                        }
                        victim
                    }
                };
                signed_in = Some(victim.clone());
                if let Some(site) = site {
                    victim = victim.with_header("sec-fetch-site", site);
                }
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
        assert_eq!(reply.body.contains(NOTICE_AGAIN), own_origin);
        assert!(!reply.body.contains("csrf_token"), "{}", reply.body);
    }
}

#[tokio::test]
async fn a_draft_is_shown_to_its_own_browser_and_user_only() {
    let bench = bench();
    let (mut student, open) = signed_in_on(&bench, "hardened", "/board").await;
    bench.wait_minutes(6).await;
    let sent = send_notice(&mut student, &open).await;
    let sign_in = follow(&mut student, &sent).await;

    // Another user at the same browser.
    let mut other = student.clone();
    let signed_in = sign_in_on(&mut other, &sign_in, "alice", "wonderland").await;
    assert_eq!(leads_to(&signed_in), "/dashboard");

    let bench = crate::support::bench();
    let (mut student, open) = signed_in_on(&bench, "hardened", "/board").await;
    bench.wait_minutes(6).await;
    let sent = send_notice(&mut student, &open).await;
    let sign_in = follow(&mut student, &sent).await;
    let signed_in = sign_in_again(&mut student, &sign_in).await;
    let address = leads_to(&signed_in);
    assert!(student.get(&address).await.body.contains(NOTICE_AGAIN));

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
