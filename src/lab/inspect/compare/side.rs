//! One side of the comparison: a variant, a caller with a cookie jar, and what was done so far.

use super::act::Action;
use crate::base::bench_name::BenchName;
use crate::client::caller::{Caller, Portal};
use crate::client::{HttpExchange, LabClient};
use crate::defences::facts::Scheme;
use crate::defences::policy::Variant;

/// The variants that are compared, weak side first. The weak one is called
/// without encryption, to show the transport that leaks.
pub const VARIANTS: [(Variant, Scheme); 2] = [
    (Variant::Insecure, Scheme::Http),
    (Variant::Hardened, Scheme::Https),
];

/// How many steps a side keeps.
const STEPS: usize = 12;

/// Both sides of a bench.
#[derive(Debug)]
pub struct Sides {
    /// Insecure and hardened.
    pub sides: [Side; 2],
    /// Counts the steps, the same on both sides.
    pub count: u64,
    /// What the last click did.
    pub last_action: Option<Action>,
}

impl Sides {
    /// Two sides on which nothing was done.
    pub fn new(door: &LabClient, portal: &Portal, bench: &BenchName) -> Self {
        let sides = VARIANTS.map(|(variant, scheme)| Side {
            variant,
            steps: Vec::new(),
            caller: Caller::new(door.clone(), portal.clone(), scheme, bench, variant),
            old_cookie: None,
        });
        Self {
            sides,
            count: 0,
            last_action: None,
        }
    }
}

/// One step on one side.
#[derive(Clone, Debug)]
pub struct ComparedStep {
    /// Its number.
    pub n: u64,
    /// What was done, in words.
    pub action: &'static str,
    /// What went over the socket; `None` where nothing did.
    pub exchange: Option<HttpExchange>,
    /// What kind of step it is, for its reasons.
    pub kind: StepKind,
}

/// The kinds of step, by the defences that decide them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The sign-in page was opened.
    Form,
    /// The sign-in form was sent.
    SignIn,
    /// The dashboard was opened.
    Dashboard,
    /// The clock was moved.
    Clock,
    /// The sign-out form was sent.
    SignOut,
    /// The cookie from before was sent again.
    Replay,
}

/// One side.
#[derive(Debug)]
pub struct Side {
    pub variant: Variant,
    /// What was done, oldest first.
    pub steps: Vec<ComparedStep>,
    /// Who calls.
    pub caller: Caller,
    /// The `Cookie` header of the last sign-in, for the replay.
    pub old_cookie: Option<String>,
}

impl Side {
    /// Keeps a step, and forgets the oldest.
    pub fn push(&mut self, step: ComparedStep) {
        self.steps.push(step);
        if self.steps.len() > STEPS {
            self.steps.remove(0);
        }
    }
}
