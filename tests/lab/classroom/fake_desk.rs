//! A small desk for tests of the student's side: a real TLS socket and the real protocol, and
//! everything that arrived kept for the test to look at.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde::Serialize;
use session_lab::base::clock::BenchTime;
use session_lab::base::tls::Certificate;
use session_lab::classroom::fingerprint::DeskFingerprint;
use session_lab::classroom::protocol::{
    Happened, Item, JoinAnswer, JoinRequest, Lead, Leave, Membership, Refused, RefusedReason,
    Report, ReportAnswer, Vote,
};
use session_lab::web::server::tls_acceptor;
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::support::{PATIENCE, POLL};

pub const CODE: &str = "K7Q2MA";

/// A desk that can be stopped and started again at the same address.
pub struct FakeDesk {
    address: SocketAddr,
    certificate: Arc<Certificate>,
    state: Arc<Mutex<DeskState>>,
    task: Option<JoinHandle<()>>,
}

/// What the desk knows, and how it behaves.
#[derive(Default)]
pub struct DeskState {
    /// Everything that arrived after the handshakes.
    pub bytes: String,
    /// How many connections there were.
    pub connections: usize,
    /// Each item with its lab and number.
    pub items: Vec<(String, u64, Item)>,
    pub reports: usize,
    pub joins: Vec<JoinRequest>,
    pub votes: Vec<Vote>,
    pub left: Vec<u32>,
    pub lead: Lead,
    pub waiting: bool,
    /// The values that it gives to each student.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// How far its clock is ahead, in milliseconds.
    pub ahead: i64,
    /// What it refuses these requests with.
    pub refuse: BTreeMap<&'static str, Refused>,
    /// Whether it stores a report and breaks off before it answers.
    pub breaks_off: bool,
    /// Whether it stores a report and never answers.
    pub hangs: bool,
}

impl DeskState {
    fn stored(&self, lab: &str) -> u64 {
        let numbers = self.items.iter().filter(|(of, ..)| of == lab);
        numbers.map(|(_, number, _)| *number).max().unwrap_or(0)
    }

    /// What happened, in order.
    pub fn happened(&self) -> Vec<&Happened> {
        self.items.iter().map(|(_, _, item)| &item.what).collect()
    }

    /// The steps that were reported as solved.
    pub fn solved(&self) -> Vec<&str> {
        let solved = self.happened().into_iter().filter_map(|what| match what {
            Happened::Solved { step, .. } => Some(step.as_str()),
            _ => None,
        });
        solved.collect()
    }
}

/// A refusal with words that a page must show.
pub fn refused(reason: RefusedReason) -> Refused {
    Refused {
        reason,
        says: format!("This was refused: {reason:?}."),
        next: "Do <this> next.".into(),
    }
}

impl FakeDesk {
    pub async fn start() -> Self {
        Self::with_certificate_of(OffsetDateTime::now_utc()).await
    }

    /// A desk whose certificate was made at this time.
    pub async fn with_certificate_of(time: OffsetDateTime) -> Self {
        let certificate = Certificate::in_memory(&[], time).expect("a certificate");
        let mut desk = Self {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            certificate: Arc::new(certificate),
            state: Arc::default(),
            task: None,
        };
        desk.open().await;
        desk
    }

    /// Listens, at the same address as before.
    pub async fn open(&mut self) {
        let start = std::time::Instant::now();
        let listener = loop {
            match TcpListener::bind(self.address).await {
                Ok(listener) => break listener,
                Err(error) => assert!(start.elapsed() < PATIENCE, "{error}"),
            }
            tokio::time::sleep(POLL).await;
        };
        self.address = listener.local_addr().expect("an address");
        let tls = tls_acceptor(&self.certificate).expect("TLS");
        let state = self.state.clone();
        self.task = Some(tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (tls, state) = (tls.clone(), state.clone());
                tokio::spawn(async move {
                    state.lock().expect("no panic").connections += 1;
                    if let Ok(stream) = tls.accept(socket).await {
                        serve(stream, &state).await;
                    }
                });
            }
        }));
    }

    /// Stops listening.
    pub async fn close(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            let _ = task.await;
        }
    }

    pub fn state(&self) -> MutexGuard<'_, DeskState> {
        self.state.lock().expect("no panic")
    }

    pub fn address(&self) -> String {
        self.address.to_string()
    }

    pub fn fingerprint(&self) -> DeskFingerprint {
        self.certificate
            .fingerprint()
            .parse()
            .expect("a fingerprint")
    }

    /// The link to the class.
    pub fn link(&self) -> String {
        let pin = self.fingerprint();
        format!("https://{}/{CODE}?pin={pin}", self.address)
    }

    /// Waits until this holds.
    pub async fn until(&self, what: &str, holds: impl Fn(&DeskState) -> bool) {
        let start = std::time::Instant::now();
        while !holds(&self.state()) {
            let state = self.state();
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "never: {what}: {:?} {} reports",
                state.items,
                state.reports
            );
            drop(state);
            tokio::time::sleep(POLL).await;
        }
    }
}

type Stream = tokio_rustls::server::TlsStream<tokio::net::TcpStream>;

async fn serve(mut stream: Stream, state: &Mutex<DeskState>) {
    let mut request = Vec::new();
    let (head, body) = loop {
        let mut part = [0; 8192];
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return,
            Ok(read) => request.extend_from_slice(&part[..read]),
        }
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.to_lowercase();
        let length = length.split("content-length: ").nth(1).expect("a length");
        let length: usize = length
            .lines()
            .next()
            .expect("a line")
            .parse()
            .expect("a number");
        if body.len() >= length {
            break (head.to_owned(), body.to_owned());
        }
    };
    let path = head.split(' ').nth(1).expect("a path").to_owned();
    let answer = {
        let mut state = state.lock().expect("no panic");
        state.bytes.push_str(&head);
        state.bytes.push_str(&body);
        state.answer(&path, &head, &body)
    };
    let (status, body) = match answer {
        Some(answer) => answer,
        None if state.lock().expect("no panic").hangs => {
            tokio::time::sleep(PATIENCE).await;
            return;
        }
        None => return,
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn json(status: u16, value: &impl Serialize) -> Option<(u16, String)> {
    Some((status, serde_json::to_string(value).expect("JSON")))
}

impl DeskState {
    /// The answer, or `None` where it breaks off.
    fn answer(&mut self, path: &str, head: &str, body: &str) -> Option<(u16, String)> {
        if let Some(refused) = self.refuse.get(path) {
            return json(403, refused);
        }
        match path {
            "/join" => {
                let request: JoinRequest = serde_json::from_str(body).expect("a request to join");
                self.joins.push(request);
                let state = match self.waiting {
                    true => Membership::Waiting,
                    false => Membership::Member,
                };
                let answer = JoinAnswer {
                    student: 7,
                    class: "Web security <1>".into(),
                    state,
                    values: self.values.clone(),
                };
                return json(200, &answer);
            }
            "/report" => {}
            "/vote" => {
                self.votes.push(serde_json::from_str(body).expect("a vote"));
                return Some((204, String::new()));
            }
            "/leave" => {
                let leave: Leave = serde_json::from_str(body).expect("a leave");
                self.left.push(leave.student);
                return Some((204, String::new()));
            }
            other => panic!("no request of the protocol: {other}"),
        }
        let secret = &self.joins.last().expect("it joined before").secret;
        assert!(head.contains(&format!("Bearer {secret}")), "{head}");
        let report: Report = serde_json::from_str(body).expect("a report");
        self.reports += 1;
        let stored = self.stored(&report.lab);
        if !report.items.is_empty() && report.first > stored + 1 {
            return json(409, &refused(RefusedReason::Gap));
        }
        for (number, item) in (report.first..).zip(report.items) {
            if number > stored {
                self.items.push((report.lab.clone(), number, item));
            }
        }
        if self.breaks_off || self.hangs {
            return None;
        }
        let now = BenchTime::now(Duration::ZERO).millis();
        json(
            200,
            &ReportAnswer {
                stored: self.stored(&report.lab),
                time: BenchTime::from_millis(now.saturating_add_signed(self.ahead)),
                lead: self.lead.clone(),
            },
        )
    }
}
