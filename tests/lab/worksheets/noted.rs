//! What the journal notes of requests for the worksheets: those that a step asks for, and nothing
//! secret.

use session_lab::base::addresses::Listener;
use session_lab::base::event::{ClientKind, Event, EventKind, in_words};

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

async fn journal(bench: &TestBench) -> Vec<Event> {
    let (_, journal) = bench.open().await.journal().await.expect("events");
    journal.into_iter().map(|(_, event)| event).collect()
}

async fn requests(bench: &TestBench) -> Vec<String> {
    let events = journal(bench).await;
    let requests = events
        .iter()
        .filter(|event| matches!(event.what, EventKind::Request(_)));
    requests.map(in_words::event).collect()
}

/// Issue 17.6: facts are noted before anybody opens a sheet, and only those that some step needs.
#[tokio::test]
async fn requests_that_a_step_asks_for_are_noted_from_the_first_one_on() {
    let bench = bench();
    ask(&bench, "/dashboard", &[]);
    ask(&bench, "/asked-for-by-no-step", &[]);
    let noted = requests(&bench).await;
    assert_eq!(noted, ["GET /dashboard over http at localhost: 303."]);
    let polled = bench.evidence("insecure").await;
    let told = polled["events"].as_array().expect("a list");
    assert!(told.is_empty(), "they are no events of a session: {told:?}");
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
    let before = journal(&bench).await;
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
    assert_eq!(before, journal(&bench).await);
}

/// Issue 17.9: PowerShell calls itself Mozilla, and is no browser.
#[tokio::test]
async fn powershell_is_not_a_browser() {
    let bench = bench();
    for agent in [
        "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.4291",
        "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.19045; en-US) PowerShell/7.4.2",
    ] {
        ask(&bench, "/login", &[&format!("User-Agent: {agent}")]);
        ask(&bench, "/dashboard", &[&format!("User-Agent: {agent}")]);
        let journal = journal(&bench).await;
        let kinds: Vec<_> = journal.iter().map(|event| event.client).collect();
        assert!(kinds.contains(&ClientKind::PowerShell), "{kinds:?}");
        assert!(!kinds.contains(&ClientKind::Browser), "{kinds:?}");
    }
}

#[tokio::test]
async fn no_query_cookie_token_or_invented_word_gets_into_the_journal() {
    let bench = bench();
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
    let journal = journal(&bench).await;
    let journal = serde_json::to_string(&journal).expect("JSON");
    assert!(journal.contains("/jwt/profile"), "{journal}");
    for secret in ["secret", "RSA-SECRET", "c2VjcmV0"] {
        assert!(!journal.contains(secret), "{secret}: {journal}");
    }
    assert!(journal.contains("\"algorithm\":\"other\""), "{journal}");
}
