//! What a reorganisation has to do with: counted by the database, with the same number of statements whether it is ten
//! people or a hundred thousand, and by the very rules by which it moves them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::parts::{Adoption, adoptions};
use super::rules::{Fate, Plan};
use super::types::{Moved, OrganisationChangeCreate};
use super::words::Belonging;
use crate::auth::visibility::Sight;
use crate::db::changes::EntityType;
use crate::db::{Conn, tombstones};
use crate::http::problem::{Problem, Result};
use crate::members::{self, Asked, MemberId, NamedWorker, Onlooker, Unit, Workers};
use crate::networks::{self, Hosted, NetworkId};
use crate::organisations::OrganisationId;

/// A rule, an original and where something of it goes.
pub type Way = (Option<usize>, OrganisationId, Option<OrganisationId>);

/// By which rule something goes where.
type Place = (Option<usize>, Fate);

/// Things with what becomes of them.
type Placed<T> = Vec<(T, Place)>;

/// How many networks an organisation owns, beside those that are named.
type HostedCount = (OrganisationId, i64);

/// What a reorganisation has to do with, as far as somebody sees it.
pub struct Affected {
    /// People whom it does not name, by organisation and, where that makes a difference, unit.
    groups: Placed<Workers>,
    /// People whom it names.
    named: Placed<NamedWorker>,
    /// Networks that it does not name, by owner.
    hosts: Placed<HostedCount>,
    /// Networks that it names.
    networks: Placed<Hosted>,
    /// Parts that go elsewhere.
    parts: Vec<Adoption>,
    looks_at_units: bool,
}

/// What a reorganisation does with each thing. Whom it names and who was merged into another since is the other; who was
/// erased is nobody.
pub fn plan(conn: &mut Conn, change: &OrganisationChangeCreate) -> Result<Plan> {
    let plan = Plan::of(change);
    let (members, networks) = (plan.members(), plan.networks());
    let members = merged(conn, EntityType::Member, &members)?;
    let networks = merged(conn, EntityType::Network, &networks)?;
    Ok(plan.follow(&members, &networks))
}

fn merged<Id>(conn: &mut Conn, entity_type: EntityType, ids: &[Id]) -> Result<HashMap<Id, Id>>
where
    Id: AsRef<str> + std::str::FromStr<Err = String> + Eq + std::hash::Hash,
{
    let merged = tombstones::merged(conn, entity_type, &ids.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
    let pair = |(from, to): (String, String)| Ok((from.parse()?, to.parse()?));
    merged.into_iter().map(pair).collect::<std::result::Result<_, String>>().map_err(Problem::internal)
}

/// What becomes of a unit's people whom no rule names, or of somebody.
pub fn place(
    plan: &Plan,
    organisation: OrganisationId,
    id: Option<MemberId>,
    unit: Option<&Unit>,
) -> Result<(Option<usize>, Fate)> {
    let unit = unit.map(Unit::name).transpose()?;
    Ok(plan.of_person(organisation, id, unit.as_ref()))
}

impl Affected {
    /// By a plan: with how many memberships those have who leave, if that is asked.
    pub fn of(conn: &mut Conn, plan: &Plan, memberships: bool, onlooker: &Onlooker) -> Result<Self> {
        let looks_at_units = plan.looks_at_units();
        let asked = Asked { units: looks_at_units, memberships: memberships && plan.lets_go() };
        let (groups, named) = people(conn, plan, asked, onlooker)?;
        let (hosts, networks) = hosted(conn, plan, onlooker.sight)?;
        let parts = adoptions(conn, plan)?;
        Ok(Self { groups, named, hosts, networks, parts, looks_at_units })
    }

    /// What goes where.
    pub fn ways(&self) -> BTreeMap<Way, Moved> {
        let mut ways: BTreeMap<Way, Moved> = BTreeMap::new();
        let named = self.named.iter().map(|(one, place)| (&one.at, place));
        for (workers, (rule, fate)) in self.groups.iter().map(|(workers, place)| (workers, place)).chain(named) {
            let Some(to) = fate.leads() else { continue };
            let moved = ways.entry((*rule, workers.organisation_id, to)).or_default();
            *if to.is_some() { &mut moved.people } else { &mut moved.left } += workers.people;
        }
        let named = self.networks.iter().map(|(network, place)| ((network.host, 1), *place));
        for ((host, count), (rule, fate)) in self.hosts.iter().copied().chain(named) {
            let Some(to) = fate.leads() else { continue };
            ways.entry((rule, host, to)).or_default().networks += count;
        }
        for adoption in &self.parts {
            ways.entry((adoption.rule, adoption.from, adoption.to)).or_default().sub_organisations += 1;
        }
        ways
    }

    /// All that goes.
    pub fn total(&self) -> Moved {
        let mut total = Moved::default();
        for moved in self.ways().values() {
            total.people += moved.people;
            total.left += moved.left;
            total.networks += moved.networks;
            total.sub_organisations += moved.sub_organisations;
        }
        total
    }

    /// How many live memberships those have who leave.
    pub fn ending_memberships(&self) -> i64 {
        let named = self.named.iter().map(|(one, place)| (&one.at, place));
        let all = self.groups.iter().map(|(workers, place)| (workers, place)).chain(named);
        all.filter(|(_, (_, fate))| *fate == Fate::Leaves).map(|(workers, _)| workers.memberships).sum()
    }

    /// Some of the people of some fates, in the order of their ids; all of them, where they are no more than the limit.
    pub fn some_people(
        &self,
        conn: &mut Conn,
        limit: usize,
        onlooker: &Onlooker,
        is_asked: impl Fn(Fate) -> bool,
    ) -> Result<Vec<MemberId>> {
        let named: HashSet<MemberId> = self.named.iter().map(|(one, _)| one.id).collect();
        let chosen = self.named.iter().filter(|(_, (_, fate))| is_asked(*fate)).map(|(one, _)| one.id).take(limit);
        let mut people: Vec<MemberId> = chosen.collect();
        // In each there is somebody.
        let groups =
            self.groups.iter().filter(|(_, (_, fate))| is_asked(*fate)).map(|(workers, _)| workers).take(limit);
        let at: Vec<_> = groups
            .map(|workers| (workers.organisation_id, self.looks_at_units.then_some(workers.unit.as_ref())))
            .collect();
        let found = members::some_workers(conn, &at, limit + named.len(), onlooker)?;
        people.extend(found.into_iter().filter(|id| !named.contains(id)));
        people.sort_unstable();
        people.truncate(limit);
        Ok(people)
    }

    /// The networks that go elsewhere, if there are no more than the limit: for whoever applies it, of all.
    pub fn few_networks(&self, conn: &mut Conn, limit: i64) -> Result<Vec<NetworkId>> {
        let hosts = self.hosts.iter().filter(|(_, (_, fate))| *fate != Fate::Stays).map(|((host, _), _)| *host);
        let hosts: Vec<OrganisationId> = hosts.collect();
        let named: HashSet<NetworkId> = self.networks.iter().map(|(network, _)| network.id).collect();
        let chosen = self.networks.iter().filter(|(_, (_, fate))| *fate != Fate::Stays).map(|(network, _)| network.id);
        let mut networks: Vec<NetworkId> = chosen.collect();
        if !hosts.is_empty() {
            let more = limit + i64::try_from(named.len()).unwrap_or(0);
            let found = networks::hosted_by(conn, &hosts, None, more)?;
            networks.extend(found.into_iter().map(|network| network.id).filter(|id| !named.contains(id)));
        }
        Ok(networks)
    }
}

fn people(
    conn: &mut Conn,
    plan: &Plan,
    asked: Asked,
    onlooker: &Onlooker,
) -> Result<(Placed<Workers>, Placed<NamedWorker>)> {
    let from = plan.sources(Belonging::People);
    if from.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut named = Vec::new();
    let mut counted: HashMap<(OrganisationId, Option<Unit>), (i64, i64)> = HashMap::new();
    for one in members::named_workers(conn, &plan.members(), &from, asked, onlooker)? {
        let place = place(plan, one.at.organisation_id, Some(one.id), one.at.unit.as_ref())?;
        let (people, memberships) = counted.entry((one.at.organisation_id, one.at.unit.clone())).or_default();
        *people += one.at.people;
        *memberships += one.at.memberships;
        named.push((one, place));
    }
    let mut groups = Vec::new();
    for mut workers in members::count_workers(conn, &from, asked, onlooker)? {
        if let Some((people, memberships)) = counted.get(&(workers.organisation_id, workers.unit.clone())) {
            workers.people -= people;
            workers.memberships -= memberships;
        }
        if workers.people > 0 {
            let place = place(plan, workers.organisation_id, None, workers.unit.as_ref())?;
            groups.push((workers, place));
        }
    }
    Ok((groups, named))
}

fn hosted(conn: &mut Conn, plan: &Plan, sight: Sight) -> Result<(Placed<HostedCount>, Placed<Hosted>)> {
    let from = plan.sources(Belonging::Networks);
    if from.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut counts: BTreeMap<OrganisationId, i64> = networks::count_hosted(conn, &from, sight)?.into_iter().collect();
    let names = plan.networks();
    let known = if names.is_empty() { Vec::new() } else { networks::hosted(conn, &names, &from, sight)? };
    let mut named = Vec::new();
    for network in known {
        counts.entry(network.host).and_modify(|count| *count -= 1);
        let place = plan.of_network(network.host, Some(network.id));
        named.push((network, place));
    }
    let rest = counts.into_iter().filter(|(_, count)| *count > 0);
    Ok((rest.map(|(host, count)| ((host, count), plan.of_network(host, None))).collect(), named))
}
