//! Certificates: one's own that stays, and files that change while connections are there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use im_server::{Config, Encryption, Server};
use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;

use super::{connect, own_certificate, say, trusting, until};
use crate::child::Running;
use crate::daemon::Home;
use crate::harness::TestServer;
use crate::terminal::installed;

/// A certificate and its key, in files.
fn write(certificate: &Path, key: &Path) {
    let new = KeyPair::generate().unwrap();
    let signed = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&new).unwrap();
    fs::write(certificate, signed.pem()).unwrap();
    fs::write(key, new.serialize_pem()).unwrap();
}

fn files(folder: &TempDir) -> (PathBuf, PathBuf) {
    (folder.path().join("chain.pem"), folder.path().join("key.pem"))
}

#[test]
fn the_one_that_is_made_stays_and_its_key_is_nobody_elses() {
    let mut server = TestServer::start();
    let tls = server.folder().join("tls");
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(tls.clone()), mode(tls.join("own.key"))), (0o700, 0o600));
    let before = fs::read(own_certificate(server.folder())).unwrap();
    let known = trusting(&own_certificate(server.folder()), &[]);
    server.restart();
    assert_eq!(fs::read(own_certificate(server.folder())).unwrap(), before);
    let mut stream = connect(server.addr(), &known);
    say(&mut stream, "/list\n");
    until(&mut stream, "anonymous0");
}

#[test]
fn files_are_read_again_while_a_connection_stays() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = TempDir::new().unwrap();
    let (certificates, key) = files(&folder);
    write(&certificates, &key);
    let mut config = Config::new(folder.path().join("data"));
    config.addr = "127.0.0.1:0".into();
    config.tls = Encryption::Files { certificates: certificates.clone(), key: key.clone() };
    let server = runtime.block_on(Server::start(config)).unwrap();
    let before = server.fingerprint().unwrap();
    let mut old = connect(server.address(), &trusting(&certificates, &[]));
    say(&mut old, "/list\n");
    until(&mut old, "anonymous0");

    write(&certificates, &key);
    server.reload_certificate().unwrap();
    let after = server.fingerprint().unwrap();
    assert_ne!(before, after);
    let mut new = connect(server.address(), &trusting(&certificates, &[]));
    say(&mut new, "hello from the new one\n");
    until(&mut old, "hello from the new one");

    // A key of another certificate: what was there stays.
    write(&folder.path().join("other.pem"), &key);
    assert!(server.reload_certificate().is_err());
    assert_eq!(server.fingerprint().unwrap(), after);
    let mut newer = connect(server.address(), &trusting(&certificates, &[]));
    say(&mut newer, "still here\n");
    until(&mut old, "still here");
    runtime.block_on(server.stop());
}

#[test]
fn a_server_without_its_files_does_not_start() {
    let home = Home::new();
    let ended = Running::to_end(home.serving(&["--tls", "/nowhere/a.pem,/nowhere/b.pem"]), b"");
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("/nowhere/a.pem"), "{}", ended.err);
}

#[test]
#[cfg_attr(not(has_openssl), ignore = "apt-get install openssl")]
fn the_fingerprint_is_told_at_the_start_by_a_command_and_by_openssl() {
    let home = Home::new();
    let asked = || Running::to_end(home.command(&["fingerprint", "--data-dir", "data"]), b"").out;
    assert_eq!(asked(), "there is no certificate yet\n");
    let daemon = home.start(&[]);
    let told = asked();
    assert!(daemon.said().contains(&format!("\ncertificate {told}")), "{}", daemon.said());
    let mut openssl = Command::new(installed("openssl", "openssl"));
    openssl.args(["x509", "-noout", "-fingerprint", "-sha256", "-in"]).arg(home.path("data/tls/own.pem"));
    let shown = Running::to_end(openssl, b"").out;
    assert_eq!(shown.trim_end().rsplit_once('=').unwrap().1, told.trim_end());
}
