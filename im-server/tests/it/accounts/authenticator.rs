//! What a person has on their phone: six digits of what a server gave them.

use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The digits that an authenticator shows now, or shows so many steps later.
pub(crate) fn digits(secret: &str, later: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut hmac = Hmac::<Sha1>::new_from_slice(&bytes(secret)).unwrap();
    hmac.update(&(now / 30 + later).to_be_bytes());
    let hash = hmac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Digits that are none of those that are good now.
pub(crate) fn wrong_digits(secret: &str) -> String {
    let good: Vec<String> = (0..4).map(|later| digits(secret, later)).collect();
    (0..).map(|n: u32| format!("{n:06}")).find(|n| !good.contains(n)).unwrap()
}

/// Base32, as authenticators read it.
fn bytes(secret: &str) -> Vec<u8> {
    let mut bits = String::new();
    for letter in secret.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        bits += &format!("{value:05b}");
    }
    bits.as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect()
}
