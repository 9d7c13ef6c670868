//! Transfers of pretend money: what a forged request is after.

use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{FromForm, Route, get, post, routes};

use super::Visitor;
use super::logout::only_post;
use crate::portal::body::{Checked, FormBody};
use crate::session::accounts::TransferError;
use crate::web::interrupted::Interrupted;
use crate::web::problem::Problem;

#[derive(FromForm)]
struct Transfer {
    to: String,
    amount: u64,
}

#[post("/transfer", data = "<checked>")]
async fn transfer(checked: Checked<'_, FormBody<Transfer>>) -> Result<Redirect, Interrupted> {
    let Checked {
        visitor,
        body: FormBody(sent),
        ..
    } = checked;
    send(&visitor, &sent.to, sent.amount, "POST").await
}

#[get("/transfer?<to>&<amount>")]
async fn transfer_by_get(
    visitor: Visitor<'_>,
    to: Option<&str>,
    amount: Option<u64>,
) -> Result<Redirect, Interrupted> {
    if !visitor.world.probe.safe_methods().allows_get() {
        return Err(only_post("A transfer changes something, so it takes POST.").into());
    }
    let (Some(to), Some(amount)) = (to, amount) else {
        let because = "The parameters to and amount are needed, the amount as a whole number.";
        return Err(unprocessable(because.into()).into());
    };
    send(&visitor, to, amount, "GET").await
}

async fn send(
    visitor: &Visitor<'_>,
    to: &str,
    amount: u64,
    method: &str,
) -> Result<Redirect, Interrupted> {
    let from = visitor.account().await?;
    match visitor.world.transfer(&from.user, to, amount, method).await {
        Ok(_) => Ok(visitor
            .context
            .redirect(&format!("/dashboard?sent={amount}"))),
        Err(TransferError::StorageError(error)) => Err(error.into()),
        Err(error) => {
            let because = error.to_string();
            let first = because.chars().next().map(|c| c.to_uppercase().to_string());
            let rest = because.get(1..).unwrap_or_default();
            Err(unprocessable(format!("{}{rest}.", first.unwrap_or_default())).into())
        }
    }
}

fn unprocessable(because: String) -> Problem {
    let next = "Go back and correct the form.";
    Problem::new(
        Status::UnprocessableEntity,
        "No transfer was made",
        because,
        next,
    )
}

pub(super) fn routes() -> Vec<Route> {
    routes![transfer, transfer_by_get]
}
