//! The class in memory and in the store: read from memory, changed in both or in neither.
//!
//! A change is made on a copy, whose records are shared until they are changed. What differs
//! afterwards is written in one commit, and only then the copy takes the place of what is read. So an
//! answer never tells of something that a `kill -9` could undo.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;

use super::class_record::ClassRecord;
use super::error::DeskError;
use super::format::{self, FormattedRecord};
use super::student_record::StudentRecord;
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::storage::{Batch, Commit, Expect, Put, RecordIndex, RecordKey, RecordKind, Storage};

/// How many records of a class are read: more than it may have.
const MOST_RECORDS: usize = 2_000;

/// The records of a class.
#[derive(Clone, Debug)]
pub struct ClassRecords {
    /// The class.
    pub class: Arc<ClassRecord>,
    /// Its students, by their numbers.
    pub students: BTreeMap<u32, Arc<StudentRecord>>,
}

impl ClassRecords {
    /// The class, to be changed.
    pub fn class_mut(&mut self) -> &mut ClassRecord {
        Arc::make_mut(&mut self.class)
    }

    /// A student, to be changed.
    pub fn student_mut(&mut self, number: u32) -> Option<&mut StudentRecord> {
        self.students.get_mut(&number).map(Arc::make_mut)
    }

    /// Every student.
    pub fn all(&self) -> impl Iterator<Item = &StudentRecord> {
        self.students.values().map(|student| &**student)
    }
}

/// How often each record was put, which is its version in the store.
type Versions = BTreeMap<RecordKey, u64>;

/// One class.
pub struct ClassStore {
    bench: BenchName,
    storage: Arc<dyn Storage>,
    records: RwLock<ClassRecords>,
    versions: Mutex<Versions>,
}

impl std::fmt::Debug for ClassStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ClassStore").field(&self.bench).finish()
    }
}

impl ClassStore {
    /// Stores a new class with these students, and keeps it in memory.
    ///
    /// # Errors
    /// The store does not take it, or has one of this number.
    pub async fn make(
        storage: Arc<dyn Storage>,
        class: ClassRecord,
        students: Vec<StudentRecord>,
    ) -> Result<Self, DeskError> {
        let bench = BenchName::of_class(class.number);
        let until = class.deleted_at();
        let mut batch = Batch::default();
        let mut add = |key: RecordKey, value: Vec<u8>| {
            batch.expect.push((key.clone(), Expect::Absent));
            batch.put.push(put(key, value, until));
        };
        add(class_key()?, format::write(&class)?);
        for student in &students {
            add(student_key(student.number)?, format::write(student)?);
        }
        let versions = batch.put.iter().map(|put| (put.key.clone(), 1)).collect();
        match storage.commit(&bench, batch).await? {
            Commit::Done => {}
            Commit::Conflict => return Err(DeskError::AnotherDesk),
        }
        let students = students.into_iter().map(|s| (s.number, Arc::new(s)));
        let records = ClassRecords {
            class: Arc::new(class),
            students: students.collect(),
        };
        Ok(Self {
            bench,
            storage,
            records: RwLock::new(records),
            versions: Mutex::new(versions),
        })
    }

    /// Reads a class from the store; `None` where there is none of this number.
    ///
    /// # Errors
    /// The store does not answer, or a record cannot be read.
    pub async fn load(storage: Arc<dyn Storage>, number: u32) -> Result<Option<Self>, DeskError> {
        let bench = BenchName::of_class(number);
        let Some((records, versions)) = read_all(&*storage, &bench).await? else {
            return Ok(None);
        };
        Ok(Some(Self {
            bench,
            storage,
            records: RwLock::new(records),
            versions: Mutex::new(versions),
        }))
    }

    /// The records as they are now.
    pub fn records(&self) -> ClassRecords {
        let records = self.records.read();
        records.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes some records, and stores them before anybody reads them.
    ///
    /// # Errors
    /// The change refuses, or the store does not take it. Then nothing is changed.
    pub async fn change<T, E: From<DeskError>>(
        &self,
        change: impl FnOnce(&mut ClassRecords) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut versions = self.versions.lock().await;
        let before = self.records();
        let mut after = before.clone();
        let result = change(&mut after)?;
        let batch = difference(&before, &after, &versions).map_err(E::from)?;
        if batch.put.is_empty() && batch.remove.is_empty() {
            return Ok(result);
        }
        let (put, removed) = (keys_of(&batch), batch.remove.clone());
        let stored = match self.storage.commit(&self.bench, batch).await {
            Ok(Commit::Done) => Ok(()),
            Ok(Commit::Conflict) => Err(DeskError::AnotherDesk),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = stored {
            // Another desk was first, or nobody knows whether it is stored: the store knows.
            if let Ok(Some((records, found))) = read_all(&*self.storage, &self.bench).await {
                self.replace(records);
                *versions = found;
            }
            return Err(error.into());
        }
        for key in put {
            *versions.entry(key).or_default() += 1;
        }
        for key in removed {
            versions.remove(&key);
        }
        self.replace(after);
        Ok(result)
    }

    /// Notes that the desk heard of a student. It is not stored: a lab asks every few seconds what is
    /// new, and most of the time nothing is.
    pub fn note_seen(&self, number: u32, clock_ahead: i64, now: BenchTime) {
        let mut records = self.records.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(student) = records.student_mut(number) {
            student.seen = Some(now);
            student.clock_ahead = clock_ahead;
        }
    }

    /// Removes everything of the class from the store.
    ///
    /// # Errors
    /// The store does not do it.
    pub async fn delete(&self) -> Result<(), DeskError> {
        let mut versions = self.versions.lock().await;
        self.storage.clear(&self.bench, &[]).await?;
        versions.clear();
        Ok(())
    }

    fn replace(&self, records: ClassRecords) {
        *self.records.write().unwrap_or_else(PoisonError::into_inner) = records;
    }
}

fn keys_of(batch: &Batch) -> Vec<RecordKey> {
    batch.put.iter().map(|put| put.key.clone()).collect()
}

/// What must be written so that the store has the records of `after`. When the class ends, every
/// record gets the time of its deletion.
fn difference(
    before: &ClassRecords,
    after: &ClassRecords,
    versions: &Versions,
) -> Result<Batch, DeskError> {
    let until = after.class.deleted_at();
    let all = until != before.class.deleted_at();
    let mut batch = Batch::default();
    let mut add = |key: RecordKey, value: Vec<u8>| {
        let version = versions.get(&key).copied().unwrap_or_default();
        batch.expect.push((key.clone(), Expect::Version(version)));
        batch.put.push(put(key, value, until));
    };
    if all || after.class != before.class {
        add(class_key()?, format::write(&*after.class)?);
    }
    for (number, student) in &after.students {
        let same = before.students.get(number);
        let is_same = same.is_some_and(|same| Arc::ptr_eq(same, student) || same == student);
        if all || !is_same {
            add(student_key(*number)?, format::write(&**student)?);
        }
    }
    let gone = before.students.keys();
    for number in gone.filter(|number| !after.students.contains_key(number)) {
        batch.remove.push(student_key(*number)?);
    }
    Ok(batch)
}

async fn read_all(
    storage: &dyn Storage,
    bench: &BenchName,
) -> Result<Option<(ClassRecords, Versions)>, DeskError> {
    let mut versions = Versions::new();
    let key = class_key()?;
    let Some(class) = read_one::<ClassRecord>(storage, bench, key, &mut versions).await? else {
        return Ok(None);
    };
    let index = RecordIndex::Kind(None, RecordKind::DeskStudent);
    let mut students = BTreeMap::new();
    for key in storage.members(bench, &index, MOST_RECORDS).await? {
        let read = read_one::<StudentRecord>(storage, bench, key, &mut versions).await?;
        if let Some(student) = read {
            students.insert(student.number, Arc::new(student));
        }
    }
    let class = Arc::new(class);
    Ok(Some((ClassRecords { class, students }, versions)))
}

async fn read_one<T: FormattedRecord>(
    storage: &dyn Storage,
    bench: &BenchName,
    key: RecordKey,
    versions: &mut Versions,
) -> Result<Option<T>, DeskError> {
    let Some(stored) = storage.read(bench, &key).await? else {
        return Ok(None);
    };
    let record = format::read(&stored.value)?;
    versions.insert(key, stored.version);
    Ok(Some(record))
}

fn put(key: RecordKey, value: Vec<u8>, expires_at: BenchTime) -> Put {
    Put {
        key,
        value,
        last_used: BenchTime::now(std::time::Duration::ZERO),
        expires_at,
        owner: None,
        replaces: None,
    }
}

fn class_key() -> Result<RecordKey, DeskError> {
    let key = RecordKey::new(None, RecordKind::DeskClass, "class");
    key.ok_or(DeskError::BadKey)
}

fn student_key(number: u32) -> Result<RecordKey, DeskError> {
    let key = RecordKey::new(None, RecordKind::DeskStudent, &number.to_string());
    key.ok_or(DeskError::BadKey)
}
