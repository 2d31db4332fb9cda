//! A vocabulary as its table has it.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::types::{VocabularyCreate, VocabularyId};
use crate::db::schema::vocabularies;
use crate::db::{Json, MultiBackend};
use crate::http::listed::Listed;
use crate::http::problem::Result;
use crate::http::shown::Shown;

/// A vocabulary, as its table has it.
#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = vocabularies, check_for_backend(MultiBackend))]
#[allow(missing_docs)]
pub struct VocabularyRow {
    pub id: VocabularyId,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub document: Json<VocabularyCreate>,
    pub uri: String,
    pub sort_key_fi: Vec<u8>,
    pub sort_key_sv: Vec<u8>,
    pub sort_key_en: Vec<u8>,
}

/// A vocabulary, as a list reads it.
pub type ListedVocabulary = Listed<VocabularyId, VocabularyCreate, ()>;

impl From<VocabularyRow> for ListedVocabulary {
    fn from(row: VocabularyRow) -> Self {
        let VocabularyRow { id, version, created_at, updated_at, document, sort_key_fi, .. } = row;
        Listed::new((id, version, created_at, updated_at, document, sort_key_fi), ())
    }
}

impl VocabularyRow {
    /// A new vocabulary.
    pub fn new(id: VocabularyId, document: &VocabularyCreate, now: NaiveDateTime) -> Result<Self> {
        let [sort_key_fi, sort_key_sv, sort_key_en] = document.name.sort_keys();
        Ok(Self {
            id,
            version: 1,
            created_at: now,
            updated_at: now,
            document: Json::of(document)?,
            uri: document.uri.clone(),
            sort_key_fi,
            sort_key_sv,
            sort_key_en,
        })
    }

    /// What readers see of it.
    pub fn show(self) -> Result<Shown> {
        ListedVocabulary::from(self).show(Ok)
    }
}
