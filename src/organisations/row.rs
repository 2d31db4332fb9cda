//! An organisation as its table has it.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Deserialize;

use super::types::{OrganisationCreate, OrganisationId, OrganisationKind, OrganisationReference, Successor};
use crate::db::schema::organisations;
use crate::db::{Json, MultiBackend};
use crate::http::listed::Listed;
use crate::http::problem::{Problem, Result};
use crate::http::shown::{Shown, mention, push_json, push_plain};
use crate::organisation_changes::OrganisationChangeId;
use crate::text::{StoredName, fields};

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
    pub ended_by: Option<OrganisationChangeId>,
    pub successors: Option<Json<Vec<Successor>>>,
}

/// What a list reads of an organisation beside what every list reads: its branch, its parent, the change that ended it and
/// what came after it.
pub type OrganisationExtra =
    (Option<OrganisationId>, Option<OrganisationId>, Option<OrganisationChangeId>, Option<Json<Vec<Successor>>>);

/// An organisation, as a list reads it.
pub type ListedOrganisation = Listed<OrganisationId, OrganisationCreate, OrganisationExtra>;

impl From<OrganisationRow> for ListedOrganisation {
    fn from(row: OrganisationRow) -> Self {
        let extra = (row.branch, row.parent_id, row.ended_by, row.successors);
        let OrganisationRow { id, version, created_at, updated_at, document, sort_key_fi, .. } = row;
        Listed::new((id, version, created_at, updated_at, document, sort_key_fi), extra)
    }
}

/// What readers see of an organisation.
pub fn show(listed: &ListedOrganisation) -> Result<Shown> {
    let (branch, _, ended_by, successors) = &listed.extra;
    listed.show(|shown| {
        let successors = successors.as_ref().map_or(Ok("[]"), Json::text)?;
        Ok(shown.with("branch", branch)?.with("ended_by", ended_by)?.with_json("successors", successors.as_bytes()))
    })
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
            ended_by: None,
            successors: None,
        })
    }

    /// What readers see of it.
    pub fn show(self) -> Result<Shown> {
        show(&self.into())
    }
}

/// As much of an organisation as others mention.
#[derive(Queryable, Selectable)]
#[diesel(table_name = organisations, check_for_backend(MultiBackend))]
#[allow(missing_docs)]
pub struct Mentioned {
    pub id: OrganisationId,
    pub document: Json<OrganisationCreate>,
    pub kind: OrganisationKind,
    pub branch: Option<OrganisationId>,
}

impl Mentioned {
    /// The same as JSON: taken out of its document as it stands.
    pub fn json(&self) -> Result<Vec<u8>> {
        let Some([Some(name), short_name]) = fields(self.document.text()?, ["name", "short_name"]) else {
            return Err(Problem::internal("an organisation without a name"));
        };
        let mut json = mention(self.id.as_bytes());
        push_json(&mut json, "name", name.as_bytes());
        push_json(&mut json, "short_name", short_name.unwrap_or("null").as_bytes());
        push_plain(&mut json, "kind", Some(self.kind.as_str().as_bytes()));
        push_plain(&mut json, "branch", self.branch.as_ref().map(OrganisationId::as_bytes));
        json.push(b'}');
        Ok(json)
    }

    /// What others mention of it.
    pub fn reference(&self) -> Result<OrganisationReference> {
        #[derive(Deserialize)]
        struct Names {
            name: StoredName,
            short_name: Option<StoredName>,
        }
        let Names { name, short_name } = self.document.part()?;
        Ok(OrganisationReference { id: self.id, name, short_name, kind: self.kind, branch: self.branch })
    }
}
