//! Typed lines of any shape: no line makes the parser panic, and nothing that begins like a command is said aloud.

use im_proto::command::{At, Command, CommandError, Line, TABLE, parse, rows_of};
use im_proto::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::strategies::{room_name, user_name};

/// Lines made of the pieces that commands are made of, in any order.
fn line() -> impl Strategy<Value = String> {
    let pieces: Vec<&str> = TABLE
        .iter()
        .flat_map(|row| row.words.iter().copied())
        .chain(["/", "//", "\\", "@", "#", ":", " ", "  ", "\t", "\r", "\u{a0}"])
        .chain([
            "bob",
            "@bob",
            "#dev",
            "dev",
            "7",
            "admin",
            "two words",
            "to",
            "user",
            "group",
            "é",
            "İ",
            "K",
            "ſ",
        ])
        .collect();
    let made = vec(prop_oneof![4 => select(pieces).prop_map(str::to_owned), 1 => ".{0,6}"], 0..7);
    prop_oneof![4 => made.prop_map(|pieces| pieces.concat()), 1 => any::<String>()]
}

fn first_word(line: &str) -> &str {
    line.split(char::is_whitespace).next().unwrap_or("")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_line_makes_the_parser_panic(line in line()) {
        for at in [At::Whispers, At::Mentions] {
            if let Err(error) = parse(&line, at) {
                prop_assert!(!error.to_string().is_empty());
            }
        }
        let _ = rows_of(&line).count();
    }

    #[test]
    fn a_line_that_begins_with_a_slash_is_never_said(line in line()) {
        let line = format!("/{line}");
        let said = matches!(parse(&line, At::Mentions), Ok(Line::Text(_)));
        let literal = line.starts_with("//") || first_word(&line).to_lowercase() == "/say";
        prop_assert!(!said || literal, "{line:?}");
    }

    #[test]
    fn a_line_that_begins_with_a_name_is_never_said_aloud_where_it_whispers(line in line()) {
        let said = parse(&format!("@{line}"), At::Whispers);
        let private = matches!(said, Ok(Line::Command(Command::Message { .. })) | Err(_));
        prop_assert!(private, "{said:?}");
    }

    #[test]
    fn anything_can_be_said_with_a_backslash(said in "\\PC{0,80}") {
        prop_assume!(!said.trim().is_empty());
        let expected = Text::parse(said.trim_end()).unwrap();
        prop_assert_eq!(parse(&format!("\\{said}"), At::Whispers), Ok(Line::Text(expected)));
    }

    #[test]
    fn names_are_taken_as_they_are_printed(group in room_name(), user in user_name()) {
        let invite = Ok(Line::Command(Command::Invite { group: group.clone(), user: user.clone() }));
        let lines = [
            format!("/invite {group} {user}"),
            format!("/INVITE  #{group}\t@{user} \r"),
            format!("invite group: {group} {user}"),
            format!("Invite Group :{group} {user}"),
        ];
        for line in lines {
            prop_assert_eq!(parse(&line, At::Mentions), invite.clone(), "{}", line);
        }
        let to_user = Ok(Line::Command(Command::ToUser { user: user.clone() }));
        prop_assert_eq!(parse(&format!("to user:{user}"), At::Mentions), to_user.clone());
        prop_assert_eq!(parse(&format!("/dm @{user}"), At::Mentions), to_user);
    }

    #[test]
    fn a_mistyped_command_names_itself_and_a_real_one(word in "/[a-z]{1,9}") {
        let known = TABLE.iter().any(|row| row.words.contains(&&word[..]));
        match parse(&word, At::Mentions) {
            Err(CommandError::Unknown { word: told, nearest }) => {
                prop_assert!(!known);
                prop_assert_eq!(told, word);
                prop_assert!(nearest.is_none_or(|near| TABLE.iter().any(|row| row.words.contains(&near))));
            }
            _ => prop_assert!(known, "{}", word),
        }
    }
}
