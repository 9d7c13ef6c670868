//! The evidence: what the server knows, without a trace of having looked.

use serde_json::json;

use crate::support::{TestBench, bench};

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
    let told = bench.events("hardened").await;
    let ended = "reached the idle limit: record removed.";
    assert!(told.iter().any(|event| event.contains(ended)), "{told:?}");
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

/// The older sheet explains what is stored for a session: `user` and `created_by`.
#[tokio::test]
async fn a_session_says_which_route_made_it() {
    for variant in ["insecure", "hardened"] {
        let bench = bench();
        let newest = async || bench.evidence(variant).await["sessions"][0].clone();
        let mut student = bench.visitor(variant);
        student.get("/csrf-token").await;
        assert_eq!(newest().await["created_by"], "GET /csrf-token", "{variant}");
        let mut student = bench.visitor(variant);
        student.get("/login").await;
        assert_eq!(newest().await["created_by"], "GET /login", "{variant}");
        student.sign_in().await;
        assert_eq!(newest().await["created_by"], "POST /login", "{variant}");
        assert_eq!(newest().await["user"], "student123", "{variant}");
        let page = student.get("/sessions").await.body;
        assert!(page.contains("by <code>POST /login</code>"), "{page}");

        let mut program = bench.visitor(variant);
        let right = json!({"username": "apiuser", "password": "password123"});
        assert_eq!(program.post_json("/api/login", &right).await.status, 200);
        assert_eq!(newest().await["created_by"], "POST /api/login", "{variant}");

        // A session that gets a new id is still the one that was made by the sign-in.
        let fields = [("current", "password123"), ("new", "an entirely new one")];
        let changed = student.submit("/password", &fields).await;
        assert!(changed.status < 400, "{}", changed.body);
        let sessions = bench.evidence(variant).await["sessions"].clone();
        let mine = sessions.as_array().expect("a list").iter();
        let mut mine = mine.filter(|session| session["user"] == "student123");
        assert!(mine.all(|session| session["created_by"] == "POST /login"));

        let page = bench.student().get(&format!("/evidence/{variant}")).await;
        assert!(page.body.contains("<td><code>POST /api/login</code></td>"));
        let backup = bench.student().get(&format!("/leak/{variant}")).await;
        assert!(backup.body.contains("created_by"), "{}", backup.body);
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

/// The time lines of a variant as text: a heading and the sentences of each, newest first.
async fn lives(bench: &TestBench, variant: &str) -> Vec<(String, Vec<String>)> {
    let path = format!("/evidence/{variant}/timeline");
    let drawn = bench.student().get(&path).await;
    assert_eq!(drawn.status, 200, "{}", drawn.body);
    let page = bench.student().get(&format!("/evidence/{variant}")).await;
    let inner = |part: &str| part.split('<').next().unwrap_or_default().to_owned();
    let figures = drawn.body.split("<figcaption>").skip(1);
    let told = |figure: &str| {
        assert!(page.body.contains(&inner(figure)), "the page has it, too");
        let sentences = figure.split("<li>").skip(1).map(inner).collect();
        (inner(figure), sentences)
    };
    figures.map(told).collect()
}

/// The sentences without their times, and without the day where it is another one.
fn without_times(sentences: &[String]) -> Vec<&str> {
    let of_time = |letter: char| letter.is_ascii_digit() || "-: ".contains(letter);
    let short = |sentence: &'_ String| sentence.len() - sentence.trim_start_matches(of_time).len();
    sentences
        .iter()
        .map(|sentence| &sentence[short(sentence)..])
        .collect()
}

#[tokio::test]
async fn the_time_line_of_a_session_goes_from_its_opening_to_what_was_tried_after_its_end() {
    let bench = bench();
    let mut student = bench.visitor("hardened");
    student.sign_in().await;
    let alive = lives(&bench, "hardened").await;
    assert_eq!(alive.len(), 1, "{alive:?}");
    assert!(
        alive[0].0.ends_with("of student123, signed in"),
        "{alive:?}"
    );
    let expected = [
        "opened, anonymous",
        "signed in, new id",
        "last seen",
        "now",
        "idle limit",
        "absolute limit",
    ];
    assert_eq!(without_times(&alive[0].1), expected);

    let id = student.id();
    student.submit("/logout", &[]).await;
    let name = format!("__Host-session_hardened_{}", bench.name);
    student.clone().with_cookie(&name, &id).whoami().await;
    let over = lives(&bench, "hardened").await;
    let ended = over.last().expect("it is still drawn");
    assert!(ended.0.ends_with("of student123, over"), "{over:?}");
    let expected = [
        "opened, anonymous",
        "signed in, new id",
        "signed out, record removed",
        "presented, no longer accepted",
        "now",
    ];
    assert_eq!(without_times(&ended.1), expected);
}

#[tokio::test]
async fn without_limits_the_time_line_says_so_and_a_kept_record_goes_on_after_the_sign_out() {
    let bench = bench();
    let mut student = bench.visitor("insecure");
    student.sign_in().await;
    let id = student.id();
    student.submit("/logout", &[]).await;
    let drawn = lives(&bench, "insecure").await;
    let of = |user: &str| drawn.iter().find(|(title, _)| title.contains(user));
    let (title, sentences) = of("student123").expect("it is alive");
    assert!(title.ends_with("of student123, signed in"), "{drawn:?}");
    assert!(!title.contains(&id));
    let expected = [
        "opened, anonymous",
        "signed in, id unchanged",
        "signed out, record kept",
        "last seen",
        "now",
        "no idle limit",
        "no absolute limit",
    ];
    let mut told = without_times(sentences);
    told[2..4].sort_unstable();
    let mut expected = expected.to_vec();
    expected[2..4].sort_unstable();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_session_that_reached_its_idle_limit_says_so_and_only_the_newest_six_are_drawn() {
    let bench = bench();
    let mut student = bench.visitor("only-idle-timeout");
    student.sign_in().await;
    bench.wait_minutes(6).await;
    student.whoami().await;
    let told = lives(&bench, "only-idle-timeout").await;
    let all: Vec<&str> = told
        .iter()
        .flat_map(|(_, said)| without_times(said))
        .collect();
    assert!(
        all.contains(&"idle limit reached, record removed"),
        "{told:?}"
    );
    for _ in 0..7 {
        bench.visitor("only-idle-timeout").get("/login").await;
    }
    assert_eq!(lives(&bench, "only-idle-timeout").await.len(), 6);
}

#[tokio::test]
async fn what_happened_to_sessions_is_first_and_everything_is_behind_a_filter() {
    let bench = bench();
    let mut student = bench.student();
    let mut visitor = bench.visitor("insecure");
    visitor.sign_in().await;
    visitor.submit("/board", &[("text", "hello")]).await;
    let minutes = [("minutes", "2".to_owned())];
    assert_eq!(student.post_form("/clock", &minutes).await.status, 303);
    let list = |page: &str| {
        let list = page.split("id=\"event-rows\">").nth(1).expect("a list");
        list.split("</ol>").next().expect("its end").to_owned()
    };
    let sessions = list(&student.get("/evidence/insecure").await.body);
    assert!(sessions.contains("signed in"), "{sessions}");
    assert!(
        !sessions.contains("notice") && !sessions.contains("clock"),
        "{sessions}"
    );
    let all = list(&student.get("/evidence/insecure?events=all").await.body);
    for part in ["signed in", "notice", "2 minutes ahead"] {
        assert!(all.contains(part), "{part}: {all}");
    }
    let live = student.get("/evidence/insecure/live").await.json();
    assert_eq!(
        live["events"].as_array().map(Vec::len),
        Some(sessions.matches("<li>").count())
    );
    for page in [
        "/evidence/insecure?events=x",
        "/evidence/insecure/live?events=x",
    ] {
        assert_eq!(student.get(page).await.status, 400, "{page}");
    }
}
