//! The configuration file: what it may say, and how what is wrong with it is told.

use std::fs;

use im_client::app::keys::{Deed, Keymap, Profile};
use im_client::app::{Action, What};
use im_client::config::{Config, Level, Look, Quiet, default_file};
use jiff::civil::time;

use crate::rig::Rig;

fn wrong(text: &str) -> (usize, String) {
    let (line, why) = Config::parse(text).unwrap_err();
    (line.expect("a line"), why)
}

#[test]
fn the_file_that_is_printed_holds_the_defaults() {
    let printed = default_file();
    assert_eq!(Config::parse(&printed).unwrap(), Config::default());
    // What is commented out is an entry too, and the default.
    let is_entry = |line: &str| line.starts_with("# ") && line.contains(" = ") && !line.ends_with('.');
    let entries = printed.lines().filter(|line| is_entry(line)).count();
    assert!(entries > 10, "{printed}");
    let uncommented: Vec<&str> =
        printed.lines().map(|line| if is_entry(line) { &line[2..] } else { line }).collect();
    let all = Config::parse(&uncommented.join("\n")).unwrap();
    assert_eq!(all, Config { server: Some("127.0.0.1:1202".to_owned()), ..Config::default() });
}

#[test]
fn everything_can_be_said() {
    let config = Config::parse(
        "server = \"im.example:1202\"\ntheme = \"high-contrast\"\nascii = true\nmouse = false\n\
         [notify]\nlevel = \"all\"\nprivacy = true\nbell = false\nquiet = \"22:00-07:00\"\n\
         [keys]\nprofile = \"vim\"\njump = [\"f7\", \"ctrl-x j\"]\nhelp = \"\"\n",
    );
    let config = config.unwrap();
    assert_eq!(config.server.as_deref(), Some("im.example:1202"));
    assert_eq!((config.theme, config.ascii, config.mouse), (Look::HighContrast, true, false));
    assert_eq!((config.notify.level, config.notify.privacy, config.notify.bell), (Level::All, true, false));
    assert_eq!(config.profile, Profile::Vim);
    assert_eq!(config.keymap.shown(Deed::Jump), "F7, Ctrl-X j");
    assert_eq!(config.keymap.shown(Deed::Help), "");
    assert_eq!(config.keymap.shown(Deed::Previous), Keymap::of(Profile::Vim).shown(Deed::Previous));
}

#[test]
fn hours_of_quiet_may_go_over_midnight() {
    let night: Quiet = "22:00-07:00".parse().unwrap();
    let holds = |quiet: Quiet, hour, minute| quiet.holds(time(hour, minute, 0, 0));
    assert!(holds(night, 22, 0) && holds(night, 23, 59) && holds(night, 0, 0) && holds(night, 6, 59));
    assert!(!holds(night, 7, 0) && !holds(night, 21, 59));
    let noon: Quiet = "12:00-13:30".parse().unwrap();
    assert!(holds(noon, 12, 0) && holds(noon, 13, 29) && !holds(noon, 13, 30) && !holds(noon, 11, 59));
    assert!(!holds("".parse().unwrap(), 3, 0));
    assert!("22".parse::<Quiet>().is_err() && "25:00-07:00".parse::<Quiet>().is_err());
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let (line, why) = wrong("ascii = true\n\nsevrer = \"x\"\n");
    assert!(line == 3 && why.contains("sevrer"), "{line}: {why}");
    let (line, why) = wrong("theme = \"purple\"\n");
    assert!(line == 1 && why.contains("purple") && why.contains("high-contrast"), "{line}: {why}");
    let (line, why) = wrong("[notify]\nbell = 3\n");
    assert!(line == 2 && why.contains("bool"), "{line}: {why}");
    let (line, why) = wrong("[notify]\nquiet = \"late\"\n");
    assert!(line == 2 && why.contains("late") && why.contains("22:00-07:00"), "{line}: {why}");
    let (line, why) = wrong("[keys]\nprofile = \"nano\"\n");
    assert!(line == 2 && why.contains("nano") && why.contains("emacs"), "{line}: {why}");
    let (line, why) = wrong("[keys]\njump = 3\n");
    assert!(line == 2 && why.contains("a list of them"), "{line}: {why}");
    let (line, why) = wrong("ascii = true\nnot toml\n");
    assert!(line == 2 && !why.contains('\n'), "{line}: {why}");
    let (line, why) = wrong("[keys]\nhelp = \"f7\"\nlist = \"f7\"\n");
    assert!(line == 3 && why.contains("F7") && why.contains("help") && why.contains("list"), "{line}: {why}");
    let (line, why) = wrong("[keys]\n\nhelp = \"ctrl-k\"\n");
    assert!(line == 3 && why == "Ctrl-K is the key of both jump and help", "{line}: {why}");
}

#[test]
fn a_file_that_is_refused_is_named() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("config.toml");
    fs::write(&file, "mouse = maybe\n").unwrap();
    let told = Config::load(Some(&file)).unwrap_err().to_string();
    assert!(told.starts_with(&format!("{}, line 1: ", file.display())), "{told}");
    let told = Config::load(Some(&folder.path().join("none"))).unwrap_err().to_string();
    assert!(told.contains("none") && told.contains("No such file"), "{told}");
    fs::write(&file, "mouse = false\n").unwrap();
    assert!(!Config::load(Some(&file)).unwrap().mouse);
}

#[test]
fn a_new_configuration_takes_the_place_of_the_old_whole() {
    let mut rig = Rig::online(80, 24, Vec::new());
    let read = |text: &str| What::Configured(Ok(Box::new(Config::parse(text).unwrap())));
    rig.done.clear();
    rig.take(read("ascii = true\nmouse = false\n[keys]\nhelp = \"f9\"\n"));
    assert_eq!(rig.done, [Action::CaptureMouse(false)]);
    rig.take(What::Configured(Err("config.toml, line 1: no".to_owned())));
    assert!(rig.screen().contains("config.toml, line 1: no"));
    assert!(rig.app.config.ascii && rig.app.config.keymap.shown(Deed::Help) == "F9");
    rig.take(read("server = \"elsewhere:1\"\nmouse = false\n"));
    assert!(rig.screen().contains("another one at the next start"));
    assert!(!rig.app.config.ascii && rig.app.config.keymap.shown(Deed::Help) == "F1");
    assert_eq!(rig.done.len(), 1, "the mouse is as it was");
}
