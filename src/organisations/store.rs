//! Organisations in the database.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::row::{self, ListedOrganisation, Mentioned, OrganisationRow};
use super::types::{Organisation, OrganisationCreate, OrganisationFilter, OrganisationId, OrganisationReference};
use super::{contacts, ends, tree};
use crate::auth::visibility::{Sight, Visibility};
use crate::db::as_of::AsOf;
use crate::db::changes::{self, Action, EntityType};
use crate::db::external_ids::{self as ids};
use crate::db::keyset::Key;
use crate::db::names::Begins;
use crate::db::schema::{organisation_ancestors, organisations};
use crate::db::{Conn, Lock, MultiBackend, OnConflict, Tx, names, one_of, one_of_words, revisions, tombstones};
use crate::http::etag::{IfMatch, stale};
use crate::http::list::{Listing, Page, Readable, Reading};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::http::shown::{Shown, each};
use crate::text::Name;

pub(super) const TYPE: EntityType = EntityType::Organisation;

/// One organisation, now or as of a time.
pub fn find(conn: &mut Conn, id: OrganisationId, as_of: Option<NaiveDateTime>) -> Result<Option<OrganisationRow>> {
    let query = organisations::table.filter(organisations::id.eq(id)).select(OrganisationRow::as_select());
    // The plain statement keeps its identity, by which diesel finds it prepared.
    Ok(match as_of {
        None => query.first(conn).optional()?,
        at => AsOf { at, query }.get_result(conn).optional()?,
    })
}

/// One organisation as a reader sees it; 404 or 410 where there is none.
pub fn read(conn: &mut Conn, id: OrganisationId, reading: &Reading<Organisation>, sight: Sight) -> Result<Shown> {
    let row = find(conn, id, reading.as_of)?
        .ok_or_else(|| tombstones::missing(conn, TYPE, id.as_str(), reading.as_of, sight))?;
    show(conn, &[row.into()], reading)?.pop().ok_or_else(Problem::not_found)
}

/// A page of organisations.
pub fn list(conn: &mut Conn, listing: &Listing<Organisation, OrganisationFilter>) -> Result<Page<Shown>> {
    let at = listing.reading.as_of;
    let mut query = filtered(&listing.filter);
    if let Some(after) = listing.after() {
        query = query.filter(after);
    }
    let query = query.order(listing.order()).select((
        listing.head(),
        (organisations::branch, organisations::parent_id, organisations::ended_by, organisations::successors),
    ));
    let mut rows: Vec<ListedOrganisation> = listing.page(query).load(conn)?;
    let next = listing.cut(&mut rows)?;
    let total = match listing.count {
        true => Some(AsOf { at, query: filtered(&listing.filter).count() }.get_result(conn)?),
        false => None,
    };
    let items = show(conn, &rows, &listing.reading)?;
    Ok(Page { items, next, total })
}

fn filtered(filter: &OrganisationFilter) -> organisations::BoxedQuery<'static, MultiBackend> {
    let mut query = organisations::table.into_boxed();
    let filter = filter.clone();
    if let Some(kinds) = filter.kind {
        query = query.filter(one_of_words(organisations::kind, &kinds.0));
    }
    if let Some(branches) = filter.branch {
        query = query.filter(one_of(organisations::branch, &branches.0));
    }
    if let Some(parents) = filter.parent_id {
        query = query.filter(one_of(organisations::parent_id, &parents.0));
    }
    if let Some(tops) = filter.subtree_of {
        let below = organisation_ancestors::table
            .filter(one_of(organisation_ancestors::ancestor_id, &tops.0))
            .select(organisation_ancestors::organisation_id);
        query = query.filter(organisations::id.eq_any(below));
    }
    if let Some(prefix) = filter.name_prefix {
        let names = "organisation_id, names_version FROM organisation_names";
        query = query.filter(Begins::with("organisations.id, organisations.names_version", names, &prefix));
    }
    if let Some(business_id) = filter.business_id {
        query = query.filter(organisations::business_id.eq(business_id));
    }
    if let Some(external) = filter.external_id {
        query = query.filter(organisations::id.eq_any(ids::having(TYPE, external)));
    }
    query
}

/// Organisations with the relations asked for, each relation with one query for all.
fn show(conn: &mut Conn, rows: &[ListedOrganisation], reading: &Reading<Organisation>) -> Result<Vec<Shown>> {
    let mut all = rows.iter().map(row::show).collect::<Result<Vec<Shown>>>()?;
    if reading.includes("parent") {
        let parents = mentions(conn, rows.iter().filter_map(|row| row.extra.1), reading.as_of)?;
        all = each(all, rows, |shown, row| match row.extra.1.and_then(|id| parents.get(&id)) {
            Some(parent) => Ok(shown.with_json("parent", parent)),
            None => Ok(shown),
        })?;
    }
    if reading.includes("children") {
        let mut children = children(conn, rows.iter().map(|row| row.id).collect(), reading)?;
        all = each(all, rows, |shown, row| shown.with("children", &children.remove(&row.id).unwrap_or_default()))?;
    }
    if reading.includes("predecessors") {
        let mut known = ends::predecessors(conn, rows.iter().map(|row| row.id).collect(), reading)?;
        all = each(all, rows, |shown, row| shown.with("predecessors", &known.remove(&row.id).unwrap_or_default()))?;
    }
    Ok(all)
}

/// The parts of organisations, in alphabetical order: one query for all.
fn children(
    conn: &mut Conn,
    parents: Vec<OrganisationId>,
    reading: &Reading<Organisation>,
) -> Result<HashMap<OrganisationId, Vec<OrganisationReference>>> {
    let by_name = Key(Organisation::name_column(reading.language));
    let query = organisations::table
        .filter(one_of(organisations::parent_id, &parents))
        .order((by_name, organisations::id))
        .select((organisations::parent_id, Mentioned::as_select()));
    let rows: Vec<(Option<OrganisationId>, Mentioned)> = AsOf { at: reading.as_of, query }.load(conn)?;
    let mut children: HashMap<OrganisationId, Vec<OrganisationReference>> = HashMap::new();
    for (parent, row) in rows {
        if let Some(parent) = parent {
            children.entry(parent).or_default().push(row.reference()?);
        }
    }
    Ok(children)
}

/// Organisations as others mention them: one query for all.
pub fn references(
    conn: &mut Conn,
    ids: impl Iterator<Item = OrganisationId>,
    as_of: Option<NaiveDateTime>,
) -> Result<HashMap<OrganisationId, OrganisationReference>> {
    mentioned(conn, ids, as_of)?.iter().map(|row| Ok((row.id, row.reference()?))).collect()
}

/// The same as JSON, for pages.
pub fn mentions(
    conn: &mut Conn,
    ids: impl Iterator<Item = OrganisationId>,
    as_of: Option<NaiveDateTime>,
) -> Result<BTreeMap<OrganisationId, Vec<u8>>> {
    mentioned(conn, ids, as_of)?.iter().map(|row| Ok((row.id, row.json()?))).collect()
}

fn mentioned(
    conn: &mut Conn,
    ids: impl Iterator<Item = OrganisationId>,
    as_of: Option<NaiveDateTime>,
) -> Result<Vec<Mentioned>> {
    let mut ids: Vec<OrganisationId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let query = organisations::table.filter(one_of(organisations::id, &ids)).select(Mentioned::as_select());
    Ok(AsOf { at: as_of, query }.load(conn)?)
}

/// Which of some organisations there are now.
pub fn known(conn: &mut Conn, ids: Vec<OrganisationId>) -> Result<HashSet<OrganisationId>> {
    let known = organisations::table.filter(one_of(organisations::id, &ids)).select(organisations::id);
    Ok(known.load(conn)?.into_iter().collect())
}

/// Creates an organisation.
pub fn insert(tx: &mut Tx<'_>, id: OrganisationId, document: OrganisationCreate) -> Result<OrganisationRow> {
    tx.lock(Lock::OrganisationTree)?;
    contacts::check(tx, &[], &document.contact_member_ids)?;
    write(tx, id, document)
}

/// Writes an organisation whose contacts are there, or will be when the transaction ends.
fn write(tx: &mut Tx<'_>, id: OrganisationId, document: OrganisationCreate) -> Result<OrganisationRow> {
    let mut row = OrganisationRow::new(id, &document, tx.now)?;
    row.branch = tree::branch(tx, id, row.kind, row.branch_override, row.parent_id)?;
    if let Some(parent) = row.parent_id {
        ends::require_open(tx, parent, "/parent_id")?;
    }
    if let Some(ministry) = row.branch_override {
        ends::require_open(tx, ministry, "/branch_override")?;
    }
    diesel::insert_into(organisations::table).values(&row).execute(tx.conn).on_taken(business_id_taken)?;
    write_names(tx, id, 1, &document.name)?;
    ids::begin(tx, TYPE, id.as_str(), &document.external_ids)?;
    contacts::begin(tx, id, &document.contact_member_ids)?;
    tree::attach(tx, id, row.parent_id)?;
    revisions::open(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), 1)], Action::Created, changes::differences(None, &document)?)?;
    Ok(row)
}

/// Creates organisations of known ids, above before below: for the demo, whose people come after them.
pub fn load(tx: &mut Tx<'_>, documents: Vec<(OrganisationId, OrganisationCreate)>) -> Result<()> {
    tx.lock(Lock::OrganisationTree)?;
    for (id, document) in documents {
        write(tx, id, document)?;
    }
    Ok(())
}

/// Changes an organisation: `change` makes the new document of the old one.
pub fn update(
    tx: &mut Tx<'_>,
    id: OrganisationId,
    if_match: &IfMatch,
    change: impl FnOnce(OrganisationCreate) -> Result<OrganisationCreate>,
) -> Result<OrganisationRow> {
    // Also for a change that leaves the tree alone: another's move may set this row's branch at the same time.
    tx.lock(Lock::OrganisationTree)?;
    let old = held(tx, id)?;
    if_match.check(old.version)?;
    let before = old.document.value()?;
    let after = change(before.clone())?;
    let mut fields = changes::differences(Some(&before), &after)?;
    if fields.is_empty() {
        return Ok(old);
    }
    refuse_ended(&old, &before, &after)?;
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    let has_moved = before.parent_id != after.parent_id;
    let is_rebranched = has_moved || before.kind != after.kind || before.branch_override != after.branch_override;
    let version = old.version + 1;
    let names_version = if before.name == after.name { old.names_version } else { version };
    let new = OrganisationRow::new(id, &after, tx.now)?;
    let (ended_by, successors) = (old.ended_by, old.successors);
    let mut row = OrganisationRow {
        version,
        created_at: old.created_at,
        branch: old.branch,
        names_version,
        ended_by,
        successors,
        ..new
    };
    if is_rebranched {
        tree::refuse_orphans(tx, id, row.kind)?;
        tree::refuse_cycle(tx, id, row.parent_id)?;
        row.branch = tree::branch(tx, id, row.kind, row.branch_override, row.parent_id)?;
    }
    if let Some(parent) = row.parent_id.filter(|_| has_moved) {
        ends::require_open(tx, parent, "/parent_id")?;
    }
    if let Some(ministry) = row.branch_override.filter(|_| before.branch_override != after.branch_override) {
        ends::require_open(tx, ministry, "/branch_override")?;
    }
    contacts::check(tx, &before.contact_member_ids, &after.contact_member_ids)?;
    if row.branch != old.branch {
        fields.push("branch".to_owned());
    }
    let target = organisations::table.filter(organisations::id.eq(id)).filter(organisations::version.eq(old.version));
    let written = diesel::update(target).set(&row).execute(tx.conn).on_taken(business_id_taken)?;
    if written == 0 {
        return Err(stale(version));
    }
    if names_version == version {
        write_names(tx, id, version, &after.name)?;
    }
    if before.external_ids != after.external_ids {
        ids::set(tx, TYPE, id.as_str(), &after.external_ids)?;
    }
    if before.contact_member_ids != after.contact_member_ids {
        contacts::set(tx, id, &after.contact_member_ids)?;
    }
    if has_moved {
        tree::reattach(tx, id, row.parent_id)?;
    }
    revisions::next(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), version)], Action::Updated, fields)?;
    if is_rebranched {
        tree::rebranch(tx, &[id])?;
    }
    Ok(row)
}

/// What a reorganisation has ended stays where it was, and ended.
fn refuse_ended(old: &OrganisationRow, before: &OrganisationCreate, after: &OrganisationCreate) -> Result<()> {
    let changes = [
        ("/valid_to", before.valid_to != after.valid_to),
        ("/parent_id", before.parent_id != after.parent_id),
        ("/branch_override", before.branch_override != after.branch_override),
        ("/kind", before.kind != after.kind),
    ];
    match changes.into_iter().find(|(_, changes)| *changes && old.ended_by.is_some()) {
        Some((pointer, _)) => Err(Problem::conflict(Fault::at(pointer, Code::EndedByChange))),
        None => Ok(()),
    }
}

/// One that is about to be changed; 404 or 410 where there is none.
fn held(tx: &mut Tx<'_>, id: OrganisationId) -> Result<OrganisationRow> {
    find(tx.conn, id, None)?.ok_or_else(|| tombstones::missing(tx.conn, TYPE, id.as_str(), None, Sight::Editor))
}

/// Deletes an organisation that nothing refers to.
pub fn delete(tx: &mut Tx<'_>, id: OrganisationId, if_match: &IfMatch) -> Result<()> {
    tx.lock(Lock::OrganisationTree)?;
    let old = held(tx, id)?;
    if_match.check(old.version)?;
    let in_use = |by: &'static str| Problem::new(Kind::Conflict, Code::InUse.with("by", by));
    let parts: i64 = organisations::table.filter(organisations::parent_id.eq(id)).count().get_result(tx.conn)?;
    if parts > 0 {
        return Err(in_use("organisations.parent_id"));
    }
    if crate::networks::hosts_any(tx.conn, id)? {
        return Err(in_use("networks.host_organisation_id"));
    }
    if crate::members::any_in(tx.conn, id)? {
        return Err(in_use("members.organisation_id"));
    }
    if crate::ex_officio::rule::any_names(tx.conn, id)? {
        return Err(in_use("networks.ex_officio_rule"));
    }
    if crate::organisation_changes::have_party(tx.conn, id)? {
        return Err(in_use("organisation_changes"));
    }
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    contacts::clear(tx, id)?;
    // What it was its own branch of goes with it; others' branch keeps it.
    let target = organisations::table.filter(organisations::id.eq(id)).filter(organisations::version.eq(old.version));
    let deleted = diesel::delete(target).execute(tx.conn).on_reference(|| in_use("organisations.branch"))?;
    if deleted == 0 {
        return Err(stale(old.version + 1));
    }
    ids::clear(tx, TYPE, id.as_str())?;
    revisions::close(tx, TYPE, &[id.as_str()])?;
    tombstones::leave(tx, TYPE, &[(id.as_str(), old.version)], Visibility::Public)?;
    changes::append(tx, TYPE, &[(id.as_str(), old.version)], Action::Deleted, Vec::new())
}

fn business_id_taken() -> Problem {
    Problem::conflict(Fault::at("/business_id", Code::Taken))
}

fn write_names(tx: &mut Tx<'_>, id: OrganisationId, version: i64, name: &Name) -> Result<()> {
    names::write(tx, "organisation_names", "organisation_id", id.as_str(), version, name)
}
