//! Reorganisations in the database.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::row::{OrganisationChangeRow, Seen};
use super::rules;
use super::types::{OrganisationChange, OrganisationChangeCreate, OrganisationChangeFilter, OrganisationChangeId};
use super::words::{OrganisationChangeState, Part};
use crate::auth::scope::Scope;
use crate::auth::visibility::{Sight, Visibility};
use crate::db::as_of::AsOf;
use crate::db::changes::{self, Action, EntityType};
use crate::db::children::Children;
use crate::db::external_ids::{self as ids};
use crate::db::rows::Value;
use crate::db::schema::{organisation_change_parties, organisation_changes};
use crate::db::{Conn, MultiBackend, Tx, one_of, one_of_words, revisions, tombstones};
use crate::http::etag::{IfMatch, stale};
use crate::http::list::{Listing, Page, Reading};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::http::shown::{Shown, each};
use crate::organisations::{self as organisation, OrganisationId};

pub(super) const TYPE: EntityType = EntityType::OrganisationChange;

const PARTIES: Children<3> = Children {
    table: "organisation_change_parties",
    revisions: "organisation_change_party_revisions",
    columns: ["change_id", "part", "organisation_id"],
};

/// One reorganisation, now or as of a time; 404 or 410 where there is none.
pub fn get(
    conn: &mut Conn,
    id: OrganisationChangeId,
    as_of: Option<NaiveDateTime>,
    sight: Sight,
) -> Result<OrganisationChangeRow> {
    let query =
        organisation_changes::table.filter(organisation_changes::id.eq(id)).select(OrganisationChangeRow::as_select());
    // The plain statement keeps its identity, by which diesel finds it prepared.
    let row = match as_of {
        None => query.first(conn).optional()?,
        at => AsOf { at, query }.get_result(conn).optional()?,
    };
    row.ok_or_else(|| tombstones::missing(conn, TYPE, id.as_str(), as_of, sight))
}

/// One reorganisation as a reader sees it.
pub fn read(
    conn: &mut Conn,
    id: OrganisationChangeId,
    reading: &Reading<OrganisationChange>,
    sight: Sight,
    seen: Seen,
) -> Result<Shown> {
    let row = get(conn, id, reading.as_of, sight)?;
    show(conn, &[row], reading, seen)?.pop().ok_or_else(Problem::not_found)
}

/// A page of reorganisations.
pub fn list(
    conn: &mut Conn,
    listing: &Listing<OrganisationChange, OrganisationChangeFilter>,
    seen: Seen,
) -> Result<Page<Shown>> {
    let at = listing.reading.as_of;
    let mut query = filtered(&listing.filter);
    if let Some(after) = listing.after() {
        query = query.filter(after);
    }
    let query = query.order(listing.order()).select(OrganisationChangeRow::as_select());
    let mut rows: Vec<OrganisationChangeRow> = listing.page(query).load(conn)?;
    let next = listing.cut(&mut rows)?;
    let total = match listing.count {
        true => Some(AsOf { at, query: filtered(&listing.filter).count() }.get_result(conn)?),
        false => None,
    };
    let items = show(conn, &rows, &listing.reading, seen)?;
    Ok(Page { items, next, total })
}

fn filtered(filter: &OrganisationChangeFilter) -> organisation_changes::BoxedQuery<'static, MultiBackend> {
    let mut query = organisation_changes::table.into_boxed();
    let filter = filter.clone();
    if let Some(types) = filter.r#type {
        query = query.filter(one_of_words(organisation_changes::change_type, &types.0));
    }
    if let Some(states) = filter.state {
        query = query.filter(one_of_words(organisation_changes::state, &states.0));
    }
    for (part, organisations) in [(Part::Original, filter.original), (Part::Result, filter.result)] {
        if let Some(organisations) = organisations {
            let of = organisation_change_parties::table
                .filter(one_of(organisation_change_parties::organisation_id, &organisations.0))
                .filter(organisation_change_parties::part.eq(part))
                .select(organisation_change_parties::change_id);
            query = query.filter(organisation_changes::id.eq_any(of));
        }
    }
    if let Some(from) = filter.effective_from {
        query = query.filter(organisation_changes::effective_on.ge(from));
    }
    if let Some(until) = filter.effective_until {
        query = query.filter(organisation_changes::effective_on.le(until));
    }
    if let Some(external) = filter.external_id {
        query = query.filter(organisation_changes::id.eq_any(ids::having(TYPE, external)));
    }
    query
}

/// Reorganisations with the relations asked for, each relation with one query for all.
fn show(
    conn: &mut Conn,
    rows: &[OrganisationChangeRow],
    reading: &Reading<OrganisationChange>,
    seen: Seen,
) -> Result<Vec<Shown>> {
    let mut all = rows.iter().map(|row| row.show(seen)).collect::<Result<Vec<Shown>>>()?;
    for (relation, part) in [("originals", Part::Original), ("results", Part::Result)] {
        if reading.includes(relation) {
            let documents = rows.iter().map(|row| row.document.value()).collect::<Result<Vec<_>>>()?;
            let of = |document: &OrganisationChangeCreate| match part {
                Part::Original => document.original_ids.clone(),
                Part::Result => document.result_ids.clone(),
            };
            let known = organisation::references(conn, documents.iter().flat_map(of), reading.as_of)?;
            all = each(all, &documents, |shown, document| {
                let own: Vec<_> = of(document).iter().filter_map(|id| known.get(id)).cloned().collect();
                shown.with(relation, &own)
            })?;
        }
    }
    Ok(all)
}

/// Plans a reorganisation.
pub fn insert(
    tx: &mut Tx<'_>,
    id: OrganisationChangeId,
    document: &OrganisationChangeCreate,
) -> Result<OrganisationChangeRow> {
    check_parties(tx, document)?;
    let row = OrganisationChangeRow::new(id, document, tx.now)?;
    diesel::insert_into(organisation_changes::table).values(&row).execute(tx.conn)?;
    ids::begin(tx, TYPE, id.as_str(), &document.external_ids)?;
    write_parties(tx, id, document)?;
    revisions::open(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), 1)], Action::Created, changes::differences(None, document)?)?;
    Ok(row)
}

/// Changes a plan: `change` makes the new document of the old one. One that applies itself moves people, and one may name
/// them: `refused` says why the caller may not do that, too.
pub fn update(
    tx: &mut Tx<'_>,
    id: OrganisationChangeId,
    if_match: &IfMatch,
    refused: Option<Code>,
    gives_moves: bool,
    change: impl FnOnce(OrganisationChangeCreate) -> Result<OrganisationChangeCreate>,
) -> Result<OrganisationChangeRow> {
    let old = hold(tx, id, if_match)?;
    refuse_unplanned(&old)?;
    let before = old.document.value()?;
    let after = change(before.clone())?;
    let fields = changes::differences(Some(&before), &after)?;
    refuse_unscoped(Some(&before), &after, refused, gives_moves)?;
    if fields.is_empty() {
        return Ok(old);
    }
    check_parties(tx, &after)?;
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    let new = OrganisationChangeRow::new(id, &after, tx.now)?;
    let row = OrganisationChangeRow { version: old.version + 1, created_at: old.created_at, ..new };
    write(tx, &old, &row, fields)?;
    if before.external_ids != after.external_ids {
        ids::set(tx, TYPE, id.as_str(), &after.external_ids)?;
    }
    if (&before.original_ids, &before.result_ids) != (&after.original_ids, &after.result_ids) {
        PARTIES.clear(tx, id.as_str())?;
        write_parties(tx, id, &after)?;
    }
    Ok(row)
}

/// Writes the next version of a reorganisation that is held, with its revision and its change.
pub(super) fn write(
    tx: &mut Tx<'_>,
    old: &OrganisationChangeRow,
    row: &OrganisationChangeRow,
    fields: Vec<String>,
) -> Result<()> {
    let target = organisation_changes::table
        .filter(organisation_changes::id.eq(old.id))
        .filter(organisation_changes::version.eq(old.version))
        .filter(organisation_changes::state.eq(old.state));
    if diesel::update(target).set(row).execute(tx.conn)? == 0 {
        return Err(stale(row.version));
    }
    revisions::next(tx, TYPE, &[row.id.as_str()])?;
    changes::append(tx, TYPE, &[(row.id.as_str(), row.version)], Action::Updated, fields)
}

/// Calls a plan off.
pub fn cancel(tx: &mut Tx<'_>, id: OrganisationChangeId, if_match: &IfMatch) -> Result<OrganisationChangeRow> {
    let old = hold(tx, id, if_match)?;
    if old.state != OrganisationChangeState::Planned {
        return Err(not_allowed(old.state));
    }
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    let (version, updated_at) = (old.version + 1, tx.now);
    let row = OrganisationChangeRow { version, updated_at, state: OrganisationChangeState::Cancelled, ..old.clone() };
    write(tx, &old, &row, vec!["state".to_owned()])?;
    Ok(row)
}

/// Deletes a plan, or one that was called off. What has been applied stays.
pub fn delete(tx: &mut Tx<'_>, id: OrganisationChangeId, if_match: &IfMatch) -> Result<()> {
    let old = hold(tx, id, if_match)?;
    if old.state != OrganisationChangeState::Cancelled {
        refuse_unplanned(&old)?;
    }
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    PARTIES.clear(tx, id.as_str())?;
    let target = organisation_changes::table
        .filter(organisation_changes::id.eq(id))
        .filter(organisation_changes::version.eq(old.version));
    if diesel::delete(target).execute(tx.conn)? == 0 {
        return Err(stale(old.version + 1));
    }
    ids::clear(tx, TYPE, id.as_str())?;
    revisions::close(tx, TYPE, &[id.as_str()])?;
    tombstones::leave(tx, TYPE, &[(id.as_str(), old.version)], Visibility::Administration)?;
    changes::append(tx, TYPE, &[(id.as_str(), old.version)], Action::Deleted, Vec::new())
}

/// Holds a reorganisation and reads it; 412 where it is not what the caller thought.
pub(super) fn hold(tx: &mut Tx<'_>, id: OrganisationChangeId, if_match: &IfMatch) -> Result<OrganisationChangeRow> {
    tx.hold(TYPE, id.as_str())?;
    let old = get(tx.conn, id, None, Sight::Editor)?;
    if_match.check(old.version)?;
    Ok(old)
}

/// 409: the state allows other moves.
pub(super) fn not_allowed(state: OrganisationChangeState) -> Problem {
    Problem::new(Kind::Conflict, Code::MoveNotAllowed.with("allowed", state.moves()))
}

fn refuse_unplanned(old: &OrganisationChangeRow) -> Result<()> {
    match old.state {
        OrganisationChangeState::Planned => Ok(()),
        state => Err(Problem::new(Kind::Conflict, Code::ChangeNotPlanned.with("state", state.as_str()))),
    }
}

/// What keeps a reorganisation in a state from being applied.
pub(super) fn not_planned_any_more(state: OrganisationChangeState) -> Fault {
    Fault::at("", Code::MoveNotAllowed.with("allowed", state.moves()))
}

/// What applies itself moves people as surely as whoever applies it: it takes the same scope to say so. So it does to name
/// people; whoever does not see whom a plan names does not take them out of it either, nor are they told whether what they
/// give is the same.
pub fn refuse_unscoped(
    before: Option<&OrganisationChangeCreate>,
    after: &OrganisationChangeCreate,
    refused: Option<Code>,
    gives_moves: bool,
) -> Result<()> {
    let names_people = |plan: &OrganisationChangeCreate| plan.moves.iter().any(|rule| !rule.member_ids.is_empty());
    let applies_itself = after.applies_itself || before.is_some_and(|before| before.applies_itself);
    let names_people = gives_moves && before.into_iter().chain([after]).any(names_people);
    let touched = [("/applies_itself", applies_itself), ("/moves", names_people)];
    let Some(code) = refused.filter(|_| touched.iter().any(|(_, is_it)| *is_it)) else { return Ok(()) };
    let needed = || code.with("scope", Scope::HrSync.as_str());
    let faults = touched.into_iter().filter(|(_, is_it)| *is_it).map(|(pointer, _)| Fault::at(pointer, needed()));
    Err(Problem::new(Kind::Forbidden, needed()).faults(faults.collect()))
}

/// Whether another reorganisation of some organisations is being applied.
pub(super) fn is_under_way(conn: &mut Conn, id: OrganisationChangeId, parties: Vec<OrganisationId>) -> Result<bool> {
    let others = organisation_changes::table
        .inner_join(
            organisation_change_parties::table.on(organisation_change_parties::change_id.eq(organisation_changes::id)),
        )
        .filter(organisation_changes::state.eq(OrganisationChangeState::Applying))
        .filter(organisation_changes::id.ne(id))
        .filter(organisation_change_parties::organisation_id.eq_any(parties));
    Ok(diesel::select(diesel::dsl::exists(others)).get_result(conn)?)
}

/// Whether any reorganisation names an organisation.
pub fn have_party(conn: &mut Conn, organisation: OrganisationId) -> Result<bool> {
    let naming =
        organisation_change_parties::table.filter(organisation_change_parties::organisation_id.eq(organisation));
    Ok(diesel::select(diesel::dsl::exists(naming)).get_result(conn)?)
}

fn check_parties(tx: &mut Tx<'_>, document: &OrganisationChangeCreate) -> Result<()> {
    let ids: Vec<OrganisationId> = document.parties().map(|(_, id)| id).collect();
    let known: HashSet<OrganisationId> = organisation::known(tx.conn, ids)?;
    rules::refuse_unknown(document, &known)
}

fn write_parties(tx: &mut Tx<'_>, id: OrganisationChangeId, document: &OrganisationChangeCreate) -> Result<()> {
    let row = |part: Part| move |organisation: &'_ OrganisationId| (part, *organisation);
    let originals = document.original_ids.iter().map(row(Part::Original));
    let parties: Vec<_> = originals.chain(document.result_ids.iter().map(row(Part::Result))).collect();
    let rows = parties.iter().map(|(part, organisation)| {
        [Value::Text(id.as_str()), Value::Text(part.as_str()), Value::Text(organisation.as_str())]
    });
    let unknown = || Problem::invalid(vec![Fault::at("/original_ids", Code::UnknownReference)]);
    PARTIES.insert(tx, &[id.as_str()], rows.collect(), unknown)
}
