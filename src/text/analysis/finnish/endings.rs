//! Finnish endings, and what they are taken off of: particles, possessive suffixes, cases, persons and participles.

use super::super::grammar::{Strip, Strips};
use super::super::slots::{
    ACTIVE, CONDITIONAL, CONSONANT, INFINITIVE, LINK, NOMINATIVE, PASSIVE, PASSIVE_PRESENT, PAST, PAST_WEAK, PLURAL,
    PLURAL_I, PLURAL_J, PLURAL_T, PLURAL_WEAK, PRESENT, PRESENT_WEAK, SINGULAR, STRONG, Slots, WEAK,
};
use super::super::suffixes::{ends_in, without};

/// Particles that any form may end in.
const PARTICLES: &[&str] = &["kin", "kaan", "kään", "ko", "kö", "han", "hän", "pa", "pä"];

/// Possessive suffixes, with what must stand before.
const POSSESSIVES: &[(&str, &str)] = &[
    ("ni", ""),
    ("si", ""),
    ("mme", ""),
    ("nne", ""),
    ("nsa", ""),
    ("nsä", ""),
    ("an", "a"),
    ("en", "e"),
    ("än", "ä"),
];

/// A case: its ending, what must stand before, what is left of it before a possessive suffix, and the stems it takes.
type Case = (&'static str, &'static str, Option<&'static str>, Slots);

const CASES: &[Case] = &[
    ("", "", None, NOMINATIVE),
    ("-", "", Some(""), STRONG),
    ("n", "", None, WEAK),
    ("t", "", None, WEAK),
    ("a", "", Some("a"), STRONG),
    ("ä", "", Some("ä"), STRONG),
    ("ta", "", Some("ta"), CONSONANT),
    ("tä", "", Some("tä"), CONSONANT),
    ("na", "", Some("na"), STRONG | CONSONANT),
    ("nä", "", Some("nä"), STRONG | CONSONANT),
    ("an", "a", Some("a"), STRONG),
    ("en", "e", Some("e"), STRONG),
    ("in", "i", Some("i"), STRONG),
    ("on", "o", Some("o"), STRONG),
    ("un", "u", Some("u"), STRONG),
    ("yn", "y", Some("y"), STRONG),
    ("än", "ä", Some("ä"), STRONG),
    ("ön", "ö", Some("ö"), STRONG),
    ("han", "a", Some("ha"), STRONG),
    ("hen", "e", Some("he"), STRONG),
    ("hin", "i", Some("hi"), STRONG),
    ("hon", "o", Some("ho"), STRONG),
    ("hun", "u", Some("hu"), STRONG),
    ("hyn", "y", Some("hy"), STRONG),
    ("hän", "ä", Some("hä"), STRONG),
    ("hön", "ö", Some("hö"), STRONG),
    ("seen", "", Some("see"), STRONG),
    ("ssa", "", Some("ssa"), WEAK),
    ("ssä", "", Some("ssä"), WEAK),
    ("sta", "", Some("sta"), WEAK),
    ("stä", "", Some("stä"), WEAK),
    ("lla", "", Some("lla"), WEAK),
    ("llä", "", Some("llä"), WEAK),
    ("lta", "", Some("lta"), WEAK),
    ("ltä", "", Some("ltä"), WEAK),
    ("lle", "", Some("lle"), WEAK),
    ("ksi", "", Some("kse"), WEAK),
    ("tta", "", Some("tta"), WEAK),
    ("ttä", "", Some("ttä"), WEAK),
    ("sti", "", None, WEAK),
    ("ten", "", Some("te"), CONSONANT),
    ("ja", "", Some("ja"), PLURAL_J),
    ("jä", "", Some("jä"), PLURAL_J),
    ("jen", "", Some("je"), PLURAL_J),
    ("ia", "", Some("ia"), PLURAL_I),
    ("iä", "", Some("iä"), PLURAL_I),
    ("ien", "", Some("ie"), PLURAL_I),
    ("iin", "", Some("ii"), PLURAL_I),
    ("ita", "", Some("ita"), PLURAL_T),
    ("itä", "", Some("itä"), PLURAL_T),
    ("iden", "", Some("ide"), PLURAL_T),
    ("itten", "", Some("itte"), PLURAL_T),
    ("ihin", "", Some("ihi"), PLURAL_T | PLURAL_J),
    ("isiin", "", Some("isii"), PLURAL_T),
    ("ina", "", Some("ina"), PLURAL),
    ("inä", "", Some("inä"), PLURAL),
    ("ineen", "", Some("ine"), PLURAL),
    ("issa", "", Some("issa"), PLURAL_WEAK),
    ("issä", "", Some("issä"), PLURAL_WEAK),
    ("ista", "", Some("ista"), PLURAL_WEAK),
    ("istä", "", Some("istä"), PLURAL_WEAK),
    ("illa", "", Some("illa"), PLURAL_WEAK),
    ("illä", "", Some("illä"), PLURAL_WEAK),
    ("ilta", "", Some("ilta"), PLURAL_WEAK),
    ("iltä", "", Some("iltä"), PLURAL_WEAK),
    ("ille", "", Some("ille"), PLURAL_WEAK),
    ("iksi", "", Some("ikse"), PLURAL_WEAK),
    ("itta", "", Some("itta"), PLURAL_WEAK),
    ("ittä", "", Some("ittä"), PLURAL_WEAK),
    ("in", "", None, PLURAL_WEAK),
];

/// Endings of verbs, what must stand before, and the stems they take.
const FINITE: &[(&str, &str, Slots)] = &[
    ("", "", INFINITIVE | PRESENT | PAST),
    ("a", "a", PRESENT),
    ("e", "e", PRESENT),
    ("i", "i", PRESENT),
    ("o", "o", PRESENT),
    ("u", "u", PRESENT),
    ("y", "y", PRESENT),
    ("ä", "ä", PRESENT),
    ("ö", "ö", PRESENT),
    ("n", "", PRESENT_WEAK | PAST_WEAK),
    ("t", "", PRESENT_WEAK | PAST_WEAK),
    ("mme", "", PRESENT_WEAK | PAST_WEAK),
    ("tte", "", PRESENT_WEAK | PAST_WEAK),
    ("vat", "", PRESENT | PAST),
    ("vät", "", PRESENT | PAST),
    ("si", "", CONDITIONAL),
    ("sin", "", CONDITIONAL),
    ("simme", "", CONDITIONAL),
    ("sitte", "", CONDITIONAL),
    ("sivat", "", CONDITIONAL),
    ("sivät", "", CONDITIONAL),
    ("kaa", "", ACTIVE),
    ("kää", "", ACTIVE),
    ("essa", "", PASSIVE_PRESENT | PRESENT | PAST),
    ("essä", "", PASSIVE_PRESENT | PRESENT | PAST),
    ("aan", "", PASSIVE_PRESENT),
    ("ään", "", PASSIVE_PRESENT),
    ("tiin", "", PASSIVE),
    ("taisiin", "", PASSIVE),
    ("täisiin", "", PASSIVE),
    ("en", "", PAST | PASSIVE_PRESENT),
    ("kseen", "", INFINITIVE),
    ("kseni", "", INFINITIVE),
    ("ksemme", "", INFINITIVE),
];

/// Words made of others as freely as forms are: what a form of such a word ends in when its case is off, the stems that
/// the case takes, and the stems that the rest belongs to.
const DERIVED: &[(&str, Slots, Slots)] = &[
    ("minen", NOMINATIVE, PRESENT | PAST),
    ("mise", SINGULAR, PRESENT | PAST),
    ("mis", PLURAL | PLURAL_WEAK | CONSONANT, PRESENT | PAST),
    ("ja", NOMINATIVE | SINGULAR, PRESENT | PAST),
    ("jä", NOMINATIVE | SINGULAR, PRESENT | PAST),
    ("j", PLURAL_I | PLURAL_WEAK, PRESENT | PAST),
    ("jo", PLURAL | PLURAL_WEAK, PRESENT | PAST),
    ("va", NOMINATIVE | SINGULAR, PRESENT),
    ("vä", NOMINATIVE | SINGULAR, PRESENT),
    ("v", PLURAL_I | PLURAL_WEAK, PRESENT),
    ("ma", NOMINATIVE | SINGULAR, PRESENT),
    ("mä", NOMINATIVE | SINGULAR, PRESENT),
    ("m", PLURAL_I | PLURAL_WEAK, PRESENT),
    ("maton", NOMINATIVE | CONSONANT, PRESENT),
    ("mätön", NOMINATIVE | CONSONANT, PRESENT),
    ("mattoma", SINGULAR, PRESENT),
    ("mättömä", SINGULAR, PRESENT),
    ("mattom", PLURAL_I | PLURAL_WEAK, PRESENT),
    ("nut", NOMINATIVE | CONSONANT, ACTIVE),
    ("nyt", NOMINATIVE | CONSONANT, ACTIVE),
    ("lut", NOMINATIVE | CONSONANT, ACTIVE),
    ("lyt", NOMINATIVE | CONSONANT, ACTIVE),
    ("sut", NOMINATIVE | CONSONANT, ACTIVE),
    ("syt", NOMINATIVE | CONSONANT, ACTIVE),
    ("nee", SINGULAR, ACTIVE),
    ("lee", SINGULAR, ACTIVE),
    ("see", SINGULAR, ACTIVE),
    ("ne", PLURAL_T | PLURAL_WEAK, ACTIVE),
    ("le", PLURAL_T | PLURAL_WEAK, ACTIVE),
    ("se", PLURAL_T | PLURAL_WEAK, ACTIVE),
    ("tu", NOMINATIVE | STRONG | PLURAL_J, PASSIVE),
    ("ty", NOMINATIVE | STRONG | PLURAL_J, PASSIVE),
    ("u", WEAK | PLURAL_WEAK, PASSIVE),
    ("y", WEAK | PLURAL_WEAK, PASSIVE),
    ("lu", WEAK | PLURAL_WEAK, PASSIVE),
    ("ly", WEAK | PLURAL_WEAK, PASSIVE),
    ("du", WEAK | PLURAL_WEAK, PASSIVE),
    ("dy", WEAK | PLURAL_WEAK, PASSIVE),
    ("tava", NOMINATIVE | SINGULAR, PASSIVE),
    ("tävä", NOMINATIVE | SINGULAR, PASSIVE),
    ("tav", PLURAL_I | PLURAL_WEAK, PASSIVE),
    ("täv", PLURAL_I | PLURAL_WEAK, PASSIVE),
];

/// Comparatives and superlatives: as [`DERIVED`]; an a may be lost or an e at the end of the rest.
const COMPARED: &[(&str, Slots, Slots)] = &[
    ("mpi", NOMINATIVE, WEAK),
    ("mpa", STRONG, WEAK),
    ("mpä", STRONG, WEAK),
    ("mma", WEAK, WEAK),
    ("mmä", WEAK, WEAK),
    ("mp", PLURAL_I, WEAK),
    ("mm", PLURAL_WEAK, WEAK),
    ("in", NOMINATIVE, PLURAL_WEAK),
    ("impa", STRONG, PLURAL_WEAK),
    ("impä", STRONG, PLURAL_WEAK),
    ("imma", WEAK, PLURAL_WEAK),
    ("immä", WEAK, PLURAL_WEAK),
    ("imp", PLURAL_I, PLURAL_WEAK),
    ("imm", PLURAL_WEAK, PLURAL_WEAK),
];

/// What may end a part of a compound that is not the last.
pub const LINKS: &[(&str, Slots)] = &[
    ("", NOMINATIVE | LINK),
    ("n", WEAK),
    ("jen", PLURAL_J),
    ("ien", PLURAL_I),
    ("iden", PLURAL_T),
    ("ten", CONSONANT),
    ("mis", PRESENT),
];

/// All that can be taken off a word.
pub fn strip(word: &str, strips: &mut Strips) {
    strip_form(word, word.len(), strips);
    for particle in PARTICLES {
        let Some(rest) = without(word, particle).filter(|rest| rest.len() > 3) else { continue };
        strip_form(word, rest.len(), strips);
    }
    let direct = std::mem::take(&mut strips.direct);
    for strip in direct.iter().filter(|strip| strip.extension.is_empty()) {
        let stem = word.get(..strip.end).unwrap_or_default();
        strip_derivation(stem, strip.takes, strips);
        strip_degree(stem, strip.takes, strips);
    }
    strips.direct = direct;
}

/// What can be taken off a base form: nothing, or what it is derived with.
pub fn strip_base(word: &str, strips: &mut Strips) {
    strips.direct(word.len(), NOMINATIVE);
    strip_derivation(word, NOMINATIVE, strips);
}

fn strip_form(word: &str, end: usize, strips: &mut Strips) {
    let form = word.get(..end).unwrap_or_default();
    for (ending, before, _, takes) in CASES {
        if let Some(stem) = without(form, ending).filter(|stem| ends_in(stem, before)) {
            strips.direct(stem.len(), *takes);
        }
    }
    for (ending, before, takes) in FINITE {
        if let Some(stem) = without(form, ending).filter(|stem| ends_in(stem, before)) {
            strips.direct(stem.len(), *takes);
        }
    }
    for (possessive, before) in POSSESSIVES {
        let Some(rest) = without(form, possessive).filter(|rest| ends_in(rest, before)) else { continue };
        for (_, before, possessed, takes) in CASES {
            let stem = possessed.and_then(|ending| without(rest, ending));
            if let Some(stem) = stem.filter(|stem| ends_in(stem, before)) {
                strips.direct(stem.len(), *takes);
            }
        }
    }
}

fn strip_derivation(stem: &str, takes: Slots, strips: &mut Strips) {
    for (ending, of, rest_takes) in DERIVED {
        if takes & of != 0
            && let Some(rest) = without(stem, ending)
        {
            strips.derived.push(Strip { end: rest.len(), extension: "", takes: *rest_takes });
        }
    }
}

fn strip_degree(stem: &str, takes: Slots, strips: &mut Strips) {
    for (ending, of, rest_takes) in COMPARED {
        if takes & of != 0
            && let Some(rest) = without(stem, ending)
        {
            strips.derived.push(Strip { end: rest.len(), extension: "", takes: *rest_takes });
            let without_a = if *rest_takes == WEAK { rest.strip_suffix('e') } else { Some(rest) };
            for extension in ["a", "ä"] {
                let Some(rest) = without_a else { continue };
                strips.derived.push(Strip { end: rest.len(), extension, takes: WEAK });
            }
        }
    }
}
