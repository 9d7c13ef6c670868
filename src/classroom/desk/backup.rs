//! Everything of a desk as one file, and back; and everything of a class or a student for whoever
//! asks for it.
//!
//! The file has the records as they are stored, so that it is read by the same rules: an older format
//! is brought up to date, and a newer one is refused.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Desk;
use super::class_record::ClassRecord;
use super::class_store::{ClassRecords, ClassStore};
use super::error::DeskError;
use super::format::{self, FormatError};
use super::student_record::StudentRecord;

/// The word by which a backup is known.
const KIND: &str = "session-lab-desk";

/// A backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeskBackup {
    kind: String,
    classes: Vec<ClassBackup>,
}

/// A class in a backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassBackup {
    class: Value,
    students: Vec<Value>,
}

/// Everything of a class, as JSON.
///
/// # Errors
/// A record cannot be written.
pub fn of_class(records: &ClassRecords) -> Result<String, DeskError> {
    pretty(&class_backup(records)?)
}

/// Everything of a student, as JSON.
///
/// # Errors
/// The record cannot be written.
pub fn of_student(student: &StudentRecord) -> Result<String, DeskError> {
    pretty(&value(format::write(student)?)?)
}

/// Everything of a desk, as JSON.
///
/// # Errors
/// A record cannot be written.
pub fn write(desk: &Desk) -> Result<String, DeskError> {
    let classes = desk.classes();
    let classes = classes.iter().map(|class| class_backup(&class.records()));
    let backup = DeskBackup {
        kind: KIND.into(),
        classes: classes.collect::<Result<_, _>>()?,
    };
    pretty(&backup)
}

/// The classes in a backup of a desk, or the class in a file that its page saved.
///
/// # Errors
/// It is neither.
pub fn read(text: &str) -> Result<Vec<ClassRecords>, RestoreError> {
    let one: Result<ClassBackup, _> = serde_json::from_str(text);
    let classes = match one {
        Ok(one) => vec![one],
        Err(_) => parse(text)?.classes,
    };
    let records = classes.iter().map(|one| {
        let (class, students) = one.records()?;
        let students = students.into_iter().map(|one| (one.number, one.into()));
        Ok(ClassRecords {
            class: class.into(),
            students: students.collect(),
        })
    });
    records.collect()
}

fn parse(text: &str) -> Result<DeskBackup, RestoreError> {
    let backup: DeskBackup = serde_json::from_str(text).map_err(|error| no_backup(&error))?;
    match backup.kind == KIND {
        true => Ok(backup),
        false => Err(RestoreError::NoBackup("it is another file".into())),
    }
}

impl ClassBackup {
    fn records(&self) -> Result<(ClassRecord, Vec<StudentRecord>), FormatError> {
        let bytes = |value: &Value| value.to_string().into_bytes();
        let class = format::read(&bytes(&self.class))?;
        let students = self.students.iter().map(|one| format::read(&bytes(one)));
        Ok((class, students.collect::<Result<_, _>>()?))
    }
}

/// Puts every class of a backup into a desk. A class whose time is over is left out. A class whose number
/// the desk has already is not touched: then nothing at all is restored.
///
/// # Errors
/// It is no backup, a class is there already, or the store does not take it.
pub async fn restore(desk: &Desk, text: &str) -> Result<RestoredClasses, RestoreError> {
    let (mut classes, mut outlived) = (Vec::new(), 0);
    // All of it is read before any of it is written.
    for one in &parse(text)?.classes {
        let (class, students) = one.records()?;
        if desk.class(class.number).is_some() {
            return Err(RestoreError::Exists(class.number));
        }
        if class.deleted_at() <= desk.now() {
            outlived += 1;
            continue;
        }
        classes.push((class, students));
    }
    let restored = classes.len();
    for (class, students) in classes {
        desk.add_restored(class, students).await?;
    }
    Ok(RestoredClasses { restored, outlived })
}

fn no_backup(error: &serde_json::Error) -> RestoreError {
    use serde_json::error::Category;

    RestoreError::NoBackup(match error.classify() {
        Category::Eof => "it ends too early, so copy the whole file again".into(),
        Category::Syntax | Category::Io => format!("it is no JSON: {error}"),
        Category::Data => error.to_string(),
    })
}

/// What became of the classes of a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestoredClasses {
    /// How many are at the desk again.
    pub restored: usize,
    /// How many were left out, because the time for which they are kept is over.
    pub outlived: usize,
}

/// Why a backup is not restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error("this is no backup of a desk: {0}")]
    NoBackup(String),
    #[error("the desk has a class {0} already, and a backup never replaces one")]
    Exists(u32),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl RestoreError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoBackup(_) => "name the file that session-lab desk backup wrote",
            Self::Exists(_) => {
                "nothing was changed; restore into another store, or delete the class at the desk"
            }
            Self::Format(_) => "nothing was changed; restore it with the version that wrote it",
            Self::Desk(_) => {
                "look at the store, delete what was restored at the desk, and try again"
            }
        }
    }
}

impl Desk {
    async fn add_restored(
        &self,
        class: ClassRecord,
        students: Vec<StudentRecord>,
    ) -> Result<(), DeskError> {
        let _making = self.making.lock().await;
        let number = class.number;
        super::list(&*self.storage, number).await?;
        let made = ClassStore::make(self.storage.clone(), class, students).await?;
        self.write().insert(number, made.into());
        Ok(())
    }
}

fn class_backup(records: &ClassRecords) -> Result<ClassBackup, DeskError> {
    let students = records.all().map(|student| value(format::write(student)?));
    Ok(ClassBackup {
        class: value(format::write(&*records.class)?)?,
        students: students.collect::<Result<_, _>>()?,
    })
}

fn value(bytes: Vec<u8>) -> Result<Value, DeskError> {
    serde_json::from_slice(&bytes).map_err(|error| damaged(&error).into())
}

fn pretty(value: &impl Serialize) -> Result<String, DeskError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| damaged(&error))?;
    Ok(text + "\n")
}

fn damaged(error: &serde_json::Error) -> FormatError {
    FormatError::Damaged {
        what: "a backup",
        why: error.to_string(),
    }
}
