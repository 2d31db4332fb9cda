//! The load benchmark: requests a second, latency and memory of the service as it is run in earnest, beside ceilings
//! measured in the same run. The README says how to start it.
//!
//! Needs `wrk`; for PostgreSQL a server (`tests/with-postgres`) and `pgbench`.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]
#![allow(clippy::disallowed_methods)]

mod ceiling;
#[path = "../../tests/crowd/mod.rs"]
mod crowd;
mod directory;
// Of its moods, the benchmark knows one.
#[allow(dead_code)]
#[path = "../../tests/api/oidc/issuer.rs"]
mod issuer;
mod million;
mod people;
mod service;

use ceiling::{Ceilings, postgres, sqlite};
use service::{Figures, Service};

/// What is measured, with the least share of which ceiling it must reach.
struct Row {
    name: &'static str,
    figures: Figures,
    ceiling: (&'static str, f64),
    floor: f64,
}

fn main() {
    // `cargo bench` hands its own flags on, and `cargo test --benches` only wants to see that it starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let durable = std::env::var("SOLMU_TEST_DURABLE").is_ok();
    match std::env::var("SOLMU_BENCH_SIZE").as_deref() {
        Err(_) => {}
        Ok("million") if durable => {
            let server = std::env::var("SOLMU_TEST_POSTGRES_URL").expect("a million is measured on PostgreSQL");
            return million::measure(&server);
        }
        Ok("million") => panic!("PostgreSQL's commits are not durable; set SOLMU_TEST_DURABLE=1"),
        Ok(other) => panic!("SOLMU_BENCH_SIZE is million, or not set; not {other}"),
    }
    println!(
        "networks: {}, members: {}, connections: {}, seconds a figure: {}\n",
        directory::NETWORKS,
        people::MEMBERS,
        service::CONNECTIONS,
        service::SECONDS
    );
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("load.db").display());
    measure("SQLite", &url, |ceilings| sqlite(folder.path(), ceilings));
    match std::env::var("SOLMU_TEST_POSTGRES_URL") {
        Ok(server) if durable => {
            measure("PostgreSQL", &postgres::database(&server), |ceilings| postgres::ceilings(&server, ceilings))
        }
        Ok(_) => println!("PostgreSQL: left out, since its commits are not durable; set SOLMU_TEST_DURABLE=1"),
        Err(_) => {
            println!("PostgreSQL: left out; run SOLMU_TEST_DURABLE=1 tests/with-postgres cargo bench --bench load")
        }
    }
}

fn measure(database: &str, url: &str, ceilings: impl FnOnce(&mut Ceilings)) {
    let service = Service::start(url, directory::fill_at);
    let idle = service.memory();
    let fixed = service.get("/healthz");
    let read = service.run("read.lua", "/", directory::SIZE);
    let page = service.get("/v1/networks?status=active&formality=voluntary&limit=50");
    let member = service.run("member.lua", "/", directory::SIZE);
    let people = service.run("people.lua", "/", directory::SIZE);
    let largest = service.get(&format!("/v1/networks/{}/memberships?limit=50&include=member", directory::network(1)));
    let create = service.run("create.lua", "/v1/networks", directory::SIZE);
    let patch = service.run("patch.lua", "/", directory::SIZE);
    let loaded = service.memory();
    let started = service.started;
    drop(service);
    let mut beside = Ceilings::default();
    ceilings(&mut beside);
    let rows = [
        Row { name: "static JSON", ceiling: ("itself", fixed.rate), floor: 0.0, figures: fixed.clone() },
        match database {
            "SQLite" => Row { name: "read by id", ceiling: ("static", fixed.rate), floor: 0.22, figures: read },
            _ => Row { name: "read by id", ceiling: ("pgbench", beside.read), floor: 0.27, figures: read },
        },
        Row { name: "page of 50", ceiling: (beside.tool, beside.page), floor: 0.45, figures: page },
        Row { name: "member by id", ceiling: (beside.tool, beside.member), floor: 0.0, figures: member },
        Row { name: "house's people", ceiling: (beside.tool, beside.people), floor: 0.0, figures: people },
        Row { name: "net's members", ceiling: (beside.tool, beside.largest), floor: 0.0, figures: largest },
        Row { name: "create", ceiling: (beside.tool, beside.create), floor: 0.45, figures: create },
        Row { name: "merge-patch", ceiling: (beside.tool, beside.create), floor: 0.0, figures: patch },
    ];
    println!("{database}: started in {} ms, {:.0} MB idle, {:.0} MB after the load", started.as_millis(), idle, loaded);
    println!(
        "{:<14}{:>12}{:>10}{:>10}{:>10}   {:<10}{:>12}{:>8}{:>8}",
        "", "requests/s", "p50 ms", "p99 ms", "errors", "ceiling", "a second", "share", "floor"
    );
    for Row { name, figures, ceiling: (tool, ceiling), floor } in rows {
        println!(
            "{name:<14}{:>12.0}{:>10.2}{:>10.2}{:>10}   {tool:<10}{ceiling:>12.0}{:>8.2}{floor:>8.2}",
            figures.rate,
            figures.p50,
            figures.p99,
            figures.errors,
            figures.rate / ceiling
        );
    }
    println!();
}
