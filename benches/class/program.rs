//! The program under load: started on free ports, watched, and killed.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use session_lab::classroom::fingerprint::DeskFingerprint;
use session_lab::client::LabClient;

use crate::Outcome;

/// The name by which the class reaches the lab. The load asks for it at this computer's own address.
pub const PUBLIC_NAME: &str = "lab.school.example";

/// The name of the lab's own pages.
pub const GUIDE_NAME: &str = "guide.lab.school.example";

/// Keys as strong as a lab for a class needs them.
const KEYS: [(&str, &str); 2] = [
    (
        "SESSION_LAB_SECRET_KEY",
        "Yq7b9rT5mZ1nWc3vKj2hRd6sPq4Tz9LmB2u0x8gLQXf",
    ),
    (
        "SESSION_LAB_JWT_SECRET_KEY",
        "kNw8eUa2oBq6iXm1gJl5fHc7rDg3Ks8VwE5yVt4yPz0",
    ),
];

const PORTS: [&str; 6] = ["LAB", "HTTP", "HTTPS", "ATTACKER", "ATTACKER_TLS", "CAFE"];

/// A running lab with its desk, for a class.
pub struct LabProgram {
    child: KilledAtLast,
    /// The port of the lab's own pages.
    pub lab_port: u16,
    /// The port of the portal, unencrypted.
    pub portal_port: u16,
    /// The port of the teacher's pages.
    pub desk_port: u16,
    /// The port that own labs report to.
    pub class_port: u16,
    /// The key of the link that opens the desk once.
    pub desk_key: String,
    /// The certificate of the desk's listeners.
    pub fingerprint: DeskFingerprint,
    /// A client that trusts the desk.
    pub desk_client: LabClient,
    /// A client that trusts the lab.
    pub lab_client: LabClient,
}

impl LabProgram {
    /// Starts it, and waits until it listens.
    pub fn start(folder: &Path) -> Outcome<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_session-lab"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SESSION_LAB_") {
                command.env_remove(name);
            }
        }
        let ports = PORTS.map(|name| (format!("SESSION_LAB_{name}_PORT"), "0"));
        command
            .args([
                "--class",
                "--public-name",
                PUBLIC_NAME,
                "--bind",
                "127.0.0.1",
            ])
            .args([
                "--desk",
                "--desk-port",
                "0",
                "--class-port",
                "0",
                "--data-dir",
            ])
            .arg(folder)
            .envs(ports)
            .envs(KEYS)
            // The journal of so many benches is not for a person to read.
            .env("SESSION_LAB_LOG", "warn")
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let child = command.spawn().map_err(|error| error.to_string())?;
        let mut child = KilledAtLast(child);
        let stdout = child.0.stdout.take().ok_or("it has no output")?;
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let told: Vec<String> = lines
            .by_ref()
            .take_while(|line| !line.contains("Ctrl-C"))
            .collect();
        // What it says later is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let started = Self::told(&told, folder, child);
        started.map_err(|why| format!("the lab did not start: {why}: {told:?}"))
    }

    fn told(told: &[String], folder: &Path, child: KilledAtLast) -> Outcome<Self> {
        let line = |words: &str| {
            let found = told.iter().find(|line| line.contains(words));
            found.ok_or(format!("no line {words}"))
        };
        let port = |words: &str| {
            let after = line(words)?.rsplit_once(':').ok_or("no port")?.1;
            let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<u16>().map_err(|error| error.to_string())
        };
        let key = line("The teacher's desk")?
            .split_once('#')
            .ok_or("no key")?
            .1;
        let certificate = |path: &str| {
            let read = fs::read_to_string(folder.join(path));
            read.map_err(|error| error.to_string())
        };
        let client = |path: &str| {
            let client = LabClient::new(&certificate(path)?);
            client.map_err(|error| error.to_string())
        };
        let pin: String = line("Desk's SHA-256")?
            .split_whitespace()
            .last()
            .unwrap_or_default()
            .into();
        Ok(Self {
            lab_port: port("Start here")?,
            portal_port: port("Portal, http")?,
            desk_port: port("The teacher's desk")?,
            class_port: port("Its class joins at")?,
            desk_key: key.split(' ').next().unwrap_or_default().to_owned(),
            fingerprint: pin.parse().map_err(|_| format!("no fingerprint: {pin}"))?,
            desk_client: client("desk-tls/cert.pem")?,
            lab_client: client("tls/cert.pem")?.at(std::net::Ipv4Addr::LOCALHOST.into()),
            child,
        })
    }

    /// The most memory that it had in use so far, in bytes, where the system tells.
    pub fn largest_memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.0.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kilobytes * 1024)
    }

    /// `kill -9`: it gets no chance to write anything.
    pub fn kill(mut self) -> Outcome<()> {
        self.child.0.kill().map_err(|error| error.to_string())?;
        self.child.0.wait().map_err(|error| error.to_string())?;
        Ok(())
    }
}

/// A process that does not outlive its owner.
struct KilledAtLast(Child);

impl Drop for KilledAtLast {
    fn drop(&mut self) {
        // It may have ended already, and then there is nothing to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
