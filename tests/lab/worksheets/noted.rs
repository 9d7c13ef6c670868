//! What the journal notes of requests for the worksheets: while one is open, and nothing secret.

use session_lab::base::addresses::Listener;
use session_lab::base::event::ClientKind;

use crate::support::{TestBench, bench, curl, lab};

fn ask(bench: &TestBench, path: &str, headers: &[&str]) {
    let origin = lab().addresses.origin(Listener::PortalHttp);
    let url = format!("{origin}{}/insecure{path}", bench.name.prefix());
    let mut words = vec!["-o", "/dev/null", url.as_str()];
    for header in headers {
        words.extend(["-H", header]);
    }
    curl(&words);
}

async fn requests(bench: &TestBench) -> Vec<String> {
    let mut events = bench.events("insecure").await;
    events.retain(|event| event.contains(" over http at "));
    events
}

#[tokio::test]
async fn requests_are_noted_only_while_a_worksheet_is_open() {
    let bench = bench();
    ask(&bench, "/login", &[]);
    assert_eq!(requests(&bench).await, [""; 0]);
    bench.student().get("/labs/06-session-fixation").await;
    ask(&bench, "/login", &[]);
    let noted = requests(&bench).await;
    assert_eq!(noted, ["GET /login over http at localhost: 200."]);
    let polled = bench.evidence("insecure").await;
    assert!(polled["events"].as_array().is_some());
    assert_eq!(
        requests(&bench).await.len(),
        1,
        "the lab's own pages poll in silence"
    );
}

/// Issue 17.8: a page of the lab that stays open, a browser and its tools fill no journal.
#[tokio::test]
async fn the_labs_own_requests_are_never_events() {
    const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0";
    let bench = bench();
    let mut lab_page = bench.student().with_header("user-agent", BROWSER);
    lab_page.get("/labs/06-session-fixation").await;
    let before = bench.open().await.recent_events(100).await.expect("events");
    let everywhere = [
        "/favicon.ico",
        "/static/css/base.css",
        "/apple-touch-icon.png",
        "/.well-known/appspecific/com.chrome.devtools.json",
        "/.well-known/change-password",
    ];
    let of_the_lab = [
        "/labs/06-session-fixation/live",
        "/evidence/insecure/live",
        "/evidence/insecure/timeline",
        "/evidence/none/timeline",
        "/wire/live",
        "/matrix/live",
        "/compare/live",
        "/cafe/live",
        "/custom/attack/live",
        "/audit/live",
    ];
    for path in everywhere.iter().chain(&of_the_lab) {
        lab_page.get(path).await;
    }
    for path in everywhere
        .iter()
        .chain(&["/arrived?variant=insecure", "/loot/count"])
    {
        let mut attackers = bench.victim().with_header("user-agent", BROWSER);
        attackers.get(path).await;
    }
    let origin = lab().addresses.origin(Listener::PortalHttp);
    for path in everywhere {
        let url = format!("{origin}{}{path}", bench.name.prefix());
        curl(&["-o", "/dev/null", "-A", BROWSER, &url]);
    }
    let after = bench.open().await.recent_events(100).await.expect("events");
    assert_eq!(before, after);
}

/// Issue 17.9: PowerShell calls itself Mozilla, and is no browser.
#[tokio::test]
async fn powershell_is_not_a_browser() {
    let bench = bench();
    bench.student().get("/labs/06-session-fixation").await;
    for agent in [
        "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.4291",
        "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.19045; en-US) PowerShell/7.4.2",
    ] {
        ask(&bench, "/login", &[&format!("User-Agent: {agent}")]);
        let journal = bench.open().await.recent_events(100).await.expect("events");
        let kinds: Vec<_> = journal.iter().map(|event| event.client).collect();
        assert!(kinds.contains(&ClientKind::PowerShell), "{kinds:?}");
        assert!(!kinds.contains(&ClientKind::Browser), "{kinds:?}");
    }
}

#[tokio::test]
async fn no_query_cookie_token_or_invented_word_gets_into_the_journal() {
    let bench = bench();
    bench.student().get("/labs/06-session-fixation").await;
    let token = "eyJhbGciOiJSU0EtU0VDUkVUIn0.c2VjcmV0.c2VjcmV0";
    ask(
        &bench,
        "/jwt/profile?sid=secret-in-query&access_token=secret",
        &[
            "Cookie: session_insecure=secret-in-cookie",
            &format!("Authorization: Bearer {token}"),
            "Sec-Fetch-Site: secret-in-header",
        ],
    );
    let journal = bench.open().await.recent_events(100).await.expect("events");
    let journal = serde_json::to_string(&journal).expect("JSON");
    assert!(journal.contains("/jwt/profile"), "{journal}");
    for secret in ["secret", "RSA-SECRET", "c2VjcmV0"] {
        assert!(!journal.contains(secret), "{secret}: {journal}");
    }
    assert!(journal.contains("\"algorithm\":\"other\""), "{journal}");
}
