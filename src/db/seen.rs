//! Which networks are within sight, as a condition of a query: those of a visibility that is, and those that the caller is
//! in.
//!
//! Who is in which network is asked of a view, so that it is the present that counts also where the past is read
//! ([`super::as_of`]): whoever leaves a network whose members alone see it has seen the last of its past, too.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text};

use super::conn::Conn;
use super::expression::expression;
use crate::auth::visibility::{Sight, Visibility};
use crate::http::problem::Result;

diesel::table! {
    /// The networks that callers are in: the view of that name.
    network_insiders (caller_id, network_id) {
        caller_id -> Text,
        network_id -> Text,
    }
}

/// Whether a row of `networks` is within sight.
pub struct Seen {
    visible: &'static [Visibility],
    insider: Option<String>,
}

/// Whether a row of `networks` is within sight.
pub fn seen(sight: Sight) -> Seen {
    Seen { visible: sight.visible(), insider: sight.insider().map(|id| id.as_str().to_owned()) }
}

/// Whether one network is: a query only where its visibility alone does not say.
pub fn is_seen(conn: &mut Conn, network: &str, visibility: Visibility, sight: Sight) -> Result<bool> {
    match sight.insider() {
        _ if sight.sees(visibility) => Ok(true),
        None => Ok(false),
        Some(id) => {
            let own = network_insiders::table
                .filter(network_insiders::caller_id.eq(id.as_str()))
                .filter(network_insiders::network_id.eq(network));
            Ok(diesel::select(diesel::dsl::exists(own)).get_result(conn)?)
        }
    }
}

/// The networks that a caller is in, where that is what lets them see some: one query at most.
pub fn seen_by(conn: &mut Conn, sight: Sight) -> Result<Vec<String>> {
    let Some(id) = sight.insider() else { return Ok(Vec::new()) };
    let own = network_insiders::table.filter(network_insiders::caller_id.eq(id.as_str()));
    Ok(own.select(network_insiders::network_id).load(conn)?)
}

impl<DB: Backend + HasSqlType<Text>> QueryFragment<DB> for Seen
where
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(networks.visibility IN (");
        for (index, visibility) in self.visible.iter().enumerate() {
            out.push_sql(if index == 0 { "'" } else { ", '" });
            out.push_sql(visibility.as_str());
            out.push_sql("'");
        }
        out.push_sql(")");
        if let Some(caller) = &self.insider {
            out.push_sql(" OR networks.id IN (SELECT network_id FROM network_insiders WHERE caller_id = ");
            out.push_bind_param::<Text, String>(caller)?;
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }
}

expression!(Seen, Bool);
