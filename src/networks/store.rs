//! Networks in the database.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::row::{self, ListedNetwork, Mentioned, NetworkRow};
use super::types::{Network, NetworkCreate, NetworkFilter, NetworkId, NetworkReference};
use super::words::NetworkStatus;
use super::{links, themes};
use crate::auth::visibility::{Sight, Visibility};
use crate::db::as_of::AsOf;
use crate::db::changes::{self, Action, EntityType};
use crate::db::external_ids::{self as ids};
use crate::db::names::Begins;
use crate::db::schema::{
    concept_ancestors, network_revisions, network_themes, networks, organisation_ancestors, organisations,
};
use crate::db::{
    Conn, Lock, MultiBackend, OnConflict, Tx, dismissals, is_seen, names, one_of, one_of_words, revisions, seen,
    tombstones,
};
use crate::ex_officio::rule;
use crate::http::etag::{IfMatch, stale};
use crate::http::list::{Listing, Page, Reading};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::http::shown::{Shown, each};
use crate::memberships;
use crate::organisations::{self as organisation, OrganisationId};
use crate::text::Name;

pub(super) const TYPE: EntityType = EntityType::Network;

/// One network within sight, now or as of a time.
pub fn find(conn: &mut Conn, id: NetworkId, as_of: Option<NaiveDateTime>, sight: Sight) -> Result<Option<NetworkRow>> {
    let query = networks::table.filter(networks::id.eq(id)).select(NetworkRow::as_select());
    // The plain statement keeps its identity, by which diesel finds it prepared.
    let row: Option<NetworkRow> = match as_of {
        None => query.first(conn).optional()?,
        at => AsOf { at, query }.get_result(conn).optional()?,
    };
    match row {
        Some(row) if is_seen(conn, id.as_str(), row.visibility, sight)? => Ok(Some(row)),
        _ => Ok(None),
    }
}

/// One network within sight; 404 or 410 where there is none.
pub fn get(conn: &mut Conn, id: NetworkId, as_of: Option<NaiveDateTime>, sight: Sight) -> Result<NetworkRow> {
    find(conn, id, as_of, sight)?.ok_or_else(|| tombstones::missing(conn, TYPE, id.as_str(), as_of, sight))
}

/// One network as a reader sees it.
pub fn read(conn: &mut Conn, id: NetworkId, reading: &Reading<Network>, sight: Sight) -> Result<Shown> {
    let rows = [get(conn, id, reading.as_of, sight)?.into()];
    show(conn, &rows, reading, sight)?.pop().ok_or_else(Problem::not_found)
}

/// A page of networks within sight.
pub fn list(conn: &mut Conn, listing: &Listing<Network, NetworkFilter>, sight: Sight) -> Result<Page<Shown>> {
    let at = listing.reading.as_of;
    let mut query = filtered(&listing.filter, sight);
    if let Some(after) = listing.after() {
        query = query.filter(after);
    }
    let query = query.order(listing.order()).select((listing.head(), networks::needs_coordinator));
    let mut rows: Vec<ListedNetwork> = listing.page(query).load(conn)?;
    let next = listing.cut(&mut rows)?;
    let total = match listing.count {
        true => Some(AsOf { at, query: filtered(&listing.filter, sight).count() }.get_result(conn)?),
        false => None,
    };
    let items = show(conn, &rows, &listing.reading, sight)?;
    Ok(Page { items, next, total })
}

/// The networks within sight that match a filter.
pub fn filtered(filter: &NetworkFilter, sight: Sight) -> networks::BoxedQuery<'static, MultiBackend> {
    let mut query = networks::table.into_boxed();
    let filter = filter.clone();
    if sight != Sight::Editor {
        query = query.filter(seen(sight));
    }
    if let Some(kinds) = filter.kind {
        query = query.filter(one_of_words(networks::kind, &kinds.0));
    }
    if let Some(statuses) = filter.status {
        query = query.filter(one_of_words(networks::status, &statuses.0));
    }
    if let Some(formalities) = filter.formality {
        query = query.filter(one_of_words(networks::formality, &formalities.0));
    }
    if let Some(policies) = filter.join_policy {
        query = query.filter(one_of_words(networks::join_policy, &policies.0));
    }
    if let Some(hosts) = filter.host_organisation_id {
        query = query.filter(one_of(networks::host_organisation_id, &hosts.0));
    }
    if let Some(tops) = filter.host_subtree_of {
        let below = organisation_ancestors::table
            .filter(one_of(organisation_ancestors::ancestor_id, &tops.0))
            .select(organisation_ancestors::organisation_id.nullable());
        query = query.filter(networks::host_organisation_id.eq_any(below));
    }
    if let Some(branches) = filter.branch {
        let within = organisations::table
            .filter(one_of(organisations::branch, &branches.0))
            .select(organisations::id.nullable());
        query = query.filter(networks::host_organisation_id.eq_any(within));
    }
    if let Some(tops) = filter.theme {
        let narrower = concept_ancestors::table
            .filter(one_of(concept_ancestors::ancestor_id, &tops.0))
            .select(concept_ancestors::concept_id);
        let about = network_themes::table
            .filter(network_themes::concept_id.eq_any(narrower))
            .select(network_themes::network_id);
        query = query.filter(networks::id.eq_any(about));
    }
    if let Some(needs) = filter.needs_coordinator {
        // As the index has it, not compared with a value.
        query = match needs {
            true => query.filter(networks::needs_coordinator),
            false => query.filter(diesel::dsl::not(networks::needs_coordinator)),
        };
    }
    if let Some(prefix) = filter.name_prefix {
        let names = "network_id, names_version FROM network_names";
        query = query.filter(Begins::with("networks.id, networks.names_version", names, &prefix));
    }
    if let Some(external) = filter.external_id {
        query = query.filter(networks::id.eq_any(ids::having(TYPE, external)));
    }
    query
}

/// Networks with the relations asked for, each relation with one query for all.
fn show(conn: &mut Conn, rows: &[ListedNetwork], reading: &Reading<Network>, sight: Sight) -> Result<Vec<Shown>> {
    let mut all = rows.iter().map(row::show).collect::<Result<Vec<Shown>>>()?;
    if reading.includes("host") {
        let ids = rows.iter().map(row::host).collect::<Result<Vec<Option<OrganisationId>>>>()?;
        let hosts = organisation::mentions(conn, ids.iter().copied().flatten(), reading.as_of)?;
        let shown = all.into_iter().zip(ids).map(|(shown, id)| match id.and_then(|id| hosts.get(&id)) {
            Some(host) => shown.with_json("host", host),
            None => shown,
        });
        all = shown.collect();
    }
    if reading.includes("links") || reading.includes("counts") {
        let ids: Vec<NetworkId> = rows.iter().map(|row| row.id).collect();
        let mut links = links::of_networks(conn, &ids, reading.today, reading.as_of, sight)?;
        all = each(all, rows, |mut shown, row| {
            let own = links.remove(&row.id).unwrap_or_default();
            if reading.includes("links") {
                shown = shown.with("network_links", &own)?;
            }
            if reading.includes("counts") {
                shown = shown.with("counts", &links::count(row.id, &own))?;
            }
            Ok(shown)
        })?;
    }
    if reading.includes("theme_concepts") {
        let themes = themes::of(conn, rows, reading.as_of)?;
        all = all
            .into_iter()
            .zip(themes)
            .map(|(shown, own)| shown.with("theme_concepts", &own))
            .collect::<Result<_>>()?;
    }
    Ok(all)
}

/// Networks as others mention them: one query for all. Those out of sight are not among them.
pub fn references(
    conn: &mut Conn,
    ids: Vec<NetworkId>,
    as_of: Option<NaiveDateTime>,
    sight: Sight,
) -> Result<HashMap<NetworkId, NetworkReference>> {
    mentioned(conn, ids, as_of, sight)?.iter().map(|row| Ok((row.id, row.reference()?))).collect()
}

/// The same as JSON, for pages.
pub fn mentions(
    conn: &mut Conn,
    ids: Vec<NetworkId>,
    as_of: Option<NaiveDateTime>,
    sight: Sight,
) -> Result<BTreeMap<NetworkId, Vec<u8>>> {
    mentioned(conn, ids, as_of, sight)?.iter().map(|row| Ok((row.id, row.json()?))).collect()
}

fn mentioned(
    conn: &mut Conn,
    mut ids: Vec<NetworkId>,
    as_of: Option<NaiveDateTime>,
    sight: Sight,
) -> Result<Vec<Mentioned>> {
    ids.sort_unstable();
    ids.dedup();
    let query =
        filtered(&NetworkFilter::default(), sight).filter(one_of(networks::id, &ids)).select(Mentioned::as_select());
    Ok(AsOf { at: as_of, query }.load(conn)?)
}

/// Some of several networks as others mention them, in the order of their ids: those within sight, as many as a limit.
pub fn some_references(
    conn: &mut Conn,
    ids: Vec<NetworkId>,
    limit: usize,
    sight: Sight,
) -> Result<Vec<NetworkReference>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let seen = filtered(&NetworkFilter::default(), sight)
        .filter(one_of(networks::id, &ids))
        .order(networks::id)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(networks::id);
    let ids: Vec<NetworkId> = seen.load(conn)?;
    let mut known = references(conn, ids.clone(), None, sight)?;
    Ok(ids.iter().filter_map(|id| known.remove(id)).collect())
}

/// Whether an organisation owns any network.
pub fn hosts_any(conn: &mut Conn, host: OrganisationId) -> Result<bool> {
    let hosted = networks::table.filter(networks::host_organisation_id.eq(host));
    Ok(diesel::select(diesel::dsl::exists(hosted)).get_result(conn)?)
}

/// Creates a network.
pub fn insert(tx: &mut Tx<'_>, id: NetworkId, document: NetworkCreate) -> Result<NetworkRow> {
    refuse_host(tx, document.host_organisation_id)?;
    themes::check(tx, &[], &document.themes)?;
    rule::check(tx, None, &document)?;
    let row = NetworkRow::new(id, &document, tx.now)?;
    diesel::insert_into(networks::table).values(&row).execute(tx.conn).on_reference(unknown_host)?;
    write_names(tx, id, 1, &document.name)?;
    ids::begin(tx, TYPE, id.as_str(), &document.external_ids)?;
    themes::begin(tx, id, &document.themes)?;
    rule::begin(tx, id, rule::in_force(&document))?;
    revisions::open(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), 1)], Action::Created, changes::differences(None, &document)?)?;
    Ok(row)
}

/// Creates networks of known ids: for the demo.
pub fn load(tx: &mut Tx<'_>, documents: Vec<(NetworkId, NetworkCreate)>) -> Result<()> {
    for (id, document) in documents {
        insert(tx, id, document)?;
    }
    Ok(())
}

/// Changes a network: `change` makes the new document of the old one.
pub fn update(
    tx: &mut Tx<'_>,
    id: NetworkId,
    if_match: &IfMatch,
    sight: Sight,
    change: impl FnOnce(NetworkCreate) -> Result<NetworkCreate>,
) -> Result<NetworkRow> {
    tx.hold(TYPE, id.as_str())?;
    let old = get(tx.conn, id, None, sight)?;
    if_match.check(old.version)?;
    let before = old.document.value()?;
    let after = change(before.clone())?;
    let mut fields = changes::differences(Some(&before), &after)?;
    if fields.is_empty() {
        return Ok(old);
    }
    if before.host_organisation_id != after.host_organisation_id {
        refuse_host(tx, after.host_organisation_id)?;
    }
    refuse_smaller(tx, id, before.max_size, after.max_size)?;
    themes::check(tx, &before.themes, &after.themes)?;
    rule::check(tx, Some(&before), &after)?;
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    let version = old.version + 1;
    let names_version = if before.name == after.name { old.names_version } else { version };
    let new = NetworkRow::new(id, &after, tx.now)?;
    // Closed, it needs none; those who are in it stay, so opened again it may have one.
    let needs_coordinator = match (before.status, after.status) {
        (_, NetworkStatus::Closed) => false,
        (NetworkStatus::Closed, _) => !memberships::has_coordinator(tx.conn, id)?,
        _ => old.needs_coordinator,
    };
    if needs_coordinator != old.needs_coordinator {
        fields.push("needs_coordinator".to_owned());
    }
    let row = NetworkRow { version, created_at: old.created_at, names_version, needs_coordinator, ..new };
    let target = networks::table.filter(networks::id.eq(id)).filter(networks::version.eq(old.version));
    if diesel::update(target).set(&row).execute(tx.conn).on_reference(unknown_host)? == 0 {
        return Err(stale(version));
    }
    if names_version == version {
        write_names(tx, id, version, &after.name)?;
    }
    if before.external_ids != after.external_ids {
        ids::set(tx, TYPE, id.as_str(), &after.external_ids)?;
    }
    if before.themes != after.themes {
        themes::set(tx, id, &after.themes)?;
    }
    if rule::in_force(&before) != rule::in_force(&after) {
        rule::set(tx, id, rule::in_force(&after))?;
    }
    if before.visibility < after.visibility {
        narrow_past(tx, id, after.visibility)?;
    }
    revisions::next(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), version)], Action::Updated, fields)?;
    Ok(row)
}

/// A network does not become too small for those who are in it. Its row is held, so nobody joins meanwhile.
fn refuse_smaller(tx: &mut Tx<'_>, id: NetworkId, before: Option<i32>, after: Option<i32>) -> Result<()> {
    let Some(max) = after.filter(|_| before != after) else { return Ok(()) };
    let count = memberships::count_active(tx.conn, id)?;
    if count <= i64::from(max) {
        return Ok(());
    }
    // Not how many: some of them may be hidden from the caller.
    Err(Problem::conflict(Fault::at("/max_size", Code::MaxBelowMembers)))
}

/// Whoever is no longer to see a network is not to see it as of an earlier time either: its revisions are narrowed along,
/// and those of the networks that were merged into it.
pub(super) fn narrow_past(tx: &mut Tx<'_>, id: NetworkId, visibility: Visibility) -> Result<()> {
    let wider = Visibility::ALL.iter().copied().filter(|other| *other < visibility);
    let mut ids = tombstones::led_to(tx.conn, TYPE, id.as_str())?;
    ids.push(id.to_string());
    let past = network_revisions::table
        .filter(network_revisions::id.eq_any(ids))
        .filter(network_revisions::visibility.eq_any(wider.collect::<Vec<_>>()));
    diesel::update(past).set(network_revisions::visibility.eq(visibility)).execute(tx.conn)?;
    Ok(())
}

/// Deletes a network that no other links to and nobody is in, with its own links and its past memberships.
pub fn delete(tx: &mut Tx<'_>, id: NetworkId, if_match: &IfMatch, sight: Sight) -> Result<()> {
    // Before the row: who makes a link takes the two in this order.
    tx.lock(Lock::NetworkLinks)?;
    tx.hold(TYPE, id.as_str())?;
    let old = get(tx.conn, id, None, sight)?;
    if_match.check(old.version)?;
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    memberships::delete_of_network(tx, id, old.visibility)?;
    links::delete_of_network(tx, id, old.visibility)?;
    themes::clear(tx, id)?;
    rule::set(tx, id, None)?;
    let target = networks::table.filter(networks::id.eq(id)).filter(networks::version.eq(old.version));
    if diesel::delete(target).execute(tx.conn).on_reference(links::in_use)? == 0 {
        return Err(stale(old.version + 1));
    }
    ids::clear(tx, TYPE, id.as_str())?;
    dismissals::clear(tx, TYPE, id.as_str())?;
    revisions::close(tx, TYPE, &[id.as_str()])?;
    tombstones::leave(tx, TYPE, &[(id.as_str(), old.version)], old.visibility)?;
    changes::append(tx, TYPE, &[(id.as_str(), old.version)], Action::Deleted, Vec::new())
}

fn refuse_host(tx: &mut Tx<'_>, host: Option<OrganisationId>) -> Result<()> {
    host.map_or(Ok(()), |host| organisation::require_open(tx, host, "/host_organisation_id"))
}

fn unknown_host() -> Problem {
    Problem::invalid(vec![Fault::at("/host_organisation_id", Code::UnknownReference)])
}

pub(super) fn write_names(tx: &mut Tx<'_>, id: NetworkId, version: i64, name: &Name) -> Result<()> {
    names::write(tx, "network_names", "network_id", id.as_str(), version, name)
}
