//! The websocket on which a browser is driven: commands with an id, replies that bear it, and events.
//! Both protocols, DevTools and WebDriver BiDi, send JSON of this form.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::{BrowserError, PATIENCE};

/// How many commands wait for the socket before the next one waits too.
const QUEUE: usize = 64;

/// A picture of a long page is the largest message that is expected.
const MAX_MESSAGE: usize = 64 << 20;

/// How long the handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(20);

/// What is called for every event, in the order in which events arrive. It must not block.
pub type EventSink = Box<dyn Fn(&Value) + Send + Sync>;

/// An open connection. Its tasks end when it is dropped or when the browser is gone.
pub struct Connection {
    commands: mpsc::Sender<String>,
    pending: Arc<PendingReplies>,
    next_id: AtomicU64,
}

impl Connection {
    /// Connects to `address`, as in `ws://127.0.0.1:9222/session`.
    ///
    /// # Errors
    /// Nobody answers there, or not with a websocket.
    pub async fn open(address: &str, events: EventSink) -> Result<Self, BrowserError> {
        let handshake = tokio::time::timeout(HANDSHAKE, handshake(address)).await;
        let socket = handshake.map_err(|_| BrowserError::Late("the browser's socket".into()))??;
        let (mut sender, mut receiver) = socket.split();
        let (commands, mut queue) = mpsc::channel::<String>(QUEUE);
        let pending = Arc::new(PendingReplies::default());
        tokio::spawn(async move {
            while let Some(text) = queue.recv().await {
                if sender.send(Message::text(text)).await.is_err() {
                    return;
                }
            }
            let _ = sender.close().await;
        });
        let replies = pending.clone();
        tokio::spawn(async move {
            while let Some(Ok(message)) = receiver.next().await {
                let Ok(text) = message.to_text() else {
                    continue;
                };
                // A message that is no JSON belongs to no command.
                let Ok(message) = serde_json::from_str::<Value>(text) else {
                    continue;
                };
                match message["id"].as_u64() {
                    Some(id) => replies.deliver(id, message),
                    None => events(&message),
                }
            }
            replies.close();
        });
        Ok(Self {
            commands,
            pending,
            next_id: AtomicU64::new(1),
        })
    }

    /// Sends a command and waits for its result. `session` is DevTools' id of one page.
    ///
    /// # Errors
    /// The browser refuses it, is gone, or does not answer in time.
    pub async fn call(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Value, BrowserError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let mut command = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            command["sessionId"] = session.into();
        }
        let exchange = async {
            let waiting = self.pending.expect(id)?;
            let sent = self.commands.send(command.to_string()).await;
            sent.map_err(|_| BrowserError::Gone)?;
            waiting.reply.await.map_err(|_| BrowserError::Gone)
        };
        // Dropped with the future, `waiting` takes its id out of the table.
        let reply = tokio::time::timeout(PATIENCE, exchange).await;
        let mut reply = reply.map_err(|_| BrowserError::Late(method.to_owned()))??;
        match refusal(&reply) {
            None => Ok(reply["result"].take()),
            Some(message) => Err(BrowserError::Refused {
                command: method.to_owned(),
                message,
            }),
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

async fn handshake(address: &str) -> Result<WebSocketStream<TcpStream>, BrowserError> {
    let failed = |error: String| BrowserError::Start(format!("{address}: {error}"));
    let host = host_of(address);
    let stream = TcpStream::connect(host).await;
    let stream = stream.map_err(|error| failed(error.to_string()))?;
    let limits = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    let opened = client_async_with_config(address, stream, Some(limits)).await;
    let (socket, _) = opened.map_err(|error| failed(error.to_string()))?;
    Ok(socket)
}

/// The host and port of a websocket's address.
pub fn host_of(address: &str) -> &str {
    let rest = address.trim_start_matches("ws://");
    rest.split('/').next().unwrap_or_default()
}

/// Why the browser refused a command: DevTools answers with an object, BiDi with a code and a message.
fn refusal(reply: &Value) -> Option<String> {
    match &reply["error"] {
        Value::Null => None,
        Value::String(code) => {
            let message = reply["message"].as_str().unwrap_or_default();
            Some(format!("{code}: {message}"))
        }
        error => Some(error["message"].as_str().unwrap_or("no reason").to_owned()),
    }
}

/// The commands that are not answered yet. `None` once the connection is closed.
struct PendingReplies(Mutex<Option<HashMap<u64, oneshot::Sender<Value>>>>);

impl Default for PendingReplies {
    fn default() -> Self {
        Self(Mutex::new(Some(HashMap::new())))
    }
}

impl PendingReplies {
    fn table(&self) -> MutexGuard<'_, Option<HashMap<u64, oneshot::Sender<Value>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn expect(self: &Arc<Self>, id: u64) -> Result<ExpectedReply, BrowserError> {
        let (sender, reply) = oneshot::channel();
        let mut table = self.table();
        table.as_mut().ok_or(BrowserError::Gone)?.insert(id, sender);
        Ok(ExpectedReply {
            reply,
            _entry: PendingEntry {
                id,
                pending: self.clone(),
            },
        })
    }

    fn deliver(&self, id: u64, reply: Value) {
        let sender = self.table().as_mut().and_then(|table| table.remove(&id));
        if let Some(sender) = sender {
            // The caller may have given up.
            let _ = sender.send(reply);
        }
    }

    fn close(&self) {
        // The senders are dropped: every caller learns that the browser is gone.
        self.table().take();
    }
}

struct ExpectedReply {
    reply: oneshot::Receiver<Value>,
    _entry: PendingEntry,
}

/// Takes the id out of the table again, also where the caller gave up.
struct PendingEntry {
    id: u64,
    pending: Arc<PendingReplies>,
}

impl Drop for PendingEntry {
    fn drop(&mut self) {
        if let Some(table) = self.pending.table().as_mut() {
            table.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A browser that answers what it is told to, on a real socket.
    async fn connected(answers: Vec<&'static str>) -> (Connection, Arc<Mutex<Vec<Value>>>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("ws://{}/session", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            let _ = socket.next().await;
            for answer in answers {
                socket.send(Message::text(answer)).await.unwrap();
            }
        });
        let seen = Arc::new(Mutex::new(Vec::new()));
        let events = seen.clone();
        let sink: EventSink = Box::new(move |event| events.lock().unwrap().push(event.clone()));
        (Connection::open(&address, sink).await.unwrap(), seen)
    }

    #[tokio::test]
    async fn a_reply_goes_to_its_command_and_everything_else_is_an_event_or_nothing() {
        let answers = vec![
            "no JSON",
            r#"{"method":"an.event","params":{}}"#,
            r#"{"id":99,"result":{}}"#,
            "[]",
            r#"{"id":1,"result":{"value":7}}"#,
        ];
        let (connection, events) = connected(answers).await;
        let result = connection.call(None, "a.command", json!({})).await.unwrap();
        assert_eq!(result["value"], 7);
        assert_eq!(events.lock().unwrap()[0]["method"], "an.event");
    }

    #[tokio::test]
    async fn a_refusal_of_either_protocol_is_an_error_with_its_reason() {
        for (answer, reason) in [
            (
                r#"{"id":1,"error":{"code":-32000,"message":"not here"}}"#,
                "not here",
            ),
            (
                r#"{"id":1,"type":"error","error":"no such frame","message":"gone"}"#,
                "no such frame: gone",
            ),
        ] {
            let (connection, _) = connected(vec![answer]).await;
            let refused = connection.call(None, "a.command", json!({})).await;
            let refused = refused.unwrap_err().to_string();
            assert!(refused.contains(reason), "{refused}");
        }
    }

    #[tokio::test]
    async fn a_browser_that_goes_away_leaves_nobody_waiting() {
        let (connection, _) = connected(Vec::new()).await;
        for _ in 0..2 {
            let gone = connection.call(None, "a.command", json!({})).await;
            assert!(matches!(gone, Err(BrowserError::Gone)), "{gone:?}");
        }
    }
}
