//! Somebody with a cookie jar who uses the audited application.
//!
//! The jar sends every cookie that is set for the path, `Secure` or not: what a browser would keep
//! back is another question, and the checks of the attributes ask it.

use std::collections::BTreeMap;

use cookie_store::CookieStore;
use serde_json::Value;
use url::Url;

use super::exchange::AuditExchange;
use super::html::{FoundForm, FoundPage};
use super::recipe::RequestRecipe;
use super::wire::{AuditError, AuditWire};
use crate::client::caller::{Call, Cookies};

/// How many redirects are followed, one after the other.
const MOST_REDIRECTS: usize = 5;

/// How many answers with cookies one person keeps.
const MOST_SETTERS: usize = 50;

/// What the placeholders of a recipe mean.
pub type Values = BTreeMap<&'static str, String>;

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

/// A request that is ready to be sent, in parts that a check can change.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The method.
    pub method: String,
    /// The whole path.
    pub path: String,
    /// The fields of the form, hidden ones first.
    pub fields: Vec<(String, String)>,
    /// The names of the hidden ones.
    pub hidden: Vec<String>,
    /// Which of them are secrets that only the page could have written: CSRF tokens.
    pub tokens: Vec<String>,
    /// The JSON body.
    pub json: Option<Value>,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The header with a CSRF token among them.
    pub token_header: Option<String>,
}

impl Prepared {
    /// The same without its CSRF token.
    #[must_use]
    pub fn without_token(mut self) -> Self {
        self.fields.retain(|(name, _)| !self.tokens.contains(name));
        let header = self.token_header.take();
        self.headers
            .retain(|(name, _)| Some(name) != header.as_ref());
        self
    }

    /// The same without anything that only the application's own page has: another site's form has the
    /// fields that its author chose.
    #[must_use]
    pub fn without_hidden(self) -> Self {
        let mut forged = self.without_token();
        forged
            .fields
            .retain(|(name, _)| !forged.hidden.contains(name));
        forged
    }

    /// Whether it carries a CSRF token.
    pub fn has_token(&self) -> bool {
        !self.tokens.is_empty() || self.token_header.is_some()
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The call for it.
    ///
    /// # Errors
    /// Its method is none of HTTP's.
    pub fn call(self) -> Result<Call, AuditError> {
        let method = method(&self.method)?;
        let mut call = match &self.json {
            Some(json) => {
                let mut call = Call::json(&*self.path, json.to_string());
                if self.headers.iter().any(|(name, _)| name == "content-type") {
                    call.headers.clear();
                }
                call
            }
            None => {
                let fields = self.fields.iter();
                let fields: Vec<(&str, &str)> =
                    fields.map(|(name, value)| (&**name, &**value)).collect();
                Call::form(&*self.path, &fields)
            }
        };
        call.method = method;
        if method == "GET" {
            call.headers.clear();
            let mark = if call.path.contains('?') { '&' } else { '?' };
            if !call.body.is_empty() {
                call.path = format!("{}{mark}{}", call.path, call.body);
                call.body.clear();
            }
        }
        call.headers.extend(self.headers);
        Ok(call)
    }
}

/// A method by its name. The client sends only these.
fn method(name: &str) -> Result<&'static str, AuditError> {
    let known = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let found = known
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name));
    found.ok_or_else(|| AuditError::Unexpected("the recipe names an unknown method".into()))
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
        let because = format!("{MOST_REDIRECTS} redirects one after the other, and no page");
        Err(AuditError::Unexpected(because))
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
        if let Some(page) = &recipe.page {
            let (at, page) = self.visit(&self.wire.path(page)).await?;
            let found = FoundPage::read(&page.reply.body);
            let form = form_for(
                &found,
                recipe,
                |action| self.wire.follow(&at, action),
                path.as_deref(),
            );
            if let Some(form) = form {
                for (name, value) in form.hidden() {
                    if is_token(value) {
                        self.wire.mask.note(value, name);
                        tokens.push(name.to_owned());
                    }
                    fields.push((name.to_owned(), value.to_owned()));
                }
                if path.is_none() {
                    path = self.wire.follow(&at, &form.action);
                }
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

/// Whether a hidden value is one that a stranger cannot know: a CSRF token is long.
fn is_token(value: &str) -> bool {
    value.len() >= 16 && !value.contains([' ', '/']) || value.len() >= 32
}

/// A `Cookie` header of these pairs.
pub fn header_of(pairs: &[(String, String)]) -> Option<String> {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    (!pairs.is_empty()).then(|| pairs.join("; "))
}

/// A text with its placeholders filled in.
pub fn fill(text: &str, values: &Values) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

/// JSON with the placeholders in its texts filled in.
fn filled(json: &Value, values: &Values) -> Value {
    match json {
        Value::String(text) => fill(text, values).into(),
        Value::Array(all) => all.iter().map(|one| filled(one, values)).collect(),
        Value::Object(all) => {
            let members = all
                .iter()
                .map(|(name, one)| (name.clone(), filled(one, values)));
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_and_other_braces_stay() {
        let values = Values::from([("user", "al\"ice".to_owned())]);
        assert_eq!(fill("{user} {other} {", &values), "al\"ice {other} {");
        let json = filled(&serde_json::json!({"n": ["{user}", 1]}), &values);
        assert_eq!(json.to_string(), "{\"n\":[\"al\\\"ice\",1]}");
    }

    #[test]
    fn a_get_has_its_fields_in_the_address_and_no_type() {
        let prepared = Prepared {
            method: "get".into(),
            path: "/t?x=1".into(),
            fields: vec![("to".into(), "a b".into())],
            hidden: Vec::new(),
            tokens: Vec::new(),
            json: None,
            headers: Vec::new(),
            token_header: None,
        };
        let call = prepared.call().expect("a method");
        assert_eq!((call.method, &*call.path), ("GET", "/t?x=1&to=a+b"));
        assert!(call.headers.is_empty() && call.body.is_empty());
    }
}
