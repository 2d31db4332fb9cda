//! Who is taken for one and the same: those who share an e-mail, or a name and an organisation. Of several who are alike,
//! each is paired with the nearest before by id whom nobody judged to be another: n - 1 pairs, not n².
//!
//! The pairs are kept with each write, a row for each reason: whoever writes rows of a reason holds the e-mails, or the
//! names, that they are alike by, so that no two who write at once change the same row, and neither fails to see the other.
//! Whoever writes members past [`super::store`] calls [`refresh`] for them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use diesel::connection::{Connection, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Timestamp};

use super::row::MemberRow;
use super::types::MemberId;
use crate::db::dismissals::pair;
use crate::db::revisions::places;
use crate::db::rows::{InsertRows, Value};
use crate::db::schema::{member_duplicates, members};
use crate::db::types::words;
use crate::db::{Conn, MultiBackend, Tx, meta};
use crate::http::problem::Result;
use crate::text::fold;

words! {
    /// Why two members may be one person.
    MemberDuplicateReason {
        /// They have the same e-mail.
        SameEmail = "same_email",
        /// They have the same name and work in the same organisation.
        SameNameAndOrganisation = "same_name_and_organisation",
    }
}

macro_rules! alike {
    (email) => {
        "first.email_folded = second.email_folded"
    };
    (name) => {
        "first.name_folded = second.name_folded AND first.organisation_id = second.organisation_id"
    };
}

/// That nobody judged the two to be two.
macro_rules! unjudged {
    () => {
        "NOT EXISTS (SELECT 1 FROM dismissals WHERE dismissals.entity_type = 'member' \
         AND dismissals.id = first.id || ':' || second.id)"
    };
}

macro_rules! judged_seconds {
    () => {
        "(SELECT dismissals.second_id FROM dismissals WHERE dismissals.entity_type = 'member')"
    };
}

/// The pairs of a reason, from the members: each with the one before, and those of whom somebody judged with the nearest
/// that is left.
macro_rules! pairs {
    ($reason:literal, $key:literal, $has_key:literal, $alike:expr) => {
        concat!(
            "SELECT first_id || ':' || second_id, '",
            $reason,
            "', first_id, second_id, created_at FROM (SELECT lag(id) OVER (PARTITION BY ",
            $key,
            " ORDER BY id) AS first_id, id AS second_id, created_at FROM members WHERE ",
            $has_key,
            ") nearest WHERE first_id IS NOT NULL AND second_id NOT IN ",
            judged_seconds!(),
            " UNION ALL SELECT max(first.id) || ':' || second.id, '",
            $reason,
            "', max(first.id), second.id, second.created_at FROM members second JOIN members first ON ",
            $alike,
            " AND first.id < second.id WHERE second.id IN ",
            judged_seconds!(),
            " AND ",
            unjudged!(),
            " GROUP BY second.id, second.created_at"
        )
    };
}

macro_rules! all_pairs {
    () => {
        concat!(
            pairs!("same_email", "email_folded", "email_folded IS NOT NULL", alike!(email)),
            " UNION ALL ",
            pairs!(
                "same_name_and_organisation",
                "name_folded, organisation_id",
                "name_folded IS NOT NULL AND organisation_id IS NOT NULL",
                alike!(name)
            )
        )
    };
}

/// The pairs of a reason that somebody judged to be two.
macro_rules! judged {
    ($reason:literal, $alike:expr) => {
        concat!(
            "SELECT dismissals.id, '",
            $reason,
            "', first.id, second.id, second.created_at FROM dismissals JOIN members first ON first.id = dismissals.first_id \
             JOIN members second ON second.id = dismissals.second_id WHERE dismissals.entity_type = 'member' AND ",
            $alike
        )
    };
}

/// All pairs, from the members, in the columns of their table: for whoever fills the tables past the service.
pub const PAIRS: &str = all_pairs!();

/// The pairs as they were, from the members as they were; as the table has them now.
pub const THEN: &str =
    concat!("member_duplicates (id, reason, first_id, second_id, created_at) AS (", all_pairs!(), ")");

/// Those who are alike and were judged to be two, in the place of the pairs.
pub const DISMISSED: &str = concat!(
    "member_duplicates (id, reason, first_id, second_id, created_at) AS (",
    judged!("same_email", alike!(email)),
    " UNION ALL ",
    judged!("same_name_and_organisation", alike!(name)),
    ")"
);

impl MemberDuplicateReason {
    /// When a member called `first` and one called `second` are alike.
    fn alike(self) -> &'static str {
        match self {
            Self::SameEmail => alike!(email),
            Self::SameNameAndOrganisation => alike!(name),
        }
    }
}

/// A member beside the one that they are paired with.
#[derive(QueryableByName)]
struct Paired {
    #[diesel(sql_type = Text)]
    id: MemberId,
    #[diesel(sql_type = Timestamp)]
    created_at: NaiveDateTime,
    #[diesel(sql_type = Nullable<Text>)]
    first: Option<MemberId>,
}

/// Sets the pairs right after members were made, changed or deleted; `before` has what they were, of those whose names or
/// e-mails changed and of those who are gone. It is the last thing that a transaction does which others could wait for.
pub fn refresh(tx: &mut Tx<'_>, changed: &[&str], before: &[&MemberRow]) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    hold(tx, changed, before)?;
    // As many statements for each of the two reasons, however many members there are.
    MemberDuplicateReason::ALL.iter().try_for_each(|reason| refresh_by(tx, *reason, changed))
}

fn refresh_by(tx: &mut Tx<'_>, reason: MemberDuplicateReason, changed: &[&str]) -> Result<()> {
    let concerned = concerned(tx, reason, changed)?;
    let ids: Vec<&str> = concerned.iter().map(MemberId::as_str).collect();
    let query = format!(
        "SELECT second.id, second.created_at, (SELECT first.id FROM members first WHERE {} AND first.id < second.id AND {} \
           ORDER BY first.id DESC LIMIT 1) AS first \
         FROM members second WHERE second.id IN ({})",
        reason.alike(),
        unjudged!(),
        places(1, &ids)
    );
    let right: Vec<Paired> = bound(query, &ids).load(tx.conn)?;
    let right: BTreeMap<MemberId, (MemberId, NaiveDateTime)> =
        right.into_iter().filter_map(|row| Some((row.id, (row.first?, row.created_at)))).collect();
    let own = || member_duplicates::table.filter(member_duplicates::reason.eq(reason));
    let known: BTreeMap<MemberId, MemberId> = own()
        .filter(member_duplicates::second_id.eq_any(concerned.iter().copied()))
        .select((member_duplicates::second_id, member_duplicates::first_id))
        .load(tx.conn)?
        .into_iter()
        .collect();
    let is_right = |second: &MemberId, first: &MemberId| right.get(second).is_some_and(|(id, _)| id == first);
    let wrong: Vec<MemberId> =
        known.iter().filter(|(second, first)| !is_right(second, first)).map(|(second, _)| *second).collect();
    if !wrong.is_empty() {
        diesel::delete(own().filter(member_duplicates::second_id.eq_any(wrong))).execute(tx.conn)?;
    }
    let new = right.iter().filter(|(second, (first, _))| known.get(*second) != Some(first));
    let new: Vec<_> = new
        .map(|(second, (first, created_at))| (pair(first.as_str(), second.as_str()), first, second, *created_at))
        .collect();
    if !new.is_empty() {
        let columns = ["id", "reason", "first_id", "second_id", "created_at"];
        let rows = new.iter().map(|(id, first, second, created_at)| {
            let [id, reason, first, second] =
                [id.as_str(), reason.as_str(), first.as_str(), second.as_str()].map(Value::Text);
            [id, reason, first, second, Value::Time(*created_at)]
        });
        InsertRows { table: "member_duplicates", columns, rows: rows.collect() }.execute(tx.conn)?;
    }
    Ok(())
}

/// Those whose pair of a reason may have changed: the members themselves, those who were paired with them, those who come
/// next, and those further on who are not paired with whoever is nearest.
fn concerned(tx: &mut Tx<'_>, reason: MemberDuplicateReason, changed: &[&str]) -> Result<BTreeSet<MemberId>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Nullable<Text>)]
        id: Option<MemberId>,
    }
    let values: Vec<String> = (1..=changed.len()).map(|number| format!("(${number})")).collect();
    let (values, reason, alike) = (values.join(", "), reason.as_str(), reason.alike());
    let query = format!(
        "WITH changed (id) AS (VALUES {values}) \
         SELECT id FROM changed \
         UNION SELECT second_id FROM member_duplicates WHERE reason = '{reason}' AND first_id IN (SELECT id FROM changed) \
         UNION SELECT (SELECT second.id FROM members second WHERE {alike} AND second.id > first.id ORDER BY second.id LIMIT 1) \
           FROM changed JOIN members first ON first.id = changed.id \
         UNION SELECT second.id FROM changed JOIN members first ON first.id = changed.id \
           JOIN members second ON {alike} AND second.id > first.id \
           WHERE EXISTS (SELECT 1 FROM dismissals WHERE entity_type = 'member' AND second_id = second.id)"
    );
    let found: Vec<Found> = bound(query, changed).load(tx.conn)?;
    Ok(found.into_iter().filter_map(|found| found.id).collect())
}

type Bound = diesel::query_builder::BoxedSqlQuery<'static, MultiBackend, diesel::query_builder::SqlQuery>;

fn bound(query: String, values: &[&str]) -> Bound {
    let query = diesel::sql_query(query).into_boxed::<MultiBackend>();
    values.iter().fold(query, |query, value| query.bind::<Text, _>((*value).to_owned()))
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
        return hold_all(tx.conn);
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

fn hold_all(conn: &mut Conn) -> Result<()> {
    if matches!(conn, Conn::Postgres(_)) {
        conn.batch_execute(&format!("SELECT pg_advisory_xact_lock({ALL})"))?;
    }
    Ok(())
}

/// What the database knows of the folding by which members are alike, and the version of it that this code has.
const FOLDING: (&str, &str) = ("likenesses", "1");

/// Folds the e-mails anew that the database has folded by itself, and derives all pairs: once for each version of the
/// folding. Part of `migrate`.
pub fn prepare(conn: &mut Conn) -> Result<()> {
    let (key, version) = FOLDING;
    if meta::get(conn, key)?.as_deref() == Some(version) {
        return Ok(());
    }
    conn.transaction(|conn| {
        hold_all(conn)?;
        ["members", "member_revisions"].into_iter().try_for_each(|table| refold(conn, table))?;
        conn.batch_execute(&format!("DELETE FROM member_duplicates; INSERT INTO member_duplicates {PAIRS}"))?;
        Ok(meta::set(conn, key, version)?)
    })
}

/// Values of one statement, at most.
const AT_ONCE: usize = 500;

/// Of ASCII alone both databases make what [`fold`] does.
fn refold(conn: &mut Conn, table: &str) -> Result<()> {
    #[derive(QueryableByName)]
    struct Email {
        #[diesel(sql_type = Text)]
        email: String,
    }
    let (email, is_odd) = match conn {
        Conn::Postgres(_) => ("document::json ->> 'email'", "email_folded ~ '[^ -~]'"),
        Conn::Sqlite(_) => ("json_extract(document, '$.email')", "email_folded GLOB '*[^ -~]*'"),
    };
    let query = format!("SELECT DISTINCT {email} AS email FROM {table} WHERE {is_odd}");
    let emails: Vec<Email> = diesel::sql_query(query).load(conn)?;
    for part in emails.chunks(AT_ONCE) {
        let values: Vec<String> = (0..part.len()).map(|at| format!("(${}, ${})", 2 * at + 1, 2 * at + 2)).collect();
        let query = format!(
            "WITH folds (email, folded) AS (VALUES {}) \
             UPDATE {table} SET email_folded = (SELECT folded FROM folds WHERE folds.email = {email}) \
             WHERE {is_odd} AND {email} IN (SELECT email FROM folds)",
            values.join(", ")
        );
        let folds: Vec<(&str, String)> = part.iter().map(|row| (row.email.as_str(), fold(&row.email))).collect();
        let both: Vec<&str> = folds.iter().flat_map(|(email, folded)| [*email, folded.as_str()]).collect();
        bound(query, &both).execute(conn)?;
    }
    Ok(())
}
