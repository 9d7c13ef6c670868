//! Moving the clock, with good input and bad.

use std::time::Duration;

use session_lab::session::expire::end_expired;

use crate::support::bench;

#[tokio::test]
async fn bad_minutes_are_a_422_with_a_hint_and_move_nothing() {
    let bench = bench();
    let mut student = bench.student();
    let hint = "minutes must be a whole number from 1 to 525600.";
    for minutes in [
        "0",
        "-1",
        "-5",
        "525601",
        "18446744073709551616",
        "1e3",
        "1.5",
        "six",
        "",
        " ",
        "0x10",
        "<b>6</b>",
        "6\0",
    ] {
        let reply = student
            .post_form("/clock", &[("minutes", minutes.to_owned())])
            .await;
        assert_eq!(reply.status, 422, "{minutes:?}");
        assert!(reply.body.contains(hint), "{minutes:?}: {}", reply.body);
        assert!(reply.body.contains("reset=1"), "the other way is named");
    }
    for form in [
        &[][..],
        &[("minute", "6".to_owned())],
        &[("reset", "2".to_owned())],
    ] {
        assert_eq!(
            student.post_form("/clock", form).await.status,
            422,
            "{form:?}"
        );
    }
    assert_eq!(bench.open().await.ahead(), Duration::ZERO);
    assert_eq!(bench.events("insecure").await, [] as [String; 0]);
}

#[tokio::test]
async fn a_move_is_added_shown_and_noted() {
    let bench = bench();
    let mut student = bench.student();
    for minutes in ["6", " 61 "] {
        let form = [
            ("minutes", minutes.to_owned()),
            ("variant", "only-csp".to_owned()),
        ];
        let reply = student.post_form("/clock", &form).await;
        let back = format!("/b/{}/evidence/only-csp?done=clock", bench.name);
        assert_eq!(reply.header("location"), Some(back.as_str()));
    }
    assert_eq!(bench.open().await.ahead(), Duration::from_secs(67 * 60));
    assert!(student.get("/").await.body.contains("67 min ahead"));
    // Where a move leads to says at the top what happened.
    for page in ["/?done=clock", "/evidence/only-csp?done=clock"] {
        let shown = student.get(page).await.shown();
        let main = shown.split("<main").nth(1).expect("a page");
        let message = main.split("<section").next().expect("its top");
        assert!(
            message.contains("The clock is 67 minutes ahead"),
            "{page}: {message}"
        );
        assert!(message.contains("role=\"status\""), "{message}");
    }
    let reset = student.get("/?done=reset").await.shown();
    assert!(
        reset.contains("The bench is as it was at first."),
        "{reset}"
    );
    let told = [
        "The clock is 67 minutes ahead.",
        "The clock is 6 minutes ahead.",
    ];
    assert_eq!(bench.events("insecure").await, told);
}

#[tokio::test]
async fn the_way_back_after_a_move_never_leads_elsewhere() {
    let bench = bench();
    for variant in ["//evil.example", "https://evil.example", "../..", "nothing"] {
        let form = [("minutes", "1".to_owned()), ("variant", variant.to_owned())];
        let reply = bench.student().post_form("/clock", &form).await;
        let home = format!("/b/{}/?done=clock", bench.name);
        assert_eq!(reply.header("location"), Some(home.as_str()), "{variant}");
    }
}

#[tokio::test]
async fn a_reset_takes_the_clock_back_signs_everybody_out_and_restores_the_accounts() {
    for (path, form) in [
        ("/clock", vec![("reset", "1".to_owned())]),
        ("/reset", vec![]),
    ] {
        let bench = bench();
        let mut visitors = [bench.visitor("insecure"), bench.visitor("hardened")];
        for visitor in &mut visitors {
            visitor.sign_in().await;
            visitor.submit("/board", &[("text", "hello")]).await;
            visitor
                .submit("/transfer", &[("to", "alice"), ("amount", "5")])
                .await;
        }
        bench.choose("hardened", &[("csp", "absent")]).await;
        bench.wait_minutes(2).await;
        let mix = bench.open().await.custom();

        assert_eq!(bench.student().post_form(path, &form).await.status, 303);
        assert_eq!(bench.open().await.ahead(), Duration::ZERO);
        assert_eq!(bench.open().await.custom(), mix, "the student's mix stays");
        for visitor in &mut visitors {
            assert_eq!(visitor.whoami().await, None);
            visitor.sign_in().await;
            assert_eq!(visitor.balance().await, 1_000);
            assert!(visitor.get("/board").await.body.contains("No notices yet."));
        }
    }
}

#[tokio::test]
async fn one_benchs_clock_is_not_anothers() {
    let (one, other) = (bench(), bench());
    let mut student = other.visitor("hardened");
    student.sign_in().await;
    one.wait_minutes(61).await;
    assert!(student.whoami().await.is_some());
    assert_eq!(other.open().await.ahead(), Duration::ZERO);
}

#[tokio::test]
async fn the_journal_says_why_a_session_is_gone_that_nobody_asked_for() {
    let bench = bench();
    bench.visitor("hardened").sign_in().await;
    bench.visitor("insecure").sign_in().await;
    bench.wait_minutes(6).await;
    let ended = end_expired(&*bench.open().await).await;
    assert!(ended.is_ok());
    let events = bench.events("hardened").await;
    let idle =
        |event: &&String| event.ends_with("of student123 reached the idle limit: record removed.");
    assert_eq!(events.iter().filter(idle).count(), 1, "{events:?}");
    assert_eq!(bench.evidence("hardened").await["total"], 0);
    assert_eq!(
        bench.evidence("insecure").await["total"],
        1,
        "this one has no limit"
    );
}
