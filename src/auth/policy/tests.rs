//! Every rule, as a sentence of its own beside the functions, for everybody there can be.

use super::*;

const OURS: [&str; 2] = ["01900000-0000-7001-8000-000000000002", "01900000-0000-7001-8000-000000000001"];
const THEIRS: [&str; 1] = ["01900000-0000-7001-8000-000000000009"];
const ISSUER: &str = "https://id.example.fi";

fn organisations<const N: usize>(ids: [&str; N]) -> [OrganisationId; N] {
    ids.map(|id| id.parse().unwrap())
}

fn network() -> NetworkId {
    "01900000-0000-7002-8000-000000000001".parse().unwrap()
}

fn member() -> MemberId {
    "01900000-0000-7007-8000-000000000001".parse().unwrap()
}

fn other_network() -> NetworkId {
    "01900000-0000-7002-8000-000000000002".parse().unwrap()
}

fn other_member() -> MemberId {
    "01900000-0000-7007-8000-000000000002".parse().unwrap()
}

fn caller(id: Option<&str>, scopes: &[Scope], hr_of: Option<OrganisationId>) -> Caller {
    hr(id, scopes, hr_of.as_ref().map(std::slice::from_ref))
}

fn hr(id: Option<&str>, scopes: &[Scope], hr_of: Option<&[OrganisationId]>) -> Caller {
    let issuer = id.map(|_| ISSUER.into());
    Caller { id: id.map(Into::into), issuer, scopes: scopes.iter().copied().collect(), hr_of: hr_of.map(Into::into) }
}

/// Every set of scopes.
fn scopes() -> impl Iterator<Item = Vec<Scope>> {
    (0..16_u8).map(|set| Scope::ALL.into_iter().filter(|scope| set & *scope as u8 != 0).collect())
}

/// Everybody: without a token, and with every set of scopes, HR of everybody, of ours, of theirs or of both.
fn callers() -> Vec<Caller> {
    let [ours, _] = organisations(OURS);
    let [theirs] = organisations(THEIRS);
    let limits = [None, Some(vec![ours]), Some(vec![theirs]), Some(vec![theirs, ours])];
    let signed_in = scopes().flat_map(|scopes| limits.clone().map(|hr_of| hr(Some("c"), &scopes, hr_of.as_deref())));
    [caller(None, &[], None)].into_iter().chain(signed_in).collect()
}

/// Whatever somebody may be: nobody, the member or another; in every role in our network, in another, or in both; contact
/// of ours, of what is above it, of theirs, or of several.
fn standings() -> Vec<Standing> {
    let ids = || OURS.iter().chain(&THEIRS).map(|id| id.parse().unwrap());
    let contacts = ids().map(|id| vec![id]).chain([Vec::new(), ids().collect()]);
    let places = MembershipRole::ALL.iter().flat_map(|&role| {
        let (ours, other) = ((network(), role), (other_network(), role));
        let beside = (other_network(), MembershipRole::Chair);
        [vec![ours], vec![other], vec![beside, ours]]
    });
    let places: Vec<Vec<_>> = places.chain([Vec::new()]).collect();
    let mut all = Vec::new();
    for contact_of in contacts {
        for networks in &places {
            for own in [None, Some(member()), Some(other_member())] {
                let (networks, contact_of) = (networks.clone(), contact_of.clone());
                all.push(Standing { member: own, organisation: None, networks, contact_of });
            }
        }
    }
    all
}

/// Whether somebody is in our network in a role of which something is true.
fn is_there(standing: &Standing, holds: fn(MembershipRole) -> bool) -> bool {
    standing.networks.iter().any(|(own, role)| *own == network() && holds(*role))
}

#[test]
fn scopes_open_what_they_name() {
    for held in Scope::ALL {
        for needed in Scope::ALL {
            let expected = if held == needed || held == Scope::Admin { Entry::Open } else { Entry::Closed };
            let needed = Needed::Scopes(needed.into());
            assert_eq!(entry(&caller(Some("c"), &[held], None), needed, Roles::default(), true), expected, "{held}");
        }
    }
}

#[test]
fn anonymous_callers_only_read_and_only_where_allowed() {
    let nobody = caller(None, &[], None);
    let all: Roles = Role::ALL.into_iter().collect();
    for needed in Scope::ALL {
        for roles in [Roles::default(), all] {
            let may = |configured| entry(&nobody, Needed::Scopes(needed.into()), roles, configured);
            assert_eq!(may(true) == Entry::Open, needed == Scope::DirectoryRead);
            assert_ne!(may(true), Entry::ByRole);
            assert_eq!(may(false), Entry::Closed);
        }
    }
}

#[test]
fn some_operations_only_ask_who_calls() {
    let may = |caller: &Caller, anonymous| entry(caller, Needed::SignedIn, Roles::default(), anonymous);
    for scopes in scopes() {
        assert_eq!(may(&caller(Some("c"), &scopes, None), false), Entry::Open);
    }
    assert_eq!(may(&caller(None, &[], None), true), Entry::Closed);
}

#[test]
fn roles_let_in_whoever_reads_and_the_hr_of_some() {
    let [ours, _] = organisations(OURS);
    let roles = |all: &[Role]| -> Roles { all.iter().copied().collect() };
    let hr = Needed::Scopes(Scope::HrSync.into());
    let reader = caller(Some("c"), &[Scope::DirectoryRead], None);
    let limited = caller(Some("c"), &[Scope::HrSync], Some(ours));
    let unlimited = caller(Some("c"), &[Scope::HrSync], None);
    for (caller, all, expected) in [
        (&reader, &[Role::Themselves, Role::Hr][..], Entry::ByRole),
        (&reader, &[Role::Hr], Entry::Closed),
        (&reader, &[], Entry::Closed),
        (&limited, &[Role::Hr], Entry::ByRole),
        (&limited, &[Role::Themselves, Role::Hr], Entry::ByRole),
        (&limited, &[Role::Themselves], Entry::Closed),
        (&limited, &[], Entry::Closed),
        (&unlimited, &[], Entry::Open),
        (&unlimited, &[Role::Hr], Entry::Open),
    ] {
        assert_eq!(entry(caller, hr, roles(all), true), expected, "{caller:?} {all:?}");
    }
    // Where reading is enough, whose HR they are is for what they see.
    let any = Needed::Scopes([Scope::DirectoryRead, Scope::HrSync].into_iter().collect());
    assert_eq!(entry(&limited, any, Roles::default(), false), Entry::Open);
    // An admin's limits limit nothing.
    let admin = caller(Some("c"), &[Scope::Admin], Some(ours));
    assert_eq!(entry(&admin, hr, Roles::default(), false), Entry::Open);
}

/// The same as a sentence of its own: for everybody, whatever an operation asks for.
#[test]
fn an_operation_is_open_by_a_scope_or_by_a_role() {
    let sets = 1_u32 << Role::ALL.len();
    let all_roles = (0..sets).map(|set| (0..).zip(Role::ALL).filter(move |(bit, _)| set & 1 << bit != 0));
    let all_roles: Vec<Roles> = all_roles.map(|roles| roles.map(|(_, role)| role).collect()).collect();
    for caller in callers() {
        let holds = |scope| caller.scopes.allow(scope);
        for asked in scopes().filter(|asked| !asked.is_empty()) {
            let asks = |scope| asked.contains(&scope);
            let reads = asks(Scope::DirectoryRead);
            let by_scope =
                [Scope::DirectoryRead, Scope::DirectoryWrite, Scope::Admin].iter().any(|one| asks(*one) && holds(*one));
            let by_hr = asks(Scope::HrSync) && holds(Scope::HrSync);
            let is_open = by_scope || (by_hr && (reads || is_hr_everywhere(&caller)));
            for (roles, anonymous) in all_roles.iter().flat_map(|roles| [(*roles, false), (*roles, true)]) {
                let may_claim = (roles.has(Role::Hr) && by_hr) || (roles.are_personal() && holds(Scope::DirectoryRead));
                let expected = match caller.id {
                    None if anonymous && reads => Entry::Open,
                    None => Entry::Closed,
                    Some(_) if is_open => Entry::Open,
                    Some(_) if may_claim => Entry::ByRole,
                    Some(_) => Entry::Closed,
                };
                let needed = Needed::Scopes(asked.iter().copied().collect());
                assert_eq!(entry(&caller, needed, roles, anonymous), expected, "{caller:?} {asked:?} {roles:?}");
            }
        }
    }
}

#[test]
fn editors_see_further_than_readers() {
    let sight = |id, scopes: &[Scope]| sight(&caller(id, scopes, None));
    let signed_in = Sight::SignedIn(CallerId::of("c"));
    assert_eq!(sight(None, &[]), Sight::Anonymous);
    assert_eq!(sight(Some("c"), &[Scope::DirectoryRead]), signed_in);
    assert_eq!(sight(Some("c"), &[Scope::HrSync]), signed_in);
    assert_eq!(sight(Some("c"), &[Scope::Admin]), Sight::Editor);
}

/// Each rule as a sentence of its own, beside the functions, for every caller, standing and network.
#[test]
fn networks_are_edited_by_editors_and_by_those_whose_they_are() {
    let above = organisations(OURS);
    for caller in callers() {
        for standing in standings() {
            for &visibility in Visibility::ALL {
                let facts = NetworkFacts { id: network(), visibility, above: &above };
                let has = |scope| caller.scopes.allow(scope);
                let is_in = caller.id.is_some() && is_there(&standing, |_| true);
                let sees = match visibility {
                    Visibility::Public => true,
                    Visibility::Administration => caller.id.is_some(),
                    Visibility::Members => is_in || has(Scope::DirectoryWrite),
                };
                let leads = is_there(&standing, MembershipRole::decides);
                let asked = standing.contact_of.iter().any(|own| above.contains(own));
                let may = has(Scope::DirectoryWrite) || (has(Scope::DirectoryRead) && (leads || (asked && sees)));
                let decision = may_edit_network(&caller, &standing, facts);
                assert_eq!(decision.is_allowed(), may, "{caller:?} {standing:?} {visibility:?}");
                assert_eq!(decision == Decision::Invisible, !may && !sees, "{caller:?} {standing:?} {visibility:?}");
                assert_eq!(may_see_network(&caller, &standing, facts), sees);
            }
        }
    }
}

#[test]
fn organisations_are_edited_by_editors_and_by_contacts_of_them_or_above() {
    let above = organisations(OURS);
    for caller in callers() {
        for standing in standings() {
            let asked = standing.contact_of.iter().any(|own| above.contains(own));
            let may =
                caller.scopes.allow(Scope::DirectoryWrite) || (caller.scopes.allow(Scope::DirectoryRead) && asked);
            let decision = may_edit_organisation(&caller, &standing, &above);
            assert_eq!(
                (decision.is_allowed(), decision == Decision::Invisible),
                (may, false),
                "{caller:?} {standing:?}"
            );
        }
    }
}

/// Whether somebody is the HR of a member of ours, as a sentence of its own.
fn is_hr(caller: &Caller) -> bool {
    let is_theirs = |all: &[OrganisationId]| all.iter().any(|own| organisations(OURS).contains(own));
    caller.scopes.allow(Scope::Admin)
        || (caller.scopes.allow(Scope::HrSync) && caller.hr_of.as_deref().is_none_or(is_theirs))
}

#[test]
fn members_are_written_by_their_hr_and_speak_for_themselves() {
    let above = organisations(OURS);
    for caller in callers() {
        for standing in standings() {
            for is_hidden in [false, true] {
                let facts = MemberFacts { id: member(), above: &above, is_hidden };
                let own = standing.member == Some(member()) && caller.scopes.allow(Scope::DirectoryRead);
                let hidden = is_hidden && !own;
                let manage = may_manage_member(&caller, &standing, facts);
                assert_eq!(manage.is_allowed(), is_hr(&caller), "{caller:?} {standing:?}");
                assert_eq!(manage == Decision::Invisible, !is_hr(&caller) && hidden, "{caller:?} {standing:?}");
                let speak = may_speak_for(&caller, &standing, facts);
                assert_eq!(speak.is_allowed(), is_hr(&caller) || own, "{caller:?} {standing:?}");
                assert_eq!(speak == Decision::Invisible, !is_hr(&caller) && hidden, "{caller:?} {standing:?}");
            }
        }
    }
    // Who works nowhere is everybody's HR's alone.
    let [ours, _] = organisations(OURS);
    let nowhere = MemberFacts { id: member(), above: &[], is_hidden: false };
    let limited = caller(Some("c"), &[Scope::HrSync], Some(ours));
    assert_eq!(may_manage_member(&limited, &Standing::default(), nowhere), Decision::Forbidden);
}

#[test]
fn memberships_are_for_the_network_and_the_member_to_decide() {
    let (our, their) = (organisations(OURS), organisations(THEIRS));
    let sides = MembershipRole::ALL.iter().copied().map(Side::Network).chain([Side::Member]);
    let sides: Vec<Side> = sides.collect();
    // Whose contact somebody is makes no difference here: nobody's, or everybody's.
    let standings: Vec<Standing> = standings().into_iter().filter(|one| one.contact_of.len() != 1).collect();
    for caller in callers() {
        for standing in &standings {
            let ways = Visibility::ALL.iter().flat_map(|one| [(one, false), (one, true)]);
            for ((&visibility, is_hidden), is_shown) in ways.flat_map(|way| [(way, false), (way, true)]) {
                for (side, host) in sides.iter().flat_map(|side| [(*side, &our[..]), (*side, &their[..])]) {
                    let network = NetworkFacts { id: network(), visibility, above: host };
                    let person = MemberFacts { id: member(), above: &our, is_hidden };
                    let sees = may_see_network(&caller, standing, network);
                    let everywhere = is_hr_everywhere(&caller);
                    let own = standing.member == Some(member()) && caller.scopes.allow(Scope::DirectoryRead);
                    let leads = is_there(standing, MembershipRole::decides);
                    let leads = leads && caller.scopes.allow(Scope::DirectoryRead) && (own || !is_hidden);
                    let hosts = caller.hr_of.as_deref().is_none_or(|own| own.iter().any(|own| host.contains(own)));
                    let hosts = hosts && is_hr(&caller);
                    let may = match side {
                        Side::Member => own || (is_hr(&caller) && sees),
                        Side::Network(role) if role.decides() => leads || (sees && (everywhere || hosts)),
                        Side::Network(_) => leads || (sees && is_hr(&caller)),
                    };
                    let decision = may_decide(&caller, standing, network, person, side, is_shown);
                    let told =
                        || format!("{caller:?} {standing:?} {visibility:?} {is_hidden} {is_shown} {side:?} {host:?}");
                    assert_eq!(decision.is_allowed(), may, "{}", told());
                    if !may {
                        let knows = own || (sees && (is_shown || is_hr(&caller)));
                        assert_eq!(decision == Decision::Invisible, !knows, "{}", told());
                    }
                }
            }
        }
    }
}

#[test]
fn the_hr_of_some_speaks_of_its_own_issuer_alone() {
    for caller in callers() {
        let everywhere = is_hr_everywhere(&caller);
        let is_hr = caller.scopes.allow(Scope::HrSync);
        assert_eq!(may_speak_of_issuer(&caller, ISSUER), is_hr, "{caller:?}");
        assert_eq!(may_speak_of_issuer(&caller, "solmu"), everywhere, "{caller:?}");
    }
}

/// What is said of why is what lets them in.
#[test]
fn there_is_a_reason_for_what_is_allowed() {
    let (above, [ours, top]) = (organisations(OURS), organisations(OURS));
    let facts = NetworkFacts { id: network(), visibility: Visibility::Public, above: &above };
    let person = MemberFacts { id: member(), above: &above, is_hidden: false };
    let reader = caller(Some("c"), &[Scope::DirectoryRead], None);
    let leader = Standing { networks: vec![(network(), MembershipRole::Chair)], ..Standing::default() };
    let contact = Standing { contact_of: vec![top], ..Standing::default() };
    let own = Standing { member: Some(member()), ..Standing::default() };
    let nobody = Standing::default();
    let hr = caller(Some("c"), &[Scope::HrSync], Some(ours));
    for (decision, reason) in [
        (may_edit_network(&reader, &leader, facts), Reason::Leads(network(), MembershipRole::Chair)),
        (may_edit_network(&reader, &contact, facts), Reason::ContactOf(top)),
        (may_edit_organisation(&reader, &contact, &above), Reason::ContactOf(top)),
        (may_speak_for(&reader, &own, person), Reason::Themselves),
        (may_manage_member(&hr, &nobody, person), Reason::HrOf(ours)),
        (may_manage_member(&caller(Some("c"), &[Scope::Admin], None), &nobody, person), Reason::Scope(Scope::Admin)),
        (may_decide(&hr, &nobody, facts, person, Side::Member, true), Reason::HrOf(ours)),
        (may_decide(&reader, &own, facts, person, Side::Member, false), Reason::Themselves),
    ] {
        assert_eq!(decision, Decision::Allowed(reason));
    }
}
