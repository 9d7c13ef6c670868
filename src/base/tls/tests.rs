//! Every reason to make a certificate, and none to lose one.

use std::{fs, path::Path};

use tempfile::TempDir;
use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

fn start(dir: &TempDir, now: OffsetDateTime) -> Certificate {
    Certificate::load_or_make(dir.path(), &[], now).unwrap()
}

fn text(dir: &TempDir, file: &str) -> String {
    fs::read_to_string(dir.path().join(file)).unwrap()
}

#[test]
fn the_first_start_makes_one_and_the_second_loads_it() {
    let dir = tempfile::tempdir().unwrap();
    let made = start(&dir, NOW);
    assert_eq!(
        made.origin,
        CertificateOrigin::Made(RenewalReason::FirstStart)
    );
    let loaded = start(&dir, NOW);
    assert_eq!(loaded.origin, CertificateOrigin::Loaded);
    assert_eq!(loaded.cert_pem(), made.cert_pem());
    assert_eq!(loaded.key_pem(), made.key_pem());
    assert_eq!(loaded.fingerprint(), made.fingerprint());
    assert_eq!(loaded.names(), NAMES);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
}

#[test]
fn it_lives_397_days_that_began_yesterday() {
    let made = Certificate::in_memory(&[], NOW).unwrap();
    assert_eq!(made.not_before(), NOW - Duration::days(1));
    let inclusive = made.not_after() - made.not_before() + Duration::SECOND;
    assert_eq!(inclusive, Duration::days(397));
}

#[test]
fn it_is_for_a_server_and_signs_nothing_else() {
    let made = Certificate::in_memory(&[], NOW).unwrap();
    let (_, pem) = x509_parser::pem::parse_x509_pem(made.cert_pem().as_bytes()).unwrap();
    let cert = pem.parse_x509().unwrap();
    assert_eq!(
        cert.subject().to_string(),
        "CN=Session Lab (this computer only)"
    );
    assert!(!cert.is_ca());
    assert!(cert.key_usage().unwrap().unwrap().value.digital_signature());
    assert!(!cert.key_usage().unwrap().unwrap().value.key_cert_sign());
    assert!(
        cert.extended_key_usage()
            .unwrap()
            .unwrap()
            .value
            .server_auth
    );
    assert_eq!(cert.public_key().parsed().unwrap().key_size(), 256);
}

#[test]
fn the_fingerprint_is_32_upper_case_pairs() {
    let made = Certificate::in_memory(&[], NOW).unwrap();
    let pairs: Vec<&str> = made.fingerprint().split(':').collect();
    assert_eq!(pairs.len(), 32);
    for pair in pairs {
        assert_eq!(
            u8::from_str_radix(pair, 16)
                .map(|byte| format!("{byte:02X}"))
                .unwrap(),
            pair
        );
    }
}

#[test]
fn it_is_made_again_a_week_before_its_end_and_after() {
    let dir = tempfile::tempdir().unwrap();
    let end = start(&dir, NOW).not_after();
    let week = Duration::days(7);
    assert_eq!(start(&dir, end - week).origin, CertificateOrigin::Loaded);
    let soon = start(&dir, end - week + Duration::SECOND);
    assert_eq!(
        soon.origin,
        CertificateOrigin::Made(RenewalReason::ExpiresSoon)
    );
    let late = start(&dir, soon.not_after() + Duration::SECOND);
    assert_eq!(late.origin, CertificateOrigin::Made(RenewalReason::Expired));
    assert_eq!(
        start(&dir, late.not_before() + week).origin,
        CertificateOrigin::Loaded
    );
}

#[test]
fn one_from_the_future_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    start(&dir, NOW + Duration::days(30));
    assert_eq!(
        start(&dir, NOW).origin,
        CertificateOrigin::Made(RenewalReason::NotYetValid)
    );
}

#[test]
fn a_key_of_another_certificate_means_a_new_pair() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = start(&one, NOW);
    start(&two, NOW);
    fs::copy(two.path().join(KEY_FILE), one.path().join(KEY_FILE)).unwrap();
    let made = start(&one, NOW);
    assert_eq!(
        made.origin,
        CertificateOrigin::Made(RenewalReason::KeyDoesNotMatch)
    );
    assert_ne!(made.key_pem(), first.key_pem());
    assert_ne!(made.key_pem(), text(&two, KEY_FILE));
    assert_eq!(start(&one, NOW).origin, CertificateOrigin::Loaded);
}

#[test]
fn a_class_adds_its_name_and_address_once() {
    let dir = tempfile::tempdir().unwrap();
    start(&dir, NOW);
    let extra = ["Lab.School.example", "192.0.2.7", "localhost", "0:0::1"].map(str::to_owned);
    let class = || Certificate::load_or_make(dir.path(), &extra, NOW).unwrap();
    let made = class();
    assert_eq!(
        made.origin,
        CertificateOrigin::Made(RenewalReason::NameMissing("lab.school.example".to_owned()))
    );
    assert_eq!(
        made.names()[NAMES.len()..],
        ["lab.school.example", "192.0.2.7"]
    );
    assert_eq!(class().origin, CertificateOrigin::Loaded);
    // More names than needed are no reason.
    assert_eq!(start(&dir, NOW).origin, CertificateOrigin::Loaded);
}

#[test]
fn a_name_that_no_certificate_can_carry_is_an_error() {
    let error = Certificate::in_memory(&["café".to_owned()], NOW).unwrap_err();
    assert!(
        error.message.starts_with("cannot make a certificate: "),
        "{}",
        error.message
    );
}

#[test]
fn without_its_key_a_certificate_is_worth_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let first = start(&dir, NOW);
    fs::remove_file(dir.path().join(KEY_FILE)).unwrap();
    let made = start(&dir, NOW);
    assert_eq!(
        made.origin,
        CertificateOrigin::Made(RenewalReason::KeyMissing)
    );
    assert_ne!(made.cert_pem(), first.cert_pem());
}

#[test]
fn without_its_certificate_a_key_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let first = start(&dir, NOW);
    fs::remove_file(dir.path().join(CERT_FILE)).unwrap();
    let made = start(&dir, NOW);
    assert_eq!(
        made.origin,
        CertificateOrigin::Made(RenewalReason::CertificateMissing)
    );
    assert_eq!(made.key_pem(), first.key_pem());
    // Another number: Firefox refuses two certificates of one issuer and number.
    assert_ne!(made.cert_pem(), first.cert_pem());
    assert_eq!(start(&dir, NOW).origin, CertificateOrigin::Loaded);
}

#[test]
fn a_broken_file_is_an_error_and_stays() {
    let dir = tempfile::tempdir().unwrap();
    let good = start(&dir, NOW);
    let cut = |pem: &str| pem[..pem.len() / 2].to_owned();
    let empty_block = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let cases = [
        (CERT_FILE, String::new()),
        (CERT_FILE, "not a certificate".to_owned()),
        (CERT_FILE, cut(good.cert_pem())),
        (CERT_FILE, empty_block.to_owned()),
        (CERT_FILE, good.key_pem().to_owned()),
        (KEY_FILE, String::new()),
        (KEY_FILE, cut(good.key_pem())),
        (KEY_FILE, good.cert_pem().to_owned()),
    ];
    for (file, broken) in cases {
        write_pair(dir.path(), &good);
        fs::write(dir.path().join(file), &broken).unwrap();
        for without in [
            None,
            Some(if file == KEY_FILE {
                CERT_FILE
            } else {
                KEY_FILE
            }),
        ] {
            if let Some(other) = without {
                fs::remove_file(dir.path().join(other)).unwrap();
            }
            let error = Certificate::load_or_make(dir.path(), &[], NOW).unwrap_err();
            let kind = if file == KEY_FILE {
                "broken key file "
            } else {
                "broken certificate file "
            };
            assert!(error.message.starts_with(kind), "{}", error.message);
            assert!(error.hint.contains("rm -f '") && error.hint.contains(CERT_FILE));
            assert!(!error.message.contains('\n'));
            assert_eq!(text(&dir, file), broken);
        }
    }
}

#[test]
fn a_file_that_is_no_text_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(CERT_FILE), [0xff, 0xfe, 0x00]).unwrap();
    let error = Certificate::load_or_make(dir.path(), &[], NOW).unwrap_err();
    assert!(error.message.contains(CERT_FILE), "{}", error.message);
}

#[cfg(unix)]
#[test]
fn the_key_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt;

    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("lab-data/tls");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let start = || Certificate::load_or_make(&folder, &[], NOW).unwrap();
    start();
    assert_eq!(
        (mode(&folder), mode(&folder.join(KEY_FILE))),
        (0o700, 0o600)
    );
    fs::set_permissions(folder.join(KEY_FILE), fs::Permissions::from_mode(0o644)).unwrap();
    start();
    assert_eq!(mode(&folder.join(KEY_FILE)), 0o600);
}

#[test]
fn debug_hides_the_key() {
    let made = Certificate::in_memory(&[], NOW).unwrap();
    let shown = format!("{made:?}");
    assert!(shown.contains(made.fingerprint()));
    assert!(!shown.contains("PRIVATE") && !shown.contains("PEM") && !shown.contains("key_pem"));
}

fn write_pair(dir: &Path, pair: &Certificate) {
    fs::write(dir.join(CERT_FILE), pair.cert_pem()).unwrap();
    fs::write(dir.join(KEY_FILE), pair.key_pem()).unwrap();
}
