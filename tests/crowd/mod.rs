//! A large directory for whoever measures: the tests of plans, and the benchmark of a million people.
//!
//! Made by statements over whole sets, the same rows every time: what differs from row to row is drawn from the row's
//! number. Sizes follow a power law: the largest network has about 20,000 of a million people, the largest house 14,000.

mod dialect;
mod groups;
mod people;
pub mod words;

use diesel::connection::SimpleConnection;
use solmu::db::Conn;

use dialect::Dialect;

/// How large it is to be.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// People, with three memberships each.
    pub members: u32,
    /// Organisations: 12 ministries, and the rest below them.
    pub organisations: u32,
    /// Networks.
    pub networks: u32,
    /// Concepts of each of the two vocabularies, themes and skills.
    pub concepts: u32,
}

/// The directory of a whole public administration.
pub const MILLION: Size = Size { members: 1_000_000, organisations: 5_000, networks: 20_000, concepts: 2_500 };

/// The network that has a rule of office.
pub const RULED: u32 = 3;

/// Ministries: the organisations of the first numbers.
pub const MINISTRIES: u32 = 12;

impl Size {
    /// Agencies lie below ministries; other organisations lie below agencies.
    fn agencies(self) -> u32 {
        self.organisations / 10
    }

    /// The skill that one in a hundred has.
    pub fn rare_skill(self) -> String {
        id('6', self.concepts)
    }

    /// The skill that one in four has.
    pub fn common_skill(self) -> String {
        id('6', self.concepts - 1)
    }
}

/// The id of a thing by its number. The kinds: 1 organisations, 2 networks, 3 links, 4 vocabularies, 5 themes, 6 skills,
/// 7 members, 8 memberships, 9 identities.
pub fn id(kind: char, number: u32) -> String {
    format!("01900000-0000-700{kind}-8000-{number:012}")
}

/// Tables whose rows are kept as revisions too.
const REVISED: [(&str, &str); 15] = [
    ("organisations", "organisation_revisions"),
    ("networks", "network_revisions"),
    ("network_links", "network_link_revisions"),
    ("network_themes", "network_theme_revisions"),
    ("external_ids", "external_id_revisions"),
    ("vocabularies", "vocabulary_revisions"),
    ("concepts", "concept_revisions"),
    ("members", "member_revisions"),
    ("member_facets", "member_facet_revisions"),
    ("member_identities", "member_identity_revisions"),
    ("memberships", "membership_revisions"),
    ("dismissals", "dismissal_revisions"),
    ("ex_officio_rules", "ex_officio_rule_revisions"),
    ("organisation_changes", "organisation_change_revisions"),
    ("organisation_change_parties", "organisation_change_party_revisions"),
];

/// What the change log and tombstones tell of.
const TOLD: [(&str, &str); 5] = [
    ("organisations", "organisation"),
    ("networks", "network"),
    ("concepts", "concept"),
    ("members", "member"),
    ("memberships", "membership"),
];

/// Fills an empty directory.
pub fn fill(conn: &mut Conn, size: Size) {
    let dialect = Dialect::of(conn);
    let indexes = dialect.begin(conn);
    words::load(conn, dialect, size);
    let statements = [groups::statements(dialect, size), people::statements(dialect, size), traces(dialect)];
    for statement in statements.iter().flatten() {
        conn.batch_execute(statement).unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
    dialect.end(conn, &indexes, &people::paired());
}

/// What the past left: each row's revision, an earlier one of one in ten entities, and an entry of the change log.
fn traces(dialect: Dialect) -> Vec<String> {
    let times = ["2019-01-01 00:00:00", "2020-01-01 00:00:00", "9999-12-31 00:00:00"];
    let [first, then, forever] = times.map(|time| dialect.at(time));
    let kept = |(table, revisions): &(&str, &str)| {
        format!("INSERT INTO {revisions} SELECT {then}, {forever}, {table}.* FROM {table}")
    };
    let earlier = |(table, revisions): &(&str, &str)| {
        format!("INSERT INTO {revisions} SELECT {first}, {then}, {table}.* FROM {table} WHERE id LIKE '%7'")
    };
    let has_id = |(table, _): &&(&str, &str)| {
        !["network_themes", "external_ids", "member_facets", "ex_officio_rules", "organisation_change_parties"]
            .contains(table)
    };
    let told = |(table, word): &(&str, &str)| {
        format!(
            "INSERT INTO changes (epoch, entity_type, entity_id, version, action, fields, actor, changed_at) \
             SELECT 1, '{word}', id, 1, 'created', '[\"name\"]', NULL, created_at FROM {table}"
        )
    };
    let gone = |(table, word): &(&str, &str)| {
        format!(
            "INSERT INTO tombstones SELECT '{word}', replace(id, '-8000-', '-9000-'), 1, 'administration', {then}, NULL \
             FROM {table} WHERE id LIKE '%7'"
        )
    };
    let revisions = REVISED.iter().map(kept).chain(REVISED.iter().filter(has_id).map(earlier));
    revisions.chain(TOLD.iter().map(told)).chain(TOLD.iter().map(gone)).collect()
}
