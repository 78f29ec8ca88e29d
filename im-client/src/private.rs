//! Folders and files that only their owner may read, in the platform's folder for what programs remember.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::connection::with_port;

/// The platform's folder for what programs remember (`XDG_STATE_HOME` on Linux).
pub(crate) fn folder() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "im")?;
    Some(folders.state_dir().unwrap_or_else(|| folders.data_local_dir()).to_owned())
}

/// The name of what belongs to a server, however its address is written.
pub(crate) fn server_name(server: &str) -> String {
    file_name(&with_port(server).to_lowercase())
}

/// A name that every file system takes and that is never hidden: other characters become their bytes in hexadecimal.
pub(crate) fn file_name(raw: &str) -> String {
    let mut name = String::new();
    for (i, byte) in raw.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || (byte == b'.' && i > 0);
        if plain {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02x}"));
        }
    }
    name
}

/// Makes a folder, and those above it.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// An empty file to write at the end of, in the place of one that a run left when it died.
pub(crate) fn create(file: &Path) -> io::Result<fs::File> {
    let _ = fs::remove_file(file);
    options().create_new(true).open(file)
}

/// A file to write at the end of, which is made if it is not there.
pub(crate) fn open(file: &Path) -> io::Result<fs::File> {
    options().create(true).open(file)
}

fn options() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
