//! The folder of session files of one variant on one bench, read as it is on the disk.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::{ENDING, StoredName};
use crate::base::clock::BenchTime;

/// How many names are listed. A bench holds fewer sessions of a variant, unless somebody wants to flood
/// the list.
const MOST: usize = 1_000;

/// How much of a file is read, in bytes. The record of a session is shorter.
const LONGEST: u64 = 64 * 1024;

/// Why the folder could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {cause}", .path.display())]
pub(super) struct FolderError {
    path: PathBuf,
    cause: io::Error,
}

/// The folder of one variant on one bench.
pub(super) struct SessionFolder {
    path: PathBuf,
}

impl SessionFolder {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The files in it. A folder that is not there yet holds none.
    ///
    /// # Errors
    /// The system does not let the lab read it.
    pub async fn names(&self) -> Result<Vec<StoredName>, FolderError> {
        of_the_disk(self.path.clone(), list)
            .await
            .map(Option::unwrap_or_default)
    }

    /// The content of one file; `None` where it is not there. The caller has looked at the name.
    ///
    /// # Errors
    /// The system does not let the lab read it.
    pub async fn read(&self, name: &str) -> Result<Option<String>, FolderError> {
        of_the_disk(self.path.join(name), read).await
    }
}

/// Asks the disk apart from the threads that serve connections; `None` where there is nothing.
async fn of_the_disk<T: Send + 'static>(
    path: PathBuf,
    ask: fn(&Path) -> io::Result<T>,
) -> Result<Option<T>, FolderError> {
    let asked = path.clone();
    let answer = tokio::task::spawn_blocking(move || ask(&asked)).await;
    match answer.map_err(io::Error::other).and_then(|answer| answer) {
        Ok(found) => Ok(Some(found)),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(FolderError { path, cause }),
    }
}

fn list(folder: &Path) -> io::Result<Vec<StoredName>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)?.take(MOST) {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // A file that is being written has another ending until it is whole.
        if !name.ends_with(ENDING) {
            continue;
        }
        // A session may end between the two questions.
        let Ok(changed) = entry.metadata().and_then(|about| about.modified()) else {
            continue;
        };
        let since = changed.duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        found.push(StoredName {
            name,
            changed: BenchTime::from_millis(millis),
        });
    }
    Ok(found)
}

fn read(file: &Path) -> io::Result<String> {
    let mut content = Vec::new();
    let file = std::fs::File::open(file)?;
    file.take(LONGEST).read_to_end(&mut content)?;
    Ok(String::from_utf8_lossy(&content).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whole_files_are_listed_and_a_missing_folder_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let files = SessionFolder::new(folder.path());
        std::fs::write(folder.path().join("a.json"), "{}").unwrap();
        std::fs::write(folder.path().join(".a.json.7.tmp"), "{").unwrap();
        let names = files.names().await.unwrap();
        assert_eq!(names.len(), 1, "{names:?}");
        assert_eq!(names[0].name, "a.json");
        assert_eq!(files.read("a.json").await.unwrap().as_deref(), Some("{}"));
        assert_eq!(files.read("b.json").await.unwrap(), None);
        let nowhere = SessionFolder::new(folder.path().join("insecure"));
        assert_eq!(nowhere.names().await.unwrap(), []);
        let no_folder = SessionFolder::new(folder.path().join("a.json"));
        assert!(no_folder.names().await.is_err());
    }
}
