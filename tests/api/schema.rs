//! The schema as the code sees it is the one that the migrations make, on both databases.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread::scope;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use solmu::db::{Conn, Db, Role, connect, migrations};

use crate::database::{Database, is_on_postgres};

/// The `table!` file.
const SCHEMA: &str = include_str!("../../src/db/schema.rs");

/// Where PostgreSQL's columns and SQLite's are listed, but for those of views, and of the migrations' own table.
const COLUMNS: [&str; 2] = [
    "SELECT table_name::text AS table_name, column_name::text AS name, data_type::text AS type, \
     is_nullable = 'YES' AS nullable FROM information_schema.columns \
     WHERE table_schema = 'public' AND table_name IN (SELECT tablename FROM pg_tables) \
     AND table_name <> '__diesel_schema_migrations' ORDER BY table_name, ordinal_position",
    "SELECT m.name AS table_name, p.name AS name, p.type AS type, p.\"notnull\" = 0 AS nullable \
     FROM sqlite_master m JOIN pragma_table_xinfo(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
     AND m.name <> '__diesel_schema_migrations' ORDER BY m.name, p.cid",
];

#[derive(Clone, Debug, PartialEq, QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    r#type: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

type Tables = BTreeMap<String, Vec<Column>>;

fn by_table(columns: Vec<Column>) -> Tables {
    columns.into_iter().fold(Tables::new(), |mut tables, column| {
        tables.entry(column.table_name.clone()).or_default().push(column);
        tables
    })
}

/// The tables of a database.
fn made(database: &Database) -> Tables {
    let mut conn = connect(&database.url(), Role::Writer).unwrap();
    let query = COLUMNS[usize::from(matches!(conn, Conn::Sqlite(_)))];
    by_table(diesel::sql_query(query).load(&mut conn).unwrap())
}

/// The tables of the `table!` file.
fn declared() -> Tables {
    let mut columns = Vec::new();
    let (mut table_name, mut sql_name) = (String::new(), None);
    for line in SCHEMA.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("#[sql_name = \"").and_then(|line| line.strip_suffix("\"]")) {
            sql_name = Some(name.to_owned());
        } else if let Some((name, _)) = line.strip_suffix(") {").and_then(|line| line.split_once(" (")) {
            table_name = name.to_owned();
        } else if let Some((name, declared)) = line.strip_suffix(',').and_then(|line| line.split_once(" -> ")) {
            let inner = declared.strip_prefix("Nullable<").and_then(|declared| declared.strip_suffix('>'));
            let name = sql_name.take().unwrap_or_else(|| name.to_owned());
            let r#type = inner.unwrap_or(declared).to_owned();
            columns.push(Column { table_name: table_name.clone(), name, r#type, nullable: inner.is_some() });
        }
    }
    by_table(columns)
}

/// The type of the `table!` file that a column's type is read as.
fn diesel_type(column: &Column) -> &str {
    match column.r#type.to_lowercase().as_str() {
        "text" => "Text",
        "bytea" | "blob" => "Binary",
        "smallint" => "SmallInt",
        // SQLite counts up only what it calls INTEGER, of whatever size the number is.
        "integer" if !is_on_postgres() && (&*column.table_name, &*column.name) == ("changes", "number") => "BigInt",
        "integer" => "Integer",
        "bigint" => "BigInt",
        "boolean" => "Bool",
        "double" | "double precision" => "Double",
        "date" => "Date",
        "timestamp" | "timestamp without time zone" => "Timestamp",
        other => panic!("{}.{} is {other}, which not both databases have", column.table_name, column.name),
    }
}

#[test]
fn the_tables_are_as_the_code_declares_them() {
    let mut made = made(&Database::migrated(false));
    for column in made.values_mut().flatten() {
        column.r#type = diesel_type(column).to_owned();
    }
    let declared = declared();
    assert!(declared.len() >= 10, "the file is read wrong: {declared:?}");
    assert_eq!(made.keys().collect::<Vec<_>>(), declared.keys().collect::<Vec<_>>());
    for (table, columns) in declared {
        assert_eq!(made[&table], columns, "{table}");
    }
}

/// A revision is written as `SELECT from, to, entity.*`, so the order of the columns is all there is to go by.
#[test]
fn a_revision_has_the_columns_of_its_entity_behind_its_times() {
    let tables = made(&Database::migrated(false));
    let shape = |columns: &[Column]| -> Vec<_> {
        columns.iter().map(|column| (column.name.clone(), column.r#type.clone(), column.nullable)).collect()
    };
    let twins: Vec<_> = tables.iter().filter(|(table, _)| table.ends_with("_revisions")).collect();
    assert!(twins.len() >= 3, "{:?}", tables.keys());
    for (table, columns) in twins {
        let name = table.trim_end_matches("_revisions");
        let entity = match name.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None => format!("{name}s"),
        };
        let (times, rest) = columns.split_at(2);
        assert_eq!([&*times[0].name, &*times[1].name], ["recorded_from", "recorded_to"], "{table}");
        assert_eq!(shape(rest), shape(&tables[&entity]), "{table}");
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |database: &str| -> BTreeSet<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
        let directories = root.read_dir().unwrap().map(|entry| entry.unwrap().path());
        directories
            .map(|directory| {
                let has = |file| directory.join(file).is_file();
                assert!(has("up.sql") && has("down.sql"), "{} goes one way only", directory.display());
                directory.file_name().unwrap().to_str().unwrap().to_owned()
            })
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn migrations_go_down_to_nothing_and_up_again() {
    let database = Database::blank();
    let applied = migrations::run(&database.url()).unwrap();
    let before = made(&database);
    assert_eq!(migrations::run(&database.url()).unwrap(), [""; 0]);
    assert_eq!(migrations::revert_all(&database.url()).unwrap(), applied.len());
    assert_eq!(made(&database), Tables::new());
    assert_eq!(migrations::run(&database.url()).unwrap(), applied);
    assert_eq!(made(&database), before);
    Db::open(&database.config().database).unwrap();
}

#[test]
fn several_processes_may_migrate_at_once() {
    for round in 0..5 {
        let database = Database::blank();
        let results: Vec<_> = scope(|scope| {
            let migrate = || migrations::run(&database.url());
            let migrating: Vec<_> = (0..4).map(|_| scope.spawn(migrate)).collect();
            migrating.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(results.iter().all(Result::is_ok), "round {round}: {results:?}");
        let worked = results.iter().flatten().filter(|applied| !applied.is_empty()).count();
        assert_eq!(worked, 1, "round {round}: {results:?}");
    }
}

#[test]
fn a_database_without_its_schema_says_what_to_do() {
    let database = Database::blank();
    let refused = Db::open(&database.config().database).err().unwrap();
    assert!(refused.contains("run `solmu migrate`"), "{refused}");
}
