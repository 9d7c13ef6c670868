//! A running `session-lab`. Next: `visitor`, somebody who visits it.

mod visitor;

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Instant;

pub use visitor::Visitor;

use crate::support::{PATIENCE, POLL};

const SESSION_LAB: &str = env!("CARGO_BIN_EXE_session-lab");

/// Free ports, where the flags name no others.
const FREE_PORTS: [(&str, &str); 6] = [
    ("SESSION_LAB_LAB_PORT", "0"),
    ("SESSION_LAB_HTTP_PORT", "0"),
    ("SESSION_LAB_HTTPS_PORT", "0"),
    ("SESSION_LAB_ATTACKER_PORT", "0"),
    ("SESSION_LAB_ATTACKER_TLS_PORT", "0"),
    ("SESSION_LAB_CAFE_PORT", "0"),
];

/// The program on free ports. It is killed when this goes.
pub struct Program {
    child: Child,
    /// Its data folder.
    data: PathBuf,
    log: tempfile::NamedTempFile,
    later: Receiver<String>,
    /// The portal's name, the attacker's, and where both are.
    reach: (String, String, IpAddr),
    /// The lines of its start.
    pub told: Vec<String>,
}

impl Program {
    /// Starts it with this data folder and waits until it listens.
    pub fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    /// The same with more flags.
    pub fn start_with(folder: &Path, flags: &[&str]) -> Self {
        Self::start_as(folder, flags, &[])
    }

    /// The same with more flags, in an environment with these variables.
    pub fn start_as(folder: &Path, flags: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::start_by(Command::new(SESSION_LAB), folder, flags, variables)
    }

    /// The same, with leave to open so many files.
    pub fn start_with_files(folder: &Path, files: u64) -> Self {
        let mut shell = Command::new("bash");
        let files = files.to_string();
        shell.args(["-c", "ulimit -n \"$0\" && exec \"$@\"", &files, SESSION_LAB]);
        Self::start_by(shell, folder, &[], &[])
    }

    fn start_by(
        mut command: Command,
        folder: &Path,
        flags: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SESSION_LAB_") {
                command.env_remove(name);
            }
        }
        command
            .envs(FREE_PORTS)
            .arg("--data-dir")
            .arg(folder)
            .args(flags)
            .envs(variables.iter().copied());
        let start = Instant::now();
        loop {
            let program = Self::begin(&mut command, folder, folder);
            match program {
                Ok(program) => return program,
                // Where Redis is on a busy machine, a start may give up. Then it is started again.
                Err(log) if gave_up(&log) && start.elapsed() < PATIENCE => {}
                Err(log) => panic!("it does not start: {log}"),
            }
        }
    }

    /// Starts another binary in a folder, as a person does who has nothing but that: no variable but
    /// `PATH`, without Rust, and an empty home. Its data folder is the usual one.
    pub fn start_alone(binary: &Path, folder: &Path, home: &Path) -> Self {
        let mut command = Command::new(binary);
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", home)
            .envs(FREE_PORTS);
        let begun = Self::begin(&mut command, folder, &folder.join("lab-data"));
        begun.unwrap_or_else(|log| panic!("it does not start: {log}"))
    }

    /// Starts it and waits until it listens, or gives out its log where it ended instead.
    fn begin(command: &mut Command, folder: &Path, data: &Path) -> Result<Self, String> {
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut child = command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(log.path()).unwrap())
            .spawn()
            .unwrap();
        let (tell, later) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let mut program = Self {
            child,
            data: data.to_owned(),
            log,
            later,
            reach: (
                "localhost".into(),
                "127.0.0.1".into(),
                Ipv4Addr::LOCALHOST.into(),
            ),
            told: Vec::new(),
        };
        loop {
            match program.later.recv_timeout(PATIENCE) {
                Ok(line) => program.told.push(line),
                Err(RecvTimeoutError::Disconnected) => return Err(program.log()),
                Err(RecvTimeoutError::Timeout) => panic!("{:?} {}", program.told, program.log()),
            }
            if program
                .told
                .last()
                .is_some_and(|line| line.contains("Ctrl-C"))
            {
                return Ok(program);
            }
        }
    }

    /// Visitors ask for the portal and the attacker by these names, at this address.
    pub fn reached_as(mut self, portal: &str, attacker: &str, address: IpAddr) -> Self {
        self.reach = (portal.into(), attacker.into(), address);
        self
    }

    /// The port in the line of its start that begins so.
    pub fn port(&self, site: &str) -> u16 {
        let words = match site {
            "lab" => "Start here",
            "http" => "Portal, http",
            "attacker" => "The attacker ",
            "attacker-tls" => "The same over TLS",
            "cafe" => "The café",
            _ => "Portal, over TLS",
        };
        let line = self.told.iter().find(|line| line.contains(words));
        let line = line.unwrap_or_else(|| panic!("no line {words}: {:?}", self.told));
        let after = line.rsplit_once(':').expect("an address").1;
        after.split('/').next().unwrap().parse().unwrap()
    }

    pub fn certificate(&self) -> String {
        fs::read_to_string(self.data.join("tls/cert.pem")).unwrap()
    }

    /// How many files and connections it has open, where the system tells.
    pub fn open_files(&self) -> Option<usize> {
        let open = fs::read_dir(format!("/proc/{}/fd", self.child.id()));
        open.ok().map(Iterator::count)
    }

    /// Everything it wrote to standard error so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log.path()).unwrap()
    }

    /// Everything it wrote to standard output so far.
    pub fn said(&self) -> String {
        let later: Vec<_> = self.later.try_iter().collect();
        [self.told.join("\n"), later.join("\n")].concat()
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "{}", self.log());
            thread::sleep(POLL);
        }
    }

    /// `kill -9`: it gets no chance to write anything.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The address that it listens on.
    pub fn address(&self) -> IpAddr {
        self.reach.2
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already, and then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a start ended because Redis did not answer in time; over TLS, silence has its own words.
fn gave_up(log: &str) -> bool {
    log.contains("no answer within") || log.contains("nobody speaks TLS there")
}
