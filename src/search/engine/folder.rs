//! Where an index lives: a folder with one sub-folder for each version of what an index is made of.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use tantivy::directory::MmapDirectory;
use tantivy::index::IndexSettings;
use tantivy::store::Compressor;

use crate::search::engine::error::{Error, Result};
use crate::search::engine::private::Private;
use crate::search::engine::schema::{self, Columns};
use crate::text::analysis;

/// What the names of the sub-folders begin with.
const NAME: &str = "terms";
/// The file that the process holds that writes here.
pub(crate) const LOCK: &str = "lock";
/// The file that says which others an index has.
const META: &str = "meta.json";
/// The file that says the how-manieth index of its folder one is.
const NUMBER: &str = "number";

/// The permissions of folders: there is in them what not everybody may read.
pub(crate) const OWNER: u32 = 0o700;

/// What an index is made of: another version would find other things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    schema: u32,
    analyser: u32,
    /// Which analyser of that version: 0 is the built-in one.
    #[serde(default)]
    variant: u64,
}

/// Files, with what tells whether they are as they were.
pub(crate) type Stamps = HashMap<PathBuf, (u64, SystemTime)>;

impl Version {
    /// This process's.
    pub(crate) fn own() -> Self {
        Self { variant: analysis::own().variant(), ..Self::of_analyser(analysis::VERSION) }
    }

    /// That of a version of the built-in analyser.
    pub(crate) fn of_analyser(analyser: u32) -> Self {
        Self { schema: schema::VERSION, analyser, variant: 0 }
    }

    #[cfg(test)]
    pub(crate) fn of_variant(variant: u64) -> Self {
        Self { variant, ..Self::own() }
    }

    fn name(self) -> String {
        let name = format!("{NAME}-{}-{}", self.schema, self.analyser);
        if self.variant == 0 { name } else { format!("{name}-{:016x}", self.variant) }
    }

    fn read(name: &str) -> Option<Self> {
        let (schema, analyser) = name.strip_prefix(NAME)?.strip_prefix('-')?.split_once('-')?;
        let (analyser, variant) = analyser.split_once('-').unwrap_or((analyser, "0"));
        let variant = u64::from_str_radix(variant, 16).ok()?;
        Some(Self { schema: schema.parse().ok()?, analyser: analyser.parse().ok()?, variant })
    }
}

/// What a commit says of itself.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Payload {
    version: Version,
    position: String,
}

impl Payload {
    pub(crate) fn write(version: Version, position: &str) -> Result<String> {
        Ok(serde_json::to_string(&Self { version, position: position.to_owned() })?)
    }
}

/// A folder that this process alone writes to.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// Held while the process lives; the system gives it back whatever happens.
    _lock: File,
    /// Whether it goes when it is no longer needed.
    _temporary: Option<Private>,
}

impl Folder {
    /// Takes a folder; if another process has it, one of its own that goes when the process ends.
    pub(crate) fn take(path: &Path) -> Result<Self> {
        if let Some(lock) = lock(path)? {
            return Ok(Self { path: path.to_owned(), _lock: lock, _temporary: None });
        }
        let temporary = Private::make()?;
        let lock = lock(temporary.path())?.ok_or_else(|| Error::new("a new folder is another process's"))?;
        Ok(Self { path: temporary.path().to_owned(), _lock: lock, _temporary: Some(temporary) })
    }

    /// Where it is.
    #[cfg(test)]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the index of a version, or begins one. One that is damaged is begun anew.
    pub(crate) fn open(&self, version: Version, columns: &Columns) -> Result<(tantivy::Index, Option<String>)> {
        match read(&self.path.join(version.name()), version, columns) {
            // What was never filled is not gone on with.
            Ok((index, Some(position))) => Ok((index, Some(position))),
            _ => Ok((self.begin(version, columns)?, None)),
        }
    }

    /// Begins the index of a version, whatever was there.
    pub(crate) fn begin(&self, version: Version, columns: &Columns) -> Result<tantivy::Index> {
        let path = self.path.join(version.name());
        if path.exists() {
            fs::remove_dir_all(&path)?;
        }
        let before = self.others(version).iter().map(|(_, path)| number(path)).max().unwrap_or_default();
        fs::create_dir_all(&path)?;
        fs::write(path.join(NUMBER), before.saturating_add(1).to_string())?;
        let directory = MmapDirectory::open(&path).map_err(tantivy::TantivyError::from)?;
        let index = tantivy::Index::builder().schema(columns.schema.clone()).settings(settings());
        let index = index.open_or_create(directory)?;
        Columns::register(&index);
        Ok(index)
    }

    /// Whether the index of a version is there.
    pub(crate) fn has(&self, version: Version) -> bool {
        self.path.join(version.name()).join(META).is_file()
    }

    /// The index of another version that can be read as if it were of this one: the analyser has changed, the fields
    /// have not. Of several, the one that was begun last.
    pub(crate) fn open_older(&self, version: Version, columns: &Columns) -> Option<(tantivy::Index, Option<String>)> {
        let mut others = self.others(version);
        others.retain(|(other, _)| other.schema == version.schema);
        others.sort_by_key(|(_, path)| Reverse(number(path)));
        let mut opened = others.into_iter().filter_map(|(other, path)| read(&path, other, columns).ok());
        opened.find(|(_, position)| position.is_some())
    }

    /// Deletes what other versions left.
    pub(crate) fn clear_others(&self, version: Version) {
        for (_, path) in self.others(version) {
            // What can't be deleted is tried again at the next start.
            drop(fs::remove_dir_all(path));
        }
    }

    fn others(&self, version: Version) -> Vec<(Version, PathBuf)> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let named = entries.filter_map(|entry| Some((Version::read(entry.file_name().to_str()?)?, entry.path())));
        named.filter(|(other, _)| *other != version).collect()
    }

    /// The sizes and the times of the files that an index of a version reads. Nobody writes them twice.
    pub(crate) fn stamps(&self, version: Version, index: &tantivy::Index) -> Stamps {
        let path = self.path.join(version.name());
        let files = index.load_metas().map(|metas| metas.list_segment_files()).unwrap_or_default();
        let stamp = |file: PathBuf| {
            let metadata = fs::metadata(path.join(&file)).ok()?;
            Some((file, (metadata.len(), metadata.modified().ok()?)))
        };
        files.into_iter().filter_map(stamp).collect()
    }

    /// The bytes that all of it takes.
    pub(crate) fn size(&self) -> u64 {
        fn size(path: &Path) -> u64 {
            let entries = fs::read_dir(path).into_iter().flatten().flatten();
            let sizes = entries.map(|entry| match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => size(&entry.path()),
                Ok(metadata) => metadata.len(),
                Err(_) => 0,
            });
            sizes.sum()
        }
        size(&self.path)
    }
}

/// Makes a folder, if it isn't there, and locks it; nothing, where another process has it.
fn lock(path: &Path) -> io::Result<Option<File>> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, OWNER);
    let place = path.join(LOCK);
    loop {
        builder.recursive(true).create(path)?;
        let lock = File::create(&place)?;
        match lock.try_lock() {
            Ok(()) if place.is_file() => return Ok(Some(lock)),
            // Whoever had it has deleted it.
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// The how-manieth index of its folder one is: 0 for one that doesn't say.
fn number(path: &Path) -> u64 {
    let number = fs::read_to_string(path.join(NUMBER)).ok();
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// An index that lives in memory.
pub(crate) fn in_memory(columns: &Columns) -> Result<tantivy::Index> {
    let index = tantivy::Index::builder().schema(columns.schema.clone()).settings(settings()).create_in_ram()?;
    Columns::register(&index);
    Ok(index)
}

/// Nothing is stored besides the columns.
fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    }
}

/// Opens an index that is there, if it is whole.
fn read(path: &Path, version: Version, columns: &Columns) -> Result<(tantivy::Index, Option<String>)> {
    let index = tantivy::Index::open(MmapDirectory::open(path).map_err(tantivy::TantivyError::from)?)?;
    if index.schema() != columns.schema {
        return Err(Error::new("other fields"));
    }
    let damaged = index.validate_checksum()?;
    if !damaged.is_empty() {
        return Err(Error::new(format!("damaged files: {damaged:?}")));
    }
    let payload = index.load_metas()?.payload;
    let payload: Option<Payload> = payload.map(|payload| serde_json::from_str(&payload)).transpose()?;
    if payload.as_ref().is_some_and(|payload| payload.version != version) {
        return Err(Error::new("another version"));
    }
    Columns::register(&index);
    Ok((index, payload.map(|payload| payload.position)))
}
