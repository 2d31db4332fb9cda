//! `solmu serve`: checks before anything starts, then serves until it is told to stop.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{HttpServer, rt, web};

use crate::app::{State, app};
use crate::auth::issuer::Pace;
use crate::auth::token::{Tokens, mint};
use crate::auth::{issuers, random_text};
use crate::config::{DatabaseUrl, SecretText, Serve};
use crate::db::{Db, meta, migrations};
use crate::demo;
use crate::organisation_changes::worker;
use crate::search::Keeper;
use crate::text::analysis;

/// How long the head of a request may take to arrive.
const HEAD_ARRIVAL: Duration = Duration::from_secs(5);

/// How long an idle connection is kept open.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Serves until SIGTERM, then lets running requests end; until SIGINT (Ctrl-C), then ends at once.
pub async fn serve(config: Serve) -> Result<(), String> {
    let analyser = analysis::start(config.voikko, config.voikko_dictionaries.as_deref());
    let analyser = analyser.map_err(|error| error.to_string())?;
    let issuers = issuers::read(&config.oidc)?;
    let secret = Secret::of(&config, !issuers.is_empty())?;
    if let DatabaseUrl::Sqlite(_) = config.database.database_url {
        for version in migrations::run(&config.database.database_url)? {
            tracing::info!(version, "migrated");
        }
    }
    let db = Db::open(&config.database)?;
    if config.demo {
        demo::load(&db)?;
    }
    // Only now: a demo that is refused leaves nothing behind.
    let secret = secret.read()?;
    compare(&db, &analyser.fingerprint());
    let (server, address) = bind(&config, db, secret.as_ref())?;
    if let Some(secret) = secret.filter(|_| config.demo) {
        greet(&format!("http://{address}"), &secret)?;
    }
    tracing::info!(%address, database = ?config.database.database_url, %analyser, "serving");
    server.await.map_err(|error| format!("the server failed: {error}"))
}

/// Says so where the process that started last analysed words otherwise: replicas would find different things. From now on
/// that one is this.
fn compare(db: &Db, own: &str) {
    match db.write_here(None, |tx| Ok(meta::change_analyser(tx.conn, own)?)) {
        Ok(Some(before)) => tracing::warn!(
            own,
            before,
            "the process that started last analysed words otherwise: replicas that do find different things"
        ),
        Ok(None) => {}
        // What can't be written here may still be read.
        Err(problem) => {
            tracing::warn!(?problem, cause = problem.cause(), "cannot tell whether replicas agree on words")
        }
    }
}

/// A server that listens already, and where, with what works beside it. It stops by its handle or, as `serve` says, by a signal.
pub fn bind(config: &Serve, db: Db, secret: Option<&SecretText>) -> Result<(Server, SocketAddr), String> {
    let pace = Pace { refresh: config.oidc.oidc_refresh, cool_down: config.oidc.oidc_cool_down };
    let tokens = Tokens::new(secret, &issuers::read(&config.oidc)?, pace, db.key());
    let state = web::Data::new(State::new(config, db, tokens)?);
    rt::spawn(worker::work(state.clone(), config.reorganise_every));
    if !config.search_every.is_zero() {
        rt::spawn(Keeper::work(state.clone()));
    }
    for issuer in state.tokens.issuers() {
        rt::spawn(Arc::clone(issuer).work());
    }
    if state.limits.is_some() {
        let state = state.clone();
        rt::spawn(async move {
            if let Some(limits) = &state.limits {
                limits.work().await;
            }
        });
    }
    let mut server = HttpServer::new(move || app(state.clone()))
        .client_request_timeout(HEAD_ARRIVAL)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(config.shutdown_timeout.as_secs());
    if let Some(workers) = config.workers {
        server = server.workers(usize::from(workers));
    }
    let server = server.bind(config.listen).map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
    let address = server.addrs().first().copied().unwrap_or(config.listen);
    Ok((server.run(), address))
}

/// Where the secret comes from: the configuration, or, for the demo on a file of this machine, a file kept beside it.
enum Secret {
    Given(SecretText),
    Kept(PathBuf),
    /// There is none, and issuers instead.
    None,
}

impl Secret {
    fn of(config: &Serve, has_issuers: bool) -> Result<Self, String> {
        match (&config.secret.jwt_secret, kept_beside(config)) {
            (Some(secret), _) => Ok(Self::Given(secret.clone())),
            (None, Ok(file)) => Ok(Self::Kept(file)),
            (None, Err(_)) if has_issuers => Ok(Self::None),
            (None, Err(error)) => Err(error),
        }
    }

    fn read(self) -> Result<Option<SecretText>, String> {
        match self {
            Self::Given(secret) => Ok(Some(secret)),
            Self::Kept(file) => kept_secret(&file).map(Some),
            Self::None => Ok(None),
        }
    }
}

/// The file of the demo's own secret, where it may have one.
fn kept_beside(config: &Serve) -> Result<PathBuf, String> {
    let how =
        "set SOLMU_JWT_SECRET (or --jwt-secret) to at least 32 random bytes, such as `openssl rand -base64 32` makes";
    if !config.demo {
        return Err(format!(
            "no key to verify tokens with: {how}, or name an --oidc-issuer; or try the service with --demo"
        ));
    }
    if !config.listen.ip().is_loopback() {
        return Err(format!(
            "--demo with a secret of its own making listens on this machine alone; to listen on {}, {how}",
            config.listen
        ));
    }
    match config.database.database_url.secret_file() {
        Some(file) => Ok(file),
        None => Err(format!("--demo on PostgreSQL needs a secret of your own: {how}")),
    }
}

/// Reads a kept secret, or makes one, readable by its owner alone.
fn kept_secret(file: &Path) -> Result<SecretText, String> {
    if !file.exists() {
        let text = random_text().map_err(|error| format!("no randomness: {error}"))?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(file).and_then(|mut file| file.write_all(text.as_bytes()));
        // Another process may have made it in this very moment: then that one is read.
        match written {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(format!("cannot keep the demo's secret in {}: {error}", file.display()));
            }
            _ => {}
        }
    }
    read_secret(file)
}

/// Reads the secret that a demo keeps.
pub fn read_secret(file: &Path) -> Result<SecretText, String> {
    let say = |error| format!("cannot read the secret in {}: {error}", file.display());
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&fs::metadata(file).map_err(say)?.permissions()) & 0o077 != 0 {
        return Err(format!("others can read the secret in {0}: `chmod 600 {0}`, or delete it", file.display()));
    }
    fs::read_to_string(file).map_err(say)?.trim().parse()
}

/// What somebody who tries it wants to know first.
fn greet(url: &str, secret: &SecretText) -> Result<(), String> {
    let token = mint(secret, demo::SUBJECT, "directory:read directory:write hr:sync", Duration::from_secs(24 * 3600))?;
    eprintln!(
        "\nSolmu's demo directory is served.\n\n  API         {url}/v1\n  Swagger UI  {url}/swagger-ui/\n  Token       {token}\n              (for 24 hours; reads and writes)\n\n  curl -H 'Authorization: Bearer {token}' '{url}/v1/networks?limit=3'\n"
    );
    Ok(())
}
