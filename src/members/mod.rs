//! Members: people, with what the HR system says of them and what they say of themselves.

mod available;
mod bulk;
mod counted;
mod duplicates;
mod facets;
mod filter;
mod handlers;
mod hidden;
pub mod identities;
pub mod indexed;
mod likeness;
mod merge;
mod permits;
mod profile;
mod profile_handlers;
mod reads;
mod reorganised;
mod row;
mod sees;
mod store;
mod types;
mod viewer;
mod words;

pub use bulk::load;
pub use counted::{
    Asked, Coordinator, NamedWorker, Onlooker, Unit, Workers, coordinators, count_workers, named_workers, some_workers,
};
pub use facets::count_by_concept;
pub use hidden::MemberGroup;
pub use likeness::{HELD, PAIRS, prepare, refresh as refresh_duplicates};
pub use permits::known;
pub use profile::MemberProfile;
pub use reads::{mentioned, references, require_seen};
pub use reorganised::{Worker, move_people, people_leave, workers, working_in};
pub use row::{MemberRow, Mentioned};
pub use store::{any_in, find, get, keep_askable};
pub use types::{MemberCreate, MemberId, MemberReference, MemberView};
pub use viewer::Viewer;
pub use words::{Audience, Facet, MemberStatus, Office};

use crate::http::routes::Routes;

/// The examples of the operations: run against the demo directory by a test.
pub const EXAMPLES: &str = include_str!("examples.json");

/// The routes below `/v1`.
pub fn routes(to: &mut impl Routes) {
    to.service(handlers::list_members)
        .service(handlers::create_member)
        .service(handlers::get_member)
        .service(handlers::replace_member)
        .service(handlers::patch_member)
        .service(handlers::delete_member)
        .service(handlers::confirm_member)
        .service(handlers::merge_member)
        .service(handlers::list_member_duplicates)
        .service(handlers::dismiss_member_duplicate)
        .service(handlers::restore_member_duplicate)
        .service(profile_handlers::get_profile)
        .service(profile_handlers::replace_profile)
        .service(profile_handlers::patch_profile)
        .service(profile_handlers::list_member_identities)
        .service(profile_handlers::create_member_identity)
        .service(profile_handlers::get_member_identity)
        .service(profile_handlers::delete_member_identity);
}
