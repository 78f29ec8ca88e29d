//! The torture: users who post, read, come and go, a server that is killed again and again, and an oracle that knows what
//! was promised: acknowledged means durable, exactly once, in order, resumed at any age.

mod acting;
mod amends;
mod copy;
mod course;
mod daemon;
mod deaths;
mod dice;
#[cfg(test)]
mod forged;
#[cfg(test)]
mod forged_amends;
mod hearing;
mod ledger;
mod person;
mod reading;
mod typist;
mod verdict;
mod violation;
mod wire;
mod words;

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use im_proto::{Token, UserName};
use serde::Serialize;
use tokio::task::JoinSet;

pub(crate) use self::course::Plan;
use self::course::{Course, Phase};
use self::daemon::Daemon;
use self::person::Person;
use self::typist::Typist;
use self::verdict::Verdict;
pub(crate) use self::violation::Violation;
use self::wire::Spelling;

/// When nothing moves for so many seconds, it never will.
const STUCK_SECONDS_MAX: u64 = 90;
/// Nothing but the torture itself takes longer than so many seconds.
const SETTLE_SECONDS_MAX: u64 = 600;

/// What came of it, in numbers.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    pub(crate) seed: u64,
    pub(crate) users: u32,
    /// Conversations whose logs were read back.
    pub(crate) conversations: u64,
    /// Posts in the logs.
    pub(crate) posts: u64,
    /// Of those that have ids, so many were acknowledged.
    pub(crate) acknowledged: u64,
    pub(crate) kills: u64,
    pub(crate) reconnects: u64,
    /// Posts that were sent again, and answered as such.
    pub(crate) duplicates: u64,
    pub(crate) refused: u64,
    /// Edits, deletions and reactions that were acknowledged.
    pub(crate) amended: u64,
    /// Events that reached programs, and posts that were shown on terminals.
    pub(crate) events: u64,
    pub(crate) shown: u64,
    pub(crate) data_bytes: u64,
    pub(crate) seconds: f64,
}

type Users = JoinSet<Result<Option<(u32, Token)>, Violation>>;

/// Does all of it, in a runtime of its own.
pub(crate) fn torture(plan: Plan) -> Result<Report, Violation> {
    let broken = |error: std::io::Error| Violation::Torture(error.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken)?;
    runtime.block_on(run(plan))
}

async fn run(plan: Plan) -> Result<Report, Violation> {
    let mut daemon = Daemon::new(&plan.server)?;
    let course = Arc::new(Course::new(plan, daemon.native, daemon.json));
    let mut users = everybody(&course)?;

    let kills = attend(&course, &mut users, deaths::die_often(&mut daemon, &course)).await?;
    course.enter(Phase::Settle);
    let settled = async {
        tokio::select! {
            ended = daemon.attend() => ended,
            () = course.all_settled() => Ok(()),
        }
    };
    in_time(&course, attend(&course, &mut users, settled)).await?;
    daemon.stop_well().await?;
    daemon.start()?;
    course.enter(Phase::Judge);
    let tokens = in_time(&course, judge(&course, &mut daemon, &mut users)).await?;

    let ledger = std::mem::take(&mut *course.ledger());
    let (acknowledged, duplicates, refused) = (ledger.acknowledged, ledger.duplicates, ledger.refused);
    let (events, shown, amended) = (ledger.events, ledger.shown, ledger.amends.done);
    let names = (0..course.programs()).map(|at| course.user(at)).collect::<Result<Vec<UserName>, _>>()?;
    let mut verdict = Verdict::new(course.plan.seed, &names, ledger);
    let conversations = in_time(&course, reading::read_all(&course, &tokens, &mut verdict)).await?;
    let posts = verdict.end()?;
    daemon.stop_well().await?;
    daemon.panicked()?;
    Ok(Report {
        seed: course.plan.seed,
        users: course.plan.users,
        conversations,
        posts,
        acknowledged,
        kills,
        reconnects: course.reconnects.load(Relaxed),
        duplicates,
        refused,
        amended,
        events,
        shown,
        data_bytes: daemon.kept_bytes(),
        seconds: (course.seconds() * 10.0).round() / 10.0,
    })
}

fn everybody(course: &Arc<Course>) -> Result<Users, Violation> {
    let mut users = JoinSet::new();
    for at in 0..course.plan.users {
        if at < course.programs() {
            let spelling = if at % 3 == 2 { Spelling::Json } else { Spelling::Native };
            users.spawn(Person::new(at, spelling, course)?.live());
        } else {
            let typist = Typist::new(at, at % 2 == 0, course);
            users.spawn(async move { typist.live().await.map(|()| None) });
        }
    }
    Ok(users)
}

/// Works on while the users do what they do. A user who finds something wrong ends it, and so does it when nothing moves.
async fn attend<T>(
    course: &Course,
    users: &mut Users,
    work: impl Future<Output = Result<T, Violation>>,
) -> Result<T, Violation> {
    let wrong = async {
        loop {
            match users.join_next().await {
                Some(Ok(Ok(_))) => {}
                Some(Ok(Err(violation))) => return violation,
                Some(Err(error)) => return Violation::Torture(error.to_string()),
                None => std::future::pending().await,
            }
        }
    };
    tokio::select! {
        biased;
        violation = wrong => Err(violation),
        violation = stuck(course) => Err(violation),
        done = work => done,
    }
}

/// The last sessions: each user hears what is left, and hands over where they stand.
async fn judge(
    course: &Course,
    daemon: &mut Daemon,
    users: &mut Users,
) -> Result<HashMap<u32, Token>, Violation> {
    let mut tokens = HashMap::new();
    let all = async {
        while let Some(ended) = users.join_next().await {
            tokens.extend(ended.map_err(|error| Violation::Torture(error.to_string()))??);
        }
        Ok(())
    };
    tokio::select! {
        biased;
        all = all => all?,
        ended = daemon.attend() => ended?,
        violation = stuck(course) => return Err(violation),
    }
    Ok(tokens)
}

async fn in_time<T>(
    course: &Course,
    work: impl Future<Output = Result<T, Violation>>,
) -> Result<T, Violation> {
    match tokio::time::timeout(Duration::from_secs(SETTLE_SECONDS_MAX), work).await {
        Ok(done) => done,
        Err(_) => Err(Violation::Stuck { seconds: SETTLE_SECONDS_MAX, what: course.who_waits() }),
    }
}

/// Ends when nothing has moved for too long.
async fn stuck(course: &Course) -> Violation {
    loop {
        let before = course.moved();
        tokio::time::sleep(Duration::from_secs(STUCK_SECONDS_MAX)).await;
        if course.moved() == before {
            return Violation::Stuck { seconds: STUCK_SECONDS_MAX, what: course.who_waits() };
        }
    }
}
