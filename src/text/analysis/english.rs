//! English: no lexicon, but endings taken off by rule, and a table of what no rule makes.

use super::suffixes::without;

/// Forms that no ending makes, and their words.
const IRREGULAR: &[(&str, &str)] = &[
    ("analyses", "analysis"),
    ("began", "begin"),
    ("begun", "begin"),
    ("being", "be"),
    ("best", "good"),
    ("better", "good"),
    ("bought", "buy"),
    ("broke", "break"),
    ("broken", "break"),
    ("brought", "bring"),
    ("built", "build"),
    ("came", "come"),
    ("children", "child"),
    ("chose", "choose"),
    ("chosen", "choose"),
    ("crises", "crisis"),
    ("criteria", "criterion"),
    ("dealt", "deal"),
    ("doing", "do"),
    ("drawn", "draw"),
    ("drew", "draw"),
    ("driven", "drive"),
    ("drove", "drive"),
    ("dying", "die"),
    ("feet", "foot"),
    ("fell", "fall"),
    ("fought", "fight"),
    ("found", "find"),
    ("gave", "give"),
    ("given", "give"),
    ("going", "go"),
    ("gone", "go"),
    ("grew", "grow"),
    ("grown", "grow"),
    ("heard", "hear"),
    ("held", "hold"),
    ("kept", "keep"),
    ("knew", "know"),
    ("known", "know"),
    ("laid", "lay"),
    ("led", "lead"),
    ("left", "leave"),
    ("lent", "lend"),
    ("lives", "life"),
    ("lost", "lose"),
    ("lying", "lie"),
    ("made", "make"),
    ("meant", "mean"),
    ("men", "man"),
    ("met", "meet"),
    ("mice", "mouse"),
    ("paid", "pay"),
    ("people", "person"),
    ("ran", "run"),
    ("risen", "rise"),
    ("rose", "rise"),
    ("said", "say"),
    ("sent", "send"),
    ("shown", "show"),
    ("sold", "sell"),
    ("sought", "seek"),
    ("spent", "spend"),
    ("spoke", "speak"),
    ("spoken", "speak"),
    ("stood", "stand"),
    ("taken", "take"),
    ("taught", "teach"),
    ("teeth", "tooth"),
    ("thought", "think"),
    ("told", "tell"),
    ("took", "take"),
    ("understood", "understand"),
    ("went", "go"),
    ("wives", "wife"),
    ("women", "woman"),
    ("won", "win"),
    ("written", "write"),
    ("wrote", "write"),
];

/// Words that end as forms do but aren't.
const WHOLE: &[&str] = &[
    "always",
    "analysis",
    "basis",
    "bed",
    "business",
    "crisis",
    "during",
    "evening",
    "economics",
    "ethics",
    "exceed",
    "feed",
    "indeed",
    "morning",
    "need",
    "news",
    "proceed",
    "red",
    "seed",
    "series",
    "shed",
    "species",
    "speed",
    "spring",
    "status",
    "string",
    "succeed",
    "thing",
    "this",
    "virus",
    "wing",
    "bring",
    "king",
    "ring",
    "sing",
    "bus",
    "gas",
    "campus",
];

/// Plurals and third persons.
const PLURALS: &[(&str, &str)] = &[
    ("sses", "ss"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("xes", "x"),
    ("zzes", "zz"),
    ("ies", "y"),
    ("ss", "ss"),
    ("us", "us"),
    ("is", "is"),
    ("s", ""),
];

/// Ends of words that come of others, the longest first.
const DERIVED: &[&str] = &[
    "ization", "isation", "ational", "ability", "ibility", "fulness", "iveness", "ousness", "ership", "izing", "ising",
    "ative", "ation", "ition", "ments", "ment", "ness", "ship", "ance", "ence", "able", "ible", "ally", "ical", "less",
    "ator", "ize", "ise", "ity", "ive", "ion", "ant", "ent", "ate", "ure", "ful", "ous", "ing", "al", "er", "or", "ic",
    "ly", "ed", "at", "is", "iz", "e", "y",
];

/// The fewest letters that a family of words has in common.
const SHORTEST_FAMILY: usize = 4;

/// A word without the ending of its form: *policies* is *policy*, *planned* is *plan*, as is *planning*.
pub fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").or(word.strip_suffix('\'')).unwrap_or(word);
    if let Ok(place) = IRREGULAR.binary_search_by_key(&word, |(form, _)| form) {
        return IRREGULAR.get(place).map(|(_, base)| *base).unwrap_or(word).to_owned();
    }
    if word.len() < 4 || !word.is_ascii() || WHOLE.contains(&word) {
        return word.to_owned();
    }
    let plural = PLURALS.iter().find_map(|(end, singular)| Some((without(word, end)?, singular)));
    let word = plural.map_or(word.to_owned(), |(head, singular)| format!("{head}{singular}"));
    for end in ["ing", "ed"] {
        let Some(head) = without(&word, end) else { continue };
        if head.len() == 2 && head.contains(is_vowel) && !head.ends_with('e') {
            return format!("{head}e");
        }
        if WHOLE.contains(&word.as_str())
            || head.len() < 3
            || !head.contains(is_vowel)
            || end == "ed" && head.ends_with('e')
        {
            return without_e(&word);
        }
        return without_e(single(head));
    }
    without_e(&word)
}

/// What a word has in common with those that come of the same: *leader*, *leadership* and *lead* have *lead*.
pub fn family(stem: &str) -> Option<&str> {
    if !stem.is_ascii() {
        return None;
    }
    let shorter = |word| DERIVED.iter().find_map(|end| strip_to_family(word, end));
    let once = shorter(stem).unwrap_or(stem);
    let common = shorter(once).unwrap_or(once);
    let common = common.strip_suffix('e').unwrap_or(common);
    (common.len() >= SHORTEST_FAMILY).then_some(common)
}

fn strip_to_family<'w>(word: &'w str, end: &str) -> Option<&'w str> {
    without(word, end).filter(|rest| rest.len() >= SHORTEST_FAMILY)
}

/// *Manage* and *managing* have *manag* in common.
fn without_e(word: &str) -> String {
    word.strip_suffix('e').filter(|rest| rest.len() > 3).unwrap_or(word).to_owned()
}

/// *Planned* without -ed is *plan*; *discussed* is *discuss*.
fn single(head: &str) -> &str {
    match head.as_bytes() {
        [.., a, b] if a == b && !matches!(b, b'l' | b's' | b'z' | b'e' | b'o') => {
            head.get(..head.len() - 1).unwrap_or(head)
        }
        _ => head,
    }
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
        ] {
            assert_eq!(stem(one), stem(other), "{one} {other}");
        }
        assert!(IRREGULAR.is_sorted());
    }

    #[test]
    fn words_apart_stay_apart() {
        for (one, other) in
            [("needs", "nes"), ("business", "busy"), ("news", "new"), ("thing", "th"), ("spring", "spr")]
        {
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
        ] {
            let (one, other) = (stem(one), stem(other));
            assert_eq!(family(&one), family(&other), "{one} {other}");
        }
    }
}
