//! The people of the directory to measure on: 100,000 members, each in three of 5,000 networks whose sizes follow a power
//! law: the second is half as large as the first, the third a third.

use chrono::NaiveDateTime;
use serde_json::{Value, json};
use solmu::db::{Db, Tx};
use solmu::{members, memberships};

use crate::directory::{Numbers, ORGANISATIONS, network, organisation, parsed};

/// Members in the directory.
pub const MEMBERS: u32 = 100_000;

/// Networks that have members.
const PEOPLED: usize = 5_000;

/// Members in one transaction.
const BATCH: u32 = 10_000;

const GIVEN: [&str; 12] =
    ["Aino", "Eino", "Helmi", "Onni", "Åsa", "Björn", "Elina", "Kalle", "Sirkka", "Tuomas", "Yrsa", "Örjan"];
const FAMILY: [&str; 14] = [
    "Korhola",
    "Virtapuro",
    "Mäkelin",
    "Niemistö",
    "Åkerström",
    "Äijänen",
    "Öhrling",
    "Laaksola",
    "Heikkurinen",
    "Salmisto",
    "Granberg",
    "Wirtala",
    "Rantamaa",
    "Lindfors",
];

/// The id of a member by their number.
pub fn member(number: u32) -> String {
    format!("01900000-0000-7007-8000-{number:012}")
}

/// Fills a directory that has organisations and networks.
pub fn fill(db: &Db, time: NaiveDateTime) {
    let mut numbers = Numbers(11);
    let law = PowerLaw::of(PEOPLED);
    for first in (1..=MEMBERS).step_by(BATCH as usize) {
        let people: Vec<_> = (first..first + BATCH)
            .map(|number| {
                let id = member(number).parse().expect("an id");
                (id, parsed(document(number, &mut numbers)), parsed(profile(&mut numbers)))
            })
            .collect();
        let seats = (first..first + BATCH).flat_map(|number| seats(number, &law, &mut numbers)).collect();
        let fill =
            |tx: &mut Tx<'_>| members::load(tx, &people, time.date()).and_then(|()| memberships::load(tx, seats));
        db.write_now(None, time, fill).expect("people");
    }
}

fn document(number: u32, numbers: &mut Numbers) -> Value {
    let (given, family) = (numbers.of(&GIVEN), format!("{}{}", numbers.of(&FAMILY), number % 977));
    let place = u32::try_from(numbers.below(ORGANISATIONS as usize)).expect("small") + 1;
    json!({
        "user_name": format!("u{number}@example.fi"),
        "given_name": given,
        "family_name": family,
        "title": { "fi": "Erityisasiantuntija", "sv": "Specialsakkunnig" },
        "organisation_id": organisation(place),
        "email": format!("u{number}@example.fi"),
        "external_ids": [{ "source": "hr", "id": number.to_string() }],
    })
}

fn profile(numbers: &mut Numbers) -> Value {
    let availability = (numbers.below(4) == 0).then(|| json!({ "percent_of_work_time": 20, "from": "2026-01-01" }));
    json!({
        "bio": { "fi": "Kehittää julkisia palveluja yhdessä asiakkaiden ja muiden virastojen kanssa." },
        "languages": [{ "tag": "fi", "level": "C2" }, { "tag": "sv", "level": numbers.of(&["A2", "B1", "B2", "C1"]) }],
        "availability": availability,
        "willing_to": [numbers.of(&["mentor", "shadow", "take_assignments", "exchange"])],
        "looking_for_peers": numbers.below(5) == 0,
    })
}

/// A member's three memberships, in networks that differ.
fn seats<T>(number: u32, law: &PowerLaw, numbers: &mut Numbers) -> Vec<(T, memberships::MembershipSeed)>
where
    T: std::str::FromStr<Err = String>,
{
    let mut networks: Vec<u32> = Vec::new();
    while networks.len() < 3 {
        let drawn = law.draw(numbers);
        if !networks.contains(&drawn) {
            networks.push(drawn);
        }
    }
    let seat = |(at, drawn): (u32, u32)| {
        let id = format!("01900000-0000-7008-8000-{:012}", number * 3 + at).parse().expect("an id");
        let role = if numbers.below(40) == 0 { "coordinator" } else { "member" };
        let seed = json!({ "member_id": member(number), "network_id": network(drawn), "role": role, "state": "active",
            "basis": "voluntary", "valid_from": "2026-01-01", "valid_to": null });
        (id, parsed(seed))
    };
    (0..).zip(networks).map(seat).collect()
}

/// Draws the numbers from 1 to `n`, each as often as one divided by it.
struct PowerLaw {
    /// The sums of the shares up to each number.
    sums: Vec<f64>,
}

impl PowerLaw {
    fn of(n: usize) -> Self {
        let shares = (1..=n).map(|number| 1.0 / number as f64);
        let sums = shares.scan(0.0, |sum, share| {
            *sum += share;
            Some(*sum)
        });
        Self { sums: sums.collect() }
    }

    fn draw(&self, numbers: &mut Numbers) -> u32 {
        let all = self.sums.last().copied().unwrap_or_default();
        let place = numbers.below(1 << 30) as f64 / f64::from(1 << 30) * all;
        u32::try_from(self.sums.partition_point(|sum| *sum <= place)).expect("small") + 1
    }
}
