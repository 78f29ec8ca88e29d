//! What is shown: characters that show, the same again when it is shown again, and nothing lost but what hides.

use im_proto::{Reaction, RoomName, UserName, escaped, printable, printable_lines};

use super::escapes::harm;

pub fn holds(bytes: &[u8]) {
    let said = String::from_utf8_lossy(bytes);
    let shown = printable(&said).to_string();
    assert_eq!(harm(shown.as_bytes()), None);
    assert!(!shown.contains(['\n', '\r']), "it is one line");
    assert_eq!(printable(&shown).to_string(), shown, "it is a fixed point");
    assert_eq!(printable(&said).chars().collect::<String>(), shown);
    assert!(is_part(&shown, &said), "nothing is added");
    let plain = |c: &char| matches!(c, ' '..='~' | '\t') || matches!(c, 'à'..='ö' | '一'..='龥');
    assert!(shown.chars().filter(plain).eq(said.chars().filter(plain)), "and what shows stays");

    let lines: Vec<String> = printable_lines(&said).map(|line| line.to_string()).collect();
    assert!(lines.iter().all(|line| harm(line.as_bytes()).is_none() && !line.contains('\n')));
    assert_eq!(lines.concat(), shown);

    let logged = escaped(&said);
    assert_eq!(harm(logged.as_bytes()), None);
    assert_eq!(printable(&logged).to_string(), logged);
    let quotable = said.replace(['"', '\\', '\t'], "");
    let quoted = format!("\"{}\"", escaped(&quotable));
    assert_eq!(serde_json::from_str::<String>(&quoted).expect("it is as JSON has it"), quotable);

    names(&said);
}

/// Names are kept as they are shown.
fn names(said: &str) {
    if let Ok(name) = UserName::parse(said) {
        assert_eq!(printable(name.as_str()).to_string(), name.as_str());
        assert_eq!(harm(name.as_str().as_bytes()), None);
        let again = UserName::parse(name.as_str()).expect("a name is a name");
        assert_eq!((again.as_str(), again.key(), again.look()), (name.as_str(), name.key(), name.look()));
        let key = UserName::parse(name.key());
        assert!(key.is_err() || key.as_ref() == Ok(&name), "its key is the same name, where it is one");
    }
    if let Ok(name) = RoomName::parse(said) {
        assert_eq!(harm(name.as_str().as_bytes()), None);
    }
    if let Ok(reaction) = Reaction::parse(said) {
        assert_eq!(harm(reaction.to_string().as_bytes()), None);
    }
}

/// Whether the characters of one stand in the other, in their order.
fn is_part(part: &str, whole: &str) -> bool {
    let mut rest = whole.chars();
    part.chars().all(|c| rest.any(|other| other == c))
}
