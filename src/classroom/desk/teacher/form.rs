//! A form of the teacher's pages.

use std::collections::BTreeMap;

use subtle::ConstantTimeEq as _;
use url::form_urlencoded;

use crate::classroom::desk::server::DeskRequest;

/// The field, or the header, that carries the session's token.
const TOKEN_FIELD: &str = "token";
const TOKEN_HEADER: &str = "x-desk-token";

/// The fields of a form, each by its name. Of two with one name the last one counts.
#[derive(Debug, Default)]
pub struct DeskForm(BTreeMap<String, String>);

impl DeskForm {
    /// The form in a request's body; empty where that is none.
    pub fn of(request: &DeskRequest) -> Self {
        if !request.has_type("application/x-www-form-urlencoded") {
            return Self::default();
        }
        // A browser sends a line end as two characters, and its `maxlength` counts one.
        let fields = form_urlencoded::parse(&request.body);
        let unified = fields.map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n")));
        Self(unified.collect())
    }

    /// A field without the space around it; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    /// A field, `None` where it is empty.
    pub fn filled(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// Every field except the token, by its name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.0.iter().filter(|(name, _)| *name != TOKEN_FIELD);
        fields.map(|(name, value)| (&**name, &**value))
    }

    /// A field as a number.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.get(name).parse().ok()
    }

    /// Whether a box is ticked.
    pub fn is_ticked(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether the request carries the session's token.
    pub fn has_token(&self, request: &DeskRequest, token: &str) -> bool {
        let sent = request.header(TOKEN_HEADER);
        let sent = sent.unwrap_or_else(|| self.get(TOKEN_FIELD));
        sent.as_bytes().ct_eq(token.as_bytes()).into()
    }

    /// Whether a script of the pages sent the request. It reads JSON, and no page.
    pub fn is_by_script(request: &DeskRequest) -> bool {
        request.headers.contains_key(TOKEN_HEADER)
    }
}
