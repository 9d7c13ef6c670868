//! A type name means one thing: a reader who meets it in one file need not ask which of several it is.
//!
//! `cargo test --test layers type_names -- --nocapture` prints the figure.

use std::collections::BTreeMap;

use syn::{Attribute, Item};

use super::sources;

/// How many of a hundred definitions may share their name with another one.
const MOST: usize = 10;

#[test]
fn few_type_names_are_defined_more_than_once() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources() {
        if source.path.ends_with("tests.rs") || source.path.contains("/tests/") {
            continue;
        }
        let file = syn::parse_file(&source.text).expect("Rust");
        for name in defined(&file.items) {
            places.entry(name).or_default().push(source.path.clone());
        }
    }
    let all: usize = places.values().map(Vec::len).sum();
    places.retain(|_, files| files.len() > 1);
    let again: usize = places.values().map(Vec::len).sum();
    println!("{again} of {all} type definitions share their name with another one: {places:#?}");
    assert!(all > 500, "the source was not found: {all} types");
    assert!(again * 100 <= all * MOST, "{again} of {all}: {places:#?}");
}

/// The types that items define, those of inline modules included. What a trait demands, such as
/// `type Error`, is no definition.
fn defined(items: &[Item]) -> Vec<String> {
    let mut names = Vec::new();
    for item in items {
        match item {
            Item::Struct(item) => names.push(item.ident.to_string()),
            Item::Enum(item) => names.push(item.ident.to_string()),
            Item::Union(item) => names.push(item.ident.to_string()),
            Item::Trait(item) => names.push(item.ident.to_string()),
            Item::Type(item) => names.push(item.ident.to_string()),
            Item::Mod(module) if !module.attrs.iter().any(is_test) => {
                let inner = module.content.as_ref().map(|(_, items)| &**items);
                names.extend(defined(inner.unwrap_or_default()));
            }
            _ => {}
        }
    }
    names
}

fn is_test(attribute: &Attribute) -> bool {
    let path = attribute.parse_args::<syn::Path>();
    attribute.path().is_ident("cfg") && path.is_ok_and(|path| path.is_ident("test"))
}
