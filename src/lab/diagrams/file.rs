//! A diagram as a file: SVG with its colours in it, light and dark, for slides.
//!
//! Programs that show slides know nothing of custom properties, so each is replaced by what
//! `static/css/tokens.css` says it is.

use std::collections::HashMap;

use serde::Serialize;

use super::sequence::Sequence;
use crate::web::assets;

/// What the template [`DrawingFile::TEMPLATE`] is given: the diagram, and the style sheet inside it.
#[derive(Debug, Serialize)]
pub struct DrawingFile<'s> {
    sequence: &'s Sequence,
    style: String,
}

impl<'s> DrawingFile<'s> {
    /// The template that makes the file.
    pub const TEMPLATE: &'static str = "drawings/sequence.xml";

    /// The drawing of a diagram.
    pub fn of(sequence: &'s Sequence) -> Self {
        let style = style(&assets::style("tokens"), &assets::style("drawing"));
        Self { sequence, style }
    }
}

/// The style sheet of drawings with the colours themselves, and once more for dark screens.
fn style(tokens: &str, drawing: &str) -> String {
    let (light, dark) = tokens
        .split_once("@media (prefers-color-scheme: dark)")
        .unwrap_or((tokens, ""));
    let light = values(light);
    let mut all = light.clone();
    all.extend(values(dark));
    let rules = without_comments(drawing);
    let dark = replaced(&rules, &all);
    format!(
        "{}@media (prefers-color-scheme: dark) {{{dark}}}",
        replaced(&rules, &light)
    )
}

/// The custom properties of the first rule for `:root`.
fn values(css: &str) -> HashMap<&str, &str> {
    let (_, rest) = css.split_once(":root {").unwrap_or_default();
    let rule = rest.split('}').next().unwrap_or_default();
    let pairs = rule.split(';').filter_map(|line| line.split_once(':'));
    // A comment may precede a name.
    let name = |text: &'_ str| text.rfind("--").map_or(0, |at| at);
    pairs
        .map(|(left, value)| (&left[name(left)..], value.trim()))
        .collect()
}

fn replaced(rules: &str, values: &HashMap<&str, &str>) -> String {
    let put =
        |text: String, (name, value): (&&str, &&str)| text.replace(&format!("var({name})"), value);
    values.iter().fold(rules.to_owned(), put)
}

fn without_comments(css: &str) -> String {
    let parts = css.split("/*").enumerate().map(|(at, part)| match at {
        0 => part,
        _ => part.split_once("*/").map_or("", |(_, rest)| rest),
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_is_replaced_by_its_value_of_either_scheme() {
        let tokens = ":root { color-scheme: light dark; --ink: #111; /* note */ --paper: #fff; }\n\
                      @media (prefers-color-scheme: dark) { :root { --ink: #eee; } }";
        let drawing = "/* note */ .a { fill: var(--ink); stroke: var(--paper); }";
        let made = style(tokens, drawing);
        let expected = " .a { fill: #111; stroke: #fff; }@media (prefers-color-scheme: dark) \
                        { .a { fill: #eee; stroke: #fff; }}";
        assert_eq!(made, expected);
    }

    #[test]
    fn the_style_of_the_drawings_names_only_colours_that_there_are() {
        let made = style(&assets::style("tokens"), &assets::style("drawing"));
        assert!(!made.contains("var(") && made.contains("#"), "{made}");
    }
}
