//! What a vocabulary is, to those who write and read it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::db::types::id_type;
use crate::http::list::{Readable, Sort};
use crate::http::patch::MergePatch;
use crate::http::validation::absolute_uri;
use crate::text::{Name, Text};

id_type! {
    /// The id of a vocabulary.
    VocabularyId
}

/// A vocabulary's own fields: the body of POST and PUT, and the document that a PATCH is merged into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VocabularyCreate {
    /// Its URI, as concepts name it by skos:inScheme (SKOS Reference, 4). Unique.
    #[validate(custom(function = "absolute_uri"))]
    #[schema(format = "uri", max_length = 2000)]
    pub uri: String,
    /// Its name.
    #[validate(nested)]
    pub name: Name,
    /// What it holds and what it is for.
    #[validate(nested)]
    pub description: Option<Text>,
}

/// A merge patch of a vocabulary.
pub type VocabularyPatch = MergePatch<VocabularyCreate>;

/// A vocabulary.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct VocabularyView {
    /// Its id.
    pub id: VocabularyId,
    /// Counts the changes of its own fields, from 1.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When its own fields last changed.
    pub updated_at: DateTime<Utc>,
    /// Its URI.
    #[schema(format = "uri")]
    pub uri: String,
    /// Its name.
    pub name: Name,
    /// What it holds and what it is for.
    pub description: Option<Text>,
    /// How many concepts it has, and of them how many are deprecated; with `include=counts`.
    pub counts: Option<ConceptCounts>,
}

/// How many concepts a vocabulary has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct ConceptCounts {
    /// All of them.
    pub concepts: i64,
    /// Of them, those that are not to be used any more.
    pub deprecated: i64,
}

/// Which vocabularies to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VocabularyFilter {
    /// Its URI.
    pub uri: Option<String>,
}

/// What can be read of vocabularies.
pub struct Vocabulary;

impl Readable for Vocabulary {
    const ID: &'static str = "vocabularies.id";
    const SORTS: &'static [Sort] = &[
        Sort::by_language("name", ["vocabularies.sort_key_fi", "vocabularies.sort_key_sv", "vocabularies.sort_key_en"]),
        Sort::by("created_at", "vocabularies.created_at"),
        Sort::by("updated_at", "vocabularies.updated_at"),
    ];
    const FIELDS: &'static [&'static str] =
        &["id", "version", "created_at", "updated_at", "uri", "name", "description"];
    const INCLUDES: &'static [&'static str] = &["counts"];
}
