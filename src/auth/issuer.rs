//! An OIDC issuer: its keys are fetched beside the requests, and kept while it is away.
//!
//! One task an issuer does all the fetching, so that no two happen at once: every so often, and when a token names a key
//! that is not known, though never sooner than a while after the last. Forged tokens so cost the issuer next to nothing,
//! and a rotated key works within the request that first names it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use actix_web::web;
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout};

use super::claims::Mapping;
use super::fetch::Client;
use super::issuers;
use super::keys::Keys;
use super::token::{LEEWAY, Refusal, decoded};

/// How long a request waits for the keys.
const PATIENCE: Duration = Duration::from_secs(5);

/// Requests that wait for the keys at once; those beyond are refused as if the keys had come without theirs.
const WAITING: usize = 256;

/// How often the keys are fetched.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// At least so often, while the issuer answers: a key that it withdraws is not believed for longer.
    pub refresh: Duration,
    /// Never sooner than so after the last time, whatever tokens say.
    pub cool_down: Duration,
}

/// An issuer whose tokens are verified by its own keys.
pub struct Issuer {
    /// As `iss` has it.
    pub url: String,
    mapping: Mapping,
    /// All that is verified of a token but its signature.
    rules: Validation,
    client: Arc<Client>,
    pace: Pace,
    published: RwLock<Arc<Published>>,
    /// Someone waits for a key that is not known.
    asked: Notify,
    /// When the keys were fetched last, or in vain.
    fetched: watch::Sender<Option<Fetched>>,
    /// Counts the times that any issuer's keys changed: what was verified before is verified anew.
    changes: Arc<AtomicU64>,
}

#[derive(Clone, Copy)]
struct Fetched {
    at: Instant,
    is_current: bool,
}

/// What the issuer publishes.
#[derive(Default)]
struct Published {
    /// The JWK set as it came.
    text: Vec<u8>,
    keys: Keys,
    endpoints: Option<Endpoints>,
}

/// Where people sign in.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoints {
    /// Where a browser goes.
    pub authorization: String,
    /// Where a code becomes a token.
    pub token: String,
}

/// What is read of the discovery document (OpenID Connect Discovery 1.0, 3).
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
}

/// How far an issuer is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its keys are as it publishes them.
    Current,
    /// It is away: its keys are those of before.
    Stale,
    /// It is away, and its keys have never been seen: no token of its is taken.
    Away,
}

impl Standing {
    /// As readiness says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Stale => "stale",
            Self::Away => "away",
        }
    }
}

impl Issuer {
    /// An issuer whose keys are yet to be fetched, by [`Issuer::work`].
    pub fn new(settings: &issuers::Issuer, pace: Pace, changes: Arc<AtomicU64>) -> Self {
        let mut rules = Validation::new(Algorithm::RS256);
        rules.leeway = LEEWAY;
        rules.validate_nbf = true;
        rules.set_required_spec_claims(&["exp", "iss", "aud"]);
        rules.set_issuer(&[&settings.url]);
        rules.set_audience(&settings.audiences);
        Self {
            client: Arc::clone(&settings.client),
            url: settings.url.clone(),
            mapping: settings.mapping.clone(),
            rules,
            pace,
            published: RwLock::default(),
            asked: Notify::new(),
            fetched: watch::Sender::new(None),
            changes,
        }
    }

    /// Fetches the keys until the service ends: at once, every so often, and when asked.
    pub async fn work(self: Arc<Self>) {
        loop {
            let issuer = Arc::clone(&self);
            let fetched = web::block(move || issuer.fetch()).await.map_err(|error| error.to_string()).flatten();
            match &fetched {
                Ok(keys) => tracing::debug!(issuer = self.url, keys, "an issuer's keys were fetched"),
                Err(error) => tracing::warn!(issuer = self.url, error, "an issuer's keys could not be fetched"),
            }
            let is_current = fetched.is_ok();
            self.fetched.send_replace(Some(Fetched { at: Instant::now(), is_current }));
            sleep(self.pace.cool_down).await;
            if is_current {
                let rest = self.pace.refresh.saturating_sub(self.pace.cool_down);
                let _ = timeout(rest, self.asked.notified()).await;
            }
        }
    }

    /// Waits for the keys to be fetched, where they may be by now.
    pub async fn ask(&self) {
        let mut fetched = self.fetched.subscribe();
        let rests = fetched.borrow_and_update().is_some_and(|last| last.at.elapsed() < self.pace.cool_down);
        if rests || self.fetched.receiver_count() > WAITING {
            return;
        }
        self.asked.notify_one();
        let _ = timeout(PATIENCE, fetched.changed()).await;
    }

    /// Fetches what the issuer publishes; how many keys there are. What was known stays if that fails.
    fn fetch(&self) -> Result<usize, String> {
        let place = format!("{}/.well-known/openid-configuration", self.url.trim_end_matches('/'));
        let discovery: Discovery = serde_json::from_slice(&self.client.get(&place)?)
            .map_err(|error| format!("{place} is no discovery document: {error}"))?;
        if discovery.issuer != self.url {
            return Err(format!("{place} is the discovery document of another issuer: {}", discovery.issuer));
        }
        let text = self.client.get(&discovery.jwks_uri)?;
        let endpoints = discovery.authorization_endpoint.zip(discovery.token_endpoint);
        let endpoints = endpoints.map(|(authorization, token)| Endpoints { authorization, token });
        let known = self.published();
        if known.text == text && known.endpoints == endpoints {
            return Ok(known.keys.count());
        }
        let keys = Keys::parse(&text).map_err(|error| format!("{}: {error}", discovery.jwks_uri))?;
        let count = keys.count();
        if let Ok(mut published) = self.published.write() {
            *published = Arc::new(Published { text, keys, endpoints });
        }
        self.changes.fetch_add(1, Ordering::AcqRel);
        tracing::info!(issuer = self.url, keys = count, "an issuer's keys are new");
        Ok(count)
    }

    fn published(&self) -> Arc<Published> {
        self.published.read().map(|published| Arc::clone(&published)).unwrap_or_default()
    }

    /// How far it is known.
    pub fn standing(&self) -> Standing {
        let is_current = self.fetched.borrow().is_some_and(|last| last.is_current);
        match (is_current, self.published().text.is_empty()) {
            (true, _) => Standing::Current,
            (false, false) => Standing::Stale,
            (false, true) => Standing::Away,
        }
    }

    /// Where people sign in, once that is known.
    pub fn endpoints(&self) -> Option<Endpoints> {
        self.published().endpoints.clone()
    }

    /// What its claims mean.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Verifies a token of this issuer's, whose header is its own; the claims.
    pub(super) fn verify(&self, token: &str, header: &Header) -> Result<Value, Refusal> {
        let kid = header.kid.as_deref().ok_or(Refusal::Invalid)?;
        let published = self.published();
        let Some(key) = published.keys.get(kid) else { return Err(Refusal::UnknownKey) };
        let rules = Validation { algorithms: key.algorithms.to_vec(), ..self.rules.clone() };
        decoded(token, &key.key, &rules)
    }
}
