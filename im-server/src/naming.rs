//! What a *new* name must be, besides being a name: letters that PRECIS allows, one script, no word of the server's own.
//!
//! Names that are there already are not asked again: whoever has one keeps it, whatever the rules become.

use std::collections::BTreeSet;
use std::str::FromStr;

use im_proto::{Refusal, RoomName, UserName, look};
use precis_profiles::UsernameCaseMapped;
use precis_profiles::precis_core::profile::PrecisFastInvocation;
use serde::{Deserialize, Deserializer};
use unicode_script::{Script, UnicodeScript};
use unicode_security::general_security_profile::IdentifierType;
use unicode_security::{GeneralSecurityProfile, RestrictionLevel, RestrictionLevelDetection};

/// What the server speaks of, or as: no user, room or group is called so.
const RESERVED: &[&str] = &["all", "everyone", "here", "im", "server", "system"];

/// Whom people would believe: nobody is called so.
const RESERVED_FOR_USERS: &[&str] = &[
    "abuse",
    "admin",
    "administrator",
    "daemon",
    "hostmaster",
    "mod",
    "moderator",
    "nobody",
    "operator",
    "owner",
    "postmaster",
    "root",
    "security",
    "staff",
    "support",
    "webmaster",
];

/// A script by its name in Unicode: `Latin`, `Cyrillic`, `Han`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScriptName(Script);

impl FromStr for ScriptName {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, String> {
        let found = Script::from_full_name(raw).or_else(|| Script::from_short_name(raw));
        match found {
            Some(Script::Common | Script::Inherited | Script::Unknown) | None => {
                Err(format!("there is no script {raw}; scripts are Latin, Cyrillic, Han, Hiragana and so on"))
            }
            Some(script) => Ok(Self(script)),
        }
    }
}

impl<'de> Deserialize<'de> for ScriptName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The rules for new names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Naming {
    /// Names are in these; where there are none, each name is in one script.
    scripts: Vec<ScriptName>,
    /// The looks of what is reserved.
    anywhere: BTreeSet<String>,
    for_users: BTreeSet<String>,
}

impl Default for Naming {
    fn default() -> Self {
        Self::new(&[], &[])
    }
}

impl Naming {
    /// The rules with these scripts, and with more reserved words.
    pub(crate) fn new(scripts: &[ScriptName], reserved: &[String]) -> Self {
        let more = reserved.iter().map(String::as_str);
        let anywhere = RESERVED.iter().copied().chain(more).map(|word| look(&bare(word))).collect();
        let for_users = RESERVED_FOR_USERS.iter().map(|word| look(word)).collect();
        Self { scripts: scripts.to_vec(), anywhere, for_users }
    }

    /// Whether a user or guest may take this name.
    pub(crate) fn user(&self, name: &UserName) -> Result<(), Refusal> {
        let seen = looks(name.as_str(), name.key());
        if seen.iter().any(|look| self.anywhere.contains(look) || self.for_users.contains(look)) {
            return Err(Refusal::NameKept);
        }
        self.letters(name.as_str(), name.key())
    }

    /// Whether a room or group may be called so.
    pub(crate) fn room(&self, name: &RoomName) -> Result<(), Refusal> {
        if looks(name.as_str(), name.key()).iter().any(|look| self.anywhere.contains(look)) {
            return Err(Refusal::NameKept);
        }
        self.letters(name.as_str(), name.key())
    }

    fn letters(&self, shown: &str, key: &str) -> Result<(), Refusal> {
        if shown.is_ascii() && self.scripts.is_empty() {
            return Ok(()); // what a name may hold of ASCII, PRECIS allows, and its script is Latin
        }
        let mapped = UsernameCaseMapped::enforce(shown).map_err(|_| Refusal::NameNotAllowed)?;
        // What PRECIS takes for one name must be one here, too.
        if im_proto::folded(&mapped) != key || !mapped.chars().all(|c| self.is_for_names(c)) {
            return Err(Refusal::NameNotAllowed);
        }
        let is_in_scripts = match &*self.scripts {
            [] => {
                mapped.check_restriction_level(RestrictionLevel::HighlyRestrictive) && counts_one_way(&mapped)
            }
            scripts => mapped.chars().all(|c| {
                let of = c.script_extension();
                scripts.iter().any(|script| of.contains_script(script.0))
            }),
        };
        if is_in_scripts { Ok(()) } else { Err(Refusal::NameScripts) }
    }

    /// Whether Unicode knows the character as one for names. Scripts that few use are for those who name them.
    fn is_for_names(&self, c: char) -> bool {
        let rare =
            matches!(c.identifier_type(), Some(IdentifierType::Limited_Use | IdentifierType::Exclusion));
        c.identifier_allowed() || (rare && !self.scripts.is_empty())
    }
}

/// Whether all digits are of ASCII, or none: others have the looks of letters, or of other digits.
fn counts_one_way(name: &str) -> bool {
    let digits = || name.chars().filter(|c| c.is_numeric());
    digits().all(|c| c.is_ascii()) || !digits().any(|c| c.is_ascii())
}

/// A word without what may stand between its letters.
fn bare(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '_' | '-' | '.')).collect()
}

/// All that a name may be read as: `r00t`, `adm1n`, `a11`, `ro.ot`, and `aII`, whose capitals are no `l`.
fn looks(shown: &str, key: &str) -> [String; 4] {
    let key = bare(key);
    let spelled = |one: char| -> String {
        let letter = |c| match c {
            '0' => 'o',
            '1' => one,
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '7' => 't',
            c => c,
        };
        key.chars().map(letter).collect()
    };
    let capitals = bare(shown).replace('I', "l");
    [look(&key), look(&spelled('i')), look(&spelled('l')), look(&capitals)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(naming: &Naming, name: &str) -> Result<(), Refusal> {
        naming.user(&name.parse().unwrap_or_else(|error| panic!("{name}: {error}")))
    }

    #[test]
    fn names_of_one_script_are_taken() {
        let naming = Naming::default();
        for name in [
            "foo",
            "Mina",
            "Zoë",
            "a.b-c_d",
            "O-Neil",
            "你好",
            "हिन्दी",
            "Дмитрий",
            "Ωμέγα",
            "ΟΔΟΣ",
            "שלום",
            "مرحبا",
            "山田たろう",
            "ひらカタ漢字abc",
            "한국어",
            "김철수abc",
            "éva",
            "ｆｏｏ",
            "anonymous",
            "Ali",
            "hereby",
            "admin1",
            "systems",
            "Lm",
            "Ian",
        ] {
            assert_eq!(user(&naming, name), Ok(()), "{name}");
        }
    }

    #[test]
    fn scripts_are_not_mixed() {
        let naming = Naming::default();
        for name in ["pаypal", "Ωmega", "раypal", "हिन्दीx", "abcд", "аλ", "१1"] {
            match name.parse::<UserName>() {
                Ok(name) => assert_eq!(naming.user(&name), Err(Refusal::NameScripts), "{name}"),
                Err(_) => {
                    assert_eq!(naming.room(&name.parse().unwrap()), Err(Refusal::NameScripts), "{name}");
                }
            }
        }
    }

    #[test]
    fn what_precis_refuses_is_no_new_name() {
        let naming = Naming::default();
        // Circled, a ligature, a superscript, a letter of phonetics, of a rare script; and a digit before what is
        // written from right to left.
        for name in ["Ⓐb", "ﬁsh", "x²", "ᴀdam", "ᏣᎳᎩ"] {
            assert_eq!(user(&naming, name), Err(Refusal::NameNotAllowed), "{name}");
        }
        assert_eq!(naming.room(&"1א".parse().unwrap()), Err(Refusal::NameNotAllowed));
    }

    #[test]
    fn words_of_the_server_are_kept_in_whatever_spelling() {
        let naming = Naming::new(&[], &["Acme-Bank".into()]);
        for name in [
            "admin",
            "Admin",
            "ADMIN",
            "ad.min",
            "adm1n",
            "admin_",
            "аdmin",
            "root",
            "r00t",
            "roоt",
            "system",
            "SYSTEM",
            "sy5tem",
            "ѕуѕtеm",
            "server",
            "rnoderator",
            "everyone",
            "all",
            "a11",
            "aII",
            "AlI",
            "acmebank",
            "acme.bank",
            "ａｄｍｉｎ",
            "Acrne-Bank",
            "nobody",
        ] {
            assert_eq!(user(&naming, name), Err(Refusal::NameKept), "{name}");
        }
        let room = |name: &str| naming.room(&name.parse().unwrap());
        for name in ["system", "all", "5ystem", "everyone", "acmebank"] {
            assert_eq!(room(name), Err(Refusal::NameKept), "{name}");
        }
        for name in ["admin", "support", "lobby", "general"] {
            assert_eq!(room(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn an_operator_may_say_which_scripts() {
        let scripts = |names: &[&str]| -> Naming {
            let scripts: Vec<ScriptName> = names.iter().map(|name| name.parse().unwrap()).collect();
            Naming::new(&scripts, &[])
        };
        let latin = scripts(&["Latin"]);
        assert_eq!(user(&latin, "zoë-2"), Ok(()));
        for name in ["Дмитрий", "你好", "김철수abc"] {
            assert_eq!(user(&latin, name), Err(Refusal::NameScripts), "{name}");
        }
        let both = scripts(&["Latin", "Cyrillic"]);
        assert_eq!(user(&both, "DJДмитрий"), Ok(()));
        assert_eq!(user(&scripts(&["Cyrillic"]), "bob"), Err(Refusal::NameScripts));
        assert_eq!(user(&scripts(&["Cherokee"]), "ᏣᎳᎩ"), Ok(()));
        assert_eq!(user(&both, "ѕуѕtеm"), Err(Refusal::NameKept), "what is mixed is looked at all the same");
        assert_eq!(user(&latin, "ﬁsh"), Err(Refusal::NameNotAllowed));
        for no_script in ["latin-ish", "Common", ""] {
            assert!(no_script.parse::<ScriptName>().is_err(), "{no_script:?}");
        }
    }
}
