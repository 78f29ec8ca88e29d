//! The socket's side of the server.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::service::Service;

use super::act;
use super::place::Place;
use super::words::{Order, Told};

/// Longest line that asks, in bytes.
const ASK_BYTES_MAX: u64 = 16 * 1024;

/// Who says nothing for so many seconds, or takes nothing, is sent away.
const SILENCE_SECONDS_MAX: u64 = 30;

/// When the server stops, what was begun has so many seconds to end.
const STOP_SECONDS_MAX: u64 = 5;

/// Most operators at the same time; others wait.
const OPERATORS_MAX: usize = 8;

/// How long to wait when the system has no descriptor for another connection, in milliseconds.
const ACCEPT_RETRY_MILLISECONDS: u64 = 100;

/// The root user, who may do anything anyway.
const ROOT: u32 = 0;

/// The socket. It goes when this does.
pub(crate) struct Bound {
    listener: UnixListener,
    place: Place,
    /// Who owns it.
    owner: u32,
}

impl Drop for Bound {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(self.place.path()) {
            tracing::warn!(%error, "the socket for commands was not removed");
        }
    }
}

/// Makes the socket in a data folder, of which this process has the lock: one that is there already is a dead server's.
pub(crate) fn bind(data_dir: &Path) -> io::Result<Bound> {
    let place = Place::of(data_dir)?;
    match std::fs::remove_file(place.path()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(place.path())?;
    std::fs::set_permissions(place.path(), Permissions::from_mode(0o600))?;
    let owner = std::fs::metadata(place.path())?.uid();
    Ok(Bound { listener, place, owner })
}

/// Answers operators until the server stops.
pub(crate) async fn serve(bound: Bound, service: Arc<Service>, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(OPERATORS_MAX));
    let mut serving = tokio::task::JoinSet::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, bound.listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            next = next => next,
            Some(_) = serving.join_next() => continue,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(ACCEPT_RETRY_MILLISECONDS)).await;
            continue;
        };
        // Between its making and its mode others might have come in.
        if !stream.peer_cred().is_ok_and(|peer| peer.uid() == bound.owner || peer.uid() == ROOT) {
            continue;
        }
        let (service, stop) = (Arc::clone(&service), stop.clone());
        serving.spawn(async move {
            let conversed = converse(stream, &service, &stop).await;
            drop((conversed, place)); // gone, or sent away
        });
    }
    // What was begun is done, if that is soon; what is done bit by bit goes on at the next start.
    let _ = timeout(Duration::from_secs(STOP_SECONDS_MAX), async {
        while serving.join_next().await.is_some() {}
    })
    .await;
}

/// A line asks, a line answers.
async fn converse(stream: UnixStream, service: &Service, stop: &CancellationToken) -> io::Result<()> {
    let (from, mut to) = stream.into_split();
    let mut from = BufReader::new(from);
    let patience = Duration::from_secs(SILENCE_SECONDS_MAX);
    loop {
        let mut line = Vec::new();
        let mut of_it = (&mut from).take(ASK_BYTES_MAX);
        let read = of_it.read_until(b'\n', &mut line);
        match stop.run_until_cancelled(timeout(patience, read)).await {
            Some(read) => drop(read??),
            None => return Ok(()),
        }
        if line.last() != Some(&b'\n') {
            return Ok(()); // the end, or too long
        }
        let told = match serde_json::from_slice::<Order>(&line) {
            Ok(order) => act(service, order).await,
            Err(error) => Told::Refused { code: "unreadable".to_owned(), why: error.to_string() },
        };
        let mut answer = im_proto::json_line(&told);
        answer.push(b'\n');
        timeout(patience, to.write_all(&answer)).await??;
    }
}
