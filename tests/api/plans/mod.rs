//! Every list, with every filter and every order, reads no more than it must of a directory that is large.
//!
//! The plans are those of the statements that the service runs: PostgreSQL tells them by `auto_explain`, with how many rows
//! each step really read, and SQLite is asked for the plan of each statement that diesel hands to it.
//!
//! A directory of 30,000 people is enough for the planners to do what they do with a million.
//! `SOLMU_PLANS_MEMBERS=1000000 tests/with-postgres cargo test --test api plans` tries as many as one likes.

mod postgres;
mod sqlite;
mod values;

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use diesel::{RunQueryDsl, sql_query};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use solmu::db::{Role, connect};
use solmu::http::query::encode;

use crate::contracts::lists::{instant, sorts};
use crate::contracts::operation::{Operation, lists};
use crate::crowd::{self, Size};
use crate::harness::{App, Token};
use crate::statements::recorded;

/// Rows from which on a table is large.
const LARGE: u64 = 4_000;

/// Rows up to which a table may be read whole to find one in fifty of them, which takes a few milliseconds.
const MIDDLING: u64 = 25_000;

/// How many people there are.
const MEMBERS: u32 = 30_000;

/// What a query's own signs leave to be encoded.
const SPACES: &AsciiSet = &CONTROLS.add(b' ');

/// A list that was asked for.
struct Asked<'a> {
    list: &'a Operation,
    query: String,
    /// How many rows match, whichever page it is.
    total: u64,
}

/// A table that a statement reads too much of, or a sort of too much.
struct Finding {
    /// What it is: a word, and a table.
    what: String,
    statement: String,
    plan: String,
}

/// What tells plans.
enum Planner {
    Postgres(postgres::Log),
    Sqlite(sqlite::Recorded),
}

impl Planner {
    /// Passes over the statements since the last time.
    fn forget(&mut self) {
        match self {
            Self::Postgres(log) => *log = postgres::Log::open(),
            Self::Sqlite(recorded) => recorded.forget(),
        }
    }

    /// What is wrong with the statements since the last time.
    fn findings(&mut self, asked: &Asked<'_>, rows: &HashMap<String, u64>) -> Vec<Finding> {
        match self {
            Self::Postgres(log) => log.findings(asked, rows),
            Self::Sqlite(recorded) => recorded.findings(asked, rows),
        }
    }
}

impl Asked<'_> {
    /// How many rows of a table of that size may be read: for a page a fifth of a large one, and where all that match are
    /// counted, twenty for each.
    fn budget(&self, rows: u64, counts: bool) -> u64 {
        let usual = (rows / 5).max(1_000);
        if counts { usual.max(20 * self.total) } else { usual }
    }

    /// Whether a table of that size may be read whole, to find so many of its rows.
    fn may_scan(&self, rows: u64, counts: bool, found: u64) -> bool {
        rows < LARGE || (counts && 20 * self.total >= rows) || (rows <= MIDDLING && 50 * found >= rows)
    }
}

impl fmt::Display for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}?{} ({} rows)", self.list.id, self.query, self.total)
    }
}

fn size() -> Size {
    let members = std::env::var("SOLMU_PLANS_MEMBERS").map_or(MEMBERS, |number| number.parse().expect("a number"));
    let networks = if members < crowd::MILLION.members { 10_000 } else { crowd::MILLION.networks };
    Size { members, networks, ..crowd::MILLION }
}

#[test]
fn every_list_reads_no_more_than_it_must() {
    let size = size();
    let mut rows = HashMap::new();
    let (app, url) = recorded(false, |url| {
        let mut conn = connect(url, Role::Writer).expect("a connection");
        crowd::fill(&mut conn, size);
        match &mut conn {
            solmu::db::Conn::Postgres(conn) => rows = postgres::prepare(conn),
            solmu::db::Conn::Sqlite(conn) => rows = sqlite::sizes(conn),
        }
    });
    let mut planner = match crate::database::is_on_postgres() {
        true => Planner::Postgres(postgres::Log::open()),
        false => Planner::Sqlite(sqlite::Recorded::of(url)),
    };
    let mut walk = Walk {
        app: &app,
        planner: &mut planner,
        rows: &rows,
        size,
        reader: None,
        excused: BTreeSet::new(),
        found: Vec::new(),
    };
    walk.notices_what_is_bad();
    for list in lists() {
        walk.all(list);
    }
    // Whoever does not see everything asks more of each person.
    let own = json!({ "issuer": "solmu", "subject": "Reader" });
    app.post(&format!("/v1/members/{}/identities", crowd::id('7', 1)), own).by(Token::Hr).send().expect(201);
    walk.planner.forget();
    walk.reader = Some(Token::Reader);
    for list in lists().filter(|list| values::OF_PEOPLE.contains(&list.id)) {
        walk.all(list);
    }
    walk.previews();
    walk.end();
}

/// What was asked so far.
struct Walk<'a> {
    app: &'a App,
    planner: &'a mut Planner,
    rows: &'a HashMap<String, u64>,
    size: Size,
    /// Who asks, where it is not somebody who sees everything.
    reader: Option<Token>,
    /// The exceptions that were needed.
    excused: BTreeSet<usize>,
    found: Vec<String>,
}

impl Walk<'_> {
    /// A page of those who have what no index knows of, in an order that none leads through.
    fn notices_what_is_bad(&mut self) {
        let list = lists().next().expect("a list");
        let bad = "SELECT id FROM members WHERE profile <> '' ORDER BY document LIMIT 51";
        self.app.db().read_now(|conn| Ok(sql_query(bad).execute(conn)?)).expect("it runs");
        let asked = Asked { list, query: String::new(), total: self.size.members.into() };
        let found: Vec<String> = self.planner.findings(&asked, self.rows).into_iter().map(|one| one.what).collect();
        let noticed = |what: &str| found.iter().any(|one| one.starts_with(what));
        assert!(noticed("scan members") && noticed("sort of"), "{found:?}");
    }

    /// A list in all its orders, by all its filters, with all that may come with it.
    fn all(&mut self, list: &Operation) {
        assert!(self.twice(list, "") > 0, "{} has no rows: crowd must make some", list.id);
        // There is nothing to be found by what HR alone sees.
        let is_hr = self.reader.is_none();
        let may_ask = |query: &str| is_hr || !values::OF_HR.iter().any(|part| query.contains(part));
        for sort in sorts(self.app, list).into_iter().filter(|sort| may_ask(&format!("sort={sort}"))) {
            self.twice(list, &format!("sort={sort}"));
            self.twice(list, &format!("sort=-{sort}"));
        }
        for relation in list.values("include") {
            self.twice(list, &format!("include={relation}"));
        }
        let common = ["limit", "cursor", "sort", "count", "fields", "include", "as_of"];
        let filters = list.names("query").into_iter().filter(|name| !common.contains(name));
        for name in filters.filter(|name| may_ask(&format!("{name}="))) {
            let values = values::of(list.id, name, self.size);
            let rows: u64 = values.iter().map(|value| self.twice(list, &format!("{name}={value}"))).sum();
            assert!(rows > 0, "no value of {name} finds anything in {}", list.id);
        }
        for query in values::together(list.id, self.size).iter().filter(|query| may_ask(query)) {
            self.twice(list, query);
        }
    }

    /// A list as it is now, and as it is as of now; how many rows it has.
    fn twice(&mut self, list: &Operation, query: &str) -> u64 {
        let total = self.pages(list, query);
        let past = self.pages(list, &format!("{query}&as_of={}", encode(&instant())));
        assert_eq!(total, past, "{}?{query}, and as of now", list.id);
        total
    }

    /// The first page with the count, and the next.
    fn pages(&mut self, list: &Operation, query: &str) -> u64 {
        let query = query.trim_start_matches('&');
        let path = values::path(list.template);
        // As a browser sends it.
        let sent = |query: &str| utf8_percent_encode(query.trim_start_matches('&'), SPACES).to_string();
        let (app, caller) = (self.app, self.reader.unwrap_or(list.caller()));
        let ask = |query: &str| list.bare(app, &format!("{path}?{}", sent(query))).by(caller).send().expect(200).json();
        let first = ask(&format!("{query}&count=true"));
        let total = first["total"].as_u64().expect("a total");
        let mut asked = Asked { list, query: query.to_owned(), total };
        self.judge(&asked);
        if let Value::String(cursor) = &first["next"] {
            ask(&format!("{query}&cursor={cursor}"));
            asked.query.push_str("&cursor");
            self.judge(&asked);
        }
        total
    }

    /// What the end of a house would do: to all, and to those whom a reader sees.
    fn previews(&mut self) {
        let (list, house) = (lists().find(|list| list.id == "list_organisation_changes"), crowd::id('1', 100));
        let moves = json!([{ "from": house, "nowhere": true }]);
        let plan = json!({ "type": "closure", "effective_on": "2026-01-01", "original_ids": [house], "result_ids": [],
            "moves": moves });
        let made = self.app.post("/v1/organisation-changes", plan).by(Token::Admin).send().expect(201);
        let path = format!("{}/preview", made.header("location").expect("its address"));
        for caller in [Token::Admin, Token::Reader] {
            self.planner.forget();
            let told = self.app.get(&path).by(caller).send().expect(200).json();
            let total = told["total"]["left"].as_u64().expect("a number");
            assert!(total > 0 && told["ending_memberships"] != 0, "{told}");
            self.judge(&Asked { list: list.expect("a list"), query: format!("preview by {caller:?}"), total });
        }
    }

    fn judge(&mut self, asked: &Asked<'_>) {
        for finding in self.planner.findings(asked, self.rows) {
            match values::excuse(asked.list.id, &asked.query, &finding.what) {
                Some(number) => {
                    self.excused.insert(number);
                }
                None => {
                    self.found.push(format!("{asked}: {}\n{}\n{}", finding.what, finding.statement, finding.plan));
                }
            }
        }
    }

    fn end(self) {
        let Self { found, excused, size, .. } = self;
        assert!(found.is_empty(), "{} bad plans:\n\n{}", found.len(), found.join("\n\n"));
        let unused = if size.members == MEMBERS { values::unused(&excused) } else { Vec::new() };
        assert!(unused.is_empty(), "exceptions that nothing needs any more: {unused:?}");
    }
}
