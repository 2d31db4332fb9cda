//! Whatever is done with the id of something that the caller does not see is answered as for an id that never was.

use serde_json::{Value, json};

use super::people::{act, enter, make_person, patch};
use super::{make_network, network, with};
use crate::client::Answer;
use crate::contracts::operation::OPERATIONS;
use crate::contracts::roles::become_member;
use crate::harness::{App, ELSEWHERE, Token};

/// A network that those tokens coordinate that coordinate one elsewhere.
fn led_elsewhere(app: &App) -> String {
    let leader = make_person(app, "Muualla", json!({}));
    become_member(app, Token::CoordinatorElsewhere, &leader);
    let led = make_network(app, network("Muualla", json!({})));
    enter(app, &led, "nominate", &leader, json!({ "role": "coordinator" }));
    led
}

/// What never was.
const NOTHING: &str = "01900000-0000-7fff-bfff-ffffffffffff";

fn merge(app: &App, caller: Token, id: &str, duplicate: &str) -> Answer {
    let body = json!({ "duplicate_id": duplicate });
    app.post(&format!("/v1/members/{id}/merge"), body).by(caller).if_match("*").send()
}

fn erase(app: &App, path: &str) {
    app.delete(path).by(Token::Admin).if_match("*").send().expect(204);
}

/// People of whom only their HR and admins know: who is protected, has left, was merged into somebody protected, or was
/// deleted as either.
fn people(app: &App) -> Vec<String> {
    let hidden = |name: &str, fields: Value| {
        let id = make_person(app, name, json!({}));
        patch(app, &format!("/v1/members/{id}"), fields);
        id
    };
    let guarded = json!({ "protected": true });
    let left = json!({ "status": "left" });
    let mut all = vec![hidden("Aalto", guarded.clone()), hidden("Berg", left.clone())];
    let duplicate = make_person(app, "Aallokas", json!({}));
    merge(app, Token::Hr, &all[0], &duplicate).expect(200);
    all.push(duplicate);
    for (name, fields) in [("Ceder", guarded), ("Dahl", left)] {
        let id = hidden(name, fields);
        erase(app, &format!("/v1/members/{id}"));
        all.push(id);
    }
    all
}

/// Memberships that those alone see whose they are, who lead the network, and HR: of somebody who hides theirs, of somebody
/// protected, an application of anybody, and past ones of such people in a network that is gone.
fn memberships(app: &App) -> Vec<String> {
    let [shy, guarded, open] = ["Ek", "Fors", "Grahn"].map(|name| make_person(app, name, json!({})));
    let profile = json!({ "visibility": { "memberships": "only_me" } });
    patch(app, &format!("/v1/members/{shy}/profile"), profile);
    patch(app, &format!("/v1/members/{guarded}"), json!({ "protected": true }));
    let make = |policy: &str| make_network(app, network(policy, json!({ "join_policy": policy })));
    let [club, asked, gone] = ["open", "on_application", "by_invitation"].map(make);
    let mut paths = vec![
        enter(app, &club, "join", &shy, json!({})),
        enter(app, &club, "join", &guarded, json!({})),
        enter(app, &asked, "join", &open, json!({})),
    ];
    for person in [&shy, &guarded] {
        let path = enter(app, &gone, "nominate", person, json!({}));
        act(app, &path, "end", json!({})).expect(200);
        paths.push(path);
    }
    erase(app, &format!("/v1/networks/{gone}"));
    paths.iter().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect()
}

/// Networks that their members alone see, and one that is gone.
fn networks(app: &App) -> Vec<String> {
    let hidden = |name: &str| make_network(app, network(name, json!({ "visibility": "members" })));
    let [there, gone] = ["Salattu", "Poistettu"].map(hidden);
    erase(app, &format!("/v1/networks/{gone}"));
    vec![there, gone]
}

#[test]
fn an_id_out_of_sight_is_as_one_that_never_was() {
    use Token::{CoordinatorElsewhere, Demo, HrElsewhere, Reader, Writer, WriterAndHrElsewhere};
    let app = App::demo();
    led_elsewhere(&app);
    let all = [Reader, CoordinatorElsewhere, HrElsewhere, Demo, Writer, WriterAndHrElsewhere];
    let mut asked = 0;
    for (begin, hidden, callers) in [
        ("/v1/members/{id}", people(&app), &all[..]),
        ("/v1/memberships/{id}", memberships(&app), &all[..]),
        // Who writes the directory sees every network.
        ("/v1/networks/{id}", networks(&app), &all[..3]),
    ] {
        for operation in OPERATIONS.iter().filter(|operation| operation.template.starts_with(begin)) {
            let send = |id: &str, caller: Token| {
                let path = operation.path_by(|name, example| if name == "id" { id } else { example }.to_owned());
                let answer = operation.to(&app, &path).by(caller).send();
                assert!(answer.status >= 400, "{caller:?} {answer:?}");
                (answer.status, answer.codes())
            };
            for &caller in callers {
                let nothing = send(NOTHING, caller);
                for id in &hidden {
                    assert_eq!(send(id, caller), nothing, "{caller:?} {} {id}", operation.id);
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 500, "{asked}");
}

/// Nor does a body tell more of them than of what never was.
#[test]
fn a_duplicate_out_of_sight_is_as_one_that_never_was() {
    let app = App::demo();
    let own = make_person(&app, "Oma", json!({ "organisation_id": ELSEWHERE }));
    let told = |duplicate: &str| {
        let answer = merge(&app, Token::HrElsewhere, &own, duplicate);
        (answer.status, answer.codes())
    };
    assert_eq!(told(NOTHING), (422, "invalid unknown_reference:/duplicate_id".to_owned()));
    for hidden in people(&app) {
        assert_eq!(told(&hidden), told(NOTHING), "{hidden}");
    }
}

/// That an id in an outside system is taken would tell of a network that whoever leads another does not see.
#[test]
fn external_ids_of_networks_are_for_those_who_see_all() {
    let app = App::demo();
    let taken = json!({ "external_ids": [{ "source": "intranet", "id": "salattu" }] });
    make_network(&app, network("Salattu", with(taken.clone(), json!({ "visibility": "members" }))));
    let other = json!({ "external_ids": [{ "source": "intranet", "id": "vapaa" }] });
    let led = led_elsewhere(&app);
    for body in [taken, other] {
        let answer =
            app.patch(&format!("/v1/networks/{led}"), body).by(Token::CoordinatorElsewhere).if_match("*").send();
        assert_eq!((answer.status, answer.codes()), (403, "reserved field_reserved:/external_ids".to_owned()));
    }
}
