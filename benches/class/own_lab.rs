//! One own lab of the class: what it sends is what a real one sends, and nothing behind it is real.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use session_lab::base::clock::BenchTime;
use session_lab::classroom::member::desk_link::{DeskLink, LinkError};
use session_lab::classroom::member::https_desk::HttpsDesk;
use session_lab::classroom::protocol::{Happened, Item, JoinRequest, Lead, PROTOCOL, Report, Vote};

use crate::Outcome;
use crate::timings::{POLL_OF_LAB, Timings};

/// Two sheets, and three steps of each.
pub const STEPS: [(&str, [&str; 3]); 2] = [
    (
        "01-a-session",
        ["a-stranger", "anonymous-session", "signed-in"],
    ),
    (
        "06-session-fixation",
        ["id-fetched", "id-kept", "attacker-is-in"],
    ),
];

/// What the desk has acknowledged to one lab.
#[derive(Clone, Debug, Default)]
pub struct AcknowledgedItems {
    /// The student's number.
    pub student: u32,
    /// The lab's random name.
    pub lab: String,
    /// The number of the last item.
    pub items: u64,
}

/// The same, while the lab is at work.
#[derive(Clone, Debug, Default)]
pub struct SharedAcknowledgement(Arc<Mutex<AcknowledgedItems>>);

impl SharedAcknowledgement {
    pub fn lock(&self) -> MutexGuard<'_, AcknowledgedItems> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct OwnLab {
    number: u32,
    secret: String,
    lab: String,
    desk: Arc<HttpsDesk>,
    timings: Arc<Timings>,
    acknowledged: SharedAcknowledgement,
}

impl OwnLab {
    pub fn new(number: u32, desk: Arc<HttpsDesk>, timings: Arc<Timings>) -> Outcome<Self> {
        Ok(Self {
            number,
            secret: new_secret()?,
            lab: format!("{number:016x}"),
            desk,
            timings,
            acknowledged: SharedAcknowledgement::default(),
        })
    }

    /// What the desk has acknowledged to it, at any moment.
    pub fn acknowledged(&self) -> SharedAcknowledgement {
        self.acknowledged.clone()
    }

    /// Joins, and then works and polls until it is dropped.
    pub async fn run(self, code: &str, every: Duration) {
        let request = JoinRequest {
            protocol: PROTOCOL,
            code: code.to_owned(),
            name: format!("lab {:03} {}", self.number, &self.secret[..4]),
            pin: None,
            secret: self.secret.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            bench: None,
        };
        let joined = loop {
            if let Some(joined) = self.timed("join", self.desk.join(&request)).await {
                break joined;
            }
            tokio::time::sleep(every).await;
        };
        let (mut stored, mut voted) = (0, None);
        let mut waits = items().into_iter();
        loop {
            // Something happens at every other poll, as far as there is anything.
            let next: Vec<Item> = waits.next().into_iter().flatten().collect();
            let count = next.len() as u64;
            let report = Report {
                protocol: PROTOCOL,
                student: joined.student,
                lab: self.lab.clone(),
                first: stored + 1,
                sent_at: now(),
                items: next,
            };
            let kind = if count == 0 { POLL_OF_LAB } else { "report" };
            loop {
                let sent = self.desk.report(&self.secret, &report);
                if let Some(answer) = self.timed(kind, sent).await {
                    if answer.stored != stored + count {
                        self.timings.lost(stored + count, answer.stored);
                    }
                    stored = answer.stored;
                    *self.acknowledged.lock() = AcknowledgedItems {
                        student: joined.student,
                        lab: self.lab.clone(),
                        items: stored,
                    };
                    self.vote(joined.student, &answer.lead, &mut voted).await;
                    break;
                }
                tokio::time::sleep(every).await;
            }
            tokio::time::sleep(every).await;
        }
    }

    async fn vote(&self, student: u32, lead: &Lead, voted: &mut Option<(u32, u8)>) {
        let Some(asked) = &lead.question else {
            return;
        };
        if *voted == Some((asked.number, asked.round)) {
            return;
        }
        *voted = Some((asked.number, asked.round));
        let vote = Vote {
            protocol: PROTOCOL,
            student,
            number: asked.number,
            round: asked.round,
            option: self.number as usize % 2,
        };
        self.timed("vote", self.desk.vote(&self.secret, &vote))
            .await;
    }

    async fn timed<T>(
        &self,
        kind: &'static str,
        request: impl Future<Output = Result<T, LinkError>>,
    ) -> Option<T> {
        let start = Instant::now();
        let result = request.await;
        match result {
            Ok(answer) => {
                self.timings.add(kind, start.elapsed());
                Some(answer)
            }
            Err(error) => {
                self.timings.fail(kind, &error.to_string());
                None
            }
        }
    }
}

/// The secret of a student.
pub fn new_secret() -> Outcome<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

fn now() -> BenchTime {
    BenchTime::now(Duration::ZERO)
}

/// What is reported, a batch at a time, with an empty one after each.
fn items() -> Vec<Vec<Item>> {
    let item = |what| Item { at: now(), what };
    let mut batches = vec![Vec::new()];
    for (sheet, steps) in STEPS {
        let sheet = sheet.to_owned();
        batches.push(vec![item(Happened::Begun {
            sheet: sheet.clone(),
        })]);
        for step in steps {
            let (sheet, step) = (sheet.clone(), step.to_owned());
            let tried = Happened::Tried {
                sheet: sheet.clone(),
                step: step.clone(),
                attempts: 1,
                why: "The sign-in came from curl; this step wants the browser.".into(),
            };
            let solved = Happened::Solved {
                sheet,
                step,
                attempts: 2,
            };
            batches.extend([
                vec![item(tried)],
                Vec::new(),
                vec![item(solved)],
                Vec::new(),
            ]);
        }
    }
    batches
}
