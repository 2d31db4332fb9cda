//! Words that were looked up of late, so that the library isn't asked again: it takes most of the time of a word, and the
//! parts of compounds come again and again.
//!
//! What was found of a word never changes while a process has its dictionary, so nothing here is ever out of date. The
//! memory grows to a bound and is given back by [`Memory::forget`] when an index settles, after which words are looked up
//! anew.

use std::collections::HashMap;
use std::sync::Arc;

use super::Analysis;

/// The most words of each half: some hundred bytes each, so that all of them are a few megabytes.
const MOST: usize = 4_000;

/// Two halves: when the late one is full, it becomes what was before, and what was before until then is forgotten. A word
/// of the earlier half that is asked for again goes over to the late one.
#[derive(Default)]
pub(super) struct Memory {
    late: HashMap<Box<str>, Arc<[Analysis]>>,
    before: HashMap<Box<str>, Arc<[Analysis]>>,
}

impl Memory {
    /// What was found of a word.
    pub(super) fn find(&mut self, word: &str) -> Option<Arc<[Analysis]>> {
        if let Some(analyses) = self.late.get(word) {
            return Some(analyses.clone());
        }
        let (word, analyses) = self.before.remove_entry(word)?;
        self.keep(word, analyses.clone());
        Some(analyses)
    }

    /// Keeps what was found of a word.
    pub(super) fn keep(&mut self, word: Box<str>, analyses: Arc<[Analysis]>) {
        if self.late.len() >= MOST {
            self.before = std::mem::take(&mut self.late);
        }
        self.late.insert(word, analyses);
    }

    /// Forgets all of them, and gives back their memory.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_asked_for_again_is_forgotten() {
        let mut memory = Memory::default();
        let one = || Arc::from([Analysis { base: "talo".into(), ..Analysis::default() }]);
        memory.keep("talossa".into(), one());
        for number in 0..MOST * 10 {
            memory.keep(number.to_string().into(), Arc::default());
            assert_eq!(memory.find("talossa"), Some(one()));
            assert!(memory.late.len() <= MOST && memory.before.len() <= MOST);
        }
        assert_eq!(memory.find("0"), None);
        assert_eq!((memory.late.len() + memory.before.len() > MOST, memory.find("talossa")), (true, Some(one())));
        memory.forget();
        assert_eq!((memory.late.capacity(), memory.before.capacity(), memory.find("talossa")), (0, 0, None));
    }
}
