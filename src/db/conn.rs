//! One connection type over both databases, and how a connection is opened and set up.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, ConnectionError, PgConnection, SqliteConnection};

use crate::config::DatabaseUrl;

/// A connection to whichever database the configuration names.
///
/// diesel's derive makes it a connection of its own (`MultiBackend`), so that a query is written once. Where the two
/// must differ, `match conn` puts both arms next to each other.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL 13 or later.
    Postgres(PgConnection),
    /// SQLite, compiled in.
    Sqlite(SqliteConnection),
}

/// What a connection is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Reads alone.
    Reader,
    /// Transactions that write.
    Writer,
}

/// How long SQLite waits for a lock that another process holds.
const SQLITE_BUSY: Duration = Duration::from_secs(3);

/// A statement on PostgreSQL that runs longer is cancelled; requests end sooner than that anyway.
const POSTGRES_STATEMENT_TIMEOUT: Duration = Duration::from_secs(15);

/// Opens a connection and sets it up. The variant is chosen by the URL's scheme: the derive's own `establish` would try
/// each in turn and hide what went wrong.
pub fn connect(url: &DatabaseUrl, role: Role) -> Result<Conn, ConnectionError> {
    match url {
        DatabaseUrl::Postgres(url) => {
            let mut conn = PgConnection::establish(url)?;
            let timeout = POSTGRES_STATEMENT_TIMEOUT.as_millis();
            // Compiling a statement takes longer than any of the service's own takes to run.
            conn.batch_execute(&format!(
                "SET statement_timeout = {timeout}; SET idle_in_transaction_session_timeout = {timeout}; \
                 SET timezone = 'UTC'; SET jit = off"
            ))
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(Conn::Postgres(conn))
        }
        DatabaseUrl::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(path)?;
            // One statement each: SQLite gives up on the rest of a batch at the first that fails. The busy timeout comes
            // first, since switching to WAL takes a lock.
            let busy = format!("PRAGMA busy_timeout = {}", SQLITE_BUSY.as_millis());
            let synchronous = match role {
                // FULL: a commit that was acknowledged survives a power cut; NORMAL would lose the last ones.
                Role::Writer => "PRAGMA synchronous = FULL",
                Role::Reader => "PRAGMA query_only = ON",
            };
            for pragma in [busy.as_str(), "PRAGMA journal_mode = WAL", "PRAGMA foreign_keys = ON", synchronous] {
                conn.batch_execute(pragma).map_err(ConnectionError::CouldntSetupConfiguration)?;
            }
            Ok(Conn::Sqlite(conn))
        }
    }
}
