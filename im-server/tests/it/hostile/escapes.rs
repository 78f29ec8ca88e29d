//! The kept corpus of attacks on terminals (`im-proto/tests/escapes`), through every field that a peer can fill, by every way to fill it:
//! whoever hears of it, looks it up, or has sent it is shown characters and line ends.

use im_proto::{Refusal, Remark, Request, Text};

use crate::asks::{edit, enter, parsed, posted, reply, say, word};
use crate::fuzz::bodies::escapes::{Attack, attacks, harm};
use crate::harness::{Native, Peer, TestServer};

use super::clean::{Listener, without_telnet};

/// Lines by text, in which `{}` is the attack: names, rooms, texts, reactions, words, arguments, and commands that there are not.
const LINES: &[&str] = &[
    "{}",
    "/{}",
    "/username {}",
    "/nick x{}",
    "@{} hi",
    "@foo {}",
    "/msg {} hi",
    "/msg foo {}",
    "/dm {}",
    "/join {}",
    "/join #dev",
    "{}",
    "/reply {}",
    "/reply #1 {}",
    "/react {}",
    "/react #1 x{}",
    "/unreact {}",
    "/edit {}",
    "/edit #{} x",
    "/delete #{}",
    "/all {}",
    "/say {}",
    "//{}",
    "\\{}",
    "/search {}",
    "/history {}",
    "/history #dev {}",
    "/who {}",
    "/list {}",
    "/leave {}",
    "/create {}",
    "/invite dev {}",
    "/invite {} foo",
    "/accept {}",
    "/reject {} {}",
    "/role dev foo {}",
    "/retention {}",
    "/help {}",
    "/stop {}",
    "/time {}",
    "to user: {}",
    "to group: {}",
    "create group: {}",
    "join group: {}",
    "invite group: {} {}",
    "signout {}",
    "/TALK {}",
    "/ONLINE {}",
    "{}:",
    "@{}",
    "#{}",
    "/topic {}",
    "/topic #dev {}",
    "/topic-lock {}",
    "/kick #dev foo {}",
    "/kick {}",
    "/ban #dev foo {}",
    "/mute foo 10m {}",
    "/bans {}",
    "/slow {}",
    "/audit {}",
];

/// What else a session by text may begin with.
const OPENINGS: &[&str] = &[
    "signup: {}\n{}\n{}\n",
    "signin: {}\n{}\n",
    "signin: wendy\n{}\nx{}\n",
    "signup: mallory{}\n{}\n",
    "INIT:{}:John\n",
    "INIT:Eve:{}\n{}\n",
    "{\"name\":\"{}\",\"room\":\"dev\"}{}\n",
    "{\"name\":\"Eve\",\"room\":\"{}\"}\n",
    "{\"{}\":\"Eve\",\"name\":\"Eve\",\"room\":\"dev\"}{}\n",
    "{\"name\":{}\n",
    "GET {}\n",
    "{} / HTTP/1.1\r\n{}\r\n\r\n",
];

/// Requests of the JSON dialect, in which `{}` is the attack as JSON writes it, or as it is.
const REQUESTS: &[&str] = &[
    r##"{"request":"post","to":"#dev","text":"{}"}"##,
    r##"{"request":"post","to":"{}","text":"hi"}"##,
    r##"{"request":"post","to":"#dev","message":"{}","text":"hi"}"##,
    r##"{"request":"post","to":"#dev","text":"{}","reply_to":"1"}"##,
    r##"{"request":"edit","of":"#dev","seq":"3","text":"{}"}"##,
    r##"{"request":"react","of":"#dev","seq":"1","reaction":"{}","on":true}"##,
    r##"{"request":"search","words":"{}","limit":5}"##,
    r##"{"request":"typing","of":"{}"}"##,
    r##"{"request":"rename","name":"{}"}"##,
    r##"{"request":"join","name":"{}","create":true}"##,
    r##"{"request":"create","group":"{}"}"##,
    r##"{"request":"invite","group":"dev","user":"{}"}"##,
    r##"{"request":"history","of":"{}","page":"newest","limit":5}"##,
    r##"{"request":"set-topic","of":"dev","topic":"{}"}"##,
    r##"{"request":"moderate","of":"dev","user":"foo","deed":"kick","why":"{}"}"##,
    r##"{"request":"audit","of":"{}"}"##,
    r##"{"request":"{}"}"##,
    r##"{"request":"ping","{}":1}"##,
    r##"{"tag":"{}","request":"ping"}"##,
    r##"{"request":"sign-in","name":"{}","password":"{}"}"##,
    r##"{"request":"resume","token":"{}"}"##,
    r##"{}"##,
];

/// HTTP, by method, path and body. The body's `{}` is as JSON writes it, the path's is as it is.
const CALLS: &[(&str, &str, &str)] = &[
    ("GET", "/{}", ""),
    ("GET", "/v1/{}?q={}", ""),
    ("GET", "/v1/history?conversation={}", ""),
    ("POST", "/v1/post", r##"{"to":"#dev","text":"{}"}"##),
    ("POST", "/v1/post", r##"{"to":"{}","text":"hi","message_id":"{}"}"##),
    ("POST", "/v1/post", r##"{"to":"#dev","{}":"{}"}"##),
    ("POST", "/v1/signup", r##"{"name":"{}","password":"{}"}"##),
    ("POST", "/v1/login", r##"{"name":"{}","password":"x"}"##),
    ("POST", "/v1/tokens", r##"{"label":"{}"}"##),
    ("POST", "/v1/tokens", r##"{"label":"x{}"}"##),
    ("DELETE", "/v1/tokens/{}", ""),
    ("POST", "/v1/webhooks", r##"{"conversation":"#dev","label":"x{}"}"##),
    ("POST", "/v1/webhooks", r##"{"conversation":"{}","label":"{}"}"##),
    ("POST", "/v1/ask", r##"{"request":"edit","of":"#dev","seq":"3","text":"{}"}"##),
    ("POST", "/v1/ask", r##"{"request":"react","of":"#dev","seq":"1","reaction":"{}","on":true}"##),
    ("POST", "/v1/ask", r##"{"request":"{}"}"##),
    ("POST", "/register", "username={}&password={}"),
    ("POST", "/send", "to={}&message={}"),
    ("{}", "/", ""),
];

/// What is looked up at the end.
const LOOKED_UP: &[&str] = &[
    "/v1/history?conversation=%23dev&limit=200",
    "/v1/search?q=owned",
    "/v1/mentions",
    "/v1/tokens",
    "/v1/webhooks",
    "/v1/conversations",
    "/v1/export",
];

fn filled(template: &str, with: &[u8]) -> Vec<u8> {
    // The braces of JSON hold something, but for the two that stand for the attack.
    let pieces: Vec<&[u8]> = template.split("{}").map(str::as_bytes).collect();
    pieces.join(with)
}

/// A text as it stands in a string of JSON.
fn in_json(bytes: &[u8]) -> Vec<u8> {
    let quoted = serde_json::to_string(&String::from_utf8_lossy(bytes)).unwrap();
    quoted.as_bytes()[1..quoted.len() - 1].to_vec()
}

/// Sends bytes, which may end the connection, and takes what comes back.
fn answered(server: &TestServer, port: &str, bytes: &[u8]) -> Vec<u8> {
    use std::io::{Read, Write};
    let mut peer = Peer::connect(server.addr_of(port));
    let mut stream = peer.stream();
    let _ = stream.write_all(bytes).and_then(|()| stream.shutdown(std::net::Shutdown::Write));
    let mut got = Vec::new();
    let _ = stream.read_to_end(&mut got);
    let _ = &mut peer;
    got
}

fn harmless(got: &[u8], attack: &Attack, by: &str) {
    if let Some(harm) = harm(&without_telnet(got)) {
        panic!("{} by {by}: {harm}", attack.name);
    }
}

fn by_text(server: &TestServer, attack: &Attack) {
    let bytes = attack.bytes();
    for (port, opening) in [
        ("any", "hello\n"),
        ("lobby", ""),
        ("goim", "signin: wendy\nsecret\n"),
        ("any", "INIT:Eve:John\n"),
        ("machat", "{\"name\":\"Eve\",\"room\":\"dev\"}x\n"),
    ] {
        let lines: Vec<Vec<u8>> = LINES.iter().map(|line| filled(line, &bytes)).collect();
        let all = [opening.as_bytes(), &lines.join(&b"\n"[..]), b"\n/bye\n"].concat();
        harmless(&answered(server, port, &all), attack, port);
    }
    for opening in OPENINGS {
        harmless(
            &answered(server, "any", &[filled(opening, &bytes), b"\n/bye\n".to_vec()].concat()),
            attack,
            opening,
        );
    }
}

fn by_json(server: &TestServer, attack: &Attack) {
    for raw in [in_json(&attack.bytes()), attack.bytes()] {
        let requests: Vec<Vec<u8>> = REQUESTS.iter().map(|request| filled(request, &raw)).collect();
        let begin = br##"{"request":"come-as-guest","name":"jason"}
{"request":"follow"}
{"request":"join","name":"dev"}
"##;
        let got = answered(server, "json", &[&begin[..], &requests.join(&b"\n"[..]), b"\n"].concat());
        assert!(got.starts_with(b"{"), "{}", String::from_utf8_lossy(&got));
        harmless(&got, attack, "json");
    }
}

fn http(server: &TestServer, method: &[u8], path: &[u8], header: &[u8], body: &[u8]) -> Vec<u8> {
    let length = format!("\r\nHost: im\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    let head = [method, b" ", path, b" HTTP/1.1\r\n", header].concat();
    answered(server, "http", &[&head, length.as_bytes(), body].concat())
}

fn by_http(server: &TestServer, attack: &Attack, token: &str) {
    let bytes = attack.bytes();
    let bearer = format!("Authorization: Bearer {token}");
    for (method, path, body) in CALLS {
        let path = filled(path, &bytes);
        let form = format!("{bearer}\r\nContent-Type: application/x-www-form-urlencoded");
        let got =
            http(server, &filled(method, &bytes), &path, form.as_bytes(), &filled(body, &in_json(&bytes)));
        harmless(&got, attack, &String::from_utf8_lossy(&path));
    }
    for name in [
        "X-Any",
        "User-Agent",
        "Cookie",
        "Authorization",
        "Content-Type",
        "Accept",
        "Origin",
        "Last-Event-ID",
        "Upgrade",
    ] {
        let header = [name.as_bytes(), b": ", &bytes].concat();
        harmless(&http(server, b"POST", b"/v1/ask", &header, br#"{"request":"ping"}"#), attack, name);
    }
}

/// Natively, where texts are what they are; each part is a message of its own.
fn natively(mallory: &mut Native, attack: &Attack, number: u64) {
    for (part, text) in (0..).zip(attack.texts()) {
        if let Ok(topic) = Remark::parse(&text) {
            let set = Request::SetTopic { of: parsed("dev"), topic: Some(topic) };
            assert_eq!(word(&mallory.ask(set)), "done");
        }
        if Text::parse(&text).is_err() {
            continue;
        }
        let id = number * 10 + part * 2 + 1000;
        let seq = posted(mallory.ask(say("#dev", id, &text))).1.0;
        posted(mallory.ask(reply("#dev", id + 1, &text, seq)));
        assert_eq!(word(&mallory.ask(edit("#dev", seq, &format!("{text} again")))), "done");
        for to in ["@foo", "@matt"] {
            let sent = mallory.ask(say(to, id, &text));
            assert!(matches!(sent, Ok(_) | Err(Refusal::MessageIdUsed)), "{sent:?}");
        }
    }
}

/// Who has an account by HTTP.
fn token(server: &TestServer) -> String {
    let got = http(
        server,
        b"POST",
        b"/v1/signup",
        b"Content-Type: application/json",
        br#"{"name":"curl","password":"beep"}"#,
    );
    let got = String::from_utf8(got).unwrap();
    let token = got.split("\"token\":\"").nth(1).and_then(|rest| rest.split('"').next());
    token.unwrap_or_else(|| panic!("{got}")).to_owned()
}

#[test]
fn no_attack_on_a_terminal_reaches_one_through_any_field() {
    let server = TestServer::start();
    let mut mallory = server.native_user("mallory");
    assert_eq!(word(&mallory.ask(enter("dev"))), "conversation");
    server.native_user("wendy");
    let token = token(&server);
    http(
        &server,
        b"POST",
        b"/v1/ask",
        format!("Authorization: Bearer {token}").as_bytes(),
        br#"{"request":"join","name":"dev"}"#,
    );
    let json = "{\"request\":\"come-as-guest\",\"name\":\"jay\"}\n{\"request\":\"follow\"}\n{\"request\":\"join\",\"name\":\"dev\"}\n";
    let mut listeners = [
        Listener::begin(&server, "foo", "any", "signup: foo\nsecret\nsecret\n/join dev\n", "group dev.\n"),
        Listener::begin(&server, "matt", "lobby", "/nick matt\r\n/join dev\r\n", "in dev\r\n"),
        Listener::begin(&server, "neil", "any", "/username neil\n/join dev\n", "in dev\n"),
        Listener::begin(&server, "Mina", "machat", "{\"name\":\"Mina\",\"room\":\"dev\"}hi\n", "Mina:hi\n"),
        Listener::begin(&server, "John", "tinychat", "INIT:John:Eve\n/join dev\n", "in dev\n"),
        Listener::begin(&server, "jay", "json", json, "\"#dev\""),
    ];
    let mut heard = [0; 6];
    for (number, attack) in (0..).zip(attacks()) {
        by_text(&server, &attack);
        by_json(&server, &attack);
        by_http(&server, &attack, &token);
        natively(&mut mallory, &attack, number);
        let bell = format!("the bell rings {number}.");
        posted(mallory.ask(say("#dev", number, &bell)));
        for (listener, heard) in listeners.iter_mut().zip(&mut heard) {
            listener.until(Some(&bell));
            let got = std::mem::take(&mut listener.got);
            harmless(&got, &attack, listener.who);
            *heard += got.len();
        }
    }
    for path in LOOKED_UP {
        let got =
            http(&server, b"GET", path.as_bytes(), format!("Authorization: Bearer {token}").as_bytes(), b"");
        assert!(got.starts_with(b"HTTP/1.1 200"), "{path}: {}", String::from_utf8_lossy(&got));
        assert_eq!(harm(&got), None, "{path}");
    }
    for line in
        ["/history #dev 200", "/history @mallory 200", "/search owned", "/mentions", "/who dev", "/list"]
    {
        listeners[0].peer.send(&format!("{line}\n"));
    }
    for mut listener in listeners {
        listener.peer.send("/bye\n");
        listener.peer.half_close();
        listener.until(None);
        assert_eq!(harm(&without_telnet(&listener.got)), None, "{}", listener.who);
    }
    // They did hear something of it.
    assert!(heard.iter().all(|bytes| *bytes > 20_000), "{heard:?}");
}
