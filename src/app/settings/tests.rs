//! Which layer wins, and what a mistake in each of them says.

mod class;
mod desk;
mod types;

use std::fs;

use clap::Parser as _;

use super::*;

/// A command line with nothing but the flags of `serve`.
#[derive(clap::Parser)]
struct FlagsAlone {
    #[command(flatten)]
    flags: ServeFlags,
}

/// A folder with an optional settings file, an environment, and a command line.
fn load(file: &str, environment: &[(&str, &str)], words: &[&str]) -> Result<Settings, StartError> {
    let folder = tempfile::tempdir().unwrap();
    if !file.is_empty() {
        fs::write(folder.path().join("session-lab.toml"), file).unwrap();
    }
    let words = [&["session-lab"], words].concat();
    let FlagsAlone { flags } = FlagsAlone::try_parse_from(words).unwrap();
    Settings::from_layers(flags, &Environment::of(environment), folder.path())
}

fn refused(file: &str, environment: &[(&str, &str)], words: &[&str]) -> StartError {
    let error = load(file, environment, words).unwrap_err();
    assert!(
        !error.message.contains('\n') && !error.hint.contains('\n'),
        "{error:?}"
    );
    assert!(!error.hint.is_empty());
    error
}

#[test]
fn the_defaults_are_the_designs() {
    let settings = load("", &[], &[]).unwrap();
    let ports = (settings.lab_port, settings.http_port, settings.https_port);
    assert_eq!(ports, (7070, 7080, 7443));
    let others = (
        settings.attacker_port,
        settings.attacker_tls_port,
        settings.cafe_port,
    );
    assert_eq!(others, (7666, 7667, 7081));
    assert_eq!(settings.data_dir, PathBuf::from("./lab-data"));
    assert_eq!(
        (settings.sessions, settings.open),
        (SessionStore::File, false)
    );
    assert_eq!(settings.reach, Reach::Loopback);
    assert_eq!(settings.keys.secret_key(), None);
}

#[test]
fn the_routes_for_measuring_are_mounted_only_when_the_environment_says_so() {
    assert!(!load("", &[], &[]).unwrap().measure);
    assert!(!load("", &[("MEASURE", "0")], &[]).unwrap().measure);
    assert!(!load("measure = true", &[], &[]).is_ok_and(|settings| settings.measure));
    assert!(load("", &[("MEASURE", "1")], &[]).unwrap().measure);
}

#[test]
fn flags_win_over_the_environment_and_the_environment_over_the_file() {
    let file = "lab-port = 1\nhttp-port = 2\nhttps-port = 3\nopen = true\ndata-dir = 'file'";
    let environment = [
        ("HTTP_PORT", "22"),
        ("HTTPS_PORT", "33"),
        ("SESSIONS", "memory"),
    ];
    let settings = load(file, &environment, &["--https-port", "333"]).unwrap();
    let ports = (settings.lab_port, settings.http_port, settings.https_port);
    assert_eq!(ports, (1, 22, 333));
    assert_eq!(
        (settings.sessions, settings.open),
        (SessionStore::Memory, true)
    );
    assert_eq!(settings.data_dir, PathBuf::from("file"));
}

#[test]
fn switches_in_the_environment_are_words_or_digits() {
    for (value, open) in [
        ("1", true),
        ("true", true),
        ("0", false),
        ("false", false),
        ("", false),
    ] {
        assert_eq!(
            load("", &[("OPEN", value)], &[]).unwrap().open,
            open,
            "{value}"
        );
    }
    let error = refused("", &[("OPEN", "maybe")], &[]);
    assert!(
        error.message.starts_with("SESSION_LAB_OPEN: \"maybe\" is "),
        "{}",
        error.message
    );
}

#[test]
fn a_variable_that_looks_like_a_number_is_still_a_path() {
    let settings = load("", &[("DATA_DIR", "2026"), ("UNKNOWN", "x")], &[]).unwrap();
    assert_eq!(settings.data_dir, PathBuf::from("2026"));
}

#[test]
fn an_unknown_key_in_the_file_is_named_with_the_known_ones() {
    let error = refused("https_port = 1", &[], &[]);
    assert!(
        error.message.starts_with("unknown key https_port in "),
        "{}",
        error.message
    );
    assert!(
        error.message.ends_with("session-lab.toml"),
        "{}",
        error.message
    );
    assert!(error.hint.contains("https-port"));
    assert_eq!(error.code, 1);
}

#[test]
fn a_key_in_the_file_is_sent_to_the_environment_and_not_repeated() {
    let error = refused("secret-key = 'hunter2'", &[], &[]);
    assert_eq!(
        error.hint,
        "keys come from the environment: export SESSION_LAB_SECRET_KEY=…"
    );
    assert!(!error.message.contains("hunter2"));
    for (key, name) in [
        ("SECRET_KEY", "SECRET_KEY"),
        ("SESSION_LAB_JWT_SECRET_KEY", "JWT_SECRET_KEY"),
        ("secret-key-fallbacks", "SECRET_KEY_FALLBACKS"),
        ("jwt_secret_key_fallbacks", "JWT_SECRET_KEY_FALLBACKS"),
    ] {
        let error = refused(&format!("{key} = 'hunter2'"), &[], &[]);
        let hint = format!("keys come from the environment: export SESSION_LAB_{name}=…");
        assert_eq!(error.hint, hint, "{key}");
    }
}

#[test]
fn a_key_in_another_spelling_is_told_its_own() {
    for key in ["https_port", "HTTPS_PORT", "SESSION_LAB_HTTPS_PORT"] {
        let error = refused(&format!("{key} = 1"), &[], &[]);
        assert_eq!(error.hint, "write it as https-port", "{key}");
    }
    let error = refused("colour = 1", &[], &[]);
    assert!(error.hint.starts_with("the known keys are lab-port, "));
}

#[test]
fn a_text_in_the_wrong_quotes_or_in_none_is_told_which_ones() {
    for (file, hint) in [
        (
            "data-dir = \"C:\\Users\\x\"",
            "single quotes: data-dir = 'C:\\folder'",
        ),
        ("lab-port = 1\nlabs = ./x", "in quotes: labs = './folder'"),
        ("labs = ./x\nlab-port = 1", "in quotes: labs = './folder'"),
        ("redis-ca = /etc/ca.pem", "in quotes: redis-ca = 'ca.pem'"),
        ("data-dir = 'data", "in quotes: data-dir = './folder'"),
        ("lab-port = 70 70", "lines such as http-port = 7080"),
        ("lab-port 7070", "lines such as http-port = 7080"),
    ] {
        let error = refused(file, &[], &[]);
        assert!(
            error.message.contains("is not valid TOML"),
            "{file}: {error}"
        );
        assert!(error.hint.contains(hint), "{file}: {}", error.hint);
    }
}

#[test]
fn a_file_that_is_no_toml_is_one_line() {
    let error = refused("lab-port 7070", &[], &[]);
    assert!(
        error.message.contains("is not valid TOML: "),
        "{}",
        error.message
    );
    assert!(error.message.contains("line 1"), "{}", error.message);
}

#[test]
fn a_byte_order_mark_in_front_of_the_settings_is_skipped_and_utf_16_is_named() {
    let settings = load("\u{feff}lab-port = 9001", &[], &[]).unwrap();
    assert_eq!(settings.lab_port, 9001);
    let folder = tempfile::tempdir().unwrap();
    let utf_16 = "lab-port = 1".encode_utf16().flat_map(u16::to_le_bytes);
    let bytes: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf_16).collect();
    let path = folder.path().join("lab.toml");
    fs::write(&path, bytes).unwrap();
    let error = refused("", &[], &["--config", path.to_str().unwrap()]);
    assert!(
        error
            .message
            .ends_with("it is UTF-16 text; save it as UTF-8"),
        "{error}"
    );
    let key = "\u{feff}a key in a file";
    let settings = load("", &[("SECRET_KEY", key)], &[]).unwrap();
    assert_eq!(settings.keys.secret_key(), Some("a key in a file"));
}

#[test]
fn a_named_file_must_be_there_and_takes_the_place_of_the_usual_one() {
    let error = refused("", &[], &["--config", "/nonexistent/lab.toml"]);
    let start = "cannot read the settings file /nonexistent/lab.toml: ";
    assert!(error.message.starts_with(start), "{}", error.message);
    assert_eq!(error.code, 1);
    assert!(
        refused("", &[("CONFIG", "/nonexistent")], &[])
            .message
            .contains("/nonexistent")
    );

    let named = tempfile::NamedTempFile::new().unwrap();
    fs::write(named.path(), "lab-port = 1").unwrap();
    let path = named.path().to_str().unwrap();
    let settings = load("http-port = 2", &[], &["--config", path]).unwrap();
    assert_eq!((settings.lab_port, settings.http_port), (1, 7080));
}

#[test]
fn one_port_twice_is_refused_but_zero_may_repeat() {
    let error = refused("", &[], &["--lab-port", "9001", "--https-port", "9001"]);
    assert_eq!(error.message, "--lab-port and --https-port are both 9001");
    assert_eq!(
        error.hint,
        "give each its own port, or let the system choose one: --https-port 0"
    );
    assert_eq!(error.code, 2);
    assert_eq!(refused("", &[], &["--lab-port", "7080"]).code, 2);
    assert_eq!(refused("lab-port = 7443", &[], &[]).code, 1);
    let error = refused("", &[("CAFE_PORT", "7667")], &[]);
    let both = "--attacker-tls-port and SESSION_LAB_CAFE_PORT are both 7667";
    assert_eq!(error.message, both);
    assert_eq!(refused("", &[], &["--attacker-port", "7080"]).code, 2);
    let words = ["--lab-port", "0", "--http-port", "0", "--https-port", "0"];
    assert!(load("", &[], &words).is_ok());
}

#[test]
fn a_redis_is_taken_from_every_layer_and_its_password_is_never_shown() {
    let url = "redis://:hunter2@localhost/1";
    let file = format!("sessions = '{url}'");
    for settings in [
        load("", &[], &["--sessions", url]),
        load("", &[("SESSIONS", url)], &[]),
        load(&file, &[], &[]),
    ] {
        let settings = settings.unwrap();
        let SessionStore::Redis(address) = &settings.sessions else {
            panic!("{settings:?}");
        };
        let same = Address::parse(url, None).unwrap();
        assert!(*address == same, "with its password");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}

#[test]
fn a_wrong_redis_is_refused_without_repeating_it() {
    for url in [
        "redis://:hunter2@",
        "redis:/hunter2",
        "redis://x:hunter2",
        "redis://:hunter2@localhost/x",
        "hunter2@localhost",
    ] {
        let error = refused("", &[], &["--sessions", url]);
        let all = format!("{error:?}");
        assert!(error.message.starts_with("--sessions "), "{all}");
        assert!(!all.contains("hunter2"), "{all}");
        assert_eq!(error.code, 2);
        let error = refused("", &[("SESSIONS", url)], &[]);
        let all = format!("{error:?}");
        assert!(error.message.starts_with("SESSION_LAB_SESSIONS "), "{all}");
        assert!(!all.contains("hunter2"), "{all}");
        assert_eq!(error.code, 1);
    }
    let error = refused("sessions = 'Memory'", &[], &[]);
    let end = "session-lab.toml is neither file, memory nor a Redis address";
    assert!(error.message.ends_with(end), "{}", error.message);
}

#[test]
fn a_ca_needs_a_redis_with_tls() {
    let tls = ["--sessions", "rediss://localhost", "--redis-ca", "ca.pem"];
    let told = format!("{:?}", load("", &[], &tls).unwrap().sessions);
    assert!(told.contains("over TLS"), "{told}");
    let error = refused("", &[], &["--redis-ca", "ca.pem"]);
    assert_eq!(error.message, "--redis-ca is given without a Redis");
    let error = refused("redis-ca = 'ca.pem'", &[("SESSIONS", "redis://x")], &[]);
    assert!(error.message.contains("is not rediss://"), "{error:?}");
}

#[test]
fn an_empty_folder_name_is_refused() {
    assert!(
        refused("data-dir = ''", &[], &[])
            .message
            .ends_with(" is empty")
    );
}

#[test]
fn settings_of_a_throw_away_lab_take_no_fixed_port_and_no_folder() {
    let settings = Settings::throw_away();
    assert_eq!(
        (settings.lab_port, settings.http_port, settings.https_port),
        (0, 0, 0)
    );
    assert_eq!(
        (
            settings.attacker_port,
            settings.attacker_tls_port,
            settings.cafe_port
        ),
        (0, 0, 0)
    );
    assert_eq!(settings.sessions, SessionStore::Memory);
    assert_eq!(settings.data_dir, PathBuf::new());
}
