//! Who can see what: as a value on the entity, and as a limit on every query.

use crate::db::types::words;

words! {
    /// Who can see a network.
    Visibility {
        /// Everybody, also without signing in where that is allowed.
        Public = "public",
        /// Everybody signed in.
        Administration = "administration",
        /// Its members, and those who edit the directory.
        Members = "members",
    }
}

/// The internal id of a caller, kept in place: whoever sees is handed on by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallerId([u8; 24]);

impl CallerId {
    /// The id. Those that stand for somebody are 24 characters long (`auth::token`); of another, more would be nobody's.
    pub fn of(id: &str) -> Self {
        let mut kept = [0; 24];
        kept.iter_mut().zip(id.bytes()).for_each(|(kept, byte)| *kept = byte);
        Self(kept)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default().trim_end_matches('\0')
    }
}

/// How far a caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Without a token: what is public.
    Anonymous,
    /// With a token: what everybody signed in sees, and the networks that they are in.
    SignedIn(CallerId),
    /// An editor or admin: everything.
    Editor,
}

impl Sight {
    /// The visibilities that are within sight whoever somebody is. What its members alone see is for a query to say
    /// (`db::seen`).
    pub fn visible(self) -> &'static [Visibility] {
        match self {
            Sight::Anonymous => &[Visibility::Public],
            Sight::SignedIn(_) => &[Visibility::Public, Visibility::Administration],
            Sight::Editor => Visibility::ALL,
        }
    }

    /// Whether something of a visibility is within sight whoever somebody is.
    pub fn sees(self, visibility: Visibility) -> bool {
        self.visible().contains(&visibility)
    }

    /// The person whose own networks are within sight, too.
    pub fn insider(self) -> Option<CallerId> {
        match self {
            Sight::SignedIn(id) => Some(id),
            Sight::Anonymous | Sight::Editor => None,
        }
    }
}
