//! Who is let in to change networks and their links: what the policy asks, read where it is needed.

use diesel::prelude::*;

use super::links::{self, NetworkLinkId};
use super::store::TYPE;
use super::types::{NetworkCreate, NetworkId};
use crate::auth::policy::{self, Decision, NetworkFacts};
use crate::auth::visibility::Visibility;
use crate::auth::{Claimant, Permit};
use crate::db::changes::EntityType;
use crate::db::schema::networks;
use crate::db::{Conn, Lock, Tx};
use crate::http::problem::Result;
use crate::organisations::{self, OrganisationId};

/// What counts of a network.
pub struct Known {
    id: NetworkId,
    visibility: Visibility,
    above: Vec<OrganisationId>,
}

impl Known {
    /// What counts of a network, for the policy.
    pub fn facts(&self) -> NetworkFacts<'_> {
        NetworkFacts { id: self.id, visibility: self.visibility, above: &self.above }
    }
}

/// What counts of a network; `None` where there is none.
pub fn known(conn: &mut Conn, id: NetworkId) -> Result<Option<Known>> {
    let query = networks::table.filter(networks::id.eq(id));
    let found: Option<(Visibility, Option<OrganisationId>)> =
        query.select((networks::visibility, networks::host_organisation_id)).first(conn).optional()?;
    let Some((visibility, host)) = found else { return Ok(None) };
    Ok(Some(Known { id, visibility, above: organisations::above(conn, host)? }))
}

/// Lets somebody change a network. Whoever needs a role for it holds the network from then on, and so whatever gives one.
pub fn to_edit(tx: &mut Tx<'_>, claimant: &Claimant, id: NetworkId) -> Result<Permit> {
    if let Some(permit) = claimant.by_scope() {
        return Ok(permit);
    }
    tx.hold(TYPE, id.as_str())?;
    let Some(network) = known(tx.conn, id)? else { return Err(claimant.missing(tx.conn, TYPE, id.as_str())) };
    let standing = claimant.standing(tx.conn)?;
    claimant.claim(|caller| policy::may_edit_network(caller, &standing, network.facts()))
}

/// 403 where a change is not for those who may change the rest by a role: who owns the network, whom it takes by office, and
/// its ids in outside systems. That another has one already would tell of networks that they do not see.
pub fn refuse_reserved(permit: &Permit, before: &NetworkCreate, after: &NetworkCreate) -> Result<()> {
    permit.refuse_reserved(&[
        ("/host_organisation_id", before.host_organisation_id != after.host_organisation_id),
        ("/external_ids", before.external_ids != after.external_ids),
        ("/ex_officio_rule", before.ex_officio_rule != after.ex_officio_rule),
    ])
}

/// Lets somebody link a network to others: whoever may change it.
pub fn to_link(tx: &mut Tx<'_>, claimant: &Claimant, from: NetworkId) -> Result<Permit> {
    if let Some(permit) = claimant.by_scope() {
        return Ok(permit);
    }
    tx.lock(Lock::NetworkLinks)?;
    to_edit(tx, claimant, from)
}

/// Lets somebody end a link: whoever may change the network that it is from, or either where it goes both ways.
pub fn to_end(tx: &mut Tx<'_>, claimant: &Claimant, network: NetworkId, id: NetworkLinkId) -> Result<Permit> {
    if let Some(permit) = claimant.by_scope() {
        return Ok(permit);
    }
    tx.lock(Lock::NetworkLinks)?;
    let Some((from, to, link_type)) = links::ends(tx.conn, network, id)? else {
        return Err(claimant.missing(tx.conn, EntityType::NetworkLink, id.as_str()));
    };
    let mut ids = [from.as_str(), to.as_str()];
    ids.sort_unstable();
    tx.hold_all(TYPE, &ids)?;
    let (Some(from), Some(to)) = (known(tx.conn, from)?, known(tx.conn, to)?) else {
        return Err(claimant.missing(tx.conn, EntityType::NetworkLink, id.as_str()));
    };
    let standing = claimant.standing(tx.conn)?;
    claimant.claim(|caller| {
        let both = [&from, &to].map(|end| policy::may_edit_network(caller, &standing, end.facts()));
        match both {
            // It is seen by those who see both its ends.
            [Decision::Invisible, _] | [_, Decision::Invisible] => Decision::Invisible,
            [own, _] if own.is_allowed() || !link_type.is_mutual() => own,
            [_, other] => other,
        }
    })
}
