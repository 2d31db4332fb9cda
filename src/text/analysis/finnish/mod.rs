//! Finnish: the stems of its words, its endings, its compounds and its families of words.

mod endings;
mod gradation;
pub mod morphology;
mod nominals;
mod verbs;

pub use endings::{LINKS, strip, strip_base};
pub use morphology::Morphology;

use super::grammar::Relation;
use super::lexicon::Sink;
use super::slots::{ACTIVE, CONSONANT, PAST, PLURAL, PLURAL_WEAK, PRESENT, PRESENT_WEAK, SINGULAR, Slots};

/// Parts that only begin compounds.
pub const PREFIXES: &[&str] = &[
    "ala", "digi", "eko", "epä", "ensi", "erikois", "esi", "etu", "etä", "euro", "itse", "jatko", "jälki", "kanta",
    "kanssa", "kauko", "keski", "kesken", "koko", "lisä", "lähi", "läpi", "mikro", "moni", "multi", "nano", "palo",
    "perus", "pien", "pika", "poikki", "pois", "pää", "rinta", "sisä", "sivu", "sote", "suur", "super", "sähkö",
    "taka", "tasa", "tele", "uudis", "ulko", "vara", "vasta", "yhteis", "yksityis", "yleis", "yli", "ylä", "ympäri",
    "bio", "geo", "hyper", "info", "kyber", "makro", "mega", "meta", "mini", "neuro", "post", "pseudo", "psyko",
    "sosio", "video", "web",
];

/// The stems of a word of the lexicon, which doesn't say what kind of word it is.
pub fn word_stems(word: &str, each: &mut Sink<'_>) {
    if !verbs::is_certain(word) {
        nominals::stems(word, false, each);
    }
    verbs::stems(word, each);
}

/// The stems of a name.
pub fn name_stems(name: &str, each: &mut Sink<'_>) {
    nominals::stems(name, true, each);
}

/// How a word comes of a verb, whose family it belongs to.
pub const RELATIONS: &[Relation] = &[
    ("minen", "", PRESENT | PAST),
    ("ja", "", PRESENT | PAST),
    ("jä", "", PRESENT | PAST),
    ("juus", "", PRESENT | PAST),
    ("jyys", "", PRESENT | PAST),
    ("va", "", PRESENT),
    ("vä", "", PRESENT),
    ("vuus", "", PRESENT),
    ("nta", "", PRESENT | PRESENT_WEAK),
    ("ntä", "", PRESENT | PRESENT_WEAK),
    ("anta", "aa", PRESENT),
    ("inta", "itse", PRESENT),
    ("intä", "itse", PRESENT),
    ("nti", "", PRESENT),
    ("mus", "", PRESENT | PAST),
    ("mys", "", PRESENT | PAST),
    ("tus", "tta", PRESENT),
    ("tys", "ttä", PRESENT),
    ("tös", "ttä", PRESENT),
    ("tos", "tta", PRESENT),
    ("nnus", "nta", PRESENT),
    ("nnys", "ntä", PRESENT),
    ("nnos", "nta", PRESENT),
    ("nnös", "ntä", PRESENT),
    ("rrus", "rta", PRESENT),
    ("rrys", "rtä", PRESENT),
    ("llus", "lta", PRESENT),
    ("us", "a", PRESENT),
    ("ys", "ä", PRESENT),
    ("ma", "", ACTIVE),
    ("mä", "", ACTIVE),
    ("aus", "aa", PRESENT),
    ("äys", "ää", PRESENT),
    ("o", "a", PRESENT),
    ("ö", "ä", PRESENT),
    ("u", "", ACTIVE),
    ("y", "", ACTIVE),
    ("u", "e", PRESENT),
    ("y", "e", PRESENT),
    ("maton", "", PRESENT),
    ("mätön", "", PRESENT),
    ("suus", "s", CONSONANT),
    ("syys", "s", CONSONANT),
];

/// Ends of words that have another form before another part.
pub const NEVER_BARE: &[&str] = &["nen"];

/// What words are derived with, and none begins with.
pub const NEVER_WORDS: &[&str] =
    &["sto", "stö", "lli", "lai", "läi", "mai", "mäi", "tar", "tär", "uus", "yys", "isuu", "isyy", "nta", "ntä", "nti"];

/// Endings of words that aren't known: those of nominals.
pub const KEY_TAKES: Slots = SINGULAR | PLURAL | PLURAL_WEAK;

/// What a word that isn't known ends in, brought to one shape: after its ending and its last vowels are off.
pub const KEY_ENDS: &[(&str, &str)] = &[
    ("nen", "s"),
    ("isten", "is"),
    ("ist", "is"),
    ("kse", "s"),
    ("ks", "s"),
    ("nk", "ng"),
    ("nt", "nn"),
    ("mp", "mm"),
    ("lt", "ll"),
    ("rt", "rr"),
    ("ht", "hd"),
    ("kk", "k"),
    ("pp", "p"),
    ("tt", "t"),
];

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
