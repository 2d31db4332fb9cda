//! Memberships read from the database. Those of networks out of sight are out of sight, and those of people whose
//! memberships the viewer does not see.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use diesel::dsl::{exists, max};
use diesel::prelude::*;

use super::row::{ListedMembership, MembershipRow};
use super::types::{MemberMembershipFilter, Membership, MembershipId, NetworkMembershipFilter, OwnMembership};
use crate::auth::visibility::Sight;
use crate::db::as_of::AsOf;
use crate::db::changes::EntityType;
use crate::db::schema::{
    members as member_table, membership_revisions, memberships, networks as network_table, organisation_ancestors,
    organisations,
};
use crate::db::{Conn, MultiBackend, one_of, one_of_words, seen, tombstones};
use crate::http::list::{Listing, Page, Readable, Reading};
use crate::http::problem::{Kind, Problem, Result};
use crate::http::shown::{Shown, each};
use crate::members::{self, MemberId, Viewer};
use crate::networks::{self, NetworkId};
use crate::organisations::{self as organisation};

const TYPE: EntityType = EntityType::Membership;

/// One membership of a network within sight, now or as of a time.
pub fn find(
    conn: &mut Conn,
    id: MembershipId,
    as_of: Option<NaiveDateTime>,
    sight: Sight,
) -> Result<Option<MembershipRow>> {
    let query = memberships::table
        .inner_join(network_table::table.on(network_table::id.eq(memberships::network_id)))
        .filter(memberships::id.eq(id))
        .filter(seen(sight))
        .select(MembershipRow::as_select());
    Ok(AsOf { at: as_of, query }.get_result(conn).optional()?)
}

/// One membership of a network within sight, for whoever may write it; 404 or 410 where there is none.
pub fn get(conn: &mut Conn, id: MembershipId, sight: Sight) -> Result<MembershipRow> {
    find(conn, id, None, sight)?.ok_or_else(|| tombstones::missing(conn, TYPE, id.as_str(), None, sight))
}

/// What to answer a viewer for a membership that isn't there: whoever does not see everybody, and did not see it when it
/// went, is told of none.
pub fn missing(
    conn: &mut Conn,
    id: MembershipId,
    as_of: Option<NaiveDateTime>,
    sight: Sight,
    viewer: &Viewer,
) -> Result<Problem> {
    let problem = tombstones::missing(conn, TYPE, id.as_str(), as_of, sight);
    if problem.kind() != Kind::Gone || matches!(viewer, Viewer::All) {
        return Ok(problem);
    }
    let recorded = membership_revisions::table.filter(membership_revisions::id.eq(id));
    let went: Option<NaiveDateTime> = recorded.select(max(membership_revisions::recorded_to)).get_result(conn)?;
    let before = went.map(|went| went - TimeDelta::microseconds(1));
    let query = memberships::table
        .inner_join(network_table::table.on(network_table::id.eq(memberships::network_id)))
        .filter(memberships::id.eq(id))
        .filter(seen(sight))
        .filter(viewer.membership(before))
        .select(memberships::id);
    let was_seen = match before {
        // Of a person who is forgotten nothing is known.
        None => false,
        Some(_) => AsOf { at: before, query }.get_result::<MembershipId>(conn).optional()?.is_some(),
    };
    Ok(if was_seen { problem } else { Problem::not_found() })
}

/// Whether a viewer sees a membership that is there, whoever sees its network.
pub fn is_seen(conn: &mut Conn, id: MembershipId, viewer: &Viewer) -> Result<bool> {
    let own = memberships::table.filter(memberships::id.eq(id)).filter(viewer.membership(None));
    let found: Option<MembershipId> = own.select(memberships::id).first(conn).optional()?;
    Ok(found.is_some())
}

/// One membership as a reader sees it.
pub fn read(
    conn: &mut Conn,
    id: MembershipId,
    reading: &Reading<Membership>,
    sight: Sight,
    viewer: &Viewer,
) -> Result<Shown> {
    let at = reading.as_of;
    let Some(row) = find(conn, id, at, sight)? else { return Err(missing(conn, id, at, sight, viewer)?) };
    let query = memberships::table.filter(memberships::id.eq(id)).filter(viewer.membership(at));
    let hidden = match viewer {
        Viewer::All => Some(0),
        Viewer::Some(_) => AsOf { at, query: query.select(viewer.hidden_reasons(at)) }.get_result(conn).optional()?,
    };
    let hidden: i32 = hidden.ok_or_else(Problem::not_found)?;
    let rows = vec![ListedMembership { row, name_key: Vec::new(), hidden }];
    show(conn, rows, reading, sight, viewer)?.pop().ok_or_else(Problem::not_found)
}

/// A page of a network's memberships.
pub fn of_network(
    conn: &mut Conn,
    network: NetworkId,
    listing: &Listing<Membership, NetworkMembershipFilter>,
    sight: Sight,
    viewer: &Viewer,
) -> Result<Page<Shown>> {
    let at = listing.reading.as_of;
    networks::get(conn, network, at, sight)?;
    let filtered = || match viewer {
        Viewer::All => filtered(network, &listing.filter),
        Viewer::Some(_) => filtered(network, &listing.filter).filter(viewer.membership(at)),
    };
    let mut query = filtered();
    if let Some(after) = listing.after() {
        query = query.filter(after);
    }
    let query = query.order(listing.order()).select((MembershipRow::columns(), viewer.hidden_reasons(at)));
    let rows: Vec<(MembershipRow, i32)> = listing.page(query).load(conn)?;
    let mut rows: Vec<ListedMembership> = rows.into_iter().map(ListedMembership::by_member).collect();
    let next = listing.cut(&mut rows)?;
    let total = match listing.count {
        true => Some(AsOf { at, query: filtered().count() }.get_result(conn)?),
        false => None,
    };
    Ok(Page { items: show(conn, rows, &listing.reading, sight, viewer)?, next, total })
}

fn filtered(network: NetworkId, filter: &NetworkMembershipFilter) -> memberships::BoxedQuery<'static, MultiBackend> {
    let mut query = memberships::table.filter(memberships::network_id.eq(network)).into_boxed();
    if let Some(states) = &filter.state {
        query = query.filter(one_of_words(memberships::state, &states.0));
    }
    if let Some(roles) = &filter.role {
        query = query.filter(one_of_words(memberships::role, &roles.0));
    }
    if let Some(bases) = &filter.basis {
        query = query.filter(one_of_words(memberships::basis, &bases.0));
    }
    // Asked of each of the network's members by their id: there are fewer of them than people in a branch.
    let person = || member_table::table.filter(member_table::id.eq(memberships::member_id));
    if let Some(organisations) = &filter.organisation_id {
        query = query.filter(exists(person().filter(one_of(member_table::organisation_id, &organisations.0))));
    }
    if let Some(tops) = &filter.subtree_of {
        let below = organisation_ancestors::table
            .filter(one_of(organisation_ancestors::ancestor_id, &tops.0))
            .select(organisation_ancestors::organisation_id.nullable());
        query = query.filter(exists(person().filter(member_table::organisation_id.eq_any(below))));
    }
    if let Some(branches) = &filter.branch {
        let within = organisations::table
            .filter(one_of(organisations::branch, &branches.0))
            .select(organisations::id.nullable());
        query = query.filter(exists(person().filter(member_table::organisation_id.eq_any(within))));
    }
    if let Some(day) = filter.valid_on {
        query = query.filter(on_day(day));
    }
    query
}

/// Whether somebody was, or is, in the network on a day: whatever became of it since.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn on_day(day: NaiveDate) -> _ {
    memberships::valid_from.le(day).and(memberships::valid_to.is_null().or(memberships::valid_to.gt(day)))
}

/// A page of a member's memberships.
pub fn of_member(
    conn: &mut Conn,
    member: MemberId,
    listing: &Listing<OwnMembership, MemberMembershipFilter>,
    sight: Sight,
    viewer: &Viewer,
) -> Result<Page<Shown>> {
    let at = listing.reading.as_of;
    members::require_seen(conn, member, at, sight, viewer)?;
    let filter = &listing.filter;
    let filtered = || {
        let mut query = memberships::table
            .inner_join(network_table::table.on(network_table::id.eq(memberships::network_id)))
            .filter(memberships::member_id.eq(member))
            .filter(seen(sight))
            .into_boxed();
        if matches!(viewer, Viewer::Some(_)) {
            query = query.filter(viewer.membership(at));
        }
        if let Some(states) = &filter.state {
            query = query.filter(one_of_words(memberships::state, &states.0));
        }
        if let Some(roles) = &filter.role {
            query = query.filter(one_of_words(memberships::role, &roles.0));
        }
        if let Some(kinds) = &filter.network_kind {
            query = query.filter(one_of_words(network_table::kind, &kinds.0));
        }
        if let Some(day) = filter.valid_on {
            query = query.filter(on_day(day));
        }
        query
    };
    let mut query = filtered();
    if let Some(after) = listing.after() {
        query = query.filter(after);
    }
    let columns = (MembershipRow::columns(), listing.name_key(), viewer.hidden_reasons(at));
    let query = query.order(listing.order()).select(columns);
    let mut rows: Vec<ListedMembership> = listing.page(query).load(conn)?;
    let next = listing.cut(&mut rows)?;
    let total = match listing.count {
        true => Some(AsOf { at, query: filtered().count() }.get_result(conn)?),
        false => None,
    };
    Ok(Page { items: show(conn, rows, &listing.reading, sight, viewer)?, next, total })
}

fn show<E: Readable>(
    conn: &mut Conn,
    rows: Vec<ListedMembership>,
    reading: &Reading<E>,
    sight: Sight,
    viewer: &Viewer,
) -> Result<Vec<Shown>> {
    let mut all = rows.iter().map(ListedMembership::show).collect::<Result<Vec<Shown>>>()?;
    let at = reading.as_of;
    if reading.includes("member") || reading.includes("organisation") {
        let ids = rows.iter().map(|listed| listed.row.member_id).collect();
        let people = members::mentioned(conn, ids, at, viewer)?;
        let by_id: BTreeMap<MemberId, &members::Mentioned> = people.iter().map(|person| (person.id, person)).collect();
        let person = |listed: &ListedMembership| by_id.get(&listed.row.member_id).copied();
        if reading.includes("member") {
            all = each(all, &rows, |shown, listed| match person(listed) {
                Some(person) => Ok(shown.with_json("member", &person.json()?)),
                None => Ok(shown),
            })?;
        }
        if reading.includes("organisation") {
            let workplaces = people.iter().filter_map(|person| person.organisation_id);
            let workplaces = organisation::mentions(conn, workplaces, at)?;
            let workplace =
                |listed: &ListedMembership| person(listed).and_then(|person| workplaces.get(&person.organisation_id?));
            all = each(all, &rows, |shown, listed| match workplace(listed) {
                Some(workplace) => Ok(shown.with_json("organisation", workplace)),
                None => Ok(shown),
            })?;
        }
    }
    if reading.includes("network") {
        let ids = rows.iter().map(|listed| listed.row.network_id).collect();
        let known = networks::mentions(conn, ids, at, sight)?;
        all = each(all, &rows, |shown, listed| match known.get(&listed.row.network_id) {
            Some(network) => Ok(shown.with_json("network", network)),
            None => Ok(shown),
        })?;
    }
    Ok(all)
}
