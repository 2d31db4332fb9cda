//! English: no lexicon, but endings taken off by rule, and tables of what no rule makes.

mod irregular;

use std::borrow::Cow;
use std::sync::LazyLock;

use super::suffixes::{ends_in, without};
use irregular::{FAMILIES, FORMS, SPELLINGS, WHOLE};

/// Plurals and third persons.
const PLURALS: &[(&str, &str)] = &[
    ("sses", "ss"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("xes", "x"),
    ("zzes", "zz"),
    ("ies", "y"),
    ("oes", "o"),
    ("ss", "ss"),
    ("us", "us"),
    ("is", "is"),
    ("s", ""),
];

/// Spellings of endings in two countries.
const ENDINGS: &[(&str, &str)] = &[
    ("ize", "ise"),
    ("izes", "ises"),
    ("ized", "ised"),
    ("izing", "ising"),
    ("izer", "iser"),
    ("izers", "isers"),
    ("ization", "isation"),
    ("izations", "isations"),
    ("izational", "isational"),
    ("yze", "yse"),
    ("yzes", "yses"),
    ("yzed", "ysed"),
    ("yzing", "ysing"),
];

/// Ends of words that come of others, the longest first: as stems have them, without an -e.
const DERIVED: &[&str] = &[
    "isation", "ational", "ability", "ibility", "fulness", "iveness", "ousness", "ership", "erial", "ising", "ativ",
    "itiv", "ation", "ition", "ments", "ment", "ness", "ship", "anc", "enc", "ance", "ence", "able", "ible", "ally",
    "ical", "less", "ator", "ist", "ity", "ive", "ion", "ant", "ent", "ate", "ure", "ful", "ous", "ing", "abl", "ibl",
    "al", "er", "or", "ic", "ly", "ed", "at", "is", "iv", "ur", "e", "y",
];

/// The fewest letters that a family of words has in common.
const SHORTEST_FAMILY: usize = 4;

/// A word without the ending of its form: *policies* is *policy*, *planned* is *plan*, as is *planning*.
pub fn stem(word: &str) -> Cow<'_, str> {
    let word = word.strip_suffix("'s").or(word.strip_suffix('\'')).unwrap_or(word);
    if let Some(base) = base_of(word) {
        return shaped(base.into());
    }
    if word.len() < 4 || !word.is_ascii() || WHOLE.contains(&word) {
        return word.into();
    }
    let ending = ENDINGS.iter().find_map(|(end, other)| Some((without(word, end).filter(long)?, other)));
    let word = ending.map_or(Cow::from(word), |(head, other)| format!("{head}{other}").into());
    let plural = PLURALS.iter().find_map(|(end, singular)| Some((without(&word, end)?, *singular)));
    let word: Cow<'_, str> = match plural {
        // Ties.
        Some((head, "y")) if head.len() == 1 => format!("{head}ie").into(),
        Some((head, "")) => head.to_owned().into(),
        Some((head, singular)) => format!("{head}{singular}").into(),
        None => word,
    };
    if let Some(base) = base_of(&word) {
        return shaped(base.into());
    }
    if WHOLE.contains(&&*word) || ends_in(&word, "eed") {
        return word.into_owned().into();
    }
    let head = ["ing", "ed"].iter().find_map(|end| without(&word, end));
    match head.filter(|head| head.len() > 1 && head.contains(is_vowel)) {
        Some(head) if is_without_e(head) => shaped(format!("{head}e").into()),
        Some(head) if head.len() > 3 => shaped(single(head).to_owned().into()),
        Some(head) if head.len() > 2 => head.to_owned().into(),
        _ => shaped(word.into_owned().into()),
    }
}

/// Whether a verb has lost its -e before -ing and -ed: one short syllable that would have doubled its consonant.
/// *Making*, *writing*, *using*, but *planning*, *training*, *adding*.
fn is_without_e(head: &str) -> bool {
    let mut letters = head.chars().rev();
    let (last, before) = (letters.next(), letters.next());
    last.is_some_and(|last| !is_vowel(last) && !matches!(last, 'w' | 'x'))
        && before.is_some_and(is_vowel)
        && !letters.any(is_vowel)
}

fn long(head: &&str) -> bool {
    head.len() > 2
}

fn base_of(form: &str) -> Option<&'static str> {
    static SORTED: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
        let all = FORMS.iter().flat_map(|(base, forms)| forms.split(' ').map(move |form| (form, *base)));
        let mut all: Vec<(&str, &str)> = all.collect();
        all.sort_unstable();
        all
    });
    let place = SORTED.binary_search_by_key(&form, |(form, _)| form).ok()?;
    SORTED.get(place).map(|(_, base)| *base)
}

/// A base as all its forms have it: *manage* and *managing* have *manag* in common, *programme* and *program*,
/// *install* and *instal*, *catalogue* and *catalog*, *studied* and *study*, *colour* and *color*.
fn shaped(word: Cow<'_, str>) -> Cow<'_, str> {
    let spelled = SPELLINGS.iter().find_map(|(head, other)| Some((word.strip_prefix(head)?, other)));
    let word = spelled.map_or(word.clone(), |(rest, other)| format!("{other}{rest}").into());
    let short = word.strip_suffix('e').filter(|rest| rest.len() > 3).unwrap_or(&word);
    let short = short.strip_suffix('u').filter(|rest| ends_in(rest, "og")).unwrap_or(short);
    let short = if short.len() > 4 && vowel_groups(short) > 1 { single(short) } else { short };
    match short.strip_suffix('i').filter(|rest| rest.len() > 1) {
        Some(rest) => format!("{rest}y").into(),
        None if short.len() == word.len() => word,
        None => short.to_owned().into(),
    }
}

/// What a word has in common with those that come of the same: *leader*, *leadership* and *lead* have *lead*.
pub fn family(stem: &str) -> Option<&str> {
    if !stem.is_ascii() {
        return None;
    }
    let begins = |head: &str| head.strip_suffix(' ').map_or(stem.starts_with(head), |whole| stem == whole);
    if let Some((_, root)) = FAMILIES.iter().find(|(head, _)| begins(head)) {
        return Some(root);
    }
    let shorter = |word| DERIVED.iter().find_map(|end| strip_to_family(word, end));
    let once = shorter(stem).unwrap_or(stem);
    let common = shorter(once).unwrap_or(once);
    let common = common.strip_suffix('e').unwrap_or(common);
    let common = single(common);
    (common.len() >= SHORTEST_FAMILY).then_some(common)
}

fn strip_to_family<'w>(word: &'w str, end: &str) -> Option<&'w str> {
    without(word, end).filter(|rest| rest.len() >= SHORTEST_FAMILY)
}

/// *Plann-* is *plan*; *discuss* stays.
fn single(head: &str) -> &str {
    match head.as_bytes() {
        [.., a, b] if a == b && !matches!(b, b's' | b'z' | b'e' | b'o') && (*b != b'l' || vowel_groups(head) > 1) => {
            head.get(..head.len() - 1).unwrap_or(head)
        }
        _ => head,
    }
}

fn vowel_groups(word: &str) -> usize {
    let starts = word.chars().zip(std::iter::once(' ').chain(word.chars()));
    starts.filter(|(letter, before)| is_vowel(*letter) && !is_vowel(*before)).count()
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for (one, other) in [
            ("networks", "network"),
            ("policies", "policy"),
            ("meetings", "meeting"),
            ("planned", "plan"),
            ("planning", "plan"),
            ("managing", "manages"),
            ("led", "lead"),
            ("leading", "leads"),
            ("women's", "woman"),
            ("processes", "process"),
            ("services", "service"),
            ("procured", "procure"),
            ("shared", "sharing"),
            ("agencies", "agency"),
            ("criteria", "criterion"),
            ("analyses", "analysis"),
            ("children", "child"),
            ("discussed", "discuss"),
            ("taxes", "tax"),
            ("buses", "buses"),
            ("skilled", "skill"),
            ("used", "use"),
            ("studied", "study"),
            ("applies", "applied"),
            ("controlled", "control"),
            ("travelling", "travel"),
            ("traveled", "travel"),
            ("programmes", "program"),
            ("organizing", "organised"),
            ("digitalization", "digitalisation"),
            ("analyzed", "analyse"),
            ("colors", "colour"),
            ("centers", "centre"),
            ("catalogue", "catalog"),
            ("enrolled", "enrol"),
            ("licensed", "licence"),
            ("making", "make"),
            ("writing", "wrote"),
            ("coded", "coding"),
            ("caring", "care"),
            ("adding", "add"),
            ("agreed", "agrees"),
            ("heroes", "hero"),
            ("ties", "tied"),
            ("indices", "index"),
            ("biases", "bias"),
            ("fallen", "fall"),
        ] {
            assert_eq!(stem(one), stem(other), "{one} {other}");
        }
    }

    #[test]
    fn words_apart_stay_apart() {
        for (one, other) in [
            ("needs", "nes"),
            ("business", "busy"),
            ("news", "new"),
            ("car", "care"),
            ("thing", "th"),
            ("spring", "spr"),
            ("marketing", "market"),
        ] {
            assert_ne!(stem(one), stem(other));
        }
    }

    #[test]
    fn families_have_one_root() {
        for (one, other) in [
            ("leader", "leadership"),
            ("lead", "leader"),
            ("management", "managing"),
            ("manager", "managed"),
            ("digital", "digitalisation"),
            ("organisation", "organising"),
            ("evaluation", "evaluate"),
            ("planner", "planning"),
            ("accessibility", "accessible"),
            ("sustainable", "sustainability"),
            ("administration", "administrative"),
            ("decision", "decide"),
            ("economist", "economics"),
            ("innovative", "innovation"),
            ("product", "producer"),
            ("taxation", "tax"),
            ("preventive", "prevention"),
        ] {
            let (one, other) = (stem(one), stem(other));
            assert_eq!(family(&one), family(&other), "{one} {other}");
        }
    }
}
