//! One import into a vocabulary at a time.
//!
//! It takes several transactions, so no lock of the database spans it. A row of `meta` says who imports and until when;
//! each batch moves that on, and an import that broke off lets go by itself.

use diesel::prelude::*;

use crate::auth::visibility::Sight;
use crate::db::changes::EntityType;
use crate::db::schema::meta as table;
use crate::db::{Lock, Tx, meta, now};
use crate::http::messages::Code;
use crate::http::problem::{Kind, Problem, Result};
use crate::vocabularies::{ConceptId, VocabularyId, store};

/// Seconds that a batch may take.
const BATCH: i64 = 120;

/// The right of one import to write to a vocabulary.
pub struct Lease {
    vocabulary: VocabularyId,
    key: String,
    holder: String,
}

impl Lease {
    /// A lease of a vocabulary, which is held as soon as a transaction says so.
    pub fn of(vocabulary: VocabularyId) -> Self {
        Self { vocabulary, key: format!("import:{vocabulary}"), holder: ConceptId::new().to_string() }
    }

    /// Holds it for this transaction and some time on, along with the relations between concepts; 409 where another
    /// does, 404 or 410 where the vocabulary is gone.
    pub fn hold(&self, tx: &mut Tx<'_>) -> Result<()> {
        tx.hold_all(EntityType::Vocabulary, &[self.vocabulary.as_str()])?;
        store::get(tx.conn, self.vocabulary, None, Sight::Editor)?;
        tx.lock(Lock::Concepts)?;
        let now = now().and_utc().timestamp();
        let other = meta::get(tx.conn, &self.key)?.filter(|value| {
            let (until, holder) = value.split_once(' ').unwrap_or_default();
            holder != self.holder && until.parse::<i64>().is_ok_and(|until| until > now)
        });
        if other.is_some() {
            return Err(Problem::new(Kind::Conflict, Code::ImportRunning));
        }
        Ok(meta::set(tx.conn, &self.key, &format!("{} {}", now + BATCH, self.holder))?)
    }

    /// Lets it go, if it is still held.
    pub fn release(&self, tx: &mut Tx<'_>) -> Result<()> {
        let own = table::table.find(&self.key).filter(table::value.like(format!("% {}", self.holder)));
        diesel::delete(own).execute(tx.conn)?;
        Ok(())
    }
}
