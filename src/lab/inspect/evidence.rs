//! What the server knows of a variant: its sessions, and what happened. Looking changes nothing and
//! extends no session.

use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::base::clock::BenchTime;
use crate::base::event::{ClientKind, Event, in_words};
use crate::defences::policy::{PolicyProbe, Variant};
use crate::lab::diagrams::timeline::Timeline;
use crate::lab::inspect::session_timeline::{OpenSession, histories};
use crate::lab::page;
use crate::lab::page::ClockView;
use crate::lab::store::{SessionsLocation, Store};
use crate::session::bench::Bench;
use crate::session::end::ListedSession;
use crate::session::world::World;
use crate::storage::StorageError;
use crate::web::context::RequestContext;
use crate::web::page::VariantView;
use crate::web::problem::Problem;
use crate::web::visible_time::{date_and_time, span, time_of_day};

/// How many events and sessions the page shows.
const SHOWN: usize = 50;

/// How many sessions are drawn as time lines.
const DRAWN: usize = 6;

/// A session as the evidence shows it.
#[derive(Clone, Debug, Serialize)]
pub struct StoredSessionView {
    /// The name of its record, which the arm of `at-rest` chose; in Redis the whole key.
    pub file: String,
    /// Who is signed in.
    pub user: Option<String>,
    /// `signed in`, `signed in, permanent` or `anonymous`.
    pub state: &'static str,
    /// When it was opened.
    pub created: String,
    /// When it was last used: the time alone, where it was the same day.
    pub seen: String,
    /// What is left of the idle limit.
    pub idle_left: Option<String>,
    /// What is left of the absolute limit.
    pub absolute_left: Option<String>,
    /// The session whose place it took.
    pub rotated_from: Option<String>,
    /// The mark that replaces its id in the journal.
    pub fingerprint: String,
    /// The browser or tool that opened it.
    pub label: String,
    /// The portal's route that made it.
    pub created_by: String,
}

impl StoredSessionView {
    fn new(world: &World<'_>, listed: &ListedSession) -> Self {
        let record = &listed.record;
        let (idle, absolute) = record.time_left(world.probe, listed.last_used, world.now);
        Self {
            file: listed.key.name().to_owned(),
            user: record.user.clone(),
            state: match (&record.user, record.permanent) {
                (Some(_), true) => "signed in, permanent",
                (Some(_), false) => "signed in",
                (None, _) => "anonymous",
            },
            created: date_and_time(record.created),
            seen: on_the_day_of(record.created, listed.last_used),
            idle_left: idle.map(span),
            absolute_left: absolute.map(span),
            rotated_from: record.rotated_from.as_ref().map(|from| format!("#{from}")),
            fingerprint: format!("#{}", world.fingerprint_of(listed.key.name())),
            label: record.client.clone(),
            created_by: route_in_words(&record.created_by),
        }
    }
}

/// The route that made a session. Records of earlier builds do not name it.
fn route_in_words(route: &str) -> String {
    match route {
        "" => "not recorded".to_owned(),
        route => route.to_owned(),
    }
}

/// A moment in as few words as tell it beside another one.
fn on_the_day_of(first: BenchTime, then: BenchTime) -> String {
    let (first, then) = (date_and_time(first), date_and_time(then));
    match (first.split_once(' '), then.split_once(' ')) {
        (Some((day, _)), Some((same, time))) if day == same => time.to_owned(),
        _ => then,
    }
}

/// The newest sessions of a variant, and how many there are.
///
/// # Errors
/// The store does not answer.
pub async fn sessions(
    bench: &Bench,
    variant: Variant,
) -> Result<(Vec<StoredSessionView>, usize), StorageError> {
    let probe = PolicyProbe::new(bench.resolve(variant).policy);
    let world = World::now(bench, variant, &probe, ClientKind::Other);
    let listed = world.sessions(None).await?;
    let newest = listed.iter().rev().take(SHOWN);
    Ok((
        newest
            .map(|one| StoredSessionView::new(&world, one))
            .collect(),
        listed.len(),
    ))
}

#[derive(Serialize)]
struct EventView {
    time: String,
    what: String,
    client: &'static str,
}

/// Which events the page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum EventFilter {
    /// What happened to sessions.
    Sessions,
    /// Everything.
    All,
}

impl EventFilter {
    /// The filter of an address.
    ///
    /// # Errors
    /// There is none of that name.
    fn parse(name: Option<&str>) -> Result<Self, Problem> {
        match name {
            None | Some("sessions") => Ok(Self::Sessions),
            Some("all") => Ok(Self::All),
            Some(_) => Err(Problem::bad_request(
                "The page shows no such events.",
                "Choose events=sessions or events=all.",
            )),
        }
    }

    fn shows(self, event: &Event) -> bool {
        self == Self::All || event.what.is_about_a_session()
    }
}

async fn events(
    bench: &Bench,
    variant: Variant,
    filter: EventFilter,
) -> Result<Vec<EventView>, StorageError> {
    let recent = bench.recent_events(SHOWN * 8).await?;
    let mine = recent
        .iter()
        .rev()
        .filter(|e| e.variant.is_none() || e.variant == Some(variant))
        .filter(|e| filter.shows(e));
    Ok(mine
        .take(SHOWN)
        .map(|event| EventView {
            time: time_of_day(event.at),
            what: in_words::event(event),
            client: in_words::client(event.client),
        })
        .collect())
}

/// The newest sessions of a variant as time lines, whether they are alive or not.
async fn timelines(bench: &Bench, variant: Variant) -> Result<Vec<Timeline>, StorageError> {
    let probe = PolicyProbe::new(bench.resolve(variant).policy);
    let world = World::now(bench, variant, &probe, ClientKind::Other);
    let listed = world.sessions(None).await?;
    let alive = listed.iter().rev().take(SHOWN).map(|listed| {
        let left = listed.record.time_left(&probe, listed.last_used, world.now);
        OpenSession {
            name: world.fingerprint_of(listed.key.name()),
            record: listed.record.clone(),
            last_used: listed.last_used,
            idle: left.0.map(|left| world.now.after(left)),
            absolute: left.1.map(|left| world.now.after(left)),
        }
    });
    let alive: Vec<OpenSession> = alive.collect();
    let events = bench.recent_events(SHOWN * 4).await?;
    let found = histories(variant, &events, &alive, DRAWN);
    let draw = |life| Timeline::new(life, world.now);
    Ok(found.iter().map(draw).collect())
}

#[derive(Serialize)]
struct EvidenceLive {
    sessions: Vec<StoredSessionView>,
    events: Vec<EventView>,
    total: usize,
    clock: ClockView,
}

async fn live(
    bench: &Bench,
    variant: Variant,
    store: &Store,
    filter: EventFilter,
) -> Result<EvidenceLive, StorageError> {
    let (mut sessions, total) = sessions(bench, variant).await?;
    let name_prefix = store.sessions(bench.name(), variant).name_prefix;
    for session in &mut sessions {
        session.file.insert_str(0, &name_prefix);
    }
    let events = events(bench, variant, filter).await?;
    Ok(EvidenceLive {
        sessions,
        events,
        total,
        clock: ClockView::of(bench),
    })
}

/// The variant of that name, or the page that lists them all.
pub(in crate::lab) fn parse(variant: &str) -> Result<Variant, Problem> {
    variant
        .parse()
        .map_err(|_| Problem::unknown_variant(variant))
}

#[get("/evidence")]
fn first(context: &RequestContext) -> Redirect {
    context.redirect("/evidence/insecure")
}

#[get("/evidence/<variant>?<events>&<done>")]
async fn evidence(
    context: &RequestContext,
    variant: &str,
    store: &State<Store>,
    events: Option<&str>,
    done: Option<&str>,
) -> Result<Template, Problem> {
    #[derive(Serialize)]
    struct EvidencePage {
        variant: VariantView,
        sessions: Vec<StoredSessionView>,
        total: usize,
        location: SessionsLocation,
        events: Vec<EventView>,
        filter: EventFilter,
        timelines: Vec<Timeline>,
        /// Whether the clock was just moved from here.
        clock_moved: bool,
    }
    let variant = parse(variant)?;
    let filter = EventFilter::parse(events)?;
    let EvidenceLive {
        sessions,
        events,
        total,
        ..
    } = live(&context.bench, variant, store, filter).await?;
    let moved = context.bench.resolve(variant).moved;
    let page = EvidencePage {
        variant: VariantView::new(variant, &moved),
        sessions,
        total,
        location: store.sessions(context.bench.name(), variant),
        events,
        filter,
        timelines: timelines(&context.bench, variant).await?,
        clock_moved: done == Some("clock"),
    };
    Ok(page::render(
        context,
        "pages/lab/evidence.html",
        "Evidence",
        page,
    ))
}

#[get("/evidence/<variant>/live?<events>")]
async fn evidence_live(
    context: &RequestContext,
    variant: &str,
    store: &State<Store>,
    events: Option<&str>,
) -> Result<Json<EvidenceLive>, Problem> {
    let (variant, filter) = (parse(variant)?, EventFilter::parse(events)?);
    Ok(Json(live(&context.bench, variant, store, filter).await?))
}

/// The time lines alone, for the page that is open.
#[get("/evidence/<variant>/timeline")]
async fn evidence_timeline(context: &RequestContext, variant: &str) -> Result<Template, Problem> {
    #[derive(Serialize)]
    struct Drawn {
        timelines: Vec<Timeline>,
    }
    let timelines = timelines(&context.bench, parse(variant)?).await?;
    let drawn = Drawn { timelines };
    Ok(Template::render("partials/timeline.html", drawn))
}

pub(super) fn routes() -> Vec<Route> {
    routes![first, evidence, evidence_live, evidence_timeline]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_not_said_twice() {
        let at = |hours: u64| BenchTime::from_millis(1_767_225_600_000 + hours * 3_600_000);
        assert_eq!(on_the_day_of(at(0), at(1)), "01:00:00");
        assert_eq!(on_the_day_of(at(0), at(25)), "2026-01-02 01:00:00");
    }
}
