//! Rows that belong to an entity and are replaced together, such as a network's themes.
//!
//! Like an entity's table, theirs has a twin with the time in which each row was there, for "as of".

use diesel::RunQueryDsl;
use diesel::sql_types::{Text, Timestamp};

use super::error::OnConflict;
use super::revisions::places;
use super::rows::{Value, insert_all};
use super::{MultiBackend, Tx, forever};
use crate::http::problem::{Problem, Result};

/// Such a table. The names come from the code, never from a request.
pub struct Children<const N: usize> {
    /// The table.
    pub table: &'static str,
    /// Its twin.
    pub revisions: &'static str,
    /// Its columns; the first is the owner's id.
    pub columns: [&'static str; N],
}

impl<const N: usize> Children<N> {
    /// Adds the rows of owners that have none yet; `unknown` is the problem when one refers to what isn't there.
    pub fn insert(
        &self,
        tx: &mut Tx<'_>,
        owners: &[&str],
        rows: Vec<[Value<'_>; N]>,
        unknown: impl FnOnce() -> Problem,
    ) -> Result<()> {
        let Self { table, revisions, columns } = self;
        let Some(owner_column) = columns.first().filter(|_| !rows.is_empty()) else { return Ok(()) };
        insert_all(tx.conn, table, self.columns, rows).on_reference(unknown)?;
        let owned = places(3, owners);
        let keep =
            format!("INSERT INTO {revisions} SELECT $1, $2, {table}.* FROM {table} WHERE {owner_column} IN ({owned})");
        let mut keep = diesel::sql_query(keep)
            .into_boxed::<MultiBackend>()
            .bind::<Timestamp, _>(tx.now)
            .bind::<Timestamp, _>(forever());
        for owner in owners {
            keep = keep.bind::<Text, _>(*owner);
        }
        keep.execute(tx.conn)?;
        Ok(())
    }

    /// Takes away the rows that an owner has.
    pub fn clear(&self, tx: &mut Tx<'_>, owner: &str) -> Result<()> {
        self.clear_all(tx, &[owner])
    }

    /// Takes away the rows that owners have.
    pub fn clear_all(&self, tx: &mut Tx<'_>, owners: &[&str]) -> Result<()> {
        let Self { table, revisions, columns } = self;
        let Some(owner_column) = columns.first() else { return Ok(()) };
        let delete = format!("DELETE FROM {table} WHERE {owner_column} IN ({})", places(1, owners));
        let delete = diesel::sql_query(delete).into_boxed::<MultiBackend>();
        let delete = owners.iter().fold(delete, |delete, owner| delete.bind::<Text, _>(*owner));
        if delete.execute(tx.conn)? > 0 {
            let owned = places(3, owners);
            let close = format!(
                "UPDATE {revisions} SET recorded_to = $1 WHERE recorded_to = $2 AND {owner_column} IN ({owned})"
            );
            let close = diesel::sql_query(close).into_boxed::<MultiBackend>();
            let close = close.bind::<Timestamp, _>(tx.now).bind::<Timestamp, _>(forever());
            owners.iter().fold(close, |close, owner| close.bind::<Text, _>(*owner)).execute(tx.conn)?;
        }
        Ok(())
    }

    /// Forgets what an owner ever had.
    pub fn forget(&self, tx: &mut Tx<'_>, owner: &str) -> Result<()> {
        let Self { revisions, columns, .. } = self;
        let Some(owner_column) = columns.first() else { return Ok(()) };
        let delete = format!("DELETE FROM {revisions} WHERE {owner_column} = $1");
        diesel::sql_query(delete).bind::<Text, _>(owner).execute(tx.conn)?;
        Ok(())
    }
}
