//! Values of settings: how each is written, and what is said of one that is not.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use actix_web::http::Uri;
use clap::Arg;

/// A database by its URL's scheme.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A URL that libpq understands.
    Postgres(String),
    /// The path of a file.
    Sqlite(String),
}

/// Where systems keep the certificates they trust: the libpq that is compiled in brings an OpenSSL that would look in
/// a place of its own.
const TRUST: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

impl std::str::FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(with_trust(url)));
        }
        let path = url.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
        match path {
            Some(":memory:") => Err("a database in memory is another one for each connection: name a file".to_owned()),
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(path.to_owned())),
            _ => Err("write sqlite:FILE, such as sqlite:solmu.db, or postgres://USER@HOST/NAME".to_owned()),
        }
    }
}

fn with_trust(url: &str) -> String {
    let verifies = url.contains("sslmode=verify-full") || url.contains("sslmode=verify-ca");
    match TRUST.iter().find(|path| std::path::Path::new(path).exists()) {
        Some(path) if verifies && !url.contains("sslrootcert=") => format!("{url}&sslrootcert={path}"),
        _ => url.to_owned(),
    }
}

impl DatabaseUrl {
    /// The file beside an SQLite database that keeps the demo's secret.
    pub fn secret_file(&self) -> Option<PathBuf> {
        match self {
            Self::Sqlite(path) => Some(PathBuf::from(format!("{path}.secret"))),
            Self::Postgres(_) => None,
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    /// Never the URL: it may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(_) => f.write_str("postgres"),
            Self::Sqlite(path) => write!(f, "sqlite:{path}"),
        }
    }
}

/// A secret of at least 32 bytes, that shows itself nowhere.
#[derive(Clone)]
pub struct SecretText(String);

impl SecretText {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::str::FromStr for SecretText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.len() {
            0..=31 => Err("the secret must be at least 32 bytes; `openssl rand -base64 32` makes one".to_owned()),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// An issuer's variable that is empty, as compose files leave what nobody filled in, is as one that is not set.
pub(super) fn unless_empty(argument: Arg) -> Arg {
    let name = argument.get_env().filter(|name| name.to_string_lossy().starts_with("SOLMU_OIDC_"));
    match name.and_then(std::env::var_os) {
        Some(value) if value.is_empty() => argument.env(None),
        _ => argument,
    }
}

/// A number of seconds, at most an hour.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=3600) => Ok(Duration::from_secs(seconds)),
        _ => Err("a number of seconds, 1 to 3600".to_owned()),
    }
}

/// The same, or 0 for never.
pub(super) fn seconds_or_never(text: &str) -> Result<Duration, String> {
    if text == "0" { Ok(Duration::ZERO) } else { seconds(text) }
}

/// A number and its unit, up to a year: 90s, 30m, 24h, 7d.
pub(super) fn lifetime(text: &str) -> Result<Duration, String> {
    let help = || "a number and s, m, h or d, such as 24h".to_owned();
    let unit = text.chars().last().ok_or_else(help)?;
    let number: u64 = text.strip_suffix(unit).and_then(|number| number.parse().ok()).ok_or_else(help)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(help()),
    };
    number
        .checked_mul(seconds)
        .filter(|total| (1..=86_400 * 366).contains(total))
        .map(Duration::from_secs)
        .ok_or_else(help)
}

/// An origin (RFC 6454): a scheme, a host and perhaps a port, and nothing behind them.
pub fn origin(text: &str) -> Result<String, String> {
    let is_origin = text.parse::<Uri>().ok().is_some_and(|uri| {
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"));
        let host = uri.authority().filter(|authority| !authority.as_str().contains('@'));
        scheme.zip(host).is_some_and(|(scheme, host)| format!("{scheme}://{host}") == text)
    });
    match is_origin {
        true => Ok(text.to_owned()),
        false => {
            Err("not an origin such as https://intranet.example, without a path and without a / at its end".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_chooses_the_database() {
        assert_eq!("sqlite:a.db".parse(), Ok(DatabaseUrl::Sqlite("a.db".into())));
        assert_eq!("sqlite:///var/a.db".parse(), Ok(DatabaseUrl::Sqlite("/var/a.db".into())));
        assert_eq!("postgres://u@h/d".parse(), Ok(DatabaseUrl::Postgres("postgres://u@h/d".into())));
        for refused in ["mysql://h/d", "a.db", "sqlite:", "sqlite::memory:", ""] {
            assert!(refused.parse::<DatabaseUrl>().is_err(), "{refused}");
        }
    }

    #[test]
    fn lifetimes_have_a_unit_and_an_end() {
        assert_eq!(lifetime("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(lifetime("7d"), Ok(Duration::from_secs(604_800)));
        for refused in ["", "24", "h", "-1h", "0h", "9999d", "1ä"] {
            assert!(lifetime(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for origin in ["https://intranet.example", "http://localhost:5173", "https://[::1]:8443"] {
            assert_eq!(super::origin(origin).as_deref(), Ok(origin));
        }
        let refused = ["*", "", "x.example", "https://x.example/", "https://x.example/path", "ftp://x.example"];
        for refused in refused.into_iter().chain(["http://[bad", "https://a.example https://b.example", "https://u@x"])
        {
            assert!(origin(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn nothing_shows_a_secret() {
        let secret: SecretText = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let url: DatabaseUrl = "postgres://u:hunter2@h/d".parse().unwrap();
        assert!(!format!("{secret:?} {url:?}").contains(['0', '2']));
        assert!("short".parse::<SecretText>().is_err());
    }
}
