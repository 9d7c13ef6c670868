//! The program as a shell sees it: exit codes, messages, and nothing left behind.
//!
//! Each test runs the built binary in an empty folder without any `SESSION_LAB_` variable. Every
//! error is one line and one hint. Next: `src/cli.rs` and `src/app/settings`.

mod attack;
mod audit;
mod completions;
mod doctor;
mod guess;
pub mod hidden_characters;
mod man;
mod matrix;
mod redis;
mod same_site;
pub mod shell;
pub mod store;

use std::{
    fs,
    net::TcpListener,
    sync::atomic::{AtomicU16, Ordering},
};

use self::shell::Shell;

const PORT_FLAGS: [&str; 6] = [
    "--lab-port",
    "--http-port",
    "--https-port",
    "--attacker-port",
    "--attacker-tls-port",
    "--cafe-port",
];

#[rustfmt::skip]
pub const FREE_PORTS: [&str; 12] = [
    "--lab-port", "0", "--http-port", "0", "--https-port", "0",
    "--attacker-port", "0", "--attacker-tls-port", "0", "--cafe-port", "0",
];

fn secret() -> String {
    Shell::new().run(&["secret"]).stdout.trim_end().to_owned()
}

/// A class with everything it needs but the keys.
const CLASS: [&str; 5] = [
    "--class",
    "--bind",
    "127.0.0.1",
    "--public-name",
    "lab.example",
];

#[test]
fn an_unknown_flag_or_word_is_a_usage_error() {
    for words in [
        &["--nonsense"][..],
        &["serve", "--nonsense"],
        &["nonsense"],
        &["--lab-port", "x"],
    ] {
        let ended = Shell::new().run(words);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.stderr.contains("--help"), "{ended:?}");
        assert_eq!(ended.stdout, "");
    }
}

#[test]
fn a_secret_never_comes_as_a_flag() {
    let ended = Shell::new().run(&["--secret-key", "hunter2"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
}

#[test]
fn help_names_the_flags_and_where_else_they_can_be_set() {
    let ended = Shell::new().run(&["--help"]);
    assert_eq!(ended.code, Some(0));
    for word in [
        "--lab-port",
        "--class",
        "secret",
        "SESSION_LAB_SECRET_KEY",
        "session-lab.toml",
    ] {
        assert!(ended.stdout.contains(word), "{word}: {}", ended.stdout);
    }
}

#[test]
fn secret_prints_43_characters_and_never_the_same() {
    let shell = Shell::new();
    let (one, two) = (shell.run(&["secret"]), shell.run(&["secret"]));
    for ended in [&one, &two] {
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
        let key = ended.stdout.strip_suffix('\n').unwrap();
        assert_eq!(key.len(), 43, "{key}");
        assert!(
            key.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)),
            "{key}"
        );
    }
    assert_ne!(one.stdout, two.stdout);
    assert_eq!(
        fs::read_dir(shell.path()).unwrap().count(),
        0,
        "secret keeps nothing"
    );
}

#[test]
fn a_class_without_keys_is_refused_and_told_how_to_make_them() {
    let shell = Shell::new();
    let ended = shell.refused(&CLASS);
    assert!(
        ended.error().contains("SESSION_LAB_SECRET_KEY"),
        "{ended:?}"
    );
    assert!(ended.hint().contains("session-lab secret"), "{ended:?}");
    assert_eq!(
        fs::read_dir(shell.path()).unwrap().count(),
        0,
        "nothing is half-started"
    );

    let ended = Shell::new()
        .set("SESSION_LAB_SECRET_KEY", secret())
        .refused(&CLASS);
    assert!(
        ended.error().contains("SESSION_LAB_JWT_SECRET_KEY"),
        "{ended:?}"
    );
}

#[test]
fn a_class_with_a_short_or_a_known_key_is_refused_and_the_key_not_repeated() {
    for (weak, why) in [
        ("xK3vQ9pLr7Tz", "too short"),
        ("secret", "known default"),
        ("secret123secret123secret123secret123", "known default"),
        ("dev-secret-key-do-not-use-in-production", "known default"),
    ] {
        let ended = Shell::new()
            .set("SESSION_LAB_SECRET_KEY", weak)
            .set("SESSION_LAB_JWT_SECRET_KEY", secret())
            .refused(&CLASS);
        assert!(ended.error().contains(why), "{ended:?}");
        assert!(ended.hint().contains("session-lab secret"), "{ended:?}");
        assert!(
            weak == "secret" || !ended.stderr.contains(weak),
            "{ended:?}"
        );
    }
}

#[test]
fn a_class_without_a_public_name_is_a_usage_error() {
    let ended = Shell::new().run(&["--class"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    ended.assert_one_error_and_one_hint();
    assert!(ended.hint().contains("--public-name"), "{ended:?}");
}

#[test]
fn one_port_twice_is_a_usage_error() {
    let ended = Shell::new().run(&["--lab-port", "9001", "--http-port", "9001"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    ended.assert_one_error_and_one_hint();
    assert_eq!(ended.error(), "--lab-port and --http-port are both 9001");
}

#[test]
fn a_redis_address_that_cannot_be_is_a_usage_error_and_not_repeated() {
    let ended = Shell::new().run(&["--sessions", "redis://:hunter2@localhost:port"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    ended.assert_one_error_and_one_hint();
    assert!(
        ended.error().contains("--sessions has a port") && !ended.stderr.contains("hunter2"),
        "{ended:?}"
    );
}

#[test]
fn a_bad_settings_file_is_refused() {
    for (text, part) in [
        ("lab_port = 1", "unknown key lab_port in ./session-lab.toml"),
        ("open = 'x'", "open in ./session-lab.toml: "),
        ("lab-port 1", "is not valid TOML"),
        ("secret-key = 'hunter2'", "unknown key secret-key"),
    ] {
        let shell = Shell::new();
        shell.write("session-lab.toml", text);
        let ended = shell.refused(&FREE_PORTS);
        assert!(ended.error().contains(part), "{ended:?}");
        assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
    }
}

#[test]
fn a_settings_file_that_was_named_must_be_there() {
    let ended = Shell::new().refused(&["--config", "missing.toml"]);
    assert!(ended.error().contains("missing.toml"), "{ended:?}");
}

#[test]
fn a_bad_variable_is_refused_by_its_name() {
    let ended = Shell::new()
        .set("SESSION_LAB_HTTP_PORT", "70000")
        .refused(&[]);
    assert!(
        ended.error().starts_with("SESSION_LAB_HTTP_PORT: "),
        "{ended:?}"
    );
}

#[test]
fn a_data_folder_that_cannot_be_written_is_refused() {
    // A file where the folder must be stops root too, whom permissions do not.
    let shell = Shell::new();
    shell.write("taken", "");
    for folder in ["taken", "taken/lab-data"] {
        let ended = shell.refused(&[&FREE_PORTS[..], &["--data-dir", folder]].concat());
        assert!(ended.error().contains("taken"), "{ended:?}");
        assert!(ended.hint().contains("--data-dir"), "{ended:?}");
    }
}

#[test]
fn a_broken_certificate_is_refused_and_kept() {
    let shell = Shell::new();
    shell.write("lab-data/tls/cert.pem", "not a certificate");
    shell.write("lab-data/tls/key.pem", "not a key");
    let ended = shell.refused(&FREE_PORTS);
    assert!(
        ended.error().contains("broken certificate file"),
        "{ended:?}"
    );
    assert!(ended.hint().contains("cert.pem"), "{ended:?}");
    let kept = fs::read_to_string(shell.path().join("lab-data/tls/cert.pem")).unwrap();
    assert_eq!(kept, "not a certificate");
}

#[test]
fn a_broken_key_file_is_refused_and_kept() {
    let shell = Shell::new();
    shell.write("lab-data/keys/server-key", "not a key");
    let ended = shell.refused(&FREE_PORTS);
    assert!(ended.error().contains("broken key file"), "{ended:?}");
    let kept = fs::read_to_string(shell.path().join("lab-data/keys/server-key")).unwrap();
    assert_eq!(kept, "not a key");
}

#[test]
fn a_taken_port_is_refused_and_the_other_ports_are_free_again() {
    for taken in PORT_FLAGS {
        let busy = TcpListener::bind("127.0.0.1:0").unwrap();
        let spare = [(); PORT_FLAGS.len() - 1].map(|()| quiet_port());
        let busy_port = busy.local_addr().unwrap().port().to_string();
        let mut free = spare.iter().map(u16::to_string);
        let mut words = Vec::new();
        for flag in PORT_FLAGS {
            words.push(flag.to_owned());
            words.push(if flag == taken {
                busy_port.clone()
            } else {
                free.next().unwrap()
            });
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ended = Shell::new().refused(&words);
        assert!(ended.error().contains(&busy_port), "{ended:?}");
        assert!(ended.hint().contains(taken), "{ended:?}");
        for port in spare {
            drop(TcpListener::bind(("127.0.0.1", port)).expect("nothing is left running"));
        }
    }
}

/// A free port below those that systems give out, so that no other test takes it meanwhile.
fn quiet_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = 20_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    loop {
        let port = start + NEXT.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
