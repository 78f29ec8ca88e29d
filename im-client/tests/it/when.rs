//! Moments as people write them.

use im_client::app::when::{EXAMPLES, parse};
use im_proto::Timestamp;
use jiff::Zoned;
use jiff::tz::TimeZone;

/// Saturday, 21 November 2026, 10:00 in Berlin: an hour ahead of UTC, in summer two.
const NOW: &str = "2026-11-21T10:00:00+01:00[Europe/Berlin]";

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

fn at(typed: &str) -> Option<String> {
    let now: Zoned = NOW.parse().unwrap();
    let now = Timestamp(u64::try_from(now.timestamp().as_millisecond()).unwrap());
    let meant = parse(typed, now, &berlin()).ok()?;
    let meant = jiff::Timestamp::from_millisecond(i64::try_from(meant.0).unwrap()).unwrap();
    Some(meant.to_zoned(berlin()).strftime("%F %T").to_string())
}

#[test]
fn what_people_write_is_what_they_mean() {
    for (typed, meant) in [
        ("today", "2026-11-21 00:00:00"),
        ("Yesterday", "2026-11-20 00:00:00"),
        ("yesterday 14:00", "2026-11-20 14:00:00"),
        ("yesterday at 9:30", "2026-11-20 09:30:00"),
        ("mon", "2026-11-16 00:00:00"),
        ("on Monday, 8:00", "2026-11-16 08:00:00"),
        ("thurs", "2026-11-19 00:00:00"),
        ("fri", "2026-11-20 00:00:00"),
        ("sat", "2026-11-14 00:00:00"),
        ("sun", "2026-11-15 00:00:00"),
        ("9:30", "2026-11-21 09:30:00"),
        ("10:00", "2026-11-21 10:00:00"),
        ("23:15", "2026-11-20 23:15:00"),
        ("3d", "2026-11-18 10:00:00"),
        ("3d ago", "2026-11-18 10:00:00"),
        ("0d", "2026-11-21 10:00:00"),
        ("2w", "2026-11-07 10:00:00"),
        ("90min", "2026-11-21 08:30:00"),
        ("36h", "2026-11-19 22:00:00"),
        ("1mo", "2026-10-21 10:00:00"),
        ("1y", "2025-11-21 10:00:00"),
        // A day has 23 or 25 hours when the clock changes: three weeks are three weeks.
        ("4w", "2026-10-24 10:00:00"),
        ("2026-05-01", "2026-05-01 00:00:00"),
        ("2026-05-01 14:00", "2026-05-01 14:00:00"),
        ("2026-05-01T14:00:30", "2026-05-01 14:00:30"),
        ("2024-02-29", "2024-02-29 00:00:00"),
        ("1 may", "2026-05-01 00:00:00"),
        ("May 1", "2026-05-01 00:00:00"),
        ("1. may 14:00", "2026-05-01 14:00:00"),
        ("24 dec", "2025-12-24 00:00:00"),
        ("24 December 2024 18:00", "2024-12-24 18:00:00"),
        ("21 nov", "2026-11-21 00:00:00"),
        // At this moment there was no such time: the clock went from 2:00 to 3:00.
        ("2026-03-29 02:30", "2026-03-29 03:30:00"),
    ] {
        assert_eq!(at(typed).as_deref(), Some(meant), "{typed}");
    }
}

#[test]
fn what_is_no_date_is_refused_with_what_would_be() {
    for typed in [
        "",
        "  ",
        "mo",
        "m",
        "d",
        "3",
        "3x",
        "-3d",
        "999999d",
        "10000y",
        "9999y",
        "14",
        "14:0",
        "25:00",
        "1:2:3:4",
        "2026-13-01",
        "2026-02-30",
        "2026-5-1",
        "20260501",
        "1969-12-31",
        "31 feb",
        "may",
        "1 may may",
        "noon",
        "héééé tag",
        "14:00 mon",
        "99999y",
        "ééééétt",
    ] {
        assert_eq!(at(typed), None, "{typed:?}");
    }
    let told = parse("noon", Timestamp(0), &TimeZone::UTC).unwrap_err();
    assert!(told.contains("noon is no date") && told.contains(EXAMPLES));
}

#[test]
fn the_examples_are_dates() {
    for example in EXAMPLES.split(", ") {
        assert!(at(example).is_some(), "{example}");
    }
}
