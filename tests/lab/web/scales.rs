//! The scales of `static/css/tokens.css`: no other style sheet gives a size of type, a weight or a
//! distance as a number.

use std::path::Path;

/// Sheets with other units: the tokens themselves, the faces of the fonts, a sheet of paper, which is
/// measured in millimetres and points and loads no other style, and a wall, whose letters are as high
/// as the last row can read.
const OTHERS: [&str; 4] = ["tokens.css", "fonts.css", "paper.css", "present.css"];

/// The declarations of a style sheet: the property and its value.
fn declarations(css: &str) -> Vec<(String, String)> {
    let mut text = String::new();
    for (at, part) in css.split("/*").enumerate() {
        text += match at {
            0 => part,
            _ => part.split_once("*/").expect("a comment ends").1,
        };
    }
    let parts = text.split(['{', '}', ';']);
    let pairs = parts.filter_map(|part| part.split_once(':'));
    let trimmed = |text: &str| text.trim().to_owned();
    pairs
        .map(|(name, value)| (trimmed(name), trimmed(value)))
        .collect()
}

fn is_on_a_scale(property: &str) -> bool {
    let starts = ["margin", "padding"];
    let whole = [
        "font",
        "font-size",
        "font-weight",
        "gap",
        "row-gap",
        "column-gap",
    ];
    whole.contains(&property)
        || starts
            .iter()
            .any(|start| property == *start || property.starts_with(&format!("{start}-")))
}

/// Whether a value says a number itself: 0, −1 as a factor and a share of the box are no sizes.
fn says_a_size(property: &str, value: &str) -> bool {
    let mut rest = value.to_owned();
    while let Some(start) = rest.find("var(") {
        let end = rest[start..].find(')').expect("it is closed") + start;
        rest.replace_range(start..=end, " ");
    }
    let words = rest.split(|c: char| c.is_whitespace() || "(),/*".contains(c));
    let mut numbers =
        words.filter(|word| word.starts_with(|c: char| c.is_ascii_digit() || "-.".contains(c)));
    match property {
        "font-weight" => numbers.any(|_| true),
        _ => numbers.any(|word| word.ends_with(|c: char| c.is_ascii_alphabetic())),
    }
}

#[test]
fn every_size_weight_and_distance_is_one_of_the_scales() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/css");
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if OTHERS.contains(&name.as_str()) {
            continue;
        }
        let css = std::fs::read_to_string(&path).expect("text");
        for (property, value) in declarations(&css) {
            if is_on_a_scale(&property) && says_a_size(&property, &value) {
                wrong.push(format!("{name}: {property}: {value}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_size_of_its_own_is_found() {
    for (property, value, found) in [
        ("font-size", "1.2rem", true),
        ("font-size", "var(--small)", false),
        ("font", "10pt/1.4 serif", true),
        ("margin", "0 auto .5em", true),
        ("margin", "0 auto calc(-1 * var(--space-2))", false),
        (
            "padding-left",
            "max(var(--gutter), calc((100% - var(--page)) / 2))",
            false,
        ),
        ("gap", "4px var(--gap)", true),
        ("font-weight", "650", true),
        ("font-weight", "var(--bold)", false),
    ] {
        assert!(is_on_a_scale(property));
        assert_eq!(says_a_size(property, value), found, "{property}: {value}");
    }
}
