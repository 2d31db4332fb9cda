//! The tree: what is above what, and which branch follows from it.
//!
//! `organisation_ancestors` holds a row for each organisation and each one above it, itself included, so that a subtree
//! is one indexed look-up however many people it holds. Whoever changes it holds [`Lock::OrganisationTree`].
//!
//! [`Lock::OrganisationTree`]: crate::db::Lock::OrganisationTree

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::types::{OrganisationId, OrganisationKind};
use crate::db::changes::{self, Action, EntityType};
use crate::db::revisions::places;
use crate::db::schema::{organisation_ancestors, organisations};
use crate::db::{MultiBackend, Tx, one_of, revisions};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Kind, Problem, Result};

/// Puts a new organisation below its parent.
pub fn attach(tx: &mut Tx<'_>, id: OrganisationId, parent: Option<OrganisationId>) -> Result<()> {
    let own = (
        organisation_ancestors::organisation_id.eq(id),
        organisation_ancestors::ancestor_id.eq(id),
        organisation_ancestors::depth.eq(0),
    );
    diesel::insert_into(organisation_ancestors::table).values(own).execute(tx.conn)?;
    join(tx, id, parent)
}

/// Puts an organisation, with all below it, below another parent.
pub fn reattach(tx: &mut Tx<'_>, id: OrganisationId, parent: Option<OrganisationId>) -> Result<()> {
    diesel::sql_query(
        "DELETE FROM organisation_ancestors \
         WHERE organisation_id IN (SELECT organisation_id FROM organisation_ancestors WHERE ancestor_id = $1) \
         AND ancestor_id IN (SELECT ancestor_id FROM organisation_ancestors WHERE organisation_id = $2 AND depth > 0)",
    )
    .bind::<Text, _>(id)
    .bind::<Text, _>(id)
    .execute(tx.conn)?;
    join(tx, id, parent)
}

/// The same for several parts of one parent, which go below another one.
pub fn reattach_all(
    tx: &mut Tx<'_>,
    parts: &[OrganisationId],
    from: OrganisationId,
    to: Option<OrganisationId>,
) -> Result<()> {
    let below = || one_of(organisation_ancestors::ancestor_id, parts);
    let subtrees: Vec<OrganisationId> =
        organisation_ancestors::table.filter(below()).select(organisation_ancestors::organisation_id).load(tx.conn)?;
    let above: Vec<OrganisationId> = organisation_ancestors::table
        .filter(organisation_ancestors::organisation_id.eq(from))
        .select(organisation_ancestors::ancestor_id)
        .load(tx.conn)?;
    let old = organisation_ancestors::table
        .filter(organisation_ancestors::organisation_id.eq_any(subtrees))
        .filter(organisation_ancestors::ancestor_id.eq_any(above));
    diesel::delete(old).execute(tx.conn)?;
    let Some(to) = to else { return Ok(()) };
    let ids: Vec<&str> = parts.iter().map(OrganisationId::as_str).collect();
    let query = format!(
        "INSERT INTO organisation_ancestors (organisation_id, ancestor_id, depth) \
         SELECT below.organisation_id, above.ancestor_id, below.depth + above.depth + 1 \
         FROM organisation_ancestors below CROSS JOIN organisation_ancestors above \
         WHERE above.organisation_id = $1 AND below.ancestor_id IN ({})",
        places(2, &ids)
    );
    let mut query = diesel::sql_query(query).into_boxed::<MultiBackend>().bind::<Text, _>(to);
    for id in ids {
        query = query.bind::<Text, _>(id);
    }
    query.execute(tx.conn)?;
    Ok(())
}

/// Everything below, itself included, times everything above.
fn join(tx: &mut Tx<'_>, id: OrganisationId, parent: Option<OrganisationId>) -> Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    diesel::sql_query(
        "INSERT INTO organisation_ancestors (organisation_id, ancestor_id, depth) \
         SELECT below.organisation_id, above.ancestor_id, below.depth + above.depth + 1 \
         FROM organisation_ancestors below CROSS JOIN organisation_ancestors above \
         WHERE below.ancestor_id = $1 AND above.organisation_id = $2",
    )
    .bind::<Text, _>(id)
    .bind::<Text, _>(parent)
    .execute(tx.conn)?;
    Ok(())
}

/// 409 if the parent is the organisation itself, or below it.
pub fn refuse_cycle(tx: &mut Tx<'_>, id: OrganisationId, parent: Option<OrganisationId>) -> Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    let is_below: bool = diesel::select(diesel::dsl::exists(
        organisation_ancestors::table
            .filter(organisation_ancestors::organisation_id.eq(parent))
            .filter(organisation_ancestors::ancestor_id.eq(id)),
    ))
    .get_result(tx.conn)?;
    if is_below { Err(Problem::conflict(Fault::at("/parent_id", Code::Cycle))) } else { Ok(()) }
}

/// 409 if others name the organisation as their branch, and it is to be no ministry.
pub fn refuse_orphans(tx: &mut Tx<'_>, id: OrganisationId, kind: OrganisationKind) -> Result<()> {
    let named = organisations::table.filter(organisations::branch_override.eq(id));
    if kind != OrganisationKind::Ministry && diesel::select(diesel::dsl::exists(named)).get_result(tx.conn)? {
        return Err(Problem::new(Kind::Conflict, Code::InUse.with("by", "organisations.branch_override")));
    }
    Ok(())
}

/// The branch of an organisation, and whether what it names for it is there: a ministry is its own, another is in the
/// one it says, else in its parent's.
pub fn branch(
    tx: &mut Tx<'_>,
    id: OrganisationId,
    kind: OrganisationKind,
    branch_override: Option<OrganisationId>,
    parent: Option<OrganisationId>,
) -> Result<Option<OrganisationId>> {
    let mut faults = Vec::new();
    let named: Vec<OrganisationId> = [branch_override, parent].into_iter().flatten().collect();
    let known: HashMap<OrganisationId, (OrganisationKind, Option<OrganisationId>)> = organisations::table
        .filter(organisations::id.eq_any(named))
        .select((organisations::id, organisations::kind, organisations::branch))
        .load::<(OrganisationId, OrganisationKind, Option<OrganisationId>)>(tx.conn)?
        .into_iter()
        .map(|(id, kind, branch)| (id, (kind, branch)))
        .collect();
    let above = parent.and_then(|parent| known.get(&parent));
    if parent.is_some() && above.is_none() {
        faults.push(Fault::at("/parent_id", Code::UnknownReference));
    }
    match branch_override.map(|ministry| known.get(&ministry)) {
        None => {}
        Some(_) if kind == OrganisationKind::Ministry => {
            faults.push(Fault::at("/branch_override", Code::MinistryOwnBranch))
        }
        Some(None) => faults.push(Fault::at("/branch_override", Code::UnknownReference)),
        Some(Some((OrganisationKind::Ministry, _))) => {}
        Some(Some(_)) => faults.push(Fault::at("/branch_override", Code::NotAMinistry)),
    }
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    Ok(derive(id, kind, branch_override, above.and_then(|(_, branch)| *branch)))
}

fn derive(
    id: OrganisationId,
    kind: OrganisationKind,
    branch_override: Option<OrganisationId>,
    above: Option<OrganisationId>,
) -> Option<OrganisationId> {
    match kind {
        OrganisationKind::Ministry => Some(id),
        _ => branch_override.or(above),
    }
}

/// Brings the branches of organisations, and of all below them, in line with the tree. What changes is kept as a revision
/// and told in the change log, but is no new version: none of their own fields changed.
pub fn rebranch(tx: &mut Tx<'_>, tops: &[OrganisationId]) -> Result<()> {
    type Row =
        (OrganisationId, i64, OrganisationKind, Option<OrganisationId>, Option<OrganisationId>, Option<OrganisationId>);
    let below = organisation_ancestors::table
        .filter(one_of(organisation_ancestors::ancestor_id, tops))
        .select(organisation_ancestors::organisation_id);
    let rows: Vec<Row> = organisations::table
        .filter(organisations::id.eq_any(below))
        .order(organisations::id)
        .select((
            organisations::id,
            organisations::version,
            organisations::kind,
            organisations::branch_override,
            organisations::parent_id,
            organisations::branch,
        ))
        .load(tx.conn)?;
    let known: HashMap<OrganisationId, &Row> = rows.iter().map(|row| (row.0, row)).collect();
    let outside = rows.iter().filter_map(|row| row.4).filter(|parent| !known.contains_key(parent));
    let outside: HashMap<OrganisationId, Option<OrganisationId>> = organisations::table
        .filter(organisations::id.eq_any(outside.collect::<Vec<_>>()))
        .select((organisations::id, organisations::branch))
        .load(tx.conn)?
        .into_iter()
        .collect();
    let right = |row: &Row| {
        let mut here = row;
        loop {
            match derive(here.0, here.2, here.3, None) {
                Some(branch) => return Some(branch),
                None => match here.4.map(|parent| known.get(&parent).copied().ok_or(parent)) {
                    Some(Ok(above)) => here = above,
                    Some(Err(parent)) => return outside.get(&parent).copied().flatten(),
                    None => return None,
                },
            }
        }
    };
    let mut moved: BTreeMap<Option<OrganisationId>, Vec<(OrganisationId, i64)>> = BTreeMap::new();
    for row in &rows {
        let branch = right(row);
        if branch != row.5 {
            moved.entry(branch).or_default().push((row.0, row.1));
        }
    }
    // As many rounds as there are new branches: a handful at most.
    for (branch, organisations_moved) in moved {
        let ids: Vec<&str> = organisations_moved.iter().map(|(id, _)| id.as_str()).collect();
        diesel::update(
            organisations::table.filter(organisations::id.eq_any(organisations_moved.iter().map(|(id, _)| *id))),
        )
        .set(organisations::branch.eq(branch))
        .execute(tx.conn)?;
        revisions::follow(tx, EntityType::Organisation, &ids)?;
        revisions::next(tx, EntityType::Organisation, &ids)?;
        let entries: Vec<(&str, i64)> =
            organisations_moved.iter().map(|(id, version)| (id.as_str(), *version)).collect();
        changes::append(tx, EntityType::Organisation, &entries, Action::Updated, vec!["branch".to_owned()])?;
    }
    Ok(())
}
