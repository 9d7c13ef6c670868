//! The evidence: what the server knows, without a trace of having looked.

use crate::support::bench;

#[tokio::test]
async fn looking_at_the_evidence_extends_no_session() {
    let bench = bench();
    let mut student = bench.visitor("hardened");
    student.sign_in().await;
    bench.wait_minutes(4).await;
    let page = bench.student().get("/evidence/hardened").await;
    assert_eq!(page.status, 200);
    let before = bench.evidence("hardened").await;
    bench.wait_minutes(1).await;
    let after = bench.evidence("hardened").await;
    assert_eq!(before["total"], 1);
    assert_eq!(
        after["total"], 0,
        "five minutes without use, whoever looked"
    );
    assert_eq!(student.whoami().await, None);
    let ended = bench.events("hardened").await.remove(0);
    assert!(
        ended.contains("reached the idle limit: record removed."),
        "{ended}"
    );
}

#[tokio::test]
async fn the_table_tells_user_limits_and_descent_but_no_id_where_it_is_hashed() {
    for variant in ["insecure", "hardened"] {
        let bench = bench();
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        let evidence = bench.evidence(variant).await;
        let session = &evidence["sessions"][0];
        assert_eq!(evidence["total"], 1, "{evidence}");
        assert_eq!(
            (&session["user"], &session["state"]),
            (&"student123".into(), &"signed in".into())
        );
        let strong = variant == "hardened";
        assert_eq!(session["idle_left"].is_string(), strong, "{session}");
        assert_eq!(session["absolute_left"].is_string(), strong, "{session}");
        assert_eq!(session["rotated_from"].is_string(), strong, "{session}");
        let page = bench
            .student()
            .get(&format!("/evidence/{variant}"))
            .await
            .body;
        let file = session["file"].as_str().expect("a name");
        assert!(page.contains(file) && page.contains("<b>student123</b>"));
        assert_eq!(
            file == student.id(),
            !strong,
            "only the weak at-rest shows the id"
        );
        assert_eq!(page.contains(&student.id()), !strong);
    }
}

#[tokio::test]
async fn events_tell_the_story_newest_first_and_name_no_id() {
    let bench = bench();
    let mut student = bench.visitor("hardened");
    student.try_to_sign_in("student123", "wrong").await;
    student.sign_in().await;
    let id = student.id();
    student.submit("/logout", &[]).await;
    let mut thief = student
        .clone()
        .with_cookie(&format!("__Host-session_hardened_{}", bench.name), &id);
    thief.whoami().await;
    let events = bench.events("hardened").await;
    let told: Vec<&str> = events.iter().map(String::as_str).collect();
    for (event, part) in told.iter().zip([
        "which opens no session.",
        "of student123 signed out: record removed.",
        "student123 signed in. Session #",
        "A sign-in as student123 failed.",
        "Anonymous session #",
    ]) {
        assert!(event.contains(part), "{event} / {part}");
        assert!(!event.contains(&id));
    }
    assert_eq!(told.len(), 5, "{told:?}");
    assert_eq!(
        bench.events("insecure").await,
        [] as [String; 0],
        "another world's story"
    );
}
