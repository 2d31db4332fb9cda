//! The dictionary that libvoikko reads: which one it is, so that two processes can tell whether they have the same.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::hash::extend_by_bytes;
use super::Error;

/// Where dictionaries are, as systems install them.
const FOLDERS: &[&str] = &[
    "/etc/voikko",
    "/usr/local/lib/voikko",
    "/usr/local/share/voikko",
    "/usr/lib/voikko",
    "/usr/lib64/voikko",
    "/usr/share/voikko",
    "/opt/homebrew/lib/voikko",
];

/// Where a folder has the Finnish dictionary, of the format that libvoikko 4 reads.
const PLACE: &str = "5/mor-standard";
/// What says which dictionary it is, and what it holds.
const INDEX: &str = "index.txt";
const WORDS: &str = "mor.vfst";

/// What its index says.
const FORMAT: &str = "Voikko-Dictionary-Format: 5";
const LANGUAGE: &str = "Language: fi-x-standard";
/// The fewest bytes that its words take: those before the first one.
const SHORTEST: usize = 16;

/// A Finnish dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dictionary {
    /// The folder that libvoikko is given.
    pub folder: PathBuf,
    /// Its version, such as 2.5; empty where it doesn't say.
    pub version: String,
    /// Tells its contents from those of every other.
    pub checksum: u64,
}

impl Dictionary {
    /// The dictionary of a folder, or else the first that the system has.
    pub(super) fn find(folder: Option<&Path>) -> Result<Self, Error> {
        let folders = match folder {
            Some(folder) => vec![folder],
            None => FOLDERS.iter().map(Path::new).collect(),
        };
        let found = folders.iter().find(|folder| folder.join(PLACE).join(INDEX).is_file());
        let Some(found) = found else {
            let folders: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
            return Err(Error::Dictionary(format!("no {PLACE}/{INDEX} in {}", folders.join(", "))));
        };
        Self::read(found)
    }

    fn read(folder: &Path) -> Result<Self, Error> {
        let read = |name: &str| {
            let path = folder.join(PLACE).join(name);
            fs::read(&path).map_err(|error| Error::Dictionary(format!("{}: {error}", path.display())))
        };
        let (index, words) = (read(INDEX)?, read(WORDS)?);
        let text = String::from_utf8_lossy(&index);
        // A folder without such a dictionary libvoikko would pass over, and take another one than this.
        let is_one = text.lines().next() == Some(FORMAT) && text.lines().any(|line| line == LANGUAGE);
        if !is_one || words.len() < SHORTEST {
            return Err(Error::Dictionary(format!("{} has another one", folder.join(PLACE).display())));
        }
        let version = text.lines().find_map(|line| line.strip_prefix("SM-Version:")).unwrap_or_default();
        let checksum = extend_by_bytes(extend_by_bytes(0, &index), &words);
        Ok(Self { folder: folder.to_owned(), version: version.trim().to_owned(), checksum })
    }
}
