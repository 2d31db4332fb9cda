//! What a reorganisation would do, by the very rules by which it does it.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::affected::{self, Affected, Way};
use super::row::{OrganisationChangeRow, Seen};
use super::rules::{Fate, Plan};
use super::types::{
    Moved, MovedSeen, Obstacle, OrganisationChangeCreate, OrganisationChangeId, OrganisationChangePeople,
    OrganisationChangePreview, PreviewedMove, PreviewedPerson, PreviewedRule, PreviewedRules, UncoordinatedNetworks,
};
use super::words::{Belonging, OrganisationChangeState};
use super::{apply, store};
use crate::db::Conn;
use crate::ex_officio::heirs::{self, Heirs};
use crate::http::language::Language;
use crate::http::problem::{Fault, Place, Result};
use crate::http::shown::Shown;
use crate::members::{self, Onlooker};
use crate::networks::{self, NetworkId};

/// People, networks or rules that are named, at most.
const NAMED: usize = 100;

/// What a reorganisation would do today, as far as the onlooker sees it; of one that is over, what it did.
pub fn preview(
    conn: &mut Conn,
    id: OrganisationChangeId,
    today: NaiveDate,
    language: Language,
    onlooker: &Onlooker,
) -> Result<Shown> {
    let row = store::get(conn, id, None, onlooker.sight)?;
    let change: OrganisationChangeCreate = row.document.value()?;
    let mut view = OrganisationChangePreview {
        id,
        version: row.version,
        of_all: onlooker.sees_all_people() && onlooker.sees_all_networks(),
        obstacles: obstacles(conn, &row, &change, today, language)?,
        ending_ids: change.ending(),
        moves: Vec::new(),
        total: row.moved(Seen::by_onlooker(onlooker))?,
        ending_memberships: 0,
        without_coordinator: UncoordinatedNetworks::default(),
        ex_officio_rules: PreviewedRules::default(),
    };
    if matches!(row.state, OrganisationChangeState::Planned | OrganisationChangeState::Applying) {
        let plan = affected::plan(conn, &change)?;
        let affected = Affected::of(conn, &plan, true, onlooker)?;
        view.moves = affected.ways().iter().map(previewed).collect();
        view.total = MovedSeen::of(affected.total());
        view.ending_memberships = affected.ending_memberships();
        view.without_coordinator = without_coordinator(conn, &plan, onlooker)?;
        view.ex_officio_rules = rules(conn, &plan, onlooker)?;
    }
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

/// Networks that those who leave are the last to coordinate, of whom the onlooker sees.
fn without_coordinator(conn: &mut Conn, plan: &Plan, onlooker: &Onlooker) -> Result<UncoordinatedNetworks> {
    if !plan.lets_go() {
        return Ok(UncoordinatedNetworks::default());
    }
    let from = plan.sources(Belonging::People);
    let mut staying: HashMap<NetworkId, i64> = HashMap::new();
    for one in members::coordinators(conn, &from, plan.looks_at_units(), onlooker)? {
        if affected::place(plan, one.organisation_id, Some(one.id), one.unit.as_ref())?.1 == Fate::Leaves {
            *staying.entry(one.network_id).or_insert(one.coordinators) -= 1;
        }
    }
    let mut last: Vec<NetworkId> = staying.into_iter().filter(|(_, staying)| *staying == 0).map(|(id, _)| id).collect();
    last.sort_unstable();
    let count = i64::try_from(last.len()).unwrap_or(i64::MAX);
    Ok(UncoordinatedNetworks { count, networks: networks::some_references(conn, last, NAMED, onlooker.sight)? })
}

/// Rules of office that name originals which end, and what they will name instead.
fn rules(conn: &mut Conn, plan: &Plan, onlooker: &Onlooker) -> Result<PreviewedRules> {
    if plan.ending.is_empty() {
        return Ok(PreviewedRules::default());
    }
    let limit = i64::try_from(NAMED).unwrap_or(i64::MAX);
    let (count, places) = heirs::naming(conn, &plan.ending, onlooker.sight, limit)?;
    if places.is_empty() {
        return Ok(PreviewedRules { count, places: Vec::new() });
    }
    let heirs = Heirs::of(conn, plan.places())?;
    let known =
        networks::references(conn, places.iter().map(|place| place.network_id).collect(), None, onlooker.sight)?;
    let place = |place: &heirs::Naming| {
        let to = heirs.after(place.facet, place.organisation_id).to_vec();
        let network = known.get(&place.network_id)?.clone();
        Some(PreviewedRule { network, facet: place.facet, from: place.organisation_id, to })
    };
    Ok(PreviewedRules { count, places: places.iter().filter_map(place).collect() })
}

/// Some of those whom a reorganisation would move, as far as the onlooker is to know of them: nobody, once it is over.
pub fn sample(conn: &mut Conn, id: OrganisationChangeId, onlooker: &Onlooker) -> Result<Shown> {
    let row = store::get(conn, id, None, onlooker.sight)?;
    let mut view = OrganisationChangePeople { id, version: row.version, people: Vec::new() };
    if !matches!(row.state, OrganisationChangeState::Planned | OrganisationChangeState::Applying) {
        return Shown::of(row.version, &view);
    }
    let plan = affected::plan(conn, &row.document.value()?)?;
    let affected = Affected::of(conn, &plan, false, onlooker)?;
    let mut ids = affected.some_people(conn, NAMED, onlooker, |fate| fate == Fate::Leaves)?;
    if ids.len() < NAMED {
        let goes = |fate| matches!(fate, Fate::Goes(_));
        ids.extend(affected.some_people(conn, NAMED - ids.len(), onlooker, goes)?);
    }
    if !ids.is_empty() {
        let workers = members::workers(conn, &ids, &plan.sources(Belonging::People))?;
        let mut known = members::references(conn, ids, None, &onlooker.viewer)?;
        let named = workers.into_iter().filter_map(|person| {
            let from = person.organisation_id;
            let (rule, fate) = plan.of_person(from, Some(person.id), person.unit.as_ref());
            Some(PreviewedPerson { member: known.remove(&person.id)?, rule, from, to: fate.leads()? })
        });
        view.people = named.collect();
        view.people.sort_by_key(|one| (one.to.is_some(), one.member.id));
    }
    Shown::of(row.version, &view)
}
