//! Networks as search has them.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::row::NetworkRow;
use super::types::NetworkId;
use crate::auth::visibility::Visibility;
use crate::db::schema::{concept_ancestors, network_themes, networks, organisation_ancestors};
use crate::db::{Conn, one_of};
use crate::http::problem::Result;
use crate::organisations::{self, OrganisationId};
use crate::search::{Document, Entity, Indexed, access, spoken, texts};
use crate::vocabularies::concepts::{self, ConceptId};

/// Some networks, as search has them: four queries, and two more for each two hundred concepts beyond the first that they
/// name.
pub fn indexed(conn: &mut Conn, ids: &[NetworkId]) -> Result<Vec<Indexed>> {
    let rows: Vec<NetworkRow> =
        networks::table.filter(one_of(networks::id, ids)).select(NetworkRow::as_select()).load(conn)?;
    let hosts: Vec<OrganisationId> = rows.iter().filter_map(|row| row.host_organisation_id).collect();
    let places = organisations::indexed::places(conn, &hosts)?;
    let read = rows.into_iter().map(|row| Ok((row.document.value()?, row))).collect::<Result<Vec<_>>>()?;
    let themes: BTreeSet<ConceptId> = read.iter().flat_map(|(network, _)| network.themes.iter().copied()).collect();
    let known = concepts::indexed::labelled(conn, themes)?;
    let make = |(network, row): (super::NetworkCreate, NetworkRow)| {
        let mut document = Document::new(Entity::Network, row.id.as_str());
        let longer = [&network.description, &network.purpose, &network.operating_principles, &network.audience];
        document.text = longer.into_iter().flatten().flat_map(texts).collect();
        document.text.extend(network.goals.iter().flat_map(|goal| texts(&goal.text)));
        document.themes = known.write_labels(&network.themes, &mut document.labels);
        document.languages = spoken(&network.name);
        document.kind = Some(row.kind.as_str().to_owned());
        document.date = row.updated_at.and_utc().timestamp();
        document.access = vec![access::of_network(row.visibility).to_owned()];
        if row.visibility == Visibility::Members {
            document.access.push(access::inside(row.id.as_str()));
        }
        if let Some(place) = row.host_organisation_id.and_then(|host| places.get(&host)) {
            place.write_with_names(&mut document);
        }
        let keys = [row.sort_key_fi, row.sort_key_sv, row.sort_key_en];
        Indexed::named(document, network.name, keys, format!("/v1/networks/{}", row.id))
    };
    Ok(read.into_iter().map(make).collect())
}

/// The ids of networks after one, in their order.
pub fn ids_after(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<NetworkId>> {
    let after = networks::table.filter(networks::id.gt(after.to_owned()));
    Ok(after.order(networks::id).limit(limit).select(networks::id).load(conn)?)
}

/// How many networks there are.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(networks::table.count().get_result(conn)?)
}

/// The networks after one, in the order of their ids, that have one of some themes.
pub fn with_themes(conn: &mut Conn, themes: &[ConceptId], after: &str, limit: i64) -> Result<Vec<NetworkId>> {
    let with = network_themes::table
        .filter(one_of(network_themes::concept_id, themes))
        .filter(network_themes::network_id.gt(after.to_owned()))
        .select(network_themes::network_id);
    Ok(with.distinct().order(network_themes::network_id).limit(limit).load(conn)?)
}

/// The same, of themes that lie below some, and those themselves.
pub fn with_themes_below(conn: &mut Conn, themes: &[ConceptId], after: &str, limit: i64) -> Result<Vec<NetworkId>> {
    let below = concept_ancestors::table
        .filter(one_of(concept_ancestors::ancestor_id, themes))
        .select(concept_ancestors::concept_id);
    let with = network_themes::table
        .filter(network_themes::concept_id.eq_any(below))
        .filter(network_themes::network_id.gt(after.to_owned()))
        .select(network_themes::network_id);
    Ok(with.distinct().order(network_themes::network_id).limit(limit).load(conn)?)
}

/// The networks after one, in the order of their ids, that one of some organisations owns, or one below them.
pub fn owned_below(conn: &mut Conn, tops: &[OrganisationId], after: &str, limit: i64) -> Result<Vec<NetworkId>> {
    let below = organisation_ancestors::table
        .filter(one_of(organisation_ancestors::ancestor_id, tops))
        .select(organisation_ancestors::organisation_id.nullable());
    let owned =
        networks::table.filter(networks::host_organisation_id.eq_any(below)).filter(networks::id.gt(after.to_owned()));
    Ok(owned.order(networks::id).limit(limit).select(networks::id).load(conn)?)
}
