//! What a caller may, as pure functions of the caller, what the directory knows of them, and what it is about: no
//! database in here.
//!
//! [`entry`] decides before a handler runs, from what the OpenAPI document says of the operation. Where that leaves it to
//! roles, the handler has a [`Claimant`](super::Claimant), whom only the decisions of the other functions let in.

use super::caller::Caller;
use super::scope::{Needed, Role, Roles, Scope};
use super::standing::Standing;
use super::visibility::{CallerId, Sight, Visibility};
use crate::members::MemberId;
use crate::memberships::MembershipRole;
use crate::networks::NetworkId;
use crate::organisations::OrganisationId;

/// How far a caller sees.
pub fn sight(caller: &Caller) -> Sight {
    match &caller.id {
        None => Sight::Anonymous,
        Some(_) if caller.scopes.allow(Scope::DirectoryWrite) => Sight::Editor,
        Some(id) => Sight::SignedIn(CallerId::of(id)),
    }
}

/// Whether an operation is open to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// It is, whoever they are.
    Open,
    /// It is to those who are something to what it is about.
    ByRole,
    /// It is not.
    Closed,
}

/// Whether an operation is open to a caller; anonymous callers read where that is configured.
pub fn entry(caller: &Caller, needed: Needed, roles: Roles, anonymous_read: bool) -> Entry {
    let scopes = match (&caller.id, needed) {
        (None, Needed::Scopes(scopes)) if anonymous_read && scopes.names(Scope::DirectoryRead) => return Entry::Open,
        (None, _) => return Entry::Closed,
        (Some(_), Needed::SignedIn) => return Entry::Open,
        (Some(_), Needed::Scopes(scopes)) => scopes,
    };
    let is_open = |scope: Scope| scopes.names(scope) && caller.scopes.allow(scope);
    // Who may read like everybody need not be HR everywhere.
    let is_hr = is_open(Scope::HrSync) && (scopes.names(Scope::DirectoryRead) || is_hr_everywhere(caller));
    let may_claim = (roles.has(Role::Hr) && is_open(Scope::HrSync))
        || (roles.are_personal() && caller.scopes.allow(Scope::DirectoryRead));
    match [Scope::DirectoryRead, Scope::DirectoryWrite, Scope::Admin].into_iter().any(is_open) || is_hr {
        true => Entry::Open,
        false if may_claim => Entry::ByRole,
        false => Entry::Closed,
    }
}

/// Why somebody may something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A scope of their token, which opens it to whoever has it.
    Scope(Scope),
    /// They are the HR of an organisation.
    HrOf(OrganisationId),
    /// They coordinate or chair a network, or are its secretary.
    Leads(NetworkId, MembershipRole),
    /// They are the contact of an organisation.
    ContactOf(OrganisationId),
    /// It is about themselves.
    Themselves,
}

/// Whether somebody may something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They may.
    Allowed(Reason),
    /// They may not, though they may know of it: 403.
    Forbidden,
    /// They are not to know of it: 404.
    Invisible,
}

impl Decision {
    /// The first reason there is; without any, it is forbidden, or not known of.
    fn of(reasons: impl IntoIterator<Item = Option<Reason>>, is_seen: bool) -> Self {
        match reasons.into_iter().flatten().next() {
            Some(reason) => Decision::Allowed(reason),
            None if is_seen => Decision::Forbidden,
            None => Decision::Invisible,
        }
    }

    /// Whether they may.
    pub fn is_allowed(self) -> bool {
        matches!(self, Decision::Allowed(_))
    }
}

/// What counts of a network.
#[derive(Clone, Copy, Debug)]
pub struct NetworkFacts<'a> {
    /// Its id.
    pub id: NetworkId,
    /// Who can see it.
    pub visibility: Visibility,
    /// The organisation that owns it, and all above.
    pub above: &'a [OrganisationId],
}

/// What counts of a member.
#[derive(Clone, Copy, Debug)]
pub struct MemberFacts<'a> {
    /// Their id.
    pub id: MemberId,
    /// The organisation that they work in, and all above.
    pub above: &'a [OrganisationId],
    /// Whether nobody is to know of them but themselves, their HR and admins: they are protected, or have left.
    pub is_hidden: bool,
}

/// Who says what becomes of a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The network, which gives this role: inviting, nominating, approving, rejecting, ending, giving another role.
    Network(MembershipRole),
    /// The member: joining, accepting, declining, leaving.
    Member,
}

/// Whether a caller sees a network.
pub fn may_see_network(caller: &Caller, standing: &Standing, network: NetworkFacts<'_>) -> bool {
    sight(caller).sees(network.visibility) || (caller.id.is_some() && standing.is_in(network.id))
}

/// Whether a caller edits a network: its fields, and the links from it.
pub fn may_edit_network(caller: &Caller, standing: &Standing, network: NetworkFacts<'_>) -> Decision {
    let is_seen = may_see_network(caller, standing, network);
    let contact = contact(caller, standing, network.above).filter(|_| is_seen);
    Decision::of([by_scope(caller, Scope::DirectoryWrite), leads(caller, standing, network), contact], is_seen)
}

/// Whether a caller edits an organisation; `above` is itself and all above. Everybody sees them all.
pub fn may_edit_organisation(caller: &Caller, standing: &Standing, above: &[OrganisationId]) -> Decision {
    Decision::of([by_scope(caller, Scope::DirectoryWrite), contact(caller, standing, above)], true)
}

/// Whether a caller writes what the HR system owns of a member. Who was not one of theirs does not become so by it: it is
/// asked of the member as they are, and as they are to be.
pub fn may_manage_member(caller: &Caller, standing: &Standing, member: MemberFacts<'_>) -> Decision {
    let is_seen = !member.is_hidden || is_themselves(caller, standing, member);
    Decision::of([by_hr(caller, member.above)], is_seen)
}

/// Whether a caller speaks for a member: writes their profile, confirms it, reads all of it.
pub fn may_speak_for(caller: &Caller, standing: &Standing, member: MemberFacts<'_>) -> Decision {
    Decision::of([by_hr(caller, member.above), themselves(caller, standing, member)], !member.is_hidden)
}

/// Whether a caller says what becomes of a member in a network; `is_seen` is whether they see the membership that it is
/// about, as far as that is for the member to say, or the member, where there is none yet. The HR of some organisations gives
/// nobody a role that decides for a network of others.
pub fn may_decide(
    caller: &Caller,
    standing: &Standing,
    network: NetworkFacts<'_>,
    member: MemberFacts<'_>,
    side: Side,
    is_seen: bool,
) -> Decision {
    let own = themselves(caller, standing, member);
    let is_seen = own.is_some() || (is_seen && may_see_network(caller, standing, network));
    let hr = by_hr(caller, member.above).filter(|_| may_see_network(caller, standing, network));
    match side {
        Side::Member => Decision::of([hr, own], is_seen || hr.is_some()),
        Side::Network(role) => {
            let is_theirs = matches!(hr, Some(Reason::Scope(_))) || by_hr(caller, network.above).is_some();
            let leads = leads(caller, standing, network).filter(|_| !member.is_hidden || own.is_some());
            Decision::of([hr.filter(|_| is_theirs || !role.decides()), leads], is_seen || hr.is_some())
        }
    }
}

/// Whether a caller says who members are to an issuer of tokens. Whoever is the HR of some says so of the issuer of their
/// own tokens alone: the people of another are not for them to claim.
pub fn may_speak_of_issuer(caller: &Caller, issuer: &str) -> bool {
    is_hr_everywhere(caller) || (caller.scopes.allow(Scope::HrSync) && caller.issuer.as_deref() == Some(issuer))
}

/// Whether a caller is the HR of everybody.
pub fn is_hr_everywhere(caller: &Caller) -> bool {
    caller.scopes.allow(Scope::HrSync) && (caller.hr_of.is_none() || caller.scopes.allow(Scope::Admin))
}

/// By a scope that opens it to whoever has it.
fn by_scope(caller: &Caller, scope: Scope) -> Option<Reason> {
    let held = if caller.scopes.allow(Scope::Admin) { Scope::Admin } else { scope };
    (caller.id.is_some() && caller.scopes.allow(scope)).then_some(Reason::Scope(held))
}

/// By being the HR of people whose organisation, with all above, is this; nobody's is everywhere's alone.
fn by_hr(caller: &Caller, above: &[OrganisationId]) -> Option<Reason> {
    match &caller.hr_of {
        _ if is_hr_everywhere(caller) => by_scope(caller, Scope::HrSync),
        Some(own) if caller.scopes.allow(Scope::HrSync) => {
            own.iter().copied().find(|own| above.contains(own)).map(Reason::HrOf)
        }
        _ => None,
    }
}

/// Whether what a caller is here counts: whoever is something may read, at least.
pub fn is_person(caller: &Caller) -> bool {
    caller.id.is_some() && caller.scopes.allow(Scope::DirectoryRead)
}

fn leads(caller: &Caller, standing: &Standing, network: NetworkFacts<'_>) -> Option<Reason> {
    standing.leads(network.id).filter(|_| is_person(caller)).map(|role| Reason::Leads(network.id, role))
}

fn contact(caller: &Caller, standing: &Standing, above: &[OrganisationId]) -> Option<Reason> {
    standing.contact_among(above).filter(|_| is_person(caller)).map(Reason::ContactOf)
}

fn is_themselves(caller: &Caller, standing: &Standing, member: MemberFacts<'_>) -> bool {
    is_person(caller) && standing.is(member.id)
}

fn themselves(caller: &Caller, standing: &Standing, member: MemberFacts<'_>) -> Option<Reason> {
    is_themselves(caller, standing, member).then_some(Reason::Themselves)
}

#[cfg(test)]
mod tests;
