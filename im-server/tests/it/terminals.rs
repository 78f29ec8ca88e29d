//! What people have at hand: the real `telnet` on a real terminal.

use std::net::SocketAddr;

use portable_pty::CommandBuilder;

use crate::harness::TestServer;
use crate::terminal::{BACKSPACE, CTRL_C, CTRL_D, Terminal, installed};

const ENTER_PASSWORD: &str = "[from system] enter password:";
const RE_ENTER_PASSWORD: &str = "[from system] re-enter password:";
const WELCOME: &str = "[from system] auth succeed.";
const GOODBYE: &str = "Connection closed by foreign host.";

fn telnet(addr: SocketAddr) -> Terminal {
    let mut command = CommandBuilder::new(installed("telnet", "telnet"));
    command.args([addr.ip().to_string(), addr.port().to_string()]);
    let mut telnet = Terminal::run(command);
    telnet.shows("Escape character is '^]'.");
    telnet
}

/// Somebody at a telnet with an account, signed in.
fn telnet_user(server: &TestServer, name: &str) -> Terminal {
    let mut telnet = telnet(server.addr());
    telnet.enter(&format!("signup: {name}"));
    telnet.ends_in(ENTER_PASSWORD);
    telnet.enter("secret");
    telnet.ends_in(RE_ENTER_PASSWORD);
    telnet.enter("secret");
    telnet.shows_line(WELCOME);
    telnet
}

/// The lines of the screen from this one on.
fn lines_from(terminal: &Terminal, first: &str) -> Vec<String> {
    terminal.lines().into_iter().skip_while(|line| line != first).collect()
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn whoever_says_nothing_is_greeted() {
    let server = TestServer::start();
    let mut telnet = telnet(server.addr());
    telnet.ends_in("using [signup: foo] or [signin: foo]");
    let version = env!("CARGO_PKG_VERSION");
    let first = format!("im {version}: chat for everybody who has a terminal.");
    let greeting = lines_from(&telnet, &first);
    assert_eq!(greeting.len(), 14, "{greeting:?}");
    telnet.enter("/help");
    telnet.shows("/help all shows every command");
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn a_password_is_never_on_the_screen() {
    let server = TestServer::start();
    let mut foo = telnet(server.addr());
    foo.enter("signup: foo");
    foo.ends_in(ENTER_PASSWORD);
    foo.enter(&format!("hunx{BACKSPACE}ter2"));
    foo.ends_in(RE_ENTER_PASSWORD);
    foo.enter("hunter2");
    foo.shows_line(WELCOME);
    // What is typed can be seen again.
    foo.press("to user: nobody");
    foo.ends_in("to user: nobody");
    let all = ["signup: foo", ENTER_PASSWORD, RE_ENTER_PASSWORD, WELCOME, "to user: nobody"];
    assert_eq!(lines_from(&foo, "signup: foo"), all);

    let mut again = telnet(server.addr());
    again.enter("signin: foo");
    again.ends_in(ENTER_PASSWORD);
    again.enter("hunter3");
    again.ends_in(RE_ENTER_PASSWORD);
    again.enter("hunter2");
    again.shows_line(WELCOME);
    for screen in [&foo, &again] {
        assert!(!screen.has_shown("hun"), "{}", screen.screen());
    }
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn what_is_typed_ahead_of_the_prompts_is_taken() {
    let server = TestServer::start();
    let mut foo = telnet(server.addr());
    foo.press("signup: foo\rsecret\rsecret\rto group: lobby\rhello\r");
    foo.shows_line("[from group lobby user foo] hello");
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn two_people_talk() {
    let server = TestServer::start();
    let mut foo = telnet_user(&server, "foo");
    let mut bar = telnet_user(&server, "bar");
    foo.enter("to user: bar");
    foo.enter("how you doing");
    bar.shows_line("[from user foo] how you doing");
    bar.enter("to user: foo");
    bar.enter("I'm doing good");
    foo.shows_line("[from user bar] I'm doing good");
    bar.enter("你好");
    foo.shows_line("[from user bar] 你好");
    foo.enter("to group: lobby");
    foo.enter("🎉 to everybody");
    bar.shows_line("[from group lobby user foo] 🎉 to everybody");
    foo.shows_line("[from group lobby user foo] 🎉 to everybody");
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn backspace_mends_the_line() {
    let server = TestServer::start();
    let mut foo = telnet_user(&server, "foo");
    foo.enter("to group: lobby");
    foo.press("helq");
    foo.ends_in("helq");
    foo.press(BACKSPACE);
    foo.ends_in("hel");
    foo.enter("lo");
    foo.shows_line("[from group lobby user foo] hello");
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn ctrl_c_drops_the_half_line_and_leaves_a_live_screen() {
    let server = TestServer::start();
    let mut foo = telnet_user(&server, "foo");
    let mut bar = telnet_user(&server, "bar");
    bar.enter("to user: foo");
    foo.enter("to user: bar");
    // What telnet has not read yet, the terminal throws away at Ctrl-C: hence this first.
    foo.enter("hello");
    bar.shows_line("[from user foo] hello");
    foo.press("half a li");
    foo.ends_in("half a li");
    foo.press(CTRL_C);
    foo.shows_line("[from system] /bye ends this.");
    bar.enter("still there?");
    foo.shows_line("[from user bar] still there?");
    foo.enter("yes");
    bar.shows_line("[from user foo] yes");
    assert!(!bar.has_shown("half"), "{}", bar.screen());
    // And again, as often as one likes. What is on its way at that moment telnet throws away: hence the order.
    for times in 2..5 {
        foo.press(CTRL_C);
        foo.until("one more hint", |foo| foo.screen().matches("/bye ends this.").count() == times);
        bar.enter(&format!("{times} times"));
        foo.shows_line(&format!("[from user bar] {times} times"));
    }
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn ctrl_c_at_a_password_cancels_it_and_shows_what_is_typed_again() {
    let server = TestServer::start();
    let mut foo = telnet(server.addr());
    foo.enter("signup: foo");
    foo.ends_in(ENTER_PASSWORD);
    foo.press(CTRL_C);
    foo.shows_line("[from system] cancelled.");
    foo.press("signin: 1nobody");
    foo.shows_line("signin: 1nobody");
    foo.enter("");
    foo.shows_line("[from system] invalid user name.");
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn bye_ends_telnet() {
    let server = TestServer::start();
    let mut foo = telnet_user(&server, "foo");
    foo.enter("/bye");
    foo.ends();
    foo.ends_in(GOODBYE);
    assert_eq!(lines_from(&foo, "/bye"), ["/bye", "[from system] bye.", GOODBYE]);
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn ctrl_d_ends_telnet() {
    let server = TestServer::start();
    let mut foo = telnet_user(&server, "foo");
    foo.press(CTRL_D);
    foo.ends();
    foo.shows_line("[from system] bye.");
    foo.ends_in(GOODBYE);
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn a_question_stays_below_what_comes_unasked() {
    let server = TestServer::start();
    let mut foo = telnet_user(&server, "foo");
    let mut bar = telnet_user(&server, "bar");
    let question = "[from foo] invite you to join group g1, Y/N?";
    foo.enter("create group: g1");
    foo.shows_line("[from system] group create succeed.");
    foo.enter("invite group: g1 bar");
    bar.ends_in(question);
    foo.enter("to user: bar");
    foo.enter("say yes");
    bar.shows_line("[from user foo] say yes");
    bar.ends_in(question);
    assert_eq!(lines_from(&bar, question), [question, "[from user foo] say yes", question]);

    bar.press(CTRL_C);
    bar.shows_line("[from system] it waits, /accept or /reject answers it.");
    bar.enter("Y");
    for screen in [&mut foo, &mut bar] {
        screen.shows_line("[from system] bar join in group g1.");
    }
}

#[test]
#[cfg_attr(not(has_telnet), ignore = "apt-get install telnet")]
fn a_stopping_server_says_so() {
    let mut server = TestServer::start();
    let mut foo = telnet_user(&server, "foo");
    server.stop();
    foo.ends();
    foo.shows_line("[from system] the server is stopping.");
    foo.ends_in(GOODBYE);
}
