//! Hashes of parts of a word, each in constant time: a compound is looked up from every letter to every other.

use super::folding::fold;

/// A word of at most this many characters is analysed; of a longer one, so much.
pub const LONGEST: usize = 64;

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// `STEP` to the power of each length in bytes.
const POWERS: [u64; LONGEST * 4 + 1] = powers();

#[expect(clippy::indexing_slicing, reason = "computed by the compiler")]
const fn powers() -> [u64; LONGEST * 4 + 1] {
    let mut powers = [1; LONGEST * 4 + 1];
    let mut length = 1;
    while length < powers.len() {
        powers[length] = STEP.wrapping_mul(powers[length - 1]);
        length += 1;
    }
    powers
}

/// The hash of a text that begins with what a hash is of, and goes on with another text.
pub fn extend(hash: u64, text: &str) -> u64 {
    extend_by_bytes(hash, text.as_bytes())
}

/// The hash of bytes that begin with what a hash is of, and go on with others.
pub fn extend_by_bytes(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().copied().fold(hash, extend_by_byte)
}

fn extend_by_byte(hash: u64, byte: u8) -> u64 {
    hash.wrapping_mul(STEP).wrapping_add(u64::from(byte) + 1)
}

/// The hash of a text without its dots and accents, as [`extend`] has it.
pub fn extend_folded(hash: u64, text: &str) -> u64 {
    text.chars().fold(hash, |hash, letter| match letter {
        'ä' | 'å' => extend_by_byte(hash, b'a'),
        'ö' => extend_by_byte(hash, b'o'),
        letter if letter.is_ascii() => extend_by_byte(hash, letter as u8),
        letter => extend(hash, &fold(letter.encode_utf8(&mut [0; 4]))),
    })
}

/// A word in lower case with the hashes of all its beginnings.
pub struct Word<'w> {
    /// The word.
    pub text: &'w str,
    beginnings: Vec<u64>,
}

impl<'w> Word<'w> {
    /// A word of at most [`LONGEST`] characters.
    pub fn new(text: &'w str) -> Self {
        let mut beginnings = Vec::with_capacity(text.len() + 1);
        beginnings.push(0);
        let mut hash = 0;
        for byte in text.bytes() {
            hash = extend_by_byte(hash, byte);
            beginnings.push(hash);
        }
        Self { text, beginnings }
    }

    /// The hash of the bytes from one place to another.
    pub fn hash(&self, start: usize, end: usize) -> u64 {
        let at = |place: usize| self.beginnings.get(place).copied().unwrap_or_default();
        let power = POWERS.get(end.saturating_sub(start)).copied().unwrap_or_default();
        at(end).wrapping_sub(at(start).wrapping_mul(power))
    }

    /// The text from one place to another; nothing where those are not between letters.
    pub fn part(&self, start: usize, end: usize) -> &'w str {
        self.text.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_hashes_as_it_would_alone() {
        let word = Word::new("työhyvinvointi");
        assert_eq!(word.hash(4, 9), extend(0, "hyvin"));
        assert_eq!(extend(word.hash(0, 4), "hyvin"), word.hash(0, 9));
        assert_eq!(word.part(0, 3), "");
    }
}
