//! `POST /class/join`: joins a class, after the student has compared the desk's fingerprint or given a
//! link that holds it.

use rocket::data::Capped;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, State, post, routes};
use rocket_dyn_templates::Template;

use super::view::{ClassPage, Comparison, JoinFields, Situation};
use super::{address, render};
use crate::classroom::member::class_members::{ClassError, ClassMembers, JoinForm, ReachableDesks};
use crate::classroom::member::https_desk::HttpsDesk;
use crate::classroom::member::invitation::{BadInvitation, Invitation, join_code};
use crate::classroom::member::record::{StudentSecret, WayToDesk};
use crate::lab::{Lessons, page};
use crate::web::context::RequestContext;
use crate::web::problem::Problem;

/// What the form leads to.
enum Next {
    /// The desk can be asked.
    Join(WayToDesk, String),
    /// The student compares this first.
    Compare(Comparison),
    /// The form is wrong, or the desk does not answer.
    Correct(String),
}

#[post("/class/join", data = "<form>")]
async fn join(
    context: &RequestContext,
    members: &State<ClassMembers>,
    lessons: &State<Lessons>,
    form: Capped<String>,
) -> Result<Either<Redirect, (Status, Template)>, Problem> {
    let form = page::fields(&form);
    let field = |name: &str| form.get(name).map(|text| text.trim().to_owned());
    let field = |name| field(name).unwrap_or_default();
    let fields = JoinFields {
        link: field("link"),
        address: field("address"),
        code: field("code"),
        name: field("name"),
        slip: field("slip"),
        secret: field("secret"),
    };
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let next = match next(members, &fields, &field("same")).await {
        Next::Join(way, code) => {
            let form = JoinForm {
                way,
                code,
                name: fields.name.clone(),
                pin: given(&fields.slip),
                secret: given(&fields.secret).map(StudentSecret::new),
            };
            match members.join(&context.bench, &form).await {
                Ok(()) => return Ok(Either::Left(Redirect::to(address(context)))),
                Err(ClassError::Storage(error)) => return Err(error.into()),
                Err(error) => Next::Correct(error.to_string()),
            }
        }
        other => other,
    };
    let situation = Situation::of(context, members, lessons).await?;
    let mut page = ClassPage::new(members, situation, fields);
    let status = match next {
        Next::Compare(comparison) => {
            page.compare = Some(comparison);
            Status::Ok
        }
        Next::Correct(error) => {
            page.error = Some(error);
            Status::UnprocessableEntity
        }
        Next::Join(..) => Status::Ok,
    };
    Ok(Either::Right((status, render(context, page))))
}

/// Decides what is next. `same` is the fingerprint that the student found to be the projector's.
async fn next(members: &ClassMembers, fields: &JoinFields, same: &str) -> Next {
    let correct = |error: BadInvitation| Next::Correct(error.to_string());
    match members.desks() {
        ReachableDesks::Nowhere => {
            return Next::Correct("There is no class on this machine yet. Ask the teacher.".into());
        }
        ReachableDesks::InProcess(_) => {
            return match join_code(&fields.code) {
                Ok(code) => Next::Join(WayToDesk::InProcess, code),
                Err(error) => correct(error),
            };
        }
        ReachableDesks::Anywhere => {}
    }
    let invitation = if fields.link.is_empty() {
        Invitation::from_parts(&fields.address, &fields.code)
    } else {
        Invitation::parse(&fields.link)
    };
    let mut invitation = match invitation {
        Ok(invitation) => invitation,
        Err(error) => return correct(error),
    };
    if invitation.pin.is_none() {
        invitation.pin = same.parse().ok();
    }
    if let Some(way) = members.way_to(&invitation) {
        return Next::Join(way, invitation.code);
    }
    match HttpsDesk::fingerprint(&invitation.desk).await {
        Ok(shown) => Next::Compare(Comparison {
            by_eye: shown.by_eye(),
            whole: shown.to_string(),
        }),
        Err(error) => Next::Correct(error.to_string()),
    }
}

pub(super) fn routes() -> Vec<Route> {
    routes![join]
}
