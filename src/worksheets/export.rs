//! Progress as a file, with a code by which the lab recognises its own files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::codes::{Codes, same};
use super::progress::SheetProgress;
use crate::base::bench_name::BenchName;
use crate::base::byte_order_mark;

const FORMAT: &str = "session-lab-progress";

/// Counts the changes of the format that an older lab would misread.
pub const VERSION: u32 = 2;

/// The progress of a bench.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    format: String,
    version: u32,
    bench: String,
    /// The student's name.
    pub name: Option<String>,
    /// The progress of each sheet, by its slug.
    pub sheets: BTreeMap<String, SheetProgress>,
}

#[derive(Serialize, Deserialize)]
struct ExportFile {
    progress: serde_json::Value,
    code: String,
}

impl Export {
    /// What is exported of a bench.
    pub fn new(
        bench: &BenchName,
        name: Option<String>,
        sheets: Vec<(String, SheetProgress)>,
    ) -> Self {
        Self {
            format: FORMAT.into(),
            version: VERSION,
            bench: bench.to_string(),
            name,
            sheets: sheets.into_iter().collect(),
        }
    }

    fn canonical(&self) -> String {
        // Invariant: a struct of texts, numbers and maps with text keys always becomes JSON.
        serde_json::to_string(self).expect("progress becomes JSON")
    }

    /// The file.
    pub fn to_json(&self, codes: Codes<'_>) -> String {
        let code = codes.of_export(&self.canonical());
        let whole = serde_json::json!({ "progress": self, "code": code });
        format!("{whole:#}\n")
    }

    /// Reads a file that this lab saved of this bench.
    ///
    /// # Errors
    /// Why it is not taken, in sentences.
    pub fn read(text: &str, bench: &BenchName, codes: Codes<'_>) -> Result<Self, String> {
        let no_progress = "The file holds no progress of worksheets.";
        let text = byte_order_mark::skip(text);
        let file: ExportFile =
            serde_json::from_str(text).map_err(|error| unreadable(text, &error, no_progress))?;
        if file.progress["format"] != FORMAT {
            return Err(no_progress.into());
        }
        let version = file.progress["version"].as_u64().unwrap_or_default();
        if version > u64::from(VERSION) {
            return Err(format!(
                "A newer Session Lab saved the file (format {version}; this one reads {VERSION})."
            ));
        }
        let changed = "The file was changed, or another lab saved it. A lab knows its own by its \
                       key: to move to another computer, take the folder lab-data along.";
        let export: Self = serde_json::from_value(file.progress).map_err(|_| changed)?;
        if !same(&codes.of_export(&export.canonical()), &file.code) {
            return Err(changed.into());
        }
        if export.bench != bench.as_str() {
            return Err(format!(
                "The file holds the progress of bench {}; this is bench {bench}.",
                export.bench
            ));
        }
        Ok(export)
    }
}

/// Why a text is no JSON of this form. A file that was copied may have lost its end, or have zeros
/// where the disk lost something.
fn unreadable(text: &str, error: &serde_json::Error, no_progress: &str) -> String {
    let is_object = text.trim_start().starts_with('{');
    if text.trim().is_empty() {
        "The file is empty.".into()
    } else if is_object && error.is_eof() {
        "The file ends too early: a part of it is missing. Copy it again, or save the progress again."
            .into()
    } else if is_object && error.is_syntax() {
        format!(
            "The file is damaged in line {}. Copy it again, or save the progress again.",
            error.line()
        )
    } else {
        no_progress.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::BenchTime;
    use crate::storage::EventId;

    #[test]
    fn only_the_labs_own_unchanged_file_of_this_bench_and_version_is_read() {
        let bench: BenchName = "team-7".parse().unwrap();
        let codes = Codes::new(&[7; 32]);
        let progress = SheetProgress::new(EventId(3), BenchTime::from_millis(9));
        let export = Export::new(
            &bench,
            Some("A \"B\"".into()),
            vec![("06-x".into(), progress)],
        );
        let file = export.to_json(codes);
        let read = |text: &str| Export::read(text, &bench, codes);
        assert_eq!(read(&file).unwrap(), export);
        assert_eq!(read(&format!("\u{feff}{file}")).unwrap(), export);
        let refused = |text: String| read(&text).unwrap_err();
        assert!(refused(file.replace("06-x", "07-x")).contains("was changed"));
        assert!(refused(file.replace("\"version\": 2", "\"version\": 3")).contains("newer"));
        let earlier = Export {
            version: 1,
            ..export.clone()
        };
        assert_eq!(read(&earlier.to_json(codes)).unwrap(), earlier);
        assert!(refused("{}".into()).contains("no progress"));
        assert!(refused(file.replace(FORMAT, "other")).contains("no progress"));
        assert!(refused(String::new()).contains("is empty"));
        assert!(refused("a text".into()).contains("no progress"));
        for end in [1, file.len() / 2, file.len() - 3] {
            let why = refused(file[..end].into());
            assert!(why.contains("ends too early"), "{end}: {why}");
        }
        let zeros = file.replace("06-x", "06\0x");
        assert!(refused(zeros).contains("is damaged in line "));
        assert!(refused(format!("{file}\0\0")).contains("is damaged in line "));
        assert!(refused(file.replace("\"sheets\"", "\"shoots\"")).contains("was changed"));
        let other = Export::read(&file, &BenchName::local(), codes).unwrap_err();
        assert!(other.contains("of bench team-7"), "{other}");
        assert!(Export::read(&file, &bench, Codes::new(&[8; 32])).is_err());
    }
}
