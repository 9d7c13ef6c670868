//! Bytes written to a socket unchanged, for what no well-behaved client sends.

use session_lab::base::addresses::Listener;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{PATIENCE, lab};

/// Writes a head of these lines and the beginning of a body to an unencrypted listener, and
/// reads the answer. `{host}` in a line means the listener's own pair of name and port. Where
/// the head announces more body than is sent, the answer was given without the rest.
pub async fn send_raw(listener: Listener, lines: &[&str], body: &str) -> String {
    let exchange = exchange(listener, lines, body);
    let answer = tokio::time::timeout(PATIENCE, exchange).await;
    answer.expect("an answer")
}

async fn exchange(listener: Listener, lines: &[&str], body: &str) -> String {
    let port = lab().addresses.port(listener).expect("it is up");
    let head = lines.join("\r\n") + "\r\n\r\n";
    let head = head.replace("{host}", &format!("localhost:{port}"));
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.expect("up");
    socket.write_all(head.as_bytes()).await.expect("sent");
    socket.write_all(body.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&answer).into_owned();
        if is_whole(&text) || socket.read_buf(&mut answer).await.expect("an answer") == 0 {
            return text;
        }
    }
}

/// Whether the head has come, and as much of the body as it announces.
fn is_whole(answer: &str) -> bool {
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        return false;
    };
    let head = head.to_ascii_lowercase();
    let length = head
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.lines().next());
    length
        .and_then(|text| text.parse().ok())
        .is_some_and(|length: usize| body.len() >= length)
}
