//! The way out to the terminal. A frame is one write, so that nobody sees half of one; and what was not written when
//! the end comes is never written, where it would land on the screen that one comes back to.

use std::fs::File;
use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Standard output without the lock and the buffer that the standard library puts before it: a panic may come while
/// they are in use.
static OUT: OnceLock<File> = OnceLock::new();

/// What is still being written need not be: whoever would read it does not.
static GIVEN_UP: AtomicBool = AtomicBool::new(false);
/// Most that is handed over at once, in bytes: a write that waits cannot be called back.
const WRITE_BYTES_MAX: usize = 4096;

/// Begins and ends what terminals that know it show at once. Others ignore it.
const TOGETHER: (&[u8], &[u8]) = (b"\x1b[?2026h", b"\x1b[?2026l");

/// Writes to the terminal, a frame at a time.
#[derive(Debug, Default)]
pub struct Tty {
    frame: Vec<u8>,
}

impl Tty {
    /// Finds the way out.
    pub fn open() -> io::Result<Self> {
        if OUT.get().is_none() {
            // Whoever was first did the same.
            let _ = OUT.set(duplicate()?);
        }
        Ok(Self::default())
    }
}

impl Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.frame.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        let (begin, end) = TOGETHER;
        let whole = [begin, &self.frame, end].concat();
        self.frame.clear();
        tell(&whole)
    }
}

/// Writes to the terminal at once, from wherever.
pub fn tell(bytes: &[u8]) -> io::Result<()> {
    let Some(mut out) = OUT.get() else {
        return Ok(());
    };
    let mut left = bytes;
    while !left.is_empty() {
        if GIVEN_UP.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match out.write(&left[..left.len().min(WRITE_BYTES_MAX)]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => left = &left[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Somebody who shares the terminal does not want to wait for it. We do.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => wait_for_room(out)?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Takes back what the terminal did not take yet: the last words of the program come instead.
#[cfg(unix)]
pub(super) fn give_up(last: &[u8]) {
    use nix::sys::signal::{Signal, kill};
    use nix::sys::termios::{FlushArg, tcflush};
    use nix::unistd::Pid;
    GIVEN_UP.store(true, Ordering::Relaxed);
    let _ = tcflush(io::stdout(), FlushArg::TCOFLUSH);
    // Whoever waits for room is not told of it. A signal wakes them, even one that says nothing new.
    let _ = kill(Pid::this(), Signal::SIGCONT);
    if let Some(mut out) = OUT.get() {
        let _ = out.write(last);
    }
}

#[cfg(unix)]
fn duplicate() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

#[cfg(unix)]
fn wait_for_room(out: &File) -> io::Result<()> {
    use std::os::fd::AsFd;

    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    poll(&mut [PollFd::new(out.as_fd(), PollFlags::POLLOUT)], PollTimeout::NONE)?;
    Ok(())
}

#[cfg(windows)]
fn duplicate() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
}

#[cfg(windows)]
fn wait_for_room(_: &File) -> io::Result<()> {
    Ok(())
}
