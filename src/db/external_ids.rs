//! Ids that outside systems know an entity by: `[{source, id}]`, each pair unique per type of entity.
//!
//! Like an entity's table, theirs has a twin with the time in which each id was there, for "as of".

use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::changes::EntityType;
use super::error::OnConflict;
use super::revisions::places;
use super::rows::{Value, insert_all};
use super::schema::{external_id_revisions, external_ids};
use super::{MultiBackend, Tx, forever};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};

/// Characters of a source, at most, as [`ExternalId`] says.
const SOURCE: usize = 100;

/// Characters of an id, at most.
const ID: usize = 200;

/// An id in an outside system.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalId {
    /// The system, by a name that those who use it agree on.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "hr")]
    pub source: String,
    /// The id in it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "10042")]
    pub id: String,
}

/// A list has nothing twice.
pub fn each_once<T: PartialEq>(items: &[T]) -> std::result::Result<(), ValidationError> {
    let repeats = |(index, item): (usize, &T)| items.iter().skip(index + 1).any(|other| other == item);
    if items.iter().enumerate().any(repeats) { Err(ValidationError::new(Code::Repeated.as_str())) } else { Ok(()) }
}

/// The entities of a type that have the external id of a filter's `source:id`; any of its colons may be the one between
/// the two.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn having(entity_type: EntityType, external: String) -> _ {
    let (sources, ids): (Vec<String>, Vec<String>) = splits(&external);
    external_ids::table
        .filter(external_ids::entity_type.eq(entity_type))
        .filter(external_ids::source.eq_any(sources))
        .filter(external_ids::external_id.eq_any(ids))
        .filter(external_ids::source.concat(":").concat(external_ids::external_id).eq(external))
        .select(external_ids::entity_id)
}

fn splits(text: &str) -> (Vec<String>, Vec<String>) {
    // No longer ones than there can be, however many colons a request has.
    let may_be = |(source, id): &(&str, &str)| source.chars().count() <= SOURCE && id.chars().count() <= ID;
    let split = |(at, _)| Some((text.get(..at)?, text.get(at + 1..)?));
    let splits = text.match_indices(':').filter_map(split).filter(may_be);
    splits.map(|(source, id)| (source.to_owned(), id.to_owned())).unzip()
}

/// Sets an entity's external ids; 409 where another entity of the type has one of them.
pub fn set<'a>(tx: &mut Tx<'_>, entity_type: EntityType, id: &'a str, ids: &'a [ExternalId]) -> Result<()> {
    clear(tx, entity_type, id)?;
    begin(tx, entity_type, id, ids)
}

/// Gives a new entity its external ids; 409 where another entity of the type has one of them.
pub fn begin<'a>(tx: &mut Tx<'_>, entity_type: EntityType, id: &'a str, ids: &'a [ExternalId]) -> Result<()> {
    let taken = |index: usize| Problem::conflict(Fault::at(format!("/external_ids/{index}"), Code::Taken));
    if ids.is_empty() {
        return Ok(());
    }
    let known: Vec<(String, String)> = external_ids::table
        .filter(external_ids::entity_type.eq(entity_type))
        .filter(external_ids::source.eq_any(ids.iter().map(|id| id.source.as_str())))
        .filter(external_ids::external_id.eq_any(ids.iter().map(|id| id.id.as_str())))
        .select((external_ids::source, external_ids::external_id))
        .load(tx.conn)?;
    if let Some(index) = ids.iter().position(|id| known.contains(&(id.source.clone(), id.id.clone()))) {
        return Err(taken(index));
    }
    insert(tx, entity_type, &[(id, ids)], || taken(0))
}

/// Gives new entities their external ids; `taken` is the problem when one is another's.
pub fn insert(
    tx: &mut Tx<'_>,
    entity_type: EntityType,
    entities: &[(&str, &[ExternalId])],
    taken: impl FnOnce() -> Problem,
) -> Result<()> {
    let rows: Vec<[Value<'_>; 4]> = entities
        .iter()
        .flat_map(|(id, ids)| ids.iter().map(move |external| (*id, external)))
        .map(|(id, external)| [entity_type.as_str(), &external.source, &external.id, id].map(Value::Text))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let columns = ["entity_type", "source", "external_id", "entity_id"];
    insert_all(tx.conn, "external_ids", columns, rows).on_taken(taken)?;
    let owners: Vec<&str> = entities.iter().map(|(id, _)| *id).collect();
    let places = places(4, &owners);
    let keep = format!(
        "INSERT INTO external_id_revisions SELECT $1, $2, external_ids.* FROM external_ids WHERE entity_type = $3 AND entity_id IN ({places})"
    );
    let mut keep = diesel::sql_query(keep)
        .into_boxed::<MultiBackend>()
        .bind::<Timestamp, _>(tx.now)
        .bind::<Timestamp, _>(forever())
        .bind::<Text, _>(entity_type);
    for owner in owners {
        keep = keep.bind::<Text, _>(owner);
    }
    keep.execute(tx.conn)?;
    Ok(())
}

/// Frees an entity's external ids.
pub fn clear(tx: &mut Tx<'_>, entity_type: EntityType, id: &str) -> Result<()> {
    let own = external_ids::table.filter(external_ids::entity_type.eq(entity_type));
    if diesel::delete(own.filter(external_ids::entity_id.eq(id))).execute(tx.conn)? == 0 {
        return Ok(());
    }
    let present = external_id_revisions::table
        .filter(external_id_revisions::entity_type.eq(entity_type))
        .filter(external_id_revisions::entity_id.eq(id))
        .filter(external_id_revisions::recorded_to.eq(forever()));
    diesel::update(present).set(external_id_revisions::recorded_to.eq(tx.now)).execute(tx.conn)?;
    Ok(())
}

/// Forgets the ids that an entity ever had.
pub fn forget(tx: &mut Tx<'_>, entity_type: EntityType, id: &str) -> Result<()> {
    let past = external_id_revisions::table
        .filter(external_id_revisions::entity_type.eq(entity_type))
        .filter(external_id_revisions::entity_id.eq(id));
    diesel::delete(past).execute(tx.conn)?;
    Ok(())
}
