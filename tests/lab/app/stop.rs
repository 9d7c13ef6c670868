//! Stopping: no connection that is open keeps the program from its end.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::program::Program;

/// Connections as browsers and broken clients leave them open.
fn open_connections(program: &Program) -> Vec<TcpStream> {
    let mut open = Vec::new();
    for site in ["lab", "http", "https"] {
        let port = program.port(site);
        let head = format!("GET /healthz HTTP/1.1\r\nHost: localhost:{port}\r\n");
        let post = format!(
            "POST /insecure/login HTTP/1.1\r\nHost: localhost:{port}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\nuser"
        );
        for sent in [
            String::new(),
            "G".into(),
            head.clone(),
            post,
            format!("{head}\r\n"),
        ] {
            let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
            socket.write_all(sent.as_bytes()).unwrap();
            if sent.ends_with("\r\n\r\n") && site != "https" {
                // Answered, and kept open for the next request.
                socket.read_exact(&mut [0; 12]).unwrap();
            }
            open.push(socket);
        }
    }
    open
}

#[tokio::test]
async fn ctrl_c_and_sigterm_stop_it_while_connections_are_open() {
    for signal in ["INT", "TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let mut program = Program::start(folder.path());
        program.visitor("https", "/hardened").sign_in().await;
        let open = open_connections(&program);
        program.signal(signal);
        let status = program.wait();
        assert_eq!(status.code(), Some(0), "{signal}: {}", program.log());
        // None of them was closed by this side.
        drop(open);
        assert!(!program.log().contains("panicked"), "{}", program.log());
        // The folder is free for the next start.
        Program::start(folder.path()).kill();
    }
}

/// How long a stop takes while a thousand clients have sent less than a request.
async fn stop_amid_half_requests() -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path());
    let mut open = Vec::new();
    for (site, sent) in [
        ("http", "GET /healthz HTTP/1.1\r\nHost: localhost"),
        ("lab", ""),
        ("https", "\u{16}\u{3}\u{1}"),
        ("cafe", "GET /healthz HTTP/1.1\r\n"),
    ] {
        for _ in 0..300 {
            let mut socket = TcpStream::connect(("127.0.0.1", program.port(site))).unwrap();
            socket.write_all(sent.as_bytes()).unwrap();
            open.push(socket);
        }
    }
    // Each listener takes its connections in their order.
    for (site, base) in [("http", "/insecure"), ("https", "/hardened")] {
        assert_eq!(program.visitor(site, base).get("/login").await.status, 200);
    }
    let begun = Instant::now();
    program.signal("TERM");
    let status = program.wait();
    let took = begun.elapsed();
    assert_eq!(status.code(), Some(0), "{}", program.log());
    drop(open);
    took
}

#[tokio::test]
async fn requests_that_have_not_come_whole_do_not_delay_the_stop() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    // An answer that is under way is given a second. On a busy machine one stop may take as long.
    let mut quickest = Duration::MAX;
    for _ in 0..5 {
        quickest = quickest.min(stop_amid_half_requests().await);
        if quickest < Duration::from_millis(700) {
            return;
        }
    }
    panic!("the quickest stop of five took {quickest:?}");
}

#[tokio::test]
async fn what_was_answered_before_a_stop_is_there_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path());
    let mut visitor = program.visitor("https", "/hardened");
    visitor.sign_in().await;
    program.signal("TERM");
    program.wait();
    let again = Program::start(folder.path());
    assert!(visitor.at(&again).is_signed_in().await);
}
