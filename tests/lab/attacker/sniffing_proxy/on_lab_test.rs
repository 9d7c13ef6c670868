//! What curl does on `lab.test`, a name that no exception for loopback covers: HSTS and `Secure`.

use super::*;
use crate::support::curl;

const CERTIFICATE: &str = "cert.pem";

/// A folder for the files that curl reads and writes, with the lab's certificate in it.
struct CurlFolder(tempfile::TempDir);

impl CurlFolder {
    fn of(cafe: &Cafe) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        let certificate = cafe.lab.certificate.cert_pem();
        std::fs::write(folder.path(CERTIFICATE), certificate).expect("written");
        folder
    }

    fn path(&self, name: &str) -> String {
        let path = self.0.path().join(name);
        path.to_str().expect("a path").to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hsts_makes_curl_change_to_tls_on_the_same_port() {
    let cafe = Cafe::open().await;
    let folder = CurlFolder::of(&cafe);
    let (hsts, cert) = (folder.path("hsts.txt"), folder.path(CERTIFICATE));
    let resolve = format!("lab.test:{}:127.0.0.1", cafe.port);
    let scheme_of = |scheme: &str, variant: &str| {
        let url = format!("{scheme}://lab.test:{}/{variant}/login", cafe.port);
        let words = [
            "-o",
            "/dev/null",
            "-w",
            "%{scheme} %{http_code}",
            "--hsts",
            &hsts,
            "--cacert",
            &cert,
            "--resolve",
            &resolve,
            &url,
        ];
        tokio::task::block_in_place(|| curl(&words)).to_lowercase()
    };
    assert_eq!(
        scheme_of("http", "hardened"),
        "http 303",
        "before, it asks unencrypted"
    );
    assert_eq!(
        scheme_of("https", "insecure"),
        "https 200",
        "the weak arm sends no header"
    );
    assert_eq!(scheme_of("http", "insecure"), "http 200");
    assert_eq!(scheme_of("https", "hardened"), "https 200");
    assert_eq!(
        scheme_of("http", "hardened"),
        "https 200",
        "after, it asks over TLS"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn secure_keeps_the_cookie_out_of_the_cafe_on_lab_test_but_not_on_localhost() {
    let cafe = Cafe::open().await;
    let folder = CurlFolder::of(&cafe);
    let (jar, cert) = (folder.path("jar"), folder.path(CERTIFICATE));
    for (host, variant, read) in [
        ("lab.test", "only-secure", false),
        ("lab.test", "without-secure", true),
        ("localhost", "only-secure", true),
    ] {
        cafe.lab.captures.forget(&BenchName::local());
        let _ = std::fs::remove_file(&jar);
        let resolve = format!("{host}:{}:127.0.0.1", cafe.port);
        let visit = |scheme: &str, words: &[&str]| {
            let url = format!("{scheme}://{host}:{}/{variant}/login", cafe.port);
            let common = [
                "-o",
                "/dev/null",
                "--cacert",
                &cert,
                "--resolve",
                &resolve,
                &url,
            ];
            tokio::task::block_in_place(|| curl(&[words, &common].concat()));
        };
        visit("https", &["-c", &jar]);
        visit("http", &["-b", &jar]);
        let jar = std::fs::read_to_string(&jar).expect("a jar");
        let id = jar
            .lines()
            .find(|line| line.contains("session_"))
            .expect("a cookie");
        let id = id.rsplit('\t').next().expect("a value").to_owned();
        let heard = cafe.bytes().contains(&id);
        assert_eq!(heard, read, "{host} {variant}");
    }
}
