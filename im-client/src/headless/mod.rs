//! What can be done without a screen, by people and by scripts.

mod account;
pub mod doctor;
mod history;
mod manual;
pub mod output;
mod search;
mod send;
mod session;
mod tail;

use crate::cli::{Common, Switch, Task};
use crate::exit::Failure;
use crate::tokens::Tokens;

/// Does one thing.
pub async fn run(common: &Common, task: Task) -> Result<(), Failure> {
    let tokens = || {
        Tokens::of_this_user()
            .ok_or_else(|| Failure::Failed("there is no home folder to keep sign-ins in".to_owned()))
    };
    match task {
        Task::Signup { name } => account::sign_in(common, &tokens()?, name, true).await,
        Task::Login { name } => account::sign_in(common, &tokens()?, name, false).await,
        Task::Logout => account::sign_out(common, &tokens()?).await,
        Task::Password => account::change_password(common, &tokens()?).await,
        Task::Sessions { end } => account::sessions(common, &tokens()?, end).await,
        Task::Codes { on } => account::codes(common, &tokens()?, on == Switch::On).await,
        Task::Send(send) => send::run(common, &tokens()?, send).await,
        Task::Tail(tail) => tail::run(common, &tokens()?, tail).await,
        Task::History(history) => history::run(common, &tokens()?, history).await,
        Task::Export(export) => history::export(common, &tokens()?, export).await,
        Task::Search(search) => search::run(common, &tokens()?, search).await,
        Task::Completions { shell } => manual::completions(shell),
        Task::Man { folder } => manual::man_pages(&folder),
        Task::Trust { fingerprint } => account::trust(common, fingerprint),
        Task::Doctor { json } => doctor::run(common, json).await,
    }
}
