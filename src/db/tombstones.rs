//! Tombstones: what is left of a deleted entity. No values, only its id and who could see it.

use chrono::{NaiveDateTime, SecondsFormat};
use diesel::prelude::*;
use serde_json::json;

use super::Tx;
use super::changes::EntityType;
use super::conn::Conn;
use super::schema::tombstones;
use crate::auth::visibility::{Sight, Visibility};
use crate::http::messages::Code;
use crate::http::problem::{Kind, Problem, Result};

/// Leaves a tombstone.
pub fn leave(tx: &mut Tx<'_>, entity_type: EntityType, id: &str, version: i64, visibility: Visibility) -> Result<()> {
    diesel::insert_into(tombstones::table)
        .values((
            tombstones::entity_type.eq(entity_type),
            tombstones::entity_id.eq(id),
            tombstones::version.eq(version),
            tombstones::visibility.eq(visibility),
            tombstones::deleted_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// What to answer for an id that isn't there: 410 with the tombstone for whoever could see it, else 404.
pub fn missing(conn: &mut Conn, entity_type: EntityType, id: &str, sight: Sight) -> Problem {
    let found: Result<Option<(NaiveDateTime, i64)>> = tombstones::table
        .filter(tombstones::entity_type.eq(entity_type))
        .filter(tombstones::entity_id.eq(id))
        .filter(tombstones::visibility.eq_any(sight.visible()))
        .select((tombstones::deleted_at, tombstones::version))
        .first(conn)
        .optional()
        .map_err(Problem::from);
    match found {
        Err(problem) => problem,
        Ok(None) => Problem::not_found(),
        Ok(Some((deleted_at, version))) => {
            let deleted_at = deleted_at.and_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true);
            let tombstone =
                json!({ "entity_type": entity_type, "id": id, "version": version, "deleted_at": deleted_at });
            Problem::new(Kind::Gone, Code::Gone.with("deleted_at", deleted_at)).member("tombstone", tombstone)
        }
    }
}
