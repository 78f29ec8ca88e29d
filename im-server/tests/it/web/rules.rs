//! What holds for every route: what is said in its headers, by which methods it is reached, and from whose pages.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::asks::{conversations, log, token};
use crate::harness::TestServer;

use super::http::{Http, Response, once};

/// Routes that the OpenAPI document does not list, and their methods.
const OTHERS: &[(&str, &[&str])] = &[
    ("/", &["GET"]),
    ("/style.css", &["GET"]),
    ("/script.js", &["GET"]),
    ("/icon.svg", &["GET"]),
    ("/v1/openapi.json", &["GET"]),
    ("/ws", &["GET"]),
    ("/mychat", &["GET"]),
    ("/register", &["GET", "POST"]),
    ("/login", &["GET", "POST"]),
    ("/send", &["GET", "POST"]),
    ("/sync", &["POST"]),
    ("/getuseridbyname", &["GET", "POST"]),
    ("/addfriend", &["POST"]),
    ("/friendlist", &["POST"]),
];

/// All routes and their methods, in capitals. A part of a path that may be anything is something.
fn routes(server: &TestServer) -> BTreeMap<String, Vec<String>> {
    let document = once(server, "GET", "/v1/openapi.json", &[], "").json();
    let paths = document["paths"].as_object().unwrap();
    let methods = |item: &Value| item.as_object().unwrap().keys().map(|key| key.to_uppercase()).collect();
    let mut routes: BTreeMap<String, Vec<String>> = paths
        .iter()
        .map(|(path, item)| (path.replace("{id}", "1").replace("{token}", "x"), methods(item)))
        .collect();
    assert!(routes.len() >= 5, "{routes:?}");
    for (path, methods) in OTHERS {
        routes.insert((*path).into(), methods.iter().map(ToString::to_string).collect());
    }
    routes
}

#[track_caller]
fn is_safe(answer: &Response, what: &str) {
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}");
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{what}");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{what}");
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{what}");
    assert!(matches!(answer.header("cache-control"), Some("no-store" | "no-cache")), "{what}");
    let other = answer.header_names().find(|name| name.starts_with("access-control-"));
    assert_eq!(other, None, "{what}");
}

/// A stream of events never ends: it is asked for by those who may not have it only.
fn ends(path: &str, headers: &[(&str, &str)]) -> bool {
    path != "/v1/events" || headers.is_empty()
}

#[test]
fn every_answer_protects_whoever_shows_it() {
    let server = TestServer::start();
    let bearer = format!("Bearer {}", token(server.native().sign_up("ann")).to_hex());
    for (path, _) in routes(&server).iter().chain([(&"/nowhere".to_owned(), &vec![])]) {
        for method in ["GET", "POST", "DELETE", "PUT", "OPTIONS", "TRACE", "PATCH"] {
            for headers in
                [&[][..], &[("Authorization", bearer.as_str())], &[("Origin", "http://evil.example")]]
            {
                if ends(path, headers) {
                    let answer = once(&server, method, path, headers, "");
                    is_safe(&answer, &format!("{method} {path} {headers:?}"));
                }
            }
        }
    }
}

#[test]
fn other_methods_are_refused_and_told_which_there_are() {
    let server = TestServer::start();
    for (path, methods) in routes(&server) {
        for method in ["GET", "POST", "DELETE", "PUT", "PATCH", "BREW"] {
            if methods.iter().any(|allowed| allowed == method) {
                continue;
            }
            let answer = once(&server, method, &path, &[], "");
            assert_eq!((answer.status, answer.code().as_str()), (405, "no-such-method"), "{method} {path}");
            let allowed = answer.header("allow").unwrap_or_else(|| panic!("{method} {path}"));
            for wanted in &methods {
                assert!(allowed.split(',').any(|one| one.trim() == wanted), "{method} {path}: {allowed}");
            }
        }
    }
}

/// Links and pictures are followed by `GET`, with the cookie of whoever looks at a page.
#[test]
fn getting_changes_nothing() {
    let server = TestServer::start();
    let mut ann = server.native();
    let key = token(ann.sign_up("ann")).to_hex();
    let cookie = format!("im_session={key}");
    let query = "?name=x&username=x&password=x&user=x&to=%23lobby&text=x&message=x&UserName=x&Password=x";
    let before = (conversations(&mut ann), log(&mut ann, "#lobby"));
    for (path, methods) in routes(&server) {
        for headers in [&[("Cookie", cookie.as_str())][..], &[("Cookie", &cookie), ("Origin", "http://evil")]]
        {
            if !ends(&path, headers) {
                continue;
            }
            let answer = once(&server, "GET", &format!("{path}{query}"), headers, "");
            if !methods.iter().any(|method| method == "GET") {
                assert_eq!(answer.status, 405, "{path}");
            } else if methods.len() > 1 && !path.starts_with("/v1") && path != "/getuseridbyname" {
                assert!(answer.body.starts_with("<!doctype html>"), "{path}");
            }
        }
    }
    assert_eq!((conversations(&mut ann), log(&mut ann, "#lobby")), before);
    assert_eq!(once(&server, "GET", "/v1/session", &[("Cookie", &cookie)], "").body, r#"{"user":"ann"}"#);
}

#[test]
fn pages_of_others_change_nothing() {
    let server = TestServer::start();
    let mut ann = server.native();
    let cookie = format!("im_session={}", token(ann.sign_up("ann")).to_hex());
    let before = (conversations(&mut ann), log(&mut ann, "#lobby"));
    for (path, methods) in routes(&server) {
        for method in methods.iter().filter(|method| *method != "GET") {
            for origin in [
                "http://evil.example",
                "null",
                "http://im.example:81",
                "https://im.example.evil",
                "im.example",
                "",
            ] {
                let headers = [("Cookie", cookie.as_str()), ("Origin", origin)];
                let answer = once(&server, method, &path, &headers, r##"{"to":"#lobby","text":"x"}"##);
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (403, "foreign-origin"),
                    "{method} {path}"
                );
            }
        }
    }
    assert_eq!((conversations(&mut ann), log(&mut ann, "#lobby")), before);
    // One's own are let in, whatever stands before the name of the server.
    for origin in ["http://im.example", "https://IM.example"] {
        let headers = [("Cookie", cookie.as_str()), ("Origin", origin)];
        let posted = once(&server, "POST", "/v1/post", &headers, r##"{"to":"#lobby","text":"x"}"##);
        assert_eq!(posted.status, 200, "{posted:?}");
    }
}

#[test]
fn the_page_comes_from_here_and_takes_nothing_from_elsewhere() {
    let server = TestServer::start();
    let mut http = Http::connect(server.addr());
    let page = http.get("/");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                  base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    assert_eq!(page.header("content-security-policy"), Some(policy));
    let attribute = |name: &str| page.body.split(&format!("{name}=\"")).skip(1).collect::<Vec<_>>();
    for link in attribute("src").into_iter().chain(attribute("href")) {
        let link = link.split('"').next().unwrap();
        if link.starts_with('#') {
            continue; // on the page itself
        }
        assert!(link.starts_with('/') && !link.starts_with("//"), "{link}");
        assert_eq!(http.get(link).status, 200, "{link}");
    }
}
