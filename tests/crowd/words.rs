//! Names with their collation keys, which only the house's own code can make, in tables that last as long as the
//! connection: `crowd_titles` of organisations, networks and concepts, `crowd_names` of people.

use diesel::connection::SimpleConnection;
use solmu::db::Conn;
use solmu::db::rows::{Value, insert_all};
use solmu::http::language::Language;
use solmu::text::{fold, sort_key};

use super::Size;
use super::dialect::Dialect;

/// Names of people, each of which several have.
pub const NAMES: u32 = GIVEN.len() as u32 * FAMILY.len() as u32 * ENDS.len() as u32;

const GIVEN: [&str; 24] = [
    "Aino", "Eino", "Helmi", "Onni", "Åsa", "Björn", "Elina", "Kalle", "Sirkka", "Tuomas", "Yrsa", "Örjan", "Anneli",
    "Esko", "Inkeri", "Jarmo", "Kaisa", "Lauri", "Märta", "Niilo", "Paavo", "Riitta", "Seppo", "Vieno",
];
const FAMILY: [&str; 28] = [
    "Korho", "Virta", "Mäke", "Niemi", "Åker", "Äijä", "Öhr", "Laakso", "Heikku", "Salmi", "Gran", "Wirta", "Ranta",
    "Lind", "Harju", "Kallio", "Lehti", "Saari", "Järvi", "Koski", "Aho", "Halo", "Palo", "Suo", "Torva", "Ura",
    "Hiete", "Jokela",
];
const ENDS: [&str; 8] = ["nen", "la", "puro", "stö", "ström", "maa", "fors", "berg"];
/// The first of the two words that a network's name is made of.
pub const FIRST: [&str; 12] = [
    "Äly",
    "Johtamisen",
    "Hankinnan",
    "Digi",
    "Osaamisen",
    "Talouden",
    "Åbo",
    "Kokeilun",
    "Öljyn",
    "Viestinnän",
    "Tiedon",
    "Laadun",
];
/// The second.
pub const SECOND: [&str; 8] =
    ["verkosto", "foorumi", "kehittäjät", "asiantuntijat", "vertaisryhmä", "työryhmä", "yhteistyö", "tuki"];

/// Makes the two tables.
pub fn load(conn: &mut Conn, dialect: Dialect, size: Size) {
    let key = dialect.key();
    for made in [
        format!("CREATE TEMP TABLE crowd_titles (n BIGINT PRIMARY KEY, name TEXT, folded TEXT, sort_key {key})"),
        format!(
            "CREATE TEMP TABLE crowd_names (place BIGINT PRIMARY KEY, given TEXT, family TEXT, given_first TEXT, family_first TEXT, sort_key {key})"
        ),
    ] {
        conn.batch_execute(&made).expect("a table");
    }
    let titles = size.organisations.max(size.networks).max(size.concepts);
    let titles: Vec<_> = (1..=titles as usize)
        .map(|number| {
            let name = format!("{}{} {number}", FIRST[number * 7 % 12], SECOND[number / 12 % 8]);
            let (folded, key) = (fold(&name), sort_key(&name, Language::Fi));
            (number as i64, name, folded, key)
        })
        .collect();
    let rows = titles.iter().map(|(number, name, folded, key)| title(*number, name, folded, key)).collect();
    insert_all(conn, "crowd_titles", ["n", "name", "folded", "sort_key"], rows).expect("titles");
    let names: Vec<_> = (0..NAMES as usize)
        .map(|number| {
            let given = GIVEN[number % GIVEN.len()];
            let rest = number / GIVEN.len();
            let family = format!("{}{}", FAMILY[rest % FAMILY.len()], ENDS[rest / FAMILY.len()]);
            let orders = [format!("{given} {family}"), format!("{family} {given}")];
            let key = sort_key(&orders[1], Language::Fi);
            (number as i64, given, family, orders.map(|name| fold(&name)), key)
        })
        .collect();
    let rows = names.iter().map(|(number, given, family, [given_first, family_first], key)| {
        let texts = [given, family.as_str(), given_first, family_first].map(Value::Text);
        let [given, family, given_first, family_first] = texts;
        [Value::Number(*number), given, family, given_first, family_first, Value::Key(key)]
    });
    let columns = ["place", "given", "family", "given_first", "family_first", "sort_key"];
    insert_all(conn, "crowd_names", columns, rows.collect()).expect("names");
}

fn title<'a>(number: i64, name: &'a str, folded: &'a str, key: &'a [u8]) -> [Value<'a>; 4] {
    [Value::Number(number), Value::Text(name), Value::Text(folded), Value::Key(key)]
}
