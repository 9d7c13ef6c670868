//! What the doctor says of curl and of browsers: none, another kind, one that hangs.

use std::fs;

use super::{Computer, assert_can_run, line};

#[test]
fn curl_with_schannel_is_told_of() {
    let computer = Computer::complete();
    let says = "echo 'curl 8.9.1 (Windows) libcurl/8.9.1 Schannel zlib/1.3 WinIDN'";
    computer.program("curl", says);
    let ended = computer.doctor();
    assert_can_run(&ended);
    let said = line(&ended, "careful", "curl");
    assert!(said.contains("ignores CURL_CA_BUNDLE"), "{said}");
    assert!(said.contains("Git Bash"), "{said}");

    let both = "echo 'curl 8.10.1 (x86_64-w64-mingw32) libcurl/8.10.1 (OpenSSL/3.2.3) Schannel'";
    computer.program("curl", both);
    let said = computer.doctor();
    let said = line(&said, "careful", "curl");
    assert!(said.ends_with("export CURL_SSL_BACKEND=openssl"), "{said}");
    let chosen = Computer::complete().set("CURL_SSL_BACKEND", "openssl");
    chosen.program("curl", both);
    line(&chosen.doctor(), "ok", "curl");
}

#[test]
fn a_computer_without_curl_and_browsers_can_run_the_lab_and_is_told_what_is_missing() {
    let ended = Computer::bare().doctor();
    assert_can_run(&ended);
    assert!(line(&ended, "careful", "curl").contains("none is in PATH"));
    // On macOS browsers are also found where applications are.
    if !cfg!(target_os = "macos") {
        for (browser, package) in [("Chromium", "chromium"), ("Firefox", "firefox-esr")] {
            let said = line(&ended, "careful", browser);
            assert!(said.contains(&format!("apt install {package}")), "{said}");
        }
    }
}

#[test]
fn a_program_that_hangs_is_ended_with_what_it_has_started() {
    let computer = Computer::complete();
    let left = computer.shell.path().join("left");
    let script = format!("/bin/sleep 3600 &\necho $! >'{}'\nwait", left.display());
    computer.program("firefox", &script);
    let ended = computer.doctor();
    assert_can_run(&ended);
    let said = line(&ended, "careful", "Firefox");
    assert!(said.contains("it said nothing within 10 s"), "{said}");
    line(&ended, "ok", "curl");
    let started = fs::read_to_string(left).unwrap();
    let alive = std::process::Command::new("/bin/sh")
        .args([
            "-c",
            "kill -0 \"$1\" 2>/dev/null && ! grep -q '^State:.*Z' \"/proc/$1/status\"",
            "sh",
        ])
        .arg(started.trim())
        .status();
    assert!(!alive.unwrap().success(), "{started} is still there");
}

#[test]
fn a_program_that_fails_or_says_something_else_is_told_of() {
    let computer = Computer::complete();
    computer.program("curl", "echo hello");
    computer.program("chromium", "exit 3");
    computer.program("firefox", "echo \"a\u{1b}[31mVersion 1\"");
    let ended = computer.doctor();
    assert_can_run(&ended);
    let said = line(&ended, "careful", "curl");
    assert!(said.contains("does not answer as curl does"), "{said}");
    let said = line(&ended, "careful", "Chromium");
    assert!(said.contains("does not say its version"), "{said}");
    assert!(!ended.stdout.contains('\u{1b}'), "{ended:?}");
}
