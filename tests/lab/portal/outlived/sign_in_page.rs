//! A sign-in page that was left open, or that another tab has overtaken, is no dead end.

use super::{
    NOTICE_AGAIN, assert_shows, browser, follow, leads_to, send, send_notice, sign_in_again,
    signed_in_on,
};
use crate::support::bench;

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
    assert_shows(&page, "value=\"stu&quot;dent\"");
    assert_shows(&page, "name=\"remember\" value=\"1\" checked");
    assert!(page.body.contains("Nobody was signed in") && !page.body.contains("s3cret"));
    let signed_in = sign_in_again(&mut visitor, &page).await;
    assert_eq!(leads_to(&signed_in), "/dashboard");
}

#[tokio::test]
async fn a_sign_in_page_beside_a_tab_that_signed_in_leads_to_the_dashboard() {
    let mut visitor = browser(&bench(), "hardened");
    let open = visitor.get("/login").await;
    visitor.sign_in_as("alice").await;
    let sent = sign_in_again(&mut visitor, &open).await;
    assert!(leads_to(&sent).starts_with("/dashboard?draft="));
    let page = follow(&mut visitor, &sent).await;
    assert_shows(&page, "You are signed in already, as alice");
}

#[tokio::test]
async fn a_draft_also_outlives_the_sign_in_page_that_it_waits_for() {
    let bench = bench();
    let (mut student, open) = signed_in_on(&bench, "hardened", "/board").await;
    bench.wait_minutes(6).await;
    let mut sent = send_notice(&mut student, &open).await;
    for _ in 0..3 {
        let sign_in = follow(&mut student, &sent).await;
        assert_shows(&sign_in, "What you typed is kept");
        bench.wait_minutes(6).await;
        sent = sign_in_again(&mut student, &sign_in).await;
    }
    let sign_in = follow(&mut student, &sent).await;
    let signed_in = sign_in_again(&mut student, &sign_in).await;
    let form = follow(&mut student, &signed_in).await;
    assert_shows(&form, NOTICE_AGAIN);
}

#[tokio::test]
async fn somebody_who_signed_in_in_another_tab_is_led_from_the_sign_in_page_to_the_form() {
    let bench = bench();
    let (mut student, open) = signed_in_on(&bench, "hardened", "/board").await;
    bench.wait_minutes(6).await;
    let sent = send_notice(&mut student, &open).await;
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
    assert_shows(&form, NOTICE_AGAIN);
    let again = sign_in_again(&mut student, &sign_in).await;
    assert!(leads_to(&again).starts_with("/dashboard?draft="));
}
