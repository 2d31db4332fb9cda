//! Vocabularies and their concepts (SKOS).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::types::id_type;
use crate::text::Name;

id_type! {
    /// The id of a concept.
    ConceptId
}

/// A concept, as others mention it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConceptReference {
    /// Its id.
    pub id: ConceptId,
    /// Its URI.
    pub uri: String,
    /// Its preferred label.
    pub pref_label: Name,
    /// Whether another is to be used instead.
    pub deprecated: bool,
}

/// Concepts.
pub mod concepts {
    use super::*;
    use crate::db::Conn;
    use crate::http::problem::{Fault, Result};
    use chrono::NaiveDateTime;
    use std::collections::HashMap;

    /// Concepts as others mention them.
    pub fn references(
        _: &mut Conn,
        _: Vec<ConceptId>,
        _: Option<NaiveDateTime>,
    ) -> Result<HashMap<ConceptId, ConceptReference>> {
        Ok(HashMap::new())
    }

    /// Faults of concepts that begin to be used.
    pub fn faults(_: &mut Conn, _: &[(String, ConceptId)]) -> Result<Vec<Fault>> {
        Ok(Vec::new())
    }
}
