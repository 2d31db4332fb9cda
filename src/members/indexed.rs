//! Members as search has them: what everybody signed in may see of them.
//!
//! What a member shows to fewer is not found by anybody: whoever could find them by it would learn it.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::profile::MemberProfile;
use super::row::MemberRow;
use super::types::{MemberCreate, MemberId};
use super::words::{Audience, MemberStatus};
use crate::db::schema::{concept_ancestors, member_facets, members, organisation_ancestors};
use crate::db::{Conn, one_of};
use crate::http::problem::Result;
use crate::organisations::{self, OrganisationId};
use crate::search::{Document, Entity, Indexed, Text, access, texts};
use crate::text::language_of;
use crate::vocabularies::concepts::{self, ConceptId};

/// Some members, as search has them: four queries, and two more for each two hundred concepts beyond the first that they
/// name.
pub fn indexed(conn: &mut Conn, ids: &[MemberId]) -> Result<Vec<Indexed>> {
    let rows: Vec<MemberRow> =
        members::table.filter(one_of(members::id, ids)).select(MemberRow::as_select()).load(conn)?;
    let workplaces: Vec<OrganisationId> = rows.iter().filter_map(|row| row.organisation_id).collect();
    let places = organisations::indexed::places(conn, &workplaces)?;
    let read = |row: MemberRow| Ok((row.document.value()?, row.profile.value()?, row));
    let read = rows.into_iter().map(read).collect::<Result<Vec<(MemberCreate, MemberProfile, MemberRow)>>>()?;
    let named: BTreeSet<ConceptId> = read.iter().flat_map(|(_, profile, _)| shown(profile)).collect();
    let known = concepts::indexed::labelled(conn, named)?;
    let make = |(member, profile, row): (MemberCreate, MemberProfile, MemberRow)| {
        let mut document = Document::new(Entity::Member, row.id.as_str());
        document.title = member.title.iter().flat_map(texts).collect();
        document.text = member.unit.iter().flat_map(texts).collect();
        if is_open(profile.visibility.bio) {
            document.text.extend(profile.bio.iter().flat_map(texts));
        }
        if is_open(profile.visibility.skills) {
            let skills: Vec<ConceptId> = profile.skills.iter().map(|skill| skill.concept).collect();
            document.skills = known.write_labels(&skills, &mut document.labels);
            document.themes = known.write_labels(&profile.interests, &mut document.labels);
            document.languages = profile.languages.iter().map(|known| language_of(&known.tag)).collect();
        }
        if is_open(profile.visibility.experience) {
            for experience in &profile.experience {
                document.text.extend(texts(&experience.title));
                document.text.extend(experience.organisation.iter().map(Text::any));
            }
        }
        document.kind = member.office.map(|office| office.as_str().to_owned());
        document.date = row.updated_at.and_utc().timestamp();
        document.access = access::of_member(&row.id, !row.protected && row.status != MemberStatus::Left);
        if let Some(place) = row.organisation_id.and_then(|workplace| places.get(&workplace)) {
            place.write_with_names(&mut document);
            document.access.extend(place.above.iter().map(access::hr_of));
        }
        // People stand by their family names.
        let name = format!("{} {}", member.given_name, member.family_name);
        Indexed::always(document, name, row.sort_key, format!("/v1/members/{}", row.id))
    };
    Ok(read.into_iter().map(make).collect())
}

/// The concepts that a profile shows to everybody signed in.
fn shown(profile: &MemberProfile) -> impl Iterator<Item = ConceptId> {
    let skills = profile.skills.iter().map(|skill| skill.concept).chain(profile.interests.iter().copied());
    skills.filter(|_| is_open(profile.visibility.skills))
}

fn is_open(audience: Audience) -> bool {
    audience == Audience::Administration
}

/// The ids of members after one, in their order.
pub fn ids_after(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<MemberId>> {
    let after = members::table.filter(members::id.gt(after.to_owned()));
    Ok(after.order(members::id).limit(limit).select(members::id).load(conn)?)
}

/// How many members there are.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(members::table.count().get_result(conn)?)
}

/// The members after one, in the order of their ids, whose profile names one of some concepts.
pub fn naming(conn: &mut Conn, concepts: &[ConceptId], after: &str, limit: i64) -> Result<Vec<MemberId>> {
    let naming = member_facets::table
        .filter(one_of(member_facets::concept_id, concepts))
        .filter(member_facets::member_id.gt(after.to_owned()))
        .select(member_facets::member_id);
    Ok(naming.distinct().order(member_facets::member_id).limit(limit).load(conn)?)
}

/// The same, of concepts that lie below some, and those themselves.
pub fn naming_below(conn: &mut Conn, concepts: &[ConceptId], after: &str, limit: i64) -> Result<Vec<MemberId>> {
    let below = concept_ancestors::table
        .filter(one_of(concept_ancestors::ancestor_id, concepts))
        .select(concept_ancestors::concept_id.nullable());
    let naming = member_facets::table
        .filter(member_facets::concept_id.eq_any(below))
        .filter(member_facets::member_id.gt(after.to_owned()))
        .select(member_facets::member_id);
    Ok(naming.distinct().order(member_facets::member_id).limit(limit).load(conn)?)
}

/// The members after one, in the order of their ids, who work in one of some organisations, or below them.
pub fn working_below(conn: &mut Conn, tops: &[OrganisationId], after: &str, limit: i64) -> Result<Vec<MemberId>> {
    let below = organisation_ancestors::table
        .filter(one_of(organisation_ancestors::ancestor_id, tops))
        .select(organisation_ancestors::organisation_id.nullable());
    let working =
        members::table.filter(members::organisation_id.eq_any(below)).filter(members::id.gt(after.to_owned()));
    Ok(working.order(members::id).limit(limit).select(members::id).load(conn)?)
}
