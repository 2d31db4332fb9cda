//! A folder of this process's own, where an index has no other place.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::search::engine::folder::{LOCK, OWNER};

/// What the names of private folders begin with.
const NAME: &str = "solmu-search-";

/// What is added to the name of one that is being deleted.
const ENDED: &str = "ended";

/// A folder without a lock has just been made, or else was left half deleted: so long ago is not just.
const JUST_MADE: Duration = Duration::from_secs(600);

/// A folder that goes with this value: dropped once nothing is to be written there any more.
#[derive(Debug)]
pub struct Private(PathBuf);

impl Private {
    /// Makes one for temporary files, which nobody else may read, and deletes those of processes that were killed.
    pub fn make() -> io::Result<Self> {
        Self::make_in(&std::env::temp_dir())
    }

    fn make_in(place: &Path) -> io::Result<Self> {
        remove_left(place, NAME);
        let mut builder = tempfile::Builder::new();
        builder.prefix(NAME);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(OWNER));
        Ok(Self(builder.tempdir_in(place)?.keep()))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        // The engine may still be merging in threads that nobody waits for. Moved away, the folder gets nothing new while it
        // is deleted.
        let ended = self.0.with_extension(ENDED);
        let path = if fs::rename(&self.0, &ended).is_ok() { &ended } else { &self.0 };
        // Again for what was being made in that very moment.
        let removed = remove(path).or_else(|_| remove(path));
        if let Some(error) = removed.err().filter(|error| error.kind() != ErrorKind::NotFound) {
            tracing::warn!(%error, path = %path.display(), "a private folder of the search index is left behind");
        }
    }
}

/// Deletes a folder, the lock last: by it the next process knows what is left of one that was killed meanwhile.
fn remove(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?.path();
        if entry.is_dir() {
            fs::remove_dir_all(entry)?;
        }
    }
    fs::remove_dir_all(path)
}

/// Deletes folders of indexes, of names that begin so, that processes left which no longer are: nobody holds their locks.
pub(crate) fn remove_left(within: &Path, beginning: &str) {
    let entries = fs::read_dir(within).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(beginning));
    for path in named.map(|entry| entry.path()) {
        let lock = match File::open(path.join(LOCK)) {
            Ok(lock) if lock.try_lock().is_ok() => Some(lock),
            Err(error) if error.kind() == ErrorKind::NotFound && is_old(&path) => None,
            _ => continue,
        };
        // What can't be deleted is tried again at the next start.
        drop(fs::remove_dir_all(path));
        // Held until the folder is gone: whoever would take it meanwhile finds it taken.
        drop(lock);
    }
}

fn is_old(path: &Path) -> bool {
    let changed = fs::metadata(path).and_then(|data| data.modified()).ok();
    changed.and_then(|time| time.elapsed().ok()).is_some_and(|age| age > JUST_MADE)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn names(place: &Path) -> Vec<PathBuf> {
        fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    /// As the engine's threads that merge do.
    #[test]
    fn it_goes_while_somebody_still_writes_there() {
        let place = tempfile::tempdir().unwrap();
        for _ in 0..50 {
            let private = Private::make_in(place.path()).unwrap();
            let index = private.path().join("terms");
            fs::create_dir(&index).unwrap();
            let (begun, begin) = std::sync::mpsc::channel();
            let writing = std::thread::spawn(move || {
                let written = (0..10_000).take_while(|number| fs::write(index.join(number.to_string()), "x").is_ok());
                for _ in written {
                    let _ = begun.send(());
                }
            });
            begin.recv().unwrap();
            drop(private);
            writing.join().unwrap();
            assert!(names(place.path()).is_empty(), "{:?}", names(place.path()));
        }
    }

    #[test]
    fn what_is_left_of_others_goes_and_what_they_have_stays() {
        let place = tempfile::tempdir().unwrap();
        let make = |name: &str, lock: bool| {
            let path = place.path().join(format!("{NAME}{name}"));
            fs::create_dir_all(path.join("terms")).unwrap();
            lock.then(|| File::create(path.join(LOCK)).unwrap())
        };
        let [had, killed] = ["had", "killed"].map(|name| make(name, true).unwrap());
        had.try_lock().unwrap();
        drop(killed);
        for name in ["half", "new"] {
            make(name, false);
        }
        let long_ago = SystemTime::now() - 2 * JUST_MADE;
        File::open(place.path().join(format!("{NAME}half"))).unwrap().set_modified(long_ago).unwrap();
        let other = place.path().join("other");
        fs::create_dir(&other).unwrap();
        let private = Private::make_in(place.path()).unwrap();
        let mut left = names(place.path());
        left.sort();
        let mut expected = ["had", "new"].map(|name| place.path().join(format!("{NAME}{name}"))).to_vec();
        expected.extend([other, private.path().to_owned()]);
        expected.sort();
        assert_eq!(left, expected);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let private = Private::make_in(place.path()).unwrap();
        assert_eq!(fs::metadata(private.path()).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
