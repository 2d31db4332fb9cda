//! Links in the database. Whoever makes one holds [`Lock::NetworkLinks`], so that two at once make no cycle.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::exists;
use diesel::prelude::*;

use super::row::NetworkLinkRow;
use super::rules;
use super::{
    Direction, LinkCounts, NetworkLink, NetworkLinkCreate, NetworkLinkFilter, NetworkLinkId, NetworkLinkType,
    NetworkLinkView,
};
use crate::auth::visibility::{Sight, Visibility};
use crate::db::as_of::AsOf;
use crate::db::changes::{self, Action, EntityType};
use crate::db::schema::{network_links, networks as network_table};
use crate::db::{Conn, Lock, MultiBackend, OnConflict, Tx, one_of, one_of_words, revisions, seen, tombstones};
use crate::http::etag::{IfMatch, stale};
use crate::http::list::{Listing, Page, Reading};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::http::shown::Shown;
use crate::networks::store as networks;
use crate::networks::types::NetworkId;

pub(super) const TYPE: EntityType = EntityType::NetworkLink;

/// Links whose ends are both within sight.
fn visible(sight: Sight) -> network_links::BoxedQuery<'static, MultiBackend> {
    let query = network_links::table.into_boxed();
    match sight {
        Sight::Editor => query,
        _ => {
            // Asked of the ends of each link by their ids: there are fewer of them than networks within sight.
            let seen = || network_table::table.filter(seen(sight));
            query
                .filter(exists(seen().filter(network_table::id.eq(network_links::from_id))))
                .filter(exists(seen().filter(network_table::id.eq(network_links::to_id))))
        }
    }
}

/// One link of a network, now or as of a time; 404 or 410 where there is none within sight.
pub fn get(
    conn: &mut Conn,
    network: NetworkId,
    id: NetworkLinkId,
    as_of: Option<NaiveDateTime>,
    sight: Sight,
) -> Result<NetworkLinkRow> {
    let query = visible(sight)
        .filter(network_links::id.eq(id))
        .filter(network_links::from_id.eq(network).or(network_links::to_id.eq(network)))
        .select(NetworkLinkRow::as_select());
    let row = AsOf { at: as_of, query }.get_result(conn).optional()?;
    let owner = (EntityType::Network, network.as_str());
    row.ok_or_else(|| tombstones::missing_of(conn, owner, (TYPE, id.as_str()), as_of, sight))
}

/// The networks that a link of one of them is from and to, and what it says.
pub fn ends(
    conn: &mut Conn,
    network: NetworkId,
    id: NetworkLinkId,
) -> Result<Option<(NetworkId, NetworkId, NetworkLinkType)>> {
    let query = network_links::table
        .filter(network_links::id.eq(id))
        .filter(network_links::from_id.eq(network).or(network_links::to_id.eq(network)));
    Ok(query.select((network_links::from_id, network_links::to_id, network_links::link_type)).first(conn).optional()?)
}

/// One link as a reader sees it.
pub fn read(
    conn: &mut Conn,
    network: NetworkId,
    id: NetworkLinkId,
    reading: &Reading<NetworkLink>,
    sight: Sight,
) -> Result<Shown> {
    let mut views = vec![get(conn, network, id, reading.as_of, sight)?.view()];
    include(conn, &mut views, reading, sight)?;
    let view = views.pop().ok_or_else(Problem::not_found)?;
    Shown::of(view.version, &view)
}

/// A page of a network's links.
pub fn list(
    conn: &mut Conn,
    network: NetworkId,
    listing: &Listing<NetworkLink, NetworkLinkFilter>,
    sight: Sight,
) -> Result<Page<Shown>> {
    let at = listing.reading.as_of;
    networks::get(conn, network, at, sight)?;
    let mut query = filtered(network, &listing.filter, sight);
    if let Some(after) = listing.after() {
        query = query.filter(after);
    }
    let query = query.order(listing.order()).select(NetworkLinkRow::as_select());
    let mut rows: Vec<NetworkLinkRow> = listing.page(query).load(conn)?;
    let next = listing.cut(&mut rows)?;
    let total = match listing.count {
        true => Some(AsOf { at, query: filtered(network, &listing.filter, sight).count() }.get_result(conn)?),
        false => None,
    };
    let mut items: Vec<NetworkLinkView> = rows.into_iter().map(NetworkLinkRow::view).collect();
    include(conn, &mut items, &listing.reading, sight)?;
    let items = items.iter().map(|view| Shown::of(view.version, view)).collect::<Result<_>>()?;
    Ok(Page { items, next, total })
}

fn filtered(
    network: NetworkId,
    filter: &NetworkLinkFilter,
    sight: Sight,
) -> network_links::BoxedQuery<'static, MultiBackend> {
    let query = visible(sight);
    let mut query = match filter.direction {
        Some(Direction::Outgoing) => query.filter(network_links::from_id.eq(network)),
        Some(Direction::Incoming) => query.filter(network_links::to_id.eq(network)),
        None => query.filter(network_links::from_id.eq(network).or(network_links::to_id.eq(network))),
    };
    if let Some(types) = filter.r#type.clone() {
        query = query.filter(one_of_words(network_links::link_type, &types.0));
    }
    match filter.valid_on {
        Some(day) => on_day(query, day),
        None => query,
    }
}

/// Those that hold on a day.
fn on_day(
    query: network_links::BoxedQuery<'static, MultiBackend>,
    day: NaiveDate,
) -> network_links::BoxedQuery<'static, MultiBackend> {
    query
        .filter(network_links::valid_from.le(day))
        .filter(network_links::valid_to.is_null().or(network_links::valid_to.gt(day)))
}

fn include(conn: &mut Conn, views: &mut [NetworkLinkView], reading: &Reading<NetworkLink>, sight: Sight) -> Result<()> {
    if !reading.includes("networks") {
        return Ok(());
    }
    let ids = views.iter().flat_map(|view| [view.from, view.to]).collect();
    let known = networks::references(conn, ids, reading.as_of, sight)?;
    for view in views {
        view.networks = Some([view.from, view.to].iter().filter_map(|id| known.get(id).cloned()).collect());
    }
    Ok(())
}

/// The links of networks that have not ended on a day, by network, from the oldest: one query for all.
pub fn of_networks(
    conn: &mut Conn,
    ids: &[NetworkId],
    day: NaiveDate,
    as_of: Option<NaiveDateTime>,
    sight: Sight,
) -> Result<HashMap<NetworkId, Vec<NetworkLinkView>>> {
    let query = visible(sight)
        .filter(one_of(network_links::from_id, ids).or(one_of(network_links::to_id, ids)))
        .filter(network_links::valid_to.is_null().or(network_links::valid_to.gt(day)))
        .order((network_links::created_at, network_links::id))
        .select(NetworkLinkRow::as_select());
    let rows: Vec<NetworkLinkRow> = AsOf { at: as_of, query }.load(conn)?;
    let mut links: HashMap<NetworkId, Vec<NetworkLinkView>> = HashMap::new();
    for row in rows {
        for end in [row.from_id, row.to_id] {
            links.entry(end).or_default().push(row.clone().view());
        }
    }
    Ok(links)
}

/// The edges of the graph, by id: one query.
pub fn links_of_graph(
    conn: &mut Conn,
    types: Option<&[NetworkLinkType]>,
    day: Option<NaiveDate>,
    as_of: Option<NaiveDateTime>,
) -> Result<Vec<NetworkLinkView>> {
    let mut query = network_links::table.into_boxed();
    if let Some(types) = types {
        query = query.filter(one_of_words(network_links::link_type, types));
    }
    if let Some(day) = day {
        query = on_day(query, day);
    }
    let query = query.order(network_links::id).select(NetworkLinkRow::as_select());
    let rows: Vec<NetworkLinkRow> = AsOf { at: as_of, query }.load(conn)?;
    Ok(rows.into_iter().map(NetworkLinkRow::view).collect())
}

/// Counts a network's links by direction and type.
pub fn count(network: NetworkId, links: &[NetworkLinkView]) -> LinkCounts {
    let mut counts = LinkCounts::default();
    for link in links {
        let direction = if link.from == network { &mut counts.outgoing } else { &mut counts.incoming };
        *direction.of(link.r#type) += 1;
    }
    counts
}

/// Makes a link.
pub fn insert(
    tx: &mut Tx<'_>,
    id: NetworkLinkId,
    from: NetworkId,
    link: NetworkLinkCreate,
    today: NaiveDate,
    sight: Sight,
) -> Result<NetworkLinkRow> {
    tx.lock(Lock::NetworkLinks)?;
    networks::get(tx.conn, from, None, sight)?;
    if link.to == from {
        return Err(Problem::invalid(vec![Fault::at("/to", Code::LinkToItself)]));
    }
    if networks::find(tx.conn, link.to, None, sight)?.is_none() {
        return Err(unknown_network());
    }
    let row = NetworkLinkRow {
        id,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
        link_type: link.r#type,
        from_id: from,
        to_id: link.to,
        valid_from: link.valid_from.unwrap_or(today),
        valid_to: link.valid_to,
    };
    if row.valid_to.is_some_and(|end| end < row.valid_from) {
        return Err(ends_too_early());
    }
    // One that ends on its first day holds at no time, so it is in nobody's way.
    if row.valid_to != Some(row.valid_from) {
        rules::refuse_second(tx, &row)?;
        if row.link_type.is_acyclic() {
            rules::refuse_cycle(tx, &row)?;
        }
    }
    diesel::insert_into(network_links::table).values(&row).execute(tx.conn).on_reference(unknown_network)?;
    revisions::open(tx, TYPE, &[id.as_str()])?;
    let fields = ["type", "from", "to", "valid_from", "valid_to"].map(str::to_owned).to_vec();
    changes::append(tx, TYPE, &[(id.as_str(), 1)], Action::Created, fields)?;
    Ok(row)
}

/// Makes links of known ids: for the demo.
pub fn load(tx: &mut Tx<'_>, links: Vec<(NetworkLinkId, NetworkId, NetworkLinkCreate)>) -> Result<()> {
    let today = tx.now.date();
    for (id, from, link) in links {
        insert(tx, id, from, link, today, Sight::Editor)?;
    }
    Ok(())
}

/// Ends a link that has no end yet.
pub fn end(
    tx: &mut Tx<'_>,
    network: NetworkId,
    id: NetworkLinkId,
    if_match: &IfMatch,
    last: NaiveDate,
    sight: Sight,
) -> Result<NetworkLinkRow> {
    tx.lock(Lock::NetworkLinks)?;
    let old = get(tx.conn, network, id, None, sight)?;
    if_match.check(old.version)?;
    if last < old.valid_from {
        return Err(ends_too_early());
    }
    if let Some(known) = old.valid_to.filter(|known| *known <= last) {
        return Err(Problem::new(Kind::Conflict, Code::LinkEnded.with("day", known.to_string())));
    }
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    let row = NetworkLinkRow { version: old.version + 1, updated_at: tx.now, valid_to: Some(last), ..old };
    let target = network_links::table.filter(network_links::id.eq(id)).filter(network_links::version.eq(old.version));
    let values = (
        network_links::version.eq(row.version),
        network_links::updated_at.eq(row.updated_at),
        network_links::valid_to.eq(row.valid_to),
    );
    if diesel::update(target).set(values).execute(tx.conn)? == 0 {
        return Err(stale(row.version));
    }
    revisions::next(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), row.version)], Action::Updated, vec!["valid_to".to_owned()])?;
    Ok(row)
}

/// Takes a link back, as if it had never been made; what it was stays readable with `as_of`.
pub fn delete(tx: &mut Tx<'_>, network: NetworkId, id: NetworkLinkId, if_match: &IfMatch, sight: Sight) -> Result<()> {
    // Whoever deletes either network does so at another time, with the link or without it.
    tx.lock(Lock::NetworkLinks)?;
    let old = get(tx.conn, network, id, None, sight)?;
    if_match.check(old.version)?;
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    let target = network_links::table.filter(network_links::id.eq(id)).filter(network_links::version.eq(old.version));
    if diesel::delete(target).execute(tx.conn)? == 0 {
        return Err(stale(old.version + 1));
    }
    let ends = network_table::table.filter(network_table::id.eq_any([old.from_id, old.to_id]));
    let ends: Vec<Visibility> = ends.select(network_table::visibility).load(tx.conn)?;
    forget(tx, &[(id.as_str(), old.version)], ends.into_iter().max().unwrap_or(Visibility::Members))
}

/// Takes a network's own links with it; 409 while others link to it. The caller holds [`Lock::NetworkLinks`].
pub fn delete_of_network(tx: &mut Tx<'_>, network: NetworkId, visibility: Visibility) -> Result<()> {
    let incoming = network_links::table.filter(network_links::to_id.eq(network));
    if diesel::select(diesel::dsl::exists(incoming)).get_result(tx.conn)? {
        return Err(in_use());
    }
    let own: Vec<(NetworkLinkId, i64, Visibility)> = network_links::table
        .inner_join(network_table::table.on(network_table::id.eq(network_links::to_id)))
        .filter(network_links::from_id.eq(network))
        .select((network_links::id, network_links::version, network_table::visibility))
        .load(tx.conn)?;
    let ids: Vec<&str> = own.iter().map(|(id, ..)| id.as_str()).collect();
    if !ids.is_empty() {
        revisions::follow(tx, TYPE, &ids)?;
    }
    diesel::delete(network_links::table.filter(network_links::from_id.eq(network))).execute(tx.conn)?;
    // Each was seen by those who saw both its ends.
    for &seen in Visibility::ALL {
        let gone = own.iter().filter(|(_, _, other)| visibility.max(*other) == seen);
        let gone: Vec<(&str, i64)> = gone.map(|(id, version, _)| (id.as_str(), *version)).collect();
        if !gone.is_empty() {
            forget(tx, &gone, seen)?;
        }
    }
    Ok(())
}

/// What follows from the deletion of links, whatever the reason.
pub(super) fn forget(tx: &mut Tx<'_>, gone: &[(&str, i64)], visibility: Visibility) -> Result<()> {
    let ids: Vec<&str> = gone.iter().map(|(id, _)| *id).collect();
    revisions::close(tx, TYPE, &ids)?;
    tombstones::leave(tx, TYPE, gone, visibility)?;
    changes::append(tx, TYPE, gone, Action::Deleted, Vec::new())
}

/// 409: others link to the network.
pub fn in_use() -> Problem {
    Problem::new(Kind::Conflict, Code::InUse.with("by", "network_links.to"))
}

fn unknown_network() -> Problem {
    Problem::invalid(vec![Fault::at("/to", Code::UnknownReference)])
}

fn ends_too_early() -> Problem {
    Problem::invalid(vec![Fault::at("/valid_to", Code::EndBeforeStart)])
}
