//! A running `session-lab`, and somebody who visits it.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Instant;

use session_lab::client::{ClientError, HttpExchange, LabClient, Outgoing};
use session_lab::defences::facts::Scheme;

use crate::support::{PATIENCE, POLL};

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
    folder: PathBuf,
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
        let start = Instant::now();
        loop {
            let program = Self::begin(folder, flags, variables);
            match program {
                Ok(program) => return program,
                // Where Redis is on a busy machine, a start may give up. Then it is started again.
                Err(log) if gave_up(&log) && start.elapsed() < PATIENCE => {}
                Err(log) => panic!("it does not start: {log}"),
            }
        }
    }

    /// Starts it and waits until it listens, or gives out its log where it ended instead.
    fn begin(folder: &Path, flags: &[&str], variables: &[(&str, &str)]) -> Result<Self, String> {
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_session-lab"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SESSION_LAB_") {
                command.env_remove(name);
            }
        }
        let mut child = command
            .envs(FREE_PORTS)
            .arg("--data-dir")
            .arg(folder)
            .args(flags)
            .envs(variables.iter().copied())
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
            folder: folder.to_owned(),
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
            _ => "Portal, over TLS",
        };
        let line = self.told.iter().find(|line| line.contains(words));
        let line = line.unwrap_or_else(|| panic!("no line {words}: {:?}", self.told));
        let after = line.rsplit_once(':').expect("an address").1;
        after.split('/').next().unwrap().parse().unwrap()
    }

    pub fn certificate(&self) -> String {
        fs::read_to_string(self.folder.join("tls/cert.pem")).unwrap()
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

    /// Somebody with an empty jar who visits `lab`, `http`, `https` or `attacker` under this path.
    pub fn visitor(&self, site: &'static str, base: &str) -> Visitor {
        let (portal, attacker, address) = &self.reach;
        Visitor {
            site,
            host_name: match site {
                "attacker" => attacker.clone(),
                _ => portal.clone(),
            },
            port: self.port(site),
            door: LabClient::new(&self.certificate())
                .unwrap()
                .at(*address)
                .with_patience(PATIENCE),
            base: base.to_owned(),
            jar: Vec::new(),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already, and then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody who visits the program and keeps its cookies.
#[derive(Clone)]
pub struct Visitor {
    site: &'static str,
    host_name: String,
    port: u16,
    door: LabClient,
    base: String,
    pub jar: Vec<(String, String)>,
}

impl Visitor {
    /// The same visitor at the next run of the program.
    pub fn at(&self, program: &Program) -> Self {
        Self {
            jar: self.jar.clone(),
            ..program.visitor(self.site, &self.base)
        }
    }

    /// The origin of its pages.
    pub fn origin(&self) -> String {
        let scheme = self.scheme().as_str();
        format!("{scheme}://{}:{}", self.host_name, self.port)
    }

    fn scheme(&self) -> Scheme {
        match self.site {
            "https" => Scheme::Https,
            _ => Scheme::Http,
        }
    }

    pub async fn get(&mut self, path: &str) -> HttpExchange {
        self.send("GET", path, &[], String::new()).await
    }

    /// The same, asked again while the store does not answer in time, as on a busy machine.
    pub async fn get_from_store(&mut self, path: &str) -> HttpExchange {
        let start = Instant::now();
        loop {
            let reply = self.get(path).await;
            if !is_busy(&reply, start) {
                return reply;
            }
        }
    }

    /// The same visitor, who comes to this address.
    pub fn to(mut self, address: IpAddr) -> Self {
        self.door = self.door.at(address);
        self
    }

    /// The same visitor with another client.
    pub fn by(mut self, door: LabClient) -> Self {
        self.door = door.with_patience(PATIENCE);
        self
    }

    /// Posts a form with a token for the session in the jar.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> HttpExchange {
        let token = self.token().await;
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("csrf_token", &token)
            .extend_pairs(fields)
            .finish();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.send("POST", path, &[kind], body).await
    }

    /// The token for the session in the jar; empty where the policy has none.
    pub async fn token(&mut self) -> String {
        let start = Instant::now();
        loop {
            let reply = self.get("/csrf-token").await;
            if !is_busy(&reply, start) {
                let json: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
                return json["csrf_token"].as_str().unwrap_or_default().to_owned();
            }
        }
    }

    pub async fn post_json(&mut self, path: &str, json: serde_json::Value) -> HttpExchange {
        let kind = ("content-type", "application/json");
        self.send("POST", path, &[kind], json.to_string()).await
    }

    /// Signs the demo student in.
    pub async fn sign_in(&mut self) {
        let form = [("username", "student123"), ("password", "password123")];
        self.submit_until(303, "/login", &form).await;
    }

    /// Signs out.
    pub async fn sign_out(&mut self) {
        self.submit_until(200, "/logout", &[]).await;
    }

    async fn submit_until(&mut self, status: u16, path: &str, fields: &[(&str, &str)]) {
        let start = Instant::now();
        loop {
            let reply = self.submit(path, fields).await;
            if !is_busy(&reply, start) {
                assert_eq!(reply.status, status, "{path}: {}", reply.body);
                return;
            }
        }
    }

    /// Whether the session in the jar is signed in, asked until the lab can tell.
    pub async fn is_signed_in(&mut self) -> bool {
        let start = Instant::now();
        loop {
            let reply = self.get("/api/check_session").await;
            match reply.status {
                200 => return true,
                401 => return false,
                other => assert!(is_busy(&reply, start), "{other}"),
            }
        }
    }

    /// The session id in the jar.
    pub fn id(&self) -> String {
        let mut cookies = self.jar.iter();
        let found = cookies.find(|(name, _)| name.contains("session_"));
        found.expect("a session cookie").1.clone()
    }

    pub async fn send(
        &mut self,
        method: &'static str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> HttpExchange {
        let reply = self.try_send(method, path, headers, body).await;
        reply.expect("an answer")
    }

    /// The same, where the program may end before it answers.
    pub async fn try_send(
        &mut self,
        method: &'static str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<HttpExchange, ClientError> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut headers: Vec<_> = headers.iter().map(own).collect();
        let pairs: Vec<_> = self.jar.iter().map(|(n, v)| format!("{n}={v}")).collect();
        headers.push(("cookie".into(), pairs.join("; ")));
        let outgoing = Outgoing {
            scheme: self.scheme(),
            host_name: self.host_name.clone(),
            port: self.port,
            method,
            target: format!("{}{path}", self.base),
            headers,
            body,
        };
        let reply = self.door.send(outgoing).await?;
        for line in reply.header("set-cookie") {
            let pair = line.split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.jar.retain(|(found, _)| found != name);
            if !line.contains("Max-Age=0") {
                self.jar.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok(reply)
    }
}

/// Whether a start ended because Redis did not answer in time; over TLS, silence has its own words.
fn gave_up(log: &str) -> bool {
    log.contains("no answer within") || log.contains("nobody speaks TLS there")
}

/// Whether the store did not answer in time, as it may on a busy machine. Then the test asks again.
fn is_busy(reply: &HttpExchange, start: Instant) -> bool {
    reply.status == 503 && start.elapsed() < PATIENCE
}
