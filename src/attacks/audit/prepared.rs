//! A request of a recipe that is ready to be sent, in parts that a check can change: its fields, its
//! CSRF tokens, its headers.

use std::collections::BTreeMap;

use serde_json::Value;

use super::wire::AuditError;
use crate::client::caller::Call;

/// What the placeholders of a recipe mean.
pub type Values = BTreeMap<&'static str, String>;

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

    /// The same with this header, in place of one of that name.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        let mut with = self.without(name);
        with.headers.push((name.to_owned(), value.to_owned()));
        with
    }

    /// The same without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(found, _)| !found.eq_ignore_ascii_case(name));
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

/// A text with its placeholders filled in.
pub fn fill(text: &str, values: &Values) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

/// JSON with the placeholders in its texts filled in.
pub(super) fn filled(json: &Value, values: &Values) -> Value {
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
    fn a_header_is_replaced_and_left_out_whatever_its_case() {
        let prepared = Prepared {
            method: "POST".into(),
            path: "/".into(),
            fields: Vec::new(),
            hidden: Vec::new(),
            tokens: Vec::new(),
            json: None,
            headers: vec![("Origin".into(), "http://own.test".into())],
            token_header: None,
        };
        let foreign = prepared.with("origin", "http://evil.test");
        let header = ("origin".to_owned(), "http://evil.test".to_owned());
        assert_eq!(foreign.headers, [header]);
        assert!(foreign.without("ORIGIN").headers.is_empty());
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
