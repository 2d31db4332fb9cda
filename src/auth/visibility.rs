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

/// How far a caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Without a token: what is public.
    Anonymous,
    /// With a token.
    SignedIn,
    /// An editor or admin: everything.
    Editor,
}

impl Sight {
    /// The visibilities within sight, for a query's filter.
    pub fn visible(self) -> &'static [Visibility] {
        match self {
            Sight::Anonymous => &[Visibility::Public],
            Sight::SignedIn => &[Visibility::Public, Visibility::Administration],
            Sight::Editor => Visibility::ALL,
        }
    }

    /// Whether something of a visibility is within sight.
    pub fn sees(self, visibility: Visibility) -> bool {
        self.visible().contains(&visibility)
    }
}
