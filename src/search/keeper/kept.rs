//! What an index keeps with itself of where it stands.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::db::changes::{self, Change, Position};
use crate::db::{Conn, Db};
use crate::http::problem::{Problem, Result};
use crate::search::engine::Index;

/// Where an index stands, and of which database: a folder may be another's, and a database may have been put back to an
/// earlier day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Tells the database from others.
    database: String,
    /// The position in its change log.
    pub position: Position,
    /// What the log said last then.
    seal: Option<String>,
}

impl Kept {
    /// Of what is searched of an index; `None` where nothing can be.
    pub fn of(index: &Index) -> Option<Self> {
        serde_json::from_str(&index.position()?).ok()
    }

    /// Before everything that an index that is filled from now on might not see.
    pub fn now(conn: &mut Conn, database: &str) -> Result<Self> {
        let position = changes::settled(conn)?;
        Ok(Self { database: database.to_owned(), position, seal: changes::seal(conn, position)? })
    }

    /// Behind a change.
    pub fn behind(&self, change: &Change) -> Self {
        Self { database: self.database.clone(), position: change.position(), seal: Some(change.seal()) }
    }

    /// Whether it is of this database, whose log has gone on from there.
    pub fn is_of(&self, conn: &mut Conn, database: &str) -> Result<bool> {
        Ok(self.database == database && changes::seal(conn, self.position)? == self.seal)
    }

    /// As the index takes it.
    pub fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Problem::internal)
    }
}

/// Tells a database from others: made of its key, which it does not tell.
pub fn name_of(db: &Db) -> String {
    let digest = Sha256::new().chain_update("search index of ").chain_update(db.key()).finalize();
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
