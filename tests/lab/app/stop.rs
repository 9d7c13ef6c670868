//! Stopping: no connection that is open keeps the program from its end.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

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
