//! What the browser really sent and received, as its network layer tells it: with the cookies that
//! it added by itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::network::{
    EventRequestWillBeSent, EventRequestWillBeSentExtraInfo, EventResponseReceivedExtraInfo,
    Headers, RequestId,
};
use futures::StreamExt;
use url::Url;

use super::ChromeError;

/// How many requests are kept.
const KEPT: usize = 400;

/// One request that the browser made, and the head of its answer.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The address.
    pub url: String,
    /// The body of a form, where there was one.
    pub body: String,
    /// The request's headers as they went out.
    pub sent: Vec<(String, String)>,
    /// The answer's status; 0 while there is none.
    pub status: u16,
    /// The answer's headers.
    pub received: Vec<(String, String)>,
}

impl Seen {
    /// The request's head as text, in the form of HTTP/1.1.
    pub fn request_text(&self) -> String {
        let target = match Url::parse(&self.url) {
            Ok(url) => url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
            Err(_) => self.url.clone(),
        };
        let mut text = format!("{} {target} HTTP/1.1", self.method);
        lines(&mut text, &self.sent);
        if !self.body.is_empty() {
            text.push_str("\n\n");
            text.push_str(&self.body);
        }
        text
    }

    /// The answer's head as text; empty while there is none.
    pub fn answer_text(&self) -> String {
        if self.status == 0 {
            return String::new();
        }
        let mut text = format!("HTTP/1.1 {}", self.status);
        lines(&mut text, &self.received);
        text
    }
}

fn lines(text: &mut String, headers: &[(String, String)]) {
    for (name, value) in headers {
        // Several lines of one name come as one value, a line each.
        for value in value.lines() {
            text.push('\n');
            text.push_str(name);
            text.push_str(": ");
            text.push_str(value);
        }
    }
}

/// The requests of one window, in the order in which they were made.
#[derive(Clone, Debug, Default)]
pub struct Network(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    requests: Vec<(RequestId, Seen)>,
    /// The facts of a request can come before the request itself is announced.
    early: HashMap<RequestId, Vec<(String, String)>>,
}

impl Network {
    /// Listens to a page's requests.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn of(page: &Page) -> Result<Self, ChromeError> {
        let network = Self::default();
        let mut announced = page.event_listener::<EventRequestWillBeSent>().await?;
        let mut sent = page
            .event_listener::<EventRequestWillBeSentExtraInfo>()
            .await?;
        let mut answered = page
            .event_listener::<EventResponseReceivedExtraInfo>()
            .await?;
        let held = network.0.clone();
        // Ends with the page, which closes the streams.
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    Some(event) = announced.next() => lock(&held).announce(&event),
                    Some(event) = sent.next() => lock(&held).send(&event),
                    Some(event) = answered.next() => lock(&held).answer(&event),
                    else => return,
                }
            }
        });
        Ok(network)
    }

    /// Takes the requests out that were answered, or announced, so far.
    pub fn take(&self) -> Vec<Seen> {
        let mut held = lock(&self.0);
        held.early.clear();
        std::mem::take(&mut held.requests)
            .into_iter()
            .map(|(_, seen)| seen)
            .collect()
    }
}

fn lock(held: &Mutex<Held>) -> std::sync::MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Held {
    fn announce(&mut self, event: &EventRequestWillBeSent) {
        if self.requests.len() >= KEPT {
            return;
        }
        let request = &event.request;
        let bodies = request.post_data_entries.iter().flatten();
        let decoded = bodies
            .filter_map(|entry| entry.bytes.as_ref())
            .filter_map(|bytes| decode(bytes.as_ref()));
        let seen = Seen {
            method: request.method.clone(),
            url: request.url.clone(),
            body: decoded.collect(),
            sent: self.early.remove(&event.request_id).unwrap_or_default(),
            ..Seen::default()
        };
        self.requests.push((event.request_id.clone(), seen));
    }

    fn send(&mut self, event: &EventRequestWillBeSentExtraInfo) {
        let headers = pairs(&event.headers);
        // A redirect is a request of the same id: the last one without facts is meant.
        match self.last(&event.request_id, |seen| seen.sent.is_empty()) {
            Some(seen) => seen.sent = headers,
            None => {
                self.early.insert(event.request_id.clone(), headers);
            }
        }
    }

    fn answer(&mut self, event: &EventResponseReceivedExtraInfo) {
        let status = u16::try_from(event.status_code).unwrap_or_default();
        let headers = pairs(&event.headers);
        let mut same = self.requests.iter_mut();
        let first = same.find(|(id, seen)| *id == event.request_id && seen.status == 0);
        if let Some((_, seen)) = first {
            (seen.status, seen.received) = (status, headers);
        }
    }

    fn last(&mut self, id: &RequestId, fits: impl Fn(&Seen) -> bool) -> Option<&mut Seen> {
        let mut same = self.requests.iter_mut().rev();
        let found = same.find(|(found, seen)| found == id && fits(seen));
        found.map(|(_, seen)| seen)
    }
}

fn decode(base64: &str) -> Option<String> {
    use base64::prelude::{BASE64_STANDARD, Engine};
    let bytes = BASE64_STANDARD.decode(base64).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn pairs(headers: &Headers) -> Vec<(String, String)> {
    let fields = headers.inner().as_object();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    fields
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}
