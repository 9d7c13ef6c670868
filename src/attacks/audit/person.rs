//! Somebody with a cookie jar who uses the audited application.
//!
//! The jar sends every cookie that is set for the path, `Secure` or not: what a browser would keep
//! back is another question, and the checks of the attributes ask it.

use cookie_store::CookieStore;
use serde_json::Value;
use url::Url;

use super::exchange::AuditExchange;
use super::html::{FoundForm, FoundPage};
use super::prepared::{Prepared, Values, fill, filled};
use super::recipe::RequestRecipe;
use super::wire::{AuditError, AuditWire};
use crate::client::caller::{Call, Cookies};

/// How many redirects are followed, one after the other.
const MOST_REDIRECTS: usize = 5;

/// How many answers with cookies one person keeps.
const MOST_SETTERS: usize = 50;

/// Somebody with a jar.
#[derive(Clone, Debug)]
pub struct Person<'w> {
    wire: &'w AuditWire,
    jar: CookieStore,
    /// Every `Set-Cookie` line that came, in order.
    pub lines: Vec<String>,
    /// The exchanges in which they came, without the pages.
    pub setters: Vec<AuditExchange>,
}

impl<'w> Person<'w> {
    /// Somebody with an empty jar.
    pub fn new(wire: &'w AuditWire) -> Self {
        Self {
            wire,
            jar: CookieStore::default(),
            lines: Vec::new(),
            setters: Vec::new(),
        }
    }

    fn url(&self, path: &str) -> Option<Url> {
        // Always over TLS, so that the jar withholds no `Secure` cookie.
        let base = format!("https://{}/", self.wire.target().host_name);
        Url::parse(&base).ok()?.join(path).ok()
    }

    /// Name and value of every cookie that goes to this path.
    pub fn cookies(&self, path: &str) -> Vec<(String, String)> {
        let Some(url) = self.url(path) else {
            return Vec::new();
        };
        let pairs = self.jar.get_request_values(&url);
        let mut pairs: Vec<_> = pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        // The jar's own order is none, and a report must be the same each time.
        pairs.sort();
        pairs
    }

    /// The `Cookie` header for this path.
    pub fn cookie_header(&self, path: &str) -> Option<String> {
        header_of(&self.cookies(path))
    }

    /// The value of a cookie.
    pub fn cookie(&self, path: &str, name: &str) -> Option<String> {
        let found = self
            .cookies(path)
            .into_iter()
            .find(|(found, _)| found == name);
        found.map(|(_, value)| value)
    }

    /// Puts a cookie into the jar, as if this line had come.
    pub fn plant(&mut self, line: &str) {
        if let Some(url) = self.url("/") {
            // A line that the jar does not take is one that a client ignores.
            let _ = self.jar.parse(line, &url);
        }
    }

    /// Makes a GET of a whole path.
    ///
    /// # Errors
    /// No answer.
    pub async fn get(&mut self, path: &str) -> Result<AuditExchange, AuditError> {
        self.call(Call::get(path)).await
    }

    /// Makes a call, and keeps the cookies of the answer.
    ///
    /// # Errors
    /// No answer.
    pub async fn call(&mut self, mut call: Call) -> Result<AuditExchange, AuditError> {
        let cookie = match &call.cookies {
            Cookies::Jar => self.cookie_header(&call.path),
            Cookies::Exactly(header) => header.clone(),
        };
        call.headers
            .extend(cookie.map(|cookie| ("cookie".to_owned(), cookie)));
        let path = call.path.clone();
        let exchange = self.wire.send(call).await?;
        let lines: Vec<String> = exchange
            .reply
            .header("set-cookie")
            .map(str::to_owned)
            .collect();
        for line in lines {
            let pair = line.split(';').next().and_then(|pair| pair.split_once('='));
            if let Some((name, value)) = pair {
                self.wire.mask.note(value.trim(), name.trim());
            }
            if let Some(url) = self.url(&path) {
                let _ = self.jar.parse(&line, &url);
            }
            self.lines.push(line);
        }
        if exchange.header("set-cookie").is_some() && self.setters.len() < MOST_SETTERS {
            let mut setter = exchange.clone();
            setter.reply.body.clear();
            self.setters.push(setter);
        }
        Ok(exchange)
    }

    /// Makes a GET, and follows redirects within the application. Gives the last answer and the path
    /// that gave it.
    ///
    /// # Errors
    /// No answer, or the redirects do not end.
    pub async fn visit(&mut self, path: &str) -> Result<(String, AuditExchange), AuditError> {
        let first = self.get(path).await?;
        self.follow(path, first).await
    }

    /// Follows the redirects of an answer.
    ///
    /// # Errors
    /// No answer, or the redirects do not end.
    pub async fn follow(
        &mut self,
        path: &str,
        first: AuditExchange,
    ) -> Result<(String, AuditExchange), AuditError> {
        let (mut path, mut exchange) = (path.to_owned(), first);
        for _ in 0..MOST_REDIRECTS {
            let is_redirect = (300..400).contains(&exchange.reply.status);
            let location = exchange.header("location").filter(|_| is_redirect);
            let Some(next) = location.and_then(|to| self.wire.follow(&path, to)) else {
                return Ok((path, exchange));
            };
            path = next;
            exchange = self.get(&path).await?;
        }
        Err(AuditError::RedirectLoop(MOST_REDIRECTS))
    }

    /// Gets a request of a recipe ready: fetches its page, takes over the hidden fields of its form,
    /// and fills the placeholders in.
    ///
    /// # Errors
    /// No answer, or the page has no such form.
    pub async fn prepare(
        &mut self,
        recipe: &RequestRecipe,
        values: &Values,
    ) -> Result<Prepared, AuditError> {
        let mut fields = Vec::new();
        let mut tokens = Vec::new();
        let mut path =
            (!recipe.path.is_empty()).then(|| self.wire.path(&fill(&recipe.path, values)));
        let mut comes_from = None;
        if let Some(page) = &recipe.page {
            let page = self.wire.path(&fill(page, values));
            let (at, page) = self.visit(&page).await?;
            comes_from = Some(at.clone());
            let found = FoundPage::read(&page.reply.body);
            let form = form_for(
                &found,
                recipe,
                |action| self.wire.follow(&at, action),
                path.as_deref(),
            );
            if let Some(form) = form {
                for (name, value) in form.hidden() {
                    self.wire.mask.note_hidden(name, value);
                    if is_drawn(value) {
                        self.wire.mask.note(value, name);
                    }
                    if is_token(value) {
                        self.wire.mask.note(value, name);
                        tokens.push(name.to_owned());
                    }
                    fields.push((name.to_owned(), value.to_owned()));
                }
                if path.is_none() {
                    path = self.wire.follow(&at, &form.action);
                }
            } else if is_get(recipe)
                && let Some(link) =
                    link_for(&found, |to| self.wire.follow(&at, to), path.as_deref())
            {
                self.note_tokens_of(&link);
                path = Some(link);
            }
        }
        let path = path.ok_or_else(|| {
            let because = "the page of the recipe has no form that leads into the application";
            AuditError::Unexpected(because.into())
        })?;
        let mut headers: Vec<(String, String)> = recipe
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), fill(value, values)))
            .collect();
        if !is_get(recipe) {
            headers = self.with_origin(headers, comes_from.as_deref());
        }
        let mut token_header = None;
        if let Some(csrf) = &recipe.csrf {
            let answer = self.get(&self.wire.path(&csrf.from)).await?;
            let json: Value = serde_json::from_str(&answer.reply.body).unwrap_or_default();
            if let Some(token) = json[&csrf.member].as_str() {
                self.wire.mask.note(token, &csrf.member);
                headers.push((csrf.header.clone(), token.to_owned()));
                token_header = Some(csrf.header.clone());
            }
        }
        fields.retain(|(name, _)| !recipe.form.contains_key(name));
        let hidden = fields.iter().map(|(name, _)| name.clone()).collect();
        let own = recipe
            .form
            .iter()
            .map(|(name, value)| (name.clone(), fill(value, values)));
        fields.extend(own);
        Ok(Prepared {
            method: recipe.method.clone().unwrap_or_else(|| "POST".into()),
            path,
            fields,
            hidden,
            tokens,
            json: recipe.json.as_ref().map(|json| filled(json, values)),
            headers,
            token_header,
        })
    }

    /// These headers, and those that a browser sends with a form or a script of the application's own page.
    fn with_origin(
        &self,
        mut headers: Vec<(String, String)>,
        comes_from: Option<&str>,
    ) -> Vec<(String, String)> {
        let origin = self.wire.target().origin();
        let page = comes_from.map_or_else(|| self.wire.path("/"), str::to_owned);
        let own = [("referer", format!("{origin}{page}")), ("origin", origin)];
        for (name, value) in own {
            // The recipe may say otherwise.
            if headers
                .iter()
                .all(|(found, _)| !found.eq_ignore_ascii_case(name))
            {
                headers.push((name.to_owned(), value));
            }
        }
        headers
    }

    /// Notes the CSRF tokens in the query of a link.
    fn note_tokens_of(&self, link: &str) {
        for (name, value) in query_of(link) {
            if is_token(&value) {
                self.wire.mask.note(&value, &name);
            }
        }
    }

    /// Sends a request of a recipe as a user of the application would.
    ///
    /// # Errors
    /// No answer, or the request cannot be made.
    pub async fn submit(
        &mut self,
        recipe: &RequestRecipe,
        values: &Values,
    ) -> Result<AuditExchange, AuditError> {
        let call = self.prepare(recipe, values).await?.call()?;
        self.call(call).await
    }
}

/// The form of a page that a recipe means: the one with its address, else the one with its fields.
fn form_for<'p>(
    page: &'p FoundPage,
    recipe: &RequestRecipe,
    leads_to: impl Fn(&str) -> Option<String>,
    path: Option<&str>,
) -> Option<&'p FoundForm> {
    let at_path = page
        .forms
        .iter()
        .find(|form| path.is_some() && leads_to(&form.action).as_deref() == path);
    let names = |form: &&FoundForm| {
        let has = |name: &String| form.fields.iter().any(|field| field.name == *name);
        !recipe.form.is_empty() && recipe.form.keys().all(has)
    };
    at_path.or_else(|| page.forms.iter().find(names))
}

fn is_get(recipe: &RequestRecipe) -> bool {
    let method = recipe.method.as_deref().unwrap_or_default();
    method.eq_ignore_ascii_case("get")
}

/// The link of a page that leads to this path, with the query that it has there.
fn link_for(
    page: &FoundPage,
    leads_to: impl Fn(&str) -> Option<String>,
    path: Option<&str>,
) -> Option<String> {
    let wanted = path?.split('?').next();
    let mut links = page.links.iter().filter_map(|link| leads_to(&link.address));
    links.find(|to| to.split('?').next() == wanted)
}

/// The parameters in the query of a path.
fn query_of(path: &str) -> Vec<(String, String)> {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// A path without the parameters that only the application's own page has.
pub(super) fn without_query_tokens(path: &str) -> String {
    let mut kept = query_of(path);
    kept.retain(|(_, value)| !is_token(value));
    let own = path.split('?').next().unwrap_or_default();
    if kept.is_empty() {
        return own.to_owned();
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish();
    format!("{own}?{query}")
}

/// Whether a hidden value is one that a stranger cannot know: a CSRF token is long.
fn is_token(value: &str) -> bool {
    value.len() >= 16 && !value.contains([' ', '/']) || value.len() >= 32
}

/// Whether a hidden value looks drawn by lot, as a short id of something. It is no protection, but
/// another run has another one, so a report masks it wherever it occurs.
fn is_drawn(value: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    value.len() >= 8 && value.chars().all(is_part) && value.contains(|c: char| c.is_ascii_digit())
}

/// A `Cookie` header of these pairs.
pub fn header_of(pairs: &[(String, String)]) -> Option<String> {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    (!pairs.is_empty()).then(|| pairs.join("; "))
}
