//! The teacher's side of the desk: pages that only this computer reaches, behind a session.
//!
//! Read [`sign_in`] first. `routes.rs` says which address is which page. A change comes with the pages'
//! own `Origin` and with the session's token; reading changes nothing.

mod actions;
mod class_pages;
mod form;
mod held_form;
mod pages;
pub mod qr;
mod refused_form;
mod routes;
pub mod sign_in;
mod student_page;

use std::sync::Arc;

use hyper::header::COOKIE as COOKIE_HEADER;
use hyper::{Method, StatusCode};

use self::form::DeskForm;
use self::pages::PageError;
use self::refused_form::{PageVisit, RefusedForm};
use self::sign_in::{COOKIE, LinkKey, TeacherSession, TeacherSessions};
use super::Desk;
use super::bench_links::BenchLinks;
use super::server::{DeskAnswer, DeskRequest, DeskSite};
use crate::base::print::tell;
use crate::classroom::fingerprint::DeskFingerprint;
use crate::web::assets;
use crate::web::templates::UnservedPages;

/// The host of the teacher's pages. It is never the portal's: cookies do not tell ports apart.
pub const DESK_HOST: &str = "desk.localhost";

/// The largest body: a roster of 500 students.
const LARGEST: usize = 256 * 1024;

/// The teacher's pages.
pub struct TeacherSite {
    /// The desk.
    pub desk: Arc<Desk>,
    /// New links to benches of this machine.
    pub bench_links: Option<BenchLinks>,
    /// Who is signed in.
    pub sessions: Arc<TeacherSessions>,
    /// The templates.
    pub pages: UnservedPages,
    /// The port of these pages.
    pub port: u16,
    /// Where the class's labs reach the desk, as in `https://192.0.2.7:7072`.
    pub class_address: String,
    /// The fingerprint of the certificate that they compare.
    pub fingerprint: DeskFingerprint,
    /// The key of the codes in reports: that of the lab which the desk runs in.
    pub codes_key: [u8; 32],
}

impl std::fmt::Debug for TeacherSite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TeacherSite")
    }
}

impl DeskSite for TeacherSite {
    const LARGEST_BODY: usize = LARGEST;

    async fn answer(&self, request: DeskRequest) -> DeskAnswer {
        if let Some(refused) = self.refuse(&request) {
            return refused;
        }
        if let Some(path) = request.path.strip_prefix("/static/") {
            return asset(path);
        }
        let answered = match (&request.method, &*request.path) {
            (&Method::POST, "/sign-in") => return self.sign_in(&request),
            (&Method::POST, "/link") => return self.print_link(),
            (_, path) if path.starts_with("/projector/") => self.projector(path),
            _ => match self.session(&request) {
                Some(session) => return self.signed_in(&request, &session).await,
                None if request.method == Method::POST => {
                    let form = DeskForm::of(&request);
                    return self.not_done(&PageError::Locked, &request, &form, None);
                }
                None if is_asked_by_itself(&request) => {
                    return DeskAnswer::text(StatusCode::UNAUTHORIZED, "The desk is locked.");
                }
                None => return self.locked(&request.path),
            },
        };
        answered.unwrap_or_else(|error| self.problem(&error))
    }

    fn refuse_body(&self, status: StatusCode) -> DeskAnswer {
        DeskAnswer::text(status, "The desk takes at most 256 KiB in one request.")
    }
}

impl TeacherSite {
    /// The origin of these pages.
    pub fn origin(&self) -> String {
        format!("https://{DESK_HOST}:{}", self.port)
    }

    /// Another host, another method, another origin (DNS rebinding, CSRF).
    fn refuse(&self, request: &DeskRequest) -> Option<DeskAnswer> {
        let host = format!("{DESK_HOST}:{}", self.port);
        if request.header("host") != Some(&host) {
            let sentence = format!("The desk answers at {}/ only.", self.origin());
            return Some(DeskAnswer::text(StatusCode::MISDIRECTED_REQUEST, &sentence));
        }
        match request.method {
            Method::GET | Method::HEAD => None,
            Method::POST if request.header("origin") == Some(&self.origin()) => None,
            Method::POST => {
                let sentence = "A change at the desk must come from its own pages.";
                Some(DeskAnswer::text(StatusCode::FORBIDDEN, sentence))
            }
            _ => {
                let sentence = "The desk takes GET and POST only.";
                let answer = DeskAnswer::text(StatusCode::METHOD_NOT_ALLOWED, sentence);
                Some(answer.with("allow", "GET, HEAD, POST".into()))
            }
        }
    }

    fn sign_in(&self, request: &DeskRequest) -> DeskAnswer {
        let key = std::str::from_utf8(&request.body).unwrap_or_default();
        match self.sessions.exchange(key.trim(), self.desk.now()) {
            Ok(LinkKey::Right(id)) => DeskAnswer::empty(StatusCode::NO_CONTENT).with(
                "set-cookie",
                format!("{COOKIE}={id}; Path=/; Secure; HttpOnly; SameSite=Strict"),
            ),
            Ok(LinkKey::Spent) => {
                let sentence = "This link was used already, or a newer one was printed.";
                DeskAnswer::text(StatusCode::FORBIDDEN, sentence)
            }
            Ok(LinkKey::Unknown) => {
                let sentence = "This lab has printed no such link. Copy the whole link from the terminal, to \
                     its last letter. If the lab was started again, only its new link works.";
                DeskAnswer::text(StatusCode::FORBIDDEN, sentence)
            }
            Err(error) => broken(&error),
        }
    }

    /// Prints a new link in the terminal. Nothing of it is in the answer.
    fn print_link(&self) -> DeskAnswer {
        match self.sessions.another_link(self.desk.now()) {
            Ok(Ok(key)) => {
                let line = format!(
                    "  The teacher's desk {}/#{key} (works once)\n",
                    self.origin()
                );
                if let Err(error) = tell(&line) {
                    return broken(&error);
                }
                let said = "A new link is in the terminal in which the lab runs. Open it.";
                self.sign_in_page(StatusCode::OK, said)
            }
            Ok(Err(_)) => {
                let said = "A link was printed a moment ago. Look at the terminal.";
                self.sign_in_page(StatusCode::OK, said)
            }
            Err(error) => broken(&error),
        }
    }

    fn session(&self, request: &DeskRequest) -> Option<TeacherSession> {
        let lines = request.headers.get_all(COOKIE_HEADER).iter();
        let pairs = lines.filter_map(|line| line.to_str().ok());
        let mut pairs = pairs.flat_map(|line| line.split(';'));
        let id = pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
        self.sessions
            .find(id, is_asked_by_itself(request), self.desk.now())
    }

    async fn signed_in(&self, request: &DeskRequest, session: &TeacherSession) -> DeskAnswer {
        let path: Vec<&str> = request.path.split('/').filter(|s| !s.is_empty()).collect();
        let visit = PageVisit::of(session);
        if request.method != Method::POST {
            let read = self.read(&path, request, visit);
            return read.unwrap_or_else(|error| self.problem(&error));
        }
        let form = DeskForm::of(request);
        let error = match self.sent(&path, request, &form, session).await {
            Ok(answer) => return answer,
            Err(error) => error,
        };
        let refused = match error {
            PageError::Refused(ref mistake) if !DeskForm::is_by_script(request) => RefusedForm {
                form: &form,
                mistake: mistake.clone(),
            },
            error => return self.not_done(&error, request, &form, Some(session)),
        };
        // Each form is sent to the address of its own page.
        let visit = PageVisit {
            refused: Some(&refused),
            ..visit
        };
        let again = self.read(&path, request, visit);
        again.unwrap_or_else(|_| self.not_done(&error, request, &form, Some(session)))
    }

    async fn sent(
        &self,
        path: &[&str],
        request: &DeskRequest,
        form: &DeskForm,
        session: &TeacherSession,
    ) -> Result<DeskAnswer, PageError> {
        if !form.has_token(request, &session.token) {
            return Err(PageError::NoToken);
        }
        if path == ["sign-out"] {
            self.sessions.sign_out(session);
            let gone = format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
            return Ok(DeskAnswer::see_other("/".into()).with("set-cookie", gone));
        }
        self.change(path, session, request, form).await
    }
}

/// Whether an open page asks this by itself, every few seconds.
fn is_asked_by_itself(request: &DeskRequest) -> bool {
    request.path.ends_with("/board.json")
}

fn broken(error: &dyn std::fmt::Display) -> DeskAnswer {
    log::error!("the desk is broken: {error}");
    DeskAnswer::broken()
}

/// A style sheet, a script or a font.
fn asset(path: &str) -> DeskAnswer {
    let kind = match path.rsplit_once('.').map(|(_, end)| end) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    match assets::static_file(path) {
        Some(data) => DeskAnswer::new(StatusCode::OK, kind, data),
        None => DeskAnswer::text(StatusCode::NOT_FOUND, "There is no such file."),
    }
}
