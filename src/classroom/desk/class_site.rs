//! What the class reaches: four requests, and nothing else.
//!
//! Browsers have no business here. A request with an `Origin` is one of a page, and is refused before
//! its body is looked at. The name of the host does not count, because the certificate is pinned.

use std::sync::Arc;

use hyper::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::server::{DeskAnswer, DeskRequest, DeskSite};
use super::student_record::Evidence;
use super::{Desk, refusal};
use crate::classroom::protocol::{
    JoinRequest, LARGEST_BODY, Leave, PROTOCOL, Refused, RefusedReason, Report, Vote,
};

/// The class's side of the desk.
#[derive(Debug)]
pub struct ClassSite {
    /// The desk.
    pub desk: Arc<Desk>,
}

impl DeskSite for ClassSite {
    const LARGEST_BODY: usize = LARGEST_BODY;

    async fn answer(&self, request: DeskRequest) -> DeskAnswer {
        let known = ["/join", "/report", "/vote", "/leave"];
        if !known.contains(&&*request.path) {
            let sentence = "Session Lab: this address is for labs that join a class. \
                            Open your own lab and choose Join a class.";
            return DeskAnswer::text(StatusCode::NOT_FOUND, sentence);
        }
        if request.method != Method::POST {
            let sentence = "This address takes POST only.";
            return DeskAnswer::text(StatusCode::METHOD_NOT_ALLOWED, sentence)
                .with("allow", "POST".into());
        }
        if request.headers.contains_key("origin") {
            let sentence = "This address is for labs, and not for pages.";
            return DeskAnswer::text(StatusCode::FORBIDDEN, sentence);
        }
        let done = match &*request.path {
            "/join" => self.join(&request).await,
            "/report" => self.report(&request).await,
            "/vote" => self.vote(&request).await,
            _ => self.leave(&request).await,
        };
        done.unwrap_or_else(|refused| answer_of(&refused))
    }

    fn refuse_body(&self, status: StatusCode) -> DeskAnswer {
        let why = if status == StatusCode::PAYLOAD_TOO_LARGE {
            "a body has at most 256 KiB"
        } else {
            "the body ended before it was whole"
        };
        DeskAnswer::json(status, &refusal::malformed(why))
    }
}

impl ClassSite {
    async fn join(&self, request: &DeskRequest) -> Result<DeskAnswer, Refused> {
        let joined = self.desk.join(read::<JoinRequest>(request)?).await?;
        Ok(ok(&joined))
    }

    async fn report(&self, request: &DeskRequest) -> Result<DeskAnswer, Refused> {
        let report = read::<Report>(request)?;
        let answer = self
            .desk
            .report(bearer(request)?, report, Evidence::SelfAttested)
            .await?;
        Ok(ok(&answer))
    }

    async fn vote(&self, request: &DeskRequest) -> Result<DeskAnswer, Refused> {
        let vote = read::<Vote>(request)?;
        self.desk.vote(bearer(request)?, vote).await?;
        Ok(DeskAnswer::empty(StatusCode::NO_CONTENT))
    }

    async fn leave(&self, request: &DeskRequest) -> Result<DeskAnswer, Refused> {
        let leave = read::<Leave>(request)?;
        self.desk.leave(bearer(request)?, leave).await?;
        Ok(DeskAnswer::empty(StatusCode::NO_CONTENT))
    }
}

fn ok(answer: &impl Serialize) -> DeskAnswer {
    DeskAnswer::json(StatusCode::OK, answer)
}

/// The secret in `Authorization: Bearer …`.
fn bearer(request: &DeskRequest) -> Result<&str, Refused> {
    let header = request.header("authorization");
    let secret = header.and_then(|header| header.strip_prefix("Bearer "));
    secret.ok_or_else(refusal::not_a_member)
}

/// The body as what it must be. The version is read first: of another one nothing else is known.
fn read<T: DeserializeOwned>(request: &DeskRequest) -> Result<T, Refused> {
    if !request.has_type("application/json") {
        return Err(refusal::malformed("its type is not application/json"));
    }
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|error| refusal::malformed(&format!("it is not JSON ({error})")))?;
    let version = body.get("protocol").and_then(Value::as_u64);
    match version {
        None => return Err(refusal::malformed("it names no version of the protocol")),
        Some(version) if version != u64::from(PROTOCOL) => {
            return Err(refusal::other_protocol(version));
        }
        Some(_) => {}
    }
    // From the bytes again, because a value would hide a field that is there twice.
    serde_json::from_slice(&request.body).map_err(|error| refusal::malformed(&error.to_string()))
}

fn answer_of(refused: &Refused) -> DeskAnswer {
    let status = match refused.reason {
        RefusedReason::NoSuchClass => StatusCode::NOT_FOUND,
        RefusedReason::TooManyWrong => StatusCode::TOO_MANY_REQUESTS,
        RefusedReason::NameTaken | RefusedReason::Gap | RefusedReason::Full => StatusCode::CONFLICT,
        RefusedReason::NotAMember => StatusCode::UNAUTHORIZED,
        RefusedReason::BadName | RefusedReason::Malformed | RefusedReason::OtherProtocol => {
            StatusCode::BAD_REQUEST
        }
        RefusedReason::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    let answer = DeskAnswer::json(status, refused);
    if status == StatusCode::UNAUTHORIZED {
        // RFC 9110 §15.5.2 asks for it.
        return answer.with("www-authenticate", "Bearer".into());
    }
    answer
}
