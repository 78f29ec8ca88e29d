//! Hours in which nothing is told of: `22:00-07:00`.

use std::str::FromStr;

use jiff::civil::Time;
use serde::{Deserialize, Deserializer, de::Error};

/// From one time of day until before another, over midnight if the other is earlier; or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quiet(Option<(Time, Time)>);

impl Quiet {
    /// Whether a time of day is in it.
    pub fn holds(self, at: Time) -> bool {
        match self.0 {
            None => false,
            Some((from, until)) if from <= until => from <= at && at < until,
            Some((from, until)) => from <= at || at < until,
        }
    }
}

impl FromStr for Quiet {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, String> {
        if raw.trim().is_empty() {
            return Ok(Self(None));
        }
        let wrong = || format!("{raw:?} is not like \"22:00-07:00\"");
        let time = |raw: &str| Time::strptime("%H:%M", raw.trim()).map_err(|_| wrong());
        let (from, until) = raw.split_once('-').ok_or_else(wrong)?;
        Ok(Self(Some((time(from)?, time(until)?))))
    }
}

impl<'de> Deserialize<'de> for Quiet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
