//! Certificates from an ACME authority: pebble, which looks for the name by a DNS server of its own, and by TLS at our port.

use std::fs;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use im_proto::Timestamp;
use im_server::{Acme, Config, Machine, Server};
use rcgen::{CertificateParams, KeyPair};
use serde_json::json;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::{connect, connect_as, own_certificate, say, trusting, until};
use crate::child::Running;
use crate::terminal::installed;

const NAME: &str = "chat.example.test";

/// How long a certificate may take before a test gives up, in seconds. Nothing waits this long unless it fails.
const PATIENCE_SECONDS: u64 = 120;

/// A port that is free, as far as one can know, and that the system gives to nobody who asks for any.
fn free() -> SocketAddr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 20_000 + (std::process::id() * 16 + step) % 12_000;
        let addr = SocketAddr::from(([127, 0, 0, 1], u16::try_from(port).unwrap()));
        if TcpListener::bind(addr).is_ok() && UdpSocket::bind(addr).is_ok() {
            return addr;
        }
    }
}

/// An authority, which looks for names at one port.
struct Authority {
    _dns: Running,
    _pebble: Running,
    directory: String,
    management: SocketAddr,
    /// By what its own server is known.
    known_by: PathBuf,
}

impl Authority {
    fn start(folder: &Path, looks_at: SocketAddr) -> Self {
        let (certificate, key) = (folder.join("authority.pem"), folder.join("authority.key"));
        let secret = KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = CertificateParams::new(names).unwrap().self_signed(&secret).unwrap();
        fs::write(&certificate, made.pem()).unwrap();
        fs::write(&key, secret.serialize_pem()).unwrap();

        let (dns, dns_management) = (free(), free());
        let mut command = Command::new(installed("pebble-challtestsrv", "pebble"));
        command.args(["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", ""]);
        command.args(["-dns01", &dns.to_string(), "-management", &dns_management.to_string()]);
        let mut names = Running::start(command);
        names.says("Starting management server on");

        let (listens, management) = (free(), free());
        let config = json!({"pebble": {
            "listenAddress": listens.to_string(), "managementListenAddress": management.to_string(),
            "certificate": certificate, "privateKey": key, "httpPort": 1, "tlsPort": looks_at.port(),
            "ocspResponderURL": "", "externalAccountBindingRequired": false,
        }});
        let file = folder.join("pebble.json");
        fs::write(&file, config.to_string()).unwrap();
        let mut command = Command::new(installed("pebble", "pebble"));
        command.arg("-config").arg(file).args(["-dnsserver", &dns.to_string()]).env("PEBBLE_VA_NOSLEEP", "1");
        let mut pebble = Running::start(command);
        pebble.says("ACME directory available at");
        let directory = format!("https://localhost:{}/dir", listens.port());
        Self { _dns: names, _pebble: pebble, directory, management, known_by: certificate }
    }

    /// The certificate that it signs with, above all.
    fn root(&self, folder: &Path) -> PathBuf {
        let mut curl = Command::new(installed("curl", "curl"));
        curl.args(["-sk", &format!("https://{}/roots/0", self.management)]);
        let file = folder.join("root.pem");
        fs::write(&file, Running::to_end(curl, b"").out).unwrap();
        file
    }

    fn config(&self, folder: &Path, addr: SocketAddr) -> Config {
        let mut config = Config::new(folder.join("data"));
        config.addr = addr.to_string();
        config.acme = Some(Acme {
            name: NAME.to_owned(),
            directory: self.directory.clone(),
            root: Some(self.known_by.clone()),
        });
        config
    }
}

/// Waits until the server shows another certificate.
fn other_than(server: &Server, fingerprint: &str) -> String {
    let deadline = Instant::now() + Duration::from_secs(PATIENCE_SECONDS);
    loop {
        let now = server.fingerprint().unwrap();
        if now != fingerprint {
            return now;
        }
        assert!(Instant::now() < deadline, "no other certificate came");
        std::thread::yield_now();
    }
}

/// A machine on which it is four years later: most of the time of pebble's certificates is over.
fn later() -> Timestamp {
    Timestamp((Machine::REAL.now)().0 + 4 * 365 * 24 * 60 * 60 * 1000)
}

#[test]
#[cfg_attr(not(has_pebble), ignore = "apt-get install pebble")]
fn one_is_got_is_kept_and_is_got_anew_in_time() {
    let (runtime, folder) = (Runtime::new().unwrap(), TempDir::new().unwrap());
    let addr = free();
    let authority = Authority::start(folder.path(), addr);
    let config = authority.config(folder.path(), addr);
    let server = runtime.block_on(Server::start(config.clone())).unwrap();
    let own = im_server::fingerprint(&Config { acme: None, ..config.clone() }).unwrap().unwrap();
    let got = other_than(&server, &own);
    let trusting = trusting(&authority.root(folder.path()), &[]);
    let mut inside = connect_as(addr, NAME, &trusting);
    say(&mut inside, "/list\n");
    until(&mut inside, "anonymous0");
    // A challenge that is over is shown to nobody.
    let mut looks =
        connect_as(addr, NAME, &super::trusting(&authority.root(folder.path()), &[b"acme-tls/1"]));
    assert!(std::io::Read::read(&mut looks, &mut [0]).is_err());
    runtime.block_on(server.stop());
    let account = fs::read(folder.path().join("data/tls/acme/account.json")).unwrap();

    // It is the same one after a new start, from the first moment on.
    let server = runtime.block_on(Server::start(config.clone())).unwrap();
    assert_eq!(server.fingerprint().unwrap(), got);
    runtime.block_on(server.stop());

    let machine = Machine { now: later, ..Machine::REAL };
    let server = runtime.block_on(Server::start_on(machine, config)).unwrap();
    let anew = other_than(&server, &got);
    assert_ne!(anew, own);
    let mut inside = connect_as(addr, NAME, &trusting);
    say(&mut inside, "/list\n");
    until(&mut inside, "anonymous");
    assert_eq!(fs::read(folder.path().join("data/tls/acme/account.json")).unwrap(), account);
    runtime.block_on(server.stop());
}

#[test]
fn a_server_whose_authority_is_away_serves_with_a_certificate_of_its_own() {
    let (runtime, folder) = (Runtime::new().unwrap(), TempDir::new().unwrap());
    let mut config = Config::new(folder.path());
    config.addr = "127.0.0.1:0".to_owned();
    let directory = format!("https://{}/dir", free());
    config.acme = Some(Acme { name: NAME.to_owned(), directory, root: None });
    let server = runtime.block_on(Server::start(config)).unwrap();
    let mut inside = connect(server.address(), &trusting(&own_certificate(folder.path()), &[]));
    say(&mut inside, "/list\n");
    until(&mut inside, "anonymous0");
    runtime.block_on(server.stop());
}
