//! A network as its table has it.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::types::{Cadence, Goal, NetworkCreate, NetworkId, NetworkView, WebLink};
use super::words::{Admits, Formality, JoinPolicy, NetworkKind, NetworkStatus};
use crate::auth::visibility::Visibility;
use crate::db::external_ids::ExternalId;
use crate::db::keyset::SortValue;
use crate::db::schema::networks;
use crate::db::{Json, MultiBackend};
use crate::http::language::Language;
use crate::http::list::Sorted;
use crate::http::problem::Result;
use crate::organisations::OrganisationId;
use crate::text::{Name, Text};

/// A network, as its table has it.
#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = networks, check_for_backend(MultiBackend), treat_none_as_null = true)]
#[allow(missing_docs)]
pub struct NetworkRow {
    pub id: NetworkId,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub name: Json<Name>,
    pub description: Option<Json<Text>>,
    pub purpose: Option<Json<Text>>,
    pub operating_principles: Option<Json<Text>>,
    pub kind: NetworkKind,
    pub formality: Formality,
    pub status: NetworkStatus,
    pub join_policy: JoinPolicy,
    pub audience: Option<Json<Text>>,
    pub admits: Json<Vec<Admits>>,
    pub visibility: Visibility,
    pub host_organisation_id: Option<OrganisationId>,
    pub goals: Json<Vec<Goal>>,
    pub cadence: Option<Json<Cadence>>,
    pub min_size: Option<i32>,
    pub max_size: Option<i32>,
    pub links: Json<Vec<WebLink>>,
    pub founded_on: Option<NaiveDate>,
    pub closed_on: Option<NaiveDate>,
    pub external_ids: Json<Vec<ExternalId>>,
    pub sort_key_fi: Vec<u8>,
    pub sort_key_sv: Vec<u8>,
    pub sort_key_en: Vec<u8>,
    pub names_version: i64,
}

impl Sorted for NetworkRow {
    fn sort_value(&self, sort: &str, language: Language) -> SortValue {
        match (sort, language) {
            ("created_at", _) => SortValue::Time(self.created_at),
            ("updated_at", _) => SortValue::Time(self.updated_at),
            ("kind", _) => SortValue::Text(self.kind.as_str().to_owned()),
            ("status", _) => SortValue::Text(self.status.as_str().to_owned()),
            (_, Language::Fi) => SortValue::Key(self.sort_key_fi.clone()),
            (_, Language::Sv) => SortValue::Key(self.sort_key_sv.clone()),
            (_, Language::En) => SortValue::Key(self.sort_key_en.clone()),
        }
    }

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

impl NetworkRow {
    pub fn new(id: NetworkId, document: &NetworkCreate, now: NaiveDateTime) -> Result<Self> {
        let [sort_key_fi, sort_key_sv, sort_key_en] = document.name.sort_keys();
        Ok(Self {
            id,
            version: 1,
            created_at: now,
            updated_at: now,
            name: Json::of(&document.name)?,
            description: Json::of_maybe(document.description.as_ref())?,
            purpose: Json::of_maybe(document.purpose.as_ref())?,
            operating_principles: Json::of_maybe(document.operating_principles.as_ref())?,
            kind: document.kind,
            formality: document.formality,
            status: document.status,
            join_policy: document.join_policy,
            audience: Json::of_maybe(document.audience.as_ref())?,
            admits: Json::of(&document.admits)?,
            visibility: document.visibility,
            host_organisation_id: document.host_organisation_id,
            goals: Json::of(&document.goals)?,
            cadence: Json::of_maybe(document.cadence.as_ref())?,
            min_size: document.min_size,
            max_size: document.max_size,
            links: Json::of(&document.links)?,
            founded_on: document.founded_on,
            closed_on: document.closed_on,
            external_ids: Json::of(&document.external_ids)?,
            sort_key_fi,
            sort_key_sv,
            sort_key_en,
            names_version: 1,
        })
    }

    /// Its own fields.
    pub fn document(&self) -> Result<NetworkCreate> {
        Ok(NetworkCreate {
            name: self.name.value()?,
            description: Json::value_of(self.description.as_ref())?,
            purpose: Json::value_of(self.purpose.as_ref())?,
            operating_principles: Json::value_of(self.operating_principles.as_ref())?,
            kind: self.kind,
            formality: self.formality,
            status: self.status,
            join_policy: self.join_policy,
            audience: Json::value_of(self.audience.as_ref())?,
            admits: self.admits.value()?,
            visibility: self.visibility,
            host_organisation_id: self.host_organisation_id,
            goals: self.goals.value()?,
            cadence: Json::value_of(self.cadence.as_ref())?,
            min_size: self.min_size,
            max_size: self.max_size,
            links: self.links.value()?,
            founded_on: self.founded_on,
            closed_on: self.closed_on,
            external_ids: self.external_ids.value()?,
        })
    }

    /// What readers see of it.
    pub fn view(self) -> NetworkView {
        NetworkView {
            id: self.id,
            version: self.version,
            created_at: self.created_at.and_utc(),
            updated_at: self.updated_at.and_utc(),
            name: self.name,
            description: self.description,
            purpose: self.purpose,
            operating_principles: self.operating_principles,
            kind: self.kind,
            formality: self.formality,
            status: self.status,
            join_policy: self.join_policy,
            audience: self.audience,
            admits: self.admits,
            visibility: self.visibility,
            host_organisation_id: self.host_organisation_id,
            goals: self.goals,
            cadence: self.cadence,
            min_size: self.min_size,
            max_size: self.max_size,
            links: self.links,
            founded_on: self.founded_on,
            closed_on: self.closed_on,
            external_ids: self.external_ids,
            host: None,
            network_links: None,
            counts: None,
        }
    }

    /// Who can see it.
    pub fn visibility(&self) -> Visibility {
        self.visibility
    }
}
