//! What an issuer publishes is fetched: over TLS, from where it was configured, in bounds of time and size.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ureq::Agent;
use ureq::http::Uri;
use ureq::http::header::{ACCEPT, LOCATION};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// Bytes of a document, at most.
const LARGEST: u64 = 1_000_000;

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
    /// A URL that is none of an issuer's; an authority that can't be read.
    pub fn new(issuer: &str, authority: Option<&Path>) -> Result<Self, String> {
        let is_plain = is_plain(issuer)?;
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
            .user_agent(concat!("solmu/", env!("CARGO_PKG_VERSION")));
        if is_plain {
            config = config.proxy(None);
        }
        Ok(Self { agent: config.build().new_agent(), is_plain })
    }

    /// The document at a URL, which is to be here by a time, redirects and all. It blocks.
    ///
    /// # Errors
    /// What is wrong with it, for the log: no answer in time, another status than 200, a redirect to another host, more
    /// than 1 MB.
    pub fn get(&self, url: &str, until: Instant) -> Result<Vec<u8>, String> {
        let mut url: Uri = url.parse().map_err(|_| format!("{url} is no URL"))?;
        for _ in 0..=REDIRECTS {
            if !(url.scheme_str() == Some("https") || self.is_plain && is_here(&url)) {
                return Err(format!("{url} is not https"));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(format!("{url}: no time is left"));
            }
            let request = self.agent.get(&url).header(ACCEPT, "application/json");
            let answer = request.config().timeout_global(Some(left)).build().call();
            let mut answer = answer.map_err(|error| format!("{url}: {error}"))?;
            match answer.status().as_u16() {
                200 => {
                    // What has just as many bytes as the limit is refused there, too.
                    let body = answer.body_mut().with_config().limit(LARGEST + 1);
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

/// Whether an issuer's URL is without TLS; what is wrong with one that is none (OpenID Connect Discovery 1.0, 3), though not
/// in its own words, which may have a password.
fn is_plain(issuer: &str) -> Result<bool, String> {
    let url: Uri = issuer.parse().map_err(|_| "url: that is none".to_owned())?;
    if url.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err("url: leave out the user and the password: it is logged and shown".to_owned());
    }
    if url.query().is_some() || issuer.contains('#') {
        return Err("url: leave out what begins with ? or #: no issuer has that".to_owned());
    }
    let is_plain = url.scheme_str() == Some("http");
    if url.authority().is_none() || !(url.scheme_str() == Some("https") || is_plain && is_here(&url)) {
        return Err("url: it must begin with https:// (http:// is for this machine alone)".to_owned());
    }
    Ok(is_plain)
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
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::thread::{sleep, spawn};
    use std::time::Duration;

    /// A server that gives the same answer to each request, after a while.
    fn server(answer: String, after: Duration) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                lines.take_while(|line| !line.is_empty()).for_each(drop);
                sleep(after);
                let _ = stream.write_all(format!("HTTP/1.1 {answer}").as_bytes());
            }
        });
        url
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    #[test]
    fn a_document_is_a_million_bytes_at_most() {
        let length = |length: usize| {
            let body = "x".repeat(length);
            let answer = format!("200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
            let url = server(answer, Duration::ZERO);
            Client::new(&url, None).unwrap().get(&url, soon()).map(|document| document.len())
        };
        assert_eq!(length(1_000_000), Ok(1_000_000));
        assert!(length(1_000_001).is_err());
    }

    #[test]
    fn redirects_have_no_time_of_their_own() {
        let answer = "302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: /x\r\n\r\n".to_owned();
        let url = server(answer, Duration::from_millis(400));
        let client = Client::new(&url, None).unwrap();
        let begun = Instant::now();
        // One more redirect than there is time for.
        assert!(client.get(&url, begun + Duration::from_millis(600)).is_err());
        assert!(begun.elapsed() < Duration::from_millis(1000), "{:?}", begun.elapsed());
        assert!(client.get(&url, begun).unwrap_err().contains("no time"));
    }

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
        let client = Client::new("https://login.example", None).unwrap();
        assert!(client.get("http://127.0.0.1:9/keys", soon()).unwrap_err().contains("not https"));
    }

    #[test]
    fn an_issuer_is_a_scheme_a_host_and_a_path_and_a_password_is_not_repeated() {
        for (url, said) in [
            ("https://me:hunter2@login.example/x", "password"),
            ("https://hunter2@login.example", "password"),
            ("ftp://me:hunter2@login.example", "password"),
            ("https://me:hunter2@login example", "url"),
            ("https://login.example/x?tenant=hunter2", "?"),
            ("https://login.example/x?", "?"),
            ("https://login.example/x#hunter2", "#"),
        ] {
            let error = Client::new(url, None).unwrap_err();
            assert!(error.contains(said) && !error.contains("hunter2"), "{url}: {error}");
        }
        assert!(Client::new("https://login.example/of@home", None).is_ok());
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
