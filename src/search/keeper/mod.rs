//! Keeps the index at the directory: opens it, fills a new one, then follows the change log.
//!
//! Every process has an index of its own. It is a cache: whatever happens to it, it is filled again from the database, and
//! meanwhile what there was is searched. What is filled is the present as it is while it is read; the position from which
//! the log is followed lies before that, so that nothing is missed.
//!
//! The work (`work.rs`) is done in steps, each of which ends in a commit, so that the service can end between them.

mod kept;
mod work;

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use actix_web::web;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use super::engine::{Index, Private};
use crate::app::State;
use crate::config::{DatabaseUrl, Serve};
use crate::db::changes::Position;
use crate::http::messages::Code;
use crate::http::problem::Problem;
use kept::Kept;
use work::{Failure, Worker};

/// How often the log is looked at while somebody waits for it.
const SOON: Duration = Duration::from_millis(20);

/// How long after a failure it is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// How long after the last change the memory for writing is given back.
const IDLE: Duration = Duration::from_secs(10);

/// The index of this process, and how far it is.
pub struct Keeper {
    /// Where the index lives; a folder of the process's own without one.
    folder: Option<PathBuf>,
    /// The memory that writing takes, in bytes.
    memory: usize,
    /// How often the log is looked at.
    every: Duration,
    held: RwLock<Held>,
    /// Where in the change log stands what is searched.
    position: watch::Sender<Option<Position>>,
    progress: Mutex<Progress>,
    told: Notify,
    has_ended: AtomicBool,
}

/// What the keeper has.
enum Held {
    /// Nothing yet.
    Nothing,
    /// Nothing is in the directory, at a position of the log: an index that is never written takes hardly any memory.
    Empty(Arc<Open>, Position),
    /// The index.
    Index(Arc<Open>),
}

/// An index that is open. Its private folder, if it lives in one, goes when nobody uses it any more: a step of the work, or
/// a search, that is under way when the service ends still does.
pub struct Open {
    index: Index,
    /// Behind the index, which has files open there.
    _private: Option<Private>,
}

impl Deref for Open {
    type Target = Index;

    fn deref(&self) -> &Index {
        &self.index
    }
}

/// What can be searched.
#[derive(Clone)]
pub struct Searched {
    /// The index.
    pub index: Arc<Open>,
    /// Where in the change log it stands, or a little before that.
    pub position: Position,
}

/// What the keeper is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It opens the index, and looks whether it is whole.
    Opening,
    /// It fills it.
    Filling,
    /// It follows the change log.
    Current,
    /// What it did last has failed, and is tried again.
    Failing,
}

/// How far the index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What the keeper is at.
    pub standing: Standing,
    /// The documents that the index was filled with so far, while it is filled.
    pub filled: u64,
    /// The documents that there were when that began.
    pub of: u64,
}

impl Standing {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Opening => "opening",
            Standing::Filling => "filling",
            Standing::Current => "current",
            Standing::Failing => "failing",
        }
    }
}

impl Progress {
    /// 503, for whoever searches while nothing can be searched: says how far the index is.
    pub fn problem(&self) -> Problem {
        Problem::again_soon(match self.standing {
            Standing::Failing => Code::SearchAway.into(),
            Standing::Opening => Code::SearchOpening.into(),
            _ => Code::SearchFilling.with("filled", self.filled.to_string()).with("of", self.of.to_string()),
        })
    }
}

impl Keeper {
    /// A keeper as configured. It opens nothing yet.
    ///
    /// An index on SQLite lives in a folder beside the database, so that a restart goes on with it; one on PostgreSQL in a
    /// private folder, for the next process may run anywhere.
    pub fn new(config: &Serve) -> Self {
        let beside = match &config.database.database_url {
            DatabaseUrl::Sqlite(file) => Some(PathBuf::from(format!("{file}.search"))),
            DatabaseUrl::Postgres(_) => None,
        };
        Self {
            folder: config.search_folder.clone().or(beside),
            memory: usize::from(config.search_memory) * 1_000_000,
            every: config.search_every,
            held: RwLock::new(Held::Nothing),
            position: watch::Sender::new(None),
            progress: Mutex::new(Progress { standing: Standing::Opening, filled: 0, of: 0 }),
            told: Notify::new(),
            has_ended: AtomicBool::new(false),
        }
    }

    /// What can be searched; `None` while the index is opened, or filled for the first time.
    pub fn searched(&self) -> Option<Searched> {
        let (index, position) = match &*self.held() {
            Held::Nothing => return None,
            Held::Empty(index, position) => (index.clone(), *position),
            Held::Index(index) => (index.clone(), Kept::of(index)?.position),
        };
        Some(Searched { index, position })
    }

    /// How many documents can be searched, whoever may see them: for those who run the service. `None` where nothing can be.
    pub fn documents(&self) -> Option<u64> {
        self.stands().map(|_| self.index().map_or(0, |index| index.documents()))
    }

    /// The bytes that the index takes on the disk.
    pub fn size(&self) -> u64 {
        self.index().map_or(0, |index| index.size())
    }

    /// Where in the log stands what can be searched.
    fn stands(&self) -> Option<Position> {
        self.searched().map(|searched| searched.position)
    }

    /// How far the index is.
    pub fn progress(&self) -> Progress {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until what is searched stands at a position of the log, or longer than that may take: whether it does.
    pub async fn reach(&self, position: Position, at_most: Duration) -> bool {
        let mut moves = self.position.subscribe();
        let until = Instant::now() + at_most;
        loop {
            // A transaction that is just ending may hold the log back: it is looked at again.
            self.told.notify_one();
            // Nobody waits for what does not come by itself.
            if self.progress().standing == Standing::Failing && self.stands().is_none() {
                return false;
            }
            let left = until.saturating_duration_since(Instant::now());
            match timeout(left.min(SOON), moves.wait_for(|own| own.is_some_and(|own| own >= position))).await {
                Ok(reached) => return reached.is_ok(),
                Err(_) if left.is_zero() => return false,
                Err(_) => {}
            }
        }
    }

    /// Keeps the index until the service ends: looks at the log at once when it is told that somebody waits, else every so
    /// often.
    pub async fn work(state: web::Data<State>) {
        let _ending = Ending(state.clone());
        let mut worker = Worker::new(&state.db);
        loop {
            let step = state.clone();
            let stepped = web::block(move || {
                let done = worker.step(&step.search, &step.db);
                (worker, done)
            });
            let done = match stepped.await {
                Ok((next, done)) => {
                    worker = next;
                    done
                }
                // Nobody knows what was written before it panicked.
                Err(error) => {
                    worker = Worker::anew(&state.db);
                    Err(Problem::internal(error).into())
                }
            };
            let pause = match done {
                // There may be more.
                Ok(true) => continue,
                Ok(false) => state.search.every,
                Err(failure) => {
                    state.search.say(&failure);
                    AGAIN
                }
            };
            drop(timeout(pause, state.search.told.notified()).await);
        }
    }

    fn say(&self, failure: &Failure) {
        self.update(|progress| progress.standing = Standing::Failing);
        match failure {
            Failure::Database(problem) => {
                tracing::warn!(?problem, cause = problem.cause(), "the search index does not follow")
            }
            Failure::Index(error) => tracing::warn!(%error, "the search index does not follow"),
        }
    }

    fn index(&self) -> Option<Arc<Open>> {
        match &*self.held() {
            Held::Index(index) => Some(index.clone()),
            Held::Nothing | Held::Empty(..) => None,
        }
    }

    fn held(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has something else from now on; nothing once it has ended.
    fn hold(&self, held: Held) {
        let mut own = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let held = if self.has_ended() { Held::Nothing } else { held };
        let before = std::mem::replace(&mut *own, held);
        drop(own);
        self.moved();
        // Nobody waits while it is closed, and perhaps deleted.
        drop(before);
    }

    /// Tells whoever waits where what is searched stands now.
    fn moved(&self) {
        self.position.send_replace(self.stands());
    }

    fn update(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut self.progress.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::SeqCst)
    }

    fn end(&self) {
        self.has_ended.store(true, Ordering::SeqCst);
        self.hold(Held::Nothing);
    }
}

/// Ends the keeper with its work: a step that is under way goes no further, and a private folder goes with it.
struct Ending(web::Data<State>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.search.end();
    }
}
