//! The analyser of this process: what it is made of, chosen once.

use std::fmt;
use std::path::Path;
use std::sync::OnceLock;

use clap::ValueEnum;

use super::finnish::Morphology;
use super::forms::Forms;
use super::hash::extend;
use super::lexicon::Lexicon;
use super::tokens::{self, Cut};
use super::voikko::{self, Voikko};
use super::{Form, Languages, Token, VERSION, words};

/// Whether libvoikko reads Finnish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Setting {
    /// It does where the machine has it.
    #[default]
    Auto,
    /// It does not.
    Off,
    /// It does, and without it nothing starts.
    Required,
}

/// What makes terms of words.
#[derive(Debug)]
pub struct Analyser {
    /// Who reads Finnish; or why nobody else than the built-in lexicon does, where that wasn't asked for.
    voikko: Result<Voikko, Option<voikko::Error>>,
}

/// Why there is no such analyser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartError {
    /// libvoikko is required and can't be used.
    Required(voikko::Error),
    /// Words were analysed before it was chosen how, or another one was chosen.
    Late,
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required(error) => write!(
                formatter,
                "libvoikko is required: {error}; install it with its Finnish dictionary (on Debian libvoikko1 and \
                 voikko-fi), or set SOLMU_VOIKKO (or --voikko) to auto or off"
            ),
            Self::Late => formatter.write_str("the analyser is chosen before anything is analysed, and once"),
        }
    }
}

impl std::error::Error for StartError {}

static OWN: OnceLock<Analyser> = OnceLock::new();

/// Chooses this process's analyser. A folder of dictionaries comes before those where systems have them.
///
/// # Errors
/// libvoikko is required and can't be used, or another analyser is in use already.
pub fn start(setting: Setting, dictionaries: Option<&Path>) -> Result<&'static Analyser, StartError> {
    let analyser = Analyser::new(setting, dictionaries)?;
    OWN.set(analyser).map_err(|_| StartError::Late)?;
    Ok(own())
}

/// This process's analyser; where none was chosen, the built-in one.
pub fn own() -> &'static Analyser {
    OWN.get_or_init(Analyser::built_in)
}

impl Analyser {
    /// The one that needs nothing but this program.
    pub fn built_in() -> Self {
        Self { voikko: Err(None) }
    }

    /// One by a setting.
    ///
    /// # Errors
    /// libvoikko is required and can't be used.
    pub fn new(setting: Setting, dictionaries: Option<&Path>) -> Result<Self, StartError> {
        if setting == Setting::Off {
            return Ok(Self::built_in());
        }
        match Voikko::load(dictionaries) {
            Err(error) if setting == Setting::Required => Err(StartError::Required(error)),
            voikko => Ok(Self { voikko: voikko.map_err(Some) }),
        }
    }

    /// libvoikko, if it reads Finnish.
    pub(super) fn voikko(&self) -> Option<&Voikko> {
        self.voikko.as_ref().ok()
    }

    /// Names what terms are made of: two processes with the same one make the same terms of every text, and an index
    /// that was made by another one is to be built anew.
    pub fn fingerprint(&self) -> String {
        match &self.voikko {
            Ok(voikko) => format!("{VERSION}-{}", voikko.fingerprint()),
            Err(_) => VERSION.to_string(),
        }
    }

    /// What tells analysers of the same [`VERSION`] apart: zero for the built-in one.
    pub fn variant(&self) -> u64 {
        self.voikko().map_or(0, |voikko| extend(0, &voikko.fingerprint()).max(1))
    }

    /// The words of a text with all that they are found by: one after the other, in time linear in the text's length.
    pub fn analyse<'t>(&self, text: &'t str, languages: Languages) -> impl Iterator<Item = Token<'t>> {
        (0..).zip(tokens::cut(text)).map(move |(position, cut)| Token {
            surface: text.get(cut.start..cut.end).unwrap_or_default(),
            start: cut.start,
            end: cut.end,
            position,
            forms: self
                .forms_of(&cut, languages)
                .iter()
                .map(|(kind, text)| Form { kind, text: text.to_owned() })
                .collect(),
        })
    }

    /// What the first word of a text is found by.
    pub fn forms(&self, word: &str, languages: Languages) -> Forms {
        tokens::cut(word).next().map(|cut| self.forms_of(&cut, languages)).unwrap_or_default()
    }

    fn forms_of(&self, cut: &Cut<'_>, languages: Languages) -> Forms {
        let morphology = self.voikko().map(|voikko| voikko as &dyn Morphology);
        words::forms(Lexicon::built_in(), morphology, cut, languages)
    }

    /// Gives back the memory that words take which were looked up of late.
    pub fn forget(&self) {
        if let Some(voikko) = self.voikko() {
            voikko.forget();
        }
    }
}

impl fmt::Display for Analyser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.voikko {
            Ok(voikko) => {
                let (dictionary, folder) = (voikko.dictionary(), voikko.dictionary().folder.display());
                write!(
                    formatter,
                    "libvoikko {} with its dictionary {} in {folder}",
                    voikko.version(),
                    dictionary.version
                )
            }
            Err(Some(error)) => write!(formatter, "built in; {error}"),
            Err(None) => formatter.write_str("built in"),
        }
    }
}
