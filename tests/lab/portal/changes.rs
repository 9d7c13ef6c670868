//! Pages that change something: notice board, transfer, password, preferences.

use crate::support::bench;

const BOTH: [&str; 2] = ["insecure", "hardened"];

#[tokio::test]
async fn a_stranger_changes_nothing() {
    for variant in BOTH {
        let bench = bench();
        let mut stranger = bench.visitor(variant);
        let change = [("current", "password123"), ("new", "a-new-password")];
        let transfer = [("to", "mallory"), ("amount", "1")];
        for (path, form) in [
            ("/board", &[("text", "hi")][..]),
            ("/transfer", &transfer),
            ("/password", &change),
            ("/preferences", &[("large_text", "1")]),
            ("/sessions", &[("handle", "others"), ("password", "x")]),
            ("/browsers/forget", &[("handle", "x")]),
        ] {
            let reply = stranger.submit(path, form).await;
            assert_eq!(reply.status, 303, "{variant}{path}");
            let to = reply.header("location").expect("an address");
            assert!(to.ends_with("/login"), "{variant}{path}: {to}");
        }
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        assert_eq!(student.balance().await, 1_000);
        assert!(student.get("/board").await.body.contains("No notices yet."));
    }
}

#[tokio::test]
async fn notices_are_shown_newest_first_with_their_author() {
    for variant in BOTH {
        let bench = bench();
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        for text in ["first notice", "second notice"] {
            assert_eq!(
                student.submit("/board", &[("text", text)]).await.status,
                303
            );
        }
        let mut alice = bench.visitor(variant);
        alice.sign_in_as("alice").await;
        let page = alice.get("/board").await.body;
        let (first, second) = (page.find("first notice"), page.find("second notice"));
        assert!(second < first && second.is_some(), "{variant}: {page}");
        assert_eq!(page.matches("<b>student123</b>").count(), 2);
    }
}

#[tokio::test]
async fn a_notice_holds_1_to_2000_characters_and_a_board_50_notices() {
    let mut student = bench().visitor("hardened");
    student.sign_in().await;
    for (text, status) in [
        (String::new(), 422),
        ("ä".repeat(2_000), 303),
        ("x".repeat(2_001), 422),
    ] {
        assert_eq!(
            student.submit("/board", &[("text", &text)]).await.status,
            status
        );
    }
    for n in 0..50 {
        student
            .submit("/board", &[("text", &format!("notice {n}."))])
            .await;
    }
    let page = student.get("/board").await.body;
    assert_eq!(page.matches("class=\"by\"").count(), 50);
    assert!(
        page.contains("notice 49.") && page.contains("notice 0."),
        "the oldest gave way"
    );
    assert!(!page.contains("äää"));
}

const BAD_AMOUNT: &str = "the amount must be a whole number, at least 1 and at most your balance.";

#[tokio::test]
async fn a_transfer_moves_money_once_and_never_more_than_there_is() {
    for variant in BOTH {
        let bench = bench();
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        let sent = student
            .submit("/transfer", &[("to", "alice"), ("amount", "250")])
            .await;
        assert_eq!(sent.status, 303);
        let to = sent.header("location").expect("an address");
        assert!(to.ends_with("/dashboard?sent=250"), "{to}");
        for (to, amount, because) in [
            ("alice", "0", BAD_AMOUNT),
            ("alice", "751", BAD_AMOUNT),
            ("nobody", "1", "nobody here is called that."),
            ("student123", "1", "sender and receiver are the same."),
            ("alice", "-5", BAD_AMOUNT),
            ("alice", "99999999999999999999999", BAD_AMOUNT),
            ("alice", "much", BAD_AMOUNT),
        ] {
            let reply = student
                .submit("/transfer", &[("to", to), ("amount", amount)])
                .await;
            assert_eq!(reply.status, 422, "{variant}: {to} {amount}");
            assert!(reply.body.contains(because), "{amount}: {}", reply.body);
        }
        assert_eq!(student.balance().await, 750, "{variant}");
        let mut alice = bench.visitor(variant);
        alice.sign_in_as("alice").await;
        assert_eq!(alice.balance().await, 1_250, "{variant}");
    }
}

#[tokio::test]
async fn a_new_password_replaces_the_old_one() {
    for variant in BOTH {
        let bench = bench();
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        for (current, new, status) in [
            ("wrong", "a-new-password", 403),
            ("password123", "short", 422),
            ("password123", &"x".repeat(129), 422),
            ("password123", "a-new-password", 200),
        ] {
            let reply = student
                .submit("/password", &[("current", current), ("new", new)])
                .await;
            assert_eq!(reply.status, status, "{variant}: {current} {new}");
        }
        let mut again = bench.visitor(variant);
        assert_eq!(
            again
                .try_to_sign_in("student123", "password123")
                .await
                .status,
            401
        );
        assert_eq!(
            again
                .try_to_sign_in("student123", "a-new-password")
                .await
                .status,
            303
        );
    }
}

#[tokio::test]
async fn a_ticked_box_counts_and_an_empty_one_does_not() {
    for variant in BOTH {
        let mut student = bench().visitor(variant);
        student.sign_in().await;
        let large = |page: &str| page.contains("<body class=\"portal large\">");
        let page = student.get("/dashboard").await.body;
        assert!(!large(&page));
        // What the page's own box sends when it is ticked.
        assert!(page.contains("name=\"large_text\" value=\"1\""), "{page}");
        let saved = student.submit("/preferences", &[("large_text", "1")]).await;
        assert_eq!(saved.status, 303);
        let page = student.get("/dashboard").await.body;
        assert!(
            large(&page) && page.contains("value=\"1\" checked"),
            "{variant}: {page}"
        );
        assert_eq!(student.submit("/preferences", &[]).await.status, 303);
        assert!(!large(&student.get("/dashboard").await.body), "{variant}");
    }
}

#[tokio::test]
async fn a_preference_survives_a_new_sign_in_on_the_same_session_cookie() {
    for variant in BOTH {
        let mut student = bench().visitor(variant);
        student.sign_in().await;
        student.submit("/preferences", &[("large_text", "1")]).await;
        student.sign_in().await;
        let page = student.get("/dashboard").await.body;
        assert!(page.contains("<body class=\"portal large\">"), "{variant}");
    }
}
