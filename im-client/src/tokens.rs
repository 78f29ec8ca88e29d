//! The tokens that sign this device in, each in a file of its own that only its owner may read.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use im_proto::{Token, UserName};

use crate::private;

/// A folder of tokens: one folder for each server, in it one file for each user.
#[derive(Debug, Clone)]
pub struct Tokens {
    folder: PathBuf,
}

/// Who is signed in on this device, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// As whom, in the spelling of the account.
    pub user: UserName,
    /// The token.
    pub token: Token,
}

impl Tokens {
    /// The tokens in the platform's folder for what programs remember (`XDG_STATE_HOME` on Linux).
    pub fn of_this_user() -> Option<Self> {
        Some(Self::in_folder(private::folder()?.join("sign-ins")))
    }

    /// The tokens in some folder, which is made when it is needed.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Nobody was ever signed in on this device.
    pub fn is_empty(&self) -> bool {
        fs::read_dir(&self.folder).map_or(true, |mut servers| servers.next().is_none())
    }

    /// Who is signed in at a server: the user of that name, or without a name whoever signed in last.
    pub fn find(&self, server: &str, user: Option<&UserName>) -> io::Result<Option<SignedIn>> {
        match user {
            Some(user) => read(&self.file(server, user)),
            None => self.latest(server),
        }
    }

    /// Keeps a token.
    pub fn keep(&self, server: &str, signed_in: &SignedIn) -> io::Result<()> {
        let file = self.file(server, &signed_in.user);
        let folder = self.server(server);
        private::make_folder(&folder)?;
        // Written aside and moved into place: whoever reads sees a whole token, and no moment has a wider mode.
        let aside = folder.join(format!(".{}.new", std::process::id()));
        let written = write(&aside, signed_in).and_then(|()| fs::rename(&aside, &file));
        if written.is_err() {
            let _ = fs::remove_file(&aside);
        }
        written
    }

    /// Forgets a token. That there is none is fine.
    pub fn forget(&self, server: &str, user: &UserName) -> io::Result<()> {
        match fs::remove_file(self.file(server, user)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn latest(&self, server: &str) -> io::Result<Option<SignedIn>> {
        let entries = match fs::read_dir(self.server(server)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut newest: Option<(SystemTime, PathBuf)> = None;
        for entry in entries {
            let entry = entry?;
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let changed = entry.metadata()?.modified()?;
            if newest.as_ref().is_none_or(|(time, _)| *time < changed) {
                newest = Some((changed, entry.path()));
            }
        }
        newest.map_or(Ok(None), |(_, file)| read(&file))
    }

    fn server(&self, server: &str) -> PathBuf {
        self.folder.join(private::server_name(server))
    }

    fn file(&self, server: &str, user: &UserName) -> PathBuf {
        self.server(server).join(private::file_name(user.key()))
    }
}

fn read(file: &Path) -> io::Result<Option<SignedIn>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut lines = text.lines();
    let user = lines.next().and_then(|name| name.parse().ok());
    let token = lines.next().and_then(Token::from_hex);
    Ok(user.zip(token).map(|(user, token)| SignedIn { user, token }))
}

fn write(file: &Path, signed_in: &SignedIn) -> io::Result<()> {
    let mut file = private::create(file)?;
    writeln!(file, "{}\n{}", signed_in.user, signed_in.token.to_hex())?;
    file.sync_all()
}
