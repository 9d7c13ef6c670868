//! `session-lab doctor`: each thing that it looks at, as it should be and as it should not.
//!
//! A [`Computer`] is a shell whose `PATH` holds only what the test puts there. Next: `programs`, for what
//! it says of curl and browsers; `store`, for data folders and Redis.

mod programs;
mod store;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::FREE_PORTS;
use super::shell::{Ended, Shell};
use crate::support::ports::ReservedPort;

/// What Debian's curl says of itself.
const CURL: &str = "curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 OpenSSL/3.0.19 zlib/1.2.13";

/// A computer with these programs in its only folder of programs.
struct Computer {
    shell: Shell,
    programs: tempfile::TempDir,
}

impl Computer {
    /// One without any.
    fn bare() -> Self {
        let programs = tempfile::tempdir().unwrap();
        let path = programs.path().display().to_string();
        let shell = Shell::new().set("PATH", path).unset(&[
            "CHROME",
            "FIREFOX",
            "CURL_SSL_BACKEND",
            "http_proxy",
            "HTTP_PROXY",
            "https_proxy",
            "HTTPS_PROXY",
            "all_proxy",
            "ALL_PROXY",
            "no_proxy",
            "NO_PROXY",
        ]);
        Self { shell, programs }
    }

    /// One with everything that a lab is used with.
    fn complete() -> Self {
        let computer = Self::bare();
        computer.program("curl", &format!("echo '{CURL}'"));
        computer.program("chromium", "echo 'Chromium 156.0.8078.108'");
        computer.program("firefox", "echo 'Mozilla Firefox 153.8.0esr'");
        computer
    }

    fn set(mut self, name: &'static str, value: &str) -> Self {
        self.shell = self.shell.set(name, value);
        self
    }

    /// Puts a program there: a script of these lines.
    fn program(&self, name: &str, script: &str) {
        let file = self.programs.path().join(name);
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn doctor(&self) -> Ended {
        self.doctor_with(&[])
    }

    fn doctor_with(&self, flags: &[&str]) -> Ended {
        self.shell
            .run(&[&["doctor"], &FREE_PORTS[..], flags].concat())
    }
}

/// The one line of a topic, without its mark.
fn line<'a>(ended: &'a Ended, mark: &str, topic: &str) -> &'a str {
    let mut lines = ended.stdout.lines().filter_map(|line| {
        let rest = line.strip_prefix(mark)?.trim_start();
        rest.strip_prefix(topic)?.strip_prefix(' ')
    });
    let found = lines.next();
    let found = found.unwrap_or_else(|| panic!("no line {mark} {topic}: {ended:?}"));
    assert_eq!(lines.next(), None, "{ended:?}");
    found.trim_start()
}

fn assert_can_run(ended: &Ended) {
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(0), ""),
        "{ended:?}"
    );
    assert!(ended.stdout.contains("The lab can run here."), "{ended:?}");
}

fn assert_cannot_run(ended: &Ended) {
    assert_eq!(ended.code, Some(1), "{ended:?}");
    ended.assert_one_error_and_one_hint();
    assert!(!ended.stdout.contains("can run"), "{ended:?}");
}

#[test]
fn a_computer_as_it_should_be_gets_a_line_for_each_thing_and_nothing_is_written() {
    let computer = Computer::complete();
    let ended = computer.doctor();
    assert_can_run(&ended);
    for (topic, says) in [
        ("settings", "can be used"),
        ("ports", "are free"),
        ("[::1]", "nobody answers there"),
        ("data folder", "the first start makes it"),
        ("sessions", "in files"),
        ("proxy", "no variable names one"),
        ("clock", "(UTC)"),
        ("curl", "TLS by OpenSSL/3.0.19"),
        ("Chromium", "Chromium 156.0.8078.108 at "),
        ("Firefox", "Mozilla Firefox 153.8.0esr at "),
    ] {
        assert!(
            line(&ended, "ok", topic).contains(says),
            "{topic}: {ended:?}"
        );
    }
    for name in [
        "localhost",
        "portal.localhost",
        "notes.portal.localhost",
        "lab.test",
    ] {
        let marked = |mark: &str| format!("{mark:<9}{name} ");
        let lines = ended.stdout.lines();
        let of_name = lines
            .filter(|line| line.starts_with(&marked("ok")) || line.starts_with(&marked("careful")));
        assert_eq!(of_name.count(), 1, "{name}: {ended:?}");
    }
    assert_eq!(fs::read_dir(computer.shell.path()).unwrap().count(), 0);
}

#[test]
fn a_taken_port_is_named_with_the_flag_that_chooses_another() {
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port().to_string();
    let ended = Computer::complete().doctor_with(&["--https-port", &port]);
    // One flag given twice is clap's to refuse.
    assert_eq!(ended.code, Some(2), "{ended:?}");

    let shell = Computer::complete();
    let mut words = vec!["doctor"];
    words.extend(FREE_PORTS);
    let at = words
        .iter()
        .position(|word| *word == "--https-port")
        .unwrap();
    words[at + 1] = &port;
    let ended = shell.shell.run(&words);
    assert_cannot_run(&ended);
    let said = line(&ended, "BAD", &format!("port {port}"));
    assert!(
        said.contains("is used by another program") && said.contains("--https-port"),
        "{said}"
    );
    assert!(line(&ended, "ok", "ports").contains("are free"));
    // What comes after it was looked at all the same.
    line(&ended, "ok", "curl");
}

#[test]
fn a_program_at_the_same_port_of_ipv6_is_told_of() {
    let reserved = ReservedPort::new();
    let port = reserved.number();
    let other = TcpListener::bind(("::1", port)).expect("this computer has IPv6 on loopback");
    let port = port.to_string();
    let computer = Computer::complete();
    let mut words = vec!["doctor"];
    words.extend(FREE_PORTS);
    words[2] = &port;
    let ended = computer.shell.run(&words);
    assert_can_run(&ended);
    let said = line(&ended, "careful", &format!("[::1]:{port}"));
    assert!(said.contains("--lab-port"), "{said}");
    drop(other);
}

#[test]
fn a_proxy_that_would_be_asked_for_the_lab_is_told_of_without_its_password() {
    let ended = Computer::complete()
        .set("https_proxy", "http://lab:hunter2@proxy.example:3128")
        .doctor();
    assert_can_run(&ended);
    let said = line(&ended, "careful", "proxy");
    assert!(said.contains("https_proxy (proxy.example:3128)"), "{said}");
    assert!(said.contains("export no_proxy="), "{said}");
    assert!(!ended.stdout.contains("hunter2"), "{ended:?}");

    let excepted = Computer::complete()
        .set("https_proxy", "http://lab:hunter2@proxy.example:3128")
        .set("no_proxy", "localhost,127.0.0.1,lab.test")
        .doctor();
    line(&excepted, "ok", "proxy");
}

#[test]
fn wrong_settings_are_told_of_and_the_rest_is_looked_at() {
    let computer = Computer::complete();
    computer.shell.write("session-lab.toml", "lab_port = 1");
    let ended = computer.doctor();
    assert_cannot_run(&ended);
    let said = line(&ended, "BAD", "settings");
    assert!(said.contains("unknown key lab_port"), "{said}");
    line(&ended, "ok", "curl");

    let class = Computer::complete().doctor_with(&["--class", "--public-name", "lab.example"]);
    assert_cannot_run(&class);
    let said = line(&class, "BAD", "settings");
    assert!(said.contains("SESSION_LAB_SECRET_KEY"), "{said}");
}

/// The doctor in a shell that may open only so many files.
fn with_open_files(limit: u32) -> Ended {
    let computer = Computer::complete();
    let program = env!("CARGO_BIN_EXE_session-lab");
    let ports = FREE_PORTS.join(" ");
    let run = Command::new("/bin/sh")
        .args([
            "-c",
            &format!("ulimit -n {limit}; exec '{program}' doctor {ports}"),
        ])
        .env("PATH", computer.programs.path())
        .current_dir(computer.shell.path())
        .output();
    let run = run.expect("sh runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended {
        code: run.status.code(),
        stdout: text(run.stdout),
        stderr: text(run.stderr),
    }
}

#[test]
fn a_low_limit_on_open_files_is_told_of() {
    let few = with_open_files(256);
    assert_eq!(few.code, Some(0), "{few:?}");
    assert!(
        line(&few, "careful", "open files").contains("256"),
        "{few:?}"
    );
    let too_few = with_open_files(24);
    assert_eq!(too_few.code, Some(1), "{too_few:?}");
    assert!(
        line(&too_few, "BAD", "open files").contains("24"),
        "{too_few:?}"
    );
}
