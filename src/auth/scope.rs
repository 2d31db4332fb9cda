//! Scopes: what a token may be used for.

use std::fmt;
use std::str::FromStr;

/// A scope. The OpenAPI document names the one that each operation needs, and the same entry is what is enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Read the directory.
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

/// What somebody may be to what an operation is about, and so may do it without the scope that opens it to anybody. The
/// OpenAPI document names them (`x-solmu-roles`), and the same entry is what is enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Coordinator, chair or secretary of the network.
    Coordinator = 1,
    /// Contact of the organisation, or of one above.
    Contact = 2,
    /// The member themselves.
    Themselves = 4,
    /// The HR of the member's organisation, or of one above: `hr:sync` for some organisations alone.
    Hr = 8,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 4] = [Role::Coordinator, Role::Contact, Role::Themselves, Role::Hr];

    /// The role as the document writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Coordinator => "coordinator",
            Role::Contact => "contact",
            Role::Themselves => "self",
            Role::Hr => "hr",
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("unknown role {text}; there are {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// Several roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u8);

impl Roles {
    /// Whether one is among them.
    pub fn has(self, role: Role) -> bool {
        self.0 & role as u8 != 0
    }

    /// Whether any of them is what a person is, rather than what a token is limited to.
    pub fn are_personal(self) -> bool {
        self.0 & !(Role::Hr as u8) != 0
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that there are, as the document writes them.
    pub fn words(self) -> Vec<&'static str> {
        Role::ALL.into_iter().filter(|role| self.has(*role)).map(Role::as_str).collect()
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().fold(0, |all, role| all | role as u8))
    }
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
        Scope::ALL.into_iter().filter(|scope| self.names(*scope)).map(Scope::as_str).collect()
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

impl From<Scope> for Scopes {
    fn from(scope: Scope) -> Self {
        [scope].into_iter().collect()
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
