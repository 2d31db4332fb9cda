//! Two records of one thing become one: whose value each field has then.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};
use validator::Validate;

use super::json as body;
use super::messages::Code;
use super::problem::{Fault, Kind, Place, Problem, Result};
use crate::db::Tx;
use crate::db::types::words;

words! {
    /// Whose value a field has when two records become one.
    MergeChoice {
        /// That of the one that stays.
        Survivor = "survivor",
        /// That of the one that goes.
        Duplicate = "duplicate",
        /// Those of both; of lists alone.
        Both = "both",
    }
}

/// The choices by field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MergeChoices(pub BTreeMap<String, MergeChoice>);

// Not derived: utoipa composes maps of its own derived types alone.
impl PartialSchema for MergeChoices {
    fn schema() -> RefOr<Schema> {
        let choice = MergeChoice::schema();
        ObjectBuilder::new().description(Some("The choices by field.")).additional_properties(Some(choice)).into()
    }
}
impl ToSchema for MergeChoices {}

/// Items of a list of a document, at most: each of them says so.
const AT_MOST: usize = 50;

/// What fields do that no choice names; without a word of their own here, those without a value take the duplicate's.
#[derive(Clone, Copy, Default)]
pub struct MergeRules {
    /// Fields for which to have no value says something, too: they stay as they are.
    pub kept: &'static [&'static str],
    /// Lists that are those of both where nobody chooses otherwise.
    pub united: &'static [&'static str],
    /// Fields that the caller of [`merged`] sets: nobody chooses.
    pub derived: &'static [&'static str],
}

impl MergeRules {
    /// The fields of a document that may be chosen.
    pub fn names(&self, document: &impl Serialize) -> Result<Vec<String>> {
        let is_free = |name: &String| !self.derived.contains(&name.as_str());
        Ok(fields(document)?.into_iter().map(|(name, _)| name).filter(is_free).collect())
    }
}

/// Merges, or tries to: of a dry run nothing stays but what it would have come to.
pub fn try_out<T>(tx: &mut Tx<'_>, dry_run: bool, merge: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
    if !dry_run {
        return merge(tx);
    }
    tx.conn.batch_execute("SAVEPOINT merge")?;
    let outcome = merge(tx)?;
    tx.conn.batch_execute("ROLLBACK TO SAVEPOINT merge")?;
    Ok(outcome)
}

/// 422 for choices of fields that there are not.
pub fn refuse_unknown(choices: &MergeChoices, names: &[String]) -> Result<()> {
    let unknown = choices.0.keys().filter(|name| !names.contains(name));
    let fault = |name: &String| Fault::at(place(name), Code::UnknownField.with("valid", names.join(", ")));
    let faults: Vec<Fault> = unknown.map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults)) }
}

/// The document of the one that stays, with the fields chosen, validated whole.
pub fn merged<T: Serialize + DeserializeOwned + Validate>(
    survivor: &T,
    duplicate: &T,
    choices: &MergeChoices,
    rules: MergeRules,
) -> Result<T> {
    let (mut document, mut others) = (fields(survivor)?, fields(duplicate)?);
    let mut faults = Vec::new();
    for (name, value) in &mut document {
        let other = others.remove(name).unwrap_or_default();
        let chosen = match choices.0.get(name) {
            Some(choice) => Some(*choice),
            None if rules.united.contains(&name.as_str()) => Some(MergeChoice::Both),
            None if is_empty(value) && !rules.kept.contains(&name.as_str()) => Some(MergeChoice::Duplicate),
            None => None,
        };
        match (chosen, &mut *value, other) {
            (None | Some(MergeChoice::Survivor), ..) => {}
            (Some(MergeChoice::Duplicate), value, other) => *value = other,
            (Some(MergeChoice::Both), Value::Array(own), Value::Array(others)) => {
                unite(own, others);
                if own.len() > AT_MOST {
                    let count = own.len().to_string();
                    let message = Code::TooManyOfBoth.with("count", count).with("max", AT_MOST.to_string());
                    faults.push(Fault::at(place(name), message));
                }
            }
            (Some(MergeChoice::Both), ..) => {
                faults.push(Fault::at(place(name), Code::UnknownValue.with("valid", "survivor, duplicate")));
            }
        }
    }
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    let value: T = body::parse_value(Value::Object(document)).map_err(below_fields)?;
    body::validate(&value).map_err(below_fields)?;
    Ok(value)
}

fn fields(document: &impl Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(document) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Problem::internal("a document that is no object")),
        Err(error) => Err(Problem::internal(error)),
    }
}

fn place(name: &str) -> String {
    format!("/fields/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// What is wrong with a merged document is put right by other choices.
fn below_fields(problem: Problem) -> Problem {
    if problem.kind() != Kind::Invalid {
        return problem;
    }
    let fault = |fault: &Fault| match &fault.place {
        Place::Pointer(pointer) => Fault::at(format!("/fields{pointer}"), fault.message.clone()),
        _ => fault.clone(),
    };
    Problem::invalid(problem.told().iter().map(fault).collect())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Adds what the list does not have yet; of two that say something else of the same, such as of a skill, its own stays.
fn unite(own: &mut Vec<Value>, others: Vec<Value>) {
    for other in others {
        if !own.iter().any(|item| subject(item) == subject(&other)) {
            own.push(other);
        }
    }
}

/// What an item of a list is about.
fn subject(item: &Value) -> &Value {
    ["concept", "tag"].iter().find_map(|name| item.get(name)).unwrap_or(item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, PartialEq, Serialize, Deserialize, Validate)]
    struct Document {
        name: Option<String>,
        size: Option<i32>,
        tags: Vec<Value>,
        ids: Vec<i32>,
    }

    fn document(name: Option<&str>, size: Option<i32>, tags: Value, ids: &[i32]) -> Document {
        let tags = tags.as_array().unwrap().clone();
        Document { name: name.map(str::to_owned), size, tags, ids: ids.to_vec() }
    }

    fn choices(pairs: &[(&str, MergeChoice)]) -> MergeChoices {
        MergeChoices(pairs.iter().map(|(name, choice)| ((*name).to_owned(), *choice)).collect())
    }

    const RULES: MergeRules = MergeRules { kept: &["size"], united: &["ids"], derived: &[] };

    #[test]
    fn what_is_not_chosen_stays_or_is_filled_in() {
        let survivor = document(None, None, json!([]), &[1]);
        let duplicate = document(Some("b"), Some(2), json!([{ "tag": "fi" }]), &[1, 2]);
        let expected = document(Some("b"), None, json!([{ "tag": "fi" }]), &[1, 2]);
        assert_eq!(merged(&survivor, &duplicate, &choices(&[]), RULES).unwrap(), expected);
        let survivor = document(Some("a"), Some(1), json!([{ "tag": "sv" }]), &[]);
        let expected = document(Some("a"), Some(1), json!([{ "tag": "sv" }]), &[1, 2]);
        assert_eq!(merged(&survivor, &duplicate, &choices(&[]), RULES).unwrap(), expected);
    }

    #[test]
    fn what_is_chosen_is_so() {
        let survivor = document(Some("a"), Some(1), json!([{ "tag": "fi", "level": 1 }]), &[]);
        let duplicate = document(None, Some(2), json!([{ "tag": "fi", "level": 2 }, { "tag": "sv" }]), &[]);
        let all = choices(&[("name", MergeChoice::Duplicate), ("tags", MergeChoice::Both)]);
        let expected = document(None, Some(1), json!([{ "tag": "fi", "level": 1 }, { "tag": "sv" }]), &[]);
        assert_eq!(merged(&survivor, &duplicate, &all, RULES).unwrap(), expected);
        let wrong = merged(&survivor, &duplicate, &choices(&[("name", MergeChoice::Both)]), RULES).unwrap_err();
        assert_eq!(wrong.told().first().map(|fault| fault.place.clone()), Some(Place::Pointer("/fields/name".into())));
        let names = RULES.names(&survivor).unwrap();
        assert!(refuse_unknown(&choices(&[("size", MergeChoice::Survivor)]), &names).is_ok());
        assert!(refuse_unknown(&choices(&[("colour", MergeChoice::Survivor)]), &names).is_err());
    }

    #[test]
    fn what_is_too_much_of_both_is_chosen_of_one() {
        let [survivor, duplicate] =
            [0..26, 25..51].map(|ids| document(None, None, json!([]), &ids.collect::<Vec<_>>()));
        let wrong = merged(&survivor, &duplicate, &choices(&[]), RULES).unwrap_err();
        let expected = Code::TooManyOfBoth.with("count", "51").with("max", "50");
        assert_eq!(wrong.told().first().map(|fault| fault.message.clone()), Some(expected));
        for (choice, ids) in [(MergeChoice::Survivor, 0..26), (MergeChoice::Duplicate, 25..51)] {
            let one = merged(&survivor, &duplicate, &choices(&[("ids", choice)]), RULES).unwrap();
            assert_eq!(one.ids, ids.collect::<Vec<_>>());
        }
    }
}
