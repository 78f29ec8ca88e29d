//! What the full screen keeps on this device's disk: sign-ins, and what is said until it is sent.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use im_proto::{MessageId, UserName};

use crate::app::{Change, Notes, What};
use crate::private;
use crate::tokens::{SignedIn, Tokens};
use crate::unsent::{Left, Queue, UnsentFolder};

/// Where it is kept; nowhere where there is no home folder.
#[derive(Debug)]
pub struct Disk {
    tokens: Option<Tokens>,
    unsent: Option<UnsentFolder>,
    /// Of whoever is signed in.
    queue: Option<Queue>,
    /// The configuration file.
    config: Option<PathBuf>,
}

impl Disk {
    /// Sign-ins here, what is said until it is sent there.
    pub fn new(tokens: Option<Tokens>, unsent: Option<UnsentFolder>) -> Self {
        Self { tokens, unsent, queue: None, config: None }
    }

    /// The configuration belongs there.
    pub fn configured_at(self, config: Option<PathBuf>) -> Self {
        Self { config, ..self }
    }

    /// Makes the configuration file. What is there was written by somebody, and stays.
    pub(super) fn keep_config(&self, text: &str) -> Option<What> {
        let made = match &self.config {
            Some(file) => {
                let folder = file.parent().map_or(Ok(()), private::make_folder);
                folder
                    .and_then(|()| File::create_new(file))
                    .and_then(|mut file| file.write_all(text.as_bytes()))
            }
            None => Err(nowhere()),
        };
        let told = |error| What::Trouble(format!("what you chose cannot be kept for the next time: {error}"));
        made.err().map(told)
    }

    /// Keeps a token; what else there is to be told.
    pub(super) fn keep_token(&self, server: &str, user: UserName, token: im_proto::Token) -> Option<What> {
        let kept = match &self.tokens {
            Some(tokens) => tokens.keep(server, &SignedIn { user, token }),
            None => Err(nowhere()),
        };
        let told = |error| What::Trouble(format!("this sign-in cannot be kept for the next time: {error}"));
        kept.err().map(told)
    }

    /// Forgets a token.
    pub(super) fn forget_token(&self, server: &str, user: &UserName) -> Option<What> {
        let forgotten = self.tokens.as_ref()?.forget(server, user);
        let told = |error| What::Trouble(format!("the old sign-in cannot be removed: {error}"));
        forgotten.err().map(told)
    }

    /// Brings what a user left unsent, and keeps what they say from now on.
    pub(super) fn recall(&mut self, server: &str, user: &UserName) -> Vec<What> {
        // First of all: it may be the same one that is opened again.
        self.queue = None;
        let opened = match &self.unsent {
            Some(folder) => folder.open(server, user),
            None => Err(nowhere()),
        };
        match opened {
            Ok((queue, Left { unsent, damaged, notes })) => {
                self.queue = Some(queue);
                let told = damaged.iter().map(|path| {
                    What::Trouble(format!("some unsent messages cannot be read: see {}", path.display()))
                });
                told.chain([What::Recalled(unsent), What::Noted(notes)]).collect()
            }
            Err(error) => vec![What::Trouble(format!("unsent messages cannot be kept: {error}"))],
        }
    }

    /// Writes down what became of messages.
    pub(super) fn keep(&mut self, changes: &[Change]) -> Option<What> {
        let kept = match &mut self.queue {
            Some(queue) => queue.keep(changes),
            None => Err(nowhere()),
        };
        let error = kept.err()?;
        let said = changes.iter().filter_map(|change| match change {
            Change::Said { message, .. } => Some(*message),
            _ => None,
        });
        let said: Vec<MessageId> = said.collect();
        (!said.is_empty()).then(|| What::NotKept(said, error.to_string()))
    }

    /// Writes down what is half written.
    pub(super) fn keep_notes(&self, notes: &Notes) -> Option<What> {
        let kept = match &self.queue {
            Some(queue) => queue.keep_notes(notes),
            None => Err(nowhere()),
        };
        let told = |error| What::Trouble(format!("what is half written cannot be kept: {error}"));
        kept.err().map(told)
    }

    /// Nobody is signed in.
    pub(super) fn put_away(&mut self) {
        self.queue = None;
    }
}

fn nowhere() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "there is no place for it")
}
