//! A form that outlived its session: its session has ended, or its token belongs to another one.
//!
//! What was typed becomes a draft, and the browser is sent on (303): to the sign-in, or to the form
//! where somebody is signed in. There the draft is in the form again, with a fresh token. Loading
//! that page again sends nothing twice.
//!
//! A page that repeats a refused form with a fresh token and a button is itself dangerous: with the
//! fields of an attacker's form it would be a forgery that waits for one click (CWE-352). Three rules
//! prevent that, whatever the policy:
//!
//! 1. A draft is made only of a form that the browser says came from the portal's own page, in
//!    `Sec-Fetch-Site` or `Origin`, which no page can write. A program is told 403 or 401 as ever:
//!    its sender still has what they typed.
//! 2. A draft is shown only to the session that was there or that was opened when it was made, also
//!    after a new id, and never to another user. Its id is random and part of the address.
//! 3. It is not shown where the browser says that another site led here. So an attacker who plants
//!    their own session in the victim's browser (weak `host-prefix`) cannot lead the victim to a
//!    draft of theirs.
//!
//! Refused alternative: the typed text in hidden fields of the sign-in form. It needs no memory, but
//! the page after the sign-in would be the answer to a POST that holds a password. Refused
//! alternative: accepting an old token. It would be accepted from anyone who ever saw one.

use std::sync::Arc;

use rocket::Request;

use super::Visitor;
use super::forms::{PortalForm, SIGN_IN, value};
use super::refill::{Refill, found_again};
use crate::base::event::Fingerprint;
use crate::defences::facts::RequestFacts;
use crate::defences::{Defence, RequestOrigin};
use crate::session::bench::drafts::Draft;
use crate::storage::StorageError;
use crate::web::problem::{Problem, ProblemDetail};

/// The field by which a form is sent together with its draft.
const DRAFT_FIELD: &str = "draft";
/// The field by which a page of somebody signed in says which session it is of.
const SESSION_FIELD: &str = "session";

/// Whether the browser says that a request comes from the portal's own page. It asks for more than
/// the defence `request-origin` does: one of the two headers must be there.
pub(super) fn from_own_page(facts: &RequestFacts<'_>) -> bool {
    let says_something = facts.fetch_site.is_some() || facts.origin.is_some();
    says_something && RequestOrigin::STRONG.check(facts).is_ok()
}

/// Whether the sender is a browser that shows the answer as a page. Browsers say so whenever a form is
/// sent; programs, and scripts on a page, get the status of the refusal.
pub(super) fn shows_pages(request: &Request<'_>) -> bool {
    let accept = request.headers().get_one("accept").unwrap_or_default();
    accept.contains("text/html")
}

/// Makes a draft of a form that outlived its session. Gives the problem that sends the browser on,
/// from the one that refused the form.
///
/// # Errors
/// The store does not answer (503), or there are no random bytes.
pub(super) async fn lead_on(
    visitor: &mut Visitor<'_>,
    form: &'static PortalForm,
    body: &str,
    refusal: Problem,
) -> Result<Problem, Problem> {
    let context = visitor.context;
    let drafts = context.bench.drafts();
    let ended = visitor
        .ended
        .clone()
        .or_else(|| Fingerprint::parse(&value(body, SESSION_FIELD)?));
    // A cookie that was taken away with its session is also missing. Then the journal has the end.
    let cookie_is_lost = !visitor.id_came
        && match &ended {
            Some(session) => visitor.world.why_ended(session).await?.is_none(),
            None => true,
        };
    let signed_in = visitor.user().map(str::to_owned);
    let user = match (&signed_in, &ended) {
        (Some(user), _) => Some(user.clone()),
        (None, Some(ended)) if form.needs_account => visitor.world.whose_ended(ended).await?,
        (None, _) => None,
    };
    // With the id that a rotation replaced a moment ago comes the browser that has the new one, or
    // will have it with the next answer.
    let holder = match (visitor.replaced, ended.clone()) {
        (true, Some(replaced)) => replaced,
        _ => {
            if let Some(cookie) = visitor.ensure_session().await? {
                context.set_cookie_from_guard(cookie);
            }
            visitor.fingerprint().ok_or_else(Problem::signed_out)?
        }
    };
    // The form was on a page of this browser, and with it the draft's id: no further proof is needed.
    let earlier = value(body, DRAFT_FIELD).and_then(|id| {
        let draft = drafts.find(&id, visitor.world.variant, visitor.world.now)?;
        drafts.forget(&id);
        Some(draft)
    });
    let mut draft = Draft {
        action: form.action,
        fields: form.kept_of(body),
        variant: visitor.world.variant,
        holder,
        user,
        at: visitor.world.now,
        behind: None,
    };
    if form.action == SIGN_IN {
        // The form that the sign-in was to lead to still waits.
        draft.behind = earlier.and_then(|earlier| match &earlier.behind {
            Some(behind) => Some(behind.clone()),
            None if earlier.action != SIGN_IN => Some(Box::new(Draft::clone(&earlier))),
            None => None,
        });
        if signed_in.is_some()
            && let Some(behind) = draft.behind.take()
        {
            let holder = draft.holder;
            draft = Draft { holder, ..*behind };
        }
    }
    let page = match PortalForm::sent_to(draft.action) {
        _ if signed_in.is_none() && !visitor.replaced => SIGN_IN,
        Some(form) if form.action != SIGN_IN => form.page,
        _ => "/dashboard",
    };
    let id = drafts.keep(draft).map_err(StorageError::NoRandomness)?;
    let why = match ended {
        _ if cookie_is_lost && page == SIGN_IN && form.needs_account => "no_cookie=1&".into(),
        Some(session) if page == SIGN_IN && form.needs_account => {
            format!("expired=1&session={session}&")
        }
        None if page == SIGN_IN && form.needs_account => "expired=1&".into(),
        _ => String::new(),
    };
    let to = format!("{}{page}?{why}draft={id}", context.base());
    Ok(Problem {
        detail: Box::new(ProblemDetail::Elsewhere(to)),
        ..refusal
    })
}

impl Visitor<'_> {
    /// The fingerprint of the visitor's session.
    fn fingerprint(&self) -> Option<Fingerprint> {
        let session = self.session.as_ref()?;
        Some(self.world.fingerprint(&session.id))
    }

    /// A draft, if it is this visitor's to see.
    pub(super) fn draft(&self, id: Option<&str>) -> Option<Arc<Draft>> {
        let record = &self.session.as_ref()?.record;
        let drafts = self.context.bench.drafts();
        let draft = drafts.find(id?, self.world.variant, self.world.now)?;
        let holder = Some(&draft.holder);
        let holds = holder == self.fingerprint().as_ref() || holder == record.rotated_from.as_ref();
        let user = self.user();
        let is_theirs = user.is_none() || draft.user.is_none() || user == draft.user.as_deref();
        (holds && is_theirs && !self.led_from_elsewhere).then_some(draft)
    }

    /// What the page `page` shows again, where its address names a draft. The page is of somebody
    /// signed in.
    pub(super) fn refill(&self, page: &str, id: Option<&str>) -> Refill {
        let (Some(draft), Some(id), Some(user)) = (self.draft(id), id, self.user()) else {
            return Refill::default();
        };
        match PortalForm::sent_to(draft.action) {
            Some(form) if form.action == SIGN_IN => {
                let notice = format!(
                    "You are signed in already, as {user}, perhaps in another tab. To sign in as \
                     somebody else, sign out first."
                );
                Refill::of_draft(id, &draft, notice)
            }
            Some(form) if form.page == page => Refill::of_draft(
                id,
                &draft,
                found_again(form, user, !draft.fields.is_empty()),
            ),
            _ => Refill::default(),
        }
    }

    /// What the sign-in page shows again, where its address names a draft.
    pub(super) fn refill_sign_in(&self, id: Option<&str>) -> Refill {
        let (Some(draft), Some(id)) = (self.draft(id), id) else {
            return Refill::default();
        };
        let waits = |draft: &Draft| {
            let not_done = PortalForm::sent_to(draft.action).map_or("", |form| form.not_done);
            match draft.fields.is_empty() {
                true => format!("{not_done}. After the sign-in you are led back to the form."),
                false => format!(
                    "{not_done}. What you typed is kept: after the sign-in it is in the form again."
                ),
            }
        };
        let notice = match &draft.behind {
            _ if draft.action != SIGN_IN => waits(&draft),
            behind => {
                let behind = behind.as_deref().map(waits).unwrap_or_default();
                let notice = format!(
                    "Nobody was signed in: the session that this form belonged to has ended, or \
                     another tab began another one. Enter the password again. {behind}"
                );
                notice.trim_end().to_owned()
            }
        };
        Refill::of_draft(id, &draft, notice)
    }

    /// Where a sign-in as `user` leads: to the form whose draft waits for it, or to the dashboard.
    pub(super) fn after_sign_in(&self, user: &str, id: Option<&str>) -> String {
        let waiting = self.draft(id).and_then(|draft| {
            let drafts = self.context.bench.drafts();
            drafts.forget(id?);
            let waiting: &Draft = draft.behind.as_deref().unwrap_or(&draft);
            let form = PortalForm::sent_to(waiting.action).filter(|form| form.needs_account)?;
            let owner = waiting.user.as_deref();
            let theirs = owner.is_none_or(|owner| owner == user);
            // Where there are no random bytes, nobody could sign in either.
            let holder = draft.holder.clone();
            let kept = Draft {
                holder,
                ..waiting.clone()
            };
            let id = drafts.keep(kept).ok().filter(|_| theirs)?;
            Some(format!("{}?draft={id}", form.page))
        });
        waiting.unwrap_or_else(|| "/dashboard".to_owned())
    }
}

/// Forgets the draft that a form came with, once the form was accepted.
pub(super) fn accepted(visitor: &Visitor<'_>, body: &str) {
    if let Some(id) = value(body, DRAFT_FIELD) {
        visitor.context.bench.drafts().forget(&id);
    }
}
