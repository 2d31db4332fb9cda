//! A database of its own for each test, so that the state of one never meets another's.
//!
//! Making one from nothing (migrations, the demo) takes longer than most tests, so it is done once, and tests get copies
//! of that template. A template lives as long as any copy of it: statics are never dropped, and nothing may be left behind.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use clap::Parser;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use solmu::config::{Cli, Command, DatabaseUrl, Serve};
use solmu::db::{Db, Role, connect, migrations};
use tempfile::TempDir;

/// Names a PostgreSQL server whose `solmu` may create databases; without it the tests run on SQLite.
pub const POSTGRES: &str = "SOLMU_TEST_POSTGRES_URL";

/// Key of the tests' tokens.
pub const SECRET: &str = "the tests' own secret, of more than 32 bytes";

/// Whether this run is on PostgreSQL.
pub fn is_on_postgres() -> bool {
    std::env::var_os(POSTGRES).is_some()
}

/// How many versions the schema has had.
pub fn versions() -> usize {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    migrations.read_dir().expect("the migrations").count()
}

/// A database that is dropped with this value.
pub struct Database {
    text: String,
    place: Place,
    /// Kept for as long as there are copies of it.
    _template: Option<Arc<Database>>,
}

enum Place {
    File(TempDir),
    Server { admin: String, name: String },
}

/// The template that is migrated, and the one that holds the demo as well.
static TEMPLATES: [Mutex<Weak<Database>>; 2] = [const { Mutex::new(Weak::new()) }; 2];

impl Database {
    /// One without a schema.
    pub fn blank() -> Self {
        Self::new(None)
    }

    /// One with the schema of this version, with or without the demo directory.
    pub fn migrated(demo: bool) -> Self {
        // Another test's failure under the lock is its own.
        let mut kept = TEMPLATES[usize::from(demo)].lock().unwrap_or_else(PoisonError::into_inner);
        let template = kept.upgrade().unwrap_or_else(|| {
            let template = Self::blank();
            migrations::run(&template.url()).expect("the migrations run");
            if demo {
                let db = Db::open(&template.config().database).expect("the template opens");
                solmu::demo::load(&db).expect("the demo loads");
            }
            Arc::new(template)
        });
        *kept = Arc::downgrade(&template);
        drop(kept);
        Self::new(Some(template))
    }

    fn new(template: Option<Arc<Database>>) -> Self {
        let (text, place) = match std::env::var(POSTGRES) {
            Ok(admin) => create(admin, template.as_deref()),
            Err(_) => copy(template.as_deref()),
        };
        Self { text, place, _template: template }
    }

    /// Its URL, as a person would give it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its URL.
    pub fn url(&self) -> DatabaseUrl {
        self.text.parse().expect("a database URL")
    }

    /// How a service on it is configured, by the flags that a person would give.
    pub fn config(&self) -> Serve {
        let flags = [
            ("--listen", "127.0.0.1:0"),
            ("--database-url", self.text()),
            ("--jwt-secret", SECRET),
            ("--workers", "2"),
            // Many tests run at once, and PostgreSQL has connections for a few hundred.
            ("--read-connections", "4"),
            ("--write-connections", "8"),
            ("--shutdown-timeout", "1"),
            // Nothing happens by itself but where a test is of that.
            ("--reorganise-every", "0"),
        ];
        let arguments = ["solmu", "serve"].into_iter().chain(flags.into_iter().flat_map(|(flag, value)| [flag, value]));
        match Cli::try_parse_from(arguments).expect("the flags are right").command {
            Command::Serve(config) => config,
            other => panic!("{other:?} is not serve"),
        }
    }
}

fn copy(template: Option<&Database>) -> (String, Place) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("solmu.db");
    if let Some(Database { place: Place::File(dir), .. }) = template {
        let original = DatabaseUrl::Sqlite(text_of(&dir.path().join("solmu.db")));
        // A copy of the file's bytes could lack what still lies in its log.
        connect(&original, Role::Writer)
            .expect("the template opens")
            .batch_execute(&format!("VACUUM INTO '{}'", text_of(&file).replace('\'', "''")))
            .expect("the template is copied");
    }
    (format!("sqlite:{}", text_of(&file)), Place::File(dir))
}

fn text_of(path: &Path) -> String {
    path.to_str().expect("a path in UTF-8").to_owned()
}

fn create(admin: String, template: Option<&Database>) -> (String, Place) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("solmu_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let like = match template {
        Some(Database { place: Place::Server { name, .. }, .. }) => format!(" TEMPLATE {name}"),
        _ => String::new(),
    };
    // One of the name can be left of a process that was killed, and had our number.
    execute(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).expect("an old database is dropped");
    execute(&admin, &format!("CREATE DATABASE {name}{like}")).expect("a database is created");
    let (server, parameters) = admin.split_once('?').unwrap_or((&admin, ""));
    let (server, _) = server.rsplit_once('/').expect("a URL with a database");
    let text = format!("{server}/{name}?{parameters}");
    (text, Place::Server { admin, name })
}

fn execute(admin: &str, statement: &str) -> Result<(), String> {
    let mut conn = PgConnection::establish(admin).map_err(|error| error.to_string())?;
    conn.batch_execute(statement).map_err(|error| error.to_string())
}

impl Drop for Database {
    fn drop(&mut self) {
        let dropped = match &self.place {
            Place::Server { admin, name } => {
                execute(admin, &format!("DROP DATABASE {name} WITH (FORCE)")).map_err(|error| error.to_string())
            }
            // Moved away first: the search index beside it may still be merged in threads that nobody waits for.
            Place::File(dir) => {
                let ended = dir.path().with_extension("ended");
                let remove = |()| std::fs::remove_dir_all(&ended);
                let removed = std::fs::rename(dir.path(), &ended).and_then(remove);
                removed.or_else(|_| remove(())).map_err(|error| error.to_string())
            }
        };
        if let Err(error) = dropped {
            // A panic in here would hide why the test failed.
            eprintln!("the database {} is left behind: {error}", self.text);
        }
    }
}
