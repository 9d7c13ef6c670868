//! What runs attacks for the pages of attacks and plays: by the lab's own client at once, or in a
//! browser as a job.

use std::sync::Arc;

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

use super::browser_runs::{BrowserRuns, is_class};
use super::run_queue::RunQueue;
use super::runs::{LastRuns, note, try_attack};
use crate::attacks::Attack;
use crate::attacks::scenario::TargetLab;
use crate::base::tls::Certificate;
use crate::client::LabClient;
use crate::defences::policy::Variant;
use crate::lab::Lessons;
use crate::session::bench::Benches;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

/// The request, and what the lab runs attacks with.
pub(super) struct AttackRunner<'r> {
    pub context: &'r RequestContext,
    pub kept: &'r LastRuns,
    pub browsers: &'r BrowserRuns,
    pub lab_client: &'r LabClient,
    pub benches: &'r Arc<Benches>,
    pub certificate: &'r Certificate,
    pub lessons: &'r Lessons,
    pub queue: &'r RunQueue,
}

impl AttackRunner<'_> {
    /// The lab under attack, without a browser.
    pub fn target(&self) -> TargetLab {
        TargetLab::of(self.lab_client, &self.context.addresses)
    }

    /// Runs an attack that the server alone decides against each of these variants, keeps the runs and
    /// notes them in the journal of the student's own bench.
    ///
    /// # Errors
    /// One of them could not be tried to its end (503). In a class: another run of this bench is not over.
    pub async fn run_at_once(
        &self,
        attack: &'static dyn Attack,
        variants: &[Variant],
    ) -> Result<(), Problem> {
        let context = self.context;
        let _turn = match is_class(self.lessons) {
            true => Some(self.queue.turn(context.bench.name()).await?),
            false => None,
        };
        let runs = variants
            .iter()
            .map(|variant| try_attack(self.target(), self.benches, attack, *variant));
        for run in futures::future::join_all(runs).await {
            let run = run.map_err(|error| {
                log::error!("{}: {error}", attack.card().name);
                let because = "The attack could not be tried to its end.";
                let status = Status::ServiceUnavailable;
                Problem::new(status, "The attack was not run", because, "Try it again.")
            })?;
            note(&context.bench, context.client, &run).await?;
            self.kept.keep(context.bench.name(), run);
        }
        Ok(())
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for AttackRunner<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let rocket = request.rocket();
        let found = || {
            Some(Self {
                context: RequestContext::of(request)?,
                kept: rocket.state()?,
                browsers: rocket.state()?,
                lab_client: rocket.state()?,
                benches: rocket.state()?,
                certificate: rocket.state::<Arc<Certificate>>()?,
                lessons: rocket.state()?,
                queue: rocket.state()?,
            })
        };
        match found() {
            Some(runner) => Outcome::Success(runner),
            None => Outcome::Error((Status::NotFound, ())),
        }
    }
}
