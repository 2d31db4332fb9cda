//! What is asked: a value for each parameter, which finds something in the crowd, and the exceptions.

use std::collections::BTreeSet;

use crate::crowd::{RULED, Size, id};

/// The lists that show each reader what they see of people.
pub const OF_PEOPLE: [&str; 4] =
    ["list_members", "list_member_memberships", "list_network_memberships", "list_concepts"];

/// What is for HR to ask by.
pub const OF_HR: [&str; 4] = ["sort=status", "status=", "user_name=", "external_id="];

/// Where a list is read that belongs to something.
pub fn path(template: &str) -> String {
    let owner = match template.split('/').nth(2) {
        _ if !template.contains('{') => return template.to_owned(),
        Some("networks") if template.ends_with("/ex-officio") => id('2', RULED),
        // The largest.
        Some("networks") => id('2', 1),
        Some("members") => id('7', 1),
        Some("vocabularies") => id('4', 2),
        _ => panic!("what does {template} belong to?"),
    };
    template.replace("{id}", &owner)
}

/// Values of a filter, rare and common ones.
pub fn of(operation: &str, parameter: &str, size: Size) -> Vec<String> {
    let some = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let ids = |kind, numbers: &[u32]| numbers.iter().map(|number| id(kind, *number)).collect::<Vec<_>>();
    // A ministry, an agency, and one below.
    let houses = || ids('1', &[1, 20, size.organisations]);
    let both = || some(&["true", "false"]);
    match (operation, parameter) {
        (_, "organisation_id" | "host_organisation_id") => ids('1', &[1, 100, size.organisations]),
        (_, "subtree_of" | "host_subtree_of") if operation != "list_concepts" => houses(),
        (_, "branch") => ids('1', &[1, 7]),
        (_, "dismissed") => some(&["true"]),
        (_, "external_id") => some(&["hr:77"]),
        (_, "valid_on" | "available_on") => some(&["2026-06-01"]),

        ("list_members", "office") => some(&["hr_director"]),
        ("list_members", "network") => ids('2', &[1, 2, size.networks / 2]),
        ("list_members", "skill") => vec![size.rare_skill(), size.common_skill(), id('6', 2), id('6', 1)],
        ("list_members", "skill_level") => {
            vec![format!("4&skill={}", size.rare_skill()), format!("4&skill={}", size.common_skill())]
        }
        ("list_members", "wish") => ids('6', &[5, 500, 1]),
        ("list_members", "theme") => ids('5', &[5, 500, 1]),
        ("list_members", "language") => some(&["fi", "sv", "fi,sv", "sv,en"]),
        ("list_members", "language_level") => some(&["C1&language=sv", "A2&language=sv", "C1&language=sv,en"]),
        ("list_members", "willing_to") => some(&["mentor", "mentor,shadow"]),
        ("list_members", "available_percent") => some(&["20"]),
        ("list_members", "looking_for_peers" | "stale") => both(),
        ("list_members", "status") => some(&["active", "left", "inactive,left"]),
        ("list_members", "name_prefix") => some(&["a", "virta", "aino korhonen"]),
        ("list_members", "user_name") => some(&["U77@example.fi"]),

        ("list_networks", "kind") => some(&["network", "alumni", "forum,alumni"]),
        ("list_networks", "status") => some(&["active", "closed"]),
        ("list_networks", "formality") => some(&["voluntary"]),
        ("list_networks", "join_policy") => some(&["open", "by_invitation,on_application"]),
        ("list_networks", "theme") => ids('5', &[5, 2, 1]),
        ("list_networks" | "list_organisations", "name_prefix") => some(&["digi", "äly", "digi 1"]),
        ("list_networks", "needs_coordinator") => both(),
        ("list_network_links", "type") => some(&["part_of", "steers,partner_of"]),
        ("list_network_links", "direction") => some(&["outgoing", "incoming"]),
        ("list_network_memberships", "state") => some(&["active", "ended", "applied,invited"]),
        ("list_network_memberships", "role") => some(&["member", "coordinator"]),
        ("list_network_memberships", "basis") => some(&["voluntary", "ex_officio"]),
        ("list_member_memberships", "state") => some(&["active,ended,applied,invited"]),
        ("list_member_memberships", "role") => some(&["member,coordinator"]),
        ("list_member_memberships", "network_kind") => some(&["network,forum,working_group,small_group,alumni"]),
        ("list_member_identities", "issuer") => some(&["solmu"]),

        ("list_ex_officio_differences", "action") => some(&["add", "end", "activate", "keep"]),
        ("list_organisation_changes", "type") => some(&["transfer", "merge,split"]),
        ("list_organisation_changes", "state") => some(&["planned", "applied"]),
        ("list_organisation_changes", "original" | "result") => ids('1', &[1, 100]),
        ("list_organisation_changes", "effective_from" | "effective_until") => some(&["2026-01-01"]),
        ("list_member_duplicates", "reason") => some(&["same_email", "same_name_and_organisation"]),
        ("list_network_duplicates", "reason") => some(&["same_name", "same_host"]),

        ("list_organisations", "kind") => some(&["agency", "ministry", "university,municipality"]),
        ("list_organisations", "parent_id") => ids('1', &[1, 20]),
        ("list_organisations", "business_id") => some(&["0000077-0"]),
        ("list_vocabularies", "uri") => some(&["https://uri.example/2/"]),
        ("list_concepts", "label_prefix") => some(&["digi", "en äly", "a"]),
        ("list_concepts", "language") => some(&["fi"]),
        ("list_concepts", "broader" | "subtree_of") => ids('6', &[1, 2, 20]),
        ("list_concepts", "top" | "deprecated") => both(),
        ("list_concepts", "uri") => some(&["https://uri.example/2/77"]),
        _ => panic!("which {parameter} does {operation} find? tests/api/plans/values.rs is to say"),
    }
}

/// Filters and orders that are asked for together.
pub fn together(operation: &str, size: Size) -> Vec<String> {
    let (ministry, house) = (id('1', 1), id('1', 100));
    let (rare, common) = (size.rare_skill(), size.common_skill());
    match operation {
        "list_members" => vec![
            format!("skill={rare}&available_on=2026-06-01&branch={ministry}"),
            format!("skill={common}&skill_level=3&available_on=2026-06-01"),
            format!("organisation_id={house}&status=active&sort=-updated_at"),
            format!("network={}&sort=-updated_at", id('2', 1)),
            "status=active&sort=-updated_at".to_owned(),
            "sort=status,-updated_at".to_owned(),
        ],
        "list_networks" => vec![
            "status=active&formality=voluntary".to_owned(),
            "kind=forum,small_group&include=host,links".to_owned(),
            format!("theme={}&needs_coordinator=true", id('5', 1)),
            format!("branch={ministry}&status=active"),
            "name_prefix=digi&kind=network".to_owned(),
        ],
        "list_network_memberships" => vec![
            "state=active&include=member,organisation".to_owned(),
            "state=active&role=coordinator".to_owned(),
            format!("state=active&branch={ministry}"),
        ],
        _ => Vec::new(),
    }
}

/// A plan that is as good as it can be, or good enough.
struct Exception {
    on_postgres: bool,
    operation: &'static str,
    /// What the query has in it, all of it.
    query: &'static [&'static str],
    /// What was found has one of these in it.
    what: &'static [&'static str],
    reason: &'static str,
}

const fn exception(
    on_postgres: bool,
    operation: &'static str,
    query: &'static [&'static str],
    what: &'static [&'static str],
    reason: &'static str,
) -> Exception {
    Exception { on_postgres, operation, query, what, reason }
}

const NOT_KNOWN: &str = "SQLite does not know how many people have a value, and is right to expect that few have";
const TREE: &str = "the tree as it was is derived from all organisations, of which there are thousands";
const TWO_ORDERS: &str = "no index leads through two orders of the caller's choice";
const ONE_VOCABULARY: &str = "a vocabulary is looked through: a few milliseconds";
const WHOLE_TREE: &str = "where parts go is decided by the tree, which is small";
const SOME_HOUSES: &str = "the organisations are looked through: a few milliseconds";

/// Nobody reads it every day, and it is not kept.
const DERIVED_THEN: &str =
    "likely duplicates as they were are derived from all people as they were: seconds, of a million";
const DERIVED: &str = "likely duplicates among networks are derived from all their names, of which there are thousands";
/// Whether a planner takes that way hangs on the rows that it happened to count.
const BY_NAME: &str = "PostgreSQL takes those whom a rule concerns for many, and looks for them in the order of names";

const TOGETHER: &str = "what begins alike lies together in the order of names, of which PostgreSQL knows nothing: it goes \
    through the order, and may have to go far";

/// Nobody does so every day; and whether a planner takes that way hangs on what it expects.
const AS_SEEN: &str =
    "what somebody may see of the past is asked of each who matched then and now: of many, if many did";

const EXCEPTIONS: [Exception; 35] = [
    exception(true, "list_members", &["name_prefix="], &["walk"], TOGETHER),
    exception(true, "list_networks", &["name_prefix="], &["walk"], TOGETHER),
    exception(true, "list_organisations", &["name_prefix="], &["walk"], TOGETHER),
    exception(true, "list_members", &["sort=status,-updated_at"], &["scan", "sort"], TWO_ORDERS),
    exception(true, "list_members", &["subtree_of", "as_of"], &["walk member"], TREE),
    exception(true, "list_members", &["skill=", "as_of"], &["walk member"], AS_SEEN),
    exception(true, "list_members", &["language=", "as_of"], &["walk member"], AS_SEEN),
    exception(true, "list_members", &["willing_to=", "as_of"], &["walk member"], AS_SEEN),
    exception(true, "list_concepts", &["deprecated=true"], &["concept"], ONE_VOCABULARY),
    exception(true, "list_concepts", &["top=true&as_of"], &["concept_revisions"], ONE_VOCABULARY),
    exception(true, "list_organisation_changes", &["preview"], &["scan organisations"], WHOLE_TREE),
    exception(true, "list_organisations", &["kind=ministry&as_of"], &["organisation_revisions"], SOME_HOUSES),
    exception(true, "list_member_duplicates", &["as_of"], &["member_revisions", "sort"], DERIVED_THEN),
    exception(true, "list_network_duplicates", &[], &["scan network", "walk network"], DERIVED),
    exception(true, "list_ex_officio_differences", &["as_of"], &["revisions"], BY_NAME),
    exception(true, "list_ex_officio_differences", &["action="], &["members", "organisations"], BY_NAME),
    exception(false, "list_member_duplicates", &["as_of"], &["scan member_revisions"], DERIVED_THEN),
    exception(false, "list_member_duplicates", &["subtree_of", "as_of"], &["scan organisation"], TREE),
    exception(false, "list_network_duplicates", &["reason=same_host"], &["scan network"], DERIVED),
    exception(false, "list_network_duplicates", &[], &["scan network_names"], DERIVED),
    exception(false, "list_ex_officio_differences", &["action=", "as_of"], &["scan organisation_revisions"], TREE),
    exception(false, "list_members", &["language="], &["sort"], NOT_KNOWN),
    exception(false, "list_members", &["willing_to="], &["sort"], NOT_KNOWN),
    exception(false, "list_members", &["skill="], &["sort"], NOT_KNOWN),
    exception(false, "list_members", &["wish="], &["sort"], NOT_KNOWN),
    exception(false, "list_members", &["theme="], &["sort"], NOT_KNOWN),
    exception(false, "list_members", &["status=active&sort=-updated_at"], &["sort"], NOT_KNOWN),
    exception(false, "list_members", &["status=inactive,left&as_of"], &["sort"], NOT_KNOWN),
    exception(false, "list_members", &["sort=status,-updated_at"], &["scan", "sort"], TWO_ORDERS),
    exception(false, "list_members", &["subtree_of", "as_of"], &["scan organisation"], TREE),
    exception(false, "list_network_memberships", &["subtree_of", "as_of"], &["scan organisation"], TREE),
    exception(false, "list_networks", &["host_subtree_of", "as_of"], &["scan organisation"], TREE),
    exception(false, "list_organisations", &["subtree_of", "as_of"], &["scan organisation"], TREE),
    exception(false, "list_organisation_changes", &["preview"], &["scan organisations"], WHOLE_TREE),
    exception(false, "list_organisations", &["kind=ministry&as_of"], &["organisation_revisions"], SOME_HOUSES),
];

/// The number of the exception that a finding falls under.
pub fn excuse(operation: &str, query: &str, what: &str) -> Option<usize> {
    EXCEPTIONS.iter().position(|exception| {
        exception.on_postgres == crate::database::is_on_postgres()
            && exception.operation == operation
            && exception.query.iter().all(|part| query.contains(part))
            && exception.what.iter().any(|part| what.contains(part))
    })
}

/// The exceptions of this database that were not needed, but for those that only may be.
pub fn unused(needed: &BTreeSet<usize>) -> Vec<String> {
    let own = |exception: &Exception| {
        exception.on_postgres == crate::database::is_on_postgres()
            && ![TOGETHER, BY_NAME, AS_SEEN].contains(&exception.reason)
    };
    let unused = EXCEPTIONS.iter().enumerate().filter(|(at, exception)| own(exception) && !needed.contains(at));
    unused.map(|(_, exception)| format!("{} {}", exception.operation, exception.query.join(" "))).collect()
}
