//! What the journal notes of requests for the worksheets: while one is open, and nothing secret.

use session_lab::base::addresses::Listener;

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
