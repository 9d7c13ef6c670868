//! The flags of `serve`, as clap reads them. What wins where the environment or a file says
//! something else is decided in `layers.rs`. Secret keys have no flag on purpose, because a command
//! line is visible to every user of the machine in `ps`.

use std::{convert::Infallible, fmt, net::IpAddr, path::PathBuf, str::FromStr};

use clap::{Args, ValueHint};
use serde::{Deserialize, Serialize};

/// What a port may be.
pub(super) const PORT: &str = "a whole number from 0 (any free port) to 65535";
/// What the address of a listener may be.
pub(super) const ADDRESS: &str = "an IP address, such as 0.0.0.0 for all of this computer";

/// The flags of `serve`. A flag that was not given is `None` (or `false`).
///
/// Its serialized form is the top layer of the settings, under the names of `session-lab.toml`.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[command(after_help = AFTER_HELP)]
pub struct ServeFlags {
    /// Port of the lab's own pages (http); 0 picks a free one [default: 7070]
    #[arg(long, value_name = "PORT", value_parser = port)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lab_port: Option<u16>,
    /// Port of the portal without TLS [default: 7080]
    #[arg(long, value_name = "PORT", value_parser = port)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_port: Option<u16>,
    /// Port of the portal with TLS [default: 7443]
    #[arg(long, value_name = "PORT", value_parser = port)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub https_port: Option<u16>,
    /// Port of the attacker's site without TLS [default: 7666]
    #[arg(long, value_name = "PORT", value_parser = port)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attacker_port: Option<u16>,
    /// Port of the attacker's site with TLS [default: 7667]
    #[arg(long, value_name = "PORT", value_parser = port)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attacker_tls_port: Option<u16>,
    /// Port of the café, a relay to the portal that shows the traffic [default: 7081]
    #[arg(long, value_name = "PORT", value_parser = port)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cafe_port: Option<u16>,
    /// Folder for the certificate, the keys and the sessions [default: ./lab-data]
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    /// Where sessions are stored: file, memory, redis://:password@host:port/db, rediss://… for TLS,
    /// or redis+sentinel://host:port,host:port/primary/db [default: file]
    #[arg(long, value_name = "STORE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<StoreName>,
    /// With rediss:// and rediss+sentinel://: the authority that signed its certificate, in PEM [default: those of the system]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redis_ca: Option<PathBuf>,
    /// Folder with your own worksheets [default: the built-in ones]
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labs: Option<PathBuf>,
    /// Settings file [default: ./session-lab.toml if it exists]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Join a class by the link of its teacher, https://HOST:PORT/CODE?pin=…; the page /class says
    /// first what is sent
    #[arg(long, value_name = "LINK", value_hint = ValueHint::Url)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join: Option<String>,
    /// Open the lab in the browser
    #[arg(long)]
    #[serde(skip_serializing_if = "is_false")]
    pub open: bool,
    /// Listen beyond this computer, for a class; needs --public-name and both keys
    #[arg(long)]
    #[serde(skip_serializing_if = "is_false")]
    pub class: bool,
    /// Open the teacher's desk: a class joins by a code, and its teacher sees and leads
    #[arg(long)]
    #[serde(skip_serializing_if = "is_false")]
    pub desk: bool,
    /// With --desk: port of the teacher's pages, which only this computer reaches [default: 7071]
    #[arg(long, value_name = "PORT", value_parser = port)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desk_port: Option<u16>,
    /// With --desk: port that the class's labs reach [default: 7072]
    #[arg(long, value_name = "PORT", value_parser = port)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_port: Option<u16>,
    /// With --desk: look whether a lesson can begin, and stop
    #[arg(long)]
    #[serde(skip)]
    pub check: bool,
    /// With --class or --desk: the address to listen on for the class [default: 0.0.0.0]
    #[arg(long, value_name = "ADDR", value_parser = address)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bind: Option<IpAddr>,
    /// With --class: the DNS name by which the class reaches the portal
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_name: Option<String>,
    /// With --class: how the class reaches the attacker, an address or a name of another site
    /// [default: an address of this computer]
    #[arg(long, value_name = "HOST")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attacker_name: Option<String>,
}

/// The store as it was named. A Redis URL may hold a password, so `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoreName(String);

impl StoreName {
    /// The default: files in the data folder.
    pub fn file() -> Self {
        Self("file".to_owned())
    }

    /// The text, to be read and not to be repeated.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for StoreName {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for StoreName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreName")
    }
}

const AFTER_HELP: &str = "\
Every flag can also be set as an environment variable (--http-port: SESSION_LAB_HTTP_PORT) and in
session-lab.toml (http-port = 7080). A flag overrides the environment, and the environment overrides
the file. Keys come from the environment only: SESSION_LAB_SECRET_KEY, SESSION_LAB_JWT_SECRET_KEY,
and earlier keys in the same names with _FALLBACKS: KEY or KEY@2027-01-31, separated by commas.
Anyone who runs ps can see a password in --sessions; SESSION_LAB_SESSIONS hides it.";

fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| format!("it must be {PORT}"))
}

fn address(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| format!("it must be {ADDRESS}"))
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}
