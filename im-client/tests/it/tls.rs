//! Encrypted connections: servers are known again, and nothing is said to those who are not who they were.

use std::fs;
use std::net::{SocketAddr, UdpSocket};
use std::os::unix::fs::PermissionsExt;

use im_server::Encryption;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use crate::pty::Pty;
use crate::world::World;

const ALWAYS: [&str; 2] = ["--tls", "always"];

/// What a client says beside what it was asked for; it has to succeed.
fn remarks(world: &World, arguments: &[&str]) -> String {
    let output = world.run(&[&ALWAYS, arguments].concat(), "");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

/// Makes the server another one, as far as anybody can tell.
fn replace_certificate(world: &mut World) {
    world.stop();
    fs::remove_dir_all(world.path("server/tls")).unwrap();
    world.start();
}

#[test]
fn a_server_is_known_again_and_another_one_refused_until_one_says_that_it_is_right() {
    let mut world = World::new();
    let first = world.fingerprint();
    assert!(remarks(&world, &["signup", "alice"]).contains(&first));
    let file = world.path("state/im/known_servers");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(remarks(&world, &["send", "#dev", "hello"]), ""); // not new any more

    replace_certificate(&mut world);
    let second = world.fingerprint();
    assert_ne!(first, second);
    let trust = format!("trust {second}");
    for task in [&["send", "#dev", "again"][..], &["login", "alice"], &["tail"], &["--plain"], &["doctor"]] {
        // Whoever was encrypted once is encrypted always, also within this machine.
        let output = world.run(task, "");
        let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        // (Without a screen the end of the input is the end, however it went.)
        assert!(task == ["--plain"] || !output.status.success(), "{task:?}");
        for part in ["HAS CHANGED", &first, &second, &trust] {
            assert!(told.contains(part), "{task:?}: {told}");
        }
    }
    assert_eq!(world.does(&["trust", &second]).trim(), format!("{} is known by {second}", world.addr));
    assert_eq!(remarks(&world, &["send", "#dev", "again"]), "");
}

#[test]
fn nobody_makes_a_client_go_back_to_speaking_in_the_clear() {
    let mut world = World::new();
    remarks(&world, &["signup", "alice"]);
    world.stop();
    world.start_with(|config| config.tls = Encryption::Off);
    let told = world.fails(3, &["send", "#dev", "hello"]);
    assert!(told.contains("was encrypted before"), "{told}");
    assert_eq!(world.does(&["--tls", "off", "send", "#dev", "hello"]), "");
}

#[test]
fn always_means_that_there_is_no_other_way() {
    let mut world = World::new();
    world.stop();
    world.start_with(|config| config.tls = Encryption::Off);
    let told = world.fails(3, &["--tls", "always", "signup", "alice"]);
    assert!(told.contains("speaks no TLS"), "{told}");
    // Within this machine nobody is on the way.
    world.does(&["signup", "alice"]);
    assert!(!world.path("state/im/known_servers").exists());
}

#[test]
fn a_public_certificate_is_asked_of_the_system_and_nothing_less_is_taken_afterwards() {
    let mut world = World::new();
    let (key, ca_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.distinguished_name.push(DnType::CommonName, "an authority");
    let ca = CertifiedIssuer::self_signed(ca, ca_key).unwrap();
    let signed = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &ca).unwrap();
    let certificates = world.file("chain.pem", &signed.pem());
    let key = world.file("key.pem", &key.serialize_pem());
    let roots = world.file("roots.pem", &ca.pem());
    world.stop();
    world.start_with(|config| config.tls = Encryption::Files { certificates, key });
    let addr = world.addr.replace("127.0.0.1", "localhost");
    let run = |world: &World, roots: &std::path::Path, addr: &str, task: &[&str]| {
        let mut command = world.command(&[&["--tls", "always", "--addr", addr], task].concat());
        let output = command.env("SSL_CERT_FILE", roots).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let nobody = world.file("no-roots.pem", "");
    // Nobody knows who has signed it, and it is none of its own.
    let (code, told) = run(&world, &nobody, &addr, &["signup", "alice"]);
    assert!(code == Some(3) && told.contains("not to be trusted"), "{told}");
    // It is for another name.
    let (code, told) = run(&world, &roots, &world.addr, &["signup", "alice"]);
    assert!(code == Some(3) && told.contains("not to be trusted"), "{told}");
    assert_eq!(run(&world, &roots, &addr, &["signup", "alice"]), (Some(0), String::new()));

    world.stop();
    world.start();
    let (code, told) = run(&world, &roots, &addr, &["login", "alice"]);
    assert!(code == Some(3) && told.contains("HAD A PUBLIC CERTIFICATE"), "{told}");
}

/// An address of this machine that others could use, if it has one.
fn outside() -> Option<SocketAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok().filter(|addr| !addr.ip().is_loopback() && !addr.ip().is_unspecified())
}

#[test]
fn a_password_is_not_sent_where_it_could_be_read_unless_one_says_so() {
    let Some(outside) = outside() else { return };
    let mut world = World::new();
    world.stop();
    world.addr = "0.0.0.0:0".to_owned();
    world.start_with(|config| {
        config.tls = Encryption::Off;
        config.passwords_in_plaintext = true;
    });
    world.addr = world.addr.replace("0.0.0.0", &outside.ip().to_string());
    let told = world.fails(3, &["signup", "alice"]);
    assert!(told.contains("NOT ENCRYPTED") && told.contains("--tls off"), "{told}");
    world.does(&["--tls", "off", "signup", "alice"]);
    let screen = Pty::client(&world, &["--user", "alice"], 120, 24);
    screen.shows("not encrypted");
}

#[test]
fn the_full_screen_is_encrypted_and_shows_whom_it_speaks_to_for_the_first_time() {
    let world = World::new();
    let mut screen = Pty::client(&world, &["--tls", "always", "--user", "alice"], 120, 30);
    screen.shows("Password");
    screen.type_text("\u{1b}OQpw\r"); // F2: a new account
    screen.shows(" ms ");
    screen.shows("is new here");
    screen.type_text("/join dev\rhello by TLS\r");
    screen.shows("hello by TLS");
    let told = remarks(&world, &["history", "#dev"]);
    assert_eq!(told, "");
}
