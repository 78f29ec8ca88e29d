//! Connections that are open and say nothing: what each costs in memory, and whether coming in takes longer the more there
//! are.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use rustls::StreamOwned;
use serde::Serialize;

use super::encrypted::Tls;
use super::process::Target;
use super::speech::{Part, Place, Run, speech};

/// The times of so many that came first are held against as many that came last.
const COMPARED: usize = 1000;

/// A client needs so many descriptors besides its own connections.
const DESCRIPTORS: u64 = 64;

const PATIENCE_SECONDS: u64 = 20;

#[derive(Serialize)]
struct Idle<'a> {
    server: &'a str,
    work: &'static str,
    connections: usize,
    bytes_per_connection: u64,
    first_connect_us: f64,
    last_connect_us: f64,
}

pub(crate) fn idle(target: &Target, connections: usize, encrypted: bool) -> anyhow::Result<()> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
    anyhow::ensure!(
        connections as u64 + DESCRIPTORS <= most,
        "the system gives {most} descriptors and no more"
    );
    let server = target.up()?;
    let tls = match server.data().filter(|_| encrypted) {
        Some(data) => Some(Tls::trusting(&data)?),
        None => None,
    };
    anyhow::ensure!(tls.is_some() == encrypted, "TLS needs an im-server that is started for it");
    let run = Run::new();
    let mut open = Vec::with_capacity(connections);
    let mut times = Vec::with_capacity(connections);
    let mut before = None;
    for number in 0..connections {
        let begun = tls.as_ref().map(Tls::begin).transpose()?;
        let began = Instant::now();
        let mut stream = TcpStream::connect(server.addr)?;
        stream.set_read_timeout(Some(Duration::from_secs(PATIENCE_SECONDS)))?;
        let part = Part { run, number, place: Place::With(number), speaks: false };
        let mut speech = speech(target.dialect, part);
        match begun {
            None => {
                speech.begin(&mut stream)?;
                speech.enter(&mut stream)?;
            }
            Some(begun) => {
                let mut inside = StreamOwned::new(begun, stream);
                speech.enter(&mut inside)?;
                stream = inside.sock; // nothing more is said: what the client knew of the keys is not needed
            }
        }
        times.push(began.elapsed().as_secs_f64() * 1e6);
        open.push(stream);
        // What the first ones cost is what the server needs anyway.
        if number + 1 == COMPARED.min(connections / 2) {
            before = Some((number + 1, server.memory()?));
        }
    }
    let (already, before) = before.unwrap_or((0, 0));
    let grown = server.memory()?.saturating_sub(before);
    let mean = |times: &[f64]| times.iter().sum::<f64>() / times.len().max(1) as f64;
    let compared = COMPARED.min(connections / 2);
    let told = Idle {
        server: target.name(),
        work: if encrypted { "idle-tls" } else { "idle" },
        connections,
        bytes_per_connection: grown / (connections - already).max(1) as u64,
        first_connect_us: mean(&times[..compared]),
        last_connect_us: mean(&times[connections - compared..]),
    };
    println!("{}", serde_json::to_string(&told)?);
    Ok(())
}
