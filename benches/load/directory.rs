//! A directory to measure on: 100,000 networks below 500 organisations, and people, the same ones every time.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use clap::Parser;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use solmu::config::{Cli, Command, DatabaseUrl};
use solmu::db::{Conn, Db};
use solmu::{networks, organisations};

use crate::crowd::Size;
use crate::crowd::words::{FIRST, SECOND};
use crate::people;

/// Networks in the directory.
pub const NETWORKS: u32 = 100_000;

/// Organisations in it.
pub const ORGANISATIONS: u32 = 500;

/// Networks in one transaction.
const BATCH: u32 = 10_000;

/// A row of numbers that look random and never change: a linear congruential generator (Knuth's MMIX constants).
pub struct Numbers(pub u64);

impl Numbers {
    /// One of the numbers below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound
    }

    /// One of some words.
    pub fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// How large it is, for the scripts that ask for one of many.
pub const SIZE: Size = Size { members: people::MEMBERS, organisations: ORGANISATIONS, networks: NETWORKS, concepts: 0 };

/// Fills an empty directory by its URL.
pub fn fill_at(url: &DatabaseUrl) {
    let text = match url {
        DatabaseUrl::Postgres(text) => text.clone(),
        DatabaseUrl::Sqlite(path) => format!("sqlite:{path}"),
    };
    let config = Cli::parse_from(["solmu", "migrate", "--database-url", &text]);
    let Command::Migrate(config) = config.command else { panic!("not migrate") };
    fill(&Db::open(&config).expect("opened"));
}

fn fill(db: &Db) {
    let time: NaiveDateTime = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day").and_time(NaiveTime::MIN);
    let organisations = (1..=ORGANISATIONS).map(|number| {
        let parent = (number > 12).then(|| organisation(number % 12 + 1));
        let kind = if number <= 12 { "ministry" } else { "agency" };
        (
            organisation(number),
            json!({ "name": { "fi": format!("Virasto {number}") }, "kind": kind, "parent_id": parent }),
        )
    });
    let organisations = organisations.map(|(id, document)| (id.parse().expect("an id"), parsed(document))).collect();
    db.write_now(None, time, |tx| organisations::load(tx, organisations)).expect("organisations");
    let mut numbers = Numbers(7);
    for first in (1..=NETWORKS).step_by(BATCH as usize) {
        let batch = (first..first + BATCH).map(|number| (network(number), document(number, &mut numbers)));
        let batch = batch.map(|(id, document)| (id.parse().expect("an id"), parsed(document))).collect();
        db.write_now(None, time, |tx| networks::load(tx, batch)).expect("networks");
    }
    people::fill(db, time);
    // What PostgreSQL's autovacuum would do within a minute, and its checkpointer within some; neither the plans nor the
    // figures should depend on whether they have.
    let analyze = |conn: &mut Conn| match conn {
        Conn::Postgres(conn) => {
            Ok(["VACUUM ANALYZE", "CHECKPOINT"].iter().try_for_each(|last| conn.batch_execute(last))?)
        }
        Conn::Sqlite(_) => Ok(()),
    };
    db.read_now(analyze).expect("analyzed");
}

/// A document of the type that is asked for.
pub fn parsed<T: serde::de::DeserializeOwned>(document: Value) -> T {
    serde_json::from_value(document).expect("a document")
}

/// The id of an organisation by its number.
pub fn organisation(number: u32) -> String {
    format!("01900000-0000-7001-8000-{number:012}")
}

/// The id of a network by its number.
pub fn network(number: u32) -> String {
    format!("01900000-0000-7002-8000-{number:012}")
}

fn document(number: u32, numbers: &mut Numbers) -> Value {
    let fi = format!("{}{} {number}", numbers.of(&FIRST), numbers.of(&SECOND));
    json!({
        "name": { "fi": fi, "sv": format!("Nätverk {fi}"), "en": format!("Network {fi}") },
        "description": { "fi": "Yhdistää samaa työtä tekevät eri organisaatioissa, jakaa kokemuksia ja valmistelee yhdessä.", "sv": "Förenar dem som gör samma arbete i olika organisationer." },
        "kind": numbers.of(&["network", "network", "network", "forum", "working_group", "small_group", "alumni"]),
        "formality": numbers.of(&["voluntary", "official"]),
        "status": numbers.of(&["active", "active", "active", "forming", "dormant", "closed"]),
        "join_policy": numbers.of(&["open", "on_application", "by_invitation"]),
        "admits": ["state", "municipal"],
        "visibility": numbers.of(&["public", "administration", "administration", "members"]),
        "host_organisation_id": organisation(u32::try_from(numbers.below(ORGANISATIONS as usize)).expect("small") + 1),
        "cadence": { "times": numbers.below(12) + 1, "per": "year" },
    })
}

/// A new network to create.
pub fn new_network() -> String {
    document(0, &mut Numbers(99)).to_string()
}
