//! Small sources with one violation each: the test of the layers would be worth nothing if it could
//! not fail.

use super::rules::{Source, violations};

/// A crate of three modules, of which `low` may use nothing and `high` everything.
fn planted(files: &[(&str, &str)]) -> Vec<String> {
    let lib = ("lib.rs", "pub mod low;\npub mod middle;\npub mod high;\n");
    let sources: Vec<Source> = [lib]
        .iter()
        .chain(files)
        .map(|(path, text)| Source {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        })
        .collect();
    violations(&sources)
}

/// Fails unless this text in `low/inner.rs` is found to import `high`.
fn is_found(text: &str) {
    let found = planted(&[("low/inner.rs", text), ("low/mod.rs", "mod inner;")]);
    assert!(
        found.iter().any(|line| line.contains("low imports high")),
        "not found: {text}\n{found:?}"
    );
}

#[test]
fn what_follows_the_order_is_no_violation() {
    let none: [String; 0] = [];
    let found = planted(&[
        ("low.rs", "pub struct Thing; fn f(high: u8) -> u8 { high }"),
        ("middle.rs", "use crate::low::Thing; pub fn f(_: Thing) {}"),
        (
            "high/mod.rs",
            "mod own; use std::fmt; use super::{low, middle::f};",
        ),
        (
            "high/own.rs",
            "use super::super::low; fn g() { super::h(); crate::middle::f(low::Thing) }",
        ),
    ]);
    assert_eq!(found, none);
}

#[test]
fn an_import_against_the_order_is_found_in_every_form() {
    is_found("use crate::high;");
    is_found("use crate::high::Thing;");
    is_found("use crate::{low, high::{self, Thing}};");
    is_found("pub use crate::high::Thing as Other;");
    is_found("use crate::high::*;");
    is_found("use super::super::high::Thing;");
    is_found("fn f() { crate::high::f(); }");
    is_found("fn f(_: super::super::high::Thing) {}");
    is_found("mod deep { fn f() { super::super::super::high::f() } }");
    is_found("fn f() { use crate::high::g; g() }");
    is_found("impl crate::high::Trait for u8 {}");
    is_found("fn f() { println!(\"{}\", crate::high::f()) }");
    is_found("macro_rules! m { () => { $crate::high::f() } }");
    is_found("#[derive(Serialize)] struct S { #[serde(with = \"crate::high::f\")] a: u8 }");
    is_found("use crate as root; fn f() { root::high::f() }");
    is_found("use super::super as up; use up::high::f;");
    is_found("pub(crate) type T = crate::high::Thing;");
}

#[test]
fn the_file_the_line_and_both_modules_are_named() {
    let found = planted(&[("low.rs", "\n\nuse crate::middle::f;\n")]);
    assert_eq!(
        found,
        ["low.rs:3: low imports middle (crate::middle::f), which is below it in lib.rs"]
    );
}

#[test]
fn a_cycle_is_found_with_all_its_modules() {
    let found = planted(&[
        ("low.rs", "use crate::high;"),
        ("middle.rs", "use crate::low;"),
        ("high.rs", "use crate::middle;"),
    ]);
    assert!(
        found.contains(&"a cycle: high, low, middle".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_re_export_at_the_root_hides_nothing() {
    let sources = [
        (
            "lib.rs",
            "pub mod low;\npub mod high;\npub use high::Thing;",
        ),
        ("low.rs", "use crate::Thing;"),
        ("high.rs", "pub struct Thing;"),
    ];
    let found = violations(&sources.map(|(path, text)| Source {
        path: path.into(),
        text: text.into(),
    }));
    assert_eq!(
        found,
        ["low.rs: 1: crate::Thing is no module of lib.rs: name the module where it is defined"]
    );
}

#[test]
fn what_cannot_be_followed_is_refused() {
    for (text, why) in [
        ("use crate::*;", "use crate::* names no module"),
        (
            "#[path = \"../high.rs\"] mod other;",
            "#[path] is not followed",
        ),
        ("include!(\"../high.rs\");", "include! is not followed"),
    ] {
        let found = planted(&[("low.rs", text)]);
        assert!(
            found.iter().any(|line| line.contains(why)),
            "{text}: {found:?}"
        );
    }
    assert_eq!(
        planted(&[("stray.rs", "")]),
        ["stray.rs: lib.rs does not declare stray"]
    );
}

#[test]
fn tests_may_use_what_they_like() {
    let found = planted(&[
        (
            "low/mod.rs",
            "#[cfg(test)] mod tests { use crate::high::f; } #[cfg(test)] use crate::high;",
        ),
        ("low/tests.rs", "use crate::high::f;"),
    ]);
    assert!(found.is_empty(), "{found:?}");
}
