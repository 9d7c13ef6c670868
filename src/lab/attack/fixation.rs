//! `/fixation`: session fixation step by step, on three variants in parallel, with the attacker's
//! jar, the victim's jar and the server's sessions side by side.
//!
//! Nothing on the page is prepared: a click runs the attack on benches that are deleted afterwards,
//! and records what the jars and the server held after each step.

use std::sync::Arc;

use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::attacks::http_actor::HttpActor;
use crate::attacks::matrix::throw_away_name;
use crate::attacks::scenario::{Scenario, ScenarioError, TargetLab, VICTIM};
use crate::base::event::ClientKind;
use crate::client::LabClient;
use crate::client::caller::Call;
use crate::defences::policy::{Name, PolicyProbe, Variant};
use crate::lab::inspect::evidence;
use crate::lab::page;
use crate::session::SessionId;
use crate::session::bench::{Bench, Benches, PerBench};
use crate::session::world::World;
use crate::web::context::RequestContext;
use crate::web::page::VariantView;
use crate::web::problem::Problem;

/// What happens, step by step.
const STEPS: [&str; 6] = [
    "Nothing has happened yet. Both jars are empty.",
    "The attacker opens the sign-in page. The portal opens an anonymous session and sends its \
     id.",
    "The attacker plants this id in the victim's browser: at a shared computer, or with a cookie that a \
     sibling host sets.",
    "The victim opens the sign-in page. The browser sends the planted id.",
    "The victim signs in.",
    "The attacker opens the dashboard with the planted id.",
];

/// The two sides, and the counter-experiment: HttpOnly, Secure and SameSite on, rotation off.
const VARIANTS: [Variant; 3] = [
    Variant::Insecure,
    Variant::Hardened,
    Variant::Without(Name::Rotation),
];

/// The walkthroughs of all benches.
#[derive(Debug, Default)]
pub struct Walkthroughs(PerBench<Arc<Vec<VariantTrack>>>);

/// One variant, step by step.
#[derive(Clone, Debug, Serialize)]
pub struct VariantTrack {
    variant: VariantView,
    moments: Vec<FixationMoment>,
}

/// What the jars and the server hold after a step.
#[derive(Clone, Debug, Default, Serialize)]
struct FixationMoment {
    attacker: Option<JarCookie>,
    victim: Option<JarCookie>,
    sessions: Vec<ServerSession>,
    result: Option<FixationResult>,
}

/// A session cookie in a jar.
#[derive(Clone, Debug, Serialize)]
struct JarCookie {
    name: String,
    id: String,
    lineage: usize,
}

/// A session on the server.
#[derive(Clone, Debug, Serialize)]
struct ServerSession {
    lineage: usize,
    from: Option<usize>,
    user: Option<String>,
}

/// How the attack ended.
#[derive(Clone, Debug, Serialize)]
struct FixationResult {
    succeeded: bool,
    message: String,
}

/// Gives every session a number in the order in which it appears.
#[derive(Default)]
struct Lineages(Vec<String>);

impl Lineages {
    fn of(&mut self, fingerprint: &str) -> usize {
        if let Some(at) = self.0.iter().position(|known| known == fingerprint) {
            return at;
        }
        self.0.push(fingerprint.to_owned());
        self.0.len() - 1
    }
}

/// Runs the attack on one variant and keeps every step.
async fn track(
    target: TargetLab,
    benches: &Benches,
    variant: Variant,
) -> Result<VariantTrack, ScenarioError> {
    let name = throw_away_name();
    let bench = benches.open(&name).await;
    let bench = bench.map_err(|error| ScenarioError::Unexpected(error.to_string()))?;
    let scenario = Scenario::new(target, name.clone(), variant);
    let moments = moments(&scenario, &bench, variant).await;
    benches.discard(&name).await;
    let moved = bench.resolve(variant).moved;
    Ok(VariantTrack {
        variant: VariantView::new(variant, &moved),
        moments: moments?,
    })
}

async fn moments(
    scenario: &Scenario,
    bench: &Bench,
    variant: Variant,
) -> Result<Vec<FixationMoment>, ScenarioError> {
    let (mut attacker, mut victim) = (scenario.actor("attacker"), scenario.actor("victim"));
    let mut lineages = Lineages::default();
    let mut all = vec![FixationMoment::default()];

    attacker.get("/login").await?;
    all.push(moment(bench, variant, &mut lineages, &attacker, &victim).await?);

    let (name, planted) = attacker.session_cookie()?;
    victim.plant(&format!("{name}={planted}; Path=/; Secure"));
    all.push(moment(bench, variant, &mut lineages, &attacker, &victim).await?);

    victim.get("/login").await?;
    all.push(moment(bench, variant, &mut lineages, &attacker, &victim).await?);

    victim.sign_in(VICTIM).await?;
    all.push(moment(bench, variant, &mut lineages, &attacker, &victim).await?);

    let greeted = attacker.greeted_as(Call::get("/dashboard")).await?;
    let mut last = moment(bench, variant, &mut lineages, &attacker, &victim).await?;
    last.result = Some(match greeted {
        Some(user) => FixationResult {
            succeeded: true,
            message: format!("Welcome to the Dashboard, {user}!"),
        },
        None => FixationResult {
            succeeded: false,
            message: "The portal asks the attacker to sign in.".into(),
        },
    });
    all.push(last);
    Ok(all)
}

async fn moment(
    bench: &Bench,
    variant: Variant,
    lineages: &mut Lineages,
    attacker: &HttpActor<'_>,
    victim: &HttpActor<'_>,
) -> Result<FixationMoment, ScenarioError> {
    let probe = PolicyProbe::new(bench.resolve(variant).policy);
    let world = World::now(bench, variant, &probe, ClientKind::Lab);
    let mut held = |actor: &HttpActor<'_>| {
        let (name, value) = actor.caller().session_cookie()?;
        // The throw-away bench's own name would only fill the page.
        let name = name.split("_run-").next().unwrap_or_default().to_owned();
        let id = SessionId::parse(&value)?;
        let lineage = lineages.of(&format!("#{}", world.fingerprint(&id)));
        Some(JarCookie {
            name,
            id: value.chars().take(8).collect(),
            lineage,
        })
    };
    let (attacker, victim) = (held(attacker), held(victim));
    let sessions = evidence::sessions(bench, variant).await;
    let (sessions, _) = sessions.map_err(|error| ScenarioError::Unexpected(error.to_string()))?;
    let sessions = sessions
        .into_iter()
        .map(|session| ServerSession {
            lineage: lineages.of(&session.fingerprint),
            from: session.rotated_from.map(|from| lineages.of(&from)),
            user: session.user,
        })
        .collect();
    Ok(FixationMoment {
        attacker,
        victim,
        sessions,
        result: None,
    })
}

#[derive(Serialize)]
struct WalkthroughPage {
    ran: bool,
    step: usize,
    last: usize,
    message: &'static str,
    steps: &'static [&'static str],
    tracks: Vec<TrackView>,
}

#[derive(Serialize)]
struct TrackView {
    variant: VariantView,
    now: FixationMoment,
}

#[get("/fixation?<step>")]
fn show(context: &RequestContext, step: Option<usize>, all: &State<Walkthroughs>) -> Template {
    let tracks = all.0.read(context.bench.name()).unwrap_or_default();
    let last = STEPS.len() - 1;
    let step = step.unwrap_or(0).min(last);
    let views = tracks
        .iter()
        .map(|track| TrackView {
            variant: track.variant.clone(),
            now: track.moments.get(step).cloned().unwrap_or_default(),
        })
        .collect();
    let page = WalkthroughPage {
        ran: !tracks.is_empty(),
        step,
        last,
        message: STEPS[step],
        steps: &STEPS,
        tracks: views,
    };
    page::render(context, "pages/lab/fixation.html", "Session fixation", page)
}

#[post("/fixation")]
async fn run(
    context: &RequestContext,
    all: &State<Walkthroughs>,
    lab_client: &State<LabClient>,
    benches: &State<Arc<Benches>>,
) -> Result<Redirect, Problem> {
    let target = TargetLab::of(lab_client, &context.addresses);
    let mut tracks = Vec::new();
    for variant in VARIANTS {
        let track = track(target.clone(), benches, variant)
            .await
            .map_err(|error| {
                log::error!("the walkthrough failed: {error}");
                let next = "Look whether another program has taken one of the lab's ports.";
                let because = "The lab could not reach its own portal.";
                Problem::new(rocket::http::Status::BadGateway, "No answer", because, next)
            })?;
        tracks.push(track);
    }
    all.0.insert(context.bench.name(), Arc::new(tracks));
    Ok(Redirect::to(format!("{}/fixation?step=1", context.base())))
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, run]
}
