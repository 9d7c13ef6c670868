//! A script on the insecure notice board against the lab's own pages: it changes nothing there.

use session_lab::base::addresses::Listener::PortalHttp;

use super::tab::Tab;

/// What would change if a request got through: the clock, the student's mix, a session.
async fn state(tab: &Tab) -> (serde_json::Value, bool, usize) {
    let evidence = tab.bench.evidence("insecure").await;
    let custom = tab.bench.student().get("/custom").await.body;
    let all_weak = custom.contains("<span data-strong>0</span> strong");
    let sessions = evidence["sessions"].as_array().expect("a list").len();
    (
        evidence["clock"]["ahead_minutes"].clone(),
        all_weak,
        sessions,
    )
}

/// Posts a notice with this script, and shows the board, where it runs.
async fn post_notice(tab: &Tab, script: &str) {
    tab.visit(&tab.on_insecure("/board")).await;
    tab.fill_in("#text", &format!("<script>{script}</script>"))
        .await;
    tab.follow("main form button").await;
}

const CHANGES: [(&str, &str); 5] = [
    ("/clock", "minutes=61"),
    ("/clock", "reset=1"),
    ("/custom", "preset=hardened"),
    ("/reset", "x=1"),
    ("/compare", "action=sign-in"),
];

#[tokio::test]
#[ignore = "needs Chromium"]
async fn its_requests_are_refused_and_nothing_changes() {
    let mut tab = Tab::open().await;
    tab.bench.choose("insecure", &[]).await;
    let requests: Vec<String> = CHANGES
        .iter()
        .map(|(path, body)| {
            let url = tab.on_lab(path);
            let headers = "{'Content-Type': 'application/x-www-form-urlencoded'}";
            let what = format!("method: 'POST', mode: 'no-cors', headers: {headers}");
            format!("fetch('{url}', {{{what}, body: '{body}'}})")
        })
        .collect();
    let script = format!(
        "window.sent = Promise.allSettled([{}])",
        requests.join(", ")
    );
    tab.sign_in(&tab.on_insecure("")).await;
    let before = state(&tab).await;
    assert!(before.1, "all weak");
    post_notice(&tab, &script).await;
    tab.run::<serde_json::Value>("window.sent").await;

    let complaints = tab.complaints().await;
    for (path, _) in CHANGES {
        let refused = format!("answer: 403 {}", tab.on_lab(path));
        let sent = CHANGES.iter().filter(|(other, _)| *other == path).count();
        let found = complaints.iter().filter(|line| **line == refused).count();
        assert_eq!(found, sent, "{path}: {complaints:?}");
    }
    assert_eq!(state(&tab).await, before);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn its_forms_are_refused_and_nothing_changes() {
    let tab = Tab::open().await;
    tab.bench.choose("insecure", &[]).await;
    tab.sign_in(&tab.on_insecure("")).await;
    let before = state(&tab).await;
    for (path, body) in CHANGES {
        let (name, value) = body.split_once('=').unwrap();
        let url = tab.on_lab(path);
        let form = format!(
            "(() => {{
                const form = document.createElement('form');
                form.method = 'post';
                form.action = '{url}';
                const field = document.createElement('input');
                [field.name, field.value] = ['{name}', '{value}'];
                form.append(field);
                document.body.append(form);
                form.submit();
            }})()"
        );
        tab.visit(&tab.on_insecure("/board")).await;
        tab.load(async || tab.run::<()>(&form).await).await;
        assert_eq!(tab.location().await, url);
        assert_eq!(tab.status().await, 403, "{path}");
        assert_eq!(state(&tab).await, before, "{path} {body}");
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn it_reads_nothing_of_the_labs_pages_and_cannot_frame_them() {
    let mut tab = Tab::open().await;
    tab.visit(&tab.address(PortalHttp, "/insecure/")).await;
    let evidence = tab.on_lab("/evidence/insecure/live");
    let read = format!("fetch('{evidence}').then(() => 'read', (error) => error.name)");
    assert_eq!(tab.run::<String>(&read).await, "TypeError");
    tab.complaints().await;

    let frame = format!(
        "new Promise((done) => {{
            const frame = document.createElement('iframe');
            frame.src = '{}';
            frame.onload = () => done(true);
            document.body.append(frame);
        }})",
        tab.on_lab("/compare")
    );
    tab.run::<bool>(&frame).await;
    let complaints = tab.complaints().await;
    assert!(
        complaints
            .iter()
            .any(|line| line.contains("frame-ancestors 'none'")),
        "{complaints:?}"
    );
}
