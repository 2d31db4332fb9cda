//! Words that were worked out, kept: most words of a text come again and again, and working one out costs more than all
//! else that is done with it. There is room for so many, and no more.

use std::sync::{LazyLock, Mutex, PoisonError};

use crate::text::analysis::Languages;

use crate::search::engine::terms::{Known, work_out};

/// Words are kept in so many places, so that threads seldom wait for each other.
const SHARDS: usize = 64;
/// The sets of words of a place: a word is looked for in one.
const SETS: usize = 512;
/// The words of a set.
const WAYS: usize = 4;
/// Where a new word goes among them: what comes once doesn't push out what comes often.
const NEW: usize = 2;
/// The longest word that is kept, in bytes.
const LONGEST: usize = 64;

/// A word and its terms, in one piece.
struct Kept {
    hash: u64,
    text: Box<str>,
    /// Where the word ends, and where its near terms do.
    ends: [u16; 2],
    languages: Languages,
}

impl Kept {
    fn new(hash: u64, word: &str, languages: Languages, known: Known<'_>) -> Option<Self> {
        let text = [word, known.near, known.far].concat();
        let ends = [u16::try_from(word.len()).ok()?, u16::try_from(word.len() + known.near.len()).ok()?];
        Some(Self { hash, text: text.into(), ends, languages })
    }

    fn is(&self, hash: u64, word: &str, languages: Languages) -> bool {
        let [end, _] = self.ends;
        self.hash == hash && self.languages == languages && self.text.get(..end.into()) == Some(word)
    }

    fn known(&self) -> Known<'_> {
        let [word, near] = self.ends.map(usize::from);
        Known { near: self.text.get(word..near).unwrap_or_default(), far: self.text.get(near..).unwrap_or_default() }
    }
}

/// Words that share a place: what comes often moves to the front.
type Set = [Option<Kept>; WAYS];
type Shard = Mutex<Vec<Set>>;

static KEPT: LazyLock<Vec<Shard>> = LazyLock::new(|| std::iter::repeat_with(Shard::default).take(SHARDS).collect());

/// A number for a word, eight bytes at a time. Words that somebody has chosen to have the same number cost time alone:
/// they push each other out.
fn number(word: &str) -> u64 {
    let mix = |hash: u64, piece: u64| (hash ^ piece).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    let (pieces, rest) = word.as_bytes().as_chunks::<8>();
    let hash = pieces.iter().fold(word.len() as u64, |hash, piece| mix(hash, u64::from_le_bytes(*piece)));
    let rest = rest.iter().fold(0, |rest, byte| rest << 8 | u64::from(*byte));
    mix(mix(hash, rest), 0)
}

/// Reads the terms of a word, worked out if they aren't kept.
pub(crate) fn read(word: &str, languages: Languages, read: impl FnOnce(Known<'_>)) {
    let hash = number(word);
    let shard = KEPT.get(hash as usize % SHARDS).filter(|_| word.len() <= LONGEST);
    let place = (hash >> 32) as usize % SETS;
    if let Some(mut sets) = shard.map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner))
        && let Some(set) = sets.get_mut(place)
        && let Some(way) = set.iter().position(|kept| kept.as_ref().is_some_and(|kept| kept.is(hash, word, languages)))
    {
        let front = way.saturating_sub(1);
        set.swap(front, way);
        if let Some(Some(kept)) = set.get(front) {
            read(kept.known());
        }
        return;
    }
    let [mut near, mut far] = [String::with_capacity(128), String::with_capacity(128)];
    work_out(word, languages, &mut near, &mut far);
    let known = Known { near: &near, far: &far };
    read(known);
    let forgotten = shard.zip(Kept::new(hash, word, languages, known)).and_then(|(shard, kept)| {
        let mut sets = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if sets.is_empty() {
            sets.resize_with(SETS, Set::default);
        }
        let behind = sets.get_mut(place)?.get_mut(NEW..)?;
        behind.rotate_right(1);
        behind.first_mut()?.replace(kept)
    });
    drop(forgotten);
}

/// Forgets the words that are kept, and gives back their memory.
pub(crate) fn forget() {
    for shard in KEPT.iter() {
        *shard.lock().unwrap_or_else(PoisonError::into_inner) = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_words_read_as_worked_out() {
        for round in 0..3 {
            if round == 2 {
                forget();
            }
            for word in ["verkostoissa", "Työ-", "DVV", "ÄÄNI", "", "a"] {
                for languages in [Languages::FINNISH, Languages::SWEDISH, Languages::ALL] {
                    let (mut near, mut far) = (String::new(), String::new());
                    work_out(word, languages, &mut near, &mut far);
                    let mut seen = false;
                    read(word, languages, |known| {
                        seen = true;
                        assert_eq!((known.near, known.far), (near.as_str(), far.as_str()), "{word} {round}");
                    });
                    assert!(seen);
                }
            }
        }
    }

    #[test]
    fn no_more_words_are_kept_than_there_is_room_for() {
        for number in 0..200_000 {
            read(&format!("w{number}"), Languages::NONE, |known| assert_eq!(known.near, format!(" Sw{number}")));
        }
        let count = |sets: &Vec<Set>| sets.iter().flatten().flatten().count();
        let kept: usize = KEPT.iter().map(|shard| count(&shard.lock().unwrap())).sum();
        assert!(kept <= SHARDS * SETS * WAYS, "{kept}");
    }
}
