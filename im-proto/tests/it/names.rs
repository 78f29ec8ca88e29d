//! Names of any spelling: what is accepted can be printed, typed and read again; what is not is refused without harm.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use im_proto::*;
use proptest::prelude::*;

use crate::strategies::{room_name, user_name};

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_string_makes_the_parsers_panic(raw in any::<String>(), characters in "\\p{L}{0,40}") {
        for raw in [raw, characters] {
            let _ = UserName::parse(&raw);
            let _ = RoomName::parse(&raw);
            let _ = raw.parse::<Address>();
            let _ = raw.parse::<Role>();
            let _ = Token::from_hex(&raw);
            let _ = look(&raw);
        }
    }

    #[test]
    fn a_printed_name_is_the_name(user in user_name(), room in room_name()) {
        let again = UserName::parse(&user.to_string()).unwrap();
        prop_assert_eq!(again.as_str(), user.as_str());
        prop_assert_eq!(again.key(), user.key());
        let again = RoomName::parse(&room.to_string()).unwrap();
        prop_assert_eq!(again.as_str(), room.as_str());
        for address in [Address::User(user), Address::Room(room)] {
            let again: Address = address.to_string().parse().unwrap();
            prop_assert_eq!(again.to_string(), address.to_string());
        }
    }

    #[test]
    fn a_name_shows_all_that_it_holds(user in user_name()) {
        let name = user.as_str();
        prop_assert_eq!(printable(name).to_string(), name);
        prop_assert!(name.chars().count() <= NAME_CHARS_MAX);
        prop_assert!(!user.look().is_empty());
        let forbidden = |c: char| c.is_whitespace() || "/:@#{}\\".contains(c);
        prop_assert!(!name.contains(forbidden));
    }

    #[test]
    fn the_same_name_in_capitals_is_the_same_name(raw in "[a-z][a-z0-9_.-]{0,31}") {
        prop_assume!(UserName::parse(&raw).is_ok());
        let small = UserName::parse(&raw).unwrap();
        let large = UserName::parse(&raw.to_uppercase()).unwrap();
        prop_assert_eq!(hash(&small), hash(&large));
        prop_assert_eq!(small.look(), large.look());
        prop_assert_eq!(small, large);
    }

    #[test]
    fn folding_a_folded_name_changes_nothing(user in user_name()) {
        prop_assert_eq!(folded(user.key()), user.key());
    }

    #[test]
    fn a_token_in_hexadecimal_is_the_token(bits in any::<[u8; 32]>()) {
        let token = Token::new(bits);
        prop_assert_eq!(Token::from_hex(&token.to_hex()), Some(token));
    }
}

#[test]
fn the_names_of_guests_are_names_of_one_spelling() {
    for number in [0, 1, 9, 10, 4_294, u32::MAX] {
        let name = UserName::anonymous(number);
        assert!(name.is_for_guests());
        let parsed = UserName::parse(name.as_str()).unwrap();
        assert_eq!((parsed.as_str(), parsed.key()), (name.as_str(), name.key()));
        assert_eq!(hash(&parsed), hash(&name));
    }
}

#[test]
fn every_single_character_is_a_name_that_shows_or_none() {
    for c in '\0'..=char::MAX {
        let Ok(name) = RoomName::parse(c.encode_utf8(&mut [0; 4])) else {
            continue;
        };
        assert!(!name.look().is_empty(), "{c:?} shows nothing");
        assert_eq!(folded(name.key()), name.key(), "{c:?}");
        assert_eq!(printable(name.as_str()).to_string(), name.as_str(), "{c:?}");
    }
}

#[test]
fn secrets_are_not_in_what_is_logged() {
    let password = Password::parse("hunter2").unwrap();
    let token = Token::new([0xab; 32]);
    let name: UserName = "ann".parse().unwrap();
    let logged = format!("{:?} {:?}", Request::SignIn { name, password }, Request::Resume { token });
    assert!(!logged.contains("hunter2") && !logged.contains("ab") && !logged.contains("171"), "{logged}");
}
