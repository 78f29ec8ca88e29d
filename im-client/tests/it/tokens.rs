//! Sign-ins are kept for their owner alone.

use im_client::tokens::{SignedIn, Tokens};
use im_proto::Token;

use crate::rig::user;

fn signed_in(name: &str, bits: u8) -> SignedIn {
    SignedIn { user: user(name), token: Token::new([bits; 32]) }
}

#[test]
fn each_server_and_user_has_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::in_folder(folder.path().join("deep/sign-ins"));
    assert_eq!(tokens.find("here:1", None).unwrap(), None);
    tokens.keep("here:1", &signed_in("Alice", 1)).unwrap();
    tokens.keep("here:1", &signed_in("bob", 2)).unwrap();
    tokens.keep("there", &signed_in("alice", 3)).unwrap();
    let found = |server, name: &str| tokens.find(server, Some(&user(name))).unwrap();
    assert_eq!(found("here:1", "alice"), Some(signed_in("Alice", 1)));
    assert_eq!(found("HERE:1", "BOB"), Some(signed_in("bob", 2)));
    assert_eq!(found("there:1202", "alice"), Some(signed_in("alice", 3)));
    assert_eq!(found("there", "bob"), None);
    assert_eq!(tokens.find("there", None).unwrap(), Some(signed_in("alice", 3)));
    tokens.keep("here:1", &signed_in("alice", 4)).unwrap();
    assert_eq!(tokens.find("here:1", None).unwrap(), Some(signed_in("alice", 4)), "the latest");
    tokens.forget("here:1", &user("alice")).unwrap();
    tokens.forget("here:1", &user("alice")).unwrap();
    assert_eq!(found("here:1", "alice"), None);
    assert_eq!(found("here:1", "bob"), Some(signed_in("bob", 2)));
}

#[test]
fn strange_addresses_stay_within_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::in_folder(folder.path().join("in"));
    for server in ["../out", "/etc", "..", "[::1]:1202", "a/b:1"] {
        tokens.keep(server, &signed_in("alice", 1)).unwrap();
        assert_eq!(tokens.find(server, None).unwrap(), Some(signed_in("alice", 1)));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(std::fs::read_dir(folder.path().join("in")).unwrap().count(), 5);
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_them() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::in_folder(folder.path().join("in"));
    tokens.keep("here:1", &signed_in("alice", 1)).unwrap();
    let server = std::fs::read_dir(folder.path().join("in")).unwrap().next().unwrap().unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&server.path()), 0o700);
    let files: Vec<_> = std::fs::read_dir(server.path()).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "nothing is left beside it");
    assert_eq!(mode(&files[0]), 0o600);
}

#[test]
fn a_broken_file_is_no_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::in_folder(folder.path().to_owned());
    tokens.keep("here:1", &signed_in("alice", 1)).unwrap();
    let server = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    std::fs::write(server.join("alice"), "alice\nnonsense\n").unwrap();
    assert_eq!(tokens.find("here:1", None).unwrap(), None);
}
