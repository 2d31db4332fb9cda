//! Rules of office that name organisations which end: from then on they name what comes after these, so that nobody falls
//! out of a network because their house is called something else.

use std::collections::{BTreeMap, HashSet};

use diesel::prelude::*;

use super::rule::{self, ExOfficioRule};
use super::words::RuleFacet;
use crate::auth::visibility::Sight;
use crate::db::schema::{ex_officio_rules, networks};
use crate::db::{Conn, Json, Tx, seen};
use crate::http::problem::Result;
use crate::networks::{self as network, NetworkCreate, NetworkId};
use crate::organisations::{self as organisation, OrganisationId};

/// Networks of which rules are rewritten in one transaction, at most: a rule may have some hundred rows.
pub const AT_ONCE: i64 = 15;

/// What comes after organisations that end, as rules name it.
#[derive(Default)]
pub struct Heirs {
    /// Of each: where its people and parts go.
    subtrees: BTreeMap<OrganisationId, Vec<OrganisationId>>,
    /// Of each: the ministries among those.
    branches: BTreeMap<OrganisationId, Vec<OrganisationId>>,
}

/// A place where a rule names an organisation that ends.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct Naming {
    /// The network whose rule it is.
    pub network_id: NetworkId,
    /// What it names the organisation as.
    pub facet: RuleFacet,
    /// The organisation.
    pub organisation_id: OrganisationId,
}

impl Heirs {
    /// Of organisations that end, each with where its people and parts go.
    pub fn of(conn: &mut Conn, places: Vec<(OrganisationId, Vec<OrganisationId>)>) -> Result<Self> {
        let all: HashSet<OrganisationId> = places.iter().flat_map(|(_, to)| to).copied().collect();
        let ministries = match all.is_empty() {
            true => HashSet::new(),
            false => organisation::ministries(conn, all.into_iter().collect())?,
        };
        let mut heirs = Self::default();
        for (id, to) in places.into_iter().filter(|(_, to)| !to.is_empty()) {
            let chosen: Vec<OrganisationId> = to.iter().filter(|to| ministries.contains(to)).copied().collect();
            heirs.subtrees.insert(id, to);
            if !chosen.is_empty() {
                heirs.branches.insert(id, chosen);
            }
        }
        Ok(heirs)
    }

    /// What a rule names after an organisation that it names; nothing where it keeps naming that.
    pub fn after(&self, facet: RuleFacet, id: OrganisationId) -> &[OrganisationId] {
        let known = match facet {
            RuleFacet::Subtree => self.subtrees.get(&id),
            RuleFacet::Branch => self.branches.get(&id),
            RuleFacet::Office | RuleFacet::OrganisationKind => None,
        };
        known.map_or(&[], Vec::as_slice)
    }

    /// Makes a rule name what comes after: beside what ends, or instead of it. Whether that is another rule.
    fn enter(&self, rule: &mut ExOfficioRule, beside: bool) -> bool {
        let next = |facet: RuleFacet, old: &[OrganisationId]| {
            let mut new: Vec<OrganisationId> = Vec::new();
            for id in old {
                let after = self.after(facet, *id);
                let own = (beside || after.is_empty()).then_some(id);
                for id in own.into_iter().chain(after) {
                    if !new.contains(id) {
                        new.push(*id);
                    }
                }
            }
            new
        };
        let (branches, subtrees) =
            (next(RuleFacet::Branch, &rule.branches), next(RuleFacet::Subtree, &rule.subtrees_of));
        let differs = (&rule.branches, &rule.subtrees_of) != (&branches, &subtrees);
        (rule.branches, rule.subtrees_of) = (branches, subtrees);
        differs
    }
}

/// Networks whose rules name what has heirs, behind an id and in the order of ids.
pub fn inheriting(conn: &mut Conn, heirs: &Heirs, after: Option<NetworkId>, limit: i64) -> Result<Vec<NetworkId>> {
    if heirs.subtrees.is_empty() {
        return Ok(Vec::new());
    }
    let named = |facet: RuleFacet, of: &BTreeMap<OrganisationId, Vec<OrganisationId>>| {
        let ids: Vec<OrganisationId> = of.keys().copied().collect();
        ex_officio_rules::facet.eq(facet).and(ex_officio_rules::organisation_id.assume_not_null().eq_any(ids))
    };
    let mut query = ex_officio_rules::table
        .filter(named(RuleFacet::Subtree, &heirs.subtrees).or(named(RuleFacet::Branch, &heirs.branches)))
        .select(ex_officio_rules::network_id)
        .distinct()
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(ex_officio_rules::network_id.gt(after));
    }
    Ok(query.order(ex_officio_rules::network_id).limit(limit).load(conn)?)
}

/// Where rules that are in force name organisations, of networks within sight: some of the places, and how many there are.
pub fn naming(conn: &mut Conn, ids: &[OrganisationId], sight: Sight, limit: i64) -> Result<(i64, Vec<Naming>)> {
    let all = || {
        let named = ex_officio_rules::organisation_id.assume_not_null().eq_any(ids.to_vec());
        let of_network = networks::table.on(networks::id.eq(ex_officio_rules::network_id));
        ex_officio_rules::table.inner_join(of_network).filter(named).filter(seen(sight))
    };
    let count = all().count().get_result(conn)?;
    if count == 0 {
        return Ok((0, Vec::new()));
    }
    let some = all()
        .order((ex_officio_rules::network_id, ex_officio_rules::facet, ex_officio_rules::organisation_id))
        .limit(limit)
        .select((
            ex_officio_rules::network_id,
            ex_officio_rules::facet,
            ex_officio_rules::organisation_id.assume_not_null(),
        ));
    Ok((count, some.load(conn)?))
}

/// Makes the rules of networks, at most [`AT_ONCE`], name what comes after: beside what ends, or instead of it. It takes
/// hold of the networks. People do not move by it.
pub fn inherit(tx: &mut Tx<'_>, ids: &[NetworkId], heirs: &Heirs, beside: bool) -> Result<()> {
    network::hold(tx, ids.iter().copied())?;
    let rows: Vec<(NetworkId, i64, Json<NetworkCreate>)> = networks::table
        .filter(networks::id.eq_any(ids.to_vec()))
        .order(networks::id)
        .select((networks::id, networks::version, networks::document))
        .load(tx.conn)?;
    let mut changed: Vec<(NetworkId, i64, NetworkCreate)> = Vec::new();
    for (id, version, document) in rows {
        let mut document = document.value()?;
        if document.ex_officio_rule.as_mut().is_some_and(|rule| heirs.enter(rule, beside)) {
            changed.push((id, version, document));
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    network::rewrite(tx, &changed, "ex_officio_rule")?;
    let rules = changed.iter().filter_map(|(id, _, document)| Some((*id, rule::in_force(document)?)));
    rule::set_all(tx, &rules.collect::<Vec<_>>())
}
