//! Organisations: ministries, agencies, regional councils and others, in a tree.

mod contacts;
mod ends;
mod handlers;
pub mod indexed;
mod permits;
mod row;
mod store;
mod tree;
mod types;

pub use contacts::{above, contact_of, contacts_leave, forget_contacts, replace_contact};
pub use ends::{
    End, OrganisationPart, adopt, end, ended, ministries, parents, parts_of, rebranch_named, require_all_open,
    require_open, try_hold,
};
pub use store::{known, load, mentions, references, update};
pub use types::{OrganisationCreate, OrganisationId, OrganisationKind, OrganisationReference, Successor};

use crate::http::routes::Routes;

/// The examples of the operations: run against the demo directory by a test.
pub const EXAMPLES: &str = include_str!("examples.json");

/// The routes below `/v1`.
pub fn routes(to: &mut impl Routes) {
    to.service(handlers::list_organisations)
        .service(handlers::create_organisation)
        .service(handlers::get_organisation)
        .service(handlers::replace_organisation)
        .service(handlers::patch_organisation)
        .service(handlers::delete_organisation);
}
