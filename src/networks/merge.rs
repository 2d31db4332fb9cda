//! Two records of one network become one.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::row::NetworkRow;
use super::store::{TYPE, find, get, narrow_past, write_names};
use super::types::{NetworkCreate, NetworkId};
use super::words::NetworkStatus;
use super::{links, themes};
use crate::auth::visibility::Sight;
use crate::db::changes::{self, Action};
use crate::db::schema::networks;
use crate::db::{Lock, Tx, dismissals, external_ids as ids, revisions, tombstones};
use crate::ex_officio::rule;
use crate::http::etag::{IfMatch, stale};
use crate::http::merge::{MergeChoices, MergeRules, merged, refuse_unknown};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::memberships;

/// Which record goes, and whose value each field has then.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkMerge {
    /// The network that goes: the one in the path stays.
    pub duplicate_id: NetworkId,
    /// The version of it that is to be merged; 412 for another. Whichever it is when left out.
    pub duplicate_version: Option<i64>,
    /// Whose value a field has, by name: `survivor`, `duplicate`, or of a list `both`. A field that is not named keeps the
    /// survivor's value, or takes the duplicate's where the survivor has none; but for visibility, which is the narrower of
    /// the two, and for admits, closed_on, min_size and max_size, where to have none says something. External ids are
    /// those of both, up to 50.
    #[serde(default)]
    pub fields: MergeChoices,
    /// Whether to answer with what would come of it, and change nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// How the fields of networks become one.
const RULES: MergeRules =
    MergeRules { kept: &["admits", "closed_on", "min_size", "max_size"], united: &["external_ids"], derived: &[] };

/// Makes one network of two: what belongs to the duplicate goes to the one that stays, and leads there from then on.
pub fn merge(
    tx: &mut Tx<'_>,
    id: NetworkId,
    if_match: &IfMatch,
    merge: &NetworkMerge,
    today: NaiveDate,
    sight: Sight,
) -> Result<NetworkRow> {
    let duplicate_id = merge.duplicate_id;
    if duplicate_id == id {
        return Err(Problem::invalid(vec![Fault::at("/duplicate_id", Code::MergeWithItself)]));
    }
    // Before the rows, and these in the order of their ids, as all do who take several.
    tx.lock(Lock::NetworkLinks)?;
    tx.hold(TYPE, id.min(duplicate_id).as_str())?;
    tx.hold(TYPE, id.max(duplicate_id).as_str())?;
    let old = get(tx.conn, id, None, sight)?;
    if_match.check(old.version)?;
    let Some(gone) = find(tx.conn, duplicate_id, None, sight)? else {
        return Err(tombstones::no_duplicate(tx.conn, TYPE, duplicate_id.as_str(), sight));
    };
    if merge.duplicate_version.is_some_and(|version| version != gone.version) {
        let fault = Fault::at("/duplicate_version", Code::Stale.with("version", gone.version.to_string()));
        return Err(stale(gone.version).faults(vec![fault]));
    }
    let (before, others) = (old.document.value()?, gone.document.value()?);
    refuse_unknown(&merge.fields, &RULES.names(&before)?)?;
    let mut after: NetworkCreate = merged(&before, &others, &merge.fields, RULES)?;
    if !merge.fields.0.contains_key("visibility") {
        after.visibility = before.visibility.max(others.visibility);
    }

    revisions::follow(tx, TYPE, &[id.as_str(), duplicate_id.as_str()])?;
    let own_links = links::of_merged(tx, duplicate_id, id)?;
    memberships::of_networks(tx, duplicate_id, id, today)?;
    refuse_fuller(tx, id, &after)?;
    links::take_over(tx, own_links, duplicate_id, id)?;
    dismissals::take_over(tx, TYPE, duplicate_id.as_str(), id.as_str())?;
    close(tx, &gone, id, &after)?;
    write(tx, &old, &before, &after)
}

/// No merged network has more members than it may have.
fn refuse_fuller(tx: &mut Tx<'_>, id: NetworkId, after: &NetworkCreate) -> Result<()> {
    let Some(max) = after.max_size else { return Ok(()) };
    let count = memberships::count_active(tx.conn, id)?;
    if count <= i64::from(max) {
        return Ok(());
    }
    // Not how many: some of them may be hidden from the caller.
    Err(Problem::conflict(Fault::at("/fields/max_size", Code::MaxBelowMembers)))
}

/// Ends the record that goes; what it was stays readable as of an earlier time, by those who may see what it has become.
fn close(tx: &mut Tx<'_>, gone: &NetworkRow, into: NetworkId, after: &NetworkCreate) -> Result<()> {
    let id = gone.id.as_str();
    let visibility = gone.visibility.max(after.visibility);
    themes::clear(tx, gone.id)?;
    ids::clear(tx, TYPE, id)?;
    rule::set(tx, gone.id, None)?;
    diesel::delete(networks::table.filter(networks::id.eq(gone.id))).execute(tx.conn)?;
    narrow_past(tx, gone.id, visibility)?;
    revisions::close(tx, TYPE, &[id])?;
    tombstones::leave(tx, TYPE, &[(id, gone.version)], visibility)?;
    tombstones::lead(tx, TYPE, id, into.as_str())?;
    changes::append(tx, TYPE, &[(id, gone.version)], Action::Merged, Vec::new())
}

/// Writes the document of the one that stays, at its next version: what belongs to a record is part of it, so that its
/// version is another even where no field is.
fn write(tx: &mut Tx<'_>, old: &NetworkRow, before: &NetworkCreate, after: &NetworkCreate) -> Result<NetworkRow> {
    let (id, version) = (old.id, old.version + 1);
    let mut fields = changes::differences(Some(before), after)?;
    let names_version = if before.name == after.name { old.names_version } else { version };
    let needs_coordinator = after.status != NetworkStatus::Closed && !memberships::has_coordinator(tx.conn, id)?;
    if needs_coordinator != old.needs_coordinator {
        fields.push("needs_coordinator".to_owned());
    }
    let new = NetworkRow::new(id, after, tx.now)?;
    let row = NetworkRow { version, created_at: old.created_at, names_version, needs_coordinator, ..new };
    diesel::update(networks::table.filter(networks::id.eq(id))).set(&row).execute(tx.conn)?;
    if names_version == version {
        write_names(tx, id, version, &after.name)?;
    }
    if before.external_ids != after.external_ids {
        ids::set(tx, TYPE, id.as_str(), &after.external_ids)?;
    }
    if before.themes != after.themes {
        themes::set(tx, id, &after.themes)?;
    }
    if rule::in_force(before) != rule::in_force(after) {
        rule::set(tx, id, rule::in_force(after))?;
    }
    narrow_past(tx, id, after.visibility)?;
    revisions::next(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), version)], Action::Updated, fields)?;
    Ok(row)
}
