//! Who may find what, as words: a document has those of whoever may see it, a caller those that are theirs.
//!
//! They say what `members::Viewer` and `db::seen` say. An index that lags has old words; so what changed since is left out
//! of a search ([`asked`]), and what is shown is looked at again as it is now ([`Indexed::is_for`](super::Indexed)).

use std::collections::HashSet;

use super::engine::Key;
use super::indexed;
use crate::auth::Caller;
use crate::auth::visibility::{Sight, Visibility};
use crate::db::changes::{self, Position};
use crate::db::{Conn, seen_by};
use crate::http::messages::Code;
use crate::http::problem::{Problem, Result};
use crate::members::{MemberId, Viewer};
use crate::organisations::OrganisationId;

/// Of what everybody who may search sees.
pub const ALL: &str = "all";

/// Of people whom everybody signed in sees.
const PEOPLE: &str = "people";

/// Of all other people.
const OTHERS: &str = "others";

/// What the words of an organisation's HR begin with.
const HR: &str = "hr:";

/// The most changes that the index may be behind: looking each of them up takes time of every search.
const BEHIND: i64 = 2_000;

/// The word of networks of a visibility.
pub fn of_network(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "network:public",
        Visibility::Administration => "network:administration",
        Visibility::Members => "network:members",
    }
}

/// The word of those who are in a network.
pub fn inside(network: &str) -> String {
    format!("in:{network}")
}

/// The words of a member: whether everybody signed in sees them, and that they see themselves.
pub fn of_member(id: &MemberId, is_seen: bool) -> Vec<String> {
    vec![if is_seen { PEOPLE } else { OTHERS }.to_owned(), format!("self:{}", id.as_str())]
}

/// The word of those whose HR is that of an organisation.
pub fn hr_of(id: &OrganisationId) -> String {
    format!("{HR}{}", id.as_str())
}

/// The words of a caller: two queries at most.
pub fn of_caller(conn: &mut Conn, caller: &Caller) -> Result<Vec<String>> {
    let sight = caller.sight();
    let mut words = vec![ALL.to_owned()];
    words.extend(sight.visible().iter().map(|visibility| of_network(*visibility).to_owned()));
    words.extend(seen_by(conn, sight)?.iter().map(|network| inside(network)));
    if sight == Sight::Anonymous {
        return Ok(words);
    }
    words.push(PEOPLE.to_owned());
    match Viewer::of(conn, caller)? {
        Viewer::All => words.push(OTHERS.to_owned()),
        Viewer::Some(eyes) => {
            words.extend(eyes.me().map(|me| format!("self:{}", me.as_str())));
            words.extend(eyes.hr_of().iter().map(hr_of));
        }
    }
    Ok(words)
}

/// What an index is asked with: what is for the caller, and what may have become something else since.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The caller's words.
    pub access: Vec<String>,
    /// What changed since the index's position.
    pub left_out: HashSet<Key>,
}

/// What an index that stands at a position is asked with for a caller: three queries at most. 503 where the index is so far
/// behind that too much would be left out.
///
/// What was made since is not in the index, and so is not left out. What moved an organisation changes whose HR people
/// are, though they themselves did not change: until the index has it, HR finds those alone whom everybody does.
pub fn asked(conn: &mut Conn, caller: &Caller, position: Position) -> Result<Asked> {
    let changes = changes::of_existing_after(conn, position, &indexed::TYPES, BEHIND + 1)?;
    if i64::try_from(changes.len()).is_ok_and(|number| number > BEHIND) {
        return Err(Problem::again_soon(Code::SearchBehind));
    }
    let mut access = of_caller(conn, caller)?;
    if changes.iter().any(indexed::moves_people) {
        access.retain(|word| !word.starts_with(HR));
    }
    Ok(Asked { access, left_out: changes.iter().filter_map(indexed::own).collect() })
}
