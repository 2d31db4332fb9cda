//! Who sees which networks: what is out of sight is nowhere, by no way of asking, and is not known to be missing.

use serde_json::{Value, json};

use super::{change, delete, instant, make_link, make_network, names, network, text};
use crate::harness::{App, Token};

/// Networks of each visibility in a directory that anonymous callers read too.
struct Seen {
    app: App,
    networks: [String; 4],
    /// From the first network to each of the others.
    links: [String; 3],
}

/// What everybody sees comes first.
const NAMES: [&str; 4] = ["Avoin", "Julkinen", "Hallinnon", "Jäsenten"];
const VISIBILITIES: [&str; 4] = ["public", "public", "administration", "members"];

/// Each caller, with how many of the networks it sees.
const CALLERS: [(Token, usize); 4] = [(Token::None, 2), (Token::Reader, 3), (Token::Writer, 4), (Token::Admin, 4)];

impl Seen {
    fn new() -> Self {
        let app = App::with(false, |config| config.anonymous_read = true);
        let host = app.organisation("Isäntä");
        let networks = [0, 1, 2, 3].map(|number| {
            let fields = json!({ "visibility": VISIBILITIES[number], "host_organisation_id": host });
            make_network(&app, network(NAMES[number], fields))
        });
        let links = [1, 2, 3].map(|to| make_link(&app, &networks[0], "part_of", &networks[to]));
        Self { app, networks, links }
    }

    fn path(&self, network: usize) -> String {
        format!("/v1/networks/{}", self.networks[network])
    }

    fn get(&self, target: &str, token: Token) -> Value {
        self.app.get(target).by(token).send().expect(200).json()
    }

    fn status(&self, target: &str, token: Token) -> u16 {
        self.app.get(target).by(token).send().status
    }
}

#[test]
fn what_is_out_of_sight_is_not_found() {
    let seen = Seen::new();
    for (caller, sees) in CALLERS {
        for (network, name) in NAMES.iter().enumerate() {
            let expected = if network < sees { 200 } else { 404 };
            for below in ["", "?include=links", "?as_of=2999-01-01", "/links", "/links?as_of=2999-01-01"] {
                let target = format!("{}{below}", seen.path(network));
                assert_eq!(seen.status(&target, caller), expected, "{caller:?} reads {below} of {name}");
            }
        }
        // Whether it was never there or is not to be seen, is not to be told.
        if sees < 4 {
            let hidden = seen.app.get(&seen.path(3)).by(caller).send().expect(404).codes();
            let unknown = seen.app.get("/v1/networks/01900000-0000-7002-8000-00000000ffff").by(caller).send();
            assert_eq!(hidden, unknown.expect(404).codes());
        }
    }
}

#[test]
fn what_is_out_of_sight_is_in_no_list_and_no_count() {
    let seen = Seen::new();
    let host = text(&seen.get(&seen.path(0), Token::Admin)["host_organisation_id"]);
    let then = instant();
    for (caller, sees) in CALLERS {
        let mut expected = NAMES[..sees].to_vec();
        expected.sort();
        for filter in [
            String::new(),
            format!("&host_organisation_id={host}"),
            format!("&as_of={then}"),
            "&sort=-created_at".into(),
        ] {
            let page = seen.get(&format!("/v1/networks?count=true{filter}"), caller);
            let mut found = names(&page);
            found.sort();
            assert_eq!(
                (found, page["total"].as_u64()),
                (expected.iter().map(|name| (*name).to_owned()).collect(), Some(sees as u64)),
                "{caller:?} {filter}"
            );
            // What is out of sight makes no page longer or shorter.
            let is_last =
                |limit: usize| seen.get(&format!("/v1/networks?limit={limit}{filter}"), caller)["next"].is_null();
            assert_eq!((is_last(sees), is_last(sees - 1)), (true, false), "{caller:?} {filter}");
        }
        let members = seen.get("/v1/networks?name_prefix=J%C3%A4s&count=true", caller);
        assert_eq!(members["total"].as_u64(), Some(u64::from(sees == 4)), "{caller:?}");
    }
}

#[test]
fn no_link_leads_out_of_sight() {
    let seen = Seen::new();
    let then = instant();
    for (caller, sees) in CALLERS {
        let links = sees - 1;
        for rest in ["", "&as_of="] {
            let rest = if rest.is_empty() { String::new() } else { format!("{rest}{then}") };
            let page = seen.get(&format!("{}/links?count=true&include=networks{rest}", seen.path(0)), caller);
            assert_eq!(
                (page["items"].as_array().unwrap().len(), page["total"].as_u64()),
                (links, Some(links as u64)),
                "{caller:?}"
            );
            assert!(
                page["items"].as_array().unwrap().iter().all(|link| link["networks"].as_array().unwrap().len() == 2)
            );
            let view = seen.get(&format!("{}?include=links,counts{rest}", seen.path(0)), caller);
            assert_eq!(view["network_links"].as_array().unwrap().len(), links, "{caller:?}");
            assert_eq!(view["counts"]["outgoing"]["part_of"].as_u64(), Some(links as u64), "{caller:?}");
            let graph = seen.get(&format!("/v1/graph?{}", rest.trim_start_matches('&')), caller);
            let (nodes, edges) = (graph["nodes"].as_array().unwrap(), graph["edges"].as_array().unwrap());
            assert_eq!((nodes.len(), edges.len()), (sees, links), "{caller:?}");
        }
        for (number, link) in seen.links.iter().enumerate() {
            let expected = if number < links { 200 } else { 404 };
            assert_eq!(seen.status(link, caller), expected, "{caller:?} reads link {number}");
            let other_end = link.replace(&seen.networks[0], &seen.networks[number + 1]);
            assert_eq!(seen.status(&other_end, caller), expected, "{caller:?} reads link {number} from its end");
        }
        let drawn = seen.app.get("/v1/graph").by(caller).header("accept", "text/vnd.graphviz").send().expect(200);
        let drawn = String::from_utf8(drawn.body).unwrap();
        assert!(NAMES.iter().enumerate().all(|(number, name)| drawn.contains(name) == (number < sees)), "{caller:?}");
    }
}

#[test]
fn what_was_out_of_sight_is_not_known_to_be_gone() {
    let seen = Seen::new();
    // The links are the first network's own and go with it.
    for network in 0..seen.networks.len() {
        delete(&seen.app, &seen.path(network));
    }
    for (caller, sees) in CALLERS {
        for (network, name) in NAMES.iter().enumerate() {
            let expected = if network < sees { 410 } else { 404 };
            assert_eq!(seen.status(&seen.path(network), caller), expected, "{caller:?} reads {name}");
        }
        for (number, link) in seen.links.iter().enumerate() {
            let expected = if number < sees - 1 { 410 } else { 404 };
            assert_eq!(seen.status(link, caller), expected, "{caller:?} reads link {number}");
        }
    }
}

#[test]
fn a_link_that_was_taken_back_is_gone_for_whom_it_was_there() {
    let seen = Seen::new();
    for link in &seen.links {
        delete(&seen.app, link);
    }
    for (caller, sees) in CALLERS {
        for (number, link) in seen.links.iter().enumerate() {
            let expected = if number < sees - 1 { 410 } else { 404 };
            assert_eq!(seen.status(link, caller), expected, "{caller:?} reads link {number}");
        }
    }
}

#[test]
fn only_what_is_configured_reads_without_a_token() {
    let app = App::start();
    make_network(&app, network("Julkinen", json!({})));
    for target in ["/v1/networks", "/v1/graph", "/v1/organisations"] {
        app.get(target).by(Token::None).send().expect(401);
    }
    let open = App::with(false, |config| config.anonymous_read = true);
    let document = network("Uusi", json!({}));
    open.post("/v1/networks", &document).by(Token::None).send().expect(401);
    open.post("/v1/networks", &document).by(Token::Reader).send().expect(403);
}

/// What was open once and is not any more: its past went out of sight with it.
#[test]
fn what_goes_out_of_sight_takes_its_past_along() {
    let app = App::start();
    let path = format!("/v1/networks/{}", make_network(&app, network("Avoin", json!({ "visibility": "public" }))));
    let open = instant();
    change(&app, &path, json!({ "visibility": "members" }));
    let closed = instant();
    change(&app, &path, json!({ "visibility": "administration" }));
    for (caller, time, sees) in [
        (Token::Reader, open.as_str(), false),
        (Token::Reader, closed.as_str(), false),
        (Token::Reader, "2999-01-01", true),
        (Token::Writer, open.as_str(), true),
        (Token::Writer, closed.as_str(), true),
    ] {
        let read = |target: String| app.get(&target).by(caller).send();
        assert_eq!(read(format!("{path}?as_of={time}")).status, if sees { 200 } else { 404 }, "{caller:?} at {time}");
        let page = read(format!("/v1/networks?count=true&as_of={time}")).expect(200).json();
        assert_eq!(page["total"], i32::from(sees), "{caller:?} at {time}");
        let graph = read(format!("/v1/graph?as_of={time}")).expect(200).json();
        assert_eq!(graph["nodes"].as_array().unwrap().len(), usize::from(sees), "{caller:?} at {time}");
    }
}
