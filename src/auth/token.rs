//! Bearer tokens (RFC 7519): minted and verified.
//!
//! `iss` picks the verifier, and the verifier's key decides the algorithm; what the token's header says of either is
//! only ever compared. Today there is one verifier, of the shared secret; an OIDC issuer is another arm of
//! [`Verifier`], which the callers of [`Tokens::verify`] will not notice.

use std::collections::HashMap;
use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::scope::Scopes;
use crate::config::SecretText;
use crate::http::messages::Code;
use crate::http::problem::{Problem, Result};

/// The issuer of tokens under the shared secret, and the audience of all.
pub const SOLMU: &str = "solmu";

/// How far clocks may be apart, in seconds.
const LEEWAY: u64 = 30;

/// The longest token looked at.
const LONGEST: usize = 16 * 1024;

/// What a token of the shared secret says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    scope: String,
    iat: u64,
    nbf: u64,
    exp: u64,
}

/// What a verified token says of its bearer. A person is (`iss`, `sub`).
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// Who issued the token.
    pub issuer: String,
    /// Whom it speaks for.
    pub subject: String,
    /// What it may be used for.
    pub scopes: Scopes,
}

/// Verifies tokens of the issuers that are configured.
pub struct Tokens(HashMap<String, Verifier>);

/// How the tokens of one issuer are verified.
enum Verifier {
    /// HS256 under a secret that the issuer and we share.
    Shared { key: DecodingKey, rules: Validation },
}

impl Tokens {
    /// Verifies HS256 under a shared secret, for the issuer `solmu`.
    pub fn shared(secret: &SecretText) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.leeway = LEEWAY;
        rules.validate_nbf = true;
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        rules.set_issuer(&[SOLMU]);
        rules.set_audience(&[SOLMU]);
        let verifier = Verifier::Shared { key: DecodingKey::from_secret(secret.bytes()), rules };
        Self(HashMap::from([(SOLMU.to_owned(), verifier)]))
    }

    /// Verifies a token: its signature, issuer, audience and times.
    pub fn verify(&self, token: &str) -> Result<Identity> {
        if token.len() > LONGEST {
            return Err(refused());
        }
        match self.0.get(&issuer(token)?).ok_or_else(refused)? {
            Verifier::Shared { key, rules } => {
                let claims = jsonwebtoken::decode::<Claims>(token, key, rules).map_err(|error| match error.kind() {
                    ErrorKind::ExpiredSignature => Problem::unauthenticated(
                        Code::TokenExpired,
                        "Bearer error=\"invalid_token\", error_description=\"expired\"",
                    ),
                    _ => refused(),
                })?;
                let Claims { iss, sub, scope, .. } = claims.claims;
                Ok(Identity { issuer: iss, subject: sub, scopes: Scopes::of_claim(&scope) })
            }
        }
    }
}

/// The issuer that a token claims, before anything of it is believed.
fn issuer(token: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Peek {
        iss: String,
    }
    jsonwebtoken::dangerous::insecure_decode_claims::<Peek>(token).map(|peek| peek.iss).map_err(|_| refused())
}

fn refused() -> Problem {
    Problem::unauthenticated(Code::TokenInvalid, "Bearer error=\"invalid_token\"")
}

/// Makes a token under the shared secret.
pub fn mint(
    secret: &SecretText,
    subject: &str,
    scope: &str,
    lifetime: Duration,
) -> std::result::Result<String, String> {
    let now = jsonwebtoken::get_current_timestamp();
    let claims = Claims {
        iss: SOLMU.to_owned(),
        aud: SOLMU.to_owned(),
        sub: subject.to_owned(),
        scope: scope.to_owned(),
        iat: now,
        nbf: now,
        exp: now + lifetime.as_secs(),
    };
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(secret.bytes()))
        .map_err(|error| format!("cannot sign the token: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::scope::Scope;

    fn secret(text: &str) -> SecretText {
        text.repeat(32).parse().unwrap()
    }

    #[test]
    fn what_is_minted_is_verified() {
        let token = mint(&secret("a"), "script", "directory:read", Duration::from_secs(60)).unwrap();
        let identity = Tokens::shared(&secret("a")).verify(&token).unwrap();
        assert_eq!((identity.issuer.as_str(), identity.subject.as_str()), ("solmu", "script"));
        assert!(identity.scopes.allow(Scope::DirectoryRead) && !identity.scopes.allow(Scope::DirectoryWrite));
        assert!(Tokens::shared(&secret("b")).verify(&token).is_err());
    }
}
