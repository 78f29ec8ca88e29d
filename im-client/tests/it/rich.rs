//! What people say as it is shown: marks, links, names and code; and that nothing of it vanishes.

use std::rc::Rc;

use crossterm::event::KeyCode;
use im_client::app::rich::{Code, Line, Part, Wrapped, lines};
use im_client::app::{Action, What};
use im_client::paint::Painter;
use im_client::view::theme::Theme;
use im_proto::Reply;
use ratatui::buffer::Cell;
use ratatui::layout::Size;
use ratatui::style::Color;

use crate::rig::{DEV, Rig, conversation, is_history, posted};

/// Lines with what stands out in them written about: `b<bold>`, `code<…>`, `link:address<…>`.
fn shown(said: &str, width: u16) -> Vec<String> {
    lines(said, width, true).iter().map(|line| marked(line)).collect()
}

fn marked(line: &Line) -> String {
    let mut out = String::new();
    for piece in &line.pieces {
        let look = &piece.look;
        let part = match &look.part {
            Part::Said => String::new(),
            Part::Mark => "mark".to_owned(),
            Part::Code => "code".to_owned(),
            Part::Link(to) => format!("link:{to}"),
            Part::Person(key) => format!("person:{key}"),
            Part::Room => "room".to_owned(),
        };
        let marks = [(look.bold, "b"), (look.italic, "i"), (look.strike, "s"), (look.hidden, "h")];
        let marks: String = marks.iter().filter(|(on, _)| *on).map(|(_, mark)| *mark).collect();
        if marks.is_empty() && part.is_empty() {
            out.push_str(&piece.text);
        } else {
            out.push_str(&format!("{marks}{part}<{}>", piece.text));
        }
    }
    out
}

/// The words alone.
fn words(said: &str, width: u16) -> Vec<String> {
    lines(said, width, true).iter().map(|line| line.text()).collect()
}

#[test]
fn marks_are_drawn_as_what_they_mean() {
    for (said, drawn) in [
        ("a **b** c", "a b<b> c"),
        ("*it* and _it_", "i<it> and i<it>"),
        ("~~gone~~", "s<gone>"),
        ("***both***", "bi<both>"),
        ("**a *b* c**", "b<a >bi<b>b< c>"),
        ("run `ls -l *`", "run code<`ls -l *`>"),
        ("你好**世界**再见", "你好b<世界>再见"),
        ("# heading", "b<# heading>"),
        ("- one", "mark<•> one"),
        ("* one", "mark<•> one"),
        ("1. one", "1. one"),
        ("> said", "mark<▎ >said"),
        ("> > deeper", "mark<▎ ▎ >deeper"),
        ("hi @bob, see #dev.", "hi person:bob<@bob>, see room<#dev>."),
        ("mail a@b.example, @bob@c.example", "mail a@b.example, @bob@c.example"),
        ("@Zoë_2", "person:zoë_2<@Zoë_2>"),
    ] {
        assert_eq!(shown(said, 80), [drawn], "{said:?}");
    }
}

#[test]
fn what_is_no_markdown_of_ours_is_shown_as_it_was_typed() {
    for said in [
        "#hashtag is not a heading",
        "2*3*4 = 24 and 2**3**4",
        "snake_case_name __init__.py /a_b/c_d",
        "<b>html</b> <div> <!-- comment --> &amp; &copy;",
        "<script>alert(1)</script>",
        "~neil and ~anna",
        "¯\\_(ツ)_/¯ \\*not\\*",
        "1) one",
        "-5 degrees, - 5 more",
        "- 5 degrees",
        "+ 3",
        "-",
        ">.<  >:(",
        "```",
        "``` open and never closed\nmore",
        "[a]: https://x.example/y",
        "[text][ref] [x] [ ] [](y)",
        "![alt](nowhere)",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "text\n---\nmore",
        "***",
        "a\n\n\nb",
        "  two blanks before\n    four",
        "****  **  __ ~~~~",
        "C:\\dir\\*.txt",
        "mail a@b.example and x#y",
        "[click](javascript:alert(1))",
        "[click](https://x.example \"title\")",
    ] {
        let expected: Vec<&str> = said.trim_end_matches('\n').split('\n').collect();
        let got: Vec<String> = words(said, 80).iter().map(|line| line.trim_end().to_owned()).collect();
        let expected: Vec<String> = expected.iter().map(|line| line.trim_end().to_owned()).collect();
        assert_eq!(got, expected, "{said:?}");
    }
}

#[test]
fn a_quote_ends_with_its_line_and_its_bar_stands_beside_each_row() {
    assert_eq!(shown("> quoted\nmine", 80), ["mark<▎ >quoted", "mine"]);
    assert_eq!(shown("> one two three", 9), ["mark<▎ >one two", "mark<▎ >three"]);
    assert_eq!(shown("> a\n>\n> **b**", 80), ["mark<▎ >a", "mark<▎ >", "mark<▎ >b<b>"]);
}

#[test]
fn what_follows_in_a_list_stands_below_what_came_first() {
    assert_eq!(shown("- one two three", 10), ["mark<•> one two", "mark<  >three"]);
    assert_eq!(shown("10. one two", 8), ["10. one", "mark<    >two"]);
    assert_eq!(shown("* a\n  * bbb c", 8), ["mark<•> a", "  mark<•> bbb", "mark<    >c"]);
}

#[test]
fn code_has_a_line_with_its_language_and_keeps_its_blanks() {
    assert_eq!(
        shown("see:\n```rust\nfn main() {\n    run()\n}\n```\nok?", 14),
        [
            "see:",
            "mark<rust ─────────>",
            "code<fn main() {>",
            "code<    run()>",
            "code<}>",
            "mark<──────────────>",
            "ok?",
        ]
    );
    assert_eq!(
        shown("```\n**no**  @bob https://x.example\n```", 40)[1],
        "code<**no**  @bob https://x.example>"
    );
    assert_eq!(words("```\nabcdef\n```", 4), ["c… ─", "abcd", "ef"]);
    let rust = lines("```rust\nlet x = 1;\nlet y = 2;\n```", 6, true);
    let code: Vec<_> = rust.iter().filter_map(|line| line.code.as_ref()).collect();
    assert_eq!(code.iter().map(|c| (c.line, c.from)).collect::<Vec<_>>(), [(0, 0), (0, 6), (1, 0), (1, 6)]);
    assert_eq!(code[0].code.language, "rust");
}

#[test]
fn only_three_kinds_of_places_are_led_to_and_a_label_tells_which() {
    for (said, drawn) in [
        ("see https://a.example/b_c*d*e.", "see link:https://a.example/b_c*d*e<https://a.example/b_c*d*e>."),
        ("**https://a.example/x**", "blink:https://a.example/x<https://a.example/x>"),
        ("(https://a.example/x_(y))", "(link:https://a.example/x_(y)<https://a.example/x_(y)>)"),
        ("<https://a.example>", "link:https://a.example<https://a.example>"),
        ("HTTPS://A.example/", "link:https://A.example/<HTTPS://A.example/>"),
        ("[a.example](https://a.example/)", "link:https://a.example/<a.example>"),
        ("[here](https://a.example/x)", "link:https://a.example/x<here>mark< (a.example)>"),
        (
            "[https://good.example](https://evil.example/x)",
            "link:https://evil.example/x<https://good.example>mark< (evil.example)>",
        ),
        (
            "[x](https://good.example@evil.example/)",
            "link:https://good.example@evil.example/<x>mark< (evil.example)>",
        ),
        (
            "[x](https://evil.example\\\\@good.example/)",
            "link:https://evil.example\\@good.example/<x>mark< (evil.example)>",
        ),
        (
            "[write](mailto:bob@a.example?subject=x)",
            "link:mailto:bob@a.example?subject=x<write>mark< (bob@a.example)>",
        ),
        ("https://a.example/ü", "link:https://a.example/%C3%BC<https://a.example/ü>"),
    ] {
        assert_eq!(shown(said, 200), [drawn], "{said:?}");
    }
    let elsewhere = [
        "ftp://a.example",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "xhttps://a.example",
    ];
    for said in elsewhere.map(ToOwned::to_owned).into_iter().chain(elsewhere.map(|to| format!("[x]({to})"))) {
        assert!(!shown(&said, 200)[0].contains("link:"), "{said}");
        assert_eq!(words(&said, 200), [said.as_str()]);
    }
}

#[test]
fn a_link_never_carries_what_a_terminal_would_act_on() {
    for said in [
        "[x](<https://a.example/\u{1b}]8;;https://b.example\u{1b}\\>)",
        "https://a.example/\u{1b}\\\u{7}\u{9c}x",
        "[x](https://a.example/&#27;&#7;%1b)",
        "[x](<https://a.example/a b>)",
        "https://a.example/\u{202e}\u{200b}x",
    ] {
        for line in lines(said, 80, true).iter() {
            for piece in &line.pieces {
                if let Part::Link(to) = &piece.look.part {
                    assert!(to.bytes().all(|byte| byte.is_ascii_graphic()), "{to:?}");
                }
            }
        }
    }
    let long = format!("https://a.example/{}", "x".repeat(3000));
    assert!(!shown(&long, 80)[0].contains("link:"), "no terminal takes it");
}

#[test]
fn where_marks_cannot_be_drawn_they_stay() {
    let said = "**b** ~~s~~ [x](https://a.example)";
    let kept: Vec<String> = lines(said, 80, false).iter().map(|line| line.text()).collect();
    assert_eq!(kept, [said]);
}

/// Everything that is said is on the screen, apart from marks whose meaning is.
#[test]
fn no_letter_vanishes_whatever_is_about_it() {
    let marks = [
        "*", "**", "_", "~~", "`", "```", "> ", "- ", "# ", "[", "](", ")", "<", ">", "\n", " ", "\\", "|",
        "1. ", "!", "&", "    ",
    ];
    let mut dice: u64 = 7;
    for _ in 0..3000 {
        let mut said = String::new();
        let mut letters = String::new();
        for _ in 0..12 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let roll = usize::try_from(dice >> 33).unwrap();
            said.push_str(marks[roll % marks.len()]);
            if roll % 3 > 0 {
                let letter = char::from(b'a' + u8::try_from(roll % 26).unwrap());
                said.push(letter);
                letters.push(letter);
            }
        }
        for width in [3, 20, 80] {
            let drawn = words(&said, width).concat();
            let drawn: String = drawn.replace("code", "").chars().filter(char::is_ascii_lowercase).collect();
            assert_eq!(drawn.replace("code", ""), letters.replace("code", ""), "{said:?} at {width}");
        }
    }
}

/// Each of these made some reader of markdown slow.
#[test]
fn what_is_made_to_be_slow_is_read_once() {
    let most = im_proto::TEXT_BYTES_MAX / 4;
    let of = |part: &str| part.repeat(most / part.len());
    let rising: String = (1..180).map(|n| format!("{}x", "`".repeat(n))).collect();
    for said in [
        of("> "),
        of(">"),
        of("- "),
        of("* a\n"),
        of("`"),
        of("*"),
        of("*a "),
        of("**a *b "),
        of("_a"),
        of("["),
        of("[a]("),
        of("![a]("),
        of("<"),
        of("<a"),
        of("&"),
        of("~~a"),
        of("](https://a.example"),
        of("http://"),
        of("http:///"),
        of("@a"),
        of("@"),
        of("#a@"),
        of("1. "),
        of("```\n"),
        of("```a\nb\n```\n"),
        of("\\"),
        of(">\n"),
        of("- \n "),
        of("(https://a.example("),
        format!("{}{}", "- ".repeat(3000), "\n".repeat(10_000)),
        format!("{}{}", "> ".repeat(3000), "\n> x".repeat(10_000)),
        rising,
        (0..180).map(|n| format!("{}- x\n", " ".repeat(n))).collect(),
    ] {
        let lines = lines(&said, 80, true);
        let cells: usize = lines.iter().map(|line| usize::from(line.cells())).sum();
        // What is drawn is bounded by what was said: bars, dots and indents repeat for each row only.
        assert!(lines.len() <= said.len() + 2, "{:?}…: {} lines", &said[..20], lines.len());
        assert!(cells <= 80 * lines.len(), "{:?}…: {cells} cells in {} lines", &said[..20], lines.len());
    }
}

/// The letters of each part of code on the screen, by the colour they have there.
fn colours(rig: &Rig, row_with: &str) -> Vec<(String, Color)> {
    let buffer = rig.buffer();
    let width = buffer.area.width;
    let rows =
        (0..buffer.area.height).map(|y| (0..width).map(|x| buffer[(x, y)].clone()).collect::<Vec<_>>());
    let is_it = |row: &Vec<Cell>| row.iter().map(Cell::symbol).collect::<String>().contains(row_with);
    let row = rows.into_iter().find(is_it).expect("the row is there");
    let mut parts: Vec<(String, Color)> = Vec::new();
    for cell in row {
        match parts.last_mut() {
            Some((text, colour)) if *colour == cell.fg => text.push_str(cell.symbol()),
            _ => parts.push((cell.symbol().to_owned(), cell.fg)),
        }
    }
    parts
}

#[test]
fn code_gets_its_colours_when_what_its_parts_are_is_known() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 2)]);
    let said = "```rust\nfn main() { run(\"你好 🎉\", 15) } // done\nlet s = \"a text that goes over the edge of the screen and on\";\n```";
    let events = vec![
        posted(DEV, 1, "bob", said),
        posted(DEV, 2, "bob", "```ts\nconst x = 1\n```\n```nonsense\nx\n```"),
    ];
    let page = Reply::History { conversation: DEV, events, more: false, amendments: Vec::new() };
    rig.grant(is_history, page);
    let before = rig.screen();
    assert!(
        colours(&rig, "fn main").iter().any(|(text, _)| text.contains("fn main() { run(\"你")),
        "not known yet"
    );
    // One language at a time, and nothing else until there is an answer.
    let wanted = rig.app.paints.take_wanted();
    assert_eq!(wanted.iter().map(|code| code.language.as_str()).collect::<Vec<_>>(), ["rust"]);
    rig.screen();
    assert!(rig.app.paints.take_wanted().is_empty());
    let painter = Painter::default();
    let paint = |code: &Code| (code.key(), painter.paint(code, || true));
    rig.take(What::Painted(wanted.iter().map(paint).collect()));
    assert_eq!(rig.screen(), before, "only colours are new");
    let parts = colours(&rig, "fn main");
    let of = |part: &str| {
        parts.iter().find(|(text, _)| text.trim() == part).unwrap_or_else(|| panic!("{part} in {parts:?}")).1
    };
    let theme = Theme::of(&rig.app.config, &rig.app.looks);
    assert_eq!(Some(of("fn")), theme.syntax.keyword.fg);
    assert_eq!(Some(of("main")), theme.syntax.name.fg);
    assert_eq!(Some(of("15")), theme.syntax.number.fg);
    assert!(
        parts.iter().any(|(text, colour)| text.starts_with('"') && Some(*colour) == theme.syntax.string.fg)
    );
    // The rest of a line that breaks has the colours of its place in the line.
    let rest = colours(&rig, "screen and on");
    assert!(
        rest.iter().any(|(text, colour)| text.contains("on\"") && Some(*colour) == theme.syntax.string.fg),
        "{rest:?}"
    );
    let wanted = rig.app.paints.take_wanted();
    assert_eq!(wanted.iter().map(|code| code.language.as_str()).collect::<Vec<_>>(), ["ts"]);
    let paint = |code: &Code| (code.key(), painter.paint(code, || true));
    rig.take(What::Painted(wanted.iter().map(paint).collect()));
    assert!(
        colours(&rig, "const x")
            .iter()
            .any(|(text, colour)| text.trim() == "const" && Some(*colour) == theme.syntax.keyword.fg)
    );
    rig.screen();
    let wanted = rig.app.paints.take_wanted();
    assert!(painter.paint(&wanted[0], || true).is_empty(), "nobody knows that language");
    rig.take(What::Painted(vec![(wanted[0].key(), Vec::new())]));
    rig.screen();
    assert!(rig.app.paints.take_wanted().is_empty(), "it is asked once");
}

#[test]
fn code_is_looked_at_only_as_long_as_there_is_time_and_only_where_it_is_short() {
    let painter = Painter::default();
    let code = |text: String| Code { language: "rust".to_owned(), text };
    let mut left = 3;
    let painted = painter.paint(&code("let x = 1;\n".repeat(10)), || {
        left -= 1;
        left >= 0
    });
    assert_eq!(painted.len(), 3);
    let long = format!("let a = 1;\n{}\nlet b = 2;\n", "x".repeat(5000));
    assert_eq!(painter.paint(&code(long), || true).len(), 1);
}

#[test]
fn code_that_is_long_is_not_asked_about_and_what_is_known_is_bounded() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 1)]);
    let said = format!("```rust\n{}```", "let x = 1;\n".repeat(3000));
    let page = Reply::History {
        conversation: DEV,
        events: vec![posted(DEV, 1, "bob", &said)],
        more: false,
        amendments: Vec::new(),
    };
    rig.grant(is_history, page);
    rig.screen();
    assert!(rig.app.paints.take_wanted().is_empty());
    let code = |n: usize| Rc::new(Code { language: "rust".to_owned(), text: n.to_string() });
    rig.take(What::Painted((0..500).map(|n| (code(n).key(), Vec::new())).collect()));
    let known = (0..500).filter(|n| rig.app.paints.of(&code(*n)).is_some()).count();
    assert_eq!(known, 100);
    assert!(rig.app.paints.take_wanted().len() <= 32);
}

#[test]
fn rich_text_in_three_layouts() {
    let mut rig = Rig::online(120, 36, vec![conversation(DEV, "#dev", 5)]);
    let said = [
        "# Release **v0.3**\n- tag is *up*\n- notes: [here](https://hub.example/r/0.3), or ask @alice in #ops\n1. ~~wait~~ `cargo publish`",
        "> who said that we ship on Friday, of all days of the week?\n> > me\n@bob did. https://hub.example/a/very/long/address/that/goes/over/the/edge/of/any/terminal",
        "```rust\nfn main() {\n    println!(\"你好 👩‍👩‍👧\"); // 🎉\n}\n```\nand `2*3*4` is 24, __init__.py is a file",
    ];
    let names = ["bob", "sakura", "bob", "alice", "bob"];
    let events = names
        .iter()
        .zip(1..)
        .map(|(name, seq)| posted(DEV, seq, name, said[usize::try_from(seq).unwrap() % 3]));
    let page =
        Reply::History { conversation: DEV, events: events.collect(), more: false, amendments: Vec::new() };
    rig.grant(is_history, page);
    for (width, height) in [(120, 36), (80, 36), (40, 36)] {
        rig.take(What::Resize(Size::new(width, height)));
        insta::assert_snapshot!(format!("rich_{width}x{height}"), rig.screen());
    }
}

#[test]
fn what_is_hidden_stands_apart_and_ends_with_its_line() {
    for (said, drawn) in [
        ("it was ||the butler||", "it was h<the butler>"),
        ("||a|| and ||b||, so", "h<a> and h<b>, so"),
        ("||**who** did it @bob||", "bh<who>h< did it >hperson:bob<@bob>"),
        ("**||who||**", "bh<who>"),
        ("||see `x`||", "h<see >hcode<`x`>"),
        // Or, twice; an empty one; one that has no end; what stands in code; what touches words.
        ("a || b || c", "a || b || c"),
        ("||||", "||||"),
        ("||no end", "||no end"),
        ("`||x||`", "code<`||x||`>"),
        ("a||b||c", "a||b||c"),
    ] {
        assert_eq!(shown(said, 60), [drawn], "{said}");
    }
    assert_eq!(shown("||one\ntwo||", 60), ["||one", "two||"]);
}

#[test]
fn what_is_hidden_is_seen_by_whoever_highlights_it_and_told_nowhere_else() {
    let mut rig = Rig::online(120, 30, vec![conversation(DEV, "#dev", 2)]);
    let mut answer = posted(DEV, 2, "bob", "really?");
    if let im_proto::Body::Posted { reply_to, .. } = &mut answer.body {
        *reply_to = Some(im_proto::Seq(1));
    }
    let hidden = "it was ||the butler 管家 https://a.example||";
    let events = vec![posted(DEV, 1, "carol", hidden), answer];
    rig.grant(is_history, Reply::History { conversation: DEV, events, more: false, amendments: Vec::new() });
    let covered = format!("it was {}", "░".repeat(33));
    assert!(rig.screen().contains(&format!("carol │ {covered} ")), "{}", rig.screen());
    assert!(rig.screen().contains("┌ carol: it was ░░░") && !rig.screen().contains("butler"));
    rig.key(KeyCode::Esc);
    assert!(!rig.screen().contains("butler"), "that is another message");
    rig.key(KeyCode::Char('k'));
    assert!(rig.screen().contains("carol │ it was the butler 管家 https://a.example "), "{}", rig.screen());
    rig.key(KeyCode::Esc);
    assert!(!rig.screen().contains("butler"));
    // A notification hides it too.
    rig.take(What::Focus(false));
    rig.done.clear();
    let mut event = posted(DEV, 3, "bob", "@alice ||the cook||");
    event.at = im_proto::Timestamp(crate::rig::TEN);
    rig.event(event);
    let told = rig.done.iter().find_map(|action| match action {
        Action::Notify(note) => note.body.clone(),
        _ => None,
    });
    assert_eq!(told.as_deref(), Some("@alice ░░░░░░░░"));
}

#[test]
fn a_text_is_read_once_for_each_width_it_is_seen_at() {
    let wrapped = Wrapped::default();
    let said = "**one** two three https://a.example/x";
    let first = wrapped.lines(said, 20, true);
    assert!(Rc::ptr_eq(&first, &wrapped.lines(said, 20, true)));
    let narrow = wrapped.lines(said, 10, true);
    assert!(!Rc::ptr_eq(&first, &narrow) && narrow.len() > first.len());
    assert!(Rc::ptr_eq(&narrow, &wrapped.lines(said, 10, true)));
}
