//! Pools of connections.

use std::time::Duration;

use diesel::ConnectionError;
use diesel::connection::TransactionManager;
use diesel::r2d2::{self, ManageConnection, PooledConnection};

use super::conn::{Conn, Role, connect};
use crate::config::DatabaseUrl;

/// A request waits this long for its turn and a connection together, and is then answered 503.
pub const WAIT: Duration = Duration::from_secs(3);

/// A connection lives so long. It keeps each statement that it has prepared, and filters in all their combinations make many.
const LIFE: Duration = Duration::from_secs(600);

/// A pool of connections of one role.
pub type Pool = r2d2::Pool<Manager>;

/// A connection lent by a pool; it goes back when dropped.
pub type Lent = PooledConnection<Manager>;

/// Opens connections for a pool and says which are not worth keeping.
#[derive(Debug)]
pub struct Manager {
    url: DatabaseUrl,
    role: Role,
}

/// A pooled connection, with a mark for one that the server has closed.
pub struct Kept {
    /// The connection.
    pub conn: Conn,
    /// Set when a statement found the connection closed: the pool then opens another.
    pub dead: bool,
}

impl ManageConnection for Manager {
    type Connection = Kept;
    type Error = ConnectionError;

    fn connect(&self) -> Result<Kept, ConnectionError> {
        Ok(Kept { conn: connect(&self.url, self.role)?, dead: false })
    }

    fn is_valid(&self, _: &mut Kept) -> Result<(), ConnectionError> {
        // Never asked: a query at every checkout would double the cost of a point read. A closed connection shows at
        // its first statement.
        Ok(())
    }

    fn has_broken(&self, kept: &mut Kept) -> bool {
        kept.dead || std::thread::panicking() || Conn::is_broken_transaction_manager(&mut kept.conn)
    }
}

/// Logs why the pool can't open a connection, at most what libpq says, which never holds the password.
#[derive(Debug)]
struct Log;

impl r2d2::HandleError<ConnectionError> for Log {
    fn handle_error(&self, error: ConnectionError) {
        tracing::warn!(error = %error, "cannot open a database connection");
    }
}

/// A pool of up to `size` connections, opened when they are first needed.
pub fn pool(url: &DatabaseUrl, role: Role, size: u32) -> Pool {
    r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(false)
        .connection_timeout(WAIT)
        .max_lifetime(Some(LIFE))
        .error_handler(Box::new(Log))
        .build_unchecked(Manager { url: url.clone(), role })
}
