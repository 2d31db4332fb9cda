//! Likely duplicates among members: those who share an e-mail, or a name and an organisation.
//!
//! They are kept with each write, so that a page of them costs what a page costs, however many people there are. Of
//! several who are alike, each is paired with the one before by id: n - 1 pairs, not n². Whoever writes members past
//! [`super::store`] calls [`refresh`] for them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::reads::references;
use super::row::MemberRow;
use super::types::{MemberId, MemberReference};
use super::viewer::Viewer;
use crate::db::as_of::{AsOf, Derived};
use crate::db::keyset::SortValue;
use crate::db::revisions::places;
use crate::db::rows::{InsertRows, Value};
use crate::db::schema::{member_duplicates, members, organisation_ancestors};
use crate::db::types::words;
use crate::db::{Conn, MultiBackend, Tx, one_of};
use crate::http::language::Language;
use crate::http::list::{Listing, Page, Readable, Sort, Sorted};
use crate::http::problem::{Problem, Result};
use crate::http::query::AnyOf;
use crate::http::shown::Shown;
use crate::http::time;
use crate::organisations::OrganisationId;

words! {
    /// Why two members may be one person.
    MemberDuplicateReason {
        /// They have the same e-mail.
        SameEmail = "same_email",
        /// They have the same name and work in the same organisation.
        SameNameAndOrganisation = "same_name_and_organisation",
    }
}

/// Two members who may be one person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberDuplicateView {
    /// The ids of the two, with a colon between them.
    pub id: String,
    /// When the second was created.
    #[serde(serialize_with = "time::utc")]
    pub created_at: DateTime<Utc>,
    /// Why they may be.
    pub reasons: Vec<MemberDuplicateReason>,
    /// The one whose id came first.
    pub first: MemberReference,
    /// The other.
    pub second: MemberReference,
}

/// Which pairs to list. Of several values of a parameter, separated by commas, any matches; of several parameters, all.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MemberDuplicateFilter {
    /// Why they may be one person.
    #[param(value_type = Option<Vec<MemberDuplicateReason>>, style = Form, explode = false)]
    pub reason: Option<AnyOf<MemberDuplicateReason>>,
    /// The organisation that either works in.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub organisation_id: Option<AnyOf<OrganisationId>>,
    /// An organisation at whatever height above that of either, or it.
    #[param(value_type = Option<Vec<OrganisationId>>, style = Form, explode = false)]
    pub subtree_of: Option<AnyOf<OrganisationId>>,
}

/// What can be read of likely duplicates.
pub struct MemberDuplicate;

impl Readable for MemberDuplicate {
    const ID: &'static str = "member_duplicates.id";
    const SORTS: &'static [Sort] = &[Sort::by("created_at", "member_duplicates.created_at")];
    const FIELDS: &'static [&'static str] = &["id", "created_at", "reasons", "first", "second"];
    const INCLUDES: &'static [&'static str] = &[];
}

/// A pair, as its table has it.
#[derive(Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = member_duplicates, check_for_backend(MultiBackend))]
struct Row {
    id: String,
    first_id: MemberId,
    second_id: MemberId,
    created_at: NaiveDateTime,
    same_email: bool,
    same_name: bool,
}

impl Sorted for Row {
    fn sort_value(&self, _: &str, _: Language) -> Result<SortValue> {
        Ok(SortValue::Time(self.created_at))
    }

    fn id(&self) -> &str {
        &self.id
    }
}

/// The pairs as they were, from the members as they were; as the table has them now.
const THEN: &str = "member_duplicates (id, first_id, second_id, created_at, same_email, same_name) AS (\
    SELECT first_id || ':' || second_id, first_id, second_id, created_at, max(email) = 1, max(name) = 1 FROM (\
        SELECT lag(id) OVER (PARTITION BY email_folded ORDER BY id) AS first_id, id AS second_id, created_at, \
            1 AS email, 0 AS name \
        FROM members WHERE email_folded IS NOT NULL \
        UNION ALL \
        SELECT lag(id) OVER (PARTITION BY name_folded, organisation_id ORDER BY id), id, created_at, 0, 1 \
        FROM members WHERE name_folded IS NOT NULL AND organisation_id IS NOT NULL) pairs \
    WHERE first_id IS NOT NULL GROUP BY first_id, second_id, created_at)";

/// A page of likely duplicates.
pub fn list(
    conn: &mut Conn,
    listing: &Listing<MemberDuplicate, MemberDuplicateFilter>,
    viewer: &Viewer,
) -> Result<Page<Shown>> {
    let at = listing.reading.as_of;
    let mut query = filtered(&listing.filter, viewer, at);
    if let Some(after) = listing.after() {
        query = query.filter(after);
    }
    let page = listing.page(query.order(listing.order()).select(Row::as_select()));
    let mut rows: Vec<Row> = match at {
        None => page.load(conn)?,
        Some(_) => Derived { at, with: THEN, query: page.query }.load(conn)?,
    };
    let next = listing.cut(&mut rows)?;
    let total = match listing.count {
        true => Some(count(conn, listing, viewer)?),
        false => None,
    };
    if rows.is_empty() {
        return Ok(Page { items: Vec::new(), next, total });
    }
    let known = references(conn, rows.iter().flat_map(|row| [row.first_id, row.second_id]).collect(), at, viewer)?;
    let gone = || Problem::internal("a duplicate of somebody who is not there");
    let show = |row: Row| {
        let member = |id: MemberId| known.get(&id).cloned().ok_or_else(gone);
        let reasons = [
            (row.same_email, MemberDuplicateReason::SameEmail),
            (row.same_name, MemberDuplicateReason::SameNameAndOrganisation),
        ];
        let view = MemberDuplicateView {
            created_at: row.created_at.and_utc(),
            reasons: reasons.into_iter().filter(|(is_so, _)| *is_so).map(|(_, reason)| reason).collect(),
            first: member(row.first_id)?,
            second: member(row.second_id)?,
            id: row.id,
        };
        Shown::of(1, &view)
    };
    Ok(Page { items: rows.into_iter().map(show).collect::<Result<_>>()?, next, total })
}

fn count(conn: &mut Conn, listing: &Listing<MemberDuplicate, MemberDuplicateFilter>, viewer: &Viewer) -> Result<i64> {
    let query = filtered(&listing.filter, viewer, listing.reading.as_of).count();
    Ok(match listing.reading.as_of {
        None => AsOf { at: None, query }.get_result(conn)?,
        at => Derived { at, with: THEN, query }.get_result(conn)?,
    })
}

fn filtered(
    filter: &MemberDuplicateFilter,
    viewer: &Viewer,
    as_of: Option<NaiveDateTime>,
) -> member_duplicates::BoxedQuery<'static, MultiBackend> {
    let mut query = member_duplicates::table.into_boxed();
    if let Some(reasons) = &filter.reason {
        let by_email = reasons.0.contains(&MemberDuplicateReason::SameEmail);
        query = match (by_email, reasons.0.contains(&MemberDuplicateReason::SameNameAndOrganisation)) {
            (true, false) => query.filter(member_duplicates::same_email),
            (false, true) => query.filter(member_duplicates::same_name),
            _ => query,
        };
    }
    let first = || members::table.filter(members::id.eq(member_duplicates::first_id));
    let second = || members::table.filter(members::id.eq(member_duplicates::second_id));
    // What two people share is told to those whose people both are.
    for side in ["member_duplicates.first_id", "member_duplicates.second_id"] {
        if let Some(own) = viewer.own(side, as_of) {
            query = query.filter(own);
        }
    }
    if let Some(organisations) = &filter.organisation_id {
        let there = || one_of(members::organisation_id, &organisations.0);
        query = query.filter(exists(first().filter(there())).or(exists(second().filter(there()))));
    }
    if let Some(tops) = &filter.subtree_of {
        let below = || {
            let below = organisation_ancestors::table.filter(one_of(organisation_ancestors::ancestor_id, &tops.0));
            members::organisation_id.eq_any(below.select(organisation_ancestors::organisation_id.nullable()))
        };
        query = query.filter(exists(first().filter(below())).or(exists(second().filter(below()))));
    }
    query
}

/// A member beside the two that it is most like, among those before it.
#[derive(QueryableByName)]
struct Alike {
    #[diesel(sql_type = Text)]
    id: MemberId,
    #[diesel(sql_type = Timestamp)]
    created_at: NaiveDateTime,
    #[diesel(sql_type = Nullable<Text>)]
    by_email: Option<MemberId>,
    #[diesel(sql_type = Nullable<Text>)]
    by_name: Option<MemberId>,
}

/// Sets the pairs right after members were made, changed or deleted; `before` has what they were, of those whose names or
/// e-mails changed and of those who are gone. It is the last thing that a transaction does which others could wait for.
pub fn refresh(tx: &mut Tx<'_>, changed: &[&str], before: &[&MemberRow]) -> Result<()> {
    hold(tx, changed, before)?;
    let after = concerned(tx, changed)?;
    let ids: Vec<&str> = after.iter().map(MemberId::as_str).collect();
    let query = format!(
        "SELECT id, created_at, \
           (SELECT max(first.id) FROM members first WHERE first.email_folded = members.email_folded AND first.id < members.id) AS by_email, \
           (SELECT max(first.id) FROM members first WHERE first.name_folded = members.name_folded \
             AND first.organisation_id = members.organisation_id AND first.id < members.id) AS by_name \
         FROM members WHERE id IN ({})",
        places(1, &ids)
    );
    let alike: Vec<Alike> = bound(query, &ids).load(tx.conn)?;
    let known: Vec<Row> = member_duplicates::table
        .filter(member_duplicates::second_id.eq_any(after.iter().copied().collect::<Vec<_>>()))
        .select(Row::as_select())
        .load(tx.conn)?;
    let right: BTreeMap<String, Row> = alike.iter().flat_map(pairs).map(|row| (row.id.clone(), row)).collect();
    let wrong: Vec<&str> =
        known.iter().filter(|row| right.get(&row.id) != Some(row)).map(|row| row.id.as_str()).collect();
    if !wrong.is_empty() {
        diesel::delete(member_duplicates::table.filter(member_duplicates::id.eq_any(wrong))).execute(tx.conn)?;
    }
    let new: Vec<[Value<'_>; 6]> = right.values().filter(|row| !known.contains(row)).map(Row::values).collect();
    if !new.is_empty() {
        let columns = ["id", "first_id", "second_id", "created_at", "same_email", "same_name"];
        InsertRows { table: "member_duplicates", columns, rows: new }.execute(tx.conn)?;
    }
    Ok(())
}

impl Row {
    fn values(&self) -> [Value<'_>; 6] {
        [
            Value::Text(&self.id),
            Value::Text(self.first_id.as_str()),
            Value::Text(self.second_id.as_str()),
            Value::Time(self.created_at),
            Value::Flag(self.same_email),
            Value::Flag(self.same_name),
        ]
    }
}

/// A pair, or two, or one for both reasons.
fn pairs(alike: &Alike) -> Vec<Row> {
    let firsts: BTreeSet<MemberId> = [alike.by_email, alike.by_name].into_iter().flatten().collect();
    let pair = |first: MemberId| Row {
        id: format!("{first}:{}", alike.id),
        first_id: first,
        second_id: alike.id,
        created_at: alike.created_at,
        same_email: alike.by_email == Some(first),
        same_name: alike.by_name == Some(first),
    };
    firsts.into_iter().map(pair).collect()
}

/// Those whose pairs may have changed: the members themselves, those who were paired with them, and those who come next.
fn concerned(tx: &mut Tx<'_>, changed: &[&str]) -> Result<BTreeSet<MemberId>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Nullable<Text>)]
        id: Option<MemberId>,
    }
    let paired = member_duplicates::table.filter(member_duplicates::first_id.eq_any(changed.to_vec()));
    let paired: Vec<MemberId> = paired.select(member_duplicates::second_id).load(tx.conn)?;
    let ids = places(1, changed);
    let next = |what: &str| {
        format!(
            "SELECT (SELECT min(next.id) FROM members next WHERE {what} AND next.id > changed.id) AS id \
             FROM members changed WHERE changed.id IN ({ids})"
        )
    };
    let by_email = next("next.email_folded = changed.email_folded");
    let by_name = next("next.name_folded = changed.name_folded AND next.organisation_id = changed.organisation_id");
    let mut found: Vec<Found> = bound(by_email, changed).load(tx.conn)?;
    found.extend(bound(by_name, changed).load::<Found>(tx.conn)?);
    let own = changed.iter().map(|id| id.parse::<MemberId>().map_err(Problem::internal)).collect::<Result<Vec<_>>>()?;
    Ok(own.into_iter().chain(paired).chain(found.into_iter().filter_map(|found| found.id)).collect())
}

type Bound = diesel::query_builder::BoxedSqlQuery<'static, MultiBackend, diesel::query_builder::SqlQuery>;

fn bound(query: String, ids: &[&str]) -> Bound {
    let query = diesel::sql_query(query).into_boxed::<MultiBackend>();
    ids.iter().fold(query, |query, id| query.bind::<Text, _>((*id).to_owned()))
}

/// Members of one call for whose names and e-mails a lock each is taken; for more, nobody else writes any until the
/// transaction ends.
pub const HELD: usize = 50;

/// The lock of all names and e-mails: shared by those who hold some.
const ALL: i64 = 0x501_0090;

/// Keeps those apart who write the same name or e-mail at once, or neither would see the other. On SQLite one writes at a
/// time.
fn hold(tx: &mut Tx<'_>, changed: &[&str], before: &[&MemberRow]) -> Result<()> {
    if !matches!(tx.conn, Conn::Postgres(_)) {
        return Ok(());
    }
    if changed.len() > HELD {
        diesel::sql_query(format!("SELECT pg_advisory_xact_lock({ALL})")).execute(tx.conn)?;
        return Ok(());
    }
    let after = members::table.filter(members::id.eq_any(changed.to_vec()));
    let after: Vec<(Option<String>, Option<String>)> =
        after.select((members::email_folded, members::name_folded)).load(tx.conn)?;
    let before = before.iter().map(|row| (row.email_folded.clone(), row.name_folded.clone()));
    let words = after.into_iter().chain(before).flat_map(|(email, name)| [email, name]).flatten();
    let words: BTreeSet<String> = words.collect();
    diesel::sql_query(format!("SELECT pg_advisory_xact_lock_shared({ALL})")).execute(tx.conn)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if !words.is_empty() {
        let list: Vec<String> = (1..=words.len()).map(|number| format!("(${number})")).collect();
        let query = format!(
            "SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended(word, 5) AS key \
             FROM (VALUES {}) AS words (word) ORDER BY key) keys",
            list.join(", ")
        );
        bound(query, &words).execute(tx.conn)?;
    }
    Ok(())
}
