//! The change log: one row a change, in the change's own transaction, with the names of the fields but no values.
//!
//! A reader asks for what came [`after`] a position and must never miss a change that committed late. On PostgreSQL a
//! number is handed out before its transaction commits, and a later transaction may have a smaller number; so the
//! position is (epoch, transaction id, number), ordered so, and only what lies below the oldest transaction still
//! running (`pg_snapshot_xmin`) is read. On SQLite one writer commits in the order of the numbers.

use chrono::NaiveDateTime;
use diesel::helper_types::{AsSelect, IntoBoxed, Select};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bool};
use serde::{Deserialize, Serialize};

use super::Tx;
use super::conn::{Conn, MultiBackend};
use super::expression::expression;
use super::json::Json;
use super::one_of::one_of_words;
use super::rows::{InsertRows, Value};
use super::schema::changes;
use super::types::words;
use crate::http::problem::{Problem, Result};

words! {
    /// The types of entity, as the change log, tombstones and external ids name them.
    EntityType {
        /// An organisation.
        Organisation = "organisation",
        /// A network.
        Network = "network",
        /// A link between two networks.
        NetworkLink = "network_link",
        /// A vocabulary.
        Vocabulary = "vocabulary",
        /// A concept of a vocabulary.
        Concept = "concept",
        /// A member.
        Member = "member",
        /// Who a member is to an issuer of tokens.
        MemberIdentity = "member_identity",
        /// A membership.
        Membership = "membership",
        /// A reorganisation.
        OrganisationChange = "organisation_change",
    }
}

words! {
    /// What happened to an entity.
    Action {
        /// It was created.
        Created = "created",
        /// Fields of it changed.
        Updated = "updated",
        /// It was deleted.
        Deleted = "deleted",
        /// It became one with another, which its tombstone names.
        Merged = "merged",
    }
}

/// Where a reader of the log stands. Ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// Raised after a restore.
    pub epoch: i64,
    /// PostgreSQL's transaction id; 0 on SQLite.
    pub transaction_id: i64,
    /// The change's number.
    pub number: i64,
}

/// A change.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = changes, check_for_backend(MultiBackend))]
pub struct Change {
    epoch: i64,
    transaction_id: i64,
    number: i64,
    /// The type of the entity.
    pub entity_type: EntityType,
    /// Its id.
    pub entity_id: String,
    /// Its version after the change.
    pub version: i64,
    /// What happened.
    pub action: Action,
    /// The names of the fields that changed.
    pub fields: Json<Vec<String>>,
    /// The internal id of whoever did it.
    pub actor: Option<String>,
    /// When, in UTC.
    pub changed_at: NaiveDateTime,
}

impl Change {
    /// Where it stands in the log.
    pub fn position(&self) -> Position {
        Position { epoch: self.epoch, transaction_id: self.transaction_id, number: self.number }
    }

    /// What tells the log as it is up to it from another one: [`seal`].
    pub fn seal(&self) -> String {
        let Self { epoch, transaction_id, number, entity_id, version, changed_at, .. } = self;
        format!("{epoch}.{transaction_id}.{number} {entity_id} {version} {changed_at}")
    }
}

/// Writes to the log that entities, each with its version after the change, changed in the same way.
pub fn append<'a>(
    tx: &mut Tx<'_>,
    entity_type: EntityType,
    entities: &[(&'a str, i64)],
    action: Action,
    fields: Vec<String>,
) -> Result<()> {
    let fields = serde_json::to_string(&fields).map_err(Problem::internal)?;
    let row = |(id, version): &(&'a str, i64)| {
        [
            Value::Number(tx.epoch),
            Value::Text(entity_type.as_str()),
            Value::Text(id),
            Value::Number(*version),
            Value::Text(action.as_str()),
            Value::Text(&fields),
            Value::MaybeText(tx.actor.as_deref()),
            Value::Time(tx.now),
        ]
    };
    let columns = ["epoch", "entity_type", "entity_id", "version", "action", "fields", "actor", "changed_at"];
    InsertRows { table: "changes", columns, rows: entities.iter().map(row).collect() }.execute(tx.conn)?;
    Ok(())
}

/// The names of the fields in which two documents differ; all that are set, where there was none before.
pub fn differences<T: Serialize>(before: Option<&T>, after: &T) -> Result<Vec<String>> {
    let fields = |document: Option<&T>| match document.map(serde_json::to_value).transpose() {
        Ok(Some(serde_json::Value::Object(fields))) => Ok(fields),
        Ok(_) => Ok(serde_json::Map::new()),
        Err(error) => Err(Problem::internal(error)),
    };
    let (before, after) = (fields(before)?, fields(Some(after))?);
    let differs =
        |(name, value): &(String, serde_json::Value)| before.get(name).unwrap_or(&serde_json::Value::Null) != value;
    Ok(after.into_iter().filter(differs).map(|(name, _)| name).collect())
}

/// Whether nothing ever happened in the directory.
pub fn is_empty(conn: &mut Conn) -> Result<bool> {
    let any = diesel::dsl::exists(changes::table.select(changes::number));
    Ok(diesel::select(diesel::dsl::not(any)).get_result(conn)?)
}

/// The position of the last change that has been committed until now; before everything where nothing has happened.
///
/// Whoever has read up to it ([`after`]) knows all that was committed before.
pub fn last(conn: &mut Conn) -> Result<Position> {
    let query = changes::table
        .order((changes::epoch.desc(), changes::transaction_id.desc(), changes::number.desc()))
        .select((changes::epoch, changes::transaction_id, changes::number));
    let last: Option<(i64, i64, i64)> = query.first(conn).optional()?;
    let position = |(epoch, transaction_id, number)| Position { epoch, transaction_id, number };
    Ok(last.map(position).unwrap_or_default())
}

/// A position from which nothing is missed that whoever begins to read the directory now might not see: that of the last
/// change on SQLite, below the oldest transaction still running on PostgreSQL.
pub fn settled(conn: &mut Conn) -> Result<Position> {
    #[derive(QueryableByName)]
    struct Oldest {
        #[diesel(sql_type = BigInt)]
        epoch: i64,
        #[diesel(sql_type = BigInt)]
        oldest: i64,
    }
    let oldest: Oldest = match conn {
        Conn::Sqlite(_) => return last(conn),
        Conn::Postgres(conn) => diesel::sql_query(
            "SELECT value::bigint AS epoch, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest \
             FROM meta WHERE key = 'epoch'",
        )
        .get_result(conn)?,
    };
    // Numbers begin at 1.
    Ok(Position { epoch: oldest.epoch, transaction_id: oldest.oldest, number: 0 })
}

/// What tells the log as it is up to a position from another log, such as that of a copy which was restored since: its last
/// change there. `None` before all changes.
pub fn seal(conn: &mut Conn, position: Position) -> Result<Option<String>> {
    let query = changes::table
        .filter(Placed { place: " <= ", position })
        .order((changes::epoch.desc(), changes::transaction_id.desc(), changes::number.desc()))
        .select(Change::as_select());
    let last: Option<Change> = query.first(conn).optional()?;
    Ok(last.map(|change| change.seal()))
}

/// Up to `limit` changes after a position, in order, leaving out what a transaction still running could precede.
pub fn after(conn: &mut Conn, position: Position, limit: i64) -> Result<Vec<Change>> {
    let mut query = behind(position).limit(limit);
    // What was restored from another cluster has committed there, under transaction ids that mean nothing here.
    if let Conn::Postgres(_) = conn {
        query = query.filter(diesel::dsl::sql::<Bool>(
            "(epoch < (SELECT value::bigint FROM meta WHERE key = 'epoch') \
             OR transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint)",
        ));
    }
    Ok(query.load(conn)?)
}

/// Up to `limit` changes after a position of things of some types that were there before, with those that a transaction
/// still running could precede: what may by now be something else than whoever stands at the position believes.
pub fn of_existing_after(conn: &mut Conn, position: Position, types: &[EntityType], limit: i64) -> Result<Vec<Change>> {
    let query = behind(position).filter(one_of_words(changes::entity_type, types));
    Ok(query.filter(changes::action.ne(Action::Created)).limit(limit).load(conn)?)
}

/// The changes after a position, in order.
fn behind(position: Position) -> Query {
    changes::table.select(Change::as_select()).into_boxed().filter(Placed { place: " > ", position }).order((
        changes::epoch,
        changes::transaction_id,
        changes::number,
    ))
}

type Query = IntoBoxed<'static, Select<changes::table, AsSelect<Change, MultiBackend>>, MultiBackend>;

/// Where a change stands to a position, as both databases find it in the index of positions.
struct Placed {
    /// The operator.
    place: &'static str,
    position: Position,
}

impl QueryFragment<MultiBackend> for Placed {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("(epoch, transaction_id, number)");
        out.push_sql(self.place);
        out.push_sql("(");
        out.push_bind_param::<BigInt, _>(&self.position.epoch)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.position.transaction_id)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.position.number)?;
        out.push_sql(")");
        Ok(())
    }
}

expression!(Placed, Bool);
