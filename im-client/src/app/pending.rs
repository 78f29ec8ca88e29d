//! What waits for an answer of one's own: invitations, people who ask to be let in, and the news that one was not.

use im_proto::{Pending, PendingKind, Request, RoomName, UserName};

use super::asked::Purpose;
use super::{Action, App, wrap};

/// What waits, in lines of some width, each with whether a notice begins there: at most so many lines, the last of
/// which says how much more there is.
pub fn lines(app: &App, width: u16, lines_max: usize) -> Vec<(bool, String)> {
    let mut lines: Vec<(bool, String)> = notices(app)
        .flat_map(|notice| {
            let wrapped = wrap::wrap(&notice, width).into_iter().enumerate();
            wrapped.map(|(i, line)| (i == 0, line))
        })
        .collect();
    if lines.len() > lines_max {
        lines.truncate(lines_max.saturating_sub(1));
        lines.push((true, format!("{} wait for an answer", app.pending.len())));
    }
    lines
}

/// What waits, in words that say how to answer.
fn notices(app: &App) -> impl Iterator<Item = String> {
    app.pending.iter().filter_map(|pending| {
        let Pending { group, by, .. } = pending;
        match pending.kind {
            PendingKind::Invitation => {
                Some(format!("{by} invites you to #{group}: /accept {group} or /reject {group}"))
            }
            PendingKind::Request => {
                Some(format!("{by} asks to join #{group}: /accept {group} {by} or /reject {group} {by}"))
            }
            PendingKind::Rejection => None,
        }
    })
}

impl App {
    /// All that waits, as the server says. News is told once.
    pub(super) fn set_pending(&mut self, pending: Vec<Pending>) -> Vec<Action> {
        let mut actions = Vec::new();
        for news in pending.iter().filter(|p| p.kind == PendingKind::Rejection) {
            self.toasts.tell(format!("{} did not let you into #{}", news.by, news.group), self.now);
            let group = news.group.clone();
            actions.push(self.ask(Request::Dismiss { group }, Purpose::Hint));
        }
        self.pending = pending;
        actions
    }

    /// Which of the things that wait an answer is about; why none, if none.
    pub(super) fn which_pending(
        &self,
        group: Option<&RoomName>,
        user: Option<&UserName>,
    ) -> Result<(RoomName, Option<UserName>), String> {
        if let (Some(group), Some(user)) = (group, user) {
            return Ok((group.clone(), Some(user.clone())));
        }
        let fits = |pending: &&Pending| {
            pending.kind != PendingKind::Rejection && group.is_none_or(|group| pending.group == *group)
        };
        let mut fitting = self.pending.iter().filter(fits);
        match (fitting.next(), fitting.next(), group) {
            // The server knows best what waits.
            (None, _, Some(group)) => Ok((group.clone(), None)),
            (None, _, None) => Err("nothing waits for an answer".to_owned()),
            (Some(one), None, _) => Ok(named(one)),
            (Some(one), Some(_), Some(_)) if one.kind == PendingKind::Invitation => Ok(named(one)),
            (Some(_), Some(_), Some(group)) => Err(format!("several ask: /accept {group} USER")),
            (Some(_), Some(_), None) => Err("several things wait: name the one you mean".to_owned()),
        }
    }
}

fn named(pending: &Pending) -> (RoomName, Option<UserName>) {
    let user = (pending.kind == PendingKind::Request).then(|| pending.by.clone());
    (pending.group.clone(), user)
}
