//! What is known of servers, in a file that only its owner may read: a line for each time that something was learnt, of which
//! the last one about a server counts. Lines are only added, so that two clients do not take out each other's.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::connection::with_port;
use crate::private;

/// SHA-256 of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

/// By what a server is known again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// By a certificate of its own.
    Own(Fingerprint),
    /// By a certificate for its name, from somebody whom this system trusts.
    Public,
}

/// The file.
#[derive(Debug, Clone)]
pub struct Known {
    file: PathBuf,
}

const PUBLIC: &str = "public";

impl Fingerprint {
    /// That of a certificate.
    pub fn of(certificate: &[u8]) -> Self {
        Self(Sha256::digest(certificate).into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            let colon = if i == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl FromStr for Fingerprint {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, String> {
        let wrong = || "a fingerprint is 32 bytes in hexadecimal, as the server prints it".to_owned();
        let digits: Vec<u8> = raw.bytes().filter(|byte| *byte != b':').collect();
        let mut bytes = [0; 32];
        if digits.len() != 64 {
            return Err(wrong());
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let digit =
                |at: usize| pair.get(at).and_then(|digit| char::from(*digit).to_digit(16)).ok_or_else(wrong);
            *byte = u8::try_from(digit(0)? * 16 + digit(1)?).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

impl Known {
    /// That of this user.
    pub fn of_this_user() -> Option<Self> {
        Some(Self::in_file(private::folder()?.join("known_servers")))
    }

    /// Some file, which is made when it is needed.
    pub fn in_file(file: PathBuf) -> Self {
        Self { file }
    }

    /// What is known of a server. A file that cannot be read, or not be understood, is not as if nothing were known.
    pub fn find(&self, address: &str) -> io::Result<Option<Identity>> {
        let text = match fs::read_to_string(&self.file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.about(&error)),
            Ok(text) => text,
        };
        let server = name(address);
        let mut found = None;
        for (i, line) in text.lines().enumerate() {
            let mut words = line.split_whitespace();
            if words.next() != Some(server.as_str()) {
                continue;
            }
            found = Some(match words.next() {
                Some(PUBLIC) => Identity::Public,
                word => Identity::Own(word.unwrap_or_default().parse().map_err(|error: String| {
                    self.about(&io::Error::other(format!("line {}: {error}", i + 1)))
                })?),
            });
        }
        Ok(found)
    }

    /// From now on this is known.
    pub fn remember(&self, address: &str, identity: &Identity) -> io::Result<()> {
        let what = match identity {
            Identity::Own(print) => print.to_string(),
            Identity::Public => PUBLIC.to_owned(),
        };
        let keep = || {
            self.file.parent().map_or(Ok(()), private::make_folder)?;
            private::open(&self.file)?.write_all(format!("{} {what}\n", name(address)).as_bytes())
        };
        keep().map_err(|error| self.about(&error))
    }

    fn about(&self, error: &io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("{}: {error}", self.file.display()))
    }
}

/// A server's name, however its address is written.
fn name(address: &str) -> String {
    with_port(address).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_about_a_server_counts_and_nonsense_is_not_nothing() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("deep").join("known");
        let known = Known::in_file(file.clone());
        assert_eq!(known.find("a.example").unwrap(), None);
        let print = Fingerprint::of(b"x");
        known.remember("a.example", &Identity::Own(print)).unwrap();
        known.remember("b.example:7", &Identity::Public).unwrap();
        assert_eq!(known.find("A.example:1202").unwrap(), Some(Identity::Own(print)));
        known.remember("A.EXAMPLE", &Identity::Public).unwrap();
        assert_eq!(known.find("a.example").unwrap(), Some(Identity::Public));
        assert_eq!(known.find("b.example").unwrap(), None);
        fs::write(&file, "a.example:1202 12:34\n").unwrap();
        assert!(known.find("a.example").unwrap_err().to_string().contains("line 1"));
        fs::write(&file, [0xff]).unwrap();
        assert!(known.find("a.example").is_err());
    }

    #[test]
    fn fingerprints_are_read_as_they_are_written_and_without_colons() {
        let print = Fingerprint::of(b"x");
        assert_eq!(print.to_string().parse(), Ok(print));
        assert_eq!(print.to_string().replace(':', "").to_lowercase().parse(), Ok(print));
        assert!("12:34".parse::<Fingerprint>().is_err());
        assert!("g".repeat(64).parse::<Fingerprint>().is_err());
    }
}
