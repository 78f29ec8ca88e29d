//! Lines that people type: each is one thing in telnet and in the client, what it means can be typed again, and what is told about a
//! line that means nothing can be shown.

use im_proto::command::{At, Command, Line, parse};
use im_proto::{Address, Seq, mentions, printable};

use super::escapes::harm;

pub fn holds(bytes: &[u8]) {
    for line in String::from_utf8_lossy(bytes).lines() {
        for at in [At::Whispers, At::Mentions] {
            match parse(line, at) {
                Ok(Line::Blank) => assert!(line.trim().is_empty()),
                Ok(Line::Text(text)) => {
                    let typed = format!("\\{}", text.as_str());
                    // What is said about a line that is only blanks is said of this one, too.
                    let again = parse(&typed, at);
                    assert_eq!(
                        again.map(is_text),
                        Ok(Some(text.as_str().trim_end().to_owned())),
                        "{typed:?}"
                    );
                }
                Ok(Line::Command(command)) => {
                    if let Some(typed) = typed(&command) {
                        assert_eq!(parse(&typed, at), Ok(Line::Command(command)), "{typed:?}");
                    }
                }
                Err(error) => assert_eq!(harm(printable(&error.to_string()).to_string().as_bytes()), None),
            }
        }
        for mention in mentions(line) {
            assert_eq!(line[mention.at.clone()].strip_prefix('@').map(str::parse), Some(Ok(mention.name)));
        }
        if let Ok(address) = line.parse::<Address>() {
            assert_eq!(address.to_string().parse::<Address>(), Ok(address));
        }
    }
}

fn is_text(line: Line) -> Option<String> {
    match line {
        Line::Text(text) => Some(text.as_str().to_owned()),
        _ => None,
    }
}

/// A command as somebody might type it; nothing for those about moments, which have more than one spelling.
fn typed(command: &Command) -> Option<String> {
    let seq = |seq: &Option<Seq>| seq.map_or_else(String::new, |seq| format!("#{seq} "));
    let maybe =
        |name: &Option<im_proto::RoomName>| name.as_ref().map_or_else(String::new, ToString::to_string);
    Some(match command {
        Command::SignUp { name } => format!("/signup {name}"),
        Command::SignIn { name } => format!("signin: {name}"),
        Command::SignOut => "signout".into(),
        Command::ToUser { user } => format!("/talk @{user}"),
        Command::ToGroup { group } => format!("to group: #{group}"),
        Command::Message { to, text } => format!("/msg {to} {}", text.as_str()),
        Command::Join { name, create: true } => format!("/join #{name}"),
        Command::Join { name, create: false } => format!("join group: {name}"),
        Command::Create { group } => format!("/create {group}"),
        Command::Invite { group, user } => format!("/invite {group} {user}"),
        Command::Answer { yes, group, user } => {
            let word = if *yes { "/accept" } else { "/reject" };
            let user = user.as_ref().map_or_else(String::new, ToString::to_string);
            format!("{word} {} {user}", maybe(group))
        }
        Command::Leave { name } => format!("/leave {}", maybe(name)),
        Command::Role { group, user, role } => format!("/role {group} {user} {}", role.word()),
        Command::Who { of } => format!("/who {}", maybe(of)),
        Command::History { around: Some(_), .. } => return None,
        Command::History { of, limit, around: None } => {
            let of = of.as_ref().map_or_else(String::new, ToString::to_string);
            format!("/history {of} {}", limit.map_or_else(String::new, |limit| limit.to_string()))
        }
        Command::Search { words } => format!("/search {}", words.as_str()),
        Command::Mentions => "/mentions".into(),
        Command::Retention { days } => {
            format!("/retention {}", days.map_or_else(String::new, |days| days.to_string()))
        }
        // A text that begins with a number would be about that message.
        Command::Edit { seq: None, text } | Command::Reply { seq: None, text }
            if text.as_str().starts_with('#') =>
        {
            return None;
        }
        Command::React { seq: None, reaction, .. } if reaction.as_str().starts_with('#') => return None,
        Command::Edit { seq: of, text } => format!("/edit {}{}", seq(of), text.as_str()),
        Command::Delete { seq: of } => format!("/delete {}", seq(of)),
        Command::Reply { seq: of, text } => format!("/reply {}{}", seq(of), text.as_str()),
        Command::React { seq: of, reaction, on } => {
            format!("/{} {}{}", if *on { "react" } else { "unreact" }, seq(of), reaction.as_str())
        }
        Command::Rename { name } => format!("/nick {name}"),
        Command::Everybody { text } => format!("/all {}", text.as_str()),
        Command::Stop => "/stop".into(),
        Command::Time => "/time".into(),
        Command::Help { about } => format!("/help {}", about.as_deref().unwrap_or_default()),
        Command::Quit => "/quit".into(),
        #[allow(unreachable_patterns, reason = "commands that are newer than this")]
        _ => return None,
    })
}
