//! Words that were looked up of late.

use std::collections::HashMap;
use std::sync::Arc;

use super::Analysis;

/// The most words of each half: some hundred bytes each, so that all of them are a few megabytes.
const MOST: usize = 4_000;

/// Two halves: when one is full, it is what was of late, and what was before is forgotten.
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
    }
}
