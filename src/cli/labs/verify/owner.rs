//! Whose values a report was made with.

use std::fmt;

use crate::classroom::desk::class_store::ClassRecords;
use crate::classroom::desk::roster::folded;
use crate::worksheets::codes::Codes;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::report::Verified;
use crate::worksheets::values;

/// Whose values a report has.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ValuesOwner {
    /// Those of the student whose name it has.
    TheirOwn(String),
    /// Those of others.
    Another { name: String, owners: Vec<String> },
    /// Those of nobody in the class.
    Nobody,
    /// No class was named, and the lab with this key drew them.
    ThisLab,
    /// No class was named, and this lab did not draw them.
    Unknown,
}

impl ValuesOwner {
    /// Whose they are; `None` where the sheet has no values, or is not known.
    pub fn of(
        report: &Verified,
        library: &SheetLibrary,
        classes: Option<&[ClassRecords]>,
        codes: Codes<'_>,
    ) -> Option<Self> {
        let mark = report.values.as_deref()?;
        let sheet = library.find(&report.sheet)?;
        let slug = sheet.slug.as_str();
        let Some(classes) = classes else {
            let of_lab = |rule: &_| values::of_lab(codes, &report.bench, slug, rule);
            return Some(match sheet.values.anew(of_lab).mark(slug) == mark {
                true => Self::ThisLab,
                false => Self::Unknown,
            });
        };
        let has_them = |class: &ClassRecords, number: u32| {
            let key = &class.class.key;
            let theirs = sheet
                .values
                .anew(|rule| Some(key.value(number, slug, rule)));
            theirs.mark(slug) == mark
        };
        let all = classes
            .iter()
            .flat_map(|class| class.all().map(move |student| (class, student)));
        let owners: Vec<String> = all
            .filter(|(class, student)| has_them(class, student.number))
            .map(|(_, student)| student.name.clone())
            .collect();
        let name = report.name.clone();
        let is_theirs = owners.iter().any(|owner| folded(owner) == folded(&name));
        Some(match owners.is_empty() {
            true => Self::Nobody,
            false if is_theirs => Self::TheirOwn(name),
            false => Self::Another { name, owners },
        })
    }
}

impl fmt::Display for ValuesOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TheirOwn(name) => write!(f, "of {name}"),
            Self::Another { name, owners } => {
                write!(f, "WRONG: of {}, not of {name}", owners.join(" or "))
            }
            Self::Nobody => f.write_str("WRONG: of no student of the class"),
            Self::ThisLab => f.write_str("drawn by this lab"),
            Self::Unknown => f.write_str("not drawn by this lab; --class-file says whose they are"),
        }
    }
}
