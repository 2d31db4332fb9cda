//! Organisations as search has them.

use std::collections::HashMap;

use diesel::dsl::case_when;
use diesel::prelude::*;
use serde::Deserialize;

use super::row::OrganisationRow;
use super::types::{OrganisationCreate, OrganisationId};
use crate::db::schema::{organisation_ancestors, organisations};
use crate::db::{Conn, Json, one_of};
use crate::http::problem::Result;
use crate::search::access::ALL;
use crate::search::{Document, Entity, Indexed, Text, spoken, texts};
use crate::text::Name;

/// An organisation as those show it who belong to it: its place in the tree, and what it is called.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// Itself and all above it.
    pub above: Vec<OrganisationId>,
    /// Its branch.
    pub branch: Option<OrganisationId>,
    /// Its names.
    names: Vec<Text>,
}

impl Place {
    /// Writes it into the document of what belongs to it: who looks for somebody names the house, too.
    pub fn write_with_names(&self, document: &mut Document) {
        self.write(document);
        document.labels.extend(self.names.iter().cloned());
    }

    /// Writes it into a document.
    pub fn write(&self, document: &mut Document) {
        document.organisations = self.above.iter().map(|id| id.as_str().to_owned()).collect();
        document.branch = self.branch.map(|id| id.as_str().to_owned());
    }
}

/// The places of organisations: one query.
pub fn places(conn: &mut Conn, ids: &[OrganisationId]) -> Result<HashMap<OrganisationId, Place>> {
    type Row = (OrganisationId, OrganisationId, Option<OrganisationId>, Option<Json<OrganisationCreate>>);
    let (own, above) = (organisation_ancestors::organisation_id, organisation_ancestors::ancestor_id);
    let rows: Vec<Row> = organisation_ancestors::table
        .inner_join(organisations::table.on(organisations::id.eq(own)))
        .filter(one_of(own, ids))
        // Once for each, not once for each above it.
        .select((own, above, organisations::branch, case_when(above.eq(own), organisations::document)))
        .load(conn)?;
    let mut places: HashMap<OrganisationId, Place> = HashMap::new();
    for (id, above, branch, document) in rows {
        let place = places.entry(id).or_default();
        if let Some(document) = document {
            let Called { name, short_name } = document.part()?;
            place.names = texts(&name).chain(short_name.iter().flat_map(texts)).collect();
        }
        place.above.push(above);
        place.branch = branch;
    }
    Ok(places)
}

/// What an organisation is called.
#[derive(Deserialize)]
struct Called {
    name: Name,
    short_name: Option<Name>,
}

/// Some organisations, as search has them: two queries.
pub fn indexed(conn: &mut Conn, ids: &[OrganisationId]) -> Result<Vec<Indexed>> {
    let rows: Vec<OrganisationRow> =
        organisations::table.filter(one_of(organisations::id, ids)).select(OrganisationRow::as_select()).load(conn)?;
    let places = places(conn, ids)?;
    let make = |row: OrganisationRow| {
        let place = places.get(&row.id);
        make(row, place)
    };
    rows.into_iter().map(make).collect()
}

/// The ids of organisations after one, in their order.
pub fn ids_after(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<OrganisationId>> {
    let after = organisations::table.filter(organisations::id.gt(after.to_owned()));
    Ok(after.order(organisations::id).limit(limit).select(organisations::id).load(conn)?)
}

fn make(row: OrganisationRow, place: Option<&Place>) -> Result<Indexed> {
    let organisation = row.document.value()?;
    let mut document = Document::new(Entity::Organisation, row.id.as_str());
    document.kind = Some(row.kind.as_str().to_owned());
    document.date = row.updated_at.and_utc().timestamp();
    document.languages = spoken(&organisation.name);
    document.access = vec![ALL.to_owned()];
    place.unwrap_or(&Place::default()).write(&mut document);
    let keys = [row.sort_key_fi, row.sort_key_sv, row.sort_key_en];
    let mut indexed = Indexed::named(document, organisation.name, keys, format!("/v1/organisations/{}", row.id));
    indexed.document.name.extend(organisation.short_name.iter().flat_map(texts));
    Ok(indexed)
}

/// The organisations below some, themselves included, after one of them, in the order of their ids.
pub fn below(conn: &mut Conn, tops: &[OrganisationId], after: &str, limit: i64) -> Result<Vec<OrganisationId>> {
    let below = organisation_ancestors::table
        .filter(one_of(organisation_ancestors::ancestor_id, tops))
        .filter(organisation_ancestors::organisation_id.gt(after.to_owned()))
        .select(organisation_ancestors::organisation_id);
    Ok(below.distinct().order(organisation_ancestors::organisation_id).limit(limit).load(conn)?)
}

/// How many organisations there are.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(organisations::table.count().get_result(conn)?)
}
