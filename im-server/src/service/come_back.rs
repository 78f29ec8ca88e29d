//! When the server stops: when each session is to come back. All at once would be a flood that the new server begins with.

use super::Service;

/// Nobody comes back sooner: a server does not start in no time.
const SOONEST_MILLISECONDS: u32 = 1_000;

/// The window is longer by so many milliseconds for each session: at most a hundred a second come back.
const EACH_MILLISECONDS: u32 = 10;

/// The shortest window, and the longest: nobody waits for more than a minute or so.
const WINDOW_MILLISECONDS_MIN: u32 = 2_000;
const WINDOW_MILLISECONDS_MAX: u32 = 60_000;

impl Service {
    /// After how long one of the sessions that are ended together is to come back.
    pub(crate) fn come_back_after_milliseconds(&self) -> u32 {
        let bits = (self.sources.random)();
        after(self.hub.closed_together(), u32::from_le_bytes([bits[0], bits[1], bits[2], bits[3]]))
    }
}

fn after(together: usize, dice: u32) -> u32 {
    let together = u32::try_from(together).unwrap_or(u32::MAX);
    let window = together.saturating_mul(EACH_MILLISECONDS);
    SOONEST_MILLISECONDS + dice % window.clamp(WINDOW_MILLISECONDS_MIN, WINDOW_MILLISECONDS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_grows_with_those_who_come_back_up_to_a_minute() {
        let latest = |together| (0..200_000).map(|dice| after(together, dice)).max().unwrap();
        assert_eq!([1, 200, 1_000, 10_000].map(latest), [2_999, 2_999, 10_999, 60_999]);
        assert_eq!(latest(usize::MAX), 60_999);
        assert_eq!(after(1, 0), 1_000);
    }
}
