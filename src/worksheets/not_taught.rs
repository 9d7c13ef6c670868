//! What the lab does not teach, from `docs/NOT-TAUGHT.md`: the page of the lab and `SECURITY.md` have
//! one source.

use std::sync::LazyLock;

use super::markdown::to_html;

static HTML: LazyLock<String> = LazyLock::new(|| {
    let text = include_str!("../../docs/NOT-TAUGHT.md");
    let (_, text) = text.split_once("\n\n").unwrap_or(("", text));
    to_html(text)
});

/// The text without its title: HTML, rendered from Markdown.
pub fn html() -> &'static str {
    &HTML
}
