//! The directory as it was: the very queries of the present, run over the revisions.
//!
//! A common table expression hides a table of its own name. So [`AsOf`] puts in front of a query one that says
//! "organisations are the revisions that held then", and the query, which knows nothing of it, reads the past: one path
//! for filters, sort orders, pages and joins, now and then. An expression that a query does not use costs nothing, and
//! one that it uses twice is not copied first (`NOT MATERIALIZED`), or no index would be of use.

use chrono::NaiveDateTime;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Timestamp;

use super::conn::{Conn, MultiBackend};

/// A query, at a time; `None` is now.
pub struct AsOf<Q> {
    /// The time, in UTC.
    pub at: Option<NaiveDateTime>,
    /// The query.
    pub query: Q,
}

/// The tables that have revisions, and the one that is derived from such a table.
const PAST: [(&str, &str); 16] = [
    ("organisations", "organisation_revisions"),
    ("networks", "network_revisions"),
    ("network_links", "network_link_revisions"),
    ("external_ids", "external_id_revisions"),
    ("vocabularies", "vocabulary_revisions"),
    ("concepts", "concept_revisions"),
    ("network_themes", "network_theme_revisions"),
    ("members", "member_revisions"),
    ("member_facets", "member_facet_revisions"),
    ("member_identities", "member_identity_revisions"),
    ("memberships", "membership_revisions"),
    ("dismissals", "dismissal_revisions"),
    ("ex_officio_rules", "ex_officio_rule_revisions"),
    ("organisation_changes", "organisation_change_revisions"),
    ("organisation_change_parties", "organisation_change_party_revisions"),
    ("organisation_contacts", "organisation_contact_revisions"),
];

/// As `organisations::tree` keeps it, derived from the tree as it was.
///
/// Of what a recursion gives PostgreSQL only knows that it may be millions, and would look through it for each person;
/// of what is grouped it expects little, and begins with it.
const ANCESTORS: &str = ", climbed (organisation_id, ancestor_id, depth) AS (\
    SELECT id, id, 0 FROM organisations \
    UNION ALL \
    SELECT below.organisation_id, above.parent_id, below.depth + 1 \
    FROM climbed below JOIN organisations above ON above.id = below.ancestor_id \
    WHERE above.parent_id IS NOT NULL), \
    organisation_ancestors AS (\
    SELECT organisation_id, ancestor_id, min(depth) AS depth FROM climbed GROUP BY organisation_id, ancestor_id) ";

/// A query over what is derived from the tables whenever it is asked for, at a time; `None` is now.
pub struct Derived<Q> {
    /// The time, in UTC.
    pub at: Option<NaiveDateTime>,
    /// The name and what it stands for, as in `WITH`.
    pub with: &'static str,
    /// The query.
    pub query: Q,
}

/// The tables as they were.
fn push_past<'b>(at: &'b NaiveDateTime, out: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
    out.push_sql("WITH RECURSIVE ");
    for (index, (table, revisions)) in PAST.iter().enumerate() {
        out.push_sql(if index == 0 { "" } else { ", " });
        out.push_sql(table);
        out.push_sql(" AS NOT MATERIALIZED (SELECT * FROM ");
        out.push_sql(revisions);
        out.push_sql(" WHERE recorded_from <= ");
        out.push_bind_param::<Timestamp, _>(at)?;
        out.push_sql(" AND recorded_to > ");
        out.push_bind_param::<Timestamp, _>(at)?;
        out.push_sql(")");
    }
    out.push_sql(ANCESTORS);
    Ok(())
}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for AsOf<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        if let Some(at) = &self.at {
            push_past(at, &mut out)?;
        }
        self.query.walk_ast(out)
    }
}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Derived<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        match &self.at {
            Some(at) => {
                push_past(at, &mut out)?;
                out.push_sql(", ");
            }
            None => out.push_sql("WITH "),
        }
        out.push_sql(self.with);
        out.push_sql(" ");
        self.query.walk_ast(out)
    }
}

impl<Q> QueryId for Derived<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Derived<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> diesel::RunQueryDsl<Conn> for Derived<Q> {}

impl<Q> QueryId for AsOf<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for AsOf<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> diesel::RunQueryDsl<Conn> for AsOf<Q> {}
