//! The first line of a request: methods, targets and versions that no browser sends.

use session_lab::base::addresses::Listener;
use session_lab::base::addresses::Listener::{Lab, PortalHttp, PortalHttps};

use super::socket::{ask, exchange, get, host, port, still_there};
use crate::support::bench;

#[tokio::test]
async fn an_unknown_method_is_a_clear_4xx() {
    let path = format!("{}/insecure/login", bench().name.prefix());
    for listener in [PortalHttp, PortalHttps] {
        for method in ["BREW", "get", "Get", "post", "PROPFIND"] {
            let answer = ask(listener, &format!("{method} {path}"), &[], "").await;
            assert_eq!(answer.status, 400, "{method}: {}", answer.body);
            assert!(answer.body.contains("cannot be read"), "{}", answer.body);
            assert_eq!(answer.all("set-cookie"), [""; 0]);
        }
        still_there(listener).await;
    }
}

#[tokio::test]
async fn a_method_that_a_page_does_not_take_is_405_and_names_those_it_takes() {
    let path = format!("{}/insecure/login", bench().name.prefix());
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        let answer = ask(PortalHttp, &format!("{method} {path}"), &[], "").await;
        assert_eq!(answer.status, 405, "{method}: {}", answer.body);
        assert_eq!(answer.header("allow"), "GET, HEAD, POST", "{method}");
    }
}

#[tokio::test]
async fn trace_and_connect_echo_nothing() {
    for line in [
        "TRACE /inspect_headers",
        "CONNECT localhost:443",
        "OPTIONS *",
    ] {
        let cookie = ["Cookie: session_insecure=echo-me"];
        let answer = ask(PortalHttp, line, &cookie, "").await;
        assert!(
            (400..500).contains(&answer.status),
            "{line}: {}",
            answer.status
        );
        assert!(!answer.body.contains("echo-me"), "{line}");
    }
}

#[tokio::test]
async fn an_absolute_target_is_judged_by_its_host_line() {
    let path = format!("{}/insecure/", bench().name.prefix());
    for listener in [PortalHttp, PortalHttps] {
        let (own, scheme) = (host(listener), listener.scheme().as_str());
        let answer = get(listener, &format!("{scheme}://{own}{path}")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let text = format!(
        "GET http://{}{path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        host(PortalHttp)
    );
    let answer = exchange(PortalHttp, text).await.expect("an answer");
    assert_eq!(answer.status, 421);
}

#[tokio::test]
async fn a_very_long_target_is_answered_and_nothing_breaks() {
    let bench = bench();
    for (length, expected) in [
        (8_000, &[404][..]),
        (60_000, &[404]),
        (70_000, &[414]),
        (500_000, &[414, 431]),
    ] {
        let target = format!("{}/insecure/{}", bench.name.prefix(), "x".repeat(length));
        let text = format!(
            "GET {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            host(PortalHttp)
        );
        match exchange(PortalHttp, text).await {
            Some(answer) => assert!(
                expected.contains(&answer.status),
                "{length}: {}",
                answer.status
            ),
            // The server may close on the rest before its answer is read.
            None => assert!(length > 65_534, "{length}"),
        }
        still_there(PortalHttp).await;
    }
    let query = format!(
        "{}/insecure/?sid={}",
        bench.name.prefix(),
        "x".repeat(8_000)
    );
    assert_eq!(get(PortalHttp, &query).await.status, 200);
}

#[tokio::test]
async fn malformed_percent_signs_in_a_target_break_nothing() {
    let base = bench().name.prefix();
    for (target, expected) in [
        ("/insecure/%zz", 404),
        ("/insecure/%", 404),
        ("/insecure/%2", 404),
        ("/insecure/%ff%fe", 404),
        ("/insecure/%00", 404),
        ("/%ff/login", 404),
        ("/insecure/?sid=%zz", 200),
        ("/insecure/?sid=%ff", 200),
        ("/insecure/?sid=%00&%=&=&&", 200),
        ("/insecure/transfer?to=%ff&amount=%ff", 422),
        ("/insecure/transfer?to=alice&amount=-1", 422),
        (
            "/insecure/transfer?to=alice&amount=99999999999999999999",
            422,
        ),
        ("/insecure/login?expired=%ff", 200),
    ] {
        let answer = get(PortalHttp, &format!("{base}{target}")).await;
        assert_eq!(answer.status, expected, "{target}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_path_cannot_climb_out_of_the_lab() {
    for target in [
        "/static/../Cargo.toml",
        "/static/..%2fCargo.toml",
        "/static/%2e%2e/Cargo.toml",
        "/static//etc/passwd",
        "/static/..\\Cargo.toml",
        "/insecure/../../portal/login",
        "/portal/login",
        "/b/../insecure/login",
        "/b/..%2f..%2f/insecure/",
        "/b/UPPER/insecure/",
        "/b//insecure/",
        "/b/",
        "/b",
        "/rejected",
    ] {
        for listener in [Lab, PortalHttp] {
            let answer = get(listener, target).await;
            assert!(
                (400..500).contains(&answer.status),
                "{listener:?} {target}: {}",
                answer.status
            );
            assert!(!answer.body.contains("[package]"), "{target}");
        }
    }
}

#[tokio::test]
async fn what_is_no_http_is_refused_or_closed() {
    let own = host(PortalHttp);
    for bytes in [
        "\r\n\r\n\r\n".to_owned(),
        "GET\r\n\r\n".into(),
        "GET /\r\n\r\n".into(),
        format!("GET / HTTP/9.9\r\nHost: {own}\r\n\r\n"),
        format!("GET  / HTTP/1.1\r\nHost: {own}\r\n\r\n"),
        format!("GET healthz HTTP/1.1\r\nHost: {own}\r\n\r\n"),
        format!("GET /a b HTTP/1.1\r\nHost: {own}\r\n\r\n"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(),
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}".into(),
    ] {
        if let Some(answer) = super::socket::exchange_and_close(PortalHttp, &bytes).await {
            assert!(
                (400..=505).contains(&answer.status),
                "{bytes:?}: {}",
                answer.status
            );
            assert_ne!(answer.status, 500, "{bytes:?}");
        }
        still_there(PortalHttp).await;
    }
    // Plain http on the TLS port: the handshake fails and nothing else happens.
    let plain = format!(
        "GET / HTTP/1.1\r\nHost: localhost:{}\r\n\r\n",
        port(PortalHttps)
    );
    let socket = tokio::net::TcpStream::connect(("127.0.0.1", port(PortalHttps))).await;
    let mut socket = socket.expect("a connection");
    let mut read = Vec::new();
    {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        socket.write_all(plain.as_bytes()).await.expect("sent");
        let _ = socket.read_to_end(&mut read).await;
    }
    assert!(!String::from_utf8_lossy(&read).contains("HTTP/1.1 200"));
    still_there(Listener::PortalHttps).await;
}
