//! The command line. Exit codes: 0, 1 failed, 2 wrong usage. What is for people goes to standard error, what is for
//! programs to standard output.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};
use solmu::auth::scope::Scope;
use solmu::auth::token::mint_for;
use solmu::config::{Cli, Command, Health, Import, ImportVocabulary, LogFormat, Serve, Token};
use solmu::db::migrations;
use solmu::serve::{read_secret, serve};
use solmu::vocabularies::import::command::{self, Failure};
use tikv_jemallocator::Jemalloc;

/// A page takes hundreds of allocations, and an index that is filled takes what is given back afterwards: glibc's allocator
/// takes a fifth more time for the one, and keeps what the other had. How it is set, `.cargo/config.toml` says.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| without_secrets(error).exit());
    let result = match cli.command {
        Command::Serve(config) => run_server(config),
        Command::Migrate(config) => migrations::run(&config.database_url).map(|applied| {
            for version in applied {
                eprintln!("applied {version}");
            }
        }),
        Command::Openapi => solmu::app::document().and_then(|document| {
            serde_json::to_string_pretty(&document).map_err(|error| error.to_string()).and_then(|text| print(&text))
        }),
        Command::Token(config) => token(&config).and_then(|token| print(&token)),
        Command::Import(Import::Vocabulary(config)) => import_vocabulary(&config),
        Command::Health(config) => health(&config),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("solmu: {message}");
            ExitCode::FAILURE
        }
    }
}

/// clap shows what it refuses: not if that is a secret, or an address that may hold one.
fn without_secrets(mut error: clap::Error) -> clap::Error {
    let is_secret =
        |argument: &String| ["--jwt-secret", "--database-url"].iter().any(|flag| argument.starts_with(flag));
    if let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg)
        && is_secret(argument)
    {
        error.insert(ContextKind::InvalidValue, ContextValue::String("…".to_owned()));
    }
    error
}

/// Ends as clap does, for what it cannot judge.
fn wrong_usage(message: String) -> ! {
    Cli::command().error(ErrorKind::ValueValidation, message).exit()
}

fn run_server(config: Serve) -> Result<(), String> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log)
        .unwrap_or_else(|error| wrong_usage(format!("--log: {error}")));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Json => log.json().flatten_event(true).with_target(false).init(),
        LogFormat::Text => log.init(),
    }
    actix_web::rt::System::new().block_on(serve(config))
}

fn token(config: &Token) -> Result<String, String> {
    for scope in config.scope.split(' ') {
        scope.parse::<Scope>().unwrap_or_else(|error| wrong_usage(format!("--scope: {error}")));
    }
    let secret = match (&config.secret.jwt_secret, config.database_url.secret_file()) {
        (Some(secret), _) => secret.clone(),
        (None, Some(file)) if file.exists() => read_secret(&file)?,
        _ => return Err("no secret to sign with: set SOLMU_JWT_SECRET to the service's own".to_owned()),
    };
    mint_for(&secret, &config.subject, &config.scope, &config.organisations, config.expires)
}

fn import_vocabulary(config: &ImportVocabulary) -> Result<(), String> {
    match command::run(config) {
        Ok(report) => print(&report),
        Err(Failure::Usage(message)) => wrong_usage(message),
        Err(Failure::Failed(message)) => Err(message),
    }
}

/// Asks a service on this machine whether it is ready, for where there is no other client.
fn health(config: &Health) -> Result<(), String> {
    let ip = match config.listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let address = SocketAddr::new(ip, config.listen.port());
    let patience = Duration::from_secs(5);
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, patience)?;
        stream.set_read_timeout(Some(patience))?;
        stream.write_all(format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = ask().map_err(|error| format!("{address} does not answer: {error}"))?;
    match answer.starts_with("HTTP/1.1 200") {
        true => Ok(()),
        false => Err(format!("not ready: {}", answer.lines().last().unwrap_or_default())),
    }
}

fn print(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| format!("cannot write: {error}"))
}
