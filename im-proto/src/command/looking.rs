//! Commands that look at what was said: a page of a log, perhaps around a moment, messages by their words, and how long it is kept.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::id::Timestamp;

use super::Command;

/// `[@USER or #ROOM] [NUMBER] [DATE] [TIME]`, in this order.
pub(super) fn history(words: &[&str]) -> Option<Command> {
    let (of, words) = first(words, |word| word.parse().ok());
    let (limit, words) = first(words, |word| word.parse().ok());
    let (date, words) = first(words, |word| word.parse::<Date>().ok());
    let (time, words) = match date {
        Some(_) => first(words, |word| word.parse::<Time>().ok()),
        None => (None, words),
    };
    let around = match date {
        Some(date) => Some(moment(date, time.unwrap_or(Time::midnight()))?),
        None => None,
    };
    words.is_empty().then_some(Command::History { of, limit, around })
}

/// `[DAYS or off]`.
pub(super) fn retention(words: &[&str]) -> Option<Command> {
    let days = match words {
        [] => None,
        [word] if word.eq_ignore_ascii_case("off") => Some(0),
        [days] => Some(days.parse().ok()?),
        _ => return None,
    };
    Some(Command::Retention { days })
}

/// The first word, if it is of the kind that may stand here, and the rest.
fn first<'w, T>(words: &'w [&'w str], read: impl Fn(&str) -> Option<T>) -> (Option<T>, &'w [&'w str]) {
    match words.split_first().and_then(|(word, rest)| Some((read(word)?, rest))) {
        Some((value, rest)) => (Some(value), rest),
        None => (None, words),
    }
}

/// In UTC, as the times are that the text dialect shows.
fn moment(date: Date, time: Time) -> Option<Timestamp> {
    let at = date.to_datetime(time).to_zoned(TimeZone::UTC).ok()?;
    u64::try_from(at.timestamp().as_millisecond()).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_takes_where_how_many_and_when_in_this_order() {
        let day = 1_795_132_800_000; // 2026-11-20T00:00:00Z
        let cases = [
            ("", Some((None, None, None))),
            ("#dev", Some((Some("#dev"), None, None))),
            ("7", Some((None, Some(7), None))),
            ("@bob 5", Some((Some("@bob"), Some(5), None))),
            ("#dev 2026-11-20", Some((Some("#dev"), None, Some(day)))),
            ("2026-11-20 14:00", Some((None, None, Some(day + 14 * 3_600_000)))),
            ("#dev 5 2026-11-20 14:00:30", Some((Some("#dev"), Some(5), Some(day + 50_430_000)))),
            ("14:00", None),
            ("2026-11-20 #dev", None),
            ("2026-11-31", None),
            ("1969-11-20", None),
            ("dev 5", None),
            ("#dev 5 2026-11-20 14:00 x", None),
        ];
        for (line, wanted) in cases {
            let words: Vec<&str> = line.split_whitespace().collect();
            let wanted = wanted.map(|(of, limit, around)| Command::History {
                of: of.map(|of| of.parse().unwrap()),
                limit,
                around: around.map(Timestamp),
            });
            assert_eq!(history(&words), wanted, "{line:?}");
        }
    }
}
