//! Letters without their dots and accents, as they are typed where the keyboard has none.

use std::borrow::Cow;

use icu_normalizer::DecomposingNormalizerBorrowed;

/// A text in lower case with its diacritics off: å and ä are a, ö is o, ß is ss.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    let mut others = false;
    for letter in text.chars() {
        match letter {
            'ä' | 'å' => folded.push('a'),
            'ö' => folded.push('o'),
            letter => {
                others |= !letter.is_ascii();
                folded.push(letter);
            }
        }
    }
    if !others {
        return Cow::Owned(folded);
    }
    let mut plain = String::with_capacity(folded.len());
    for letter in DecomposingNormalizerBorrowed::new_nfd().normalize(&folded).chars() {
        match letter {
            letter if is_mark(letter) => {}
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ø' => plain.push('o'),
            'đ' | 'ð' => plain.push('d'),
            'ł' => plain.push('l'),
            'ŋ' => plain.push('n'),
            'ŧ' => plain.push('t'),
            'þ' => plain.push_str("th"),
            'ı' => plain.push('i'),
            letter => plain.push(letter),
        }
    }
    Cow::Owned(plain)
}

/// Whether a character is a mark upon the letter before it.
pub fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_and_accents_go() {
        for (text, folded) in [
            ("työhyvinvointi", "tyohyvinvointi"),
            ("åbo", "abo"),
            ("müller", "muller"),
            ("šakki", "sakki"),
            ("straße", "strasse"),
            ("čižmár", "cizmar"),
            ("sørensen", "sorensen"),
            ("đorđe", "dorde"),
            ("verkko", "verkko"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }
}
