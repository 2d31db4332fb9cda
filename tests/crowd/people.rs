//! People, what their profiles are searched by, and who is in which network.

use serde_json::json;
use solmu::members::{MemberCreate, MemberProfile, PAIRS};

use super::dialect::{Dialect, drawn, filled, skewed};
use super::groups::{one_of, stored};
use super::words::NAMES;
use super::{Size, id};

const WILLING: [&str; 4] = ["mentor", "shadow", "take_assignments", "exchange"];
const LEVELS: [&str; 4] = ["A2", "B1", "B2", "C1"];

/// Who looks for peers: one in ten.
const LOOKING: (usize, u32) = (8, 10);

/// Who has the rare skill: one in a hundred; and the common one: one in four.
const RARE: (usize, u32) = (9, 100);
const COMMON: (usize, u32) = (10, 4);

/// Who can be borrowed: one in four.
const AVAILABLE: (usize, u32) = (11, 4);

/// Who may see their skills, and their memberships: most choose nothing.
const AUDIENCES: [&str; 8] = [
    "administration",
    "administration",
    "administration",
    "administration",
    "administration",
    "shared_networks",
    "own_organisation",
    "only_me",
];

fn is((salt, of): (usize, u32)) -> String {
    format!("{} % {of} = 0", drawn("n", salt))
}

/// The statements that fill their tables.
pub fn statements(dialect: Dialect, size: Size) -> Vec<String> {
    let own = dialect.id('7', "n");
    let series = dialect.series(1, size.members);
    let named = |columns: &str| format!("SELECT {columns} FROM {series} JOIN crowd_names ON {}", name());
    let mut all = vec![
        format!("INSERT INTO members {}", named(&member(dialect, size))),
        format!("INSERT INTO member_names {}", named(&format!("{own}, 1, 'given_first', given_first"))),
        format!("INSERT INTO member_names {}", named(&format!("{own}, 1, 'family_first', family_first"))),
        format!("INSERT INTO external_ids SELECT 'member', 'hr', n || '', {own} FROM {series}"),
        format!(
            "INSERT INTO member_identities SELECT {}, 1, {time}, {time}, {own}, 'solmu', 'crowd-' || n, 'crowd-' || n \
             FROM {series} WHERE n % 10 = 1",
            dialect.id('9', "n"),
            time = dialect.time("n * 60"),
        ),
    ];
    // One in ten of those who share an e-mail are two.
    all.push(dialect.dismissals("member", '7', &dialect.series(1, size.members), 1000));
    all.extend(facets(dialect, size, &own, &series));
    all.extend((0..3).map(|seat| memberships(dialect, size, seat)));
    all.push(
        "UPDATE networks SET needs_coordinator = FALSE WHERE status = 'closed' OR id IN \
         (SELECT network_id FROM memberships JOIN members ON members.id = memberships.member_id \
         WHERE role = 'coordinator' AND state = 'active' AND NOT protected AND audience_memberships = 'administration')"
            .to_owned(),
    );
    all
}

/// Who may be one with whom.
pub fn paired() -> String {
    format!("INSERT INTO member_duplicates {PAIRS}")
}

/// From when on people are available, those who are.
const AVAILABLE_FROM: &str = "2026-01-01";

/// How much of somebody's working time can be borrowed.
fn available_percent() -> String {
    format!("CASE WHEN {} THEN 20 ELSE 0 END", is(AVAILABLE))
}

/// Which name somebody has.
fn name() -> String {
    format!("crowd_names.place = {} % {NAMES}", drawn("n", 0))
}

/// A skill that a few share, and a theme that a few follow; neither is among the last, which are rare and common.
fn skill(dialect: Dialect, size: Size) -> String {
    dialect.id('6', &format!("(3 + {} % {})", drawn("n", 3), size.concepts - 5))
}

fn theme(dialect: Dialect, size: Size) -> String {
    dialect.id('5', &format!("(3 + {} % {})", drawn("n", 4), size.concepts - 5))
}

fn member(dialect: Dialect, size: Size) -> String {
    let workplace = dialect.id('1', &skewed("n", 1, size.organisations));
    let document = stored::<MemberCreate>(json!({
        "user_name": "u@n@example.fi", "given_name": "@given", "family_name": "@family",
        "title": { "fi": "Erityisasiantuntija", "sv": "Specialsakkunnig" }, "organisation_id": id('1', 0),
        "email": "u@n@example.fi", "status": "active", "external_ids": [{ "source": "hr", "id": "@n" }],
    }));
    let status = one_of(
        &drawn("n", 2),
        &["active", "active", "active", "active", "active", "active", "active", "inactive", "left"],
    );
    let status_field = format!("'\"status\":\"' || {status} || '\"'");
    let document = filled(
        &document,
        &[
            ("@given", "given"),
            ("@family", "family"),
            ("@n", "n || ''"),
            (&id('1', 0), &workplace),
            ("\"status\":\"active\"", &status_field),
        ],
    );
    let own_skill = json!({ "concept": id('6', 0), "level": 3, "wants_to_develop": true });
    let profile = stored::<MemberProfile>(json!({
        "bio": { "fi": "Kehittää julkisia palveluja yhdessä asiakkaiden ja muiden virastojen kanssa." },
        "languages": [{ "tag": "fi", "level": "C2" }, { "tag": "sv", "level": "A1" }],
        "skills": [own_skill], "interests": [id('5', 0)], "willing_to": ["twinning"],
        "availability": { "percent_of_work_time": 20, "from": AVAILABLE_FROM },
    }));
    let another = |skill: String| {
        let text = json!({ "concept": skill, "level": 4, "wants_to_develop": false }).to_string();
        format!("'{text},'")
    };
    let more = format!(
        "'\"skills\":[' || CASE WHEN {} THEN {} ELSE '' END || CASE WHEN {} THEN {} ELSE '' END",
        is(RARE),
        another(size.rare_skill()),
        is(COMMON),
        another(size.common_skill())
    );
    let (level, willing) = (one_of(&drawn("n", 5), &LEVELS), one_of(&drawn("n", 6), &WILLING));
    let percent = available_percent();
    let audience = one_of(&drawn("n", 12), &AUDIENCES);
    let audience = |group: &str| format!("'\"{group}\":\"' || {audience} || '\"'");
    let profile = filled(
        &profile,
        &[
            ("\"skills\":[", &more),
            (&id('6', 0), &skill(dialect, size)),
            (&id('5', 0), &theme(dialect, size)),
            ("A1", &level),
            ("twinning", &willing),
            ("\"percent_of_work_time\":20", &format!("'\"percent_of_work_time\":' || ({percent})")),
            ("\"skills\":\"administration\"", &audience("skills")),
            ("\"memberships\":\"administration\"", &audience("memberships")),
        ],
    );
    let own = dialect.id('7', "n");
    let created = dialect.time("n * 60");
    let updated = dialect.time(&format!("n * 60 + {} % 1000000", drawn("n", 7)));
    // Up to two years ago.
    let fresh = dialect.ago(&format!("{} % 63072000", drawn("n", 7)));
    let from = dialect.day(AVAILABLE_FROM);
    format!(
        "{own}, 1, {created}, {updated}, {document}, {profile}, 1, 'u' || n || '@example.fi', {workplace}, {status}, FALSE, NULL, \
         {fresh}, {}, {percent}, {from}, NULL, sort_key, 1, CASE WHEN n % 100 = 5 THEN 'hr_director' END, \
         'u' || (CASE WHEN n % 100 = 2 THEN n - 1 ELSE n END) || '@example.fi', family_first",
        is(LOOKING)
    )
}

fn facets(dialect: Dialect, size: Size, own: &str, series: &str) -> Vec<String> {
    let (percent, from) = (available_percent(), dialect.day(AVAILABLE_FROM));
    let row = |facet: &str, value: &str, is_concept: bool, level: &str, who: &str| {
        let concept = if is_concept { value } else { "NULL" };
        format!(
            "INSERT INTO member_facets SELECT {own}, '{facet}', {value}, {concept}, {level}, {percent}, {from}, NULL
             FROM {series} WHERE {who}"
        )
    };
    let (skill, theme, everybody) = (skill(dialect, size), theme(dialect, size), "TRUE");
    let level = format!("2 + {} % 4", drawn("n", 5));
    let named = |skill: String| format!("'{skill}'");
    vec![
        row("skill", &skill, true, "3", everybody),
        row("wish", &skill, true, "0", everybody),
        row("skill", &named(size.rare_skill()), true, "4", &is(RARE)),
        row("skill", &named(size.common_skill()), true, "4", &is(COMMON)),
        row("interest", &theme, true, "0", everybody),
        row("language", "'fi'", false, "6", everybody),
        row("language", "'sv'", false, &level, everybody),
        row("willing_to", &one_of(&drawn("n", 6), &WILLING), false, "0", everybody),
    ]
}

/// A membership of each member. The three of one lie in different ninths of the networks, which together follow the
/// power law: the place of a draw in `[seat / 3, (seat + 1) / 3)`, squared.
fn memberships(dialect: Dialect, size: Size, seat: u32) -> String {
    let ninths = size.networks / 9 * 9;
    let place = format!("({} % 1048576 + {seat} * 1048576)", drawn("n", 8 + seat as usize));
    let network = format!("(1 + {ninths} * {place} * {place} / 9895604649984)");
    let number = format!("(n * 3 + {seat})");
    let draw = drawn(&number, 0);
    let state = format!(
        "CASE WHEN {draw} % 100 < 90 THEN 'active' WHEN {draw} % 100 < 96 THEN 'ended' WHEN {draw} % 100 < 98 THEN 'applied' ELSE 'invited' END"
    );
    let role = format!("CASE WHEN {} % 40 = 0 THEN 'coordinator' ELSE 'member' END", drawn(&number, 1));
    let basis = one_of(&drawn(&number, 2), &["voluntary", "voluntary", "nominated", "ex_officio"]);
    let created = dialect.time(&format!("{draw} % 100000000"));
    format!(
        "INSERT INTO memberships SELECT {}, 1, {created}, {created}, {}, {}, {role}, {state}, {basis}, {}, \
         CASE WHEN {draw} % 100 BETWEEN 90 AND 95 THEN {} END, NULL, NULL, sort_key \
         FROM {} JOIN crowd_names ON {}",
        dialect.id('8', &number),
        dialect.id('7', "n"),
        dialect.id('2', &network),
        dialect.day("2021-01-01"),
        dialect.day("2025-01-01"),
        dialect.series(1, size.members),
        name(),
    )
}
