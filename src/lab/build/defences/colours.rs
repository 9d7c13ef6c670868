//! Rust source in colours: every line as HTML. `proc_macro2` reads the tokens; what is between two of
//! them is white space and comments.

use std::ops::Range;

use proc_macro2::extra::invalidate_current_thread_spans;
use proc_macro2::{Delimiter, Group, Ident, Punct, TokenStream, TokenTree};

use super::source::escape;

const COMMENT: &str = "hl-comment";
const KEYWORD: &str = "hl-keyword";
const NAME: &str = "hl-name";
const STRING: &str = "hl-string";
const TYPE: &str = "hl-type";
const VALUE: &str = "hl-value";
const PLAIN: &str = "";

/// The words that Rust reserves, and the types that are part of the language.
const KEYWORDS: [&str; 53] = [
    "Self", "as", "async", "await", "bool", "break", "char", "const", "continue", "crate", "dyn",
    "else", "enum", "extern", "f32", "f64", "fn", "for", "i128", "i16", "i32", "i64", "i8", "if",
    "impl", "in", "isize", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return",
    "self", "static", "str", "struct", "super", "trait", "type", "u128", "u16", "u32", "u64", "u8",
    "unsafe", "use", "usize", "where", "while",
];

/// After these words something gets its name.
const NAMING: [&str; 6] = ["enum", "fn", "mod", "struct", "trait", "type"];

/// What the prelude brings.
const PRELUDE: [&str; 9] = [
    "Box", "Err", "None", "Ok", "Option", "Result", "Some", "String", "Vec",
];

/// The lines of a file, or nothing where it cannot be read as Rust.
pub(super) fn lines(text: &str) -> Option<Vec<String>> {
    let tokens: TokenStream = text.parse().ok()?;
    let mut painter = Painter {
        text,
        to: 0,
        pieces: Vec::new(),
    };
    painter.stream(tokens);
    painter.gap(text.len());
    // Each thread keeps what it has read, to resolve its spans.
    invalidate_current_thread_spans();
    Some(html(&painter.pieces))
}

/// A text that is cut into pieces, each with its class.
struct Painter<'t> {
    text: &'t str,
    /// How far it is cut.
    to: usize,
    pieces: Vec<(&'t str, &'static str)>,
}

impl Painter<'_> {
    /// Everything from here on to this place is white space or comment.
    fn gap(&mut self, until: usize) {
        for line in self.text[self.to..until].split_inclusive('\n') {
            let (space, comment) = line.split_at(line.len() - line.trim_start().len());
            self.pieces.extend([(space, PLAIN), (comment, COMMENT)]);
        }
        self.to = until;
    }

    fn token(&mut self, at: Range<usize>, class: &'static str) {
        // The tokens of a comment for the documentation are all where the comment is.
        if at.start < self.to {
            return;
        }
        self.gap(at.start);
        self.pieces.push((&self.text[at.clone()], class));
        self.to = at.end;
    }

    fn stream(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| tokens.get(before));
            match token {
                TokenTree::Ident(ident) => {
                    self.token(
                        ident.span().byte_range(),
                        word(ident, before, &tokens[at + 1..]),
                    );
                }
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    let is_number = text.starts_with(|first: char| first.is_ascii_digit());
                    let class = if is_number { VALUE } else { STRING };
                    self.token(literal.span().byte_range(), class);
                }
                TokenTree::Punct(punct) => {
                    let class = match punct.as_char() {
                        '\'' => KEYWORD,
                        '#' => COMMENT,
                        _ => PLAIN,
                    };
                    self.token(punct.span().byte_range(), class);
                }
                TokenTree::Group(group) => self.group(group, is_attribute(before)),
            }
        }
    }

    fn group(&mut self, group: &Group, is_attribute: bool) {
        let (open, close) = (
            group.span_open().byte_range(),
            group.span_close().byte_range(),
        );
        if is_attribute && group.delimiter() == Delimiter::Bracket {
            self.token(open.start..close.end, COMMENT);
            return;
        }
        self.token(open, PLAIN);
        self.stream(group.stream());
        self.token(close, PLAIN);
    }
}

/// Whether a bracket after this is an attribute: `#[…]`, or `#![…]`.
fn is_attribute(before: Option<&TokenTree>) -> bool {
    is_punct(before, '#')
}

fn is_punct(token: Option<&TokenTree>, is: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if Punct::as_char(punct) == is)
}

/// The class of a word, which depends on its neighbours.
fn word(ident: &Ident, before: Option<&TokenTree>, after: &[TokenTree]) -> &'static str {
    let text = ident.to_string();
    let text = text.as_str();
    if is_punct(before, '\'') || KEYWORDS.contains(&text) {
        return KEYWORD;
    }
    if matches!(before, Some(TokenTree::Ident(word)) if NAMING.iter().any(|naming| word == naming))
    {
        return NAME;
    }
    let is_called = match after {
        [TokenTree::Punct(mark), TokenTree::Group(_), ..] => mark.as_char() == '!',
        [TokenTree::Group(group), ..] => group.delimiter() == Delimiter::Parenthesis,
        _ => false,
    };
    let is_constant = text.len() > 1 && !text.contains(|c: char| c.is_ascii_lowercase());
    match text {
        "true" | "false" => VALUE,
        _ if is_called || PRELUDE.contains(&text) => TYPE,
        _ if is_constant => VALUE,
        _ => PLAIN,
    }
}

/// The pieces as lines of HTML. Neighbours of one class share a span.
fn html(pieces: &[(&str, &'static str)]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = Html::default();
    for (text, class) in pieces {
        for part in text.split_inclusive('\n') {
            line.push(part.trim_end_matches(['\r', '\n']), class);
            if part.ends_with('\n') {
                lines.push(std::mem::take(&mut line).finish());
            }
        }
    }
    // A last line without an end.
    if !line.text.is_empty() {
        lines.push(line.finish());
    }
    lines
}

/// A line of HTML that is being written.
#[derive(Default)]
struct Html {
    text: String,
    class: &'static str,
}

impl Html {
    fn push(&mut self, text: &str, class: &'static str) {
        if text.is_empty() {
            return;
        }
        // White space has no colour.
        if class != self.class && !text.trim().is_empty() {
            self.close();
            self.class = class;
            if !class.is_empty() {
                self.text += &format!("<span class=\"{class}\">");
            }
        }
        self.text += &escape(text);
    }

    fn close(&mut self) {
        if !self.class.is_empty() {
            self.text += "</span>";
        }
    }

    fn finish(mut self) -> String {
        self.close();
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defences::policy::Name;

    /// The text that HTML shows.
    fn shown(line: &str) -> String {
        let texts = line.split('<').enumerate().map(|(at, part)| match at {
            0 => part,
            _ => part.split_once('>').map_or("", |(_, text)| text),
        });
        let text: String = texts.collect();
        [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#39;", "'"),
            ("&amp;", "&"),
        ]
        .iter()
        .fold(text, |text, (entity, letter)| text.replace(entity, letter))
    }

    #[test]
    fn colours_change_no_letter_of_any_defence() {
        for name in Name::ALL {
            let source = name.source();
            let coloured = lines(source).unwrap_or_else(|| panic!("{name:?} is Rust"));
            let shown: Vec<String> = coloured.iter().map(|line| shown(line)).collect();
            let plain: Vec<&str> = source.lines().collect();
            assert_eq!(shown, plain, "{name:?}");
            assert!(coloured[0].starts_with("<span class=\"hl-comment\">//!"));
        }
    }

    #[test]
    fn every_kind_of_word_has_its_class() {
        for (line, expected) in [
            ("/// Says `a`.", "[hl-comment:/// Says `a`.]"),
            ("    // \"no\" <b>", "    [hl-comment:// \"no\" <b>]"),
            (
                "let a = \"<b>\"; // x",
                "[hl-keyword:let ]a = [hl-string:\"<b>\"]; [hl-comment:// x]",
            ),
            ("#[must_use]", "[hl-comment:#[must_use]]"),
            (
                "pub fn decide<'a>(self) -> &'a str {}",
                "[hl-keyword:pub fn ][hl-name:decide]<[hl-keyword:'a]>([hl-keyword:self]) -> &[hl-keyword:'a str ]{}",
            ),
            (
                "Some(12) => call(\"x\", 'c', MOST)",
                "[hl-type:Some]([hl-value:12]) => [hl-type:call]([hl-string:\"x\"], [hl-string:'c'], [hl-value:MOST])",
            ),
            (
                "/* a\nb */ true",
                "[hl-comment:/* a]\n[hl-comment:b */ ][hl-value:true]",
            ),
            (
                "format!(r#\"a\"#)",
                "[hl-type:format]!([hl-string:r#\"a\"#])",
            ),
        ] {
            let made = lines(line).expect("it is Rust").join("\n");
            let made = made
                .replace("</span>", "]")
                .replace("<span class=\"", "[")
                .replace("\">", ":");
            let made = shown(&made.replace("[hl", "\u{1}hl"));
            assert_eq!(made.replace('\u{1}', "["), expected, "{line}");
        }
        assert_eq!(lines("fn ("), None);
    }
}
