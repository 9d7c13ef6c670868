//! Attacks that a browser decides, run by the lab in a browser that is installed on its machine.
//!
//! Only where that machine is the student's own: a class would start a browser for every student. A
//! run is a [`Jobs`] entry, and one browser runs at a time.

use std::sync::Arc;

use rocket::http::Status;
use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use tokio::sync::Semaphore;

use super::run::known;
use super::runner::AttackRunner;
use super::runs::{LastRuns, note, try_attack};
use crate::attacks::scenario::TargetLab;
use crate::attacks::{Attack, Card};
use crate::base::event::ClientKind;
use crate::browser::{Browser, BrowserEngine, BrowserSettings, executable};
use crate::defences::policy::Variant;
use crate::lab::Lessons;
use crate::lab::job::{Job, Jobs};
use crate::session::bench::{Bench, Benches};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use crate::worksheets::report::Attested;

/// The last run of every bench, and the turn of the one browser.
#[derive(Debug)]
pub(super) struct BrowserRuns {
    jobs: Jobs<BrowserRun>,
    one_at_a_time: Arc<Semaphore>,
}

impl Default for BrowserRuns {
    fn default() -> Self {
        Self {
            jobs: Jobs::default(),
            one_at_a_time: Arc::new(Semaphore::new(1)),
        }
    }
}

/// How far a run is.
#[derive(Clone, Debug, Serialize)]
struct BrowserRun {
    attack: &'static str,
    title: &'static str,
    browser: &'static str,
    sides: Vec<BrowserSide>,
    /// Why it could not be tried to its end.
    failed: Option<String>,
    finished: bool,
}

/// One variant of a run.
#[derive(Clone, Debug, Serialize)]
struct BrowserSide {
    variant: String,
    succeeded: Option<bool>,
}

#[derive(Debug, Serialize)]
struct BrowserProgress {
    running: bool,
    done: usize,
    total: usize,
    #[serde(flatten)]
    run: BrowserRun,
}

/// A browser that the lab may drive.
#[derive(Debug, Serialize)]
struct InstalledBrowser {
    slug: &'static str,
    name: &'static str,
}

/// What the page of an attack says of browsers.
#[derive(Debug, Serialize)]
pub(super) struct BrowserView {
    /// Whether the lab is a class's, and drives none.
    class: bool,
    installed: Vec<InstalledBrowser>,
    /// The last run, of this attack or of another one.
    progress: Option<BrowserProgress>,
}

const fn slug(engine: BrowserEngine) -> &'static str {
    match engine {
        BrowserEngine::Chromium => "chromium",
        BrowserEngine::Firefox => "firefox",
    }
}

const ENGINES: [BrowserEngine; 2] = [BrowserEngine::Chromium, BrowserEngine::Firefox];

/// Whether several people share the machine that the lab runs on.
pub(super) fn is_class(lessons: &Lessons) -> bool {
    lessons.attested == Attested::ByTeacher
}

impl BrowserRuns {
    /// What a page says of browsers and of the last run. Asking counts as a poll.
    pub fn view(&self, context: &RequestContext, lessons: &Lessons) -> BrowserView {
        let class = is_class(lessons);
        let engines = ENGINES
            .into_iter()
            .filter(|engine| !class && executable(*engine).is_some());
        BrowserView {
            class,
            installed: engines
                .map(|engine| InstalledBrowser {
                    slug: slug(engine),
                    name: engine.name(),
                })
                .collect(),
            progress: self.progress(context),
        }
    }

    fn progress(&self, context: &RequestContext) -> Option<BrowserProgress> {
        let job = self.jobs.poll(context.bench.name())?;
        // Asked before the run is read: a run that has ended is then read to its end.
        let running = job.is_running();
        let run = job.progress();
        Some(BrowserProgress {
            running,
            done: run
                .sides
                .iter()
                .filter(|side| side.succeeded.is_some())
                .count(),
            total: run.sides.len(),
            run,
        })
    }
}

impl AttackRunner<'_> {
    /// Starts a browser for an attack against these variants, unless one is running on this bench.
    ///
    /// # Errors
    /// The lab may not drive a browser, none of that name is installed, or none was named.
    pub fn start_browser(
        &self,
        attack: &'static dyn Attack,
        variants: Vec<Variant>,
        browser: Option<&str>,
    ) -> Result<(), Problem> {
        let refused = |because: String, next: &str| {
            let status = Status::UnprocessableEntity;
            Problem::new(status, "The attack was not run", because, next)
        };
        let by_hand = "Open the attack's page in your browser, or use session-lab attack.";
        let Some(browser) = browser else {
            return Err(refused(
                "The lab's own client cannot try this.".into(),
                by_hand,
            ));
        };
        if is_class(self.lessons) {
            return Err(refused(
                "The lab of a class drives no browser.".into(),
                by_hand,
            ));
        }
        let engine = ENGINES.into_iter().find(|engine| slug(*engine) == browser);
        let Some(engine) = engine else {
            let next = "The lab can drive chromium and firefox.";
            return Err(refused(format!("The lab cannot drive {browser}."), next));
        };
        let settings = BrowserSettings::trusting(engine, self.certificate.cert_pem());
        let settings = settings.map_err(|error| {
            let next = "Install it on this computer, or do the attack by hand in your own browser.";
            refused(format!("The browser cannot be started: {error}."), next)
        })?;
        let card = attack.card();
        let sides = variants.iter().map(|variant| BrowserSide {
            variant: variant.to_string(),
            succeeded: None,
        });
        let run = BrowserRun {
            attack: card.name,
            title: card.title,
            browser: engine.name(),
            sides: sides.collect(),
            failed: None,
            finished: false,
        };
        let context = self.context;
        self.browsers.jobs.start(context.bench.name(), run, |job| {
            let work = BrowserWork {
                job,
                turn: self.browsers.one_at_a_time.clone(),
                kept: self.kept.clone(),
                target: self.target(),
                benches: self.benches.clone(),
                bench: context.bench.clone(),
                client: context.client,
            };
            work.run(settings, attack, variants)
        });
        Ok(())
    }
}

/// One run, on its way.
struct BrowserWork {
    job: Arc<Job<BrowserRun>>,
    turn: Arc<Semaphore>,
    kept: LastRuns,
    target: TargetLab,
    benches: Arc<Benches>,
    /// The student's own bench, for the journal.
    bench: Arc<Bench>,
    client: ClientKind,
}

impl BrowserWork {
    async fn run(
        self,
        settings: BrowserSettings,
        attack: &'static dyn Attack,
        variants: Vec<Variant>,
    ) {
        let failed = match self.try_to_run(settings, attack, variants).await {
            Ok(()) => None,
            Err(error) => {
                log::error!("{} in a browser: {error}", attack.card().name);
                Some(error)
            }
        };
        self.job.update(|run| {
            run.finished = failed.is_none();
            run.failed = failed;
        });
    }

    async fn try_to_run(
        &self,
        settings: BrowserSettings,
        attack: &'static dyn Attack,
        variants: Vec<Variant>,
    ) -> Result<(), String> {
        let _turn = self
            .turn
            .acquire()
            .await
            .map_err(|error| error.to_string())?;
        let browser = Browser::start(settings)
            .await
            .map_err(|error| error.to_string())?;
        let target = self.target.clone().with_browser(Arc::new(browser));
        for variant in variants {
            let ran = try_attack(target.clone(), &self.benches, attack, variant).await?;
            let succeeded = ran.succeeded;
            note(&self.bench, self.client, &ran)
                .await
                .map_err(|error| error.to_string())?;
            self.kept.keep(self.bench.name(), ran);
            self.job.update(|run| {
                let name = variant.to_string();
                let side = run.sides.iter_mut().find(|side| side.variant == name);
                if let Some(side) = side {
                    side.succeeded = Some(succeeded);
                }
            });
        }
        Ok(())
    }
}

/// How far the run of this attack is, or `null`.
#[get("/attack/<name>/live")]
fn live(
    context: &RequestContext,
    runs: &State<BrowserRuns>,
    name: &str,
) -> Result<Json<Option<BrowserProgress>>, Problem> {
    let card: &Card = known(name)?.card();
    let progress = runs.progress(context);
    Ok(Json(
        progress.filter(|progress| progress.run.attack == card.name),
    ))
}

/// Ends the browser of a run.
#[post("/attack/<name>/cancel?<play>")]
fn cancel(
    context: &RequestContext,
    runs: &State<BrowserRuns>,
    name: &str,
    play: Option<bool>,
) -> Result<Redirect, Problem> {
    let card = known(name)?.card();
    runs.jobs.cancel(context.bench.name());
    let page = match play {
        Some(true) => "plays",
        _ => "attack",
    };
    Ok(Redirect::to(format!(
        "{}/{page}/{}",
        context.base(),
        card.name
    )))
}

pub(super) fn routes() -> Vec<Route> {
    routes![live, cancel]
}
