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

use ceiling::{Ceiling, Sqlite, Work, postgres};
use service::{Beside, Figures, Service, beside};

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
    measure("SQLite", &url, ("static", 0.22), || Sqlite::open(&url));
    match std::env::var("SOLMU_TEST_POSTGRES_URL") {
        Ok(server) if durable => {
            let url = postgres::database(&server);
            measure("PostgreSQL", &url, ("pgbench", 0.27), || postgres::Pgbench { server: &server })
        }
        Ok(_) => println!("PostgreSQL: left out, since its commits are not durable; set SOLMU_TEST_DURABLE=1"),
        Err(_) => {
            println!("PostgreSQL: left out; run SOLMU_TEST_DURABLE=1 tests/with-postgres cargo bench --bench load")
        }
    }
}

/// Measures each thing beside its ceiling; a network by its id beside what the floor is of.
fn measure<C: Ceiling>(database: &str, url: &str, (of, read_floor): (&'static str, f64), open: impl FnOnce() -> C) {
    let mut service = Service::start(url, directory::fill_at);
    let filled = service.idle(directory::NETWORKS + people::MEMBERS);
    service.restart();
    let idle = service.idle(0);
    let mut ceiling = open();
    let mut rows: Vec<(&str, Beside, &str, f64)> = Vec::new();
    let fixed = || service.get("/healthz");
    let read = || service.run("read.lua", "/", directory::SIZE);
    let of_read = |ceiling: &mut C| if of == "static" { fixed().rate } else { ceiling.rate(Work::Read) };
    rows.push(("read by id", beside(read, || of_read(&mut ceiling)), of, read_floor));
    let page = "/v1/networks?status=active&formality=voluntary&limit=50";
    let largest = format!("/v1/networks/{}/memberships?limit=50&include=member", directory::network(1));
    let measured: [(&str, Work, &dyn Fn() -> Figures, f64); 6] = [
        ("page of 50", Work::Page, &|| service.get(page), 0.45),
        ("member by id", Work::Member, &|| service.run("member.lua", "/", directory::SIZE), 0.0),
        ("house's people", Work::People, &|| service.run("people.lua", "/", directory::SIZE), 0.0),
        ("net's members", Work::Largest, &|| service.get(&largest), 0.0),
        ("create", Work::Create, &|| service.run("create.lua", "/v1/networks", directory::SIZE), 0.45),
        ("merge-patch", Work::Create, &|| service.run("patch.lua", "/", directory::SIZE), 0.0),
    ];
    for (name, work, run, floor) in measured {
        rows.push((name, beside(run, || ceiling.rate(work)), C::TOOL, floor));
    }
    let loaded = service.memory();
    println!(
        "{database}: started in {} ms, {idle:.0} MB idle ({filled:.0} MB where it has just filled its index), {loaded:.0} MB after the load; a static answer {:.0} times a second",
        service.started.as_millis(),
        fixed().rate
    );
    println!(
        "{:<14}{:>12}{:>10}{:>10}{:>10}   {:<10}{:>12}{:>8}{:>8}",
        "", "requests/s", "p50 ms", "p99 ms", "errors", "ceiling", "a second", "share", "floor"
    );
    for (name, beside, tool, floor) in rows {
        let Figures { rate, p50, p99, errors } = &beside.figures;
        println!(
            "{name:<14}{rate:>12.0}{p50:>10.2}{p99:>10.2}{errors:>10}   {tool:<10}{:>12.0}{:>8.2}{floor:>8.2}",
            beside.ceiling,
            beside.share()
        );
    }
    println!();
}
