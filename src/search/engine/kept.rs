//! Words that were worked out, kept: most words of a text come again and again, and working one out costs more than all
//! else that is done with it. There is room for so many, and no more.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use crate::text::analysis::{self, Languages};

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

/// Words and their terms.
struct Words {
    shards: Vec<Mutex<Vec<Set>>>,
}

static OWN: LazyLock<Words> = LazyLock::new(Words::new);

/// Reads the terms of a word, worked out if they aren't kept.
pub(crate) fn read(word: &str, languages: Languages, read: impl FnOnce(Known<'_>)) {
    OWN.read(word, languages, work_out, read);
}

/// Forgets the words that are kept, and gives back their memory.
pub(crate) fn forget() {
    OWN.forget();
    analysis::own().forget();
}

/// A number for a word, eight bytes at a time. Words that somebody has chosen to have the same number cost time alone:
/// they push each other out.
fn number(word: &str) -> u64 {
    let mix = |hash: u64, piece: u64| (hash ^ piece).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    let (pieces, rest) = word.as_bytes().as_chunks::<8>();
    let hash = pieces.iter().fold(word.len() as u64, |hash, piece| mix(hash, u64::from_le_bytes(*piece)));
    let rest = rest.iter().fold(0, |rest, byte| rest << 8 | u64::from(*byte));
    mix(mix(hash, rest), 0)
}

impl Words {
    /// None; the memory for them is taken when there are some.
    fn new() -> Self {
        Self { shards: std::iter::repeat_with(Mutex::default).take(SHARDS).collect() }
    }

    /// Reads the terms of a word: as they are kept, or else as they are worked out, the near ones and the far ones.
    fn read(
        &self,
        word: &str,
        languages: Languages,
        work_out: impl FnOnce(&str, Languages, &mut String, &mut String),
        read: impl FnOnce(Known<'_>),
    ) {
        let hash = number(word);
        let shard = self.shards.get(hash as usize % SHARDS).filter(|_| word.len() <= LONGEST);
        let place = (hash >> 32) as usize % SETS;
        if let Some(mut sets) = shard.map(lock)
            && let Some(set) = sets.get_mut(place)
            && let Some(way) =
                set.iter().position(|kept| kept.as_ref().is_some_and(|kept| kept.is(hash, word, languages)))
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
            let mut sets = lock(shard);
            if sets.is_empty() {
                sets.resize_with(SETS, Set::default);
            }
            let behind = sets.get_mut(place)?.get_mut(NEW..)?;
            behind.rotate_right(1);
            behind.first_mut()?.replace(kept)
        });
        drop(forgotten);
    }

    fn forget(&self) {
        for shard in &self.shards {
            *lock(shard) = Vec::new();
        }
    }
}

/// What a lock keeps is whole after every step, so a panic elsewhere does it no harm.
fn lock(shard: &Mutex<Vec<Set>>) -> MutexGuard<'_, Vec<Set>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Words of its own, and how many it has worked out.
    struct Counted {
        words: Words,
        count: Cell<usize>,
    }

    impl Counted {
        fn new() -> Self {
            Self { words: Words::new(), count: Cell::new(0) }
        }

        /// Reads a word, and says whether it was worked out.
        fn works_out(&self, word: &str, languages: Languages) -> bool {
            let before = self.count.get();
            let mut seen = false;
            let worked = |word: &str, languages, near: &mut String, far: &mut String| {
                self.count.set(self.count.get() + 1);
                work_out(word, languages, near, far);
            };
            self.words.read(word, languages, worked, |known| {
                let (mut near, mut far) = (String::new(), String::new());
                work_out(word, languages, &mut near, &mut far);
                assert_eq!((known.near, known.far), (near.as_str(), far.as_str()), "{word}");
                seen = true;
            });
            assert!(seen, "{word}");
            self.count.get() > before
        }

        fn kept(&self) -> usize {
            self.words.shards.iter().map(|shard| lock(shard).iter().flatten().flatten().count()).sum()
        }
    }

    #[test]
    fn a_word_is_worked_out_once_in_each_language() {
        let counted = Counted::new();
        let words = ["verkostoissa", "Työ-", "DVV", "ÄÄNI", "", "a", "työhyvinvointiverkostojen"];
        for round in 0..4 {
            // What was forgotten is worked out anew.
            let is_new = round == 0 || round == 2;
            if round == 2 {
                counted.words.forget();
                assert_eq!(counted.kept(), 0);
            }
            for word in words {
                // As many as have room beside each other when they are new.
                for languages in [Languages::FINNISH, Languages::ALL] {
                    assert_eq!(counted.works_out(word, languages), is_new, "{word} {round}");
                }
            }
            assert_eq!(counted.kept(), words.len() * 2);
        }
    }

    #[test]
    fn words_of_the_same_number_are_told_apart() {
        let known = Known { near: " Sone", far: " Fother" };
        let kept = Kept::new(7, "one", Languages::FINNISH, known).unwrap();
        assert_eq!((kept.known().near, kept.known().far), (known.near, known.far));
        assert!(kept.is(7, "one", Languages::FINNISH));
        assert!(!kept.is(7, "on", Languages::FINNISH) && !kept.is(7, "one S", Languages::FINNISH));
        assert!(!kept.is(7, "one", Languages::ALL) && !kept.is(8, "one", Languages::FINNISH));
    }

    #[test]
    fn long_words_are_not_kept() {
        let counted = Counted::new();
        for (length, is_kept) in [(LONGEST, true), (LONGEST + 1, false)] {
            let word = "a".repeat(length);
            assert!(counted.works_out(&word, Languages::NONE));
            assert_eq!(counted.works_out(&word, Languages::NONE), !is_kept, "{length}");
        }
        assert_eq!(counted.kept(), 1);
    }

    #[test]
    fn what_comes_often_stays_when_there_is_no_more_room() {
        let counted = Counted::new();
        for number in 0..200_000 {
            assert!(counted.works_out(&format!("w{number}"), Languages::NONE));
            assert_eq!(counted.works_out("often", Languages::NONE), number == 0, "{number}");
        }
        let room = SHARDS * SETS * (WAYS - NEW);
        // New words take places behind those that came again, and only "often" did.
        assert!(counted.kept() > room * 9 / 10 && counted.kept() <= room + 1, "{}", counted.kept());
        assert!(counted.works_out("w0", Languages::NONE), "what came once is pushed out");
    }
}
