//! The few words of SQL that the two databases do not share.

use diesel::connection::SimpleConnection;
use solmu::db::Conn;

/// Which of the two it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Postgres,
    Sqlite,
}

/// Numbers that look random: the multipliers of `n`, modulo a prime, one for each thing that is drawn.
const MULTIPLIERS: [u64; 13] = [
    1_597_334_677,
    1_103_515_245,
    2_024_237_689,
    1_812_433_253,
    1_664_525_003,
    1_566_083_941,
    1_284_865_837,
    2_106_653_993,
    1_442_695_041,
    1_181_783_497,
    1_765_431_221,
    1_999_292_113,
    1_220_703_125,
];

impl Dialect {
    /// That of a connection.
    pub fn of(conn: &Conn) -> Self {
        match conn {
            Conn::Postgres(_) => Self::Postgres,
            Conn::Sqlite(_) => Self::Sqlite,
        }
    }

    fn either<'a>(self, postgres: &'a str, sqlite: &'a str) -> &'a str {
        if self == Self::Postgres { postgres } else { sqlite }
    }

    /// A table `series` of the numbers `n` from the first to the last.
    pub fn series(self, first: u32, last: u32) -> String {
        match self {
            Self::Postgres => format!("generate_series({first}::bigint, {last}::bigint) AS series(n)"),
            Self::Sqlite => format!(
                "(WITH RECURSIVE up(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM up WHERE n < {last}) SELECT n FROM up) AS series"
            ),
        }
    }

    /// A number as text of some digits, zeros first.
    pub fn digits(self, number: &str, digits: u8) -> String {
        match self {
            Self::Postgres => format!("lpad(({number})::text, {digits}, '0')"),
            Self::Sqlite => format!("printf('%0{digits}d', {number})"),
        }
    }

    /// The id of a thing of a kind by its number, as the demo numbers its own.
    pub fn id(self, kind: char, number: &str) -> String {
        format!("'01900000-0000-700{kind}-8000-' || {}", self.digits(number, 12))
    }

    /// A time some seconds after the year 2020 began.
    pub fn time(self, seconds: &str) -> String {
        match self {
            Self::Postgres => format!("TIMESTAMP '2020-01-01' + ({seconds}) * INTERVAL '1 second'"),
            Self::Sqlite => format!("datetime('2020-01-01', ({seconds}) || ' seconds')"),
        }
    }

    /// A time that was some seconds ago.
    pub fn ago(self, seconds: &str) -> String {
        match self {
            Self::Postgres => {
                format!("date_trunc('second', now() AT TIME ZONE 'UTC') - ({seconds}) * INTERVAL '1 second'")
            }
            Self::Sqlite => format!("datetime('now', '-' || ({seconds}) || ' seconds')"),
        }
    }

    /// A time that is written out.
    pub fn at(self, time: &str) -> String {
        format!("{}'{time}'", self.either("TIMESTAMP ", ""))
    }

    /// A day that is written out.
    pub fn day(self, day: &str) -> String {
        format!("{}'{day}'", self.either("DATE ", ""))
    }

    /// Judges every second of some numbers, with the one before, to be two.
    pub fn dismissals(self, entity_type: &str, kind: char, series: &str, every: u32) -> String {
        let (first, second) = (self.id(kind, "n - 1"), self.id(kind, "n"));
        format!(
            "INSERT INTO dismissals SELECT '{entity_type}', {first} || ':' || {second}, {first}, {second}, {}, NULL, NULL \
             FROM {series} WHERE n % {every} = 2",
            self.time("n")
        )
    }

    /// The type of a collation key.
    pub fn key(self) -> &'static str {
        if self == Self::Postgres { "BYTEA" } else { "BLOB" }
    }

    /// Begins to fill: nothing waits for the disk or looks at references, and indexes come last where that is faster.
    pub fn begin(self, conn: &mut Conn) -> Vec<String> {
        let settings: &[&str] = match self {
            Self::Postgres => {
                &["SET statement_timeout = 0; SET synchronous_commit = off; SET session_replication_role = replica; \
                 SET work_mem = '256MB'; SET maintenance_work_mem = '1GB'"]
            }
            Self::Sqlite => &["PRAGMA synchronous = OFF", "PRAGMA foreign_keys = OFF", "BEGIN"],
        };
        for setting in settings {
            conn.batch_execute(setting).expect("it is set");
        }
        match conn {
            Conn::Postgres(conn) => without_indexes(conn),
            Conn::Sqlite(_) => Vec::new(),
        }
    }

    /// Ends it: the indexes are made again, and PostgreSQL learns what its autovacuum would within a minute, before and
    /// after a last statement that is looked for by them. SQLite keeps the statistics that its migrations ship, as it does
    /// in service.
    pub fn end(self, conn: &mut Conn, indexes: &[String], last: &str) {
        for index in indexes {
            conn.batch_execute(index).expect("an index");
        }
        let ends = match self {
            Self::Postgres => &["ANALYZE", last, "VACUUM ANALYZE", "CHECKPOINT"][..],
            Self::Sqlite => &[last, "COMMIT"],
        };
        for statement in ends {
            conn.batch_execute(statement).unwrap_or_else(|error| panic!("{error}: {statement}"));
        }
    }
}

/// Drops the indexes that stand for no constraint; how they are made again.
fn without_indexes(conn: &mut diesel::PgConnection) -> Vec<String> {
    use diesel::RunQueryDsl;
    use diesel::sql_types::Text;
    #[derive(diesel::QueryableByName)]
    struct Index {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        made: String,
    }
    let found = diesel::sql_query(
        "SELECT indexname::text AS name, indexdef AS made FROM pg_indexes WHERE schemaname = 'public' \
         AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname) ORDER BY indexname",
    );
    let found: Vec<Index> = found.load(conn).expect("the indexes");
    for Index { name, .. } in &found {
        conn.batch_execute(&format!("DROP INDEX {name}")).expect("dropped");
    }
    found.into_iter().map(|index| index.made).collect()
}

/// A number that belongs to `n`, below 2,147,483,647; another one for each salt.
pub fn drawn(number: &str, salt: usize) -> String {
    format!("(({number}) * {} % 2147483647)", MULTIPLIERS[salt])
}

/// A number from 1 to a bound, the small ones more often: as often as one divided by the root of it.
pub fn skewed(number: &str, salt: usize, bound: u32) -> String {
    let place = format!("({} % 1048576)", drawn(number, salt));
    format!("(1 + {bound} * {place} * {place} / 1099511627776)")
}

/// Text as SQL quotes it.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A document with its placeholders replaced by expressions.
pub fn filled(document: &str, places: &[(&str, &str)]) -> String {
    places.iter().fold(quoted(document), |text, (place, value)| format!("replace({text}, {}, {value})", quoted(place)))
}
