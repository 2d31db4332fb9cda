//! Plans of PostgreSQL, as its server logs them (auto_explain), with what each step read.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, RunQueryDsl, sql_query};
use serde_json::Value;

use super::{Asked, Finding, LARGE};
use crate::harness::eventually;

/// Names the server's log; `tests/with-postgres` sets it.
const LOG: &str = "SOLMU_TEST_POSTGRES_LOG";

#[derive(diesel::QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

#[derive(diesel::QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Has each statement on a database explained in the server's log from now on; the tables and their sizes.
pub fn prepare(conn: &mut PgConnection) -> HashMap<String, u64> {
    let database: Name = sql_query("SELECT current_database()::text AS name").get_result(conn).expect("a database");
    for (setting, value) in [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_timing", "off"),
        ("auto_explain.log_format", "json"),
    ] {
        conn.batch_execute(&format!("ALTER DATABASE {} SET {setting} = '{value}'", database.name)).expect(setting);
    }
    let tables = sql_query("SELECT relname::text AS name, reltuples::bigint AS rows FROM pg_class WHERE relkind = 'r'");
    let tables: Vec<Table> = tables.load(conn).expect("tables");
    tables.into_iter().map(|table| (table.name, u64::try_from(table.rows).unwrap_or_default())).collect()
}

/// The server's log, from where it was read last.
pub struct Log {
    file: File,
}

impl Log {
    pub fn open() -> Self {
        let path = std::env::var(LOG).unwrap_or_else(|_| panic!("{LOG} does not name the server's log"));
        let mut file = File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        file.seek(SeekFrom::End(0)).expect("its end");
        Self { file }
    }

    /// The plans since the last time. No other test has its statements explained.
    fn plans(&mut self) -> Vec<Value> {
        let mut bytes = Vec::new();
        self.file.read_to_end(&mut bytes).expect("the log is read");
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = text.lines().peekable();
        let mut plans = Vec::new();
        while let Some(line) = lines.next() {
            if line.contains(" duration: ") && line.ends_with(" plan:") {
                let mut plan = String::new();
                while let Some(more) = lines.next_if(|line| line.starts_with('\t')) {
                    plan.push_str(more);
                }
                plans.push(serde_json::from_str(&plan).unwrap_or_else(|error| panic!("{error} in {plan}")));
            }
        }
        plans
    }

    pub fn findings(&mut self, asked: &Asked<'_>, rows: &HashMap<String, u64>) -> Vec<Finding> {
        let plans = eventually("the plans are in the log", || Some(self.plans()).filter(|plans| !plans.is_empty()));
        plans.iter().flat_map(|plan| judged(plan, asked, rows)).collect()
    }
}

fn judged(explained: &Value, asked: &Asked<'_>, rows: &HashMap<String, u64>) -> Vec<Finding> {
    let statement = explained["Query Text"].as_str().expect("a query").to_owned();
    let counts = statement.contains("COUNT(");
    let mut judge = Judge { asked, rows, counts, lines: Vec::new(), found: Vec::new() };
    judge.node(&explained["Plan"], 1);
    let plan = judge.lines.join("\n");
    let finding = |what| Finding { what, statement: statement.clone(), plan: plan.clone() };
    judge.found.into_iter().map(finding).collect()
}

struct Judge<'a> {
    asked: &'a Asked<'a>,
    rows: &'a HashMap<String, u64>,
    counts: bool,
    lines: Vec<String>,
    found: Vec<String>,
}

impl Judge<'_> {
    /// Looks at a step and those below it; the rows that it gave, and the size of the largest table below.
    fn node(&mut self, node: &Value, depth: usize) -> (u64, u64) {
        let text = |name: &str| node[name].as_str().unwrap_or_default();
        let number = |name: &str| node[name].as_f64().unwrap_or_default() as u64;
        let (kind, table) = (text("Node Type"), text("Relation Name"));
        let loops = number("Actual Loops");
        let given = number("Actual Rows") * loops;
        let read = given + (number("Rows Removed by Filter") + number("Rows Removed by Index Recheck")) * loops;
        let condition =
            ["Index Cond", "Recheck Cond", "Filter", "Sort Key", "CTE Name"].map(|name| match &node[name] {
                Value::Null => String::new(),
                value => format!(" {name}: {value}"),
            });
        self.lines.push(format!(
            "{:indent$}{kind} {table} {} rows {given} of {read}{}",
            "",
            text("Index Name"),
            condition.concat(),
            indent = depth * 2
        ));
        let mut largest = self.rows.get(table).copied().unwrap_or_default();
        let mut taken = 0;
        for below in node["Plans"].as_array().into_iter().flatten() {
            let (rows, size) = self.node(below, depth + 1);
            largest = largest.max(size);
            taken = if below["Parent Relationship"] == "Outer" { rows } else { taken };
        }
        if let Some(there) = self.rows.get(table).copied().filter(|there| *there >= LARGE && loops > 0) {
            let is_whole = kind.ends_with("Seq Scan");
            let found = if node["Filter"].is_null() { self.asked.total } else { self.asked.total.max(given) };
            let is_once = loops == 1 || node["Parallel Aware"] == true;
            let may_scan = is_once && self.asked.may_scan(there, self.counts, found);
            if is_whole && !may_scan {
                self.found.push(format!("scan {table}"));
            } else if read > self.asked.budget(there, self.counts) && !may_scan {
                self.found.push(format!("walk {table}"));
            }
        }
        if kind.ends_with("Sort")
            && taken > self.asked.budget(largest, false)
            && !self.asked.may_scan(largest, false, taken)
        {
            self.found.push(format!("sort of {taken}"));
        }
        (given, largest)
    }
}
