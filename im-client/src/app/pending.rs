//! What waits for an answer of one's own: invitations, people who ask to be let in, and the news that one was not.

use im_proto::{Pending, PendingKind, Request, RoomName, UserName};

use super::asked::Purpose;
use super::{Action, App, wrap};

/// What waits, in lines of some width, each with whether a notice begins there: at most so many lines, the last of
/// which says how much more there is.
pub fn lines(app: &App, width: u16, lines_max: usize) -> Vec<(bool, String)> {
    let mut lines: Vec<(bool, String)> = notices(app)
        .flat_map(|notice| laid_out(&notice, width).into_iter().enumerate().map(|(i, line)| (i == 0, line)))
        .collect();
    if lines.len() > lines_max {
        lines.truncate(lines_max.saturating_sub(1));
        lines.push((true, format!("{} wait for an answer", app.pending.len())));
    }
    lines
}

/// What waits, and the commands that answer it.
struct NoticeText {
    told: String,
    commands: [String; 2],
}

/// A line breaks before a command, not within it: it is to be read, and typed, in one.
fn laid_out(notice: &NoticeText, width: u16) -> Vec<String> {
    let mut lines = wrap::wrap(&notice.told, width);
    for command in &notice.commands {
        match lines.last_mut() {
            Some(last) if wrap::cells(last) + 1 + wrap::cells(command) <= width => {
                last.push(' ');
                last.push_str(command);
            }
            _ => lines.extend(wrap::wrap(command, width)),
        }
    }
    lines
}

fn notices(app: &App) -> impl Iterator<Item = NoticeText> {
    let waits = |pending: &&Pending| pending.kind != PendingKind::Rejection;
    // What is the only one need not be named.
    let is_only = app.pending.iter().filter(waits).count() == 1;
    app.pending.iter().filter(waits).map(move |pending| {
        let Pending { group, by, .. } = pending;
        let (told, which) = match pending.kind {
            PendingKind::Request => (format!("{by} asks to join #{group}:"), format!(" {group} {by}")),
            _ => (format!("{by} invites you to #{group}:"), format!(" {group}")),
        };
        let which = if is_only { "" } else { &which };
        NoticeText { told, commands: [format!("/accept{which}"), format!("or /reject{which}")] }
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
