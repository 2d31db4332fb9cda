//! What is asked of search, and what it answers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::engine::{Entity, Field};
use crate::db::types::words;
use crate::http::day;
use crate::http::query::{AnyOf, Tongue};
use crate::members::Office;
use crate::networks::NetworkKind;
use crate::organisations::{OrganisationId, OrganisationKind};
use crate::vocabularies::ConceptId;

words! {
    /// What can be found.
    FoundType {
        /// A theme or a skill.
        Concept = "concept",
        /// A person.
        Member = "member",
        /// A network.
        Network = "network",
        /// An organisation.
        Organisation = "organisation",
    }
}

words! {
    /// Where words of a query stand.
    FoundIn {
        /// A name or a short name; of a concept, what it is preferably called.
        Name = "name",
        /// A person's title, a concept's other labels.
        Title = "title",
        /// The labels of its themes and skills and the names of its organisation, in any language.
        Labels = "labels",
        /// Descriptions and the like.
        Text = "text",
    }
}

words! {
    /// What comes first.
    SearchOrder {
        /// What fits best.
        Relevance = "relevance",
        /// By name, in the alphabet of the language asked for.
        Name = "name",
        /// What changed last.
        Newest = "-updated_at",
    }
}

words! {
    /// How new an answer is.
    Consistency {
        /// Mostly of half a second ago or less. What changed since is left out until it is taken up.
        Eventual = "eventual",
        /// With all that was written before the request.
        Strong = "strong",
    }
}

impl From<Entity> for FoundType {
    fn from(entity: Entity) -> Self {
        match entity {
            Entity::Concept => Self::Concept,
            Entity::Member => Self::Member,
            Entity::Network => Self::Network,
            Entity::Organisation => Self::Organisation,
        }
    }
}

impl From<FoundType> for Entity {
    fn from(found: FoundType) -> Self {
        match found {
            FoundType::Concept => Self::Concept,
            FoundType::Member => Self::Member,
            FoundType::Network => Self::Network,
            FoundType::Organisation => Self::Organisation,
        }
    }
}

impl From<Field> for FoundIn {
    fn from(field: Field) -> Self {
        match field {
            Field::Name => Self::Name,
            Field::Title => Self::Title,
            Field::Labels => Self::Labels,
            Field::Text => Self::Text,
        }
    }
}

/// A kind of networks or organisations, or an office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind(pub &'static str);

impl Kind {
    /// All there are, each once.
    pub fn words() -> Vec<&'static str> {
        let mut words = [NetworkKind::WORDS, OrganisationKind::WORDS, Office::WORDS].concat();
        words.sort_unstable();
        words.dedup();
        words
    }
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let words = Self::words();
        let unknown = || format!("unknown variant `{text}`, expected one of {}", words.join(", "));
        words.iter().find(|word| **word == text).map(|word| Self(word)).ok_or_else(unknown)
    }
}

/// What to search for, and among what. Of several values of a parameter, separated by commas, any matches; of several
/// parameters, all. By what is hidden from everybody but a few, such as somebody's skills, nothing is found.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchFilter {
    /// Words in Finnish, Swedish or English, in any inflection. Words in quotes stand one after the other; a word or a
    /// phrase with - before it must not be there. The last word may be a beginning. The first 1,000 characters and 32 words
    /// are read. Everything when left out.
    pub q: Option<String>,
    /// What it is. All four types when left out.
    #[param(value_type = Option<Vec<FoundType>>, style = Form, explode = false)]
    pub types: Option<AnyOf<FoundType>>,
    /// An organisation by its id: that one, and what lies below it at whatever depth. A person belongs where they work, a
    /// network to its owner.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub subtree_of: Option<AnyOf<OrganisationId>>,
    /// A ministry by its id: what belongs to organisations of its branch.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub branch: Option<AnyOf<OrganisationId>>,
    /// A theme by its id, or a narrower one: what is about it; of people, who follow it. A search for types=concept finds
    /// themes and skills with their ids.
    #[param(value_type = Option<Vec<ConceptId>>, style = Form, explode = false)]
    pub theme: Option<AnyOf<ConceptId>>,
    /// A skill by its id, or a narrower one: who has it.
    #[param(value_type = Option<Vec<ConceptId>>, style = Form, explode = false)]
    pub skill: Option<AnyOf<ConceptId>>,
    /// A language that it is in, or that somebody knows (BCP 47), such as sv.
    #[param(value_type = Option<Vec<String>>, style = Form, explode = false)]
    pub language: Option<AnyOf<Tongue>>,
    /// The kind of a network or an organisation, the office of a person.
    #[param(ignore)]
    pub kind: Option<AnyOf<Kind>>,
    /// It changed last on this day or later.
    #[serde(default, deserialize_with = "day::maybe")]
    pub updated_from: Option<NaiveDate>,
    /// It changed last on this day or earlier.
    #[serde(default, deserialize_with = "day::maybe")]
    pub updated_until: Option<NaiveDate>,
}

/// From where to where something stands in a text, in Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SearchMark {
    /// Its first character.
    pub start: usize,
    /// The character behind its last.
    pub end: usize,
}

/// A field that has words of the query: the words themselves, words for the same in another language, or something broader
/// or narrower.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchMatch {
    /// The field.
    pub field: FoundIn,
    /// The words, as they were typed.
    pub words: Vec<String>,
}

/// A piece of a text of what was found, in which words of the query stand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchSnippet {
    /// The field that the text belongs to.
    pub field: FoundIn,
    /// The language of the text: fi, sv or en; null where it is another, or none.
    pub language: Option<&'static str>,
    /// The piece. It is text, not HTML.
    pub text: String,
    /// Where the words stand in it.
    pub marks: Vec<SearchMark>,
    /// Whether the text began before the piece.
    pub cut_before: bool,
    /// Whether the text goes on behind the piece.
    pub cut_after: bool,
}

/// Something that was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// What it is.
    pub r#type: FoundType,
    /// Its id.
    pub id: String,
    /// Where it can be read: a path of this API.
    pub link: String,
    /// Its name, in the language asked for where it has one in that.
    pub name: String,
    /// The language of the name; null where it has none, as people's have.
    pub name_language: Option<String>,
    /// Where words of the query stand in the name.
    pub name_marks: Vec<SearchMark>,
    /// The kind of a network or an organisation, the office of a person.
    pub kind: Option<String>,
    /// Why it was found: the fields in which words of the query stand. Empty where there was no query.
    pub matched: Vec<SearchMatch>,
    /// The piece of its texts with the most words of the query; null where they stand nowhere but in the name.
    pub snippet: Option<SearchSnippet>,
}

/// A value, and how many of what was found have it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchFacetValue {
    /// The value, as the filter takes it.
    pub value: String,
    /// What it is called in the language asked for, where the value is an id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// How many have it.
    pub count: u64,
}

/// How many of what was found have which values: of each facet that was asked for, the most frequent values, at most 50.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct SearchFacets {
    /// By what they are: the values of types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<Vec<SearchFacetValue>>,
    /// By branch: ministries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<Vec<SearchFacetValue>>,
    /// By theme; each counts for the broader ones, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<Vec<SearchFacetValue>>,
    /// By language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Vec<SearchFacetValue>>,
    /// By kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Vec<SearchFacetValue>>,
}

/// A page of what was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchPage {
    /// The hits.
    pub items: Vec<SearchHit>,
    /// The cursor of the next page; null on the last one.
    pub next: Option<String>,
    /// How many there are on all pages; only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// How many have which values; only with `facets=…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facets: Option<SearchFacets>,
    /// The query as it was probably meant, and was searched for, where a word of it stands nowhere; else null.
    pub did_you_mean: Option<String>,
    /// Whether q is longer than is read.
    pub cut_query: bool,
    /// Whether there are more hits than the pages by relevance go: they end after 1,000. Other orders go on.
    pub cut_pages: bool,
}

/// Names that have the words of the text, the last of which may be a beginning.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Suggestions {
    /// The names, the best first, each once.
    pub items: Vec<SuggestedName>,
}

/// A name that may be meant.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SuggestedName {
    /// The name, or a concept's label.
    pub text: String,
    /// What it names; where several things have the name, one of them.
    pub r#type: FoundType,
    /// Its id.
    pub id: String,
    /// Where it can be read: a path of this API.
    pub link: String,
}
