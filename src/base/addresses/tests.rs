//! Which hosts are answered, and how origins are written.

use super::*;

#[test]
fn only_the_pairs_of_name_and_port_in_the_design_are_answered() {
    let addresses = Addresses::new("localhost".into(), "127.0.0.1".into());
    for (listener, port) in Listener::ALL
        .into_iter()
        .zip([7070, 7080, 7443, 7666, 7667])
    {
        addresses.learn(listener, port);
    }
    let answered = |listener, host| {
        let asked = addresses.answered(listener, host, false);
        asked.map(|asked| asked.name)
    };
    assert_eq!(
        answered(Listener::Lab, "localhost:7070").as_deref(),
        Some("localhost")
    );
    assert_eq!(
        answered(Listener::PortalHttps, "LAB.test:7443").as_deref(),
        Some("lab.test")
    );
    for host in [
        "127.0.0.1:7666",
        "evil.localhost:7666",
        "notes.portal.localhost:7666",
    ] {
        assert!(answered(Listener::Attacker, host).is_some(), "{host}");
    }
    for (listener, host) in [
        (Listener::Lab, "lab.test:7070"),
        (Listener::Lab, "localhost:7080"),
        (Listener::Lab, "localhost"),
        (Listener::PortalHttp, "127.0.0.1:7080"),
        (Listener::PortalHttps, "127.0.0.1:7443"),
        (Listener::PortalHttps, "evil.example:7443"),
        (Listener::PortalHttps, "localhost:7443x"),
        (Listener::PortalHttps, ""),
        (Listener::PortalHttp, "notes.portal.localhost:7080"),
        (Listener::Attacker, "localhost:7666"),
        (Listener::Attacker, "127.0.0.1:7667"),
        (Listener::AttackerTls, "portal.localhost:7667"),
    ] {
        assert_eq!(answered(listener, host), None, "{listener:?} {host}");
    }
}

#[test]
fn the_cafes_port_is_answered_on_the_cafes_connections_only() {
    let addresses = Addresses::new("localhost".into(), "127.0.0.1".into());
    addresses.learn(Listener::PortalHttp, 7080);
    addresses.learn_cafe(7081);
    let port = |host, through| {
        let asked = addresses.answered(Listener::PortalHttp, host, through);
        asked.map(|asked| asked.port)
    };
    for host in ["localhost:7081", "LAB.test:7081"] {
        assert_eq!(port(host, true), Some(7081), "{host}");
        assert_eq!(port(host, false), None, "{host}");
    }
    for host in ["localhost:7080", "portal.localhost:7081", "127.0.0.1:7081"] {
        assert_eq!(port(host, true), None, "{host}");
    }
}

#[test]
fn a_class_is_answered_under_its_own_names_and_the_lab_has_another_host_than_the_portal() {
    let addresses = Addresses::new("lab.school.example".into(), "192.0.2.7".into());
    for (listener, port) in Listener::ALL.into_iter().zip(1..) {
        addresses.learn(listener, port);
    }
    addresses.learn_cafe(9);
    assert_eq!(
        addresses.origin(Listener::Lab),
        "https://guide.lab.school.example:1"
    );
    for (listener, host, through) in [
        (Listener::Lab, "guide.lab.school.example:1", false),
        (Listener::PortalHttp, "lab.school.example:2", false),
        (Listener::PortalHttp, "lab.school.example:9", true),
        (Listener::PortalHttps, "cafe.lab.school.example:9", true),
        (Listener::Attacker, "notes.lab.school.example:4", false),
        (Listener::Attacker, "192.0.2.7:4", false),
    ] {
        assert!(
            addresses.answered(listener, host, through).is_some(),
            "{listener:?} {host}"
        );
    }
    for (listener, host, through) in [
        (Listener::PortalHttp, "guide.lab.school.example:2", false),
        (Listener::PortalHttp, "notes.lab.school.example:2", false),
        (Listener::PortalHttp, "cafe.lab.school.example:2", false),
        (Listener::PortalHttp, "notes.lab.school.example:9", true),
        (Listener::Lab, "notes.lab.school.example:1", false),
        // Cookies ignore ports, so the portal's name must not reach the lab's pages.
        (Listener::Lab, "lab.school.example:1", false),
        (Listener::Attacker, "lab.school.example:4", false),
    ] {
        let asked = addresses.answered(listener, host, through);
        assert_eq!(asked, None, "{listener:?} {host}");
    }
    assert!(addresses.may_have_hsts("cafe.lab.school.example"));
    assert!(!addresses.may_have_hsts("lab.school.example"));
}

#[test]
fn an_origin_leaves_out_the_port_of_its_scheme() {
    assert_eq!(origin(Scheme::Https, "localhost", 443), "https://localhost");
    assert_eq!(
        origin(Scheme::Http, "localhost", 443),
        "http://localhost:443"
    );
}
