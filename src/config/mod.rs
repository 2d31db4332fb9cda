//! The command line and the environment: each setting's flag, variable, default and help in one place.

mod values;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::auth::issuers::Preset;
use crate::organisations::OrganisationId;
use crate::text::analysis::Setting;
use crate::vocabularies::import::Format;

pub use values::{DatabaseUrl, SecretText};
use values::{lifetime, origin, seconds, seconds_or_never, unless_empty};

/// Solmu: the directory of a network of networks for public administration.
#[derive(Debug, Parser)]
#[command(name = "solmu", version, about, max_term_width = 120)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands. A process has one of them, so their sizes matter to nobody.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API
    Serve(Serve),
    /// Bring the database's schema up to this version
    Migrate(Database),
    /// Print the OpenAPI document
    Openapi,
    /// Print a bearer token signed with the shared secret
    Token(Token),
    /// Import a file into the database
    #[command(subcommand)]
    Import(Import),
    /// Ask a running service whether it is ready: exit code 0 or 1
    Health(Health),
}

/// Where the data is.
#[derive(Args, Clone, Debug)]
pub struct Database {
    /// The database: sqlite:FILE or postgres://USER@HOST/NAME (with libpq's parameters, such as ?sslmode=verify-full)
    #[arg(long, env = "SOLMU_DATABASE_URL", default_value = "sqlite:solmu.db", hide_env_values = true)]
    pub database_url: DatabaseUrl,

    /// Connections for reading, at most
    #[arg(long, env = "SOLMU_READ_CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub read_connections: u32,

    /// Connections for writing, at most; SQLite always has one
    #[arg(long, env = "SOLMU_WRITE_CONNECTIONS", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub write_connections: u32,
}

/// The shared secret of a small installation.
#[derive(Args, Clone, Debug)]
pub struct Secret {
    /// Key of HS256 tokens with `iss` and `aud` solmu: at least 32 bytes
    #[arg(long, env = "SOLMU_JWT_SECRET", hide_env_values = true)]
    pub jwt_secret: Option<SecretText>,
}

/// Whose tokens are taken beside those under the shared secret.
#[derive(Args, Clone, Debug)]
#[command(mut_args = unless_empty)]
pub struct Oidc {
    /// An OIDC issuer whose tokens are taken, by its URL as `iss` has it
    #[arg(long, env = "SOLMU_OIDC_ISSUER", requires = "oidc_audience")]
    pub oidc_issuer: Option<String>,

    /// What the `aud` of its tokens must have; may be several, separated by commas
    #[arg(long, env = "SOLMU_OIDC_AUDIENCE", value_delimiter = ',', requires = "oidc_issuer")]
    pub oidc_audience: Vec<String>,

    /// Which claims its tokens have
    #[arg(long, env = "SOLMU_OIDC_PRESET", default_value = "generic", requires = "oidc_issuer")]
    pub oidc_preset: Preset,

    /// The id of a public client, with which people sign in to Swagger UI there
    #[arg(long, env = "SOLMU_OIDC_CLIENT_ID", requires = "oidc_issuer")]
    pub oidc_client_id: Option<String>,

    /// What that client asks for; may be several, separated by commas
    #[arg(
        long,
        env = "SOLMU_OIDC_SIGN_IN_SCOPE",
        default_value = "openid",
        value_delimiter = ',',
        requires = "oidc_issuer"
    )]
    pub oidc_sign_in_scope: Vec<String>,

    /// A TOML file of issuers: their claims, what their roles and groups may, for which organisations they speak
    #[arg(long, env = "SOLMU_OIDC_CONFIG")]
    pub oidc_config: Option<PathBuf>,

    /// How often the issuers' keys are fetched, in seconds: above 41, one that is withdrawn may be believed for more than a
    /// minute
    #[arg(long, env = "SOLMU_OIDC_REFRESH", default_value = "30", value_parser = seconds)]
    pub oidc_refresh: Duration,

    /// How long the keys are not fetched again for a token that names one that is not known
    #[arg(skip = Duration::from_secs(10))]
    pub oidc_cool_down: Duration,
}

/// How much one caller may ask.
#[derive(Args, Clone, Debug)]
pub struct RateLimit {
    /// Requests a minute that one caller may send, on average, to each copy of the service; 0 is without a limit
    #[arg(long, env = "SOLMU_RATE_LIMIT", default_value_t = 0)]
    pub rate_limit: u32,

    /// Requests that one caller may send at once
    #[arg(long, env = "SOLMU_RATE_BURST", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub rate_burst: u32,

    /// Proxies in front, each of which adds to X-Forwarded-For: a caller without a token is known by its address
    #[arg(long, env = "SOLMU_PROXIES", default_value_t = 0)]
    pub proxies: u8,
}

/// `solmu serve`.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// The address to listen on
    #[arg(long, env = "SOLMU_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub database: Database,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub secret: Secret,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub oidc: Oidc,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub rate: RateLimit,

    /// Load the demo directory into an empty database, and make a secret if none is given
    #[arg(long, env = "SOLMU_DEMO")]
    pub demo: bool,

    /// Let callers without a token read what is public
    #[arg(long, env = "SOLMU_ANONYMOUS_READ")]
    pub anonymous_read: bool,

    /// An origin whose pages may call the API (CORS), such as https://intranet.example; may be given many times,
    /// or separated by commas
    #[arg(long, env = "SOLMU_CORS_ORIGIN", value_delimiter = ',', value_parser = origin)]
    pub cors_origin: Vec<String>,

    /// Threads that serve requests [default: one a core]
    #[arg(long, env = "SOLMU_WORKERS", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: Option<u16>,

    /// The largest body taken, in bytes
    #[arg(long, env = "SOLMU_MAX_BODY", default_value_t = 1_048_576)]
    pub max_body: usize,

    /// How long a request may take, in seconds; then it is answered 503
    #[arg(long, env = "SOLMU_REQUEST_TIMEOUT", default_value = "20", value_parser = seconds)]
    pub request_timeout: Duration,

    /// How long running requests may go on after SIGTERM, in seconds
    #[arg(long, env = "SOLMU_SHUTDOWN_TIMEOUT", default_value = "30", value_parser = seconds)]
    pub shutdown_timeout: Duration,

    /// How often the service looks for organisation changes whose day has come or that were broken off, in seconds; 0 is
    /// never
    #[arg(long, env = "SOLMU_REORGANISE_EVERY", default_value = "60", value_parser = seconds_or_never)]
    pub reorganise_every: Duration,

    /// The folder of the search index, which no two services share [default: beside an SQLite database; else a temporary
    /// one]
    #[arg(long, env = "SOLMU_SEARCH_FOLDER")]
    pub search_folder: Option<PathBuf>,

    /// The memory that the search index takes while it is written, in megabytes
    #[arg(long, env = "SOLMU_SEARCH_MEMORY", default_value_t = 50, value_parser = clap::value_parser!(u16).range(20..=1000))]
    pub search_memory: u16,

    /// Whether libvoikko reads Finnish for search: auto, where the machine has it; off; or required, and without it
    /// nothing starts. All replicas must agree
    #[arg(long, env = "SOLMU_VOIKKO", value_enum, default_value_t)]
    pub voikko: Setting,

    /// The folder of libvoikko's dictionaries [default: the first where systems have them that has the Finnish one]
    #[arg(long, env = "SOLMU_VOIKKO_DICTIONARIES")]
    pub voikko_dictionaries: Option<PathBuf>,

    /// How often the change log is looked at for what is new to search, and nobody waits for it; zero is never, and then
    /// nothing can be searched
    #[arg(skip = Duration::from_millis(200))]
    pub search_every: Duration,

    /// The time zone in which a date such as as_of=2026-01-31 is a day
    #[arg(long, env = "SOLMU_TIME_ZONE", default_value = "Europe/Helsinki")]
    pub time_zone: chrono_tz::Tz,

    /// How the log is written, to standard error
    #[arg(long, env = "SOLMU_LOG_FORMAT", default_value = "json")]
    pub log_format: LogFormat,

    /// What is logged: error, warn, info, debug, or a filter such as solmu=debug,actix_server=warn
    #[arg(long, env = "SOLMU_LOG", default_value = "info")]
    pub log: String,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For a person's eyes.
    Text,
}

/// `solmu token`.
#[derive(Args, Clone, Debug)]
pub struct Token {
    /// Whom the token speaks for
    #[arg(long)]
    pub subject: String,

    /// Scopes, separated by blanks: directory:read, directory:write, hr:sync, admin
    #[arg(long)]
    pub scope: String,

    /// An organisation that hr:sync is for, with all below it; may be given many times, and is everywhere when left out
    #[arg(long = "organisation")]
    pub organisations: Vec<OrganisationId>,

    /// How long it holds: 90s, 30m, 24h or 7d
    #[arg(long, default_value = "24h", value_parser = lifetime)]
    pub expires: Duration,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub secret: Secret,

    /// The database whose demo secret signs, where no secret is given
    #[arg(long, env = "SOLMU_DATABASE_URL", default_value = "sqlite:solmu.db", hide_env_values = true)]
    pub database_url: DatabaseUrl,
}

/// `solmu import`.
#[derive(Clone, Debug, Subcommand)]
pub enum Import {
    /// Import a vocabulary from a SKOS file, and print what was done as JSON
    Vocabulary(ImportVocabulary),
}

/// `solmu import vocabulary`.
#[derive(Args, Clone, Debug)]
pub struct ImportVocabulary {
    /// The file; - for standard input
    pub file: String,

    /// The vocabulary, by its URI; made where there is none. Taken from the file where it names one alone
    #[arg(long)]
    pub vocabulary_uri: Option<String>,

    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,

    /// The form of the file; by the end of its name when left out
    #[arg(long)]
    pub format: Option<Format>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub database: Database,
}

/// `solmu health`.
#[derive(Args, Clone, Debug)]
pub struct Health {
    /// The address the service listens on
    #[arg(long, env = "SOLMU_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::error::ErrorKind;

    #[test]
    fn what_is_for_an_issuer_needs_one() {
        for (flag, value) in
            [("--oidc-preset", "keycloak"), ("--oidc-sign-in-scope", "openid"), ("--oidc-client-id", "solmu-ui")]
        {
            let error = Cli::try_parse_from(["solmu", "serve", flag, value]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::MissingRequiredArgument, "{flag}");
            assert!(error.to_string().contains("--oidc-issuer"), "{flag}: {error}");
            let issuer = ["--oidc-issuer", "https://id.example.fi", "--oidc-audience", "solmu"];
            assert!(Cli::try_parse_from(["solmu", "serve", flag, value].iter().chain(&issuer)).is_ok(), "{flag}");
        }
    }
}
