//! `session-lab labs verify`: the codes of a report, or of every report in a folder.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueHint};

use crate::app::settings::flags::ServeFlags;
use crate::app::settings::{ServerSecrets, Settings};
use crate::base::byte_order_mark;
use crate::base::clock::BenchTime;
use crate::base::encode;
use crate::base::keys::ServerKey;
use crate::base::print::tell;
use crate::base::start_error::StartError;
use crate::session::bench::WORKSHEETS_LABEL;
use crate::worksheets::codes::Codes;
use crate::worksheets::report::{self, Verified};

/// The longest report that is read, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The most reports of one folder: every sheet of as many students as a class may have.
const MOST: usize = 20_000;

/// What to do where a code is wrong.
const OTHER_KEY: &str = "use the key of the lab that wrote it: --data-dir, SESSION_LAB_SECRET_KEY, or for an \
                         earlier SESSION_LAB_SECRET_KEY_FALLBACKS";

/// The flags of `labs verify`.
#[derive(Args, Clone, Debug)]
pub struct VerifyFlags {
    /// The report, in Markdown; or a folder with reports, as the desk's archive has them
    #[arg(value_hint = ValueHint::AnyPath)]
    pub report: PathBuf,
    /// Data folder of the lab that wrote the report; it has the key [default: ./lab-data]
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,
}

/// Verifies a report, or each of a folder.
///
/// # Errors
/// A report that is not as a lab wrote it, or a file that is none.
pub(super) fn run(flags: VerifyFlags) -> Result<(), StartError> {
    let keys = CodeKeys::load(flags.data_dir)?;
    if flags.report.is_dir() {
        return folder(&flags.report, &keys);
    }
    let file = flags.report.display().to_string();
    let verified = keys.verified(&flags.report)?;
    tell(&every_step(&verified))?;
    if verified.holds() {
        return tell("Every code is right: a lab with this key wrote the report as it is.\n");
    }
    let text = format!("{file} was changed, or a lab with another key wrote it");
    Err(StartError::new(text, OTHER_KEY))
}

/// Verifies every file in Markdown below a folder. The wrong ones are shown step by step.
fn folder(folder: &Path, keys: &CodeKeys) -> Result<(), StartError> {
    let shown = |path: &Path| encode::line(&path.display().to_string()).into_owned();
    let mut files = Vec::new();
    reports_below(folder, &mut files).map_err(|error| {
        let text = format!("cannot read {}: {error}", shown(folder));
        StartError::new(text, "name the folder that the archive was unpacked into")
    })?;
    files.sort();
    if files.is_empty() {
        let text = format!("{} has no report", shown(folder));
        return Err(StartError::new(
            text,
            "unpack the archive, and name its folder",
        ));
    }
    let (mut lines, mut wrong) = (String::new(), 0);
    for file in &files {
        let name = shown(file.strip_prefix(folder).unwrap_or(file));
        // Writing to a text never fails.
        let _ = match keys.verified(file) {
            Ok(verified) if verified.holds() => {
                let (sheet, by) = (encode::line(&verified.sheet), encode::line(&verified.name));
                writeln!(lines, "right  {name}  ({sheet} by {by})")
            }
            Ok(verified) => {
                wrong += 1;
                writeln!(lines, "WRONG  {name}\n{}", every_step(&verified).trim_end())
            }
            Err(error) => {
                wrong += 1;
                writeln!(lines, "WRONG  {name}: {error}")
            }
        };
    }
    tell(&lines)?;
    let count = files.len();
    if wrong == 0 {
        return tell(&format!(
            "Every code of {count} reports is right: a lab with this key wrote them as they are.\n"
        ));
    }
    let text =
        format!("{wrong} of {count} reports were changed, or a lab with another key wrote them");
    Err(StartError::new(text, OTHER_KEY))
}

/// The files in Markdown below a folder. Links are not followed.
fn reports_below(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (kind, path) = (entry.file_type()?, entry.path());
        if kind.is_dir() {
            reports_below(&path, found)?;
        } else if kind.is_file() && path.extension().is_some_and(|end| end == "md") {
            if found.len() >= MOST {
                return Err(std::io::Error::other(format!(
                    "it has more than {MOST} reports"
                )));
            }
            found.push(path);
        }
    }
    Ok(())
}

/// Each step of a report, and whether its code is right.
fn every_step(verified: &Verified) -> String {
    let word = |right: bool| if right { "right" } else { "WRONG" };
    // All of these are words of the report, and a student may have written it.
    let shown = |text: &str| encode::line(text).into_owned();
    let mut lines = format!("{} by {}\n", shown(&verified.sheet), shown(&verified.name));
    for (step, right) in &verified.steps {
        lines.push_str(&format!("  {:<40}{}\n", shown(step), word(*right)));
    }
    lines.push_str(&format!(
        "  {:<40}{}\n",
        "the whole report",
        word(verified.whole)
    ));
    lines
}

/// The keys that a lab has made codes with: the present one, and the earlier ones that still count.
struct CodeKeys(Vec<[u8; 32]>);

impl CodeKeys {
    fn load(data_dir: Option<PathBuf>) -> Result<Self, StartError> {
        let settings = Settings::load(ServeFlags {
            data_dir,
            ..ServeFlags::default()
        })?;
        let key = ServerKey::load(&settings.data_dir, settings.keys.secret_key())?;
        let present = ServerSecrets {
            key,
            token_key: None,
        };
        let earlier = settings.keys.earlier(&settings.data_dir, &present)?;
        let now = BenchTime::now(Duration::ZERO);
        let earlier = earlier.iter().filter(|(_, until)| now < *until);
        let all = std::iter::once(&present).chain(earlier.map(|(secrets, _)| secrets));
        Ok(Self(
            all.map(|secrets| secrets.derive(WORKSHEETS_LABEL))
                .collect(),
        ))
    }

    /// What a verification of a file finds: with the key that it holds under, or else with the present
    /// one.
    fn verified(&self, path: &Path) -> Result<Verified, StartError> {
        let file = path.display().to_string();
        let unreadable = |reason: String| {
            StartError::new(
                format!("cannot read {file}: {reason}"),
                "name the report, a file in Markdown",
            )
        };
        let mut bytes = Vec::new();
        fs::File::open(path)
            .and_then(|opened| opened.take(LONGEST).read_to_end(&mut bytes))
            .map_err(|error| unreadable(error.to_string()))?;
        let text = byte_order_mark::text(&bytes);
        let text = text.map_err(|reason| unreadable(reason.to_string()))?;
        let mut found = None;
        for key in &self.0 {
            let verified = report::verify(text, Codes::new(key)).map_err(|description| {
                StartError::new(
                    format!("{file} is not a report: {description}"),
                    "name the Markdown file that the lab made",
                )
            })?;
            if verified.holds() {
                return Ok(verified);
            }
            found.get_or_insert(verified);
        }
        found.ok_or_else(|| unreadable("the lab has no key".into()))
    }
}
