//! The desk: where a teacher makes a class, sees how far each student is, and leads.
//!
//! Read in this order. [`class_record`] and [`student_record`] are what is stored, in the form that
//! [`mod@format`] gives it, and [`class_store`] changes it. [`membership`] is what students' labs ask,
//! [`reported`] what their reports change. [`server`] holds the two listeners: [`class_site`] for the
//! class, [`teacher`] for its teacher. [`board`] and [`marks`] are what the teacher reads, [`archive`]
//! is what they keep.

pub mod archive;
pub mod backup;
pub mod bench_links;
pub mod board;
pub mod class_key;
pub mod class_record;
pub mod class_site;
pub mod class_store;
pub mod desk_report;
pub mod error;
pub mod format;
mod in_process;
pub mod join_code;
pub mod marks;
pub mod membership;
pub mod refusal;
pub mod reported;
pub mod roster;
pub mod roster_file;
pub mod server;
pub mod student_record;
pub mod teacher;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use self::class_record::ClassRecord;
use self::class_store::ClassStore;
use self::error::DeskError;
use self::join_code::JoinCode;
use crate::base::bench_name::BenchName;
use crate::base::clock::BenchTime;
use crate::base::minute_count::{MOST_WRONG, MinuteCount};
use crate::storage::{Batch, Put, RecordIndex, RecordKey, RecordKind, Storage};
use crate::worksheets::library::SheetLibrary;

/// The most classes of a desk.
pub const MOST_CLASSES: usize = 100;

/// How many places a class has for the numbers of its students. A number is not used again, so there
/// are more than a class has students.
const PLACES: u32 = 10_000;

/// The desk: its classes, and the sheets that they work on.
pub struct Desk {
    storage: Arc<dyn Storage>,
    library: SheetLibrary,
    classes: RwLock<BTreeMap<u32, Arc<ClassStore>>>,
    /// One class is made or deleted after the other.
    making: tokio::sync::Mutex<()>,
    wrong_guesses: MinuteCount,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk")
    }
}

impl Desk {
    /// Reads every class from the store.
    ///
    /// # Errors
    /// The store does not answer, or a record cannot be read.
    pub async fn open(storage: Arc<dyn Storage>, library: SheetLibrary) -> Result<Self, DeskError> {
        let mut classes = BTreeMap::new();
        for number in listed(&*storage).await? {
            // One that was listed, and not stored because the desk was killed, is none. Nor is one that
            // Redis deleted because its time was over.
            if let Some(class) = ClassStore::load(storage.clone(), number).await? {
                classes.insert(number, Arc::new(class));
            }
        }
        Ok(Self {
            storage,
            library,
            classes: RwLock::new(classes),
            making: tokio::sync::Mutex::default(),
            wrong_guesses: MinuteCount::up_to(MOST_WRONG),
        })
    }

    /// The desk's clock.
    pub fn now(&self) -> BenchTime {
        BenchTime::now(Duration::ZERO)
    }

    /// The sheets.
    pub fn library(&self) -> &SheetLibrary {
        &self.library
    }

    /// Every class, in the order of their numbers.
    pub fn classes(&self) -> Vec<Arc<ClassStore>> {
        self.read().values().cloned().collect()
    }

    /// The class of a number.
    pub fn class(&self, number: u32) -> Option<Arc<ClassStore>> {
        self.read().get(&number).cloned()
    }

    /// The class that this code joins.
    fn open_class(&self, code: &JoinCode) -> Option<Arc<ClassStore>> {
        let is_it = |class: &&Arc<ClassStore>| {
            let class = class.records().class;
            class.is_open && class.ended.is_none() && class.code == *code
        };
        self.read().values().find(is_it).cloned()
    }

    /// Makes a class. `None` where there are too many.
    ///
    /// # Errors
    /// The store does not take it.
    pub async fn make_class(&self, name: &str) -> Result<Option<Arc<ClassStore>>, DeskError> {
        let _making = self.making.lock().await;
        let last = self.read().keys().next_back().copied();
        let number = last.unwrap_or_default() + 1;
        if self.read().len() >= MOST_CLASSES || number >= u32::MAX / PLACES {
            return Ok(None);
        }
        let mut class = ClassRecord::new(number, name.to_owned(), self.now())?;
        while self.has_code(&class.code) {
            class.code = JoinCode::draw()?;
        }
        list(&*self.storage, number).await?;
        let made = ClassStore::make(self.storage.clone(), class, Vec::new()).await?;
        let made = Arc::new(made);
        self.write().insert(number, made.clone());
        Ok(Some(made))
    }

    /// Deletes a class and everything of it. One that does not exist is deleted already.
    ///
    /// # Errors
    /// The store does not do it.
    pub async fn delete_class(&self, number: u32) -> Result<(), DeskError> {
        let _making = self.making.lock().await;
        let Some(class) = self.class(number) else {
            return Ok(());
        };
        class.delete().await?;
        self.write().remove(&number);
        unlist(&*self.storage, number).await
    }

    /// Deletes the classes whose time is over at `now`, and says how many there were.
    ///
    /// # Errors
    /// The store does not do it.
    pub async fn delete_outlived(&self, now: BenchTime) -> Result<usize, DeskError> {
        let is_over = |class: &Arc<ClassStore>| class.records().class.deleted_at() <= now;
        let over: Vec<_> = self.classes().into_iter().filter(is_over).collect();
        for class in &over {
            self.delete_class(class.records().class.number).await?;
        }
        self.unlist_what_is_gone().await?;
        Ok(over.len())
    }

    /// Takes the classes off the list that are in the store no longer.
    async fn unlist_what_is_gone(&self) -> Result<(), DeskError> {
        let _making = self.making.lock().await;
        for number in listed(&*self.storage).await? {
            let is_gone = self.class(number).is_none();
            if is_gone
                && ClassStore::load(self.storage.clone(), number)
                    .await?
                    .is_none()
            {
                unlist(&*self.storage, number).await?;
            }
        }
        Ok(())
    }

    fn has_code(&self, code: &JoinCode) -> bool {
        let mut classes = self.classes().into_iter();
        classes.any(|class| class.records().class.code == *code)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<u32, Arc<ClassStore>>> {
        self.classes.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<u32, Arc<ClassStore>>> {
        self.classes.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number of the student in a place of a class; `None` where the places are used up.
fn student_number(class: u32, place: u32) -> Option<u32> {
    (place < PLACES).then(|| class.checked_mul(PLACES)?.checked_add(place))?
}

/// The number of the class that a student's number names.
fn class_of(student: u32) -> u32 {
    student / PLACES
}

/// The numbers of the classes in a store.
async fn listed(storage: &dyn Storage) -> Result<Vec<u32>, DeskError> {
    let index = RecordIndex::Kind(None, RecordKind::DeskClass);
    let bench = BenchName::of_desk();
    let keys = storage.members(&bench, &index, 2 * MOST_CLASSES).await?;
    let numbers = keys.iter().filter_map(|key| key.name().parse().ok());
    Ok(numbers.collect())
}

/// Lists a class.
async fn list(storage: &dyn Storage, number: u32) -> Result<(), DeskError> {
    let put = Put {
        key: listed_key(number)?,
        value: number.to_string().into_bytes(),
        last_used: BenchTime::now(Duration::ZERO),
        expires_at: BenchTime::FOREVER,
        owner: None,
        replaces: None,
    };
    let batch = Batch {
        put: vec![put],
        ..Batch::default()
    };
    // Nothing is expected, so nothing can conflict.
    storage.commit(&BenchName::of_desk(), batch).await?;
    Ok(())
}

async fn unlist(storage: &dyn Storage, number: u32) -> Result<(), DeskError> {
    let batch = Batch {
        remove: vec![listed_key(number)?],
        ..Batch::default()
    };
    storage.commit(&BenchName::of_desk(), batch).await?;
    Ok(())
}

fn listed_key(number: u32) -> Result<RecordKey, DeskError> {
    let key = RecordKey::new(None, RecordKind::DeskClass, &number.to_string());
    key.ok_or(DeskError::BadKey)
}
