//! What the directory knows of a caller as a person: read when scopes alone do not decide.

use diesel::prelude::*;

use super::words::{MembershipRole, MembershipState};
use crate::auth::Standing;
use crate::db::Conn;
use crate::db::schema::{member_identities, members, memberships};
use crate::http::problem::Result;
use crate::members::{MemberId, MemberStatus};
use crate::networks::NetworkId;
use crate::organisations::{self, OrganisationId};

/// What a caller is here, by the internal id of callers: nothing where it is nobody's whom the directory knows. At most two
/// queries, by indexes.
pub fn standing(conn: &mut Conn, caller: &str) -> Result<Standing> {
    type Row = (MemberId, Option<OrganisationId>, MemberStatus, Option<NetworkId>, Option<MembershipRole>);
    let own = memberships::member_id.eq(members::id).and(memberships::state.eq(MembershipState::Active));
    let rows: Vec<Row> = member_identities::table
        .inner_join(members::table.on(members::id.eq(member_identities::member_id)))
        .left_join(memberships::table.on(own))
        .filter(member_identities::caller_id.eq(caller))
        .select((
            members::id,
            members::organisation_id,
            members::status,
            memberships::network_id.nullable(),
            memberships::role.nullable(),
        ))
        .load(conn)?;
    let Some(&(member, organisation, status, ..)) = rows.first() else { return Ok(Standing::default()) };
    // Whoever has left is nobody's contact, whatever is still written there.
    let contact_of = match status {
        MemberStatus::Left => Vec::new(),
        _ => organisations::contact_of(conn, member)?,
    };
    let networks = rows.into_iter().filter_map(|(.., network, role)| network.zip(role)).collect();
    Ok(Standing { member: Some(member), organisation, networks, contact_of })
}
