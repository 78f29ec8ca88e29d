//! What the system tells the program: to end, to stop for a while, that it goes on.

#[cfg(unix)]
pub use unix::{Signals, ask_to_stop, hold_stops, stop};

/// What a signal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// End; the number of the signal.
    End(u8),
    /// Stop until told otherwise.
    Stop,
    /// The program was stopped, and goes on.
    Resumed,
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::process;
    use std::thread;
    use std::time::Duration;

    use nix::sys::signal::{SigSet, Signal, kill, raise};
    use nix::unistd::Pid;
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals as Caught;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::Told;
    use crate::terminal::screen::leave_by_force;

    /// How long a good end may take once a signal has asked for it, in milliseconds.
    const END_MS_MAX: u64 = 3000;

    /// The signals that this program listens to.
    #[derive(Debug)]
    pub struct Signals {
        told: UnboundedReceiver<Told>,
    }

    impl Signals {
        /// Listens from now on.
        pub fn new() -> io::Result<Self> {
            let (tell, told) = unbounded_channel();
            let mut caught = Caught::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGCONT])?;
            let tell_stop = tell.clone();
            // Threads of their own: the task that draws may hang in a terminal that takes nothing.
            thread::Builder::new().name("signals".to_owned()).spawn(move || {
                for number in caught.forever() {
                    let what = match number {
                        SIGCONT => Told::Resumed,
                        number => Told::End(u8::try_from(number).unwrap_or_default()),
                    };
                    // If nobody listens any more, the end has begun.
                    let _ = tell.send(what);
                    if matches!(what, Told::End(_)) {
                        end_in_time(number);
                    }
                }
            })?;
            // No handler: with one, the system would not know any more how a job stops.
            thread::Builder::new()
                .name("stops".to_owned())
                .spawn(move || while stops().wait().is_ok() && tell_stop.send(Told::Stop).is_ok() {})?;
            Ok(Self { told })
        }

        /// The next one. May be dropped and called again.
        pub async fn next(&mut self) -> Told {
            match self.told.recv().await {
                Some(told) => told,
                // Whoever listens has ended; nothing comes any more.
                None => std::future::pending().await,
            }
        }
    }

    fn stops() -> SigSet {
        let mut set = SigSet::empty();
        set.add(Signal::SIGTSTP);
        set
    }

    /// Whether a request to stop waits until the terminal was given back. What begins while it does inherits that:
    /// threads should, other programs must not.
    pub fn hold_stops(hold: bool) -> io::Result<()> {
        if hold {
            stops().thread_block()?;
        } else {
            stops().thread_unblock()?;
        }
        Ok(())
    }

    /// Asks all programs of this job to stop, as the terminal does by Ctrl-Z. We hear of it as the others do.
    pub fn ask_to_stop() -> io::Result<()> {
        Ok(kill(Pid::from_raw(0), Signal::SIGTSTP)?)
    }

    /// Stops; returns when the program goes on, or at once where nobody is there who could let it. The terminal must
    /// have been given back.
    pub fn stop() -> io::Result<()> {
        raise(Signal::SIGTSTP)?;
        // Here it stops, if it does.
        hold_stops(false)?;
        hold_stops(true)
    }

    /// Ends the program if it does not end by itself: a terminal that takes nothing would hold it for ever.
    #[allow(clippy::disallowed_methods, reason = "the main thread cannot be asked: it hangs")]
    fn end_in_time(number: i32) {
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(END_MS_MAX));
            leave_by_force();
            process::exit(128 + number);
        });
    }
}

#[cfg(not(unix))]
pub use elsewhere::{Signals, ask_to_stop, hold_stops, stop};

#[cfg(not(unix))]
mod elsewhere {
    use std::io;

    use super::Told;

    /// There are no signals here.
    #[derive(Debug)]
    pub struct Signals;

    impl Signals {
        /// Listens from now on.
        pub fn new() -> io::Result<Self> {
            Ok(Self)
        }

        /// Never comes.
        pub async fn next(&mut self) -> Told {
            std::future::pending().await
        }
    }

    /// Nothing to hold.
    pub fn hold_stops(_: bool) -> io::Result<()> {
        Ok(())
    }

    /// Nothing stops here.
    pub fn ask_to_stop() -> io::Result<()> {
        Ok(())
    }

    /// Nothing stops here.
    pub fn stop() -> io::Result<()> {
        Ok(())
    }
}
