//! The release binary, started as its README says, and `wrk` that drives it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use solmu::auth::token::mint;
use solmu::config::{DatabaseUrl, SecretText};
use solmu::db::migrations;
use tempfile::TempDir;

use crate::crowd::Size;
use crate::directory;
use crate::issuer::{AUDIENCE, Issuer, Key};

/// Connections that are kept busy.
pub const CONNECTIONS: u32 = 16;

/// Seconds that each figure is measured for, in each of its rounds.
pub const SECONDS: u32 = 5;

/// The search index is full after so long, also that of a million.
const FILLED: Duration = Duration::from_secs(1_800);

/// The service is idle when it has given back the memory that writing the search index took: so long after it is full, for
/// each document.
const SETTLED: Duration = Duration::from_micros(150);

/// Rounds of each figure.
const ROUNDS: usize = 3;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const SCOPE: &str = "directory:read directory:write hr:sync";
const ADDRESS: &str = "127.0.0.1:18080";

/// A running service.
pub struct Service {
    command: Command,
    process: Child,
    token: String,
    /// From its start to its first answer.
    pub started: Duration,
    /// Where its index is.
    _folder: TempDir,
}

/// What a run shows.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Requests a second.
    pub rate: f64,
    /// Latency of half of them, in milliseconds.
    pub p50: f64,
    /// Latency of all but one in a hundred, in milliseconds.
    pub p99: f64,
    /// Answers of 400 and up, and none at all.
    pub errors: u64,
}

/// A round: the service, and its ceiling right after it.
pub struct Beside {
    /// The service.
    pub figures: Figures,
    /// Executions a second without it.
    pub ceiling: f64,
}

impl Beside {
    /// What share of the ceiling the service reaches.
    pub fn share(&self) -> f64 {
        self.figures.rate / self.ceiling
    }
}

/// The middle one of several rounds, by the share: a machine that others use as well is not the same from one minute to the
/// next.
pub fn beside(service: impl Fn() -> Figures, mut ceiling: impl FnMut() -> f64) -> Beside {
    let mut rounds: Vec<Beside> = (0..ROUNDS).map(|_| Beside { figures: service(), ceiling: ceiling() }).collect();
    rounds.sort_by(|one, other| one.share().total_cmp(&other.share()));
    rounds.swap_remove(ROUNDS / 2)
}

impl Service {
    /// Fills a database and starts the service on it.
    pub fn start(url: &str, fill: impl FnOnce(&DatabaseUrl)) -> Self {
        let database: DatabaseUrl = url.parse().expect("a URL");
        migrations::run(&database).expect("migrated");
        let begun = Instant::now();
        fill(&database);
        println!("filled in {} s", begun.elapsed().as_secs());
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_solmu"));
        // Whatever the machine has, the same is measured.
        command.args(["serve", "--database-url", url, "--listen", ADDRESS, "--voikko", "off"]).stderr(Stdio::null());
        command.arg("--search-folder").arg(folder.path());
        let token = token(&mut command);
        let (process, started) = launch(&mut command);
        let service = Self { command, process, token, started, _folder: folder };
        println!("indexed in {:.1} s", service.indexed().as_secs_f64());
        service
    }

    /// Starts it again, on the index that it has.
    pub fn restart(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        (self.process, self.started) = launch(&mut self.command);
        self.indexed();
    }

    /// Waits until the index is full, since what is done once is not to share the machine with what is measured; how long.
    fn indexed(&self) -> Duration {
        let begun = Instant::now();
        while self.ask("/readyz")["search"]["status"] != "current" {
            assert!(begun.elapsed() < FILLED, "the search index is not full");
            std::thread::sleep(Duration::from_millis(100));
        }
        begun.elapsed()
    }

    /// Waits until the service is idle; resident memory then, in megabytes.
    pub fn idle(&self, documents: u32) -> f64 {
        std::thread::sleep(Duration::from_secs(15) + SETTLED * documents);
        self.memory()
    }

    /// Resident memory, in megabytes.
    pub fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    }

    /// Asks once; the answer.
    pub fn ask(&self, target: &str) -> Value {
        let agent = ureq::Agent::config_builder().proxy(None).build().new_agent();
        let request = agent.get(format!("http://{ADDRESS}{target}"));
        let answer = request.header("Authorization", format!("Bearer {}", self.token)).call();
        answer.expect("an answer").body_mut().read_json().expect("JSON")
    }

    /// Asks the same thing over and over.
    pub fn get(&self, target: &str) -> Figures {
        self.wrk(target, [2, CONNECTIONS], |_| {})
    }

    /// Asks the same thing over and over, one at a time.
    pub fn alone(&self, target: &str) -> Figures {
        self.wrk(target, [1, 1], |_| {})
    }

    /// Asks what a script says, of a directory of a size.
    pub fn run(&self, script: &str, target: &str, size: Size) -> Figures {
        self.wrk(target, [2, CONNECTIONS], |command| {
            command.args(["-s", &format!("{}/benches/load/{script}", env!("CARGO_MANIFEST_DIR"))]);
            command.env("NETWORKS", size.networks.to_string()).env("BODY", directory::new_network());
            command.env("MEMBERS", size.members.to_string()).env("ORGANISATIONS", size.organisations.to_string());
        })
    }

    fn wrk(&self, target: &str, [threads, connections]: [u32; 2], more: impl FnOnce(&mut Command)) -> Figures {
        let mut command = Command::new("wrk");
        command.args(["--latency", &format!("-t{threads}"), &format!("-c{connections}"), &format!("-d{SECONDS}s")]);
        more(&mut command);
        command.args(["-H", &format!("Authorization: Bearer {}", self.token), &format!("http://{ADDRESS}{target}")]);
        let output = command.output().expect("wrk runs; Debian's package is wrk");
        figures(&String::from_utf8_lossy(&output.stdout))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts it; how long it took to its first answer.
fn launch(command: &mut Command) -> (Child, Duration) {
    let begun = Instant::now();
    let process = command.spawn().expect("the service starts");
    let address: SocketAddr = ADDRESS.parse().expect("an address");
    while !answers(address) {
        assert!(begun.elapsed() < Duration::from_secs(10), "the service does not answer");
        std::thread::sleep(Duration::from_millis(1));
    }
    (process, begun.elapsed())
}

/// A token for an hour, under a secret that the service is told; or, with SOLMU_BENCH_ISSUER set, of an issuer that it is
/// told of, with RS256.
fn token(command: &mut Command) -> String {
    if std::env::var_os("SOLMU_BENCH_ISSUER").is_some() {
        let key = Key::rsa(1);
        let issuer = Issuer::start(&[&key]);
        command.args(["--oidc-issuer", &issuer.url(), "--oidc-audience", AUDIENCE]);
        let expires = jsonwebtoken::get_current_timestamp() + 3600;
        return issuer.token(&key, json!({ "scope": SCOPE, "exp": expires }));
    }
    command.env("SOLMU_JWT_SECRET", SECRET);
    let secret: SecretText = SECRET.parse().expect("a secret");
    mint(&secret, "load", SCOPE, Duration::from_secs(3600)).expect("a token")
}

fn answers(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let asked = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}

/// Reads what wrk prints.
fn figures(text: &str) -> Figures {
    let after = |label: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(label))?;
        line.split_whitespace().next().map(str::to_owned)
    };
    let errors = text.lines().filter(|line| line.contains("Non-2xx") || line.contains("Socket errors"));
    Figures {
        rate: after("Requests/sec:").and_then(|rate| rate.parse().ok()).unwrap_or(0.0),
        p50: after("50%").map_or(0.0, |time| milliseconds(&time)),
        p99: after("99%").map_or(0.0, |time| milliseconds(&time)),
        errors: errors.flat_map(|line| line.split([' ', ',']).filter_map(|word| word.parse::<u64>().ok())).sum(),
    }
}

fn milliseconds(time: &str) -> f64 {
    let (number, factor) = match (time.strip_suffix("us"), time.strip_suffix("ms"), time.strip_suffix('s')) {
        (Some(number), ..) => (number, 0.001),
        (_, Some(number), _) => (number, 1.0),
        (.., Some(number)) => (number, 1000.0),
        _ => (time, 1.0),
    };
    number.parse::<f64>().unwrap_or(0.0) * factor
}
