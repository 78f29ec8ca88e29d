//! Checked names of users, rooms and groups: what a name may be, and when two names are the same or look alike.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::limits::NAME_CHARS_MAX;

/// Why a name was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing was given.
    #[error("a name is missing")]
    Empty,
    /// More than [`NAME_CHARS_MAX`] characters.
    #[error("a name has at most {NAME_CHARS_MAX} characters")]
    TooLong,
    /// It starts with something that may only stand later in a name.
    #[error("a name starts with a letter")]
    BadStart(char),
    /// It holds a blank, a slash, a control character or anything else that is not for names.
    #[error("a name holds only letters, digits, and _ - .")]
    BadCharacter(char),
}

/// A name as it was written, and the key it is compared by.
#[derive(Clone)]
struct Name {
    shown: Arc<str>,
    key: Arc<str>,
}

impl Name {
    fn parse(raw: &str, may_start: fn(char) -> bool) -> Result<Self, NameError> {
        // Normalising cannot shrink a string by more than a few times, so a hostile one is refused unread.
        if raw.len() > NAME_CHARS_MAX * 32 {
            return Err(NameError::TooLong);
        }
        let shown: String = raw.nfc().collect();
        let first = shown.chars().next().ok_or(NameError::Empty)?;
        if let Some(bad) = shown.chars().find(|c| !may_hold(*c)) {
            return Err(NameError::BadCharacter(bad));
        }
        if !may_start(first) {
            return Err(NameError::BadStart(first));
        }
        if shown.chars().count() > NAME_CHARS_MAX {
            return Err(NameError::TooLong);
        }
        let shown: Arc<str> = shown.into();
        let key = folded(&shown);
        // One character may fold into eighteen, with blanks between them: what the name is compared by is a name too.
        if let Some(bad) = key.chars().find(|c| !may_hold(*c)) {
            return Err(NameError::BadCharacter(bad));
        }
        if key.chars().count() > 2 * NAME_CHARS_MAX {
            return Err(NameError::TooLong);
        }
        let key = if *key == *shown { Arc::clone(&shown) } else { key.into() };
        Ok(Self { shown, key })
    }
}

fn may_hold(c: char) -> bool {
    (c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '_' | '-' | '.')) && !is_invisible(c)
}

/// Letters and marks that show nothing: fillers of Hangul and Khmer, joiners, selectors of variants.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{34f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

/// The form in which two spellings of one name are equal: case folded and normalised (NFKC).
pub fn folded(name: &str) -> String {
    // Lower-casing may produce a sequence that is not normalised, and compatibility forms may hide capitals.
    name.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// The form in which two names that look alike are equal: the UTS 39 skeleton of the folded name.
pub fn look(name: &str) -> String {
    unicode_security::confusable_detection::skeleton(&folded(name)).collect()
}

macro_rules! checked_name {
    ($(#[$doc:meta])* $name:ident, $may_start:expr) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Name);

        impl $name {
            /// Checks a name that somebody gave.
            pub fn parse(raw: &str) -> Result<Self, NameError> {
                Name::parse(raw, $may_start).map(Self)
            }

            /// The name as it was written when it was made.
            pub fn as_str(&self) -> &str {
                &self.0.shown
            }

            /// What the name is compared by: two names with one key are the same name.
            pub fn key(&self) -> &str {
                &self.0.key
            }

            /// What the name looks like: two names with one look must not both exist.
            pub fn look(&self) -> String {
                look(self.key())
            }
        }

        impl std::str::FromStr for $name {
            type Err = NameError;
            fn from_str(raw: &str) -> Result<Self, NameError> {
                Self::parse(raw)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.key() == other.key()
            }
        }
        impl Eq for $name {}
        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.key().hash(state);
            }
        }
        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.key().cmp(other.key())
            }
        }
    };
}

checked_name!(
    /// The name of a user: 1 to 32 letters or digits of any script, `_`, `-`, `.`, beginning with a letter.
    /// The case is kept for showing; `Foo` and `foo` are one name.
    UserName,
    char::is_alphabetic
);

checked_name!(
    /// The name of a room or group (they share one name space): as [`UserName`], and may begin with a digit.
    RoomName,
    char::is_alphanumeric
);

impl UserName {
    /// The name of the guest with this number, who has not chosen another.
    pub fn anonymous(number: u32) -> Self {
        let name: Arc<str> = format!("{ANONYMOUS}{number}").into();
        Self(Name { shown: Arc::clone(&name), key: name })
    }

    /// Whether it is kept for guests: `anonymous` and digits. No account is called so.
    pub fn is_for_guests(&self) -> bool {
        let number = self.key().strip_prefix(ANONYMOUS);
        number.is_some_and(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
    }
}

impl UserName {
    /// The name of the user with this number, who is no more; `again` tells apart those that would be called the same.
    pub fn erased(number: u64, again: u64) -> Self {
        let again = if again == 0 { String::new() } else { format!("-{again}") };
        let name: Arc<str> = format!("{ERASED}{number}{again}").into();
        Self(Name { shown: Arc::clone(&name), key: name })
    }

    /// Whether it is, or looks like, a name of those who are no more. Nobody takes one.
    pub fn looks_erased(&self) -> bool {
        self.look().starts_with(&look(ERASED))
    }
}

/// What those are called who are no more.
const ERASED: &str = "erased-";

/// What the names of guests begin with, who have not chosen another.
const ANONYMOUS: &str = "anonymous";

impl RoomName {
    /// The room that everyone starts in.
    pub fn lobby() -> Self {
        let name: Arc<str> = "lobby".into();
        Self(Name { shown: Arc::clone(&name), key: name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_five_systems_are_names() {
        for name in [
            "foo",
            "bar",
            "Mina",
            "John",
            "Marie",
            "anonymous",
            "foo0",
            "neil",
            "你好",
            "Zoë",
            "a.b-c_d",
            "हिन्दी",
        ] {
            assert_eq!(UserName::parse(name).unwrap().as_str(), name);
        }
        for room in ["g1", "devroom", "lobby", "3d-printing"] {
            assert_eq!(RoomName::parse(room).unwrap().as_str(), room);
        }
    }

    #[test]
    fn nonsense_is_refused_with_its_reason() {
        let long = "a".repeat(NAME_CHARS_MAX + 1);
        for (raw, why) in [
            ("", NameError::Empty),
            (long.as_str(), NameError::TooLong),
            ("two words", NameError::BadCharacter(' ')),
            ("a/b", NameError::BadCharacter('/')),
            ("a:b", NameError::BadCharacter(':')),
            ("@bob", NameError::BadCharacter('@')),
            ("{x}", NameError::BadCharacter('{')),
            ("a\u{1b}b", NameError::BadCharacter('\u{1b}')),
            ("a\u{202e}b", NameError::BadCharacter('\u{202e}')),
            ("a\u{200d}b", NameError::BadCharacter('\u{200d}')),
            ("\u{3164}", NameError::BadCharacter('\u{3164}')),
            ("bob\u{fe0f}", NameError::BadCharacter('\u{fe0f}')),
            ("\u{fdfa}", NameError::BadCharacter(' ')),
            ("bob⑴", NameError::BadCharacter('(')),
            (&"\u{fb03}".repeat(22), NameError::TooLong),
            ("1bad", NameError::BadStart('1')),
            ("-x", NameError::BadStart('-')),
            ("\u{301}a", NameError::BadStart('\u{301}')),
        ] {
            assert_eq!(UserName::parse(raw).unwrap_err(), why, "{raw:?}");
        }
        assert_eq!(UserName::parse(&"x".repeat(1 << 20)).unwrap_err(), NameError::TooLong);
    }

    #[test]
    fn some_names_are_for_guests() {
        for (name, is) in
            [("anonymous", false), ("anonymous0", true), ("Anonymous12", true), ("anonymous1x", false)]
        {
            assert_eq!(UserName::parse(name).unwrap().is_for_guests(), is, "{name}");
        }
        assert_eq!(UserName::anonymous(7), UserName::parse("anonymous7").unwrap());
    }

    #[test]
    fn one_name_has_many_spellings_and_a_look_has_many_names() {
        let same = |a: &str, b: &str| UserName::parse(a).unwrap() == UserName::parse(b).unwrap();
        assert!(same("Foo", "foo"));
        assert!(same("Zoe\u{308}", "Zoë"));
        assert!(same("ｆｏｏ", "foo"), "full width");
        assert!(!same("foo", "f00"));
        let look = |a: &str| UserName::parse(a).unwrap().look();
        assert_eq!(look("paypal"), look("раураl"), "Cyrillic");
        assert_eq!(look("bob1"), look("bobl"));
        assert_ne!(look("bob1"), look("bob2"));
        assert_eq!(RoomName::lobby(), RoomName::parse("Lobby").unwrap());
    }
}
