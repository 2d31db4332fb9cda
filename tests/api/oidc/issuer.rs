//! An OIDC issuer of the tests' own. Its keys, under `tests/keys`, sign for nobody else.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{sleep, spawn};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

/// What its tokens are for.
pub const AUDIENCE: &str = "solmu-test";

/// A file beside the tests' keys.
pub fn file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys").join(name)
}

/// A key with which it signs.
#[derive(Clone)]
pub struct Key {
    pub kid: String,
    pub algorithm: Algorithm,
    key: EncodingKey,
}

impl Key {
    /// The key of a file, under a name and for an algorithm.
    pub fn of(name: &str, kid: &str, algorithm: Algorithm) -> Self {
        let text = std::fs::read_to_string(file(name)).expect("a key");
        let lines: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = BASE64_STANDARD.decode(lines).expect("base64");
        let key = match name.split(['_', '.']).next().expect("a name") {
            "rsa" => EncodingKey::from_rsa_der(&der),
            "es256" | "es384" => EncodingKey::from_ec_der(&der),
            _ => EncodingKey::from_ed_der(&der),
        };
        Self { kid: kid.to_owned(), algorithm, key }
    }

    /// An RSA key.
    pub fn rsa(number: u8) -> Self {
        Self::of(&format!("rsa_{number}.pem"), &format!("rsa-{number}"), Algorithm::RS256)
    }

    /// The same key under another name.
    pub fn named(mut self, kid: &str) -> Self {
        self.kid = kid.to_owned();
        self
    }

    /// As it is published.
    pub fn jwk(&self) -> Value {
        let mut jwk = json!(Jwk::from_encoding_key(&self.key, self.algorithm).expect("a JWK"));
        jwk["kid"] = self.kid.clone().into();
        jwk["use"] = "sig".into();
        jwk
    }

    /// Its header.
    pub fn header(&self) -> Header {
        Header { kid: Some(self.kid.clone()), ..Header::new(self.algorithm) }
    }

    /// Signs whatever is wanted.
    pub fn sign(&self, header: &Header, claims: &Value) -> String {
        encode(header, claims, &self.key).expect("a token")
    }
}

/// How it does.
#[derive(Clone)]
pub enum Mood {
    Well,
    /// It closes the connection.
    Away,
    /// It answers with a status.
    Status(u16),
    /// It sends the caller to another place.
    Redirect(String),
    /// It sends the caller to another path of its own, once.
    Moved,
    /// Its keys are 2 MB.
    Huge,
    /// It takes its time.
    Slow(Duration),
    /// It says it is another.
    Another,
}

struct Inner {
    url: String,
    keys: Mutex<Value>,
    mood: Mutex<Mood>,
    fetches: AtomicUsize,
}

/// The issuer, for as long as the process lives.
#[derive(Clone)]
pub struct Issuer(Arc<Inner>);

impl Issuer {
    /// One that has published some keys.
    pub fn start(keys: &[&Key]) -> Self {
        Self::serve(keys, None)
    }

    /// One that speaks TLS, by a certificate of the tests' own root, for `localhost`.
    pub fn start_tls(keys: &[&Key]) -> Self {
        let certificate = CertificateDer::from_pem_file(file("tls_certificate.pem")).expect("a certificate");
        let key = PrivateKeyDer::from_pem_file(file("tls_key.pem")).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("a configuration");
        Self::serve(keys, Some(Arc::new(config)))
    }

    fn serve(keys: &[&Key], tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address: SocketAddr = listener.local_addr().expect("its address");
        let url = match tls {
            Some(_) => format!("https://localhost:{}", address.port()),
            None => format!("http://{address}/realms/test"),
        };
        let inner =
            Inner { url, keys: Mutex::default(), mood: Mutex::new(Mood::Well), fetches: AtomicUsize::default() };
        let issuer = Self(Arc::new(inner));
        issuer.publish(keys);
        let serving = issuer.clone();
        spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (issuer, tls) = (serving.clone(), tls.clone());
                spawn(move || match tls {
                    None => issuer.answer(stream),
                    Some(config) => {
                        issuer.answer(StreamOwned::new(ServerConnection::new(config).expect("TLS"), stream));
                    }
                });
            }
        });
        issuer
    }

    /// As `iss` has it.
    pub fn url(&self) -> String {
        self.0.url.clone()
    }

    /// Has these keys from now on.
    pub fn publish(&self, keys: &[&Key]) {
        self.publish_set(json!({ "keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>() }));
    }

    /// Has this JWK set from now on.
    pub fn publish_set(&self, set: Value) {
        *self.0.keys.lock().unwrap() = set;
    }

    /// Feels otherwise from now on.
    pub fn feel(&self, mood: Mood) {
        *self.0.mood.lock().unwrap() = mood;
    }

    /// How often its keys were fetched.
    pub fn fetches(&self) -> usize {
        self.0.fetches.load(Ordering::SeqCst)
    }

    /// The claims of a token that is good, changed: one that is null is left out.
    pub fn claims(&self, change: Value) -> Value {
        let mut claims = json!({
            "iss": self.url(), "aud": AUDIENCE, "sub": "anna", "scope": "openid directory:read",
            "exp": get_current_timestamp() + 600
        });
        for (name, value) in change.as_object().unwrap() {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        claims
    }

    /// A token.
    pub fn token(&self, key: &Key, change: Value) -> String {
        key.sign(&key.header(), &self.claims(change))
    }

    fn answer(&self, mut stream: impl Stream) {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read(&mut byte) {
                Ok(1) => head.extend(byte),
                _ => return,
            }
        }
        let head = String::from_utf8_lossy(&head);
        let path = head.split(' ').nth(1).unwrap_or_default();
        let is_keys = path.ends_with("/keys");
        if is_keys {
            self.0.fetches.fetch_add(1, Ordering::SeqCst);
        }
        let mood = self.0.mood.lock().unwrap().clone();
        let url = self.url();
        let is_discovery = path.ends_with("/.well-known/openid-configuration");
        let discovery = |issuer: &str| {
            let under = |name: &str| format!("{url}/{name}");
            json!({
                "issuer": issuer, "jwks_uri": under("keys"), "authorization_endpoint": under("authorize"),
                "token_endpoint": under("token")
            })
            .to_string()
        };
        let keys = || self.0.keys.lock().unwrap().to_string();
        let (status, place, body) = match mood {
            Mood::Away => return,
            Mood::Status(status) => (status, String::new(), discovery(&url)),
            Mood::Redirect(to) => (302, to, String::new()),
            Mood::Moved if !path.contains("moved") => (307, format!("/moved{path}"), String::new()),
            Mood::Huge if is_keys => (200, String::new(), format!("{}{}", " ".repeat(2 << 20), keys())),
            Mood::Another if is_discovery => (200, String::new(), discovery("https://other.example")),
            Mood::Slow(time) => {
                sleep(time);
                (200, String::new(), if is_keys { keys() } else { discovery(&url) })
            }
            _ => (200, String::new(), if is_keys { keys() } else { discovery(&url) }),
        };
        let place = if place.is_empty() { place } else { format!("Location: {place}\r\n") };
        let length = body.len();
        let head = format!("HTTP/1.1 {status} X\r\n{place}Content-Length: {length}\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(format!("{head}{body}").as_bytes()).and_then(|()| stream.flush());
        stream.close();
    }
}

trait Stream: Read + Write {
    fn close(&mut self);
}

impl Stream for TcpStream {
    fn close(&mut self) {}
}

impl Stream for StreamOwned<ServerConnection, TcpStream> {
    fn close(&mut self) {
        self.conn.send_close_notify();
        let _ = self.flush();
    }
}
