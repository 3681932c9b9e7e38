//! Durations as Go writes them: `1h30m`, `500ms`, `-1.5s` (01 §7.1).

const UNITS: [(&str, i128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Text that is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no duration; write numbers with units, as in 1h30m or 500ms")]
pub struct DurationError(pub String);

/// Reads a duration in nanoseconds: an optional sign, then one or more decimal numbers, each with its unit (`h`, `m`, `s`, `ms`, `us`, `ns`).
/// A lone `0` needs no unit.
///
/// # Errors
///
/// Another form, or more than 2^63 − 1 nanoseconds.
pub fn parse_duration(text: &str) -> Result<i64, DurationError> {
    read(text).ok_or_else(|| DurationError(text.to_owned()))
}

fn read(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0_i128;
    while !rest.is_empty() {
        let whole = take_digits(&mut rest);
        let fraction = match rest.strip_prefix('.') {
            Some(tail) => {
                rest = tail;
                take_digits(&mut rest)
            }
            None => "",
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let end = rest
            .find(|character: char| character == '.' || character.is_ascii_digit())
            .unwrap_or(rest.len());
        let (name, tail) = rest.split_at_checked(end)?;
        rest = tail;
        let unit = UNITS.iter().find(|(unit, _)| *unit == name)?.1;
        let whole: i128 = if whole.is_empty() {
            0
        } else {
            whole.parse().ok()?
        };
        // Digits beyond the 18th are below a nanosecond for every unit.
        let fraction = fraction.get(..18).unwrap_or(fraction);
        let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let part: i128 = if fraction.is_empty() {
            0
        } else {
            fraction.parse().ok()?
        };
        total = total
            .checked_add(whole.checked_mul(unit)?)?
            .checked_add(part * unit / scale)?;
    }
    i64::try_from(if negative { -total } else { total }).ok()
}

fn take_digits<'a>(rest: &mut &'a str) -> &'a str {
    let end = rest
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(rest.len());
    let (digits, tail) = rest.split_at(end);
    *rest = tail;
    digits
}

/// The shortest text that [`parse_duration`] reads back: `5m`, `1h30m`, `12.5s`, `700ms`, `0s`.
pub fn format_duration(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let mut rest = nanos.unsigned_abs();
    let mut text = String::new();
    for (unit, size) in [("h", 3_600_000_000_000), ("m", 60_000_000_000)] {
        if rest >= size {
            text.push_str(&format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    if rest > 0 || text.is_empty() {
        let (unit, size, decimals) = match rest {
            0 => ("s", 1_000_000_000_u64, 9),
            _ if rest < 1_000 => ("ns", 1, 0),
            _ if rest < 1_000_000 => ("us", 1_000, 3),
            _ if rest < 1_000_000_000 && text.is_empty() => ("ms", 1_000_000, 6),
            _ => ("s", 1_000_000_000, 9),
        };
        text.push_str(&(rest / size).to_string());
        let part = rest % size;
        if part > 0 {
            let digits = format!("{part:0decimals$}");
            text.push('.');
            text.push_str(digits.trim_end_matches('0'));
        }
        text.push_str(unit);
    }
    format!("{sign}{text}")
}
