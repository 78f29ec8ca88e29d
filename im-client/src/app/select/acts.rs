//! What is done with the highlighted message. Nothing here is asked of the server in another way than by a command.

use im_proto::{Body, Reaction, Request, Seq, Text};

use super::super::Marker;
use super::super::amending::Writing;
use super::super::asked::Purpose;
use super::super::composer::harmless;
use super::super::{Action, App, Overlay, Unsent, UnsentState, amended, is_mine};
use super::reactions::Picker;
use super::{Act, LinkUse, Popup, Selected, Undo, links, several};

/// What is done, or why not.
pub(super) type Done = Result<Vec<Action>, String>;

impl App {
    /// Does something with what is highlighted; if it cannot be done, it is told why.
    pub(super) fn do_with_selected(&mut self, act: Act) -> Vec<Action> {
        let done = match (act, self.selected()) {
            (_, None) => Ok(Vec::new()),
            (Act::Menu, _) => self.pop_up(Popup::Menu(0)),
            (Act::Info, _) => self.pop_up(Popup::Info(0)),
            (Act::Undo, _) => self.undo_last(),
            (Act::Several, _) => {
                self.choose_several();
                Ok(Vec::new())
            }
            (Act::Forward, _) => self.forward(),
            (Act::Copy, _) => self.chosen().map(|chosen| vec![copy(&several::copied(&chosen))]),
            _ if self.is_choosing_several() => {
                Err("several messages are chosen: they can be copied or forwarded".to_owned())
            }
            (act, Some(Selected::Said(seq, _))) => self.do_with_said(act, seq),
            (act, Some(Selected::Unsent(unsent))) => {
                let unsent = unsent.clone();
                self.do_with_unsent(act, &unsent)
            }
        };
        done.unwrap_or_else(|why| {
            self.toasts.complain(why, self.now);
            Vec::new()
        })
    }

    fn do_with_said(&mut self, act: Act, seq: Seq) -> Done {
        match act {
            Act::Reply => self.reply_to(seq),
            Act::Edit => {
                self.is_free_to_edit()?;
                self.begin_editing(seq)?;
                self.leave_select();
                Ok(Vec::new())
            }
            Act::Delete => {
                self.is_connected()?;
                self.pop_up(Popup::Delete(seq))
            }
            Act::React => {
                self.is_connected()?;
                self.pop_up(Popup::React(Picker::default()))
            }
            Act::Open | Act::CopyLink => {
                let text = self.text_of(seq).unwrap_or_default();
                self.use_link_of(&text, act)
            }
            Act::Unread => self.keep_unread_from(seq),
            _ => Ok(Vec::new()),
        }
    }

    fn do_with_unsent(&mut self, act: Act, unsent: &Unsent) -> Done {
        let is_failed = matches!(unsent.state, UnsentState::Failed(_));
        match act {
            Act::Open | Act::CopyLink => self.use_link_of(unsent.text.as_str(), act),
            Act::Reply if is_failed => {
                self.outbox.set(unsent.message, UnsentState::Queued);
                Ok(Vec::new())
            }
            Act::Delete if is_failed => {
                self.outbox.came(unsent.message);
                Ok(Vec::new())
            }
            Act::Edit if is_failed => {
                self.is_free_to_edit()?;
                self.leave_select();
                self.outbox.came(unsent.message);
                let writing = unsent.reply_to.map_or(Writing::New, Writing::Replying);
                if let Some(talk) = self.talk_mut() {
                    talk.put(writing, &harmless(unsent.text.as_str()));
                }
                Ok(Vec::new())
            }
            _ => Err("it is not sent yet".to_owned()),
        }
    }

    fn reply_to(&mut self, seq: Seq) -> Done {
        if matches!(self.talk().map(|talk| talk.writing), Some(Writing::Editing(_))) {
            return Err("an edit is being written: send it, or Esc drops it".to_owned());
        }
        self.leave_select();
        self.set_writing(Writing::Replying(seq));
        Ok(Vec::new())
    }

    /// What is being written is not lost for an edit.
    fn is_free_to_edit(&self) -> Result<(), String> {
        let told = || "something is being written: send it or clear it before you edit".to_owned();
        let is_free = self.talk().is_some_and(|talk| !talk.has_draft());
        is_free.then_some(()).ok_or_else(told)
    }

    /// What a message says now, as it may be put anywhere.
    pub(super) fn text_of(&self, seq: Seq) -> Option<String> {
        let message = self.talk()?.log.message(seq)?;
        message.text.as_ref().map(|text| harmless(text.as_str()))
    }

    fn use_link_of(&mut self, text: &str, act: Act) -> Done {
        let wanted = if act == Act::CopyLink { LinkUse::Copy } else { LinkUse::Open };
        let mut found = links::of(text);
        match found.len() {
            0 => Err("there is no link in it".to_owned()),
            1 => Ok(found.pop().map(|link| wanted.action(link)).into_iter().collect()),
            _ => self.pop_up(Popup::Links(found, wanted)),
        }
    }

    pub(super) fn pop_up(&mut self, popup: Popup) -> Done {
        self.overlay = Some(Overlay::Selected(popup));
        Ok(Vec::new())
    }

    /// Keeps a message unread, and all after it.
    fn keep_unread_from(&mut self, seq: Seq) -> Done {
        let me = self.me.clone();
        let Some(talk) = self.talk_mut() else {
            return Ok(Vec::new());
        };
        let after = Seq(seq.0.saturating_sub(1));
        let again = talk.log.entries().map(|entry| &entry.event).filter(|event| {
            let is_of_others = amended::is_post(&event.body) && !is_mine(me.as_ref(), &event.author);
            is_of_others && event.seq > after && event.seq <= talk.about.read
        });
        let posts = u64::try_from(again.count()).unwrap_or(u64::MAX);
        let before = talk.kept;
        talk.keep_unread(after, posts, false);
        talk.marker = Some(Marker { after, unread: talk.unread() });
        let id = talk.about.id;
        self.undoing.did(id, Undo::Unread(before));
        self.toasts.tell("unread from here, until you come back to it", self.now);
        Ok(Vec::new())
    }

    /// Somebody has said yes.
    pub(super) fn delete(&mut self, seq: Seq) -> Vec<Action> {
        let Some(about) = self.talk().map(|talk| &talk.about) else {
            return Vec::new();
        };
        let (id, of) = (about.id, about.address.clone());
        self.undoing.did(id, Undo::Deleted);
        vec![self.ask(Request::Delete { of, seq }, Purpose::Amend)]
    }

    /// Gives a reaction, or takes it back where it stands.
    pub(in super::super) fn react(&mut self, reaction: Reaction) -> Vec<Action> {
        let (Some(talk), Some(Selected::Said(seq, message))) = (self.talk(), self.selected()) else {
            return Vec::new();
        };
        let stands = message
            .reactions()
            .iter()
            .any(|(known, whose)| **known == reaction && whose.iter().any(|who| self.is_me(who)));
        let (id, of) = (talk.about.id, talk.about.address.clone());
        self.used(&reaction);
        self.undoing.did(id, Undo::React { seq, reaction: reaction.clone(), on: stands });
        vec![self.ask(Request::React { of, seq, reaction, on: !stands }, Purpose::Amend)]
    }

    /// Undoes the last that was done here, where that is possible.
    fn undo_last(&mut self) -> Done {
        let Some(about) = self.talk().map(|talk| &talk.about) else {
            return Ok(Vec::new());
        };
        let (id, of) = (about.id, about.address.clone());
        let undo = self.undoing.last(id).ok_or("there is nothing to undo here")?;
        if !matches!(undo, Undo::Unread(_) | Undo::Deleted)
            && let Err(why) = self.is_connected()
        {
            self.undoing.did(id, undo);
            return Err(why);
        }
        match undo {
            Undo::React { seq, reaction, on } => {
                let told = if on { "is back" } else { "is taken back" };
                self.toasts.tell(format!("{reaction} {told}"), self.now);
                Ok(vec![self.ask(Request::React { of, seq, reaction, on }, Purpose::Amend)])
            }
            Undo::Edit { seq, before } => {
                self.toasts.tell(format!("#{seq} says what it said before"), self.now);
                Ok(vec![self.ask(Request::Edit { of, seq, text: before }, Purpose::Amend)])
            }
            Undo::Unread(before) => {
                if let Some(talk) = self.talk_mut() {
                    talk.kept = before;
                    talk.marker = None;
                }
                self.toasts.tell("not kept unread any more", self.now);
                Ok(Vec::new())
            }
            Undo::Deleted => Err("a deletion cannot be undone: the text is gone for everybody".to_owned()),
        }
    }

    /// A message is about to say something else.
    pub(in super::super) fn note_edit(&mut self, seq: Seq, to: &Text) {
        let Some(talk) = self.talk() else {
            return;
        };
        let before = talk.log.message(seq).and_then(|message| message.text.clone());
        let id = talk.about.id;
        if let Some(before) = before.filter(|before| before != to) {
            self.undoing.did(id, Undo::Edit { seq, before });
        }
    }
}

/// Puts a text on the clipboard, and says how much that was.
pub(in super::super) fn copy(text: &str) -> Action {
    Action::Copy(text.to_owned())
}

/// The id that a message was given by whoever said it.
pub(super) fn id_of(body: &Body) -> Option<im_proto::MessageId> {
    match body {
        Body::Posted { message, .. } => Some(*message),
        _ => None,
    }
}
