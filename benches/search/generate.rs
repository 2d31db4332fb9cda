//! Documents that are made up: pseudo-words with Finnish and Swedish endings, as often as words are.

use solmu::search::{Document, Entity, Languages, Text};

/// Numbers that look random, the same in every run.
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x2545_F491_4F6C_DD1D)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn part(&mut self) -> f64 {
        self.next() as f64 / u64::MAX as f64
    }
}

const HEADS: &[&str] = &["k", "t", "p", "s", "m", "n", "l", "r", "v", "h", "j", "kr", "tr", "st", ""];
const VOWELS: &[&str] = &["a", "e", "i", "o", "u", "aa", "uo", "ie", "y", "ä", "ö", "ai", "oi"];
const MIDDLES: &[&str] = &["l", "n", "r", "s", "t", "k", "ll", "nn", "rt", "st", "mm", "lk", "v"];
const ENDINGS: &[&str] = &["", "n", "ssa", "sta", "lle", "t", "jen", "ksi", "en", "et", "er", "ar", "na", "s"];
/// Different stems; the commonest come far more often than the others.
const STEMS: f64 = 60_000.0;

/// The stem of a number.
fn stem(number: u64) -> String {
    let mut rest = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let mut pick = |list: &[&'static str]| {
        let part = list[(rest % list.len() as u64) as usize];
        rest /= list.len() as u64;
        part
    };
    let mut word = format!("{}{}", pick(HEADS), pick(VOWELS));
    for _ in 0..2 + number % 2 {
        word.push_str(pick(MIDDLES));
        word.push_str(pick(VOWELS));
    }
    word
}

/// A word of running text.
pub fn word(numbers: &mut Numbers) -> String {
    let number = STEMS.powf(numbers.part()) as u64;
    let ending = ENDINGS[numbers.below(ENDINGS.len() as u64) as usize];
    format!("{}{ending}", stem(number))
}

fn words(numbers: &mut Numbers, count: u64) -> String {
    (0..count).map(|_| word(numbers)).collect::<Vec<_>>().join(" ")
}

/// A document that has nothing to do with any other.
pub fn unrelated(number: usize) -> Document {
    let mut numbers = Numbers::new(number as u64);
    let entity = [Entity::Network, Entity::Member, Entity::Member, Entity::Organisation][number % 4];
    let mut document = Document::new(entity, format!("{:032x}", (number as u128) << 64 | u128::from(numbers.next())));
    let count = 2 + numbers.below(4);
    let name = words(&mut numbers, count);
    document.name_keys = std::array::from_fn(|_| name.clone().into_bytes());
    document.name = vec![Text::any(name)];
    let language = [Languages::FINNISH, Languages::FINNISH, Languages::SWEDISH, Languages::ENGLISH][number % 4];
    let count = 20 + numbers.below(50);
    document.text = vec![Text::new(language, words(&mut numbers, count))];
    for _ in 0..1 + numbers.below(3) {
        let theme = numbers.below(500);
        document.themes.push(format!("theme-{theme}"));
        let label = format!("{} {}", stem(theme * 7 + 1), stem(theme * 13 + 2));
        document.labels.push(Text::new(Languages::FINNISH, label));
    }
    document.languages = vec![["fi", "sv", "en"][number % 3].into()];
    document.branch = Some(format!("branch-{}", numbers.below(13)));
    document.kind = Some(format!("kind-{}", numbers.below(7)));
    document.organisations = vec![format!("organisation-{}", numbers.below(800)), format!("top-{}", number % 40)];
    document.date = numbers.below(4_000) as i64;
    document.access =
        vec![if number.is_multiple_of(20) { format!("network-{}", number % 1_000) } else { "all".into() }];
    document
}
