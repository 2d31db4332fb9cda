//! A reorganisation as its table has it.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::types::{Moved, OrganisationChangeCreate, OrganisationChangeId};
use super::words::{OrganisationChangeState, OrganisationChangeType, Step};
use crate::db::keyset::SortValue;
use crate::db::schema::organisation_changes;
use crate::db::{Json, MultiBackend};
use crate::http::language::Language;
use crate::http::list::Sorted;
use crate::http::problem::Result;
use crate::http::shown::Shown;
use crate::http::time;

/// A reorganisation, as its table has it.
#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organisation_changes, check_for_backend(MultiBackend), treat_none_as_null = true)]
#[allow(missing_docs)]
pub struct OrganisationChangeRow {
    pub id: OrganisationChangeId,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub document: Json<OrganisationChangeCreate>,
    pub change_type: OrganisationChangeType,
    pub state: OrganisationChangeState,
    pub effective_on: NaiveDate,
    pub applies_itself: bool,
    pub step: Option<Step>,
    pub step_after: Option<String>,
    pub moved: Json<Moved>,
    pub progressed_at: Option<NaiveDateTime>,
    pub applied_at: Option<NaiveDateTime>,
    pub applied_by: Option<String>,
}

impl OrganisationChangeRow {
    /// A new reorganisation.
    pub fn new(id: OrganisationChangeId, document: &OrganisationChangeCreate, now: NaiveDateTime) -> Result<Self> {
        Ok(Self {
            id,
            version: 1,
            created_at: now,
            updated_at: now,
            document: Json::of(document)?,
            change_type: document.r#type,
            state: OrganisationChangeState::Planned,
            effective_on: document.effective_on,
            applies_itself: document.applies_itself,
            step: None,
            step_after: None,
            moved: Json::of(&Moved::default())?,
            progressed_at: None,
            applied_at: None,
            applied_by: None,
        })
    }

    /// What readers see of it.
    pub fn show(&self) -> Result<Shown> {
        let shown = Shown::new(self.id.as_str(), self.version, self.created_at, self.updated_at);
        let shown = shown.with("state", &self.state)?.with_json("moved", self.moved.text());
        Ok(shown.with("applied_at", &self.applied_at.map(time::text))?.with_document(&self.document))
    }
}

impl Sorted for OrganisationChangeRow {
    fn sort_value(&self, sort: &str, _: Language) -> Result<SortValue> {
        Ok(match sort {
            "created_at" => SortValue::Time(self.created_at),
            "updated_at" => SortValue::Time(self.updated_at),
            "type" => SortValue::Text(self.change_type.as_str().to_owned()),
            "state" => SortValue::Text(self.state.as_str().to_owned()),
            _ => SortValue::Day(self.effective_on),
        })
    }

    fn id(&self) -> &str {
        self.id.as_str()
    }
}
