//! Revisions: each state of an entity with the time in which it held, `[recorded_from, recorded_to)`.
//!
//! An entity's table has a twin, `…_revisions`, with the same columns behind those two. A revision is a copy of the row,
//! made by the database in the transaction that changed it, so a new column needs a line in a migration and none here.
//! [`super::as_of`] reads them back.

use chrono::NaiveDateTime;
use diesel::RunQueryDsl;
use diesel::sql_types::{Nullable, Text, Timestamp};

use super::changes::EntityType;
use super::{Conn, MultiBackend, Tx, forever};
use crate::http::problem::Result;

/// The tables of a type: its own and its revisions'.
pub(super) fn tables(entity: EntityType) -> (&'static str, &'static str) {
    match entity {
        EntityType::Organisation => ("organisations", "organisation_revisions"),
        EntityType::Network => ("networks", "network_revisions"),
        EntityType::NetworkLink => ("network_links", "network_link_revisions"),
        EntityType::Vocabulary => ("vocabularies", "vocabulary_revisions"),
        EntityType::Concept => ("concepts", "concept_revisions"),
        EntityType::Member => ("members", "member_revisions"),
        EntityType::MemberIdentity => ("member_identities", "member_identity_revisions"),
        EntityType::Membership => ("memberships", "membership_revisions"),
        EntityType::OrganisationChange => ("organisation_changes", "organisation_change_revisions"),
    }
}

/// Moves the transaction's time past the last revision of entities, should the clocks of two replicas differ.
pub fn follow(tx: &mut Tx<'_>, entity: EntityType, ids: &[&str]) -> Result<()> {
    #[derive(diesel::QueryableByName)]
    struct Last {
        #[diesel(sql_type = Nullable<Timestamp>)]
        last: Option<NaiveDateTime>,
    }
    let (_, revisions) = tables(entity);
    let query = format!("SELECT max(recorded_from) AS last FROM {revisions} WHERE id IN ({})", places(1, ids));
    let mut query = diesel::sql_query(query).into_boxed::<MultiBackend>();
    for id in ids {
        query = query.bind::<Text, _>(*id);
    }
    let Last { last } = query.get_result(tx.conn)?;
    if let Some(last) = last {
        tx.not_before(last);
    }
    Ok(())
}

/// When the first revision of an entity began; none of one that was forgotten.
pub fn first(conn: &mut Conn, entity: EntityType, id: &str) -> Result<Option<NaiveDateTime>> {
    #[derive(diesel::QueryableByName)]
    struct First {
        #[diesel(sql_type = Nullable<Timestamp>)]
        first: Option<NaiveDateTime>,
    }
    let (_, revisions) = tables(entity);
    let query = format!("SELECT min(recorded_from) AS first FROM {revisions} WHERE id = $1");
    let First { first } = diesel::sql_query(query).bind::<Text, _>(id).get_result(conn)?;
    Ok(first)
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

/// Keeps the state that entities made in this very transaction have now in the place of the one that they began with.
pub fn amend(tx: &mut Tx<'_>, entity: EntityType, ids: &[&str]) -> Result<()> {
    let (_, revisions) = tables(entity);
    let query = format!("DELETE FROM {revisions} WHERE recorded_from = $1 AND id IN ({})", places(2, ids));
    let mut query = diesel::sql_query(query).into_boxed::<MultiBackend>().bind::<Timestamp, _>(tx.now);
    for id in ids {
        query = query.bind::<Text, _>(*id);
    }
    query.execute(tx.conn)?;
    open(tx, entity, ids)
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
pub fn places(first: usize, ids: &[&str]) -> String {
    (first..first + ids.len()).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}
