//! Passwords, codes and tokens: never shown by `Debug`, wiped when dropped.

use std::fmt;

use bincode::{Decode, Encode};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::limits::{PASSWORD_BYTES_MAX, SECRET_BYTES_MAX};

/// A password as it was typed: 1 to [`PASSWORD_BYTES_MAX`] bytes.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

/// Why a password was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Nothing was given.
    #[error("a password is missing")]
    Empty,
    /// More than [`PASSWORD_BYTES_MAX`] bytes.
    #[error("a password has at most {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
}

impl Password {
    /// Checks a password that somebody gave.
    pub fn parse(raw: &str) -> Result<Self, PasswordError> {
        match raw.len() {
            0 => Err(PasswordError::Empty),
            n if n > PASSWORD_BYTES_MAX => Err(PasswordError::TooLong),
            _ => Ok(Self(raw.to_owned())),
        }
    }

    /// The password itself: for hashing and for the wire.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Something short that only its owner is to see: an invitation, a code, what makes codes. 1 to [`SECRET_BYTES_MAX`] bytes,
/// without blanks around it.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

/// Why a secret was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Nothing was given.
    #[error("a code is missing")]
    Empty,
    /// More than [`SECRET_BYTES_MAX`] bytes.
    #[error("a code has at most {SECRET_BYTES_MAX} bytes")]
    TooLong,
}

impl Secret {
    /// Checks a code that somebody gave.
    pub fn parse(raw: &str) -> Result<Self, SecretError> {
        let raw = raw.trim();
        match raw.len() {
            0 => Err(SecretError::Empty),
            n if n > SECRET_BYTES_MAX => Err(SecretError::TooLong),
            _ => Ok(Self(raw.to_owned())),
        }
    }

    /// The secret itself: for comparing, for showing to its owner, and for the wire.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// 256 random bits that sign a device in without a password. The server keeps only their hash.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Zeroize, ZeroizeOnDrop)]
pub struct Token([u8; 32]);

impl Token {
    /// A token of these bits.
    pub fn new(bits: [u8; 32]) -> Self {
        Self(bits)
    }

    /// Reads what [`to_hex`](Self::to_hex) wrote.
    pub fn from_hex(raw: &str) -> Option<Self> {
        let raw = raw.as_bytes();
        if raw.len() != 64 {
            return None;
        }
        let mut bits = [0; 32];
        for (bit, pair) in bits.iter_mut().zip(raw.chunks_exact(2)) {
            let digit = |c: u8| char::from(c).to_digit(16);
            *bit = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
        }
        Some(Self(bits))
    }

    /// The token itself, in 64 hexadecimal digits: for the file it is kept in.
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The token itself: for hashing.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
