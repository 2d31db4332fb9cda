//! The program itself, as a shell or an orchestrator has it: its command line, its signals, its log.

mod away;
mod commands;
mod compose;
mod demo;
mod log;
mod operation;
mod panics;
mod private_folder;
mod start;
mod words;

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::client::Request;
use crate::database::SECRET;
use crate::harness::eventually;

/// The program, in a directory, with nothing of the environment that configures it; words are read by what is built in,
/// whatever the machine has.
fn solmu(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_solmu"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SOLMU_") {
            command.env_remove(name);
        }
    }
    command.env("SOLMU_VOIKKO", "off");
    command.current_dir(dir).stdin(Stdio::null());
    command
}

/// How a command ended, and what it said.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs a command to its end, which is due within twenty seconds.
#[track_caller]
fn run(command: &mut Command) -> Ended {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let pipes: [Box<dyn Read + Send>; 2] =
        [Box::new(child.stdout.take().expect("a pipe")), Box::new(child.stderr.take().expect("a pipe"))];
    let readers = pipes.map(|mut pipe| {
        spawn(move || {
            let mut text = String::new();
            pipe.read_to_string(&mut text).expect("UTF-8");
            text
        })
    });
    let started = Instant::now();
    let status = loop {
        match child.try_wait().expect("its state") {
            None if started.elapsed() < Duration::from_secs(20) => sleep(Duration::from_millis(5)),
            None => {
                child.kill().expect("it can be ended");
                child.wait().expect("its state");
                break None;
            }
            ended => break ended,
        }
    };
    let [out, err] = readers.map(|reader| reader.join().expect("what it said"));
    match status {
        Some(status) => Ended { code: status.code(), out, err },
        None => panic!("it does not end:\n{out}\n{err}"),
    }
}

/// Runs the program with arguments, in a directory, to its end.
fn solmu_in(dir: &Path, arguments: &[&str]) -> Ended {
    run(solmu(dir).args(arguments))
}

/// A directory to run in.
fn directory() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

/// `solmu serve`, until the value is dropped.
struct Service {
    child: Child,
    address: SocketAddr,
    lines: Arc<Mutex<Vec<String>>>,
    readers: Vec<JoinHandle<()>>,
    /// Where it runs.
    dir: Option<TempDir>,
}

impl Service {
    /// On a database, with the tests' secret and more arguments.
    fn on(database: &str, arguments: &[&str]) -> Self {
        Self::within(&std::env::temp_dir(), database, arguments)
    }

    /// The same, with a place of its own for temporary files.
    fn within(temporary: &Path, database: &str, arguments: &[&str]) -> Self {
        let dir = directory();
        let usual = ["serve", "--listen", "127.0.0.1:0", "--workers", "2", "--read-connections", "4"];
        let database = ["--database-url", database, "--jwt-secret", SECRET];
        let mut service =
            Self::start(solmu(dir.path()).env("TMPDIR", temporary).args(usual).args(database).args(arguments));
        service.dir = Some(dir);
        service
    }

    /// Starts a command and waits until it says in its log that it serves.
    #[track_caller]
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let pipes: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().expect("a pipe")), Box::new(child.stderr.take().expect("a pipe"))];
        let readers = pipes.map(|pipe| {
            let lines = Arc::clone(&lines);
            spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    lines.lock().unwrap().push(line);
                }
            })
        });
        let mut service =
            Self { child, address: ([127, 0, 0, 1], 0).into(), lines, readers: readers.into(), dir: None };
        service.address = eventually("it serves", || {
            if let Some(status) = service.child.try_wait().expect("its state") {
                panic!("it ended with {status}:\n{}", service.text());
            }
            let line = service.logged("serving").pop()?;
            line["address"].as_str()?.parse().ok()
        });
        service
    }

    /// A request of any method.
    fn request(&self, method: &str, target: &str) -> Request {
        Request::new(self.address, method, target)
    }

    /// GET.
    fn get(&self, target: &str) -> Request {
        self.request("GET", target)
    }

    /// All that it has written, to either stream.
    fn text(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }

    /// The log's lines with a message.
    fn logged(&self, message: &str) -> Vec<Value> {
        let lines = self.lines.lock().unwrap();
        let parsed = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        parsed.filter(|line| line["message"] == message).collect()
    }

    /// The log's line of a request, by its id.
    #[track_caller]
    fn logged_request(&self, id: &str) -> Value {
        eventually("the request is in the log", || {
            self.logged("request").into_iter().find(|line| line["request_id"] == id)
        })
    }

    /// Sends it a signal, as an orchestrator does.
    fn signal(&self, name: &str) {
        let kill = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.child.id())]).status();
        assert!(kill.expect("a shell").success());
    }

    /// Waits until it has ended; how.
    #[track_caller]
    fn ended(&mut self) -> ExitStatus {
        eventually("it ends", || self.child.try_wait().expect("its state"))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        self.dir.take();
    }
}
