//! The layers of the settings: defaults < file < environment < flags.
//!
//! Figment stacks them and remembers where each value came from, so that an error can name a
//! value the way its author wrote it. Next: [`super`], which checks the result.

use std::{
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
};

use figment::{
    Figment, Metadata, Profile, Provider,
    error::{Actual, Kind},
    providers::{Format as _, Serialized, Toml},
    value::{Dict, Map, Value},
};
use serde::Deserialize;

use super::environment::{Environment, PREFIX, variable};
use super::toml_hint::toml_hint;
use crate::app::settings::flags::{ADDRESS, PORT, ServeFlags, StoreName};
use crate::base::byte_order_mark;
use crate::base::start_error::StartError;
use crate::classroom::protocol::CLASS_PORT;

/// The port of the teacher's pages, unless a flag chooses another.
const DESK_PORT: u16 = 7071;

const FILE: &str = "session-lab.toml";
const FLAGS: &str = "the flags";
const ENVIRONMENT: &str = "the environment";

/// The settings as they are written, before anything is checked but their types.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawSettings {
    pub lab_port: u16,
    pub http_port: u16,
    pub https_port: u16,
    pub attacker_port: u16,
    pub attacker_tls_port: u16,
    pub cafe_port: u16,
    pub data_dir: PathBuf,
    pub sessions: StoreName,
    pub redis_ca: Option<PathBuf>,
    pub labs: Option<PathBuf>,
    pub join: Option<String>,
    pub open: bool,
    pub class: bool,
    pub desk: bool,
    pub desk_port: u16,
    pub class_port: u16,
    pub bind: Option<IpAddr>,
    pub public_name: Option<String>,
    pub attacker_name: Option<String>,
}

/// The names of [`RawSettings`]'s fields, as a file spells them.
pub(super) const NAMES: [&str; 19] = [
    "lab-port",
    "http-port",
    "https-port",
    "attacker-port",
    "attacker-tls-port",
    "cafe-port",
    "data-dir",
    "sessions",
    "redis-ca",
    "labs",
    "join",
    "open",
    "class",
    "desk",
    "desk-port",
    "class-port",
    "bind",
    "public-name",
    "attacker-name",
];

/// The variables with keys, which no file may have.
const SECRETS: [&str; 4] = [
    "SECRET_KEY",
    "JWT_SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "JWT_SECRET_KEY_FALLBACKS",
];

impl Default for RawSettings {
    fn default() -> Self {
        Self {
            lab_port: 7070,
            http_port: 7080,
            https_port: 7443,
            attacker_port: 7666,
            attacker_tls_port: 7667,
            cafe_port: 7081,
            data_dir: PathBuf::from("./lab-data"),
            sessions: StoreName::file(),
            redis_ca: None,
            labs: None,
            join: None,
            open: false,
            class: false,
            desk: false,
            desk_port: DESK_PORT,
            class_port: CLASS_PORT,
            bind: None,
            public_name: None,
            attacker_name: None,
        }
    }
}

/// The stacked layers, which know where each value came from.
pub(super) struct SettingsLayers(Figment);

impl SettingsLayers {
    /// Stacks the layers; an optional settings file is looked for in `folder`.
    pub fn read(
        flags: ServeFlags,
        environment: &Environment,
        folder: &Path,
    ) -> Result<(RawSettings, Self), StartError> {
        let mut figment = Figment::new();
        let named = flags.config.clone().or_else(|| environment.config());
        if let Some(file) = read_file(named, folder)? {
            figment = figment.merge(file);
        }
        let flags = SettingsLayer::from_provider(FLAGS.to_owned(), &Serialized::defaults(flags))?;
        let environment = SettingsLayer {
            source: ENVIRONMENT.to_owned(),
            values: environment.values(&NAMES),
        };
        let layers = Self(figment.merge(environment).merge(flags));
        let raw = layers.0.extract().map_err(|error| layers.explain(&error))?;
        Ok((raw, layers))
    }

    /// A setting's name as its author wrote it: `--open`, `SESSION_LAB_OPEN`, or `open` in a file.
    pub fn spell(&self, name: &str) -> String {
        match self.source(name).as_deref() {
            None | Some(FLAGS) => format!("--{name}"),
            Some(ENVIRONMENT) => format!("{PREFIX}{}", variable(name)),
            Some(file) => format!("{name} in {file}"),
        }
    }

    /// Whether a setting was given as a flag.
    pub fn is_flag(&self, name: &str) -> bool {
        self.source(name).as_deref() == Some(FLAGS)
    }

    /// The error as a usage error where one of these settings was given as a flag.
    pub fn blame(&self, names: &[&str], error: StartError) -> StartError {
        if names.iter().any(|name| self.is_flag(name)) {
            error.usage()
        } else {
            error
        }
    }

    fn source(&self, name: &str) -> Option<String> {
        self.0
            .find_metadata(name)
            .map(|found| found.name.to_string())
    }

    fn explain(&self, error: &figment::Error) -> StartError {
        if let Kind::UnknownField(name, _) = &error.kind {
            let hint = unknown_key_hint(name);
            let file = self.source(name).unwrap_or_else(|| FILE.to_owned());
            return StartError::new(format!("unknown key {name} in {file}"), hint);
        }
        let name = error.path.first().map_or("", String::as_str);
        let (is_not, example) = accepts(name);
        let given = match self.0.find_value(name) {
            // A Redis address may hold a password.
            Ok(value) if name != "sessions" => shown(&value),
            _ => "the value".to_owned(),
        };
        let message = format!("{}: {given} is {is_not}", self.spell(name));
        let hint = match self.source(name).as_deref() {
            None | Some(FLAGS) => format!("write --{name} {example}"),
            Some(ENVIRONMENT) => format!("write {}={example}", self.spell(name)),
            Some(_) if is_text(name) => format!("write {name} = '{example}'"),
            Some(_) => format!("write {name} = {example}"),
        };
        self.blame(&[name], StartError::new(message, hint))
    }
}

/// What to write in place of a key that no file has.
fn unknown_key_hint(name: &str) -> String {
    let upper = variable(name);
    let upper = upper.strip_prefix(PREFIX).unwrap_or(&upper);
    if SECRETS.contains(&upper) {
        return format!("keys come from the environment: export {PREFIX}{upper}=…");
    }
    match NAMES.into_iter().find(|known| variable(known) == upper) {
        Some(known) => format!("write it as {known}"),
        None => format!("the known keys are {}", NAMES.join(", ")),
    }
}

/// What a value is not that a setting of this name does not accept, and an example.
pub(super) fn accepts(name: &str) -> (String, &'static str) {
    let text = |of: &str| format!("not text ({of})");
    match name {
        _ if name.ends_with("-port") => (format!("not {PORT}"), "7070"),
        "open" | "class" | "desk" => ("neither true nor false".into(), "true"),
        "bind" => (format!("not {ADDRESS}"), "0.0.0.0"),
        "sessions" => (text("file, memory or the address of a Redis"), "file"),
        "public-name" | "attacker-name" => (text("a name"), "lab.school.example"),
        "join" => (text("a link"), "https://192.0.2.7:7072/K7Q2MA"),
        "redis-ca" => (text("the name of a file"), "ca.pem"),
        _ => (text("the name of a folder"), "./folder"),
    }
}

/// Whether a file writes a setting in quotes.
pub(super) fn is_text(name: &str) -> bool {
    !name.ends_with("-port") && !matches!(name, "open" | "class" | "desk")
}

/// A value as a person wrote it, and nothing of what a list or a table holds.
fn shown(value: &Value) -> String {
    match value {
        Value::String(_, text) => format!("\"{text}\""),
        Value::Bool(_, switch) => switch.to_string(),
        Value::Num(_, number) => match number.to_actual() {
            Actual::Unsigned(number) => number.to_string(),
            Actual::Signed(number) => number.to_string(),
            Actual::Float(number) => number.to_string(),
            _ => "a number".into(),
        },
        Value::Array(..) => "a list".into(),
        _ => "a table".into(),
    }
}

fn read_file(named: Option<PathBuf>, folder: &Path) -> Result<Option<SettingsLayer>, StartError> {
    // Only this folder is searched: a file in a folder above it would be a surprise.
    let optional = named.is_none();
    let path = named.unwrap_or_else(|| folder.join(FILE));
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if optional && error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let message = format!("cannot read the settings file {}: {error}", path.display());
            let hint = "name a readable file: --config ./session-lab.toml";
            return Err(StartError::new(message, hint));
        }
    };
    let source = path.display().to_string();
    let text = byte_order_mark::text(&bytes).map_err(|reason| {
        let message = format!("cannot read the settings file {source}: {reason}");
        StartError::new(message, "save it as UTF-8 text")
    })?;
    let read = SettingsLayer::from_provider(source, &Toml::string(text));
    let read = read.map_err(|error| {
        let hint = toml_hint(text, &error.message);
        StartError { hint, ..error }
    });
    read.map(Some)
}

/// The values of one layer under the name that its errors show.
struct SettingsLayer {
    source: String,
    values: Dict,
}

impl SettingsLayer {
    fn from_provider(source: String, provider: &impl Provider) -> Result<Self, StartError> {
        let mut profiles = provider.data().map_err(|error| {
            let reason = one_line(&error.kind.to_string());
            let message = format!("{source} is not valid TOML: {reason}");
            StartError::new(
                message,
                "a settings file has lines such as http-port = 7080",
            )
        })?;
        Ok(Self {
            source,
            values: profiles.remove(&Profile::Default).unwrap_or_default(),
        })
    }
}

impl Provider for SettingsLayer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.source.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

/// A TOML error is a drawing of several lines. The first and the last have the message.
fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    match lines[..] {
        [] => String::new(),
        [only] => only.to_owned(),
        [first, .., last] => format!("{first}: {last}"),
    }
}
