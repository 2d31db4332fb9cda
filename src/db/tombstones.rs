//! Tombstones: what is left of a deleted entity. No values, only its id and who could see it; and of one that was merged
//! into another, which one that is.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::prelude::*;
use serde_json::json;

use super::changes::EntityType;
use super::conn::Conn;
use super::rows::{InsertRows, Value};
use super::schema::{members, networks, tombstones};
use super::{Tx, revisions, seen};
use crate::auth::visibility::{Sight, Visibility};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::http::time;

/// Leaves tombstones of entities, each with its last version.
pub fn leave<'a>(
    tx: &mut Tx<'_>,
    entity_type: EntityType,
    entities: &[(&'a str, i64)],
    visibility: Visibility,
) -> Result<()> {
    let row = |(id, version): &(&'a str, i64)| {
        [
            Value::Text(entity_type.as_str()),
            Value::Text(id),
            Value::Number(*version),
            Value::Text(visibility.as_str()),
            Value::Time(tx.now),
        ]
    };
    let columns = ["entity_type", "entity_id", "version", "visibility", "deleted_at"];
    InsertRows { table: "tombstones", columns, rows: entities.iter().map(row).collect() }.execute(tx.conn)?;
    Ok(())
}

/// Says of a tombstone, and of those that led to its entity, which entity it was merged into: whoever follows any of them
/// is there at once.
pub fn lead(tx: &mut Tx<'_>, entity_type: EntityType, from: &str, to: &str) -> Result<()> {
    let own = tombstones::table.filter(tombstones::entity_type.eq(entity_type));
    let led = own.filter(tombstones::entity_id.eq(from).or(tombstones::merged_into.eq(from)));
    diesel::update(led).set(tombstones::merged_into.eq(to)).execute(tx.conn)?;
    Ok(())
}

/// The ids of those that were merged into an entity.
pub fn led_to(conn: &mut Conn, entity_type: EntityType, to: &str) -> Result<Vec<String>> {
    let led = tombstones::table.filter(tombstones::entity_type.eq(entity_type)).filter(tombstones::merged_into.eq(to));
    Ok(led.select(tombstones::entity_id).load(conn)?)
}

/// Ids of one statement, at most.
const AT_ONCE: usize = 10_000;

/// Which entities those of some ids were merged into, as far as they were.
pub fn merged(conn: &mut Conn, entity_type: EntityType, ids: &[&str]) -> Result<HashMap<String, String>> {
    let mut merged = HashMap::new();
    for part in ids.chunks(AT_ONCE) {
        let known = tombstones::table
            .filter(tombstones::entity_type.eq(entity_type))
            .filter(tombstones::entity_id.eq_any(part.to_vec()))
            .select((tombstones::entity_id, tombstones::merged_into.assume_not_null()));
        merged.extend(known.filter(tombstones::merged_into.is_not_null()).load::<(String, String)>(conn)?);
    }
    Ok(merged)
}

/// Whether a tombstone is of something that only those who see everything could see.
pub fn is_secret(conn: &mut Conn, entity_type: EntityType, id: &str) -> Result<bool> {
    let own = tombstones::table.filter(tombstones::entity_type.eq(entity_type)).filter(tombstones::entity_id.eq(id));
    Ok(diesel::select(exists(own.filter(tombstones::visibility.eq(Visibility::Members)))).get_result(conn)?)
}

/// What a tombstone says.
type Said = (NaiveDateTime, i64, Option<String>);

/// Who was in a network is not known any more once it is gone: what its members alone saw is gone for editors alone, but
/// where it was merged into another. Those who were in it are in that one.
fn find(conn: &mut Conn, entity_type: EntityType, id: &str, sight: Sight) -> Result<Option<Said>> {
    let query = tombstones::table
        .filter(tombstones::entity_type.eq(entity_type))
        .filter(tombstones::entity_id.eq(id))
        .select((tombstones::deleted_at, tombstones::version, tombstones::merged_into, tombstones::visibility));
    let found: Option<(NaiveDateTime, i64, Option<String>, Visibility)> = query.first(conn).optional()?;
    let Some((deleted_at, version, into, visibility)) = found else { return Ok(None) };
    let into = match into {
        Some(into) if is_seen(conn, entity_type, &into, sight)? => Some(into),
        _ => None,
    };
    let is_told = match (entity_type, &into) {
        (EntityType::Network, Some(into)) => super::is_seen(conn, into, visibility, sight)?,
        _ => sight.sees(visibility),
    };
    Ok(is_told.then_some((deleted_at, version, into)))
}

/// Whether an entity that another was merged into is there, and within sight.
fn is_seen(conn: &mut Conn, entity_type: EntityType, id: &str, sight: Sight) -> Result<bool> {
    Ok(match entity_type {
        EntityType::Member => diesel::select(exists(members::table.filter(members::id.eq(id)))).get_result(conn)?,
        EntityType::Network => {
            let seen = networks::table.filter(seen(sight));
            diesel::select(exists(seen.filter(networks::id.eq(id)))).get_result(conn)?
        }
        _ => false,
    })
}

/// Whether an entity is not known to have begun only after a time; of one that is forgotten nothing is.
fn may_have_been(conn: &mut Conn, entity_type: EntityType, id: &str, at: NaiveDateTime) -> Result<bool> {
    Ok(revisions::first(conn, entity_type, id)?.is_none_or(|first| first <= at))
}

/// What to answer for an id that isn't there, or was not as of a time: 410 with the tombstone for whoever could see it,
/// else 404. Where it was merged by then into another that the caller can see, the problem says so, and a read is sent on.
pub fn missing(
    conn: &mut Conn,
    entity_type: EntityType,
    id: &str,
    as_of: Option<NaiveDateTime>,
    sight: Sight,
) -> Problem {
    let (deleted_at, version, into) = match find(conn, entity_type, id, sight) {
        Err(problem) => return problem,
        Ok(None) => return Problem::not_found(),
        Ok(Some(said)) => said,
    };
    // Before it went it led nowhere yet.
    let before = as_of.filter(|at| *at < deleted_at);
    match before.map(|at| may_have_been(conn, entity_type, id, at)) {
        Some(Err(problem)) => return problem,
        Some(Ok(false)) => return Problem::not_found(),
        Some(Ok(true)) | None => {}
    }
    let into = into.filter(|_| before.is_none());
    let deleted_at = time::text(deleted_at);
    match into {
        None => {
            let tombstone =
                json!({ "entity_type": entity_type, "id": id, "version": version, "deleted_at": deleted_at });
            Problem::new(Kind::Gone, Code::Gone.with("deleted_at", deleted_at)).member("tombstone", tombstone)
        }
        Some(into) => {
            let tombstone = json!({ "entity_type": entity_type, "id": id, "version": version, "deleted_at": deleted_at,
                "merged_into": into });
            let problem = Problem::new(Kind::Gone, Code::Merged.with("into", into.clone()));
            problem.member("tombstone", tombstone).leading_to(into)
        }
    }
}

/// What to answer for something that isn't there of an entity that may have been merged into another: it went along.
pub fn missing_of(
    conn: &mut Conn,
    (owner_type, owner): (EntityType, &str),
    (entity_type, id): (EntityType, &str),
    as_of: Option<NaiveDateTime>,
    sight: Sight,
) -> Problem {
    let problem = missing(conn, entity_type, id, as_of, sight);
    if problem.kind() != Kind::NotFound {
        return problem;
    }
    let of_owner = missing(conn, owner_type, owner, as_of, sight);
    if of_owner.successor().is_some() { of_owner } else { problem }
}

/// Why the duplicate that a body names cannot be merged: it was merged already, or there is no such thing.
pub fn no_duplicate(conn: &mut Conn, entity_type: EntityType, id: &str, sight: Sight) -> Problem {
    let problem = missing(conn, entity_type, id, None, sight);
    match problem.successor() {
        Some(into) => {
            let into = into.to_owned();
            let told = Problem::new(Kind::Conflict, Code::AlreadyMerged);
            told.faults(vec![Fault::at("/duplicate_id", Code::Merged.with("into", into.clone()))])
                .member("merged_into", into.into())
        }
        None if problem.kind() == Kind::NotFound || problem.kind() == Kind::Gone => {
            Problem::invalid(vec![Fault::at("/duplicate_id", Code::UnknownReference)])
        }
        None => problem,
    }
}
