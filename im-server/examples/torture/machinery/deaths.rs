//! When the server is killed: in the middle of posts, right after it was started, while it still reads what the last
//! death left behind.

use std::time::Duration;

use super::course::Course;
use super::daemon::Daemon;
use super::dice::Dice;
use super::violation::Violation;

/// One death in so many comes right after a start, within so many milliseconds.
const EARLY_ONE_IN: u64 = 4;
const EARLY_MILLISECONDS_MAX: u64 = 120;
/// Others come within so many milliseconds after some number of posts.
const AFTER_MILLISECONDS_MAX: u64 = 30;
/// One death in so many begins as an orderly end, which gets at most so many milliseconds, or all it needs.
const STOP_ONE_IN: u64 = 5;
const STOP_MILLISECONDS_MAX: u64 = 400;
/// A death waits for posts no longer than so many seconds.
const WAIT_SECONDS_MAX: u64 = 15;

/// Starts the server and kills it until that was often enough and enough was posted. The server runs then. The number of
/// deaths is returned.
pub(crate) async fn die_often(daemon: &mut Daemon, course: &Course) -> Result<u64, Violation> {
    let mut dice = Dice::of(course.plan.seed, u64::MAX - 1);
    let mut deaths = 0;
    daemon.start()?;
    while deaths < course.plan.kills && !course.is_late() {
        tokio::select! {
            ended = daemon.attend() => ended?,
            () = moment(&mut dice, course, course.plan.kills - deaths) => {}
        }
        if dice.one_in(STOP_ONE_IN) {
            // Told to stop, in the middle of all this; and perhaps killed before it is done with that.
            let some = Duration::from_millis(dice.below(STOP_MILLISECONDS_MAX));
            let patience = if dice.one_in(3) { Duration::MAX } else { some };
            match tokio::time::timeout(patience, daemon.stop()).await {
                Ok(stopped) => _ = stopped?,
                Err(_too_late) => {}
            }
        }
        deaths += u64::from(daemon.kill()?);
        daemon.start()?;
        course.moves();
    }
    while course.acknowledged() < course.plan.posts && !course.is_late() {
        tokio::select! {
            ended = daemon.attend() => ended?,
            () = course.acknowledges(course.plan.posts, Duration::from_secs(1)) => {}
        }
    }
    Ok(deaths)
}

/// Waits for the moment of the next death, so that all of them and all posts are done about together.
async fn moment(dice: &mut Dice, course: &Course, deaths_left: u64) {
    if dice.one_in(EARLY_ONE_IN) {
        return tokio::time::sleep(Duration::from_millis(dice.below(EARLY_MILLISECONDS_MAX))).await;
    }
    let before = course.acknowledged();
    let late = (deaths_left * (EARLY_ONE_IN - 1) / EARLY_ONE_IN).max(1);
    let share = course.plan.posts.saturating_sub(before) / late;
    let posts = dice.between(share / 2, share * 3 / 2).max(1);
    course.acknowledges(before + posts, Duration::from_secs(WAIT_SECONDS_MAX)).await;
    tokio::time::sleep(Duration::from_millis(dice.below(AFTER_MILLISECONDS_MAX))).await;
}
