//! What a post says, and its id: both are made from whose it is and its number, so that nothing of it has to be kept.

use im_proto::MessageId;

use super::dice::Dice;

/// What every text begins with, before its three numbers.
const MARK: &str = "post ";

/// One text in so many is long.
const LONG_ONE_IN: u64 = 400;
const LONG_BYTES_MAX: u64 = 6_000;
const SHORT_BYTES_MAX: u64 = 90;

/// Names a post: whose, in which session (0 where posts have ids and outlive sessions), and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PostName {
    pub(crate) user: u32,
    pub(crate) session: u32,
    pub(crate) number: u32,
}

impl PostName {
    /// Its text.
    pub(crate) fn text(self, seed: u64) -> String {
        let Self { user, session, number } = self;
        let mut dice = Dice::of(seed, (u64::from(user) << 32) | u64::from(number));
        // By text a long line costs more than it proves.
        let long = session == 0 && dice.one_in(LONG_ONE_IN);
        let length = dice.below(if long { LONG_BYTES_MAX } else { SHORT_BYTES_MAX });
        let filler = (0..length).map(|at| if at % 7 == 6 { ' ' } else { 'x' }).collect::<String>();
        format!("{MARK}{user}.{session}.{number} {filler}.")
    }

    /// Finds the name in a text, or in a line that shows it; and what stands before it.
    pub(crate) fn find(line: &str) -> Option<(&str, Self)> {
        let (before, after) = line.split_once(MARK)?;
        let numbers = after.split_once(' ').map_or(after, |(numbers, _)| numbers);
        let mut numbers = numbers.split('.').map(str::parse);
        let (user, session, number) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let name = Self { user: user.ok()?, session: session.ok()?, number: number.ok()? };
        numbers.next().is_none().then_some((before, name))
    }

    /// Its id.
    pub(crate) fn id(self, seed: u64) -> MessageId {
        let [s, u] = [u128::from(family(seed)) << 64, u128::from(self.user) << 32];
        MessageId((s | u | u128::from(self.number)).to_be_bytes())
    }
}

/// The half of an id that all posts of a run share.
fn family(seed: u64) -> u64 {
    Dice::of(seed, u64::MAX).throw()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_its_text_and_in_lines_that_show_it() {
        let name = PostName { user: 3, session: 0, number: 17 };
        let text = name.text(1);
        assert_eq!(PostName::find(&text), Some(("", name)));
        let line = format!("[from group lobby user a] {text}");
        assert_eq!(PostName::find(&line), Some(("[from group lobby user a] ", name)));
        assert_eq!(PostName::find("post 1.2"), None);
        assert_eq!(PostName::find("[from system] enter password:"), None);
    }

    #[test]
    fn ids_are_told_apart() {
        let id = |user, number| PostName { user, session: 0, number }.id(9);
        assert_ne!(id(1, 2), id(2, 1));
        assert_eq!(id(1, 2), id(1, 2));
    }
}
