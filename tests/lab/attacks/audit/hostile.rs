//! Applications that break, or mean harm: the audit ends, with words that say why.

use std::time::{Duration, Instant};

use session_lab::attacks::audit::target::AllowedTarget;
use session_lab::attacks::audit::wire::{AuditError, AuditWire};
use session_lab::client::caller::Call;

use super::applications::begin;
use super::small_app::{SmallApp, page};

async fn error(url: &str) -> String {
    begin(url).await.expect_err("no audit").to_string()
}

#[tokio::test]
async fn an_application_that_is_down_is_said_to_be() {
    let app = SmallApp::start(|_| Vec::new());
    let url = app.url();
    assert!(
        error(&url).await.contains("broke"),
        "it closes without an answer"
    );
    drop(app);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let down = begin(&format!("http://127.0.0.1:{port}")).await;
    let down = down.expect_err("nothing listens");
    assert!(down.to_string().contains("no connection"), "{down}");
    assert!(down.hint().contains("start the application"), "{down}");
}

#[tokio::test]
async fn answers_without_an_end_or_a_sense_end_the_audit_in_words() {
    let many = "x".repeat(3 << 20);
    let cookies = format!("Set-Cookie: a={}\r\n", "y".repeat(8_000));
    let answers: [(Vec<u8>, &str); 7] = [
        (page("200 OK", "", &many), "more than 1048576 bytes"),
        (page("302 Found", "Location: /again\r\n", ""), "redirects one after the other"),
        (page("302 Found", "Location: http://example.com/\r\n", ""), "no sign-in was found"),
        (page("200 OK", &cookies, "nothing"), "no sign-in was found"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\nno".to_vec(),
            "the exchange broke",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n\x1f\x8b\xff\xfe\xfd".to_vec(),
            "compressed its answer (gzip)",
        ),
        (b"\x00\x01\x02 what is this\r\n\r\n".to_vec(), "the exchange broke"),
    ];
    for (answer, words) in answers {
        let sent = answer.clone();
        let app = SmallApp::start(move |_| sent.clone());
        let error = begin(&app.url()).await.expect_err("no audit");
        assert!(error.to_string().contains(words), "{words}: {error}");
        // It runs already.
        assert!(!error.hint().contains("start the application"), "{words}");
    }
}

#[tokio::test]
async fn a_sign_in_that_never_works_is_not_taken_for_one() {
    let form = "<form method=post><input name=u><input type=password name=p></form>";
    let app = SmallApp::start(move |_| page("200 OK", "Set-Cookie: s=\u{fffd}; Path=/\r\n", form));
    let error = error(&app.url()).await;
    assert!(
        error.contains("carol@app.test") && error.contains("password"),
        "{error}"
    );
    assert!(!error.contains("horse"), "{error}");
}

#[tokio::test]
async fn no_name_of_another_computer_is_resolved_into_a_target() {
    for url in [
        "http://192.0.2.1",
        "http://[2001:db8::1]:80",
        "http://8.8.8.8",
    ] {
        assert!(AllowedTarget::resolve(url).await.is_err(), "{url}");
    }
    let own = AllowedTarget::resolve("http://nobody-knows-this-name.test:1").await;
    assert!(own.expect("a reserved name").address.is_loopback());
}

async fn wire(app: &SmallApp) -> AuditWire {
    let target = AllowedTarget::resolve(&app.url()).await;
    AuditWire::new(target.expect("this computer"), None).expect("TLS")
}

#[tokio::test]
async fn twenty_requests_are_sent_in_a_second_at_most() {
    let app = SmallApp::start(|_| page("200 OK", "", ""));
    let wire = wire(&app).await;
    let begun = Instant::now();
    for _ in 0..11 {
        wire.send(Call::get("/")).await.expect("an answer");
    }
    // A loaded machine makes it longer, and nothing makes it shorter.
    assert!(
        begun.elapsed() >= Duration::from_millis(500),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn an_audit_sends_a_bounded_number_of_requests() {
    let app = SmallApp::start(|_| page("200 OK", "", ""));
    let wire = wire(&app).await.without_pause();
    for _ in 0..1_500 {
        wire.send(Call::get("/")).await.expect("an answer");
    }
    let spent = wire.send(Call::get("/")).await.expect_err("one too many");
    assert!(matches!(spent, AuditError::Spent), "{spent}");
}

#[tokio::test]
async fn of_two_addresses_of_a_name_the_one_that_answers_is_taken() {
    let app = SmallApp::start(|_| page("200 OK", "", ""));
    let target = AllowedTarget::resolve(&app.url())
        .await
        .expect("this computer");
    assert_eq!(target.address, app.address.ip());
    assert_eq!(target.host_name, "localhost", "Host keeps the name");
}
