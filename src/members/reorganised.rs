//! People whose organisation changes with others': many at once, with a handful of statements for all.

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde::Deserialize;

use super::store::TYPE;
use super::types::{MemberCreate, MemberId};
use super::words::MemberStatus;
use crate::db::changes::{self, Action};
use crate::db::schema::members;
use crate::db::types::with_field;
use crate::db::{Conn, Json, Tx, one_of, revisions};
use crate::http::problem::Result;
use crate::memberships;
use crate::organisations::OrganisationId;
use crate::text::Name;

/// Somebody who works in an organisation, as far as it decides where they go.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Who.
    pub id: MemberId,
    /// Their version.
    pub version: i64,
    /// Where they work.
    pub organisation_id: OrganisationId,
    /// In which unit of it.
    pub unit: Option<Name>,
}

/// Those who work in organisations, and have not left, behind an id and in the order of ids.
pub fn working_in(
    conn: &mut Conn,
    organisations: &[OrganisationId],
    after: Option<MemberId>,
    limit: i64,
) -> Result<Vec<MemberId>> {
    let mut query = members::table
        .filter(one_of(members::organisation_id, organisations))
        // As the index has it, not compared with a value.
        .filter(sql::<Bool>("members.status <> 'left'"))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(members::id.gt(after));
    }
    Ok(query.order(members::id).limit(limit).select(members::id).load(conn)?)
}

/// What there is to know of those of some people who work in organisations, in the order of their ids. Whoever moves them
/// holds them.
pub fn workers(conn: &mut Conn, ids: &[MemberId], organisations: &[OrganisationId]) -> Result<Vec<Worker>> {
    #[derive(Deserialize)]
    struct Unit {
        unit: Option<Name>,
    }
    let query = members::table
        .filter(one_of(members::id, ids))
        .filter(one_of(members::organisation_id, organisations))
        .filter(members::status.ne(MemberStatus::Left))
        .order(members::id)
        .select((members::id, members::version, members::organisation_id.assume_not_null(), members::document));
    let rows: Vec<(MemberId, i64, OrganisationId, Json<MemberCreate>)> = query.load(conn)?;
    let worker = |(id, version, organisation_id, document): (MemberId, i64, OrganisationId, Json<MemberCreate>)| {
        let Unit { unit } = document.part()?;
        Ok(Worker { id, version, organisation_id, unit })
    };
    rows.into_iter().map(worker).collect()
}

/// Moves people of one organisation, who are held, to another; who they were. Their memberships follow them: these know
/// the organisation from the person alone. Rules of office and likely duplicates are the caller's to see to, once for all.
pub fn move_people(
    tx: &mut Tx<'_>,
    people: &[Worker],
    from: OrganisationId,
    to: OrganisationId,
) -> Result<Vec<MemberId>> {
    let ids: Vec<MemberId> = people.iter().map(|person| person.id).collect();
    follow(tx, &ids)?;
    let document = with_field(members::document, "organisation_id", Some(from.as_str()), Some(to.as_str()));
    diesel::update(members::table.filter(one_of(members::id, &ids)))
        .set((
            members::document.eq(document),
            members::organisation_id.eq(Some(to)),
            members::version.eq(members::version + 1),
            members::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    record(tx, people, "organisation_id")?;
    Ok(ids)
}

/// People, who are held, have left their organisation, and so end in every network. It takes hold of these: nobody does
/// who holds networks already.
pub fn people_leave(tx: &mut Tx<'_>, people: &[Worker], today: NaiveDate) -> Result<Vec<MemberId>> {
    let ids: Vec<MemberId> = people.iter().map(|person| person.id).collect();
    follow(tx, &ids)?;
    memberships::hold_of_leavers(tx, &ids)?;
    let left = Some(MemberStatus::Left.as_str());
    let document = with_field(members::document, "status", Some(MemberStatus::Inactive.as_str()), left);
    let document = with_field(document, "status", Some(MemberStatus::Active.as_str()), left);
    diesel::update(members::table.filter(one_of(members::id, &ids)))
        .set((
            members::document.eq(document),
            members::status.eq(MemberStatus::Left),
            members::version.eq(members::version + 1),
            members::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    memberships::end_of_leavers(tx, &ids, today)?;
    record(tx, people, "status")?;
    Ok(ids)
}

fn follow(tx: &mut Tx<'_>, ids: &[MemberId]) -> Result<()> {
    revisions::follow(tx, TYPE, &ids.iter().map(MemberId::as_str).collect::<Vec<_>>())
}

fn record(tx: &mut Tx<'_>, people: &[Worker], field: &str) -> Result<()> {
    let entries: Vec<(&str, i64)> = people.iter().map(|person| (person.id.as_str(), person.version + 1)).collect();
    revisions::next(tx, TYPE, &entries.iter().map(|(id, _)| *id).collect::<Vec<_>>())?;
    changes::append(tx, TYPE, &entries, Action::Updated, vec![field.to_owned()])
}
