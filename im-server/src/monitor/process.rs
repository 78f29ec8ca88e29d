//! What the system knows of this process, by the names that Prometheus has for it. Where there is no `/proc`, nothing is told.

use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Linux counts a process's time in hundredths of a second, whatever its clock does.
const TICKS_PER_SECOND: f64 = 100.0;

/// Looked up when somebody asks.
#[derive(Debug)]
pub(super) struct Process {
    memory: Gauge,
    descriptors: Gauge,
    descriptors_max: Gauge,
    threads: Gauge,
    cpu: Counter<f64, std::sync::atomic::AtomicU64>,
}

impl Process {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let process = Self {
            memory: Gauge::default(),
            descriptors: Gauge::default(),
            descriptors_max: Gauge::default(),
            threads: Gauge::default(),
            cpu: Counter::default(),
        };
        registry.register("process_resident_memory_bytes", "Memory that it takes", process.memory.clone());
        registry.register("process_open_fds", "Descriptors that it has", process.descriptors.clone());
        registry.register("process_max_fds", "Descriptors that it may have", process.descriptors_max.clone());
        registry.register("process_threads", "Threads that it has", process.threads.clone());
        registry.register("process_cpu_seconds", "Time that it has computed", process.cpu.clone());
        let started = Gauge::<i64>::default();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        started.set(i64::try_from(now.as_secs()).unwrap_or_default());
        registry.register("process_start_time_seconds", "When it started", started);
        process
    }

    pub(super) fn look(&self) {
        let read = |file: &str| std::fs::read_to_string(format!("/proc/self/{file}")).unwrap_or_default();
        let status = read("status");
        let field = |name: &str| number(status.lines().find_map(|line| line.strip_prefix(name)));
        self.memory.set(field("VmRSS:") * 1024);
        self.threads.set(field("Threads:"));
        let open = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
        self.descriptors.set(i64::try_from(open).unwrap_or(i64::MAX));
        let limits = read("limits");
        let most = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
        self.descriptors_max.set(number(most));
        // Behind the name, which may have blanks and brackets: the 12th and 13th are its own time and the system's for it.
        let stat = read("stat");
        let times = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
        let ticks: f64 = times.filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
        self.cpu.inner().store((ticks / TICKS_PER_SECOND).to_bits(), Ordering::Relaxed);
    }
}

fn number(words: Option<&str>) -> i64 {
    let first = words.and_then(|words| words.split_whitespace().next());
    first.and_then(|word| word.parse().ok()).unwrap_or_default()
}
