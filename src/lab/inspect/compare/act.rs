//! The actions of the comparison, each performed on both sides at once.

use std::time::Duration;

use rocket::http::Status;

use super::side::{ComparedStep, Side, Sides, StepKind};
use crate::client::caller::{Call, Portal};
use crate::client::{ClientError, HttpExchange, LabClient};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

/// Who signs in.
const USER: &str = "student123";
/// With which password.
const PASSWORD: &str = "password123";

/// What one click does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Signs in on both sides.
    SignIn,
    /// Opens the dashboard.
    Dashboard,
    /// Moves the bench's clock, past the idle limit or past the absolute limit.
    Clock(Duration),
    /// Signs out.
    SignOut,
    /// Sends the cookie of the last sign-in again.
    Replay,
    /// Forgets the jars and the steps.
    StartOver,
}

impl Action {
    /// The names of all actions.
    pub const NAMES: [&'static str; 7] = [
        "sign-in",
        "dashboard",
        "clock",
        "clock-hour",
        "sign-out",
        "replay",
        "start-over",
    ];

    /// The action of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "sign-in" => Self::SignIn,
            "dashboard" => Self::Dashboard,
            "clock" => Self::Clock(Duration::from_secs(6 * 60)),
            "clock-hour" => Self::Clock(Duration::from_secs(61 * 60)),
            "sign-out" => Self::SignOut,
            "replay" => Self::Replay,
            "start-over" => Self::StartOver,
            _ => return None,
        })
    }

    /// Its name in the form.
    pub fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Dashboard => "dashboard",
            Self::Clock(by) if by < Duration::from_secs(60 * 60) => "clock",
            Self::Clock(_) => "clock-hour",
            Self::SignOut => "sign-out",
            Self::Replay => "replay",
            Self::StartOver => "start-over",
        }
    }

    pub const fn description(self) -> &'static str {
        match self {
            Self::SignIn => "signed in as student123.",
            Self::Dashboard => "opened the dashboard.",
            Self::Clock(_) => "moved the bench's clock ahead.",
            Self::SignOut => "signed out.",
            Self::Replay => "sent the cookie of the last sign-in again.",
            Self::StartOver => "emptied the jars. The clock and the stored sessions stay.",
        }
    }
}

/// Performs an action on both sides.
pub async fn perform(
    action: Action,
    context: &RequestContext,
    sides: &mut Sides,
    lab_client: &LabClient,
) -> Result<(), Problem> {
    if action == Action::StartOver {
        *sides = Sides::new(
            lab_client,
            &Portal::of(&context.addresses),
            context.bench.name(),
        );
        sides.last_action = Some(action);
        return Ok(());
    }
    let first = sides.count + 1;
    if let Action::Clock(by) = action {
        context.bench.move_clock(by).await?;
        for side in &mut sides.sides {
            let description = "Time passes on the bench's clock";
            side.push(ComparedStep {
                n: first,
                action: description,
                exchange: None,
                kind: StepKind::Clock,
            });
        }
        sides.count = first;
    } else {
        let mut most = 0;
        for side in &mut sides.sides {
            let steps = on_side(action, side).await.map_err(failed)?;
            most = most.max(steps.len() as u64);
            for (n, (description, kind, exchange)) in (first..).zip(steps) {
                side.push(ComparedStep {
                    n,
                    action: description,
                    exchange: Some(exchange),
                    kind,
                });
            }
        }
        sides.count += most;
    }
    sides.last_action = Some(action);
    Ok(())
}

fn failed(error: ClientError) -> Problem {
    log::error!("the comparison failed: {error}");
    let next = "Look whether another program has taken one of the lab's ports.";
    let because = "The lab could not reach its own portal.";
    Problem::new(Status::BadGateway, "No answer", because, next)
}

type PerformedStep = (&'static str, StepKind, HttpExchange);

async fn on_side(action: Action, side: &mut Side) -> Result<Vec<PerformedStep>, ClientError> {
    let caller = &mut side.caller;
    let mut done = Vec::new();
    match action {
        Action::SignIn => {
            let form = caller.get("/login").await?;
            done.push(("Open the sign-in page", StepKind::Form, form));
            let fields = [("username", USER), ("password", PASSWORD)];
            let signed_in = caller.submit("/login", &fields).await?;
            if signed_in.status == 303 {
                side.old_cookie = caller.cookie_header();
            }
            done.push(("Sign in", StepKind::SignIn, signed_in));
            let page = caller.get("/dashboard").await?;
            done.push(("Follow to the dashboard", StepKind::Dashboard, page));
        }
        Action::Dashboard => {
            let page = caller.get("/dashboard").await?;
            done.push(("Load the dashboard", StepKind::Dashboard, page));
        }
        Action::SignOut => {
            let page = caller.submit("/logout", &[]).await?;
            done.push(("Sign out", StepKind::SignOut, page));
        }
        Action::Replay => {
            let replay = Call::get("/dashboard").with_cookie(side.old_cookie.clone());
            done.push((
                "Replay the old cookie",
                StepKind::Replay,
                caller.call(replay).await?,
            ));
        }
        Action::Clock(_) | Action::StartOver => {}
    }
    Ok(done)
}
