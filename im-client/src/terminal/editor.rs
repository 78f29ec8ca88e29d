//! An editor of one's own: what is being written goes into a file that only its owner may read, and comes back from it.

use std::fs;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, id};

use crate::app::What;
use crate::private;

/// The editor where none is named.
const USUAL: &str = "vi";
/// Most that is read of what an editor left, in bytes.
const WRITTEN_BYTES_MAX: u64 = 1 << 20;

/// What an editor works on. The file vanishes with this.
#[derive(Debug)]
pub(super) struct Written {
    path: PathBuf,
}

impl Written {
    /// Puts a text where an editor finds it.
    pub(super) fn of(text: &str) -> io::Result<Self> {
        let folder = private::folder().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        private::make_folder(&folder)?;
        let written = Self { path: folder.join(format!("message-{}.md", id())) };
        private::create(&written.path)?.write_all(text.as_bytes())?;
        Ok(written)
    }

    /// The editor that people named by VISUAL or EDITOR, with its arguments, for this.
    pub(super) fn editor(&self) -> Command {
        let named = |name| std::env::var(name).ok().filter(|named| !named.trim().is_empty());
        let editor = named("VISUAL").or_else(|| named("EDITOR")).unwrap_or_else(|| USUAL.to_owned());
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(&self.path);
        command
    }

    /// What became of it.
    pub(super) fn told(self, ended: io::Result<ExitStatus>) -> What {
        match ended {
            Ok(status) if status.success() => match self.read() {
                Ok(text) => What::Composed(text),
                Err(error) => What::Trouble(format!("what the editor wrote cannot be read: {error}")),
            },
            Ok(status) => What::Trouble(format!("the editor failed, nothing was changed: {status}")),
            Err(error) => What::Trouble(format!("there is no editor: {error}")),
        }
    }

    fn read(&self) -> io::Result<String> {
        let mut text = String::new();
        let mut file = fs::File::open(&self.path)?.take(WRITTEN_BYTES_MAX + 1);
        file.read_to_string(&mut text)?;
        if text.len() as u64 > WRITTEN_BYTES_MAX {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too long"));
        }
        // Editors end the last line.
        let end = text.trim_end_matches(['\r', '\n']).len();
        text.truncate(end);
        Ok(text)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        // Nothing is there if it could not be made.
        let _ = fs::remove_file(&self.path);
    }
}
