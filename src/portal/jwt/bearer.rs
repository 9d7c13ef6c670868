//! Who a request comes from, by the token that it bears (RFC 6750).

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

use super::{fetch, names};
use crate::base::event::EventKind;
use crate::client::LabClient;
use crate::defences::facts::Role;
use crate::jwt::verify::{TokenCheck, TokenExpectations, TokenPurpose, TokenRefusal};
use crate::jwt::{self, Claims};
use crate::session::world::World;
use crate::web::context::{RequestContext, fail};
use crate::web::problem::{ApiMember, Problem};

/// A request whose token passed every check of the policy.
#[derive(Debug)]
pub struct Bearer<'r> {
    /// The accounts and sessions of its variant on its bench.
    pub world: World<'r>,
    /// What the token says.
    pub claims: Claims,
    /// What its user may do.
    pub role: Role,
}

impl<'r> Bearer<'r> {
    /// The token of a request, verified.
    ///
    /// # Errors
    /// 401 without a token or with one that is refused, 400 with two, 503 where the store does not
    /// answer.
    pub async fn of(request: &'r Request<'_>) -> Result<Self, Problem> {
        let (Some(context), Some(world)) = (
            RequestContext::of(request),
            RequestContext::of(request).and_then(RequestContext::world),
        ) else {
            return Err(Problem::not_found());
        };
        let query = query_token(&context.target);
        let found = header_token(request)
            .and_then(|header| world.probe.jwt_transport().token(header, query.as_deref()));
        let token = match found {
            Ok(Some(token)) => token,
            Ok(None) => return Err(no_token()),
            Err(because) => return Err(two_tokens(because)),
        };
        let client = request.rocket().state::<LabClient>();
        let claims = check(context, &world, client, token, TokenPurpose::Access).await?;
        let account = world.account(&claims.sub).await?;
        let record = account.map(|account| account.record.role);
        let claimed = claims.text("role").and_then(Role::parse);
        let Some(role) = world.probe.jwt_claims().role(claimed, record) else {
            let refusal = TokenCheck::Subject.refuses("The token's user has no account here.");
            return Err(refused(&world, refusal).await);
        };
        context.note_user(&claims.sub);
        Ok(Self {
            world,
            claims,
            role,
        })
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Bearer<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match (Bearer::of(request).await, RequestContext::of(request)) {
            (Ok(bearer), _) => Outcome::Success(bearer),
            (Err(problem), Some(context)) => fail(context, problem),
            (Err(problem), None) => Outcome::Error((problem.status, ())),
        }
    }
}

/// Verifies a token, asks whether it was revoked, and writes a refusal to the journal.
///
/// # Errors
/// 401 for a token that is refused, 503 where the store does not answer.
pub(super) async fn check(
    context: &RequestContext,
    world: &World<'_>,
    client: Option<&LabClient>,
    token: &str,
    purpose: TokenPurpose,
) -> Result<Claims, Problem> {
    let fetched = fetch::keys_of(context, world, client, token).await?;
    let ring = world.key_ring().await?;
    let expected = TokenExpectations {
        names: &names(context),
        fetched: &fetched,
        now: world.now,
        purpose,
    };
    let refusal = match jwt::verify(token, world.probe, &ring, &expected) {
        Ok(claims) => match world.revocation(&claims, purpose).await? {
            None => return Ok(claims),
            Some(refusal) => refusal,
        },
        Err(refusal) => refusal,
    };
    Err(refused(world, refusal).await)
}

/// 401: the token was refused. Nothing of it is repeated: nobody has verified what it says.
pub(super) async fn refused(world: &World<'_>, refusal: TokenRefusal) -> Problem {
    let defence = refusal.check.defence();
    if let Some(defence) = defence {
        let what = EventKind::Refused {
            defence: defence.slug().to_owned(),
            because: refusal.because.to_owned(),
        };
        if let Err(error) = world.note(what).await {
            return error.into();
        }
    }
    let next = "Get a new token from jwt/login and send it as Authorization: Bearer.";
    let status = Status::Unauthorized;
    let mut problem = Problem::new(status, "The token was refused", refusal.because, next);
    problem.defence = defence;
    problem.api_member = challenge("invalid_token", refusal.because, "");
    problem
}

/// 401: no token came along. Without credentials the challenge holds no error (RFC 6750 §3.1).
fn no_token() -> Problem {
    let because = "No token came along.";
    let next = "Get one from jwt/login and send it as Authorization: Bearer.";
    let mut problem = Problem::new(Status::Unauthorized, "A token is needed", because, next);
    problem.api_member = Some(Box::new(ApiMember::Challenge(format!(
        "Bearer realm=\"{REALM}\""
    ))));
    problem
}

/// 403: the token is good, and its user may not do this.
pub(super) fn insufficient_scope() -> Problem {
    let because = "Only an administrator may do this.";
    let next = "Sign in as an administrator and use that token.";
    let mut problem = Problem::new(Status::Forbidden, "Not allowed", because, next);
    problem.api_member = challenge("insufficient_scope", because, ", scope=\"admin\"");
    problem
}

fn two_tokens(because: &'static str) -> Problem {
    let mut problem = Problem::bad_request(because, "Send one token, in one Authorization header.");
    problem.api_member = challenge("invalid_request", because, "");
    problem
}

/// The realm of the API: what a token is good for.
const REALM: &str = "portal";

/// A challenge with an error. The description is a sentence of this program.
fn challenge(error: &str, description: &str, more: &str) -> Option<Box<ApiMember>> {
    let text = format!(
        "Bearer realm=\"{REALM}\", error=\"{error}\", error_description=\"{description}\"{more}"
    );
    Some(Box::new(ApiMember::Challenge(text)))
}

/// The token in the `Authorization` header. A header of another scheme holds none.
fn header_token<'r>(request: &'r Request<'_>) -> Result<Option<&'r str>, &'static str> {
    let mut all = request.headers().get("authorization");
    let first = all.next();
    if all.next().is_some() {
        return Err("The request carries two Authorization headers.");
    }
    Ok(first.and_then(bearer))
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_start_matches(' '))
}

/// The token in the address, decoded.
pub(super) fn query_token(target: &str) -> Option<String> {
    let (_, query) = target.split_once('?')?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, token) = pairs.find(|(name, _)| name == "access_token")?;
    Some(token.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_the_scheme_bearer_holds_a_token() {
        for (header, token) in [
            ("Bearer a.b.c", Some("a.b.c")),
            ("bearer a.b.c", Some("a.b.c")),
            ("BEARER   a.b.c", Some("a.b.c")),
            ("Bearer a b", Some("a b")),
            ("Bearer", Some("")),
            ("Basic a.b.c", None),
            ("Bearera.b.c", None),
            ("", None),
        ] {
            assert_eq!(bearer(header), token, "{header}");
        }
    }

    #[test]
    fn an_address_holds_a_token_under_one_name() {
        assert_eq!(
            query_token("/jwt/?access_token=a.b%2Ec").as_deref(),
            Some("a.b.c")
        );
        assert_eq!(query_token("/jwt/?x=1&access_token=").as_deref(), Some(""));
        assert_eq!(query_token("/jwt/access_token=a"), None);
        assert_eq!(query_token("/jwt/?Access_Token=a"), None);
    }
}
