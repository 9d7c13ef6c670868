//! `session-lab matrix`, as a shell sees it.

use super::shell::Shell;

#[test]
fn the_matrix_prints_a_row_and_says_that_its_hash_is_cheaper() {
    let variants = [
        "insecure",
        "hardened",
        "only-role-source",
        "without-role-source",
    ];
    let mut words = vec!["matrix", "--attack", "role-cookie-tampering"];
    words.extend(variants.iter().flat_map(|variant| ["--variant", variant]));
    let ended = Shell::new().run(&words);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let expected = "\
role-cookie-tampering
  insecure    succeeds
  hardened    stopped
  sufficient  only-role-source
  necessary   without-role-source
4 cells: 4 run, 0 not asked, 0 wrong
Sign-ins used a cheaper password hash (Argon2id, 1 MiB, one pass), which only throw-away benches have.
";
    assert_eq!(ended.stdout, expected);
}

#[test]
fn a_record_needs_a_browser() {
    let ended = Shell::new().run(&["matrix", "--record", "record.json"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
}
