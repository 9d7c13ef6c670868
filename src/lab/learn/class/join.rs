//! `POST /class/join`: joins a class, after the student has compared the desk's fingerprint or given a
//! link that holds it.

use rocket::data::Capped;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Either, Route, State, post, routes};
use rocket_dyn_templates::Template;

use super::view::{ClassPage, Comparison, JoinFields, NotJoined, Situation};
use super::{address, render};
use crate::classroom::member::class_members::{ClassError, ClassMembers, JoinForm, ReachableDesks};
use crate::classroom::member::desk_link::LinkError;
use crate::classroom::member::https_desk::HttpsDesk;
use crate::classroom::member::invitation::{BadInvitation, Invitation, join_code};
use crate::classroom::member::record::{StudentSecret, WayToDesk};
use crate::classroom::protocol::RefusedReason;
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
    Correct(NotJoined),
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
                Err(error) => Next::Correct(NotJoined {
                    says: error.to_string(),
                    fields: fields_of(&error, &fields),
                }),
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
    let correct = |error: BadInvitation| {
        let field = match error {
            _ if !fields.link.is_empty() || error == BadInvitation::Empty => "link",
            BadInvitation::Code | BadInvitation::NoCode => "code",
            _ => "address",
        };
        Next::Correct(NotJoined {
            says: error.to_string(),
            fields: vec![field],
        })
    };
    match members.desks() {
        ReachableDesks::Nowhere => {
            return Next::Correct(NotJoined {
                says: "There is no class on this machine yet. Ask the teacher.".into(),
                fields: Vec::new(),
            });
        }
        ReachableDesks::InProcess(_) => {
            return match join_code(&fields.code) {
                Ok(code) => Next::Join(WayToDesk::InProcess, code),
                Err(error) => Next::Correct(NotJoined {
                    says: error.to_string(),
                    fields: vec!["code"],
                }),
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
        Err(error) => Next::Correct(NotJoined {
            says: error.to_string(),
            fields: vec![field_of_address(fields)],
        }),
    }
}

/// The field that names the desk.
fn field_of_address(fields: &JoinFields) -> &'static str {
    if fields.link.is_empty() {
        "address"
    } else {
        "link"
    }
}

/// The fields to look at after a refusal. On this machine the form has no field for an address.
fn fields_of(error: &ClassError, fields: &JoinFields) -> Vec<&'static str> {
    let is_here = fields.link.is_empty() && fields.address.is_empty();
    let code = if fields.link.is_empty() {
        "code"
    } else {
        "link"
    };
    let slip = (!fields.slip.is_empty()).then_some("slip");
    match error {
        ClassError::Field { name, .. } => vec![name],
        ClassError::Link(LinkError::Refused(refused)) => match refused.reason {
            RefusedReason::NoSuchClass => vec![code],
            // A code or a PIN was wrong; the desk does not say which.
            RefusedReason::TooManyWrong => [code].into_iter().chain(slip).collect(),
            RefusedReason::NameTaken => ["name"].into_iter().chain(slip).collect(),
            RefusedReason::BadName => vec!["name"],
            _ => Vec::new(),
        },
        ClassError::Link(_) if is_here => Vec::new(),
        ClassError::Link(_) => vec![field_of_address(fields)],
        ClassError::Input(_) | ClassError::Storage(_) => Vec::new(),
    }
}

pub(super) fn routes() -> Vec<Route> {
    routes![join]
}
