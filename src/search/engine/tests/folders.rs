//! Folders: what is there after a restart, another version, damage, or beside another process.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fs, thread};

use super::*;
use crate::search::engine::Opened;
use crate::search::engine::folder::{Folder, Version};
use crate::search::engine::private::remove_left;

fn open(folder: &Path) -> Opened {
    Index::open(Some(folder), LEAST_MEMORY).unwrap()
}

/// A folder with an index of one document, closed.
fn written() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let opened = open(folder.path());
    assert_eq!(opened.position, None);
    opened.index.apply([network("one", "Metsä", "Puita.")], &[], "17").unwrap();
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_restart_goes_on_where_it_was() {
    let folder = written();
    let opened = open(folder.path());
    assert_eq!(opened.position.as_deref(), Some("17"));
    assert_eq!(ids(&found(&opened.index, "metsissä")), ["one"]);
    opened.index.apply([network("two", "Metsä", "Lisää.")], &[], "18").unwrap();
    assert_eq!(opened.index.position().as_deref(), Some("18"));
    assert!(opened.index.size() > 0);
    drop(opened);
    assert_eq!(open(folder.path()).index.documents(), 2);
}

#[test]
fn another_version_is_built_beside_the_old_one() {
    for other in [Version::of_analyser(u32::MAX), Version::of_variant(u64::MAX)] {
        is_built_beside(other);
    }
}

#[track_caller]
fn is_built_beside(newer: Version) {
    let folder = written();
    let opened = Index::open_version(Some(folder.path()), LEAST_MEMORY, newer).unwrap();
    assert_eq!(opened.position, None);
    let index = opened.index;
    assert_eq!((found(&index, "metsä").total, index.position().as_deref()), (1, Some("17")), "the old one serves");
    index.apply([network("one", "Metsä", "Puita."), network("two", "Metsä", "Uusi.")], &[], "20").unwrap();
    assert_eq!(found(&index, "metsä").total, 1);
    index.caught_up();
    assert_eq!((found(&index, "metsä").total, index.position().as_deref()), (2, Some("20")));
    drop(index);
    assert_eq!(open(folder.path()).position, None, "the old one is gone");
}

#[test]
fn a_damaged_index_is_begun_anew() {
    for damage in ["cut", "changed", "gone", "meta"] {
        let folder = written();
        for file in files(folder.path()) {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let mut content = fs::read(&file).unwrap();
            match damage {
                "meta" if name == "meta.json" => fs::write(&file, "{").unwrap(),
                "cut" if name.ends_with(".term") => fs::write(&file, &content[..content.len() / 2]).unwrap(),
                "changed" if name.ends_with(".fast") => {
                    content[10] ^= 0xff;
                    fs::write(&file, content).unwrap();
                }
                "gone" if name.ends_with(".idx") => fs::remove_file(&file).unwrap(),
                _ => {}
            }
        }
        let opened = open(folder.path());
        assert_eq!((opened.position, opened.index.documents()), (None, 0), "{damage}");
        opened.index.apply([network("one", "Metsä", "Puita.")], &[], "1").unwrap();
        assert_eq!(found(&opened.index, "metsä").total, 1, "{damage}");
    }
}

#[test]
fn a_folder_that_is_taken_is_left_alone() {
    let folder = written();
    let first = open(folder.path());
    let second = open(folder.path());
    assert_eq!((first.position.as_deref(), second.position), (Some("17"), None));
    second.index.apply([network("two", "Suo", "Vettä.")], &[], "1").unwrap();
    assert_eq!(found(&second.index, "suo").total, 1);
    assert_eq!(found(&first.index, "suo").total, 0);
}

#[test]
fn a_folder_of_its_own_is_named_and_held_as_others_are() {
    let folder = written();
    let _first = Folder::take(folder.path()).unwrap();
    let second = Folder::take(folder.path()).unwrap();
    let own = second.path().to_owned();
    assert!(own.file_name().unwrap().to_str().unwrap().starts_with("solmu-search-"), "{own:?}");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&own).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o700, "nobody else reads in it");
    }
    // Whoever clears up behind others leaves it, as long as it is held.
    remove_left(own.parent().unwrap(), own.file_name().unwrap().to_str().unwrap());
    assert!(own.exists());
    drop(second);
    assert!(!own.exists());
}

#[test]
fn of_several_older_ones_the_one_that_was_begun_last_is_searched() {
    // Whatever their numbers are in the alphabet.
    for variants in [[1, 2, 3], [3, 1, 2], [2, 3, 1]] {
        let folder = tempfile::tempdir().unwrap();
        for variant in variants {
            let version = Version::of_variant(variant);
            let index = Index::open_version(Some(folder.path()), LEAST_MEMORY, version).unwrap().index;
            index.apply([network("one", "Metsä", "Puita.")], &[], &variant.to_string()).unwrap();
        }
        // Begun, and never filled.
        let unfilled = Version::of_variant(9);
        Index::open_version(Some(folder.path()), LEAST_MEMORY, unfilled).unwrap().index.add([]).unwrap();
        let opened = open(folder.path());
        assert_eq!((opened.position, opened.index.position()), (None, variants.last().map(u64::to_string)));
    }
}

#[test]
fn a_write_that_fails_writes_nothing() {
    let index = index([network("one", "Metsä", "Puita.")]);
    for good in [4, 500] {
        let documents = (0..=good).map(|number| {
            if number == good {
                std::panic::panic_any("the database went away");
            }
            network(&format!("two-{number}"), "Metsä", "Puita.")
        });
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| index.apply(documents, &[], "2")));
        assert!(result.is_err());
    }
    index.apply([network("three", "Metsä", "Puita.")], &[], "3").unwrap();
    assert_eq!(sorted_ids(&found(&index, "metsä")), ["one", "three"]);
}

#[test]
fn what_was_never_filled_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path()).index;
    index.add([network("one", "Metsä", "Puita.")]).unwrap();
    assert_eq!((index.documents(), index.position()), (1, None));
    drop(index);
    let opened = open(folder.path());
    assert_eq!((opened.position, opened.index.documents()), (None, 0));
}

#[test]
fn what_there_was_is_searched_while_it_is_begun_anew() {
    for folder in [None, Some(written())] {
        let index = Index::open(folder.as_ref().map(tempfile::TempDir::path), LEAST_MEMORY).unwrap().index;
        index.apply([network("one", "Metsä", "Puita.")], &[], "17").unwrap();
        assert!(index.is_there());
        if let Some(folder) = &folder {
            fs::remove_dir_all(folder.path()).unwrap();
            assert!(!index.is_there());
            assert!(index.apply([network("two", "Metsä", "Lisää.")], &[], "18").is_err());
        }
        index.begin_anew().unwrap();
        assert!(index.is_there());
        index.add([network("two", "Metsä", "Lisää."), network("three", "Metsä", "Uusi.")]).unwrap();
        assert_eq!((ids(&found(&index, "metsä")), index.position().as_deref()), (vec!["one"], Some("17")));
        index.apply([], &[], "19").unwrap();
        index.caught_up();
        assert_eq!(sorted_ids(&found(&index, "metsä")), ["three", "two"]);
        index.settle().unwrap();
        index.apply([network("four", "Suo", "Vettä.")], &[], "20").unwrap();
        assert_eq!(ids(&found(&index, "suo")), ["four"]);
        drop(index);
        if let Some(folder) = &folder {
            assert_eq!(open(folder.path()).position.as_deref(), Some("20"));
        }
    }
}

#[test]
fn folders_that_were_left_are_deleted() {
    let within = tempfile::tempdir().unwrap();
    let [left, held, other] = ["mine-1", "mine-2", "other"].map(|name| within.path().join(name));
    for path in [&left, &other] {
        drop(open(path));
    }
    let _index = open(&held);
    fs::create_dir(within.path().join("mine-3")).unwrap();
    remove_left(within.path(), "mine-");
    let there = |name: &str| within.path().join(name).exists();
    assert_eq!(["mine-1", "mine-2", "mine-3", "other"].map(there), [false, true, true, true]);
}

#[test]
fn nobody_has_a_folder_that_is_deleted() {
    const TIMES: usize = 2_000;
    let within = tempfile::tempdir().unwrap();
    let has_ended = AtomicBool::new(false);
    let (mut own, mut kept) = (0, 0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !has_ended.load(Ordering::Relaxed) {
                remove_left(within.path(), "mine-");
            }
        });
        for number in 0..TIMES {
            let path = within.path().join(format!("mine-{number}"));
            let Ok(folder) = Folder::take(&path) else { break };
            let files = ["something", "lock"].map(|name| folder.path().join(name));
            let is_written = fs::write(&files[0], "").is_ok();
            kept += usize::from(is_written && files.iter().all(|file| file.is_file()));
            own += usize::from(folder.path() == path);
        }
        has_ended.store(true, Ordering::Relaxed);
    });
    assert!(kept == TIMES && own > 0, "{kept} {own}");
    remove_left(within.path(), "mine-");
    assert_eq!(fs::read_dir(within.path()).unwrap().count(), 0);
}
