//! What came of the runs: a line of JSON for each, and medians with their spread for all.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;

use super::load::Driven;
use super::plan::{Plan, Work};
use super::process::Target;

/// One run.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Measured {
    server: String,
    dialect: String,
    work: Work,
    receivers: usize,
    in_flight: usize,
    messages: u64,
    deliveries: u64,
    seconds: f64,
    /// What the server paid for each delivery, in microseconds of a core.
    cpu_us: f64,
    /// And for each message.
    cpu_us_per_message: f64,
    messages_per_second: f64,
    /// From the moment a message was due to its last receiver, in microseconds.
    p50_us: f64,
    p99_us: f64,
    memory_bytes: u64,
    /// The server's price over the bare loop's.
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<f64>,
}

impl Measured {
    pub(super) fn new(target: &Target, plan: &Plan, driven: &Driven, paid: f64, memory: u64) -> Self {
        Self {
            server: target.name().to_owned(),
            dialect: format!("{:?}", target.dialect).to_lowercase(),
            work: plan.work,
            receivers: plan.receivers,
            in_flight: plan.in_flight,
            messages: driven.messages,
            deliveries: driven.deliveries,
            seconds: driven.seconds,
            cpu_us: paid * 1e6 / driven.deliveries as f64,
            cpu_us_per_message: paid * 1e6 / driven.messages as f64,
            messages_per_second: driven.messages as f64 / driven.seconds,
            p50_us: quantile(&driven.times, 50),
            p99_us: quantile(&driven.times, 99),
            memory_bytes: memory,
            ratio: None,
        }
    }

    pub(super) fn against(&mut self, bare: Option<&Self>) {
        self.ratio = bare.map(|bare| self.cpu_us / bare.cpu_us);
    }
}

pub(super) fn quantile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}

/// The median, and the lowest and highest.
fn spread(values: impl Iterator<Item = f64>) -> (f64, f64, f64) {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    (at(values.len() / 2), at(0), at(values.len().saturating_sub(1)))
}

pub(super) fn table(all: &[Measured]) -> String {
    let mut of: BTreeMap<(&str, &str), Vec<&Measured>> = BTreeMap::new();
    for measured in all {
        of.entry((&measured.server, &measured.dialect)).or_default().push(measured);
    }
    let mut table = String::from(
        "| server | dialect | µs of CPU per delivery (lowest–highest) | messages/s | p50 µs | p99 µs | ratio to the bare loop |\n|---|---|---|---|---|---|---|\n",
    );
    for ((server, dialect), runs) in of {
        let (cpu, lowest, highest) = spread(runs.iter().map(|run| run.cpu_us));
        let middle = |value: fn(&Measured) -> f64| spread(runs.iter().map(|run| value(run))).0;
        let (speed, p50, p99) =
            (middle(|run| run.messages_per_second), middle(|run| run.p50_us), middle(|run| run.p99_us));
        let ratio = runs.iter().filter_map(|run| run.ratio);
        let ratio = if runs.iter().any(|run| run.ratio.is_some()) {
            format!("{:.2}", spread(ratio).0)
        } else {
            String::new()
        };
        let _ = writeln!(
            table,
            "| {server} | {dialect} | {cpu:.2} ({lowest:.2}–{highest:.2}) | {speed:.0} | {p50:.0} | {p99:.0} | {ratio} |"
        );
    }
    table
}
