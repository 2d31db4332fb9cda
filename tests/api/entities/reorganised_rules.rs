//! Rules of office and reorganisations: whoever goes along with their organisation stays in their networks.

use serde_json::{Value, json};
use solmu::db::now;
use solmu::http::etag::IfMatch;
use solmu::members::{MemberProfile, load};
use solmu::organisation_changes::apply::{BATCH, advance, begin};
use solmu::organisation_changes::{OrganisationChangeId, OrganisationChangeState};

use super::ex_officio::{apply as apply_rule, differences, holder, ruled};
use super::organisation_changes::{applied, apply, plan, preview, previewed, reorganisation};
use super::people::{enter, hr, make_person, patch, person};
use super::{agency, change, instant, logged, network, read, text, with};
use crate::client::Answer;
use crate::harness::{App, Token};

/// A rule for the HR directors of subtrees, which applies itself.
fn below(tops: &[&str], fields: Value) -> Value {
    with(json!({ "offices": ["hr_director"], "subtrees_of": tops, "applies_itself": true }), fields)
}

/// A network with such a rule, with everybody in it who belongs there.
fn forum(app: &App, name: &str, rule: Value) -> String {
    let id = ruled(app, name, rule, json!({}));
    apply_rule(app, &id, json!({})).expect(200);
    id
}

fn rule(app: &App, network: &str) -> Value {
    read(app, &format!("/v1/networks/{network}"))["ex_officio_rule"].clone()
}

/// The memberships of a network: the member, the state, how often each was written.
fn seats(app: &App, network: &str) -> Vec<(String, String, i64)> {
    let page = hr(app, &format!("/v1/networks/{network}/memberships?limit=200&sort=created_at"));
    let seat = |row: &Value| (text(&row["member_id"]), text(&row["state"]), row["version"].as_i64().unwrap());
    page["items"].as_array().unwrap().iter().map(seat).collect()
}

fn seat(member: &str) -> (String, String, i64) {
    (member.to_owned(), "active".to_owned(), 1)
}

#[test]
fn a_rule_follows_a_merger_before_people_do() {
    let app = App::start();
    let [a, b, c] = ["A", "B", "C"].map(|name| app.organisation(name));
    let part = app.organisation_with(agency("Osa", json!({ "parent_id": a })));
    let [one, two] = [("Aalto", &a), ("Berg", &part)].map(|(name, at)| holder(&app, name, "hr_director", Some(at)));
    let new = holder(&app, "Cederberg", "hr_director", Some(&c));
    let own = forum(&app, "Foorumi", below(&[&a, &b], json!({})));
    let both = forum(&app, "Molemmat", below(&[&c, &a], json!({})));
    let other = forum(&app, "Muu", below(&[&b], json!({ "applies_itself": false })));
    let hidden = ruled(&app, "Piilossa", below(&[&a], json!({})), json!({ "visibility": "members" }));
    let before = instant();
    assert_eq!(seats(&app, &own), [seat(&one), seat(&two)]);

    let path = plan(&app, reorganisation("merge", &[&a], &[&c], json!({})));
    assert_eq!(preview(&app, &path)["ex_officio_rules"]["count"], 3);
    let rules = previewed(&app, &path, Token::Reader)["ex_officio_rules"].clone();
    assert_eq!(rules["count"], 2);
    let places = rules["places"].as_array().unwrap();
    let named: Vec<_> = places.iter().map(|place| text(&place["network"]["name"]["fi"])).collect();
    assert_eq!((named, &places[0]["facet"]), (vec!["Foorumi".to_owned(), "Molemmat".to_owned()], &json!("subtree")));
    assert_eq!((&places[0]["from"], &places[0]["to"]), (&json!(a), &json!([c])));
    assert_eq!(apply(&app, &path).expect(200).json()["state"], "applied");

    // Each rule is the network's next version, once; a result that it names already it names once.
    assert_eq!(rule(&app, &own)["subtrees_of"], json!([c, b]));
    assert_eq!(rule(&app, &both)["subtrees_of"], json!([c]));
    assert_eq!(rule(&app, &other)["subtrees_of"], json!([b]));
    let entry = (2, "updated".to_owned(), vec!["ex_officio_rule".to_owned()]);
    for (id, changed) in [(&own, true), (&both, true), (&hidden, true), (&other, false)] {
        assert_eq!(logged(&app, id).contains(&entry), changed, "{id}");
    }
    assert_eq!(read(&app, &format!("/v1/networks/{own}"))["version"], 2);
    // Nobody was ended, or brought back; whom the rule takes in now is a difference, as when it is set.
    assert_eq!(seats(&app, &own), [seat(&one), seat(&two)]);
    assert_eq!(seats(&app, &both), [seat(&one), seat(&two), seat(&new)]);
    assert_eq!(differences(&app, &own, ""), ["Cederberg add"]);
    assert_eq!(differences(&app, &own, &format!("&as_of={before}")), [""; 0]);
    let past = read(&app, &format!("/v1/networks/{own}?as_of={before}"));
    assert_eq!(past["ex_officio_rule"]["subtrees_of"], json!([a, b]));
    // The rule goes by what it names now.
    patch(&app, &format!("/v1/members/{one}"), json!({ "phone": "1", "status": "inactive" }));
    assert_eq!(seats(&app, &own)[0].1, "ended");
    patch(&app, &format!("/v1/members/{one}"), json!({ "status": "active" }));
    assert_eq!(seats(&app, &own).last(), Some(&seat(&one)));
    let over = preview(&app, &path);
    assert_eq!((&over["ex_officio_rules"]["count"], &over["total"]["people"]), (&json!(0), &json!(1)));
}

#[test]
fn a_rule_follows_to_where_people_and_parts_go() {
    let app = App::start();
    let [a, b, c, d, e] = ["A", "B", "C", "D", "E"].map(|name| app.organisation(name));
    let one = make_person(
        &app,
        "Aalto",
        json!({ "office": "hr_director", "organisation_id": a, "unit": { "fi": "Hallinto" } }),
    );
    let two = holder(&app, "Berg", "hr_director", Some(&a));
    let of_a = forum(&app, "A", below(&[&e, &a], json!({})));
    let of_b = forum(&app, "B", below(&[&b], json!({})));
    let moves = json!({ "moves": [
        { "from": a, "to": c, "units": ["hallinto"] },
        { "from": a, "to": e, "what": ["networks"] },
        { "from": a, "to": d },
        { "from": a, "to": e },
        { "from": b, "to": b },
    ] });
    applied(&app, reorganisation("split", &[&a, &b], &[&b, &c, &d, &e], moves));
    assert_eq!(rule(&app, &of_a)["subtrees_of"], json!([e, c, d]));
    assert_eq!(rule(&app, &of_b)["subtrees_of"], json!([b]));
    assert_eq!(seats(&app, &of_a), [seat(&one), seat(&two)]);
}

/// As its branch a rule names ministries alone: what becomes of one that ends is another ministry, or stays what it was.
#[test]
fn a_branch_becomes_a_ministry_or_stays() {
    let app = App::start();
    let ministry = |name: &str| app.organisation_with(json!({ "name": { "fi": name }, "kind": "ministry" }));
    let [one, two, three] = ["Yksi", "Kaksi", "Kolme"].map(ministry);
    let agency_of = |name: &str, parent: &str| app.organisation_with(agency(name, json!({ "parent_id": parent })));
    let (a, b) = (agency_of("A", &one), agency_of("B", &three));
    let [aalto, berg] = [("Aalto", &a), ("Berg", &b)].map(|(name, at)| holder(&app, name, "hr_director", Some(at)));
    let of_branches = |ids: Value| json!({ "offices": ["hr_director"], "branches": ids, "applies_itself": true });
    let first = forum(&app, "Eka", of_branches(json!([one])));
    let second = forum(&app, "Toka", of_branches(json!([three])));
    applied(&app, reorganisation("merge", &[&one], &[&two], json!({})));
    let path = plan(&app, reorganisation("merge", &[&three], &[&b], json!({})));
    let place = preview(&app, &path)["ex_officio_rules"]["places"][0].clone();
    assert_eq!((&place["facet"], &place["to"]), (&json!("branch"), &json!([])));
    apply(&app, &path).expect(200);
    assert_eq!((&rule(&app, &first)["branches"], &rule(&app, &second)["branches"]), (&json!([two]), &json!([three])));
    assert_eq!(seats(&app, &first), [seat(&aalto)]);
    assert_eq!(seats(&app, &second), [seat(&berg)]);
    // Whoever changes it finds what to mend; whoever changes something else may.
    let path = format!("/v1/networks/{second}");
    change(&app, &path, json!({ "purpose": { "fi": "Sama" } }));
    let refused = patch_network(&app, &path, json!({ "ex_officio_rule": { "applies_itself": false } })).expect(409);
    assert_eq!(refused.codes(), "conflict organisation_ended:/ex_officio_rule/branches/0");
    change(&app, &path, json!({ "ex_officio_rule": { "branches": [two] } }));
}

fn patch_network(app: &App, path: &str, body: Value) -> Answer {
    app.patch(path, body).by(Token::Writer).if_match("*").send()
}

#[test]
fn a_rule_names_nothing_that_has_ended() {
    let app = App::start();
    let [a, b, c] = ["A", "B", "C"].map(|name| app.organisation(name));
    let gone = ruled(&app, "Lakkaava", below(&[&c], json!({})), json!({}));
    let closed = ruled(&app, "Suljettu", below(&[&a], json!({})), json!({ "status": "closed" }));
    let path = plan(&app, reorganisation("closure", &[&c], &[], json!({ "moves": [{ "from": c, "nowhere": true }] })));
    assert_eq!(preview(&app, &path)["ex_officio_rules"]["places"][0]["to"], json!([]));
    apply(&app, &path).expect(200);
    applied(&app, reorganisation("merge", &[&a], &[&b], json!({})));

    let document = |rule: Value| network("Uusi", json!({ "join_policy": "ex_officio", "ex_officio_rule": rule }));
    let create = |rule: Value| app.post("/v1/networks", document(rule)).by(Token::Writer).send();
    let refused = create(below(&[&b, &a], json!({}))).expect(409);
    assert_eq!(refused.codes(), "conflict organisation_ended:/ex_officio_rule/subtrees_of/1");
    assert_eq!(refused.json()["successors"][0]["id"], json!(b));
    assert!(text(&refused.json()["errors"][0]["detail"]).contains(&b));
    assert_eq!(
        create(below(&[&a, &c], json!({}))).expect(409).codes(),
        "conflict organisation_ended:/ex_officio_rule/subtrees_of/0 organisation_ended:/ex_officio_rule/subtrees_of/1"
    );
    // The closure left the rule as it was, and the network can be written.
    assert_eq!(rule(&app, &gone)["subtrees_of"], json!([c]));
    change(&app, &format!("/v1/networks/{gone}"), json!({ "name": { "fi": "Muu" } }));
    change(&app, &format!("/v1/networks/{gone}"), json!({ "status": "closed" }));
    // A closed one is not in force, and comes into it mended.
    assert_eq!(rule(&app, &closed)["subtrees_of"], json!([a]));
    let path = format!("/v1/networks/{closed}");
    change(&app, &path, json!({ "purpose": { "fi": "Sama" } }));
    patch_network(&app, &path, json!({ "status": "active" })).expect(409);
    change(&app, &path, json!({ "status": "active", "ex_officio_rule": { "subtrees_of": [b] } }));
}

/// While people move in batches, a rule goes by where they were and by where they come to; then by that alone.
#[test]
fn between_the_batches_nobody_falls_out() {
    let app = App::start();
    let [a, b] = ["A", "B"].map(|name| app.organisation(name));
    let people: Vec<_> = (0..BATCH + 10)
        .map(|number| {
            let id = format!("01900000-0000-7007-8000-{number:012}").parse().unwrap();
            let document = person(&format!("Nro{number}"), json!({ "organisation_id": a, "office": "hr_director" }));
            (id, serde_json::from_value(document).unwrap(), MemberProfile::default())
        })
        .collect();
    app.db().write_here(None, |tx| load(tx, &people, now().date())).unwrap();
    let forum = forum(&app, "Foorumi", below(&[&a], json!({})));
    let id: OrganisationChangeId =
        plan(&app, reorganisation("merge", &[&a], &[&b], json!({}))).rsplit('/').next().unwrap().parse().unwrap();
    app.db().write_here(None, |tx| begin(tx, id, &IfMatch::Any, now().date()).map(|_| ())).unwrap();
    let step = || {
        let step = app.db().write_here(None, |tx| advance(tx, id, now().date())).unwrap();
        step.is_some_and(|row| row.state == OrganisationChangeState::Applying)
    };
    let mut late = None;
    loop {
        // Somebody is written who may still be in the original, or not any more.
        for number in [0, BATCH + 5] {
            let path = format!("/v1/members/01900000-0000-7007-8000-{number:012}");
            for office in ["rector", "hr_director"] {
                patch(&app, &path, json!({ "office": office }));
            }
        }
        assert_eq!(differences(&app, &forum, ""), [""; 0]);
        if !step() {
            break;
        }
        // A rule that comes while this goes on is mended at the end.
        let named = rule(&app, &forum)["subtrees_of"].clone();
        if named == json!([a, b]) && late.is_none() {
            late = Some(ruled(&app, "Myöhäinen", below(&[&a], json!({})), json!({})));
        }
    }
    assert_eq!(rule(&app, &forum)["subtrees_of"], json!([b]));
    assert_eq!(rule(&app, &late.expect("the rule names both in between"))["subtrees_of"], json!([b]));
    let fields: Vec<_> = logged(&app, &forum).into_iter().map(|(.., fields)| fields).collect();
    assert_eq!(fields[1..], [["ex_officio_rule"], ["ex_officio_rule"]]);
    let written = seats(&app, &forum).len();
    assert!(written > 0, "{written}");
}

/// Who leaves and who goes along may have to do with the same networks as somebody else, who takes them in another order
/// than that in which they come up here.
#[test]
fn networks_are_taken_in_one_order() {
    let app = App::start();
    let [a, b] = ["A", "B"].map(|name| app.organisation(name));
    let goes = holder(&app, "Aalto", "hr_director", Some(&a));
    let leaves = make_person(&app, "Berg", json!({ "organisation_id": a }));
    let first = forum(&app, "Eka", below(&[&a], json!({})));
    let second = super::make_network(&app, network("Toka", json!({})));
    enter(&app, &second, "join", &leaves, json!({}));
    // The rule is met no more: its network is held for whoever goes, and the other one for whoever leaves.
    let moves = json!({ "moves": [{ "from": a, "nowhere": true, "member_ids": [leaves] }, { "from": a, "to": b }] });
    let path = plan(&app, reorganisation("transfer", &[&a], &[&b], moves));
    assert_eq!(taking(&app, &first, &second, || apply(&app, &path)), 200);
    assert_eq!(hr(&app, &format!("/v1/members/{leaves}"))["status"], "left");
    assert_eq!(seats(&app, &first), [(goes, "ended".to_owned(), 2)]);
}

#[test]
fn whoever_is_merged_takes_networks_in_one_order() {
    let app = App::start();
    let a = app.organisation("A");
    let stays = make_person(&app, "Aalto", json!({ "organisation_id": a }));
    let goes = holder(&app, "Berg", "hr_director", Some(&a));
    let first = ruled(&app, "Eka", below(&[&a], json!({})), json!({}));
    let second = super::make_network(&app, network("Toka", json!({})));
    enter(&app, &second, "join", &goes, json!({}));
    let merge = json!({ "duplicate_id": goes });
    let path = format!("/v1/members/{stays}/merge");
    assert_eq!(taking(&app, &first, &second, || app.post(&path, &merge).by(Token::Hr).send()), 200);
    assert_eq!(seats(&app, &first), [seat(&stays)]);
}

/// Sends a request while somebody holds one network, and then takes another that comes behind it; its status.
fn taking(app: &App, first: &str, second: &str, send: impl Fn() -> Answer + Sync) -> u16 {
    use solmu::db::changes::EntityType;
    let (begun, begins) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let other = scope.spawn(move || {
            app.db().write_here(None, |tx| {
                tx.hold_all(EntityType::Network, &[first])?;
                begun.send(()).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(400));
                tx.hold_all(EntityType::Network, &[second])?;
                Ok(())
            })
        });
        begins.recv().unwrap();
        let status = send().status;
        other.join().unwrap().expect("whoever takes networks in their order waits for nobody in a circle");
        status
    })
}
