//! The core exercise: sign in on both sides, see two `Set-Cookie` lines, sign out, replay.

use crate::support::bench;

#[tokio::test]
async fn the_two_set_cookie_lines_differ_as_the_exercise_says() {
    let bench = bench();
    let mut insecure = bench.visitor_in_clear("insecure");
    let reply = insecure.sign_in().await;
    let name = &bench.name;
    let id = insecure.id();
    assert_eq!(
        reply.set_cookies()[0],
        format!("session_insecure_{name}={id}; Path=/; Max-Age=315360000")
    );

    let mut hardened = bench.visitor("hardened");
    let reply = hardened.sign_in().await;
    let id = hardened.id();
    assert_eq!(id.len(), 43);
    assert_eq!(
        reply.set_cookies(),
        [format!(
            "__Host-session_hardened_{name}={id}; Path=/; Secure; HttpOnly; SameSite=Lax"
        )]
    );
}

#[tokio::test]
async fn the_pages_say_the_words_of_the_course() {
    for variant in ["insecure", "hardened"] {
        let mut visitor = bench().visitor(variant);
        assert_eq!(visitor.get("/").await.heading(), "Hello! Please login");
        visitor.sign_in().await;
        let home = visitor.get("/").await;
        assert_eq!(home.heading(), "Welcome back, student123! (Session Active)");
        let dashboard = visitor.get("/dashboard").await;
        assert_eq!(dashboard.heading(), "Welcome to the Dashboard, student123!");
        let bye = visitor.submit("/logout", &[]).await;
        let text: String = bye
            .body
            .split('<')
            .filter_map(|tag| tag.split_once('>'))
            .map(|(_, t)| t)
            .collect();
        assert!(text.contains("Logged out. Home"), "{text}");
    }
}

#[tokio::test]
async fn the_old_cookie_opens_the_insecure_side_only_after_signing_out() {
    for (variant, still_open) in [("insecure", true), ("hardened", false)] {
        let mut visitor = bench().visitor(variant);
        visitor.sign_in().await;
        let mut thief = visitor.clone();
        assert_eq!(visitor.submit("/logout", &[]).await.status, 200);
        assert_eq!(
            visitor.session_cookie(),
            None,
            "{variant}: the cookie is taken back"
        );
        assert_eq!(thief.whoami().await.is_some(), still_open, "{variant}");
    }
}
