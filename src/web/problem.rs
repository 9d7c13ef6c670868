//! What can be wrong with a request. Next: `answer`, the page or the JSON that tells it, and
//! `catcher`, which answers where no handler does.

mod answer;
mod catcher;
mod causes;
mod correction;

use rocket::data::ByteUnit;
use rocket::http::Status;

use crate::base::addresses::Listener;
use crate::defences::facts::Refusal;
use crate::defences::policy::Name;

pub use answer::shape;
pub use catcher::{all_catchers, answer_of};
pub use correction::{Control, Correction};

/// The largest body that the portal reads: 32 kB. The longest notice has 2 000 characters, of which
/// each is twelve bytes at most in a form.
pub const LARGEST_BODY: ByteUnit = ByteUnit::Kilobyte(32);

/// An answer that is not what was asked for, with its reason and the way on.
#[derive(Clone, Debug)]
pub struct Problem {
    pub status: Status,
    /// What happened, in a few words.
    pub heading: &'static str,
    /// Why, in a sentence.
    pub because: String,
    /// What to do next, in a sentence.
    pub next: String,
    /// The defence that refused.
    pub defence: Option<Name>,
    /// Seconds to wait before the next try.
    pub retry_after: Option<u64>,
    /// What the page lists besides.
    pub detail: Box<ProblemDetail>,
    /// What the API for tokens adds.
    pub api_member: Option<Box<ApiMember>>,
}

/// What the API for tokens adds to a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiMember {
    /// The `WWW-Authenticate` header: how the API wants to be asked (RFC 6750 §3).
    Challenge(String),
    /// What APIs for tokens usually say of a failed sign-in, as the member `msg`.
    Msg(&'static str),
}

/// What a problem's page lists besides its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemDetail {
    /// Nothing.
    Nothing,
    /// The lab's sites.
    Sites,
    /// The addresses that this listener answers to.
    RightAddresses {
        /// The host that was asked for.
        asked: String,
        /// The listener that it reached.
        listener: Listener,
    },
    /// The variants there are.
    Variants {
        /// What the address named.
        asked: String,
    },
    /// The methods that a route takes.
    Allow(String),
    /// The form that was sent, to be corrected.
    Correction(Correction),
    /// The page on which a student of a class gets a bench.
    Bench {
        /// Its address.
        join: String,
        /// The address that was asked for, where the browser is to ask once more by itself.
        again: Option<String>,
    },
    /// Where a browser is sent (303) instead of being shown a page, so that nothing is sent twice
    /// when it loads that again.
    Elsewhere(String),
}

impl Problem {
    /// A problem with a reason and a way on.
    pub fn new(
        status: Status,
        heading: &'static str,
        because: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            status,
            heading,
            because: because.into(),
            next: next.into(),
            defence: None,
            retry_after: None,
            detail: Box::new(ProblemDetail::Nothing),
            api_member: None,
        }
    }

    /// 422: a form of one field was sent with something that it cannot take.
    pub fn to_correct(
        heading: &'static str,
        because: impl Into<String>,
        next: impl Into<String>,
        form: Correction,
    ) -> Self {
        let status = Status::UnprocessableEntity;
        Self {
            detail: Box::new(ProblemDetail::Correction(form)),
            ..Self::new(status, heading, because, next)
        }
    }

    /// A refusal by a strong arm.
    pub fn refused(status: Status, refusal: Refusal, next: impl Into<String>) -> Self {
        Self {
            defence: Some(refusal.defence),
            ..Self::new(status, "The request was refused", refusal.because, next)
        }
    }

    /// 400: something about the request is malformed.
    pub fn bad_request(because: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(
            Status::BadRequest,
            "The request cannot be read",
            because,
            next,
        )
    }

    /// 401: nobody is signed in.
    pub fn signed_out() -> Self {
        let next = "Sign in first, and send the session cookie along.";
        Self::new(
            Status::Unauthorized,
            "Nobody is signed in",
            "No live session came along.",
            next,
        )
    }

    /// 404: there is no such page.
    pub fn not_found() -> Self {
        let next = "Check the address, or start from the lab's front page.";
        let (heading, because) = ("There is no such page", "Nothing answers here.");
        Self {
            detail: Box::new(ProblemDetail::Sites),
            ..Self::new(Status::NotFound, heading, because, next)
        }
    }

    /// 404: no variant has that name. The page lists those that exist.
    pub fn unknown_variant(asked: &str) -> Self {
        let because = format!("No variant is called {asked}.");
        let next = "Choose one of the variants below.";
        let detail = Box::new(ProblemDetail::Variants {
            asked: asked.to_owned(),
        });
        let heading = "There is no such variant";
        Self {
            detail,
            ..Self::new(Status::NotFound, heading, because, next)
        }
    }

    /// 409: the session got a new id with another request of this browser.
    pub fn replaced() -> Self {
        let because = "Another request of this browser was given a new session id a moment ago. This \
                       one came with the old id, which is no longer accepted.";
        let next = "Load the page again. If that does not help, wait for ten seconds and sign in.";
        let mut problem = Self::new(Status::Conflict, "A new session id", because, next);
        problem.retry_after = Some(10);
        problem
    }

    /// 409: the record changed while the request was under way.
    pub fn conflict() -> Self {
        let because = "Another request changed the same record meanwhile.";
        Self::new(
            Status::Conflict,
            "Conflict",
            because,
            "Load the page again and repeat it.",
        )
    }

    /// 413: the body is larger than any form of the portal needs.
    pub fn too_large() -> Self {
        let because = format!("A body may hold {} bytes at most.", LARGEST_BODY.as_u64());
        Self::new(
            Status::PayloadTooLarge,
            "The body is too large",
            because,
            "Send less.",
        )
    }
}
