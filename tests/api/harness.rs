//! A running service with a database of its own, and callers of it.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Once, mpsc};
use std::thread::{JoinHandle, spawn};
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use serde::Serialize;
use serde_json::{Value, json};
use solmu::auth::token::mint_for;
use solmu::config::{DatabaseUrl, SecretText, Serve};
use solmu::db::Db;
use solmu::organisations::OrganisationId;

use crate::client::Request;
use crate::database::{Database, SECRET};

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// Nobody who says so.
    None,
    /// Reads the directory.
    Reader,
    /// Reads and writes it.
    Writer,
    /// Syncs an HR system.
    Hr,
    /// May do everything.
    Admin,
    /// Whoever tries the demo: a member of it.
    Demo,
    /// Syncs the HR system of every house of the demo, each named: nobody who works nowhere, or somewhere else.
    HrOfAll,
    /// Syncs the HR system of one house, in which nobody works whom an example is about.
    HrElsewhere,
    /// Reads and writes the directory, and syncs the HR system of that house.
    WriterAndHrElsewhere,
    /// Reads, and coordinates a network that no example is about.
    CoordinatorElsewhere,
    /// Reads, and coordinates every network: what these and those below are, `contracts::roles` makes them.
    Coordinator,
    /// Reads, and is the contact of every organisation.
    Contact,
    /// Reads, and is whom an example is about.
    Themselves,
}

/// The organisation of [`Token::HrElsewhere`].
pub const ELSEWHERE: &str = "01900000-0000-7001-8000-000000000050";

/// The organisations of the demo that are below none.
fn tops() -> Vec<String> {
    let all: Vec<Value> =
        serde_json::from_str(include_str!("../../src/demo/organisations.json")).expect("organisations");
    let tops = all.iter().filter(|one| one["parent_id"].is_null());
    tops.map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
}

impl Token {
    /// The scopes of the token; none without one.
    pub fn scopes(self) -> Option<&'static str> {
        match self {
            Token::None => None,
            Token::Reader => Some("directory:read"),
            Token::Writer => Some("directory:read directory:write"),
            Token::Hr => Some("hr:sync"),
            Token::Admin => Some("admin"),
            Token::Demo => Some("directory:read directory:write"),
            Token::HrOfAll | Token::HrElsewhere => Some("hr:sync"),
            Token::WriterAndHrElsewhere => Some("directory:read directory:write hr:sync"),
            Token::CoordinatorElsewhere | Token::Coordinator | Token::Contact | Token::Themselves => {
                Some("directory:read")
            }
        }
    }

    /// The organisations that its hr:sync is for; everywhere where there are none.
    fn organisations(self) -> Vec<OrganisationId> {
        let ids = match self {
            Token::HrOfAll => tops(),
            Token::HrElsewhere | Token::WriterAndHrElsewhere => vec![ELSEWHERE.to_owned()],
            _ => Vec::new(),
        };
        ids.iter().map(|id| id.parse().expect("an id")).collect()
    }

    /// The subject: the kind of caller, so each kind is one person.
    pub fn subject(self) -> String {
        if self == Token::Demo { "demo".to_owned() } else { format!("{self:?}") }
    }

    /// The value of `Authorization`.
    pub fn header(self) -> Option<String> {
        let lifetime = Duration::from_secs(600);
        let token = mint_for(&secret(), &self.subject(), self.scopes()?, &self.organisations(), lifetime);
        Some(format!("Bearer {}", token.expect("a token")))
    }
}

fn secret() -> SecretText {
    SECRET.parse().expect("a secret")
}

/// A service that runs in this process until the value is dropped, its database with it.
pub struct App {
    address: SocketAddr,
    db: Db,
    url: DatabaseUrl,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
    /// Last, as the fields before it use it; none of a replica, which uses another's.
    database: Option<Database>,
}

impl App {
    /// A service with an empty directory.
    pub fn start() -> Self {
        Self::with(false, |_| {})
    }

    /// A service with the demo directory.
    pub fn demo() -> Self {
        Self::with(true, |_| {})
    }

    /// A service configured otherwise than usual.
    pub fn with(demo: bool, configure: impl FnOnce(&mut Serve)) -> Self {
        log();
        let database = Database::migrated(demo);
        let mut config = database.config();
        configure(&mut config);
        Self::serve(config, Some(database))
    }

    /// Another service on the same database.
    pub fn replica(&self, configure: impl FnOnce(&mut Serve)) -> Self {
        let mut config = self.database.as_ref().expect("a database").config();
        configure(&mut config);
        Self::serve(config, None)
    }

    fn serve(config: Serve, database: Option<Database>) -> Self {
        let db = Db::open(&config.database).expect("the database opens");
        let url = config.database.database_url.clone();
        let (started, start) = mpsc::channel();
        let served = db.clone();
        let thread = spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let (server, address) =
                    solmu::serve::bind(&config, served, Some(&secret())).expect("the service starts");
                started.send((server.handle(), address)).expect("the test waits");
                server.await.expect("the service serves");
            });
        });
        let (server, address) = start.recv().expect("the service started");
        Self { address, db, url, server, thread: Some(thread), database }
    }

    /// The service's database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Where it is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// A request of any method, without a body.
    pub fn request(&self, method: &str, target: &str) -> Request {
        Request::new(self.address, method, target)
    }

    /// GET.
    pub fn get(&self, target: &str) -> Request {
        self.request("GET", target)
    }

    /// POST of a JSON document.
    pub fn post(&self, target: &str, body: impl Serialize) -> Request {
        self.request("POST", target).json("application/json", body)
    }

    /// PUT of a JSON document.
    pub fn put(&self, target: &str, body: impl Serialize) -> Request {
        self.request("PUT", target).json("application/json", body)
    }

    /// PATCH with a merge patch.
    pub fn patch(&self, target: &str, body: impl Serialize) -> Request {
        self.request("PATCH", target).json("application/merge-patch+json", body)
    }

    /// DELETE.
    pub fn delete(&self, target: &str) -> Request {
        self.request("DELETE", target)
    }

    /// Sends bytes that no HTTP client would send, and returns what comes back until the service closes the connection,
    /// or says nothing for two seconds.
    pub fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).expect("the service accepts");
        stream.set_read_timeout(Some(Duration::from_secs(2))).expect("a timeout is set");
        // The service may refuse, and close, before it has read all.
        let _ = stream.write_all(bytes);
        let (mut answer, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => answer.extend_from_slice(&buffer[..read]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A new agency of that name in Finnish; its id.
    pub fn organisation(&self, name: &str) -> String {
        self.organisation_with(json!({ "name": { "fi": name }, "kind": "agency" }))
    }

    /// A new organisation; its id.
    pub fn organisation_with(&self, document: Value) -> String {
        let answer = self.post("/v1/organisations", document).by(Token::Writer).send().expect(201);
        answer.json()["id"].as_str().expect("an id").to_owned()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // The command is sent at once; to wait for the thread is to wait for its answer.
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Asks again until there is an answer, for ten seconds: for what another thread will have done in a moment.
#[track_caller]
pub fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "not within ten seconds: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// With SOLMU_TEST_LOG set, such as to `info`, the services' log goes to standard error.
fn log() {
    static LOG: Once = Once::new();
    LOG.call_once(|| {
        if let Ok(filter) = std::env::var("SOLMU_TEST_LOG") {
            tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
        }
    });
}
