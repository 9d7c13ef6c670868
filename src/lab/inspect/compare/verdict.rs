//! What the last action means for a side, in one line.

use serde::Serialize;

use super::act::Action;
use super::side::{ComparedStep, Side, StepKind};

/// A verdict in the colours of weak and strong.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct SideVerdict {
    /// `weak`, `strong`, or empty where nothing was tested.
    pub kind: &'static str,
    pub text: String,
}

/// How a page greets somebody who is signed in.
const GREETED: u16 = 200;

/// The verdict on a side after `action`; `None` where nothing was done. `stored` is the number of
/// sessions that the server still has.
pub fn verdict(side: &Side, action: Option<Action>, stored: usize) -> Option<SideVerdict> {
    let verdict = |kind, text: String| Some(SideVerdict { kind, text });
    let status = side.steps.last().and_then(status)?;
    let greeted = status == GREETED;
    match action? {
        Action::StartOver => None,
        Action::Clock(by) => {
            let minutes = by.as_secs() / 60;
            verdict(
                "",
                format!("{minutes} minutes have passed. Load the dashboard (2)."),
            )
        }
        Action::SignIn if greeted => verdict("", "Signed in. Compare the Set-Cookie lines.".into()),
        Action::SignIn => verdict("", format!("The sign-in was answered with {status}.")),
        Action::Dashboard => match (greeted, waited(side)) {
            (true, true) => verdict(
                "weak",
                "Still signed in: no limit has ended the session.".into(),
            ),
            (true, false) => verdict("", "The cookie went back, and the dashboard came.".into()),
            (false, true) => verdict(
                "strong",
                "Sent to the sign-in page: a limit has ended the session.".into(),
            ),
            (false, false) => verdict("", "Sent to the sign-in page.".into()),
        },
        Action::SignOut if stored == 0 => verdict(
            "strong",
            "Signed out, and no record is left on the server.".into(),
        ),
        Action::SignOut => verdict(
            "weak",
            format!("Signed out, but records are left on the server: {stored}."),
        ),
        Action::Replay if side.old_cookie.is_none() => None,
        Action::Replay if greeted => verdict(
            "weak",
            "The thief is in: “Welcome, student123!” The session is stolen.".into(),
        ),
        Action::Replay => verdict("strong", "The thief is sent to the sign-in page.".into()),
    }
}

/// The status of a step; 0 where no request was sent.
fn status(step: &ComparedStep) -> Option<u16> {
    Some(step.exchange.as_ref().map_or(0, |exchange| exchange.status))
}

/// Whether the clock was moved since the last sign-in.
fn waited(side: &Side) -> bool {
    let since = side
        .steps
        .iter()
        .rev()
        .take_while(|step| step.kind != StepKind::SignIn);
    since.into_iter().any(|step| step.kind == StepKind::Clock)
}
