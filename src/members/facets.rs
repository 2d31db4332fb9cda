//! What a profile is searched by: its rows of `member_facets`.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::hidden::MemberGroup;
use super::profile::MemberProfile;
use super::types::MemberId;
use super::viewer::Viewer;
use super::words::{CefrLevel, Facet};
use crate::db::as_of::AsOf;
use crate::db::rows::Value;
use crate::db::schema::{member_facets, members};
use crate::db::{Conn, one_of, one_of_words};
use crate::http::problem::Result;
use crate::text::language_of;
use crate::vocabularies::ConceptId;

/// What a profile is searched by: facet, value, whether the value is a concept, level.
pub fn of(profile: &MemberProfile) -> Vec<(Facet, String, bool, i64)> {
    let mut facets = Vec::new();
    for skill in &profile.skills {
        let concept = skill.concept.as_str();
        facets.push((Facet::Skill, concept.to_owned(), true, skill.level.into()));
        if skill.wants_to_develop {
            facets.push((Facet::Wish, concept.to_owned(), true, 0));
        }
    }
    facets.extend(profile.interests.iter().map(|theme| (Facet::Interest, theme.to_string(), true, 0)));
    facets.extend(profile.willing_to.iter().map(|will| (Facet::WillingTo, will.as_str().to_owned(), false, 0)));
    for language in &profile.languages {
        let value = language_of(&language.tag);
        let level = i64::from(level_number(language.level));
        // Two variants of one language count as the better known of them.
        match facets.iter_mut().find(|facet| facet.0 == Facet::Language && facet.1 == value) {
            Some(known) => known.3 = known.3.max(level),
            None => facets.push((Facet::Language, value, false, level)),
        }
    }
    facets
}

/// The columns of `member_facets`.
pub const COLUMNS: [&str; 8] =
    ["member_id", "facet", "value", "concept_id", "level", "available_percent", "available_from", "available_until"];

/// The rows of `member_facets`, each with when its member is available.
pub fn rows<'a>(
    id: &'a MemberId,
    facets: &'a [(Facet, String, bool, i64)],
    profile: &MemberProfile,
) -> Vec<[Value<'a>; 8]> {
    let (percent, from, until) = available(profile);
    let row = |(facet, value, is_concept, level): &'a (Facet, String, bool, i64)| {
        [
            Value::Text(id.as_str()),
            Value::Text(facet.as_str()),
            Value::Text(value),
            Value::MaybeText(is_concept.then_some(value.as_str())),
            Value::Number(*level),
            Value::Number(percent.into()),
            Value::MaybeDay(from),
            Value::MaybeDay(until),
        ]
    };
    facets.iter().map(row).collect()
}

/// How much of the working time can be borrowed, in percent, from when and until when.
pub fn available(profile: &MemberProfile) -> (i16, Option<NaiveDate>, Option<NaiveDate>) {
    profile.availability.as_ref().map_or((0, None, None), |part| (part.percent_of_work_time, part.from, part.until))
}

/// How many have each of some concepts itself as a skill or an interest, of those whom the viewer finds by it: one query
/// for all.
pub fn count_by_concept(
    conn: &mut Conn,
    ids: &[ConceptId],
    as_of: Option<NaiveDateTime>,
    viewer: &Viewer,
) -> Result<Vec<(ConceptId, Facet, i64)>> {
    // By facet and value, which is the concept: that index there is for the past too.
    let mut query = member_facets::table
        .inner_join(members::table.on(members::id.eq(member_facets::member_id)))
        .filter(one_of_words(member_facets::facet, &[Facet::Skill, Facet::Interest]))
        .filter(one_of(member_facets::value, ids))
        .group_by((member_facets::value, member_facets::facet))
        .select((member_facets::value, member_facets::facet, count_star()))
        .into_boxed();
    // Whose skills are seen is seen themselves.
    if let Some(seen) = viewer.group(MemberGroup::Skills, as_of) {
        query = query.filter(seen);
    }
    Ok(AsOf { at: as_of, query }.load(conn)?)
}

/// 1 for A1 to 6 for C2.
pub fn level_number(level: CefrLevel) -> i16 {
    level as i16 + 1
}
