//! The thread that finds out what the parts of code are. It is there only while there is something to find out.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;

use super::network::Report;
use crate::app::rich::Code;
use crate::paint::Painter;

/// One piece of code is looked at for so long, in milliseconds; the rest of it stays without colours.
const PAINT_MS_MAX: u64 = 500;

/// Begins; the answer is a report. Without a thread there are no colours, and nothing else is missing.
pub(super) fn begin(wanted: Vec<Code>, told: Sender<Report>) {
    let painting = move || {
        let painter = Painter::default();
        let paint = |code: &Code| {
            let until = Instant::now() + Duration::from_millis(PAINT_MS_MAX);
            (code.key(), painter.paint(code, || Instant::now() < until))
        };
        let painted = wanted.iter().map(paint).collect();
        drop(painter);
        // If nobody listens any more, nobody looks either.
        let _ = told.blocking_send(Report::Painted(painted));
    };
    let _ = std::thread::Builder::new().name("painting".to_owned()).spawn(painting);
}
