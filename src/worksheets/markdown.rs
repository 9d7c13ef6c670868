//! Markdown to HTML: CommonMark with tables. HTML in a sheet is a mistake, so none comes out that
//! the renderer did not write itself.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// A fenced block at the top level of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fenced {
    /// What stands behind the fence.
    pub info: String,
    /// What stands between the fences.
    pub text: String,
    /// Where the whole block lies, in bytes.
    pub range: Range<usize>,
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

/// The text as HTML.
pub fn to_html(text: &str) -> String {
    let events = parser(text).filter(|event| !is_html(event));
    let events = events.flat_map(in_scroll_region);
    let mut out = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut out, events);
    out
}

/// A wide table scrolls by itself on a small screen, and the page does not.
fn in_scroll_region(event: Event<'_>) -> Vec<Event<'_>> {
    const BEGIN: &str =
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table\">";
    match event {
        Event::Start(Tag::Table(_)) => vec![Event::Html(BEGIN.into()), event],
        Event::End(TagEnd::Table) => vec![event, Event::Html("</div>\n".into())],
        event => vec![event],
    }
}

/// One line as HTML, without a paragraph around it.
pub fn to_inline_html(text: &str) -> String {
    let html = to_html(text);
    let inner = html.trim().strip_prefix("<p>");
    let inner = inner.and_then(|rest| rest.strip_suffix("</p>"));
    match inner {
        Some(inner) if !inner.contains("<p>") => inner.to_owned(),
        _ => html,
    }
}

/// The text without its marks, in one line.
pub fn to_text(text: &str) -> String {
    let pieces = parser(text).filter_map(|event| match event {
        Event::Text(piece) | Event::Code(piece) => Some(piece.into_string()),
        Event::SoftBreak | Event::HardBreak => Some(" ".to_owned()),
        _ => None,
    });
    pieces.collect::<Vec<_>>().concat()
}

/// The fenced blocks at the top level.
pub fn fenced(text: &str) -> Vec<Fenced> {
    let mut found: Vec<Fenced> = Vec::new();
    let mut depth = 0_usize;
    let mut open = false;
    for (event, range) in parser(text).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if let Tag::CodeBlock(CodeBlockKind::Fenced(info)) = tag
                    && depth == 0
                {
                    open = true;
                    found.push(Fenced {
                        info: info.to_string(),
                        text: String::new(),
                        range,
                    });
                }
                depth += 1;
            }
            Event::End(_) => {
                depth -= 1;
                open &= depth > 0;
            }
            Event::Text(piece) if open => {
                if let Some(last) = found.last_mut() {
                    last.text.push_str(&piece);
                }
            }
            _ => {}
        }
    }
    found
}

/// What a sheet's text may not hold: where, in bytes, and what it is.
pub fn forbidden(text: &str) -> Option<(usize, &'static str)> {
    parser(text).into_offset_iter().find_map(|(event, range)| {
        let top = Event::Start(Tag::Heading {
            level: HeadingLevel::H1,
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        });
        if is_html(&event) {
            Some((range.start, "HTML is not allowed in a sheet"))
        } else if event == top {
            Some((range.start, "headings begin at ##: the title is the first"))
        } else {
            None
        }
    })
}

fn is_html(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock)
    )
}

/// The addresses of a text's links.
pub fn links(text: &str) -> Vec<String> {
    parser(text)
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.to_string()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_html_and_html_does_not_come_through() {
        assert_eq!(
            to_html("*a* <b>c</b> & `<i>`"),
            "<p><em>a</em> c &amp; <code>&lt;i&gt;</code></p>\n"
        );
        assert_eq!(to_html("<script>x</script>\n"), "");
        assert_eq!(to_inline_html("a `b`"), "a <code>b</code>");
        assert!(to_inline_html("a\n\nb").contains("<p>"));
        assert_eq!(to_text("*a* `<b>` &amp;\nc"), "a <b> & c");
        assert!(forbidden("a\n\n<div>").is_some());
        assert!(forbidden("# a").is_some());
        assert!(forbidden("## a <https://x.test> `<b>`").is_none());
    }

    #[test]
    fn fenced_blocks_are_found_at_the_top_level_only() {
        let found = fenced("a\n\n```step\nid = 1\n```\n\n- b\n\n  ```step\n  x\n  ```\n");
        assert_eq!(found.len(), 1);
        assert_eq!((&*found[0].info, &*found[0].text), ("step", "id = 1\n"));
        let four = fenced("````step\n```console\n$ x\n```\n````\n");
        assert_eq!(four[0].text, "```console\n$ x\n```\n");
    }
}
