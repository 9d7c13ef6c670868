//! One request of an audit with its answer, and how a report shows it: as a command for curl, with
//! every secret masked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

use crate::base::encode;
use crate::client::HttpExchange;

/// The shortest text that is masked wherever it occurs. Shorter ones are masked by their place.
const SHORTEST: usize = 8;

/// A request as it was sent, and its answer.
#[derive(Clone, Debug)]
pub struct AuditExchange {
    /// The method.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The headers that the audit chose, `Cookie` included.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// The answer.
    pub reply: HttpExchange,
    /// How long it took.
    pub took: Duration,
}

impl AuditExchange {
    /// The first value of a header of the answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.reply.header(name).next()
    }
}

/// A request and its answer as a report shows them. Two runs show the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownExchange {
    /// The command that sends the request again, once the masked values are filled in.
    pub curl: String,
    /// The status line of the answer, and the headers that matter.
    pub answer: String,
}

/// The secrets that were met, and what a report shows in their place.
#[derive(Debug, Default)]
pub struct SecretMask {
    secrets: Mutex<BTreeMap<String, String>>,
    /// Names and values of the hidden fields of forms.
    hidden: Mutex<BTreeSet<(String, String)>>,
}

impl SecretMask {
    fn map(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hidden(&self) -> MutexGuard<'_, BTreeSet<(String, String)>> {
        self.hidden.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a hidden field of a form. A report never shows its value in that field: a short id can
    /// look like a word.
    pub fn note_hidden(&self, name: &str, value: &str) {
        self.hidden().insert((name.to_owned(), value.to_owned()));
    }

    /// Notes a secret, by the name that a report shows.
    pub fn note(&self, secret: &str, shown: &str) {
        if secret.is_empty() {
            return;
        }
        let shown = format!("<{shown}>");
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let mut map = self.map();
        for text in [secret.to_owned(), encoded] {
            // The last name is the most telling one: an id that is also known as a predicted one.
            map.insert(text, shown.clone());
        }
    }

    /// A text without any of them: the longest first, because one may be a part of another.
    pub fn masked(&self, text: &str) -> String {
        let map = self.map();
        let mut secrets: Vec<_> = map
            .iter()
            .filter(|(secret, _)| secret.len() >= SHORTEST)
            .collect();
        secrets.sort_by_key(|(secret, _)| std::cmp::Reverse(secret.len()));
        let masked = secrets
            .iter()
            .fold(text.to_owned(), |text, (secret, shown)| {
                text.replace(&***secret, shown)
            });
        encode::line(&masked).into_owned()
    }

    /// The value of a field: also a short secret counts where it is the whole value, and each value
    /// that a form hides.
    fn value(&self, name: &str, value: &str) -> String {
        if let Some(shown) = self.map().get(value) {
            return shown.clone();
        }
        if self.hidden().contains(&(name.to_owned(), value.to_owned())) {
            return format!("<{name}>");
        }
        self.masked(value)
    }

    /// A `Cookie` header, with every value masked.
    fn cookies(&self, header: &str) -> String {
        let pairs = header.split("; ").map(|pair| match pair.split_once('=') {
            Some((name, value)) => match self.map().get(value) {
                Some(shown) => format!("{name}={shown}"),
                None => format!("{name}=<{name}>"),
            },
            None => self.masked(pair),
        });
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// A body of a form, with every secret value masked.
    fn form(&self, body: &str) -> String {
        let pairs = url::form_urlencoded::parse(body.as_bytes());
        let pairs = pairs.map(|(name, value)| format!("{name}={}", self.value(&name, &value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// The address, with the values in its query masked.
    fn url(&self, url: &str) -> String {
        match url.split_once('?') {
            Some((path, query)) => format!("{}?{}", self.masked(path), self.form(query)),
            None => self.masked(url),
        }
    }

    /// An exchange as a report shows it, with these headers of its answer.
    pub fn shown(&self, exchange: &AuditExchange, headers: &[&str]) -> ShownExchange {
        let mut curl = String::from("curl -i");
        // Without -X curl sends a GET, and a POST where there is a body.
        let usual = if exchange.body.is_empty() {
            "GET"
        } else {
            "POST"
        };
        if exchange.method != usual {
            let _ = write!(curl, " -X {}", exchange.method);
        }
        let mut is_form = false;
        for (name, value) in &exchange.headers {
            match &*name.to_ascii_lowercase() {
                "cookie" => {
                    let _ = write!(curl, " -b {}", quoted(&self.cookies(value)));
                }
                "content-type" if value == FORM => is_form = true,
                _ => {
                    let header = format!("{name}: {}", self.masked(value));
                    let _ = write!(curl, " -H {}", quoted(&header));
                }
            }
        }
        if !exchange.body.is_empty() {
            let body = match is_form {
                true => self.form(&exchange.body),
                false => self.masked(&exchange.body),
            };
            let _ = write!(curl, " --data-raw {}", quoted(&body));
        }
        let _ = write!(curl, " {}", quoted(&self.url(&exchange.url)));
        let mut answer = format!("HTTP {}", exchange.reply.status);
        for name in headers {
            let mut found = false;
            for value in exchange.reply.header(name) {
                found = true;
                let value = match *name {
                    "set-cookie" => self.set_cookie(value),
                    _ => self.masked(value),
                };
                let _ = write!(answer, "\n{name}: {value}");
            }
            if !found {
                let _ = write!(answer, "\n(no {name})");
            }
        }
        ShownExchange { curl, answer }
    }

    /// A `Set-Cookie` line whose value is masked, and whose date is no other one in each run.
    fn set_cookie(&self, line: &str) -> String {
        let mut parts = line.split(';');
        let name = parts
            .next()
            .and_then(|pair| pair.split('=').next())
            .unwrap_or_default();
        let mut shown = format!("{}=<{}>", encode::line(name), encode::line(name.trim()));
        for part in parts {
            let is_date = part.trim().to_ascii_lowercase().starts_with("expires=");
            shown.push_str("; ");
            shown.push_str(if is_date {
                "Expires=<a date>"
            } else {
                part.trim()
            });
        }
        encode::line(&shown).into_owned()
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_left_in_a_command_and_a_quote_ends_no_word() {
        let mask = SecretMask::default();
        mask.note("hunter2", "password");
        mask.note("0123456789abcdef", "session");
        mask.note("a/b+c d=e", "csrf token");
        mask.note_hidden("of", "cbdddffa");
        let exchange = AuditExchange {
            method: "POST".into(),
            url: "http://localhost:5000/x?sid=0123456789abcdef".into(),
            headers: vec![
                ("cookie".into(), "sid=0123456789abcdef; n=1001".into()),
                ("content-type".into(), FORM.into()),
                ("x-note".into(), "it's".into()),
            ],
            body: "password=hunter2&t=a%2Fb%2Bc+d%3De&user=alice&of=cbdddffa".into(),
            reply: HttpExchange {
                scheme: crate::defences::facts::Scheme::Http,
                sent: String::new(),
                head: String::new(),
                status: 303,
                headers: vec![(
                    "set-cookie".into(),
                    "sid=fedcba9876543210; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT".into(),
                )],
                body: String::new(),
            },
            took: Duration::ZERO,
        };
        let shown = mask.shown(&exchange, &["set-cookie", "location"]);
        assert_eq!(
            shown.curl,
            "curl -i -b 'sid=<session>; n=<n>' -H 'x-note: it'\\''s' --data-raw \
             'password=<password>&t=<csrf token>&user=alice&of=<of>' \
             'http://localhost:5000/x?sid=<session>'"
        );
        assert_eq!(
            shown.answer,
            "HTTP 303\nset-cookie: sid=<sid>; Path=/; Expires=<a date>\n(no location)"
        );
    }
}
