//! An organisation as its table has it.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::types::{
    Identifier, OrganisationCreate, OrganisationId, OrganisationKind, OrganisationReference, OrganisationView,
};
use crate::db::external_ids::ExternalId;
use crate::db::keyset::SortValue;
use crate::db::schema::organisations;
use crate::db::{Json, MultiBackend};
use crate::http::language::Language;
use crate::http::list::Sorted;
use crate::http::problem::Result;
use crate::text::Name;

/// An organisation, as its table has it.
#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organisations, check_for_backend(MultiBackend), treat_none_as_null = true)]
#[allow(missing_docs)]
pub struct OrganisationRow {
    pub id: OrganisationId,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub name: Json<Name>,
    pub short_name: Option<Json<Name>>,
    pub kind: OrganisationKind,
    pub branch: Option<OrganisationId>,
    pub branch_override: Option<OrganisationId>,
    pub parent_id: Option<OrganisationId>,
    pub business_id: Option<String>,
    pub external_ids: Json<Vec<ExternalId>>,
    pub identifiers: Json<Vec<Identifier>>,
    pub website: Option<String>,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    pub sort_key_fi: Vec<u8>,
    pub sort_key_sv: Vec<u8>,
    pub sort_key_en: Vec<u8>,
    pub names_version: i64,
}

impl Sorted for OrganisationRow {
    fn sort_value(&self, sort: &str, language: Language) -> SortValue {
        match (sort, language) {
            ("created_at", _) => SortValue::Time(self.created_at),
            ("updated_at", _) => SortValue::Time(self.updated_at),
            ("kind", _) => SortValue::Text(self.kind.as_str().to_owned()),
            (_, Language::Fi) => SortValue::Key(self.sort_key_fi.clone()),
            (_, Language::Sv) => SortValue::Key(self.sort_key_sv.clone()),
            (_, Language::En) => SortValue::Key(self.sort_key_en.clone()),
        }
    }

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

impl OrganisationRow {
    /// A new organisation; its branch is the tree's to say.
    pub fn new(id: OrganisationId, document: &OrganisationCreate, now: NaiveDateTime) -> Result<Self> {
        let [sort_key_fi, sort_key_sv, sort_key_en] = document.name.sort_keys();
        Ok(Self {
            id,
            version: 1,
            created_at: now,
            updated_at: now,
            name: Json::of(&document.name)?,
            short_name: Json::of_maybe(document.short_name.as_ref())?,
            kind: document.kind,
            branch: None,
            branch_override: document.branch_override,
            parent_id: document.parent_id,
            business_id: document.business_id.clone(),
            external_ids: Json::of(&document.external_ids)?,
            identifiers: Json::of(&document.identifiers)?,
            website: document.website.clone(),
            valid_from: document.valid_from,
            valid_to: document.valid_to,
            sort_key_fi,
            sort_key_sv,
            sort_key_en,
            names_version: 1,
        })
    }

    /// Its own fields.
    pub fn document(&self) -> Result<OrganisationCreate> {
        Ok(OrganisationCreate {
            name: self.name.value()?,
            short_name: Json::value_of(self.short_name.as_ref())?,
            kind: self.kind,
            branch_override: self.branch_override,
            parent_id: self.parent_id,
            business_id: self.business_id.clone(),
            external_ids: self.external_ids.value()?,
            identifiers: self.identifiers.value()?,
            website: self.website.clone(),
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        })
    }

    /// What readers see of it.
    pub fn view(self) -> OrganisationView {
        OrganisationView {
            id: self.id,
            version: self.version,
            created_at: self.created_at.and_utc(),
            updated_at: self.updated_at.and_utc(),
            name: self.name,
            short_name: self.short_name,
            kind: self.kind,
            branch: self.branch,
            branch_override: self.branch_override,
            parent_id: self.parent_id,
            business_id: self.business_id,
            external_ids: self.external_ids,
            identifiers: self.identifiers,
            website: self.website,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            parent: None,
            children: None,
        }
    }

    pub fn reference(self) -> OrganisationReference {
        OrganisationReference {
            id: self.id,
            name: self.name,
            short_name: self.short_name,
            kind: self.kind,
            branch: self.branch,
        }
    }
}
