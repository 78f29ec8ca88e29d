//! What is shown of what others say: whatever they send, a terminal gets characters and nothing that moves it.

use im_proto::*;
use proptest::prelude::*;

/// What must never reach a terminal from somebody else.
fn is_harmful(c: char) -> bool {
    let bidi =
        matches!(c, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (c.is_control() && c != '\t') || bidi || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Letters and marks that show nothing by themselves: fillers, and selectors of variants.
fn is_without_look(c: char) -> bool {
    matches!(
        c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{3164}' | '\u{ffa0}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Text with much in it that is harmful.
fn said() -> impl Strategy<Value = String> {
    let harmful =
        prop_oneof!["[\\x00-\\x1f\\x7f-\u{9f}]", "[\u{202a}-\u{202e}\u{2028}\u{2029}\u{85}]", "\\p{Cf}"];
    let pieces = prop_oneof![harmful, "\\PC{0,5}", Just("\u{1b}[2J".to_owned()), Just("\r\n".to_owned())];
    proptest::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn nothing_harmful_is_shown(said in said()) {
        let shown = printable(&said).to_string();
        prop_assert!(!shown.contains(is_harmful), "{shown:?}");
        prop_assert_eq!(printable(&said).chars().collect::<String>(), shown);
    }

    #[test]
    fn lines_are_lines(said in said()) {
        let lines: Vec<String> = printable_lines(&said).map(|line| line.to_string()).collect();
        prop_assert!(!lines.is_empty());
        prop_assert!(lines.iter().all(|line| !line.contains(is_harmful)), "{lines:?}");
        prop_assert_eq!(lines.concat(), printable(&said).to_string(), "nothing but line ends is lost");
    }

    #[test]
    fn what_is_shown_once_is_shown_the_same_again(said in said()) {
        let shown = printable(&said).to_string();
        prop_assert_eq!(printable(&shown).to_string(), shown);
    }

    #[test]
    fn plain_words_are_shown_as_they_are(said in "[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} \t]{0,60}") {
        let said = said.replace(is_without_look, "");
        prop_assert_eq!(printable(&said).to_string(), said);
    }
}

#[test]
fn every_control_character_is_left_out() {
    for c in '\0'..=char::MAX {
        let shown = printable(c.encode_utf8(&mut [0; 4])).to_string();
        assert_eq!(shown.is_empty(), !shown.contains(c));
        assert!(!is_harmful(c) || shown.is_empty(), "{c:?}");
        assert!(!is_without_look(c) || shown.is_empty(), "{c:?}");
    }
}

/// Nobody sees what stands between letters, so nothing may stand there: neither by itself nor many times.
#[test]
fn nothing_is_hidden_between_letters() {
    for c in ('\0'..=char::MAX).filter(|c| *c != '\t' && !c.is_alphanumeric()) {
        let is_zero_width = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
            || is_without_look(c);
        if is_zero_width {
            for said in [format!("pay{c}pal"), format!("{c}{c}"), format!("b{c}{c}b"), format!("{c}раураl")]
            {
                assert!(!printable(&said).to_string().contains(c), "{c:?} in {said:?}");
            }
        }
    }
}

/// Emoji are what they are, but for the flags of regions, which are spelled in tags.
#[test]
fn joined_emoji_and_letters_stay_joined() {
    for said in [
        "👩\u{200d}👩\u{200d}👧",
        "🏴\u{200d}☠\u{fe0f}",
        "👁\u{fe0f}\u{200d}🗨\u{fe0f}",
        "🤷🏽\u{200d}♀\u{fe0f}",
        "™\u{fe0f}ℹ\u{fe0f}",
        "#\u{fe0f}\u{20e3}",
        "ක්\u{200d}ර",
    ] {
        assert_eq!(printable(said).to_string(), said);
        assert!(said.len() > REACTION_BYTES_MAX || Reaction::parse(said).unwrap().is_seen());
    }
    assert!(!Reaction::parse("a\u{200d}").unwrap().is_seen(), "as it was once accepted");
}
