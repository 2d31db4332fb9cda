//! Pairs that look like one and that somebody judged to be two. Like an entity's table, theirs has a twin with the time in
//! which each judgement stood, for "as of". They are no entities: nothing of them is in the change log.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::max;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::as_of::AsOf;
use super::changes::EntityType;
use super::conn::{Conn, MultiBackend};
use super::rows::{Value, insert_all};
use super::schema::{dismissal_revisions, dismissals};
use super::{Tx, forever, one_of};
use crate::http::problem::Result;
use crate::http::time;

/// That somebody judged two to be two.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Dismissed {
    /// When.
    #[serde(serialize_with = "time::utc")]
    pub dismissed_at: DateTime<Utc>,
    /// The internal id of whoever did, which says nothing of the person.
    pub dismissed_by: Option<String>,
    /// What they said of it.
    pub note: Option<String>,
}

#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = dismissals, check_for_backend(MultiBackend))]
struct Row {
    entity_type: EntityType,
    id: String,
    first_id: String,
    second_id: String,
    dismissed_at: NaiveDateTime,
    dismissed_by: Option<String>,
    note: Option<String>,
}

const COLUMNS: [&str; 7] = ["entity_type", "id", "first_id", "second_id", "dismissed_at", "dismissed_by", "note"];

impl Row {
    fn values(&self) -> [Value<'_>; 7] {
        [
            Value::Text(self.entity_type.as_str()),
            Value::Text(&self.id),
            Value::Text(&self.first_id),
            Value::Text(&self.second_id),
            Value::Time(self.dismissed_at),
            Value::MaybeText(self.dismissed_by.as_deref()),
            Value::MaybeText(self.note.as_deref()),
        ]
    }
}

/// The id of a pair.
pub fn pair(first: &str, second: &str) -> String {
    format!("{first}:{second}")
}

/// Which of some pairs were judged to be two.
pub fn of_pairs(
    conn: &mut Conn,
    entity_type: EntityType,
    pairs: &[&str],
    as_of: Option<NaiveDateTime>,
) -> Result<HashMap<String, Dismissed>> {
    let query = dismissals::table
        .filter(dismissals::entity_type.eq(entity_type))
        .filter(one_of(dismissals::id, pairs))
        .select(Row::as_select());
    let rows: Vec<Row> = AsOf { at: as_of, query }.load(conn)?;
    let told = |row: Row| {
        let Row { id, dismissed_at, dismissed_by, note, .. } = row;
        (id, Dismissed { dismissed_at: dismissed_at.and_utc(), dismissed_by, note })
    };
    Ok(rows.into_iter().map(told).collect())
}

/// Judges a pair to be two, unless somebody has already.
pub fn dismiss(
    tx: &mut Tx<'_>,
    entity_type: EntityType,
    first: &str,
    second: &str,
    note: Option<String>,
) -> Result<()> {
    let id = pair(first, second);
    if !of_pairs(tx.conn, entity_type, &[&id], None)?.is_empty() {
        return Ok(());
    }
    follow(tx, entity_type, &id)?;
    let (first_id, second_id, dismissed_by) = (first.to_owned(), second.to_owned(), tx.actor.as_deref());
    let dismissed_by = dismissed_by.map(str::to_owned);
    keep(tx, &[Row { entity_type, id, first_id, second_id, dismissed_at: tx.now, dismissed_by, note }])
}

/// Takes the judgement on a pair back, should there be one.
pub fn restore(tx: &mut Tx<'_>, entity_type: EntityType, id: &str) -> Result<()> {
    follow(tx, entity_type, id)?;
    drop_all(tx, entity_type, &[id])
}

/// What somebody judged of one that is gone goes, too.
pub fn clear(tx: &mut Tx<'_>, entity_type: EntityType, of: &str) -> Result<()> {
    let rows = of_one(tx, entity_type, of)?;
    drop_all(tx, entity_type, &rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>())
}

/// Forgets whatever was ever judged of some.
pub fn forget(tx: &mut Tx<'_>, entity_type: EntityType, of: &[String]) -> Result<()> {
    let (own, past) = (dismissals::table, dismissal_revisions::table);
    let own = own.filter(dismissals::entity_type.eq(entity_type));
    let own = own.filter(dismissals::first_id.eq_any(of.to_vec()).or(dismissals::second_id.eq_any(of.to_vec())));
    diesel::delete(own).execute(tx.conn)?;
    let past = past.filter(dismissal_revisions::entity_type.eq(entity_type));
    let is_theirs = dismissal_revisions::first_id.eq_any(of.to_vec());
    diesel::delete(past.filter(is_theirs.or(dismissal_revisions::second_id.eq_any(of.to_vec())))).execute(tx.conn)?;
    Ok(())
}

/// What was judged of one that is merged into another is judged of the other.
pub fn take_over(tx: &mut Tx<'_>, entity_type: EntityType, from: &str, to: &str) -> Result<()> {
    let going = of_one(tx, entity_type, from)?;
    if going.is_empty() {
        return Ok(());
    }
    drop_all(tx, entity_type, &going.iter().map(|row| row.id.as_str()).collect::<Vec<_>>())?;
    let known = of_one(tx, entity_type, to)?;
    let mut new = BTreeMap::new();
    for row in going {
        let other = if row.first_id == from { &row.second_id } else { &row.first_id };
        let (first_id, second_id) = (other.as_str().min(to).to_owned(), other.as_str().max(to).to_owned());
        let id = pair(&first_id, &second_id);
        if other != to && !known.iter().any(|row| row.id == id) {
            new.insert(id.clone(), Row { id, first_id, second_id, ..row });
        }
    }
    keep(tx, &new.into_values().collect::<Vec<_>>())
}

fn of_one(tx: &mut Tx<'_>, entity_type: EntityType, of: &str) -> Result<Vec<Row>> {
    let query = dismissals::table
        .filter(dismissals::entity_type.eq(entity_type))
        .filter(dismissals::first_id.eq(of).or(dismissals::second_id.eq(of)))
        .select(Row::as_select());
    Ok(query.load(tx.conn)?)
}

/// Moves the transaction's time past what was recorded of a pair.
fn follow(tx: &mut Tx<'_>, entity_type: EntityType, id: &str) -> Result<()> {
    let past = dismissal_revisions::table.filter(dismissal_revisions::entity_type.eq(entity_type));
    let past = past.filter(dismissal_revisions::id.eq(id));
    let last: Option<NaiveDateTime> = past.select(max(dismissal_revisions::recorded_from)).get_result(tx.conn)?;
    if let Some(last) = last {
        tx.not_before(last);
    }
    Ok(())
}

fn keep(tx: &mut Tx<'_>, rows: &[Row]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    insert_all(tx.conn, "dismissals", COLUMNS, rows.iter().map(Row::values).collect())?;
    let revision = |row| {
        let [entity_type, id, first_id, second_id, at, by, note] = Row::values(row);
        [Value::Time(tx.now), Value::Time(forever()), entity_type, id, first_id, second_id, at, by, note]
    };
    let [entity_type, id, first_id, second_id, at, by, note] = COLUMNS;
    let columns = ["recorded_from", "recorded_to", entity_type, id, first_id, second_id, at, by, note];
    insert_all(tx.conn, "dismissal_revisions", columns, rows.iter().map(revision).collect())?;
    Ok(())
}

fn drop_all(tx: &mut Tx<'_>, entity_type: EntityType, pairs: &[&str]) -> Result<()> {
    let own = dismissals::table.filter(dismissals::entity_type.eq(entity_type));
    diesel::delete(own.filter(dismissals::id.eq_any(pairs.to_vec()))).execute(tx.conn)?;
    let present = dismissal_revisions::table
        .filter(dismissal_revisions::entity_type.eq(entity_type))
        .filter(dismissal_revisions::id.eq_any(pairs.to_vec()))
        .filter(dismissal_revisions::recorded_to.eq(forever()));
    diesel::update(present).set(dismissal_revisions::recorded_to.eq(tx.now)).execute(tx.conn)?;
    Ok(())
}
