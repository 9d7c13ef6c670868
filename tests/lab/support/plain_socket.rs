//! Bytes written to a socket as they stand, for what no well-behaved client sends.

use session_lab::web::addresses::Listener;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::lab;

/// Writes these lines and an empty one to a listener that speaks in clear, and reads the answer.
/// `{host}` in a line stands for the listener's own pair of name and port. The connection stays
/// open for writing, so an answer to a body that never comes was given without the body.
pub async fn send_raw(listener: Listener, lines: &[&str]) -> String {
    let port = lab().addresses.port(listener).expect("it is up");
    let head = lines.join("\r\n") + "\r\n\r\n";
    let head = head.replace("{host}", &format!("localhost:{port}"));
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.expect("up");
    socket.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    // The server closes the connection after its answer, or the test would never end.
    socket.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}
