//! Words without a meaning of their own, and words of asking: a query is about its others.
//!
//! Each list is in the order of its letters, without dots and accents.

/// In Finnish.
const FINNISH: &str = "\
    apua asti auttaa auttaisi ei eika eivat eli emme en enka et etsia etsimme etsin etsivat etta ette ettei haemme \
    haluaisin haluamme haluan han hanen hanta he heidan heille heita ilman ja jo johon joiden joihin joille joilta \
    joissa joista joita joitakin joka jokin joku jolla jollain jolle jonka jonkin jonkun jos jossa jossain josta \
    jostain jostakin jota jotain jotakin jotka jotta kaikki kannattaa kanssa kautta kehen keiden kenella kenelle \
    kenelta kenen kenesta kertoa kertoo keta ketaan ketka koska kuin kuinka kuka kukaan kumman kumpi kun kysya kysyn \
    loydamme loydan loytaa loytya loytyy loytyyko me meidan meilla meille meita mihin mika mikaan miksi milla \
    millainen millaiset millaisia millaista mille milloin mina minka minkalainen minkalaisia minkalaista minua minulla \
    minulle minun minut missa missakaan mista mita miten mitka montako mukaan mutta myos naiden naissa naista naita \
    nama ne neuvoo niiden niihin niilla niin niissa niista niita nyt ole olemme olen olet olette oli olisi olisiko \
    olivat olla ollut on onko onkohan osaa osaavat ovat ovatko paljonko pitaako pitaisi saako saanko se seka sen \
    siihen siina siis siita silla sille silta sina sinua sinulle sinun sita sitten tahan tai talla tama taman \
    tarvitsemme tarvitsen tassa tasta tata taytyy te teidan teille teita tiedan tietaa tietaisi tietavat tuntee \
    tunteeko tuntisi tuo tuon tuota vaan vaikka varten viela voi voidaan voiko voimme voin voinko voisi voisiko voivat";

/// In Swedish.
const SWEDISH: &str = "\
    alla allt andra ar att av aven behover bland bli blir bor borde dar de dem den denna deras dess dessa det detta \
    dig din dina ditt du efter ej eller er era ert ett finnas finns for fraga fran genom hade haft han har hitta \
    hittar hjalp hjalpa hjalper hon hos hur hurdan hurdana i inom inte jag kan kanner kunde leta letar man med men mig \
    min mina mitt mot nagon nagonstans nagot nagra nar ni och om onskar oss over pa sa samt sig sin sina sitt ska \
    skall skulle soker som till utan vad var vara varfor varit vart vem vems vet vi vid vilka vilken vilket vill ville";

/// In English.
const ENGLISH: &str = "\
    a about also am an and any anybody anyone anything are as at be been being but by can could do does find for from \
    get give had has have he help her his how i i'd i'm if in into is it its just know knows like looking may me might \
    must my need not of on only or our over please seek seeking shall she should show so some somebody someone \
    something such tell than that the their them there these they this those to too us very want wanted wants was we \
    were what what's when where where's which who who's whom whose why will with would you your";

/// The lists.
const LISTS: [&str; 3] = [FINNISH, SWEDISH, ENGLISH];

/// Whether a word, folded and in lower case, is a stop word of any of the languages: a language's stop word may be
/// another's word, so a query of nothing else keeps them.
pub fn is_stop_word(folded: &str) -> bool {
    static SORTED: std::sync::LazyLock<Vec<&str>> = std::sync::LazyLock::new(|| {
        let mut words: Vec<&str> = LISTS.into_iter().flat_map(str::split_whitespace).collect();
        words.sort_unstable();
        words
    });
    SORTED.binary_search(&folded).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::fold;
    use super::*;

    #[test]
    fn each_list_is_in_order_and_has_each_word_once() {
        for list in LISTS {
            let words: Vec<&str> = list.split_whitespace().collect();
            assert!(words.is_sorted_by(|one, other| one < other), "{words:?}");
            assert!(words.iter().all(|word| *word == fold(&word.to_lowercase())), "{words:?}");
        }
    }

    #[test]
    fn stop_words_of_three_languages() {
        for word in ["ja", "missa", "kenelta", "millaisia", "och", "fran", "vems", "the", "which", "who's", "anyone"] {
            assert!(is_stop_word(word), "{word}");
        }
        for word in ["verkosto", "natverk", "network", "vard", "tuki", "work", "tie", "hr", ""] {
            assert!(!is_stop_word(word), "{word}");
        }
    }
}
