//! Where `--desk` listens, and what it needs.

use std::net::{IpAddr, Ipv4Addr};

use super::*;

#[test]
fn a_desk_has_two_ports_and_an_address_for_its_class() {
    assert_eq!(load("", &[], &[]).unwrap().desk, None);
    let desk = load("", &[], &["--desk"]).unwrap().desk.unwrap();
    assert_eq!((desk.desk_port, desk.class_port), (7071, 7072));
    assert_eq!(desk.bind, IpAddr::from(Ipv4Addr::UNSPECIFIED));
    let bind = ["--desk", "--bind", "192.0.2.7", "--class-port", "0"];
    let settings = load("desk-port = 9000", &[("DESK", "1")], &bind).unwrap();
    assert_eq!(
        settings.reach,
        Reach::Loopback,
        "only the desk listens there"
    );
    let desk = settings.desk.unwrap();
    assert_eq!((desk.desk_port, desk.class_port), (9000, 0));
    assert_eq!(desk.bind, IpAddr::from([192, 0, 2, 7]));
}

#[test]
fn the_ports_of_a_desk_mean_nothing_without_it_and_are_nobody_elses() {
    for flag in ["--desk-port", "--class-port"] {
        let error = refused("", &[], &[flag, "9000"]);
        assert_eq!(
            error.message,
            format!("{flag} means nothing without --desk")
        );
        assert_eq!(error.code, 2);
    }
    assert!(load("desk-port = 9000\nclass-port = 9000", &[], &[]).is_ok());
    let error = refused("", &[], &["--desk", "--desk-port", "7072"]);
    assert_eq!(error.message, "--desk-port and --class-port are both 7072");
    // Without a desk its usual ports are free for others.
    assert!(load("", &[], &["--lab-port", "7071"]).is_ok());
}
