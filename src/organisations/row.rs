//! An organisation as its table has it.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Deserialize;

use super::types::{OrganisationCreate, OrganisationId, OrganisationKind, OrganisationReference};
use crate::db::assembled::{OwnFields, Part};
use crate::db::schema::organisations;
use crate::db::{Json, MultiBackend};
use crate::http::listed::Listed;
use crate::http::problem::Result;
use crate::http::shown::Shown;
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
    pub document: Json<OrganisationCreate>,
    pub kind: OrganisationKind,
    pub branch: Option<OrganisationId>,
    pub branch_override: Option<OrganisationId>,
    pub parent_id: Option<OrganisationId>,
    pub business_id: Option<String>,
    pub sort_key_fi: Vec<u8>,
    pub sort_key_sv: Vec<u8>,
    pub sort_key_en: Vec<u8>,
    pub names_version: i64,
}

/// An organisation, as a list reads it, with its branch and its parent.
pub type ListedOrganisation =
    Listed<OrganisationId, OrganisationCreate, (Option<OrganisationId>, Option<OrganisationId>)>;

impl From<OrganisationRow> for ListedOrganisation {
    fn from(row: OrganisationRow) -> Self {
        let OrganisationRow { id, version, created_at, updated_at, document, sort_key_fi, branch, parent_id, .. } = row;
        Listed { id, version, created_at, updated_at, document, name_key: sort_key_fi, extra: (branch, parent_id) }
    }
}

/// What [`show`] adds, as the database writes it.
pub fn own_fields() -> OwnFields {
    OwnFields {
        columns: "branch, parent_id",
        parts: vec![Part::Sql(r#" || ',"branch":' || coalesce('"' || branch || '"', 'null')"#)],
    }
}

/// What readers see of an organisation.
pub fn show(listed: &ListedOrganisation) -> Result<Shown> {
    listed.show(|shown| shown.with("branch", &listed.extra.0))
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
            document: Json::of(document)?,
            kind: document.kind,
            branch: None,
            branch_override: document.branch_override,
            parent_id: document.parent_id,
            business_id: document.business_id.clone(),
            sort_key_fi,
            sort_key_sv,
            sort_key_en,
            names_version: 1,
        })
    }

    /// What readers see of it.
    pub fn show(self) -> Result<Shown> {
        show(&self.into())
    }

    /// What others mention of it.
    pub fn reference(&self) -> Result<OrganisationReference> {
        #[derive(Deserialize)]
        struct Names {
            name: Name,
            short_name: Option<Name>,
        }
        let Names { name, short_name } = self.document.part()?;
        Ok(OrganisationReference { id: self.id, name, short_name, kind: self.kind, branch: self.branch })
    }
}
