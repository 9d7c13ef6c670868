//! The built program as a process: what it prints, how it stops, and what a new start finds.
//!
//! These are the promises that only a process can break: `kill -9`, signals, a log on a terminal.
//! `program` is the harness.

mod class_attacks;
pub mod class_lab;
mod class_names;
mod crowd;
mod fail_over;
mod flood;
mod health;
mod instances;
mod key_rotation;
mod kills;
mod log;
mod owners;
pub mod program;
mod redis;
mod redis_faults;
mod redis_keys;
mod redis_pages;
mod restart;
mod side_by_side;
mod stop;
mod work_of_an_earlier_key;

use sha2::{Digest, Sha256};
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};

use self::program::Program;

#[tokio::test]
async fn the_start_prints_addresses_fingerprint_store_and_what_it_is_for() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let told = program.told.join("\n");
    assert!(told.contains("for teaching only"), "{told}");
    assert!(told.contains("insecure on purpose"), "{told}");
    let sessions = folder.path().join("sessions");
    let store = format!("Sessions           files in {}", sessions.display());
    assert!(told.contains(&store), "{told}");

    let der = CertificateDer::from_pem_slice(program.certificate().as_bytes()).unwrap();
    let digest = Sha256::digest(&der);
    let digest: Vec<_> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    assert!(told.to_uppercase().contains(&digest.join(":")), "{told}");

    assert_eq!(
        program.visitor("http", "").get("/healthz").await.body,
        "ok\n"
    );
    let mut lab = program.visitor("lab", "");
    assert_eq!(lab.get("/").await.status, 200);
    let mut hardened = program.visitor("https", "/hardened");
    assert_eq!(hardened.get("/").await.status, 200);
}

#[tokio::test]
async fn the_certificate_and_the_key_are_kept_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| std::fs::read(folder.path().join("tls").join(name)).unwrap();
    let mut files = Vec::new();
    for _ in 0..2 {
        let program = Program::start(folder.path());
        files.push((read("cert.pem"), read("key.pem"), fingerprint(&program)));
        program.kill();
    }
    assert_eq!(files[0], files[1]);
}

fn fingerprint(program: &Program) -> String {
    let line = program.told.iter().find(|line| line.contains("SHA-256"));
    line.expect("a fingerprint").clone()
}
