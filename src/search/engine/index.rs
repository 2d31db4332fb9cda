//! The index: opened, written, read.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term};

use crate::search::engine::document::{Document, Key};
use crate::search::engine::error::{Error, Result};
use crate::search::engine::folder::{Folder, Payload, Stamps, Version, in_memory};
use crate::search::engine::kept;
use crate::search::engine::query::Query;
use crate::search::engine::rank::{self, Found};
use crate::search::engine::schema::Columns;
use crate::search::engine::segment::{Snapshot, Values};
use crate::search::engine::suggest::{self, Suggestion};

/// The least memory that the writer takes.
pub const LEAST_MEMORY: usize = 20_000_000;
/// The most that one writing thread can use.
const MOST_MEMORY: usize = 1_000_000_000;
/// So many documents are written by who calls; with more, other threads help.
const FEW: usize = 100;
/// Those threads.
const WORKERS: usize = 2;
/// So many segments of about the same size become one.
const MERGED: usize = 6;
/// The share of deleted documents from which a segment is written anew.
const DELETED: f32 = 0.3;

/// An index that was opened.
pub struct Opened {
    /// The index.
    pub index: Index,
    /// How far it has come: what was given with its last commit. None for one that is begun anew.
    pub position: Option<String>,
}

/// An index of documents. Many threads may search it at once; writes wait for each other.
pub struct Index {
    columns: Columns,
    version: Version,
    store: Mutex<Store>,
    values: Arc<Values>,
    snapshot: RwLock<Arc<Snapshot>>,
    /// An index of an older version, or one that was given up, which is searched until this one has caught up.
    older: RwLock<Option<Arc<Snapshot>>>,
    memory: usize,
    /// Where it is to be, if not in memory.
    path: Option<PathBuf>,
    folder: RwLock<Option<Folder>>,
    /// Whether reading it has failed.
    is_suspect: AtomicBool,
    /// Its files, as they were last.
    stamps: Mutex<Stamps>,
}

/// What writes take turns with.
struct Store {
    index: tantivy::Index,
    reader: IndexReader,
    /// Made when there is something to write: it takes memory.
    writer: Option<IndexWriter>,
}

impl Store {
    fn new(index: tantivy::Index) -> Result<Self> {
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { index, reader, writer: None })
    }
}

impl Index {
    /// Opens the index in a folder, or one in memory, or begins it. Writing takes about so much memory, in bytes.
    ///
    /// An index that another version of the analyser made is begun anew, and the old one is searched until
    /// [`Index::caught_up`]. A damaged one is begun anew. A folder that another process has is left to it: this one then
    /// has its own until it ends.
    pub fn open(folder: Option<&Path>, memory: usize) -> Result<Opened> {
        Self::open_version(folder, memory, Version::own())
    }

    pub(crate) fn open_version(folder: Option<&Path>, memory: usize, version: Version) -> Result<Opened> {
        let columns = Columns::new();
        let path = folder.map(Path::to_owned);
        let folder = folder.map(Folder::take).transpose()?;
        let (index, position) = match &folder {
            Some(folder) => folder.open(version, &columns)?,
            None => (in_memory(&columns)?, None),
        };
        let values = Arc::default();
        let older = match &folder {
            Some(folder) if position.is_none() => folder.open_older(version, &columns),
            _ => None,
        };
        let older = older.and_then(|(index, position)| {
            let searcher = Store::new(index).ok()?.reader.searcher();
            Snapshot::open(&searcher, &columns, &values, position, None).ok().map(Arc::new)
        });
        if let Some(folder) = folder.as_ref().filter(|_| older.is_none()) {
            folder.clear_others(version);
        }
        let store = Store::new(index)?;
        let snapshot = Snapshot::open(&store.reader.searcher(), &columns, &values, position.clone(), None)?;
        let index = Self {
            columns,
            version,
            store: Mutex::new(store),
            values,
            snapshot: RwLock::new(Arc::new(snapshot)),
            older: RwLock::new(older),
            memory: memory.clamp(LEAST_MEMORY, MOST_MEMORY),
            path,
            folder: RwLock::new(folder),
            is_suspect: AtomicBool::new(false),
            stamps: Mutex::default(),
        };
        Ok(Opened { index, position })
    }

    /// Writes changes and the position behind them, all at once: a process that ends in between has written nothing. A
    /// key stands at most once among both.
    pub fn apply(&self, upserts: impl IntoIterator<Item = Document>, deletes: &[Key], position: &str) -> Result<()> {
        self.commit(upserts, deletes, Some(position))
    }

    /// Writes documents of an index that is being filled. It has no position until [`Index::apply`] gives it one, and is
    /// begun anew if it is opened before.
    pub fn add(&self, documents: impl IntoIterator<Item = Document>) -> Result<()> {
        self.commit(documents, &[], None)
    }

    fn commit(
        &self,
        upserts: impl IntoIterator<Item = Document>,
        deletes: &[Key],
        position: Option<&str>,
    ) -> Result<()> {
        let mut store = self.store();
        let mut writer = match store.writer.take() {
            Some(writer) => writer,
            None => self.writer(&store.index)?,
        };
        // A writer that failed is not used again: what it had not committed is gone with it.
        self.write(&mut writer, upserts, deletes, position)?;
        store.writer = Some(writer);
        self.refresh(&store, position)
    }

    fn write(
        &self,
        writer: &mut IndexWriter,
        upserts: impl IntoIterator<Item = Document>,
        deletes: &[Key],
        position: Option<&str>,
    ) -> Result<()> {
        for key in deletes {
            self.delete(writer, key);
        }
        let mut upserts = upserts.into_iter();
        let few: Vec<Document> = upserts.by_ref().take(FEW).collect();
        few.iter().try_for_each(|document| self.upsert(writer, document))?;
        self.write_many(writer, upserts)?;
        let mut commit = writer.prepare_commit()?;
        if let Some(position) = position {
            commit.set_payload(&Payload::write(self.version, position)?);
        }
        commit.commit()?;
        Ok(())
    }

    /// Gives back the memory that writing takes, until there is something to write again; the segments are merged then that
    /// are to be.
    pub fn settle(&self) -> Result<()> {
        let mut store = self.store();
        match store.writer.take() {
            Some(writer) => writer.wait_merging_threads()?,
            None => return Ok(()),
        }
        kept::forget();
        self.refresh(&store, self.current().position.as_deref())
    }

    /// Begins the index anew, without documents, wherever it was: what there was until now is searched until
    /// [`Index::caught_up`], if it had a position.
    pub fn begin_anew(&self) -> Result<()> {
        let mut store = self.store();
        store.writer = None;
        let before = self.current();
        if before.position.is_some() {
            self.older.write().unwrap_or_else(PoisonError::into_inner).get_or_insert(before);
        }
        let index = match &self.path {
            None => in_memory(&self.columns)?,
            Some(path) => {
                let mut folder = self.folder.write().unwrap_or_else(PoisonError::into_inner);
                // Given back before it is taken: nobody takes one that they have.
                *folder = None;
                folder.insert(Folder::take(path)?).begin(self.version, &self.columns)?
            }
        };
        *store = Store::new(index)?;
        let empty = Snapshot::open(&store.reader.searcher(), &self.columns, &self.values, None, None)?;
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(empty);
        Ok(())
    }

    /// Whether its files are still where they were.
    pub fn is_there(&self) -> bool {
        let folder = self.folder.read().unwrap_or_else(PoisonError::into_inner);
        match (&*folder, &self.path) {
            (Some(folder), _) => folder.has(self.version),
            (None, path) => path.is_none(),
        }
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn delete(&self, writer: &IndexWriter, key: &Key) {
        writer.delete_term(Term::from_field_text(self.columns.key, &key.term()));
    }

    fn upsert(&self, writer: &IndexWriter, document: &Document) -> Result<()> {
        self.delete(writer, &document.key);
        writer.add_document(self.columns.write(document))?;
        Ok(())
    }

    /// Writes documents while they are read: working out their words takes the most time.
    fn write_many(&self, writer: &IndexWriter, mut upserts: impl Iterator<Item = Document>) -> Result<()> {
        let Some(first) = upserts.next() else { return Ok(()) };
        std::thread::scope(|scope| {
            // Both ends go with who has them, also when it fails: nobody waits for anybody who is gone.
            let (send, receive) = sync_channel(WORKERS);
            let receive = Arc::new(Mutex::new(receive));
            let work = |receive: Arc<Mutex<Receiver<Vec<Document>>>>| -> Result<()> {
                loop {
                    let next = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    match next {
                        Ok(some) => some.iter().try_for_each(|document| self.upsert(writer, document))?,
                        Err(_) => return Ok(()),
                    }
                }
            };
            let spawn = |_| {
                let receive = receive.clone();
                scope.spawn(move || work(receive))
            };
            let workers: Vec<_> = (0..WORKERS).map(spawn).collect();
            drop(receive);
            let mut upserts = std::iter::once(first).chain(upserts);
            loop {
                let some: Vec<Document> = upserts.by_ref().take(FEW).collect();
                if some.is_empty() || send.send(some).is_err() {
                    break;
                }
            }
            drop(send);
            let failed = |_| Err(Error::new("a writing thread failed"));
            workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(failed))
        })
    }

    fn writer(&self, index: &tantivy::Index) -> Result<IndexWriter> {
        let options = IndexWriterOptions::builder().num_worker_threads(1).memory_budget_per_thread(self.memory);
        let writer: IndexWriter<TantivyDocument> = index.writer_with_options(options.build())?;
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(MERGED);
        policy.set_del_docs_ratio_before_merge(DELETED);
        writer.set_merge_policy(Box::new(policy));
        Ok(writer)
    }

    fn refresh(&self, store: &Store, position: Option<&str>) -> Result<()> {
        store.reader.reload()?;
        let before = self.current();
        let searcher = store.reader.searcher();
        let position = position.map(str::to_owned);
        let after = Snapshot::open(&searcher, &self.columns, &self.values, position, Some(&before))?;
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(after);
        if self.have_changed(store) {
            self.is_suspect.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Says that the index has come as far as the database: an older one is no longer searched, and is deleted.
    pub fn caught_up(&self) {
        let older = self.older.write().unwrap_or_else(PoisonError::into_inner).take();
        let folder = self.folder.read().unwrap_or_else(PoisonError::into_inner);
        if let (Some(_), Some(folder)) = (older, &*folder) {
            folder.clear_others(self.version);
        }
    }

    fn current(&self) -> Arc<Snapshot> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is searched.
    fn searched(&self) -> Arc<Snapshot> {
        let older = self.older.read().unwrap_or_else(PoisonError::into_inner).clone();
        older.unwrap_or_else(|| self.current())
    }

    /// Searches.
    pub fn search(&self, query: &Query) -> Result<Found> {
        self.read(|snapshot| rank::search(snapshot, query))
    }

    /// Whether its files are not what was written: looked at where one has changed, or reading it has failed, since this was
    /// asked last.
    pub fn is_damaged(&self) -> bool {
        let store = self.store();
        let is_suspect = self.is_suspect.swap(false, Ordering::Relaxed) | self.have_changed(&store);
        is_suspect && !store.index.validate_checksum().is_ok_and(|damaged| damaged.is_empty())
    }

    /// Whether files have changed since this was asked last.
    fn have_changed(&self, store: &Store) -> bool {
        let folder = self.folder.read().unwrap_or_else(PoisonError::into_inner);
        let now = folder.as_ref().map(|folder| folder.stamps(self.version, &store.index)).unwrap_or_default();
        let mut known = self.stamps.lock().unwrap_or_else(PoisonError::into_inner);
        let have = now.iter().any(|(file, stamp)| known.get(file).is_some_and(|known| known != stamp));
        *known = now;
        have
    }

    /// Reads what is searched. Files that somebody has changed underneath may be read as anything.
    fn read<T>(&self, read: impl FnOnce(&Snapshot) -> Result<T>) -> Result<T> {
        let read = catch_unwind(AssertUnwindSafe(|| read(&self.searched())));
        let read = read.unwrap_or_else(|_| Err(Error::new("reading it has failed")));
        if read.is_err() {
            self.is_suspect.store(true, Ordering::Relaxed);
        }
        read
    }

    /// Suggests names that have the words of a text, the last of which may be a beginning; as in a [`Query`], to who has
    /// one of the words, and none of the documents that are left out.
    pub fn suggest(
        &self,
        text: &str,
        limit: usize,
        access: Option<&[String]>,
        left_out: &HashSet<Key>,
    ) -> Result<Vec<Suggestion>> {
        self.read(|snapshot| suggest::suggest(snapshot, text, limit, access, left_out))
    }

    /// How far what is searched has come.
    pub fn position(&self) -> Option<String> {
        self.searched().position.clone()
    }

    /// The number of documents that are searched.
    pub fn documents(&self) -> u64 {
        self.searched().documents
    }

    /// The number of segments that are searched: about what a rare word costs.
    pub fn segments(&self) -> usize {
        self.searched().segments.len()
    }

    /// The bytes that the index takes on the disk.
    pub fn size(&self) -> u64 {
        self.folder.read().unwrap_or_else(PoisonError::into_inner).as_ref().map_or(0, Folder::size)
    }
}
