//! Tombstones: what is left of a deleted entity. No values, only its id and who could see it.

use chrono::{NaiveDateTime, SecondsFormat};
use diesel::prelude::*;
use serde_json::json;

use super::Tx;
use super::changes::EntityType;
use super::conn::Conn;
use super::rows::{InsertRows, Value};
use super::schema::tombstones;
use crate::auth::visibility::{Sight, Visibility};
use crate::http::messages::Code;
use crate::http::problem::{Kind, Problem, Result};

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
