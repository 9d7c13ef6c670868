//! A copy of the repository that recipes can be tried on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::recipe::{Change, Edit};

/// What does not belong to the source, at the root of a working copy.
const NOT_SOURCE: [&str; 3] = [".git", "target", "lab-data"];

/// Every file by its path from the root.
pub struct Tree(BTreeMap<PathBuf, Vec<u8>>);

impl Tree {
    /// The files of a folder.
    pub fn read(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        walk(root, root, &mut files);
        let read = |path: PathBuf| {
            let bytes = fs::read(root.join(&path)).unwrap();
            (path, bytes)
        };
        Self(files.into_keys().map(read).collect())
    }

    /// Makes a change of a recipe, or says why that is impossible.
    pub fn apply(&mut self, change: &Change) -> Result<(), String> {
        let Change { file, edit } = change;
        let path = PathBuf::from(file);
        if let Edit::Write(text) = edit {
            if self.0.contains_key(&path) {
                return Err(format!("{file} exists already"));
            }
            self.0.insert(path, text.clone().into_bytes());
            return Ok(());
        }
        let bytes = self.0.get_mut(&path).ok_or(format!("there is no {file}"))?;
        let text = str::from_utf8(bytes).map_err(|_| format!("{file} is not text"))?;
        let changed = match edit {
            Edit::Write(_) => unreachable!("done above"),
            Edit::Below(line, new) => beside(text, line, new, 1),
            Edit::Above(line, new) => beside(text, line, new, 0),
            Edit::Replace(old, new) => match text.matches(&**old).count() {
                1 => Ok(text.replacen(&**old, new, 1)),
                count => Err(format!("`{old}` is there {count} times")),
            },
        };
        *bytes = changed
            .map_err(|why| format!("{file}: {why}"))?
            .into_bytes();
        Ok(())
    }

    /// Adds lines at the end of an existing file.
    pub fn append(&mut self, file: &str, lines: &str) {
        let bytes = self.0.get_mut(Path::new(file)).unwrap();
        bytes.extend_from_slice(lines.as_bytes());
    }

    /// Makes the folder contain these files and no others. A file that is the same stays untouched, so
    /// that cargo builds only what has changed.
    pub fn write(&self, root: &Path) {
        fs::create_dir_all(root).unwrap();
        let mut existing = BTreeMap::new();
        walk(root, root, &mut existing);
        for path in existing
            .into_keys()
            .filter(|path| !self.0.contains_key(path))
        {
            fs::remove_file(root.join(path)).unwrap();
        }
        for (path, bytes) in &self.0 {
            let path = root.join(path);
            if fs::read(&path).ok().as_ref() != Some(bytes) {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, bytes).unwrap();
            }
        }
    }
}

fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, ()>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap();
        if NOT_SOURCE.iter().any(|skipped| name == Path::new(skipped)) {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, found);
        } else {
            found.insert(name.to_owned(), ());
        }
    }
}

/// The text with new lines, inserted `after` lines behind the start of `line` (without its indentation).
fn beside(text: &str, line: &str, new: &str, after: usize) -> Result<String, String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let is_it = |(at, found): (usize, &&str)| (found.trim() == line).then_some(at);
    let places: Vec<usize> = lines.iter().enumerate().filter_map(is_it).collect();
    let [place] = places[..] else {
        return Err(format!("the line `{line}` is there {} times", places.len()));
    };
    let (before, behind) = lines.split_at(place + after);
    Ok([&before.concat(), new, &behind.concat()].concat())
}

#[test]
fn a_step_that_cannot_be_followed_says_why() {
    let mut tree = Tree(BTreeMap::from([("a.rs".into(), b"  x\ny\ny\n".to_vec())]));
    let mut follow = |file: &str, edit| {
        let file = file.to_owned();
        tree.apply(&Change { file, edit })
    };
    let (x, y) = (|| "x".to_owned(), || "y".to_owned());
    assert_eq!(follow("a.rs", Edit::Below(x(), "1\n".into())), Ok(()));
    assert_eq!(follow("a.rs", Edit::Above(x(), "0\n".into())), Ok(()));
    for (file, edit, why) in [
        (
            "a.rs",
            Edit::Above(y(), x()),
            "the line `y` is there 2 times",
        ),
        ("a.rs", Edit::Replace(y(), x()), "`y` is there 2 times"),
        ("a.rs", Edit::Write(x()), "a.rs exists already"),
        ("b.rs", Edit::Replace(x(), y()), "there is no b.rs"),
    ] {
        let error = follow(file, edit).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
    assert_eq!(tree.0[Path::new("a.rs")], b"0\n  x\n1\ny\ny\n");
}
