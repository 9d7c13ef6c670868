//! Planting cookies for the portal from its sibling, and taking them away again.
//!
//! A host may set a cookie for the domain above it, and `notes.portal.localhost` lies below
//! `portal.localhost`. The path of the variant makes the planted cookie come first, because browsers
//! send cookies with longer paths before others.

use rocket::response::Redirect;

use super::login_csrf;
use super::page::Scene;
use crate::base::addresses::BESIDE_SIBLING;
use crate::client::caller::{Caller, Portal};
use crate::client::{ClientError, Exchange, LabClient};
use crate::session::bench::loot::Planted;
use crate::session::cookie;
use crate::storage::StorageError;
use crate::web::problem::Problem;
use crate::web::reply::Reply;

/// Somebody who visits the variant from the attacker's own computer.
pub fn caller(scene: &Scene<'_>, door: &LabClient) -> Caller {
    let portal = Portal::of(&scene.context.addresses);
    let bench = scene.context.bench.name();
    Caller::new(door.clone(), portal, scene.scheme(), bench, scene.variant)
}

/// Signs in as mallory from the attacker's own computer: the answer, and her session cookie.
///
/// # Errors
/// The portal does not answer (503), or refuses her (409).
pub async fn mallory(
    scene: &Scene<'_>,
    door: &LabClient,
) -> Result<(Exchange, (String, String)), Reply> {
    let mut mallory = caller(scene, door);
    let no_answer = |error| no_answer(&error);
    mallory.get("/login").await.map_err(no_answer)?;
    let credentials = [
        ("username", login_csrf::ATTACKER),
        ("password", login_csrf::password()),
    ];
    let answer = mallory.submit("/login", &credentials).await;
    let answer = answer.map_err(no_answer)?;
    match mallory.session_cookie() {
        Some(session) if answer.status == 303 => Ok((answer, session)),
        _ => {
            let status = answer.status;
            let because = format!("The portal answered mallory's sign-in with {status}.");
            let next = "If her password was changed or she is locked out, reset the bench.";
            let status = rocket::http::Status::Conflict;
            Err(Problem::new(status, "Mallory could not sign in", because, next).into())
        }
    }
}

/// The name and value of every cookie that an answer sets.
pub fn pairs(answer: &Exchange) -> Vec<(String, String)> {
    let lines = answer.header("set-cookie").filter_map(|line| {
        let (name, value) = line.split(';').next()?.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    });
    lines.filter(|(_, value)| !value.is_empty()).collect()
}

/// Plants these cookies in the visitor's browser and remembers them.
///
/// # Errors
/// The store does not answer.
pub async fn plant(
    scene: &Scene<'_>,
    pairs: &[(String, String)],
) -> Result<Redirect, StorageError> {
    let path = scene.path();
    let lines: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}; Domain={BESIDE_SIBLING}; Path={path}"))
        .collect();
    for line in &lines {
        scene.context.set_cookie(line.clone());
    }
    let session = pairs.iter().find(|(name, _)| name.contains("session_"));
    let planted = Planted {
        variant: scene.variant,
        lines,
        session: session.cloned().unwrap_or_default(),
    };
    scene.context.bench.loot().plant(planted).await?;
    Ok(Redirect::to(scene.address("#planted")))
}

/// Takes every cookie away that the sibling may have planted for the variant.
///
/// # Errors
/// The store does not answer.
pub async fn clean_up(scene: &Scene<'_>) -> Result<Redirect, StorageError> {
    let bench = scene.context.bench.name();
    let path = scene.path();
    for what in ["session", "role", "state"] {
        let name = cookie::plain_name(what, scene.variant, bench);
        let line = format!("{name}=; Domain={BESIDE_SIBLING}; Path={path}; Max-Age=0");
        scene.context.set_cookie(line);
    }
    scene.context.bench.loot().forget_planted().await?;
    Ok(Redirect::to(scene.address("")))
}

/// The attacker's own requests went wrong.
pub fn no_answer(error: &ClientError) -> Reply {
    log::error!("the attacker's own request: {error}");
    let because = "The portal did not answer the attacker's own request.";
    let next = "Try again in a moment.";
    let status = rocket::http::Status::ServiceUnavailable;
    Problem::new(status, "Nothing was planted", because, next).into()
}
