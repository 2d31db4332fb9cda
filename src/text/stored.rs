//! Multilingual text as a stored document has it, for mentions: passed on, hardly ever parsed.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::Name;
use crate::http::language::Language;
use crate::http::problem::{self, Problem};

/// A text in one or more languages, as the JSON of its document.
///
/// A page mentions a hundred people and organisations; to parse their names, copy and write them again took longer than
/// the database needed for the page.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct StoredName(Arc<RawValue>);

impl StoredName {
    /// The text that a reader of a language sees.
    pub fn best(&self, language: Language) -> problem::Result<String> {
        let name: Name = serde_json::from_str(self.0.get()).map_err(Problem::internal)?;
        Ok(name.best(language).to_owned())
    }
}

impl<'de> Deserialize<'de> for StoredName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(from).map(|text| Self(text.into()))
    }
}
