//! How organisations end, and what they leave behind: for reorganisations. Whoever calls holds
//! [`Lock::OrganisationTree`](crate::db::Lock::OrganisationTree), but for [`require_open`].
//!
//! What one document says of another organisation is replaced in its text, for all that say the same at once: an id in
//! quotes behind its field's name stands nowhere else, since quotes within a text are escaped.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Deserialize;

use super::row::Mentioned;
use super::tree;
use super::types::{Organisation, OrganisationId, OrganisationKind, Predecessor, Successor};
use crate::db::as_of::AsOf;
use crate::db::changes::{self, Action, EntityType};
use crate::db::keyset::Key;
use crate::db::schema::{organisation_change_parties, organisations};
use crate::db::types::with_field;
use crate::db::{Conn, Json, Tx, one_of, revisions};
use crate::http::day;
use crate::http::list::{Readable, Reading};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};
use crate::organisation_changes::{OrganisationChangeId, Part};

const TYPE: EntityType = EntityType::Organisation;

/// How organisations end.
pub struct End<'a> {
    /// By which reorganisation.
    pub by: OrganisationChangeId,
    /// The day on which they have ceased to exist.
    pub on: NaiveDate,
    /// What comes after them.
    pub successors: &'a [Successor],
}

/// A part of an organisation.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct OrganisationPart {
    /// Its id.
    pub id: OrganisationId,
    /// Its version.
    pub version: i64,
    /// What it is a part of.
    pub parent_id: Option<OrganisationId>,
}

/// Keeps an organisation that something is put into from ending meanwhile; 422 where there is none, 409 with its successors
/// where it has ended.
pub fn require_open(tx: &mut Tx<'_>, id: OrganisationId, pointer: &'static str) -> Result<()> {
    require_all_open(tx, &[(pointer.to_owned(), id)])
}

/// The same of several, each with the place where it is named.
pub fn require_all_open(tx: &mut Tx<'_>, named: &[(String, OrganisationId)]) -> Result<()> {
    if named.is_empty() {
        return Ok(());
    }
    let ids: Vec<OrganisationId> = named.iter().map(|(_, id)| *id).collect();
    tx.keep_all(TYPE, &ids.iter().map(OrganisationId::as_str).collect::<Vec<_>>())?;
    type Found = (OrganisationId, Option<OrganisationChangeId>, Option<Json<Vec<Successor>>>);
    let found: Vec<Found> = organisations::table
        .filter(one_of(organisations::id, &ids))
        .select((organisations::id, organisations::ended_by, organisations::successors))
        .load(tx.conn)?;
    let known: HashMap<OrganisationId, _> =
        found.into_iter().map(|(id, ended_by, successors)| (id, (ended_by, successors))).collect();
    let (mut unknown, mut over, mut after) = (Vec::new(), Vec::new(), Vec::new());
    for (pointer, id) in named {
        match known.get(id) {
            None => unknown.push(Fault::at(pointer, Code::UnknownReference)),
            Some((None, _)) => {}
            Some((Some(_), successors)) => {
                let successors = successors.as_ref().map(Json::value).transpose()?.unwrap_or_default();
                let ids: Vec<&str> = successors.iter().map(|successor| successor.id.as_str()).collect();
                over.push(Fault::at(pointer, Code::OrganisationEnded.with("successors", listed(&ids))));
                after.extend(successors);
            }
        }
    }
    match (unknown.is_empty(), over.is_empty()) {
        (true, true) => Ok(()),
        (false, _) => Err(Problem::invalid(unknown)),
        (true, false) => {
            let after = serde_json::to_value(&after).map_err(Problem::internal)?;
            Err(Problem::new(Kind::Conflict, Code::Conflict).faults(over).member("successors", after))
        }
    }
}

fn listed(ids: &[&str]) -> String {
    if ids.is_empty() { "–".to_owned() } else { ids.join(", ") }
}

/// Which of some organisations have ended, and the first days of all, where they are known.
pub fn ended(conn: &mut Conn, ids: Vec<OrganisationId>) -> Result<HashMap<OrganisationId, (bool, Option<NaiveDate>)>> {
    #[derive(Deserialize)]
    struct First {
        #[serde(default, deserialize_with = "day::maybe")]
        valid_from: Option<NaiveDate>,
    }
    type Row = (OrganisationId, Option<OrganisationChangeId>, Json<super::OrganisationCreate>);
    let rows: Vec<Row> = organisations::table
        .filter(organisations::id.eq_any(ids))
        .select((organisations::id, organisations::ended_by, organisations::document))
        .load(conn)?;
    let state = |(id, ended_by, document): Row| Ok((id, (ended_by.is_some(), document.part::<First>()?.valid_from)));
    rows.into_iter().map(state).collect()
}

/// Ends organisations: nothing comes into them any more. Whoever puts something into one at this moment is waited for.
pub fn end(tx: &mut Tx<'_>, ids: &[OrganisationId], end: &End<'_>) -> Result<()> {
    #[derive(Deserialize)]
    struct Last {
        #[serde(default, deserialize_with = "day::maybe")]
        valid_to: Option<NaiveDate>,
    }
    let held: Vec<&str> = ids.iter().map(OrganisationId::as_str).collect();
    if held.is_empty() {
        return Ok(());
    }
    tx.hold_alone(TYPE, &held)?;
    revisions::follow(tx, TYPE, &held)?;
    let rows: Vec<(OrganisationId, i64, Json<super::OrganisationCreate>)> = organisations::table
        .filter(one_of(organisations::id, ids))
        .order(organisations::id)
        .select((organisations::id, organisations::version, organisations::document))
        .load(tx.conn)?;
    let mut by_last: BTreeMap<Option<NaiveDate>, Vec<OrganisationId>> = BTreeMap::new();
    for (id, _, document) in &rows {
        by_last.entry(document.part::<Last>()?.valid_to).or_default().push(*id);
    }
    let successors = Json::of(&end.successors.to_vec())?;
    // A round for all of which no last day was said, and one for each that was.
    for (last, some) in by_last {
        let (last, on) = (last.map(|last| last.to_string()), end.on.to_string());
        let document = with_field(organisations::document, "valid_to", last.as_deref(), Some(&on));
        diesel::update(organisations::table.filter(one_of(organisations::id, &some)))
            .set((
                organisations::document.eq(document),
                organisations::version.eq(organisations::version + 1),
                organisations::updated_at.eq(tx.now),
                organisations::ended_by.eq(Some(end.by)),
                organisations::successors.eq(Some(&successors)),
            ))
            .execute(tx.conn)?;
    }
    revisions::next(tx, TYPE, &held)?;
    let entries: Vec<(&str, i64)> = rows.iter().map(|(id, version, _)| (id.as_str(), version + 1)).collect();
    let fields = ["valid_to", "ended_by", "successors"].map(str::to_owned).to_vec();
    changes::append(tx, TYPE, &entries, Action::Updated, fields)
}

/// Takes organisations that are about to end for this transaction alone, unless somebody is putting something into one at
/// this moment: whether it has them.
pub fn try_hold(tx: &mut Tx<'_>, ids: &[OrganisationId]) -> Result<bool> {
    Ok(tx.try_hold_alone(TYPE, &ids.iter().map(OrganisationId::as_str).collect::<Vec<_>>())?)
}

/// Those of some organisations that are ministries.
pub fn ministries(conn: &mut Conn, ids: Vec<OrganisationId>) -> Result<HashSet<OrganisationId>> {
    let ministries = organisations::table
        .filter(organisations::id.eq_any(ids))
        .filter(organisations::kind.eq(OrganisationKind::Ministry))
        .select(organisations::id);
    Ok(ministries.load(conn)?.into_iter().collect())
}

/// The parts of organisations that have not ended themselves, in the order of their ids.
pub fn parts_of(conn: &mut Conn, parents: &[OrganisationId]) -> Result<Vec<OrganisationPart>> {
    let query = organisations::table
        .filter(one_of(organisations::parent_id, parents))
        .filter(organisations::ended_by.is_null())
        .order(organisations::id)
        .select((organisations::id, organisations::version, organisations::parent_id));
    Ok(query.load(conn)?)
}

/// The whole tree: what each organisation is a part of, and whether it has ended.
pub fn parents(conn: &mut Conn) -> Result<HashMap<OrganisationId, (Option<OrganisationId>, bool)>> {
    let query = organisations::table.select((organisations::id, organisations::parent_id, organisations::ended_by));
    let rows: Vec<(OrganisationId, Option<OrganisationId>, Option<OrganisationChangeId>)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(id, parent, ended_by)| (id, (parent, ended_by.is_some()))).collect())
}

/// Puts parts of an organisation, with all below them, below another, or at the top. That makes no cycle: the caller has
/// seen to it.
pub fn adopt(
    tx: &mut Tx<'_>,
    parts: &[OrganisationPart],
    from: OrganisationId,
    to: Option<OrganisationId>,
) -> Result<()> {
    let ids: Vec<OrganisationId> = parts.iter().map(|part| part.id).collect();
    let texts: Vec<&str> = ids.iter().map(OrganisationId::as_str).collect();
    revisions::follow(tx, TYPE, &texts)?;
    let parent = to.as_ref().map(AsRef::as_ref);
    let document = with_field(organisations::document, "parent_id", Some(from.as_str()), parent);
    diesel::update(organisations::table.filter(one_of(organisations::id, &ids)))
        .set((
            organisations::document.eq(document),
            organisations::parent_id.eq(to),
            organisations::version.eq(organisations::version + 1),
            organisations::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    tree::reattach_all(tx, &ids, from, to)?;
    revisions::next(tx, TYPE, &texts)?;
    let entries: Vec<(&str, i64)> = parts.iter().map(|part| (part.id.as_str(), part.version + 1)).collect();
    changes::append(tx, TYPE, &entries, Action::Updated, vec!["parent_id".to_owned()])?;
    tree::rebranch(tx, &ids)
}

/// Gives organisations that name an ending ministry as their branch another one; none, where that is no ministry.
pub fn rebranch_named(tx: &mut Tx<'_>, from: OrganisationId, to: Option<OrganisationId>) -> Result<()> {
    let named: Vec<(OrganisationId, i64)> = organisations::table
        .filter(organisations::branch_override.eq(from))
        .order(organisations::id)
        .select((organisations::id, organisations::version))
        .load(tx.conn)?;
    if named.is_empty() {
        return Ok(());
    }
    let ministry = organisations::table
        .filter(organisations::id.eq_any(to))
        .filter(organisations::kind.eq(OrganisationKind::Ministry))
        .select(organisations::id);
    let to: Option<OrganisationId> = ministry.first(tx.conn).optional()?;
    let texts: Vec<&str> = named.iter().map(|(id, _)| id.as_str()).collect();
    revisions::follow(tx, TYPE, &texts)?;
    let ministry = to.as_ref().map(AsRef::as_ref);
    let document = with_field(organisations::document, "branch_override", Some(from.as_str()), ministry);
    diesel::update(organisations::table.filter(organisations::branch_override.eq(from)))
        .set((
            organisations::document.eq(document),
            organisations::branch_override.eq(to),
            organisations::version.eq(organisations::version + 1),
            organisations::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    revisions::next(tx, TYPE, &texts)?;
    let entries: Vec<(&str, i64)> = named.iter().map(|(id, version)| (id.as_str(), version + 1)).collect();
    changes::append(tx, TYPE, &entries, Action::Updated, vec!["branch_override".to_owned()])?;
    tree::rebranch(tx, &named.iter().map(|(id, _)| *id).collect::<Vec<_>>())
}

/// What organisations came after, in alphabetical order: one query for all.
pub fn predecessors(
    conn: &mut Conn,
    ids: Vec<OrganisationId>,
    reading: &Reading<Organisation>,
) -> Result<HashMap<OrganisationId, Vec<Predecessor>>> {
    let by_name = Key(Organisation::name_column(reading.language));
    let query = organisation_change_parties::table
        .inner_join(
            organisations::table.on(organisations::ended_by.eq(organisation_change_parties::change_id.nullable())),
        )
        .filter(organisation_change_parties::part.eq(Part::Result))
        .filter(organisation_change_parties::organisation_id.eq_any(ids))
        .order((by_name, organisations::id))
        .select((organisation_change_parties::organisation_id, organisations::successors, Mentioned::as_select()));
    type Ended = (OrganisationId, Option<Json<Vec<Successor>>>, Mentioned);
    let rows: Vec<Ended> = AsOf { at: reading.as_of, query }.load(conn)?;
    let mut predecessors: HashMap<OrganisationId, Vec<Predecessor>> = HashMap::new();
    for (id, successors, row) in rows {
        let successors = successors.as_ref().map(Json::value).transpose()?.unwrap_or_default();
        if let Some(how) = successors.iter().find(|successor| successor.id == id) {
            let (r#type, on) = (how.r#type, how.on);
            predecessors.entry(id).or_default().push(Predecessor { organisation: row.reference()?, r#type, on });
        }
    }
    Ok(predecessors)
}
