//! A membership as its table has it.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::types::{MembershipId, MembershipView};
use super::words::{EndReason, MembershipBasis, MembershipReason, MembershipRole, MembershipState};
use crate::db::MultiBackend;
use crate::db::keyset::SortValue;
use crate::db::schema::memberships;
use crate::http::language::Language;
use crate::http::list::Sorted;
use crate::http::problem::Result;
use crate::http::shown::Shown;
use crate::members::MemberId;
use crate::networks::NetworkId;

/// A membership, as its table has it.
#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = memberships, check_for_backend(MultiBackend), treat_none_as_null = true)]
#[allow(missing_docs)]
pub struct MembershipRow {
    pub id: MembershipId,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub member_id: MemberId,
    pub network_id: NetworkId,
    pub role: MembershipRole,
    pub state: MembershipState,
    pub basis: MembershipBasis,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    pub end_reason: Option<EndReason>,
    pub note: Option<String>,
    pub member_sort_key: Vec<u8>,
}

impl MembershipRow {
    /// What it is to readers.
    pub fn view(self) -> MembershipView {
        MembershipView {
            id: self.id,
            version: self.version,
            created_at: self.created_at.and_utc(),
            updated_at: self.updated_at.and_utc(),
            member_id: self.member_id,
            network_id: self.network_id,
            role: self.role,
            state: self.state,
            basis: self.basis,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            end_reason: Some(self.end_reason),
            note: Some(self.note),
            hidden: Vec::new(),
            member: None,
            network: None,
            organisation: None,
        }
    }

    /// What it is to a reader, from whom its reasons may be hidden.
    pub fn view_but(self, are_reasons_hidden: bool) -> MembershipView {
        let view = self.view();
        match are_reasons_hidden {
            true => MembershipView { end_reason: None, note: None, hidden: MembershipReason::ALL.to_vec(), ..view },
            false => view,
        }
    }

    /// What readers see of it.
    pub fn show(self) -> Result<Shown> {
        Shown::of(self.version, &self.view())
    }
}

/// A membership in a list, with the collation key that the list's names go by.
#[derive(Queryable)]
pub struct ListedMembership {
    /// The membership.
    pub row: MembershipRow,
    /// The key of the member's name, or of the network's.
    pub name_key: Vec<u8>,
    /// Whether its reasons are hidden from the reader: 1, or 0.
    pub hidden: i32,
}

impl ListedMembership {
    /// What the reader sees of it.
    pub fn view(self) -> MembershipView {
        self.row.view_but(self.hidden != 0)
    }
}

impl Sorted for ListedMembership {
    fn sort_value(&self, sort: &str, _: Language) -> Result<SortValue> {
        Ok(match sort {
            "created_at" => SortValue::Time(self.row.created_at),
            "updated_at" => SortValue::Time(self.row.updated_at),
            "role" => SortValue::Text(self.row.role.as_str().to_owned()),
            "state" => SortValue::Text(self.row.state.as_str().to_owned()),
            _ => SortValue::Key(self.name_key.clone()),
        })
    }

    fn id(&self) -> &str {
        self.row.id.as_str()
    }
}
