//! A `Set-Cookie` line. Every one that the lab sends is written by [`SetCookie::new`].
//!
//! It is raw text. The cookie jar of a web framework adds its own attributes, which the weak
//! arms must lack. [`crate::session::cookie`] decides what a session's line says, and
//! [`crate::web::with_cookies`] brings a handler's lines into the answer.

use std::fmt;

/// One `Set-Cookie` line. Only [`SetCookie::new`] makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct SetCookie {
    line: String,
    name_length: usize,
}

impl SetCookie {
    /// The line `name=value`, with every attribute as it is given, as in `Max-Age=0`.
    pub fn new(name: &str, value: &str, attributes: &[&str]) -> Self {
        let mut line = format!("{name}={value}");
        for attribute in attributes {
            line.push_str("; ");
            line.push_str(attribute);
        }
        Self {
            line,
            name_length: name.len(),
        }
    }

    /// The cookie's name.
    pub fn name(&self) -> &str {
        &self.line[..self.name_length]
    }

    /// The whole line, with the value: only for the answer's header.
    pub fn as_str(&self) -> &str {
        &self.line
    }
}

/// Shows the name only: a value may be a session id.
impl fmt::Debug for SetCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SetCookie({})", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_its_attributes_in_order_and_debug_hides_the_value() {
        let cookie = SetCookie::new("a", "1", &["Path=/", "Secure"]);
        assert_eq!(cookie.as_str(), "a=1; Path=/; Secure");
        assert_eq!(cookie.name(), "a");
        assert_eq!(format!("{cookie:?}"), "SetCookie(a)");
        assert_eq!(SetCookie::new("a", "1", &[]).as_str(), "a=1");
    }
}
