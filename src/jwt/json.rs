//! JSON without double meanings: an object that names a member twice is refused.
//!
//! Parsers disagree about which of two equal names counts. What the verifier checked and what the
//! application reads must be the same, so neither counts (RFC 7515 §4 and RFC 7519 §4 allow that).
//! `serde_json` itself lets the last one win.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads one JSON object in UTF-8, without equal names at any depth.
///
/// # Errors
/// A sentence that says what is wrong. It repeats nothing of the input.
pub fn object(bytes: &[u8]) -> Result<Map<String, Value>, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "It is not UTF-8.")?;
    match serde_json::from_str(text) {
        Ok(Unique(Value::Object(members))) => Ok(members),
        Ok(_) => Err("It is no JSON object."),
        Err(error) if error.is_data() => Err("A name occurs twice in it."),
        Err(_) => Err("It is not JSON."),
    }
}

/// A value whose objects have no equal names.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Unique)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
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
        let number = Number::from_f64(value).ok_or_else(|| E::custom("no number"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Unique(value)) = seq.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let Unique(value) = map.next_value()?;
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
}
