//! Whether TLS is spoken, and with which certificate.

use std::path::PathBuf;
use std::str::FromStr;

use serde::Deserialize;

/// `off`, `auto`, or `CERT,KEY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encryption {
    /// It is not spoken.
    Off,
    /// With a certificate that the server makes on first use, and keeps.
    Auto,
    /// With this one.
    Files {
        /// The certificate, and behind it those above it, in PEM.
        certificates: PathBuf,
        /// Its key, in PEM.
        key: PathBuf,
    },
}

impl FromStr for Encryption {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, String> {
        match (raw, raw.split_once(',')) {
            ("off", _) => Ok(Self::Off),
            ("auto", _) => Ok(Self::Auto),
            (_, Some((certificates, key))) if !certificates.is_empty() && !key.is_empty() => {
                Ok(Self::Files { certificates: certificates.into(), key: key.into() })
            }
            _ => Err("it goes off, auto, or CERT,KEY with two files in PEM".to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for Encryption {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A certificate from an ACME authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acme {
    /// The name that the certificate is for.
    pub name: String,
    /// The directory of the authority, a URL.
    pub directory: String,
    /// Whom the authority itself is trusted for, in PEM; without it the system's roots.
    pub root: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_off_or_made_or_in_two_files() {
        let files = Encryption::Files { certificates: "/a/b.pem".into(), key: "c d".into() };
        assert_eq!("off".parse(), Ok(Encryption::Off));
        assert_eq!("auto".parse(), Ok(Encryption::Auto));
        assert_eq!("/a/b.pem,c d".parse(), Ok(files));
        for wrong in ["", "on", "a,", ",b", "OFF"] {
            assert!(wrong.parse::<Encryption>().is_err(), "{wrong:?}");
        }
    }
}
