//! A network as its table has it.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Deserialize;

use super::types::{NetworkCreate, NetworkId};
use super::words::{Formality, JoinPolicy, NetworkKind, NetworkStatus};
use crate::auth::visibility::Visibility;
use crate::db::keyset::SortValue;
use crate::db::schema::networks;
use crate::db::{Json, MultiBackend};
use crate::http::language::Language;
use crate::http::list::Sorted;
use crate::http::problem::Result;
use crate::http::shown::Shown;
use crate::organisations::OrganisationId;
use crate::text::Name;

/// A network, as its table has it.
#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = networks, check_for_backend(MultiBackend), treat_none_as_null = true)]
#[allow(missing_docs)]
pub struct NetworkRow {
    pub id: NetworkId,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub document: Json<NetworkCreate>,
    pub kind: NetworkKind,
    pub formality: Formality,
    pub status: NetworkStatus,
    pub join_policy: JoinPolicy,
    pub visibility: Visibility,
    pub host_organisation_id: Option<OrganisationId>,
    pub founded_on: Option<NaiveDate>,
    pub closed_on: Option<NaiveDate>,
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
    /// A new network.
    pub fn new(id: NetworkId, document: &NetworkCreate, now: NaiveDateTime) -> Result<Self> {
        let [sort_key_fi, sort_key_sv, sort_key_en] = document.name.sort_keys();
        Ok(Self {
            id,
            version: 1,
            created_at: now,
            updated_at: now,
            document: Json::of(document)?,
            kind: document.kind,
            formality: document.formality,
            status: document.status,
            join_policy: document.join_policy,
            visibility: document.visibility,
            host_organisation_id: document.host_organisation_id,
            founded_on: document.founded_on,
            closed_on: document.closed_on,
            sort_key_fi,
            sort_key_sv,
            sort_key_en,
            names_version: 1,
        })
    }

    /// Its name.
    pub fn name(&self) -> Result<Name> {
        #[derive(Deserialize)]
        struct Named {
            name: Name,
        }
        self.document.part().map(|Named { name }| name)
    }

    /// What readers see of it.
    pub fn show(&self) -> Result<Shown> {
        let shown = Shown::new(self.id.as_str(), self.version, self.created_at, self.updated_at);
        Ok(shown.with_document(&self.document))
    }
}
