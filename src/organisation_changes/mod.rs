//! Reorganisations: organisations that are merged, split, renamed or closed, or hand something over, n to m.
//!
//! One is planned, looked at ([`preview`]) and applied ([`apply`]), now or on its day, by a request or by the service
//! itself ([`worker`]). Undoing one is another one the other way: what happened stays on record.

mod affected;
pub mod apply;
mod handlers;
mod parts;
mod preview;
mod row;
mod rules;
mod store;
mod types;
mod words;
mod work;
pub mod worker;

pub use row::OrganisationChangeRow;
pub use store::have_party;
pub use types::{OrganisationChangeCreate, OrganisationChangeId};
pub use words::{OrganisationChangeState, OrganisationChangeType, Part};

use crate::db::Tx;
use crate::http::etag::IfMatch;
use crate::http::problem::Result;
use crate::http::routes::Routes;

/// The examples of the operations: run against the demo directory by a test.
pub const EXAMPLES: &str = include_str!("examples.json");

/// The routes below `/v1`.
pub fn routes(to: &mut impl Routes) {
    to.service(handlers::list_organisation_changes)
        .service(handlers::create_organisation_change)
        .service(handlers::get_organisation_change)
        .service(handlers::replace_organisation_change)
        .service(handlers::patch_organisation_change)
        .service(handlers::delete_organisation_change)
        .service(handlers::get_organisation_change_preview)
        .service(handlers::get_organisation_change_people)
        .service(handlers::apply_organisation_change)
        .service(handlers::cancel_organisation_change);
}

/// Makes reorganisations of known ids, and applies those that say that they apply themselves and whose day has come: for
/// the demo.
pub fn load(tx: &mut Tx<'_>, documents: Vec<(OrganisationChangeId, OrganisationChangeCreate)>) -> Result<()> {
    let today = tx.now.date();
    for (id, document) in &documents {
        store::insert(tx, *id, document)?;
    }
    let is_due = |document: &OrganisationChangeCreate| document.applies_itself && document.effective_on <= today;
    for (id, _) in documents.iter().filter(|(_, document)| is_due(document)) {
        apply::apply(tx, *id, &IfMatch::Any, today)?;
    }
    Ok(())
}
