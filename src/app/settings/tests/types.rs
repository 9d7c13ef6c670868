//! Values of a wrong type: each layer names the setting as its author wrote it, the value, and what is
//! accepted.

use clap::Parser as _;

use super::{FlagsAlone, refused};

#[test]
fn a_wrong_type_says_which_layer_and_what_it_should_be() {
    let port = "a whole number from 0 (any free port) to 65535";
    let address = "an IP address, such as 0.0.0.0 for all of this computer";
    for (file, environment, message, hint) in [
        (
            "",
            &[("HTTP_PORT", "abc")][..],
            format!("SESSION_LAB_HTTP_PORT: \"abc\" is not {port}"),
            "write SESSION_LAB_HTTP_PORT=7070",
        ),
        (
            "",
            &[("LAB_PORT", "70000")],
            format!("SESSION_LAB_LAB_PORT: 70000 is not {port}"),
            "write SESSION_LAB_LAB_PORT=7070",
        ),
        (
            "",
            &[("LAB_PORT", "-1")],
            format!("SESSION_LAB_LAB_PORT: \"-1\" is not {port}"),
            "write SESSION_LAB_LAB_PORT=7070",
        ),
        (
            "",
            &[("CLASS", "yes")],
            "SESSION_LAB_CLASS: \"yes\" is neither true nor false".into(),
            "write SESSION_LAB_CLASS=true",
        ),
        (
            "",
            &[("BIND", "here")],
            format!("SESSION_LAB_BIND: \"here\" is not {address}"),
            "write SESSION_LAB_BIND=0.0.0.0",
        ),
        (
            "lab-port = 'seven'",
            &[],
            format!(": \"seven\" is not {port}"),
            "write lab-port = 7070",
        ),
        (
            "lab-port = 1.5",
            &[],
            format!(": 1.5 is not {port}"),
            "write lab-port = 7070",
        ),
        (
            "lab-port = true",
            &[],
            format!(": true is not {port}"),
            "write lab-port = 7070",
        ),
        (
            "lab-port = [1]",
            &[],
            format!(": a list is not {port}"),
            "write lab-port = 7070",
        ),
        (
            "open = 'yes'",
            &[],
            ": \"yes\" is neither true nor false".into(),
            "write open = true",
        ),
        (
            "bind = 'here'",
            &[],
            format!(": \"here\" is not {address}"),
            "write bind = '0.0.0.0'",
        ),
        (
            "data-dir = 5",
            &[],
            ": 5 is not text (the name of a folder)".into(),
            "write data-dir = './folder'",
        ),
        (
            "public-name = 5",
            &[],
            ": 5 is not text (a name)".into(),
            "write public-name = 'lab.school.example'",
        ),
        (
            "sessions = 5",
            &[],
            ": the value is not text (file, memory".into(),
            "write sessions = 'file'",
        ),
    ] {
        let error = refused(file, environment, &[]);
        assert!(error.message.contains(&message), "{}", error.message);
        assert_eq!((error.hint.as_str(), error.code), (hint, 1));
        if !file.is_empty() {
            assert!(
                error.message.contains("session-lab.toml"),
                "{}",
                error.message
            );
        }
    }
    for (words, accepted) in [
        (["--http-port", "abc"], port),
        (["--http-port", "70000"], port),
        (["--bind", "here"], address),
    ] {
        let words = [&["session-lab"][..], &words].concat();
        let Err(error) = FlagsAlone::try_parse_from(&words) else {
            panic!("{words:?}")
        };
        let told = error.to_string();
        for part in [words[1], words[2], accepted] {
            assert!(told.contains(part), "{told}");
        }
    }
}
