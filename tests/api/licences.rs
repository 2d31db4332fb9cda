//! Every crate that is built in, or builds or tests what is, has a licence that a public body can take as it is.
//!
//! What the bundled C code says is in its `-sys` crate's expression: SQLite is in the public domain, libpq is under the
//! PostgreSQL licence, OpenSSL 3 under Apache-2.0.

use std::collections::HashMap;
use std::process::Command;

use serde_json::Value;

/// The licences, by SPDX identifier. Those of copyleft ask no more than that changes to the files themselves are shared.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "OpenSSL",
    "PostgreSQL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "blessing",
];

/// An SPDX licence expression (SPDX 2.3, annex D), with the `/` for OR that crates.io once took.
#[derive(Debug, PartialEq)]
enum Expression {
    Licence(String),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

use Expression::{All, Any, Licence};

impl Expression {
    fn parse(text: &str) -> Result<Self, String> {
        let spaced = text.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
        let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
        let expression = any(&mut words)?;
        match words.pop() {
            None => Ok(expression),
            Some(word) => Err(format!("{word} is one too many in {text}")),
        }
    }

    /// Whether the crate may be used under licences that are allowed.
    fn is_allowed(&self) -> bool {
        match self {
            Licence(licence) => ALLOWED.contains(&licence.as_str()),
            All(parts) => parts.iter().all(Self::is_allowed),
            Any(parts) => parts.iter().any(Self::is_allowed),
        }
    }
}

/// OR binds more loosely than AND. The words lie in a stack, the first on top.
fn any(words: &mut Vec<&str>) -> Result<Expression, String> {
    Ok(one_or(Any, separated("OR", all, words)?))
}

fn all(words: &mut Vec<&str>) -> Result<Expression, String> {
    Ok(one_or(All, separated("AND", one, words)?))
}

fn one(words: &mut Vec<&str>) -> Result<Expression, String> {
    match words.pop() {
        Some("(") => {
            let inner = any(words)?;
            if words.pop() == Some(")") { Ok(inner) } else { Err("a bracket is left open".to_owned()) }
        }
        None | Some(")" | "AND" | "OR" | "WITH") => Err("a licence is missing".to_owned()),
        Some(licence) if words.pop_if(|word| *word == "WITH").is_some() => match words.pop() {
            None | Some("(" | ")" | "AND" | "OR" | "WITH") => Err("an exception is missing".to_owned()),
            Some(exception) => Ok(Licence(format!("{licence} WITH {exception}"))),
        },
        Some(licence) => Ok(Licence(licence.to_owned())),
    }
}

type Parse = fn(&mut Vec<&str>) -> Result<Expression, String>;

fn separated(separator: &str, part: Parse, words: &mut Vec<&str>) -> Result<Vec<Expression>, String> {
    let mut parts = vec![part(words)?];
    while words.pop_if(|word| *word == separator).is_some() {
        parts.push(part(words)?);
    }
    Ok(parts)
}

fn one_or(several: fn(Vec<Expression>) -> Expression, mut parts: Vec<Expression>) -> Expression {
    if parts.len() == 1 { parts.remove(0) } else { several(parts) }
}

/// The output of a program that cargo brings.
fn output(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn every_dependency_has_a_licence_that_is_allowed() {
    let version = String::from_utf8(output(env!("CARGO"), &["-vV"])).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("the host's triple");
    // Only what is built here: without a network, cargo knows nothing of the crates that other systems need.
    let arguments = ["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", host];
    let metadata: Value = serde_json::from_slice(&output(env!("CARGO"), &arguments)).unwrap();
    let packages: HashMap<&str, &Value> =
        metadata["packages"].as_array().unwrap().iter().map(|one| (one["id"].as_str().unwrap(), one)).collect();
    let nodes: HashMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| (node["id"].as_str().unwrap(), node))
        .collect();
    let mut reached = vec![metadata["resolve"]["root"].as_str().unwrap()];
    let mut next = 0;
    while let Some(id) = reached.get(next).copied() {
        next += 1;
        for dependency in nodes[id]["dependencies"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()) {
            if !reached.contains(&dependency) {
                reached.push(dependency);
            }
        }
    }
    assert!(reached.len() > 100, "only {} packages were found", reached.len());
    let fault = |id: &&str| {
        let package = packages[id];
        let fault = match package["license"].as_str().map(Expression::parse) {
            None => "names no licence".to_owned(),
            Some(Err(fault)) => fault,
            Some(Ok(expression)) if expression.is_allowed() => return None,
            Some(Ok(_)) => format!("is under {}", package["license"]),
        };
        Some(format!("{} {}: {fault}", package["name"], package["version"]))
    };
    let offenders: Vec<String> = reached.iter().filter_map(fault).collect();
    assert!(offenders.is_empty(), "not allowed:\n{}", offenders.join("\n"));
}

#[test]
fn expressions_are_read_as_spdx_has_them() {
    let licence = |text: &str| Licence(text.to_owned());
    let parsed = |text| Expression::parse(text).unwrap();
    assert_eq!(parsed("MIT"), licence("MIT"));
    assert_eq!(parsed("((MIT))"), licence("MIT"));
    assert_eq!(parsed("MIT/Apache-2.0"), parsed("MIT OR Apache-2.0"));
    assert_eq!(parsed("A OR B AND C"), Any(vec![licence("A"), All(vec![licence("B"), licence("C")])]));
    assert_eq!(parsed("(A OR B) AND C"), All(vec![Any(vec![licence("A"), licence("B")]), licence("C")]));
    assert_eq!(parsed("A WITH e OR B"), Any(vec![licence("A WITH e"), licence("B")]));
    for refused in ["", "OR", "MIT OR", "AND MIT", "(MIT", "MIT)", "MIT Apache-2.0", "A WITH", "A WITH (e)", "()"] {
        assert!(Expression::parse(refused).is_err(), "{refused}");
    }
}

#[test]
fn a_choice_needs_one_licence_and_a_sum_all() {
    let is_allowed = |text| Expression::parse(text).unwrap().is_allowed();
    for allowed in ["GPL-3.0-only OR MIT", "GPL-3.0-only/MIT", "(MIT OR GPL-3.0-only) AND ISC", "MIT OR A AND B"] {
        assert!(is_allowed(allowed), "{allowed}");
    }
    for refused in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "mit", "MIT WITH LLVM-exception", "MIT AND (A OR B)"] {
        assert!(!is_allowed(refused), "{refused}");
    }
}
