//! A membership as its table has it.

use std::sync::LazyLock;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::types::{MembershipId, MembershipView};
use super::words::{EndReason, MembershipBasis, MembershipReason, MembershipRole, MembershipState};
use crate::db::MultiBackend;
use crate::db::expression::Columns;
use crate::db::keyset::SortValue;
use crate::db::schema::memberships;
use crate::http::language::Language;
use crate::http::list::Sorted;
use crate::http::problem::Result;
use crate::http::shown::Shown;
use crate::http::time;
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
    /// What is read of it.
    pub fn columns() -> Columns<Self> {
        static WRITTEN: LazyLock<String> = LazyLock::new(Columns::<MembershipRow>::write);
        Columns::of(&WRITTEN)
    }

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

    /// What readers see of it.
    pub fn show(self) -> Result<Shown> {
        self.show_but(false)
    }

    /// What a reader sees of it, from whom its reasons may be hidden: a [`MembershipView`], field by field.
    fn show_but(&self, are_reasons_hidden: bool) -> Result<Shown> {
        let [from, to] = [self.valid_from, self.valid_to].map(|day| day.map(time::day));
        let shown = Shown::new(self.id.as_str(), self.version, self.created_at, self.updated_at)
            .with_plain("member_id", Some(self.member_id.as_bytes()))
            .with_plain("network_id", Some(self.network_id.as_bytes()))
            .with_plain("role", Some(self.role.as_str().as_bytes()))
            .with_plain("state", Some(self.state.as_str().as_bytes()))
            .with_plain("basis", Some(self.basis.as_str().as_bytes()))
            .with_plain("valid_from", from.as_ref().map(<[u8; 10]>::as_slice))
            .with_plain("valid_to", to.as_ref().map(<[u8; 10]>::as_slice));
        if are_reasons_hidden {
            return shown.with("hidden", &MembershipReason::ALL);
        }
        shown
            .with_plain("end_reason", self.end_reason.map(|reason| reason.as_str().as_bytes()))
            .with("note", &self.note)
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
    /// A membership in a list that goes by the names of members.
    pub fn by_member((mut row, hidden): (MembershipRow, i32)) -> Self {
        let name_key = std::mem::take(&mut row.member_sort_key);
        Self { row, name_key, hidden }
    }

    /// What the reader sees of it.
    pub fn show(&self) -> Result<Shown> {
        self.row.show_but(self.hidden != 0)
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
