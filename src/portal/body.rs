//! Bodies, checked before they are used.
//!
//! A handler that changes something takes only a [`Checked`] value. It cannot be had without the
//! checks of origin, type and token that the policy asks for: a witness that they were made.

use rocket::data::{Data, FromData, Outcome, ToByteUnit};
use rocket::form::{Form, FromForm};
use rocket::http::{RawStr, Status};
use rocket::request::Request;
use serde::de::DeserializeOwned;

use crate::base::byte_order_mark;
use crate::defences::csrf_token::TOKEN_FIELD;
use crate::defences::policy::Name;
use crate::portal::Visitor;
use crate::portal::forms::{PortalForm, SIGN_IN, value};
use crate::portal::outlived::{accepted, from_own_page, lead_on, shows_pages};
use crate::web::context::{RequestContext, TypedForm};
use crate::web::problem::{LARGEST_BODY, Problem};

/// A form's fields, `T` by their names.
#[derive(Debug)]
pub struct FormBody<T>(pub T);

/// A JSON document of the shape `T`.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

/// A body that passed every check, and the visitor that it was checked for.
#[derive(Debug)]
#[expect(
    clippy::manual_non_exhaustive,
    reason = "that keeps other crates out, and this the handlers of this one"
)]
pub struct Checked<'r, B> {
    /// Who sent it.
    pub visitor: Visitor<'r>,
    /// What was sent.
    pub body: B,
    /// Only this file can make one.
    _witness: (),
}

#[rocket::async_trait]
impl<'r, T> FromData<'r> for Checked<'r, FormBody<T>>
where
    T: for<'f> FromForm<'f> + Send + 'static,
{
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        answer(request, check_form(request, data).await)
    }
}

#[rocket::async_trait]
impl<'r, T: DeserializeOwned + Send + 'r> FromData<'r> for Checked<'r, JsonBody<T>> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        answer(request, check_json(request, data, CsrfCheck::Needed).await)
    }
}

/// A JSON sign-in: like `Checked<JsonBody<T>>`, but without a token. Its content type, which a form
/// of another site cannot send, and the check of the origin guard it.
#[derive(Debug)]
pub struct CheckedWithoutToken<'r, B>(pub Checked<'r, B>);

#[rocket::async_trait]
impl<'r, T: DeserializeOwned + Send + 'r> FromData<'r> for CheckedWithoutToken<'r, JsonBody<T>> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        let checked = check_json(request, data, CsrfCheck::NotNeeded).await;
        answer(request, checked.map(CheckedWithoutToken))
    }
}

fn answer<'r, T>(request: &Request<'_>, result: Result<T, Problem>) -> Outcome<'r, T, ()> {
    match (result, RequestContext::of(request)) {
        (Ok(value), _) => Outcome::Success(value),
        (Err(problem), Some(context)) => Outcome::Error((context.leave(problem), ())),
        (Err(problem), None) => Outcome::Error((problem.status, ())),
    }
}

async fn check_form<'r, T>(
    request: &'r Request<'_>,
    data: Data<'r>,
) -> Result<Checked<'r, FormBody<T>>, Problem>
where
    T: for<'f> FromForm<'f> + 'static,
{
    let is_form = request.content_type().is_some_and(|found| found.is_form());
    // Read first, so that no refusal loses what was typed. The checks keep their order.
    let text = match is_form {
        true => read(data).await,
        false => Err(wrong_type("application/x-www-form-urlencoded")),
    };
    let form = own_form(request);
    if let (Some(form), Ok(text)) = (form, &text) {
        note_typed(request, form, text);
    }
    let mut visitor = Visitor::of(request).await?;
    check_origin(request, &visitor).await?;
    let text = text?;
    let token = value(&text, TOKEN_FIELD);
    // To a browser, and to no program, the answer can be another page.
    let led_on = form.filter(|_| shows_pages(request));
    let refusal = match check_token(request, &visitor, token.as_deref()).await {
        Ok(()) if visitor.user().is_none() => led_on
            .filter(|form| form.needs_account)
            .map(|_| Problem::signed_out()),
        Ok(()) => None,
        Err(refusal) => Some(refusal),
    };
    match (refusal, led_on) {
        (None, _) => {}
        // A sign-out without a session has nothing to keep: its handler answers. A sign-in without a
        // cookie would be sent on for ever where the browser takes none.
        (Some(refusal), Some(form)) if form.needs_account || visitor.id_came => {
            return Err(lead_on(&mut visitor, form, &text, refusal).await?);
        }
        (Some(refusal), _) => return Err(refusal),
    }
    let body = Form::<T>::parse_encoded(RawStr::new(&text)).map_err(|errors| {
        let names: Vec<String> = errors
            .iter()
            .filter_map(|error| Some(error.name.as_ref()?.to_string()))
            .collect();
        unreadable(&format!(
            "These fields are missing or malformed: {}.",
            names.join(", ")
        ))
    })?;
    if form.is_some_and(|form| form.action != SIGN_IN) {
        accepted(&visitor, &text);
    }
    Ok(Checked {
        visitor,
        body: FormBody(body),
        _witness: (),
    })
}

/// Whether a request must carry the CSRF token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CsrfCheck {
    Needed,
    NotNeeded,
}

async fn check_json<'r, T: DeserializeOwned>(
    request: &'r Request<'_>,
    data: Data<'r>,
    csrf: CsrfCheck,
) -> Result<Checked<'r, JsonBody<T>>, Problem> {
    let visitor = Visitor::of(request).await?;
    check_origin(request, &visitor).await?;
    let content_type = request.headers().get_one("content-type");
    if !visitor.world.probe.json_only().accepts(content_type) {
        visitor
            .refused(Name::JsonOnly, "The body's type is not application/json.")
            .await?;
        let mut problem = wrong_type("application/json");
        problem.defence = Some(Name::JsonOnly);
        return Err(problem);
    }
    if csrf == CsrfCheck::Needed {
        check_token(request, &visitor, None).await?;
    }
    let text = read(data).await?;
    let body = serde_json::from_str(&text)
        .map_err(|error| unreadable(&format!("The JSON does not fit: {error}.")))?;
    Ok(Checked {
        visitor,
        body: JsonBody(body),
        _witness: (),
    })
}

async fn check_origin(request: &Request<'_>, visitor: &Visitor<'_>) -> Result<(), Problem> {
    let own = visitor.context.origin();
    let facts = visitor.context.facts(request, &own);
    match visitor.world.probe.request_origin().check(&facts) {
        Ok(()) => Ok(()),
        Err(refusal) => {
            visitor.refused(refusal.defence, refusal.because).await?;
            let next = "Send the request from a page of the portal itself.";
            Err(Problem::refused(Status::Forbidden, refusal, next))
        }
    }
}

async fn check_token(
    request: &Request<'_>,
    visitor: &Visitor<'_>,
    field: Option<&str>,
) -> Result<(), Problem> {
    let sent = field.or_else(|| request.headers().get_one("x-csrftoken"));
    let world = &visitor.world;
    let id = visitor.session.as_ref().map(|session| session.id.expose());
    match world.probe.csrf_token().check(&world.csrf_key(), id, sent) {
        Ok(()) => Ok(()),
        Err(refusal) => {
            visitor.refused(refusal.defence, refusal.because).await?;
            // A token is given out with a cookie. Where only the token comes back, the cookie was
            // blocked, or left out.
            let next = if sent.is_some() && !visitor.id_came {
                "No cookie came back with the form. Allow cookies for this site and load the page \
                 again; with curl, send the jar with -b."
            } else {
                "Load the page again and use its form, or ask csrf-token for a token and \
                 send it with the same session cookie."
            };
            Err(Problem::refused(Status::Forbidden, refusal, next))
        }
    }
}

/// The whole body as text.
async fn read(data: Data<'_>) -> Result<String, Problem> {
    match data.open(LARGEST_BODY.as_u64().bytes()).into_bytes().await {
        Ok(bytes) if !bytes.is_complete() => Err(Problem::too_large()),
        Ok(bytes) => {
            let text = byte_order_mark::text(&bytes.value);
            let text = text.map_err(|_| unreadable("The body is not UTF-8 text."))?;
            Ok(text.to_owned())
        }
        Err(error) => Err(unreadable(&format!("The body ended early: {error}."))),
    }
}

/// The form that a request sends, where the browser says that the portal's own page sent it.
fn own_form(request: &Request<'_>) -> Option<&'static PortalForm> {
    let context = RequestContext::of(request)?;
    let own = context.origin();
    let facts = context.facts(request, &own);
    PortalForm::of(request).filter(|_| from_own_page(&facts))
}

fn note_typed(request: &Request<'_>, form: &PortalForm, text: &str) {
    if let Some(context) = RequestContext::of(request) {
        let page = form.page;
        let fields = form.typed_of(text);
        context.note_typed(TypedForm { page, fields });
    }
}

fn unreadable(because: &str) -> Problem {
    let next = "Correct the body and send it again.";
    Problem::new(
        Status::UnprocessableEntity,
        "The body cannot be used",
        because,
        next,
    )
}

fn wrong_type(right: &str) -> Problem {
    let because = format!("This address takes a body of the type {right} only.");
    let next = format!("Send it with Content-Type: {right}.");
    Problem::new(
        Status::UnsupportedMediaType,
        "Wrong type of body",
        because,
        next,
    )
}
