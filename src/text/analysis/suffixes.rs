//! What words end in. The tables of endings are long and most rows don't fit: they are told apart by their last letters, in
//! place, which a call to compare memory for each would take far longer for.

/// Whether a word ends in an ending.
pub fn ends_in(word: &str, ending: &str) -> bool {
    let mut letters = word.bytes().rev();
    ending.bytes().rev().all(|letter| letters.next() == Some(letter))
}

/// A word without an ending, if it has it.
pub fn without<'w>(word: &'w str, ending: &str) -> Option<&'w str> {
    if ends_in(word, ending) { word.get(..word.len() - ending.len()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_taken_off() {
        for (word, ending, rest) in [
            ("verkossa", "ssa", Some("verko")),
            ("ssa", "ssa", Some("")),
            ("sa", "ssa", None),
            ("työ", "", Some("työ")),
        ] {
            assert_eq!(without(word, ending), rest);
        }
    }
}
