//! What a database's error means to the caller: by what was being done, never by the text of the error.

use diesel::result::{DatabaseErrorKind, Error, QueryResult};

use crate::http::problem::{Problem, Result};

impl From<Error> for Problem {
    /// An error that the operation did not expect: the database is away, was too slow, or has failed us.
    fn from(error: Error) -> Self {
        match &error {
            _ if is_gone(&error) => Problem::unavailable(error),
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Problem::unavailable(error),
            Error::DatabaseError(DatabaseErrorKind::Unknown, information) => match information.message() {
                // SQLite past its busy timeout: another process holds the file.
                message if message.contains("database is locked") => Problem::unavailable(error),
                message if message.contains("statement timeout") => Problem::too_slow(error),
                message if message.contains("deadlock detected") => Problem::unavailable(error),
                _ => Problem::internal(error),
            },
            _ => Problem::internal(error),
        }
    }
}

/// Whether the connection is lost rather than the statement wrong.
fn is_gone(error: &Error) -> bool {
    match error {
        Error::BrokenTransactionManager => true,
        Error::RollbackErrorOnCommit { rollback_error, commit_error } => {
            is_gone(rollback_error) || is_gone(commit_error)
        }
        Error::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _) => true,
        // libpq knows no kind for a server that shuts down under a statement.
        Error::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            let message = information.message();
            message.contains("terminating connection") || message.contains("server closed the connection")
        }
        _ => false,
    }
}

/// Says what a broken constraint means where a statement is made.
pub trait OnConflict<T> {
    /// A unique value was taken.
    fn on_taken(self, problem: impl FnOnce() -> Problem) -> Result<T>;

    /// A foreign key would dangle.
    fn on_reference(self, problem: impl FnOnce() -> Problem) -> Result<T>;

    /// A unique value was taken, or a foreign key would dangle.
    fn on_conflict(self, taken: impl FnOnce() -> Problem, unknown: impl FnOnce() -> Problem) -> Result<T>;
}

impl<T> OnConflict<T> for QueryResult<T> {
    fn on_taken(self, problem: impl FnOnce() -> Problem) -> Result<T> {
        self.map_err(|error| match error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => problem(),
            other => other.into(),
        })
    }

    fn on_conflict(self, taken: impl FnOnce() -> Problem, unknown: impl FnOnce() -> Problem) -> Result<T> {
        self.map_err(|error| match error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => taken(),
            Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => unknown(),
            other => other.into(),
        })
    }

    fn on_reference(self, problem: impl FnOnce() -> Problem) -> Result<T> {
        self.map_err(|error| match error {
            Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => problem(),
            other => other.into(),
        })
    }
}
