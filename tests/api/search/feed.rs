//! The index follows the directory: whatever is written is found as it is now.

use std::path::Path;
use std::thread::scope;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use solmu::db::{Role, connect};
use tempfile::TempDir;

use super::{
    Somebody, asked_at_once, change, found, items, make, make_concepts, make_network, make_person, names, search, text,
};
use crate::client::Request;
use crate::harness::{App, Token, eventually};

/// A folder that nobody else has.
pub fn app_folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// What `/readyz` says of the index.
pub fn standing(app: &App) -> Value {
    app.get("/readyz").send().expect(200).json()["search"].clone()
}

/// Waits until the index follows the log.
#[track_caller]
pub fn current(app: &App) -> Value {
    eventually("the index is current", || Some(standing(app)).filter(|standing| standing["status"] == "current"))
}

/// How many documents the index has, whoever may see them, by what `/metrics` answers.
#[track_caller]
pub fn documents(metrics: Request) -> u64 {
    let text = String::from_utf8(metrics.send().expect(200).body).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("solmu_search_documents "));
    line.unwrap_or_else(|| panic!("no such gauge: {text}")).parse().unwrap()
}

/// A service on the same database whose index lies in a folder of its own.
pub fn with_folder(app: &App, folder: &Path) -> App {
    app.replica(|config| config.search_folder = Some(folder.to_owned()))
}

/// Writes into the database past the service, so that the change log knows nothing of it.
pub fn secretly(app: &App, statements: &str) {
    connect(app.url(), Role::Writer).unwrap().batch_execute(statements).unwrap();
}

fn delete(app: &App, path: &str) {
    app.delete(path).by(Token::Admin).if_match("*").send().expect(204);
}

/// How many a reader finds.
pub fn total(app: &App, query: &str) -> i64 {
    search(app, &format!("count=true&limit=1&{query}"))["total"].as_i64().unwrap()
}

#[test]
fn what_is_written_is_found_without_waiting_for_it() {
    let app = App::start();
    current(&app);
    make_network(&app, json!({ "fi": "Saaristoliikenne" }), json!({}));
    let page = eventually("it is found", || {
        let answer = app.get("/v1/search?q=saaristoliikenteen").by(Token::Reader).send().expect(200).json();
        (!items(&answer).is_empty()).then_some(answer)
    });
    assert_eq!(names(&page), ["Saaristoliikenne"]);
    current(&app);
    assert_eq!(documents(app.get("/metrics")), 1);
}

#[test]
fn a_new_name_is_found_wherever_it_is_shown_and_the_old_one_nowhere() {
    let app = App::start();
    let [wide, theme] = make_concepts(&app, [json!({ "fi": "kalastus" }), json!({ "fi": "troolaus" })]);
    let themes = json!({ "themes": [theme] });
    make_network(&app, json!({ "fi": "Rannikon väki" }), themes);
    let person = make_person(&app, "Aino", "Kallio", json!({}));
    let house = make(&app, "/v1/organisations", json!({ "name": { "fi": "Merivirasto" }, "kind": "agency" }));
    let profile = json!({ "skills": [{ "concept": theme, "level": 3 }] });
    change(&app, &format!("/v1/members/{person}/profile"), profile);
    let mut with_theme = found(&app, "troolaus");
    with_theme.sort();
    assert_eq!(with_theme, ["Aino Kallio", "Rannikon väki", "troolaus"]);

    let vocabulary = app.get("/v1/vocabularies").by(Token::Reader).send().expect(200).json();
    let concepts = format!("/v1/vocabularies/{}/concepts", text(&items(&vocabulary)[0]["id"]));
    change(&app, &format!("{concepts}/{theme}"), json!({ "pref_label": { "fi": "verkkokalastus", "sv": "nätfiske" } }));
    assert_eq!(found(&app, "troolaus"), [""; 0]);
    let mut with_theme = found(&app, "nätfiske");
    with_theme.sort();
    assert_eq!(with_theme, ["Aino Kallio", "Rannikon väki", "verkkokalastus"]);

    // Below another one: found by that, and counted under it.
    assert_eq!(total(&app, &format!("types=network&theme={wide}")), 0);
    change(&app, &format!("{concepts}/{theme}"), json!({ "broader": [wide] }));
    assert_eq!(total(&app, &format!("types=network&theme={wide}")), 1);
    assert_eq!(total(&app, &format!("types=member&skill={wide}")), 1);
    change(&app, &format!("{concepts}/{theme}"), json!({ "broader": [] }));
    assert_eq!(total(&app, &format!("theme={wide}")), total(&app, &format!("types=concept&theme={wide}")));

    change(&app, &format!("/v1/members/{person}"), json!({ "family_name": "Kivelä" }));
    assert_eq!((found(&app, "Kivelän"), found(&app, "Kallion")), (vec!["Aino Kivelä".to_owned()], vec![]));
    change(&app, &format!("/v1/organisations/{house}"), json!({ "name": { "fi": "Satamalaitos" } }));
    assert_eq!((found(&app, "satamalaitos"), found(&app, "merivirasto")), (vec!["Satamalaitos".to_owned()], vec![]));

    // Those who belong to a house are found by its name, behind it, and by its new one when it has another.
    make_person(&app, "Eino", "Aho", json!({ "organisation_id": house }));
    make_network(&app, json!({ "fi": "Telakka" }), json!({ "host_organisation_id": house }));
    let of_house = |name: &str| {
        let mut found = found(&app, name);
        found.get_mut(1..).unwrap_or_default().sort();
        found
    };
    assert_eq!(of_house("satamalaitoksen"), ["Satamalaitos", "Eino Aho", "Telakka"]);
    change(&app, &format!("/v1/organisations/{house}"), json!({ "name": { "fi": "Väylävirasto" } }));
    assert_eq!(
        (of_house("väylävirasto"), of_house("satamalaitos")),
        (vec!["Väylävirasto".to_owned(), "Eino Aho".to_owned(), "Telakka".to_owned()], vec![])
    );
}

#[test]
fn what_belongs_to_an_organisation_goes_with_it() {
    let app = App::start();
    let organisation = |name: &str, kind: &str, parent: Option<&str>| {
        make(&app, "/v1/organisations", json!({ "name": { "fi": name }, "kind": kind, "parent_id": parent }))
    };
    let [first, second] = ["Eka ministeriö", "Toka ministeriö"].map(|name| organisation(name, "ministry", None));
    let agency = organisation("Virasto", "agency", Some(&first));
    let office = organisation("Toimipiste", "agency", Some(&agency));
    make_network(&app, json!({ "fi": "Porukka" }), json!({ "host_organisation_id": office }));
    make_person(&app, "Onni", "Mäki", json!({ "organisation_id": office }));
    let below = |top: &str| (total(&app, &format!("subtree_of={top}")), total(&app, &format!("branch={top}")));
    assert_eq!((below(&first), below(&second)), ((5, 5), (1, 1)));
    change(&app, &format!("/v1/organisations/{agency}"), json!({ "parent_id": second }));
    assert_eq!((below(&first), below(&second)), ((1, 1), (5, 5)));
    // The branch alone.
    change(&app, &format!("/v1/organisations/{agency}"), json!({ "branch_override": first }));
    assert_eq!((below(&first), below(&second)), ((1, 5), (5, 1)));
}

#[test]
fn whose_hr_people_are_is_known_before_the_index_knows_it() {
    let app = App::with(false, |config| config.search_every = Duration::from_secs(3600));
    let organisation = |name: &str, parent: Option<&str>| {
        make(&app, "/v1/organisations", json!({ "name": { "fi": name }, "kind": "agency", "parent_id": parent }))
    };
    let [first, second] = ["Eka talo", "Toka talo"].map(|name| organisation(name, None));
    let office = organisation("Toimipiste", Some(&first));
    make_person(&app, "Salli", "Suojattu", json!({ "protected": true, "organisation_id": office }));
    let [hr_of_first, hr_of_second] = [("first", &first), ("second", &second)]
        .map(|(name, id)| Somebody::with(name, "directory:read hr:sync", &[id]));
    let sees = |who: &Somebody, consistency: &str| {
        let page = asked_at_once(&app, who, &format!("types=member&count=true&consistency={consistency}"), "fi").json();
        (page["total"].as_u64().unwrap(), items(&page).len())
    };
    assert_eq!((sees(&hr_of_first, "strong"), sees(&hr_of_second, "eventual")), ((1, 1), (0, 0)));
    change(&app, &format!("/v1/organisations/{office}"), json!({ "parent_id": second }));
    assert_eq!(sees(&hr_of_first, "eventual"), (0, 0), "no longer theirs, whatever the index says");
    assert_eq!((sees(&hr_of_second, "strong"), sees(&hr_of_first, "eventual")), ((1, 1), (0, 0)));
}

#[test]
fn what_an_import_moves_is_found_where_it_went() {
    let app = App::start();
    let path = format!("/v1/vocabularies/{}", {
        make(&app, "/v1/vocabularies", json!({ "uri": "http://uri.example/v", "name": { "fi": "Aiheet" } }))
    });
    let import = |concepts: &str| {
        let file = format!(
            "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix : <http://uri.example/v/> .\n\
             <http://uri.example/v> a skos:ConceptScheme .\n{concepts}"
        );
        let request = app.request("POST", &format!("{path}/import")).by(Token::Writer);
        request.header("content-type", "text/turtle").raw_body(file).send().expect(200);
    };
    let wood =
        ":wood a skos:Concept ; skos:prefLabel \"metsä\"@fi .\n:water a skos:Concept ; skos:prefLabel \"vesi\"@fi .\n";
    let fen = |above: &str| format!(":fen a skos:Concept ; skos:prefLabel \"suo\"@fi ; skos:broader :{above} .\n");
    let bog = ":bog a skos:Concept ; skos:prefLabel \"räme\"@fi ; skos:broader :fen .\n";
    import(&format!("{wood}{}{bog}", fen("wood")));
    let page = app.get(&format!("{path}/concepts?limit=10")).by(Token::Reader).send().expect(200).json();
    let id = |label: &str| {
        text(&items(&page).iter().find(|item| item["pref_label"]["fi"] == label).expect("a concept")["id"])
    };
    make_network(&app, json!({ "fi": "Suoväki" }), json!({ "themes": [id("räme")] }));
    let networks = |theme: &str| total(&app, &format!("types=network&theme={}", id(theme)));
    assert_eq!(["metsä", "vesi", "suo"].map(networks), [1, 0, 1]);
    // The network's theme is the same, and so is what is right above that.
    import(&format!("{wood}{}{bog}", fen("water")));
    assert_eq!(["metsä", "vesi", "suo"].map(networks), [0, 1, 1]);
    let concepts = |theme: &str| total(&app, &format!("types=concept&theme={}", id(theme)));
    assert_eq!(["metsä", "vesi", "suo"].map(concepts), [1, 3, 2]);
}

#[test]
fn whoever_comes_into_a_network_finds_it_and_whoever_goes_no_longer() {
    let app = App::start();
    let person = make_person(&app, "Ilta", "Rusko", json!({}));
    let identity = json!({ "issuer": "solmu", "subject": "ilta" });
    app.post(&format!("/v1/members/{person}/identities"), identity).by(Token::Admin).send().expect(201);
    let ilta = Somebody::with("ilta", "directory:read", &[]);
    let network = make_network(&app, json!({ "fi": "Suljettu piiri" }), json!({ "visibility": "members" }));
    let found = || names(&super::asked(&app, &ilta, "q=suljettu", "fi").json());
    assert_eq!(found(), [""; 0]);
    let body = json!({ "member_id": person });
    let made = app.post(&format!("/v1/networks/{network}/nominate"), body).by(Token::Admin).send().expect(201);
    assert_eq!(found(), ["Suljettu piiri"]);
    let seat = made.header("location").unwrap();
    app.post(&format!("{seat}/end"), json!({})).by(Token::Admin).send().expect(200);
    assert_eq!(found(), [""; 0]);
}

#[test]
fn what_is_deleted_or_merged_is_gone() {
    let app = App::start();
    let [one, other] = ["Sumu", "Usva"].map(|name| make_network(&app, json!({ "fi": name }), json!({})));
    let [ada, eda] = ["Ada", "Eda"].map(|name| make_person(&app, name, "Halla", json!({})));
    assert_eq!(total(&app, ""), 4);
    let merge = json!({ "duplicate_id": other });
    app.post(&format!("/v1/networks/{one}/merge"), merge).by(Token::Admin).if_match("*").send().expect(200);
    assert_eq!((found(&app, "usva"), total(&app, "types=network")), (vec![], 1));
    app.post(&format!("/v1/members/{ada}/merge"), json!({ "duplicate_id": eda }))
        .by(Token::Admin)
        .if_match("*")
        .send()
        .expect(200);
    assert_eq!(names(&search(&app, "q=halla")), ["Ada Halla"]);
    delete(&app, &format!("/v1/networks/{one}"));
    delete(&app, &format!("/v1/members/{ada}"));
    assert_eq!((total(&app, ""), documents(app.get("/metrics"))), (0, 0));
}

#[test]
fn many_who_write_at_once_find_what_they_wrote() {
    let app = App::start();
    let folder = app_folder();
    let other = with_folder(&app, folder.path());
    scope(|scope| {
        for number in 0..8 {
            let (app, other) = (&app, &other);
            scope.spawn(move || {
                for round in 0..4 {
                    let word =
                        format!("sana{}{}", ["kuu", "suo", "tie", "yö", "jää", "työ", "pää", "maa"][number], round);
                    make_network(app, json!({ "fi": word }), json!({}));
                    // Whichever copy is asked.
                    for service in [app, other] {
                        assert_eq!(found(service, &word).concat(), word);
                    }
                }
            });
        }
    });
    assert_eq!((total(&app, ""), total(&other, "")), (32, 32));
}

#[test]
fn an_index_that_is_far_behind_is_not_asked() {
    let app = App::with(false, |config| config.search_every = Duration::from_secs(3600));
    let network = make_network(&app, json!({ "fi": "Kaukana" }), json!({}));
    assert_eq!(found(&app, "kaukana"), ["Kaukana"]);
    let change = format!(
        "INSERT INTO changes (epoch, entity_type, entity_id, version, action, fields, changed_at) \
         SELECT epoch, entity_type, entity_id, version, 'updated', fields, changed_at FROM changes \
         WHERE entity_id = '{network}'"
    );
    // Twice as many each time.
    secretly(&app, &[change.as_str(); 11].join(";"));
    let refused = app.get("/v1/search?q=kaukana").by(Token::Reader).send().expect(503);
    assert_eq!((refused.codes().as_str(), refused.header("retry-after")), ("search_behind", Some("5")));
    assert_eq!(found(&app, "kaukana"), ["Kaukana"], "whoever waits for it gets it");
    app.get("/v1/search?q=kaukana").by(Token::Reader).send().expect(200);
}

#[test]
fn a_filling_says_how_far_it_is_and_nobody_else_waits_for_it() {
    let app = App::with(false, |config| config.search_every = Duration::ZERO);
    let analyser = solmu::text::analysis::VERSION.to_string();
    let opening = json!({ "status": "opening", "searchable": false, "analyser": analyser });
    assert_eq!(standing(&app), opening);
    let mut conn = connect(app.url(), Role::Writer).unwrap();
    let size = crate::crowd::Size { members: 6_000, organisations: 500, networks: 300, concepts: 100 };
    crate::crowd::fill(&mut conn, size);
    drop(conn);
    let folder = app_folder();
    let replica = with_folder(&app, folder.path());
    let filling = eventually("it is filled", || {
        Some(standing(&replica)).filter(|standing| standing["filling"]["done"].as_u64().is_some_and(|done| done > 0))
    });
    let (done, of) = (&filling["filling"]["done"], &filling["filling"]["of"]);
    assert!(done.as_u64() < of.as_u64() && of.as_u64() >= Some(7_000), "{filling}");
    assert_eq!((&filling["status"], &filling["searchable"]), (&json!("filling"), &json!(false)));
    replica.get("/v1/members?limit=1").by(Token::Reader).send().expect(200);
    let refused = replica.get("/v1/search").by(Token::Reader).send().expect(503);
    assert_eq!((refused.codes().as_str(), refused.header("retry-after")), ("search_filling", Some("5")));
    assert!(refused.json()["detail"].as_str().unwrap().contains(&of.to_string()), "{refused:?}");
    // It ends at once all the same.
    drop(replica);
}
