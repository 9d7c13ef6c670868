//! Where a cookie goes, by curl's own jar: to every port of its host, and with `Domain` to every
//! sibling.

use session_lab::base::addresses::Listener::{Attacker, PortalHttp, PortalHttps};
use session_lab::base::addresses::SIBLING;

use crate::support::{bench, curl, lab};

/// The names of the cookies that curl sends from this jar to a page that shows them.
fn sent(jar: &str, origin: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let cert = folder.path().join("cert.pem");
    std::fs::write(&cert, lab().certificate.cert_pem()).expect("written");
    let cert = cert.to_str().expect("a path");
    let url = format!("{origin}/inspect_headers?format=json");
    let shown = curl(&["-b", jar, "--cacert", cert, &url]);
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    let cookies = shown["request"]["cookies"].as_array().expect("a list");
    let names = cookies.iter().filter_map(|cookie| cookie["name"].as_str());
    names.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_goes_to_every_port_of_its_host() {
    let bench = bench();
    let jar = tempfile::NamedTempFile::new().expect("a jar");
    let jar = jar.path().to_str().expect("a path");
    let name = format!("session_insecure_{}", bench.name);
    let [http, https] = [PortalHttp, PortalHttps].map(|port| lab().addresses.origin(port));
    let login = format!("{http}{}/insecure/login", bench.name.prefix());
    curl(&["-o", "/dev/null", "-c", jar, &login]);
    for origin in [&http, &https] {
        assert_eq!(sent(jar, origin), [name.as_str()], "{origin}");
    }
    let other_host = http.replace("localhost", "portal.localhost");
    assert_eq!(sent(jar, &other_host), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_with_domain_goes_to_every_sibling_and_the_sessions_cookie_to_none() {
    let bench = bench();
    let (prefix, addresses) = (bench.name.prefix(), &lab().addresses);
    let name = format!("session_insecure_{}", bench.name);
    let jar = tempfile::NamedTempFile::new().expect("a jar");
    let jar = jar.path().to_str().expect("a path");
    let sibling = addresses.origin_as(Attacker, SIBLING);
    let portal = addresses.origin_as(PortalHttp, "portal.localhost");
    let kept = || {
        let jar = std::fs::read_to_string(jar).expect("the jar");
        let line = jar.lines().find(|line| line.contains(&name));
        let fields: Vec<_> = line.expect(&jar).split('\t').take(2).collect();
        fields.join(" ")
    };
    let login = format!("{portal}{prefix}/insecure/login");
    let own = ["-o", "/dev/null", "-c", jar, &login];
    curl(&own);
    assert_eq!(kept(), "portal.localhost FALSE", "no sibling gets it");

    std::fs::write(jar, "").expect("an empty jar");
    let toss = format!("{sibling}{prefix}/tossing?variant=insecure");
    let origin = format!("Origin: {sibling}");
    curl(&["-o", "/dev/null", "-c", jar, "-H", &origin, "-d", "", &toss]);
    assert_eq!(kept(), ".portal.localhost TRUE", "every host below gets it");
    // It reaches the portal, whose session it becomes.
    let whose = format!("{portal}{prefix}/insecure/api/check_session");
    assert!(curl(&["-b", jar, &whose]).contains("\"mallory\""));
}
