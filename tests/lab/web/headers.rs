//! Headers that are too many, too long or malformed.

use session_lab::base::addresses::Listener::{PortalHttp, PortalHttps};

use super::socket::{AT_LOCALHOST, Answer, ask, exchange, host, still_there};
use crate::support::bench;

async fn with_lines(lines: &[u8]) -> Option<Answer> {
    let path = format!("{}/insecure/login", bench().name.prefix());
    let mut bytes = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n", host(PortalHttp)).into_bytes();
    bytes.extend(lines);
    bytes.extend(b"Connection: close\r\n\r\n");
    exchange(PortalHttp, bytes).await
}

#[tokio::test]
async fn a_hundred_kilobytes_of_headers_break_nothing() {
    for listener in AT_LOCALHOST {
        let one_long = format!("X-Long: {}", "x".repeat(100_000));
        let answer = ask(listener, "GET /healthz", &[&one_long], "").await;
        assert!([200, 431].contains(&answer.status), "{}", answer.status);
        still_there(listener).await;
    }
    let many = "X-Many: y\r\n".repeat(9_000);
    let answer = with_lines(many.as_bytes()).await;
    // The server may close on the rest before its answer is read.
    assert!(answer.is_none_or(|answer| answer.status == 431));
    let some = "X-Many: y\r\n".repeat(120);
    let answer = with_lines(some.as_bytes()).await.expect("an answer");
    assert_eq!(answer.status, 431);
    still_there(PortalHttp).await;
}

#[tokio::test]
async fn a_malformed_header_is_refused() {
    for lines in [
        &b"no colon here\r\n"[..],
        b": no name\r\n",
        b"Bad Name: x\r\n",
        b"Space : x\r\n",
        b"Nul: a\0b\r\n",
        b"N\xff: x\r\n",
    ] {
        let answer = with_lines(lines).await.expect("an answer");
        assert_eq!(answer.status, 400, "{}", String::from_utf8_lossy(lines));
        still_there(PortalHttp).await;
    }
}

#[tokio::test]
async fn bytes_that_are_no_utf8_are_dropped_and_the_page_is_shown() {
    for lines in [
        &b"Cookie: session_insecure=\xff\xfe\r\n"[..],
        b"Cookie: \xff=\xfe; =; ;;; a\r\n",
        b"Cookie: a=b\r\nCookie: \xc3\x28\r\n",
        b"User-Agent: \xff\r\n",
        b"Referer: \xff\r\nAccept-Language: \x80\r\n",
    ] {
        let answer = with_lines(lines).await.expect("an answer");
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(lines));
    }
}

#[tokio::test]
async fn origins_and_types_that_are_no_text_are_refused_on_a_change() {
    let path = format!("{}/hardened/api/login", bench().name.prefix());
    let listener = PortalHttps;
    for lines in [
        &b"Origin: \xff\r\nContent-Type: text/plain\r\n"[..],
        b"Content-Type: \xff\r\n",
        b"Content-Type: application/json\r\nSec-Fetch-Site: nonsense\r\n",
        b"Content-Type: application/json\r\nOrigin: null\r\n",
    ] {
        let body = r#"{"username":"student123","password":"password123"}"#;
        let (own, length) = (host(listener), body.len());
        let mut bytes = format!("POST {path} HTTP/1.1\r\nHost: {own}\r\n").into_bytes();
        bytes.extend(lines);
        bytes.extend(format!("Content-Length: {length}\r\n").bytes());
        bytes.extend(format!("Connection: close\r\n\r\n{body}").bytes());
        let answer = exchange(listener, bytes).await.expect("an answer");
        let text = String::from_utf8_lossy(lines);
        assert!(
            [403, 415].contains(&answer.status),
            "{text}: {}",
            answer.status
        );
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.all("set-cookie"), [""; 0], "{text}");
    }
}
