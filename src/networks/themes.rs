//! What networks are about: concepts of vocabularies.

use chrono::NaiveDateTime;
use diesel::dsl::count_star;
use diesel::prelude::*;
use serde::Deserialize;

use super::row::ListedNetwork;
use super::types::NetworkId;
use crate::auth::visibility::Sight;
use crate::db::as_of::AsOf;
use crate::db::children::Children;
use crate::db::rows::Value;
use crate::db::schema::{network_themes, networks};
use crate::db::{Conn, Tx, one_of, seen};
use crate::http::messages::Code;
use crate::http::problem::{Fault, Problem, Result};
use crate::vocabularies::{ConceptId, ConceptReference, concepts};

const THEMES: Children<2> =
    Children { table: "network_themes", revisions: "network_theme_revisions", columns: ["network_id", "concept_id"] };

/// Refuses themes that are new to a network and that it cannot have.
pub fn check(tx: &mut Tx<'_>, before: &[ConceptId], after: &[ConceptId]) -> Result<()> {
    let added = after.iter().enumerate().filter(|(_, id)| !before.contains(id));
    let added: Vec<(String, ConceptId)> = added.map(|(at, id)| (format!("/themes/{at}"), *id)).collect();
    let faults = concepts::faults(tx.conn, &added)?;
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults)) }
}

/// Gives a new network its themes.
pub fn begin(tx: &mut Tx<'_>, id: NetworkId, themes: &[ConceptId]) -> Result<()> {
    let rows = themes.iter().map(|theme| [Value::Text(id.as_str()), Value::Text(theme.as_str())]).collect();
    let unknown = || Problem::invalid(vec![Fault::at("/themes", Code::UnknownReference)]);
    THEMES.insert(tx, &[id.as_str()], rows, unknown)
}

/// Puts themes in the place of those that a network has.
pub fn set(tx: &mut Tx<'_>, id: NetworkId, themes: &[ConceptId]) -> Result<()> {
    clear(tx, id)?;
    begin(tx, id, themes)
}

/// Takes away a network's themes.
pub fn clear(tx: &mut Tx<'_>, id: NetworkId) -> Result<()> {
    THEMES.clear(tx, id.as_str())
}

/// The themes of networks, in their order: one query for all.
pub fn of(conn: &mut Conn, rows: &[ListedNetwork], as_of: Option<NaiveDateTime>) -> Result<Vec<Vec<ConceptReference>>> {
    #[derive(Deserialize)]
    struct About {
        #[serde(default)]
        themes: Vec<ConceptId>,
    }
    let themes = rows.iter().map(|row| row.document.part::<About>()).collect::<Result<Vec<About>>>()?;
    let ids: Vec<ConceptId> = themes.iter().flat_map(|about| &about.themes).copied().collect();
    let known = concepts::references(conn, &ids, as_of)?;
    Ok(themes.iter().map(|about| about.themes.iter().filter_map(|id| known.get(id).cloned()).collect()).collect())
}

/// How many networks within sight have each of some themes: one query for all.
pub fn count_by_theme(
    conn: &mut Conn,
    ids: &[ConceptId],
    as_of: Option<NaiveDateTime>,
    sight: Sight,
) -> Result<Vec<(ConceptId, i64)>> {
    let query = network_themes::table
        .inner_join(networks::table.on(networks::id.eq(network_themes::network_id)))
        .filter(one_of(network_themes::concept_id, ids))
        .filter(seen(sight))
        .group_by(network_themes::concept_id)
        .select((network_themes::concept_id, count_star()));
    Ok(AsOf { at: as_of, query }.load(conn)?)
}

/// Whether any network has a theme.
pub fn have_theme(conn: &mut Conn, id: ConceptId) -> Result<bool> {
    let having = network_themes::table.filter(network_themes::concept_id.eq(id));
    Ok(diesel::select(diesel::dsl::exists(having)).get_result(conn)?)
}
