//! The ceilings: the same statements without the service.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text, Timestamp};
use diesel::{RunQueryDsl, SqliteConnection, sql_query};
use solmu::db::{Conn, Role, connect, now};

use crate::directory::{NETWORKS, ORGANISATIONS, network, organisation};
use crate::people::{MEMBERS, member};

/// What is measured without the service.
#[derive(Clone, Copy)]
pub enum Work {
    /// A network by its id.
    Read,
    /// A filtered, sorted page of 50.
    Page,
    /// A member by their id.
    Member,
    /// A page of 50 of an organisation's people, by name.
    People,
    /// A page of 50 of the largest network's members, by name, with who they are.
    Largest,
    /// A network, with its names, revision and change, in one durable transaction.
    Create,
}

/// What does the work without the service.
pub trait Ceiling {
    /// Its name.
    const TOOL: &'static str;

    /// Executions a second.
    fn rate(&mut self, work: Work) -> f64;
}

/// The page, as the service asks for it.
const PAGE: &str = "SELECT id, version, created_at, updated_at, document, sort_key_en, needs_coordinator FROM networks WHERE status = 'active' AND formality = 'voluntary' ORDER BY sort_key_en, id LIMIT 51";

/// An organisation's people, as the service asks for them.
const PEOPLE: &str = "SELECT id, version, created_at, updated_at, document, sort_key, profile, profile_version, confirmed_at, fresh_at, organisation_id FROM members WHERE organisation_id = $1 ORDER BY sort_key, id LIMIT 51";

/// The largest network's members: that it is there, their memberships, and who they are.
const LARGEST: [&str; 3] = [
    "SELECT * FROM networks WHERE id = '01900000-0000-7002-8000-000000000001'",
    "SELECT * FROM memberships WHERE network_id = '01900000-0000-7002-8000-000000000001' ORDER BY member_sort_key, id LIMIT 51",
    "SELECT id, document, organisation_id FROM members WHERE id IN (SELECT member_id FROM (SELECT member_id FROM memberships WHERE network_id = '01900000-0000-7002-8000-000000000001' ORDER BY member_sort_key, id LIMIT 50) AS page)",
];

/// Makes a copy of a network under another id: as much as the service writes.
const CREATE: [&str; 4] = [
    "INSERT INTO networks SELECT $1, version, created_at, updated_at, document, kind, formality, status, join_policy, visibility, host_organisation_id, founded_on, closed_on, sort_key_fi, sort_key_sv, sort_key_en, names_version, needs_coordinator FROM networks WHERE id = $2",
    "INSERT INTO network_names SELECT $1, names_version, language, folded FROM network_names WHERE network_id = $2",
    "INSERT INTO network_revisions SELECT created_at, updated_at, networks.* FROM networks WHERE id = $1",
    "INSERT INTO changes (epoch, entity_type, entity_id, version, action, fields, changed_at) VALUES (1, 'network', $1, 1, 'created', '[]', $2)",
];

/// SQLite in this thread, with the flags and settings of the service.
pub struct Sqlite {
    conn: SqliteConnection,
    created: u32,
}

impl Sqlite {
    /// On the database that the service has.
    pub fn open(url: &str) -> Self {
        let Ok(Conn::Sqlite(conn)) = connect(&url.parse().expect("a URL"), Role::Writer) else {
            panic!("SQLite opens")
        };
        Self { conn, created: 0 }
    }
}

impl Ceiling for Sqlite {
    const TOOL: &'static str = "SQLite";

    fn rate(&mut self, work: Work) -> f64 {
        let Self { conn, created } = self;
        let mut number = 0;
        rate(|| {
            number += 1;
            match work {
                Work::Read => {
                    let query = sql_query("SELECT * FROM networks WHERE id = $1");
                    let query = query.bind::<Text, _>(network(number % NETWORKS + 1));
                    assert_eq!(query.load::<Row>(conn).expect("read").len(), 1);
                }
                Work::Page => assert_eq!(sql_query(PAGE).load::<Row>(conn).expect("page").len(), 51),
                Work::Member => {
                    let query = sql_query("SELECT * FROM members WHERE id = $1");
                    let query = query.bind::<Text, _>(member(number % MEMBERS + 1));
                    assert_eq!(query.load::<Row>(conn).expect("member").len(), 1);
                }
                Work::People => {
                    let query = sql_query(PEOPLE).bind::<Text, _>(organisation(number % ORGANISATIONS + 1));
                    assert_eq!(query.load::<Row>(conn).expect("people").len(), 51);
                }
                Work::Largest => {
                    let [network, memberships, members] = LARGEST;
                    assert_eq!(sql_query(network).load::<Row>(conn).expect("network").len(), 1);
                    assert_eq!(sql_query(memberships).load::<Id>(conn).expect("memberships").len(), 51);
                    assert_eq!(sql_query(members).load::<Row>(conn).expect("members").len(), 50);
                }
                Work::Create => {
                    *created += 1;
                    create(conn, &format!("01900000-0000-7002-9000-{created:012}"));
                }
            }
        })
    }
}

/// A row that is read whole, as far as SQLite goes.
#[derive(diesel::QueryableByName)]
#[allow(dead_code)]
struct Row {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    document: String,
}

/// A row that has no document.
#[derive(diesel::QueryableByName)]
#[allow(dead_code)]
struct Id {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = BigInt)]
    version: i64,
}

fn create(conn: &mut SqliteConnection, id: &str) {
    let [networks, names, revision, change] = CREATE;
    conn.batch_execute("BEGIN IMMEDIATE").expect("begun");
    for statement in [networks, names] {
        sql_query(statement).bind::<Text, _>(id).bind::<Text, _>(network(1)).execute(conn).expect("inserted");
    }
    sql_query(revision).bind::<Text, _>(id).execute(conn).expect("inserted");
    sql_query(change).bind::<Text, _>(id).bind::<Timestamp, _>(now()).execute(conn).expect("inserted");
    conn.batch_execute("COMMIT").expect("committed");
}

fn rate(mut once: impl FnMut()) -> f64 {
    let begun = Instant::now();
    let mut done = 0_u32;
    while begun.elapsed() < Duration::from_secs(3) {
        once();
        done += 1;
    }
    f64::from(done) / begun.elapsed().as_secs_f64()
}

/// pgbench on PostgreSQL, with prepared statements.
pub mod postgres {
    use std::process::Command;

    use super::{CREATE, Ceiling, LARGEST, PAGE, PEOPLE, Work};
    use crate::directory::{NETWORKS, ORGANISATIONS};
    use crate::people::MEMBERS;
    use crate::service::{CONNECTIONS, SECONDS};

    const DATABASE: &str = "solmu_load";

    /// Makes the database, and says where it is.
    pub fn database(server: &str) -> String {
        psql(server, &format!("DROP DATABASE IF EXISTS {DATABASE}"));
        psql(server, &format!("CREATE DATABASE {DATABASE}"));
        named(server)
    }

    fn named(server: &str) -> String {
        let (host, _) = server.rsplit_once('/').expect("a URL with a database");
        format!("{host}/{DATABASE}")
    }

    /// The same statements through pgbench.
    pub struct Pgbench<'a> {
        /// The server.
        pub server: &'a str,
    }

    impl Ceiling for Pgbench<'_> {
        const TOOL: &'static str = "pgbench";

        fn rate(&mut self, work: Work) -> f64 {
            let network = one_of(2, NETWORKS);
            pgbench(
                self.server,
                &match work {
                    Work::Read => format!("{network}SELECT * FROM networks WHERE id = {ONE};\n"),
                    Work::Page => format!("{PAGE};\n"),
                    Work::Member => format!("{}SELECT * FROM members WHERE id = {ONE};\n", one_of(7, MEMBERS)),
                    Work::People => format!("{}{};\n", one_of(1, ORGANISATIONS), PEOPLE.replace("$1", ONE)),
                    Work::Largest => {
                        let statements = LARGEST.map(|statement| format!("{statement};\n")).concat();
                        format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n{statements}END;\n")
                    }
                    Work::Create => {
                        let [networks, names, revision, change] = CREATE;
                        let rows = [networks, names, revision].map(|statement| statement.replace("$2", ONE));
                        let statements = [HOST, &rows.join(";\n"), &change.replace("$2", "now()")].join(";\n");
                        let statements = statements.replace("$1", ":new");
                        format!("{network}BEGIN;\nSELECT gen_random_uuid()::text AS new \\gset\n{statements};\nEND;\n")
                    }
                },
            )
        }
    }

    /// The id of one entity, of a script that begins with [`one_of`].
    const ONE: &str = "('01900000-0000-700' || :type || '-8000-' || lpad(:n::text, 12, '0'))";

    /// That the organisation is there, of which a network is created.
    const HOST: &str = "SELECT EXISTS (SELECT 1 FROM organisations WHERE id = '01900000-0000-7001-8000-000000000001')";

    fn one_of(entity: u8, bound: u32) -> String {
        format!("\\set type {entity}\n\\set n random(1, {bound})\n")
    }

    /// Pages of organisations' people.
    pub fn people(server: &str, organisations: u32) -> f64 {
        pgbench(server, &format!("{}{};\n", one_of(1, organisations), PEOPLE.replace("$1", ONE)))
    }

    /// The first page of a network's members, with who they are and where they work, as the service asks for it: the ids of
    /// the page go into the statements that follow.
    pub fn members_of(server: &str, network: &str) -> f64 {
        let page = format!("FROM memberships WHERE network_id = '{network}' ORDER BY member_sort_key, id LIMIT");
        let ids = |query: &str| {
            psql_value(&named(server), &format!("SELECT array_agg(DISTINCT id) FROM ({query}) AS ids (id)"))
        };
        let members = ids(&format!("SELECT member_id {page} 50"));
        let workplaces = ids(&format!("SELECT organisation_id FROM members WHERE id = ANY('{members}')"));
        let statements = [
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned(),
            format!("SELECT * FROM networks WHERE id = '{network}'"),
            format!("SELECT * {page} 51"),
            format!("SELECT id, document, organisation_id FROM members WHERE id = ANY('{members}')"),
            format!("SELECT id, document, kind, branch FROM organisations WHERE id = ANY('{workplaces}')"),
            "END;\n".to_owned(),
        ];
        pgbench(server, &statements.join(";\n"))
    }

    fn pgbench(server: &str, script: &str) -> f64 {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), script).expect("written");
        let output = Command::new("pgbench")
            .args(["-n", "-M", "prepared", "-j2", &format!("-c{CONNECTIONS}"), &format!("-T{SECONDS}"), "-f"])
            .arg(file.path())
            .arg(named(server))
            .output()
            .expect("pgbench runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text.lines().find_map(|line| line.strip_prefix("tps = "));
        let rate = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        rate.unwrap_or_else(|| panic!("pgbench: {text}{}", String::from_utf8_lossy(&output.stderr)))
    }

    fn psql(url: &str, statement: &str) {
        let status = Command::new("psql").args(["-q", "-d", url, "-c", statement]).status().expect("psql runs");
        assert!(status.success(), "{statement}");
    }

    fn psql_value(url: &str, query: &str) -> String {
        let output = Command::new("psql").args(["-Atq", "-d", url, "-c", query]).output().expect("psql runs");
        assert!(output.status.success(), "{query}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}
