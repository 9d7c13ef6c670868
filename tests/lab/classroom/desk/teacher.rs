//! Who gets in at the teacher's listener, and what its pages do with hostile words.

use session_lab::classroom::desk::teacher::qr;

use super::DeskLab;
use super::StudentLab;

#[tokio::test]
async fn the_link_works_once_and_signing_out_ends_it() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    assert!(teacher.get("/").await.body.contains("Your classes"));
    let used = teacher.raw("POST", "/sign-in", &[], lab.key().into()).await;
    assert_eq!(used.status, 403);
    assert!(used.body.contains("was used already"), "{}", used.body);
    assert_eq!(used.header("set-cookie").count(), 0);
    let mut stranger = teacher.clone();
    for cookie in ["", "__Host-desk=", "__Host-desk=x", "desk=x"] {
        cookie.clone_into(&mut stranger.cookie);
        let page = stranger.get("/").await.body;
        assert!(page.contains("The desk is locked") && !page.contains("Your classes"));
        assert_eq!(stranger.get("/class/1/board.json").await.status, 401);
    }
    let out = teacher.done("/sign-out", &[]).await;
    assert!(
        out.header("set-cookie")
            .next()
            .is_some_and(|line| line.ends_with("Max-Age=0"))
    );
    assert!(teacher.get("/").await.body.contains("The desk is locked"));
}

#[tokio::test]
async fn a_link_that_is_cut_or_mistyped_is_not_called_used() {
    let lab = DeskLab::start().await;
    let stranger = lab.teacher().await;
    let cut = lab.key()[..20].to_owned();
    for key in [String::new(), cut, "x".into()] {
        let answer = stranger.raw("POST", "/sign-in", &[], key).await;
        assert_eq!(answer.status, 403);
        assert!(
            answer.body.contains("has printed no such link") && !answer.body.contains("used"),
            "{}",
            answer.body
        );
    }
}

#[tokio::test]
async fn only_the_desks_own_pages_change_anything() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let token = teacher.token().await;
    let (class, _) = teacher.make_class("Monday").await;
    let port = lab.doors.desk_port;
    let own = format!("https://desk.localhost:{port}");
    let form = format!("token={token}&do=close");
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let cookie = ("cookie", &*teacher.cookie);
    let settings = format!("{class}/settings");
    let send = async |host: &str, origin: Option<&str>, body: &str| {
        let mut headers = vec![kind, cookie];
        headers.extend(origin.map(|origin| ("origin", origin)));
        let sent = lab
            .doors
            .send(port, host, "POST", &settings, &headers, body.to_owned());
        sent.await.status
    };
    for host in ["localhost", "127.0.0.1"] {
        assert_eq!(send(host, Some(&own), &form).await, 421, "{host}");
    }
    let portal = format!("https://localhost:{port}");
    for origin in [
        None,
        Some("null"),
        Some("https://evil.localhost"),
        Some(&*portal),
    ] {
        assert_eq!(
            send("desk.localhost", origin, &form).await,
            403,
            "{origin:?}"
        );
    }
    for body in ["do=close", "token=x&do=close", ""] {
        assert_eq!(
            send("desk.localhost", Some(&own), body).await,
            403,
            "{body}"
        );
    }
    for path in [&*settings, "/sign-out", &format!("{class}/care")] {
        teacher.get(&format!("{path}?{form}")).await;
    }
    assert!(teacher.get(&settings).await.body.contains("Close joining"));
    assert_eq!(send("desk.localhost", Some(&own), &form).await, 303);
    assert!(teacher.get(&settings).await.body.contains("Open joining"));
}

#[tokio::test]
async fn every_page_has_the_strict_policy_and_names_cannot_become_markup() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let hostile = "<img src=x onerror=alert(1)>\u{202e}\"'";
    let (class, code) = teacher.make_class(hostile).await;
    let roster = format!("{hostile}2\n漢字\nאבג");
    teacher
        .done(&format!("{class}/roster"), &[("roster", &roster)])
        .await;
    let student = StudentLab::join(&lab.doors, &code, &format!("{hostile}3"), 1).await;
    let text = serde_json::json!([{ "at": 1, "happened": "tried", "sheet": "01-a-session",
        "step": "no", "attempts": 1, "why": hostile }]);
    student.report(1, text).await;
    let message = [("do", "message"), ("message", hostile)];
    teacher.done(&format!("{class}/lead"), &message).await;
    let board = teacher.get(&class).await.body;
    let projector = board
        .split("href=\"/projector/")
        .nth(1)
        .expect("the projector");
    let projector = format!("/projector/{}", projector.split('"').next().unwrap());
    let mut pages = vec!["/".to_owned(), class.clone(), projector.clone()];
    for page in [
        "roster", "slips", "join", "lead", "ask", "marks", "settings",
    ] {
        pages.push(format!("{class}/{page}"));
    }
    pages.push(format!("{class}/student/{}", student.number));
    for path in pages {
        let page = teacher.get(&path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        assert!(!page.body.contains("<img src=x"), "{path}");
        assert!(
            !page.body.contains("style=") && !page.body.contains("onclick"),
            "{path}"
        );
        let policy = page
            .header("content-security-policy")
            .next()
            .expect("a policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert_eq!(
            page.header("cache-control").next(),
            Some("no-store"),
            "{path}"
        );
    }
    // Each page of the folder is one of these; the others are shown to nobody who is signed in, or by
    // an error.
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/pages/desk");
    assert_eq!(std::fs::read_dir(folder).expect("a folder").count(), 11 + 2);
    assert!(
        teacher
            .get("/class/99")
            .await
            .body
            .contains("That did not work")
    );
    // The projector has no names, needs no session, and has an address that nobody guesses.
    let mut stranger = teacher.clone();
    stranger.cookie.clear();
    for path in [projector.clone(), format!("{projector}.json")] {
        let shown = stranger.get(&path).await;
        assert_eq!(shown.status, 200);
        assert!(
            !shown.body.contains("漢字")
                && !shown
                    .body
                    .contains("onerror=alert(1)&gt;\\u202e&quot;&#39;3")
        );
        assert!(
            !shown.body.contains(&student.number.to_string()),
            "{}",
            shown.body
        );
    }
    assert_eq!(
        stranger
            .get("/projector/AAAAAAAAAAAAAAAAAAAAAA")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn the_qr_code_has_the_address_and_the_code_and_never_the_pin() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let page = teacher.get(&format!("{class}/join")).await.body;
    let drawn = page.find("<svg class=\"qr\"").expect("a QR code");
    let drawn = &page[drawn..page.find("</svg>").expect("its end") + "</svg>".len()];
    let desk = lab.running().desk.as_ref().expect("the desk is open");
    let address = format!("{}/{code}", desk.class_address);
    assert_eq!(qr::svg(&address).as_deref(), Some(drawn));
}

#[tokio::test]
async fn a_roster_is_read_from_a_file_in_any_usual_encoding() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, _) = teacher.make_class("Monday").await;
    let token = teacher.token().await;
    let headers = [
        ("content-type", "application/octet-stream"),
        ("x-desk-token", &*token),
    ];
    let path = format!("{class}/roster-file");
    let marked = "\u{feff}Name,ID number\r\n\"O'Neil, Zoë\",7\r\n";
    let taken = teacher.raw("POST", &path, &headers, marked.into()).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    let twice = teacher
        .raw("POST", &path, &headers, "alice\nalice\n".into())
        .await;
    assert_eq!(twice.status, 422);
    assert!(
        twice
            .body
            .contains("alice is in line 1 and again in line 2"),
        "{}",
        twice.body
    );
    let page = teacher.get(&format!("{class}/roster")).await.body;
    assert!(
        page.contains("O&#39;Neil, Zoë") && !page.contains(">alice<"),
        "{page}"
    );
    let typed = teacher
        .post(&format!("{class}/roster"), &[("roster", "bob\n\"x")])
        .await;
    assert!(
        typed.body.contains("line 2 has a quote that is not closed"),
        "{}",
        typed.body
    );
    assert!(
        typed.body.contains("bob\n"),
        "what was typed is kept: {}",
        typed.body
    );
}
