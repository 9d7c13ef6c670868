//! Planting cookies for the portal from its sibling, and removing them again.
//!
//! A host may set a cookie for the domain above it, and `notes.portal.localhost` is below
//! `portal.localhost`. The path of the variant makes the planted cookie come first, because browsers
//! send cookies with longer paths before others.

use rocket::response::Redirect;

use super::login_csrf;
use super::page::Scene;
use crate::base::set_cookie::SetCookie;
use crate::client::caller::{Caller, Portal};
use crate::client::{ClientError, HttpExchange, LabClient};
use crate::session::bench::loot::Planted;
use crate::session::cookie;
use crate::storage::StorageError;
use crate::web::problem::Problem;
use crate::web::with_cookies::WithCookies;

/// A client that visits the variant from the attacker's own computer.
pub fn caller(scene: &Scene<'_>, client: &LabClient) -> Caller {
    let portal = Portal::of(&scene.context.addresses);
    let bench = scene.context.bench.name();
    Caller::new(client.clone(), portal, scene.scheme(), bench, scene.variant)
}

/// Signs in as mallory from the attacker's own computer: the answer, and mallory's session cookie.
///
/// # Errors
/// The portal does not answer (503), or refuses the sign-in (409).
pub async fn mallory(
    scene: &Scene<'_>,
    client: &LabClient,
) -> Result<(HttpExchange, (String, String)), Problem> {
    let mut mallory = caller(scene, client);
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
            let next =
                "If mallory's password was changed or mallory is locked out, reset the bench.";
            let status = rocket::http::Status::Conflict;
            Err(Problem::new(
                status,
                "Mallory could not sign in",
                because,
                next,
            ))
        }
    }
}

/// The name and value of every cookie that an answer sets.
pub fn pairs(answer: &HttpExchange) -> Vec<(String, String)> {
    let lines = answer.header("set-cookie").filter_map(|line| {
        let (name, value) = line.split(';').next()?.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    });
    lines.filter(|(_, value)| !value.is_empty()).collect()
}

/// Plants these cookies in the visitor's browser and remembers them. The answer sets them.
///
/// # Errors
/// The store does not answer.
pub async fn plant(
    scene: &Scene<'_>,
    pairs: &[(String, String)],
) -> Result<WithCookies<Redirect>, StorageError> {
    let path = format!("Path={}", scene.path());
    let domain = domain(scene);
    let cookies: Vec<SetCookie> = pairs
        .iter()
        .map(|(name, value)| SetCookie::new(name, value, &[&domain, &path]))
        .collect();
    let session = pairs.iter().find(|(name, _)| name.contains("session_"));
    let planted = Planted {
        variant: scene.variant,
        lines: cookies.iter().map(|c| c.as_str().to_owned()).collect(),
        session: session.cloned().unwrap_or_default(),
    };
    scene.context.bench.loot().plant(planted).await?;
    let redirect = Redirect::to(scene.address("#planted"));
    Ok(WithCookies::new(redirect, cookies))
}

/// Removes every cookie that the sibling may have planted for the variant.
///
/// # Errors
/// The store does not answer.
pub async fn clean_up(scene: &Scene<'_>) -> Result<WithCookies<Redirect>, StorageError> {
    let bench = scene.context.bench.name();
    let (domain, path) = (domain(scene), format!("Path={}", scene.path()));
    let removed = ["session", "role", "state"].map(|what| {
        let name = cookie::plain_name(what, scene.variant, bench);
        SetCookie::new(&name, "", &[&domain, &path, "Max-Age=0"])
    });
    scene.context.bench.loot().forget_planted().await?;
    let redirect = Redirect::to(scene.address(""));
    Ok(WithCookies::new(redirect, removed))
}

fn domain(scene: &Scene<'_>) -> String {
    let context = scene.context;
    let portal = context.addresses.name_beside(&context.host_name);
    format!("Domain={portal}")
}

/// The attacker's own requests went wrong.
pub fn no_answer(error: &ClientError) -> Problem {
    log::error!("the attacker's own request: {error}");
    let because = "The portal did not answer the attacker's own request.";
    let next = "Try again in a moment.";
    let status = rocket::http::Status::ServiceUnavailable;
    Problem::new(status, "Nothing was planted", because, next)
}
