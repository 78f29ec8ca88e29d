//! From the start to the end of a server: what its signals mean, and what its manager (systemd) is told.

use std::net::TcpListener;
use std::time::Duration;

use anyhow::Context;
use im_server::{Args, Config, Manner, Server};
use listenfd::ListenFd;
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};

use super::logs::{self, Logs};
use super::{greeting, say};

/// The signals that stop a server, and the one that makes it read its configuration again. Begun before anything is open,
/// so that none is missed.
struct Signals {
    stop: [Signal; 2],
    hang_up: Signal,
}

/// Serves until it is told to stop.
pub(crate) async fn serve(config: Config, args: &Args, logs: &Logs) -> anyhow::Result<()> {
    let mut signals = Signals { stop: signals()?, hang_up: signal(SignalKind::hangup())? };
    let data_dir = config.data_dir.clone();
    let server = Server::start_with(config, given_sockets()?).await?;
    say(&greeting(&server, &data_dir))?;
    tell(&[NotifyState::Ready]);
    let stop = told_to_stop(signals.stop);
    tokio::pin!(stop);
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            _ = signals.hang_up.recv() => reload(&server, args, logs),
            () = show_life(&server) => {}
        }
    }
    tracing::info!("stopping");
    tell(&[NotifyState::Stopping]);
    server.stop().await;
    Ok(())
}

/// What stops a server, and a command that takes long.
pub(crate) fn signals() -> std::io::Result<[Signal; 2]> {
    Ok([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?])
}

pub(crate) async fn told_to_stop([mut interrupt, mut terminate]: [Signal; 2]) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Reads the configuration again. Where it is wrong, nothing changes.
fn reload(server: &Server, args: &Args, logs: &Logs) {
    let began = NotifyState::monotonic_usec_now().ok();
    tell(&[NotifyState::Reloading].into_iter().chain(began).collect::<Vec<_>>());
    let read = || -> anyhow::Result<_> {
        let config = Config::load(args)?;
        let filter = logs::filter(&config)?;
        Ok((config, filter))
    };
    match read() {
        Ok((config, filter)) => {
            logs.change(filter);
            let later = server.reload(&config);
            if let Err(error) = server.reload_certificate() {
                tracing::error!("the certificate stays what it was: {error}");
            }
            tracing::info!("the configuration was read again");
            if !later.is_empty() {
                tracing::warn!("only a new start changes: {}", later.join(", "));
            }
        }
        Err(error) => tracing::error!("nothing was changed: {error:#}"),
    }
    tell(&[NotifyState::Ready]);
}

/// Sockets that the manager has opened, each by the name of a manner; by any other name everybody is understood there.
fn given_sockets() -> anyhow::Result<Vec<(Manner, TcpListener)>> {
    let mut given = ListenFd::from_env();
    let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
    let names: Vec<&str> = names.split(':').collect();
    let mut sockets = Vec::new();
    for at in 0..given.len() {
        let name = names.get(at).copied().unwrap_or_default();
        let socket =
            given.take_tcp_listener(at).with_context(|| format!("the socket {name:?} that was given"))?;
        sockets.extend(socket.map(|socket| (Manner::by_word(name).unwrap_or(Manner::Any), socket)));
    }
    Ok(sockets)
}

/// Tells the manager, at half of the time in which it wants to hear it, that the server lives; as long as that is so. Never
/// ends.
async fn show_life(server: &Server) {
    let Some(wanted) = sd_notify::watchdog_enabled().filter(|wanted| *wanted > Duration::ZERO) else {
        return std::future::pending().await;
    };
    let mut time = interval(wanted / 2);
    time.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        time.tick().await;
        if server.is_alive().await {
            tell(&[NotifyState::Watchdog]);
        } else {
            tracing::error!("the writer does not answer");
        }
    }
}

/// Tells the manager, if there is one.
fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the service manager was not told");
    }
}
