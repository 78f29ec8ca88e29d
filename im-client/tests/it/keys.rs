//! The table of keys, its profiles, what somebody configures over it, and what keys then do.

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::help::{self, HelpRow};
use im_client::app::keys::{Chord, Deed, Keymap, Looked, Overrides, Place, Profile, Row, Sequence, rows};
use im_client::app::{Overlay, What};
use im_client::config::Config;

use crate::rig::{BOB, DEV, Rig, conversation};

fn overrides(written: &[(&str, &[&str])]) -> Overrides {
    let owned = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    written.iter().map(|(name, keys)| ((*name).to_owned(), owned(keys))).collect()
}

fn refused(written: &[(&str, &[&str])]) -> String {
    Keymap::new(Profile::Default, &overrides(written)).unwrap_err().why
}

fn online(keys: &str) -> Rig {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0), conversation(BOB, "@bob", 0)]);
    rig.app.config = Config::parse(keys).unwrap();
    rig
}

#[test]
fn each_profile_is_sound_and_names_never_meet() {
    for profile in Profile::ALL {
        let checked = Keymap::new(profile, &Overrides::new());
        assert_eq!(checked.as_ref(), Ok(&Keymap::of(profile)), "{}", profile.name());
    }
    let mut names: Vec<&str> = rows().map(|row| row.name).collect();
    let kebab = |name: &&str| name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    assert!(names.iter().all(kebab), "{names:?}");
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    let mut deeds: Vec<Deed> = rows().map(|row| row.deed).collect();
    deeds.sort_unstable();
    deeds.dedup();
    assert_eq!(deeds.len(), count, "a deed has one row");
}

#[test]
fn by_default_no_key_is_another_in_disguise_and_each_deed_has_one_that_every_terminal_sends() {
    let never: Vec<Chord> =
        ["ctrl-i", "ctrl-m", "ctrl-h", "ctrl-[", "ctrl-s"].map(|key| key.parse().unwrap()).into();
    for profile in Profile::ALL {
        for bound in Keymap::of(profile).all() {
            let chords = |key: &Sequence| key.chords().to_vec();
            let all: Vec<Chord> = bound.keys.iter().flat_map(chords).collect();
            assert!(!all.iter().any(|chord| never.contains(chord)), "{bound:?}");
            let plain = bound.keys.iter().any(|key| key.chords().iter().all(|chord| chord.is_plain()));
            assert!(plain || bound.keys.is_empty(), "{bound:?}");
        }
    }
}

#[test]
fn what_is_configured_goes_before_the_profile() {
    let keymap =
        Keymap::new(Profile::Default, &overrides(&[("jump", &["f7", "ctrl-x j"]), ("help", &[""])])).unwrap();
    assert_eq!(keymap.shown(Deed::Jump), "F7, Ctrl-X j");
    assert_eq!(keymap.first(Deed::Jump).as_deref(), Some("F7"));
    assert_eq!(keymap.shown(Deed::Help), "");
    assert_eq!(keymap.hint(Deed::Help, "help"), None);
    let look = |key: &str| keymap.look(Place::Composer, key.parse::<Sequence>().unwrap().chords());
    assert_eq!(look("f7"), Looked::Deed(Deed::Jump));
    assert_eq!(look("ctrl-x"), Looked::Begins);
    assert_eq!(look("ctrl-x j"), Looked::Deed(Deed::Jump));
    assert_eq!(look("ctrl-x k"), Looked::Nothing);
    assert_eq!(look("ctrl-k"), Looked::Nothing, "its key of the profile is free");
    assert_eq!(look("f1"), Looked::Nothing);
}

#[test]
fn clashes_are_refused_with_both_names_and_the_key() {
    let clash = refused(&[("help", &["ctrl-k"])]);
    assert_eq!(clash, "Ctrl-K is the key of both jump and help");
    let begins = refused(&[("help", &["ctrl-k f1"])]);
    assert!(
        begins.contains("Ctrl-K of jump and Ctrl-K f1 of help") || begins.contains("Ctrl-K F1 of help"),
        "{begins}"
    );
    assert!(refused(&[("help", &["x"])]).contains("x is what one types"));
    assert!(refused(&[("help", &["ctrl-banana"])]).contains("there is no key \"ctrl-banana\""));
    let unknown = refused(&[("jmup", &["f7"])]);
    assert!(unknown.contains("jmup") && unknown.ends_with("did you mean jump?"), "{unknown}");
    // A swap is no clash.
    let swapped = overrides(&[("help", &["ctrl-k"]), ("jump", &["f1"])]);
    assert!(Keymap::new(Profile::Default, &swapped).is_ok());
}

#[test]
fn what_terminals_send_is_what_people_write() {
    let sent = [
        (KeyModifiers::CONTROL, KeyCode::Char('k'), "ctrl-k", "Ctrl-K"),
        (KeyModifiers::ALT, KeyCode::Char('p'), "Alt-P", "Alt-P"),
        (KeyModifiers::ALT, KeyCode::Char('P'), "alt-shift-p", "Alt-Shift-P"),
        (KeyModifiers::ALT | KeyModifiers::SHIFT, KeyCode::Char('P'), "alt-shift-p", "Alt-Shift-P"),
        (KeyModifiers::ALT | KeyModifiers::SHIFT, KeyCode::Char('<'), "alt-<", "Alt-<"),
        (KeyModifiers::SHIFT, KeyCode::Char('Y'), "Y", "Y"),
        (KeyModifiers::NONE, KeyCode::Char('y'), "y", "y"),
        (KeyModifiers::SHIFT, KeyCode::BackTab, "shift-tab", "Shift-Tab"),
        (KeyModifiers::NONE, KeyCode::PageUp, "pageup", "PgUp"),
        (KeyModifiers::NONE, KeyCode::F(12), "f12", "F12"),
        (KeyModifiers::ALT, KeyCode::Enter, "alt-enter", "Alt-Enter"),
        (KeyModifiers::ALT, KeyCode::Char('-'), "alt--", "Alt--"),
        (KeyModifiers::CONTROL, KeyCode::Char(' '), "ctrl-space", "Ctrl-Space"),
    ];
    for (modifiers, code, written, shown) in sent {
        let chord = Chord::new(modifiers, code);
        assert_eq!(written.parse(), Ok(chord), "{written}");
        assert_eq!(chord.to_string(), shown);
    }
    assert!("ctrl-a-b".parse::<Chord>().is_err());
}

#[test]
fn keys_one_after_the_other_are_one_key() {
    let mut rig = online("[keys]\nhelp = \"ctrl-x ctrl-h\"\n");
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('x'));
    assert!(rig.screen().contains("Ctrl-X …"), "one sees that more is to come");
    assert!(rig.app.overlay.is_none());
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('h'));
    assert!(matches!(rig.app.overlay, Some(Overlay::Help(_))));
    rig.key(KeyCode::Esc);
    // What goes on differently is told and does nothing, not even what it would do alone.
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('x'));
    rig.key(KeyCode::Char('q'));
    assert!(rig.screen().contains("Ctrl-X q does nothing"));
    assert!(rig.app.composer().is_empty());
    rig.type_text("q");
    assert_eq!(rig.app.composer().lines(), ["q"]);
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('x'));
    rig.key(KeyCode::Esc);
    rig.type_text("r");
    assert_eq!(rig.app.composer().lines(), ["qr"], "Esc gives up what was begun");
}

#[test]
fn the_profile_and_the_overrides_are_what_the_keys_do() {
    let mut rig = online("[keys]\nprofile = \"emacs\"\npeople = \"f9\"\n");
    rig.type_text("one two");
    rig.key(KeyCode::Home);
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('k'));
    assert!(rig.app.composer().is_empty(), "Ctrl-K kills to the end of the line");
    rig.press(KeyModifiers::ALT, KeyCode::Char('k'));
    assert!(matches!(rig.app.overlay, Some(Overlay::Jump(_))));
    rig.key(KeyCode::Esc);
    rig.key(KeyCode::F(3));
    assert!(rig.app.overlay.is_none());
    rig.key(KeyCode::F(9));
    assert!(matches!(rig.app.overlay, Some(Overlay::People)));
    rig.key(KeyCode::Esc);
    rig.take(What::Resize(ratatui::layout::Size::new(120, 80)));
    rig.key(KeyCode::F(1));
    let help = rig.screen();
    assert!(help.contains("Alt-K, Ctrl-X b") && help.contains("F9"), "{help}");
    assert!(!help.contains("Ctrl-K"), "{help}");
}

#[test]
fn the_help_is_the_table_in_every_profile_no_more_and_no_less() {
    for profile in Profile::ALL {
        let keymap = Keymap::of(profile);
        let rows = help::rows(&keymap, 200);
        let end = rows.iter().position(|row| *row == HelpRow::Heading("COMMANDS")).unwrap();
        let mut told: Vec<(String, String)> = Vec::new();
        let mut keys = String::new();
        for row in &rows[..end] {
            if let HelpRow::Does(what, does) = row {
                keys.push_str(what.trim());
                if !does.is_empty() {
                    told.push((std::mem::take(&mut keys), does.clone()));
                }
            }
        }
        let mut expected: Vec<(String, String)> = Vec::new();
        for row in rows_by_topic() {
            let keys = match (row.deed, keymap.shown(row.deed)) {
                (Deed::Nth(0), _) => "Alt-1 .. Alt-9".to_owned(),
                (Deed::Nth(_), _) => continue,
                (_, none) if none.is_empty() => format!("({})", row.name),
                (_, keys) => keys,
            };
            let does = if row.deed == Deed::Nth(0) { "the first to ninth conversation" } else { row.does };
            expected.push((keys, does.to_owned()));
        }
        assert_eq!(told, expected, "{}", profile.name());
    }
}

fn rows_by_topic() -> Vec<&'static Row> {
    let mut all: Vec<&Row> = rows().collect();
    all.sort_by_key(|row| row.topic);
    all
}

#[test]
fn hints_are_those_of_the_keys_as_they_are() {
    let mut rig = online(
        "[keys]\njump = \"f7\"\nhelp = \"f8\"\nnewline = \"\"\npalette = \"alt-x\"\nnewest = \"f6\"\n",
    );
    rig.take(What::Resize(ratatui::layout::Size::new(120, 30)));
    let screen = rig.screen();
    assert!(screen.contains("F7 jump   F8 help"), "{screen}");
    assert!(screen.contains("Enter send · Esc select · Alt-X commands · F7 jump"), "{screen}");
    let old = ["^K", "F1 ", "^P", "newline"];
    assert!(!old.iter().any(|old| screen.contains(old)), "{screen}");
}

#[test]
fn ctrl_c_closes_then_clears_so_that_it_can_be_undone_then_asks_to_quit() {
    let mut rig = online("");
    let cancel = |rig: &mut Rig| rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
    rig.type_text("half a thought");
    rig.key(KeyCode::F(1));
    cancel(&mut rig);
    assert!(rig.app.overlay.is_none());
    assert_eq!(rig.app.composer().lines(), ["half a thought"]);
    cancel(&mut rig);
    assert!(rig.app.composer().is_empty());
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('_'));
    assert_eq!(rig.app.composer().lines(), ["half a thought"]);
    cancel(&mut rig);
    cancel(&mut rig);
    assert!(matches!(rig.app.overlay, Some(Overlay::Quit)));
    rig.done.clear();
    rig.key(KeyCode::Esc);
    assert!(rig.app.overlay.is_none() && rig.done.is_empty(), "any other key stays");
    cancel(&mut rig);
    cancel(&mut rig);
    assert!(rig.done.contains(&im_client::app::Action::Quit));
}

#[test]
fn what_one_cannot_do_without_has_a_key_in_each_profile() {
    // What one cannot do without has a key whatever the profile.
    let needed = [
        Deed::Send,
        Deed::Newline,
        Deed::Jump,
        Deed::Palette,
        Deed::Help,
        Deed::Escape,
        Deed::Cancel,
        Deed::Quit,
    ];
    for profile in Profile::ALL {
        let keymap = Keymap::of(profile);
        for deed in needed {
            assert!(!keymap.keys(deed).is_empty(), "{deed:?} of {}", profile.name());
        }
    }
    let emacs = Keymap::of(Profile::Emacs);
    let look = |key: &str| emacs.look(Place::Composer, key.parse::<Sequence>().unwrap().chords());
    // They are for the composer there: kill, back, forth, lines up and down, start and end.
    for key in ["ctrl-k", "ctrl-b", "ctrl-f", "ctrl-n", "ctrl-a", "ctrl-e", "ctrl-d", "ctrl-y"] {
        assert_eq!(look(key), Looked::Nothing, "{key}");
    }
    assert_eq!(look("alt-k"), Looked::Deed(Deed::Jump));
}
