//! Codes of a second factor as everybody's authenticator makes them (RFC 6238: SHA-1, 30 seconds, six digits), and how codes and
//! invitations are written. Pure.

use hmac::{Hmac, KeyInit, Mac};
use im_proto::{Timestamp, UserName};
use sha1::Sha1;

/// What codes are made with, in bytes: as long as the hash.
pub(super) const SECRET_BYTES: usize = 20;

/// A code is of so many seconds.
const STEP_SECONDS: u64 = 30;

/// Clocks differ: the codes of so many steps before and after are good, too.
const STEPS_APART_MAX: u64 = 1;

/// The alphabet that authenticators read (RFC 4648).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// One without letters that look like others (Crockford's).
const LEGIBLE: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// An invitation or a recovery code has so many random bytes, and so many letters between two hyphens.
const WRITTEN_BYTES: usize = 10;
const GROUP_LETTERS: usize = 4;

/// The step of a code that is right at this moment and comes after `used`: no code is good twice. All that could be right are
/// compared, so that the time tells nothing.
pub(super) fn step(secret: &[u8], digits: u32, at: Timestamp, used: u64) -> Option<u64> {
    let now = at.0 / 1000 / STEP_SECONDS;
    let steps = now.saturating_sub(STEPS_APART_MAX)..=now + STEPS_APART_MAX;
    let right = steps.map(|step| (step, (code(secret, step) ^ digits) == 0 && step > used));
    right.fold(None, |found, (step, right)| if right { Some(step) } else { found })
}

/// The code of a step (RFC 4226).
fn code(secret: &[u8], step: u64) -> u32 {
    let Ok(mut hmac) = Hmac::<Sha1>::new_from_slice(secret) else { return u32::MAX }; // any length will do
    hmac.update(&step.to_be_bytes());
    let hash = hmac.finalize().into_bytes();
    let at = usize::from(hash[hash.len() - 1] & 0xf);
    let mut bits = [0; 4];
    bits.copy_from_slice(&hash[at..at + 4]);
    (u32::from_be_bytes(bits) & 0x7fff_ffff) % 1_000_000
}

/// The number that six digits are, with or without blanks among them.
pub(super) fn digits(given: &str) -> Option<u32> {
    let given: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    let six = given.len() == 6 && given.bytes().all(|byte| byte.is_ascii_digit());
    six.then(|| given.parse().ok()).flatten()
}

/// What codes are made with, as people type it.
pub(super) fn written_secret(secret: &[u8]) -> String {
    base32(secret, BASE32)
}

/// The same as an address that authenticators take.
pub(super) fn uri(user: &UserName, secret: &[u8]) -> String {
    let name: String = user.as_str().bytes().map(escaped).collect();
    format!("otpauth://totp/im:{name}?secret={}&issuer=im", base32(secret, BASE32))
}

fn escaped(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

/// An invitation or a recovery code of random bytes: `9F3K-…`.
pub(super) fn written_code(random: [u8; 32]) -> String {
    let letters = base32(&random[..WRITTEN_BYTES], LEGIBLE);
    let groups =
        letters.as_bytes().chunks(GROUP_LETTERS).map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join("-")
}

/// A code as it was meant, however it was typed.
pub(super) fn meant(given: &str) -> String {
    let letters = given.chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    });
    letters.collect()
}

fn base32(bytes: &[u8], alphabet: &[u8; 32]) -> String {
    let digits = bytes.chunks(5).flat_map(|chunk| {
        let mut bits = [0; 8];
        bits[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(bits);
        let letters = (chunk.len() * 8).div_ceil(5);
        (0..letters).map(move |i| (bits >> (35 - 5 * i)) & 31)
    });
    digits.map(|digit| char::from(alphabet[usize::from(digit as u8)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, for SHA-1; the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, wanted) in [
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (2_000_000_000, 279_037),
            (20_000_000_000, 353_130),
        ] {
            assert_eq!(code(secret, seconds / STEP_SECONDS), wanted);
            let at = |seconds: u64| Timestamp(seconds * 1000);
            assert_eq!(step(secret, wanted, at(seconds), 0), Some(seconds / 30));
            for (late, good) in [(30, true), (60, false)] {
                let good = good.then_some(seconds / 30);
                assert_eq!(step(secret, wanted, at(seconds + late), 0), good, "{late} s late");
                assert_eq!(step(secret, wanted, at(seconds.saturating_sub(late)), 0), good, "{late} s early");
            }
            assert_eq!(step(secret, wanted, at(seconds), seconds / 30), None, "twice");
            assert_eq!(step(secret, wanted ^ 1, at(seconds), 0), None);
        }
    }

    #[test]
    fn secrets_are_written_as_authenticators_read_them() {
        for (bytes, wanted) in
            [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("fooba", "MZXW6YTB"), ("", "")]
        {
            assert_eq!(base32(bytes.as_bytes(), BASE32), wanted); // RFC 4648
        }
        let uri = uri(&"Zoë.x".parse().unwrap(), b"12345678901234567890");
        assert_eq!(uri, "otpauth://totp/im:Zo%C3%AB%2Ex?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=im");
    }

    #[test]
    fn a_code_is_what_was_meant_by_it() {
        let written = written_code(std::array::from_fn(|i| (i as u8).wrapping_mul(25)));
        assert_eq!(written.len(), 19, "{written}");
        assert!(written.chars().all(|c| c == '-' || LEGIBLE.contains(&(c as u8))), "{written}");
        let typed =
            format!(" {} ", written.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l"));
        assert_eq!(meant(&typed), meant(&written));
        assert_eq!(digits("123 456"), Some(123_456));
        assert_eq!(digits("000001"), Some(1));
        for none in ["", "12345", "1234567", "12345x", "+12345", "१२३४५६"] {
            assert_eq!(digits(none), None, "{none}");
        }
    }
}
