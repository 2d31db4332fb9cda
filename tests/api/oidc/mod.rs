//! Tokens of an OIDC issuer: one of the tests' own, which rotates its keys, goes away, and attacks.

mod attacks;
mod claims;
pub mod issuer;
mod keys;
mod persons;
mod sign_in;

use serde_json::Value;

use crate::client::Answer;
use crate::harness::App;
use issuer::{AUDIENCE, Issuer};

/// A service that takes an issuer's tokens, beside those under the shared secret.
fn app(issuer: &Issuer) -> App {
    App::with(false, |config| {
        config.oidc.oidc_issuer = Some(issuer.url());
        config.oidc.oidc_audience = vec![AUDIENCE.to_owned()];
        config.oidc.oidc_cool_down = std::time::Duration::from_millis(200);
    })
}

/// Asks for what needs `directory:read`.
#[track_caller]
fn read(app: &App, token: &str) -> Answer {
    app.get("/v1/organisations").header("authorization", &format!("Bearer {token}")).send()
}

/// What readiness says of the issuer.
fn standing(app: &App, issuer: &Issuer) -> Value {
    app.get("/readyz").send().expect(200).json()["issuers"][issuer.url()].clone()
}
