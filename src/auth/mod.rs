//! Who calls, and what they may: tokens, the caller, scopes and the policy.

pub mod caller;
pub mod claimant;
pub mod claims;
mod fetch;
pub mod issuer;
pub mod issuers;
mod keys;
pub mod policy;
pub mod scope;
pub mod standing;
pub mod token;
pub mod visibility;

pub use caller::{Actor, Caller};
pub use claimant::{Claimant, Permit};
pub use standing::Standing;

/// 32 random bytes from the system, as 64 hexadecimal characters.
pub fn random_text() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// Bytes as hexadecimal characters.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let Ok(()) = write!(text, "{byte:02x}") else { return text };
        text
    })
}
