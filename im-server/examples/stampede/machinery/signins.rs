//! Devices that come back: each connects, says who it is by its token, and is gone again when it was let in.

use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Instant;

use im_proto::Token;
use serde::Serialize;

use super::process::Target;
use super::speech::{Native, Part, Place, Run};

/// So many accounts, each of which comes back again and again. Each costs the server a password's hash first.
const ACCOUNTS: usize = 16;

/// So many come in at the same time.
const AT_ONCE: usize = 8;

#[derive(Serialize)]
struct SignIns<'a> {
    server: &'a str,
    work: &'static str,
    sign_ins: usize,
    seconds: f64,
    sign_ins_per_second: f64,
    cpu_us_per_sign_in: f64,
}

pub(crate) fn signins(target: &Target, count: usize) -> anyhow::Result<()> {
    let server = target.up()?;
    let run = Run::new();
    let part = |number| Part { run, number, place: Place::With(number), speaks: false };
    let mut tokens = Vec::new();
    for number in 0..ACCOUNTS {
        let mut stream = connect(server.addr)?;
        tokens.push(Native::new(part(number)).sign_up(&mut stream)?);
    }
    let come_back = |token: &Token, number: usize| -> anyhow::Result<()> {
        let mut stream = connect(server.addr)?;
        Native::new(part(number)).resume(&mut stream, token.clone())
    };
    let (began, paid) = (Instant::now(), server.cpu()?);
    thread::scope(|scope| {
        let each = |first: usize| {
            let numbers = (first..count).step_by(AT_ONCE);
            numbers.map(|number| number % ACCOUNTS).try_for_each(|of| come_back(&tokens[of], of))
        };
        let all: Vec<_> = (0..AT_ONCE).map(|first| scope.spawn(move || each(first))).collect();
        all.into_iter()
            .try_for_each(|one| one.join().map_err(|_| anyhow::anyhow!("a client fell over")).flatten())
    })?;
    let (seconds, paid) = (began.elapsed().as_secs_f64(), server.cpu()? - paid);
    let told = SignIns {
        server: target.name(),
        work: "sign-ins",
        sign_ins: count,
        seconds,
        sign_ins_per_second: count as f64 / seconds,
        cpu_us_per_sign_in: paid * 1e6 / count as f64,
    };
    println!("{}", serde_json::to_string(&told)?);
    Ok(())
}

fn connect(addr: SocketAddr) -> anyhow::Result<TcpStream> {
    let stream = TcpStream::connect(addr)?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
