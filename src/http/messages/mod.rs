//! Every sentence the service says of an error, in its three languages. A code without all three does not compile.

use std::borrow::Cow;

use super::language::Language;

macro_rules! messages {
    ($($code:ident = $name:literal { fi: $fi:literal, sv: $sv:literal, en: $en:literal })+) => {
        /// What went wrong, as a stable word: the `code` of a fault, and the key of its sentence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)]
        pub enum Code { $($code),+ }

        impl Code {
            /// The word that clients may rely on.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$code => $name),+ }
            }

            /// The code that a word stands for.
            pub fn of(word: &str) -> Option<Self> {
                match word { $($name => Some(Code::$code),)+ _ => None }
            }

            pub(super) fn template(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Code::$code, Language::Fi) => $fi,
                      (Code::$code, Language::Sv) => $sv,
                      (Code::$code, Language::En) => $en,)+
                }
            }
        }
    };
}

mod sentences;

pub use sentences::Code;

/// A sentence with its values, not yet in a language.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The code.
    pub code: Code,
    values: Vec<(&'static str, Cow<'static, str>)>,
}

impl From<Code> for Message {
    fn from(code: Code) -> Self {
        Self { code, values: Vec::new() }
    }
}

impl Message {
    /// Fills the place `{name}`.
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// The sentence in a language.
    pub fn in_language(&self, language: Language) -> String {
        let mut text = self.code.template(language).to_owned();
        for (name, value) in &self.values {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }
}

impl Code {
    /// The message of this code with one value filled in.
    pub fn with(self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Message {
        Message::from(self).with(name, value)
    }
}
