//! Members in the database.

use std::collections::HashSet;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::facets;
use super::profile::MemberProfile;
use super::row::{self, HrColumns, MemberRow, OwnColumns};
use super::types::{MemberCreate, MemberId};
use super::words::MemberStatus;
use super::{identities, likeness, merge};
use crate::auth::visibility::{Sight, Visibility};
use crate::db::as_of::AsOf;
use crate::db::changes::{self, Action, EntityType};
use crate::db::children::Children;
use crate::db::external_ids::{self as ids};
use crate::db::rows::InsertRows;
use crate::db::schema::{idempotency, member_names, member_revisions, members};
use crate::db::{Conn, MultiBackend, OnConflict, Tx, dismissals, revisions, tombstones};
use crate::ex_officio;
use crate::http::etag::{IfMatch, stale};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::memberships;
use crate::organisations::{self as organisation, OrganisationId};
use crate::vocabularies::concepts;

pub(super) const TYPE: EntityType = EntityType::Member;

/// What profiles are searched by.
pub(super) const FACETS: Children<8> =
    Children { table: "member_facets", revisions: "member_facet_revisions", columns: facets::COLUMNS };

/// One member, now or as of a time.
pub fn find(conn: &mut Conn, id: MemberId, as_of: Option<NaiveDateTime>) -> Result<Option<MemberRow>> {
    let query = members::table.filter(members::id.eq(id)).select(MemberRow::as_select());
    // The plain statement keeps its identity, by which diesel finds it prepared.
    Ok(match as_of {
        None => query.first(conn).optional()?,
        at => AsOf { at, query }.get_result(conn).optional()?,
    })
}

/// One member, for whoever may know all of them; 404 or 410 where there is none.
pub fn get(conn: &mut Conn, id: MemberId, as_of: Option<NaiveDateTime>) -> Result<MemberRow> {
    find(conn, id, as_of)?.ok_or_else(|| tombstones::missing(conn, TYPE, id.as_str(), as_of, Sight::Editor))
}

/// Which of some members can be asked: those who are there, have not left and are not protected. They are kept from being
/// forgotten or merged meanwhile.
pub fn keep_askable(tx: &mut Tx<'_>, ids: &[MemberId]) -> Result<HashSet<MemberId>> {
    tx.keep_all(TYPE, &ids.iter().map(MemberId::as_str).collect::<Vec<_>>())?;
    let askable = members::table
        .filter(members::id.eq_any(ids.to_vec()))
        .filter(members::status.ne(MemberStatus::Left))
        .filter(members::protected.eq(false));
    Ok(askable.select(members::id).load(tx.conn)?.into_iter().collect())
}

/// Whether anybody works in an organisation.
pub fn any_in(conn: &mut Conn, organisation: OrganisationId) -> Result<bool> {
    let there = members::table.filter(members::organisation_id.eq(organisation));
    Ok(diesel::select(diesel::dsl::exists(there)).get_result(conn)?)
}

/// Creates a member.
pub fn insert(
    tx: &mut Tx<'_>,
    id: MemberId,
    document: MemberCreate,
    profile: MemberProfile,
    today: NaiveDate,
) -> Result<MemberRow> {
    refuse_organisation(tx, &document)?;
    refuse_concepts(tx, &MemberProfile::default(), &profile)?;
    let row = MemberRow::new(id, &document, &profile, tx.now)?;
    refuse_taken(tx, id, &row.user_name)?;
    diesel::insert_into(members::table)
        .values(&row)
        .execute(tx.conn)
        .on_conflict(user_name_taken, unknown_organisation)?;
    write_names(tx, id, 1, &document)?;
    write_facets(tx, id, &profile)?;
    ids::begin(tx, TYPE, id.as_str(), &document.external_ids)?;
    revisions::open(tx, TYPE, &[id.as_str()])?;
    let mut fields = changes::differences(None, &document)?;
    if profile != MemberProfile::default() {
        fields.push("profile".to_owned());
    }
    changes::append(tx, TYPE, &[(id.as_str(), 1)], Action::Created, fields)?;
    if row.office.is_some() {
        ex_officio::people_changed(tx, &[id], today)?;
    }
    likeness::refresh(tx, &[id.as_str()], &[])?;
    Ok(row)
}

/// Changes what the HR system owns: `change` makes the new document of the old one.
pub fn update(
    tx: &mut Tx<'_>,
    id: MemberId,
    if_match: &IfMatch,
    today: NaiveDate,
    change: impl FnOnce(MemberCreate) -> Result<MemberCreate>,
) -> Result<MemberRow> {
    tx.hold(TYPE, id.as_str())?;
    let old = get(tx.conn, id, None)?;
    if_match.check(old.version)?;
    let before = old.document.value()?;
    let after = change(before.clone())?;
    let fields = changes::differences(Some(&before), &after)?;
    if fields.is_empty() {
        return Ok(old);
    }
    let is_back = before.status == MemberStatus::Left && after.status != MemberStatus::Left;
    if before.organisation_id != after.organisation_id || is_back {
        refuse_organisation(tx, &after)?;
    }
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    if after.status == MemberStatus::Left {
        memberships::hold_of_leavers(tx, &[id])?;
    }
    let coordinated = match before.protected == after.protected {
        true => Vec::new(),
        false => memberships::hold_coordinated(tx, id)?,
    };
    let version = old.version + 1;
    let is_renamed = (&before.family_name, &before.given_name) != (&after.family_name, &after.given_name);
    let columns = HrColumns::of(&after, version, if is_renamed { version } else { old.names_version }, tx.now)?;
    if columns.user_name != old.user_name {
        refuse_taken(tx, id, &columns.user_name)?;
    }
    let target = members::table.filter(members::id.eq(id)).filter(members::version.eq(old.version));
    if diesel::update(target).set(&columns).execute(tx.conn).on_conflict(user_name_taken, unknown_organisation)? == 0 {
        return Err(stale(version));
    }
    if is_renamed {
        write_names(tx, id, version, &after)?;
        memberships::resort(tx, id, &columns.sort_key)?;
    }
    if after.status == MemberStatus::Left {
        memberships::end_of_leavers(tx, &[id], today)?;
    }
    if before.external_ids != after.external_ids {
        ids::set(tx, TYPE, id.as_str(), &after.external_ids)?;
    }
    revisions::next(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), version)], Action::Updated, fields)?;
    memberships::refresh(tx, &coordinated)?;
    let post = |document: &MemberCreate| (document.office, document.organisation_id, document.status);
    // Whoever has left was ended everywhere above.
    if post(&before) != post(&after) && after.status != MemberStatus::Left {
        ex_officio::people_changed(tx, &[id], today)?;
    }
    let likeness = (&columns.email_folded, &columns.name_folded, columns.organisation_id);
    if likeness != (&old.email_folded, &old.name_folded, old.organisation_id) {
        likeness::refresh(tx, &[id.as_str()], &[&old])?;
    }
    if after.protected && !before.protected {
        forget_as_contact(tx, id)?;
    } else if after.status == MemberStatus::Left {
        organisation::contacts_leave(tx, &[id])?;
    }
    get(tx.conn, id, None)
}

/// Changes what the person owns: `change` makes the new profile of the old one.
pub fn update_profile(
    tx: &mut Tx<'_>,
    id: MemberId,
    if_match: &IfMatch,
    change: impl FnOnce(MemberProfile) -> Result<MemberProfile>,
) -> Result<MemberRow> {
    tx.hold(TYPE, id.as_str())?;
    let old = get(tx.conn, id, None)?;
    if_match.check(old.profile_version)?;
    let before = old.profile.value()?;
    let after = change(before.clone())?;
    if before == after {
        return Ok(old);
    }
    refuse_concepts(tx, &before, &after)?;
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    let coordinated = match before.visibility.memberships == after.visibility.memberships {
        true => Vec::new(),
        false => memberships::hold_coordinated(tx, id)?,
    };
    let columns = OwnColumns::of(&after, old.profile_version + 1, tx.now)?;
    let target = members::table.filter(members::id.eq(id)).filter(members::profile_version.eq(old.profile_version));
    if diesel::update(target).set(&columns).execute(tx.conn)? == 0 {
        return Err(stale(columns.profile_version));
    }
    if (facets::of(&before), &before.availability) != (facets::of(&after), &after.availability) {
        FACETS.clear(tx, id.as_str())?;
        write_facets(tx, id, &after)?;
    }
    revisions::next(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), old.version)], Action::Updated, vec!["profile".to_owned()])?;
    memberships::refresh(tx, &coordinated)?;
    get(tx.conn, id, None)
}

/// Stamps that the profile is true as it stands. No field changes, so no version does.
pub fn confirm(tx: &mut Tx<'_>, id: MemberId, if_match: &IfMatch) -> Result<MemberRow> {
    tx.hold(TYPE, id.as_str())?;
    let old = get(tx.conn, id, None)?;
    if_match.check(old.version)?;
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    let stamp = (members::confirmed_at.eq(Some(tx.now)), members::fresh_at.eq(tx.now));
    diesel::update(members::table.filter(members::id.eq(id))).set(stamp).execute(tx.conn)?;
    revisions::next(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), old.version)], Action::Updated, vec!["confirmed_at".to_owned()])?;
    Ok(MemberRow { confirmed_at: Some(tx.now), fresh_at: tx.now, ..old })
}

/// Of somebody who is protected: nobody is to be sent to them, nor to have been.
pub(super) fn forget_as_contact(tx: &mut Tx<'_>, id: MemberId) -> Result<()> {
    let mut ids = tombstones::led_to(tx.conn, TYPE, id.as_str())?;
    ids.push(id.to_string());
    organisation::forget_contacts(tx, id, &ids)
}

/// Forgets a member: what was recorded of them goes too, and what is left is a tombstone.
pub fn delete(tx: &mut Tx<'_>, id: MemberId, if_match: &IfMatch) -> Result<()> {
    tx.hold(TYPE, id.as_str())?;
    let old = get(tx.conn, id, None)?;
    if_match.check(old.version)?;
    revisions::follow(tx, TYPE, &[id.as_str()])?;
    memberships::forget(tx, id)?;
    identities::forget(tx, id)?;
    FACETS.clear(tx, id.as_str())?;
    FACETS.forget(tx, id.as_str())?;
    ids::clear(tx, TYPE, id.as_str())?;
    ids::forget(tx, TYPE, id.as_str())?;
    diesel::delete(member_names::table.filter(member_names::member_id.eq(id))).execute(tx.conn)?;
    let target = members::table.filter(members::id.eq(id)).filter(members::version.eq(old.version));
    if diesel::delete(target).execute(tx.conn)? == 0 {
        return Err(stale(old.version + 1));
    }
    diesel::delete(member_revisions::table.filter(member_revisions::id.eq(id))).execute(tx.conn)?;
    let mut forgotten = merge::forget_merged(tx, id)?;
    forgotten.push(id.to_string());
    forget_answers(tx, &forgotten)?;
    dismissals::forget(tx, TYPE, &forgotten)?;
    organisation::forget_contacts(tx, id, &forgotten)?;
    likeness::refresh(tx, &[id.as_str()], &[&old])?;
    let is_hidden = old.protected || old.status == MemberStatus::Left;
    let visibility = if is_hidden { Visibility::Members } else { Visibility::Administration };
    tombstones::leave(tx, TYPE, &[(id.as_str(), old.version)], visibility)?;
    changes::append(tx, TYPE, &[(id.as_str(), old.version)], Action::Deleted, Vec::new())
}

/// Forgets the kept answers on members and what is below them, and whatever else mentions them, such as a membership.
fn forget_answers(tx: &mut Tx<'_>, ids: &[String]) -> Result<()> {
    let mut answers = diesel::delete(idempotency::table).into_boxed::<MultiBackend>();
    for id in ids {
        let address = format!("/v1/members/{id}");
        let on_them = idempotency::operation.like(format!("%{address}%"));
        let naming = on_them.or(idempotency::body.like(format!("%{id}%")));
        answers = answers.or_filter(idempotency::location.eq(address).or(naming).assume_not_null());
    }
    answers.execute(tx.conn)?;
    Ok(())
}

/// Whoever comes to an organisation, or back to one, finds it there, and not ended.
pub(super) fn refuse_organisation(tx: &mut Tx<'_>, document: &MemberCreate) -> Result<()> {
    match document.organisation_id {
        Some(id) => organisation::require_open(tx, id, "/organisation_id"),
        None => Ok(()),
    }
}

fn unknown_organisation() -> Problem {
    Problem::invalid(vec![Fault::at("/organisation_id", Code::UnknownReference)])
}

/// A unique violation would end PostgreSQL's transaction without saying which value it was.
pub(super) fn refuse_taken(tx: &mut Tx<'_>, id: MemberId, user_name: &str) -> Result<()> {
    let others = members::table.filter(members::user_name.eq(user_name)).filter(members::id.ne(id));
    match diesel::select(diesel::dsl::exists(others)).get_result(tx.conn)? {
        true => Err(user_name_taken()),
        false => Ok(()),
    }
}

pub(super) fn user_name_taken() -> Problem {
    Problem::conflict(Fault::at("/user_name", Code::Taken))
}

/// Concepts that a profile begins to use must be there, and not be deprecated.
fn refuse_concepts(tx: &mut Tx<'_>, before: &MemberProfile, after: &MemberProfile) -> Result<()> {
    let known: HashSet<_> = before.concepts().into_iter().collect();
    let skills = after.skills.iter().enumerate().map(|(at, skill)| (format!("/skills/{at}/concept"), skill.concept));
    let interests = after.interests.iter().enumerate().map(|(at, theme)| (format!("/interests/{at}"), *theme));
    let added: Vec<_> = skills.chain(interests).filter(|(_, concept)| !known.contains(concept)).collect();
    match concepts::faults(tx.conn, &added)? {
        faults if faults.is_empty() => Ok(()),
        faults => Err(Problem::invalid(faults)),
    }
}

/// Of a member who has none.
pub(super) fn write_facets(tx: &mut Tx<'_>, id: MemberId, profile: &MemberProfile) -> Result<()> {
    let facets = facets::of(profile);
    let unknown = || Problem::invalid(vec![Fault::at("/skills", Code::UnknownReference)]);
    FACETS.insert(tx, &[id.as_str()], facets::rows(&id, &facets, profile), unknown)
}

pub(super) fn write_names(tx: &mut Tx<'_>, id: MemberId, version: i64, document: &MemberCreate) -> Result<()> {
    let names = row::names(document);
    let rows = names.iter().map(|name| row::name_row(&id, version, name)).collect();
    InsertRows { table: "member_names", columns: row::NAME_COLUMNS, rows }.execute(tx.conn)?;
    Ok(())
}
