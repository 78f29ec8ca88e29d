//! goTalk's routes: what its README promised, with statuses that are true, and nothing of anybody for anybody else.

use serde_json::{Value, json};

use crate::harness::TestServer;

use super::call::{Client, PASSWORD};
use super::form::{Talker, request, submit};

#[test]
fn every_route_answers_in_the_shape_of_old() {
    let server = TestServer::start();
    let addr = server.addr();
    let credentials = [("username", "alice"), ("password", PASSWORD)];
    let user = |id: u64, name: &str, session: &Value| json!({ "Id": id, "Name": name, "Pwd": "", "SessionID": session });
    assert_eq!(submit(addr, "/register", &credentials).done(), user(1, "alice", &json!("")));
    let login = submit(addr, "/login", &credentials);
    let cookie = login.header("set-cookie").unwrap().to_owned();
    let login = login.done();
    assert_eq!(login, user(1, "alice", &login["SessionID"]));
    let session = login["SessionID"].as_str().unwrap();
    assert!(session.len() >= 44 && cookie.starts_with(&format!("im_session={session}; HttpOnly; ")));

    let alice = Talker { client: Client::stranger(addr).with(session), id: 1, name: "alice".into() };
    let bob = Talker::register(addr, "bob");
    assert_eq!(alice.submit("/getuseridbyname", &[("username", "BOB")]).done(), user(2, "bob", &json!("")));
    assert_eq!(alice.client.get("/getuseridbyname?username=bob").done(), user(2, "bob", &json!("")));
    assert_eq!(bob.submit("/friendlist", &[("id", "2")]).done(), Value::Null);
    let friendship = json!({ "Id": 1, "UserId1": 2, "UserId2": 1 });
    for _ in 0..2 {
        assert_eq!(bob.submit("/addfriend", &[("id", "2"), ("friendid", "1")]).done(), friendship);
    }
    assert_eq!(bob.submit("/friendlist", &[("id", "2")]).done(), json!([1]));
    assert_eq!(alice.submit("/friendlist", &[]).done(), Value::Null);

    assert_eq!(bob.client.call(&bob.sync()).done(), "no message");
    alice.send(&bob, "hello <bob> & 你好");
    let messages = bob.client.call(&bob.sync()).done();
    let first = &messages[0];
    let (content, number) = ("hello <bob> & 你好", &first["Number"]);
    let expected = json!([{ "Content": content, "UserIdSend": 1, "UserIdReceive": 2, "Number": number,
        "From": "alice", "Guest": false, "At": first["At"] }]);
    assert_eq!(messages, expected);
    for path in ["/", "/login", "/register", "/send"] {
        let page = Client::stranger(addr).get(path);
        assert_eq!(
            (page.status, page.header("content-type")),
            (200, Some("text/html; charset=utf-8")),
            "{path}"
        );
    }
}

#[test]
fn the_call_of_the_readme_works_from_the_page_that_is_logged_in() {
    let server = TestServer::start();
    let alice = Talker::register(server.addr(), "alice");
    let bob = Talker::register(server.addr(), "bob");
    let pairs = [("username", "alice"), ("id", "1"), ("sendToId", "2"), ("content", "hello bob")];
    assert_eq!(alice.submit("/send", &pairs).done(), "message received");
    // The names of the parameters as its programs have them, and a token outright.
    let with_token = [&[("token", alice.client.token())][..], &pairs].concat();
    assert_eq!(submit(server.addr(), "/send", &with_token).done(), "message received");
    assert_eq!(bob.look().len(), 2);
    // Nobody who has not logged in.
    let refused = submit(server.addr(), "/send", &pairs);
    assert_eq!((refused.status, refused.json()), (401, json!({ "Err": "not valid token, please log in" })));
}

#[test]
fn the_table_of_faults() {
    let server = TestServer::start();
    let alice = Talker::register(server.addr(), "alice");
    let bob = Talker::register(server.addr(), "bob");
    let longest = "x".repeat(64 * 1024);
    let (too_long, far_too_long) = ("x".repeat(70 * 1024), "x".repeat(500 * 1024));
    let to_bob = |content| vec![("sendToId", "2"), ("content", content)];
    for (path, pairs, wanted) in [
        ("/send", to_bob("x"), 200),
        ("/send", vec![("sendToId", "0x2"), ("content", "x")], 200),
        ("/send", vec![("sendToId", "bob"), ("content", "x")], 200),
        ("/send", vec![("id", "0x1"), ("sendToId", "2"), ("content", "x")], 200),
        ("/send", vec![("id", ""), ("sendToId", "2"), ("content", "x")], 200),
        ("/send", to_bob(&longest), 200),
        ("/send", to_bob(&too_long), 400),
        ("/send", to_bob(&far_too_long), 413),
        ("/send", to_bob(""), 400),
        ("/send", to_bob(" \n"), 400),
        ("/send", vec![("sendToId", "2")], 400),
        ("/send", vec![("content", "x")], 400),
        ("/send", vec![("sendToId", ""), ("content", "x")], 400),
        ("/send", vec![("sendToId", "99"), ("content", "x")], 404),
        ("/send", vec![("sendToId", "0"), ("content", "x")], 404),
        ("/send", vec![("sendToId", "-1"), ("content", "x")], 400),
        ("/send", vec![("sendToId", "99999999999999999999"), ("content", "x")], 400),
        ("/send", vec![("sendToId", "18446744073709551615"), ("content", "x")], 404),
        ("/send", vec![("sendToId", "0xffffffffffffffff"), ("content", "x")], 404),
        ("/send", vec![("sendToId", "2 OR 1=1"), ("content", "x")], 400),
        ("/send", vec![("id", "2"), ("sendToId", "2"), ("content", "x")], 403),
        ("/send", vec![("id", "nonsense"), ("sendToId", "2"), ("content", "x")], 403),
        ("/addfriend", vec![("friendid", "1")], 404), // oneself
        ("/addfriend", vec![("friendid", "99")], 404),
        ("/addfriend", vec![("friendid", "18446744073709551615")], 404),
        ("/addfriend", vec![("friendid", "bob")], 404),
        ("/addfriend", vec![], 400),
        ("/getuseridbyname", vec![("username", "nobody")], 404),
        ("/getuseridbyname", vec![("username", "' OR '1'='1")], 400),
        ("/getuseridbyname", vec![("username", "bob'; DROP TABLE users; --")], 400),
        ("/getuseridbyname", vec![("username", "")], 400),
        ("/sync", vec![("ack", "x")], 400),
        ("/sync", vec![("ack", "-1")], 400),
        ("/sync", vec![("ack", "")], 200),
    ] {
        let answer = alice.submit(path, &pairs);
        let shown: Vec<_> = pairs.iter().map(|(name, value)| (name, &value[..value.len().min(30)])).collect();
        assert_eq!(answer.status, wanted, "{path} {shown:?}: {answer:?}");
        if wanted != 200 {
            let body = answer.json();
            assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
            assert!(body["Err"].as_str().unwrap().len() > 5, "{body}");
        }
    }
    let lengths: Vec<_> = bob.look().into_iter().map(|(_, text)| text.len()).collect();
    assert_eq!(lengths, [1, 1, 1, 1, 1, 64 * 1024]);
}

#[test]
fn the_table_of_names_and_passwords() {
    let server = TestServer::start();
    Talker::register(server.addr(), "alice");
    let guess = "guessed-it";
    for (path, name, password, wanted) in [
        ("/register", "alice", PASSWORD, 409),
        ("/register", "Alice", PASSWORD, 409),
        ("/register", "", PASSWORD, 400),
        ("/register", "bob", "", 400),
        ("/register", "bob'; DROP TABLE users; --", PASSWORD, 400),
        ("/register", "<script>", PASSWORD, 400),
        ("/login", "alice", guess, 401),
        ("/login", "nobody", guess, 401),
        ("/login", "' OR '1'='1", guess, 400),
        ("/login", "alice", "", 400),
        ("/login", "alice", PASSWORD, 200),
    ] {
        let answer = submit(server.addr(), path, &[("username", name), ("password", password)]);
        assert_eq!(answer.status, wanted, "{path} {name}: {answer:?}");
        assert!(wanted == 200 || answer.json()["Err"].is_string(), "{answer:?}");
        assert!(!answer.body.contains(guess), "{answer:?}");
        if wanted == 401 {
            // Who has an account is nobody's business.
            assert_eq!(answer.json(), json!({ "Err": "wrong user name or password" }));
        }
    }
}

#[test]
fn nobody_reads_or_writes_for_somebody_else() {
    let server = TestServer::start();
    let alice = Talker::register(server.addr(), "alice");
    let bob = Talker::register(server.addr(), "bob");
    let eve = Talker::register(server.addr(), "eve");
    alice.send(&bob, "for bob only");
    let forms: [(&str, &[(&str, &str)]); 5] = [
        ("/send", &[("sendToId", "1"), ("content", "forged")]),
        ("/sync", &[("ack", "999999")]),
        ("/addfriend", &[("friendid", "1")]),
        ("/friendlist", &[]),
        ("/getuseridbyname", &[("username", "alice")]),
    ];
    for (path, pairs) in forms {
        let as_bob = [pairs, &[("id", "2")]].concat();
        // Eve as bob; with the token that goTalk's page had for everybody; without any.
        assert_eq!(eve.submit(path, &as_bob).status, 403, "{path}");
        for token in ["this is token", "", &"0".repeat(64), "' OR 1=1 --"] {
            let with_token = [&as_bob[..], &[("token", token)]].concat();
            let answer = submit(server.addr(), path, &with_token);
            assert_eq!(
                (answer.status, answer.json()["Err"].is_string()),
                (401, true),
                "{path} {token}: {answer:?}"
            );
        }
        // A token in the form is not made better by a cookie, and names whose it is.
        let with_token = [&as_bob[..], &[("token", eve.client.token())]].concat();
        assert_eq!(bob.submit(path, &with_token).status, 403, "{path}");
        let twice = [&as_bob[..], &[("id", "3")]].concat();
        assert!(eve.submit(path, &twice).status >= 400, "{path}");
    }
    assert_eq!(alice.look(), []);
    assert_eq!(eve.look(), []);
    assert_eq!(bob.look().len(), 1);
    // Signed out, the cookie is worth nothing.
    assert_eq!(bob.client.delete("/v1/session").status, 204);
    assert_eq!(bob.client.call(&bob.sync()).status, 401);
}

#[test]
fn looking_changes_nothing_and_what_changes_something_is_posted() {
    let server = TestServer::start();
    let alice = Talker::register(server.addr(), "alice");
    let bob = Talker::register(server.addr(), "bob");
    alice.send(&bob, "x");
    for (method, path, wanted) in [
        ("GET", "/send?id=2&sendToId=1&content=x", 200), // the page
        ("GET", "/register?username=new&password=x", 200),
        ("GET", "/login?username=new&password=x", 200),
        ("GET", "/sync?id=2&ack=999", 405),
        ("GET", "/addfriend?id=2&friendid=1", 405),
        ("GET", "/friendlist?id=2", 405),
        ("PUT", "/send", 405),
        ("DELETE", "/send", 405),
        ("PATCH", "/sync", 405),
        ("PUT", "/getuseridbyname", 405),
    ] {
        let mut request = bob.client.by_cookie().request(method, path);
        request.headers.push(("Connection", "close".into()));
        let mut line = super::call::Line::connect(server.addr());
        line.send(&request);
        assert_eq!(line.head().unwrap().0, wanted, "{method} {path}");
        line.reset();
    }
    assert_eq!(bob.look().len(), 1);
    assert_eq!(alice.look(), []);
    assert_eq!(bob.submit("/friendlist", &[]).done(), Value::Null);
    let new = [("username", "new"), ("password", "x")];
    assert_eq!(submit(server.addr(), "/login", &new).status, 401);
    // A page of somebody else posts nothing with this page's cookie.
    for (path, pairs) in [("/send", [("sendToId", "1"), ("content", "x")]), ("/login", new)] {
        let mut request = bob.request(path, &pairs);
        request.headers.push(("Origin", "http://evil.example".into()));
        assert_eq!(bob.client.call(&request).status, 403, "{path}");
    }
    assert_eq!(alice.look(), []);
}

#[test]
fn a_form_that_is_none_is_refused() {
    let server = TestServer::start();
    let alice = Talker::register(server.addr(), "alice");
    for (kind, body, wanted) in [
        ("application/json", r#"{"sendToId":"1","content":"x"}"#, 415),
        ("text/plain", "sendToId=1&content=x", 415),
        ("multipart/form-data; boundary=x", "--x--", 415),
        ("application/x-www-form-urlencoded", "%ff=%00&sendToId", 400),
        ("application/x-www-form-urlencoded", "", 400),
    ] {
        let mut request = alice.request("/send", &[]);
        request.headers[0] = ("Content-Type", kind.into());
        request.body = body.as_bytes().to_vec();
        let answer = alice.client.call(&request);
        assert_eq!((answer.status, answer.json()["Err"].is_string()), (wanted, true), "{kind}: {answer:?}");
    }
    // No type at all.
    let mut bare = request("/login", &[("username", "alice"), ("password", PASSWORD)]);
    bare.headers.clear();
    assert_eq!(alice.client.call(&bare).status, 415);
}
