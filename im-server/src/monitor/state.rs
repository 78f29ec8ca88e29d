//! What there is to tell: counters, and what is looked up at the moment when somebody asks.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use tokio_util::sync::CancellationToken;

use crate::metrics::Metrics;
use crate::service::Service;

use super::process::Process;

/// A writer that does not answer for so many seconds is stuck.
const WRITER_SECONDS_MAX: u64 = 5;

/// What whoever watches may know.
pub(crate) struct State {
    metrics: Arc<Metrics>,
    service: Arc<Service>,
    connections: TaskTracker,
    stopping: CancellationToken,
    database: Vec<PathBuf>,
    looked_up: Mutex<LookedUp>,
}

struct LookedUp {
    registry: Registry,
    process: Process,
    connections: Gauge,
    write_queue: Gauge,
    password_queue: Gauge,
    hashes: Gauge,
    database_bytes: Gauge,
}

impl State {
    pub(crate) fn new(
        metrics: Arc<Metrics>,
        service: Arc<Service>,
        connections: TaskTracker,
        stopping: CancellationToken,
        data_dir: &Path,
    ) -> Self {
        let mut registry = Registry::default();
        let process = Process::new(&mut registry);
        let mut gauge = |name: &str, about: &str| {
            let gauge = Gauge::default();
            registry.register(name, about, gauge.clone());
            gauge
        };
        let looked_up = LookedUp {
            connections: gauge("im_connections", "Connections that are there"),
            write_queue: gauge("im_write_queue", "Writes that wait for the writer"),
            password_queue: gauge(
                "im_password_queue",
                "Sign-ins and sign-ups that wait for a hash, or have one made",
            ),
            hashes: gauge("im_password_hashes", "Password hashes that are being made"),
            database_bytes: gauge("im_database_bytes", "Size of the database and of its log"),
            process,
            registry,
        };
        let database = ["im.sqlite", "im.sqlite-wal"].map(|file| data_dir.join(file)).into();
        Self { metrics, service, connections, stopping, database, looked_up: Mutex::new(looked_up) }
    }

    /// Nothing if everybody is served and what they say is kept.
    pub(super) async fn why_not_ready(&self) -> Option<&'static str> {
        if self.stopping.is_cancelled() {
            return Some("stopping");
        }
        match timeout(Duration::from_secs(WRITER_SECONDS_MAX), self.service.writer_answers()).await {
            Ok(true) if self.service.commits().are_well() => None,
            Ok(true) => Some("the disk does not take what is said"),
            Ok(false) => Some("the writer has too much to do"),
            Err(_) => Some("the writer does not answer"),
        }
    }

    /// All of it, as OpenMetrics.
    pub(super) fn written(&self) -> Result<String, std::fmt::Error> {
        let now = self.looked_up.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        now.process.look();
        now.connections.set(count(self.connections.len()));
        now.write_queue.set(count(self.service.writes_waiting()));
        let (waiting, hashing) = self.service.passwords_waiting();
        now.password_queue.set(count(waiting));
        now.hashes.set(count(hashing));
        let bytes = |file: &PathBuf| file.metadata().map_or(0, |file| file.len());
        let bytes: u64 = self.database.iter().map(bytes).sum();
        now.database_bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        let mut text = String::new();
        prometheus_client::encoding::text::encode_registry(&mut text, &now.registry)?;
        prometheus_client::encoding::text::encode(&mut text, self.metrics.registry())?;
        Ok(text)
    }
}
