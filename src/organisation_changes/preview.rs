//! What a reorganisation would do, by the very rules by which it does it.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::parts::adoptions;
use super::row::OrganisationChangeRow;
use super::rules::{Fate, Plan};
use super::types::{
    Moved, Obstacle, OrganisationChangeCreate, OrganisationChangeId, OrganisationChangePeople,
    OrganisationChangePreview, PreviewedMove, PreviewedPerson,
};
use super::words::{Belonging, OrganisationChangeState};
use super::{apply, store};
use crate::auth::visibility::Sight;
use crate::db::Conn;
use crate::http::language::Language;
use crate::http::problem::{Fault, Place, Result};
use crate::http::shown::Shown;
use crate::members::{self, MemberId, Viewer, Worker};
use crate::memberships;
use crate::networks;
use crate::organisations::OrganisationId;

/// People, or networks, that are looked at together.
const PAGE: i64 = 2000;

/// People who are named, at most.
const NAMED: usize = 100;

/// A rule, an original and where something of it goes.
type Way = (Option<usize>, OrganisationId, Option<OrganisationId>);

/// What a reorganisation would do today.
pub fn preview(
    conn: &mut Conn,
    id: OrganisationChangeId,
    today: NaiveDate,
    language: Language,
    sight: Sight,
) -> Result<Shown> {
    let row = store::get(conn, id, None, sight)?;
    let change: OrganisationChangeCreate = row.document.value()?;
    let plan = Plan::of(&change);
    let mut ways: BTreeMap<Way, Moved> = BTreeMap::new();
    let mut ending_memberships = 0;
    people(conn, &plan, |conn, page| {
        let mut leavers: Vec<MemberId> = Vec::new();
        for (person, rule, to) in page {
            let moved = ways.entry((rule, person.organisation_id, to)).or_default();
            match to {
                Some(_) => moved.people += 1,
                None => {
                    moved.left += 1;
                    leavers.push(person.id);
                }
            }
        }
        ending_memberships += if leavers.is_empty() { 0 } else { memberships::count_live(conn, &leavers)? };
        Ok(())
    })?;
    count_networks(conn, &plan, &mut ways)?;
    for adoption in adoptions(conn, &plan)? {
        ways.entry((adoption.rule, adoption.from, adoption.to)).or_default().sub_organisations += 1;
    }
    let sum = |of: fn(&Moved) -> i64| ways.values().map(of).sum();
    let view = OrganisationChangePreview {
        id,
        version: row.version,
        obstacles: obstacles(conn, &row, &change, today, language)?,
        ending_ids: plan.ending.clone(),
        total: Moved {
            people: sum(|moved| moved.people),
            left: sum(|moved| moved.left),
            networks: sum(|moved| moved.networks),
            sub_organisations: sum(|moved| moved.sub_organisations),
        },
        moves: ways.iter().map(previewed).collect(),
        ending_memberships,
    };
    Shown::of(row.version, &view)
}

fn previewed((way, moved): (&Way, &Moved)) -> PreviewedMove {
    PreviewedMove {
        rule: way.0,
        from: way.1,
        to: way.2,
        people: moved.people + moved.left,
        networks: moved.networks,
        sub_organisations: moved.sub_organisations,
    }
}

fn obstacles(
    conn: &mut Conn,
    row: &OrganisationChangeRow,
    change: &OrganisationChangeCreate,
    today: NaiveDate,
    language: Language,
) -> Result<Vec<Obstacle>> {
    let faults = match row.state {
        OrganisationChangeState::Planned => apply::obstacles(conn, row, change, today)?,
        OrganisationChangeState::Applying => Vec::new(),
        state => vec![store::not_planned_any_more(state)],
    };
    let obstacle = |fault: &Fault| Obstacle {
        pointer: match &fault.place {
            Place::Pointer(pointer) => pointer.clone(),
            _ => String::new(),
        },
        code: fault.message.code.as_str().to_owned(),
        detail: fault.message.in_language(language),
    };
    Ok(faults.iter().map(obstacle).collect())
}

/// Those who would go elsewhere, page by page.
fn people(
    conn: &mut Conn,
    plan: &Plan,
    mut take: impl FnMut(&mut Conn, Vec<(Worker, Option<usize>, Option<OrganisationId>)>) -> Result<()>,
) -> Result<()> {
    let from = plan.sources(Belonging::People);
    let mut after = None;
    while !from.is_empty() {
        let ids = members::working_in(conn, &from, after, PAGE)?;
        after = ids.last().copied();
        if after.is_none() {
            break;
        }
        let going = members::workers(conn, &ids, &from)?.into_iter().filter_map(|person| {
            match plan.of_person(person.organisation_id, person.id, person.unit.as_ref()) {
                (_, Fate::Stays) => None,
                (rule, Fate::Goes(to)) => Some((person, rule, Some(to))),
                (rule, Fate::Leaves) => Some((person, rule, None)),
            }
        });
        let going = going.collect();
        take(conn, going)?;
    }
    Ok(())
}

fn count_networks(conn: &mut Conn, plan: &Plan, ways: &mut BTreeMap<Way, Moved>) -> Result<()> {
    let from = plan.sources(Belonging::Networks);
    let mut after = None;
    while !from.is_empty() {
        let page = networks::hosted_by(conn, &from, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for network in page {
            let (rule, to) = match plan.of_network(network.host, network.id) {
                (_, Fate::Stays) => continue,
                (rule, Fate::Goes(to)) => (rule, Some(to)),
                (rule, Fate::Leaves) => (rule, None),
            };
            ways.entry((rule, network.host, to)).or_default().networks += 1;
        }
    }
    Ok(())
}

/// Some of those whom a reorganisation would move, as far as the viewer is to know of them.
pub fn sample(conn: &mut Conn, id: OrganisationChangeId, sight: Sight, viewer: &Viewer) -> Result<Shown> {
    let row = store::get(conn, id, None, sight)?;
    let plan = Plan::of(&row.document.value()?);
    let (mut leaving, mut going) = (Vec::new(), Vec::new());
    people(conn, &plan, |_, page| {
        for one in page {
            let kept = if one.2.is_none() { &mut leaving } else { &mut going };
            if kept.len() < NAMED {
                kept.push(one);
            }
        }
        Ok(())
    })?;
    leaving.extend(going);
    leaving.truncate(NAMED);
    let mut known = members::references(conn, leaving.iter().map(|(person, ..)| person.id).collect(), None, viewer)?;
    let named = leaving.into_iter().filter_map(|(person, rule, to)| {
        let member = known.remove(&person.id)?;
        Some(PreviewedPerson { member, rule, from: person.organisation_id, to })
    });
    let view = OrganisationChangePeople { id, version: row.version, people: named.collect() };
    Shown::of(row.version, &view)
}
