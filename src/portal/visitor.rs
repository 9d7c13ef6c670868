//! Who a request comes from: the session that its cookie opens under the policy.

mod cookies;
mod passive;
mod source;

use std::time::Duration;

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::base::event::{EventKind, Fingerprint};
use crate::base::set_cookie::SetCookie;
use crate::defences::facts::Role;
use crate::defences::policy::Name;
use crate::session::accounts::Account;
use crate::session::recognise::RecogniseError;
use crate::session::state_cookie::SignedState;
use crate::session::world::World;
use crate::session::{Presented, Recognised, Session, SessionId, cookie};
use crate::storage::StorageError;
use crate::web::context::{RequestContext, SignedIn, fail};
use crate::web::interrupted::Interrupted;
use crate::web::page::{Countdown, Frame, PortalView, VariantView};
use crate::web::problem::Problem;

pub use self::passive::PassiveVisitor;
pub use self::source::VisitorSource;

/// Who sent a request, as far as the policy lets the portal know.
///
/// Finding that out can itself set a cookie: one that opens no session any more is removed, and an
/// id that was renewed, or that came in the address, is set. A guard has no answer, so
/// [`Visitor::of`] leaves these with [`RequestContext::set_cookie_from_guard`]. Every other cookie
/// is a value that a method here gives and the handler returns in
/// [`crate::web::with_cookies::WithCookies`].
#[derive(Debug)]
pub struct Visitor<'r> {
    /// The request's context.
    pub context: &'r RequestContext,
    /// The accounts and sessions of its variant on its bench.
    pub world: World<'r>,
    /// The session that the request was recognised by.
    pub session: Option<Session>,
    /// An id that nobody issued and that the policy takes.
    pub adopted_id: Option<SessionId>,
    /// The session whose id the request brought, where it is no session any more.
    pub ended: Option<Fingerprint>,
    /// Whether any session id came along, even one that is not accepted.
    pub id_came: bool,
    /// Whether a rotation ended the id of the request a moment ago. No answer may touch its cookie.
    pub replaced: bool,
    /// Whether the browser says that a page of another origin led here, by a link or otherwise.
    pub(super) led_from_elsewhere: bool,
    /// Where a session that it opens comes from.
    pub source: VisitorSource,
    state: Option<SignedState>,
    state_cookie: Option<String>,
    role_cookie: Option<String>,
    browser_cookie: Option<String>,
}

/// Whether a look at a session counts as its use.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LookCounts {
    AsUse,
    AsNothing,
}

impl<'r> Visitor<'r> {
    /// Recognises the visitor, and notes that the session was used.
    ///
    /// # Errors
    /// A refused cookie (400), a store that does not answer (503), a page without a variant (404).
    pub async fn of(request: &'r Request<'_>) -> Result<Self, Problem> {
        Self::find(request, LookCounts::AsUse).await
    }

    async fn find(request: &'r Request<'_>, counts: LookCounts) -> Result<Self, Problem> {
        let (Some(context), Some(world)) = (
            RequestContext::of(request),
            RequestContext::of(request).and_then(RequestContext::world),
        ) else {
            return Err(Problem::not_found());
        };
        let (variant, bench) = (world.variant, world.bench.name());
        let values = |name: &str| cookie::values(request.headers().get("cookie"), name);
        let name = cookie::name(world.probe, variant, bench);
        let sid = request.query_value::<&str>("sid").and_then(Result::ok);
        let presented = Presented {
            cookies: values(&name),
            url: sid,
        };
        let found = match counts {
            LookCounts::AsUse => world.recognise(&presented).await,
            LookCounts::AsNothing => world.look_up(&presented).await,
        };
        let found = match found {
            Ok(found) => found,
            Err(RecogniseError::StorageError(error)) => return Err(error.into()),
            Err(RecogniseError::Refused(refusal)) => {
                world
                    .note(refused(refusal.defence, refusal.because))
                    .await?;
                let next = "Delete the session cookies of this site and sign in again.";
                return Err(Problem::refused(Status::BadRequest, refusal, next));
            }
        };
        let first = |what| {
            let name = cookie::plain_name(what, variant, bench);
            values(&name).first().map(|value| (*value).to_owned())
        };
        let mut visitor = Self {
            context,
            world,
            session: None,
            adopted_id: None,
            ended: None,
            id_came: !presented.cookies.is_empty() || presented.url.is_some(),
            replaced: false,
            led_from_elsewhere: matches!(
                request.headers().get_one("sec-fetch-site"),
                Some("cross-site" | "same-site")
            ),
            source: VisitorSource::of(request),
            state: None,
            state_cookie: first("state"),
            role_cookie: first("role"),
            browser_cookie: first("browser"),
        };
        let gone = || {
            let id = presented.cookies.first().copied();
            let id = id.and_then(SessionId::parse);
            id.map(|id| world.fingerprint(&id))
        };
        match found {
            Recognised::Nobody => {}
            Recognised::Stale => {
                visitor.ended = gone();
                context.set_cookie_from_guard(cookie::remove(world.probe, variant, bench));
            }
            Recognised::Replaced => {
                visitor.ended = gone();
                visitor.replaced = true;
            }
            Recognised::UnissuedId(id) => visitor.adopted_id = Some(id),
            Recognised::Known {
                session,
                renewed,
                by_url,
            } => {
                if renewed || by_url {
                    context.set_cookie_from_guard(visitor.session_cookie(&session));
                }
                visitor.session = Some(*session);
            }
        }
        if visitor.record_user().is_some() && world.probe.client_state().writes_cookie() {
            let cookie = visitor.state_cookie.as_deref();
            visitor.state = cookie.and_then(|value| world.signed_state(value));
        }
        if let (Some(user), Some(session)) = (visitor.user(), &visitor.session) {
            context.note_signed_in(SignedIn {
                user: user.to_owned(),
                id: session.id.clone(),
                large_text: visitor.large_text(),
                time_left: visitor.time_left(counts),
            });
        }
        if let Some(user) = visitor.user() {
            context.note_user(user);
        }
        Ok(visitor)
    }

    fn record_user(&self) -> Option<&str> {
        self.session.as_ref().and_then(Session::user)
    }

    /// The account that the request acts as, if somebody is signed in.
    pub fn user(&self) -> Option<&str> {
        let claimed = self.state.as_ref().map(|state| state.user.as_str());
        Some(
            self.world
                .probe
                .client_state()
                .user(claimed, self.record_user()?),
        )
    }

    /// The preference "large text".
    pub fn large_text(&self) -> bool {
        match &self.state {
            Some(state) => state.large_text,
            None => self
                .session
                .as_ref()
                .is_some_and(|session| session.record.large_text),
        }
    }

    /// What is left of the idle and of the absolute limit after this request.
    fn time_left(&self, counts: LookCounts) -> (Option<Duration>, Option<Duration>) {
        let World { probe, now, .. } = self.world;
        self.session.as_ref().map_or((None, None), |session| {
            let used = match counts {
                LookCounts::AsUse => now,
                LookCounts::AsNothing => session.last_used,
            };
            session.record.time_left(probe, used, now)
        })
    }

    /// What the browser cookie holds, for the throttle.
    pub fn browser_cookie(&self) -> Option<&str> {
        self.browser_cookie.as_deref()
    }

    /// The account that the request acts as, for a page.
    ///
    /// # Errors
    /// Nobody is signed in: the visitor is sent to the sign-in page. A client that sent JSON gets a
    /// 401.
    pub async fn account(&self) -> Result<Account, Interrupted> {
        match self.found_account().await? {
            Some(account) => Ok(account),
            None if self.context.json => Err(Problem::signed_out().into()),
            None => Err(self.context.redirect("/login").into()),
        }
    }

    /// The account that the request acts as, for a JSON route.
    ///
    /// # Errors
    /// Nobody is signed in (401).
    pub async fn account_for_api(&self) -> Result<Account, Problem> {
        let found = self.found_account().await?;
        found.ok_or_else(Problem::signed_out)
    }

    async fn found_account(&self) -> Result<Option<Account>, StorageError> {
        match self.user() {
            Some(user) => self.world.account(user).await,
            None => Ok(None),
        }
    }

    /// What the request may do.
    pub fn role(&self, account: &Account) -> Role {
        self.world
            .probe
            .role_source()
            .role(self.role_cookie.as_deref(), account.record.role)
    }

    /// Opens an anonymous session where there is none, as every page with a form does. Gives the
    /// cookie of the new session.
    ///
    /// # Errors
    /// The store does not answer (503), or a rotation ended the request's id a moment ago (409): the
    /// cookie of a new session would push the new id out of the browser.
    pub async fn ensure_session(&mut self) -> Result<Option<SetCookie>, Problem> {
        if self.session.is_some() {
            return Ok(None);
        }
        if self.replaced {
            return Err(Problem::replaced());
        }
        let adopted_id = self.adopted_id.take();
        let session = self
            .world
            .open_anonymous(adopted_id, self.source.for_record())
            .await?;
        let cookie = self.session_cookie(&session);
        self.session = Some(session);
        Ok(Some(cookie))
    }

    /// The CSRF token of the visitor's session, where the policy has one.
    pub fn csrf_token(&self) -> Option<String> {
        let id = self.session.as_ref().map(|session| session.id.expose());
        let probe = self.world.probe;
        probe.csrf_token().issue(&self.world.csrf_key(), id)
    }

    /// Writes a refusal to the journal.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn refused(&self, defence: Name, because: &str) -> Result<(), StorageError> {
        self.world.note(refused(defence, because)).await
    }

    /// A page of the portal.
    pub fn page(
        &self,
        template: &'static str,
        title: &str,
        role: Option<Role>,
        page: impl Serialize,
    ) -> Template {
        let user = self.user().map(str::to_owned);
        let time_left = self.time_left(LookCounts::AsUse);
        let portal = PortalView {
            base: self.context.base(),
            variant: VariantView::new(self.world.variant, &self.context.moved),
            countdown: user.as_ref().map(|_| Countdown::new(time_left)),
            user,
            role: role.map(Role::as_str),
            csrf: self.csrf_token(),
            large_text: self.large_text(),
            session: self.session.as_ref().map(|session| {
                let Fingerprint(text) = self.world.fingerprint(&session.id);
                text
            }),
        };
        render(self.context, template, title, portal, page)
    }
}

/// A page of the portal, from what all of them share and what is its own.
pub(super) fn render(
    context: &RequestContext,
    template: &'static str,
    title: &str,
    portal: PortalView,
    page: impl Serialize,
) -> Template {
    #[derive(Serialize)]
    struct FramedPage<T> {
        frame: Frame,
        #[serde(flatten)]
        portal: PortalView,
        #[serde(flatten)]
        page: T,
    }
    Template::render(
        template,
        FramedPage {
            frame: Frame::at(context, title),
            portal,
            page,
        },
    )
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Visitor<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        outcome(request, Visitor::of(request).await)
    }
}

fn outcome<T>(request: &Request<'_>, found: Result<T, Problem>) -> Outcome<T, ()> {
    match (found, RequestContext::of(request)) {
        (Ok(visitor), _) => Outcome::Success(visitor),
        (Err(problem), Some(context)) => fail(context, problem),
        (Err(problem), None) => Outcome::Error((problem.status, ())),
    }
}

fn refused(defence: Name, because: &str) -> EventKind {
    EventKind::Refused {
        defence: defence.slug().to_owned(),
        because: because.to_owned(),
    }
}
