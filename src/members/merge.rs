//! Two records of one person become one.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::facets;
use super::profile::MemberProfile;
use super::row::{HrColumns, MemberRow, OwnColumns};
use super::store::{
    FACETS, TYPE, find, forget_as_contact, get, refuse_organisation, refuse_taken, user_name_taken, write_facets,
    write_names,
};
use super::types::{MemberCreate, MemberId};
use super::words::MemberStatus;
use super::{identities, likeness};
use crate::auth::visibility::{Sight, Visibility};
use crate::db::changes::{self, Action, EntityType};
use crate::db::schema::{
    external_id_revisions, member_facet_revisions, member_identity_revisions, member_names, member_revisions, members,
    membership_revisions,
};
use crate::db::{OnConflict, Tx, dismissals, external_ids as ids, revisions, tombstones};
use crate::ex_officio;
use crate::http::etag::{IfMatch, stale};
use crate::http::merge::{MergeChoices, MergeRules, merged, refuse_unknown};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::memberships;
use crate::{networks, organisations};

/// Which record goes, and whose value each field has then.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberMerge {
    /// The member who goes: the one in the path stays.
    pub duplicate_id: MemberId,
    /// The version that is to be merged; 412 for another. Whichever it is when left out.
    pub duplicate_version: Option<i64>,
    /// The version of their profile that is to be merged; 412 for another.
    pub duplicate_profile_version: Option<i64>,
    /// The version of the profile of the one who stays; 412 for another.
    pub profile_version: Option<i64>,
    /// Whose value a field has, of those that the HR system owns and of the profile, by name: `survivor`, `duplicate`, or of
    /// a list `both`. A field that is not named keeps the survivor's value, or takes the duplicate's where the survivor has
    /// none. External ids are those of both, up to 50; protected is whoever was so in either record, and each group of fields
    /// is for those who belong to both audiences: nobody is shown what either record hid.
    #[serde(default)]
    pub fields: MergeChoices,
    /// Whether to answer with what would come of it, and change nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// How the fields that the HR system owns become one.
const HR: MergeRules = MergeRules { kept: &[], united: &["external_ids"], derived: &["protected"] };

/// How profiles become one.
const OWN: MergeRules = MergeRules { kept: &[], united: &[], derived: &["visibility"] };

/// Makes one member of two: what belongs to the duplicate goes to the one who stays, and leads there from then on.
pub fn merge(
    tx: &mut Tx<'_>,
    id: MemberId,
    if_match: &IfMatch,
    merge: &MemberMerge,
    today: NaiveDate,
) -> Result<MemberRow> {
    let duplicate_id = merge.duplicate_id;
    if duplicate_id == id {
        return Err(Problem::invalid(vec![Fault::at("/duplicate_id", Code::MergeWithItself)]));
    }
    // In the order of the ids, or two who merge the two crosswise would wait for one another.
    tx.hold(TYPE, id.min(duplicate_id).as_str())?;
    tx.hold(TYPE, id.max(duplicate_id).as_str())?;
    let old = get(tx.conn, id, None)?;
    if_match.check(old.version)?;
    let Some(gone) = find(tx.conn, duplicate_id, None)? else {
        return Err(tombstones::no_duplicate(tx.conn, TYPE, duplicate_id.as_str(), Sight::Editor));
    };
    refuse_stale(merge, &old, &gone)?;
    // What both were in, and what rules of office may bring the one who stays into, in one order.
    let mut concerned = memberships::networks_of(tx.conn, &[id], &[duplicate_id])?;
    concerned.extend(ex_officio::concerning(tx.conn, &[id, duplicate_id])?);
    networks::hold(tx, concerned)?;
    let (document, others) = (old.document.value()?, gone.document.value()?);
    let (profile, other_profile) = (old.profile.value()?, gone.profile.value()?);
    let mut names = HR.names(&document)?;
    names.extend(OWN.names(&profile)?);
    refuse_unknown(&merge.fields, &names)?;
    let mut after: MemberCreate = merged(&document, &others, &merge.fields, HR)?;
    after.protected = document.protected || others.protected;
    let mut own: MemberProfile = merged(&profile, &other_profile, &merge.fields, OWN)?;
    own.visibility = profile.visibility.and(&other_profile.visibility);
    let is_back = document.status == MemberStatus::Left && after.status != MemberStatus::Left;
    if after.status != MemberStatus::Left && (document.organisation_id != after.organisation_id || is_back) {
        refuse_organisation(tx, &after)?;
    }

    revisions::follow(tx, TYPE, &[id.as_str(), duplicate_id.as_str()])?;
    identities::follow(tx, duplicate_id)?;
    let networks = memberships::of_members(tx, duplicate_id, id, after.status == MemberStatus::Left, today)?;
    identities::take_over(tx, duplicate_id, id)?;
    close(tx, &gone, id)?;
    write(tx, &old, &document, &after, (&profile, &own))?;
    memberships::refresh(tx, &networks)?;
    if after.status != MemberStatus::Left {
        ex_officio::people_changed(tx, &[id], today)?;
    }
    dismissals::take_over(tx, TYPE, duplicate_id.as_str(), id.as_str())?;
    organisations::replace_contact(tx, duplicate_id, Some(id))?;
    if after.protected {
        forget_as_contact(tx, id)?;
    }
    likeness::refresh(tx, &[id.as_str(), duplicate_id.as_str()], &[&old, &gone])?;
    get(tx.conn, id, None)
}

/// 412 where either record is another than the caller has read.
fn refuse_stale(merge: &MemberMerge, old: &MemberRow, gone: &MemberRow) -> Result<()> {
    let versions = [
        ("/duplicate_version", merge.duplicate_version, gone.version),
        ("/duplicate_profile_version", merge.duplicate_profile_version, gone.profile_version),
        ("/profile_version", merge.profile_version, old.profile_version),
    ];
    match versions.into_iter().find(|(_, expected, version)| expected.is_some_and(|expected| expected != *version)) {
        None => Ok(()),
        Some((place, _, version)) => {
            let fault = Fault::at(place, Code::Stale.with("version", version.to_string()));
            Err(stale(version).faults(vec![fault]))
        }
    }
}

/// Ends the record that goes; what it was stays readable as of an earlier time.
fn close(tx: &mut Tx<'_>, gone: &MemberRow, into: MemberId) -> Result<()> {
    let id = gone.id.as_str();
    FACETS.clear(tx, id)?;
    ids::clear(tx, TYPE, id)?;
    diesel::delete(members::table.filter(members::id.eq(gone.id))).execute(tx.conn)?;
    revisions::close(tx, TYPE, &[id])?;
    tombstones::leave(tx, TYPE, &[(id, gone.version)], Visibility::Administration)?;
    tombstones::lead(tx, TYPE, id, into.as_str())?;
    changes::append(tx, TYPE, &[(id, gone.version)], Action::Merged, Vec::new())
}

/// Writes both documents of the one who stays, at their next versions: what belongs to a record is part of it, so that its
/// version is another even where no field is.
fn write(
    tx: &mut Tx<'_>,
    old: &MemberRow,
    before: &MemberCreate,
    after: &MemberCreate,
    (profile, own): (&MemberProfile, &MemberProfile),
) -> Result<()> {
    let (id, version) = (old.id, old.version + 1);
    let mut fields = changes::differences(Some(before), after)?;
    let is_renamed = (&before.family_name, &before.given_name) != (&after.family_name, &after.given_name);
    let hr = HrColumns::of(after, version, if is_renamed { version } else { old.names_version }, tx.now)?;
    if hr.user_name != old.user_name {
        refuse_taken(tx, id, &hr.user_name)?;
    }
    let target = || members::table.filter(members::id.eq(id));
    diesel::update(target()).set(&hr).execute(tx.conn).on_taken(user_name_taken)?;
    if profile != own {
        fields.push("profile".to_owned());
        let columns = OwnColumns::of(own, old.profile_version + 1, tx.now)?;
        diesel::update(target()).set(&columns).execute(tx.conn)?;
        if facets::of(profile) != facets::of(own) {
            FACETS.clear(tx, id.as_str())?;
            write_facets(tx, id, own)?;
        }
    }
    if is_renamed {
        write_names(tx, id, version, after)?;
    }
    if before.external_ids != after.external_ids {
        ids::set(tx, TYPE, id.as_str(), &after.external_ids)?;
    }
    // Also those that came have this name now.
    memberships::resort(tx, id, &hr.sort_key)?;
    revisions::next(tx, TYPE, &[id.as_str()])?;
    changes::append(tx, TYPE, &[(id.as_str(), version)], Action::Updated, fields)
}

/// Forgets what was recorded of those who were merged into a member: it is theirs to be forgotten, too. Their ids.
pub fn forget_merged(tx: &mut Tx<'_>, id: MemberId) -> Result<Vec<String>> {
    let merged = tombstones::led_to(tx.conn, TYPE, id.as_str())?;
    if merged.is_empty() {
        return Ok(merged);
    }
    let those = || merged.clone();
    diesel::delete(member_revisions::table.filter(member_revisions::id.eq_any(those()))).execute(tx.conn)?;
    diesel::delete(member_names::table.filter(member_names::member_id.eq_any(those()))).execute(tx.conn)?;
    let facets = member_facet_revisions::table.filter(member_facet_revisions::member_id.eq_any(those()));
    diesel::delete(facets).execute(tx.conn)?;
    let identities = member_identity_revisions::table.filter(member_identity_revisions::member_id.eq_any(those()));
    diesel::delete(identities).execute(tx.conn)?;
    let memberships = membership_revisions::table.filter(membership_revisions::member_id.eq_any(those()));
    diesel::delete(memberships).execute(tx.conn)?;
    let external = external_id_revisions::table
        .filter(external_id_revisions::entity_type.eq(EntityType::Member))
        .filter(external_id_revisions::entity_id.eq_any(those()));
    diesel::delete(external).execute(tx.conn)?;
    Ok(merged)
}
