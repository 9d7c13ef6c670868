//! A real Redis for one test: a process of its own on a free port, killed when the test ends.
//!
//! Where `redis-server` is not installed, a test says aloud that it did not run; with
//! `SESSION_LAB_REDIS_TESTS=required`, which `tests/run` sets, it fails instead.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use session_lab::storage::RedisStorage;
use session_lab::storage::redis::Address;
use tempfile::TempDir;

/// How long a start may take before the test gives up.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A running `redis-server`. What it holds is gone when it stops.
pub struct RedisServer {
    child: Child,
    pub port: u16,
    folder: TempDir,
    words: Vec<String>,
    /// What it asks for; nothing where this is empty.
    password: String,
}

impl RedisServer {
    /// Starts one; none where it is not installed.
    pub fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// The same with more flags.
    pub fn start_with(flags: &[&str]) -> Option<Self> {
        Self::start_with_password("", flags)
    }

    /// The same, with a password that it asks for, unless that is empty.
    pub fn start_with_password(password: &str, flags: &[&str]) -> Option<Self> {
        let memory_only = ["--save", "", "--appendonly", "no", "--databases", "2"];
        is_installed().then(|| Self::of(password, &[&memory_only, flags].concat()))
    }

    fn of(password: &str, words: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let asks = ["--requirepass", password, "--masterauth", password];
        let asks = if password.is_empty() { &[][..] } else { &asks };
        let words = words.iter().chain(asks).map(|word| (*word).to_owned());
        let (words, password): (Vec<_>, _) = (words.collect(), password.to_owned());
        // A port that was free a moment ago may be taken by the next test.
        let started = (0..20).find_map(|_| {
            let port = free_port();
            Some((spawn(&folder, port, &words, &password)?, port))
        });
        let (child, port) = started.expect("redis-server starts");
        Self {
            child,
            port,
            folder,
            words,
            password,
        }
    }

    /// Starts a Sentinel with this configuration, which it changes, and these flags.
    pub fn start_sentinel(config: &str, password: &str, flags: &[&str]) -> Self {
        Self::of(password, &[&[config, "--sentinel"], flags].concat())
    }

    /// Its address for `--sessions`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// A storage in it. It waits longer than the lab's, because a busy machine is no fault here.
    pub async fn storage(&self) -> RedisStorage {
        let address = Address::parse(&self.url(), None).unwrap();
        let opened = RedisStorage::open_with_limit(address, PATIENCE).await;
        opened.expect("Redis answers")
    }

    /// A storage in it as the lab opens one.
    pub async fn hasty_storage(&self) -> RedisStorage {
        let address = Address::parse(&self.url(), None).unwrap();
        RedisStorage::open(address).await.expect("Redis answers")
    }

    /// Kills it. What it held is gone.
    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same port, empty.
    pub fn start_again(&mut self) {
        let child = spawn(&self.folder, self.port, &self.words, &self.password);
        self.child = child.expect("redis-server starts again");
    }

    /// Sends it a signal by its name: `STOP` makes it stand still, `CONT` lets it go on.
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

fn is_installed() -> bool {
    let asked = Command::new("redis-server").arg("--version").output();
    let installed = asked.is_ok_and(|asked| asked.status.success());
    if !installed {
        let required = std::env::var("SESSION_LAB_REDIS_TESTS").is_ok_and(|is| is == "required");
        assert!(
            !required,
            "no redis-server was found, and it is required here"
        );
        let test = std::thread::current();
        let test = test.name().unwrap_or("a test");
        // Not eprintln!, which the test runner keeps to itself when a test passes.
        writeln!(
            std::io::stderr(),
            "{test}: the Redis part did NOT run: no redis-server was found (tests/run installs it)"
        )
        .expect("stderr is open");
    }
    installed
}

/// A port that nobody listens on at the moment.
pub fn free_port() -> u16 {
    let socket = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    socket.local_addr().unwrap().port()
}

/// Starts a server and waits until it answers; none where it ended by itself.
fn spawn(folder: &TempDir, port: u16, words: &[String], password: &str) -> Option<Child> {
    let mut child = Command::new("redis-server")
        // A configuration file must come first.
        .args(words)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let start = Instant::now();
    let itself = format!("process_id:{}\r\n", child.id());
    loop {
        // Another test's server may have taken the port; then this one ends.
        if say(port, password, "INFO server").is_ok_and(|info| info.contains(&itself)) {
            return Some(child);
        }
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        assert!(start.elapsed() < PATIENCE, "redis-server does not answer");
        std::thread::sleep(Duration::from_millis(5));
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
