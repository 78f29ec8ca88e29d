//! How the screen looks: themes and their contrast, what terminals tell of themselves, and what is drawn without box art.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use im_client::app::What;
use im_client::app::looks::{Depth, Ground, Looks};
use im_client::config::Look;
use im_client::paint::Painter;
use im_client::terminal::ground::Asking;
use im_client::view::theme::Theme;
use im_proto::{Person, Reply, Request, Role};
use ratatui::style::{Color, Modifier, Style};
use tokio::time::{Duration, Instant};

use crate::rig::{DEV, Rig, author, conversation, is_history, posted, user};

/// Loaded once: it takes its time without optimisation.
static PAINTER: LazyLock<Painter> = LazyLock::new(Painter::default);

fn of_environment(set: &[(&str, &str)]) -> Looks {
    let set: BTreeMap<&str, &str> = set.iter().copied().collect();
    Looks::of_environment(|name| set.get(name).map(|value| (*value).to_owned()))
}

#[test]
fn the_environment_tells_how_many_colours_there_are() {
    for (set, depth, rich) in [
        (vec![], Depth::None, false),
        (vec![("TERM", "dumb")], Depth::None, false),
        (vec![("TERM", "vt100")], Depth::None, false),
        (vec![("TERM", "linux")], Depth::Sixteen, false),
        (vec![("TERM", "xterm")], Depth::Sixteen, true),
        (vec![("TERM", "screen")], Depth::Sixteen, true),
        (vec![("TERM", "xterm-256color")], Depth::Many, true),
        (vec![("TERM", "tmux-256color")], Depth::Many, true),
        (vec![("TERM", "alacritty")], Depth::Many, true),
        (vec![("TERM", "xterm-kitty")], Depth::Many, true),
        (vec![("TERM", "foot-direct")], Depth::True, true),
        (vec![("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], Depth::True, true),
        (vec![("TERM", "xterm-256color"), ("COLORTERM", "24bit")], Depth::True, true),
        (vec![("TERM", "xterm"), ("COLORTERM", "yes")], Depth::Sixteen, true),
        (vec![("TERM", "dumb"), ("COLORTERM", "truecolor")], Depth::None, false),
    ] {
        let looks = of_environment(&set);
        assert_eq!((looks.depth, looks.rich), (depth, rich), "{set:?}");
    }
    let ground = |told| of_environment(&[("TERM", "rxvt"), ("COLORFGBG", told)]).ground;
    assert_eq!(
        ["15;0", "0;15", "0;default;15", "12;8", "x", ""].map(ground).map(|g| g == Ground::Light),
        [false, true, true, false, false, false]
    );
}

#[test]
fn no_color_is_heeded_unless_a_theme_is_chosen_by_name() {
    let looks = of_environment(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]);
    let unset = of_environment(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]);
    let mut rig = talk(Look::Auto, looks);
    assert!(colours(&rig).is_empty());
    rig.app.looks = unset;
    assert!(!colours(&rig).is_empty());
    rig.app.looks = looks;
    rig.app.config.theme = Look::Dark;
    assert!(!colours(&rig).is_empty());
}

/// A talk in which everything is that has a look of its own.
fn talk(theme: Look, looks: Looks) -> Rig {
    let mut dev = conversation(DEV, "#dev", 8);
    dev.read = im_proto::Seq(5);
    dev.unread = 3;
    let mut rig = Rig::new(120, 40);
    rig.app.config.theme = theme;
    rig.app.looks = looks;
    rig.take(What::Start);
    rig.sign_in(vec![dev, conversation(crate::rig::BOB, "@bob", 0)]);
    let said = [
        "**bold** *italic* ~~gone~~ `code` [here](https://a.example) @alice @bob #dev",
        "> quoted\n- one\n- two",
        "```rust\n/// Says it.\nfn main() { let x = \"text\"; run(15) }\n```",
    ];
    let events = (1..=8).map(|seq| {
        let name = ["bob", "sakura", "alice", "~neil"][usize::try_from(seq).unwrap() % 4];
        posted(DEV, seq, name, said[usize::try_from(seq).unwrap() % 3])
    });
    let page =
        Reply::History { conversation: DEV, events: events.collect(), more: false, amendments: Vec::new() };
    rig.grant(is_history, page);
    let people = (0..30).map(|n| Person {
        name: user(&format!("p{n}")),
        online: n < 25,
        role: Role::Member,
        guest: false,
    });
    let people = Reply::People { people: people.collect(), online: 25, total: 30 };
    rig.grant(|request| matches!(request, Request::Who { of: Some(_) }), people);
    rig.enter("/nonsense");
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
    rig.enter("queued?");
    rig.screen();
    let wanted = rig.app.paints.take_wanted();
    rig.take(What::Painted(wanted.iter().map(|code| (code.key(), PAINTER.paint(code, || true))).collect()));
    rig
}

/// All pairs of colours in which something is to be read.
fn colours(rig: &Rig) -> BTreeSet<(String, String)> {
    let buffer = rig.buffer();
    let seen = buffer.content.iter().filter(|cell| !cell.symbol().trim().is_empty());
    let pairs = seen.map(|cell| match cell.modifier.contains(Modifier::REVERSED) {
        true => (cell.bg, cell.fg),
        false => (cell.fg, cell.bg),
    });
    let pairs = pairs.filter(|(fg, bg)| (*fg, *bg) != (Color::Reset, Color::Reset));
    pairs.map(|(fg, bg)| (format!("{fg}"), format!("{bg}"))).collect()
}

/// Xterm's sixteen, then a console's.
const SIXTEEN: [[u32; 16]; 2] = [
    [
        0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000,
        0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
    ],
    [
        0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa, 0x555555, 0xff5555,
        0x55ff55, 0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff,
    ],
];

fn rgb(shown: &str, own: u32, sixteen: &[u32; 16]) -> u32 {
    match shown.parse().expect("a colour") {
        Color::Reset => own,
        Color::Rgb(r, g, b) => u32::from_be_bytes([0, r, g, b]),
        Color::Indexed(index @ 0..16) => sixteen[usize::from(index)],
        Color::Indexed(index @ 232..) => (8 + 10 * (u32::from(index) - 232)) * 0x01_01_01,
        Color::Indexed(index) => {
            let step = |place: u32| if place == 0 { 0 } else { 55 + 40 * place };
            let place = u32::from(index) - 16;
            step(place / 36) << 16 | step(place / 6 % 6) << 8 | step(place % 6)
        }
        named => panic!("{named}: only the terminal knows what that is"),
    }
}

/// How far apart two colours are, by WCAG 2.
fn contrast(one: u32, other: u32) -> f64 {
    let light = |colour: u32| {
        let part = |shift: u32| {
            let value = f64::from(colour >> shift & 0xff) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0) + 0.05
    };
    (light(one) / light(other)).max(light(other) / light(one))
}

/// What lies over the panes, or changes how they look.
const OVERLAYS: [(KeyModifiers, KeyCode); 7] = [
    (KeyModifiers::NONE, KeyCode::F(1)),
    (KeyModifiers::CONTROL, KeyCode::Char('k')),
    (KeyModifiers::CONTROL, KeyCode::Char('p')),
    (KeyModifiers::CONTROL, KeyCode::Char('f')),
    (KeyModifiers::ALT, KeyCode::Char('f')),
    (KeyModifiers::CONTROL, KeyCode::Up),
    (KeyModifiers::CONTROL, KeyCode::Char('c')),
];

#[test]
fn everything_that_is_coloured_can_be_read_in_every_theme() {
    let themes = [Look::Auto, Look::Dark, Look::Light, Look::HighContrast, Look::Sixteen, Look::ColourBlind];
    for (theme, ground) in themes.iter().flat_map(|theme| [(*theme, Ground::Dark), (*theme, Ground::Light)]) {
        for depth in [Depth::Sixteen, Depth::Many, Depth::True] {
            let mut rig = talk(theme, Looks { depth, ground, ..Looks::default() });
            let own: &[u32] = match (theme, ground) {
                // It is for any ground: it paints its own.
                (Look::HighContrast, _) => &[0x000000, 0xffffff],
                (Look::Dark, _) => &[0x000000, 0x1e1e1e],
                (Look::Light, _) => &[0xffffff, 0xf2f2f2],
                (_, Ground::Dark) => &[0x000000, 0x1e1e1e],
                (_, Ground::Light) => &[0xffffff, 0xf2f2f2],
            };
            let mut pairs = colours(&rig);
            for (modifiers, key) in OVERLAYS {
                rig.press(modifiers, key);
                pairs.extend(colours(&rig));
                rig.key(KeyCode::Esc);
            }
            assert!(pairs.len() >= 5, "{theme:?} {depth:?}: {pairs:?}");
            for (fg, bg) in &pairs {
                // What the terminal's own sixteen are, and what is behind them, differs: two kinds of it.
                for (own, sixteen) in
                    own.iter().flat_map(|own| SIXTEEN.iter().map(move |sixteen| (own, sixteen)))
                {
                    let is_own = depth == Depth::Sixteen || theme == Look::Sixteen;
                    if bg == "Reset" && is_own && !matches!(own, 0x000000 | 0xffffff) {
                        continue;
                    }
                    let text = if ground == Ground::Light || theme == Look::Light { 0 } else { 0xff_ffff };
                    let (fg_rgb, bg_rgb) =
                        (rgb(fg, if bg == "Reset" { text } else { *own }, sixteen), rgb(bg, *own, sixteen));
                    let contrast = contrast(fg_rgb, bg_rgb);
                    assert!(
                        contrast >= 4.5,
                        "{theme:?} {depth:?} {ground:?}: {fg} on {bg} ({own:06x}): {contrast:.2}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_name_has_one_colour_and_the_colours_are_all_used() {
    let config = im_client::config::Config::default();
    for ground in [Ground::Dark, Ground::Light] {
        let theme = Theme::of(&config, &Looks { ground, ..Looks::default() });
        let of = |name: &str| theme.person(&author(name));
        assert_eq!(of("bob"), of("Bob"), "it is the same name");
        let kinds: BTreeSet<String> = (0..200).map(|n| format!("{:?}", of(&format!("p{n}")))).collect();
        assert_eq!(kinds.len(), 12);
        let many = (0..200).filter(|n| of(&format!("p{n}")) != of(&format!("~p{n}"))).count();
        assert!(many > 150, "a guest of that name looks like another: {many} of 200");
    }
    let dark = Theme::of(&config, &Looks::default());
    assert_eq!(dark.person(&author("bob")), Style::new().fg(Color::Indexed(75)), "the same in every release");
}

#[test]
fn a_frame_is_the_same_in_every_theme_but_for_its_colours() {
    let words = |theme, ground| talk(theme, Looks { ground, ..Looks::default() }).screen();
    let dark = words(Look::Dark, Ground::Dark);
    for theme in [Look::Light, Look::HighContrast, Look::Mono, Look::Sixteen, Look::ColourBlind] {
        assert_eq!(words(theme, Ground::Dark), dark, "{theme:?}: colour is never the only signal");
    }
}

fn keys_of(bytes: &str) -> Vec<Event> {
    let mut keys = Vec::new();
    let mut chars = bytes.chars();
    while let Some(c) = chars.next() {
        let (c, modifiers) = match c {
            '\u{1b}' => (chars.next().unwrap(), KeyModifiers::ALT),
            '\u{7}' => ('g', KeyModifiers::CONTROL),
            c => (c, KeyModifiers::NONE),
        };
        keys.push(Event::Key(KeyEvent::new(KeyCode::Char(c), modifiers)));
    }
    keys
}

/// What is handed on of some keys, and what the answer is.
fn heard(asking: &mut Asking, now: Instant, bytes: &str) -> (Vec<Event>, Option<Ground>) {
    let mut handed_on = Vec::new();
    let mut answer = None;
    for key in keys_of(bytes) {
        let (events, ground) = asking.take(key, now);
        handed_on.extend(events);
        answer = answer.or(ground);
    }
    (handed_on, answer)
}

#[test]
fn the_terminals_answer_is_found_among_the_keys() {
    let now = Instant::now();
    for (said, ground) in [
        ("\u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\", Some(Ground::Light)),
        ("\u{1b}]11;rgb:1e/1e/2e\u{7}", Some(Ground::Dark)),
        ("\u{1b}]11;rgb:fdf6/e3e3/d5d5\u{7}", Some(Ground::Light)),
        ("\u{1b}]11;rgb:0/0/0\u{7}", Some(Ground::Dark)),
        ("\u{1b}]11;rgb:ffff/ffff\u{7}", None),
        ("\u{1b}]11;rgb:fffff/fffff/fffff\u{7}", None),
        ("\u{1b}]11;rgb:///\u{7}", None),
        ("\u{1b}]1 is what I typed", None),
        ("\u{1b}]\u{1b}]11;rgba", None),
    ] {
        let mut asking = Asking::default();
        assert_eq!(asking.ask(now), b"\x1b]11;?\x07");
        let (handed_on, answer) = heard(&mut asking, now, &format!("hi{said} there"));
        assert_eq!(answer, ground, "{said:?}");
        let expected =
            if ground.is_some() { keys_of("hi there") } else { keys_of(&format!("hi{said} there")) };
        assert_eq!(handed_on, expected, "{said:?}: no key is lost, none is new");
    }
}

#[test]
fn what_nobody_asked_for_or_comes_late_is_typed() {
    let said = "\u{1b}]11;rgb:ffff/ffff/ffff\u{7}";
    let now = Instant::now();
    let mut asking = Asking::default();
    assert_eq!(heard(&mut asking, now, said), (keys_of(said), None));
    asking.ask(now);
    assert_eq!(heard(&mut asking, now + Duration::from_secs(11), said), (keys_of(said), None));
    // Only who has answered is asked again.
    assert_eq!(asking.ask_again(now), None);
    asking.ask(now);
    assert_eq!(heard(&mut asking, now, said).1, Some(Ground::Light));
    assert!(asking.ask_again(now).is_some());
    // An endless one is none.
    let endless = format!("\u{1b}]11;rgb:{}", "f/".repeat(50));
    assert_eq!(heard(&mut asking, now, &endless), (keys_of(&endless), None));
}

#[test]
fn a_light_terminal_gets_the_light_theme_and_one_that_has_none_keeps_its_own() {
    let mut rig = talk(Look::Auto, Looks::default());
    let dark = colours(&rig);
    rig.take(What::Ground(Ground::Light));
    let light = colours(&rig);
    assert_ne!(light, dark);
    assert_eq!(light, colours(&talk(Look::Light, Looks::default())));
    rig.app.config.theme = Look::Dark;
    assert_eq!(colours(&rig), dark, "whoever chooses one has it");
}

#[test]
fn without_box_art_all_that_is_not_said_is_ascii_and_nothing_moves() {
    let mut rig = talk(Look::Auto, Looks::default());
    rig.pass(Duration::from_secs(60));
    rig.event(posted(DEV, 9, "bob", "✓│▌●…你好"));
    rig.take(What::Paste("●│▌".to_owned()));
    for (width, height) in [(120, 40), (80, 24), (40, 15), (20, 6)] {
        rig.take(What::Resize(ratatui::layout::Size::new(width, height)));
        for key in [None, Some(KeyCode::F(1)), Some(KeyCode::F(2)), Some(KeyCode::F(3))] {
            key.iter().for_each(|key| rig.key(*key));
            rig.app.config.ascii = false;
            let art = rig.screen();
            rig.app.config.ascii = true;
            let plain = rig.screen();
            assert_eq!(art.lines().count(), plain.lines().count());
            for (art, plain) in art.lines().zip(plain.lines()) {
                assert_eq!(art.chars().count(), plain.chars().count(), "{art}\n{plain}");
                let rest = plain.replace("✓│▌●…你好", "").replace("●│▌", "");
                assert!(rest.is_ascii(), "{width}: {plain}");
            }
            key.iter().for_each(|_| rig.key(KeyCode::Esc));
        }
    }
}

/// A screen, and below it how each cell looks: a letter for each look.
fn styled(rig: &Rig) -> String {
    let buffer = rig.buffer();
    let mut looks: Vec<String> = Vec::new();
    let mut letters = String::new();
    for row in buffer.content.chunks(usize::from(buffer.area.width)) {
        for cell in row {
            let look = format!("{} on {} {:?}", cell.fg, cell.bg, cell.modifier);
            let place = looks.iter().position(|known| *known == look).unwrap_or_else(|| {
                looks.push(look);
                looks.len() - 1
            });
            letters.push(char::from(b'a' + u8::try_from(place).unwrap()));
        }
        letters.push('\n');
    }
    let legend = looks
        .iter()
        .enumerate()
        .map(|(place, look)| format!("{}: {look}", char::from(b'a' + u8::try_from(place).unwrap())));
    format!("{}\n\n{letters}\n{}", rig.screen(), legend.collect::<Vec<_>>().join("\n"))
}

#[test]
fn each_theme_as_it_is() {
    for (name, theme) in [
        ("dark", Look::Dark),
        ("light", Look::Light),
        ("high_contrast", Look::HighContrast),
        ("mono", Look::Mono),
        ("sixteen", Look::Sixteen),
        ("colour_blind", Look::ColourBlind),
    ] {
        let mut rig = talk(theme, Looks::default());
        rig.take(What::Resize(ratatui::layout::Size::new(80, 24)));
        insta::assert_snapshot!(format!("theme_{name}_80x24"), styled(&rig));
    }
    let mut rig = talk(Look::Auto, Looks::default());
    rig.app.config.ascii = true;
    for (width, height) in [(120, 36), (80, 24), (40, 15)] {
        rig.take(What::Resize(ratatui::layout::Size::new(width, height)));
        insta::assert_snapshot!(format!("ascii_{width}x{height}"), rig.screen());
    }
}
