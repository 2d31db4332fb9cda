//! From a query to hits.

mod collect;
mod explain;
mod lists;
mod mask;
mod near;
mod phrase;
mod plan;
mod score;
mod search;

pub(crate) use collect::{Best, merge};
pub use collect::{FacetCount, Facets};
pub use explain::Matched;
pub(crate) use mask::Mask;
pub(crate) use plan::Plan;
pub(crate) use score::Scorer;
pub use search::{Found, Hit};
pub(crate) use search::{look, scan, search};
