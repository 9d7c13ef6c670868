//! One validated [`Settings`] from flags, environment and file.
//!
//! The layers are stacked in `layers`; here they are checked once, so that no other part of the
//! lab asks again whether a port or a name makes sense. Next: [`given_keys`], on what makes a key
//! strong enough for a class, and [`crate::app`], which starts what the settings say.

mod desk;
mod environment;
mod fallback_keys;
pub mod flags;
pub mod given_keys;
mod layers;
mod reach;
mod toml_hint;
mod weak_key;

use std::path::{Path, PathBuf};

pub use desk::DeskSettings;
pub use given_keys::{GivenKeys, ServerSecrets};
pub use reach::Reach;

use self::{
    environment::Environment,
    layers::{RawSettings, SettingsLayers},
};
use crate::app::settings::flags::ServeFlags;
use crate::base::start_error::StartError;
use crate::classroom::member::invitation::Invitation;
use crate::session::bench::Sharing;
use crate::storage::redis::Address;

/// Everything that can be set for one run of the lab.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Port of the lab's own pages (http); 0 picks a free one, here and below.
    pub lab_port: u16,
    /// Port of the portal without TLS.
    pub http_port: u16,
    /// Port of the portal with TLS.
    pub https_port: u16,
    /// Port of the attacker's site without TLS.
    pub attacker_port: u16,
    /// Port of the attacker's site with TLS.
    pub attacker_tls_port: u16,
    /// Port of the café, a relay to the portal.
    pub cafe_port: u16,
    /// Folder for the certificate, the keys and the sessions; empty in tests only.
    pub data_dir: PathBuf,
    /// Where sessions are stored.
    pub sessions: SessionStore,
    /// Folder with worksheets; without one the built-in sheets are served.
    pub labs: Option<PathBuf>,
    /// The link to a class, which `/class` offers to join.
    pub join: Option<String>,
    /// Whether to open the lab in the browser once it listens.
    pub open: bool,
    /// Who can reach the lab.
    pub reach: Reach,
    /// The secret keys from the environment, where they were given.
    pub keys: GivenKeys,
    /// Whether the routes of [`crate::portal::measure`] are mounted.
    pub measure: bool,
    /// The teacher's desk, where it is open.
    pub desk: Option<DeskSettings>,
}

/// Where sessions are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionStore {
    /// One file a session in the data folder; they survive a restart.
    File,
    /// In this process only; they end with it.
    Memory,
    /// In a Redis, which several labs may share.
    Redis(Address),
}

impl SessionStore {
    /// Whether other labs may use it too.
    pub fn sharing(&self) -> Sharing {
        match self {
            Self::File | Self::Memory => Sharing::Alone,
            Self::Redis(_) => Sharing::WithOthers,
        }
    }
}

impl Settings {
    /// Stacks defaults, file, environment and flags, and checks the result.
    ///
    /// # Errors
    /// A layer cannot be read, a value makes no sense, or `--class` lacks a name or strong keys.
    /// The exit code is 2 where a flag on its own is to blame, else 1.
    pub fn load(flags: ServeFlags) -> Result<Self, StartError> {
        Self::from_layers(flags, &Environment::of_the_process()?, Path::new("."))
    }

    /// Only where sessions are kept, and the data folder: for a command that looks at the store of a
    /// lab, whatever else was said to that lab.
    ///
    /// # Errors
    /// A layer cannot be read, or one of the two makes no sense.
    pub fn load_store(flags: ServeFlags) -> Result<(SessionStore, PathBuf), StartError> {
        let environment = Environment::of_the_process()?;
        let (raw, layers) = SettingsLayers::read(flags, &environment, Path::new("."))?;
        refuse_no_folder(&raw, &layers)?;
        Ok((session_store(&raw, &layers)?, raw.data_dir))
    }

    /// Settings for a lab inside a test: free ports, sessions in memory, no folder at all.
    pub fn throw_away() -> Self {
        Self {
            lab_port: 0,
            http_port: 0,
            https_port: 0,
            attacker_port: 0,
            attacker_tls_port: 0,
            cafe_port: 0,
            data_dir: PathBuf::new(),
            sessions: SessionStore::Memory,
            labs: None,
            join: None,
            open: false,
            reach: Reach::Loopback,
            keys: GivenKeys::default(),
            measure: false,
            desk: None,
        }
    }

    /// The same on the ports that a lab has by itself.
    #[must_use]
    pub fn on_usual_ports(self) -> Self {
        let usual = RawSettings::default();
        Self {
            lab_port: usual.lab_port,
            http_port: usual.http_port,
            https_port: usual.https_port,
            attacker_port: usual.attacker_port,
            attacker_tls_port: usual.attacker_tls_port,
            cafe_port: usual.cafe_port,
            ..self
        }
    }

    fn from_layers(
        flags: ServeFlags,
        environment: &Environment,
        folder: &Path,
    ) -> Result<Self, StartError> {
        let (raw, layers) = SettingsLayers::read(flags, environment, folder)?;
        refuse_one_port_twice(&raw, &layers)?;
        refuse_no_folder(&raw, &layers)?;
        let sessions = session_store(&raw, &layers)?;
        let keys = environment.given_keys()?;
        let reach = Reach::check(&raw, &layers)?;
        if let Reach::Class { .. } = reach {
            keys.check_strength()?;
        }
        keys.check_jwt_length()?;
        let join = join_link(&raw, &layers, &reach)?;
        let desk = DeskSettings::check(&raw, &layers)?;
        let measure = environment.measure() && matches!(reach, Reach::Loopback);
        Ok(Self {
            lab_port: raw.lab_port,
            http_port: raw.http_port,
            https_port: raw.https_port,
            attacker_port: raw.attacker_port,
            attacker_tls_port: raw.attacker_tls_port,
            cafe_port: raw.cafe_port,
            data_dir: raw.data_dir,
            sessions,
            join,
            labs: raw.labs,
            open: raw.open,
            reach,
            keys,
            measure,
            desk,
        })
    }
}

fn refuse_no_folder(raw: &RawSettings, layers: &SettingsLayers) -> Result<(), StartError> {
    if raw.data_dir.as_os_str().is_empty() {
        let name = layers.spell("data-dir");
        let error = StartError::new(format!("{name} is empty"), "name a folder: ./lab-data");
        return Err(layers.blame(&["data-dir"], error));
    }
    Ok(())
}

/// The link to a class, where it is one and this lab may follow it.
fn join_link(
    raw: &RawSettings,
    layers: &SettingsLayers,
    reach: &Reach,
) -> Result<Option<String>, StartError> {
    let Some(link) = &raw.join else {
        return Ok(None);
    };
    let name = layers.spell("join");
    let blame = |message, hint: &str| Err(layers.blame(&["join"], StartError::new(message, hint)));
    if let Err(reason) = Invitation::parse(link) {
        let reason = reason.to_string();
        let hint = "copy the whole link from the teacher, in quotes: 'https://192.0.2.7:7072/K7Q2MA?pin=…'";
        return blame(format!("{name} is no link to a class: {reason}"), hint);
    }
    if let Reach::Class { .. } = reach {
        let hint = "leave one of the two out: benches of this lab join on the page /class";
        return blame(
            format!("{name} is for a student's own lab, and --class is given"),
            hint,
        );
    }
    Ok(Some(link.clone()))
}

fn session_store(raw: &RawSettings, layers: &SettingsLayers) -> Result<SessionStore, StartError> {
    let name = layers.spell("sessions");
    // A Redis URL may carry a password, so what was given is not repeated.
    let store = match raw.sessions.expose() {
        "file" => Ok(SessionStore::File),
        "memory" => Ok(SessionStore::Memory),
        url if url.starts_with("redis") => Address::parse(url, raw.redis_ca.as_deref())
            .map(SessionStore::Redis)
            .map_err(|reason| (format!("{name} {reason}"), reason.hint())),
        _ => {
            let hint = "start with --sessions file, --sessions memory or --sessions redis://host";
            Err((
                format!("{name} is neither file, memory nor a Redis address"),
                hint,
            ))
        }
    };
    let blame = |(message, hint): (String, &str)| {
        layers.blame(&["sessions", "redis-ca"], StartError::new(message, hint))
    };
    let store = store.map_err(blame)?;
    if raw.redis_ca.is_some() && !matches!(store, SessionStore::Redis(_)) {
        let message = format!("{} is given without a Redis", layers.spell("redis-ca"));
        return Err(blame((
            message,
            "name it too: --sessions rediss://host:6379/0",
        )));
    }
    Ok(store)
}

fn refuse_one_port_twice(raw: &RawSettings, layers: &SettingsLayers) -> Result<(), StartError> {
    // Without the desk its ports are nobody's.
    let of_desk = [("desk-port", raw.desk_port), ("class-port", raw.class_port)];
    let of_desk = of_desk.into_iter().filter(|_| raw.desk);
    let of_lab = [
        ("lab-port", raw.lab_port),
        ("http-port", raw.http_port),
        ("https-port", raw.https_port),
        ("attacker-port", raw.attacker_port),
        ("attacker-tls-port", raw.attacker_tls_port),
        ("cafe-port", raw.cafe_port),
    ];
    let ports: Vec<_> = of_lab.into_iter().chain(of_desk).collect();
    for (index, (name, port)) in ports.iter().enumerate() {
        for (other, same) in &ports[index + 1..] {
            if port == same && *port != 0 {
                let message = format!(
                    "{} and {} are both {port}",
                    layers.spell(name),
                    layers.spell(other)
                );
                let hint =
                    format!("give each its own port, or let the system choose one: --{other} 0");
                return Err(layers.blame(&[name, other], StartError::new(message, hint)));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
