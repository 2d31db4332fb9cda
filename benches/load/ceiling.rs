//! The ceilings: the same statements without the service.

use std::path::Path;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text, Timestamp};
use diesel::{RunQueryDsl, SqliteConnection, sql_query};
use solmu::db::{Conn, Role, connect, now};

use crate::directory::{NETWORKS, ORGANISATIONS, network, organisation};
use crate::people::{MEMBERS, member};

/// Executions a second.
#[derive(Default)]
pub struct Ceilings {
    /// With what they were measured.
    pub tool: &'static str,
    /// A network by its id.
    pub read: f64,
    /// A filtered, sorted page of 50.
    pub page: f64,
    /// A member by their id.
    pub member: f64,
    /// A page of 50 of an organisation's people, by name.
    pub people: f64,
    /// A page of 50 of the largest network's members, by name, with who they are.
    pub largest: f64,
    /// A network, with its names, revision and change, in one durable transaction.
    pub create: f64,
}

/// The page, as the service asks for it.
const PAGE: &str = "SELECT id, version, created_at, updated_at, document, sort_key_en, host_organisation_id, needs_coordinator FROM networks WHERE status = 'active' AND formality = 'voluntary' ORDER BY sort_key_en, id LIMIT 51";

/// An organisation's people, as the service asks for them.
const PEOPLE: &str = "SELECT id, version, created_at, updated_at, document, sort_key, profile, profile_version, confirmed_at, fresh_at, organisation_id FROM members WHERE organisation_id = $1 ORDER BY sort_key, id LIMIT 51";

/// The largest network's members: that it is there, their memberships, and who they are.
const LARGEST: [&str; 3] = [
    "SELECT * FROM networks WHERE id = '01900000-0000-7002-8000-000000000001'",
    "SELECT * FROM memberships WHERE network_id = '01900000-0000-7002-8000-000000000001' ORDER BY member_sort_key, id LIMIT 51",
    "SELECT * FROM members WHERE id IN (SELECT member_id FROM (SELECT member_id FROM memberships WHERE network_id = '01900000-0000-7002-8000-000000000001' ORDER BY member_sort_key, id LIMIT 50) AS page)",
];

/// Makes a copy of a network under another id: as much as the service writes.
const CREATE: [&str; 4] = [
    "INSERT INTO networks SELECT $1, version, created_at, updated_at, document, kind, formality, status, join_policy, visibility, host_organisation_id, founded_on, closed_on, sort_key_fi, sort_key_sv, sort_key_en, names_version, needs_coordinator FROM networks WHERE id = $2",
    "INSERT INTO network_names SELECT $1, names_version, language, folded FROM network_names WHERE network_id = $2",
    "INSERT INTO network_revisions SELECT created_at, updated_at, networks.* FROM networks WHERE id = $1",
    "INSERT INTO changes (epoch, entity_type, entity_id, version, action, fields, changed_at) VALUES (1, 'network', $1, 1, 'created', '[]', $2)",
];

/// SQLite in this thread, with the flags and settings of the service.
pub fn sqlite(folder: &Path, ceilings: &mut Ceilings) {
    let url = format!("sqlite:{}", folder.join("load.db").display()).parse().expect("a URL");
    ceilings.tool = "SQLite";
    let Ok(Conn::Sqlite(mut conn)) = connect(&url, Role::Writer) else { panic!("SQLite opens") };
    let mut number = 0;
    ceilings.read = rate(|| {
        number = number % NETWORKS + 1;
        let query = sql_query("SELECT * FROM networks WHERE id = $1").bind::<Text, _>(network(number));
        assert_eq!(query.load::<Row>(&mut conn).expect("read").len(), 1);
    });
    ceilings.page = rate(|| assert_eq!(sql_query(PAGE).load::<Row>(&mut conn).expect("page").len(), 51));
    let mut reader = 0;
    ceilings.member = rate(|| {
        reader = reader % MEMBERS + 1;
        let query = sql_query("SELECT * FROM members WHERE id = $1").bind::<Text, _>(member(reader));
        assert_eq!(query.load::<Row>(&mut conn).expect("member").len(), 1);
    });
    let mut place = 0;
    ceilings.people = rate(|| {
        place = place % ORGANISATIONS + 1;
        let query = sql_query(PEOPLE).bind::<Text, _>(organisation(place));
        assert_eq!(query.load::<Row>(&mut conn).expect("people").len(), 51);
    });
    ceilings.largest = rate(|| {
        let [network, memberships, members] = LARGEST;
        assert_eq!(sql_query(network).load::<Row>(&mut conn).expect("network").len(), 1);
        assert_eq!(sql_query(memberships).load::<Id>(&mut conn).expect("memberships").len(), 51);
        assert_eq!(sql_query(members).load::<Row>(&mut conn).expect("members").len(), 50);
    });
    let mut created = 0;
    ceilings.create = rate(|| {
        created += 1;
        create(&mut conn, &format!("01900000-0000-7002-9000-{created:012}"));
    });
}

/// A row that is read whole, as far as SQLite goes.
#[derive(diesel::QueryableByName)]
#[allow(dead_code)]
struct Row {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = BigInt)]
    version: i64,
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

    use super::{CREATE, Ceilings, LARGEST, PAGE, PEOPLE};
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
    pub fn ceilings(server: &str, ceilings: &mut Ceilings) {
        ceilings.tool = "pgbench";
        let id = format!("\\set n random(1, {NETWORKS})\n");
        let known = "('01900000-0000-7002-8000-' || lpad(:n::text, 12, '0'))";
        ceilings.read = pgbench(server, &format!("{id}SELECT * FROM networks WHERE id = {known};\n"));
        ceilings.page = pgbench(server, &format!("{PAGE};\n"));
        let one_of = |type_digit: u8, bound: u32| {
            let known = format!("('01900000-0000-700{type_digit}-8000-' || lpad(:n::text, 12, '0'))");
            (format!("\\set n random(1, {bound})\n"), known)
        };
        let (number, known_member) = one_of(7, MEMBERS);
        ceilings.member = pgbench(server, &format!("{number}SELECT * FROM members WHERE id = {known_member};\n"));
        let (number, known_organisation) = one_of(1, ORGANISATIONS);
        ceilings.people = pgbench(server, &format!("{number}{};\n", PEOPLE.replace("$1", &known_organisation)));
        let statements = LARGEST.map(|statement| format!("{statement};\n")).concat();
        ceilings.largest =
            pgbench(server, &format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n{statements}END;\n"));
        let [networks, names, revision, change] = CREATE;
        let script: String = [networks, names, revision, change]
            .iter()
            .map(|statement| {
                statement.replace("$1", ":'new'").replace("$2", if *statement == change { "now()" } else { known })
                    + ";\n"
            })
            .collect();
        let host = "SELECT EXISTS (SELECT 1 FROM organisations WHERE id = '01900000-0000-7001-8000-000000000001');\n";
        ceilings.create = pgbench(
            server,
            &format!(
                "{id}BEGIN;\nSELECT gen_random_uuid()::text AS new \\gset\n{host}{}END;\n",
                script.replace(":'new'", ":new")
            ),
        );
    }

    /// Pages of organisations' people.
    pub fn people(server: &str, organisations: u32) -> f64 {
        let known = "('01900000-0000-7001-8000-' || lpad(:n::text, 12, '0'))";
        pgbench(server, &format!("\\set n random(1, {organisations})\n{};\n", PEOPLE.replace("$1", known)))
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
            format!("SELECT * FROM organisations WHERE id = ANY('{workplaces}')"),
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
