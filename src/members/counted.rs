//! People of organisations counted: for what moves many of them, and wants to say so before, or to find some of them,
//! without reading all.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::sees::{Seen, SeenMembership};
use super::types::MemberId;
use super::viewer::Viewer;
use crate::auth::Caller;
use crate::auth::visibility::Sight;
use crate::db::{self, Conn, MultiBackend};
use crate::http::problem::{Problem, Result};
use crate::networks::NetworkId;
use crate::organisations::OrganisationId;
use crate::text::Name;

/// Ids of one statement, at most.
const AT_ONCE: usize = 10_000;

/// A live membership.
const LIVE: &str = "memberships.state IN ('applied', 'invited', 'active')";

/// That of a coordinator.
const COORDINATING: &str = "memberships.role = 'coordinator' AND memberships.state = 'active'";

/// Within what people and networks are counted: what somebody sees.
#[derive(Clone, Debug)]
pub struct Onlooker {
    /// With whose eyes people are seen.
    pub viewer: Viewer,
    /// How far networks are.
    pub sight: Sight,
}

impl Onlooker {
    /// Whoever sees everything: what happens is of all, whoever asks for it.
    pub const ALL: Self = Self { viewer: Viewer::All, sight: Sight::Editor };

    /// A caller: one query, or two.
    pub fn of(conn: &mut Conn, caller: &Caller) -> Result<Self> {
        Ok(Self { viewer: Viewer::of(conn, caller)?, sight: caller.sight() })
    }

    /// Whether they see all people.
    pub fn sees_all_people(&self) -> bool {
        matches!(self.viewer, Viewer::All)
    }

    /// Whether they see all networks.
    pub fn sees_all_networks(&self) -> bool {
        self.sight == Sight::Editor
    }
}

/// What is asked of those who are counted, besides how many they are.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// In which unit they are: where it makes no difference, nobody's document is opened.
    pub units: bool,
    /// How many memberships they have.
    pub memberships: bool,
}

/// A unit as documents have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unit(String);

impl Unit {
    /// Its names.
    pub fn name(&self) -> Result<Name> {
        serde_json::from_str(&self.0).map_err(Problem::internal)
    }
}

/// Those who work in the same organisation, and the same unit where units make a difference.
#[derive(Clone, Debug)]
pub struct Workers {
    /// Where they work.
    pub organisation_id: OrganisationId,
    /// In which unit.
    pub unit: Option<Unit>,
    /// How many they are.
    pub people: i64,
    /// How many live memberships they have, where that was asked.
    pub memberships: i64,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct NamedWorker {
    /// Who.
    pub id: MemberId,
    /// Where they work, alone in being so.
    pub at: Workers,
}

/// Somebody who coordinates a network that is not closed.
#[derive(Clone, Debug)]
pub struct Coordinator {
    /// Who.
    pub id: MemberId,
    /// Where they work.
    pub organisation_id: OrganisationId,
    /// In which unit.
    pub unit: Option<Unit>,
    /// The network.
    pub network_id: NetworkId,
    /// How many coordinate it, with them.
    pub coordinators: i64,
}

/// A person or a group of them, by the columns of [`Counting`].
#[derive(Queryable)]
struct Row {
    id: String,
    organisation_id: OrganisationId,
    unit: Option<String>,
    network_id: String,
    people: i64,
    number: i64,
}

/// A piece of a query.
enum Piece {
    Sql(String),
    Value(String),
    Person(Seen),
    Membership(SeenMembership),
    Network(db::Seen),
}

/// A query put together of pieces: what it counts, of whom, and as far as that is seen.
#[derive(Default)]
struct Counting(Vec<Piece>);

/// Those who work in organisations, and have not left, by organisation and unit, as far as they are seen.
pub fn count_workers(
    conn: &mut Conn,
    organisations: &[OrganisationId],
    asked: Asked,
    onlooker: &Onlooker,
) -> Result<Vec<Workers>> {
    let mut query = Counting::default();
    query.sql("SELECT '', members.organisation_id, ").sql(unit(conn, asked.units));
    query.sql(", '', COUNT(*), CAST(COALESCE(SUM(").memberships(asked.memberships, onlooker);
    query.sql("), 0) AS BIGINT) FROM members WHERE ").working_in(organisations).seen(onlooker);
    query.sql(" GROUP BY 2, 3 ORDER BY 2, 3");
    Ok(query.load::<Row>(conn)?.into_iter().map(Row::workers).collect())
}

/// Those of some people who work in organisations, and have not left, in the order of their ids, as far as they are seen.
pub fn named_workers(
    conn: &mut Conn,
    ids: &[MemberId],
    organisations: &[OrganisationId],
    asked: Asked,
    onlooker: &Onlooker,
) -> Result<Vec<NamedWorker>> {
    let mut found = Vec::new();
    for part in ids.chunks(AT_ONCE) {
        let mut query = Counting::default();
        query.sql("SELECT members.id, members.organisation_id, ").sql(unit(conn, asked.units));
        query.sql(", '', CAST(1 AS BIGINT), CAST(").memberships(asked.memberships, onlooker);
        query.sql(" AS BIGINT) FROM members WHERE members.id IN (").values(part).sql(") AND ");
        query.working_in(organisations).seen(onlooker).sql(" ORDER BY members.id");
        for row in query.load::<Row>(conn)? {
            found.push(NamedWorker { id: row.id.parse().map_err(Problem::internal)?, at: row.workers() });
        }
    }
    Ok(found)
}

/// Some of those who work in organisations, each of all its units or of one, have not left, and are seen.
pub fn some_workers(
    conn: &mut Conn,
    at: &[(OrganisationId, Option<Option<&Unit>>)],
    limit: usize,
    onlooker: &Onlooker,
) -> Result<Vec<MemberId>> {
    if at.is_empty() {
        return Ok(Vec::new());
    }
    let unit = unit(conn, true);
    let mut query = Counting::default();
    query.sql(
        "SELECT members.id, members.organisation_id, CAST(NULL AS TEXT), '', CAST(1 AS BIGINT), CAST(0 AS BIGINT)",
    );
    query.sql(" FROM members WHERE members.status <> 'left' AND (");
    for (index, (organisation, of)) in at.iter().enumerate() {
        query.sql(if index == 0 { "(" } else { " OR (" });
        query.sql("members.organisation_id = ").value(organisation.as_str());
        match of {
            None => {}
            Some(None) => _ = query.sql(" AND ").sql(unit).sql(" IS NULL"),
            Some(Some(of)) => _ = query.sql(" AND ").sql(unit).sql(" = ").value(&of.0),
        }
        query.sql(")");
    }
    query.sql(")").seen(onlooker).sql(&format!(" LIMIT {limit}"));
    query.load::<Row>(conn)?.into_iter().map(|row| row.id.parse().map_err(Problem::internal)).collect()
}

/// Those who work in organisations, have not left, and coordinate a network; as far as all that is seen.
pub fn coordinators(
    conn: &mut Conn,
    organisations: &[OrganisationId],
    units: bool,
    onlooker: &Onlooker,
) -> Result<Vec<Coordinator>> {
    let mut query = Counting::default();
    query.sql("SELECT members.id, members.organisation_id, ").sql(unit(conn, units));
    query.sql(", memberships.network_id, CAST(1 AS BIGINT), (SELECT COUNT(*) FROM memberships WHERE ");
    // By the network's own row: in here, `memberships` is another one.
    query.sql("memberships.network_id = networks.id AND ").sql(COORDINATING).seen_membership(onlooker);
    query.sql(") FROM members JOIN memberships ON memberships.member_id = members.id ");
    query.sql("JOIN networks ON networks.id = memberships.network_id WHERE ").working_in(organisations);
    query.sql(" AND networks.status <> 'closed' AND ").sql(COORDINATING);
    query.seen(onlooker).seen_membership(onlooker).seen_network(onlooker);
    let row = |row: Row| {
        Ok(Coordinator {
            id: row.id.parse().map_err(Problem::internal)?,
            organisation_id: row.organisation_id,
            unit: row.unit.map(Unit),
            network_id: row.network_id.parse().map_err(Problem::internal)?,
            coordinators: row.number,
        })
    };
    query.load::<Row>(conn)?.into_iter().map(row).collect()
}

impl Row {
    fn workers(self) -> Workers {
        let Self { organisation_id, unit, people, number, .. } = self;
        Workers { organisation_id, unit: unit.map(Unit), people, memberships: number }
    }
}

/// The unit of a member, as text.
fn unit(conn: &Conn, is_asked: bool) -> &'static str {
    match (is_asked, conn) {
        (false, _) => "CAST(NULL AS TEXT)",
        (true, Conn::Postgres(_)) => "(members.document::json ->> 'unit')",
        (true, Conn::Sqlite(_)) => "(members.document ->> 'unit')",
    }
}

impl Counting {
    fn sql(&mut self, text: &str) -> &mut Self {
        self.push(Piece::Sql(text.to_owned()))
    }

    fn value(&mut self, text: &str) -> &mut Self {
        self.push(Piece::Value(text.to_owned()))
    }

    fn values<T: AsRef<str>>(&mut self, all: &[T]) -> &mut Self {
        for (index, one) in all.iter().enumerate() {
            self.sql(if index == 0 { "" } else { ", " }).value(one.as_ref());
        }
        self
    }

    /// A member who works in one of some organisations.
    fn working_in(&mut self, organisations: &[OrganisationId]) -> &mut Self {
        self.sql("members.organisation_id IN (").values(organisations).sql(") AND members.status <> 'left'")
    }

    /// How many live memberships a member has.
    fn memberships(&mut self, are_asked: bool, onlooker: &Onlooker) -> &mut Self {
        if !are_asked {
            return self.sql("0");
        }
        self.sql("(SELECT COUNT(*) FROM memberships");
        if !onlooker.sees_all_networks() {
            self.sql(" JOIN networks ON networks.id = memberships.network_id");
        }
        self.sql(" WHERE memberships.member_id = members.id AND ").sql(LIVE);
        self.seen_membership(onlooker).seen_network(onlooker).sql(")")
    }

    /// And the member is seen.
    fn seen(&mut self, onlooker: &Onlooker) -> &mut Self {
        match onlooker.viewer.person(None) {
            Some(seen) => self.sql(" AND ").push(Piece::Person(seen)),
            None => self,
        }
    }

    /// And the membership is.
    fn seen_membership(&mut self, onlooker: &Onlooker) -> &mut Self {
        match onlooker.sees_all_people() {
            true => self,
            false => self.sql(" AND ").push(Piece::Membership(onlooker.viewer.membership(None))),
        }
    }

    /// And the network is.
    fn seen_network(&mut self, onlooker: &Onlooker) -> &mut Self {
        match onlooker.sees_all_networks() {
            true => self,
            false => self.sql(" AND ").push(Piece::Network(db::seen(onlooker.sight))),
        }
    }

    fn push(&mut self, piece: Piece) -> &mut Self {
        self.0.push(piece);
        self
    }
}

impl QueryFragment<MultiBackend> for Counting {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        // Each number of organisations is a statement of its own.
        out.unsafe_to_cache_prepared();
        for piece in &self.0 {
            match piece {
                Piece::Sql(text) => out.push_sql(text),
                Piece::Value(text) => out.push_bind_param::<Text, _>(text)?,
                Piece::Person(seen) => seen.walk_ast(out.reborrow())?,
                Piece::Membership(seen) => seen.walk_ast(out.reborrow())?,
                Piece::Network(seen) => seen.walk_ast(out.reborrow())?,
            }
        }
        Ok(())
    }
}

impl QueryId for Counting {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Counting {
    type SqlType = (Text, Text, Nullable<Text>, Text, BigInt, BigInt);
}

impl RunQueryDsl<Conn> for Counting {}
