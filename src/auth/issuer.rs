//! An OIDC issuer: its keys are fetched beside the requests, and kept while it is away.
//!
//! One task an issuer does all the fetching, so that no two happen at once: every so often, and when a token names a key
//! that is not known, though never sooner than a while after a token last did. Forged tokens so cost the issuer next to
//! nothing, and a rotated key works within the request that first names it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use actix_web::web;
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::timeout;

use super::claims::Mapping;
use super::fetch::Client;
use super::issuers;
use super::keys::{Key, Keys};
use super::token::{LEEWAY, Refusal, decoded};

/// How long a request waits for the keys.
const PATIENCE: Duration = Duration::from_secs(5);

/// Requests that wait for the keys at once; those beyond are refused as if the keys had come without theirs.
const WAITING: usize = 256;

/// How long a round may take: the discovery document and the keys, with all redirects.
const ROUND: Duration = Duration::from_secs(8);

/// How long after the first round that failed the next begins, unless the pace is quicker.
const RETRY: Duration = Duration::from_secs(3);

/// Up to this refresh a withdrawn key is refused within a minute, also if one round hangs: 41 s from the beginning of the
/// last good round to that of the next, 8 s until that fails, 3 s to the retry, and 8 s until that succeeds, are 60 s. With
/// the default of 30 s they are 49 s.
const PROMPT: Duration = Duration::from_secs(41);

/// How often the keys are fetched.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// So often, while the issuer answers.
    pub refresh: Duration,
    /// For a token never sooner than so after the last time that was for one; while the issuer is away, so often.
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
    rounds: watch::Sender<Rounds>,
    /// Counts the times that any issuer's keys changed: what was verified before is verified anew.
    changes: Arc<AtomicU64>,
}

/// How the fetching goes.
struct Rounds {
    /// One is under way, or is to begin at once.
    is_running: bool,
    /// The last one succeeded.
    is_current: bool,
    /// When a token last asked for one.
    asked: Option<Instant>,
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
    /// It is away, and no key of its is known: no token of its is taken.
    Away,
    /// It publishes no key that can be used: no token of its is taken.
    NoKeys,
}

impl Standing {
    /// As readiness says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Stale => "stale",
            Self::Away => "away",
            Self::NoKeys => "no_keys",
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
            // The first begins with the service, so nobody has to ask for it.
            rounds: watch::Sender::new(Rounds { is_running: true, is_current: false, asked: None }),
            changes,
        }
    }

    /// Fetches the keys until the service ends: at once, every so often, and when asked.
    pub async fn work(self: Arc<Self>) {
        if self.pace.refresh > PROMPT {
            let seconds = self.pace.refresh.as_secs();
            tracing::warn!(
                issuer = self.url,
                seconds,
                "--oidc-refresh lets withdrawn keys live for more than a minute"
            );
        }
        let mut rounds = self.rounds.subscribe();
        let mut has_failed = false;
        loop {
            let begun = Instant::now();
            let issuer = Arc::clone(&self);
            let fetched = web::block(move || issuer.fetch(begun + ROUND)).await;
            let fetched = fetched.map_err(|error| error.to_string()).flatten();
            match &fetched {
                Ok(keys) => tracing::debug!(issuer = self.url, keys, "an issuer's keys were fetched"),
                Err(error) => tracing::warn!(issuer = self.url, error, "an issuer's keys could not be fetched"),
            }
            let is_current = fetched.is_ok();
            self.rounds.send_modify(|rounds| (rounds.is_running, rounds.is_current) = (false, is_current));
            let rest = match (is_current, has_failed) {
                (true, _) => self.pace.refresh.saturating_sub(begun.elapsed()),
                (false, false) => RETRY.min(self.pace.cool_down),
                (false, true) => self.pace.cool_down,
            };
            has_failed = !is_current;
            let _ = timeout(rest, rounds.wait_for(|rounds| rounds.is_running)).await;
            self.rounds.send_modify(|rounds| rounds.is_running = true);
        }
    }

    /// Waits for the keys to be fetched, where they may be by now.
    pub async fn ask(&self) {
        // The task itself is one that listens.
        if self.rounds.receiver_count() <= WAITING {
            let _ = timeout(PATIENCE, self.round()).await;
        }
    }

    /// Waits for the end of the round that is under way, and unless that brought something new, or if there is none, of one
    /// that is asked for.
    async fn round(&self) {
        let known = self.published();
        let mut rounds = self.rounds.subscribe();
        let _ = rounds.wait_for(|rounds| !rounds.is_running).await;
        if !Arc::ptr_eq(&known, &self.published()) {
            return;
        }
        self.rounds.send_if_modified(|rounds| {
            let has_cooled = rounds.asked.is_none_or(|asked| asked.elapsed() >= self.pace.cool_down);
            let begins = has_cooled && !rounds.is_running;
            if begins {
                (rounds.is_running, rounds.asked) = (true, Some(Instant::now()));
            }
            begins
        });
        let _ = rounds.wait_for(|rounds| !rounds.is_running).await;
    }

    /// Fetches what the issuer publishes, by a time; how many keys there are. What was known stays if that fails.
    fn fetch(&self, until: Instant) -> Result<usize, String> {
        let place = format!("{}/.well-known/openid-configuration", self.url.trim_end_matches('/'));
        let discovery = self.discovery(&self.client.get(&place, until)?).map_err(|error| format!("{place} {error}"))?;
        let text = self.client.get(&discovery.jwks_uri, until)?;
        let keys = Keys::parse(&text).map_err(|error| format!("{}: {error}", discovery.jwks_uri))?;
        let (count, passed_over) = (keys.count(), keys.passed_over);
        let endpoints = discovery.authorization_endpoint.zip(discovery.token_endpoint);
        let endpoints = endpoints.map(|(authorization, token)| Endpoints { authorization, token });
        let known = self.published();
        if known.text == text && known.endpoints == endpoints {
            return Ok(count);
        }
        if let Ok(mut published) = self.published.write() {
            *published = Arc::new(Published { text, keys, endpoints });
        }
        self.changes.fetch_add(1, Ordering::AcqRel);
        match (count, passed_over) {
            (1.., 0) => tracing::info!(issuer = self.url, keys = count, "an issuer's keys are new"),
            (1.., _) => {
                tracing::warn!(issuer = self.url, keys = count, passed_over, "some of an issuer's keys can't be used");
            }
            (0, _) => tracing::warn!(issuer = self.url, passed_over, "an issuer has no key that can be used"),
        }
        Ok(count)
    }

    /// Reads its discovery document.
    fn discovery(&self, text: &[u8]) -> Result<Discovery, String> {
        let discovery: Discovery =
            serde_json::from_slice(text).map_err(|error| format!("is no discovery document: {error}"))?;
        match discovery.issuer == self.url {
            true => Ok(discovery),
            false => Err(format!(
                "is the discovery document of another issuer: {0}; if that is the one, configure it as {0}",
                discovery.issuer
            )),
        }
    }

    fn published(&self) -> Arc<Published> {
        self.published.read().map(|published| Arc::clone(&published)).unwrap_or_default()
    }

    /// How far it is known.
    pub fn standing(&self) -> Standing {
        match (self.rounds.borrow().is_current, self.published().keys.count()) {
            (true, 1..) => Standing::Current,
            (false, 1..) => Standing::Stale,
            (false, 0) => Standing::Away,
            (true, 0) => Standing::NoKeys,
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
        let kid = header.kid.as_deref().ok_or(Refusal::Invalid("without a kid"))?;
        let published = self.published();
        let keys = published.keys.get(kid).ok_or(Refusal::UnknownKey)?;
        let mut fitting = keys.iter().filter(|key| key.algorithms.contains(&header.alg));
        let first = fitting.next().ok_or(Refusal::Invalid("another algorithm than its key's"))?;
        let read = |key: &Key| {
            let rules = Validation { algorithms: key.algorithms.to_vec(), ..self.rules.clone() };
            decoded(token, &key.key, &rules)
        };
        // Mostly there is one.
        fitting.fold(read(first), |read_so_far, key| read_so_far.or_else(|_| read(key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Cli, Command};
    use clap::Parser;
    use serde_json::json;

    #[test]
    fn a_withdrawn_key_is_refused_within_a_minute_though_a_round_hangs() {
        let cli = Cli::try_parse_from(["solmu", "serve"]).unwrap();
        let Command::Serve(config) = cli.command else { panic!("{cli:?}") };
        assert!(config.oidc.oidc_refresh <= PROMPT);
        assert_eq!(PROMPT + ROUND + RETRY + ROUND, Duration::from_secs(60));
    }

    #[test]
    fn an_issuer_of_another_name_is_told_by_it() {
        let settings = issuers::Issuer {
            url: "https://id.example".to_owned(),
            audiences: vec!["solmu".to_owned()],
            client: Arc::new(Client::new("https://id.example", None).unwrap()),
            mapping: Mapping::default(),
            sign_in: None,
        };
        let pace = Pace { refresh: PROMPT, cool_down: RETRY };
        let issuer = Issuer::new(&settings, pace, Arc::default());
        let read = |name: &str| {
            let text = json!({ "issuer": name, "jwks_uri": "https://id.example/keys" }).to_string();
            issuer.discovery(text.as_bytes()).map(|discovery| discovery.issuer)
        };
        assert_eq!(read("https://id.example").as_deref(), Ok("https://id.example"));
        assert!(read("https://id.example/").unwrap_err().ends_with("configure it as https://id.example/"));
    }
}
