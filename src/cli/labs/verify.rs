//! `session-lab labs verify`: whether a report is as a lab wrote it, and whose values it has.

mod owner;

use std::fs;
use std::io::Read as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use self::owner::ValuesOwner;
use crate::app::settings::flags::ServeFlags;
use crate::app::settings::{ServerSecrets, Settings};
use crate::base::byte_order_mark;
use crate::base::clock::BenchTime;
use crate::base::encode;
use crate::base::keys::ServerKey;
use crate::base::print::tell;
use crate::base::start_error::StartError;
use crate::cli::desk_store;
use crate::session::bench::WORKSHEETS_LABEL;
use crate::worksheets::codes::Codes;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::report;

/// The longest report that is read, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The flags of `labs verify`.
#[derive(Args, Clone, Debug)]
pub struct VerifyFlags {
    /// The report, in Markdown
    #[arg(value_hint = ValueHint::FilePath)]
    pub report: PathBuf,
    /// Data folder of the lab that wrote the report; it has the key [default: ./lab-data]
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,
    /// The class, as the desk exports it, or a backup of the desk: says whose values the report has
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub class_file: Option<PathBuf>,
}

/// Verifies a report.
///
/// # Errors
/// It is none, or it is not as a lab wrote it, or it has the values of another student.
pub(super) fn run(library: &SheetLibrary, flags: VerifyFlags) -> Result<(), StartError> {
    let file = flags.report.display().to_string();
    let unreadable = |reason: String| {
        StartError::new(
            format!("cannot read {file}: {reason}"),
            "name the report, a file in Markdown",
        )
    };
    let mut bytes = Vec::new();
    fs::File::open(&flags.report)
        .and_then(|opened| opened.take(LONGEST).read_to_end(&mut bytes))
        .map_err(|error| unreadable(error.to_string()))?;
    let text = byte_order_mark::text(&bytes).map_err(|reason| unreadable(reason.to_string()))?;
    let settings = Settings::load(ServeFlags {
        data_dir: flags.data_dir,
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
    let classes = flags.class_file.as_deref().map(desk_store::in_file);
    let classes = classes.transpose()?;
    let verified_with = |secrets: &ServerSecrets| {
        let key = secrets.derive(WORKSHEETS_LABEL);
        report::verify(text, Codes::new(&key)).map_err(|description| {
            StartError::new(
                format!("{file} is not a report: {description}"),
                "name the Markdown file that the lab made",
            )
        })
    };
    let mut verified = verified_with(&present)?;
    let mut key = present.derive(WORKSHEETS_LABEL);
    // A report may be older than the lab's present key.
    for (secrets, _) in earlier {
        if !verified.holds() {
            let older = verified_with(secrets)?;
            if older.holds() {
                (verified, key) = (older, secrets.derive(WORKSHEETS_LABEL));
            }
        }
    }
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
    let owner = ValuesOwner::of(&verified, library, classes.as_deref(), Codes::new(&key));
    if let Some(owner) = &owner {
        lines.push_str(&format!(
            "  {:<40}{}\n",
            "the values",
            shown(&owner.to_string())
        ));
    }
    tell(&lines)?;
    if let Some(ValuesOwner::Another { .. } | ValuesOwner::Nobody) = owner {
        let text = format!(
            "{file} was not made with the values of {}",
            shown(&verified.name)
        );
        let hint = "ask the student: somebody else did the sheet, or it was done before they joined the class";
        return Err(StartError::new(text, hint));
    }
    if verified.holds() {
        return tell("Every code is right: a lab with this key wrote the report as it is.\n");
    }
    let text = format!("{file} was changed, or a lab with another key wrote it");
    let hint = "use the key of the lab that wrote it: --data-dir, SESSION_LAB_SECRET_KEY, or for an earlier \
                SESSION_LAB_SECRET_KEY_FALLBACKS";
    Err(StartError::new(text, hint))
}
