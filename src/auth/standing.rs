//! What the directory knows of a caller as a person.

use crate::members::MemberId;
use crate::memberships::MembershipRole;
use crate::networks::NetworkId;
use crate::organisations::OrganisationId;

/// What a caller is here, beside what their token may be used for. It is read anew for each request that asks for it
/// (`memberships::standing`), in the request's own transaction: who stops being something stops at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// The member they are.
    pub member: Option<MemberId>,
    /// The organisation they work in.
    pub organisation: Option<OrganisationId>,
    /// The networks that they are active in, and what they do there.
    pub networks: Vec<(NetworkId, MembershipRole)>,
    /// The organisations whose contact they are; what is below those is for the tree to say.
    pub contact_of: Vec<OrganisationId>,
}

impl Standing {
    /// Whether they are in a network.
    pub fn is_in(&self, network: NetworkId) -> bool {
        self.networks.iter().any(|(own, _)| *own == network)
    }

    /// The role by which they decide for a network.
    pub fn leads(&self, network: NetworkId) -> Option<MembershipRole> {
        self.networks.iter().find(|(own, role)| *own == network && role.decides()).map(|(_, role)| *role)
    }

    /// The organisation among some of which they are the contact.
    pub fn contact_among(&self, organisations: &[OrganisationId]) -> Option<OrganisationId> {
        self.contact_of.iter().copied().find(|own| organisations.contains(own))
    }

    /// Whether they are a member.
    pub fn is(&self, member: MemberId) -> bool {
        self.member == Some(member)
    }
}
