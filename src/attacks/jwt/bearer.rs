//! What actors do with tokens: get them, send them, pass them on.
//!
//! A token works for anyone who holds it (a bearer token, RFC 6750). Nothing here can tell the
//! owner from a thief, and neither can the portal.

use serde_json::{Value, json};

use super::super::demo_accounts::demo_password;
use super::super::http_actor::HttpActor;
use super::super::scenario::ScenarioError;
use super::super::{Card, Outcome};
use super::forge::TokenParts;
use crate::client::HttpExchange;
use crate::client::caller::Call;

/// The tokens of a sign-in.
#[derive(Clone, Debug)]
pub(super) struct SignInTokens {
    /// The access token.
    pub access: String,
    /// The refresh token, wherever the portal put it.
    pub refresh: String,
}

/// Signs in for tokens with a demo account's own password. No session is opened: the two tokens are
/// all that there is.
///
/// With a strong `token-storage` the portal puts the refresh token into an HttpOnly cookie. That
/// hides it from a page's script. It hides nothing from a person who reads their own jar, so it is
/// found in both places.
pub(super) async fn sign_in(
    actor: &mut HttpActor<'_>,
    user: &str,
) -> Result<SignInTokens, ScenarioError> {
    let reply = actor
        .call(Call::json("/jwt/login", credentials(user).to_string()))
        .await?;
    let json = answer("the sign-in", &reply)?;
    let access = text(&json, "access_token")?;
    let in_json = json["refresh_token"].as_str().map(str::to_owned);
    let in_jar = || {
        actor
            .caller()
            .cookie("__Host-refresh_")
            .map(|(_, value)| value)
    };
    let refresh = in_json.or_else(in_jar);
    let missing = || ScenarioError::Unexpected("the sign-in gave no refresh token".into());
    Ok(SignInTokens {
        access,
        refresh: refresh.ok_or_else(missing)?,
    })
}

/// Has the partner sign a token for `user`. It looks like one of the portal's own, except for these
/// claims.
///
/// The partner shares the portal's HS256 key and signs what its customers ask for, in the name of
/// the user who signs in. So the signature is right, and a test of one claim depends on that claim
/// alone. A real attacker plays the same part with any service that shares the key.
pub(super) async fn partner_token(
    actor: &mut HttpActor<'_>,
    user: &str,
    claims: Value,
) -> Result<String, ScenarioError> {
    // The first answer tells the portal's own names. They are no secret: every token of the portal
    // contains them.
    let mut order = credentials(user);
    let reply = actor
        .call(Call::json("/jwt/partner", order.to_string()))
        .await?;
    let names = answer("the partner's answer", &reply)?;
    // Everything is set to what the portal's own tokens have. Then the one claim under attack
    // replaces its value.
    order["iss"] = names["portal_iss"].clone();
    order["aud"] = names["portal_aud"].clone();
    order["typ"] = "at+jwt".into();
    for (name, value) in claims.as_object().into_iter().flatten() {
        order[name] = value.clone();
    }
    let signed = actor
        .call(Call::json("/jwt/partner", order.to_string()))
        .await?;
    text(&answer("the partner's answer", &signed)?, "token")
}

/// Sends a token, and returns the user that the profile names.
///
/// 401 means that a check refused the token. Any other status is a fault of the portal or of this
/// program, and must not count as a defence.
pub(super) async fn opened_as(
    actor: &mut HttpActor<'_>,
    token: &str,
) -> Result<Option<String>, ScenarioError> {
    let reply = actor.call(with_token("GET", "/jwt/profile", token)).await?;
    match reply.status {
        200 => Ok(Some(text(&answer("the profile", &reply)?, "logged_in_as")?)),
        401 => Ok(None),
        _ => Err(unexpected("the profile", &reply)),
    }
}

/// Sends a token. The attack succeeds where the profile names `user`. Another name is no success: a
/// token that was accepted in the attacker's own name forged nothing.
pub(super) async fn judge(
    card: &Card,
    actor: &mut HttpActor<'_>,
    token: &str,
    user: &str,
) -> Result<Outcome, ScenarioError> {
    Ok(match opened_as(actor, token).await? {
        Some(opened) if opened == user => {
            Outcome::Succeeded(format!("The profile answers: logged in as {user}."))
        }
        _ => Outcome::Stopped(card.when_stopped.into()),
    })
}

/// Signs the attacker in to their own account, and takes their token apart. A genuine token is the
/// best template for a forgery: its claims are what the verifier expects, and the forger changes
/// one thing.
pub(super) async fn own_parts(
    attacker: &mut HttpActor<'_>,
    user: &str,
) -> Result<TokenParts, ScenarioError> {
    TokenParts::of(&sign_in(attacker, user).await?.access)
}

/// A request that carries a token in its header (RFC 6750 §2.1). No browser adds this header by
/// itself, so another site's page cannot use the victim's token as it uses a cookie.
pub(super) fn with_token(method: &'static str, path: &str, token: &str) -> Call {
    let call = Call {
        method,
        path: path.to_owned(),
        ..Call::default()
    };
    call.with("authorization", format!("Bearer {token}"))
}

/// The JSON of an answer with status 200.
pub(super) fn answer(what: &str, reply: &HttpExchange) -> Result<Value, ScenarioError> {
    if reply.status != 200 {
        return Err(unexpected(what, reply));
    }
    serde_json::from_str(&reply.body)
        .map_err(|error| ScenarioError::Unexpected(format!("{what} is no JSON: {error}")))
}

/// A member that holds text.
pub(super) fn text(json: &Value, name: &str) -> Result<String, ScenarioError> {
    let found = json[name].as_str().map(str::to_owned);
    found.ok_or_else(|| ScenarioError::Unexpected(format!("an answer has no {name}")))
}

/// An error: a step that is no part of the attack failed. It is never counted as "stopped".
pub(super) fn unexpected(what: &str, reply: &HttpExchange) -> ScenarioError {
    ScenarioError::Unexpected(format!("{what} was answered {}", reply.status))
}

// A demo account's name and password. Its owner signs in with them, or an attacker whose card says
// how they know them.
fn credentials(user: &str) -> Value {
    json!({ "username": user, "password": demo_password(user) })
}
