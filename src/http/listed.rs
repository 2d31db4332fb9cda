//! Rows of a list of documents: no more of each than a page shows and the cursor behind it needs.
//!
//! A table's row has the columns that are filtered and sorted by too; on a page of 50 reading them costs more than the
//! rest of it.

use chrono::NaiveDateTime;
use diesel::deserialize::{self, FromStaticSqlRow, Queryable};
use serde_json::Value;

use super::language::Language;
use super::list::Sorted;
use super::problem::{Problem, Result};
use super::shown::Shown;
use crate::db::keyset::{HeadType, SortValue};
use crate::db::{Json, MultiBackend};

/// A row of a list: of the entity `E` with ids `I`, and with what else its table must say, `X`.
#[derive(Clone)]
pub struct Listed<I, E, X> {
    /// Its id.
    pub id: I,
    /// Its version.
    pub version: i64,
    /// When it was created, in UTC.
    pub created_at: NaiveDateTime,
    /// When its own fields last changed, in UTC.
    pub updated_at: NaiveDateTime,
    /// Its own fields.
    pub document: Json<E>,
    /// The collation key of its name, in the reader's language.
    pub name_key: Vec<u8>,
    /// What else there is.
    pub extra: X,
}

/// The columns that all lists read, as they come.
pub type HeadRow<I, E> = (I, i64, NaiveDateTime, NaiveDateTime, Json<E>, Vec<u8>);

impl<I, E, X> Listed<I, E, X> {
    /// A row.
    pub fn new((id, version, created_at, updated_at, document, name_key): HeadRow<I, E>, extra: X) -> Self {
        Self { id, version, created_at, updated_at, document, name_key, extra }
    }
}

impl<I, E, X, ST> Queryable<(HeadType, ST), MultiBackend> for Listed<I, E, X>
where
    (HeadRow<I, E>, X): FromStaticSqlRow<(HeadType, ST), MultiBackend>,
{
    type Row = (HeadRow<I, E>, X);

    fn build((head, extra): Self::Row) -> deserialize::Result<Self> {
        Ok(Self::new(head, extra))
    }
}

impl<I: AsRef<str>, E, X> Listed<I, E, X> {
    /// What readers see of it; `first` adds what isn't in its document.
    pub fn show(&self, first: impl FnOnce(Shown) -> Result<Shown>) -> Result<Shown> {
        let shown = Shown::new(self.id.as_ref(), self.version, self.created_at, self.updated_at);
        Ok(first(shown)?.with_document(&self.document))
    }
}

impl<I: AsRef<str>, E, X> Sorted for Listed<I, E, X> {
    fn sort_value(&self, sort: &str, _: Language) -> Result<SortValue> {
        Ok(match sort {
            "created_at" => SortValue::Time(self.created_at),
            "updated_at" => SortValue::Time(self.updated_at),
            "name" => SortValue::Key(self.name_key.clone()),
            // A word: asked of one row a page, the last.
            word => match self.document.part::<Value>()?.get(word) {
                Some(Value::String(value)) => SortValue::Text(value.clone()),
                _ => return Err(Problem::internal(format!("no {word} to sort by"))),
            },
        })
    }

    fn id(&self) -> &str {
        self.id.as_ref()
    }
}
