//! Who may do what: every operation and every kind of caller in one table. An operation that is not in it fails here.

use serde_json::Value;

use super::operation::{EVERY, OPERATIONS, Operation};
use super::roles::{become_member, cast, subject};
use crate::documented;
use crate::harness::{App, Token};

/// The kinds of callers, as the columns of the table. Those who are something are so to what the example is about: `HrOfAll` is
/// the HR of its people and no others', `Coordinator` leads its network, `Contact` is that of its organisation or of the one
/// that owns its network, `Themselves` are whom it is about; and two who are so to something else.
const CALLERS: [Token; 11] = [
    Token::None,
    Token::Reader,
    Token::Writer,
    Token::Hr,
    Token::HrOfAll,
    Token::HrElsewhere,
    Token::CoordinatorElsewhere,
    Token::Coordinator,
    Token::Contact,
    Token::Themselves,
    Token::Admin,
];

/// What each gets for the example of the operation.
#[rustfmt::skip]
const TABLE: &[(&str, [u16; 11])] = &[
    // none reader writer, hr: everywhere theirs elsewhere, coordinator: elsewhere here, contact, self, admin
    ("get_graph", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("get_network", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("get_network_link", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("get_organisation", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("get_concept", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("get_vocabulary", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("list_suggestions", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("search_directory", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("list_concepts", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("list_vocabularies", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("list_network_links", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("list_networks", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("list_organisations", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("get_organisation_change", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("get_organisation_change_preview", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("list_organisation_changes", [401, 200, 200, 403, 403, 403, 200, 200, 200, 200, 200]),
    ("create_organisation_change", [401, 403, 201, 403, 403, 403, 403, 403, 403, 403, 201]),
    ("cancel_organisation_change", [401, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("patch_organisation_change", [401, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("replace_organisation_change", [401, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("delete_organisation_change", [401, 403, 204, 403, 403, 403, 403, 403, 403, 403, 204]),
    ("get_organisation_change_people", [401, 403, 403, 200, 200, 200, 403, 403, 403, 403, 200]),
    ("apply_organisation_change", [401, 403, 403, 200, 403, 403, 403, 403, 403, 403, 200]),
    ("create_concept", [401, 403, 201, 403, 403, 403, 403, 403, 403, 403, 201]),
    ("create_vocabulary", [401, 403, 201, 403, 403, 403, 403, 403, 403, 403, 201]),
    ("patch_concept", [401, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("patch_vocabulary", [401, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("replace_concept", [401, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("replace_vocabulary", [401, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("delete_concept", [401, 403, 204, 403, 403, 403, 403, 403, 403, 403, 204]),
    // A file, which is only tried.
    ("import_vocabulary", [401, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("delete_vocabulary", [401, 403, 204, 403, 403, 403, 403, 403, 403, 403, 204]),
    ("create_network", [401, 403, 201, 403, 403, 403, 403, 403, 403, 403, 201]),
    ("create_network_link", [401, 403, 201, 403, 403, 403, 403, 201, 201, 403, 201]),
    ("create_organisation", [401, 403, 201, 403, 403, 403, 403, 403, 403, 403, 201]),
    ("end_network_link", [401, 403, 200, 403, 403, 403, 403, 200, 200, 403, 200]),
    ("list_network_duplicates", [401, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("merge_network", [401, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("patch_network", [401, 403, 200, 403, 403, 403, 403, 200, 200, 403, 200]),
    ("patch_organisation", [401, 403, 200, 403, 403, 403, 403, 403, 200, 403, 200]),
    // Nobody owns the network of the example, and so no contact does.
    ("replace_network", [401, 403, 200, 403, 403, 403, 403, 200, 403, 403, 200]),
    ("replace_organisation", [401, 403, 200, 403, 403, 403, 403, 403, 200, 403, 200]),
    ("delete_network", [401, 403, 204, 403, 403, 403, 403, 403, 403, 403, 204]),
    ("delete_network_link", [401, 403, 204, 403, 403, 403, 403, 403, 403, 403, 204]),
    ("delete_organisation", [401, 403, 204, 403, 403, 403, 403, 403, 403, 403, 204]),
    ("get_me", [401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("get_member", [401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("get_member_identity", [401, 403, 403, 200, 200, 403, 403, 403, 403, 403, 200]),
    ("get_membership", [401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("get_membership_counts", [401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("get_profile", [401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("list_ex_officio_differences", [401, 403, 403, 200, 200, 200, 403, 403, 403, 403, 200]),
    ("list_member_duplicates", [401, 403, 403, 200, 200, 200, 403, 403, 403, 403, 200]),
    ("list_member_identities", [401, 403, 403, 200, 200, 403, 403, 403, 403, 403, 200]),
    ("list_member_memberships", [401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("list_members", [401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("list_network_memberships", [401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    // Whom an invitation or an application is none of the business of does not see it.
    ("accept_membership", [401, 404, 404, 200, 200, 404, 404, 403, 404, 200, 200]),
    ("apply_ex_officio_rule", [401, 403, 403, 200, 403, 403, 403, 403, 403, 403, 200]),
    ("approve_membership", [401, 404, 404, 200, 200, 404, 404, 200, 404, 403, 200]),
    ("change_membership_role", [401, 403, 403, 201, 201, 403, 403, 201, 403, 403, 201]),
    ("confirm_member", [401, 403, 403, 200, 200, 403, 403, 403, 403, 200, 200]),
    ("create_member", [401, 403, 403, 201, 201, 403, 403, 403, 403, 403, 201]),
    ("create_member_identity", [401, 403, 403, 201, 201, 403, 403, 403, 403, 403, 201]),
    ("decline_membership", [401, 404, 404, 200, 200, 404, 404, 403, 404, 200, 200]),
    ("end_membership", [401, 403, 403, 200, 200, 403, 403, 200, 403, 403, 200]),
    ("invite_to_network", [401, 403, 403, 201, 201, 403, 403, 201, 403, 403, 201]),
    ("join_network", [401, 403, 403, 201, 201, 403, 403, 403, 403, 201, 201]),
    ("leave_membership", [401, 403, 403, 200, 200, 403, 403, 403, 403, 200, 200]),
    ("merge_member", [401, 403, 403, 200, 200, 403, 403, 403, 403, 403, 200]),
    ("nominate_to_network", [401, 403, 403, 201, 201, 403, 403, 201, 403, 403, 201]),
    ("patch_member", [401, 403, 403, 200, 200, 403, 403, 403, 403, 403, 200]),
    ("patch_profile", [401, 403, 403, 200, 200, 403, 403, 403, 403, 200, 200]),
    ("reject_membership", [401, 404, 404, 200, 200, 404, 404, 200, 404, 403, 200]),
    ("replace_member", [401, 403, 403, 200, 200, 403, 403, 403, 403, 403, 200]),
    ("replace_profile", [401, 403, 403, 200, 200, 403, 403, 403, 403, 200, 200]),
    ("delete_member", [401, 403, 403, 204, 204, 403, 403, 403, 403, 403, 204]),
    ("delete_member_identity", [401, 403, 403, 204, 204, 403, 403, 403, 403, 403, 204]),
    ("dismiss_network_duplicate", [401, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("restore_network_duplicate", [401, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200]),
    ("dismiss_member_duplicate", [401, 403, 403, 200, 403, 403, 403, 403, 403, 403, 200]),
    ("restore_member_duplicate", [401, 403, 403, 200, 403, 403, 403, 403, 403, 403, 200]),
];

/// The operations that ask nobody who they are, each with a path to it.
const OPEN: [(&str, &str); 5] = [
    ("get_health", "/healthz"),
    ("get_metrics", "/metrics"),
    ("get_openapi", "/openapi.json"),
    ("get_problem_type", "/problems/invalid"),
    ("get_readiness", "/readyz"),
];

/// What callers without a token get where anonymous reads are configured, and the operation is among those.
pub const ANONYMOUS: &[&str] = &[
    "get_concept",
    "get_graph",
    "get_network",
    "get_network_link",
    "get_organisation",
    "get_vocabulary",
    "list_concepts",
    "list_network_links",
    "list_networks",
    "list_organisations",
    "list_suggestions",
    "list_vocabularies",
    "search_directory",
];

/// Every operation of the document, of whichever profile, but for those that are named as open to all.
fn guarded() -> impl Iterator<Item = &'static Operation> {
    EVERY.iter().filter(|operation| !OPEN.iter().any(|(id, _)| *id == operation.id))
}

fn row(operation: &Operation) -> [u16; 11] {
    let row = TABLE.iter().find(|(id, _)| *id == operation.id);
    row.unwrap_or_else(|| panic!("who may {}? It is not in the table", operation.id)).1
}

/// Who fails changes nothing, so one directory serves all who fail and the first that may; the next gets another.
#[test]
fn each_caller_may_what_the_table_says() {
    for (id, _) in TABLE {
        assert!(guarded().any(|operation| operation.id == *id), "{id} is no operation, or one that is open to all");
    }
    let changes = |caller: Token| guarded().any(|one| one.method != "GET" && is_let_in(&row(one), caller));
    for may in CALLERS.into_iter().filter(|caller| changes(*caller)) {
        let app = App::demo();
        cast(&app);
        for operation in guarded() {
            let row = row(operation);
            let about = subject(&app, operation).map(|member| become_member(&app, Token::Themselves, &member));
            let mut turns: Vec<_> = CALLERS.iter().zip(row).filter(|(_, status)| *status >= 400).collect();
            let reads = operation.method == "GET";
            let let_in = CALLERS.iter().zip(row).filter(|(_, status)| *status < 400);
            turns.extend(let_in.filter(|(caller, _)| reads || **caller == may));
            for (caller, status) in turns {
                let answer = operation.request(&app).by(*caller).send();
                assert_eq!(answer.status, status, "{} by {caller:?}: {answer:?}", operation.id);
            }
            // They are somebody else in the next; where they were deleted, nobody is left.
            if let Some(identity) = about {
                app.delete(&identity).by(Token::Admin).if_match("*").send();
            }
        }
    }
}

/// What is open is open by its name alone: the document asks for no token there and for one everywhere else. What is
/// answered is the same whoever asks, and with a token that is no good.
#[test]
fn what_is_open_is_so_to_everybody() {
    let named: Vec<&str> = OPEN.iter().map(|(id, _)| *id).collect();
    let asks_for_none = EVERY.iter().filter(|operation| operation.spec["security"].is_null());
    assert_eq!(asks_for_none.map(|operation| operation.id).collect::<Vec<_>>(), named);
    let app = App::demo();
    for (id, target) in OPEN {
        let led_to = documented::operation("GET", target).unwrap_or_else(|| panic!("{target} leads nowhere"));
        assert_eq!(led_to["operationId"], id, "{target}");
        let bad = app.get(target).header("authorization", "Bearer x").send();
        let answers = CALLERS.map(|caller| (format!("{caller:?}"), app.get(target).by(caller).send()));
        let usual = app.get(target).send().expect(200);
        for (caller, answer) in answers.into_iter().chain([("a bad token".to_owned(), bad)]) {
            assert_eq!((answer.status, answer.media_type()), (200, usual.media_type()), "{id} by {caller}: {answer:?}");
            // Requests are counted, and the search index is on its way.
            if !["get_metrics", "get_readiness"].contains(&id) {
                assert!(answer.body == usual.body, "{id} says something else to {caller}: {answer:?}");
            }
        }
    }
}

/// Whether a row lets a caller in.
fn is_let_in(row: &[u16; 11], caller: Token) -> bool {
    CALLERS.iter().zip(row).any(|(one, status)| *one == caller && *status < 400)
}

/// A role that the document names lets somebody in whom the scope does not, and it lets in nobody else.
#[test]
fn roles_open_what_the_document_says() {
    for operation in guarded() {
        let row = row(operation);
        let named = operation.spec["x-solmu-roles"].as_array().cloned().unwrap_or_default();
        let has = |role: &str| named.iter().any(|one| one == role);
        let reads = operation.scope() == Some("directory:read") || operation.scope().is_none();
        for (role, caller) in
            [("coordinator", Token::Coordinator), ("contact", Token::Contact), ("self", Token::Themselves)]
        {
            // Nobody owns the network of that example.
            let is_nobodys = caller == Token::Contact && operation.id == "replace_network";
            assert_eq!(is_let_in(&row, caller), reads || (has(role) && !is_nobodys), "{} by {role}", operation.id);
        }
        let reads_people = reads && operation.scopes().contains(&"hr:sync");
        let is_hrs = operation.scope().is_none() || reads_people || has("hr");
        assert_eq!(is_let_in(&row, Token::HrOfAll), is_hrs, "{} by hr", operation.id);
        for caller in [Token::Reader, Token::CoordinatorElsewhere] {
            assert_eq!(is_let_in(&row, caller), reads, "{} by {caller:?}", operation.id);
        }
    }
}

#[test]
fn anonymous_callers_read_what_is_public_where_that_is_configured() {
    let app = App::with(true, |config| config.anonymous_read = true);
    for operation in guarded() {
        let expected = if ANONYMOUS.contains(&operation.id) { 200 } else { 401 };
        let answer = operation.request(&app).by(Token::None).send();
        assert_eq!(answer.status, expected, "{} by nobody: {answer:?}", operation.id);
        // A token that is no good is not the same as none.
        let answer = operation.request(&app).by(Token::None).header("authorization", "Bearer x").send();
        assert_eq!(answer.status, 401, "{} with a bad token: {answer:?}", operation.id);
    }
}

/// What an anonymous caller sees is what is public: nothing else is counted, listed, linked to or drawn.
#[test]
fn nothing_but_what_is_public_is_seen_without_a_token() {
    let app = App::with(true, |config| config.anonymous_read = true);
    let hidden: Vec<String> = {
        let all = app.get("/v1/networks?limit=200&fields=visibility").by(Token::Admin).send().expect(200).json();
        let hidden = all["items"].as_array().unwrap().iter().filter(|network| network["visibility"] != "public");
        hidden.map(|network| network["id"].as_str().unwrap().to_owned()).collect()
    };
    assert!(!hidden.is_empty());
    for operation in OPERATIONS.iter().filter(|operation| operation.method == "GET") {
        let include = operation.values("include").join(",");
        let targets = [operation.path(), format!("{}?include={include}&limit=200", operation.path())];
        for target in targets.iter().filter(|target| !target.contains("include=&")) {
            let answer = app.get(target).by(Token::None).send();
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            let seen: Vec<_> = hidden.iter().filter(|id| body.contains(*id)).collect();
            assert!(seen.is_empty(), "{} shows {seen:?}: {answer:?}", operation.id);
        }
        if operation.takes("query", "count") && ANONYMOUS.contains(&operation.id) {
            let page = |token, cursor: &str| {
                let target = format!("{}?count=true&limit=200{cursor}", operation.path());
                app.get(&target).by(token).send().expect(200).json()
            };
            let rows = |body: &Value| body["items"].as_array().unwrap().len();
            let total = |token| {
                let mut body = page(token, "");
                let mut items = rows(&body);
                // All that can be found does not go on one page.
                while let Some(next) = body["next"].as_str().filter(|_| operation.id == "search_directory") {
                    body = page(token, &format!("&cursor={next}"));
                    items += rows(&body);
                }
                assert_eq!(body["total"], items, "{}", operation.id);
            };
            total(Token::None);
            total(Token::Admin);
        }
    }
    for id in hidden {
        app.get(&format!("/v1/networks/{id}")).by(Token::None).send().expect(404);
        app.get(&format!("/v1/networks/{id}/links")).by(Token::None).send().expect(404);
    }
}
