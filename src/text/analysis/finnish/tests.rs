//! Finnish words in their forms, and the bases that must be found.

use super::super::{Kind, Languages, analyse};

fn terms(text: &str, kind: Kind) -> Vec<String> {
    analyse(text, Languages::FINNISH).flat_map(|token| token.of(kind).map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn check(rows: &[(&str, &str)], kind: Kind) {
    let missing: Vec<String> = rows
        .iter()
        .filter_map(|(base, forms)| {
            let lost: Vec<String> = forms
                .split(' ')
                .filter(|form| !terms(form, kind).iter().any(|term| term == base))
                .map(|form| format!("{form} {:?}", terms(form, kind)))
                .collect();
            (!lost.is_empty()).then(|| format!("{base}: {}", lost.join(", ")))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn cases_of_nouns() {
    check(
        &[
            ("verkko", "verkko verkon verkkoa verkossa verkosta verkkoon verkolla verkolta verkolle verkkona verkoksi"),
            (
                "verkko",
                "verkot verkkojen verkkoja verkoissa verkoista verkkoihin verkoilla verkoilta verkoille verkkoina",
            ),
            ("kunta", "kunnan kuntaa kunnassa kuntaan kunnat kuntien kuntia kunnissa kuntiin kunnille"),
            ("kala", "kalan kaloja kalojen kaloihin kaloissa"),
            ("koira", "koiran koiria koirien koiriin"),
            (
                "ministeriö",
                "ministeriön ministeriötä ministeriössä ministeriöön ministeriöt ministeriöiden ministeriöitä",
            ),
            ("organisaatio", "organisaation organisaatiota organisaatioiden organisaatioita organisaatioissa"),
            ("asia", "asian asiaa asioita asioiden asioihin asioissa asiat"),
            ("maa", "maan maata maassa maahan maat maiden maita maihin maissa"),
            ("työ", "työn työtä työssä työhön työt töiden töitä töihin töissä"),
            ("tie", "tien tietä tiellä tiehen tiet teiden teitä teille"),
            ("vapaa", "vapaan vapaata vapaassa vapaaseen vapaat vapaita vapaiden"),
            ("johtaja", "johtajan johtajaa johtajalle johtajat johtajien johtajia johtajille johtajiin"),
            ("risti", "ristin ristiä risteissä ristien ristejä risteihin"),
            ("pankki", "pankin pankkiin pankit pankkien pankkeja pankeissa"),
            ("auto", "auton autoa autossa autot autojen"),
            ("huone", "huoneen huonetta huoneessa huoneeseen huoneet huoneiden huoneita huoneisiin"),
        ],
        Kind::Base,
    );
}

#[test]
fn gradation() {
    check(
        &[
            ("katu", "kadun katuja kaduilla"),
            ("tapa", "tavan tapaa tavat tapoja tavoilla"),
            ("kampa", "kamman kampoja"),
            ("kaupunki", "kaupungin kaupungissa kaupunkien kaupunkeja kaupungeissa"),
            ("ilta", "illan illalla iltoja"),
            ("parta", "parran"),
            ("lehti", "lehden lehteä lehdet lehtien lehtiä lehdissä"),
            ("luku", "luvun lukuja luvuissa"),
            ("alku", "alun alussa alkuun"),
            ("järki", "järjen järkeä"),
            ("aika", "ajan aikaa ajassa ajat aikojen aikoja ajoissa"),
            ("poika", "pojan pojat poikien"),
            ("joki", "joen jokea joessa jokien joissa"),
            ("hanke", "hankkeen hanketta hankkeessa hankkeet hankkeiden hankkeita hankkeisiin hankkeissa"),
            ("osake", "osakkeen osaketta osakkeiden"),
            ("rikas", "rikkaan rikasta rikkaat rikkaita"),
            ("kallis", "kalliin kallista kalliit kalliita"),
            ("tarve", "tarpeen tarvetta tarpeet tarpeita tarpeiden"),
            ("koe", "kokeen koetta kokeet kokeita"),
            ("huostaanotto", "huostaanoton huostaanottojen huostaanotoissa"),
        ],
        Kind::Base,
    );
}

#[test]
fn stems_in_consonants() {
    check(
        &[
            ("ihminen", "ihmisen ihmistä ihmisessä ihmiseen ihmiset ihmisten ihmisiä ihmisille ihmisiin"),
            ("opetus", "opetuksen opetusta opetuksessa opetukseen opetukset opetusten opetuksien opetuksia"),
            ("vapaus", "vapauden vapautta vapauteen vapaudet vapauksien vapauksia"),
            ("osaamisvaje", "osaamisvajeen"),
            ("turvallisuus", "turvallisuuden turvallisuutta turvallisuuteen turvallisuuksien"),
            ("puhelin", "puhelimen puhelinta puhelimessa puhelimet puhelimia"),
            ("työtön", "työttömän työtöntä työttömät työttömien työttömille"),
            ("lyhyt", "lyhyen lyhyttä lyhyet lyhyitä"),
            ("jäsen", "jäsenen jäsentä jäsenet jäsenten jäseniä jäsenille"),
            ("sisar", "sisaren sisarta sisaret"),
            ("kieli", "kielen kieltä kielessä kieliä kielten kielissä kieliin"),
            ("käsi", "käden kättä kädessä käteen kädet käsien käsiä käsissä"),
            ("vuosi", "vuoden vuotta vuodessa vuoteen vuodet vuosien vuosina"),
            ("lumi", "lumen lunta lumessa"),
            ("nuori", "nuoren nuorta nuoret nuorten nuoria nuorille"),
            ("pieni", "pienen pientä pienet pienten pieniä"),
            ("lapsi", "lapsen lasta lapset lasten lapsia lapsille"),
            ("mies", "miehen miestä miehet miesten miehiä"),
            ("esimies", "esimiehen esimiesten esimiehiä"),
            ("podcast", "podcastin podcastia podcastit podcastien podcasteja podcasteissa"),
            ("uusi", "uuden uutta uudessa uuteen uudet uusien uusia uusissa"),
        ],
        Kind::Base,
    );
}

#[test]
fn particles_and_possessive_suffixes() {
    check(
        &[
            (
                "verkko",
                "verkkoni verkkomme verkkonsa verkossamme verkostanne verkkoonsa verkkojensa verkkojaan verkoissaan",
            ),
            ("työ", "työnsä työssään työhönsä työtään töissämme"),
            ("kunta", "kuntakin kunnassakin kunnissakaan kuntammeko kuntahan"),
            ("hanke", "hankkeemme hankkeensa hankkeissaan"),
            ("opetus", "opetuksemme opetuksessaan"),
        ],
        Kind::Base,
    );
}

#[test]
fn adjectives_and_their_degrees() {
    check(
        &[
            ("korkea", "korkean korkeaa korkeat korkeita korkeiden korkeampi korkeamman korkeampia korkein korkeimman"),
            ("vahva", "vahvan vahvoja vahvempi vahvemman vahvempia vahvin vahvimmat"),
            ("nopea", "nopeasti"),
            ("kansallinen", "kansallisen kansalliset kansallisesti kansallisten"),
            ("parempi", "paremman parempaa parempia paremmin"),
        ],
        Kind::Base,
    );
}

#[test]
fn verbs() {
    check(
        &[
            ("johtaa", "johdan johtavat johti johdetaan johtanut johtamalla johtaneet johtaisi johdettiin"),
            ("antaa", "annan antoi annettiin annetaan antaneet antaisi antamaan antavat"),
            ("lukea", "luen lukee luki luettu luetaan lukeneet lukisi lukien"),
            ("löytää", "löydän löysi löysimme löydetään"),
            ("tuntea", "tunnen tunsi tunnetaan"),
            ("tulla", "tulen tulee tuli tullut tulleet tulisi tulemaan tultiin tullaan"),
            ("ajatella", "ajattelen ajattelee ajatteli ajatellut ajattelemaan"),
            ("kuunnella", "kuuntelen kuunteli kuunneltu kuuntelemalla"),
            ("nousta", "nousee nousi noussut nousemaan"),
            ("tavata", "tapaan tapaa tapaavat tapasi tavannut tavataan tapaamme"),
            ("valita", "valitsen valitsee valitsi valinnut valitaan"),
            ("saada", "saan saavat sai saanut saatu saadaan saisi"),
            ("tehdä", "teen tekee tekevät teki tehnyt tehty tehdään tekemään"),
            ("arvioida", "arvioimme arvioi arvioidaan arvioinut arvioitiin"),
            ("kehittää", "kehitämme kehittävät kehitetään kehitetty kehittämässä kehittäisi"),
        ],
        Kind::Base,
    );
}

#[test]
fn names() {
    check(
        &[
            ("korhonen", "Korhonen Korhosen Korhosta Korhoset Korhosten Korhosille Korhosella"),
            ("virtanen", "Virtasella Virtasten Virtasille"),
            ("mäkelä", "Mäkelän Mäkelää Mäkelälle Mäkelät Mäkelöiden"),
            ("matti", "Matin Mattia Matille"),
            ("pekka", "Pekan Pekkaa Pekalle"),
            ("helsinki", "Helsingin Helsingissä Helsinkiin Helsingistä"),
            ("wahlström", "Wahlströmin Wahlströmiä Wahlströmille Wahlströms"),
            ("andersson", "Anderssonille Anderssons Anderssonin"),
            ("seinäjoki", "Seinäjoen Seinäjoella Seinäjoelle"),
            ("rovaniemi", "Rovaniemen Rovaniemellä"),
            ("tampere", "Tampereen Tampereella Tampereelle"),
            ("turku", "Turun Turussa Turkuun"),
            ("espoo", "Espoon Espoossa Espooseen"),
        ],
        Kind::Base,
    );
}

#[test]
fn compounds() {
    for (word, parts) in [
        ("palvelumuotoilijoilla", &["palvelu", "muotoilija"][..]),
        ("asiantuntijapooleissa", &["asiantuntija", "pooli"]),
        ("koulutusverkostoon", &["koulutus", "verkosto"]),
        ("hankintaosaamista", &["hankinta", "osaaminen"]),
        ("johtamisosaamisen", &["johtaminen", "osaaminen"]),
        ("kuntaliitoksista", &["kunta", "liitos"]),
        ("tiedonhallinnan", &["tieto", "hallinta"]),
        ("henkilöstöjohtajien", &["henkilöstö", "johtaja"]),
        ("ihmisoikeuksista", &["ihminen", "oikeus"]),
        ("etäjohtamiseen", &["etä", "johtaminen"]),
        ("tietosuojavastaavien", &["tieto", "suoja", "vastata"]),
        ("valtioneuvoston", &["valtio", "neuvosto"]),
        ("kyberturvallisuuden", &["kyber", "turvallisuus"]),
    ] {
        let found = terms(word, Kind::Part);
        for part in parts {
            assert!(found.iter().any(|term| term == part), "{word}: {part} {found:?}");
        }
    }
    let base = [
        ("palvelumuotoilija", "palvelumuotoilijoilla palvelumuotoilijan"),
        ("asiantuntijapooli", "asiantuntijapoolin asiantuntijapooleihin"),
        ("koulutusverkosto", "koulutusverkostojen"),
    ];
    check(&base, Kind::Base);
    let runs = terms("työhyvinvointiverkostoissa", Kind::Part);
    assert!(runs.iter().any(|run| run == "hyvinvointiverkosto"), "{runs:?}");
}

#[test]
fn families() {
    let root = |word: &str| terms(word, Kind::Root);
    for family in [
        &["johtaja", "johtaminen", "johtajuus", "johto", "johtaa", "johtajilla"][..],
        &["muotoilu", "muotoilija", "muotoileva", "muotoilla"],
        &["kehittää", "kehittäminen", "kehittäjä", "kehitys"],
        &["kouluttaa", "koulutus", "kouluttaja"],
        &["valvoa", "valvonta", "valvoja"],
        &["tutkia", "tutkimus", "tutkija"],
    ] {
        let first = root(family[0]);
        for word in family {
            assert!(root(word).iter().any(|term| first.contains(term)), "{word} {:?} {first:?}", root(word));
        }
    }
    let all = |word: &str| -> Vec<String> {
        analyse(word, Languages::FINNISH).flat_map(|token| token.forms).map(|form| form.text).collect()
    };
    for (one, other) in
        [("tie", "tieto"), ("tieto", "tietty"), ("tie", "tietty"), ("kirja", "kirje"), ("laki", "lakki")]
    {
        assert!(
            !all(one).iter().any(|term| all(other).contains(term)),
            "{one} {:?} {other} {:?}",
            all(one),
            all(other)
        );
    }
}

#[test]
fn unknown_words_meet_in_their_forms() {
    for forms in [
        "Kvorpula Kvorpulan Kvorpulassa Kvorpulaan",
        "Zubbles Zubblesin Zubblesissa",
        "Grontikko Grontikon Grontikossa",
        "Plonkkinen Plonkkisen Plonkkista",
    ] {
        let first = terms(forms.split(' ').next().unwrap(), Kind::Base);
        for form in forms.split(' ') {
            assert!(
                terms(form, Kind::Base).iter().any(|term| first.contains(term)),
                "{form} {:?} {first:?}",
                terms(form, Kind::Base)
            );
        }
    }
}

#[test]
fn a_compound_ends_in_a_nominal_where_it_may() {
    for (form, bases, parts) in [
        ("hankintalain", &["hankintalaki"][..], &["hankinta", "laki"][..]),
        ("verkostotuella", &["verkostotuki"], &["verkosto", "tuki"]),
    ] {
        assert_eq!((terms(form, Kind::Base), terms(form, Kind::Part)), (owned(bases), owned(parts)), "{form}");
    }
    // A word alone may be a verb's form as well.
    assert!(terms("lain", Kind::Base).len() > 1, "{:?}", terms("lain", Kind::Base));
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
