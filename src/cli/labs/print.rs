//! `session-lab labs print`: one worksheet as HTML, to be printed by a browser.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::base::encode;
use crate::base::print::say;
use crate::base::start_error::StartError;
use crate::classroom::desk::class_store::ClassRecords;
use crate::classroom::desk::roster::folded;
use crate::classroom::desk::student_record::StudentRecord;
use crate::cli::desk_store::{self, DeskStoreFlags};
use crate::web::assets;
use crate::web::templates::UnservedPages;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::pictures;
use crate::worksheets::placeholders::PlaceholderValues;
use crate::worksheets::view::{self, SheetReader};

/// The flags of `labs print`.
#[derive(Args, Clone, Debug)]
pub struct PrintFlags {
    /// The worksheet: 06, or 06-session-fixation
    pub sheet: String,
    /// Include the answers and the teacher's notes
    #[arg(long)]
    pub answers: bool,
    /// The answers of this student of a class, by name or number, and not those of paper
    #[arg(long, value_name = "NAME", requires = "answers")]
    pub student: Option<String>,
    /// The student's class, as the desk exports it, or a backup of the desk [default: the lab's store,
    /// while the lab is stopped]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "student")]
    pub class_file: Option<PathBuf>,
    #[command(flatten)]
    pub store: DeskStoreFlags,
}

/// Prints a worksheet.
///
/// # Errors
/// There is no such worksheet, no such student, or no class that can be read.
pub(super) async fn run(library: &SheetLibrary, flags: PrintFlags) -> Result<(), StartError> {
    let (library, whose) = match &flags.student {
        None => (library.clone(), "paper".to_owned()),
        Some(student) => {
            let classes = desk_store::classes(flags.class_file.as_deref(), flags.store).await?;
            let (class, student) = find(&classes, student)?;
            let (key, number) = (&class.class.key, student.number);
            let own = library.with_values(|sheet, rule| Some(key.value(number, sheet, rule)));
            (own, format!("{} ({number})", student.name))
        }
    };
    let sheet = library.find(&flags.sheet).ok_or_else(|| {
        let hint = "list them all: session-lab labs";
        StartError::new(format!("there is no worksheet {}", flags.sheet), hint).usage()
    })?;
    let reader = if flags.answers {
        SheetReader::Teacher
    } else {
        SheetReader::Paper
    };
    let values = PlaceholderValues::usual();
    let page = serde_json::json!({
        "front": view::front(sheet, &values, reader),
        "parts": view::parts(sheet, &values, reader),
        "answers": flags.answers,
        "whose": whose,
        "style": assets::print_style(),
    });
    let broken = |error: String| {
        StartError::new(
            format!("the worksheet cannot be rendered: {error}"),
            "please report this line",
        )
    };
    let templates = UnservedPages::parse().map_err(broken)?;
    let html = templates.render("pages/lab/worksheet_print.html", page);
    let html = html.map_err(broken)?;
    say(&pictures::stand_alone(html))
}

/// The student of this name or number, and their class.
fn find<'c>(
    classes: &'c [ClassRecords],
    asked: &str,
) -> Result<(&'c ClassRecords, &'c StudentRecord), StartError> {
    let all = classes
        .iter()
        .flat_map(|class| class.all().map(move |student| (class, student)));
    let is_it = |student: &StudentRecord| {
        folded(&student.name) == folded(asked) || student.number.to_string() == asked
    };
    let found: Vec<_> = all.filter(|(_, student)| is_it(student)).collect();
    let shown = encode::line(asked);
    match found[..] {
        [one] => Ok(one),
        [] => {
            let hint = "write the name as the desk shows it, or the student's number";
            Err(StartError::new(format!("no student is called {shown}"), hint).usage())
        }
        _ => {
            let numbers = found.iter().map(|(class, student)| {
                let class = encode::line(&class.class.name);
                format!("--student {} ({class})", student.number)
            });
            let hint = format!("say which: {}", numbers.collect::<Vec<_>>().join(", "));
            let message = format!("{} students are called {shown}", found.len());
            Err(StartError::new(message, hint).usage())
        }
    }
}
