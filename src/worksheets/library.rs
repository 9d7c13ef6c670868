//! All worksheets of a lab: the built-in ones, or those of a folder of the teacher's.

mod readings;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use rust_embed::RustEmbed;

use self::readings::ReadingCache;
use super::audience::SheetAudience;
use super::events;
use super::mistake::Mistake;
use super::read::read;
use super::sheet::Sheet;
use super::values;
use super::values::rule::ValueRule;
use crate::base::byte_order_mark;
use crate::base::event::Event;
use crate::base::start_error::StartError;
use crate::session::bench::Bench;

#[derive(RustEmbed)]
#[folder = "labs/"]
struct BuiltIn;

/// The file that describes the format.
const FORMAT: &str = "README.md";

/// The file for the teacher.
const MANUAL: &str = "INSTRUCTOR.md";

/// The longest file that is read, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Every worksheet, in the order of their numbers, and what is wrong with the others.
#[derive(Clone, Debug, Default)]
pub struct SheetLibrary {
    sheets: Vec<Arc<Sheet>>,
    mistakes: Vec<Mistake>,
    manual: Option<Arc<str>>,
    readings: Arc<ReadingCache>,
}

impl SheetLibrary {
    /// The sheets that the program was built with.
    pub fn built_in() -> Self {
        Self::built_in_for(SheetAudience::OwnLab)
    }

    /// The same as these readers have them.
    pub fn built_in_for(audience: SheetAudience) -> Self {
        let files = BuiltIn::iter().filter_map(|name| {
            let file = BuiltIn::get(&name)?;
            Some((name.to_string(), file.data.into_owned()))
        });
        Self::of(files.collect(), audience)
    }

    /// The sheets of a folder, as these readers have them. What is wrong for the others is a mistake also.
    ///
    /// # Errors
    /// It cannot be read, or there is nothing in it. A file that is no sheet is a mistake in the library, not an error.
    pub fn of_folder(folder: &Path, audience: SheetAudience) -> Result<Self, StartError> {
        let unreadable = |error: std::io::Error| {
            let hint = "name a folder with files NN-topic.md, or leave --labs out";
            let text = format!(
                "the worksheets in {} cannot be read: {error}",
                folder.display()
            );
            StartError::new(text, hint)
        };
        let (mut files, mut unused) = (BTreeMap::new(), Vec::new());
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            // A link counts as what it leads to.
            let message = match std::fs::metadata(entry.path()) {
                Ok(found) if found.is_file() => {
                    files.insert(name, std::fs::read(entry.path()).map_err(unreadable)?);
                    continue;
                }
                Ok(_) if !name.ends_with(".md") => continue,
                Ok(found) if found.is_dir() => "this is a folder and no sheet".to_owned(),
                Ok(_) => "this is no file".to_owned(),
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    "this link leads to nothing".to_owned()
                }
                Err(error) => format!("the file is unreadable: {error}"),
            };
            unused.push(Mistake {
                file: name,
                line: 1,
                message,
            });
        }
        let mut library = Self::of(files.clone(), audience);
        library.check_others(&files, audience);
        library.mistakes.extend(unused);
        if library.sheets.is_empty() && library.mistakes.is_empty() {
            let text = format!("no worksheet is in {}", folder.display());
            let hint = "name a folder with files NN-topic.md, or leave --labs out";
            return Err(StartError::new(text, hint));
        }
        Ok(library)
    }

    /// Notes what is wrong with the sheets as other readers have them.
    fn check_others(&mut self, files: &BTreeMap<String, Vec<u8>>, audience: SheetAudience) {
        for sheet in &self.sheets {
            let file = format!("{}.md", sheet.slug);
            let text = files.get(&file).map(|bytes| byte_order_mark::text(bytes));
            let Some(Ok(text)) = text else {
                continue;
            };
            let Some(other) = audience.also_read_by(text) else {
                continue;
            };
            match read(&file, text, other) {
                Err(mistakes) => self.mistakes.extend(mistakes),
                Ok(theirs) => {
                    let differs = audience.differs(sheet, &theirs);
                    self.mistakes.extend(differs.map(|message| Mistake {
                        file,
                        line: 1,
                        message,
                    }));
                }
            }
        }
    }

    /// The sheets in these files, by the files' names, as these readers have them.
    pub fn of(files: BTreeMap<String, Vec<u8>>, audience: SheetAudience) -> Self {
        let mut library = Self::default();
        let mut texts = BTreeMap::new();
        for (name, bytes) in files {
            let wrong = |message: &str| Mistake {
                file: name.clone(),
                line: 1,
                message: message.to_owned(),
            };
            if bytes.len() > LONGEST {
                library.mistakes.push(wrong("the file is longer than 1 MB"));
                continue;
            }
            let text = match byte_order_mark::text(&bytes) {
                Ok(text) => text,
                Err(reason) => {
                    library
                        .mistakes
                        .push(wrong(&format!("the file is unreadable: {reason}")));
                    continue;
                }
            };
            match name.as_str() {
                FORMAT => {}
                MANUAL => library.manual = Some(text.into()),
                _ if !name.ends_with(".md") => library.mistakes.push(wrong("this is no sheet")),
                _ => match read(&name, text, audience) {
                    Ok(sheet) => {
                        if !sheet.values.is_empty() {
                            texts.insert(sheet.slug.clone(), text.to_owned());
                        }
                        library.put(sheet, &name);
                    }
                    Err(mistakes) => library.mistakes.extend(mistakes),
                },
            }
        }
        library.check_order();
        library.check_the_portals_value();
        library.readings = Arc::new(ReadingCache::new(texts, audience));
        library
    }

    /// The sheets with other values: those that `choose` says, by the sheet's slug, and for the others
    /// those of paper.
    #[must_use]
    pub fn with_values(&self, choose: impl Fn(&str, &ValueRule) -> Option<String>) -> Self {
        let sheets = self.sheets.iter().map(|sheet| {
            let values = sheet.values.anew(|rule| choose(&sheet.slug, rule));
            self.readings.with(sheet, values)
        });
        Self {
            sheets: sheets.collect(),
            mistakes: self.mistakes.clone(),
            manual: self.manual.clone(),
            readings: self.readings.clone(),
        }
    }

    /// The sheets as the student of a bench has them.
    #[must_use]
    pub fn of_bench(&self, bench: &Bench) -> Self {
        self.with_values(|sheet, rule| values::of_bench(bench, sheet, rule))
    }

    /// A sheet comes after sheets that exist and have smaller numbers, so no circle is possible.
    fn check_order(&mut self) {
        for sheet in &self.sheets {
            for number in &sheet.front.after {
                let exists = self.sheets.iter().any(|other| other.number() == number);
                let message = if !exists {
                    format!("it comes after sheet {number}, which does not exist")
                } else if number.as_str() >= sheet.number() {
                    format!("it comes after sheet {number}, which has no smaller number")
                } else {
                    continue;
                };
                self.mistakes.push(Mistake {
                    file: format!("{}.md", sheet.slug),
                    line: 1,
                    message,
                });
            }
        }
    }

    /// The portal has one word, so it cannot be drawn twice.
    fn check_the_portals_value(&mut self) {
        let has = |sheet: &&Arc<Sheet>| sheet.values.iter().any(|(rule, _)| rule.is_the_portals());
        for sheet in self.sheets.iter().filter(has).skip(1) {
            self.mistakes.push(Mistake {
                file: format!("{}.md", sheet.slug),
                line: 1,
                message: "an earlier sheet has the portal's word already".into(),
            });
        }
    }

    fn put(&mut self, sheet: Sheet, file: &str) {
        let number = sheet.number();
        if let Some(other) = self.sheets.iter().find(|other| other.number() == number) {
            let message = format!("{}.md also has the number {number}", other.slug);
            self.mistakes.push(Mistake {
                file: file.to_owned(),
                line: 1,
                message,
            });
            return;
        }
        self.sheets.push(Arc::new(sheet));
    }

    /// The sheets, in order.
    pub fn sheets(&self) -> &[Arc<Sheet>] {
        &self.sheets
    }

    /// What is wrong with the files that are not among them.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// The manual for teachers, where the folder has one.
    pub fn manual(&self) -> Option<&str> {
        self.manual.as_deref()
    }

    /// The sheet of that slug, or of that number.
    pub fn find(&self, name: &str) -> Option<&Arc<Sheet>> {
        let mut all = self.sheets.iter();
        all.find(|sheet| sheet.slug == name || sheet.number() == name)
    }

    /// Whether a step of some sheet asks for such an event.
    pub fn asks_for(&self, event: &Event) -> bool {
        let facts = events::facts(event);
        let mut steps = self.sheets.iter().flat_map(|sheet| sheet.steps());
        steps.any(|step| step.is_tried_by(&facts))
    }

    /// The sheets before and after this one.
    pub fn beside(&self, slug: &str) -> (Option<&Arc<Sheet>>, Option<&Arc<Sheet>>) {
        let at = self.sheets.iter().position(|sheet| sheet.slug == slug);
        let Some(at) = at else {
            return (None, None);
        };
        let before = at.checked_sub(1).and_then(|at| self.sheets.get(at));
        (before, self.sheets.get(at + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_file_is_named_and_the_others_are_kept() {
        let good = "+++\ntitle = \"T\"\nminutes = 20\nlevel = \"core\"\nstage = \"begin\"\nafter = []\noutcomes = [\"a\"]\n\
                    standards = []\ndefences = []\nattacks = []\nneeds = []\n+++\nText\n";
        let files = [
            ("01-a.md", good.as_bytes().to_vec()),
            ("02-b.md", b"no front matter".to_vec()),
            ("03-c.md", vec![0xff]),
            ("01-again.md", good.as_bytes().to_vec()),
            ("notes.txt", Vec::new()),
            ("README.md", b"anything".to_vec()),
            ("INSTRUCTOR.md", b"## Plan".to_vec()),
        ];
        let library = SheetLibrary::of(
            files.map(|(name, text)| (name.into(), text)).into(),
            SheetAudience::OwnLab,
        );
        let mistakes: Vec<_> = library.mistakes().iter().map(ToString::to_string).collect();
        assert_eq!(
            mistakes,
            [
                "01-again.md:1: 01-a.md also has the number 01",
                "02-b.md:1: the front matter between two lines +++ is missing",
                "03-c.md:1: the file is unreadable: it is not UTF-8 text",
                "notes.txt:1: this is no sheet",
            ]
        );
        assert_eq!(library.find("01").unwrap().slug, "01-a");
        assert!(library.find("02-b").is_none() && library.manual().is_some());
    }

    #[test]
    fn a_sheet_comes_after_sheets_that_exist_and_have_smaller_numbers() {
        let sheet = |after: &str| {
            format!(
                "+++\ntitle = \"T\"\nminutes = 20\nlevel = \"core\"\nstage = \"begin\"\n\
                 after = [{after}]\noutcomes = [\"a\"]\nstandards = []\ndefences = []\n\
                 attacks = []\nneeds = []\n+++\nText\n"
            )
        };
        let of = |after: &str| {
            let files = [("01-a.md", sheet("")), ("02-b.md", sheet(after))];
            let files = files.map(|(name, text)| (name.to_owned(), text.into_bytes()));
            let library = SheetLibrary::of(files.into(), SheetAudience::OwnLab);
            let mistakes = library.mistakes().iter().map(ToString::to_string);
            mistakes.collect::<Vec<_>>()
        };
        assert!(of("\"01\"").is_empty());
        assert_eq!(
            of("\"09\""),
            ["02-b.md:1: it comes after sheet 09, which does not exist"]
        );
        let itself = "02-b.md:1: it comes after sheet 02, which has no smaller number";
        assert_eq!(of("\"02\""), [itself]);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_without_sheets_is_refused_and_what_only_looks_like_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let of = || SheetLibrary::of_folder(folder.path(), SheetAudience::OwnLab);
        let path = |name: &str| folder.path().join(name);
        for name in [".hidden", "README.md", "INSTRUCTOR.md"] {
            let error = of().unwrap_err();
            assert!(error.message.starts_with("no worksheet is in "), "{error}");
            assert!(error.hint.contains("NN-topic.md"), "{}", error.hint);
            std::fs::write(path(name), "").unwrap();
        }
        std::fs::create_dir(path("pictures")).unwrap();
        assert!(of().is_err());
        std::fs::create_dir(path("09-x.md")).unwrap();
        std::os::unix::fs::symlink("nowhere", path("10-y.md")).unwrap();
        let outside = tempfile::NamedTempFile::new().unwrap();
        std::os::unix::fs::symlink(outside.path(), path("11-z.md")).unwrap();
        let library = of().unwrap();
        let mut mistakes: Vec<_> = library.mistakes().iter().map(ToString::to_string).collect();
        mistakes.sort();
        assert_eq!(
            mistakes,
            [
                "09-x.md:1: this is a folder and no sheet",
                "10-y.md:1: this link leads to nothing",
                "11-z.md:1: the front matter between two lines +++ is missing",
            ]
        );
    }

    /// A desk compares ids and points, whoever the reader is.
    #[test]
    fn a_class_has_the_same_ids_and_points_in_every_sheet() {
        let labs = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs");
        for audience in [SheetAudience::OwnLab, SheetAudience::Class] {
            let library = SheetLibrary::of_folder(&labs, audience).unwrap();
            let mistakes = library.mistakes().iter().map(ToString::to_string);
            assert_eq!(mistakes.collect::<Vec<_>>(), [""; 0], "{audience:?}");
        }
    }

    #[test]
    fn a_mistake_for_other_readers_is_named_with_its_line() {
        let front = "+++\ntitle = \"T\"\nminutes = 20\nlevel = \"core\"\nstage = \"begin\"\nafter = []\n\
                     outcomes = [\"a\"]\nstandards = []\ndefences = []\nattacks = []\nneeds = []\n+++\n";
        let reflection =
            |id: &str| format!("```reflection\nid = \"{id}\"\nask = \"b\"\nteacher = \"c\"\n```\n");
        for (body, mistake) in [
            (
                "{{own}}a\n{{class}}\n<b>x</b>\n{{/}}".to_owned(),
                "01-a.md:15: HTML is not allowed in a sheet",
            ),
            (
                format!("{{{{own}}}}\n{}{{{{/}}}}", reflection("a")),
                "01-a.md:1: for a class the sheet has other ids or points, or another order",
            ),
        ] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("01-a.md"), format!("{front}{body}")).unwrap();
            let library = SheetLibrary::of_folder(folder.path(), SheetAudience::OwnLab).unwrap();
            let mistakes = library.mistakes().iter().map(ToString::to_string);
            assert_eq!(mistakes.collect::<Vec<_>>(), [mistake], "{body}");
        }
    }
}
