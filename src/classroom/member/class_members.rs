//! What the pages of a lab do with a class: join, look, vote, raise a hand, hand in, leave.
//!
//! One [`ClassMembers`] serves all benches of a lab. What must not be lost is in each bench's
//! [`MembershipRecord`]; here is only how the desk answered last.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use tokio::sync::Notify;

use super::class_benches;
use super::desk_answers::{join_request, take_in};
use super::desk_link::{DeskLink, LinkError};
use super::https_desk::HttpsDesk;
use super::invitation::Invitation;
use super::live_member::{LiveMember, LiveState, MemberTrouble};
use super::record::{GivenVote, MemberStage, MembershipRecord, StudentSecret, WayToDesk, new_lab};
use crate::base::clock::BenchTime;
use crate::classroom::protocol::{
    Happened, Item, JoinRequest, LONGEST_TEXT, Leave, PROTOCOL, Vote,
};
use crate::session::bench::{Bench, PerBench};
use crate::storage::StorageError;
use crate::worksheets::survey::wall_time;

/// The longest name of a student, in characters.
pub const LONGEST_NAME: usize = 60;

/// The length of a secret in base64url: 32 bytes.
const SECRET_LENGTH: usize = 43;

/// Which desks a lab may reach.
#[derive(Clone, Default)]
pub enum ReachableDesks {
    /// Any, over TLS: the lab is on the student's own computer.
    #[default]
    Anywhere,
    /// The one in this process. A lab that others can reach must not connect to an address that they
    /// choose (CWE-918).
    InProcess(Arc<dyn DeskLink>),
    /// None.
    Nowhere,
}

impl std::fmt::Debug for ReachableDesks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Anywhere => "Anywhere",
            Self::InProcess(_) => "InProcess",
            Self::Nowhere => "Nowhere",
        })
    }
}

/// The classes that the benches of a lab are in.
#[derive(Clone, Debug)]
pub struct ClassMembers {
    desks: ReachableDesks,
    /// The link of `--join`, to fill the form with.
    invitation: Option<String>,
    live: Arc<PerBench<Arc<LiveMember>>>,
    wake: Arc<Notify>,
}

/// What a student types to join.
#[derive(Clone, Debug)]
pub struct JoinForm {
    pub way: WayToDesk,
    pub code: String,
    pub name: String,
    /// The PIN of their slip.
    pub pin: Option<String>,
    /// The secret of their first laptop.
    pub secret: Option<StudentSecret>,
}

/// Why something of a class was not done.
#[derive(Debug, thiserror::Error)]
pub enum ClassError {
    /// The desk.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The store.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// What the student sent.
    #[error("{0}")]
    Input(&'static str),
    /// What the student typed into the field of this name.
    #[error("{says}")]
    Field {
        name: &'static str,
        says: &'static str,
    },
}

impl ClassMembers {
    /// No class yet. `invitation` is the link that the lab was started with.
    pub fn new(desks: ReachableDesks, invitation: Option<String>) -> Self {
        Self {
            desks,
            invitation,
            live: Arc::default(),
            wake: Arc::default(),
        }
    }

    /// Which desks this lab may reach.
    pub fn desks(&self) -> &ReachableDesks {
        &self.desks
    }

    /// The link that the lab was started with.
    pub fn invitation(&self) -> Option<&str> {
        self.invitation.as_deref()
    }

    /// How an invitation is reached; `None` where the student must compare a fingerprint first.
    pub fn way_to(&self, invitation: &Invitation) -> Option<WayToDesk> {
        Some(WayToDesk::Https {
            desk: invitation.desk.clone(),
            pin: invitation.pin?,
        })
    }

    /// Since when nothing of this bench is reported, and why.
    pub fn trouble(&self, bench: &Bench) -> Option<(BenchTime, MemberTrouble)> {
        self.live(bench).lock().trouble.clone()
    }

    pub(super) fn live(&self, bench: &Bench) -> Arc<LiveMember> {
        self.live.read_or_insert_with(bench.name(), Arc::default)
    }

    /// Waits until a page has something to send.
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Has the sender look at this bench now.
    pub(super) fn hurry(&self, bench: &Bench) {
        let live = self.live(bench);
        let mut live = live.lock();
        (live.next, live.idle) = (None, false);
        self.wake.notify_one();
    }

    /// The membership of a bench, for a page. Another lab on the same store may have joined for it.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn membership(
        &self,
        bench: &Bench,
    ) -> Result<Option<MembershipRecord>, StorageError> {
        let record = MembershipRecord::read(bench).await?;
        if record.as_ref().is_some_and(MembershipRecord::is_active) {
            self.live(bench).lock().idle = false;
        }
        Ok(record)
    }

    pub(super) fn link(&self, way: &WayToDesk) -> Result<Arc<dyn DeskLink>, LinkError> {
        match (way, &self.desks) {
            (WayToDesk::Https { desk, pin }, ReachableDesks::Anywhere) => {
                Ok(Arc::new(HttpsDesk::new(desk, *pin)?))
            }
            (WayToDesk::InProcess, ReachableDesks::InProcess(desk)) => Ok(desk.clone()),
            _ => Err(LinkError::NoWay),
        }
    }

    /// Joins a class. The student's secret is stored before it is sent: after a kill in between the
    /// next attempt has the same one, and the name is still theirs.
    ///
    /// # Errors
    /// The desk refuses or is away, the store does not answer, or something typed is not possible.
    pub async fn join(&self, bench: &Bench, form: &JoinForm) -> Result<(), ClassError> {
        let length = form.name.chars().count();
        if !(1..=LONGEST_NAME).contains(&length) || form.name.chars().any(char::is_control) {
            return Err(ClassError::Field {
                name: "name",
                says: "A name has 1 to 60 characters, in one line.",
            });
        }
        let is_secret = |secret: &StudentSecret| {
            let decoded = BASE64_URL_SAFE_NO_PAD.decode(secret.expose());
            decoded.is_ok_and(|bytes| bytes.len() == 32)
        };
        if form.secret.as_ref().is_some_and(|typed| !is_secret(typed)) {
            return Err(ClassError::Field {
                name: "secret",
                says: "The secret of the first laptop has 43 characters. Copy the whole of it.",
            });
        }
        let link = self.link(&form.way)?;
        let fresh = MembershipRecord::asked(
            form.way.clone(),
            form.code.clone(),
            form.name.clone(),
            form.secret.clone().map_or_else(new_secret, Ok)?,
            new_lab()?,
        );
        let ask = |record: &mut Option<MembershipRecord>| {
            if let Some(before) = record.as_ref().filter(|record| record.is_active()) {
                return Err(before.class.clone());
            }
            let mut asked = fresh.clone();
            // The same student of the same class comes back.
            if let Some(before) = record.as_ref()
                && (&before.code, &before.name, form.secret.is_none())
                    == (&asked.code, &asked.name, true)
            {
                asked.secret = before.secret.clone();
                asked.lab.clone_from(&before.lab);
            }
            *record = Some(asked.clone());
            Ok(asked)
        };
        let asked = MembershipRecord::change(bench, ask).await?;
        let asked = asked.map_err(|_| {
            ClassError::Input("This lab is in a class already. Leave that one first.")
        })?;
        let request = JoinRequest {
            pin: form.pin.clone(),
            bench: (asked.way == WayToDesk::InProcess).then(|| bench.name().clone()),
            ..join_request(&asked)
        };
        let answer = link.join(&request).await?;
        class_benches::list(bench).await?;
        take_in(bench, &answer).await?;
        *self.live(bench).lock() = LiveState::default();
        self.hurry(bench);
        Ok(())
    }

    /// Answers the question that is put to all.
    ///
    /// # Errors
    /// The desk refuses or is away, or there is no such question now.
    pub async fn vote(&self, bench: &Bench, given: GivenVote) -> Result<(), ClassError> {
        let record = member(bench).await?;
        let asked = record.lead.question.as_ref();
        if asked.is_none_or(|asked| (asked.number, asked.round) != (given.number, given.round)) {
            return Err(ClassError::Input(
                "That question is over. Answer the one that the page shows now.",
            ));
        }
        let vote = Vote {
            protocol: PROTOCOL,
            student: record.student,
            number: given.number,
            round: given.round,
            option: given.option,
        };
        let link = self.link(&record.way)?;
        link.vote(record.secret.expose(), &vote).await?;
        change_active(bench, |record| record.voted = Some(given)).await
    }

    /// Raises the hand, or lowers it.
    ///
    /// # Errors
    /// The bench is in no class, or the store does not answer.
    pub async fn raise_hand(&self, bench: &Bench, up: bool) -> Result<(), ClassError> {
        change_active(bench, |record| {
            if record.hand_up != up {
                record.hand_up = up;
                record.outbox.push(now(Happened::Hand { up }));
            }
        })
        .await?;
        self.hurry(bench);
        Ok(())
    }

    /// Hands a reflection in. It is the one text that a student's lab sends.
    ///
    /// # Errors
    /// The text is empty or too long, the bench is in no class, or the store does not answer.
    pub async fn hand_in(
        &self,
        bench: &Bench,
        sheet: &str,
        reflection: &str,
        text: &str,
    ) -> Result<(), ClassError> {
        if text.trim().is_empty() {
            return Err(ClassError::Input(
                "There is nothing to hand in. Write and save the reflection on its sheet first.",
            ));
        }
        if text.len() > LONGEST_TEXT {
            return Err(ClassError::Input(
                "The text is longer than 16 kB. Shorten it on its sheet, and save it.",
            ));
        }
        let what = Happened::Reflected {
            sheet: sheet.to_owned(),
            reflection: reflection.to_owned(),
            text: text.to_owned(),
        };
        change_active(bench, |record| {
            let item = now(what.clone());
            record
                .handed_in
                .insert(format!("{sheet}#{reflection}"), item.at);
            record.outbox.push(item);
        })
        .await?;
        self.hurry(bench);
        Ok(())
    }

    /// Leaves the class. From now on nothing is sent, also where the desk does not hear of it. Says
    /// whether it did.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn leave(&self, bench: &Bench) -> Result<bool, StorageError> {
        let leave = |record: &mut Option<MembershipRecord>| {
            let record = record.as_mut()?;
            let was_active = record.is_active();
            record.stage = MemberStage::Left;
            record.outbox = Default::default();
            record.lead = Default::default();
            record.obeyed = None;
            record.hand_up = false;
            record.handed_in.clear();
            record.voted = None;
            was_active.then(|| record.clone())
        };
        let left = MembershipRecord::change(bench, leave).await?;
        class_benches::unlist(bench).await?;
        *self.live(bench).lock() = LiveState::default();
        let Some(left) = left else {
            return Ok(true);
        };
        let Ok(link) = self.link(&left.way) else {
            return Ok(false);
        };
        let leave = Leave {
            protocol: PROTOCOL,
            student: left.student,
        };
        Ok(link.leave(left.secret.expose(), &leave).await.is_ok())
    }
}

fn now(what: Happened) -> Item {
    Item {
        at: wall_time(),
        what,
    }
}

/// The membership of a bench that is a member.
async fn member(bench: &Bench) -> Result<MembershipRecord, ClassError> {
    let record = MembershipRecord::read(bench).await?;
    let member = record.filter(|record| record.stage == MemberStage::Member);
    member.ok_or(ClassError::Input("You are in no class. Join one first."))
}

/// Changes the membership of a bench that is a member.
async fn change_active(
    bench: &Bench,
    change: impl Fn(&mut MembershipRecord),
) -> Result<(), ClassError> {
    let change = |record: &mut Option<MembershipRecord>| {
        let is_member = |record: &&mut MembershipRecord| record.stage == MemberStage::Member;
        record.as_mut().filter(is_member).map(&change)
    };
    let changed = MembershipRecord::change(bench, change).await?;
    changed.ok_or(ClassError::Input("You are in no class. Join one first."))
}

fn new_secret() -> Result<StudentSecret, StorageError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let text = BASE64_URL_SAFE_NO_PAD.encode(bytes);
    debug_assert_eq!(text.len(), SECRET_LENGTH);
    Ok(StudentSecret::new(text))
}
