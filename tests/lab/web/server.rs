//! The server: heads as they were sent, and limits on what waits.

use std::collections::BTreeSet;
use std::time::Instant;

use session_lab::base::addresses::Listener::{Attacker, AttackerTls, Lab, PortalHttp, PortalHttps};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::socket::{Answer, ask, exchange, exchange_and_close, get, host, port, still_there};
use crate::support::{POLL, bench};

async fn sent(bytes: Vec<u8>) -> Answer {
    let answer = exchange(PortalHttp, bytes).await;
    answer.expect("an answer")
}

/// A GET of the page that shows its own request, with these bytes as its header lines.
async fn shown(lines: &[u8]) -> serde_json::Value {
    let mut bytes = b"GET /inspect_headers?format=json HTTP/1.1\r\n".to_vec();
    bytes.extend(format!("Host: {}\r\n", host(PortalHttp)).bytes());
    bytes.extend(lines);
    bytes.extend(b"Connection: close\r\n\r\n");
    let answer = sent(bytes).await;
    serde_json::from_str(&answer.body).expect("JSON")
}

#[tokio::test]
async fn names_are_shown_as_they_were_written_and_repeated_lines_in_their_order() {
    let page = shown(b"X-ONE: 1\r\nx-two: \xfc\xc3\xbc\r\nX-One: 2\r\n").await;
    let headers = page["request"]["headers"].as_array().expect("a list");
    let lines: Vec<String> = headers
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().expect("text").to_owned();
            format!("{}: {}", text("name"), text("value"))
        })
        .collect();
    assert_eq!(lines[0], format!("Host: {}", host(PortalHttp)));
    assert_eq!(lines[1..4], ["X-ONE: 1", "x-two: \\xfcü", "X-One: 2"]);
}

#[tokio::test]
async fn names_of_headers_are_written_in_their_usual_capitals() {
    let unusual = format!("GET / HTTP/9.9\r\nHost: {}\r\n\r\n", host(PortalHttp));
    let refused = exchange_and_close(PortalHttp, unusual).await;
    let mut answers = vec![refused.expect("an answer")];
    for listener in [Lab, PortalHttp, PortalHttps] {
        answers.push(get(listener, "/static/css/lab.css").await);
        answers.push(get(listener, "/nowhere").await);
    }
    let base = bench().name.prefix();
    answers.push(get(PortalHttps, &format!("{base}/hardened/jwt/profile")).await);
    answers.push(get(PortalHttp, &format!("{base}/insecure/login")).await);
    let mut seen = BTreeSet::new();
    for name in answers.into_iter().flat_map(|answer| answer.names) {
        for word in name.split('-') {
            let mut letters = word.chars();
            let first = letters
                .next()
                .is_some_and(|letter| letter.is_ascii_uppercase());
            assert!(
                first && !letters.any(|letter| letter.is_ascii_uppercase()),
                "{name}"
            );
        }
        seen.insert(name);
    }
    for name in [
        "Set-Cookie",
        "Www-Authenticate",
        "Etag",
        "X-Content-Type-Options",
    ] {
        assert!(seen.contains(name), "{name}: {seen:?}");
    }
}

#[tokio::test]
async fn one_bad_pair_spoils_that_pair_only() {
    let bench = bench();
    let mut visitor = bench.visitor_in_clear("insecure");
    visitor.sign_in().await;
    let (name, id) = visitor.session_cookie().expect("a session");
    let path = format!("{}/insecure/api/check_session", bench.name.prefix());
    for cookies in [
        format!("{name}={id}; x=").into_bytes(),
        [b"x=\xfc; ", format!("{name}={id}").as_bytes()].concat(),
        [format!("{name}={id}; x=").as_bytes(), b"\xfc"].concat(),
    ] {
        let mut bytes = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: ",
            host(PortalHttp)
        )
        .into_bytes();
        bytes.extend(&cookies);
        bytes.extend(b"\r\nConnection: close\r\n\r\n");
        let answer = sent(bytes).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&cookies));
    }
}

#[tokio::test]
async fn a_target_with_bytes_that_are_no_uri_is_encoded() {
    let base = bench().name.prefix();
    for (target, status) in [
        ("/insecure/?x=é", 200),
        ("/insecure/login?x=|\"<>^`{}[]", 200),
        ("/insecure/é", 404),
    ] {
        let answer = get(PortalHttp, &format!("{base}{target}")).await;
        assert_eq!(answer.status, status, "{target}: {}", answer.body);
    }
    let answer = get(PortalHttps, &format!("{base}/hardened/dashboard?x=é")).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
}

#[tokio::test]
async fn what_is_no_request_gets_one_clear_sentence() {
    let own = host(PortalHttp);
    for (bytes, status, words) in [
        (
            format!("GET / HTTP/9.9\r\nHost: {own}\r\n\r\n"),
            400,
            "speaks HTTP/1.1",
        ),
        (
            format!("GET / HTTP/1.1\r\nHost: {own}\r\nno colon\r\n\r\n"),
            400,
            "header",
        ),
        (
            format!("POST / HTTP/1.1\r\nHost: {own}\r\nContent-Length: x\r\n\r\n"),
            400,
            "Content-Length must be one number",
        ),
        (
            format!(
                "POST / HTTP/1.1\r\nHost: {own}\r\nContent-Length: 1\r\n\
                 Transfer-Encoding: chunked\r\n\r\n"
            ),
            400,
            "a Content-Length and a Transfer-Encoding",
        ),
        (
            format!(
                "GET / HTTP/1.1\r\nHost: {own}\r\n{}\r\n",
                "A: b\r\n".repeat(101)
            ),
            431,
            "100 header lines",
        ),
        (
            format!("GET / HTTP/1.1\r\nHost: {own}\r\nExpect: tea\r\n\r\n"),
            417,
            "100-continue",
        ),
    ] {
        let answer = exchange_and_close(PortalHttp, &bytes)
            .await
            .expect("an answer");
        assert_eq!(answer.status, status, "{bytes}: {}", answer.body);
        assert!(answer.body.contains(words), "{}", answer.body);
        still_there(PortalHttp).await;
    }
}

#[tokio::test]
async fn unencrypted_http_on_a_tls_port_is_told_the_right_address() {
    for (listener, name) in [(PortalHttps, "localhost"), (AttackerTls, "127.0.0.1")] {
        let port = port(listener);
        let request = format!("GET / HTTP/1.1\r\nHost: {name}:{port}\r\n\r\n");
        let mut socket = TcpStream::connect(("127.0.0.1", port))
            .await
            .expect("a line");
        socket.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(
            answer.contains(&format!("https://{name}:{port}/")),
            "{answer}"
        );
    }
}

/// Node's `fetch` with `FormData` does this: it sends the body in pieces, and looks for an answer when the
/// last one is sent. A server that closes before then breaks the connection under it.
#[tokio::test]
async fn an_early_answer_reaches_a_client_that_reads_only_when_it_has_sent_all() {
    let path = format!("{}/insecure/login", bench().name.prefix());
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: multipart/form-data; boundary=b\r\n",
        host(PortalHttp)
    );
    for n in 0..20 {
        let piece = "x".repeat(1_000 + 300 * n);
        let (framing, piece, last) = if n % 2 == 0 {
            let length = format!("Content-Length: {}", 10 * piece.len());
            (length, piece, String::new())
        } else {
            let chunk = format!("{:x}\r\n{piece}\r\n", piece.len());
            let framing = "Transfer-Encoding: chunked".to_owned();
            (framing, chunk, "0\r\n\r\n".to_owned())
        };
        let socket = TcpStream::connect(("127.0.0.1", port(PortalHttp))).await;
        let mut socket = socket.expect("a line");
        let pieces = std::iter::once(format!("{head}{framing}\r\n\r\n"));
        let pieces = pieces.chain(std::iter::repeat_n(piece, 10)).chain([last]);
        for piece in pieces {
            socket.write_all(piece.as_bytes()).await.expect("sent");
            tokio::time::sleep(POLL).await;
        }
        socket.shutdown().await.expect("sent");
        let mut answer = String::new();
        let read = socket.read_to_string(&mut answer).await;
        read.expect("an answer to the end");
        assert!(answer.starts_with("HTTP/1.1 415 "), "{n}: {answer}");
    }
}

/// What is too large for any route is refused, and what still comes is thrown away for a while.
#[tokio::test]
async fn a_body_beyond_every_limit_still_gets_its_answer() {
    let path = format!("{}/insecure/login", bench().name.prefix());
    let body = "x".repeat(120_000);
    for _ in 0..20 {
        let kind = ["Content-Type: application/x-www-form-urlencoded"];
        let answer = ask(PortalHttp, &format!("POST {path}"), &kind, &body).await;
        assert_eq!(answer.status, 413, "{}", answer.body);
    }
}

#[tokio::test]
async fn a_connection_takes_one_request_after_another() {
    let mut socket = TcpStream::connect(("127.0.0.1", port(Lab)))
        .await
        .expect("a line");
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", host(Lab));
    for _ in 0..3 {
        // Twice at once: the second head is in the same piece as the first.
        socket
            .write_all(request.repeat(2).as_bytes())
            .await
            .expect("sent");
        let mut seen = String::new();
        while seen.matches("ok\n").count() < 2 {
            let mut space = [0; 4096];
            let n = socket.read(&mut space).await.expect("an answer");
            assert!(n > 0, "the connection ended: {seen}");
            seen.push_str(&String::from_utf8_lossy(&space[..n]));
        }
        assert_eq!(seen.matches("HTTP/1.1 200 OK").count(), 2, "{seen}");
    }
}

#[tokio::test]
async fn half_a_head_ends_with_a_sentence_and_silence_on_a_line_disturbs_nobody() {
    let mut silent = Vec::new();
    for listener in [Lab, PortalHttp, PortalHttps, Attacker, AttackerTls] {
        for _ in 0..20 {
            silent.push(
                TcpStream::connect(("127.0.0.1", port(listener)))
                    .await
                    .expect("a line"),
            );
        }
    }
    let mut half = TcpStream::connect(("127.0.0.1", port(PortalHttp)))
        .await
        .expect("a line");
    half.write_all(b"GET / HTTP/1.1\r\nHost: ")
        .await
        .expect("sent");
    let begun = Instant::now();
    still_there(PortalHttp).await;
    let mut answer = String::new();
    half.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(
        begun.elapsed() >= session_lab::web::server::HEAD,
        "too early"
    );
}
