//! Where the socket is. A socket's path has at most some hundred bytes; a folder's may have thousands.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// The socket's name in a data folder.
const SOCKET: &str = "im.sock";

/// Longest path of a socket, in bytes: what fits everywhere.
const PATH_BYTES_MAX: usize = 100;

/// A path to the socket that is short enough, for as long as this is there.
pub(super) struct Place {
    path: PathBuf,
    /// Where the path leads through it.
    _folder: Option<File>,
}

impl Place {
    pub(super) fn of(data_dir: &Path) -> io::Result<Self> {
        let path = data_dir.join(SOCKET);
        if path.as_os_str().len() <= PATH_BYTES_MAX {
            return Ok(Self { path, _folder: None });
        }
        let folder = File::open(data_dir)?;
        let short = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()));
        if !short.is_dir() {
            let why = format!("the path {} is too long for a socket, and there is no /proc", path.display());
            return Err(io::Error::new(io::ErrorKind::InvalidFilename, why));
        }
        Ok(Self { path: short.join(SOCKET), _folder: Some(folder) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}
