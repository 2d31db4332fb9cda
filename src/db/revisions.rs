//! Revisions: each state of an entity with the time in which it held, `[recorded_from, recorded_to)`.
//!
//! An entity's table has a twin, `…_revisions`, with the same columns behind those two. A revision is a copy of the row,
//! made by the database in the transaction that changed it, so a new column needs a line in a migration and none here.
//! [`super::as_of`] reads them back.

use diesel::RunQueryDsl;
use diesel::sql_types::{Text, Timestamp};

use super::changes::EntityType;
use super::{MultiBackend, Tx, forever};
use crate::http::problem::Result;

/// The tables of a type: its own and its revisions'.
fn tables(entity: EntityType) -> (&'static str, &'static str) {
    match entity {
        EntityType::Organisation => ("organisations", "organisation_revisions"),
        EntityType::Network => ("networks", "network_revisions"),
        EntityType::NetworkLink => ("network_links", "network_link_revisions"),
    }
}

/// Keeps the state that new entities begin with.
pub fn open(tx: &mut Tx<'_>, entity: EntityType, ids: &[&str]) -> Result<()> {
    let (table, revisions) = tables(entity);
    let places = places(3, ids);
    let query = format!("INSERT INTO {revisions} SELECT $1, $2, {table}.* FROM {table} WHERE id IN ({places})");
    let mut query = diesel::sql_query(query)
        .into_boxed::<MultiBackend>()
        .bind::<Timestamp, _>(tx.now)
        .bind::<Timestamp, _>(forever());
    for id in ids {
        query = query.bind::<Text, _>(*id);
    }
    query.execute(tx.conn)?;
    Ok(())
}

/// Ends the states that held until now.
pub fn close(tx: &mut Tx<'_>, entity: EntityType, ids: &[&str]) -> Result<()> {
    let (_, revisions) = tables(entity);
    let places = places(3, ids);
    let query = format!("UPDATE {revisions} SET recorded_to = $1 WHERE recorded_to = $2 AND id IN ({places})");
    let mut query = diesel::sql_query(query)
        .into_boxed::<MultiBackend>()
        .bind::<Timestamp, _>(tx.now)
        .bind::<Timestamp, _>(forever());
    for id in ids {
        query = query.bind::<Text, _>(*id);
    }
    query.execute(tx.conn)?;
    Ok(())
}

/// Ends the states that held until now and keeps those that follow them.
pub fn next(tx: &mut Tx<'_>, entity: EntityType, ids: &[&str]) -> Result<()> {
    close(tx, entity, ids)?;
    open(tx, entity, ids)
}

/// `$3, $4, …`, in the order in which they are bound: SQLite numbers them by where they stand.
fn places(first: usize, ids: &[&str]) -> String {
    (first..first + ids.len()).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}
