//! A reorganisation as its table has it.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde_json::{Map, Value};

use super::types::{Moved, MovedSeen, OrganisationChangeCreate, OrganisationChangeId};
use super::words::{OrganisationChangeState, OrganisationChangeType, Step};
use crate::auth::scope::Scope;
use crate::auth::{Caller, policy};
use crate::db::keyset::SortValue;
use crate::db::schema::organisation_changes;
use crate::db::{Json, MultiBackend};
use crate::http::language::Language;
use crate::http::list::Sorted;
use crate::http::problem::Result;
use crate::http::shown::Shown;
use crate::http::time;
use crate::members::Onlooker;

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

    /// What was moved so far. It was counted of all, and is for those who see all of them.
    pub fn moved(&self, seen: Seen) -> Result<MovedSeen> {
        let all = MovedSeen::of(self.moved.value()?);
        // Before, it is nothing, and tells nothing.
        if matches!(self.state, OrganisationChangeState::Planned | OrganisationChangeState::Cancelled) {
            return Ok(all);
        }
        Ok(MovedSeen {
            people: all.people.filter(|_| seen.people),
            left: all.left.filter(|_| seen.people),
            networks: all.networks.filter(|_| seen.networks),
            ..all
        })
    }

    /// What a reader sees of it.
    pub fn show(&self, seen: Seen) -> Result<Shown> {
        let shown = Shown::new(self.id.as_str(), self.version, self.created_at, self.updated_at);
        let shown = shown.with("state", &self.state)?.with("moved", &self.moved(seen)?)?;
        seen.show(shown.with("applied_at", &self.applied_at.map(time::text))?, &self.document)
    }
}

/// What a reader may see of the people and networks that a plan names, or that were moved.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    people: bool,
    networks: bool,
}

impl Seen {
    /// Those who see all people, and those who see all networks.
    pub fn by(caller: &Caller) -> Self {
        Self { people: policy::is_hr_everywhere(caller), networks: caller.scopes.allow(Scope::DirectoryWrite) }
    }

    /// The same, of somebody who looks on.
    pub fn by_onlooker(onlooker: &Onlooker) -> Self {
        Self { people: onlooker.sees_all_people(), networks: onlooker.sees_all_networks() }
    }

    /// Adds the fields of a document but for the names that are not for the reader. One that names none goes into the
    /// answer as it is stored.
    fn show(self, shown: Shown, document: &Json<OrganisationChangeCreate>) -> Result<Shown> {
        let names = [("member_ids", self.people), ("network_ids", self.networks)];
        let text = document.text()?;
        let is_named = |name: &str| text.contains(&format!("\"{name}\":[\""));
        let hidden: Vec<&str> =
            names.into_iter().filter(|(name, seen)| !seen && is_named(name)).map(|(name, _)| name).collect();
        if hidden.is_empty() {
            return Ok(shown.with_document(document));
        }
        let mut fields: Map<String, Value> = document.part()?;
        let moves = fields.get_mut("moves").and_then(Value::as_array_mut);
        for rule in moves.into_iter().flatten().filter_map(Value::as_object_mut) {
            let is_full = |value: &Value| value.as_array().is_some_and(|ids| !ids.is_empty());
            rule.retain(|name, value| !(hidden.contains(&name.as_str()) && is_full(value)));
        }
        Ok(shown.with_document(&Json::of(&fields)?))
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
