//! Links to the glossary: in a sheet the first use of each word of the lab's own leads to its entry.
//!
//! The words are those of `docs/GLOSSARY.md` ([`super::glossary`]), in the singular or the plural.
//! Headings, links, code and pictures stay as they are.

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::glossary::{GlossaryEntry, entries};

/// Sheets in which a word has another sense: the sheet's number, and the word.
const OTHER_SENSE: &[(&str, &str)] = &[
    // A colleague's report, which the student examines.
    ("15", "report"),
];

/// The links of one sheet. Its texts are given to it in their order.
#[derive(Debug)]
pub struct GlossaryLinks {
    /// The address of the glossary's page.
    page: String,
    /// The words that no text of the sheet has used yet.
    unused: Vec<&'static GlossaryEntry>,
}

impl GlossaryLinks {
    /// For the sheet of this number. `lab` is the address of the lab's own pages.
    pub fn new(lab: &str, sheet: &str) -> Self {
        let other_sense =
            |entry: &GlossaryEntry| OTHER_SENSE.contains(&(sheet, entry.word.as_str()));
        let own = entries().iter().filter(|entry| !other_sense(entry));
        Self {
            page: format!("{}/glossary", lab.trim_end_matches('/')),
            unused: own.collect(),
        }
    }

    /// A text of the sheet, with a link at each word that it is the first to use.
    pub fn add<'t>(&mut self, events: Vec<Event<'t>>) -> Vec<Event<'t>> {
        let mut out = Vec::with_capacity(events.len());
        // How many headings, links, pictures and listings are open.
        let mut kept = 0_usize;
        let mut begins = true;
        for event in events {
            match &event {
                Event::Start(tag) => {
                    kept += usize::from(stays(tag));
                    begins |= matches!(tag, Tag::Paragraph | Tag::Item | Tag::TableCell);
                }
                Event::End(tag) => kept -= usize::from(stayed(*tag)),
                Event::Text(text) if kept == 0 => {
                    let text = text.clone();
                    self.add_to(text.as_ref(), begins, &mut out);
                    begins = ends(&text);
                    continue;
                }
                Event::Text(text) => begins = ends(text),
                Event::Code(_) => begins = false,
                _ => {}
            }
            out.push(event);
        }
        out
    }

    /// One piece of text. `begins` says whether a sentence begins with it.
    fn add_to<'t>(&mut self, text: &str, begins: bool, out: &mut Vec<Event<'t>>) {
        let mut done = 0;
        loop {
            let uses = self.unused.iter().enumerate().filter_map(|(n, entry)| {
                let (at, length) = first_use(text, done, &entry.word, begins)?;
                Some((at, usize::MAX - length, n))
            });
            // The first one, and of several there the longest.
            let Some((at, length, n)) = uses.min() else {
                break;
            };
            let end = at + (usize::MAX - length);
            let entry = self.unused.remove(n);
            let link = format!("<a class=\"word\" href=\"{}#{}\">", self.page, entry.slug);
            out.extend([
                piece(&text[done..at]),
                Event::InlineHtml(link.into()),
                piece(&text[at..end]),
                Event::InlineHtml("</a>".into()),
            ]);
            done = end;
        }
        out.push(piece(&text[done..]));
    }

    /// The words that are left.
    #[cfg(test)]
    fn unused(&self) -> Vec<&str> {
        self.unused
            .iter()
            .map(|entry| entry.word.as_str())
            .collect()
    }
}

fn piece<'t>(text: &str) -> Event<'t> {
    Event::Text(CowStr::from(text.to_owned()))
}

fn stays(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Heading { .. } | Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)
    )
}

fn stayed(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Heading(_) | TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock
    )
}

/// Whether a sentence ends with a text.
fn ends(text: &str) -> bool {
    text.trim_end().ends_with(['.', ':', '?', '!'])
}

/// Where a text uses a word first, from `from` on, and how long the use is. A capital in the middle of
/// a sentence belongs to a name: Content Security Policy is no policy of the lab.
fn first_use(text: &str, from: usize, word: &str, begins: bool) -> Option<(usize, usize)> {
    let joins = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let mut starts = text.char_indices().filter(|(at, _)| *at >= from);
    starts.find_map(|(at, first)| {
        let before = &text[..at];
        if before.ends_with(joins) {
            return None;
        }
        let begins = if before.trim().is_empty() {
            begins
        } else {
            ends(before)
        };
        if first.is_uppercase() && !begins {
            return None;
        }
        let small: String = first.to_lowercase().collect();
        let after = text[at + first.len_utf8()..].strip_prefix(word.strip_prefix(&small)?)?;
        let plural = ["es", "s", ""].into_iter().find(|end| {
            let rest = after.strip_prefix(end);
            rest.is_some_and(|rest| !rest.starts_with(joins))
        })?;
        let end = text.len() - after.len() + plural.len();
        Some((at, end - at))
    })
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Options, Parser, html};

    use super::*;

    fn linked(links: &mut GlossaryLinks, text: &str) -> String {
        let events = Parser::new_ext(text, Options::ENABLE_TABLES).collect();
        let mut out = String::new();
        html::push_html(&mut out, links.add(events).into_iter());
        out
    }

    fn fresh() -> GlossaryLinks {
        GlossaryLinks::new("http://lab.test/b/x/", "01")
    }

    fn link(slug: &str, text: &str) -> String {
        format!("<a class=\"word\" href=\"http://lab.test/b/x/glossary#{slug}\">{text}</a>")
    }

    #[test]
    fn the_first_use_of_a_word_is_a_link_and_no_later_one() {
        let mut links = fresh();
        assert_eq!(
            linked(&mut links, "Two benches and a bench."),
            format!("<p>Two {} and a bench.</p>\n", link("bench", "benches"))
        );
        assert_eq!(linked(&mut links, "A bench."), "<p>A bench.</p>\n");
        assert!(!links.unused().contains(&"bench"));
    }

    #[test]
    fn a_longer_word_wins_and_the_shorter_one_waits() {
        assert_eq!(
            linked(&mut fresh(), "The **attacker's site** is the attacker's."),
            format!(
                "<p>The <strong>{}</strong> is the {}'s.</p>\n",
                link("attacker-s-site", "attacker's site"),
                link("attacker", "attacker")
            )
        );
    }

    #[test]
    fn headings_links_code_and_names_stay_as_they_are() {
        for same in [
            "## The loot",
            "`loot` [the loot](http://x.test)",
            "    loot",
            "The Content Security Policy, a policyholder, no-loot.",
            "**Public** Policy",
        ] {
            let plain = {
                let mut out = String::new();
                html::push_html(&mut out, Parser::new_ext(same, Options::ENABLE_TABLES));
                out
            };
            assert_eq!(linked(&mut fresh(), same), plain);
        }
    }

    #[test]
    fn a_sentence_may_begin_with_a_word() {
        for (text, word) in [
            ("Loot is there.", "Loot"),
            ("So it is. Loot is there.", "Loot"),
            ("| a |\n|---|\n| Loot |", "Loot"),
            ("Café and tea", "Café"),
        ] {
            let slug = word.to_lowercase();
            let html = linked(&mut fresh(), text);
            assert!(html.contains(&link(&slug, word)), "{html}");
        }
    }

    #[test]
    fn a_word_with_another_sense_in_a_sheet_is_no_link_there() {
        let mut audit = GlossaryLinks::new("http://lab.test", "15");
        assert_eq!(linked(&mut audit, "the report"), "<p>the report</p>\n");
        for (_, word) in OTHER_SENSE {
            assert!(fresh().unused().contains(word), "{word} is in the glossary");
        }
    }
}
