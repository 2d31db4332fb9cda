//! Who members are to issuers of tokens: each identity is one member's, and one that is taken away is nobody's.

use serde_json::json;

use super::people::{hr, make_person};
use super::{at_once, instant};
use crate::client::Answer;
use crate::harness::{App, Token};

fn link(app: &App, member: &str, issuer: &str, subject: &str) -> Answer {
    let body = json!({ "issuer": issuer, "subject": subject });
    app.post(&format!("/v1/members/{member}/identities"), body).by(Token::Hr).send()
}

#[test]
fn an_identity_is_one_members() {
    let app = App::start();
    let [one, other] = ["Aalto", "Berg"].map(|name| make_person(&app, name, json!({})));
    let path = link(&app, &one, "solmu", "aalto").expect(201).header("location").unwrap().to_owned();
    link(&app, &one, "https://login.example", "aalto").expect(201);
    link(&app, &one, "solmu", "Aalto").expect(201);
    for member in [&one, &other] {
        assert_eq!(link(&app, member, "solmu", "aalto").expect(409).codes(), "conflict taken:/subject");
    }
    let list = format!("/v1/members/{one}/identities");
    assert_eq!(hr(&app, &format!("{list}?count=true"))["total"], 3);
    assert_eq!(hr(&app, &format!("{list}?count=true&issuer=solmu"))["total"], 2);
    assert_eq!(hr(&app, &format!("{list}?count=true&issuer=x"))["total"], 0);
    // It lies below its own member alone.
    app.get(&path.replace(&one, &other)).by(Token::Hr).send().expect(404);
    let then = instant();
    app.delete(&path).by(Token::Hr).if_match("*").send().expect(204);
    link(&app, &other, "solmu", "aalto").expect(201);
    assert_eq!(hr(&app, &format!("{path}?as_of={then}"))["subject"], "aalto");
    assert_eq!(hr(&app, &format!("{list}?as_of={then}&count=true"))["total"], 3);
    link(&app, "01900000-0000-7007-8000-00000000ffff", "solmu", "x").expect(404);
    for (subject, fault) in
        [("åke", "not_ascii"), (" x", "not_ascii"), ("", "empty_text"), (&*"x".repeat(256), "too_long")]
    {
        assert_eq!(link(&app, &one, "solmu", subject).expect(422).codes(), format!("invalid {fault}:/subject"));
    }
    link(&app, &one, &"i".repeat(500), &"x".repeat(255)).expect(201);
}

#[test]
fn of_two_links_at_once_one_wins() {
    let app = App::start();
    let [one, other] = ["Aalto", "Berg"].map(|name| make_person(&app, name, json!({})));
    for round in 0..10 {
        let subject = round.to_string();
        let mut statuses =
            at_once([&|| link(&app, &one, "solmu", &subject), &|| link(&app, &other, "solmu", &subject)]);
        statuses.sort();
        assert_eq!(statuses, [201, 409], "round {round}");
    }
}
