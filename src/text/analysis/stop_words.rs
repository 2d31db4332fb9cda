//! Words without a meaning of their own, and words of asking: a query is about its others.

/// Finnish, Swedish and English stop words without dots and accents.
const STOP_WORDS: &str = "\
    ja tai seka eli mutta vaan ettei etta jos kun kuin koska vaikka jotta niin myos on ole olen olet olemme olette ovat oli \
    olivat ollut olla ei en et emme ette eivat eika enka se sen sita siina siita siihen silla silta sille ne niita niiden \
    niissa niista niihin niilla tama taman tata tassa tasta tahan talla nama naita naiden naissa naista tuo tuon tuota \
    mina minun minua minulla minulle minut sina sinun sinua sinulle han hanen hanta me meidan meita meilla meille te teidan \
    teita teille he heidan heita heille joka jonka jota jossa josta johon jolla jolle jotka joita joiden joissa joista mika \
    minka mita missa mista mihin milla mille mitka kuka kenen keta ketka kenelle kuinka miten miksi milloin onko ovatko \
    voiko voi voin voisi kanssa varten kautta mukaan asti ilman jokin jonkin jotain jossain joku jonkun mikaan kaikki \
    jo viela nyt sitten siis \
    loydan loydamme loytyy loytaa etsin etsimme tarvitsen tarvitsemme haluan haluamme apua auttaa auttaisi osaa osaavat tietaa \
    tuntee tunteeko \
    kenelta kenella kenesta kehen keiden ketaan kukaan kumpi kumman millainen millaista millaisia millaiset minkalainen \
    minkalaista minkalaisia paljonko montako missakaan jotakin joilta joille joista joihin jollain jostain jostakin joitakin \
    voisiko voiko voidaan voinko voimme voivat saako saanko pitaako pitaisi taytyy kannattaa olisi olisiko onkohan loytyyko \
    loytya tietaa tiedan tietavat tietaisi tunteeko tuntisi haemme etsia etsivat kertoa kertoo kysya kysyn neuvoo haluaisin \
    och eller men att som den det de dem denna detta dessa ett av till pa i for med om fran hos vid utan inom \
    ar var varit vara ska skall kan har hade inte ej jag du vi ni han hon min mitt mina din ditt dina var vart vara sin sitt \
    sina er ert era vem vad vilken vilket vilka hur nar varfor dar har sa sig man mig dig oss aven samt dess deras \
    vart vems hurdan hurdana nagon nagot nagra nagonstans over mot genom efter bland alla allt andra skulle borde bor kunde \
    ville onskar letar leta fraga oss har haft blir bli \
    finns finnas hitta hittar soker behover vill hjalpa hjalper hjalp vet kanner \
    a an and are as at be been but by can could do does for from had has have he her his how i if in into is it its me my \
    not of on or our she so than that the their them there these they this those to us was we were what when where which \
    who whom whose why will with would you your about find help know knows need looking \
    am any anybody anyone anything been being should may might must shall some somebody someone something tell give get show \
    want wants wanted seek seeking please just also only such than too very into over like who's what's where's i'm i'd";

/// Whether a word, folded and in lower case, is a stop word of any of the languages: a language's stop word may be
/// another's word, so a query of nothing else keeps them.
pub fn is_stop_word(folded: &str) -> bool {
    static SORTED: std::sync::LazyLock<Vec<&str>> = std::sync::LazyLock::new(|| {
        let mut words: Vec<&str> = STOP_WORDS.split_whitespace().collect();
        words.sort_unstable();
        words
    });
    SORTED.binary_search(&folded).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
