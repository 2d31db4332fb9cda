//! The network of networks as a graph, as JSON and in the DOT language.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{change, delete, instant, make_link, make_network, network, read, text};
use crate::client::Answer;
use crate::harness::{App, Token};

const NETWORKS: &str = include_str!("../../../src/demo/networks.json");
const LINKS: &str = include_str!("../../../src/demo/network_links.json");
const ORGANISATIONS: &str = include_str!("../../../src/demo/organisations.json");

/// What the demo holds, as it is written down.
fn demo(json: &str) -> Vec<Value> {
    serde_json::from_str(json).unwrap()
}

fn ids(items: &Value) -> BTreeSet<String> {
    items.as_array().unwrap().iter().map(|item| text(&item["id"])).collect()
}

fn ids_where(items: &[Value], holds: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    items.iter().filter(|item| holds(item)).map(|item| text(&item["id"])).collect()
}

/// The nodes and the edges of the graph that a reader gets.
fn graph(app: &App, query: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let graph = read(app, &format!("/v1/graph?{query}"));
    (ids(&graph["nodes"]), ids(&graph["edges"]))
}

fn drawn(app: &App, accept: &str) -> Answer {
    app.get("/v1/graph").by(Token::Reader).header("accept", accept).send()
}

#[test]
fn the_whole_graph_holds_every_network_and_every_link() {
    let app = App::demo();
    let graph = read(&app, "/v1/graph");
    let (networks, links, organisations) = (demo(NETWORKS), demo(LINKS), demo(ORGANISATIONS));
    assert_eq!((graph["nodes"].as_array().unwrap().len(), networks.len()), (26, 26));
    for (node, network) in graph["nodes"].as_array().unwrap().iter().zip(&networks) {
        let host = organisations.iter().find(|host| host["id"] == network["host_organisation_id"]);
        // All hosts lie directly below a ministry, or are one, or are outside the state.
        let branch =
            host.map_or(&Value::Null, |host| if host["kind"] == "ministry" { &host["id"] } else { &host["parent_id"] });
        let expected = json!({ "id": network["id"], "name": network["name"], "kind": network["kind"], "status": network["status"],
            "host_organisation_id": network["host_organisation_id"], "branch": branch });
        assert_eq!(node, &expected);
    }
    assert_eq!(graph["edges"].as_array().unwrap().len(), links.len());
    for (edge, link) in graph["edges"].as_array().unwrap().iter().zip(&links) {
        assert!(
            ["id", "type", "from", "to", "valid_from", "valid_to"].iter().all(|name| edge[name] == link[name]),
            "{edge}"
        );
    }
}

#[test]
fn a_type_narrows_the_links_and_leaves_the_networks() {
    let app = App::demo();
    for types in ["steers", "alumni_of,spun_off_from", "succeeds"] {
        let (nodes, edges) = graph(&app, &format!("type={types}"));
        let expected = ids_where(&demo(LINKS), |link| types.split(',').any(|name| link["type"] == name));
        assert_eq!((nodes.len(), edges), (26, expected), "{types}");
    }
    for faulty in ["type=owns", "branch=x", "date=2020", "kind=forum", "limit=1"] {
        app.get(&format!("/v1/graph?{faulty}")).by(Token::Reader).send().expect(400);
    }
}

#[test]
fn a_branch_narrows_the_networks_and_what_is_between_them() {
    let app = App::demo();
    let ministry = "01900000-0000-7001-8000-000000000006";
    let below = ids_where(&demo(ORGANISATIONS), |one| one["parent_id"] == ministry || one["id"] == ministry);
    let within = ids_where(&demo(NETWORKS), |network| {
        network["host_organisation_id"].as_str().is_some_and(|host| below.contains(host))
    });
    let between = ids_where(&demo(LINKS), |link| {
        within.contains(link["from"].as_str().unwrap()) && within.contains(link["to"].as_str().unwrap())
    });
    assert!(within.len() < 26 && between.len() < 25 && !between.is_empty());
    assert_eq!(graph(&app, &format!("branch={ministry}")), (within, between.clone()));
    let steering =
        ids_where(&demo(LINKS), |link| link["type"] == "steers" && between.contains(link["id"].as_str().unwrap()));
    assert_eq!(graph(&app, &format!("branch={ministry}&type=steers")).1, steering);
}

#[test]
fn a_date_narrows_to_what_held_on_the_day() {
    let app = App::demo();
    let on = |day: &str| {
        let (nodes, edges) = graph(&app, &format!("date={day}"));
        let known = ids_where(&demo(NETWORKS), |network| {
            network["founded_on"].as_str().is_none_or(|founded| founded <= day)
                && network["closed_on"].as_str().is_none_or(|closed| closed > day)
        });
        let held = ids_where(&demo(LINKS), |link| {
            let both = [&link["from"], &link["to"]].iter().all(|end| known.contains(end.as_str().unwrap()));
            both && link["valid_from"].as_str().unwrap() <= day && link["valid_to"].as_str().is_none_or(|end| end > day)
        });
        assert_eq!((&nodes, &edges), (&known, &held), "{day}");
        (nodes.len(), edges.len())
    };
    // One of them, which others grew out of, began and ended; the links that lead to it end with it.
    assert_eq!(
        ["2017-01-01", "2018-01-15", "2021-12-01", "2023-11-29", "2023-11-30", "2024-01-01"].map(on)[..2],
        [(25, 0), (25, 4)]
    );
    let project = "01900000-0000-7002-8000-000000000021";
    let is_there = |day: &str| graph(&app, &format!("date={day}")).0.contains(project);
    assert_eq!(["2021-11-30", "2021-12-01", "2023-11-29", "2023-11-30"].map(is_there), [false, true, true, false]);
}

#[test]
fn the_graph_as_of_a_time_is_as_it_was() {
    let app = App::demo();
    let begun = "2026-01-01T00:00:00Z";
    let (first, steers) = ("01900000-0000-7002-8000-000000000001", "01900000-0000-7003-8000-000000000018");
    let committee = "/v1/networks/01900000-0000-7002-8000-000000000012";
    let before = read(&app, "/v1/graph");
    let then = instant();
    change(&app, &format!("/v1/networks/{first}"), json!({ "name": { "fi": "Uusi nimi" }, "status": "dormant" }));
    app.post(&format!("{committee}/links/{steers}/end"), json!({ "valid_to": "2025-01-01" }))
        .by(Token::Writer)
        .send()
        .expect(200);
    delete(&app, "/v1/networks/01900000-0000-7002-8000-000000000020");
    let new = make_network(&app, network("Uusi", json!({})));
    make_link(&app, &new, "part_of", first);
    for time in [&then, begun] {
        assert_eq!(read(&app, &format!("/v1/graph?as_of={time}")), before, "as of {time}");
    }
    let (nodes, edges) = graph(&app, "");
    assert_eq!((nodes.len(), edges.len(), nodes.contains(&new)), (26, 27, true));
    // Two dates: what the directory said then of how things stood on a day.
    let on_day = |query: &str| graph(&app, &format!("date=2025-06-01&type=steers{query}")).1.contains(steers);
    assert_eq!((on_day(""), on_day(&format!("&as_of={then}"))), (false, true));
    assert_eq!(read(&app, "/v1/graph?as_of=2025-12-31"), json!({ "nodes": [], "edges": [] }));
}

/// A line's label, as a reader of DOT takes it out of its quotes.
fn label(line: &str) -> String {
    let (mut label, mut rest) = (String::new(), line.split_once("label=\"").unwrap().1.chars());
    loop {
        match rest.next().unwrap() {
            '"' => return label,
            '\\' => label.push(rest.next().unwrap()),
            other => label.push(other),
        }
    }
}

#[test]
fn dot_draws_what_json_tells() {
    let app = App::start();
    let names = ["Ryhmä \"A\"", "C:\\verkosto\\", "\"]; digraph {", "Åä"];
    let ids = names.map(|name| {
        make_network(&app, network(name, json!({ "name": { "fi": name, "sv": format!("{name} på svenska") } })))
    });
    change(&app, &format!("/v1/networks/{}", ids[3]), json!({ "status": "closed" }));
    make_link(&app, &ids[0], "part_of", &ids[1]);
    make_link(&app, &ids[2], "partner_of", &ids[3]);
    let answer = drawn(&app, "text/vnd.graphviz").expect(200);
    assert_eq!(answer.media_type(), Some("text/vnd.graphviz"));
    assert!(
        answer.header("vary").is_some_and(|vary| vary.contains("Accept,") && vary.contains("Accept-Language")),
        "{answer:?}"
    );
    let text = String::from_utf8(answer.body).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], lines[lines.len() - 1], lines.len()), ("digraph solmu {", "}", 4 + 4 + 2));
    for (id, name) in ids.iter().zip(names) {
        let node = lines.iter().find(|line| line.starts_with(&format!("  \"{id}\" ["))).unwrap();
        // Without a language asked for it is English, which none has: Finnish, then.
        assert_eq!((label(node).as_str(), node.ends_with("];")), (name, true));
        assert_eq!(node.contains("style=dashed"), *id == ids[3], "{node}");
    }
    let edges: Vec<&&str> = lines.iter().filter(|line| line.contains("->")).collect();
    assert_eq!(*edges[0], format!("  \"{}\" -> \"{}\" [label=\"part_of\"];", ids[0], ids[1]));
    assert_eq!(*edges[1], format!("  \"{}\" -> \"{}\" [label=\"partner_of\", dir=both];", ids[2], ids[3]));
    let swedish =
        app.get("/v1/graph").by(Token::Reader).header("accept", "text/vnd.graphviz").header("accept-language", "sv");
    assert!(String::from_utf8(swedish.send().expect(200).body).unwrap().contains("Åä på svenska"));
}

#[test]
fn a_name_of_two_lines_is_drawn_on_one() {
    let app = App::start();
    make_network(&app, network("Kaksi\nriviä\r", json!({})));
    let text = String::from_utf8(drawn(&app, "text/vnd.graphviz").expect(200).body).unwrap();
    assert!(text.contains("label=\"Kaksi riviä \"") && text.lines().count() == 5, "{text}");
}

#[test]
fn the_form_is_the_one_that_is_asked_for() {
    let app = App::demo();
    for (accept, form) in [
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/vnd.graphviz, application/json;q=0.9", "text/vnd.graphviz"),
        ("text/*", "text/vnd.graphviz"),
        ("application/json;q=0.1, text/vnd.graphviz;q=0.2", "text/vnd.graphviz"),
        ("application/json;q=0, */*", "text/vnd.graphviz"),
    ] {
        assert_eq!(drawn(&app, accept).expect(200).media_type(), Some(form), "{accept}");
    }
    for accept in ["text/html", "image/svg+xml, text/plain;q=0.5", "application/json;q=0"] {
        let refused = drawn(&app, accept).expect(406);
        assert!(text(&refused.json()["detail"]).contains("text/vnd.graphviz"), "{refused:?}");
    }
    let json = drawn(&app, "application/json");
    let again = app.get("/v1/graph").by(Token::Reader).header("if-none-match", &json.etag()).send();
    assert_eq!((again.status, json.etag() == drawn(&app, "text/vnd.graphviz").etag()), (304, false));
}
