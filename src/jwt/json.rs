//! JSON with one meaning and of limited size: an object that names a member twice is refused, and
//! so is one with more values than any token has.
//!
//! Parsers disagree about which of two equal names counts: `{"sub":"mallory","sub":"admin"}` is a
//! token of mallory for one and of admin for the other. If the verifier and the application use two
//! parsers, mallory is admin. So such an object is refused (RFC 7515 §4 and RFC 7519 §4 allow
//! that). `serde_json` itself silently uses the last one.
//!
//! A token is read before its signature is verified, so a stranger chooses what is read. A value of
//! two letters can take seventy times as much memory as its text, so the values are counted while
//! they are read, and the reading stops at the limit.
//!
//! Refused alternative: reading the text into a `Value` first and counting then. By then the memory
//! is already used, and the second of two equal names is already lost.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How many values an object may hold, at all depths together. Tokens of the portal hold about ten,
/// so the limit leaves room for tokens that students paste from elsewhere.
pub const MAX_VALUES: usize = 100;

/// The error for an object with more values. It says what the limit is, so that a student whose own
/// token is too large knows why.
pub const TOO_MANY_VALUES: &str = "It holds more than 100 values.";

/// Reads one JSON object in UTF-8, without equal names at any depth. RFC 7519 §7.2 requires such an
/// object for the header and for the claims.
///
/// # Errors
/// A sentence that says what is wrong. It repeats nothing of the input: a stranger wrote that, and
/// an error ends in a log or on a page.
pub fn object(bytes: &[u8]) -> Result<Map<String, Value>, &'static str> {
    // The standards require UTF-8 (RFC 8725 §3.7). A reader that also tries UTF-16 would find a
    // second token in the same bytes.
    let text = std::str::from_utf8(bytes).map_err(|_| "It is not UTF-8.")?;
    let reader = StrictReader {
        left: Cell::new(Some(MAX_VALUES)),
    };
    let mut from = serde_json::Deserializer::from_str(text);
    let read = reader.deserialize(&mut from);
    // `end` refuses anything after the object. A reader that stops at its end lets an attacker add
    // a second object, which another program may read instead of the first.
    //
    // Which error it was follows from the state of the reader: the text of a `serde_json` error may
    // repeat the input, so it is not used.
    match read.and_then(|value| from.end().map(|()| value)) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err("It is no JSON object."),
        Err(_) if reader.left.get().is_none() => Err(TOO_MANY_VALUES),
        Err(error) if error.is_data() => Err("A name occurs twice in it."),
        Err(_) => Err("It is not JSON."),
    }
}

/// Reads a value whose objects have no equal names. It follows the parser value by value, as
/// `serde` allows. `serde_json` limits the depth, so `[[[[…` does not exhaust the stack: a stack
/// that is exhausted ends the whole process, and not only the request.
struct StrictReader {
    /// How many more values may be read; `None` after one too many. A `Cell`, because the parser
    /// hands the same reader to every depth.
    left: Cell<Option<usize>>,
}

impl StrictReader {
    /// Counts one value. Its error ends the reading, so the memory is bounded whatever follows.
    fn count<E: Error>(&self) -> Result<(), E> {
        let left = self.left.get().and_then(|left| left.checked_sub(1));
        self.left.set(left);
        left.map(|_| ()).ok_or_else(|| E::custom("too many values"))
    }
}

impl<'de> DeserializeSeed<'de> for &StrictReader {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &StrictReader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without equal names")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        // JSON has no NaN and no infinity, and a time that is either would pass or fail every
        // comparison.
        let number = Number::from_f64(value).ok_or_else(|| E::custom("no number"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        // Nothing is reserved in advance: the list grows only with values that were counted. A size
        // that the input announces must never decide how much memory is taken.
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(self)? {
            self.count()?;
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        // At every depth. A check of the outermost names alone would let two readers disagree about
        // what is in `jwk`.
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            self.count()?;
            let value = map.next_value_seed(self)?;
            // Names are compared after their escapes were decoded: `s\u0075b` is `sub`.
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a name occurs twice"));
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_read_as_it_is() {
        let text = r#"{"a":1,"b":[true,null,-2,0.5,"x",{"a":{}}],"c":{"a":"é"}}"#;
        let read = object(text.as_bytes()).expect("an object");
        let plain: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(Value::Object(read), plain);
    }

    #[test]
    fn equal_names_are_refused_at_any_depth() {
        for text in [
            r#"{"sub":"mallory","sub":"admin"}"#,
            r#"{"sub":1,"s\u0075b":2}"#,
            r#"{"a":{"b":1,"b":1}}"#,
            r#"{"a":[{"b":1,"b":1}]}"#,
        ] {
            assert_eq!(
                object(text.as_bytes()),
                Err("A name occurs twice in it."),
                "{text}"
            );
        }
    }

    #[test]
    fn anything_else_is_refused_with_a_sentence() {
        for text in [
            "",
            "{",
            "{}x",
            "{} {}",
            "{\"a\":1e999}",
            "{\"a\":NaN}",
            "\u{feff}{}",
        ] {
            assert_eq!(object(text.as_bytes()), Err("It is not JSON."), "{text}");
        }
        for text in ["[]", "1", "\"x\"", "null"] {
            assert_eq!(
                object(text.as_bytes()),
                Err("It is no JSON object."),
                "{text}"
            );
        }
        assert_eq!(object(b"{\"a\":\"\xff\"}"), Err("It is not UTF-8."));
        let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(object(&utf16).is_err());
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(
            object(deep.as_bytes()),
            Err("It is not JSON."),
            "no stack is blown"
        );
    }

    #[test]
    fn a_hundred_values_are_read_and_not_one_more() {
        let members = |count| (0..count).map(|n| format!("\"{n}\":0")).collect::<Vec<_>>();
        let flat = |count| format!("{{{}}}", members(count).join(","));
        let list = |count| format!("{{\"a\":[{}]}}", vec!["{\"b\":[]}"; count].join(","));
        for (text, read) in [
            (flat(MAX_VALUES), true),
            (flat(MAX_VALUES + 1), false),
            (flat(10_000), false),
            // One for the list, two for each object in it.
            (list(49), true),
            (list(50), false),
        ] {
            let found = object(text.as_bytes());
            assert_eq!(found.is_ok(), read, "{text}");
            if !read {
                assert_eq!(found, Err(TOO_MANY_VALUES));
            }
        }
    }
}
