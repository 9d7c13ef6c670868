//! The letters of a play: each session id and each token has one, wherever it appears. The stage
//! shows letters and never a value.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde::Serialize;
use serde_json::Value;

use crate::attacks::transcript::HeldSession;
use crate::client::HttpExchange;
use crate::lab::diagrams::steps::values;

/// A shorter value is found by its cookie only: elsewhere the same digits may mean something else.
const UNMISTAKABLE: usize = 12;

/// The letter of a secret, and the number of its colour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::lab::attack) struct Mark {
    pub letter: String,
    pub n: usize,
}

/// What kind of secret it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SecretKind {
    SessionId,
    AccessToken,
    RefreshToken,
}

impl SecretKind {
    const fn word(self) -> &'static str {
        match self {
            Self::SessionId => "session id",
            Self::AccessToken => "access token",
            Self::RefreshToken => "refresh token",
        }
    }
}

/// A secret that somebody sent or received.
#[derive(Clone, Debug)]
pub(super) struct Secret {
    pub mark: Mark,
    pub kind: SecretKind,
    value: String,
    /// The name of its cookie, without the bench; empty for one that is in no cookie.
    cookie: String,
}

impl Secret {
    /// What it is, in a few words: the name of its cookie, or what a token says of itself.
    pub fn words(&self) -> String {
        match (&*self.cookie, token_says(&self.value)) {
            ("", Some(says)) => format!("{}: {says}", self.kind.word()),
            ("", None) => self.kind.word().to_owned(),
            (name, _) => name.to_owned(),
        }
    }
}

/// Gives every secret a letter, in the order in which they appear.
pub(super) struct Marks<'f> {
    /// The fingerprint of the session that an id opens or opened.
    fingerprint: &'f (dyn Fn(&str) -> Option<String> + Sync),
    bench: &'f str,
    keys: Vec<String>,
    known: Vec<Secret>,
}

impl<'f> Marks<'f> {
    pub fn new(bench: &'f str, fingerprint: &'f (dyn Fn(&str) -> Option<String> + Sync)) -> Self {
        Self {
            fingerprint,
            bench,
            keys: Vec::new(),
            known: Vec::new(),
        }
    }

    fn of_key(&mut self, key: &str) -> Mark {
        let known = self.keys.iter().position(|known| known == key);
        let n = known.unwrap_or_else(|| {
            self.keys.push(key.to_owned());
            self.keys.len() - 1
        });
        // A letter of the alphabet; behind Z there are two.
        let letter = |n: usize| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n % 26]);
        let letter = match n / 26 {
            0 => letter(n).to_string(),
            more => format!("{}{}", letter(more - 1), letter(n)),
        };
        Mark { letter, n }
    }

    /// The letter of a session that the server holds.
    pub fn of_session(&mut self, fingerprint: &str) -> Mark {
        self.of_key(fingerprint)
    }

    fn secret(&mut self, kind: SecretKind, value: &str, cookie: &str) -> Option<Secret> {
        if value.is_empty() {
            return None;
        }
        let fingerprint = match kind {
            SecretKind::SessionId => (self.fingerprint)(value),
            SecretKind::AccessToken | SecretKind::RefreshToken => None,
        };
        let mark = self.of_key(fingerprint.as_deref().unwrap_or(value));
        let secret = Secret {
            mark,
            kind,
            value: value.to_owned(),
            cookie: cookie.to_owned(),
        };
        if !self.known.iter().any(|known| known.value == value) {
            self.known.push(secret.clone());
        }
        Some(secret)
    }

    /// The secret in a cookie, by the cookie's name.
    fn in_cookie(&mut self, pair: &str) -> Option<Secret> {
        let (name, value) = pair.split_once('=')?;
        let name = crate::lab::diagrams::steps::plain(name.trim(), self.bench);
        let kind = match &*name {
            name if name.contains("session_") => SecretKind::SessionId,
            name if name.contains("refresh_") => SecretKind::RefreshToken,
            _ => return None,
        };
        let value = value.split(';').next().unwrap_or_default();
        self.secret(kind, value.trim(), &name)
    }

    /// The secret in a `Set-Cookie` line; `None` where the line removes a cookie.
    pub fn in_line(&mut self, line: &str) -> Option<Secret> {
        self.in_cookie(line)
    }

    fn in_json(&mut self, body: &str) -> Vec<Secret> {
        let json: Value = serde_json::from_str(body).unwrap_or_default();
        let members = [
            ("access_token", SecretKind::AccessToken),
            ("refresh_token", SecretKind::RefreshToken),
            ("token", SecretKind::AccessToken),
        ];
        let found = members.into_iter().filter_map(|(name, kind)| {
            let value = json.get(name)?.as_str()?;
            self.secret(kind, value, "")
        });
        found.collect()
    }

    /// The secrets that a request carries to where they count: cookies, tokens, a body of JSON.
    pub fn sent(&mut self, exchange: &HttpExchange) -> Vec<Secret> {
        let sent = &exchange.sent;
        let mut found = Vec::new();
        for pair in values(sent, "cookie").flat_map(|line| line.split(';')) {
            found.extend(self.in_cookie(pair));
        }
        for line in values(sent, "authorization") {
            if let Some((_, token)) = line.split_once(' ') {
                found.extend(self.secret(SecretKind::AccessToken, token.trim(), ""));
            }
        }
        if let Some((_, body)) = sent.split_once("\n\n") {
            found.extend(self.in_json(body));
        }
        without_repeats(found)
    }

    /// The secrets that an answer brings.
    pub fn received(&mut self, exchange: &HttpExchange) -> Vec<Secret> {
        let mut found = Vec::new();
        for line in values(&exchange.head, "set-cookie") {
            found.extend(self.in_line(line));
        }
        found.extend(self.in_json(&exchange.body));
        without_repeats(found)
    }

    /// The known secrets that occur anywhere in a text: a query, a header, a backup.
    pub fn in_text(&self, text: &str) -> Vec<Secret> {
        let decoded: String = url::form_urlencoded::parse(text.replace('?', "&").as_bytes())
            .flat_map(|(name, value)| [name, "=".into(), value, " ".into()])
            .collect();
        let occurs = |secret: &&Secret| {
            let long = secret.value.len() >= UNMISTAKABLE;
            let named = format!("={}", secret.value);
            let wanted = if long { &secret.value } else { &named };
            [text, &decoded].iter().any(|text| has_word(text, wanted))
        };
        self.known.iter().filter(occurs).cloned().collect()
    }

    /// Whose session an id opens among those that the server holds.
    pub fn opens<'s>(&mut self, mark: &Mark, held: &'s [HeldSession]) -> Option<&'s str> {
        let session = held
            .iter()
            .find(|held| self.of_session(&held.fingerprint) == *mark);
        session?.user.as_deref()
    }
}

/// One secret may be in a cookie and in the body.
fn without_repeats(found: Vec<Secret>) -> Vec<Secret> {
    let mut kept: Vec<Secret> = Vec::new();
    for secret in found {
        if !kept.iter().any(|other| other.mark == secret.mark) {
            kept.push(secret);
        }
    }
    kept
}

/// Whether a text has a word, and not as a part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let part_of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    text.match_indices(word).any(|(at, _)| {
        let after = text[at + word.len()..].chars().next();
        let before = text[..at].chars().next_back();
        !after.is_some_and(part_of_word)
            && (word.starts_with('=') || !before.is_some_and(part_of_word))
    })
}

/// What a token says of itself: the algorithm and the user. `None` for what is no token.
fn token_says(token: &str) -> Option<String> {
    let mut parts = token.split('.');
    let part = |part: &str| -> Option<Value> {
        let json = BASE64_URL_SAFE_NO_PAD.decode(part).ok()?;
        serde_json::from_slice(&json).ok()
    };
    let header = part(parts.next()?)?;
    let payload = part(parts.next()?)?;
    let signed = parts.next().is_some_and(|signature| !signature.is_empty());
    let text = |json: &Value, name: &str| -> Option<String> {
        let value: String = json.get(name)?.as_str()?.chars().take(24).collect();
        Some(format!("{name} {value}"))
    };
    let says = [text(&header, "alg"), text(&payload, "sub")];
    let unsigned = (!signed).then(|| "no signature".to_owned());
    let says: Vec<String> = says.into_iter().chain([unsigned]).flatten().collect();
    Some(says.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defences::facts::Scheme;

    fn exchange(sent: &str, head: &str, body: &str) -> HttpExchange {
        HttpExchange {
            scheme: Scheme::Https,
            sent: sent.into(),
            head: head.into(),
            status: 200,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    fn letters(secrets: &[Secret]) -> Vec<String> {
        secrets.iter().map(|one| one.mark.letter.clone()).collect()
    }

    #[test]
    fn a_secret_keeps_its_letter_wherever_it_appears() {
        let fingerprint = |value: &str| Some(format!("#{value}"));
        let mut marks = Marks::new("x", &fingerprint);
        let first = exchange(
            "GET /login HTTP/1.1\nCookie: other=1",
            "HTTP/1.1 200 OK\nSet-Cookie: session_insecure_x=1007; Path=/",
            "",
        );
        assert!(marks.sent(&first).is_empty());
        assert_eq!(letters(&marks.received(&first)), ["A"]);
        let again = exchange("GET / HTTP/1.1\ncookie: session_insecure_x=1007", "", "");
        let sent = marks.sent(&again);
        assert_eq!(letters(&sent), ["A"]);
        assert_eq!(sent[0].words(), "session_insecure");
        assert_eq!(marks.of_session("#1007").letter, "A");
        let stolen = "GET /collect?cookie=session_insecure_x%3D1007%3B%20a%3Db HTTP/1.1";
        assert_eq!(letters(&marks.in_text(stolen)), ["A"]);
        assert!(marks.in_text("GET /wait?ms=10070 HTTP/1.1").is_empty());
        assert!(marks.in_text("it took 1007 ms").is_empty());
        let held = [HeldSession {
            fingerprint: "#1007".into(),
            rotated_from: None,
            user: Some("student123".into()),
        }];
        assert_eq!(marks.opens(&sent[0].mark, &held), Some("student123"));
    }

    #[test]
    fn a_token_says_what_it_says_of_itself_and_never_its_value() {
        let encode = |json: &str| BASE64_URL_SAFE_NO_PAD.encode(json);
        let token = format!(
            "{}.{}.",
            encode(r#"{"alg":"none"}"#),
            encode(r#"{"sub":"alice"}"#)
        );
        let none = |_: &str| None;
        let mut marks = Marks::new("x", &none);
        let answer = exchange(
            "POST /jwt/login HTTP/1.1",
            "",
            &format!(
                "{{\"access_token\":\"{token}\",\"refresh_token\":\"opaque-and-long-enough\"}}"
            ),
        );
        let received = marks.received(&answer);
        let words: Vec<String> = received.iter().map(Secret::words).collect();
        assert_eq!(
            words,
            [
                "access token: alg none, sub alice, no signature",
                "refresh token"
            ]
        );
        let sent = exchange(
            &format!("GET / HTTP/1.1\nAuthorization: Bearer {token}"),
            "",
            "",
        );
        assert_eq!(letters(&marks.sent(&sent)), ["A"]);
        let used = exchange(
            "POST / HTTP/1.1\nHost: x\n\n{\"refresh_token\":\"opaque-and-long-enough\"}",
            "",
            "",
        );
        assert_eq!(letters(&marks.sent(&used)), ["B"]);
    }
}
