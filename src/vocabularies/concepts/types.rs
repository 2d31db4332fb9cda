//! What a concept is, to those who write and read it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::labels::AltLabels;
use crate::db::external_ids::each_once;
use crate::db::types::id_type;
use crate::http::list::{Readable, Sort};
use crate::http::messages::Code;
use crate::http::patch::MergePatch;
use crate::http::query::AnyOf;
use crate::http::validation::{absolute_uri, fault_at};
use crate::text::{Name, Text};
use crate::vocabularies::VocabularyId;

id_type! {
    /// The id of a concept.
    ConceptId
}

/// A concept's own fields: the body of POST and PUT, and the document that a PATCH is merged into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(clippy::duplicated_attributes)]
#[validate(schema(function = "labels_differ", skip_on_field_errors = false))]
#[validate(schema(function = "replaced_when_deprecated", skip_on_field_errors = false))]
pub struct ConceptCreate {
    /// Its URI, unique within the vocabulary. Left out, it stays as it was; a new concept gets one from the vocabulary's
    /// URI and its id.
    #[validate(custom(function = "absolute_uri"))]
    #[schema(format = "uri", max_length = 2000)]
    pub uri: Option<String>,
    /// Its code in the vocabulary (SKOS Reference, 6).
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub notation: Option<String>,
    /// The word for it: one in each language (SKOS Reference, 5).
    #[validate(nested)]
    pub pref_label: Name,
    /// Other words for it.
    #[validate(nested)]
    #[serde(default)]
    pub alt_labels: AltLabels,
    /// What it means (SKOS Reference, 7).
    #[validate(nested)]
    pub definition: Option<Text>,
    /// The broader concepts of the vocabulary (SKOS Reference, 8). Without cycles.
    #[validate(custom(function = "each_once"), length(max = 50))]
    #[serde(default)]
    #[schema(max_items = 50)]
    pub broader: Vec<ConceptId>,
    /// Concepts of the vocabulary that it has to do with (SKOS Reference, 8).
    #[validate(custom(function = "each_once"), length(max = 500))]
    #[serde(default)]
    #[schema(max_items = 500)]
    pub related: Vec<ConceptId>,
    /// URIs of concepts elsewhere that mean the same (SKOS Reference, 10).
    #[validate(custom(function = "each_once"), custom(function = "absolute_uris"), length(max = 200))]
    #[serde(default)]
    #[schema(max_items = 200)]
    pub exact_match: Vec<String>,
    /// Whether it is not to be used any more.
    #[serde(default)]
    pub deprecated: bool,
    /// The concept, of any vocabulary, that is to be used instead; only of a deprecated one.
    pub replaced_by: Option<ConceptId>,
}

/// A merge patch of a concept.
pub type ConceptPatch = MergePatch<ConceptCreate>;

/// A concept.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct ConceptView {
    /// Its id.
    pub id: ConceptId,
    /// Counts the changes of its own fields, from 1.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When its own fields last changed.
    pub updated_at: DateTime<Utc>,
    /// The vocabulary that it belongs to.
    pub vocabulary_id: VocabularyId,
    /// Its URI.
    #[schema(format = "uri")]
    pub uri: String,
    /// Its code in the vocabulary.
    pub notation: Option<String>,
    /// The word for it, by language.
    pub pref_label: Name,
    /// Other words for it, by language.
    pub alt_labels: AltLabels,
    /// What it means.
    pub definition: Option<Text>,
    /// The broader concepts of the vocabulary.
    pub broader: Vec<ConceptId>,
    /// Concepts of the vocabulary that it has to do with.
    pub related: Vec<ConceptId>,
    /// URIs of concepts elsewhere that mean the same.
    pub exact_match: Vec<String>,
    /// Whether it is not to be used any more.
    pub deprecated: bool,
    /// The concept that is to be used instead.
    pub replaced_by: Option<ConceptId>,
    /// Of a deprecated one: the first that is not deprecated, from replacement to replacement.
    pub successor: Option<ConceptReference>,
    /// The broader concepts; with `include=broader_concepts`.
    pub broader_concepts: Option<Vec<ConceptReference>>,
    /// The concepts that are narrower now; with `include=narrower_concepts`.
    pub narrower_concepts: Option<Vec<ConceptReference>>,
    /// The concepts that it names as related, and those that now name it; with `include=related_concepts`.
    pub related_concepts: Option<Vec<ConceptReference>>,
    /// How often it is used; with `include=usage`.
    pub usage: Option<ConceptUsage>,
}

/// A concept, as others mention it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ConceptReference {
    /// Its id.
    pub id: ConceptId,
    /// Its URI.
    #[schema(format = "uri")]
    pub uri: String,
    /// The word for it, by language.
    pub pref_label: Name,
    /// Whether it is not to be used any more.
    pub deprecated: bool,
}

/// How often a concept is used, as far as the reader may know.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct ConceptUsage {
    /// The networks that have it as a theme.
    pub networks: i64,
    /// The members who have it, and not only a narrower one, as a skill: of those whom `GET /v1/members?skill=` finds for
    /// the caller. Left out for whoever is not signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members_with_skill: Option<i64>,
    /// The members whom it, and not only a narrower one, interests: of those whom `GET /v1/members?theme=` finds for the
    /// caller. Left out for whoever is not signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members_with_interest: Option<i64>,
}

/// Which concepts of a vocabulary to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConceptFilter {
    /// What a label of it begins with, preferred or alternative; capitals and small letters are the same.
    pub label_prefix: Option<String>,
    /// The language of that label, by BCP 47 tag such as fi; any when left out.
    pub language: Option<String>,
    /// A concept directly above it, as they stand now.
    #[param(value_type = Option<Vec<ConceptId>>, style = Form, explode = false)]
    pub broader: Option<AnyOf<ConceptId>>,
    /// A concept at whatever height above it as they stand now, or itself.
    #[param(value_type = Option<Vec<ConceptId>>, style = Form, explode = false)]
    pub subtree_of: Option<AnyOf<ConceptId>>,
    /// Whether nothing is broader.
    pub top: Option<bool>,
    /// Whether it is not to be used any more.
    pub deprecated: Option<bool>,
    /// Its URI.
    pub uri: Option<String>,
}

/// What can be read of concepts.
pub struct Concept;

impl Readable for Concept {
    const ID: &'static str = "concepts.id";
    const SORTS: &'static [Sort] = &[
        Sort::by_language("name", ["concepts.sort_key_fi", "concepts.sort_key_sv", "concepts.sort_key_en"]),
        Sort::by("created_at", "concepts.created_at"),
        Sort::by("updated_at", "concepts.updated_at"),
    ];
    const FIELDS: &'static [&'static str] = &[
        "id",
        "version",
        "created_at",
        "updated_at",
        "vocabulary_id",
        "uri",
        "notation",
        "pref_label",
        "alt_labels",
        "definition",
        "broader",
        "related",
        "exact_match",
        "deprecated",
        "replaced_by",
        "successor",
    ];
    const INCLUDES: &'static [&'static str] = &["broader_concepts", "narrower_concepts", "related_concepts", "usage"];
}

fn absolute_uris(uris: &[String]) -> Result<(), ValidationError> {
    uris.iter().try_for_each(|uri| absolute_uri(uri))
}

/// Preferred and alternative labels are disjoint (SKOS Reference, 5.4, S13).
fn labels_differ(concept: &ConceptCreate) -> Result<(), ValidationError> {
    let repeats = concept.pref_label.iter().any(|label| concept.alt_labels.iter().any(|other| other == label));
    if repeats { Err(fault_at("alt_labels", Code::LabelRepeated)) } else { Ok(()) }
}

fn replaced_when_deprecated(concept: &ConceptCreate) -> Result<(), ValidationError> {
    let is_coherent = concept.replaced_by.is_none() || concept.deprecated;
    if is_coherent { Ok(()) } else { Err(fault_at("replaced_by", Code::NotDeprecated)) }
}
