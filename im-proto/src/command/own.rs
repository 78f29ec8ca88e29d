//! Commands about one's own account: where it is signed in, and whether codes are asked for.

use super::Command;

/// `[end NUMBER]`.
pub(super) fn sessions(words: &[&str]) -> Option<Command> {
    let end = match words {
        [] => None,
        [end, number] if end.eq_ignore_ascii_case("end") => {
            Some(number.trim_start_matches('#').parse().ok()?)
        }
        _ => return None,
    };
    Some(Command::Sessions { end })
}

/// `[on or off]`.
pub(super) fn codes(words: &[&str]) -> Option<Command> {
    let on = match words {
        [] => None,
        [word] if word.eq_ignore_ascii_case("on") => Some(true),
        [word] if word.eq_ignore_ascii_case("off") => Some(false),
        _ => return None,
    };
    Some(Command::Codes { on })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_and_no_switch_is_not_guessed_at() {
        assert_eq!(sessions(&[]), Some(Command::Sessions { end: None }));
        assert_eq!(sessions(&["End", "#7"]), Some(Command::Sessions { end: Some(7) }));
        for wrong in [&["end"][..], &["7"], &["end", "all"], &["end", "-1"], &["end", "1", "2"]] {
            assert_eq!(sessions(wrong), None, "{wrong:?}");
        }
        assert_eq!(codes(&["ON"]), Some(Command::Codes { on: Some(true) }));
        assert_eq!(codes(&["off"]), Some(Command::Codes { on: Some(false) }));
        assert_eq!(codes(&[]), Some(Command::Codes { on: None }));
        assert_eq!(codes(&["maybe"]), None);
    }
}
