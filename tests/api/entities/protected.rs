//! Who is protected is seen by themselves, by HR and by admins; nobody else finds them anywhere, by any operation.

use serde_json::{Value, json};

use super::people::{act, enter, hr, make_person, patch};
use super::{instant, logged, make_network, network, text, with};
use crate::contracts::operation::of_method;
use crate::harness::{App, Token};

/// A protected person of the demo, and a network that they are in.
const PERSON: &str = "01900000-0000-7007-8000-000000000257";
const NETWORK: &str = "01900000-0000-7002-8000-000000000022";

/// Who reads and is not to find them.
const OTHERS: [Token; 3] = [Token::Reader, Token::Writer, Token::Demo];

#[test]
fn nobody_else_finds_them_by_any_read() {
    let app = App::demo();
    let person = hr(&app, &format!("/v1/members/{PERSON}"));
    assert_eq!(person["protected"], true);
    let membership = hr(&app, &format!("/v1/members/{PERSON}/memberships"))["items"][0].clone();
    assert_eq!(membership["network_id"], NETWORK);
    let words = ["id", "user_name"].map(|field| text(&person[field]));
    let words: Vec<&str> = words.iter().map(String::as_str).chain(membership["id"].as_str()).collect();
    let mut seen_by_hr = 0;
    for operation in of_method("GET") {
        let mut paths = vec![operation.path()];
        // Where it is about a person, a network or a membership, about theirs.
        for own in [PERSON, NETWORK, words[2]] {
            paths.push(
                operation.path_by(|name, example| if name == "id" { own.to_owned() } else { example.to_owned() }),
            );
        }
        paths.sort();
        paths.dedup();
        let include = operation.values("include").join(",");
        let mut queries = vec![String::new()];
        if operation.takes("query", "limit") {
            queries.extend(["limit=200&count=true", "limit=200&sort=-created_at"].map(str::to_owned));
        }
        if !include.is_empty() {
            queries.push(format!(
                "include={include}{}",
                if operation.takes("query", "limit") { "&limit=200" } else { "" }
            ));
        }
        if operation.takes("query", "as_of") {
            queries.push(format!("as_of={}", instant()));
        }
        for (path, query) in paths.iter().flat_map(|path| queries.iter().map(move |query| (path, query))) {
            for caller in OTHERS.into_iter().chain([Token::Hr]) {
                let mut target = format!("{path}?{query}");
                // Page after page, where there are several.
                loop {
                    let answer = app.get(&target).by(caller).send();
                    // What was asked for by its id is named in what is refused.
                    let body = String::from_utf8_lossy(&answer.body).into_owned();
                    let found = answer.status == 200 && words.iter().any(|word| body.contains(*word));
                    if caller == Token::Hr {
                        seen_by_hr += usize::from(found);
                    } else {
                        assert!(!found, "{} finds them by {caller:?}: {target}: {body}", operation.id);
                    }
                    let next =
                        (answer.status == 200).then(|| answer.json()["next"].as_str().map(str::to_owned)).flatten();
                    match next {
                        Some(next) if operation.takes("query", "limit") => {
                            target = format!("{path}?{query}&cursor={next}")
                        }
                        _ => break,
                    }
                }
            }
        }
    }
    assert!(seen_by_hr > 10, "the words are no good: HR found them {seen_by_hr} times");
}

#[test]
fn they_are_not_there_for_others_and_whole_for_themselves() {
    let app = App::demo();
    for caller in OTHERS {
        for path in ["", "/profile", "/memberships"] {
            let answer = app.get(&format!("/v1/members/{PERSON}{path}")).by(caller).send().expect(404);
            assert_eq!(answer.codes(), "not_found", "{caller:?} {path}");
        }
    }
    let body = json!({ "issuer": "solmu", "subject": "Reader" });
    app.post(&format!("/v1/members/{PERSON}/identities"), body).by(Token::Hr).send().expect(201);
    let own =
        app.get(&format!("/v1/members/{PERSON}?include=completeness")).by(Token::Reader).send().expect(200).json();
    assert_eq!((&own["protected"], &own["hidden"]), (&json!(true), &json!(null)));
    assert!(own["completeness"]["percent"].is_u64() && own["user_name"].is_string());
    let list =
        |query: &str| app.get(&format!("/v1/members?count=true&{query}")).by(Token::Reader).send().expect(200).json();
    let name = format!("{}%20{}", text(&own["family_name"]), text(&own["given_name"])).to_lowercase();
    for query in
        [format!("name_prefix={name}"), format!("user_name={}", text(&own["user_name"])), "status=active".to_owned()]
    {
        let found = list(&query);
        assert_eq!((&found["total"], &found["items"][0]["id"]), (&json!(1), &json!(PERSON)), "{query}");
    }
    let page = app.get(&format!("/v1/members/{PERSON}/memberships")).by(Token::Reader).send().expect(200).json();
    assert!(!page["items"].as_array().unwrap().is_empty());
}

/// Neither does whoever leads a network that they are in.
#[test]
fn coordinators_do_not_find_them_in_their_network() {
    let app = App::start();
    let led = make_network(&app, network("Johdettu", json!({})));
    let [leader, hidden, shy] = ["Vetäjä", "Suojattu", "Arka"].map(|name| make_person(&app, name, json!({})));
    enter(&app, &led, "nominate", &leader, json!({ "role": "chair" }));
    for other in [&hidden, &shy] {
        enter(&app, &led, "join", other, json!({}));
    }
    patch(&app, &format!("/v1/members/{hidden}"), json!({ "protected": true }));
    patch(&app, &format!("/v1/members/{shy}/profile"), json!({ "visibility": { "memberships": "only_me" } }));
    let body = json!({ "issuer": "solmu", "subject": "Reader" });
    app.post(&format!("/v1/members/{leader}/identities"), body).by(Token::Hr).send().expect(201);
    let names = |caller: Token| {
        let page = app.get(&format!("/v1/networks/{led}/memberships?include=member&count=true")).by(caller).send();
        let page = page.expect(200).json();
        assert_eq!(page["total"], page["items"].as_array().unwrap().len());
        super::people::family_names(&page)
    };
    assert_eq!(names(Token::Reader), ["Arka", "Vetäjä"]);
    assert_eq!(names(Token::Writer), ["Vetäjä"]);
    assert_eq!(names(Token::Hr), ["Arka", "Suojattu", "Vetäjä"]);
    let page = app.get(&format!("/v1/members?network={led}&count=true")).by(Token::Reader).send().expect(200).json();
    assert_eq!(page["total"], 2);
}

/// That somebody protected was there once is not told either.
#[test]
fn whoever_was_deleted_while_protected_was_never_there() {
    let app = App::start();
    for (name, protected, expected) in [("Avoin", false, 410), ("Suojattu", true, 404)] {
        let path = format!("/v1/members/{}", make_person(&app, name, json!({ "protected": protected })));
        app.delete(&path).by(Token::Hr).if_match("*").send().expect(204);
        for caller in [Token::Reader, Token::Writer] {
            assert_eq!(app.get(&path).by(caller).send().status, expected, "{name} by {caller:?}");
        }
        for caller in [Token::Hr, Token::Admin] {
            assert_eq!(app.get(&path).by(caller).send().status, 410, "{name} by {caller:?}");
        }
    }
}

/// What is for HR alone is told to the HR of some organisations of its own people.
#[test]
fn the_hr_of_a_house_finds_its_own_people() {
    let app = App::demo();
    let house = "01900000-0000-7001-8000-000000000050";
    let other = app.organisation("Muualla");
    let make = |name: &str, house: &str, fields: Value| {
        let email = json!({ "email": "sama@example.fi", "organisation_id": house, "office": "rector" });
        make_person(&app, name, with(email, fields))
    };
    let own = [make("Oma1", house, json!({})), make("Oma2", house, json!({ "protected": true }))];
    let others = [make("Muu1", &other, json!({})), make("Muu2", &other, json!({ "protected": true }))];
    let read = |target: &str, token: Token| app.get(target).by(token).send();
    let list = |target: &str| read(target, Token::HrElsewhere).expect(200).json();
    // Oma1 with Oma2, Oma2 with Muu1, Muu1 with Muu2.
    let pairs =
        |token: Token| read("/v1/member-duplicates?count=true&limit=200", token).expect(200).json()["total"].clone();
    let before = pairs(Token::Hr).as_u64().unwrap();
    let found = list("/v1/member-duplicates?count=true&limit=200&reason=same_email");
    assert_eq!((found["total"].as_u64(), &found["items"][0]["first"]["id"]), (Some(1), &json!(own[0])));
    assert!(before >= 3 && pairs(Token::Admin) == before);

    let rule = json!({ "offices": ["rector"] });
    let fields = json!({ "join_policy": "ex_officio", "formality": "official", "ex_officio_rule": rule });
    let led = make_network(&app, network("Rehtorit", fields));
    let touched = |token: Token| {
        let page = read(&format!("/v1/networks/{led}/ex-officio?count=true&limit=200"), token).expect(200).json();
        let ids: Vec<String> = page["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect();
        assert_eq!(page["total"], ids.len());
        ids
    };
    assert_eq!(touched(Token::HrElsewhere), own);
    assert!(others.iter().all(|id| touched(Token::Hr).contains(id)));

    for (member, status) in [(&own[0], 200), (&own[1], 200), (&others[0], 403), (&others[1], 404)] {
        let body = json!({ "issuer": "solmu", "subject": member });
        let made = app.post(&format!("/v1/members/{member}/identities"), body).by(Token::Hr).send().expect(201);
        for target in [format!("/v1/members/{member}/identities"), made.header("location").unwrap().to_owned()] {
            assert_eq!(read(&target, Token::HrElsewhere).status, status, "{target}");
        }
    }
}

/// An organisation names its contacts to everybody.
#[test]
fn who_becomes_protected_is_nobodys_contact() {
    let app = App::start();
    let house = app.organisation("Talo");
    let [contact, other] =
        ["Yhteys", "Toinen"].map(|name| make_person(&app, name, json!({ "organisation_id": house })));
    let path = format!("/v1/organisations/{house}");
    let body = json!({ "contact_member_ids": [contact, other] });
    app.patch(&path, body).by(Token::Writer).if_match("*").send().expect(200);
    let before = instant();
    patch(&app, &format!("/v1/members/{contact}"), json!({ "protected": true }));
    for target in [path.clone(), format!("{path}?as_of={before}")] {
        let seen = app.get(&target).by(Token::Reader).send().expect(200).json();
        assert_eq!(seen["contact_member_ids"], json!([other]), "{target}");
    }
    // Nor does a change of something else make them so again.
    patch(&app, &format!("/v1/members/{contact}"), json!({ "phone": "1" }));
    let again = app.patch(&path, json!({ "contact_member_ids": [contact] })).by(Token::Writer).if_match("*").send();
    assert_eq!(again.status, 422, "{again:?}");
}

/// That a network has a coordinator is told of those whom everybody sees coordinating it: of others, it would tell that
/// they are there.
#[test]
fn whoever_is_out_of_sight_coordinates_nothing() {
    let app = App::start();
    let club = make_network(&app, network("Kerho", json!({})));
    let needs = |expected: bool| {
        for caller in [Token::Reader, Token::Writer, Token::Admin] {
            let read = |target: String| app.get(&target).by(caller).send().expect(200).json();
            let one = read(format!("/v1/networks/{club}"));
            let counts = read(format!("/v1/networks/{club}/membership-counts"));
            let listed = read("/v1/networks?needs_coordinator=true&count=true".to_owned());
            let told = [&one["needs_coordinator"], &counts["needs_coordinator"], &json!(listed["total"] == 1)];
            assert_eq!(told, [&json!(expected); 3], "{caller:?}");
        }
    };
    let [person, twin] = ["Aalto", "Berg"].map(|name| make_person(&app, name, json!({ "email": "a@example.fi" })));
    let show = |id: &str, audience: &str| {
        patch(&app, &format!("/v1/members/{id}/profile"), json!({ "visibility": { "memberships": audience } }));
    };
    let path = format!("/v1/members/{person}");
    let first = enter(&app, &club, "nominate", &person, json!({ "role": "coordinator" }));
    needs(false);
    for audience in ["only_me", "own_organisation", "shared_networks"] {
        show(&person, audience);
        needs(true);
        show(&person, "administration");
        needs(false);
    }
    patch(&app, &path, json!({ "protected": true }));
    needs(true);
    // Whoever hides it may come and go, and nobody is told.
    show(&twin, "only_me");
    let changes = logged(&app, &club).len();
    let seat = enter(&app, &club, "nominate", &twin, json!({ "role": "coordinator" }));
    act(&app, &seat, "leave", json!({})).expect(200);
    enter(&app, &club, "nominate", &twin, json!({ "role": "coordinator" }));
    assert_eq!(logged(&app, &club).len(), changes);
    // Of two records, it is hidden as it was in either.
    patch(&app, &path, json!({ "protected": false }));
    needs(false);
    act(&app, &first, "end", json!({})).expect(200);
    needs(true);
    let merged = json!({ "duplicate_id": twin });
    app.post(&format!("{path}/merge"), merged).by(Token::Hr).if_match("*").send().expect(200);
    needs(true);
    show(&person, "administration");
    needs(false);
    patch(&app, &path, json!({ "status": "left" }));
    needs(true);
}
