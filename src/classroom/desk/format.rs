//! The form of the desk's records: JSON with the number of its format in front.
//!
//! A record of an older format is brought up to date as it is read. One of a newer format is refused:
//! a program that does not know what a field means would lose it with the next write.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The field that holds the number of the format.
const FIELD: &str = "format";

/// A record with a format.
pub trait FormattedRecord: Serialize + DeserializeOwned {
    /// What it is, in words.
    const WHAT: &'static str;
    /// The present format.
    const FORMAT: u64;

    /// Brings the fields of a record from `format` to the one after it.
    ///
    /// # Errors
    /// Nothing is known of such a format, or the fields are not what it has.
    fn upgrade(format: u64, fields: &mut Map<String, Value>) -> Result<(), String>;
}

/// Why a record is not read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// A later version of the lab wrote it.
    #[error(
        "{what} was written in format {found} by a later version of Session Lab; this one knows {known}: \
         start the later version, or restore a backup that this one wrote"
    )]
    Newer {
        what: &'static str,
        found: u64,
        known: u64,
    },
    /// It is damaged.
    #[error("{what} cannot be read: {why}")]
    Damaged { what: &'static str, why: String },
}

/// A record as it is stored.
///
/// # Errors
/// It has a field that JSON cannot hold.
pub fn write<T: FormattedRecord>(record: &T) -> Result<Vec<u8>, FormatError> {
    let damaged = |why: String| FormatError::Damaged { what: T::WHAT, why };
    let value = serde_json::to_value(record).map_err(|error| damaged(error.to_string()))?;
    let Value::Object(fields) = value else {
        return Err(damaged("it is no object".into()));
    };
    let mut all = Map::new();
    all.insert(FIELD.into(), T::FORMAT.into());
    all.extend(fields);
    serde_json::to_vec(&all).map_err(|error| damaged(error.to_string()))
}

/// A record as it was stored, in this format or an older one.
///
/// # Errors
/// Its format is newer, or it is damaged.
pub fn read<T: FormattedRecord>(bytes: &[u8]) -> Result<T, FormatError> {
    let damaged = |why: String| FormatError::Damaged { what: T::WHAT, why };
    let mut fields: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
    let found = fields.remove(FIELD).and_then(|found| found.as_u64());
    let found = found.ok_or_else(|| damaged("the number of its format is missing".into()))?;
    if found > T::FORMAT {
        let known = T::FORMAT;
        return Err(FormatError::Newer {
            what: T::WHAT,
            found,
            known,
        });
    }
    for format in found..T::FORMAT {
        T::upgrade(format, &mut fields).map_err(damaged)?;
    }
    serde_json::from_value(Value::Object(fields)).map_err(|error| damaged(error.to_string()))
}
