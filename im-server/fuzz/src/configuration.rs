//! The configuration: whatever stands in the file is one, or is refused with a reason; what is written as it was read is read again.

use im_server::{DEFAULT_FILE, Listen, ScriptName, fuzzing};

pub fn holds(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let is_one = fuzzing::configuration(&text);
    if let Err(why) = &is_one {
        assert!(!why.is_empty());
    }
    let commented: String =
        text.lines().map(|line| format!("# {}\n", line.replace(char::is_control, ""))).collect();
    assert_eq!(
        fuzzing::configuration(&format!("{DEFAULT_FILE}\n{commented}")),
        Ok(()),
        "comments say nothing"
    );
    assert!(
        fuzzing::configuration(&format!("no_such_key = 1\n{text}")).is_err(),
        "an unknown key is refused"
    );
    if is_one.is_ok() {
        let twice = format!("log = \"a\"\nlog = \"b\"\n{text}");
        assert!(fuzzing::configuration(&twice).is_err(), "a key is given once");
    }
    for line in text.lines() {
        if let Ok(listen) = line.parse::<Listen>() {
            assert_eq!(listen.to_string().parse::<Listen>(), Ok(listen));
        }
        let _ = line.parse::<ScriptName>();
    }
}
