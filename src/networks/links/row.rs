//! A link as its table has it.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::{NetworkLinkId, NetworkLinkType, NetworkLinkView};
use crate::db::MultiBackend;
use crate::db::keyset::SortValue;
use crate::db::schema::network_links;
use crate::http::language::Language;
use crate::http::list::Sorted;
use crate::http::problem::Result;
use crate::http::shown::Shown;
use crate::networks::types::NetworkId;

/// A link, as its table has it.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = network_links, check_for_backend(MultiBackend))]
#[allow(missing_docs)]
pub struct NetworkLinkRow {
    pub id: NetworkLinkId,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub link_type: NetworkLinkType,
    pub from_id: NetworkId,
    pub to_id: NetworkId,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

impl Sorted for NetworkLinkRow {
    fn sort_value(&self, sort: &str, _: Language) -> Result<SortValue> {
        Ok(match sort {
            "updated_at" => SortValue::Time(self.updated_at),
            "type" => SortValue::Text(self.link_type.as_str().to_owned()),
            _ => SortValue::Time(self.created_at),
        })
    }

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

impl NetworkLinkRow {
    /// What readers see of it.
    pub fn show(self) -> Result<Shown> {
        Shown::of(self.version, &self.view())
    }

    /// What it is to readers.
    pub fn view(self) -> NetworkLinkView {
        NetworkLinkView {
            id: self.id,
            version: self.version,
            created_at: self.created_at.and_utc(),
            updated_at: self.updated_at.and_utc(),
            r#type: self.link_type,
            from: self.from_id,
            to: self.to_id,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            networks: None,
        }
    }
}
