//! The real `telnet` in the lobby, in MaChat's manner and in TinyChat's.

use std::net::SocketAddr;

use crate::asks::{say, word};
use crate::harness::TestServer;
use crate::native::guests::guest;
use crate::terminal::{BACKSPACE, CTRL_C, CTRL_D, Terminal};

use super::{ENTER_PASSWORD, GOODBYE, RE_ENTER_PASSWORD, lines_from, on_terminal};

const ENTER_NAME: &str = "Enter your name:";
const ENTER_PEER: &str = "Enter the person you want to chat with:";
const HELLO: &str = r#"{"name":"Mina","room":"devroom"}"#;

fn telnet(addr: SocketAddr) -> Terminal {
    let mut telnet = on_terminal("telnet", "telnet", &[], addr);
    telnet.shows("Escape character is '^]'.");
    telnet
}

/// A guest of this name in the lobby, who came by the port where everybody is understood.
fn lobby_guest(server: &TestServer, name: &str) -> Terminal {
    let mut telnet = telnet(server.addr());
    telnet.enter(&format!("/username {name}"));
    telnet.shows(&format!("changed username to [{name}]"));
    telnet
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn guests_meet_in_the_lobby() {
    let server = TestServer::start();
    let mut neil = telnet(server.addr());
    neil.ends_in("using [signup: foo] or [signin: foo]");
    neil.enter("good morning");
    neil.shows_line(" * you are anonymous0, everyone sees this. /help for more");
    let mut matt = telnet(server.addr_of("lobby"));
    matt.shows_line("*    /bye (quits!)");
    matt.shows_line(" * [anonymous1] has connected");
    neil.shows_line(" * [anonymous1] has connected");
    for (who, name) in [(&mut neil, "neil"), (&mut matt, "matt")] {
        who.enter(&format!("/username {name}"));
        who.shows(&format!("changed username to [{name}]"));
    }
    neil.shows_line(" * anonymous1 changed username to [matt]");
    neil.enter("hello everyone, 你好");
    matt.shows_line("[neil]> hello everyone, 你好");
    matt.enter("@neil smells");
    matt.shows_line("[matt] whispers to [neil]> smells");
    neil.shows_line("[matt] whispers> smells");
    matt.enter("/list");
    matt.shows_line("UserList:{matt, neil} Total:[2]");
    matt.enter("/bye");
    matt.ends();
    matt.ends_in(GOODBYE);
    neil.shows_line(" * [matt] has disconnected");
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn a_guest_signs_up_with_a_hidden_password() {
    let server = TestServer::start();
    for (name, addr) in [("neil", server.addr()), ("matt", server.addr_of("lobby"))] {
        let mut telnet = telnet(addr);
        telnet.shows("*    /help (displays this msg)");
        telnet.enter(&format!("/username {name}"));
        telnet.shows(&format!("changed username to [{name}]"));
        telnet.enter(&format!("/signup {name}"));
        telnet.ends_in(ENTER_PASSWORD);
        telnet.enter(&format!("hunx{BACKSPACE}ter2"));
        telnet.ends_in(RE_ENTER_PASSWORD);
        telnet.enter("hunter2");
        telnet.shows_line(&format!(" * you are signed in as [{name}]"));
        // What is typed can be seen again.
        telnet.press("in the clear");
        telnet.ends_in("in the clear");
        assert!(!telnet.has_shown("hun"), "{}", telnet.screen());
    }
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn what_others_say_waits_while_a_password_is_typed() {
    let server = TestServer::start();
    let mut neil = lobby_guest(&server, "neil");
    let mut others = guest(&server, "others");
    neil.enter("/signup neil");
    neil.ends_in(ENTER_PASSWORD);
    assert_eq!(word(&others.ask(say("#lobby", 1, "said to all"))), "posted");
    assert_eq!(word(&others.ask(say("@neil", 2, "said to one"))), "posted");
    neil.enter("secret");
    neil.ends_in(RE_ENTER_PASSWORD);
    assert_eq!(word(&others.ask(say("#lobby", 3, "more to all"))), "posted");
    neil.enter("secret");
    neil.shows_line(" * you are signed in as [neil]");
    for line in ["[others]> said to all", "[others]> more to all", "[others] whispers> said to one"] {
        neil.shows_line(line);
        assert_eq!(neil.screen().matches(line).count(), 1, "{}", neil.screen());
    }
    // None of it came before it was done.
    let prompts = lines_from(&neil, "/signup neil");
    let wanted = ["/signup neil", ENTER_PASSWORD, RE_ENTER_PASSWORD];
    assert_eq!(prompts[..3], wanted);
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn who_signs_in_gets_what_was_said_meanwhile() {
    let server = TestServer::start();
    drop(server.native_user("foo"));
    let mut neil = lobby_guest(&server, "neil");
    let mut others = guest(&server, "others");
    neil.enter("/signin foo");
    neil.ends_in(ENTER_PASSWORD);
    assert_eq!(word(&others.ask(say("#lobby", 1, "said meanwhile"))), "posted");
    neil.enter("wrong");
    neil.ends_in(RE_ENTER_PASSWORD);
    neil.press(CTRL_C);
    neil.shows_line(" * cancelled");
    neil.shows_line("[others]> said meanwhile");
    neil.enter("/signin foo");
    neil.ends_in(ENTER_PASSWORD);
    assert_eq!(word(&others.ask(say("#lobby", 2, "and again"))), "posted");
    neil.enter("secret");
    neil.shows_line("[others]> and again");
    assert!(lines_from(&neil, " * you are signed in as [foo]").contains(&"[others]> and again".to_owned()));
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn ctrl_c_leaves_a_live_screen_and_ctrl_d_ends() {
    let server = TestServer::start();
    let mut neil = lobby_guest(&server, "neil");
    let mut matt = lobby_guest(&server, "matt");
    neil.shows("changed username to [matt]");
    for round in 0..3 {
        neil.press("half a line");
        neil.until("half a line", |neil| neil.last_line().starts_with("half a line"));
        neil.press(CTRL_C);
        neil.until("a hint", |neil| neil.screen().matches(" * /bye ends this").count() == round + 1);
        matt.enter(&format!("round {round}"));
        neil.shows_line(&format!("[matt]> round {round}"));
        neil.enter(&format!("answer {round}"));
        matt.shows_line(&format!("[neil]> answer {round}"));
    }
    assert!(!matt.has_shown("half") && !matt.has_shown("\u{fffd}"), "{}", matt.screen());
    neil.press(CTRL_D);
    neil.ends();
    neil.ends_in(GOODBYE);
    matt.shows_line(" * [neil] has disconnected");
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn a_hello_of_machat_may_be_typed_by_hand() {
    let server = TestServer::start();
    for (addr, name) in [(server.addr(), "Mina"), (server.addr_of("machat"), "Bob")] {
        let mut telnet = telnet(addr);
        telnet.enter(&HELLO.replace("Mina", name));
        telnet.enter("hello from me");
        telnet.shows_line(&format!("{name}:hello from me"));
        let mut other = telnet_of_machat(&server);
        other.enter("100%d");
        telnet.shows_line("Zoe:100%d");
        telnet.press(CTRL_C);
        telnet.shows_line("* /bye ends this");
        telnet.enter("still here");
        other.shows_line(&format!("{name}:still here"));
        other.enter("/bye");
        other.ends();
        telnet.press(CTRL_D);
        telnet.ends();
        telnet.ends_in(GOODBYE);
    }
    let mut wrong = telnet(server.addr_of("machat"));
    wrong.enter("hello?");
    wrong.ends();
    wrong.shows(r#"error: the first line must look like {"name": "Mina", "room": "devroom"}"#);
    wrong.ends_in(GOODBYE);
}

fn telnet_of_machat(server: &TestServer) -> Terminal {
    let mut telnet = telnet(server.addr());
    telnet.enter(&HELLO.replace("Mina", "Zoe"));
    telnet.enter("zoe is here");
    telnet.shows_line("Zoe:zoe is here");
    telnet
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn tinychat_asks_who_one_is_and_whom_one_wants() {
    let server = TestServer::start();
    let mut john = telnet(server.addr_of("tinychat"));
    john.ends_in(ENTER_NAME);
    john.enter("2 words");
    john.shows("* a name ");
    john.ends_in(ENTER_NAME);
    john.enter("John");
    john.ends_in(ENTER_PEER);
    john.enter("1");
    john.shows_line("* a name starts with a letter");
    john.ends_in(ENTER_PEER);
    john.enter("Marie");
    john.enter("hello Marie");
    let mut marie = telnet(server.addr_of("tinychat"));
    marie.ends_in(ENTER_NAME);
    marie.enter("INIT:Marie:John");
    marie.shows_line("hello Marie");
    marie.enter("hello John");
    john.shows_line("hello John");
    // A prompt stays below what comes unasked.
    john.enter("/talk");
    john.until(ENTER_PEER, |john| john.last_line() == ENTER_PEER);
    marie.enter("are you there?");
    john.shows_line("are you there?");
    john.ends_in(ENTER_PEER);
    assert_eq!(lines_from(&john, "/talk"), ["/talk", ENTER_PEER, "are you there?", ENTER_PEER]);
    john.press(CTRL_C);
    john.shows_line("* cancelled");
    john.enter("yes");
    marie.shows_line("yes");
    john.enter("QUIT");
    john.ends();
    john.ends_in(GOODBYE);
    marie.press(CTRL_D);
    marie.ends();
    marie.ends_in(GOODBYE);
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn at_a_prompt_for_a_name_one_may_leave_or_sign_up() {
    let server = TestServer::start();
    for (first, last) in [("", "QUIT"), ("", "/bye"), ("John", "QUIT"), ("John", "/quit")] {
        let mut john = telnet(server.addr_of("tinychat"));
        john.ends_in(ENTER_NAME);
        if !first.is_empty() {
            john.enter(first);
            john.ends_in(ENTER_PEER);
        }
        john.enter(last);
        john.ends();
        john.ends_in(GOODBYE);
    }
    let mut john = telnet(server.addr_of("tinychat"));
    john.ends_in(ENTER_NAME);
    john.enter("/signup John");
    john.ends_in(ENTER_PASSWORD);
    john.enter("secret");
    john.ends_in(RE_ENTER_PASSWORD);
    john.enter("secret");
    john.shows_line("* you are signed in");
    john.enter("/talk");
    john.ends_in(ENTER_PEER);
    john.enter("/time");
    john.shows(" UTC");
    john.enter("/talk");
    john.until(ENTER_PEER, |john| john.last_line() == ENTER_PEER);
    john.enter("QUIT");
    john.ends();
    assert!(!john.has_shown("secret"), "{}", john.screen());
}
