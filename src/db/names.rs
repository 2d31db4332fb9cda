//! Names folded for "begins with": one row a language in an entity's table of names.

use diesel::RunQueryDsl;

use super::Tx;
use super::rows::{InsertRows, Value};
use crate::http::problem::Result;
use crate::text::Name;

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
