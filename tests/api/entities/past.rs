//! A directory is changed at random, and each state is read while it is present; later, each is read again as of its
//! time. Nothing may tell the two apart.

use serde_json::{Value, json};

use super::{agency, instant, link, network, read, text};
use crate::client::Answer;
use crate::harness::{App, Token};

/// Numbers that look random and are the same in every run (Numerical Recipes' generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn one_of<'a>(&mut self, items: &'a [String]) -> Option<&'a String> {
        if items.is_empty() { None } else { items.get(self.below(items.len())) }
    }
}

struct World {
    app: App,
    dice: Dice,
    organisations: Vec<String>,
    networks: Vec<String>,
    links: Vec<String>,
    made: usize,
    refused: usize,
}

const NAMES: [&str; 6] = ["Aitta", "Virta 9", "Virta 10", "Åland", "Äänekoski", "Öland"];

impl World {
    fn name(&mut self) -> String {
        NAMES[self.dice.below(NAMES.len())].to_owned()
    }

    /// Something happens, or is refused for a reason that the rules have.
    fn happen(&mut self) {
        let name = self.name();
        let (organisation, other) =
            (self.dice.one_of(&self.organisations).cloned(), self.dice.one_of(&self.organisations).cloned());
        let (from, to) = (self.dice.one_of(&self.networks).cloned(), self.dice.one_of(&self.networks).cloned());
        let path = |list: &str, id: &Option<String>| format!("/v1/{list}/{}", id.as_deref().unwrap_or("none"));
        let (one, net) = (path("organisations", &organisation), path("networks", &from));
        let patch = |path: &str, patch: Value| self.app.patch(path, patch).by(Token::Writer).if_match("*").send();
        let delete = |path: &str| self.app.delete(path).by(Token::Writer).if_match("*").send();
        let turn = self.dice.below(14);
        let answer = match turn {
            0 | 1 => {
                let kind = if turn == 0 { "ministry" } else { "agency" };
                let document = agency(&name, json!({ "kind": kind, "parent_id": other }));
                self.app.post("/v1/organisations", document).by(Token::Writer).send()
            }
            2 | 3 => {
                let document =
                    network(&name, json!({ "host_organisation_id": other, "kind": (["forum", "network"])[turn - 2] }));
                self.app.post("/v1/networks", document).by(Token::Writer).send()
            }
            _ if organisation.is_none() || from.is_none() => return,
            4 | 5 => patch(&one, json!({ "parent_id": other })),
            6 => patch(&one, json!({ "name": { "fi": name } })),
            7 => patch(&one, json!({ "kind": "ministry" })),
            8 => patch(&net, json!({ "name": { "fi": name }, "host_organisation_id": other })),
            9 => delete(&one),
            10 => delete(&net),
            11 | 12 => link(
                &self.app,
                &from.unwrap(),
                (["part_of", "partner_of"])[turn - 11],
                &to.unwrap(),
                json!({ "valid_from": "2020-01-01" }),
            ),
            _ => match self.dice.one_of(&self.links) {
                Some(link) if self.made.is_multiple_of(2) => delete(link),
                Some(link) => {
                    self.app.post(&format!("{link}/end"), json!({ "valid_to": "2020-06-01" })).by(Token::Writer).send()
                }
                None => return,
            },
        };
        self.note(&answer);
    }

    fn note(&mut self, answer: &Answer) {
        let location = answer.header("location").unwrap_or_default().to_owned();
        match answer.status {
            200 | 204 => {}
            201 if location.contains("/links/") => self.links.push(location),
            201 if location.contains("/networks/") => self.networks.push(text(&answer.json()["id"])),
            201 => self.organisations.push(text(&answer.json()["id"])),
            // A cycle, something still in use, what is gone or was never there.
            409 | 410 | 422 => self.refused += 1,
            _ => panic!("{answer:?}"),
        }
        self.made += 1;
    }

    /// What there is to read of a state, but for the single things.
    fn questions(&mut self) -> Vec<String> {
        let mut questions: Vec<String> = [
            "organisations?limit=200&count=true&include=parent,children",
            "organisations?limit=200&sort=-kind,-name",
            "organisations?name_prefix=virta",
            "networks?limit=200&count=true&include=host,links,counts",
            "networks?limit=200&sort=kind,-updated_at&kind=forum",
            "networks?name_prefix=%C3%A5",
            "graph?",
            "graph?date=2020-03-01&type=part_of",
        ]
        .map(|question| format!("/v1/{question}"))
        .into();
        for filter in [
            "organisations?subtree_of",
            "organisations?branch",
            "organisations?parent_id",
            "networks?host_subtree_of",
            "networks?branch",
            "graph?branch",
        ] {
            if let Some(id) = self.dice.one_of(&self.organisations) {
                questions.push(format!("/v1/{filter}={id}"));
            }
        }
        let lists = [
            ("organisations", "", &self.organisations),
            ("networks", "", &self.networks),
            ("networks", "/links", &self.networks),
        ];
        for (list, below, ids) in lists {
            questions.extend(self.dice.one_of(ids).map(|id| format!("/v1/{list}/{id}{below}?")));
        }
        questions
    }
}

/// The answer, if there is one: what is gone now may have been there then, and the other way round.
fn ask(app: &App, question: &str) -> Option<Value> {
    let answer = app.get(question).by(Token::Reader).send();
    assert!([200, 404, 410].contains(&answer.status), "{answer:?}");
    (answer.status == 200).then(|| answer.json())
}

#[test]
fn the_past_reads_as_it_did_when_it_was_present() {
    let dice = Dice(20_260_131);
    let mut world =
        World { app: App::start(), dice, organisations: vec![], networks: vec![], links: vec![], made: 0, refused: 0 };
    let mut states = Vec::new();
    while world.made < 150 {
        world.happen();
        if world.made.is_multiple_of(6) {
            let questions = world.questions();
            let answers: Vec<_> =
                questions.into_iter().map(|question| (ask(&world.app, &question), question)).collect();
            states.push((instant(), answers));
        }
    }
    assert!(
        world.links.len() > 5 && world.refused < world.made / 2,
        "a dull world: {} links, {} refused",
        world.links.len(),
        world.refused
    );
    let mut compared = 0;
    for (time, answers) in &states {
        for (answer, question) in answers {
            let separator = if question.ends_with('?') { "" } else { "&" };
            let again = ask(&world.app, &format!("{question}{separator}as_of={time}"));
            assert_eq!(&again, answer, "{question} as of {time}");
            compared += usize::from(answer.is_some());
        }
    }
    assert!(compared > 200, "{compared}");
    let all = read(&world.app, "/v1/organisations?as_of=2020-01-01&count=true");
    assert_eq!(all["total"], 0);
}
