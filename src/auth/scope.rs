//! Scopes: what a token may be used for.

use std::fmt;
use std::str::FromStr;

/// A scope. The OpenAPI document names the one that each operation needs, and the same entry is what is enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Read the directory, and of people what they let others see.
    DirectoryRead = 1,
    /// Write organisations and networks.
    DirectoryWrite = 2,
    /// Read and write people: what an HR system owns, their profiles, identities and memberships.
    HrSync = 4,
    /// Everything.
    Admin = 8,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 4] = [Scope::DirectoryRead, Scope::DirectoryWrite, Scope::HrSync, Scope::Admin];

    /// The scope as tokens and the document write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::DirectoryRead => "directory:read",
            Scope::DirectoryWrite => "directory:write",
            Scope::HrSync => "hr:sync",
            Scope::Admin => "admin",
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| format!("unknown scope {text}; there are {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// What an operation asks of whoever calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// A token, whatever it may be used for.
    SignedIn,
    /// A token with any of these scopes.
    Scopes(Scopes),
}

/// Several scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// Whether a scope is among them; `admin` holds them all.
    pub fn allow(self, scope: Scope) -> bool {
        self.0 & (scope as u8 | Scope::Admin as u8) != 0
    }

    /// Whether a scope is itself among them.
    pub fn names(self, scope: Scope) -> bool {
        self.0 & scope as u8 != 0
    }

    /// Those that were given, as tokens write them.
    pub fn words(self) -> Vec<&'static str> {
        Scope::ALL.into_iter().filter(|scope| self.0 & *scope as u8 != 0).map(Scope::as_str).collect()
    }

    /// The scopes of a token's `scope` claim (RFC 8693, 4.2): those that are ours; others belong to other services.
    pub fn of_claim(claim: &str) -> Self {
        claim.split(' ').filter_map(|scope| scope.parse().ok()).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |all, scope| all | scope as u8))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_gives_the_scopes_it_names() {
        let scopes = Scopes::of_claim("openid directory:read profile");
        assert!(scopes.allow(Scope::DirectoryRead) && !scopes.allow(Scope::DirectoryWrite));
        assert!(Scope::ALL.into_iter().all(|scope| Scopes::of_claim("admin").allow(scope)));
        assert!(Scope::ALL.into_iter().all(|scope| !Scopes::of_claim("Admin directory").allow(scope)));
    }
}
