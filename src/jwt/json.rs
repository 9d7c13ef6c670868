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

/// How deep lists and objects may be nested. A claim that is an object of lists has three levels.
pub const MAX_DEPTH: usize = 32;

/// Lists the faults once. Each sentence exists for header and payload, because a refusal that names
/// the part spares its reader a search.
macro_rules! faults {
    ($($(#[$doc:meta])* $fault:ident => $predicate:literal,)*) => {
        /// What is wrong with a JSON text. Its sentences repeat nothing of the input.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum JsonFault {
            $($(#[$doc])* $fault,)*
        }

        impl JsonFault {
            /// Every fault.
            pub const ALL: &[JsonFault] = &[$(JsonFault::$fault),*];

            /// What is wrong, as the rest of a sentence that begins with the name of the part.
            pub const fn predicate(self) -> &'static str {
                match self {
                    $(JsonFault::$fault => $predicate,)*
                }
            }

            /// The whole sentence about a token's header.
            pub const fn of_header(self) -> &'static str {
                match self {
                    $(JsonFault::$fault => concat!("The header ", $predicate),)*
                }
            }

            /// The whole sentence about a token's payload.
            pub const fn of_payload(self) -> &'static str {
                match self {
                    $(JsonFault::$fault => concat!("The payload ", $predicate),)*
                }
            }
        }
    };
}

faults! {
    /// There is nothing, or white space only.
    Empty => "is empty.",
    /// The bytes are not UTF-8.
    NotUtf8 => "is not UTF-8 text.",
    /// An editor's mark, which JSON does not allow (RFC 8259 §8.1). In a token it would be a second
    /// spelling.
    ByteOrderMark => "begins with a byte order mark, which JSON does not have.",
    /// The text ends inside the object.
    CutOff => "is JSON that ends too early.",
    /// Something else that JSON does not have.
    NotJson => "is not JSON.",
    /// A value of another kind.
    NotAnObject => "is JSON, but not an object: it must be enclosed in { and }.",
    /// A name occurs twice in one object.
    EqualNames => "names a member twice. Parsers disagree about which one counts.",
    /// More than [`MAX_VALUES`].
    TooManyValues => "holds more than 100 values, and no token of the portal has more than a dozen.",
    /// More than [`MAX_DEPTH`].
    TooDeep => "is nested more than 32 levels deep.",
    /// A number that no `f64` holds, such as `1e400`.
    TooLargeNumber => "has a number that is too large: no reader of JSON can hold it.",
    /// A second value, or anything else.
    TrailingText => "goes on after its object.",
}

/// Reads one JSON object in UTF-8, without equal names at any depth. RFC 7519 §7.2 requires such an
/// object for the header and for the claims.
///
/// # Errors
/// What is wrong with it. It repeats nothing of the input: a stranger wrote that, and an error ends
/// in a log or on a page.
pub fn object(bytes: &[u8]) -> Result<Map<String, Value>, JsonFault> {
    // The standards require UTF-8 (RFC 8725 §3.7). A reader that also tries UTF-16 would find a
    // second token in the same bytes.
    let text = std::str::from_utf8(bytes).map_err(|_| JsonFault::NotUtf8)?;
    if text.starts_with('\u{feff}') {
        return Err(JsonFault::ByteOrderMark);
    }
    if text.trim().is_empty() {
        return Err(JsonFault::Empty);
    }
    let reader = StrictReader {
        left: Cell::new(MAX_VALUES),
        depth: Cell::new(0),
        fault: Cell::new(None),
    };
    let mut from = serde_json::Deserializer::from_str(text);
    let value = reader
        .deserialize(&mut from)
        .map_err(|error| reader.fault.get().unwrap_or_else(|| fault_of(&error)))?;
    // A reader that stops at the end of the object lets an attacker add a second one, which another
    // program may read instead of the first.
    from.end().map_err(|_| JsonFault::TrailingText)?;
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(JsonFault::NotAnObject),
    }
}

/// What the parser itself found. Its text may repeat the input, so it is never shown.
fn fault_of(error: &serde_json::Error) -> JsonFault {
    if error.is_eof() {
        return JsonFault::CutOff;
    }
    // The parser has no other sign for this cause than the beginning of its text.
    if error.to_string().starts_with("number out of range") {
        return JsonFault::TooLargeNumber;
    }
    JsonFault::NotJson
}

/// Reads a value whose objects have no equal names. It follows the parser value by value, as
/// `serde` allows, and each member is a `Cell`, because the parser hands the same reader to every
/// depth.
struct StrictReader {
    /// How many more values may be read.
    left: Cell<usize>,
    /// How many lists and objects are open. Without a limit `[[[[…` would exhaust the stack, and a
    /// stack that is exhausted ends the whole process, and not only the request.
    depth: Cell<usize>,
    /// The rule that ended the reading, where it was one of this reader's own.
    fault: Cell<Option<JsonFault>>,
}

impl StrictReader {
    /// Ends the reading.
    fn refuse<E: Error>(&self, fault: JsonFault) -> E {
        self.fault.set(Some(fault));
        E::custom(fault.predicate())
    }

    /// Counts one value. Its error ends the reading, so the memory is bounded whatever follows.
    fn count<E: Error>(&self) -> Result<(), E> {
        let left = self.left.get().checked_sub(1);
        self.left
            .set(left.ok_or_else(|| self.refuse(JsonFault::TooManyValues))?);
        Ok(())
    }

    /// Enters a list or an object.
    fn enter<E: Error>(&self) -> Result<(), E> {
        let depth = self.depth.get() + 1;
        if depth > MAX_DEPTH {
            return Err(self.refuse(JsonFault::TooDeep));
        }
        self.depth.set(depth);
        Ok(())
    }

    /// Leaves it again.
    fn leave(&self) {
        self.depth.set(self.depth.get() - 1);
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
        let number =
            Number::from_f64(value).ok_or_else(|| self.refuse(JsonFault::TooLargeNumber))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        self.enter()?;
        // Nothing is reserved in advance: the list grows only with values that were counted. A size
        // that the input announces must never decide how much memory is taken.
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(self)? {
            self.count()?;
            values.push(value);
        }
        self.leave();
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        self.enter()?;
        // At every depth. A check of the outermost names alone would let two readers disagree about
        // what is in `jwk`.
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            self.count()?;
            let value = map.next_value_seed(self)?;
            // Names are compared after their escapes were decoded: `s\u0075b` is `sub`.
            if members.insert(name, value).is_some() {
                return Err(self.refuse(JsonFault::EqualNames));
            }
        }
        self.leave();
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
            let found = object(text.as_bytes());
            assert_eq!(found, Err(JsonFault::EqualNames), "{text}");
        }
    }

    #[test]
    fn each_fault_has_its_own_name() {
        use JsonFault::*;
        let deep = |levels| format!("{{\"a\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
        for (text, fault) in [
            ("", Empty),
            (" \n", Empty),
            ("{", CutOff),
            ("{\"a\":\"b", CutOff),
            ("{}x", TrailingText),
            ("{} {}", TrailingText),
            ("{\"a\":1e400}", TooLargeNumber),
            ("{\"a\":-1e999}", TooLargeNumber),
            ("{\"a\":NaN}", NotJson),
            ("{\"a\":01}", NotJson),
            ("{'a':1}", NotJson),
            ("{\"a\":1,}", NotJson),
            ("\u{feff}{}", ByteOrderMark),
            ("[]", NotAnObject),
            ("1", NotAnObject),
            ("\"x\"", NotAnObject),
            ("null", NotAnObject),
            ("{\"a\":1,\"a\":1}", EqualNames),
            (&deep(MAX_DEPTH), TooDeep),
            (&deep(200), TooDeep),
            (&deep(10_000), TooDeep),
        ] {
            assert_eq!(object(text.as_bytes()), Err(fault), "{text}");
        }
        object(deep(MAX_DEPTH - 1).as_bytes()).expect("as deep as is allowed");
        assert_eq!(object(b"{\"a\":\"\xff\"}"), Err(NotUtf8));
        let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(object(&utf16), Err(NotJson));
        let limits = [(TooManyValues, MAX_VALUES), (TooDeep, MAX_DEPTH)];
        for (fault, limit) in limits {
            assert!(
                fault.predicate().contains(&format!(" {limit} ")),
                "{fault:?}"
            );
        }
    }

    #[test]
    fn every_sentence_fits_into_a_challenge() {
        // RFC 6750 §3 allows these characters in `error_description`.
        let fits = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
        for fault in JsonFault::ALL {
            for sentence in [fault.of_header(), fault.of_payload()] {
                assert!(sentence.chars().all(fits), "{sentence}");
                assert!(sentence.ends_with(fault.predicate()), "{sentence}");
            }
        }
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
                assert_eq!(found, Err(JsonFault::TooManyValues));
            }
        }
    }
}
