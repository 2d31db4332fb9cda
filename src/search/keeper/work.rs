//! The keeper's steps.

use std::collections::BTreeSet;
use std::iter::once;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::kept::{Kept, name_of};
use super::{Held, IDLE, Keeper, Open, Standing};
use crate::db::Db;
use crate::db::changes;
use crate::http::problem::Problem;
use crate::search::engine::{self, Document, Index, Key, Opened, Private};
use crate::search::indexed::{self, ENTITIES, Shown};

/// Changes read at once.
const CHANGES: i64 = 1_000;

/// Entities that go into the index in one commit, about.
const BATCH: usize = 5_000;

/// Failures of the index in a row, after which it is given up.
const TRIES: u32 = 2;

/// Why a step failed.
pub enum Failure {
    /// The database.
    Database(Problem),
    /// The index.
    Index(engine::Error),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Database(problem)
    }
}

impl From<engine::Error> for Failure {
    fn from(error: engine::Error) -> Self {
        Self::Index(error)
    }
}

type Result<T> = std::result::Result<T, Failure>;

/// What is to be done.
enum Task {
    /// Open the index.
    Open,
    /// Begin it anew: it has failed.
    Anew,
    /// Fill it.
    Fill(Option<Filling>),
    /// Follow the log from a position.
    Follow(Kept),
    /// Wait until there is something: the directory is empty, and stands at a position.
    Wait(Kept),
}

/// How far a filling is.
struct Filling {
    /// Where the log is followed from afterwards.
    kept: Kept,
    /// What is read, by its place among [`ENTITIES`].
    entity: usize,
    /// The id behind which it is read.
    after: String,
}

/// Does the keeper's work, step by step.
pub struct Worker {
    database: String,
    task: Task,
    /// Failures of the index in a row.
    failures: u32,
    /// When something was written last, while the memory for that is kept.
    written: Option<Instant>,
}

impl Worker {
    /// Begins with opening the index.
    pub fn new(db: &Db) -> Self {
        Self { database: name_of(db), task: Task::Open, failures: 0, written: None }
    }

    /// Begins the index anew.
    pub fn anew(db: &Db) -> Self {
        Self { task: Task::Anew, ..Self::new(db) }
    }

    /// Does what is next; whether there may be more at once.
    pub fn step(&mut self, keeper: &Keeper, db: &Db) -> Result<bool> {
        let done = match &mut self.task {
            Task::Open => self.open(keeper, db),
            Task::Anew => self.begin_anew(keeper),
            Task::Fill(filling) => {
                let filling = filling.take();
                self.fill(keeper, db, filling)
            }
            Task::Follow(kept) => {
                let kept = kept.clone();
                self.follow(keeper, db, kept)
            }
            Task::Wait(kept) => {
                let kept = kept.clone();
                self.wait(keeper, db, kept)
            }
        };
        match &done {
            Ok(_) => self.failures = 0,
            Err(Failure::Database(_)) => {}
            Err(Failure::Index(_)) if keeper.has_ended() => {}
            Err(Failure::Index(_)) => {
                self.failures += 1;
                let is_lost = keeper.index().is_some_and(|index| !index.is_there());
                // What a filling had written is not known to be there.
                if is_lost || self.failures >= TRIES || matches!(self.task, Task::Fill(_)) {
                    self.task = Task::Anew;
                }
            }
        }
        done
    }

    /// Opens the index as another process, or an earlier one, left it: on from there, if that is of this database.
    fn open(&mut self, keeper: &Keeper, db: &Db) -> Result<bool> {
        let (kept, is_any) = db.read_now(|conn| Ok((Kept::now(conn, &self.database)?, indexed::is_any(conn)?)))?;
        if !is_any {
            return self.wait(keeper, db, kept);
        }
        let private = match &keeper.folder {
            Some(_) => None,
            None => Some(Private::make().map_err(engine::Error::from)?),
        };
        let path = keeper.folder.as_deref().or(private.as_ref().map(Private::path));
        let Opened { index, position } = Index::open(path, keeper.memory)?;
        let searched = Kept::of(&index);
        let is_ours = match &searched {
            Some(kept) => db.read_now(|conn| kept.is_of(conn, &self.database))?,
            None => false,
        };
        if !is_ours {
            if position.is_some() {
                index.begin_anew()?;
            }
            // Nothing of another database is searched meanwhile.
            index.caught_up();
        }
        self.task = match searched {
            Some(kept) if is_ours && position.is_some() => Task::Follow(kept),
            _ => Task::Fill(None),
        };
        keeper.hold(Held::Index(Arc::new(Open { index, _private: private })));
        Ok(true)
    }

    /// Waits until there is something.
    fn wait(&mut self, keeper: &Keeper, db: &Db, kept: Kept) -> Result<bool> {
        let changes = db.read_now(|conn| changes::after(conn, kept.position, CHANGES))?;
        if changes.iter().any(|change| indexed::own(change).is_some()) {
            self.task = Task::Open;
            return Ok(true);
        }
        let kept = changes.last().map_or(kept.clone(), |last| kept.behind(last));
        keeper.update(|progress| progress.standing = Standing::Current);
        if keeper.stands() != Some(kept.position) {
            let index = Index::open(None, keeper.memory)?.index;
            keeper.hold(Held::Empty(Arc::new(Open { index, _private: None }), kept.position));
        }
        self.task = Task::Wait(kept);
        Ok(!changes.is_empty())
    }

    fn begin_anew(&mut self, keeper: &Keeper) -> Result<bool> {
        match keeper.index() {
            Some(index) => {
                index.begin_anew()?;
                tracing::warn!("the search index was lost and is filled anew");
                self.task = Task::Fill(None);
            }
            None => self.task = Task::Open,
        }
        Ok(true)
    }

    /// Fills the index with a batch of what there is.
    fn fill(&mut self, keeper: &Keeper, db: &Db, filling: Option<Filling>) -> Result<bool> {
        let Some(index) = keeper.index() else { return Ok(false) };
        let mut filling = match filling {
            Some(filling) => filling,
            None => {
                // It is begun again if this fails.
                self.task = Task::Fill(None);
                let (kept, of) = db.read_now(|conn| Ok((Kept::now(conn, &self.database)?, indexed::count(conn)?)))?;
                keeper.update(|progress| {
                    (progress.filled, progress.of) = (0, u64::try_from(of).unwrap_or_default());
                });
                Filling { kept, entity: 0, after: String::new() }
            }
        };
        keeper.update(|progress| progress.standing = Standing::Filling);
        let mut pages = Pages::new(|| match keeper.has_ended() {
            true => Ok(None),
            false => filling.page(db),
        });
        if let Some(first) = pages.next() {
            index.add(once(first).chain(&mut pages))?;
            self.written = Some(Instant::now());
        }
        let Pages { given, is_done, failed, .. } = pages;
        keeper.update(|progress| {
            progress.filled += u64::try_from(given).unwrap_or_default();
            progress.of = progress.of.max(progress.filled);
        });
        if let Some(problem) = failed {
            self.task = Task::Fill(Some(filling));
            return Err(problem.into());
        }
        if keeper.has_ended() {
            return Ok(false);
        }
        if !is_done {
            self.task = Task::Fill(Some(filling));
            return Ok(true);
        }
        index.apply([], &[], &filling.kept.text()?)?;
        index.caught_up();
        self.written = Some(Instant::now());
        tracing::info!(documents = index.documents(), "the search index is full");
        self.task = Task::Follow(filling.kept);
        keeper.moved();
        Ok(true)
    }

    /// Takes up what came after a position.
    fn follow(&mut self, keeper: &Keeper, db: &Db, kept: Kept) -> Result<bool> {
        let Some(index) = keeper.index() else { return Ok(false) };
        let changes = db.read_now(|conn| changes::after(conn, kept.position, CHANGES))?;
        if index.is_damaged() {
            tracing::warn!("files of the search index were changed: it is filled anew");
            index.begin_anew()?;
            // Nor is what there was searched any more.
            index.caught_up();
            self.task = Task::Fill(None);
            return Ok(true);
        }
        keeper.update(|progress| progress.standing = Standing::Current);
        let Some(last) = changes.last() else {
            // The larger the index, the longer its segments are merged, which nobody is to wait for.
            let idle = IDLE + Duration::from_millis(index.documents() / 10);
            if self.written.is_some_and(|written| written.elapsed() > idle) {
                self.written = None;
                index.settle()?;
            }
            return Ok(false);
        };
        self.written = Some(Instant::now());
        // What shows something that changed comes first: the position says that all of it is there.
        let shown = Shown::of(&changes);
        for (part, by) in shown.parts() {
            let mut after = String::new();
            let mut is_done = false;
            while !is_done {
                let mut pages = Pages::new(|| {
                    let ids = db.read_now(|conn| indexed::showing(conn, &part, by, &after))?;
                    let Some(last) = ids.last().filter(|_| !keeper.has_ended()) else { return Ok(None) };
                    after.clone_from(last);
                    db.read_now(|conn| indexed::documents(conn, by, &ids)).map(Some)
                });
                if let Some(first) = pages.next() {
                    index.apply(once(first).chain(&mut pages), &[], &kept.text()?)?;
                }
                is_done = pages.is_done;
                if let Some(problem) = pages.failed {
                    return Err(problem.into());
                }
            }
        }
        let own: BTreeSet<Key> = changes.iter().filter_map(indexed::own).collect();
        let documents = read(db, &own)?;
        if keeper.has_ended() {
            return Ok(false);
        }
        let there: BTreeSet<&Key> = documents.iter().map(|document| &document.key).collect();
        let gone: Vec<Key> = own.iter().filter(|key| !there.contains(key)).cloned().collect();
        let behind = kept.behind(last);
        index.apply(documents, &gone, &behind.text()?)?;
        self.task = Task::Follow(behind);
        keeper.moved();
        Ok(changes.len() >= usize::try_from(CHANGES).unwrap_or(usize::MAX))
    }
}

/// Entities as they are now, those that are there.
fn read(db: &Db, keys: &BTreeSet<Key>) -> Result<Vec<Document>> {
    let mut documents = Vec::with_capacity(keys.len());
    for entity in ENTITIES {
        let ids: Vec<String> = keys.iter().filter(|key| key.entity == entity).map(|key| key.id.clone()).collect();
        for some in ids.chunks(indexed::AT_ONCE) {
            documents.extend(db.read_now(|conn| indexed::documents(conn, entity, some))?);
        }
    }
    Ok(documents)
}

impl Filling {
    /// The next documents; `None` after the last.
    fn page(&mut self, db: &Db) -> std::result::Result<Option<Vec<Document>>, Problem> {
        while let Some(entity) = ENTITIES.get(self.entity).copied() {
            let ids = db.read_now(|conn| indexed::ids_after(conn, entity, &self.after))?;
            let Some(last) = ids.last() else {
                (self.entity, self.after) = (self.entity + 1, String::new());
                continue;
            };
            let documents = db.read_now(|conn| indexed::documents(conn, entity, &ids))?;
            self.after.clone_from(last);
            return Ok(Some(documents));
        }
        Ok(None)
    }
}

/// Documents that are read page by page while they are written: as many as go into one commit.
struct Pages<F> {
    next: F,
    page: std::vec::IntoIter<Document>,
    /// How many were given.
    given: usize,
    /// Whether there are no more.
    is_done: bool,
    /// Why there are no more.
    failed: Option<Problem>,
}

impl<F: FnMut() -> std::result::Result<Option<Vec<Document>>, Problem>> Pages<F> {
    fn new(next: F) -> Self {
        Self { next, page: Vec::new().into_iter(), given: 0, is_done: false, failed: None }
    }
}

impl<F: FnMut() -> std::result::Result<Option<Vec<Document>>, Problem>> Iterator for Pages<F> {
    type Item = Document;

    fn next(&mut self) -> Option<Document> {
        loop {
            if let Some(document) = self.page.next() {
                self.given += 1;
                return Some(document);
            }
            if self.given >= BATCH || self.is_done || self.failed.is_some() {
                return None;
            }
            match (self.next)() {
                Ok(Some(page)) => self.page = page.into_iter(),
                Ok(None) => self.is_done = true,
                Err(problem) => self.failed = Some(problem),
            }
        }
    }
}
