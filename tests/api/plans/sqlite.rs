//! Plans of SQLite: it does not say how many rows a step reads, but which index it goes by.

use std::collections::HashMap;

use diesel::sql_types::{BigInt, Integer, Text};
use diesel::{RunQueryDsl, SqliteConnection, sql_query};
use solmu::db::{Conn, Role, connect};

use super::{Asked, Finding, LARGE};
use crate::statements::taken;

/// A line of a plan.
#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Integer)]
    id: i32,
    #[diesel(sql_type = Integer)]
    parent: i32,
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(diesel::QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(diesel::QueryableByName)]
struct Rows {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// The tables and their sizes.
pub fn sizes(conn: &mut SqliteConnection) -> HashMap<String, u64> {
    let tables = sql_query("SELECT name FROM sqlite_schema WHERE type = 'table'").load::<Table>(conn).expect("tables");
    let size = |Table { name }: Table| {
        let counted = sql_query(format!("SELECT count(*) AS \"rows\" FROM \"{name}\"")).get_result::<Rows>(conn);
        (name, u64::try_from(counted.expect("counted").rows).unwrap_or_default())
    };
    tables.into_iter().map(size).collect()
}

/// The statements that the service runs, and a connection of one's own to ask for their plans.
pub struct Recorded {
    url: String,
    conn: SqliteConnection,
}

impl Recorded {
    pub fn of(url: String) -> Self {
        let opened = connect(&format!("sqlite:{url}").parse().expect("a URL"), Role::Reader).expect("a connection");
        let Conn::Sqlite(conn) = opened else { panic!("not SQLite") };
        taken(&url);
        Self { url, conn }
    }

    /// Passes over the statements since the last time.
    pub fn forget(&mut self) {
        taken(&self.url);
    }

    pub fn findings(&mut self, asked: &Asked<'_>, rows: &HashMap<String, u64>) -> Vec<Finding> {
        let statements = taken(&self.url);
        assert!(!statements.is_empty(), "no statement of {asked} was seen");
        let found = statements.iter().flat_map(|statement| self.judged(statement, asked, rows)).collect();
        // Those that asked for the plans.
        taken(&self.url);
        found
    }

    /// What is wrong with a statement. It is planned as the service's own is: bound values play no part in it (QPSG).
    fn judged(&mut self, statement: &str, asked: &Asked<'_>, rows: &HashMap<String, u64>) -> Vec<Finding> {
        let (statement, _) = statement.rsplit_once("-- binds:").unwrap_or((statement, ""));
        let lines = sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load::<Line>(&mut self.conn);
        let lines = lines.unwrap_or_else(|error| panic!("{error}: {statement}"));
        let plan: Vec<String> =
            lines.iter().map(|line| format!("  {} < {}: {}", line.id, line.parent, line.detail)).collect();
        let counts = statement.contains("COUNT(");
        let finding = |what| Finding { what, statement: statement.to_owned(), plan: plan.join("\n") };
        let mut found: Vec<Finding> =
            lines.iter().filter_map(|line| scanned(line, counts, asked, rows)).map(finding).collect();
        // What is sorted is what the statement itself reads, not what it asks of its subqueries.
        let own = lines.iter().filter(|line| line.parent == 0);
        let largest = own.filter_map(|line| rows.get(table(&line.detail)?)).max().copied().unwrap_or_default();
        let sorts = lines.iter().any(|line| line.parent == 0 && line.detail == "USE TEMP B-TREE FOR ORDER BY");
        let is_page = statement.contains(" LIMIT ");
        if sorts
            && is_page
            && asked.total > asked.budget(largest, false)
            && !asked.may_scan(largest, false, asked.total)
        {
            found.push(finding(format!("sort of {}", asked.total)));
        }
        // One that goes through an index in its order, to find a few rows.
        let first = lines.iter().find(|line| line.parent == 0);
        if let Some(walked) =
            first.filter(|line| is_page && line.detail.starts_with("SCAN ") && line.detail.contains(" USING "))
        {
            let name = table(&walked.detail).unwrap_or_default();
            let there = rows.get(name).copied().unwrap_or_default();
            if there >= LARGE && there * 51 / asked.total.max(51) > asked.budget(there, counts) {
                found.push(finding(format!("walk {name}")));
            }
        }
        found
    }
}

/// The table that a line reads.
fn table(detail: &str) -> Option<&str> {
    detail.strip_prefix("SCAN ").or_else(|| detail.strip_prefix("SEARCH "))?.split(' ').next()
}

/// A large table that is read from one end to the other.
fn scanned(line: &Line, counts: bool, asked: &Asked<'_>, rows: &HashMap<String, u64>) -> Option<String> {
    let name = table(&line.detail)?;
    let there = rows.get(name).copied().filter(|there| *there >= LARGE)?;
    let is_whole = line.detail.starts_with("SCAN ") && (counts || !line.detail.contains(" USING "));
    let is_whole = is_whole || line.detail.contains("AUTOMATIC");
    (is_whole && !asked.may_scan(there, counts, asked.total)).then(|| format!("scan {name}"))
}
