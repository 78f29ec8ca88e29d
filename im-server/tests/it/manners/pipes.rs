//! `nc`, `socat` and `curl` at the end of a pipe, in every manner.

use std::net::SocketAddr;
use std::process::Command;

use crate::asks::{join, say, text, word};
use crate::child::Running;
use crate::harness::{Native, TestServer};
use crate::native::guests::guest;
use crate::terminal::installed;

/// The ways by which somebody with a pipe comes.
const WAYS: [Way; 4] = [
    Way { program: "nc", package: "netcat-openbsd", flags: &["-N"], eol: "\n" },
    Way { program: "nc", package: "netcat-openbsd", flags: &["-N", "-C"], eol: "\r\n" },
    Way { program: "socat", package: "socat", flags: &["-t", "30", "-"], eol: "\n" },
    Way { program: "curl", package: "curl", flags: &["-sN", "--max-time", "30"], eol: "\n" },
];

#[derive(Debug)]
struct Way {
    program: &'static str,
    package: &'static str,
    flags: &'static [&'static str],
    /// How the server ends lines for it.
    eol: &'static str,
}

impl Way {
    fn start(&self, addr: SocketAddr) -> Running {
        let mut command = Command::new(installed(self.program, self.package));
        command.args(self.flags);
        match self.program {
            "nc" => command.args([addr.ip().to_string(), addr.port().to_string()]),
            "socat" => command.arg(format!("TCP:{addr}")),
            _ => command.arg(format!("telnet://{addr}")),
        };
        Running::start(command)
    }

    #[track_caller]
    fn says(&self, running: &mut Running, text: &str) {
        match self.program {
            "curl" => running.says_after_enter(text),
            _ => running.says(text),
        };
    }
}

/// Somebody in the lobby, and in MaChat's room, who hears.
fn listener(server: &TestServer) -> Native {
    let mut ann = guest(server, "ann");
    ann.follow();
    for room in ["lobby", "devroom"] {
        assert_eq!(word(&ann.ask(crate::asks::enter(room))), "conversation");
    }
    ann
}

#[test]
#[cfg_attr(not(all(has_nc, has_socat, has_curl)), ignore = "apt-get install netcat-openbsd socat curl")]
fn guests_of_the_lobby() {
    let server = TestServer::start();
    let mut ann = listener(&server);
    for (number, way) in (1..).zip(WAYS) {
        let eol = way.eol;
        let mut neil = way.start(server.addr());
        neil.write(b"good morning, \xe4\xbd\xa0\xe5\xa5\xbd\n");
        way.says(&mut neil, &format!(" * you are anonymous0, everyone sees this. /help for more{eol}"));
        let event = ann.event(|event| text(event) == Some("good morning, 你好"));
        assert!(event.author.guest, "{way:?}");
        neil.write(b"/nick neil\n@ann psst\n");
        way.says(
            &mut neil,
            &format!(" * anonymous0 changed username to [neil]{eol}[neil] whispers to [ann]> psst{eol}"),
        );
        ann.event(|event| text(event) == Some("psst"));
        assert_eq!(word(&ann.ask(say("#lobby", number, "hello neil"))), "posted");
        way.says(&mut neil, &format!("[ann]> hello neil{eol}"));
        neil.write(b"/bye\n");
        let ended = neil.ends();
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{way:?} {ended:?}");
        assert!(!ended.out.contains('\u{fffd}'), "{way:?} {ended:?}");
        ann.notice(|notice| {
            matches!(notice, im_proto::Notice::Presence { user, online: false } if user.name.as_str() == "neil")
        });
    }
}

#[test]
#[cfg_attr(not(all(has_nc, has_socat, has_curl)), ignore = "apt-get install netcat-openbsd socat curl")]
fn people_of_machat_and_tinychat() {
    let server = TestServer::start();
    let mut ann = listener(&server);
    for (number, way) in (1..).zip(WAYS) {
        let mut mina = way.start(server.addr());
        mina.write(br#"{"name": "Mina", "room":"devroom"}"#);
        mina.write(b"\nhello from mina\n");
        way.says(&mut mina, "Mina:hello from mina\n");
        ann.event(|event| text(event) == Some("hello from mina"));
        assert_eq!(word(&ann.ask(say("#devroom", number, "hi mina"))), "posted");
        way.says(&mut mina, "ann:hi mina\n");

        let eol = way.eol;
        let mut john = way.start(server.addr());
        john.write(b"INIT:John:Mina\nhello Mina\n");
        way.says(&mut mina, "John whispers:hello Mina\n");
        mina.write(b"@John hello John\n");
        way.says(&mut john, &format!("hello John{eol}"));
        way.says(&mut mina, "[to user John] hello John\n");
        john.write(b"QUIT\n");
        mina.write(b"/bye\n");
        assert_eq!(john.ends().out, format!("hello John{eol}"), "{way:?}");
        let ended = mina.ends();
        assert_eq!(ended.out.lines().last(), Some("[to user John] hello John"), "{way:?}");
    }
}

#[test]
#[cfg_attr(not(all(has_nc, has_socat, has_curl)), ignore = "apt-get install netcat-openbsd socat curl")]
fn a_pipe_that_ends_gets_all_answers_first() {
    let server = TestServer::start();
    let mut ann = listener(&server);
    // Curl has no way to say that nothing more comes.
    for (number, way) in (1..).zip(&WAYS[..3]) {
        let eol = way.eol;
        let mut neil = way.start(server.addr());
        neil.write(
            format!("hello {number}\n/nick neil{number}\n/nosuch\n@nobody x\nlast {number}").as_bytes(),
        );
        let ended = neil.ends();
        let wanted = [
            " * you are anonymous0, everyone sees this. /help for more".into(),
            format!(" * anonymous0 changed username to [neil{number}]"),
            format!(" * neil{number} issued unrecognised command \"/nosuch\""),
            " * \"nobody\" is unknown user".into(),
        ];
        assert_eq!(ended.out, wanted.map(|line| line + eol).concat(), "{way:?}");
        ann.event(|event| text(event) == Some(&format!("last {number}")));
        let mut mina = way.start(server.addr());
        mina.write(br#"{"name": "Mina", "room":"devroom"}and the rest"#);
        assert_eq!(mina.ends().out, "Mina:and the rest\n", "{way:?}");
        ann.event(|event| text(event) == Some("and the rest"));
        let mut john = way.start(server.addr());
        john.write(b"INIT:John:ann\nbye ann");
        assert_eq!(john.ends().out, "", "{way:?}");
        ann.event(|event| text(event) == Some("bye ann"));
    }
    assert_eq!(word(&ann.ask(join("lobby"))), "conversation");
}
