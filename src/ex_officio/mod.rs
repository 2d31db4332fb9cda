//! Membership by office: a network says whose office brings them in, and here that rule and who is in it come together.
//!
//! Only memberships on the basis `ex_officio` are ever ended by a rule. Whoever is in the network on another basis stays,
//! and counts as being in it when they meet the rule too.

mod apply;
mod differences;
mod due;
mod handlers;
pub mod heirs;
mod reasons;
pub mod rule;
mod types;
mod words;

pub use apply::{MOST, concerning, people_changed};
pub use rule::ExOfficioRule;
pub use words::RuleFacet;

use crate::http::routes::Routes;

/// The examples of the operations: run against the demo directory by a test.
pub const EXAMPLES: &str = include_str!("examples.json");

/// The routes below `/v1`.
pub fn routes(to: &mut impl Routes) {
    to.service(handlers::list_ex_officio_differences).service(handlers::apply_ex_officio_rule);
}
