//! The engine as its callers see it.

mod access;
mod folders;
mod hostile;
mod pages;
mod ranking;

use std::collections::HashSet;

use crate::search::engine::{
    Document, Entity, Found, Index, Key, LEAST_MEMORY, Languages, Query, Suggestion, Text, Words,
};

/// An index of documents in memory.
fn index(documents: impl IntoIterator<Item = Document>) -> Index {
    let index = Index::open(None, LEAST_MEMORY).unwrap().index;
    index.apply(documents, &[], "1").unwrap();
    index
}

/// A network with a Finnish name and description, that everybody may see.
fn network(id: &str, name: &str, text: &str) -> Document {
    let mut document = Document::new(Entity::Network, id);
    document.name = vec![Text::any(name)];
    document.text = vec![Text::new(Languages::FINNISH, text)];
    document.access = vec!["all".into()];
    document.name_keys = std::array::from_fn(|_| name.to_lowercase().into_bytes());
    document
}

fn key(id: &str) -> Key {
    Key { entity: Entity::Network, id: id.into() }
}

fn query(text: &str) -> Query {
    Query { words: Words::parse(text), limit: 20, ..Query::default() }
}

fn found(index: &Index, text: &str) -> Found {
    index.search(&query(text)).unwrap()
}

fn ids(found: &Found) -> Vec<&str> {
    found.hits.iter().map(|hit| hit.key.id.as_str()).collect()
}

fn sorted_ids(found: &Found) -> Vec<&str> {
    let mut ids = ids(found);
    ids.sort_unstable();
    ids
}

fn suggested(index: &Index, text: &str, access: Option<&[String]>) -> Vec<String> {
    let suggestions: Vec<Suggestion> = index.suggest(text, 10, access, &HashSet::new()).unwrap();
    suggestions.into_iter().map(|suggestion| suggestion.text).collect()
}
