//! The schema's versions. `migrations/sqlite` and `migrations/postgres` hold the same directory names.

use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel::{QueryableByName, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::{Conn, Role, connect};
use super::{Lock, meta};
use crate::config::DatabaseUrl;
use crate::http::problem::Problem;
use crate::members;

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// How long an SQLite file that another process opens at the same time is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// Applies what is missing and returns the names of what was applied. Several processes may call it at once: one does
/// the work, the others wait and find it done.
pub fn run(url: &DatabaseUrl) -> Result<Vec<String>, String> {
    let mut conn = connect_patiently(url)?;
    lock(&mut conn)?;
    let applied = match &mut conn {
        Conn::Postgres(conn) => apply(conn, POSTGRES),
        Conn::Sqlite(conn) => apply(conn, SQLITE),
    };
    let prepared = applied.and_then(|applied| meta::prepare(&mut conn).map(|()| applied));
    let result = prepared.and_then(|applied| {
        let say = |problem: Problem| format!("cannot derive the likely duplicates: {}", problem.cause().unwrap_or("?"));
        members::prepare(&mut conn).map(|()| applied).map_err(say)
    });
    unlock(&mut conn, result.is_ok())?;
    result
}

/// A new SQLite file is put into WAL mode by whoever comes first, and SQLite lets nobody wait for that.
fn connect_patiently(url: &DatabaseUrl) -> Result<Conn, String> {
    let begun = Instant::now();
    loop {
        match connect(url, Role::Writer) {
            Ok(conn) => return Ok(conn),
            Err(error) if error.to_string().contains("database is locked") && begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(error) => return Err(format!("cannot open the database: {error}")),
        }
    }
}

/// Takes back everything, newest first. For the test that it can be.
pub fn revert_all(url: &DatabaseUrl) -> Result<usize, String> {
    let mut conn = connect(url, Role::Writer).map_err(|error| error.to_string())?;
    let reverted = match &mut conn {
        Conn::Postgres(conn) => conn.revert_all_migrations(POSTGRES).map(|versions| versions.len()),
        Conn::Sqlite(conn) => conn.revert_all_migrations(SQLITE).map(|versions| versions.len()),
    };
    reverted.map_err(|error| error.to_string())
}

/// Whether everything this version knows is applied. A newer schema is fine: migrations first expand, then contract.
pub fn check(conn: &mut Conn) -> Result<(), String> {
    let known = match conn {
        Conn::Postgres(_) => known::<Pg>(POSTGRES)?,
        Conn::Sqlite(_) => known::<Sqlite>(SQLITE)?,
    };
    let applied = applied(conn)?;
    let pending = known.iter().filter(|version| !applied.contains(version)).count();
    match pending {
        0 => Ok(()),
        pending => {
            Err(format!("the database's schema is {pending} migration(s) behind this version: run `solmu migrate`"))
        }
    }
}

fn apply<DB: diesel::backend::Backend>(
    conn: &mut impl MigrationHarness<DB>,
    source: EmbeddedMigrations,
) -> Result<Vec<String>, String>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let versions = conn.run_pending_migrations(source).map_err(|error| format!("a migration failed: {error}"))?;
    Ok(versions.iter().map(ToString::to_string).collect())
}

/// Reads what is applied without diesel's harness, which would create its table: a reader may not.
fn applied(conn: &mut Conn) -> Result<Vec<String>, String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let say = |error: diesel::result::Error| format!("cannot read the schema's version: {error}");
    let is_there = match conn {
        Conn::Postgres(_) => {
            "SELECT tablename::text AS name FROM pg_tables WHERE tablename = '__diesel_schema_migrations'"
        }
        Conn::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE name = '__diesel_schema_migrations'",
    };
    let tables: Vec<Row> = diesel::sql_query(is_there).load(conn).map_err(say)?;
    if tables.is_empty() {
        return Ok(Vec::new());
    }
    let versions: Vec<Row> =
        diesel::sql_query("SELECT version AS name FROM __diesel_schema_migrations").load(conn).map_err(say)?;
    Ok(versions.into_iter().map(|row| row.name).collect())
}

fn known<DB: diesel::backend::Backend>(source: EmbeddedMigrations) -> Result<Vec<String>, String>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let migrations = source.migrations().map_err(|error| error.to_string())?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// On PostgreSQL a lock of the session, so that a migration may still have a transaction of its own. On SQLite the whole
/// is one transaction that writes, each migration a savepoint in it.
fn lock(conn: &mut Conn) -> Result<(), String> {
    match conn {
        Conn::Postgres(conn) => {
            conn.batch_execute(&format!("SET statement_timeout = 0; SELECT pg_advisory_lock({})", Lock::Schema as i64))
        }
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
    }
    .map_err(|error| format!("cannot lock the schema: {error}"))
}

fn unlock(conn: &mut Conn, is_done: bool) -> Result<(), String> {
    match conn {
        Conn::Postgres(conn) => conn.batch_execute(&format!("SELECT pg_advisory_unlock({})", Lock::Schema as i64)),
        Conn::Sqlite(conn) if is_done => AnsiTransactionManager::commit_transaction(conn),
        Conn::Sqlite(conn) => AnsiTransactionManager::rollback_transaction(conn),
    }
    .map_err(|error| format!("cannot unlock the schema: {error}"))
}
