//! The real `telnet` of busybox, which goes to character mode while a password is hidden: keys come one by one.

use std::net::SocketAddr;

use crate::asks::{say, word};
use crate::harness::TestServer;
use crate::native::guests::guest;
use crate::terminal::{BACKSPACE, Terminal};

use super::{ENTER_PASSWORD, RE_ENTER_PASSWORD, on_terminal};

const CHARACTER_MODE: &str = "Entering character mode";
const LINE_MODE: &str = "Entering line mode";

fn telnet(addr: SocketAddr) -> Terminal {
    let mut telnet = on_terminal("busybox", "busybox", &["telnet"], addr);
    telnet.shows("*    /help (displays this msg)");
    telnet
}

#[test]
#[cfg_attr(not(has_busybox), ignore = "apt-get install busybox")]
fn a_guest_talks_and_signs_up_with_a_hidden_password() {
    let server = TestServer::start();
    let mut others = guest(&server, "others");
    others.follow();
    assert_eq!(word(&others.ask(crate::asks::join("lobby"))), "conversation");
    for (name, addr) in [("neil", server.addr()), ("matt", server.addr_of("lobby"))] {
        let mut telnet = telnet(addr);
        telnet.enter(&format!("/username {name}"));
        telnet.shows(&format!("changed username to [{name}]"));
        telnet.press("helq");
        telnet.ends_in("helq");
        telnet.press(BACKSPACE);
        telnet.enter("lo");
        others.event(|event| crate::asks::text(event) == Some("hello"));

        telnet.enter(&format!("/signup {name}"));
        telnet.shows(CHARACTER_MODE);
        telnet.until(ENTER_PASSWORD, |telnet| telnet.last_line().ends_with(ENTER_PASSWORD));
        // Here the server is the one that mends the line.
        telnet.press(&format!("hunx{BACKSPACE}ter2{BACKSPACE}{BACKSPACE}r2\r"));
        telnet.until(RE_ENTER_PASSWORD, |telnet| telnet.last_line().ends_with(RE_ENTER_PASSWORD));
        telnet.press("hunter2\r");
        telnet.shows(&format!(" * you are signed in as [{name}]"));
        telnet.shows(LINE_MODE);
        assert!(!telnet.has_shown("hun"), "{}", telnet.screen());
        // And is seen again.
        telnet.press("in the clear");
        telnet.shows("in the clear");
        telnet.enter("");
        others.event(|event| crate::asks::text(event) == Some("in the clear"));
        assert_eq!(word(&others.ask(say("#lobby", 1 + u64::from(name == "matt"), name))), "posted");
        telnet.shows(&format!("[others]> {name}"));
        let mut again = self::telnet(server.addr());
        again.enter(&format!("signin: {name}"));
        again.shows(CHARACTER_MODE);
        again.press("hunter2\r");
        again.shows("[from system] auth succeed.");
        again.enter("/bye");
        again.ends();
        again.shows("Connection closed by foreign host");
    }
}

#[test]
#[cfg_attr(not(has_busybox), ignore = "apt-get install busybox")]
fn machat_and_tinychat_by_hand() {
    let server = TestServer::start();
    let mut mina = telnet(server.addr());
    mina.enter(r#"{"name":"Mina","room":"devroom"}"#);
    mina.enter("hello from mina");
    mina.shows("Mina:hello from mina");
    let mut john = on_terminal("busybox", "busybox", &["telnet"], server.addr_of("tinychat"));
    john.until("Enter your name:", |john| john.last_line() == "Enter your name:");
    john.enter("John");
    john.ends_in("Enter the person you want to chat with:");
    john.enter("Mina");
    john.enter("hello Mina");
    mina.shows("John whispers:hello Mina");
    mina.enter("@john hello John");
    john.shows("hello John");
    john.enter("QUIT");
    john.ends();
}

#[test]
#[cfg_attr(not(has_busybox), ignore = "apt-get install busybox")]
fn ctrl_d_typed_in_character_mode_ends() {
    let server = TestServer::start();
    let mut neil = telnet(server.addr());
    neil.enter("/signup neil");
    neil.shows(CHARACTER_MODE);
    neil.until(ENTER_PASSWORD, |neil| neil.last_line().ends_with(ENTER_PASSWORD));
    neil.press("half");
    neil.press(crate::terminal::CTRL_D); // not on an empty line: nothing
    neil.press("\x15\x04"); // Ctrl-U clears it
    neil.ends();
    assert!(!neil.has_shown("half"), "{}", neil.screen());
}
