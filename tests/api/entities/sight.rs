//! For every kind of caller: what lists, counts, the graph, links and whatever comes with others show of networks is what a
//! read by id shows, and nothing else.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::people::{act, enter, make_person};
use super::{change, instant, make_link, make_network, network, text};
use crate::harness::{App, Token};

const EVERYBODY: [Token; 9] = [
    Token::None,
    Token::Reader,
    // In one of the networks that their members alone see.
    Token::Themselves,
    // In the other.
    Token::CoordinatorElsewhere,
    // In both, of which they coordinate one.
    Token::Coordinator,
    // Invited to one, left the other.
    Token::Contact,
    Token::Demo,
    Token::Writer,
    Token::Admin,
];

/// A directory with two networks of each visibility, all of one theme, each linked to the next and to the first.
struct Directory {
    app: App,
    networks: Vec<String>,
    links: Vec<String>,
    vocabulary: String,
    theme: String,
    /// The membership by which [`Token::Themselves`] is in the first of the hidden networks.
    own: String,
}

/// Makes a person whom a kind of token is of.
fn person(app: &App, token: Token) -> String {
    let id = make_person(app, &format!("Henkilö{}", token.subject()), json!({}));
    let body = json!({ "issuer": "solmu", "subject": token.subject() });
    app.post(&format!("/v1/members/{id}/identities"), body).by(Token::Admin).send().expect(201);
    id
}

impl Directory {
    fn new() -> Self {
        let app = App::with(false, |config| config.anonymous_read = true);
        let vocabulary = json!({ "uri": "https://uri.example/sight/", "name": { "fi": "Sanasto" } });
        let made = app.post("/v1/vocabularies", vocabulary).by(Token::Writer).send().expect(201);
        let vocabulary = made.header("location").unwrap().to_owned();
        let body = json!({ "pref_label": { "fi": "Aihe" } });
        let theme =
            text(&app.post(&format!("{vocabulary}/concepts"), body).by(Token::Writer).send().expect(201).json()["id"]);
        let host = app.organisation("Isäntä");
        let networks: Vec<String> = ["public", "administration", "members"]
            .iter()
            .flat_map(|visibility| [1, 2].map(|number| (visibility, number)))
            .map(|(visibility, number)| {
                let fields = json!({ "visibility": "public", "themes": [theme], "host_organisation_id": host });
                let id = make_network(&app, network(&format!("Verkko {visibility} {number}"), fields));
                (id, visibility)
            })
            .map(|(id, visibility)| {
                // Its past is narrowed along.
                change(&app, &format!("/v1/networks/{id}"), json!({ "visibility": visibility }));
                id
            })
            .collect();
        let links = (0..networks.len() - 1).flat_map(|at| {
            let mut links = vec![make_link(&app, &networks[at], "partner_of", &networks[at + 1])];
            if at > 0 {
                links.push(make_link(&app, &networks[0], "steers", &networks[at + 1]));
            }
            links
        });
        let links = links.collect();
        // To the hidden ones nobody comes but by those who see them.
        let bring = |network: &str, way: &str, member: &str, role: &str| {
            let body = json!({ "member_id": member, "role": role });
            let made = app.post(&format!("/v1/networks/{network}/{way}"), body).by(Token::Admin).send().expect(201);
            made.header("location").unwrap().to_owned()
        };
        let (first, second) = (&networks[4], &networks[5]);
        let own = bring(first, "nominate", &person(&app, Token::Themselves), "member");
        bring(second, "nominate", &person(&app, Token::CoordinatorElsewhere), "coordinator");
        let both = person(&app, Token::Coordinator);
        bring(first, "nominate", &both, "coordinator");
        bring(second, "nominate", &both, "member");
        let neither = person(&app, Token::Contact);
        bring(first, "invite", &neither, "member");
        let left = bring(second, "nominate", &neither, "member");
        app.post(&format!("{left}/leave"), json!({})).by(Token::Admin).send().expect(200);
        Self { app, networks, links, vocabulary, theme, own }
    }

    fn get(&self, target: &str, token: Token) -> Value {
        self.app.get(target).by(token).send().expect(200).json()
    }

    /// Which networks a caller reads by their ids, now or as of a time.
    fn read(&self, token: Token, time: &str) -> BTreeSet<String> {
        let read = |id: &&String| {
            let status = self.app.get(&format!("/v1/networks/{id}?fields=id{time}")).by(token).send().status;
            assert!([200, 404].contains(&status), "{token:?} {status}");
            status == 200
        };
        self.networks.iter().filter(read).cloned().collect()
    }

    /// Every other way of asking, now or as of a time.
    fn compare(&self, token: Token, time: &str) {
        let seen = self.read(token, time);
        let ids = |items: &Value| -> BTreeSet<String> {
            items.as_array().unwrap().iter().map(|item| text(&item["id"])).collect()
        };
        for filter in
            [String::new(), format!("&theme={}", self.theme), "&name_prefix=verkko".into(), "&sort=-created_at".into()]
        {
            let page = self.get(&format!("/v1/networks?count=true{filter}{time}"), token);
            assert_eq!(ids(&page["items"]), seen, "{token:?} {filter} {time}");
            assert_eq!(page["total"], seen.len(), "{token:?} {filter} {time}");
            // Page by page.
            let mut paged = BTreeSet::new();
            let mut target = format!("/v1/networks?limit=1{filter}{time}");
            loop {
                let page = self.get(&target, token);
                paged.extend(ids(&page["items"]));
                let Some(next) = page["next"].as_str() else { break };
                target = format!("/v1/networks?limit=1{filter}{time}&cursor={next}");
            }
            assert_eq!(paged, seen, "{token:?} {filter} {time}");
        }
        let graph = self.get(&format!("/v1/graph?{}", time.trim_start_matches('&')), token);
        assert_eq!(ids(&graph["nodes"]), seen, "{token:?} {time}");
        let concept = self.get(&format!("{}/concepts/{}?include=usage{time}", self.vocabulary, self.theme), token);
        assert_eq!(concept["usage"]["networks"], seen.len(), "{token:?} {time}");

        // A link is seen by those who see both its ends, from either and everywhere.
        let all: Vec<Value> = self.links.iter().map(|link| self.get(link, Token::Admin)).collect();
        let both = |link: &&Value| {
            seen.contains(link["from"].as_str().unwrap()) && seen.contains(link["to"].as_str().unwrap())
        };
        let linked: BTreeSet<String> = all.iter().filter(both).map(|link| text(&link["id"])).collect();
        assert_eq!(ids(&graph["edges"]), linked, "{token:?} {time}");
        for link in &all {
            for end in ["from", "to"] {
                let path = format!("/v1/networks/{}/links/{}?fields=id{time}", text(&link[end]), text(&link["id"]));
                let expected = if linked.contains(&text(&link["id"])) { 200 } else { 404 };
                assert_eq!(self.app.get(&path).by(token).send().status, expected, "{token:?} {path}");
            }
        }
        for id in &self.networks {
            let path = format!("/v1/networks/{id}");
            let own: BTreeSet<String> = all
                .iter()
                .filter(|link| linked.contains(&text(&link["id"])) && (link["from"] == **id || link["to"] == **id))
                .map(|link| text(&link["id"]))
                .collect();
            let page = self.app.get(&format!("{path}/links?count=true&include=networks{time}")).by(token).send();
            let whole = self.app.get(&format!("{path}?include=links,counts,host{time}")).by(token).send();
            if !seen.contains(id) {
                assert_eq!((page.status, whole.status), (404, 404), "{token:?} {path}");
                continue;
            }
            let (page, whole) = (page.expect(200).json(), whole.expect(200).json());
            assert_eq!((ids(&page["items"]), &page["total"]), (own.clone(), &json!(own.len())), "{token:?} {time}");
            for link in page["items"].as_array().unwrap() {
                assert_eq!(link["networks"].as_array().unwrap().len(), 2, "{token:?} {time}");
            }
            assert_eq!(ids(&whole["network_links"]), own, "{token:?} {time}");
            let counts =
                ["outgoing", "incoming"].iter().flat_map(|way| whole["counts"][way].as_object().unwrap().values());
            assert_eq!(counts.map(|count| count.as_u64().unwrap()).sum::<u64>(), own.len() as u64, "{token:?} {time}");
        }
    }
}

#[test]
fn every_way_of_asking_shows_what_a_read_by_id_shows() {
    let directory = Directory::new();
    let then = format!("&as_of={}", instant());
    for (token, expected) in EVERYBODY.into_iter().zip([2, 4, 5, 5, 6, 4, 6, 6, 6]) {
        for time in ["", &then] {
            assert_eq!(directory.read(token, time).len(), expected, "{token:?} {time}");
            directory.compare(token, time);
        }
    }
}

/// Of the past, too: it is the present that says who sees a network whose members alone do.
#[test]
fn who_leaves_sees_no_more_of_it() {
    let directory = Directory::new();
    let inside = format!("&as_of={}", instant());
    directory.app.post(&format!("{}/leave", directory.own), json!({})).by(Token::Admin).send().expect(200);
    let outside = format!("&as_of={}", instant());
    for time in ["", &inside, &outside] {
        assert_eq!(directory.read(Token::Themselves, time).len(), 4, "{time}");
        directory.compare(Token::Themselves, time);
    }
    // And who comes sees what it was before.
    let newcomer = make_person(&directory.app, "Tulija", json!({}));
    let body = json!({ "issuer": "solmu", "subject": Token::Reader.subject() });
    directory.app.post(&format!("/v1/members/{newcomer}/identities"), body).by(Token::Admin).send().expect(201);
    let body = json!({ "member_id": newcomer });
    let path = format!("/v1/networks/{}/nominate", directory.networks[4]);
    directory.app.post(&path, body).by(Token::Admin).send().expect(201);
    for time in ["", &inside, &outside] {
        assert_eq!(directory.read(Token::Reader, time).len(), 5, "{time}");
        directory.compare(Token::Reader, time);
    }
}

/// A duplicate leads its members on, and tells nobody else that it was there.
#[test]
fn a_merged_network_leads_those_who_were_in_it() {
    let directory = Directory::new();
    let (stays, goes) = (&directory.networks[4], &directory.networks[5]);
    let body = json!({ "duplicate_id": goes });
    directory.app.post(&format!("/v1/networks/{stays}/merge"), body).by(Token::Writer).send().expect(200);
    for (token, expected) in [
        (Token::None, 404),
        (Token::Reader, 404),
        (Token::Contact, 404),
        (Token::CoordinatorElsewhere, 308),
        (Token::Coordinator, 308),
        (Token::Writer, 308),
    ] {
        let answer = directory.app.get(&format!("/v1/networks/{goes}")).by(token).send();
        assert_eq!(answer.status, expected, "{token:?}: {answer:?}");
    }
}

/// In a network of whose being they know, people find those of theirs; an application tells nothing of the network.
#[test]
fn whoever_applies_to_a_network_that_goes_out_of_sight_sees_it_no_more() {
    let app = App::start();
    let id = make_network(&app, network("Hakijoiden", json!({ "join_policy": "on_application" })));
    let applicant = person(&app, Token::Themselves);
    let application = enter(&app, &id, "join", &applicant, json!({}));
    let status = |token| app.get(&format!("/v1/networks/{id}")).by(token).send().status;
    assert_eq!(status(Token::Themselves), 200);
    act(&app, &application, "approve", json!({})).expect(200);
    change(&app, &format!("/v1/networks/{id}"), json!({ "visibility": "members" }));
    assert_eq!((status(Token::Themselves), status(Token::Reader)), (200, 404));
    app.post(&format!("{application}/end"), json!({})).by(Token::Admin).send().expect(200);
    assert_eq!((status(Token::Themselves), status(Token::Reader)), (404, 404));
}
