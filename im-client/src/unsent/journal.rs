//! The journal: a file with a line for each change, written at its end. Whatever moment a run dies in, the lines that are
//! whole say what was unsent; the last one, torn, says nothing, and nothing was shown or sent because of it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use im_proto::MessageId;

use super::line;
use crate::app::{Change, Unsent};
use crate::private;

/// A journal is written anew when it is twice as long as it was then, and longer by so many bytes.
const SLACK_BYTES: u64 = 256 * 1024;

/// What a journal says.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) unsent: Vec<Unsent>,
    /// So many whole lines make no sense.
    pub(super) unreadable: usize,
}

/// Reads a journal; one that is not there says nothing.
pub(super) fn read(path: &Path) -> io::Result<Told> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Told::default()),
        Err(error) => return Err(error),
    };
    let mut told = Told::default();
    let mut lines = bytes.split(|byte| *byte == b'\n');
    // What stands behind the last line end is nothing, or torn.
    lines.next_back();
    for line in lines {
        match line::read(line) {
            Some(change) => line::apply(change, &mut told.unsent),
            None => told.unreadable += 1,
        }
    }
    Ok(told)
}

/// A journal that is being written.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    bytes: u64,
    bytes_when_new: u64,
    /// What it holds.
    unsent: BTreeSet<MessageId>,
}

impl Journal {
    /// Begins a journal that says just this, in the place of the one that is there. Until it is whole that one stays.
    pub(super) fn begin(path: PathBuf, unsent: &[Unsent]) -> io::Result<Self> {
        let lines: String =
            unsent.iter().flat_map(line::leading_to).map(|change| line::of(&change)).collect();
        let aside = path.with_extension("new");
        let mut file = private::create(&aside)?;
        file.write_all(lines.as_bytes())?;
        file.sync_all()?;
        fs::rename(&aside, &path)?;
        sync_folder_of(&path)?;
        let bytes = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        let unsent = unsent.iter().map(|unsent| unsent.message).collect();
        Ok(Self { path, file, bytes, bytes_when_new: bytes, unsent })
    }

    /// Writes changes down. What was said is on the disk when this returns.
    pub(super) fn write(&mut self, changes: &[Change]) -> io::Result<()> {
        let lines: String = changes.iter().map(line::of).collect();
        if let Err(error) = self.file.write_all(lines.as_bytes()) {
            // Half a line would spoil the next one.
            self.file.set_len(self.bytes)?;
            return Err(error);
        }
        self.bytes += u64::try_from(lines.len()).unwrap_or(u64::MAX);
        let mut is_new = false;
        for change in changes {
            match change {
                Change::Said { message, .. } => is_new |= self.unsent.insert(*message),
                Change::Gone(message) => _ = self.unsent.remove(message),
                Change::Failed { .. } | Change::Again(_) => {}
            }
        }
        // That something need not be kept any more may be forgotten: it would be sent once more, and said once.
        if is_new {
            self.file.sync_data()?;
        }
        self.shorten();
        Ok(())
    }

    /// What is no longer of use goes. The longer journal says the same: if it does not work now, it may later.
    fn shorten(&mut self) {
        if self.unsent.is_empty() {
            if self.file.set_len(0).is_ok() {
                self.bytes = 0;
            }
        } else if self.bytes > 2 * self.bytes_when_new + SLACK_BYTES
            && let Ok(told) = read(&self.path)
            && let Ok(journal) = Self::begin(self.path.clone(), &told.unsent)
        {
            *self = journal;
        }
    }
}

/// A name is lost in a power cut unless its folder was synced.
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
