//! Another service that shares the portal's key: a partner that signs what its customers ask for.
//!
//! The partner knows only the user who signs in, so it never signs in the name of another user. But
//! it chooses issuer, audience, type, conditions and dates, and only the portal's verifier can tell
//! that the token was not meant for the portal.

use rocket::http::{Method, Status};
use rocket::serde::json::Json;
use rocket::{Route, post, routes};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::login::{account, no_key};
use super::{names, not_cached};
use crate::jwt::issue::{ACCESS_LIFETIME, random_id};
use crate::jwt::keys::SigningAlgorithm;
use crate::jwt::signature;
use crate::portal::api::credentials;
use crate::portal::body::{Checked, CheckedWithoutToken, JsonBody};
use crate::storage::StorageError;
use crate::web::openapi::ApiRoute;
use crate::web::openapi::shape::Shape;
use crate::web::problem::Problem;
use crate::web::with_cookies::WithHeaders;

/// The partner's own name.
const PARTNER: &str = "https://partner.example";

/// The longest text that the partner signs, in bytes.
const LONGEST: usize = 200;

/// How many conditions the partner signs.
const MOST: usize = 8;

#[derive(Deserialize)]
struct Order {
    username: String,
    password: String,
    /// The partner itself, where nothing else is asked for.
    iss: Option<String>,
    /// The partner's own service, where nothing else is asked for.
    aud: Option<String>,
    /// `JWT`, where nothing else is asked for: the partner issues id tokens.
    typ: Option<String>,
    /// Conditions. The header also has each of them under its name.
    #[serde(default)]
    crit: Vec<String>,
    /// From when on the token holds, in seconds since the epoch.
    nbf: Option<u64>,
}

#[derive(Serialize)]
struct SignedToken {
    token: String,
    /// The portal's own names, for anyone who wants a token that looks like one of the portal's.
    portal_iss: String,
    portal_aud: String,
}

#[post("/jwt/partner", data = "<checked>")]
async fn sign(
    checked: CheckedWithoutToken<'_, JsonBody<Order>>,
) -> Result<WithHeaders<Json<SignedToken>>, Problem> {
    let CheckedWithoutToken(Checked {
        visitor,
        body: JsonBody(order),
        ..
    }) = checked;
    check(&order)?;
    let user = account(&visitor, &order.username, &order.password)
        .await?
        .user;
    let (context, world) = (visitor.context, &visitor.world);
    let ring = world.key_ring().await?;
    let (kid, algorithm, key) = ring.signing(SigningAlgorithm::Hs256).ok_or_else(no_key)?;
    let mut header = Map::new();
    header.insert("alg".into(), SigningAlgorithm::Hs256.name().into());
    header.insert("kid".into(), kid.into());
    header.insert(
        "typ".into(),
        order.typ.unwrap_or_else(|| "JWT".into()).into(),
    );
    if !order.crit.is_empty() {
        header.extend(
            order
                .crit
                .iter()
                .map(|name| (name.clone(), Value::Bool(true))),
        );
        header.insert("crit".into(), order.crit.into());
    }
    let jti = random_id().map_err(StorageError::from)?;
    let now = world.now.seconds();
    let mut claims = json!({
        "iss": order.iss.as_deref().unwrap_or(PARTNER),
        "aud": order.aud.unwrap_or_else(|| format!("{PARTNER}/app")),
        "sub": user,
        "jti": jti,
        "iat": now,
        "exp": now.max(order.nbf.unwrap_or_default()).saturating_add(ACCESS_LIFETIME.as_secs()),
        "scope": "profile",
    });
    if let Some(nbf) = order.nbf {
        claims["nbf"] = nbf.into();
    }
    let names = names(context);
    Ok(not_cached(Json(SignedToken {
        token: signature::sign(&header, &claims, &key, algorithm).ok_or_else(no_key)?,
        portal_iss: names.issuer,
        portal_aud: names.audience,
    })))
}

/// The partner signs short texts, and conditions that are no other member of a header.
fn check(order: &Order) -> Result<(), Problem> {
    let texts = [&order.iss, &order.aud, &order.typ].into_iter().flatten();
    let long = texts.chain(&order.crit).any(|text| text.len() > LONGEST);
    let letters = |name: &String| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    };
    let reserved = |name: &String| matches!(name.as_str(), "alg" | "kid" | "typ" | "jwk" | "jku");
    let bad = !order.crit.iter().all(letters) || order.crit.iter().any(reserved);
    if !long && !bad && order.crit.len() <= MOST {
        return Ok(());
    }
    let because = "The partner does not sign that.";
    let next = format!(
        "Ask for texts of {LONGEST} bytes at most and {MOST} conditions at most, whose names are \
         small letters and hyphens and no other member of a header."
    );
    Err(Problem::new(
        Status::UnprocessableEntity,
        "Not signed",
        because,
        next,
    ))
}

/// What this route takes and answers.
pub(super) fn described() -> Vec<ApiRoute> {
    let perhaps = |description| Shape::text(description).or_null();
    let order = credentials().and_perhaps([
        (
            "iss",
            perhaps("The issuer; the partner where it is missing."),
        ),
        (
            "aud",
            perhaps("The audience; the partner's service where it is missing."),
        ),
        (
            "typ",
            perhaps("The type in the header; JWT where it is missing."),
        ),
        (
            "crit",
            Shape::list(
                "Conditions of the header.",
                Shape::text("The name of a condition."),
            ),
        ),
        (
            "nbf",
            Shape::number("From when on the token holds, in seconds since 1970.").or_null(),
        ),
    ]);
    vec![
        ApiRoute::new(
            Method::Post,
            "/jwt/partner",
            "orderToken",
            "A token of another service that shares the portal's key",
        )
        .takes(order)
        .answers(
            "What was ordered, signed.",
            Shape::object([
                ("token", Shape::text("The token.")),
                (
                    "portal_iss",
                    Shape::text("The portal's own name as an issuer."),
                ),
                (
                    "portal_aud",
                    Shape::text("The portal's own name as an audience."),
                ),
            ]),
        )
        .refuses(401, "The name or the password is wrong.")
        .refuses(415, "The body's type is not application/json.")
        .refuses(
            422,
            "The body does not fit, or the partner does not sign that.",
        )
        .refuses(
            429,
            "Too many failed attempts. Retry-After says when to come back.",
        ),
    ]
}

pub(super) fn routes() -> Vec<Route> {
    routes![sign]
}
