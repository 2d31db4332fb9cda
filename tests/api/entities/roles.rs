//! What people may by being something: leading a network, or being themselves.

use serde_json::{Value, json};

use super::people::make_person;
use super::{agency, at_once, change, link, make_network, network, text, with};
use crate::client::Answer;
use crate::harness::{App, Token};

/// Makes a person whom a kind of token is of.
pub fn somebody(app: &App, token: Token, fields: Value) -> String {
    let id = make_person(app, &format!("Henkilö{}", token.subject()), fields);
    be(app, &id, token);
    id
}

pub fn be(app: &App, member: &str, token: Token) {
    let body = json!({ "issuer": "solmu", "subject": token.subject() });
    app.post(&format!("/v1/members/{member}/identities"), body).by(Token::Admin).send().expect(201);
}

/// Puts somebody into a network; the membership's path.
fn put(app: &App, network: &str, member: &str, role: &str) -> String {
    let body = json!({ "member_id": member, "role": role });
    let made = app.post(&format!("/v1/networks/{network}/nominate"), body).by(Token::Admin).send().expect(201);
    made.header("location").unwrap().to_owned()
}

pub fn patch(app: &App, path: &str, token: Token, patch: Value) -> Answer {
    app.patch(path, patch).by(token).if_match("*").send()
}

pub fn post(app: &App, path: &str, token: Token, body: Value) -> Answer {
    app.post(path, body).by(token).send()
}

pub fn path(network: &str) -> String {
    format!("/v1/networks/{network}")
}

/// A house with an office in it, and another house; their ids.
pub fn houses(app: &App) -> [String; 3] {
    let house = app.organisation("Talo");
    let office = app.organisation_with(agency("Toimisto", json!({ "parent_id": house })));
    [house, office, app.organisation("Naapuri")]
}

#[test]
fn a_role_that_decides_opens_the_network_and_another_does_not() {
    let app = App::start();
    let id = make_network(&app, network("Meidän", json!({ "visibility": "members" })));
    let me = somebody(&app, Token::Coordinator, json!({}));
    for (role, status) in [
        ("member", 403),
        ("coordinator", 200),
        ("chair", 200),
        ("secretary", 200),
        ("vice_chair", 403),
        ("committee", 403),
        ("contact", 403),
    ] {
        let membership = put(&app, &id, &me, role);
        let answer = patch(&app, &path(&id), Token::Coordinator, json!({ "cadence": { "times": 3, "per": "year" } }));
        assert_eq!(answer.status, status, "{role}: {answer:?}");
        if status == 403 {
            assert_eq!(answer.codes(), "role_missing");
        }
        // At once, and it is not there for them any more.
        post(&app, &format!("{membership}/end"), Token::Admin, json!({})).expect(200);
        patch(&app, &path(&id), Token::Coordinator, json!({ "cadence": null })).expect(404);
    }
}

#[test]
fn a_coordinator_leaves_the_owner_and_the_rule_of_office_alone() {
    let app = App::start();
    let host = app.organisation("Isäntä");
    let id = make_network(&app, network("Meidän", json!({ "host_organisation_id": host })));
    let me = somebody(&app, Token::Coordinator, json!({}));
    put(&app, &id, &me, "coordinator");
    let before = app.get(&path(&id)).by(Token::Admin).send().expect(200);
    let rule = json!({ "offices": ["hr_director"] });
    for change in [json!({ "host_organisation_id": null }), json!({ "ex_officio_rule": rule })] {
        let field = change.as_object().unwrap().keys().next().unwrap().clone();
        let answer = patch(&app, &path(&id), Token::Coordinator, with(change, json!({ "min_size": 2 }))).expect(403);
        assert_eq!(answer.json()["errors"][0]["pointer"], format!("/{field}"));
        assert_eq!(answer.json()["errors"][0]["code"], "field_reserved");
    }
    let body = network("Meidän", json!({}));
    app.put(&path(&id), &body).by(Token::Coordinator).if_match("*").send().expect(403);
    assert_eq!(app.get(&path(&id)).by(Token::Admin).send().expect(200).json(), before.json());
    let body = network("Uusi nimi", json!({ "host_organisation_id": host }));
    app.put(&path(&id), &body).by(Token::Coordinator).if_match("*").send().expect(200);
    // Neither deleting nor merging is theirs, nor making another.
    app.delete(&path(&id)).by(Token::Coordinator).if_match("*").send().expect(403);
    post(&app, &format!("{}/merge", path(&id)), Token::Coordinator, json!({ "duplicate_id": id })).expect(403);
    post(&app, "/v1/networks", Token::Coordinator, network("Toinen", json!({}))).expect(403);
}

#[test]
fn links_are_made_and_ended_by_those_whose_network_they_are_from() {
    let app = App::start();
    let make = |name: &str, visibility: &str| make_network(&app, network(name, json!({ "visibility": visibility })));
    let [mine, other, hidden] =
        [("Oma", "public"), ("Muu", "public"), ("Piilo", "members")].map(|(name, seen)| make(name, seen));
    let me = somebody(&app, Token::Coordinator, json!({}));
    put(&app, &mine, &me, "chair");
    let ask = |from: &str, to: &str, what: &str| {
        post(&app, &format!("{}/links", path(from)), Token::Coordinator, json!({ "type": what, "to": to }))
    };
    let made = ask(&mine, &other, "part_of").expect(201).header("location").unwrap().to_owned();
    ask(&other, &mine, "steers").expect(403);
    // What they do not see is not there.
    assert_eq!(ask(&mine, &hidden, "part_of").expect(422).codes(), "invalid unknown_reference:/to");
    ask(&hidden, &mine, "part_of").expect(404);
    post(&app, &format!("{made}/end"), Token::Coordinator, json!({})).expect(200);
    let made = |from: &str, what: &str, to: &str| {
        link(&app, from, what, to, json!({})).expect(201).header("location").unwrap().to_owned()
    };
    let theirs = made(&other, "steers", &mine);
    post(&app, &format!("{theirs}/end"), Token::Coordinator, json!({})).expect(403);
    let mutual = made(&other, "partner_of", &mine);
    post(&app, &format!("{mutual}/end"), Token::Coordinator, json!({})).expect(200);
    let unseen = made(&mine, "succeeds", &hidden);
    post(&app, &format!("{unseen}/end"), Token::Coordinator, json!({})).expect(404);
    app.delete(&theirs).by(Token::Coordinator).if_match("*").send().expect(403);
}

#[test]
fn a_coordinator_decides_on_memberships_of_their_network_alone() {
    let app = App::start();
    let [mine, other] =
        ["Oma", "Muu"].map(|name| make_network(&app, network(name, json!({ "join_policy": "on_application" }))));
    let me = somebody(&app, Token::Coordinator, json!({}));
    put(&app, &mine, &me, "secretary");
    let [one, two, protected] = [("Yksi", false), ("Kaksi", false), ("Suojattu", true)]
        .map(|(name, protected)| make_person(&app, name, json!({ "protected": protected })));
    let apply = |network: &str, member: &str| {
        let made = post(&app, &format!("{}/join", path(network)), Token::Hr, json!({ "member_id": member }));
        made.expect(201).header("location").unwrap().to_owned()
    };
    let act = |membership: &str, verb: &str, body: Value| {
        post(&app, &format!("{membership}/{verb}"), Token::Coordinator, body)
    };
    let application = apply(&mine, &one);
    act(&application, "approve", json!({})).expect(200);
    let next = act(&application, "change-role", json!({ "role": "coordinator" })).expect(201);
    act(next.header("location").unwrap(), "end", json!({})).expect(200);
    act(&apply(&mine, &two), "reject", json!({ "note": "Ensi kerralla." })).expect(200);
    // Whoever applies to another network is for that one to decide on, and to know of.
    act(&apply(&other, &one), "approve", json!({})).expect(404);
    // What is a member's to say is not theirs.
    let asked =
        post(&app, &format!("{}/invite", path(&mine)), Token::Coordinator, json!({ "member_id": two })).expect(201);
    act(asked.header("location").unwrap(), "accept", json!({})).expect(403);
    post(&app, &format!("{}/join", path(&mine)), Token::Coordinator, json!({ "member_id": one })).expect(403);
    // Of whoever is protected they are told no more than of nobody.
    let nobody = "01900000-0000-7fff-bfff-ffffffffffff";
    let told: Vec<String> = [protected.as_str(), nobody]
        .iter()
        .map(|id| {
            let ask = post(&app, &format!("{}/nominate", path(&mine)), Token::Coordinator, json!({ "member_id": id }));
            ask.expect(422).codes()
        })
        .collect();
    assert_eq!(told[0], told[1]);
    act(&apply(&mine, &protected), "approve", json!({})).expect(404);
}

#[test]
fn everybody_speaks_for_themselves() {
    let app = App::start();
    let [house, ..] = houses(&app);
    let me = somebody(&app, Token::Themselves, json!({ "organisation_id": house }));
    let other = make_person(&app, "Muu", json!({}));
    let protected = make_person(&app, "Suojattu", json!({ "protected": true }));
    let open = make_network(&app, network("Avoin", json!({})));
    let hidden = make_network(&app, network("Piilo", json!({ "visibility": "members" })));
    let by = Token::Themselves;
    for (member, status) in [(&me, 200), (&other, 403), (&protected, 404)] {
        let path = format!("/v1/members/{member}");
        assert_eq!(patch(&app, &format!("{path}/profile"), by, json!({ "looking_for_peers": true })).status, status);
        assert_eq!(post(&app, &format!("{path}/confirm"), by, json!({})).status, status);
        // What the HR system owns is not theirs.
        assert_eq!(patch(&app, &path, by, json!({ "title": null })).status, 403);
    }
    let join = |network: &str, member: &str| {
        post(&app, &format!("{}/join", path(network)), by, json!({ "member_id": member }))
    };
    let own = join(&open, &me).expect(201);
    join(&open, &other).expect(403);
    join(&open, &protected).expect(403);
    join(&hidden, &me).expect(404);
    let own = own.header("location").unwrap();
    post(&app, &format!("{own}/end"), by, json!({})).expect(403);
    post(&app, &format!("{own}/leave"), by, json!({})).expect(200);
    // An invitation opens even what they do not see; nobody else's is theirs.
    let invite = |member: &str| {
        let asked = post(&app, &format!("{}/invite", path(&hidden)), Token::Admin, json!({ "member_id": member }));
        asked.expect(201).header("location").unwrap().to_owned()
    };
    post(&app, &format!("{}/accept", invite(&other)), by, json!({})).expect(404);
    post(&app, &format!("{}/accept", invite(&me)), by, json!({})).expect(200);
    app.get(&path(&hidden)).by(by).send().expect(200);
}

/// An answer that was given is given again to whoever still may have it.
#[test]
fn a_key_opens_nothing_to_whom_it_is_closed_by_now() {
    let app = App::start();
    let id = make_network(&app, network("Meidän", json!({})));
    let me = somebody(&app, Token::Coordinator, json!({}));
    let membership = put(&app, &id, &me, "coordinator");
    let guest = make_person(&app, "Vieras", json!({}));
    let invite = || {
        let body = json!({ "member_id": guest });
        app.post(&format!("{}/invite", path(&id)), body).by(Token::Coordinator).header("idempotency-key", "1").send()
    };
    let first = invite().expect(201);
    let again = invite().expect(201);
    assert_eq!((again.header("idempotency-replayed"), again.json()), (Some("true"), first.json()));
    post(&app, &format!("{membership}/end"), Token::Admin, json!({})).expect(200);
    invite().expect(403);
}

/// Whoever is taken the lead from in the same moment has changed the network before, or not at all.
#[test]
fn who_stops_leading_stops_at_once() {
    let app = App::start();
    let me = somebody(&app, Token::Coordinator, json!({}));
    for round in 0..8 {
        let id = make_network(&app, network("Meidän", json!({})));
        let membership = put(&app, &id, &me, "coordinator");
        let [edited, ended] =
            at_once([&|| patch(&app, &path(&id), Token::Coordinator, json!({ "min_size": 2 })), &|| {
                post(&app, &format!("{membership}/end"), Token::Admin, json!({}))
            }]);
        assert!([200, 403].contains(&edited) && ended == 200, "round {round}: {edited} {ended}");
        patch(&app, &path(&id), Token::Coordinator, json!({ "min_size": 3 })).expect(403);
    }
}

#[test]
fn everybody_is_told_what_they_may_and_why() {
    let app = App::start();
    let me = |token| app.get("/v1/me").by(token).send().expect(200).json();
    let by = |me: &Value| -> Vec<String> {
        me["grants"].as_array().unwrap().iter().map(|grant| text(&grant["by"])).collect()
    };
    let opens = |me: &Value, reason: &str| -> Vec<String> {
        let grant = me["grants"].as_array().unwrap().iter().find(|grant| grant["by"] == reason).unwrap();
        grant["operations"].as_array().unwrap().iter().map(text).collect()
    };
    let [house, ..] = houses(&app);
    let nobody = me(Token::Reader);
    assert_eq!(
        (by(&nobody), &nobody["coordinates"], &nobody["hr_of"]),
        (vec!["scope".to_owned()], &json!([]), &json!(null))
    );
    assert!(opens(&nobody, "scope").contains(&"list_networks".to_owned()));

    let id = make_network(&app, network("Piilo", json!({ "visibility": "members" })));
    let member = somebody(&app, Token::Coordinator, json!({}));
    assert_eq!(by(&me(Token::Coordinator)), ["scope", "self"]);
    put(&app, &id, &member, "chair");
    change(&app, &format!("/v1/organisations/{house}"), json!({ "contact_member_ids": [member] }));
    let known = me(Token::Coordinator);
    assert_eq!(by(&known), ["scope", "coordinator", "contact", "self"]);
    let [led] = known["coordinates"].as_array().unwrap().as_slice() else { panic!("{known}") };
    assert_eq!((&led["network"]["id"], &led["role"]), (&json!(id), &json!("chair")));
    assert_eq!(known["contact_of"][0]["id"], json!(house));
    assert!(opens(&known, "coordinator").contains(&"approve_membership".to_owned()));
    assert!(opens(&known, "contact").contains(&"patch_organisation".to_owned()));
    assert!(opens(&known, "self").contains(&"patch_profile".to_owned()));
    assert!(!opens(&known, "scope").contains(&"patch_network".to_owned()));

    let demo = App::demo();
    let limited = demo.get("/v1/me").by(Token::HrElsewhere).send().expect(200).json();
    assert_eq!(by(&limited), ["scope", "hr"]);
    assert_eq!(limited["hr_of"][0]["id"], "01900000-0000-7001-8000-000000000050");
    // Whoever may read people may; what is theirs to write is so as HR.
    let reads = [
        "get_member",
        "get_membership",
        "get_membership_counts",
        "get_profile",
        "list_member_memberships",
        "list_members",
        "list_network_memberships",
    ];
    assert_eq!(opens(&limited, "scope"), reads);
    assert!(opens(&limited, "hr").contains(&"create_member".to_owned()));
}
