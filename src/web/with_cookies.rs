//! An answer together with what its handler adds to its headers.
//!
//! A handler that sets a cookie returns [`WithCookies`], so its signature shows it. A guard has no
//! answer: what a guard must set or remove, it leaves with
//! [`RequestContext::set_cookie_from_guard`](crate::web::context::RequestContext::set_cookie_from_guard),
//! and [`crate::web::answer`] adds it to whatever answer the request gets, a refusal included.

use rocket::Request;
use rocket::http::Header;
use rocket::response::{self, Responder};

use super::problem::Problem;
use crate::base::set_cookie::SetCookie;
use crate::storage::StorageError;

/// An answer that sets cookies, or removes them.
#[derive(Debug)]
pub struct WithCookies<T> {
    answer: T,
    cookies: Vec<SetCookie>,
}

impl<T> WithCookies<T> {
    /// The answer with these cookies. Of two that have one name the later one counts: an answer
    /// must not hold both (RFC 6265bis §4.1.1).
    pub fn new(answer: T, cookies: impl IntoIterator<Item = SetCookie>) -> Self {
        let mut chosen = Vec::new();
        for cookie in cookies {
            replace(&mut chosen, cookie);
        }
        Self {
            answer,
            cookies: chosen,
        }
    }
}

/// Adds a cookie, in place of an earlier one that has its name.
pub(super) fn replace(cookies: &mut Vec<SetCookie>, cookie: SetCookie) {
    cookies.retain(|earlier| earlier.name() != cookie.name());
    cookies.push(cookie);
}

impl<'r, T: Responder<'r, 'static>> Responder<'r, 'static> for WithCookies<T> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = self.answer.respond_to(request)?;
        for cookie in self.cookies {
            response.adjoin_raw_header("set-cookie", cookie.as_str().to_owned());
        }
        Ok(response)
    }
}

/// For `?` in a handler whose refusals can set a cookie: this one sets none.
impl From<Problem> for WithCookies<Problem> {
    fn from(problem: Problem) -> Self {
        Self::new(problem, None)
    }
}

impl From<StorageError> for WithCookies<Problem> {
    fn from(error: StorageError) -> Self {
        Problem::from(error).into()
    }
}

/// An answer with headers beside its own. They count before those that the policy decides on.
#[derive(Debug)]
pub struct WithHeaders<T> {
    answer: T,
    headers: Vec<Header<'static>>,
}

impl<T> WithHeaders<T> {
    /// The answer with these headers.
    pub fn new(answer: T, headers: impl IntoIterator<Item = Header<'static>>) -> Self {
        let headers = headers.into_iter().collect();
        Self { answer, headers }
    }
}

impl<'r, T: Responder<'r, 'static>> Responder<'r, 'static> for WithHeaders<T> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = self.answer.respond_to(request)?;
        for header in self.headers {
            response.set_header(header);
        }
        Ok(response)
    }
}
