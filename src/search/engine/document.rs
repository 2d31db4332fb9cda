//! What is indexed: documents, their keys and their fields.

use crate::text::analysis::Languages;
use serde::{Deserialize, Serialize};

/// A kind of things that can be found. The letter goes into the index and stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// A theme or a skill.
    Concept,
    /// A person.
    Member,
    /// A network.
    Network,
    /// An organisation.
    Organisation,
}

/// Each entity, its letter in a key and its word as a facet's value.
const ENTITIES: [(Entity, &str, &str); 4] = [
    (Entity::Concept, "c", "concept"),
    (Entity::Member, "m", "member"),
    (Entity::Network, "n", "network"),
    (Entity::Organisation, "o", "organisation"),
];

impl Entity {
    /// Its word, as a facet counts it.
    pub fn word(self) -> &'static str {
        ENTITIES.iter().find(|(entity, ..)| *entity == self).map_or("", |(.., word)| word)
    }

    fn letter(self) -> &'static str {
        ENTITIES.iter().find(|(entity, ..)| *entity == self).map_or("", |(_, letter, _)| letter)
    }
}

/// Which document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// What it is.
    pub entity: Entity,
    /// Its id among those.
    pub id: String,
}

impl Key {
    /// As the index has it.
    pub(crate) fn term(&self) -> String {
        format!("{}{}", self.entity.letter(), self.id)
    }

    /// From what the index has.
    pub(crate) fn read(term: &str) -> Option<Self> {
        let (letter, id) = term.split_at_checked(1)?;
        let (entity, ..) = ENTITIES.iter().find(|(_, own, _)| *own == letter)?;
        Some(Self { entity: *entity, id: id.to_owned() })
    }
}

/// A text and the languages it may be in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its language; all of them for a name.
    pub languages: Languages,
    /// The text.
    pub text: String,
}

impl Text {
    /// A text in some languages.
    pub fn new(languages: Languages, text: impl Into<String>) -> Self {
        Self { languages, text: text.into() }
    }

    /// A text that may be in any language.
    pub fn any(text: impl Into<String>) -> Self {
        Self::new(Languages::ALL, text)
    }
}

/// Where words stand in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Its names.
    Name,
    /// A person's title, a concept's other labels.
    Title,
    /// The labels of its themes and skills and the names of its organisation, in all languages.
    Labels,
    /// Everything else.
    Text,
}

/// How many fields there are.
pub(crate) const FIELDS: usize = 4;

impl Field {
    /// All of them, the heaviest first; each at its number.
    pub const ALL: [Self; FIELDS] = [Self::Name, Self::Title, Self::Labels, Self::Text];

    /// How much a word in it weighs.
    pub(crate) fn weight(self) -> f32 {
        match self {
            Self::Name => 3.0,
            Self::Title => 2.0,
            Self::Labels => 1.5,
            Self::Text => 1.0,
        }
    }

    /// How many words it usually has. It is not counted in the index: what is out of somebody's sight would change in which
    /// order they find what is not.
    pub(crate) fn usual_length(self) -> f32 {
        match self {
            Self::Name => 4.0,
            Self::Title => 2.0,
            Self::Labels => 8.0,
            Self::Text => 30.0,
        }
    }

    /// Its name in the index.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Title => "title",
            Self::Labels => "labels",
            Self::Text => "text",
        }
    }
}

/// A document, whole: an upsert replaces it.
#[derive(Clone, Debug)]
pub struct Document {
    /// Which one.
    pub key: Key,
    /// Its names in all languages, acronyms and short names too. They are what is suggested.
    pub name: Vec<Text>,
    /// Other labels of a concept: found like a title, suggested like a name.
    pub other_names: Vec<Text>,
    /// A person's title.
    pub title: Vec<Text>,
    /// Labels of its themes and skills, in all languages.
    pub labels: Vec<Text>,
    /// Descriptions and the like; nothing that not all who see the document may read.
    pub text: Vec<Text>,
    /// Its organisation and all above.
    pub organisations: Vec<String>,
    /// The administrative branch.
    pub branch: Option<String>,
    /// Its themes and all broader ones.
    pub themes: Vec<String>,
    /// Its skills and all broader ones.
    pub skills: Vec<String>,
    /// The languages that it is in or speaks.
    pub languages: Vec<String>,
    /// What kind of a network, organisation, …
    pub kind: Option<String>,
    /// The time or day that it is sorted and filtered by, in any unit.
    pub date: i64,
    /// Words for who may see it: whoever has one of them does. Without any, nobody does who has to have one.
    pub access: Vec<String>,
    /// What its name sorts by in Finnish, Swedish and English.
    pub name_keys: [Vec<u8>; 3],
}

impl Document {
    /// A document with nothing in it.
    pub fn new(entity: Entity, id: impl Into<String>) -> Self {
        Self {
            key: Key { entity, id: id.into() },
            name: Vec::new(),
            other_names: Vec::new(),
            title: Vec::new(),
            labels: Vec::new(),
            text: Vec::new(),
            organisations: Vec::new(),
            branch: None,
            themes: Vec::new(),
            skills: Vec::new(),
            languages: Vec::new(),
            kind: None,
            date: 0,
            access: Vec::new(),
            name_keys: [const { Vec::new() }; 3],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_were_written() {
        for (entity, ..) in ENTITIES {
            let key = Key { entity, id: "äbc".into() };
            assert_eq!(Key::read(&key.term()), Some(key));
        }
        for term in ["", "x1", "ä"] {
            assert_eq!(Key::read(term), None);
        }
    }
}
