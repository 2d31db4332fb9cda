//! libvoikko, the analyser of Finnish that Finnish services use, where the machine has it: it is loaded when the process
//! starts, this program neither links it nor needs it.

mod dictionary;
mod library;
mod memory;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::{fmt, thread};

use super::finnish::Morphology;
use super::hash::LONGEST;
pub use dictionary::Dictionary;
use library::{Handle, Library};
use memory::Memory;

/// The most analyses of a word that are read: as many as libvoikko gives.
const MOST_ANALYSES: usize = 31;

/// The most instances: no more threads than that look words up at once.
const MOST_HANDLES: usize = 8;

/// A word that every Finnish dictionary knows, and its base form: to see that a dictionary is one.
const KNOWN: (&str, &str) = ("koirissa", "koira");

/// What libvoikko says of a word, by the names of its attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Analysis {
    /// `BASEFORM`: the word in its base form; of what ends in *-minen*, the verb.
    pub base: String,
    /// `STRUCTURE`: a letter for each letter of the word, and `=` before each part.
    pub structure: String,
    /// `WORDBASES`: what the base form is made of, each part with its own base form.
    pub word_bases: String,
    /// `CLASS`: the kind of word.
    pub class: String,
    /// `MOOD`: of a verb.
    pub mood: String,
    /// `SIJAMUOTO`: the case of a nominal.
    pub case: String,
    /// Whether it is a `PARTICIPLE`.
    pub is_participle: bool,
    /// Whether it has a `POSSESSIVE` suffix.
    pub is_possessed: bool,
}

/// Why libvoikko can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The system has no such library that it can load.
    Missing(String),
    /// It has one by that name, which lacks a function.
    Library(String),
    /// There is no dictionary, or it can't be read.
    Dictionary(String),
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(reason) => write!(formatter, "libvoikko can't be loaded: {reason}"),
            Self::Library(reason) => write!(formatter, "libvoikko is another one than 4: {reason}"),
            Self::Dictionary(reason) => write!(formatter, "libvoikko has no Finnish dictionary: {reason}"),
        }
    }
}

impl std::error::Error for Error {}

/// libvoikko with its Finnish dictionary.
pub struct Voikko {
    /// An instance is for one thread at a time.
    handles: Vec<Mutex<Handle>>,
    /// Whose turn it is when all are busy.
    turn: AtomicUsize,
    /// What was looked up of late: a compound asks for its parts, and few words are parts of most compounds.
    memory: Mutex<Memory>,
    version: String,
    dictionary: Dictionary,
}

impl Voikko {
    /// Loads the library, and the dictionary of a folder or else the first that the system has.
    pub fn load(folder: Option<&Path>) -> Result<Self, Error> {
        let library = Library::load(library::NAMES)?;
        let dictionary = Dictionary::find(folder)?;
        let count = thread::available_parallelism().map_or(1, usize::from).min(MOST_HANDLES);
        // All of them now: so that all have the same dictionary, whatever happens to it later.
        let handles = (0..count).map(|_| library.instance(&dictionary.folder).map(Mutex::new));
        let handles: Vec<Mutex<Handle>> = handles.collect::<Result<_, _>>()?;
        let voikko = Self {
            handles,
            turn: AtomicUsize::default(),
            memory: Mutex::default(),
            version: library.version(),
            dictionary,
        };
        let (word, base) = KNOWN;
        if voikko.analyses(word).iter().any(|analysis| analysis.base == base) {
            Ok(voikko)
        } else {
            Err(Error::Dictionary(format!(
                "{} doesn't know the base form of {word}",
                voikko.dictionary.folder.display()
            )))
        }
    }

    /// The library's version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Tells the library and its dictionary from others: `voikko-4.3.1-2.5-`, and a checksum.
    pub fn fingerprint(&self) -> String {
        format!("voikko-{}-{}-{:016x}", self.version, self.dictionary.version, self.dictionary.checksum)
    }

    /// Its dictionary.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// Forgets the words that were looked up of late, and gives back their memory.
    pub fn forget(&self) {
        lock(&self.memory).forget();
    }

    fn look_up(&self, word: &str) -> Vec<Analysis> {
        // An instance that is free, or else each in its turn.
        for handle in &self.handles {
            match handle.try_lock() {
                Ok(mut handle) => return handle.analyse(word),
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner().analyse(word),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let next = self.handles.get(turn % self.handles.len().max(1));
        next.map(|handle| lock(handle).analyse(word)).unwrap_or_default()
    }
}

impl Morphology for Voikko {
    fn analyses(&self, word: &str) -> Arc<[Analysis]> {
        if word.chars().nth(LONGEST).is_some() {
            return Arc::default();
        }
        let known = lock(&self.memory).find(word);
        known.unwrap_or_else(|| {
            let analyses: Arc<[Analysis]> = self.look_up(word).into();
            lock(&self.memory).keep(word.into(), analyses.clone());
            analyses
        })
    }
}

/// What a lock keeps is whole after every step, so a panic elsewhere does it no harm.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Voikko {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Voikko");
        debug.field("version", &self.version).field("dictionary", &self.dictionary).finish_non_exhaustive()
    }
}
