//! From when until when a certificate holds. It is all that is read of one here, and only of one's own.

/// Seconds since 1970, from and until. Nothing, where it is no certificate.
pub(super) fn of(certificate: &[u8]) -> Option<(u64, u64)> {
    let (_, whole, _) = next(certificate)?;
    let (_, mut fields, _) = next(whole)?;
    // Its version, if it says one; then number, algorithm, and who has issued it.
    let (tag, _, rest) = next(fields)?;
    if tag == 0xa0 {
        fields = rest;
    }
    for _ in 0..3 {
        (_, _, fields) = next(fields)?;
    }
    let (_, validity, _) = next(fields)?;
    let (from_tag, from, rest) = next(validity)?;
    let (until_tag, until, _) = next(rest)?;
    Some((seconds(from_tag, from)?, seconds(until_tag, until)?))
}

/// A value of DER: its tag, what is in it, and what comes behind.
fn next(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x83 => {
            let (length, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            (length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (inside, behind) = rest.split_at_checked(length)?;
    Some((*tag, inside, behind))
}

/// `YYMMDDhhmmssZ`, or the same with four digits for the year.
fn seconds(tag: u8, time: &[u8]) -> Option<u64> {
    const UTC_TIME: u8 = 0x17;
    const GENERALIZED_TIME: u8 = 0x18;
    let text = std::str::from_utf8(time).ok()?.strip_suffix('Z')?;
    let text = match tag {
        UTC_TIME if text < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let at = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", &text).ok()?;
    let at = at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second();
    Some(u64::try_from(at).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn both_spellings_of_time_are_read_and_nonsense_is_nothing() {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["x.example".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2026, 11, 21);
        params.not_after = date_time_ymd(2100, 1, 1);
        let made = params.self_signed(&key).unwrap();
        assert_eq!(of(made.der()), Some((1_795_219_200, 4_102_444_800)));
        for end in 0..made.der().len().min(200) {
            assert_eq!(of(&made.der()[..end]), None);
        }
    }
}
