//! What happens by itself while a student is in a class: look at the sheets, send what is new, hear
//! what the teacher leads to.
//!
//! Nothing of it may hinder the student. It works beside the requests, a desk that does not answer is
//! asked less and less often, and whatever goes wrong is a sentence on `/class`.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::class_benches;
use super::class_members::ClassMembers;
use super::desk_answers::{dismiss, join_request, take_in, use_values};
use super::desk_link::LinkError;
use super::led::obey;
use super::live_member::{LiveState, MemberTrouble};
use super::outbox::{Acknowledged, OutgoingBatch};
use super::record::{MemberStage, MembershipRecord};
use crate::base::shutdown::wait_for_shutdown;
use crate::classroom::protocol::{PROTOCOL, RefusedReason, Report, ReportAnswer};
use crate::session::bench::{Bench, Benches};
use crate::storage::StorageError;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::progress_tracker::standings;
use crate::worksheets::survey::wall_time;

/// How often the desk is asked: a vote must be on every screen within seconds, and three hundred labs
/// that ask every three seconds are a hundred requests a second.
const EVERY: Duration = Duration::from_secs(3);

/// How often a desk is asked that does not answer.
const SELDOM: Duration = Duration::from_secs(60);

/// From which difference on the desk's clock is noted anew, in milliseconds.
const NOTICED: u64 = 5_000;

/// How often the benches are gone through.
const TICK: Duration = Duration::from_secs(1);

/// How many desks are waited for at once.
const AT_ONCE: usize = 16;

/// Runs until the lab stops. `sheets` is asked for the worksheets once a bench is in a class.
pub fn spawn<L>(
    members: ClassMembers,
    benches: Arc<Benches>,
    sheets: L,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<()>
where
    L: AsRef<SheetLibrary> + Send + Sync + 'static,
{
    tokio::spawn(async move {
        let mut opened = false;
        loop {
            // A bench that nobody has visited since the start is in the store only, and the store may
            // answer later than the lab starts.
            if !opened {
                match class_benches::open_all(&benches).await {
                    Ok(()) => opened = true,
                    Err(error) => error.report(),
                }
            }
            tokio::select! {
                () = wait_for_shutdown(&mut stopped) => return,
                () = members.woken() => {}
                () = tokio::time::sleep(TICK) => {}
            }
            let due = futures::stream::iter(benches.in_use().await);
            let tend = due.for_each_concurrent(AT_ONCE, |bench| {
                let (members, sheets) = (&members, &sheets);
                async move {
                    if !bench.is_thrown_away()
                        && members.is_due(&bench)
                        && let Err(error) = members.tend(&bench, || sheets.as_ref()).await
                    {
                        error.report();
                    }
                }
            });
            tokio::select! {
                () = wait_for_shutdown(&mut stopped) => return,
                () = tend => {}
            }
        }
    })
}

impl ClassMembers {
    fn is_due(&self, bench: &Bench) -> bool {
        let live = self.live(bench);
        let live = live.lock();
        !live.idle && live.next.is_none_or(|next| next <= Instant::now())
    }

    /// Does for one bench what is due, once. What goes wrong is noted for the page.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn tend<'l>(
        &self,
        bench: &Bench,
        library: impl Fn() -> &'l SheetLibrary,
    ) -> Result<(), StorageError> {
        let live = self.live(bench);
        live.lock().next = Some(Instant::now() + EVERY);
        let done = self.do_what_is_due(bench, library).await;
        let mut live = live.lock();
        match done {
            Ok(Ok(())) => {
                live.trouble = None;
                live.failures = 0;
                Ok(())
            }
            Ok(Err(error)) => {
                note(&mut live, error.into());
                Ok(())
            }
            Err(error) => {
                note(&mut live, MemberTrouble::from(&error));
                Err(error)
            }
        }
    }

    /// Asks again or reports. The outer error is the store's, the inner one the desk's.
    async fn do_what_is_due<'l>(
        &self,
        bench: &Bench,
        library: impl Fn() -> &'l SheetLibrary,
    ) -> Result<Result<(), LinkError>, StorageError> {
        let record = MembershipRecord::read(bench).await?;
        let Some(record) = record.filter(MembershipRecord::is_active) else {
            self.live(bench).lock().idle = true;
            return Ok(Ok(()));
        };
        // The lab may have been killed after it stored the desk's answer, and before it used it.
        use_values(bench, &record).await?;
        let is_listed = self.live(bench).lock().listed;
        if !is_listed {
            class_benches::list(bench).await?;
            self.live(bench).lock().listed = true;
        }
        match record.stage {
            MemberStage::Waiting => self.ask_again(bench, &record).await,
            MemberStage::Member => self.report(bench, library()).await,
            MemberStage::Asked | MemberStage::Dismissed(_) | MemberStage::Left => Ok(Ok(())),
        }
    }

    /// Asks whether the teacher has approved the name.
    async fn ask_again(
        &self,
        bench: &Bench,
        record: &MembershipRecord,
    ) -> Result<Result<(), LinkError>, StorageError> {
        let answer = match self.link(&record.way) {
            Ok(link) => link.join(&join_request(record)).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => take_in(bench, &answer).await.map(Ok),
            Err(error) => {
                dismiss(bench, &error).await?;
                Ok(Err(error))
            }
        }
    }

    /// Reports what is new, and hears the lead.
    async fn report(
        &self,
        bench: &Bench,
        library: &SheetLibrary,
    ) -> Result<Result<(), LinkError>, StorageError> {
        let library = &library.of_bench(bench);
        self.look(bench, library).await?;
        // What is about to be sent is noted as sent before it is: after a kill it is sent as it was.
        let begin = |record: &mut Option<MembershipRecord>| {
            let record = record.as_mut()?;
            let is_member = record.stage == MemberStage::Member;
            is_member.then(|| (record.outbox.batch(), record.clone()))
        };
        let Some((batch, record)) = MembershipRecord::change(bench, begin).await? else {
            return Ok(Ok(()));
        };
        let report = report_of(&record, batch);
        let answer = match self.link(&record.way) {
            Ok(link) => link.report(record.secret.expose(), &report).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => {
                let (told, waits) = acknowledge(bench, &answer).await?;
                if told == Acknowledged::Anew {
                    self.live(bench).lock().looked = None;
                }
                obey(bench, library, &answer.lead, record.obeyed).await?;
                if waits {
                    self.hurry(bench);
                }
                Ok(Ok(()))
            }
            Err(error) => {
                if error.reason() == Some(RefusedReason::Gap) {
                    begin_anew(bench).await?;
                    self.live(bench).lock().looked = None;
                }
                dismiss(bench, &error).await?;
                Ok(Err(error))
            }
        }
    }

    /// Puts into the outbox what has happened on the sheets, where anything can have happened: somebody
    /// used the bench, or its journal has grown.
    async fn look(&self, bench: &Bench, library: &SheetLibrary) -> Result<(), StorageError> {
        let live = self.live(bench);
        let begun = Instant::now();
        let newest = bench.last_event().await?;
        let looked = live.lock().looked;
        let is_unchanged = looked.is_some_and(|(at, event)| {
            event == newest && begun.saturating_duration_since(at) < bench.unused_for()
        });
        if is_unchanged {
            return Ok(());
        }
        let (standings, now) = (standings(bench, library).await?, wall_time());
        MembershipRecord::change(bench, |record| {
            if let Some(record) = record.as_mut().filter(|record| record.is_active()) {
                record.outbox.look(library, &standings, now);
            }
        })
        .await?;
        live.lock().looked = Some((begun, newest));
        Ok(())
    }
}

fn report_of(record: &MembershipRecord, batch: OutgoingBatch) -> Report {
    Report {
        protocol: PROTOCOL,
        student: record.student,
        lab: record.lab.clone(),
        first: batch.first,
        sent_at: wall_time(),
        items: batch.items,
    }
}

/// Stores what the desk answered. Says what that means for the numbers, and whether items wait.
async fn acknowledge(
    bench: &Bench,
    answer: &ReportAnswer,
) -> Result<(Acknowledged, bool), StorageError> {
    let ahead = i128::from(answer.time.millis()) - i128::from(wall_time().millis());
    let ahead = i64::try_from(ahead).unwrap_or_default();
    MembershipRecord::change(bench, |record| {
        let Some(record) = record.as_mut().filter(|record| record.is_active()) else {
            return (Acknowledged::InStep, false);
        };
        let told = record.outbox.acknowledge(answer.stored);
        record.lead.clone_from(&answer.lead);
        // The teacher may have lowered the hand. While the student's own word is still on its way, the
        // desk does not know it, and what it says is old.
        if let Some(up) = answer.lead.hand
            && !record.outbox.has_hand()
        {
            record.hand_up = up;
        }
        // Every answer takes its own time; only what a person would notice is written.
        if record.desk_ahead.abs_diff(ahead) > NOTICED {
            record.desk_ahead = ahead;
        }
        (told, record.outbox.pending() > 0)
    })
    .await
}

async fn begin_anew(bench: &Bench) -> Result<(), StorageError> {
    MembershipRecord::change(bench, |record| {
        if let Some(record) = record.as_mut() {
            record.outbox.begin_anew();
        }
    })
    .await
}

/// Notes a failure, and when to try again: later each time, and not when everybody else does.
fn note(live: &mut LiveState, trouble: MemberTrouble) {
    let since = live.trouble.take().map(|(since, _)| since);
    live.trouble = Some((since.unwrap_or_else(wall_time), trouble));
    let wait = EVERY.saturating_mul(1 << live.failures.min(5)).min(SELDOM);
    let jitter = RandomState::new().hash_one(live.failures) % 1_000;
    live.failures = live.failures.saturating_add(1);
    live.next = Some(Instant::now() + wait + Duration::from_millis(jitter));
}
