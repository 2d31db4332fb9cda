//! Organisations, networks with their links, and the vocabularies of themes and skills.

use serde_json::json;
use solmu::ex_officio::ExOfficioRule;
use solmu::networks::NetworkCreate;
use solmu::organisation_changes::OrganisationChangeCreate;
use solmu::organisations::OrganisationCreate;
use solmu::vocabularies::VocabularyCreate;
use solmu::vocabularies::concepts::ConceptCreate;

use super::dialect::{Dialect, drawn, filled, quoted, skewed};
use super::{MINISTRIES, RULED, Size, id};

/// A document as its table has it: read by its type and written again.
pub fn stored<T: serde::Serialize + serde::de::DeserializeOwned>(document: serde_json::Value) -> String {
    let typed: T = serde_json::from_value(document).expect("a document");
    serde_json::to_string(&typed).expect("JSON")
}

/// Some of several words, by a number.
pub fn one_of(number: &str, words: &[&str]) -> String {
    let cases: Vec<String> =
        words.iter().enumerate().map(|(at, word)| format!("WHEN {at} THEN {}", quoted(word))).collect();
    format!("(CASE {number} % {} {} END)", words.len(), cases.join(" "))
}

/// The statements that fill their tables, in an order in which what is referred to comes first.
pub fn statements(dialect: Dialect, size: Size) -> Vec<String> {
    let mut all = organisations(dialect, size);
    all.extend(vocabularies(dialect, size));
    all.extend(networks(dialect, size));
    all.extend(rule());
    all.extend(reorganisations(dialect, size));
    all
}

fn organisations(dialect: Dialect, size: Size) -> Vec<String> {
    let (own, agencies) = (dialect.id('1', "n"), size.agencies());
    let above = format!("({} + 1 + n % {})", MINISTRIES, agencies - MINISTRIES);
    let parent = format!("(CASE WHEN n <= {agencies} THEN n % {MINISTRIES} + 1 ELSE {above} END)");
    let branch = format!(
        "(CASE WHEN n <= {MINISTRIES} THEN n WHEN n <= {agencies} THEN n % {MINISTRIES} + 1 ELSE {above} % {MINISTRIES} + 1 END)"
    );
    let kind = format!(
        "CASE WHEN n <= {MINISTRIES} THEN 'ministry' ELSE {} END",
        one_of("n", &["agency", "agency", "municipality", "regional_council", "university"])
    );
    let parent_id = format!("CASE WHEN n > {MINISTRIES} THEN {} END", dialect.id('1', &parent));
    let business = format!("{} || '-0'", dialect.digits("n", 7));
    let document = stored::<OrganisationCreate>(json!({
        "name": { "fi": "@name" }, "kind": "agency", "parent_id": id('1', 0), "business_id": "@business",
        "external_ids": [{ "source": "hr", "id": "@n" }],
    }));
    let document = filled(
        &document,
        &[
            ("@name", "name"),
            ("@business", &business),
            ("@n", "n || ''"),
            ("\"kind\":\"agency\"", &format!("'\"kind\":\"' || ({kind}) || '\"'")),
        ],
    );
    let no_parent = format!("'\"parent_id\":' || coalesce('\"' || {parent_id} || '\"', 'null')");
    let token = format!("\"parent_id\":\"{}\"", id('1', 0));
    let document = format!("replace({document}, {}, {no_parent})", quoted(&token));
    let titled = format!("{} JOIN crowd_titles USING (n)", dialect.series(1, size.organisations));
    let all = dialect.series(1, size.organisations);
    let ancestor = |of: &str, depth: u8, least: u32| {
        format!(
            "INSERT INTO organisation_ancestors SELECT {own}, {}, {depth} FROM {all} WHERE n > {least}",
            dialect.id('1', of)
        )
    };
    vec![
        format!(
            "INSERT INTO organisations SELECT {own}, 1, {created}, {updated}, {document}, {kind}, {branch_id}, NULL, {parent_id}, \
             {business}, sort_key, sort_key, sort_key, 1, NULL, NULL FROM {titled}",
            created = dialect.time("n * 600"),
            updated = dialect.time(&format!("n * 600 + {} % 1000000", drawn("n", 0))),
            branch_id = dialect.id('1', &branch),
        ),
        format!("INSERT INTO organisation_names SELECT {own}, 1, 'fi', folded FROM {titled}"),
        ancestor("n", 0, 0),
        ancestor(&parent, 1, MINISTRIES),
        ancestor(&branch, 2, agencies),
        format!("INSERT INTO external_ids SELECT 'organisation', 'hr', n || '', {own} FROM {all}"),
    ]
}

/// Each concept but the first has a broader one, and up to ten narrower ones; one in fifty is deprecated.
fn vocabularies(dialect: Dialect, size: Size) -> Vec<String> {
    let mut all = Vec::new();
    for (number, kind, name) in [(1, '5', "Teemat"), (2, '6', "Taidot")] {
        let uri = format!("https://uri.example/{number}/");
        let document = stored::<VocabularyCreate>(json!({ "uri": uri, "name": { "fi": name } }));
        let vocabulary = quoted(&id('4', number));
        let (own, broader) = (dialect.id(kind, "n"), "(1 + (n - 2) / 10)");
        let concept = stored::<ConceptCreate>(json!({
            "uri": format!("{uri}@n"), "pref_label": { "fi": "@name" }, "broader": [id(kind, 0)], "deprecated": false,
        }));
        let concept = filled(
            &concept,
            &[
                ("@name", "name"),
                (
                    &format!("\"{}\"", id(kind, 0)),
                    &format!("CASE WHEN n > 1 THEN '\"' || {} || '\"' ELSE '' END", dialect.id(kind, broader)),
                ),
                ("@n", "n || ''"),
                (
                    "\"deprecated\":false",
                    "CASE WHEN n % 50 = 7 THEN '\"deprecated\":true' ELSE '\"deprecated\":false' END",
                ),
            ],
        );
        let series = dialect.series(1, size.concepts);
        let titled = format!("{series} JOIN crowd_titles USING (n)");
        let created = dialect.time("n * 600");
        all.extend([
            format!(
                "INSERT INTO vocabularies SELECT {vocabulary}, 1, {time}, {time}, {}, {}, sort_key, sort_key, sort_key \
                 FROM crowd_titles WHERE n = {number}",
                quoted(&document),
                quoted(&uri),
                time = dialect.at("2020-01-01 00:00:00"),
            ),
            format!(
                "INSERT INTO concepts SELECT {own}, 1, {created}, {created}, {concept}, {vocabulary}, {} || n, n % 50 = 7, NULL, \
                 n = 1, sort_key, sort_key, sort_key, 1, FALSE FROM {titled}",
                quoted(&uri)
            ),
            format!("INSERT INTO concept_labels SELECT {own}, 1, 'fi', folded FROM {titled}"),
            format!("INSERT INTO concept_labels SELECT {own}, 1, 'en', 'en ' || folded FROM {titled}"),
            format!(
                "INSERT INTO concept_relations SELECT {own}, 'broader', {} FROM {series} WHERE n > 1",
                dialect.id(kind, broader)
            ),
            format!(
                "INSERT INTO concept_ancestors WITH RECURSIVE above (n, a) AS (SELECT n, n FROM {series} UNION ALL \
                 SELECT n, 1 + (a - 2) / 10 FROM above WHERE a > 1) SELECT {own}, {} FROM above",
                dialect.id(kind, "a")
            ),
        ]);
    }
    all
}

fn networks(dialect: Dialect, size: Size) -> Vec<String> {
    let own = dialect.id('2', "n");
    let word = |salt, words: &[&str]| one_of(&drawn("n", salt), words);
    let kind = word(1, &["network", "network", "network", "forum", "working_group", "small_group", "alumni"]);
    let formality = word(2, &["voluntary", "official"]);
    let status = word(3, &["active", "active", "active", "forming", "dormant", "closed"]);
    let policy = word(4, &["open", "on_application", "by_invitation"]);
    let visibility = word(5, &["public", "administration", "administration", "members"]);
    let host = dialect.id('1', &skewed("n", 6, size.organisations));
    // Not the last ones: those are rare.
    let theme = dialect.id('5', &format!("(2 + {} % {})", drawn("n", 7), size.concepts - 2));
    let document = stored::<NetworkCreate>(json!({
        "name": { "fi": "@name", "sv": "Nätverk @name" },
        "description": { "fi": "Yhdistää samaa työtä tekevät eri organisaatioissa ja jakaa kokemuksia." },
        "kind": "network", "formality": "voluntary", "status": "active", "join_policy": "open",
        "admits": ["state", "municipal"], "visibility": "public", "host_organisation_id": id('1', 0),
        "themes": [id('5', 0)], "external_ids": [{ "source": "hr", "id": "@n" }],
    }));
    let field = |name: &str, word: &str| format!("'\"{name}\":\"' || {word} || '\"'");
    let document = filled(
        &document,
        &[
            ("@name", "name"),
            ("@n", "n || ''"),
            ("\"kind\":\"network\"", &field("kind", &kind)),
            ("\"formality\":\"voluntary\"", &field("formality", &formality)),
            ("\"status\":\"active\"", &field("status", &status)),
            ("\"join_policy\":\"open\"", &field("join_policy", &policy)),
            ("\"visibility\":\"public\"", &field("visibility", &visibility)),
            (&id('1', 0), &host),
            (&id('5', 0), &theme),
        ],
    );
    let series = dialect.series(1, size.networks);
    let titled = format!("{series} JOIN crowd_titles USING (n)");
    let created = dialect.time("n * 300");
    let updated = dialect.time(&format!("n * 300 + {} % 1000000", drawn("n", 0)));
    vec![
        format!(
            "INSERT INTO networks SELECT {own}, 1, {created}, {updated}, {document}, {kind}, {formality}, {status}, {policy}, \
             {visibility}, {host}, NULL, NULL, sort_key, sort_key, sort_key, 1, TRUE FROM {titled}"
        ),
        format!("INSERT INTO network_names SELECT {own}, 1, 'fi', folded FROM {titled}"),
        format!("INSERT INTO network_names SELECT {own}, 1, 'sv', 'nätverk ' || folded FROM {titled}"),
        // Two in fifty have a name in common.
        format!(
            "INSERT INTO network_names SELECT {own}, 1, 'en', 'pair ' || (n / 50) FROM {series} WHERE n % 50 IN (1, 2)"
        ),
        dialect.dismissals("network", '2', &series, 500),
        format!("INSERT INTO network_themes SELECT {own}, {theme} FROM {series}"),
        format!(
            "INSERT INTO network_links SELECT {}, 1, {created}, {created}, {}, {own}, {}, {}, NULL FROM {} ",
            dialect.id('3', "n"),
            one_of("n", &["part_of", "part_of", "steers", "partner_of"]),
            dialect.id('2', "(1 + (n - 2) / 10)"),
            dialect.day("2020-01-01"),
            dialect.series(2, size.networks),
        ),
        format!("INSERT INTO external_ids SELECT 'network', 'hr', n || '', {own} FROM {series}"),
    ]
}

/// A large network that is not closed has a rule of office.
fn rule() -> [String; 2] {
    let network = quoted(&id('2', RULED));
    let rule = stored::<ExOfficioRule>(json!({ "offices": ["hr_director"] }));
    let facets = [("office", "hr_director"), ("organisation_kind", "*"), ("branch", "*"), ("subtree", "*")];
    let rows: Vec<String> =
        facets.iter().map(|(facet, value)| format!("({network}, '{facet}', '{value}', NULL, FALSE)")).collect();
    [
        format!(
            "UPDATE networks SET document = replace(document, '\"ex_officio_rule\":null', {}) WHERE id = {network}",
            quoted(&format!("\"ex_officio_rule\":{rule}"))
        ),
        format!("INSERT INTO ex_officio_rules VALUES {}", rows.join(", ")),
    ]
}

/// As many reorganisations as there are organisations, on three days.
fn reorganisations(dialect: Dialect, size: Size) -> Vec<String> {
    let (own, original) = (dialect.id('a', "n"), dialect.id('1', "n"));
    let result = dialect.id('1', &format!("(1 + n % {})", size.organisations));
    let kind = one_of("n", &["transfer", "transfer", "merge", "split", "closure"]);
    let state = one_of("(n / 5)", &["planned", "applied", "applied", "cancelled"]);
    let document = stored::<OrganisationChangeCreate>(json!({
        "type": "transfer", "effective_on": "2026-01-01", "original_ids": [id('1', 0)], "result_ids": [id('1', 1)],
        "external_ids": [{ "source": "hr", "id": "@n" }],
    }));
    let document = filled(
        &document,
        &[
            ("\"type\":\"transfer\"", &format!("'\"type\":\"' || {kind} || '\"'")),
            (&id('1', 0), &original),
            (&id('1', 1), &result),
            ("@n", "n || ''"),
        ],
    );
    let moved = quoted(r#"{"people":0,"left":0,"networks":0,"sub_organisations":0}"#);
    let [first, second, third] = ["2025-01-01", "2026-01-01", "2027-01-01"].map(|day| dialect.day(day));
    let created = dialect.time("n * 600");
    let series = dialect.series(1, size.organisations);
    let party = |part: &str, organisation: &str| {
        format!("INSERT INTO organisation_change_parties SELECT {own}, '{part}', {organisation} FROM {series}")
    };
    vec![
        format!(
            "INSERT INTO organisation_changes SELECT {own}, 1, {created}, {created}, {document}, {kind}, {state}, \
             CASE n % 3 WHEN 0 THEN {first} WHEN 1 THEN {second} ELSE {third} END, FALSE, NULL, NULL, {moved}, NULL, NULL, NULL \
             FROM {series}"
        ),
        party("original", &original),
        party("result", &result),
        format!("INSERT INTO external_ids SELECT 'organisation_change', 'hr', n || '', {own} FROM {series}"),
    ]
}
