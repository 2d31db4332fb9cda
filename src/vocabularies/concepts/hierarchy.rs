//! What is broader than what: the relations of a concept, and everything above each.
//!
//! `concept_ancestors` holds a row for each concept and each one above it by whichever path, itself included. Whoever
//! changes a relation holds [`Lock::Concepts`](crate::db::Lock::Concepts), so that two at once make no cycle.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_types::{Bool, Text};

use super::types::{ConceptCreate, ConceptId};
use crate::db::rows::{InsertRows, Value};
use crate::db::schema::{concept_ancestors, concept_relations, concepts};
use crate::db::{Conn, MultiBackend, Tx};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::vocabularies::VocabularyId;

/// The relation to a broader concept.
pub const BROADER: &str = "broader";

/// The relation to a concept that it has to do with.
pub const RELATED: &str = "related";

/// The relation to the concept that took its place.
pub const REPLACED_BY: &str = "replaced_by";

/// Refuses relations to what isn't there, or to itself: one query for all.
pub fn check(tx: &mut Tx<'_>, vocabulary: VocabularyId, id: ConceptId, document: &ConceptCreate) -> Result<()> {
    let named: Vec<ConceptId> =
        document.broader.iter().chain(&document.related).chain(&document.replaced_by).copied().collect();
    if named.is_empty() {
        return Ok(());
    }
    let query = concepts::table.filter(concepts::id.eq_any(named)).select((concepts::id, concepts::vocabulary_id));
    let known: HashMap<ConceptId, VocabularyId> = query.load(tx.conn)?.into_iter().collect();
    let mut faults = Vec::new();
    for (name, ids) in [("broader", &document.broader), ("related", &document.related)] {
        let unknown = ids.iter().enumerate().filter(|(_, id)| known.get(id) != Some(&vocabulary));
        faults.extend(unknown.map(|(at, _)| Fault::at(format!("/{name}/{at}"), Code::UnknownReference)));
    }
    if let Some(at) = document.related.iter().position(|other| *other == id) {
        faults.push(Fault::at(format!("/related/{at}"), Code::RelatedToItself));
    }
    if document.replaced_by.is_some_and(|other| !known.contains_key(&other)) {
        faults.push(Fault::at("/replaced_by", Code::UnknownReference));
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults)) }
}

/// 409 if a broader concept is the concept itself, or below it.
///
/// It goes by the relations themselves: while a file is imported, they are ahead of what is kept of everything above.
pub fn refuse_cycle(tx: &mut Tx<'_>, id: ConceptId, broader: &[ConceptId]) -> Result<()> {
    if broader.is_empty() {
        return Ok(());
    }
    let query = format!("{UP} SELECT concept_id AS id FROM up WHERE ancestor_id = ${}", broader.len() + 1);
    let below: Vec<One> = bound(&query, broader).bind::<Text, _>(id).load(tx.conn)?;
    match broader.iter().position(|other| below.iter().any(|one| one.id == *other)) {
        Some(at) => Err(Problem::conflict(Fault::at(format!("/broader/{at}"), Code::Cycle))),
        None => Ok(()),
    }
}

/// What is above each of some concepts, itself included, as relations are now.
const UP: &str = "WITH RECURSIVE up (concept_id, ancestor_id) AS (\
       SELECT id, id FROM concepts WHERE id IN ({ids}) \
       UNION \
       SELECT up.concept_id, above.target_id FROM up JOIN concept_relations above \
       ON above.concept_id = up.ancestor_id AND above.relation = 'broader')";

/// A concept.
#[derive(QueryableByName)]
struct One {
    #[diesel(sql_type = Text)]
    id: ConceptId,
}

/// One of some concepts that is above itself, as relations are now.
pub fn in_circle(conn: &mut Conn, ids: &[ConceptId]) -> Result<Option<ConceptId>> {
    let query = "WITH RECURSIVE up (concept_id, ancestor_id) AS (\
           SELECT concept_id, target_id FROM concept_relations WHERE relation = 'broader' AND concept_id IN ({ids}) \
           UNION \
           SELECT up.concept_id, above.target_id FROM up JOIN concept_relations above \
           ON above.concept_id = up.ancestor_id AND above.relation = 'broader') \
         SELECT concept_id AS id FROM up WHERE ancestor_id = concept_id LIMIT 1";
    let found: Option<One> = bound(query, ids).get_result(conn).optional()?;
    Ok(found.map(|one| one.id))
}

/// A statement about concepts that stand at `{ids}`, as often as it likes.
fn bound(query: &str, ids: &[ConceptId]) -> BoxedSqlQuery<'static, MultiBackend, SqlQuery> {
    let places: Vec<String> = (1..=ids.len()).map(|number| format!("${number}")).collect();
    let query = diesel::sql_query(query.replace("{ids}", &places.join(", "))).into_boxed::<MultiBackend>();
    ids.iter().fold(query, |query, id| query.bind::<Text, _>(*id))
}

/// Whether something was found.
#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

/// 409 if replacements lead back to the concept.
pub fn refuse_circle(tx: &mut Tx<'_>, id: ConceptId, replaced_by: Option<ConceptId>) -> Result<()> {
    let Some(replaced_by) = replaced_by else { return Ok(()) };
    let query = "WITH RECURSIVE chain (id) AS (\
           SELECT id FROM concepts WHERE id = $1 \
           UNION \
           SELECT next.replaced_by FROM chain JOIN concepts AS next ON next.id = chain.id \
           WHERE next.replaced_by IS NOT NULL) \
         SELECT EXISTS (SELECT 1 FROM chain WHERE id = $2) AS found";
    let Found { found } =
        diesel::sql_query(query).bind::<Text, _>(replaced_by).bind::<Text, _>(id).get_result(tx.conn)?;
    if found { Err(Problem::conflict(Fault::at("/replaced_by", Code::Cycle))) } else { Ok(()) }
}

/// Puts a concept's relations in the place of those that it had, and brings everything above it and what is below it up
/// to date.
pub fn write(tx: &mut Tx<'_>, id: ConceptId, document: &ConceptCreate) -> Result<()> {
    diesel::delete(concept_relations::table.filter(concept_relations::concept_id.eq(id))).execute(tx.conn)?;
    let all = [(BROADER, &document.broader), (RELATED, &document.related)];
    let pairs = all.into_iter().flat_map(|(relation, ids)| ids.iter().map(move |other| (relation, other)));
    let pairs = pairs.chain(document.replaced_by.iter().map(|other| (REPLACED_BY, other)));
    let rows: Vec<_> = pairs
        .map(|(relation, other)| [Value::Text(id.as_str()), Value::Text(relation), Value::Text(other.as_str())])
        .collect();
    if !rows.is_empty() {
        let columns = ["concept_id", "relation", "target_id"];
        InsertRows { table: "concept_relations", columns, rows }.execute(tx.conn)?;
    }
    lift(tx, id)
}

/// What is above a concept, and above all that is below it, anew.
fn lift(tx: &mut Tx<'_>, id: ConceptId) -> Result<()> {
    // That the concept is above what is below it stays, so this can go by it before and after.
    let below = "SELECT concept_id FROM concept_ancestors WHERE ancestor_id";
    diesel::sql_query(format!(
        "DELETE FROM concept_ancestors WHERE concept_id IN ({below} = $1) AND ancestor_id IN \
         (SELECT ancestor_id FROM concept_ancestors WHERE concept_id = $2 AND ancestor_id <> $3)"
    ))
    .bind::<Text, _>(id)
    .bind::<Text, _>(id)
    .bind::<Text, _>(id)
    .execute(tx.conn)?;
    let own = InsertRows {
        table: "concept_ancestors",
        columns: ["concept_id", "ancestor_id"],
        rows: vec![[Value::Text(id.as_str()), Value::Text(id.as_str())]],
    };
    let is_new: bool = diesel::select(diesel::dsl::not(diesel::dsl::exists(concept_ancestors::table.find((id, id)))))
        .get_result(tx.conn)?;
    if is_new {
        own.execute(tx.conn)?;
    }
    diesel::sql_query(format!(
        "WITH RECURSIVE up (concept_id, ancestor_id) AS (\
           SELECT concept_id, concept_id FROM concept_ancestors WHERE concept_id IN ({below} = $1) \
           UNION \
           SELECT up.concept_id, above.target_id FROM up JOIN concept_relations above \
           ON above.concept_id = up.ancestor_id AND above.relation = $2) \
         INSERT INTO concept_ancestors (concept_id, ancestor_id) \
         SELECT up.concept_id, up.ancestor_id FROM up WHERE NOT EXISTS (\
           SELECT 1 FROM concept_ancestors known \
           WHERE known.concept_id = up.concept_id AND known.ancestor_id = up.ancestor_id)"
    ))
    .bind::<Text, _>(id)
    .bind::<Text, _>(BROADER)
    .execute(tx.conn)?;
    Ok(())
}

/// What is above each of some concepts, as relations are now: what is below them stays as it was. Those of them for which
/// that is something else than before.
pub fn lift_all(tx: &mut Tx<'_>, ids: &[ConceptId]) -> Result<Vec<ConceptId>> {
    let moved = format!(
        "{UP} SELECT DISTINCT moved.concept_id AS id FROM (\
           SELECT up.concept_id FROM up WHERE NOT EXISTS (\
             SELECT 1 FROM concept_ancestors known \
             WHERE known.concept_id = up.concept_id AND known.ancestor_id = up.ancestor_id) \
           UNION ALL \
           SELECT known.concept_id FROM concept_ancestors known WHERE known.concept_id IN ({{ids}}) \
           AND (known.concept_id, known.ancestor_id) NOT IN (SELECT concept_id, ancestor_id FROM up)) moved"
    );
    let moved: Vec<One> = bound(&moved, ids).load(tx.conn)?;
    let moved: Vec<ConceptId> = moved.into_iter().map(|one| one.id).collect();
    if moved.is_empty() {
        return Ok(moved);
    }
    let gone = format!(
        "{UP} DELETE FROM concept_ancestors WHERE concept_id IN ({{ids}}) \
         AND (concept_id, ancestor_id) NOT IN (SELECT concept_id, ancestor_id FROM up)"
    );
    bound(&gone, &moved).execute(tx.conn)?;
    let new = format!(
        "{UP} INSERT INTO concept_ancestors (concept_id, ancestor_id) \
         SELECT up.concept_id, up.ancestor_id FROM up WHERE NOT EXISTS (\
           SELECT 1 FROM concept_ancestors known \
           WHERE known.concept_id = up.concept_id AND known.ancestor_id = up.ancestor_id)"
    );
    bound(&new, &moved).execute(tx.conn)?;
    Ok(moved)
}

/// 409 while other concepts refer to one.
pub fn refuse_in_use(conn: &mut Conn, id: ConceptId) -> Result<()> {
    let relation: Option<String> = concept_relations::table
        .filter(concept_relations::target_id.eq(id))
        .select(concept_relations::relation)
        .first(conn)
        .optional()?;
    match relation {
        Some(relation) => Err(Problem::new(Kind::Conflict, Code::InUse.with("by", format!("concepts.{relation}")))),
        None => Ok(()),
    }
}
