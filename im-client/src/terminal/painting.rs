//! The thread that finds out what the parts of code are. It is there only while there is something to find out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;

use super::network::Report;
use crate::app::rich::Code;
use crate::paint::Painter;

/// One piece of code is looked at for so long, in milliseconds; the rest of it stays without colours.
const PAINT_MS_MAX: u64 = 500;

/// What the thread is called.
const NAME: &str = "painting";

/// Whether this is that thread: what goes wrong in it, with code that somebody may have made for it, is no end of anything.
pub(super) fn is_here() -> bool {
    thread::current().name() == Some(NAME)
}

/// Begins; the answer is a report. Without a thread there are no colours, and nothing else is missing.
pub(super) fn begin(wanted: Vec<Code>, told: Sender<Report>) {
    let painting = move || {
        let painter = Painter::default();
        let paint = |code: &Code| {
            let until = Instant::now() + Duration::from_millis(PAINT_MS_MAX);
            let painted = catch_unwind(AssertUnwindSafe(|| painter.paint(code, || Instant::now() < until)));
            (code.key(), painted.unwrap_or_default())
        };
        let painted = wanted.iter().map(paint).collect();
        drop(painter);
        // If nobody listens any more, nobody looks either.
        let _ = told.blocking_send(Report::Painted(painted));
    };
    let _ = thread::Builder::new().name(NAME.to_owned()).spawn(painting);
}
