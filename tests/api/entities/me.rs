//! What concerns the caller.

use serde_json::{Value, json};

use super::people::{act, enter, make_person};
use super::{change, make_network, network, text};
use crate::harness::{App, Token};

fn me(app: &App, token: Token) -> Value {
    app.get("/v1/me").by(token).send().expect(200).json()
}

fn link(app: &App, member: &str, token: Token) {
    let body = json!({ "issuer": "solmu", "subject": format!("{token:?}") });
    app.post(&format!("/v1/members/{member}/identities"), body).by(Token::Hr).send().expect(201);
}

#[test]
fn whoever_is_signed_in_is_told_who_they_are() {
    let app = App::start();
    app.get("/v1/me").send().expect(401);
    let open = App::with(false, |config| config.anonymous_read = true);
    open.get("/v1/me").send().expect(401);
    for (token, scopes) in [
        (Token::Reader, json!(["directory:read"])),
        (Token::Writer, json!(["directory:read", "directory:write"])),
        (Token::Hr, json!(["hr:sync"])),
        (Token::Admin, json!(["admin"])),
    ] {
        let me = me(&app, token);
        assert_eq!((&me["member"], &me["scopes"]), (&Value::Null, &scopes));
        assert_eq!((&me["memberships"], &me["memberships_total"]), (&json!([]), &json!(0)));
        assert_eq!(me["awaiting"]["applications"], json!([]));
        assert!(me["id"].as_str().unwrap().len() >= 12);
    }
    assert_ne!(me(&app, Token::Reader)["id"], me(&app, Token::Hr)["id"]);
    app.get("/v1/me?colour=red").by(Token::Reader).send().expect(400);
}

#[test]
fn a_member_finds_their_networks_and_what_awaits_them() {
    let app = App::start();
    let [mine, other] = ["Aalto", "Berg"].map(|name| make_person(&app, name, json!({})));
    link(&app, &mine, Token::Reader);
    let make = |name: &str, fields: Value| make_network(&app, network(name, fields));
    let hidden = make("Piilo", json!({ "visibility": "members" }));
    let led = make("Johdettu", json!({ "join_policy": "on_application" }));
    let followed = make("Seurattu", json!({ "join_policy": "on_application" }));
    let left = make("Jätetty", json!({}));
    let body = json!({ "member_id": mine });
    app.post(&format!("/v1/networks/{hidden}/invite"), body).by(Token::Admin).send().expect(201);
    enter(&app, &led, "nominate", &mine, json!({ "role": "secretary" }));
    enter(&app, &followed, "nominate", &mine, json!({}));
    let path = enter(&app, &left, "join", &mine, json!({}));
    act(&app, &path, "leave", json!({})).expect(200);
    for network in [&led, &followed] {
        enter(&app, network, "join", &other, json!({ "note": "Minäkin" }));
    }

    let me = me(&app, Token::Reader);
    assert_eq!((&me["member"]["id"], &me["member"]["family_name"]), (&json!(mine), &json!("Aalto")));
    let networks = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|item| text(&item["network"]["name"]["fi"])).collect()
    };
    assert_eq!(networks(&me["memberships"]), ["Piilo", "Johdettu", "Seurattu"]);
    assert_eq!(networks(&me["awaiting"]["invitations"]), ["Piilo"]);
    let applications = &me["awaiting"]["applications"];
    assert_eq!(networks(applications), ["Johdettu"]);
    assert_eq!(applications[0]["member"]["family_name"], "Berg");
    // Of somebody else there is no more than a mention.
    let mut known: Vec<_> = applications[0]["member"].as_object().unwrap().keys().collect();
    known.sort();
    assert_eq!(known, ["family_name", "given_name", "id", "organisation_id", "title"]);
    // Of whoever is protected there is none.
    let hidden = make_person(&app, "Cavén", json!({ "protected": true }));
    enter(&app, &led, "join", &hidden, json!({}));
    assert_eq!(self::me(&app, Token::Reader)["awaiting"]["applications_total"], 1);
    let totals = ["invitations_total", "applications_total"].map(|name| me["awaiting"][name].clone());
    assert_eq!((&me["memberships_total"], totals), (&json!(3), [json!(1), json!(1)]));
    // Of what is closed there is none: nobody is let in there any more.
    change(&app, &format!("/v1/networks/{led}"), json!({ "status": "closed" }));
    let awaiting = self::me(&app, Token::Reader)["awaiting"].clone();
    assert_eq!((&awaiting["applications_total"], &awaiting["applications"]), (&json!(0), &json!([])));
}

/// Both lists stop at 200, and say how many there are.
#[test]
fn a_long_list_is_cut_and_counted() {
    let app = App::start();
    let mine = make_person(&app, "Aalto", json!({}));
    link(&app, &mine, Token::Reader);
    let led = make_network(&app, network("Johdettu", json!({ "join_policy": "on_application" })));
    enter(&app, &led, "nominate", &mine, json!({ "role": "chair" }));
    for number in 0..203 {
        let other = make_person(&app, &format!("N{number}"), json!({}));
        enter(&app, &led, "join", &other, json!({}));
    }
    let awaiting = me(&app, Token::Reader)["awaiting"].clone();
    assert_eq!(
        (awaiting["applications"].as_array().unwrap().len(), &awaiting["applications_total"]),
        (200, &json!(203))
    );
}
