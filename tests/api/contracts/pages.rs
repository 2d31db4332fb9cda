//! The pages that the service has for people: Swagger UI, which needs nothing from the internet, and one for each type of
//! problem, which its `type` leads to.

use solmu::http::language::Language;
use solmu::http::problem::Kind;

use crate::client::Answer;
use crate::documented::DOCUMENT;
use crate::harness::App;

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).expect("a page in UTF-8")
}

/// The values of an attribute in a page.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let parts = page.split(name).skip(1);
    parts.filter_map(|part| part.strip_prefix("=\"")?.split('"').next()).collect()
}

#[test]
fn swagger_ui_works_without_the_internet() {
    let app = App::start();
    assert_eq!(app.get("/swagger-ui").send().header("location"), Some("/swagger-ui/"));
    let page = app.get("/swagger-ui/").send().expect(200);
    assert_eq!(page.media_type(), Some("text/html"));
    let page = text(&page);
    let needed: Vec<_> = attributes(&page, "src").into_iter().chain(attributes(&page, "href")).collect();
    assert!(needed.len() > 4, "{page}");
    for path in needed {
        assert!(!path.contains("//"), "{path} is on another server");
        app.get(&format!("/swagger-ui/{}", path.trim_start_matches("./"))).send().expect(200);
    }
    // Under a policy without inline scripts, every script is a file.
    let policy = app.get("/swagger-ui/").send().header("content-security-policy").unwrap().to_owned();
    assert!(policy.contains("default-src 'self'") && !policy.contains("script-src"), "{policy}");
    let scripts = page.split("<script").skip(1).map(|script| script.split("</script>").next().unwrap_or_default());
    assert!(
        scripts.clone().all(|script| script.split_once('>').is_some_and(|(_, code)| code.trim().is_empty())),
        "{page}"
    );
    assert!(scripts.count() > 1 && !page.contains("onload="), "{page}");
    // It reads this service's document, asks nobody whether that is valid, and takes a token.
    let start = text(&app.get("/swagger-ui/swagger-initializer.js").send().expect(200));
    assert!(start.contains("\"url\": \"/openapi.json\"") && start.contains("\"validatorUrl\": \"none\""), "{start}");
    assert!(!start.contains("http"), "{start}");
    assert_eq!(DOCUMENT["components"]["securitySchemes"]["bearer"]["type"], "http");
}

#[test]
fn every_type_of_problem_has_a_page() {
    let app = App::start();
    for kind in Kind::ALL {
        let answer = app.get(&format!("/problems/{}", kind.slug())).send().expect(200);
        assert_eq!(answer.media_type(), Some("text/html"));
        let page = text(&answer);
        for language in Language::ALL {
            assert!(
                page.contains(&format!("lang=\"{}\"", language.tag())) && page.contains(kind.title(language)),
                "{page}"
            );
        }
        assert!(page.contains(kind.documentation()) && page.contains(kind.status().as_str()), "{page}");
    }
    app.get("/problems/nothing").send().expect(404);
    app.get("/problems/").send().expect(404);
}
