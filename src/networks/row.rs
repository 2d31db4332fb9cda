//! A network as its table has it.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Deserialize;

use super::types::{NetworkCreate, NetworkId, NetworkReference};
use super::words::{Formality, JoinPolicy, NetworkKind, NetworkStatus};
use crate::auth::visibility::Visibility;
use crate::db::schema::networks;
use crate::db::{Json, MultiBackend};
use crate::http::listed::Listed;
use crate::http::problem::{Problem, Result};
use crate::http::shown::{Shown, mention, push_json, push_plain};
use crate::organisations::OrganisationId;
use crate::text::{Name, StoredName, fields};

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
    pub needs_coordinator: bool,
}

/// A network, as a list reads it, with whether it needs a coordinator.
pub type ListedNetwork = Listed<NetworkId, NetworkCreate, bool>;

impl From<NetworkRow> for ListedNetwork {
    fn from(row: NetworkRow) -> Self {
        let NetworkRow { id, version, created_at, updated_at, document, sort_key_fi, needs_coordinator, .. } = row;
        Listed::new((id, version, created_at, updated_at, document, sort_key_fi), needs_coordinator)
    }
}

/// What readers see of a network.
pub fn show(listed: &ListedNetwork) -> Result<Shown> {
    listed.show(|shown| Ok(shown.with_flag("needs_coordinator", listed.extra)))
}

/// The organisation that owns a network.
pub fn host(listed: &ListedNetwork) -> Result<Option<OrganisationId>> {
    #[derive(Deserialize)]
    struct Hosted {
        host_organisation_id: Option<OrganisationId>,
    }
    listed.document.part().map(|Hosted { host_organisation_id }| host_organisation_id)
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
            needs_coordinator: document.status != NetworkStatus::Closed,
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
    pub fn show(self) -> Result<Shown> {
        show(&self.into())
    }
}

/// As much of a network as others mention.
#[derive(Queryable, Selectable)]
#[diesel(table_name = networks, check_for_backend(MultiBackend))]
#[allow(missing_docs)]
pub struct Mentioned {
    pub id: NetworkId,
    pub document: Json<NetworkCreate>,
    pub kind: NetworkKind,
    pub status: NetworkStatus,
}

impl Mentioned {
    /// The same as JSON: taken out of its document as it stands.
    pub fn json(&self) -> Result<Vec<u8>> {
        let Some([Some(name)]) = fields(self.document.text()?, ["name"]) else {
            return Err(Problem::internal("a network without a name"));
        };
        let mut json = mention(self.id.as_bytes());
        push_json(&mut json, "name", name.as_bytes());
        push_plain(&mut json, "kind", Some(self.kind.as_str().as_bytes()));
        push_plain(&mut json, "status", Some(self.status.as_str().as_bytes()));
        json.push(b'}');
        Ok(json)
    }

    /// What others mention of it.
    pub fn reference(&self) -> Result<NetworkReference> {
        #[derive(Deserialize)]
        struct Named {
            name: StoredName,
        }
        let Named { name } = self.document.part()?;
        Ok(NetworkReference { id: self.id, name, kind: self.kind, status: self.status })
    }
}
