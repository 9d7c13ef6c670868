//! The folder that Rocket's templates want to exist while a site ignites.

use std::path::Path;

use crate::app::settings::Settings;
use crate::base::start_error::StartError;

/// A debug build watches the sources, to parse a template again when it changes. In a release
/// everything is embedded, and the folder is a private empty one, which is deleted when the sites have
/// ignited.
pub(super) struct TemplateFolder {
    #[cfg(not(debug_assertions))]
    empty: tempfile::TempDir,
}

#[cfg(debug_assertions)]
impl TemplateFolder {
    pub(super) fn open(_: &Settings) -> Result<Self, StartError> {
        Ok(Self {})
    }

    pub(super) fn path(&self) -> &Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"))
    }
}

#[cfg(not(debug_assertions))]
impl TemplateFolder {
    /// Makes it.
    ///
    /// # Errors
    /// The data folder, or the one for temporary files, takes none.
    pub(super) fn open(settings: &Settings) -> Result<Self, StartError> {
        // A lab that is thrown away has no data folder.
        let data = &settings.data_dir;
        let made = match data.as_os_str().is_empty() {
            true => tempfile::tempdir(),
            false => tempfile::tempdir_in(data),
        };
        made.map(|empty| Self { empty }).map_err(|error| {
            StartError::new(
                format!("no temporary folder can be made: {error}"),
                "is the disk full, or the folder for temporary files (TMPDIR) read-only?",
            )
        })
    }

    pub(super) fn path(&self) -> &Path {
        self.empty.path()
    }
}
