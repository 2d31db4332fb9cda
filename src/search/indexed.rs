//! Entities as search has them: what each is found by, who may find it, and what is shown of it.
//!
//! One function a feature makes them out of the database (`indexed`), for the index and for the hits alike: what a hit
//! shows is read at that moment, and is seen, or not, by the same words.

use std::collections::BTreeSet;

use super::engine::{Document, Entity, Key, Languages, Text};
use crate::db::Conn;
use crate::db::changes::{Action, Change, EntityType};
use crate::http::language::Language;
use crate::http::problem::{Problem, Result};
use crate::members::{self, MemberId};
use crate::networks::{self, NetworkId};
use crate::organisations::{self, OrganisationId};
use crate::text::{Multilingual, Name, language_of};
use crate::vocabularies::concepts::{self, ConceptId};

/// Entities read at once.
pub const AT_ONCE: usize = 200;

/// The same, for a query.
const LIMIT: i64 = 200;

/// What can be found.
pub const ENTITIES: [Entity; 4] = [Entity::Organisation, Entity::Concept, Entity::Network, Entity::Member];

/// The same, as the change log names it.
pub const TYPES: [EntityType; 4] =
    [EntityType::Organisation, EntityType::Concept, EntityType::Network, EntityType::Member];

/// An entity that can be found.
pub struct Indexed {
    /// What goes into the index.
    pub document: Document,
    /// Where it can be read: a path of this API.
    pub link: String,
    called: Called,
}

/// What something is called.
enum Called {
    /// In one or more languages.
    In(Name),
    /// The same in all, as people are.
    Always(String),
}

/// What changed and is shown by others, or is what they are filtered by.
#[derive(Debug, Default)]
pub struct Shown {
    /// Concepts that whatever names them shows otherwise now, or is found below others by.
    pub concepts: BTreeSet<ConceptId>,
    /// Concepts that went elsewhere with all that lies below them.
    pub moved_concepts: BTreeSet<ConceptId>,
    /// Organisations that went elsewhere, count to another branch or have another name, with all that lies below them.
    pub organisations: BTreeSet<OrganisationId>,
}

impl Indexed {
    /// An entity with a name in one or more languages, by which it sorts as lists do: by the keys that its row has.
    pub fn named(mut document: Document, name: Name, keys: [Vec<u8>; 3], link: String) -> Self {
        document.name = texts(&name).collect();
        document.name_keys = keys;
        Self { document, link, called: Called::In(name) }
    }

    /// An entity whose name is the same in all languages, and so is what it sorts by.
    pub fn always(mut document: Document, name: String, key: Vec<u8>, link: String) -> Self {
        document.name = vec![Text::new(Languages::NAME, name.clone())];
        document.name_keys = [key.clone(), key.clone(), key];
        Self { document, link, called: Called::Always(name) }
    }

    /// What a reader of a language calls it, and the language that it is in.
    pub fn name(&self, language: Language) -> (Option<&str>, &str) {
        match &self.called {
            Called::In(name) => name.best_of(language).map_or((None, ""), |(tag, name)| (Some(tag), name)),
            Called::Always(name) => (None, name),
        }
    }

    /// Whether it is for a caller with these words.
    pub fn is_for(&self, access: &[String]) -> bool {
        self.document.access.iter().any(|word| access.contains(word))
    }
}

/// The language of a tag, as far as the analyser knows it.
pub fn languages(tag: &str) -> Languages {
    match language_of(tag).as_str() {
        "fi" => Languages::FINNISH,
        "sv" => Languages::SWEDISH,
        "en" => Languages::ENGLISH,
        _ => Languages::NONE,
    }
}

/// The texts of a multilingual one.
pub fn texts<const MAX: usize>(text: &Multilingual<MAX>) -> impl Iterator<Item = Text> {
    text.iter().map(|(tag, text)| Text::new(languages(tag), text))
}

/// The languages that a text is in, without regions.
pub fn spoken<const MAX: usize>(text: &Multilingual<MAX>) -> Vec<String> {
    text.iter().map(|(tag, _)| language_of(tag)).collect()
}

/// Some entities as they are now, those that are there: a fixed number of queries.
pub fn indexed(conn: &mut Conn, entity: Entity, ids: &[String]) -> Result<Vec<Indexed>> {
    match entity {
        Entity::Organisation => organisations::indexed::indexed(conn, &read::<OrganisationId>(ids)?),
        Entity::Network => networks::indexed::indexed(conn, &read::<NetworkId>(ids)?),
        Entity::Concept => concepts::indexed::indexed(conn, &read::<ConceptId>(ids)?),
        Entity::Member => members::indexed::indexed(conn, &read::<MemberId>(ids)?),
    }
}

/// The same, as the index takes them.
pub fn documents(conn: &mut Conn, entity: Entity, ids: &[String]) -> Result<Vec<Document>> {
    Ok(indexed(conn, entity, ids)?.into_iter().map(|indexed| indexed.document).collect())
}

/// The ids of the next entities after one, in their order.
pub fn ids_after(conn: &mut Conn, entity: Entity, after: &str) -> Result<Vec<String>> {
    Ok(match entity {
        Entity::Organisation => written(organisations::indexed::ids_after(conn, after, LIMIT)?),
        Entity::Network => written(networks::indexed::ids_after(conn, after, LIMIT)?),
        Entity::Concept => written(concepts::indexed::ids_after(conn, after, LIMIT)?),
        Entity::Member => written(members::indexed::ids_after(conn, after, LIMIT)?),
    })
}

/// What changed, where that can be found.
pub fn own(change: &Change) -> Option<Key> {
    let entity = match change.entity_type {
        EntityType::Organisation => Entity::Organisation,
        EntityType::Network => Entity::Network,
        EntityType::Concept => Entity::Concept,
        EntityType::Member => Entity::Member,
        _ => return None,
    };
    Some(Key { entity, id: change.entity_id.clone() })
}

/// Whether a change moves organisations, so that people have another HR though nothing of theirs changed.
pub fn moves_people(change: &Change) -> bool {
    change.entity_type == EntityType::Organisation && has(change, &["parent_id"])
}

impl Shown {
    /// Of some changes.
    pub fn of(changes: &[Change]) -> Self {
        let mut shown = Self::default();
        for change in changes.iter().filter(|change| change.action == Action::Updated) {
            match change.entity_type {
                EntityType::Concept => {
                    let id = change.entity_id.parse::<ConceptId>();
                    if has(change, &["pref_label", "alt_labels", "ancestors"]) {
                        shown.concepts.extend(id.iter());
                    }
                    if has(change, &["broader"]) {
                        shown.moved_concepts.extend(id.iter());
                    }
                }
                EntityType::Organisation if has(change, &["parent_id", "branch", "name", "short_name"]) => {
                    shown.organisations.extend(change.entity_id.parse::<OrganisationId>());
                }
                _ => {}
            }
        }
        shown
    }

    /// The same, in parts that a query takes, each with a kind of entity that shows it.
    pub fn parts(&self) -> Vec<(ShownPart, Entity)> {
        let mut parts = Vec::new();
        for some in chunks(&self.concepts) {
            parts.extend([Entity::Network, Entity::Member].map(|by| (ShownPart::Concepts(some.clone()), by)));
        }
        for some in chunks(&self.moved_concepts) {
            let by = [Entity::Concept, Entity::Network, Entity::Member];
            parts.extend(by.map(|by| (ShownPart::MovedConcepts(some.clone()), by)));
        }
        for some in chunks(&self.organisations) {
            let by = [Entity::Organisation, Entity::Network, Entity::Member];
            parts.extend(by.map(|by| (ShownPart::Organisations(some.clone()), by)));
        }
        parts
    }
}

fn chunks<I: Copy>(ids: &BTreeSet<I>) -> Vec<Vec<I>> {
    let ids: Vec<I> = ids.iter().copied().collect();
    ids.chunks(AT_ONCE).map(<[I]>::to_vec).collect()
}

/// A part of [`Shown`].
#[derive(Debug)]
pub enum ShownPart {
    /// Concepts.
    Concepts(Vec<ConceptId>),
    /// Concepts with all below them.
    MovedConcepts(Vec<ConceptId>),
    /// Organisations with all below them.
    Organisations(Vec<OrganisationId>),
}

/// The entities of a kind that show something, after one of them, in the order of their ids.
pub fn showing(conn: &mut Conn, shown: &ShownPart, by: Entity, after: &str) -> Result<Vec<String>> {
    Ok(match (shown, by) {
        (ShownPart::Concepts(some), Entity::Network) => {
            written(networks::indexed::with_themes(conn, some, after, LIMIT)?)
        }
        (ShownPart::Concepts(some), Entity::Member) => written(members::indexed::naming(conn, some, after, LIMIT)?),
        (ShownPart::Concepts(_), _) => Vec::new(),
        (ShownPart::MovedConcepts(some), Entity::Network) => {
            written(networks::indexed::with_themes_below(conn, some, after, LIMIT)?)
        }
        (ShownPart::MovedConcepts(some), Entity::Member) => {
            written(members::indexed::naming_below(conn, some, after, LIMIT)?)
        }
        (ShownPart::MovedConcepts(some), _) => written(concepts::indexed::below(conn, some, after, LIMIT)?),
        (ShownPart::Organisations(some), Entity::Network) => {
            written(networks::indexed::owned_below(conn, some, after, LIMIT)?)
        }
        (ShownPart::Organisations(some), Entity::Member) => {
            written(members::indexed::working_below(conn, some, after, LIMIT)?)
        }
        (ShownPart::Organisations(some), _) => written(organisations::indexed::below(conn, some, after, LIMIT)?),
    })
}

/// Whether there is anything to be found. A large directory is not counted for that.
pub fn is_any(conn: &mut Conn) -> Result<bool> {
    for entity in ENTITIES {
        if !ids_after(conn, entity, "")?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How many entities there are to be found.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(organisations::indexed::count(conn)?
        + concepts::indexed::count(conn)?
        + networks::indexed::count(conn)?
        + members::indexed::count(conn)?)
}

/// Whether one of some fields changed.
fn has(change: &Change, names: &[&str]) -> bool {
    let fields = change.fields.value().unwrap_or_default();
    fields.iter().any(|field| names.contains(&field.as_str()))
}

fn read<I: std::str::FromStr>(ids: &[String]) -> Result<Vec<I>> {
    ids.iter().map(|id| id.parse().map_err(|_| Problem::internal(format!("{id} is no id")))).collect()
}

fn written<I: AsRef<str>>(ids: Vec<I>) -> Vec<String> {
    ids.iter().map(|id| id.as_ref().to_owned()).collect()
}
