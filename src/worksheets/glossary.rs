//! The glossary: each word that the lab uses in its own sense, from `docs/GLOSSARY.md`.

use std::sync::LazyLock;

use super::markdown::to_html;

/// A word of the lab's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlossaryEntry {
    pub word: String,
    /// Its name in addresses, as in `own-mix`.
    pub slug: String,
    /// What it means: HTML, rendered from Markdown.
    pub html: String,
    /// The same in one line of plain text.
    pub meaning: String,
}

static ENTRIES: LazyLock<Vec<GlossaryEntry>> =
    LazyLock::new(|| read(include_str!("../../docs/GLOSSARY.md")));

/// Every word, in alphabetical order.
pub fn entries() -> &'static [GlossaryEntry] {
    &ENTRIES
}

/// Reads the entries of a glossary: one heading of the second level each, then the meaning.
fn read(text: &str) -> Vec<GlossaryEntry> {
    let sections = text.split("\n## ").skip(1);
    sections
        .map(|section| {
            let (word, meaning) = section.split_once('\n').unwrap_or((section, ""));
            let plain = meaning.split("\nWhere: ").next().unwrap_or_default();
            let plain = plain.replace(['`', '*'], "");
            GlossaryEntry {
                word: word.trim().to_owned(),
                slug: slug(word),
                html: to_html(meaning),
                meaning: plain.split_whitespace().collect::<Vec<_>>().join(" "),
            }
        })
        .collect()
}

/// Letters and digits in lower case, joined by hyphens.
fn slug(word: &str) -> String {
    let parts = word.split(|c: char| !c.is_alphanumeric());
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_has_a_meaning_and_its_own_address() {
        assert!(entries().len() > 20);
        for (at, one) in entries().iter().enumerate() {
            assert!(!one.meaning.is_empty(), "{}", one.word);
            assert!(!one.meaning.contains('`'), "{}", one.meaning);
            assert!(one.html.starts_with("<p>"), "{}", one.html);
            assert!(
                entries()[at + 1..]
                    .iter()
                    .all(|other| other.slug != one.slug)
            );
        }
    }

    #[test]
    fn a_slug_is_safe_in_an_address() {
        assert_eq!(slug("attacker's site"), "attacker-s-site");
        assert_eq!(slug("café"), "café");
    }
}
