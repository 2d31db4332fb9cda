//! The schema's versions. `migrations/sqlite` and `migrations/postgres` hold the same directory names.

use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::{Conn, Role, connect};
use super::{Lock, meta};
use crate::config::DatabaseUrl;

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Applies what is missing and returns the names of what was applied. Several processes may call it at once: one does
/// the work, the others wait and find it done.
pub fn run(url: &DatabaseUrl) -> Result<Vec<String>, String> {
    let mut conn = connect(url, Role::Writer).map_err(|error| format!("cannot open the database: {error}"))?;
    lock(&mut conn)?;
    let applied = match &mut conn {
        Conn::Postgres(conn) => apply(conn, POSTGRES),
        Conn::Sqlite(conn) => apply(conn, SQLITE),
    };
    let result = applied.and_then(|applied| meta::prepare(&mut conn).map(|()| applied));
    unlock(&mut conn)?;
    result
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
    let pending = match conn {
        Conn::Postgres(conn) => pending(conn, POSTGRES)?,
        Conn::Sqlite(conn) => pending(conn, SQLITE)?,
    };
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

fn pending<DB: diesel::backend::Backend>(
    conn: &mut impl MigrationHarness<DB>,
    source: EmbeddedMigrations,
) -> Result<usize, String>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let applied = conn.applied_migrations().map_err(|error| format!("cannot read the schema's version: {error}"))?;
    let known = source.migrations().map_err(|error| error.to_string())?;
    Ok(known.iter().filter(|migration| !applied.contains(&migration.name().version().as_owned())).count())
}

/// On PostgreSQL a lock of the session, so that a migration may still have a transaction of its own; SQLite's file lock
/// does for a file that one machine holds.
fn lock(conn: &mut Conn) -> Result<(), String> {
    match conn {
        Conn::Postgres(conn) => {
            conn.batch_execute(&format!("SET statement_timeout = 0; SELECT pg_advisory_lock({})", Lock::Schema as i64))
        }
        Conn::Sqlite(_) => Ok(()),
    }
    .map_err(|error| format!("cannot lock the schema: {error}"))
}

fn unlock(conn: &mut Conn) -> Result<(), String> {
    match conn {
        Conn::Postgres(conn) => conn.batch_execute(&format!("SELECT pg_advisory_unlock({})", Lock::Schema as i64)),
        Conn::Sqlite(_) => Ok(()),
    }
    .map_err(|error| format!("cannot unlock the schema: {error}"))
}
