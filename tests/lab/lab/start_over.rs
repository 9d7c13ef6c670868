//! Starting over: each part says what it does, asks first, and does that and nothing else.

use std::time::Duration;

use crate::support::bench;

const PARTS: [&str; 5] = ["clock", "accounts", "jars", "loot", "everything"];

#[tokio::test]
async fn asking_changes_nothing_and_says_what_would_happen_to_whom() {
    let bench = bench();
    let mut student = bench.student();
    let mut visitor = bench.visitor("hardened");
    visitor.sign_in().await;
    let overview = student.get("/start-over").await.shown();
    for part in PARTS {
        let card = overview.split(&format!("id=\"{part}\"")).nth(1);
        let card = card.and_then(|rest| rest.split("</li>").next());
        let (_, question) = card
            .and_then(|card| card.split_once("<details"))
            .expect(part);
        assert!(question.contains("method=\"post\""), "{question}");
        let yes = format!("name=\"what\" value=\"{part}\">Yes: ");
        assert!(question.contains(&yes), "{question}");
    }
    assert!(visitor.whoami().await.is_some());
    for wrong in ["x", "%3Cb%3E"] {
        let reply = student.get(&format!("/start-over?done={wrong}")).await;
        assert_eq!(reply.status, 422, "{wrong}");
        assert!(
            reply
                .body
                .contains("clock, accounts, jars, loot, everything")
        );
    }
    assert_eq!(student.post_form("/start-over", &[]).await.status, 422);
    for page in ["/evidence/insecure", "/compare"] {
        assert!(
            student.get(page).await.body.contains("/start-over\""),
            "{page} links to it"
        );
    }
}

#[tokio::test]
async fn each_part_is_taken_back_and_the_others_stay() {
    for part in PARTS {
        let bench = bench();
        let mut student = bench.student();
        let minutes = [("minutes", "2".to_owned())];
        assert_eq!(student.post_form("/clock", &minutes).await.status, 303);
        let mut visitor = bench.visitor("insecure");
        visitor.sign_in().await;
        let sign_in = [("action", "sign-in".to_owned())];
        assert_eq!(student.post_form("/compare", &sign_in).await.status, 303);
        assert!(bench.victim().get("/collect?c=stolen").await.status < 400);
        let caught = async || {
            bench
                .open()
                .await
                .loot()
                .caught()
                .await
                .expect("loot")
                .len()
        };
        assert_eq!(caught().await, 1);

        let what = [("what", part.to_owned())];
        let reply = student.post_form("/start-over", &what).await;
        let done = format!("/b/{}/start-over?done={part}", bench.name);
        assert_eq!(reply.header("location"), Some(done.as_str()));
        let page = student
            .get(&format!("/start-over?done={part}"))
            .await
            .shown();
        assert!(page.contains("Next: <a"), "{page}");

        let ahead = bench.open().await.ahead() > Duration::ZERO;
        let signed_in = visitor.whoami().await.is_some();
        let loot = caught().await > 0;
        let jars = !student.get("/compare").await.body.contains("Nothing yet.");
        let left = match part {
            "clock" => (false, false, true, true),
            "accounts" => (true, false, true, true),
            "jars" => (true, true, true, false),
            "loot" => (true, true, false, true),
            _ => (false, false, false, false),
        };
        assert_eq!((ahead, signed_in, loot, jars), left, "{part}");
    }
}
