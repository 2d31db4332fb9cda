//! A concept as its table has it.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Deserialize;

use super::references::Successor;
use super::types::{ConceptCreate, ConceptId, ConceptReference};
use crate::db::schema::concepts;
use crate::db::{Json, MultiBackend};
use crate::http::listed::Listed;
use crate::http::problem::Result;
use crate::http::shown::Shown;
use crate::text::Name;
use crate::vocabularies::VocabularyId;

/// A concept, as its table has it.
#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = concepts, check_for_backend(MultiBackend), treat_none_as_null = true)]
#[allow(missing_docs)]
pub struct ConceptRow {
    pub id: ConceptId,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub document: Json<ConceptCreate>,
    pub vocabulary_id: VocabularyId,
    pub uri: String,
    pub deprecated: bool,
    pub replaced_by: Option<ConceptId>,
    pub is_top: bool,
    pub sort_key_fi: Vec<u8>,
    pub sort_key_sv: Vec<u8>,
    pub sort_key_en: Vec<u8>,
    pub names_version: i64,
    /// Whether it came from a file, and so can vanish from one.
    pub imported: bool,
}

/// A concept, as a list reads it, with its vocabulary and its successor.
pub type ListedConcept = Listed<ConceptId, ConceptCreate, (VocabularyId, Option<Successor>)>;

/// What others mention of a concept, out of its document.
#[derive(Deserialize)]
pub struct Mentioned {
    uri: String,
    pref_label: Name,
    #[serde(default)]
    deprecated: bool,
}

impl Mentioned {
    /// As a reference.
    pub fn reference(self, id: ConceptId) -> ConceptReference {
        let Self { uri, pref_label, deprecated } = self;
        ConceptReference { id, uri, pref_label, deprecated }
    }
}

/// What readers see of a concept.
pub fn show(listed: &ListedConcept) -> Result<Shown> {
    let (vocabulary, successor) = &listed.extra;
    let successor = successor.as_ref().map(Successor::reference).transpose()?;
    listed.show(|shown| shown.with("vocabulary_id", vocabulary)?.with("successor", &successor))
}

/// The URI of a concept that came without one.
pub fn uri_of(vocabulary: &str, id: ConceptId) -> String {
    let between = match vocabulary {
        uri if uri.ends_with(['/', '#', ':']) => "",
        uri if uri.starts_with("urn:") => ":",
        _ => "/",
    };
    format!("{vocabulary}{between}{id}")
}

impl ConceptRow {
    /// A new concept. Its document has its URI.
    pub fn new(
        id: ConceptId,
        vocabulary_id: VocabularyId,
        document: &ConceptCreate,
        now: NaiveDateTime,
    ) -> Result<Self> {
        let [sort_key_fi, sort_key_sv, sort_key_en] = document.pref_label.sort_keys();
        Ok(Self {
            id,
            version: 1,
            created_at: now,
            updated_at: now,
            document: Json::of(document)?,
            vocabulary_id,
            uri: document.uri.clone().unwrap_or_default(),
            deprecated: document.deprecated,
            replaced_by: document.replaced_by,
            is_top: document.broader.is_empty(),
            sort_key_fi,
            sort_key_sv,
            sort_key_en,
            names_version: 1,
            imported: false,
        })
    }
}
