//! Output: whether text that a user wrote is shown as text. Worksheet 03, script on the board.
//!
//! The decision is made where the notice board writes a notice into its page. Read `csp.rs` next,
//! the second line of defence, which helps where a page forgot this one.

use std::borrow::Cow;

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// How a user's text gets into a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// As it was written.
    Raw,
    /// With the five characters that mean something in HTML replaced.
    Escaped,
}

impl Output {
    /// The text as it goes into HTML, between tags or inside a quoted attribute.
    pub fn html<'t>(self, text: &'t str) -> Cow<'t, str> {
        match self {
            // WEAK: a notice that contains `<script>` is a script. It runs in the page of everyone
            // who reads the board, with their rights: stored cross-site scripting. The attacker's
            // script reads the page, sends forms as the reader, and reads the session cookie where
            // that is not HttpOnly.
            Output::Raw => Cow::Borrowed(text),

            // STRONG: the characters that begin a tag, an entity or an attribute become entities.
            // The reader sees exactly what was written, and the browser finds no markup in it.
            //
            // Refused alternative: removing `<script>` when a notice is posted. Markup has many
            // other ways to run script (`<img onerror=…>`). And the place that shows a text decides
            // what is dangerous in it: the same text may be harmless in a mail.
            //
            // Not stopped: text in another context, such as a script block or the address of a
            // link. Each context needs its own encoding.
            Output::Escaped => escape(text),
        }
    }
}

/// Replaces the five characters. `&` is one of them: without it a user could write `&lt;` and
/// readers would see `<`. The two quotation marks matter inside an attribute, where they would end
/// its value.
fn escape(text: &str) -> Cow<'_, str> {
    // Most text contains none of them and is not copied.
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

impl Defence for Output {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "raw",
            description: "The board shows a notice as it was written, markup included.",
            value: Output::Raw,
        },
        Arm {
            slug: "escaped",
            description: "The board shows a notice as text: its markup is escaped.",
            value: Output::Escaped,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "What users write is shown as text",
        protects: "In stored cross-site scripting a notice carries a script that runs for \
                   everyone who reads it. Escaping turns the characters that begin markup into \
                   entities. The browser then shows the script's text and runs nothing.",
        does_not_stop: "Text put into another place than HTML text or a quoted attribute: a \
                        javascript: address in a link, a script block, a style. Each needs its \
                        own encoding. Nor does it help where the page's own script writes text \
                        with innerHTML.",
        stage: RequestStage::Page,
        needs: &[],
        standards: &["ASVS 1.2.1", "ASVS 3.2.2", "CWE-79", "CWE-80"],
        elsewhere: Elsewhere {
            flask: "Jinja escapes in .html templates, the default; avoid |safe and Markup()",
            express: "Use the template engine's escaping form: <%= text %> in EJS (not <%- %>), \
                      #{text} in Pug (not !{text})",
            django: "Templates escape, the default; avoid |safe and mark_safe()",
            spring: "Thymeleaf: th:text, not th:utext",
            rocket: "rocket_dyn_templates: Tera escapes in templates whose name ends in \
                     .html.tera; avoid | safe",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTICE: &str = "<img src=x onerror='alert(\"a&b\")'>";

    #[test]
    fn the_weak_arm_lets_markup_through() {
        assert_eq!(Output::WEAK.html(NOTICE), NOTICE);
    }

    #[test]
    fn the_strong_arm_escapes_the_five_characters() {
        assert_eq!(
            Output::STRONG.html(NOTICE),
            "&lt;img src=x onerror=&#39;alert(&quot;a&amp;b&quot;)&#39;&gt;"
        );
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(
            Output::STRONG.html("Prüfung um 8 Uhr"),
            Cow::Borrowed(_)
        ));
    }
}
