//! An organisation as its table has it.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Deserialize;

use super::types::{OrganisationCreate, OrganisationId, OrganisationKind, OrganisationReference};
use crate::db::keyset::SortValue;
use crate::db::schema::organisations;
use crate::db::{Json, MultiBackend};
use crate::http::language::Language;
use crate::http::list::Sorted;
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
    pub fn show(&self) -> Result<Shown> {
        let shown = Shown::new(self.id.as_str(), self.version, self.created_at, self.updated_at);
        shown.with("branch", &self.branch).map(|shown| shown.with_document(&self.document))
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
