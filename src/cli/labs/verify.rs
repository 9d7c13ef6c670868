//! `session-lab labs verify`: whether a report, or every report in a folder, is as a lab wrote it, and
//! whose values it has.

mod owner;

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
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
use crate::classroom::desk::class_store::ClassRecords;
use crate::cli::desk_store;
use crate::session::bench::WORKSHEETS_LABEL;
use crate::worksheets::codes::Codes;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::report::{self, Verified};

/// The longest report that is read, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The most reports of one folder: every sheet of as many students as a class may have.
const MOST: usize = 20_000;

/// What to do where a code is wrong.
const OTHER_KEY: &str = "use the key of the lab that wrote it: --data-dir, SESSION_LAB_SECRET_KEY, or for an \
                         earlier SESSION_LAB_SECRET_KEY_FALLBACKS";

/// What to do where a report has the values of somebody else.
const OTHER_STUDENT: &str =
    "ask the student: somebody else did the sheet, or it was done before they joined the class";

/// The flags of `labs verify`.
#[derive(Args, Clone, Debug)]
pub struct VerifyFlags {
    /// The report, in Markdown; or a folder with reports, as the desk's archive has them
    #[arg(value_hint = ValueHint::AnyPath)]
    pub report: PathBuf,
    /// Data folder of the lab that wrote the report; it has the key [default: ./lab-data]
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,
    /// The class, as the desk exports it, or a backup of the desk: says whose values the report has
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub class_file: Option<PathBuf>,
}

/// Verifies a report, or each of a folder.
///
/// # Errors
/// A report that is not as a lab wrote it or has the values of another student, or a file that is none.
pub(super) fn run(library: &SheetLibrary, flags: VerifyFlags) -> Result<(), StartError> {
    let verifier = ReportVerifier::load(library, flags.data_dir, flags.class_file.as_deref())?;
    if flags.report.is_dir() {
        return folder(&flags.report, &verifier);
    }
    let file = flags.report.display().to_string();
    let judged = verifier.judge(&flags.report)?;
    tell(&judged.every_step())?;
    if !judged.has_own_values() {
        let name = encode::line(&judged.verified.name);
        let text = format!("{file} was not made with the values of {name}");
        return Err(StartError::new(text, OTHER_STUDENT));
    }
    if judged.verified.holds() {
        return tell("Every code is right: a lab with this key wrote the report as it is.\n");
    }
    let text = format!("{file} was changed, or a lab with another key wrote it");
    Err(StartError::new(text, OTHER_KEY))
}

/// Verifies every file in Markdown below a folder. The wrong ones are shown step by step.
fn folder(folder: &Path, verifier: &ReportVerifier<'_>) -> Result<(), StartError> {
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
        let _ = match verifier.judge(file) {
            Ok(judged) if judged.is_right() => {
                let Verified {
                    sheet, name: by, ..
                } = &judged.verified;
                let (sheet, by) = (encode::line(sheet), encode::line(by));
                writeln!(lines, "right  {name}  ({sheet} by {by})")
            }
            Ok(judged) => {
                wrong += 1;
                writeln!(lines, "WRONG  {name}\n{}", judged.every_step().trim_end())
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
    let text = format!(
        "{wrong} of {count} reports were changed, have the values of others, or come from a lab with \
         another key"
    );
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

/// What was found of one report.
struct JudgedReport {
    verified: Verified,
    owner: Option<ValuesOwner>,
}

impl JudgedReport {
    fn has_own_values(&self) -> bool {
        let is_foreign = matches!(
            self.owner,
            Some(ValuesOwner::Another { .. } | ValuesOwner::Nobody)
        );
        !is_foreign
    }

    fn is_right(&self) -> bool {
        self.verified.holds() && self.has_own_values()
    }

    /// Each step, and whether its code is right; then whose values the report has.
    fn every_step(&self) -> String {
        let word = |right: bool| if right { "right" } else { "WRONG" };
        // All of these are words of the report, and a student may have written it.
        let shown = |text: &str| encode::line(text).into_owned();
        let verified = &self.verified;
        let mut lines = format!("{} by {}\n", shown(&verified.sheet), shown(&verified.name));
        let mut row = |what: &str, found: &str| {
            // Writing to a text never fails.
            let _ = writeln!(lines, "  {:<40}{found}", shown(what));
        };
        for (step, right) in &verified.steps {
            row(step, word(*right));
        }
        row("the whole report", word(verified.whole));
        if let Some(owner) = &self.owner {
            row("the values", &shown(&owner.to_string()));
        }
        lines
    }
}

/// What a report is judged by.
struct ReportVerifier<'l> {
    library: &'l SheetLibrary,
    classes: Option<Vec<ClassRecords>>,
    /// The keys that the lab has made codes with: the present one, and the earlier ones that still
    /// count.
    keys: Vec<[u8; 32]>,
}

impl<'l> ReportVerifier<'l> {
    fn load(
        library: &'l SheetLibrary,
        data_dir: Option<PathBuf>,
        class_file: Option<&Path>,
    ) -> Result<Self, StartError> {
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
        Ok(Self {
            library,
            classes: class_file.map(desk_store::in_file).transpose()?,
            keys: all
                .map(|secrets| secrets.derive(WORKSHEETS_LABEL))
                .collect(),
        })
    }

    /// What is found of a file: with the key that it holds under, or else with the present one.
    fn judge(&self, path: &Path) -> Result<JudgedReport, StartError> {
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
        for key in &self.keys {
            let codes = Codes::new(key);
            let verified = report::verify(text, codes).map_err(|description| {
                StartError::new(
                    format!("{file} is not a report: {description}"),
                    "name the Markdown file that the lab made",
                )
            })?;
            let holds = verified.holds();
            let judged = || {
                let owner =
                    ValuesOwner::of(&verified, self.library, self.classes.as_deref(), codes);
                JudgedReport { owner, verified }
            };
            if holds {
                return Ok(judged());
            }
            found.get_or_insert_with(judged);
        }
        found.ok_or_else(|| unreadable("the lab has no key".into()))
    }
}
