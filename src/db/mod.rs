//! The database: one query path over SQLite and PostgreSQL.
//!
//! [`Db`] is what a handler has: [`Db::point`], [`Db::read`], [`Db::snapshot`] and [`Db::write`] take a function of a
//! connection and run it where it may block.

pub mod as_of;
pub mod changes;
pub mod children;
#[allow(missing_docs)]
mod conn;
pub mod dismissals;
mod error;
pub(crate) mod expression;
pub mod external_ids;
mod json;
pub mod keyset;
pub mod meta;
pub mod migrations;
pub mod names;
pub(crate) mod one_of;
mod pool;
pub mod revisions;
pub mod rows;
#[allow(missing_docs)]
pub mod schema;
mod seen;
mod threads;
pub mod tombstones;
pub mod types;

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use chrono::NaiveDateTime;
use diesel::RunQueryDsl;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::result::QueryResult;

pub use conn::{Conn, MultiBackend, Role, connect};
pub use error::OnConflict;
pub use json::Json;
pub use one_of::{one_of, one_of_words};
pub use seen::{Seen, is_seen, seen, seen_by};
pub use types::{forever, now};

use crate::config::{Database, DatabaseUrl};
use crate::http::problem::{Problem, Result};
use changes::EntityType;
use pool::{Lent, Pool, WAIT};
use threads::Threads;

/// The database, as requests use it. Cheap to clone; the clones share their pools.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    /// Tells one database from another where a process has several, as tests do.
    number: u64,
    url: DatabaseUrl,
    read: Pool,
    write: Pool,
    readers: Threads,
    writers: Threads,
    meta: meta::Meta,
}

/// A write transaction: everything in it carries one time and one actor.
pub struct Tx<'a> {
    /// The connection.
    pub conn: &'a mut Conn,
    /// When it happens, in UTC: `created_at`, `updated_at`, the change log and the revisions agree on it.
    pub now: NaiveDateTime,
    /// The caller's internal id; `None` for the service itself.
    pub actor: Option<Arc<str>>,
    /// Whether it happens now, rather than at a time that was given.
    is_live: bool,
    /// The epoch of the change log's positions.
    epoch: i64,
}

/// What a read touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// A handful of rows by an index, in one statement: [`Db::point`].
    Point,
    /// One statement: [`Db::read`].
    One,
    /// Several statements that must agree: [`Db::snapshot`].
    Several,
}

/// How full a pool is.
pub struct PoolUse {
    /// `read` or `write`.
    pub name: &'static str,
    /// Connections open.
    pub open: u32,
    /// Of them, idle.
    pub idle: u32,
    /// The most there may be.
    pub max: u32,
}

static NUMBERS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The reading connection that stays with a worker, for [`Db::point`] on SQLite.
    static RESIDENT: RefCell<Option<(u64, Conn)>> = const { RefCell::new(None) };
}

impl Db {
    /// Opens the database, whose schema must be current, and reads what it keeps of itself.
    pub fn open(config: &Database) -> std::result::Result<Self, String> {
        let url = config.database_url.clone();
        let mut first = connect(&url, Role::Reader).map_err(|error| format!("cannot open the database: {error}"))?;
        migrations::check(&mut first)?;
        let meta = meta::read(&mut first).map_err(|error| format!("cannot read the database: {error}"))?;
        let writers = match url {
            DatabaseUrl::Sqlite(_) => 1,
            DatabaseUrl::Postgres(_) => config.write_connections,
        };
        Ok(Self(Arc::new(Inner {
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            read: pool::pool(&url, Role::Reader, config.read_connections),
            write: pool::pool(&url, Role::Writer, writers),
            readers: Threads::new("read", config.read_connections),
            writers: Threads::new("write", writers),
            url,
            meta,
        })))
    }

    /// The key that cursors are signed with and callers' internal ids are made with; the same in every replica.
    pub fn key(&self) -> &[u8] {
        &self.0.meta.key
    }

    /// A read of one statement, or of several that need not agree, on a thread that may wait.
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let (pool, until) = (self.0.read.clone(), deadline());
        self.0.readers.run(WAIT, move || lend(&pool, until, f)).await
    }

    /// A read by an index that touches a handful of rows.
    ///
    /// On SQLite it runs at once, on a connection that stays with the worker: such a read takes microseconds, less than
    /// handing it to another thread. On PostgreSQL a read waits for the network, so it goes where waiting is allowed.
    pub async fn point<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        match self.0.url {
            DatabaseUrl::Postgres(_) => self.read(f).await,
            DatabaseUrl::Sqlite(_) => RESIDENT.with_borrow_mut(|resident| {
                let mut conn = match resident.take() {
                    Some((number, conn)) if number == self.0.number => conn,
                    _ => connect(&self.0.url, Role::Reader).map_err(Problem::unavailable)?,
                };
                let result = f(&mut conn);
                *resident = Some((self.0.number, conn));
                result
            }),
        }
    }

    /// A read of several statements that see the same state of the database.
    pub async fn snapshot<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        self.read(|conn| {
            begin(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN")?;
            finish(conn, f)
        })
        .await
    }

    /// A read, run as what it touches calls for.
    pub async fn run<T, F>(&self, reads: Reads, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        match reads {
            Reads::Point => self.point(f).await,
            Reads::One => self.read(f).await,
            Reads::Several => self.snapshot(f).await,
        }
    }

    /// One transaction that writes: all of it happens, or nothing.
    pub async fn write<T, F>(&self, actor: Option<Arc<str>>, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (db, until) = (self.clone(), deadline());
        self.0.writers.run(WAIT, move || db.transact(actor, None, until, f)).await
    }

    /// [`Db::write`] on the calling thread, at a given time: for commands and the demo.
    pub fn write_now<T, F>(&self, actor: Option<Arc<str>>, at: NaiveDateTime, f: F) -> Result<T>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T>,
    {
        self.transact(actor, Some(at), deadline(), f)
    }

    /// [`Db::write`] on the calling thread: for work that takes several transactions.
    pub fn write_here<T, F>(&self, actor: Option<Arc<str>>, f: F) -> Result<T>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T>,
    {
        self.transact(actor, None, deadline(), f)
    }

    /// The time is taken once the transaction has begun, or a later one could carry an earlier time.
    fn transact<T, F>(&self, actor: Option<Arc<str>>, at: Option<NaiveDateTime>, until: Instant, f: F) -> Result<T>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T>,
    {
        let epoch = self.0.meta.epoch;
        lend(&self.0.write, until, |conn| {
            begin(conn, "BEGIN", "BEGIN IMMEDIATE")?;
            finish(conn, |conn| f(&mut Tx { conn, now: at.unwrap_or_else(now), is_live: at.is_none(), actor, epoch }))
        })
    }

    /// [`Db::read`] on the calling thread: for commands and tests.
    pub fn read_now<T, F>(&self, f: F) -> Result<T>
    where
        F: FnOnce(&mut Conn) -> Result<T>,
    {
        lend(&self.0.read, deadline(), f)
    }

    /// How full the pools are.
    pub fn pools(&self) -> [PoolUse; 2] {
        [("read", &self.0.read), ("write", &self.0.write)].map(|(name, pool)| {
            let state = pool.state();
            PoolUse { name, open: state.connections, idle: state.idle_connections, max: pool.max_size() }
        })
    }
}

impl Tx<'_> {
    /// Moves the transaction's time past that of the state it changes, should a clock have gone back: an entity's
    /// revisions never overlap.
    pub fn not_before(&mut self, last: NaiveDateTime) {
        self.now = self.now.max(last + chrono::TimeDelta::microseconds(1));
    }

    /// Holds a row of a type for this transaction, so that what is read of it now is what will be changed: whoever comes
    /// second waits, and then sees the first one's change.
    ///
    /// SQLite has one writer at a time, so there it is held already.
    pub fn hold(&mut self, entity: EntityType, id: &str) -> QueryResult<()> {
        if let Conn::Postgres(conn) = &mut *self.conn {
            let table = revisions::tables(entity).0;
            let query = diesel::sql_query(format!("SELECT 1 FROM {table} WHERE id = $1 FOR UPDATE"));
            query.bind::<diesel::sql_types::Text, _>(id).execute(conn)?;
        }
        Ok(())
    }

    /// Holds rows of a type that others refer to, in the order of their ids, so that two who hold several never wait for
    /// one another. What refers to them may still be written.
    pub fn hold_all(&mut self, entity: EntityType, ids: &[&str]) -> QueryResult<()> {
        self.hold_rows(entity, ids, "FOR NO KEY UPDATE").map(|_| ())
    }

    /// Holds rows of a type for this transaction alone: what would refer to them waits, too.
    pub fn hold_alone(&mut self, entity: EntityType, ids: &[&str]) -> QueryResult<()> {
        self.hold_rows(entity, ids, "FOR UPDATE").map(|_| ())
    }

    /// Holds rows of a type for this transaction alone, if nobody has anything to do with any of them: whether that is so.
    /// For whoever must not wait, because of what they hold already.
    pub fn try_hold_alone(&mut self, entity: EntityType, ids: &[&str]) -> QueryResult<bool> {
        match &mut *self.conn {
            Conn::Postgres(_) => Ok(self.hold_rows(entity, ids, "FOR UPDATE SKIP LOCKED")? == ids.len()),
            Conn::Sqlite(_) => Ok(true),
        }
    }

    /// Keeps rows that something is made to refer to from being ended or deleted meanwhile.
    pub fn keep_all(&mut self, entity: EntityType, ids: &[&str]) -> QueryResult<()> {
        self.hold_rows(entity, ids, "FOR KEY SHARE").map(|_| ())
    }

    fn hold_rows(&mut self, entity: EntityType, ids: &[&str], how: &'static str) -> QueryResult<usize> {
        if let Conn::Postgres(conn) = &mut *self.conn
            && !ids.is_empty()
        {
            let table = revisions::tables(entity).0;
            let places = revisions::places(1, ids);
            let query = format!("SELECT 1 FROM {table} WHERE id IN ({places}) ORDER BY id {how}");
            let mut query = diesel::sql_query(query).into_boxed::<diesel::pg::Pg>();
            for id in ids {
                query = query.bind::<diesel::sql_types::Text, _>(*id);
            }
            return query.execute(conn);
        }
        Ok(0)
    }

    /// Holds others off until the transaction ends: for rules that no constraint can keep, such as "no cycles".
    ///
    /// SQLite has one writer at a time, so there it is held already.
    pub fn lock(&mut self, lock: Lock) -> QueryResult<()> {
        if let Conn::Postgres(conn) = &mut *self.conn {
            conn.batch_execute(&format!("SELECT pg_advisory_xact_lock({})", lock as i64))?;
            // Whoever held it before is done, and was so before now.
            self.now = if self.is_live { self.now.max(now()) } else { self.now };
        }
        Ok(())
    }
}

/// What a transaction may have to itself. The numbers are PostgreSQL advisory locks.
#[derive(Clone, Copy, Debug)]
pub enum Lock {
    /// The tree of organisations.
    OrganisationTree = 0x501_0001,
    /// The links between networks.
    NetworkLinks = 0x501_0002,
    /// The schema.
    Schema = 0x501_0003,
    /// The relations between concepts.
    Concepts = 0x501_0004,
}

/// Until when whoever asks now waits for a turn and a connection.
fn deadline() -> Instant {
    Instant::now() + WAIT
}

/// Lends a connection that is to be had until a time.
fn lend<T>(pool: &Pool, until: Instant, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    let lent = pool.get_timeout(until.saturating_duration_since(Instant::now()));
    let mut kept: Lent = lent.map_err(|error| Problem::unavailable(format!("no connection: {error}")))?;
    let result = f(&mut kept.conn);
    if let Err(problem) = &result
        && problem.kind() == crate::http::problem::Kind::Unavailable
    {
        kept.dead = true;
    }
    result
}

/// Begins a transaction with the statement of each database. diesel's own `immediate_transaction` would hand out the
/// inner connection.
fn begin(conn: &mut Conn, postgres: &'static str, sqlite: &'static str) -> Result<()> {
    match conn {
        Conn::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(conn, postgres),
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, sqlite),
    }
    .map_err(Problem::from)
}

fn finish<T>(conn: &mut Conn, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    match f(conn) {
        Ok(value) => {
            Conn::commit_transaction(conn)?;
            Ok(value)
        }
        Err(problem) => {
            if let Err(error) = Conn::rollback_transaction(conn) {
                tracing::warn!(error = %error, "rollback failed");
            }
            Err(problem)
        }
    }
}

/// Whether the database answers: for `/readyz`.
pub fn ping(conn: &mut Conn) -> Result<()> {
    conn.batch_execute("SELECT 1").map_err(Problem::from)
}
