//! Concepts as search has them, and their labels as others show them.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::row::ConceptRow;
use super::types::{ConceptCreate, ConceptId};
use crate::db::schema::{concept_ancestors, concepts};
use crate::db::{Conn, Json, one_of};
use crate::http::problem::Result;
use crate::search::access::ALL;
use crate::search::{Document, Entity, Indexed, Text, languages, spoken, texts};

/// Concepts of one query, at most.
const AT_ONCE: usize = 200;

/// Concepts as others show them: their labels, and what is broader.
pub struct Labelled(HashMap<ConceptId, (Vec<Text>, Vec<ConceptId>)>);

impl Labelled {
    /// Adds the labels of some concepts to a document's, and says which concepts it is found by: those, and all broader.
    pub fn write_labels(&self, ids: &[ConceptId], labels: &mut Vec<Text>) -> Vec<String> {
        let known: Vec<&(Vec<Text>, Vec<ConceptId>)> = ids.iter().filter_map(|id| self.0.get(id)).collect();
        labels.extend(known.iter().flat_map(|(own, _)| own.iter().cloned()));
        let above: BTreeSet<ConceptId> = known.iter().flat_map(|(_, above)| above.iter().copied()).collect();
        above.into_iter().map(|id| id.as_str().to_owned()).collect()
    }
}

/// Concepts as others show them: two queries for each few hundred.
pub fn labelled(conn: &mut Conn, ids: BTreeSet<ConceptId>) -> Result<Labelled> {
    let ids: Vec<ConceptId> = ids.into_iter().collect();
    let mut known = HashMap::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let mut above = above(conn, some)?;
        let query = concepts::table.filter(one_of(concepts::id, some)).select((concepts::id, concepts::document));
        let rows: Vec<(ConceptId, Json<ConceptCreate>)> = query.load(conn)?;
        for (id, document) in rows {
            known.insert(id, (labels(&document.value()?).collect(), above.remove(&id).unwrap_or_default()));
        }
    }
    Ok(Labelled(known))
}

/// Some concepts, as search has them: two queries.
pub fn indexed(conn: &mut Conn, ids: &[ConceptId]) -> Result<Vec<Indexed>> {
    let rows: Vec<ConceptRow> =
        concepts::table.filter(one_of(concepts::id, ids)).select(ConceptRow::as_select()).load(conn)?;
    let mut above = above(conn, ids)?;
    let make = |row: ConceptRow| {
        let concept = row.document.value()?;
        let mut document = Document::new(Entity::Concept, row.id.as_str());
        document.other_names = concept.alt_labels.iter().map(|(tag, label)| Text::new(languages(tag), label)).collect();
        document.text = concept.definition.iter().flat_map(texts).collect();
        document.themes = above.remove(&row.id).unwrap_or_default().iter().map(|id| id.as_str().to_owned()).collect();
        document.languages = spoken(&concept.pref_label);
        document.date = row.updated_at.and_utc().timestamp();
        document.access = vec![ALL.to_owned()];
        let keys = [row.sort_key_fi, row.sort_key_sv, row.sort_key_en];
        let link = format!("/v1/vocabularies/{}/concepts/{}", row.vocabulary_id, row.id);
        Ok(Indexed::named(document, concept.pref_label, keys, link))
    };
    rows.into_iter().map(make).collect()
}

/// The ids of concepts after one, in their order.
pub fn ids_after(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<ConceptId>> {
    let after = concepts::table.filter(concepts::id.gt(after.to_owned()));
    Ok(after.order(concepts::id).limit(limit).select(concepts::id).load(conn)?)
}

/// How many concepts there are.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(concepts::table.count().get_result(conn)?)
}

/// The concepts below some, themselves included, after one of them, in the order of their ids.
pub fn below(conn: &mut Conn, tops: &[ConceptId], after: &str, limit: i64) -> Result<Vec<ConceptId>> {
    let below = concept_ancestors::table
        .filter(one_of(concept_ancestors::ancestor_id, tops))
        .filter(concept_ancestors::concept_id.gt(after.to_owned()))
        .select(concept_ancestors::concept_id);
    Ok(below.distinct().order(concept_ancestors::concept_id).limit(limit).load(conn)?)
}

/// Each of some concepts, with itself and all broader ones.
fn above(conn: &mut Conn, ids: &[ConceptId]) -> Result<HashMap<ConceptId, Vec<ConceptId>>> {
    let rows: Vec<(ConceptId, ConceptId)> = concept_ancestors::table
        .filter(one_of(concept_ancestors::concept_id, ids))
        .select((concept_ancestors::concept_id, concept_ancestors::ancestor_id))
        .load(conn)?;
    let mut above: HashMap<ConceptId, Vec<ConceptId>> = HashMap::new();
    for (id, broader) in rows {
        above.entry(id).or_default().push(broader);
    }
    Ok(above)
}

fn labels(concept: &ConceptCreate) -> impl Iterator<Item = Text> {
    texts(&concept.pref_label).chain(concept.alt_labels.iter().map(|(tag, label)| Text::new(languages(tag), label)))
}
