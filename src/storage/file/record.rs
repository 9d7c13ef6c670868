//! One record as a file: JSON that a student can read with `cat`.
//!
//! The names in the file are older than those in the source, and stay: a folder that an earlier lab
//! wrote is read by this one. `seen` is when the record was last used, `until` when it expires,
//! `place` its position in the lists, and `turn` its sequence number.
//!
//! ```json
//! {
//!   "version": 1,
//!   "seen": 1760000000000,
//!   "until": 1760000900000,
//!   "owner": "student123",
//!   "replaces": { "world": "hardened", "kind": "session", "name": "pTz0…" },
//!   "place": 8,
//!   "turn": 8,
//!   "value": {"user":"student123"}
//! }
//! ```
//!
//! The value must come back byte for byte, so JSON is copied into the file as it is, on one last
//! line; other text is there as the string `text`, and anything else in `base64`.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::de::{Error as _, IgnoredAny};
use serde::{Deserialize, Serialize};

use super::HIGHEST;
use crate::base::clock::BenchTime;
use crate::defences::policy::Variant;
use crate::storage::memory::record::RecordEntry;
use crate::storage::{RecordKey, RecordKind};

/// The text between the other fields and a value in JSON. A line break cannot occur inside a
/// JSON string, so the first place where this is found is the right one.
const BEFORE_VALUE: &str = ",\n  \"value\": ";
/// The text after the value.
const AFTER_VALUE: &str = "\n}\n";

/// A record's file, apart from a value in JSON.
#[derive(Serialize, Deserialize)]
struct RecordFile {
    version: u64,
    #[serde(rename = "seen")]
    last_used: BenchTime,
    #[serde(rename = "until")]
    expires_at: BenchTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaces: Option<NamedKey>,
    #[serde(rename = "place")]
    position: u64,
    #[serde(rename = "turn")]
    sequence: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    /// Only found here when the file was edited: this program writes the value behind the fields.
    #[serde(default, skip_serializing)]
    value: Option<serde_json::Value>,
}

/// A key spelled out.
#[derive(Serialize, Deserialize)]
struct NamedKey {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    world: Option<Variant>,
    kind: RecordKind,
    name: String,
}

/// The text of a record's file.
pub fn encode(record: &RecordEntry) -> serde_json::Result<String> {
    let json = as_json(&record.value);
    let text = if json.is_some() {
        None
    } else {
        std::str::from_utf8(&record.value).ok()
    };
    let is_binary = json.is_none() && text.is_none();
    let mut file = serde_json::to_string_pretty(&RecordFile {
        version: record.version,
        last_used: record.last_used,
        expires_at: record.expires_at,
        owner: record.owner.clone(),
        replaces: record.replaces.as_ref().map(|key| NamedKey {
            world: key.world(),
            kind: key.kind(),
            name: key.name().into(),
        }),
        position: record.position,
        sequence: record.sequence,
        text: text.map(String::from),
        base64: is_binary.then(|| BASE64.encode(&record.value)),
        value: None,
    })?;
    if let Some(json) = json {
        file.truncate(file.trim_end_matches(['\n', '}']).len());
        file.push_str(BEFORE_VALUE);
        file.push_str(json);
        file.push_str(AFTER_VALUE);
    } else {
        file.push('\n');
    }
    Ok(file)
}

/// The record in a file.
///
/// # Errors
///
/// The text is not JSON, or a field is missing or makes no sense.
pub fn decode(file: &str) -> serde_json::Result<RecordEntry> {
    let (fields, value) = match split_value(file) {
        Some((fields, value)) => (fields, Some(value)),
        None => (serde_json::from_str::<RecordFile>(file)?, None),
    };
    if [fields.version, fields.position, fields.sequence]
        .iter()
        .any(|count| *count > HIGHEST)
    {
        return Err(serde_json::Error::custom("a count is out of range"));
    }
    let value = match (value, fields.value, fields.text, fields.base64) {
        (Some(json), ..) => json.as_bytes().to_vec(),
        (_, Some(edited), ..) => serde_json::to_vec(&edited)?,
        (_, _, Some(text), _) => text.into_bytes(),
        (_, _, _, Some(base64)) => BASE64.decode(base64).map_err(serde_json::Error::custom)?,
        (None, None, None, None) => return Err(serde_json::Error::missing_field("value")),
    };
    let replaces = match fields.replaces {
        Some(NamedKey { world, kind, name }) => Some(
            RecordKey::new(world, kind, &name)
                .ok_or_else(|| serde_json::Error::custom("`replaces` names no record"))?,
        ),
        None => None,
    };
    Ok(RecordEntry {
        value: Arc::from(value),
        version: fields.version,
        last_used: fields.last_used,
        expires_at: fields.expires_at,
        owner: fields.owner,
        replaces,
        position: fields.position,
        sequence: fields.sequence,
    })
}

/// The fields and the value of a file in the very form that [`encode`] gives it.
fn split_value(file: &str) -> Option<(RecordFile, &str)> {
    let (fields, value) = file.split_once(BEFORE_VALUE)?;
    let value = value.strip_suffix(AFTER_VALUE)?;
    let fields = serde_json::from_str(&format!("{fields}\n}}")).ok()?;
    as_json(value.as_bytes()).map(|value| (fields, value))
}

/// The bytes as text, when they are one JSON value.
fn as_json(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    serde_json::from_str::<IgnoredAny>(text).ok().map(|_| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(value: &[u8]) -> RecordEntry {
        RecordEntry {
            value: Arc::from(value),
            version: 3,
            last_used: BenchTime::from_millis(1),
            expires_at: BenchTime::from_millis(2),
            owner: Some("o\n  \"value\": ".into()),
            replaces: RecordKey::new(Some(Variant::Hardened), RecordKind::Session, "old"),
            position: 4,
            sequence: 5,
        }
    }

    #[test]
    fn every_value_comes_back_byte_for_byte() {
        let values: [&[u8]; 9] = [
            b"{\"z\":1.0,\"a\":{}}",
            b" [1,\n  \"value\": 2]",
            b" [1,\n 2]\n}\n ",
            b"{\"a\":\n1,\n  \"value\": 2\n}\n",
            b"\"text\"",
            b"plain text, \"quoted\"\n",
            b"",
            b"null",
            b"\xff\x00",
        ];
        for value in values {
            let record = record(value);
            let file = encode(&record).unwrap();
            assert!(
                serde_json::from_str::<serde_json::Value>(&file).is_ok(),
                "{file}"
            );
            assert_eq!(decode(&file).unwrap(), record, "{file}");
        }
    }

    #[test]
    fn a_file_that_a_student_edited_is_still_read() {
        let file = encode(&record(b"{\"user\":\"alice\"}")).unwrap();
        let parsed: serde_json::Value = serde_json::from_str(&file).unwrap();
        assert_eq!(
            decode(&parsed.to_string()).unwrap(),
            record(b"{\"user\":\"alice\"}")
        );
        assert!(decode(&file[..file.len() - 3]).is_err());
        assert!(decode("{}").is_err());
        let edited = file.replace("\"turn\": 5", "\"turn\": 18446744073709551615");
        assert!(decode(&edited).is_err());
    }
}
