//! The default file as `im-client --print-config` prints it: the keys from their table.

use std::fmt::Write;

use crate::app::keys::{Profile, Topic, rows};

const FILE: &str = include_str!("default.toml");

/// All that may be configured, with comments.
pub fn default_file() -> String {
    let mut file = FILE.to_owned();
    let others = Profile::ALL.iter().skip(1).map(|profile| profile.name()).collect::<Vec<_>>().join(", ");
    file.push_str("\n[keys]\n");
    let mut line = |line: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(file, "{line}");
    };
    line(format!(
        "# Where the keys come from that are not named below: {}, {others}.",
        Profile::Default.name()
    ));
    line(format!("profile = \"{}\"", Profile::Default.name()));
    line("# A key, a list of keys, or \"\" for none. A blank is between keys that are pressed one after the other.".to_owned());
    for topic in Topic::ALL {
        let mut rows = rows().filter(|row| row.topic == topic).peekable();
        if rows.peek().is_some() {
            line(format!("# {}", topic.heading()));
        }
        for row in rows {
            line(format!("# {} = {}  # {}", row.name, spelled(row.keys), row.does));
        }
    }
    file
}

fn spelled(keys: &[&str]) -> String {
    match keys {
        [] => "\"\"".to_owned(),
        [key] => format!("{key:?}"),
        keys => format!("{keys:?}"),
    }
}
