//! What an issuer publishes is fetched: over TLS, from where it was configured, in bounds of time and size.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;
use ureq::http::header::{ACCEPT, LOCATION};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// How long a document may take, in all.
const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes of a document, at most.
const LARGEST: u64 = 1 << 20;

/// Redirects that are followed, at most, and on one host alone.
const REDIRECTS: usize = 3;

/// A client for one issuer.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    /// Whether it speaks HTTP without TLS, as an issuer on this machine may.
    is_plain: bool,
}

impl Client {
    /// A client for the issuer of that URL, which trusts what the system trusts, or one authority alone.
    ///
    /// # Errors
    /// A URL that is not https, unless it is this machine's own; an authority that can't be read.
    pub fn new(issuer: &str, authority: Option<&Path>) -> Result<Self, String> {
        let url: Uri = issuer.parse().map_err(|_| format!("{issuer} is no URL"))?;
        let is_plain = url.scheme_str() == Some("http");
        if url.authority().is_none() || !(url.scheme_str() == Some("https") || is_plain && is_here(&url)) {
            return Err(format!("{issuer} must begin with https:// (http:// is for this machine alone)"));
        }
        let roots = match authority {
            Some(file) => certificates(file)?,
            None => {
                let trusted = rustls_native_certs::load_native_certs().certs;
                trusted.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect()
            }
        };
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&roots))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let mut config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(0)
            .user_agent(concat!("solmu/", env!("CARGO_PKG_VERSION")))
            .timeout_global(Some(PATIENCE));
        if is_plain {
            config = config.proxy(None);
        }
        Ok(Self { agent: config.build().new_agent(), is_plain })
    }

    /// The document at a URL. It blocks.
    ///
    /// # Errors
    /// What is wrong with it, for the log: no answer in time, another status than 200, a redirect to another host, more
    /// than 1 MB.
    pub fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        let mut url: Uri = url.parse().map_err(|_| format!("{url} is no URL"))?;
        for _ in 0..=REDIRECTS {
            if !(url.scheme_str() == Some("https") || self.is_plain && is_here(&url)) {
                return Err(format!("{url} is not https"));
            }
            let answer = self.agent.get(&url).header(ACCEPT, "application/json").call();
            let mut answer = answer.map_err(|error| format!("{url}: {error}"))?;
            match answer.status().as_u16() {
                200 => {
                    let body = answer.body_mut().with_config().limit(LARGEST);
                    return body.read_to_vec().map_err(|error| format!("{url}: {error}"));
                }
                301 | 302 | 303 | 307 | 308 => {
                    let place = answer.headers().get(LOCATION).and_then(|place| place.to_str().ok());
                    url = moved(&url, place.unwrap_or_default())
                        .ok_or_else(|| format!("{url} redirects to another host, or nowhere"))?;
                }
                status => return Err(format!("{url} answered {status}")),
            }
        }
        Err(format!("{url}: too many redirects"))
    }
}

/// Where a redirect leads, if that is on the same host.
fn moved(from: &Uri, place: &str) -> Option<Uri> {
    let to: Uri = match place.starts_with('/') && !place.starts_with("//") {
        true => format!("{}://{}{place}", from.scheme_str()?, from.authority()?).parse().ok()?,
        false => place.parse().ok()?,
    };
    (to.scheme() == from.scheme() && to.authority() == from.authority()).then_some(to)
}

/// Whether a URL is of this machine: the only one that is spoken to without TLS.
fn is_here(url: &Uri) -> bool {
    let host = url.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn certificates(file: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let say = |error: String| format!("cannot read the authority in {}: {error}", file.display());
    let text = std::fs::read(file).map_err(|error| say(error.to_string()))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&text) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| say(error.to_string()))? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() { Err(say("it holds no certificate".to_owned())) } else { Ok(certificates) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        for good in
            ["https://login.example/x", "http://127.0.0.1:8090", "http://localhost:1/realms/a", "http://[::1]:9"]
        {
            assert!(Client::new(good, None).is_ok(), "{good}");
        }
        for bad in ["http://login.example", "http://10.0.0.1", "http://localhost.example", "ftp://localhost", "x", ""] {
            assert!(Client::new(bad, None).is_err(), "{bad}");
        }
        // An issuer with TLS leads nowhere without it.
        assert!(Client::new("https://login.example", None).unwrap().get("http://127.0.0.1:9/keys").is_err());
    }

    #[test]
    fn a_redirect_stays_on_its_host() {
        let from: Uri = "https://a.example/x/y".parse().unwrap();
        let to = |place: &str| moved(&from, place).map(|to| to.to_string());
        assert_eq!(to("/z?q=1").as_deref(), Some("https://a.example/z?q=1"));
        assert_eq!(to("https://a.example/z").as_deref(), Some("https://a.example/z"));
        for other in ["https://b.example/", "//b.example/", "http://a.example/z", "https://a.example:444/", "", "z"] {
            assert_eq!(to(other), None, "{other}");
        }
    }

    #[test]
    fn an_authority_is_a_file_of_certificates() {
        let file = std::env::temp_dir().join(format!("solmu-no-authority-{}.pem", std::process::id()));
        std::fs::write(&file, "nothing").unwrap();
        assert!(Client::new("https://login.example", Some(&file)).is_err());
        std::fs::remove_file(&file).unwrap();
        assert!(Client::new("https://login.example", Some(&file)).is_err());
    }
}
