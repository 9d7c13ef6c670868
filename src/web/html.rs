//! Text on its way into a page. The template engine sends every value through [`text`], except
//! what a template marks as HTML (`safe`) or as a field's own content (`typed`).

use std::collections::HashMap;

use rocket_dyn_templates::tera::{Filter, Result, Tera, Value};

use crate::base::encode;
use crate::defences::{Defence, Output};

/// A value as a reader sees it. No markup is left in it, and nothing that changes how the words
/// around it appear, such as an override of the writing direction.
pub fn text(value: &str) -> String {
    Output::STRONG.html(&encode::page(value)).into_owned()
}

/// Has an engine send every value through [`text`], and gives it the filter `typed`.
pub(super) fn encode_in(tera: &mut Tera) {
    // Tera's own function also escapes the slash, which no context of HTML needs, and pages would
    // be full of it.
    tera.set_escape_fn(text);
    tera.register_filter("typed", Typed);
}

/// What somebody typed, back in its field: every character of it, so that nothing is lost when the
/// form is sent again. A field shows its text by itself and changes nothing around it.
struct Typed;

impl Filter for Typed {
    fn filter(&self, value: &Value, _: &HashMap<String, Value>) -> Result<Value> {
        Ok(match value {
            Value::String(typed) => Output::STRONG.html(typed).into_owned().into(),
            other => other.clone(),
        })
    }

    fn is_safe(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use rocket_dyn_templates::tera::Context;

    use super::*;

    #[test]
    fn a_value_is_encoded_for_its_place() {
        let mut tera = Tera::default();
        encode_in(&mut tera);
        let page = "<p>{{ name }}</p><textarea>{{ name | typed }}</textarea>{{ none | typed }}";
        tera.add_raw_template("a.html", page).unwrap();
        let context = serde_json::json!({ "name": "<b>\u{202e}\u{200b}\u{1b}/", "none": null });
        let context = Context::from_value(context).unwrap();
        assert_eq!(
            tera.render("a.html", &context).unwrap(),
            "<p>&lt;b&gt;\\u202e\\u200b\\u001b/</p>\
             <textarea>&lt;b&gt;\u{202e}\u{200b}\u{1b}/</textarea>"
        );
    }

    #[test]
    fn what_a_script_needs_stays() {
        for words in ["ünï 漢字", "می\u{200c}خواهم", "אב\u{200f}ג", "a\tb\nc"] {
            assert_eq!(text(words), words);
        }
    }
}
