//! A million people, on PostgreSQL: what lists cost there, beside pgbench's same statements, and what must not depend on
//! how many there are.

use serde_json::Value;
use solmu::config::DatabaseUrl;
use solmu::db::{Role, connect};

use crate::ceiling::postgres;
use crate::crowd::{self, MILLION, Size, id};
use crate::service::{CONNECTIONS, Figures, SECONDS, Service, beside};

/// A tenth of it, where the same reads by id are to cost the same.
const TENTH: Size = Size { members: 100_000, organisations: 500, networks: 5_000, concepts: 2_500 };

/// The page of the largest network that must cost no more than its first.
const FAR: u32 = 200;

/// What a figure must be.
struct Bound {
    name: &'static str,
    /// What is compared with what.
    of: String,
    is: f64,
    /// The least it may be, or the most.
    least: Option<f64>,
    most: Option<f64>,
}

impl Bound {
    fn holds(&self) -> bool {
        self.least.is_none_or(|least| self.is >= least) && self.most.is_none_or(|most| self.is <= most)
    }
}

/// Measures all of it on a server.
pub fn measure(server: &str) {
    println!(
        "members: {}, organisations: {}, networks: {}, connections: {CONNECTIONS}, seconds a figure: {SECONDS}\n",
        MILLION.members, MILLION.organisations, MILLION.networks
    );
    let small = start(server, TENTH);
    let by_id_of_few = small.run("member.lua", "/", TENTH);
    drop(small);

    let service = start(server, MILLION);
    let by_id = service.run("member.lua", "/", MILLION);
    let people = beside(|| service.run("people.lua", "/", MILLION), || postgres::people(server, MILLION.organisations));
    let usual = MILLION.networks / 2;
    let members_of =
        |number| format!("/v1/networks/{}/memberships?limit=50&include=member,organisation", id('2', number));
    let network = beside(|| service.get(&members_of(usual)), || postgres::members_of(server, &id('2', usual)));
    let largest = service.get(&members_of(1));
    let far = service.get(&page(&service, &members_of(1), FAR));
    let search =
        format!("/v1/members?limit=50&skill={}&available_on=2026-06-01&branch={}", MILLION.rare_skill(), id('1', 1));
    let rows = service.ask(&search)["items"].as_array().map_or(0, Vec::len);
    assert_eq!(rows, 50, "{search}");
    let search = service.alone(&search);
    let memory = service.memory();
    drop(service);

    let figures = [
        ("member by id, of 100,000", &by_id_of_few),
        ("member by id", &by_id),
        ("a house's people", &people.figures),
        ("a network's members", &network.figures),
        ("the largest network's", &largest),
        ("its page 200", &far),
        ("skill, day, branch; alone", &search),
    ];
    println!("PostgreSQL: {memory:.0} MB after the load");
    println!("{:<28}{:>12}{:>10}{:>10}{:>10}", "", "requests/s", "p50 ms", "p99 ms", "errors");
    for (name, Figures { rate, p50, p99, errors }) in figures {
        println!("{name:<28}{rate:>12.0}{p50:>10.2}{p99:>10.2}{errors:>10}");
    }
    println!();
    let of_pgbench = |tool: f64| format!("of pgbench's {tool:.0} a second");
    let bounds = [
        Bound {
            name: "a house's people",
            of: of_pgbench(people.ceiling),
            is: people.share(),
            least: Some(0.45),
            most: None,
        },
        Bound {
            name: "a network's members",
            of: of_pgbench(network.ceiling),
            is: network.share(),
            least: Some(0.5),
            most: None,
        },
        Bound {
            name: "the largest network's",
            of: "times that of a usual one".to_owned(),
            is: network.figures.rate / largest.rate,
            least: None,
            most: Some(1.5),
        },
        Bound {
            name: "its page 200",
            of: "times its first".to_owned(),
            is: largest.rate / far.rate,
            least: None,
            most: Some(1.5),
        },
        Bound {
            name: "skill, day, branch",
            of: "ms for 99 in 100".to_owned(),
            is: search.p99,
            least: None,
            most: Some(30.0),
        },
        Bound {
            name: "member by id",
            of: "times that of 100,000".to_owned(),
            is: by_id_of_few.rate / by_id.rate,
            least: None,
            most: Some(1.2),
        },
    ];
    println!("{:<28}{:>8}  {:<28}{:>8}{:>8}", "", "is", "", "bound", "");
    for bound in &bounds {
        let limit = bound.least.or(bound.most).unwrap_or_default();
        let verdict = if bound.holds() { "" } else { "MISSED" };
        println!("{:<28}{:>8.2}  {:<28}{limit:>8.2}{verdict:>8}", bound.name, bound.is, bound.of);
    }
}

/// The service on a directory of a size.
fn start(server: &str, size: Size) -> Service {
    Service::start(&postgres::database(server), |url: &DatabaseUrl| {
        crowd::fill(&mut connect(url, Role::Writer).expect("a connection"), size);
    })
}

/// Where a page of a list is, by its number.
fn page(service: &Service, list: &str, number: u32) -> String {
    let mut target = list.to_owned();
    for _ in 1..number {
        match &service.ask(&target)["next"] {
            Value::String(cursor) => target = format!("{list}&cursor={cursor}"),
            _ => panic!("{list} has no page {number}"),
        }
    }
    target
}
