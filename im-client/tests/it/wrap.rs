//! Text in lines that fit.

use im_client::app::wrap::{cells, cut, cut_name, wrap};

#[test]
fn lines_break_between_words_and_fit() {
    for (text, width, lines) in [
        ("", 10, vec![""]),
        ("one two three", 7, vec!["one two", "three"]),
        ("one  two", 5, vec!["one", "two"]),
        ("it is here, now.", 10, vec!["it is", "here, now."]),
        ("see https://a.example/b/c", 21, vec!["see", "https://a.example/b/c"]),
        ("你好，世界。", 5, vec!["你", "好，", "世", "界。"]),
        ("abcdefghij", 4, vec!["abcd", "efgh", "ij"]),
        ("a b\n  indented", 20, vec!["a b", "  indented"]),
        ("tab\there", 20, vec!["tab    here"]),
        ("你好世界", 5, vec!["你好", "世界"]),
        ("你好", 1, vec!["你", "好"]),
        ("👩‍👩‍👧👩‍👩‍👧", 3, vec!["👩‍👩‍👧", "👩‍👩‍👧"]),
        ("e\u{301}e\u{301}e\u{301}", 2, vec!["e\u{301}e\u{301}", "e\u{301}"]),
        ("\u{1b}[2Jgone", 20, vec!["[2Jgone"]),
        ("x\u{202e}abc", 20, vec!["xabc"]),
    ] {
        assert_eq!(wrap(text, width), lines, "{text:?} at {width}");
    }
}

#[test]
fn no_line_is_wider_than_its_width() {
    let text = "A 你好 mixed 👩‍👩‍👧 line, with-hyphens, https://example.org/a/very/long/address and e\u{301}.";
    for width in 2..40 {
        for line in wrap(text, width) {
            assert!(cells(&line) <= width, "{line:?} at {width}");
        }
    }
}

#[test]
fn marks_without_end_are_cut_short() {
    let zalgo = format!("a{}", "\u{301}".repeat(10_000));
    assert!(wrap(&zalgo, 10)[0].chars().count() <= 16);
}

#[test]
fn a_name_is_cut_where_it_does_not_fit() {
    assert_eq!(cut("alexandria", 6), "alexa…");
    assert_eq!(cut("bob", 6), "bob");
    assert_eq!(cut("你好世界", 5), "你好…");
    assert_eq!(cut("你好世界", 4), "你…");
    assert_eq!(cut("abc", 0), "");
}

#[test]
fn the_number_at_the_end_of_a_name_stays() {
    for (name, width, shown) in [
        ("~anonymous0", 11, "~anonymous0"),
        ("~anonymous0", 10, "~anonymo…0"),
        ("~anonymous12", 8, "~anon…12"),
        ("alexandria", 6, "alexa…"),
        ("a1234567890", 8, "a123456…"),
        ("你好世界7", 6, "你好…7"),
        ("x12", 0, ""),
        ("x12", 1, "…"),
    ] {
        assert_eq!(cut_name(name, width), shown, "{name} in {width}");
    }
}
