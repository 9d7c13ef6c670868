//! The placeholders that are commands or parts of them: what a student types on their own laptop, and
//! what in a class, where the lab and its files are on another computer.

use std::path::Path;

use crate::base::addresses::{Addresses, LAB_TEST, Listener};
use crate::base::bench_name::BenchName;

/// The certificate's file, as a student of a class stores it.
pub const FETCHED: &str = "session-lab.pem";

/// The file in which a terminal of a class keeps the key of its bench.
pub const LAB_JAR: &str = "lab.jar";

/// The commands by which curl comes to trust the lab's certificate. A class has it on another computer:
/// there it is fetched, and compared before curl believes it.
pub(super) fn trust(addresses: &Addresses, cert: &str) -> String {
    let believe = format!("export CURL_CA_BUNDLE={cert}");
    if !addresses.is_class() {
        return believe;
    }
    let [fetch, print] = fetch_certificate(addresses);
    format!("{fetch}\n$ {print}\n[..]Fingerprint=[..]\n$ {believe}")
}

/// The commands of a class that fetch the certificate and print its fingerprint, to be compared.
pub fn fetch_certificate(addresses: &Addresses) -> [String; 2] {
    [
        format!("curl -s -o {FETCHED} {}", certificate_from(addresses)),
        format!("openssl x509 -noout -fingerprint -sha256 -in {FETCHED}"),
    ]
}

/// Where the certificate is fetched: unencrypted, because before that nothing can be checked.
pub(super) fn certificate_from(addresses: &Addresses) -> String {
    let listener = match addresses.is_class() {
        true => Listener::PortalHttp,
        false => Listener::Lab,
    };
    format!("{}/certificate.pem", addresses.origin(listener))
}

/// How curl asks the lab's own pages. In a class it must know the certificate and a key of the bench.
pub(super) fn curl_lab(is_class: bool) -> String {
    match is_class {
        true => format!("curl --cacert {FETCHED} -b {LAB_JAR}"),
        false => "curl".into(),
    }
}

/// What a class is told above [`trust`].
pub(super) const fn compare_first(is_class: bool) -> &'static str {
    match is_class {
        true => {
            "The first lines fetch the lab's certificate and print its fingerprint. Type the line with \
             `export` only if the fingerprint is the one that the projector shows. Commands that ask the \
             lab's own pages need the file `lab.jar`, which holds a key of your bench: make it once, with \
             *Add a terminal* on the page *Your bench*."
        }
        false => "",
    }
}

/// Where a student's terminal is.
pub(super) const fn terminal_folder(is_class: bool) -> &'static str {
    match is_class {
        true => "a folder for your files of this course, always the same one",
        false => "the folder that holds `lab-data`",
    }
}

/// The options by which curl finds the name that is not localhost: on a student's own computer no DNS knows it.
pub(super) fn at_test_names(addresses: &Addresses, listeners: &[Listener]) -> String {
    let ports = listeners.iter().filter_map(|of| addresses.port(*of));
    let options: Vec<_> = ports.map(|port| at_test_name(addresses, port)).collect();
    options.join(" ").trim().to_owned()
}

/// The same for one port.
pub(super) fn at_test_name(addresses: &Addresses, port: u16) -> String {
    match addresses.is_class() {
        true => String::new(),
        false => format!("--resolve {LAB_TEST}:{port}:127.0.0.1"),
    }
}

/// The names for which curl asks no proxy. It also takes every name below one of them.
pub(super) fn no_proxy(addresses: &Addresses) -> String {
    match addresses.is_class() {
        true => format!("{},{}", addresses.main_name(), addresses.attacker_name()),
        false => format!("localhost,127.0.0.1,{LAB_TEST}"),
    }
}

/// The commands that list the session files of a bench and show one. A class has no folder of the lab to
/// look into, so there the lab is asked.
pub(super) fn listing(addresses: &Addresses, folder: &Path, bench: &BenchName) -> (String, String) {
    if addresses.is_class() {
        let ask = format!(
            "{} -s {}",
            curl_lab(true),
            addresses.lab_page(bench, "/session-files")
        );
        return (ask.clone(), ask);
    }
    let files = inside(folder, &format!("sessions/{bench}"));
    (format!("ls {files}"), format!("cat {files}"))
}

/// The folder as the reader of a sheet writes it: without the `./` of the default.
pub(super) fn inside(folder: &Path, path: &str) -> String {
    let folder = folder.strip_prefix(".").unwrap_or(folder);
    folder.join(path).display().to_string()
}
