//! `/audit`: the audit of a variant of the lab's own portal, as `session-lab audit --against` does it.
//!
//! A run is a [`Jobs`] entry on its own bench, which is deleted afterwards. The page audits nothing but
//! the lab. An application of the student's own is audited by the command line: a page that sends
//! requests to any address would do so for anyone who can reach the lab, and it would have to be given
//! a password.

use std::sync::Arc;

use rocket::data::Capped;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;
use tokio::sync::{Notify, Semaphore};

use crate::attacks::audit::estimate::{AuditEffort, AuditEstimate};
use crate::attacks::audit::report::AuditReport;
use crate::attacks::audit::verdict::AuditVerdict;
use crate::attacks::audit::{CHECKS, lab_portal, run};
use crate::attacks::matrix::throw_away_name;
use crate::attacks::scenario::TargetLab;
use crate::base::bench_name::BenchName;
use crate::client::LabClient;
use crate::defences::policy::{Policy, Variant};
use crate::lab::job::{Job, Jobs};
use crate::lab::page;
use crate::session::bench::Benches;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

/// The last audit of every bench. Only one of all benches works at a time; the others wait.
#[derive(Debug)]
pub(super) struct AuditJobs {
    jobs: Jobs<AuditRun>,
    one_at_a_time: Arc<Semaphore>,
}

impl Default for AuditJobs {
    fn default() -> Self {
        Self {
            jobs: Jobs::default(),
            one_at_a_time: Arc::new(Semaphore::new(1)),
        }
    }
}

/// How far an audit is, and what it found.
#[derive(Clone, Debug, Serialize)]
struct AuditRun {
    variant: String,
    /// How many checks have begun.
    done: usize,
    total: usize,
    /// What is asked now.
    asks: &'static str,
    /// The groups of findings, once it has ended.
    groups: Vec<FindingGroup>,
    flaws: usize,
    notes: usize,
    cancelled: bool,
    /// Why it could not be tried.
    failed: Option<String>,
    #[serde(skip)]
    cancel: Arc<Notify>,
}

/// The findings of one verdict.
#[derive(Clone, Debug, Serialize)]
struct FindingGroup {
    /// The verdict.
    word: &'static str,
    /// How the verdict is coloured: as a weak arm, a strong one, or neither.
    colour: &'static str,
    rows: Vec<FindingRow>,
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
struct FindingRow {
    check: &'static str,
    title: &'static str,
    says: String,
    gains: Option<&'static str>,
    /// The layers that hold beside the one that is missing.
    layers: Option<String>,
    attacks: Vec<&'static str>,
    exchange: Option<String>,
    page: String,
}

/// The verdicts, the worst first.
const GROUPS: [(&str, &str); 6] = [
    ("flaw", "weak"),
    ("note", "mixed"),
    ("holds", "strong"),
    ("not found", "quiet"),
    ("not tried", "quiet"),
    ("cannot tell", "quiet"),
];

fn groups(report: &AuditReport) -> Vec<FindingGroup> {
    let group = |(word, colour)| {
        let findings = report
            .findings
            .iter()
            .filter(|one| one.verdict.word() == word);
        let rows = findings.map(|one| FindingRow {
            check: one.check,
            title: one.title,
            says: one.says.clone(),
            gains: one.gains,
            layers: one.verdict.layers(),
            attacks: match &one.verdict {
                AuditVerdict::Flaw { attacks } => attacks.clone(),
                _ => Vec::new(),
            },
            exchange: one
                .exchange
                .as_ref()
                .map(|shown| format!("{}\n{}", shown.curl, shown.answer)),
            page: one.page.clone(),
        });
        FindingGroup {
            word,
            colour,
            rows: rows.collect(),
        }
    };
    let all = GROUPS.into_iter().map(group);
    all.filter(|group| !group.rows.is_empty()).collect()
}

impl AuditRun {
    fn new(variant: Variant) -> Self {
        Self {
            variant: variant.to_string(),
            done: 0,
            total: CHECKS.len(),
            asks: "",
            groups: Vec::new(),
            flaws: 0,
            notes: 0,
            cancelled: false,
            failed: None,
            cancel: Arc::default(),
        }
    }
}

/// A run as the page and its script see it.
#[derive(Serialize)]
struct AuditProgress {
    #[serde(flatten)]
    run: AuditRun,
    running: bool,
}

/// What a run works with.
struct AuditWork {
    job: Arc<Job<AuditRun>>,
    one_at_a_time: Arc<Semaphore>,
    target: TargetLab,
    benches: Arc<Benches>,
    variant: Variant,
    mix: Policy,
}

impl AuditWork {
    async fn run(self) {
        let cancel = self.job.progress().cancel;
        let name = throw_away_name();
        tokio::select! {
            ended = self.audit(&name) => if let Err(error) = ended {
                log::error!("an audit of {}: {error}", self.variant);
                self.job.update(|run| run.failed = Some(error));
            },
            () = cancel.notified() => self.job.update(|run| run.cancelled = true),
        }
        self.benches.discard(&name).await;
    }

    async fn audit(&self, name: &BenchName) -> Result<(), String> {
        let turn = self.one_at_a_time.acquire().await;
        let _turn = turn.map_err(|error| error.to_string())?;
        if self.variant == Variant::Custom {
            let bench = self
                .benches
                .open(name)
                .await
                .map_err(|error| error.to_string())?;
            let set = bench.set_custom(self.mix).await;
            set.map_err(|error| error.to_string())?;
        }
        let audit = lab_portal::audit(&self.target, name, self.variant).await;
        let audit = audit.map_err(|error| error.to_string())?;
        let report = run::run(&audit, |card| {
            self.job.update(|run| {
                run.done += 1;
                run.asks = card.title;
            });
        });
        let report = report.await;
        self.job.update(|run| {
            run.groups = groups(&report);
            run.flaws = report.count("flaw");
            run.notes = report.count("note");
        });
        Ok(())
    }
}

fn progress(jobs: &AuditJobs, context: &RequestContext) -> Option<AuditProgress> {
    let job = jobs.jobs.poll(context.bench.name())?;
    // Asked before the run is read: a run that has ended is then read to its end.
    let running = job.is_running();
    Some(AuditProgress {
        running,
        run: job.progress(),
    })
}

#[get("/audit")]
fn show(context: &RequestContext, jobs: &State<AuditJobs>) -> Template {
    #[derive(Serialize)]
    struct AuditPage {
        run: Option<AuditProgress>,
        variants: Vec<String>,
        chosen: String,
        requests: u32,
    }
    let run = progress(jobs, context);
    let chosen = run.as_ref().map(|run| run.run.variant.clone());
    let page = AuditPage {
        variants: Variant::all().map(|variant| variant.to_string()).collect(),
        chosen: chosen.unwrap_or_else(|| Variant::Insecure.to_string()),
        requests: lab_portal::recipe().map_or(0, |recipe| {
            AuditEstimate::of(&recipe, AuditEffort::default()).requests
        }),
        run,
    };
    page::render(context, "pages/lab/audit.html", "Audit", page)
}

/// The run of this bench, or `null`.
#[get("/audit/live")]
fn live(context: &RequestContext, jobs: &State<AuditJobs>) -> Json<Option<AuditProgress>> {
    Json(progress(jobs, context))
}

/// Starts an audit, unless one is running on this bench.
#[post("/audit", data = "<form>")]
fn start(
    context: &RequestContext,
    jobs: &State<AuditJobs>,
    lab_client: &State<LabClient>,
    benches: &State<Arc<Benches>>,
    form: Capped<String>,
) -> Result<Redirect, Problem> {
    let fields = page::fields(&form);
    let variant = fields
        .get("variant")
        .and_then(|name| name.parse::<Variant>().ok());
    let Some(variant) = variant else {
        let next = "Choose one from the list on the page.";
        let because = "There is no variant of that name.";
        let status = Status::UnprocessableEntity;
        return Err(Problem::new(status, "Not audited", because, next));
    };
    jobs.jobs
        .start(context.bench.name(), AuditRun::new(variant), |job| {
            let work = AuditWork {
                job,
                one_at_a_time: jobs.one_at_a_time.clone(),
                target: TargetLab::of(lab_client, &context.addresses),
                benches: Arc::clone(benches),
                variant,
                mix: context.bench.custom(),
            };
            work.run()
        });
    Ok(Redirect::to(format!("{}/audit", context.base())))
}

/// Ends the audit of this bench, if one is running.
#[post("/audit/cancel")]
fn cancel(context: &RequestContext, jobs: &State<AuditJobs>) -> Redirect {
    if let Some(job) = jobs.jobs.poll(context.bench.name()) {
        job.progress().cancel.notify_one();
    }
    Redirect::to(format!("{}/audit", context.base()))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, live, start, cancel]
}
