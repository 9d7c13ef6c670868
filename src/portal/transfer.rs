//! Transfers of pretend money: what a forged request is after.

use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, FromForm, Route, get, post, routes};
use rocket_dyn_templates::Template;

use super::Visitor;
use super::dashboard;
use super::logout::only_post;
use super::refill::Refill;
use crate::portal::body::{Checked, FormBody};
use crate::session::accounts::TransferError;
use crate::web::interrupted::Interrupted;
use crate::web::problem::Problem;

/// How a transfer is answered: it was made, or the form is shown again.
type Answer = Either<Redirect, (Status, Template)>;

#[derive(FromForm)]
struct Transfer {
    to: String,
    /// Text, so that one that is no number is shown again.
    amount: String,
}

#[post("/transfer", data = "<checked>")]
async fn transfer(checked: Checked<'_, FormBody<Transfer>>) -> Result<Answer, Interrupted> {
    let Checked {
        visitor,
        body: FormBody(sent),
        ..
    } = checked;
    send(&visitor, &sent.to, &sent.amount, "POST").await
}

#[get("/transfer?<to>&<amount>")]
async fn transfer_by_get(
    visitor: Visitor<'_>,
    to: Option<&str>,
    amount: Option<u64>,
) -> Result<Answer, Interrupted> {
    if !visitor.world.probe.safe_methods().allows_get() {
        return Err(only_post("A transfer changes something, so it takes POST.").into());
    }
    let (Some(to), Some(amount)) = (to, amount) else {
        let because = "The parameters to and amount are needed, the amount as a whole number.";
        let next = "Correct the address, or use the form.";
        let status = Status::UnprocessableEntity;
        return Err(Problem::new(status, "No transfer was made", because, next).into());
    };
    send(&visitor, to, &amount.to_string(), "GET").await
}

async fn send(
    visitor: &Visitor<'_>,
    to: &str,
    amount: &str,
    method: &str,
) -> Result<Answer, Interrupted> {
    let from = visitor.account().await?;
    // A number that is no `u64` is more than anybody has.
    let Ok(whole) = amount.trim().parse() else {
        return again(visitor, to, amount, &TransferError::BadAmount).await;
    };
    match visitor.world.transfer(&from.user, to, whole, method).await {
        Ok(_) => {
            let done = format!("/dashboard?sent={whole}");
            Ok(Either::Left(visitor.context.redirect(&done)))
        }
        Err(TransferError::StorageError(error)) => Err(error.into()),
        Err(error) => again(visitor, to, amount, &error).await,
    }
}

/// The form with what was typed, and what is wrong with it.
async fn again(
    visitor: &Visitor<'_>,
    to: &str,
    amount: &str,
    error: &TransferError,
) -> Result<Answer, Interrupted> {
    let fields: &[&str] = match error {
        TransferError::BadAmount => &["amount"],
        _ => &["to"],
    };
    let message = format!("No transfer was made: {error}.");
    let refill = Refill::failed(message, fields)
        .with("to", to)
        .with("amount", amount);
    let page = dashboard::show(visitor, None, refill).await?;
    Ok(Either::Right((Status::UnprocessableEntity, page)))
}

pub(super) fn routes() -> Vec<Route> {
    routes![transfer, transfer_by_get]
}
