//! What becomes of links when two networks become one. Whoever asks holds [`Lock::NetworkLinks`](crate::db::Lock::NetworkLinks).

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::NetworkLinkId;
use super::row::NetworkLinkRow;
use super::store::{TYPE, forget};
use crate::auth::visibility::Visibility;
use crate::db::changes::{self, Action};
use crate::db::schema::{network_links, networks};
use crate::db::{Conn, Tx, forever, revisions};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::networks::types::NetworkId;

/// The links of two networks that are to be one; the transaction's time is past what was recorded of them.
pub fn of_merged(tx: &mut Tx<'_>, from: NetworkId, to: NetworkId) -> Result<Vec<NetworkLinkRow>> {
    let both = [from, to];
    let rows: Vec<NetworkLinkRow> = network_links::table
        .filter(network_links::from_id.eq_any(both).or(network_links::to_id.eq_any(both)))
        .order(network_links::id)
        .select(NetworkLinkRow::as_select())
        .load(tx.conn)?;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    if !ids.is_empty() {
        revisions::follow(tx, TYPE, &ids)?;
    }
    Ok(rows)
}

/// Gives a network the links of another that was the same. Those between the two are taken back, and those that it has
/// already at the same time; 409 where what is left would lead in a circle.
pub fn take_over(tx: &mut Tx<'_>, rows: Vec<NetworkLinkRow>, from: NetworkId, to: NetworkId) -> Result<()> {
    let (moving, mut kept): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.from_id == from || row.to_id == from);
    let (mut moved, mut dropped) = (Vec::new(), Vec::new());
    for old in moving {
        let end = |id: NetworkId| if id == from { to } else { id };
        let new = NetworkLinkRow { from_id: end(old.from_id), to_id: end(old.to_id), ..old.clone() };
        let is_between = new.from_id == new.to_id || old.from_id == to || old.to_id == to;
        if is_between || kept.iter().any(|known| is_double(known, &new)) {
            dropped.push(old);
        } else {
            kept.push(new);
            moved.push(old);
        }
    }
    take_back(tx, &dropped)?;
    let from_it = network_links::table.filter(network_links::from_id.eq(from));
    diesel::update(from_it).set(network_links::from_id.eq(to)).execute(tx.conn)?;
    let to_it = network_links::table.filter(network_links::to_id.eq(from));
    diesel::update(to_it).set(network_links::to_id.eq(to)).execute(tx.conn)?;
    refuse_cycles(tx, to)?;
    if moved.is_empty() {
        return Ok(());
    }
    let ids: Vec<NetworkLinkId> = moved.iter().map(|row| row.id).collect();
    let values = (network_links::version.eq(network_links::version + 1), network_links::updated_at.eq(tx.now));
    diesel::update(network_links::table.filter(network_links::id.eq_any(ids))).set(values).execute(tx.conn)?;
    revisions::next(tx, TYPE, &moved.iter().map(|row| row.id.as_str()).collect::<Vec<_>>())?;
    let (outgoing, incoming): (Vec<_>, Vec<_>) = moved.iter().partition(|row| row.from_id == from);
    for (links, field) in [(outgoing, "from"), (incoming, "to")] {
        let links: Vec<(&str, i64)> = links.iter().map(|row| (row.id.as_str(), row.version + 1)).collect();
        if !links.is_empty() {
            changes::append(tx, TYPE, &links, Action::Updated, vec![field.to_owned()])?;
        }
    }
    Ok(())
}

/// Whether two links say the same of the same networks at a time when both hold.
fn is_double(known: &NetworkLinkRow, new: &NetworkLinkRow) -> bool {
    let is_same = (known.from_id, known.to_id) == (new.from_id, new.to_id);
    let is_turned = new.link_type.is_mutual() && (known.from_id, known.to_id) == (new.to_id, new.from_id);
    let end = |row: &NetworkLinkRow| row.valid_to.unwrap_or(NaiveDate::MAX);
    let is_held = |row: &NetworkLinkRow| row.valid_from < end(row);
    let overlap = known.valid_from < end(new) && new.valid_from < end(known) && is_held(known) && is_held(new);
    known.link_type == new.link_type && (is_same || is_turned) && overlap
}

/// Takes links back; each was seen by those who saw both its ends.
fn take_back(tx: &mut Tx<'_>, links: &[NetworkLinkRow]) -> Result<()> {
    if links.is_empty() {
        return Ok(());
    }
    let ends: Vec<NetworkId> = links.iter().flat_map(|row| [row.from_id, row.to_id]).collect();
    let seen = networks::table.filter(networks::id.eq_any(ends)).select((networks::id, networks::visibility));
    let seen: HashMap<NetworkId, Visibility> = seen.load(tx.conn)?.into_iter().collect();
    let ids: Vec<NetworkLinkId> = links.iter().map(|row| row.id).collect();
    diesel::delete(network_links::table.filter(network_links::id.eq_any(ids))).execute(tx.conn)?;
    for &visibility in Visibility::ALL {
        let is_so = |row: &&NetworkLinkRow| seen.get(&row.from_id).max(seen.get(&row.to_id)) == Some(&visibility);
        let gone: Vec<(&str, i64)> = links.iter().filter(is_so).map(|row| (row.id.as_str(), row.version)).collect();
        if !gone.is_empty() {
            forget(tx, &gone, visibility)?;
        }
    }
    Ok(())
}

/// 409 if links of a type that makes no cycles lead from a network back to it, with those where each circle begins and
/// ends. There were none before, so any goes through the network.
fn refuse_cycles(tx: &mut Tx<'_>, network: NetworkId) -> Result<()> {
    #[derive(QueryableByName)]
    struct Circle {
        #[diesel(sql_type = Text)]
        first: String,
        #[diesel(sql_type = Text)]
        last: String,
    }
    let (later, earlier) = match tx.conn {
        Conn::Postgres(_) => ("GREATEST", "LEAST"),
        Conn::Sqlite(_) => ("max", "min"),
    };
    let forever = forever().date();
    let open = format!("COALESCE(link.valid_to, '{forever}')");
    let query = format!(
        "WITH RECURSIVE path (type, first, last, id, since, until) AS (\
           SELECT link.type, link.id, link.id, link.to_id, link.valid_from, {open} FROM network_links link \
           WHERE link.from_id = $1 AND link.type IN ('part_of', 'steers') AND {open} > link.valid_from \
           UNION \
           SELECT path.type, path.first, link.id, link.to_id, {later}(path.since, link.valid_from), {earlier}(path.until, {open}) \
           FROM path JOIN network_links link ON link.from_id = path.id AND link.type = path.type \
           WHERE path.id <> $2 AND link.valid_from < path.until AND {open} > path.since AND {open} > link.valid_from) \
         SELECT DISTINCT first, last FROM path WHERE id = $3 ORDER BY first, last"
    );
    let circles: Vec<Circle> = diesel::sql_query(query)
        .bind::<Text, _>(network)
        .bind::<Text, _>(network)
        .bind::<Text, _>(network)
        .load(tx.conn)?;
    if circles.is_empty() {
        return Ok(());
    }
    let mut links: Vec<String> = circles.into_iter().flat_map(|circle| [circle.first, circle.last]).collect();
    links.sort_unstable();
    links.dedup();
    let fault = Fault::at("/duplicate_id", Code::MergeCycle.with("links", links.join(", ")));
    Err(Problem::conflict(fault).member("conflicts_with", links.into()))
}
