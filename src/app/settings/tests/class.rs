//! What `--class` asks for before it lets anybody in.

use std::net::IpAddr;

use super::*;
use crate::base::keys;

#[test]
fn a_class_needs_a_name_and_both_keys() {
    let (one, two) = (keys::new_secret().unwrap(), keys::new_secret().unwrap());
    let given = [
        ("SECRET_KEY", one.as_str()),
        ("JWT_SECRET_KEY", two.as_str()),
    ];
    let class = ["--class", "--public-name", "Lab.School.example"];

    let error = refused("", &given, &["--class"]);
    assert_eq!(
        (error.message.as_str(), error.code),
        ("--class needs --public-name", 2)
    );
    assert_eq!(refused("class = true", &given, &[]).code, 1);
    let error = refused("", &given, &["--class", "--public-name", "192.0.2.7"]);
    assert!(
        error.message.starts_with("--public-name is an address"),
        "{}",
        error.message
    );
    for missing in [&given[..1], &given[1..], &[]] {
        let error = refused("", missing, &class);
        assert!(error.hint.contains("session-lab secret"), "{}", error.hint);
        assert_eq!(error.code, 1);
    }

    let measured = [given[0], given[1], ("MEASURE", "1")];
    let settings = load("", &measured, &class).unwrap();
    assert!(!settings.measure, "a class is never measured");
    let bind: IpAddr = [0, 0, 0, 0].into();
    let public_name = "lab.school.example".to_owned();
    assert_eq!(
        settings.reach,
        Reach::Class {
            bind,
            public_name,
            attacker_name: None
        }
    );
    assert_eq!(settings.keys.jwt_secret_key(), Some(two.as_str()));
    let shown = format!("{settings:?}");
    assert!(!shown.contains(&one) && !shown.contains(&two), "{shown}");
}

#[test]
fn a_weak_key_is_refused_in_front_of_a_class_and_accepted_on_loopback() {
    let strong = keys::new_secret().unwrap();
    for weak in [
        "changeme",
        "secret123secret123secret123secret123",
        "xK3vQ9pLr7",
    ] {
        let given = [("SECRET_KEY", weak), ("JWT_SECRET_KEY", &strong)];
        let error = refused("", &given, &["--class", "--public-name", "lab.example"]);
        assert!(
            error.message.starts_with("SESSION_LAB_SECRET_KEY is "),
            "{}",
            error.message
        );
        assert!(!error.message.contains(weak));
        assert_eq!(load("", &given, &[]).unwrap().keys.secret_key(), Some(weak));
    }
}

#[test]
fn the_flags_of_a_class_mean_nothing_without_it_but_a_file_may_prepare_them() {
    let error = refused("", &[], &["--bind", "192.0.2.7"]);
    assert_eq!(error.message, "--bind means nothing without --class");
    assert_eq!(error.code, 2);
    assert_eq!(refused("", &[], &["--public-name", "lab.example"]).code, 2);
    assert!(load("public-name = 'lab.example'", &[], &[]).is_ok());
    assert_eq!(refused("", &[], &["--attacker-name", "evil"]).code, 2);
}

#[test]
fn the_attacker_of_a_class_has_a_name_of_another_site() {
    let (one, two) = (keys::new_secret().unwrap(), keys::new_secret().unwrap());
    let given = [
        ("SECRET_KEY", one.as_str()),
        ("JWT_SECRET_KEY", two.as_str()),
    ];
    let class = ["--class", "--public-name", "lab.school.example"];
    let with = |name| [&class[..], &["--attacker-name", name]].concat();
    let error = refused("", &given, &with("evil.school.example"));
    assert_eq!(
        error.message,
        "--attacker-name is the same site as --public-name to a browser"
    );
    let settings = load("", &given, &with("Evil.example")).unwrap();
    let Reach::Class { attacker_name, .. } = settings.reach else {
        panic!("a class");
    };
    assert_eq!(attacker_name.as_deref(), Some("evil.example"));
}
