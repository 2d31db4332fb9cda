//! The statements that a service runs, as diesel tells of them.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, Once, PoisonError};
use std::time::Duration;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use solmu::config::DatabaseUrl;

use crate::harness::{App, eventually};
use crate::search::standing;

/// The statements so far, by the URL of their database. Each service of the tests has a database of its own, so other
/// tests at the same time do not count.
static STATEMENTS: LazyLock<Mutex<HashMap<String, Vec<String>>>> = LazyLock::new(Mutex::default);

/// Records the statements of one connection: diesel tells it where the connection leads before anything else.
#[derive(Default)]
struct Recorder {
    url: String,
}

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => self.url = url.to_owned(),
            InstrumentationEvent::StartQuery { query, .. } => {
                let mut statements = STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(statements) = statements.get_mut(&self.url) {
                    statements.push(query.to_string());
                }
            }
            _ => {}
        }
    }
}

/// A service with or without the demo, whose statements are recorded from now on, with the URL of its database; `prepare`
/// has the database first. The search index is full by then, and asks for what is new when somebody waits for that alone;
/// without the demo, there is none.
pub fn recorded(demo: bool, prepare: impl FnOnce(&DatabaseUrl)) -> (App, String) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| set_default_instrumentation(|| Some(Box::<Recorder>::default())).expect("it is set"));
    let mut url = String::new();
    let app = App::with(demo, |config| {
        prepare(&config.database.database_url);
        config.search_every = if demo { Duration::from_secs(3600) } else { Duration::ZERO };
        let (DatabaseUrl::Postgres(text) | DatabaseUrl::Sqlite(text)) = &config.database.database_url;
        url.clone_from(text);
    });
    if demo {
        eventually("the search index is full", || (standing(&app)["status"] == "current").then_some(()));
    }
    STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner).insert(url.clone(), Vec::new());
    (app, url)
}

/// The statements since the last time, but for those that set a connection up or frame a transaction.
pub fn taken(url: &str) -> Vec<String> {
    let mut statements = STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner);
    let all = std::mem::take(statements.get_mut(url).expect("it is recorded"));
    let frame = ["BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SET "];
    all.into_iter().filter(|statement| !frame.iter().any(|word| statement.starts_with(word))).collect()
}
