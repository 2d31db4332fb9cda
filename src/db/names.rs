//! Names folded for "begins with": one row a language in an entity's table of names.

use diesel::RunQueryDsl;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Text};

use super::Tx;
use super::conn::MultiBackend;
use super::expression::expression;
use super::rows::{InsertRows, Value};
use crate::http::problem::Result;
use crate::text::{Name, prefix_bounds};

/// Whether a name of an entity's present version begins with a prefix: the index of folded names finds the candidates,
/// and the version tells present names from past ones.
///
/// One look at the names for both. Asked twice of the same names, once for each, PostgreSQL may take each candidate to
/// all of them.
pub struct Begins {
    /// The entity's id and the version of its names, as the query has them; from the code, never from a request.
    own: &'static str,
    /// The same two of its names, with the table.
    names: &'static str,
    /// The bounds of the folded names.
    bounds: (String, String),
    /// Their language, where it matters.
    language: Option<String>,
}

impl Begins {
    /// With the entity's id and the version of its names, `things.id, things.names_version`, and how its names have
    /// those: `thing_id, names_version FROM thing_names`.
    pub fn with(own: &'static str, names: &'static str, prefix: &str) -> Self {
        Self { own, names, bounds: prefix_bounds(prefix), language: None }
    }

    /// In a language alone.
    pub fn in_language(self, language: Option<String>) -> Self {
        Self { language, ..self }
    }
}

impl QueryFragment<MultiBackend> for Begins {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        for part in ["(", self.own, ") IN (SELECT ", self.names, " WHERE folded >= "] {
            out.push_sql(part);
        }
        out.push_bind_param::<Text, _>(&self.bounds.0)?;
        out.push_sql(" AND folded < ");
        out.push_bind_param::<Text, _>(&self.bounds.1)?;
        if let Some(language) = &self.language {
            out.push_sql(" AND language = ");
            out.push_bind_param::<Text, _>(language)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

expression!(Begins, Bool);

/// Writes the names of a version. Rows of earlier versions stay: "as of" reads them.
pub fn write(
    tx: &mut Tx<'_>,
    table: &'static str,
    id_column: &'static str,
    id: &str,
    version: i64,
    name: &Name,
) -> Result<()> {
    let names = name.folded();
    let row =
        |(language, folded)| [Value::Text(id), Value::Number(version), Value::Text(language), Value::Text(folded)];
    let rows = names.iter().map(|(language, folded)| (language.as_str(), folded.as_str())).map(row).collect();
    InsertRows { table, columns: [id_column, "names_version", "language", "folded"], rows }.execute(tx.conn)?;
    Ok(())
}
