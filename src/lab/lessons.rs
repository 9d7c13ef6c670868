//! The worksheets of a lab, and whose machine it runs on.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::worksheets::audience::SheetAudience;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::report::Attested;

/// The worksheets of a lab.
#[derive(Clone, Debug)]
pub struct Lessons {
    library: Arc<OnceLock<SheetLibrary>>,
    /// Whose machine runs the lab.
    pub attested: Attested,
    /// The data folder, as the sheets name it.
    pub folder: PathBuf,
}

impl Lessons {
    /// The worksheets of a folder, or without one the built-in ones.
    pub fn new(library: Option<SheetLibrary>, attested: Attested, folder: PathBuf) -> Self {
        let library = Arc::new(library.map_or_else(OnceLock::new, OnceLock::from));
        Self {
            library,
            attested,
            folder,
        }
    }

    /// The sheets. The built-in ones are read at the first use: the start does not wait for them, and a
    /// lab that serves no sheet does not keep them in memory.
    pub fn library(&self) -> &SheetLibrary {
        let is_class = self.attested == Attested::ByTeacher;
        let audience = SheetAudience::of(is_class);
        self.library
            .get_or_init(|| SheetLibrary::built_in_for(audience))
    }
}

impl AsRef<SheetLibrary> for Lessons {
    fn as_ref(&self) -> &SheetLibrary {
        self.library()
    }
}
