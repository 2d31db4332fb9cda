//! What of a member a reader is not shown: groups of fields, each of which is shown whole or left out.
//!
//! A field that is hidden is left out rather than null or empty, which would say that there is nothing; the answer names
//! the groups that it lacks.

use serde_json::{Map, Value};

use crate::db::Json;
use crate::db::types::words;
use crate::http::problem::Result;

words! {
    /// A group of a member's fields, seen by those whom its audience names. Names, title, organisation, unit and office
    /// are in none: everybody signed in sees them.
    MemberGroup {
        /// User name, external ids, status, protection and the audiences themselves: for the member, their HR and admins.
        Record = "record",
        /// E-mail and telephone.
        Contact = "contact",
        /// The bio.
        Bio = "bio",
        /// Skills, languages and interests.
        Skills = "skills",
        /// Availability, willingness, and whether they look for peers.
        Availability = "availability",
        /// Experience.
        Experience = "experience",
        /// Which networks they are in.
        Memberships = "memberships",
    }
}

impl MemberGroup {
    /// The fields, of whichever document.
    fn fields(self) -> &'static [&'static str] {
        match self {
            MemberGroup::Record => &["user_name", "external_ids", "status", "protected", "visibility"],
            MemberGroup::Contact => &["email", "phone"],
            MemberGroup::Bio => &["bio"],
            MemberGroup::Skills => &["languages", "skills", "interests"],
            MemberGroup::Availability => &["availability", "willing_to", "looking_for_peers"],
            MemberGroup::Experience => &["experience"],
            MemberGroup::Memberships => &[],
        }
    }

    /// Whether a profile has any of it.
    fn is_of_profile(self) -> bool {
        !matches!(self, MemberGroup::Contact | MemberGroup::Memberships)
    }

    /// Its bit in what a query says of a row.
    pub(super) fn bit(self) -> i32 {
        1 << self as i32
    }
}

/// The groups that a reader is not shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden(i32);

impl Hidden {
    /// As a query says it: the bits of the groups.
    pub fn of(bits: i32) -> Self {
        Self(bits)
    }

    /// The bits of the groups.
    pub fn bits(self) -> i32 {
        self.0
    }

    /// Those of them that a profile has.
    pub fn of_profile(self) -> Self {
        Self(
            MemberGroup::ALL.iter().filter(|group| group.is_of_profile()).fold(0, |all, group| all | group.bit())
                & self.0,
        )
    }

    /// Whether everything is shown.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a group is among them.
    pub fn has(self, group: MemberGroup) -> bool {
        self.0 & group.bit() != 0
    }

    /// The groups.
    pub fn groups(self) -> Vec<MemberGroup> {
        MemberGroup::ALL.iter().copied().filter(|group| self.has(*group)).collect()
    }

    /// What is shown of a document.
    pub fn cut<T>(self, document: &Json<T>) -> Result<Json<Map<String, Value>>> {
        let mut fields: Map<String, Value> = document.part()?;
        for name in self.groups().into_iter().flat_map(MemberGroup::fields) {
            fields.remove(*name);
        }
        Json::of(&fields)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::members::{MemberCreate, MemberProfile};

    /// A field that is new is for somebody to put into a group, or among those that everybody sees.
    #[test]
    fn every_field_is_in_one_group_or_for_everybody() {
        let person: MemberCreate =
            serde_json::from_value(json!({ "user_name": "u", "given_name": "G", "family_name": "F" })).unwrap();
        let everybody = ["given_name", "family_name", "title", "organisation_id", "unit", "office"];
        let fields = |document: Value| document.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let mut all = fields(serde_json::to_value(&person).unwrap());
        all.extend(fields(serde_json::to_value(MemberProfile::default()).unwrap()));
        for field in &all {
            let groups = MemberGroup::ALL.iter().filter(|group| group.fields().contains(&field.as_str())).count();
            assert_eq!(groups, usize::from(!everybody.contains(&field.as_str())), "{field}");
        }
        for field in MemberGroup::ALL.iter().flat_map(|group| group.fields()) {
            assert!(all.iter().any(|known| known == field), "{field}");
        }
    }

    #[test]
    fn what_is_hidden_is_left_out() {
        let document = Json::of(&json!({ "email": "x", "phone": null, "user_name": "u", "given_name": "G" })).unwrap();
        let cut = |bits: i32| Hidden::of(bits).cut(&document).unwrap().value().unwrap();
        let names = |bits: i32| cut(bits).keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(MemberGroup::Contact.bit()), ["given_name", "user_name"]);
        assert_eq!(names(MemberGroup::Record.bit() | MemberGroup::Contact.bit()), ["given_name"]);
        assert_eq!(names(MemberGroup::Bio.bit()).len(), 4);
        let all = Hidden::of(0x7f);
        assert_eq!(all.groups(), MemberGroup::ALL);
        assert_eq!(all.of_profile().groups().len(), 5);
        assert!(all.of_profile().has(MemberGroup::Record) && !all.of_profile().has(MemberGroup::Contact));
    }
}
