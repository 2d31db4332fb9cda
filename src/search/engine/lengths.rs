//! How long a document's fields are: a byte a field, exact while it is short.

use crate::search::engine::document::FIELDS;

/// Lengths up to here are exact.
const EXACT: usize = 128;
/// Longer ones count in steps of this.
const STEP: usize = 16;

/// The four lengths of a document, in words.
pub(crate) type Lengths = [u8; FIELDS];

fn code(words: usize) -> u8 {
    let code = if words < EXACT { words } else { EXACT + (words - EXACT) / STEP };
    u8::try_from(code).unwrap_or(u8::MAX)
}

/// How many words a code stands for.
pub(crate) fn words(code: u8) -> usize {
    let code = usize::from(code);
    if code < EXACT { code } else { EXACT + (code - EXACT) * STEP }
}

/// Lengths as one number.
pub(crate) fn pack(words: [usize; FIELDS]) -> u64 {
    u64::from(u32::from_le_bytes(words.map(code)))
}

/// Lengths from one number.
pub(crate) fn unpack(packed: u64) -> Lengths {
    u32::try_from(packed).unwrap_or_default().to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_exact_while_short_and_near_when_long() {
        for (length, expected) in [(0, 0), (1, 1), (127, 127), (128, 128), (143, 128), (150, 144), (1_000_000, 2160)] {
            let [first, ..] = unpack(pack([length, 0, 0, 7]));
            assert_eq!(words(first), expected, "{length}");
        }
    }
}
