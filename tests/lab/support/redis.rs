//! A real Redis for one test: its own process on its own port, killed when the test ends.
//!
//! A test that starts one is ignored, with that as its reason: plain `cargo test` leaves it out, and
//! `tests/run` includes it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use session_lab::storage::RedisStorage;
use session_lab::storage::redis::Address;
use tempfile::TempDir;

use super::ports::ReservedPort;
use super::{PATIENCE, POLL};

/// The timeout of a call for a test in which Redis does not answer: long enough for every call before
/// that, also on a busy machine, and short enough to wait for.
pub const SHORT_TIMEOUT: &str = "?timeout=4s";

/// A running `redis-server`. What it holds is gone when it stops.
pub struct RedisServer {
    child: Child,
    pub port: u16,
    _reserved: ReservedPort,
    folder: TempDir,
    words: Vec<String>,
    /// What it asks for; nothing where this is empty.
    password: String,
}

impl RedisServer {
    /// Starts one.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with more flags.
    pub fn start_with(flags: &[&str]) -> Self {
        Self::start_with_password("", flags)
    }

    /// The same, with a password that it asks for, unless that is empty.
    pub fn start_with_password(password: &str, flags: &[&str]) -> Self {
        let memory_only = ["--save", "", "--appendonly", "no", "--databases", "2"];
        Self::of(password, &[&memory_only, flags].concat())
    }

    fn of(password: &str, words: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let asks = ["--requirepass", password, "--masterauth", password];
        let asks = if password.is_empty() { &[][..] } else { &asks };
        let words = words.iter().chain(asks).map(|word| (*word).to_owned());
        let (words, password): (Vec<_>, _) = (words.collect(), password.to_owned());
        let reserved = ReservedPort::new();
        let port = reserved.number();
        Self {
            child: spawn(&folder, port, &words, &password),
            port,
            _reserved: reserved,
            folder,
            words,
            password,
        }
    }

    /// Starts a Sentinel with this configuration, which it changes, and these flags.
    pub fn start_sentinel(config: &str, password: &str, flags: &[&str]) -> Self {
        Self::of(password, &[&[config, "--sentinel"], flags].concat())
    }

    /// Its address for `--sessions`. The lab waits longer than usual, because a busy machine is no
    /// fault here.
    pub fn url(&self) -> String {
        let patience = PATIENCE.as_secs();
        format!("redis://127.0.0.1:{}/0?timeout={patience}s", self.port)
    }

    /// The same for a test in which Redis does not answer: the lab gives up soon.
    pub fn hasty_url(&self) -> String {
        format!("redis://127.0.0.1:{}/0{SHORT_TIMEOUT}", self.port)
    }

    /// A storage in it.
    pub async fn storage(&self) -> RedisStorage {
        storage_at(&self.url()).await
    }

    /// A storage in it that gives up soon enough for a test of what happens then.
    pub async fn hasty_storage(&self) -> RedisStorage {
        storage_at(&self.hasty_url()).await
    }

    /// Kills it. What it held is gone.
    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same port, empty.
    pub fn start_again(&mut self) {
        self.child = spawn(&self.folder, self.port, &self.words, &self.password);
    }

    /// Sends it a signal by its name: `STOP` pauses it, `CONT` lets it go on.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Its answer to a command, whose words hold no spaces; the elements of a list line by line.
    pub fn say(&self, command: &str) -> String {
        say(self.port, &self.password, command).expect("Redis answers")
    }

    /// Sends it these commands at once, and waits until it has done them.
    pub fn say_all(&self, commands: &[&str]) {
        // The connection may end before the answers come.
        let _ = say(self.port, &self.password, &commands.join("\r\n"));
    }

    /// The folder that it runs in.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // It may have been stopped already, and then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn storage_at(url: &str) -> RedisStorage {
    let address = Address::parse(url, None).unwrap();
    RedisStorage::open(address).await.expect("Redis answers")
}

/// Starts a server and waits until it answers.
fn spawn(folder: &TempDir, port: u16, words: &[String], password: &str) -> Child {
    let log = folder.path().join("log");
    let mut child = Command::new("redis-server")
        // A configuration file must come first.
        .args(words)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(fs::File::create(&log).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server starts (tests/run installs it)");
    let start = Instant::now();
    let itself = format!("process_id:{}\r\n", child.id());
    loop {
        // Another server may have been there before; then this one ends.
        if say(port, password, "INFO server").is_ok_and(|info| info.contains(&itself)) {
            return child;
        }
        let ended = child.try_wait().unwrap();
        assert!(
            ended.is_none() && start.elapsed() < PATIENCE,
            "redis-server does not answer: {}",
            fs::read_to_string(&log).unwrap()
        );
        std::thread::sleep(POLL);
    }
}

fn say(port: u16, password: &str, command: &str) -> std::io::Result<String> {
    let mut socket = TcpStream::connect(("127.0.0.1", port))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let mut answers = BufReader::new(socket.try_clone()?);
    if !password.is_empty() {
        socket.write_all(format!("AUTH {password}\r\n").as_bytes())?;
        answer(&mut answers)?;
    }
    socket.write_all(format!("{command}\r\n").as_bytes())?;
    answer(&mut answers)
}

fn answer(from: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    let line = line.trim_end();
    let (kind, rest) = line.split_at(line.len().min(1));
    let size = rest.parse::<usize>().unwrap_or_default();
    match kind {
        "$" if rest != "-1" => {
            let mut text = vec![0; size + 2];
            from.read_exact(&mut text)?;
            Ok(String::from_utf8_lossy(&text[..size]).into_owned())
        }
        "*" => {
            let elements: Result<Vec<_>, _> = (0..size).map(|_| answer(from)).collect();
            Ok(elements?.join("\n"))
        }
        _ => Ok(rest.to_owned()),
    }
}
