//! What a page says to a program: its forms with their hidden fields, its links, and its text.
//!
//! The tokens come from `html5gum`, which reads tags as browsers do, so a form in a comment or in a
//! script is none. Which element contains which is not rebuilt: a field belongs to the form that was
//! opened last.

use html5gum::emitters::default::{DefaultEmitter, StartTag};
use html5gum::{Token, Tokenizer};

/// How many forms and links of a page are read: a page may have any number.
const MOST: usize = 200;

/// A form of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundForm {
    /// Its method in capitals; GET where it has none.
    pub method: String,
    /// Its address as it is written; empty for the page's own.
    pub action: String,
    /// Its fields.
    pub fields: Vec<FoundField>,
    /// The text on it, buttons included.
    pub text: String,
}

/// A field of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundField {
    /// The name under which it is sent.
    pub name: String,
    /// The type in lower case, as in `hidden`; `text` where it has none.
    pub kind: String,
    /// The value that the page gives it.
    pub value: String,
    /// What the page says of it to a browser's memory, as in `username`.
    pub autocomplete: String,
}

impl FoundForm {
    /// The hidden fields, as name and value.
    pub fn hidden(&self) -> impl Iterator<Item = (&str, &str)> {
        let hidden = self.fields.iter().filter(|field| field.kind == "hidden");
        hidden.map(|field| (&*field.name, &*field.value))
    }

    /// The field for a password, if there is exactly one.
    pub fn password_field(&self) -> Option<&FoundField> {
        let mut found = self.fields.iter().filter(|field| field.kind == "password");
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// The field for the name: the one that says so, else the last one of text before the password.
    pub fn user_field(&self) -> Option<&FoundField> {
        let typed = |field: &&FoundField| matches!(&*field.kind, "text" | "email" | "tel");
        let named = |field: &&FoundField| {
            typed(field) && matches!(&*field.autocomplete, "username" | "email")
        };
        let password = self
            .fields
            .iter()
            .position(|field| field.kind == "password")?;
        let before = &self.fields[..password];
        let said = self.fields.iter().find(named);
        said.or_else(|| before.iter().rev().find(typed))
    }
}

/// A link of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLink {
    /// Its address as it is written.
    pub address: String,
    /// Its text.
    pub text: String,
}

/// What was read of a page.
#[derive(Clone, Debug, Default)]
pub struct FoundPage {
    /// Its forms.
    pub forms: Vec<FoundForm>,
    /// Its links.
    pub links: Vec<FoundLink>,
    /// What a person reads, one line for each piece of text.
    pub text: String,
}

impl FoundPage {
    /// Reads a page.
    pub fn read(page: &str) -> Self {
        let mut found = Self::default();
        let (mut in_form, mut in_link, mut hidden) = (false, false, false);
        let mut emitter = DefaultEmitter::default();
        // The text of a script or a style is no markup.
        emitter.naively_switch_states(true);
        for Ok(token) in Tokenizer::new_with_emitter(page, emitter) {
            match token {
                Token::StartTag(tag) => match &**tag.name {
                    b"form" if found.forms.len() < MOST => {
                        in_form = true;
                        found.forms.push(form(&tag));
                    }
                    b"input" | b"textarea" | b"select" | b"button" if in_form => {
                        let form = found.forms.last_mut();
                        let field = field(&tag);
                        if let Some(form) = form.filter(|form| form.fields.len() < MOST) {
                            if !field.name.is_empty() && &**tag.name != b"button" {
                                form.fields.push(field);
                            } else {
                                form.text.push_str(&field.value);
                            }
                        }
                    }
                    b"a" if found.links.len() < MOST => {
                        in_link = true;
                        let address = attribute(&tag, "href");
                        let text = String::new();
                        found.links.push(FoundLink { address, text });
                    }
                    b"script" | b"style" => hidden = true,
                    _ => {}
                },
                Token::EndTag(tag) => match &**tag.name {
                    b"form" => in_form = false,
                    b"a" => in_link = false,
                    b"script" | b"style" => hidden = false,
                    _ => {}
                },
                Token::String(text) if !hidden => {
                    let text = String::from_utf8_lossy(&text);
                    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                    if text.is_empty() {
                        continue;
                    }
                    found.text.push_str(&text);
                    found.text.push('\n');
                    if let Some(form) = found.forms.last_mut().filter(|_| in_form) {
                        form.text.push_str(&text);
                    }
                    if let Some(link) = found.links.last_mut().filter(|_| in_link) {
                        link.text.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        found
    }
}

fn form(tag: &StartTag<()>) -> FoundForm {
    let method = attribute(tag, "method").to_ascii_uppercase();
    FoundForm {
        method: if method.is_empty() {
            "GET".into()
        } else {
            method
        },
        action: attribute(tag, "action"),
        ..FoundForm::default()
    }
}

fn field(tag: &StartTag<()>) -> FoundField {
    let kind = attribute(tag, "type").to_ascii_lowercase();
    FoundField {
        name: attribute(tag, "name"),
        kind: if kind.is_empty() { "text".into() } else { kind },
        value: attribute(tag, "value"),
        autocomplete: attribute(tag, "autocomplete").to_ascii_lowercase(),
    }
}

fn attribute(tag: &StartTag<()>, name: &str) -> String {
    let found = tag
        .attributes
        .iter()
        .find(|(key, _)| key.as_slice() == name.as_bytes());
    let value = found.map(|(_, value)| String::from_utf8_lossy(value).trim().to_owned());
    value.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_with_its_hidden_fields_and_none_in_a_comment_or_a_script() {
        let page = FoundPage::read(
            "<!-- <form action=/no><input type=password name=no></form> -->\
             <script>'<form action=/no>'</script>\
             <form METHOD=post action=\"/in?a=1&amp;b=2\"><input type=hidden name=t value=\"x&quot;y\">\
             <label>E-mail <input type=email name=mail></label>\
             <input name=secret type=PASSWORD><button>Log in</button></form><a href=/out>Log <b>out</b></a>",
        );
        assert_eq!(page.forms.len(), 1);
        let form = &page.forms[0];
        assert_eq!((&*form.method, &*form.action), ("POST", "/in?a=1&b=2"));
        assert_eq!(form.hidden().collect::<Vec<_>>(), [("t", "x\"y")]);
        assert_eq!(form.user_field().map(|field| &*field.name), Some("mail"));
        assert_eq!(
            form.password_field().map(|field| &*field.name),
            Some("secret")
        );
        assert!(form.text.contains("Log in"));
        assert_eq!(page.links[0].address, "/out");
        assert_eq!(page.links[0].text, "Logout");
    }

    #[test]
    fn a_form_for_a_new_password_is_no_sign_in_and_broken_markup_is_read_to_its_end() {
        let page = FoundPage::read(
            "<form><input type=password name=a><input type=password name=b></form><form <<>\"'<input",
        );
        assert_eq!(page.forms[0].password_field(), None);
        let many = "<form>".repeat(5_000) + &"<a href=x>".repeat(5_000);
        assert_eq!(FoundPage::read(&many).forms.len(), MOST);
    }
}
