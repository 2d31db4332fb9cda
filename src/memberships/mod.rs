//! Memberships: who is in which network, over time.
//!
//! Whoever leaves keeps a membership that has ended, and joining again is another one. A network that is closed takes
//! nobody any more; those who are in it stay until somebody ends them, so that it is known who they were.

mod coordinators;
mod counts;
mod grants;
mod handlers;
mod holders;
mod leavers;
mod me;
mod merging;
mod moves;
mod permits;
mod row;
mod seeds;
mod standing;
mod store;
mod types;
mod words;

pub use coordinators::{count_active, has_coordinator, hold_coordinated, refresh};
pub use holders::{Turn, take};
pub use leavers::{delete_of_network, end_of_leavers, forget, hold_of_leavers, networks_of, resort};
pub use merging::{of_members, of_networks};
pub use seeds::load;
pub use standing::standing;
pub use types::{MembershipId, MembershipSeed};
pub use words::{MembershipBasis, MembershipRole, MembershipState};

use crate::http::routes::Routes;

/// The examples of the operations: run against the demo directory by a test.
pub const EXAMPLES: &str = include_str!("examples.json");

/// The routes below `/v1`.
pub fn routes(to: &mut impl Routes) {
    to.service(handlers::list_network_memberships)
        .service(handlers::list_member_memberships)
        .service(handlers::get_membership)
        .service(handlers::join_network)
        .service(handlers::invite_to_network)
        .service(handlers::nominate_to_network)
        .service(handlers::accept_membership)
        .service(handlers::decline_membership)
        .service(handlers::approve_membership)
        .service(handlers::reject_membership)
        .service(handlers::leave_membership)
        .service(handlers::end_membership)
        .service(handlers::change_membership_role)
        .service(counts::get_membership_counts)
        .service(me::get_me);
}
