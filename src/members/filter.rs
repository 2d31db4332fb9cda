//! Which members a list has.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::not;
use diesel::prelude::*;

use super::available::{Available, MaybeAvailable};
use super::facets::level_number;
use super::hidden::MemberGroup;
use super::row::stale_before;
use super::types::MemberFilter;
use super::viewer::Viewer;
use super::words::Facet;
use crate::auth::visibility::Sight;
use crate::db::as_of::AsOf;
use crate::db::changes::EntityType;
use crate::db::external_ids as ids;
use crate::db::names::Begins;
use crate::db::schema::{
    concept_ancestors, member_facets, members, memberships, networks, organisation_ancestors, organisations,
};
use crate::db::{Conn, MultiBackend, now, one_of, one_of_words, seen};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::http::query::AnyOf;
use crate::memberships::MembershipState;
use crate::networks::NetworkId;
use crate::text::fold;
use crate::vocabularies::ConceptId;

type Query = members::BoxedQuery<'static, MultiBackend>;

/// The members that match a filter, on a day, as far as they are seen; of a filter by which anybody can match
/// ([`Narrower::finds_nobody`]).
pub fn filtered(
    filter: &MemberFilter,
    narrower: &Narrower,
    viewer: &Viewer,
    as_of: Option<NaiveDateTime>,
    today: NaiveDate,
) -> Query {
    let filter = filter.clone();
    let mut query = members::table.into_boxed();
    query = of_organisation(query, &filter);
    query = of_profile(query, &filter, today, narrower);
    query = within_audience(query, &filter, narrower, viewer, as_of);
    if let Some(offices) = &filter.office {
        query = query.filter(one_of_words(members::office, &offices.0));
    }
    if filter.network.is_some() {
        let there = memberships::table
            .filter(one_of(memberships::network_id, &narrower.networks))
            .filter(one_of_words(memberships::state, &[MembershipState::Active]))
            .select(memberships::member_id);
        query = query.filter(members::id.eq_any(there));
    }
    if let Some(statuses) = filter.status {
        query = query.filter(one_of_words(members::status, &statuses.0));
    }
    if let Some(is_stale) = filter.stale {
        let before = stale_before(as_of.unwrap_or_else(now));
        query = match is_stale {
            true => query.filter(members::fresh_at.lt(before)),
            false => query.filter(members::fresh_at.ge(before)),
        };
    }
    if let Some(prefix) = filter.name_prefix {
        let names = "member_id, names_version FROM member_names";
        query = query.filter(Begins::with("members.id, members.names_version", names, &prefix));
    }
    if let Some(user_name) = filter.user_name {
        query = query.filter(members::user_name.eq(fold(&user_name)));
    }
    if let Some(external) = filter.external_id {
        query = query.filter(members::id.eq_any(ids::having(EntityType::Member, external)));
    }
    query
}

/// Whoever is looked for by something of theirs is found by those who see that.
fn within_audience(
    mut query: Query,
    filter: &MemberFilter,
    narrower: &Narrower,
    viewer: &Viewer,
    as_of: Option<NaiveDateTime>,
) -> Query {
    if let Some(seen) = viewer.person(as_of) {
        query = query.filter(seen);
    }
    let by_skills = [&filter.skill, &filter.wish, &filter.theme].into_iter().any(Option::is_some);
    let by_availability = filter.available_on.is_some()
        || filter.available_percent.is_some()
        || filter.willing_to.is_some()
        || filter.looking_for_peers.is_some();
    let by_record = filter.status.is_some() || filter.user_name.is_some() || filter.external_id.is_some();
    let asked = [
        (MemberGroup::Skills, by_skills || filter.language.is_some()),
        (MemberGroup::Availability, by_availability),
        (MemberGroup::Record, by_record),
    ];
    for (group, is_asked) in asked {
        if let Some(seen) = viewer.group(group, as_of).filter(|_| is_asked) {
            query = query.filter(seen);
        }
    }
    if filter.network.is_some()
        && let (Some(seen), Some(led)) = (viewer.group(MemberGroup::Memberships, as_of), viewer.led(&narrower.networks))
    {
        query = query.filter(seen.or(led));
    }
    query
}

/// Refuses parameters that say something of one that is not there.
pub fn refuse_incoherent(filter: &MemberFilter) -> Result<()> {
    let level_of_nothing = [
        ("skill_level", filter.skill_level.is_some(), "skill", filter.skill.is_some()),
        ("language_level", filter.language_level.is_some(), "language", filter.language.is_some()),
    ];
    let faults: Vec<Fault> = level_of_nothing
        .into_iter()
        .filter(|(_, is_there, _, is_needed_there)| *is_there && !is_needed_there)
        .map(|(parameter, _, needed, _)| Fault::of(parameter, Code::ParameterNeeds.with("needed", needed)))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Problem::bad_parameters(faults)) }
}

fn of_organisation(mut query: Query, filter: &MemberFilter) -> Query {
    if let Some(organisations) = &filter.organisation_id {
        query = query.filter(one_of(members::organisation_id, &organisations.0));
    }
    if let Some(tops) = &filter.subtree_of {
        let below = organisation_ancestors::table
            .filter(one_of(organisation_ancestors::ancestor_id, &tops.0))
            .select(organisation_ancestors::organisation_id.nullable());
        query = query.filter(members::organisation_id.eq_any(below));
    }
    if let Some(branches) = &filter.branch {
        let within = organisations::table
            .filter(one_of(organisations::branch, &branches.0))
            .select(organisations::id.nullable());
        query = query.filter(members::organisation_id.eq_any(within));
    }
    query
}

fn of_profile(mut query: Query, filter: &MemberFilter, today: NaiveDate, narrower: &Narrower) -> Query {
    let when = Available::of(filter, today);
    if let Some(skills) = &filter.skill {
        let least = filter.skill_level.map_or(0, |level| level.0);
        query = with_concept(query, Facet::Skill, skills, least, when, narrower);
    }
    if let Some(wishes) = &filter.wish {
        query = with_concept(query, Facet::Wish, wishes, 0, when, narrower);
    }
    if let Some(themes) = &filter.theme {
        query = with_concept(query, Facet::Interest, themes, 0, when, narrower);
    }
    if let Some(languages) = &filter.language {
        let tongues: Vec<String> = languages.0.iter().map(|tongue| tongue.0.clone()).collect();
        let least = filter.language_level.map_or(1, level_number);
        let known = member_facets::table
            .filter(one_of_words(member_facets::facet, &[Facet::Language]))
            .filter(one_of(member_facets::value, &tongues))
            .filter(member_facets::level.ge(least))
            .filter(MaybeAvailable(when))
            .select(member_facets::member_id);
        query = query.filter(members::id.eq_any(known));
    }
    if let Some(willing) = &filter.willing_to {
        let known = member_facets::table
            .filter(one_of_words(member_facets::facet, &[Facet::WillingTo]))
            .filter(one_of_words(member_facets::value, &willing.0))
            .filter(MaybeAvailable(when))
            .select(member_facets::member_id);
        query = query.filter(members::id.eq_any(known));
    }
    if let Some(Available { day, percent }) = when {
        query = query
            .filter(members::available_percent.ge(percent))
            .filter(members::available_from.is_null().or(members::available_from.le(day)))
            .filter(members::available_until.is_null().or(members::available_until.gt(day)));
    }
    if let Some(is_looking) = filter.looking_for_peers {
        // As the index has it, not compared with a value.
        query = match is_looking {
            true => query.filter(members::looking_for_peers),
            false => query.filter(not(members::looking_for_peers)),
        };
    }
    query
}

/// Those with a concept, or a narrower one, at a level or above.
fn with_concept(
    query: Query,
    facet: Facet,
    concepts: &AnyOf<ConceptId>,
    least: i16,
    when: Option<Available>,
    narrower: &Narrower,
) -> Query {
    let known = member_facets::table
        .filter(one_of_words(member_facets::facet, &[facet]))
        .filter(member_facets::level.ge(least))
        .filter(MaybeAvailable(when))
        .select(member_facets::member_id);
    match narrower.of(concepts) {
        Some(values) => query.filter(members::id.eq_any(known.filter(member_facets::value.eq_any(values)))),
        None => {
            let below = concept_ancestors::table
                .filter(one_of(concept_ancestors::ancestor_id, &concepts.0))
                .select(concept_ancestors::concept_id);
            query.filter(members::id.eq_any(known.filter(member_facets::value.eq_any(below))))
        }
    }
}

/// What is looked up before the people are. Of values that it sees, PostgreSQL knows how many people have them, and reads
/// from whichever end is shorter.
pub struct Narrower {
    /// What is narrower than the concepts of the filter; `None` where that was too much to name.
    concepts: Option<Vec<(ConceptId, ConceptId)>>,
    /// The networks of the filter that the caller can see: who is in another is nobody they learn of.
    networks: Vec<NetworkId>,
}

/// Narrower concepts that are named one by one; more are left to the query itself.
const NAMED: i64 = 500;

impl Narrower {
    /// Of a filter: a query for concepts, where it names any, and one for networks.
    pub fn of_filter(
        conn: &mut Conn,
        filter: &MemberFilter,
        as_of: Option<NaiveDateTime>,
        sight: Sight,
    ) -> Result<Self> {
        let networks = match &filter.network {
            None => Vec::new(),
            Some(asked) => {
                let seen =
                    networks::table.filter(one_of(networks::id, &asked.0)).filter(seen(sight)).select(networks::id);
                AsOf { at: as_of, query: seen }.load(conn)?
            }
        };
        Ok(Self { concepts: Self::concepts_of(conn, filter)?, networks })
    }

    /// Whether nobody can match: the filter names networks, and none of them can be seen.
    pub fn finds_nobody(&self, filter: &MemberFilter) -> bool {
        filter.network.is_some() && self.networks.is_empty()
    }

    fn concepts_of(conn: &mut Conn, filter: &MemberFilter) -> Result<Option<Vec<(ConceptId, ConceptId)>>> {
        let named = [&filter.skill, &filter.wish, &filter.theme];
        let concepts: Vec<ConceptId> = named.into_iter().flatten().flat_map(|any| any.0.iter().copied()).collect();
        if concepts.is_empty() {
            return Ok(None);
        }
        let pairs: Vec<(ConceptId, ConceptId)> = concept_ancestors::table
            .filter(concept_ancestors::ancestor_id.eq_any(concepts))
            .select((concept_ancestors::ancestor_id, concept_ancestors::concept_id))
            .limit(NAMED + 1)
            .load(conn)?;
        let is_whole = i64::try_from(pairs.len()).is_ok_and(|number| number <= NAMED);
        Ok(is_whole.then_some(pairs))
    }

    /// The concepts and what is narrower; `None` where that was too much to name.
    fn of(&self, concepts: &AnyOf<ConceptId>) -> Option<Vec<ConceptId>> {
        let pairs = self.concepts.as_ref()?;
        let below = pairs.iter().filter(|(above, _)| concepts.0.contains(above)).map(|(_, below)| *below);
        Some(concepts.0.iter().copied().chain(below).collect())
    }
}
