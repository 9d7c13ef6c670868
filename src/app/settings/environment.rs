//! The environment as a layer of the settings: `SESSION_LAB_HTTP_PORT` and its like.
//!
//! It is read once and passed on, so that tests bring their own. The secret keys are taken from
//! here only. Next: `layers`, which stacks it with the file and the flags.

use std::{collections::BTreeMap, path::PathBuf};

use figment::value::{Dict, Value};

use super::GivenKeys;
use crate::base::byte_order_mark;
use crate::base::start_error::StartError;

/// What every variable of the lab begins with.
pub(super) const PREFIX: &str = "SESSION_LAB_";

/// The process's variables that begin with `SESSION_LAB_`, without that beginning.
///
/// Names that are no setting are left alone: the lab's tests and later versions have their own.
/// An empty variable counts as unset, as `NAME= session-lab` means it.
pub(super) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Reads the environment of this process.
    pub fn of_the_process() -> Result<Self, StartError> {
        let mut found = BTreeMap::new();
        for (name, value) in std::env::vars_os() {
            let Some(name) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else {
                continue;
            };
            let value = value.into_string().map_err(|_| {
                let message = format!("{PREFIX}{name} is not UTF-8");
                StartError::new(message, format!("remove it: unset {PREFIX}{name}"))
            })?;
            found.insert(name.to_owned(), value);
        }
        Ok(Self(found))
    }

    /// An environment made of `SESSION_LAB_` names and values.
    #[cfg(test)]
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        Self(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    /// The keys, which no other layer may carry.
    ///
    /// # Errors
    /// A list of earlier keys cannot be read.
    pub fn given_keys(&self) -> Result<GivenKeys, StartError> {
        let keys = GivenKeys::new(self.get("SECRET_KEY"), self.get("JWT_SECRET_KEY"));
        keys.with_fallbacks(
            self.get("SECRET_KEY_FALLBACKS"),
            self.get("JWT_SECRET_KEY_FALLBACKS"),
        )
    }

    /// The settings file that it names.
    pub fn config(&self) -> Option<PathBuf> {
        self.get("CONFIG").map(PathBuf::from)
    }

    /// Whether the lab is started to be measured. No flag says so: it is of no use to a student.
    pub fn measure(&self) -> bool {
        self.get("MEASURE") == Some("1")
    }

    /// What it says about the settings of these names.
    pub fn values(&self, names: &[&str]) -> Dict {
        let found = names.iter().filter_map(|name| {
            let text = self.get(&variable(name))?;
            Some(((*name).to_owned(), typed(name, text)))
        });
        found.collect()
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            // A key that a shell read from a file may begin with an editor's mark.
            .map(|value| byte_order_mark::skip(value).trim())
            .filter(|value| !value.is_empty())
    }
}

/// A variable is text; ports and switches become what a file would hold. What does not fit stays
/// text, and its type is the error.
fn typed(name: &str, text: &str) -> Value {
    match (name, text) {
        ("open" | "class" | "desk", "true" | "1") => Value::from(true),
        ("open" | "class" | "desk", "false" | "0") => Value::from(false),
        _ if name.ends_with("port") => text.parse::<u32>().map_or(Value::from(text), Value::from),
        _ => Value::from(text),
    }
}

/// A setting's name as a variable, without the prefix: `http-port` is `HTTP_PORT`.
pub(super) fn variable(name: &str) -> String {
    name.replace('-', "_").to_uppercase()
}
