//! Moments as people write them: `mon`, `3d`, `yesterday 14:00`, `2026-05-01`; by the clock on their wall.

use im_proto::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan, Zoned};

/// What may be written, in short.
pub const EXAMPLES: &str = "mon, 3d, yesterday 14:00, 9:30, 1 may, 2026-05-01 14:00";

/// The most of something that one goes back; a calendar has no more years.
const BACK_MAX: u32 = 10_000;
/// In a year and a day each month and each weekday has been.
const DAYS_BACK_MAX: i32 = 366;

/// The moment that somebody means: the latest of its kind that is not still to come, and of a day its beginning where no
/// time is named. Why there is none, in a sentence.
pub fn parse(typed: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    let meant = zoned(now, zone).and_then(|now| meant(&typed.to_lowercase(), &now));
    let ms = meant.and_then(|meant| u64::try_from(meant.timestamp().as_millisecond()).ok());
    ms.map(Timestamp).ok_or_else(|| match typed.trim() {
        "" => format!("when? {EXAMPLES}"),
        typed => format!("{typed} is no date; {EXAMPLES} are some"),
    })
}

fn zoned(when: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    let ms = i64::try_from(when.0).ok()?;
    Some(jiff::Timestamp::from_millisecond(ms).ok()?.to_zoned(zone.clone()))
}

fn meant(typed: &str, now: &Zoned) -> Option<Zoned> {
    // As computers write it: 2026-05-01T14:00
    let is_joined = typed.as_bytes().get(10) == Some(&b't') && typed.is_char_boundary(10);
    let typed = if is_joined { typed.replacen('t', " ", 1) } else { typed.to_owned() };
    let words: Vec<&str> =
        typed.split([' ', '\t', ',']).filter(|word| !matches!(*word, "" | "at" | "on" | "ago")).collect();
    let on = |day: Date, time| day.to_datetime(time).to_zoned(now.time_zone().clone()).ok();
    match words.as_slice() {
        [] => None,
        [one] if back(one, now).is_some() => back(one, now),
        [one] if time(one).is_some() => {
            let today = on(now.date(), time(one)?)?;
            if today <= *now { Some(today) } else { on(now.date().yesterday().ok()?, time(one)?) }
        }
        [days @ .., last] if time(last).is_some() => on(day(days, now)?, time(last)?),
        days => on(day(days, now)?, Time::midnight()),
    }
}

/// `3d`, `2w`, `36h`, `90min`
fn back(word: &str, now: &Zoned) -> Option<Zoned> {
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let count: u32 = word.strip_suffix(unit)?.parse().ok().filter(|count| *count <= BACK_MAX)?;
    let count = i64::from(count);
    let span: Span = match unit {
        "min" | "mins" => count.minutes(),
        "h" => count.hours(),
        "d" => count.days(),
        "w" => count.weeks(),
        "mo" => count.months(),
        "y" => count.years(),
        _ => return None,
    };
    now.checked_sub(span).ok()
}

/// `14:00`, `9:30`, `14:00:30`
fn time(word: &str) -> Option<Time> {
    let (hours, rest) = word.split_once(':')?;
    let two = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_time = (two(hours) || two(&format!("0{hours}"))) && rest.split(':').all(two);
    format!("{hours:0>2}:{rest}").parse().ok().filter(|_| is_time)
}

fn day(words: &[&str], now: &Zoned) -> Option<Date> {
    let today = now.date();
    match words {
        ["today"] => Some(today),
        ["yesterday"] => today.yesterday().ok(),
        // A weekday is the last of its name before today: who means today says so.
        [word] => match weekday(word) {
            Some(day) => latest(today.yesterday().ok()?, |date| date.weekday() == day),
            None => full_date(word),
        },
        [one, two] => {
            let (day, month) =
                month(two).map(|month| (*one, month)).or(month(one).map(|month| (*two, month)))?;
            let day: i8 = day.trim_end_matches('.').parse().ok()?;
            latest(today, |date| date.month() == month && date.day() == day)
        }
        [one, two, year] => {
            let (day, month) =
                month(two).map(|month| (*one, month)).or(month(one).map(|month| (*two, month)))?;
            Date::new(year.parse().ok()?, month, day.trim_end_matches('.').parse().ok()?).ok()
        }
        _ => None,
    }
}

/// The latest day of some kind, up to one.
fn latest(upto: Date, is_meant: impl Fn(Date) -> bool) -> Option<Date> {
    let days = (0..=DAYS_BACK_MAX).map_while(|back| upto.checked_sub(back.days()).ok());
    days.into_iter().find(|date| is_meant(*date))
}

/// `2026-05-01`, and nothing shorter that would be read as one.
fn full_date(word: &str) -> Option<Date> {
    let is_full = word.len() == 10 && word.split('-').count() == 3;
    word.parse().ok().filter(|_| is_full)
}

/// By its name, or the first letters of it, three or more.
fn named<T>(word: &str, names: impl IntoIterator<Item = (&'static str, T)>) -> Option<T> {
    let fits = |name: &str| word.len() >= 3 && name.starts_with(word);
    names.into_iter().find(|(name, _)| fits(name)).map(|(_, named)| named)
}

fn weekday(word: &str) -> Option<Weekday> {
    named(
        word,
        [
            ("monday", Weekday::Monday),
            ("tuesday", Weekday::Tuesday),
            ("wednesday", Weekday::Wednesday),
            ("thursday", Weekday::Thursday),
            ("friday", Weekday::Friday),
            ("saturday", Weekday::Saturday),
            ("sunday", Weekday::Sunday),
        ],
    )
}

fn month(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    named(word, MONTHS.into_iter().zip(1..))
}
