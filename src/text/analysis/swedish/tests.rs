//! Swedish words in their forms, and the bases that must be found.

use super::super::{Kind, Languages, analyse};

fn terms(text: &str, kind: Kind) -> Vec<String> {
    analyse(text, Languages::SWEDISH).flat_map(|token| token.of(kind).map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn forms_have_their_bases() {
    let mut missing = Vec::new();
    for (base, forms) in [
        ("nätverk", "nätverk nätverket nätverken nätverks nätverkets nätverkens"),
        ("ledare", "ledaren ledare ledarna ledarnas ledarens"),
        ("utbildning", "utbildningen utbildningar utbildningarna utbildningens"),
        ("kommun", "kommunen kommuner kommunerna kommunens"),
        ("flicka", "flickan flickor flickorna flickornas"),
        ("pojke", "pojken pojkar pojkarna"),
        ("arbete", "arbetet arbeten arbetena arbetets"),
        ("möjlighet", "möjligheten möjligheter möjligheterna"),
        ("regel", "regeln regler reglerna"),
        ("nummer", "numret nummer numren"),
        ("program", "programmet program programmen"),
        ("vän", "vännen vänner vännerna"),
        ("museum", "museet museer museerna"),
        ("hand", "handen händer händerna"),
        ("stad", "staden städer städerna städernas"),
        ("bok", "boken böcker böckerna"),
        ("land", "landet länder länderna"),
        ("man", "mannen män männen"),
        ("ledamot", "ledamoten ledamöter ledamöterna"),
        ("öga", "ögat ögon ögonen"),
        ("offentlig", "offentligt offentliga"),
        ("snabb", "snabbt snabba snabbare snabbast"),
        ("enkel", "enkelt enkla enklare"),
        ("öppen", "öppet öppna"),
        ("ta", "tar tog tagit"),
        ("gammal", "gammalt gamla äldre"),
        ("stor", "stort stora större störst"),
        ("arbeta", "arbetar arbetade arbetat"),
        ("leda", "leder ledde lett ledas leds"),
        ("köpa", "köper köpte köpt köpta"),
        ("bo", "bor bodde bott"),
        ("anställa", "anställd anställda anställt"),
        ("skriva", "skriver skrev skrivit skriven"),
        ("gå", "går gick gått"),
        ("förstå", "förstår förstod förstått"),
        ("göra", "gör gjorde gjort"),
        ("stadga", "stadgan stadgor"),
        ("arkivarie", "arkivarien arkivarier arkivarierna arkivariernas"),
        ("daghem", "daghemmet daghemmen"),
        ("område", "området områden områdena områdenas"),
        ("ministerium", "ministeriet ministerier ministerierna"),
        ("tjänsteman", "tjänstemannen tjänstemän tjänstemännens"),
        ("studerande", "studeranden studerandena"),
        ("nyckel", "nyckeln nycklar nycklarna"),
        ("tecken", "tecknet tecken tecknen"),
        ("gemensam", "gemensamt gemensamma"),
        ("säker", "säkert säkra säkrare säkrast"),
        ("blind", "blint blinda"),
        ("egen", "eget egna"),
        ("föra", "för förde fört"),
        ("genomföra", "genomför genomförde genomförts"),
        ("styra", "styr styrde styrt styrs"),
        ("utreda", "utreder utredde utrett utreds"),
        ("stödja", "stöder stödde stött"),
    ] {
        for form in forms.split(' ') {
            if !terms(form, Kind::Base).iter().any(|term| term == base) {
                missing.push(format!("{base}: {form} {:?}", terms(form, Kind::Base)));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn compounds() {
    for (word, parts) in [
        ("upphandlingsnätverket", &["upphandling", "nätverk"][..]),
        ("ledarskapsutbildningar", &["ledarskap", "utbildning"]),
        ("kvinnorörelsen", &["kvinna", "rörelse"]),
        ("gatukontoret", &["gata", "kontor"]),
        ("personalledningen", &["personal", "ledning"]),
        ("regelverket", &["regel", "verk"]),
        ("arbetsgruppen", &["grupp"]),
        ("expertpooler", &["expert", "pool"]),
        ("högskolestuderande", &["studerande"]),
    ] {
        let found = terms(word, Kind::Part);
        for part in parts {
            assert!(found.iter().any(|term| term == part), "{word}: {part} {found:?}");
        }
    }
}

#[test]
fn families() {
    let root = |word: &str| terms(word, Kind::Root);
    for word in ["ledare", "ledning", "ledande", "ledarskap", "leder", "ledarna"] {
        assert!(root(word).iter().any(|term| term == "leda"), "{word} {:?}", root(word));
    }
}

#[test]
fn names_and_unknown_words() {
    for (form, base) in [("Korhonens", "korhonen"), ("Wahlströms", "wahlström"), ("Helsingfors", "helsingfors")] {
        assert!(terms(form, Kind::Base).iter().any(|term| term == base), "{form} {:?}", terms(form, Kind::Base));
    }
    let first = terms("grompel", Kind::Base);
    for form in ["grompels", "grompelen", "grompelar"] {
        assert!(
            terms(form, Kind::Base).iter().any(|term| first.contains(term)),
            "{form} {:?}",
            terms(form, Kind::Base)
        );
    }
}
