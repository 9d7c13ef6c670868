//! Markdown to HTML: CommonMark with tables. HTML in a sheet is a mistake, so none comes out that
//! the renderer did not write itself.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::worksheets::pictures;
use crate::worksheets::pictures::{DevToolsPicture, PictureUse};

/// A fenced block at the top level of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fenced {
    /// The words behind the fence.
    pub info: String,
    /// The text between the fences.
    pub text: String,
    /// The range of the whole block, in bytes.
    pub range: Range<usize>,
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

/// The text as HTML, for a page.
pub fn to_html(text: &str) -> String {
    to_html_on(text, PictureUse::Page)
}

/// The text as HTML.
pub fn to_html_on(text: &str, on: PictureUse) -> String {
    to_html_with(text, on, |events| events)
}

/// The text as HTML, after `change` has seen what it consists of.
pub fn to_html_with<'t>(
    text: &'t str,
    on: PictureUse,
    change: impl FnOnce(Vec<Event<'t>>) -> Vec<Event<'t>>,
) -> String {
    let events = parser(text).filter(|event| !is_html(event)).collect();
    let events = with_heading_ids(change(with_figures(events, on))).into_iter();
    let mut tables = 0;
    let events = events.flat_map(|event| in_scroll_region(&mut tables, event));
    let mut out = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut out, events);
    out
}

/// A heading of the second level, with the id that pages can link to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetHeading {
    pub id: String,
    pub text: String,
}

/// The headings of the second level, in order.
pub fn headings(text: &str) -> Vec<SheetHeading> {
    let events: Vec<_> = parser(text).collect();
    let starts = events
        .iter()
        .enumerate()
        .filter(|(_, event)| is_section(event));
    starts.map(|(at, _)| heading_at(&events, at)).collect()
}

/// Whether a heading of the second level begins here.
fn is_section(event: &Event<'_>) -> bool {
    let Event::Start(Tag::Heading { level, .. }) = event else {
        return false;
    };
    *level == HeadingLevel::H2
}

fn heading_at(events: &[Event<'_>], at: usize) -> SheetHeading {
    let inside = events[at + 1..]
        .iter()
        .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
    let text: String = inside
        .filter_map(|event| match event {
            Event::Text(piece) | Event::Code(piece) => Some(piece.to_string()),
            _ => None,
        })
        .collect();
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    // No block of a sheet has an id with this beginning, because ids of blocks are words.
    let id = format!("part-{}", words.join("-").to_lowercase());
    SheetHeading { id, text }
}

/// Gives each heading of the second level its id.
fn with_heading_ids(mut events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    for at in 0..events.len() {
        if is_section(&events[at]) {
            let heading = heading_at(&events, at);
            if let Event::Start(Tag::Heading { id, .. }) = &mut events[at] {
                *id = Some(heading.id.into());
            }
        }
    }
    events
}

/// A picture of the lab that is a paragraph becomes a figure. Of any other only its text is left.
fn with_figures(events: Vec<Event<'_>>, on: PictureUse) -> Vec<Event<'_>> {
    let mut out = Vec::with_capacity(events.len());
    let mut at = 0;
    while let Some(event) = events.get(at) {
        if let Some((picture, length)) = figure(&events[at..]) {
            out.push(Event::Html(picture.figure(on).into()));
            at += length;
            continue;
        }
        let is_image = matches!(
            event,
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image)
        );
        if !is_image {
            out.push(event.clone());
        }
        at += 1;
    }
    out
}

/// The picture that the paragraph which begins here consists of, and how many events that are.
fn figure(events: &[Event<'_>]) -> Option<(&'static DevToolsPicture, usize)> {
    let [
        Event::Start(Tag::Paragraph),
        Event::Start(Tag::Image { dest_url, .. }),
        ..,
    ] = events
    else {
        return None;
    };
    let end = |event: &Event<'_>| *event == Event::End(TagEnd::Image);
    let end = events.iter().position(end)?;
    let alone = events.get(end + 1) == Some(&Event::End(TagEnd::Paragraph));
    let picture = pictures::named(dest_url).ok().filter(|_| alone)?;
    Some((picture, end + 2))
}

/// A wide table and a wide listing scroll by themselves on a small screen, and the page does not.
/// Tab stops there, so that the arrow keys can scroll. Each table has its own name.
fn in_scroll_region<'t>(tables: &mut usize, event: Event<'t>) -> Vec<Event<'t>> {
    match event {
        Event::Start(Tag::Table(_)) => {
            *tables += 1;
            let begin = format!(
                "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table {tables}\">"
            );
            vec![Event::Html(begin.into()), event]
        }
        Event::End(TagEnd::Table) => vec![event, Event::Html("</div>\n".into())],
        Event::Start(Tag::CodeBlock(_)) => vec![Event::Html("<pre tabindex=\"0\"><code>".into())],
        Event::End(TagEnd::CodeBlock) => vec![Event::Html("</code></pre>\n".into())],
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

/// What is wrong with the first picture of a text that is none of the lab's, or no paragraph: where,
/// in bytes, and what.
pub fn wrong_picture(text: &str) -> Option<(usize, String)> {
    let (events, ranges): (Vec<_>, Vec<_>) = parser(text).into_offset_iter().unzip();
    let mut images = events.iter().enumerate();
    images.find_map(|(at, event)| {
        let Event::Start(Tag::Image { dest_url, .. }) = event else {
            return None;
        };
        let message = match pictures::named(dest_url) {
            Err(message) => message,
            Ok(_) if at > 0 && figure(&events[at - 1..]).is_some() => return None,
            Ok(_) => "a picture is a separate paragraph, without other text in it".into(),
        };
        Some((ranges[at].start, message))
    })
}

/// The pictures that a text shows, each with the text beside its address.
pub fn images(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for event in parser(text) {
        match event {
            Event::Start(Tag::Image { dest_url, .. }) => {
                open = true;
                found.push((dest_url.into_string(), String::new()));
            }
            Event::End(TagEnd::Image) => open = false,
            Event::Text(piece) if open => append(&mut found, &piece),
            Event::SoftBreak if open => append(&mut found, " "),
            _ => {}
        }
    }
    found
}

fn append(images: &mut [(String, String)], piece: &str) {
    if let Some((_, text)) = images.last_mut() {
        text.push_str(piece);
    }
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
    fn a_picture_of_the_lab_is_a_figure_and_any_other_image_is_its_text() {
        let first = &pictures::ALL[0];
        let (address, alt) = (first.relative(), first.alt);
        let text = format!("a\n\n![{alt}]({address})\n\nb");
        let html = to_html(&text);
        assert!(
            html.starts_with("<p>a</p>\n<figure class=\"picture\">"),
            "{html}"
        );
        assert!(html.ends_with("</figure>\n<p>b</p>\n"), "{html}");
        assert_eq!(wrong_picture(&text), None);
        assert_eq!(images(&text), [(address.clone(), alt.to_owned())]);

        let within = format!("a ![x]({address}) b");
        assert_eq!(to_html(&within), "<p>a x b</p>\n");
        let (at, message) = wrong_picture(&within).unwrap();
        assert!(
            at == 2 && message.contains("a separate paragraph"),
            "{message}"
        );
        let foreign = "a\n\n![x](https://elsewhere.test/x.png)";
        assert_eq!(to_html(foreign), "<p>a</p>\n<p>x</p>\n");
        let (at, message) = wrong_picture(foreign).unwrap();
        assert!(
            at == 3 && message.contains("is no picture of the lab"),
            "{message}"
        );
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
