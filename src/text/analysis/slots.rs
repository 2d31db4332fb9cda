//! What endings a stem takes, as sets of bits: a stem in the lexicon and an ending that was taken off a word go together
//! when their sets meet.

/// A set of the constants below.
pub type Slots = u32;

/// Finnish nominals. The nominative of the singular: the base form itself, without an ending.
pub const NOMINATIVE: Slots = 1;
/// *verkko-* in *verkkoa*, *verkkoon*, *verkkoni*.
pub const STRONG: Slots = 1 << 1;
/// *verko-* in *verkon*, *verkossa*.
pub const WEAK: Slots = 1 << 2;
/// Plurals in -j-: *verkko-jen*.
pub const PLURAL_J: Slots = 1 << 3;
/// Plurals in -i- with a short ending: *johtaj-ien*.
pub const PLURAL_I: Slots = 1 << 4;
/// Plurals in -i- with -t-, -d- or -s- after it: *hankke-iden*.
pub const PLURAL_T: Slots = 1 << 5;
/// Plurals in the weak grade: *verko-issa*.
pub const PLURAL_WEAK: Slots = 1 << 6;
/// Stems that end in a consonant: *ihmis-tä*, *kiel-ten*; and what takes the partitive in -ta: *maa-ta*.
pub const CONSONANT: Slots = 1 << 7;
/// Forms that stand only before another part: *ihmis-* in *ihmiskunta*, *etä-*.
pub const LINK: Slots = 1 << 8;

/// Finnish verbs. The first infinitive.
pub const INFINITIVE: Slots = 1 << 9;
/// *anta-* in *antavat*, *antaminen*.
pub const PRESENT: Slots = 1 << 10;
/// *anna-* in *annan*, *annamme*.
pub const PRESENT_WEAK: Slots = 1 << 11;
/// *antoi-* in *antoivat*.
pub const PAST: Slots = 1 << 12;
/// *annoi-* in *annoimme*.
pub const PAST_WEAK: Slots = 1 << 13;
/// *antai-* in *antaisi*.
pub const CONDITIONAL: Slots = 1 << 14;
/// *annet-* in *annettu*, *tul-* in *tultiin*.
pub const PASSIVE: Slots = 1 << 15;
/// *annet-* in *annetaan*, *tull-* in *tullaan*.
pub const PASSIVE_PRESENT: Slots = 1 << 16;
/// *anta-* in *antanut*, *tul-* in *tullut*.
pub const ACTIVE: Slots = 1 << 17;

/// Swedish, whose stems are in a table of their own. The base form, and what takes endings as it does.
pub const WHOLE: Slots = 1 << 10;
/// Without the last -a: *arbet-* in *arbetade*, *flick-* in *flickor*.
pub const WITHOUT_A: Slots = 1 << 11;
/// Without the last -e: *ledar-* in *ledarna*.
pub const WITHOUT_E: Slots = 1 << 12;
/// With a vowel less or a consonant more: *regl-* in *regler*, *programm-* in *programmet*.
pub const CHANGED: Slots = 1 << 13;
/// A form of its own: *händer*, *gick*.
pub const IRREGULAR: Slots = 1 << 14;

/// A stem as it is typed without dots and accents.
pub const FOLDED: Slots = 1 << 18;
/// How many bits a set has.
pub const BITS: u32 = 19;

/// All plurals in the strong grade.
pub const PLURAL: Slots = PLURAL_J | PLURAL_I | PLURAL_T;
/// The stem of both grades, where there is one.
pub const SINGULAR: Slots = STRONG | WEAK;
