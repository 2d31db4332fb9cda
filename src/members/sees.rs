//! What a [`Viewer`](super::Viewer) sees, as conditions of queries, and as what a query says of the rows it answers with.
//!
//! Of a row of the past, a condition asks twice: of the row as it was, and of the member as they are, for what is open to
//! somebody today. In both, colleagues, shared networks and the tree are those of today; the views `present_…` say so
//! also where [`AsOf`](crate::db::as_of::AsOf) has the tables' names stand for the past.
//!
//! What is asked of each row is a scalar subquery, which no planner turns into a look through all people.

use std::sync::Arc;

use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Integer, Text};

use super::hidden::MemberGroup;
use super::viewer::Eyes;
use crate::db::MultiBackend;
use crate::db::expression::expression;
use crate::networks::NetworkId;

type Out<'a, 'b> = AstPass<'a, 'b, MultiBackend>;

/// What is seen of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// That there is such a person here.
    Seen,
    /// The same, also of those who have left.
    Mentioned,
    /// A group of their fields.
    Group(MemberGroup),
}

/// Whether something of a row of `members` is seen.
pub struct Seen {
    pub(super) eyes: Arc<Eyes>,
    pub(super) what: Person,
    pub(super) is_past: bool,
}

/// Whether the member with the id in a column is the viewer, or one of those whose HR they are.
pub struct Own {
    pub(super) eyes: Arc<Eyes>,
    pub(super) column: &'static str,
    pub(super) is_past: bool,
}

/// Whether a row of `members` is of somebody in one of some networks, which the viewer leads.
pub struct Led {
    pub(super) eyes: Arc<Eyes>,
    pub(super) networks: Vec<NetworkId>,
}

/// The groups of a row of `members` that are hidden: their bits.
pub struct HiddenGroups {
    pub(super) eyes: Option<Arc<Eyes>>,
    pub(super) is_past: bool,
}

/// Whether a row of `memberships` is seen. Applications, invitations and what came of those are for the member, their HR
/// and those who lead the network; who is and was in it, for whoever sees the member's memberships.
pub struct SeenMembership {
    pub(super) eyes: Option<Arc<Eyes>>,
    pub(super) is_past: bool,
}

/// Whether the reasons of a row of `memberships`, note and end reason, are hidden: 1, or 0. They are for the member, their
/// HR and those who lead the network.
pub struct HiddenReasons {
    pub(super) eyes: Option<Arc<Eyes>>,
    pub(super) is_past: bool,
}

/// A row that a condition is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    /// Of the table, or of what stands for it.
    Table,
    /// Of the same member today.
    Today,
}

impl Row {
    fn name(self) -> &'static str {
        match self {
            Row::Table => "members",
            Row::Today => "now",
        }
    }
}

/// Of the same member today; of one who was merged into another since, that one.
const TODAY: &str = " FROM present_members now WHERE now.id = COALESCE((SELECT merged_into FROM tombstones \
    WHERE entity_type = 'member' AND entity_id = members.id), members.id))";

/// What is active in networks that one leads.
const LEADING: &str = "SELECT network_id FROM present_memberships WHERE state = 'active' \
    AND role IN ('coordinator', 'chair', 'secretary') AND member_id = ";

/// Asks something of a row, and where it is of the past also of the same member today.
fn both<'b>(
    out: &mut Out<'_, 'b>,
    is_past: bool,
    ask: impl Fn(&mut Out<'_, 'b>, Row) -> QueryResult<()>,
) -> QueryResult<()> {
    out.push_sql("((");
    ask(out, Row::Table)?;
    if is_past {
        out.push_sql(") AND (SELECT (");
        ask(out, Row::Today)?;
        out.push_sql(")");
        out.push_sql(TODAY);
        out.push_sql(")");
    } else {
        out.push_sql("))");
    }
    Ok(())
}

impl Eyes {
    /// Whether a person is the viewer, or one of those whose HR they are.
    fn own<'b>(&'b self, out: &mut Out<'_, 'b>, row: Row) -> QueryResult<()> {
        out.push_sql("(FALSE");
        if let Some(me) = &self.me {
            push(out, &[" OR ", row.name(), ".id = "]);
            out.push_bind_param::<Text, _>(me)?;
        }
        if !self.hr_of.is_empty() {
            push(out, &[" OR ", row.name(), ".organisation_id IN (SELECT organisation_id FROM present_ancestors"]);
            out.push_sql(" WHERE ancestor_id IN (");
            for (index, organisation) in self.hr_of.iter().enumerate() {
                out.push_sql(if index == 0 { "" } else { ", " });
                out.push_bind_param::<Text, _>(organisation)?;
            }
            out.push_sql("))");
        }
        out.push_sql(")");
        Ok(())
    }

    /// The same of the person with the id in a column.
    fn owns<'b>(&'b self, out: &mut Out<'_, 'b>, is_past: bool, column: &'static str) -> QueryResult<()> {
        out.push_sql("(SELECT ");
        both(out, is_past, |out, row| self.own(out, row))?;
        push(out, &[" FROM members WHERE members.id = ", column, ")"]);
        Ok(())
    }

    /// Whether something of a person is seen.
    fn person<'b>(&'b self, out: &mut Out<'_, 'b>, row: Row, what: Person) -> QueryResult<()> {
        out.push_sql("(");
        self.own(out, row)?;
        if what == Person::Group(MemberGroup::Record) {
            out.push_sql(")");
            return Ok(());
        }
        push(out, &[" OR (NOT ", row.name(), ".protected"]);
        // Whoever has left since was there then.
        if row == Row::Table && what != Person::Mentioned {
            out.push_sql(" AND members.status <> 'left'");
        }
        if let Person::Group(group) = what {
            out.push_sql(" AND ");
            self.audience(out, row, group)?;
        }
        out.push_sql("))");
        Ok(())
    }

    /// Whether the viewer belongs to the audience of a group.
    fn audience<'b>(&'b self, out: &mut Out<'_, 'b>, row: Row, group: MemberGroup) -> QueryResult<()> {
        let is = |out: &mut Out<'_, 'b>, audience: &str| {
            push(out, &[row.name(), ".audience_", group.as_str(), " = '", audience, "'"]);
        };
        out.push_sql("(");
        is(out, "administration");
        if let Some(organisation) = &self.organisation {
            out.push_sql(" OR (");
            is(out, "own_organisation");
            push(out, &[" AND ", row.name(), ".organisation_id = "]);
            out.push_bind_param::<Text, _>(organisation)?;
            out.push_sql(")");
        }
        if let Some(me) = &self.me {
            out.push_sql(" OR (");
            is(out, "shared_networks");
            out.push_sql(
                " AND (SELECT 1 FROM present_memberships theirs WHERE theirs.state = 'active' AND theirs.member_id = ",
            );
            push(
                out,
                &[row.name(), ".id AND theirs.network_id IN (SELECT mine.network_id FROM present_memberships mine"],
            );
            out.push_sql(" WHERE mine.state = 'active' AND mine.member_id = ");
            out.push_bind_param::<Text, _>(me)?;
            out.push_sql(") LIMIT 1) IS NOT NULL)");
        }
        out.push_sql(")");
        Ok(())
    }

    /// Whether a row of `memberships` is of a network that the viewer leads.
    fn leads<'b>(&'b self, out: &mut Out<'_, 'b>) -> QueryResult<()> {
        match &self.me {
            None => out.push_sql("FALSE"),
            Some(me) => {
                push(out, &["memberships.network_id IN (", LEADING]);
                out.push_bind_param::<Text, _>(me)?;
                out.push_sql(")");
            }
        }
        Ok(())
    }

    /// Whether a membership is the viewer's own, which asks nothing of anybody.
    fn mine<'b>(&'b self, out: &mut Out<'_, 'b>) -> QueryResult<()> {
        if let Some(me) = &self.me {
            out.push_sql("memberships.member_id = ");
            out.push_bind_param::<Text, _>(me)?;
            out.push_sql(" OR ");
        }
        Ok(())
    }
}

fn push(out: &mut Out<'_, '_>, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_sql(part));
}

impl QueryFragment<MultiBackend> for Seen {
    fn walk_ast<'b>(&'b self, mut out: Out<'_, 'b>) -> QueryResult<()> {
        both(&mut out, self.is_past, |out, row| self.eyes.person(out, row, self.what))
    }
}

impl QueryFragment<MultiBackend> for Own {
    fn walk_ast<'b>(&'b self, mut out: Out<'_, 'b>) -> QueryResult<()> {
        self.eyes.owns(&mut out, self.is_past, self.column)
    }
}

impl QueryFragment<MultiBackend> for Led {
    fn walk_ast<'b>(&'b self, mut out: Out<'_, 'b>) -> QueryResult<()> {
        let Some(me) = self.eyes.me.as_ref().filter(|_| !self.networks.is_empty()) else {
            out.push_sql("FALSE");
            return Ok(());
        };
        // Each number of networks is a statement of its own.
        if self.networks.len() > 4 {
            out.unsafe_to_cache_prepared();
        }
        out.push_sql("(SELECT 1 FROM memberships led WHERE led.state = 'active' AND led.member_id = members.id AND led.network_id IN (");
        for (index, network) in self.networks.iter().enumerate() {
            out.push_sql(if index == 0 { "" } else { ", " });
            out.push_bind_param::<Text, _>(network)?;
        }
        push(&mut out, &[") AND led.network_id IN (", LEADING]);
        out.push_bind_param::<Text, _>(me)?;
        out.push_sql(") LIMIT 1) IS NOT NULL");
        Ok(())
    }
}

impl QueryFragment<MultiBackend> for HiddenGroups {
    fn walk_ast<'b>(&'b self, mut out: Out<'_, 'b>) -> QueryResult<()> {
        let Some(eyes) = &self.eyes else {
            out.push_sql("0");
            return Ok(());
        };
        for (index, group) in MemberGroup::ALL.iter().enumerate() {
            out.push_sql(if index == 0 { "CASE WHEN " } else { " + CASE WHEN " });
            both(&mut out, self.is_past, |out, row| eyes.person(out, row, Person::Group(*group)))?;
            push(&mut out, &[" THEN 0 ELSE ", &group.bit().to_string(), " END"]);
        }
        Ok(())
    }
}

impl QueryFragment<MultiBackend> for SeenMembership {
    fn walk_ast<'b>(&'b self, mut out: Out<'_, 'b>) -> QueryResult<()> {
        let Some(eyes) = &self.eyes else {
            out.push_sql("TRUE");
            return Ok(());
        };
        out.push_sql("(");
        eyes.mine(&mut out)?;
        out.push_sql("(SELECT ");
        both(&mut out, self.is_past, |out, row| {
            eyes.own(out, row)?;
            push(out, &[" OR (NOT ", row.name(), ".protected AND ("]);
            eyes.leads(out)?;
            out.push_sql(" OR (memberships.state IN ('active', 'ended') AND ");
            if row == Row::Table {
                out.push_sql("members.status <> 'left' AND ");
            }
            eyes.audience(out, row, MemberGroup::Memberships)?;
            out.push_sql(")))");
            Ok(())
        })?;
        out.push_sql(" FROM members WHERE members.id = memberships.member_id))");
        Ok(())
    }
}

impl QueryFragment<MultiBackend> for HiddenReasons {
    fn walk_ast<'b>(&'b self, mut out: Out<'_, 'b>) -> QueryResult<()> {
        let Some(eyes) = &self.eyes else {
            out.push_sql("0");
            return Ok(());
        };
        out.push_sql("CASE WHEN ");
        eyes.mine(&mut out)?;
        eyes.leads(&mut out)?;
        if !eyes.hr_of.is_empty() {
            out.push_sql(" OR ");
            eyes.owns(&mut out, self.is_past, "memberships.member_id")?;
        }
        out.push_sql(" THEN 0 ELSE 1 END");
        Ok(())
    }
}

expression!(Seen, Bool);
expression!(Own, Bool);
expression!(Led, Bool);
expression!(HiddenGroups, Integer);
expression!(SeenMembership, Bool);
expression!(HiddenReasons, Integer);
