//! Instants as the network sees them: nanoseconds since 1970, and RFC 3339 text in configuration files.

use std::{fmt, time::Duration};

const NANOS_PER_SECOND: i128 = 1_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// An instant, in nanoseconds since 1970-01-01T00:00:00Z. Holds every year that RFC 3339 can write.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i128);

/// Text that is no RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no time: {reason}; write it as in 2023-07-14T08:00:00Z")]
pub struct TimestampError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Timestamp {
    /// The instant of an unset time in the reference: the first of January of the year 1.
    pub const UNSET: Self = Self::from_unix_seconds(-62_135_596_800);

    /// An instant on a whole second.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds as i128 * NANOS_PER_SECOND)
    }

    /// An instant.
    pub const fn from_unix_nanos(nanos: i128) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since 1970.
    pub const fn unix_nanos(self) -> i128 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn unix_seconds(self) -> i64 {
        // Holds for every instant that was made from seconds or read from text; others are clamped.
        let seconds = self.0.div_euclid(NANOS_PER_SECOND);
        if seconds > i64::MAX as i128 {
            i64::MAX
        } else if seconds < i64::MIN as i128 {
            i64::MIN
        } else {
            seconds as i64
        }
    }

    /// Whether no time was set.
    pub const fn is_unset(self) -> bool {
        self.0 == Self::UNSET.0
    }

    /// The instant `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanos(duration)))
    }

    /// The instant `duration` earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(nanos(duration)))
    }

    /// The time since `earlier`; none if that is later.
    pub fn since(self, earlier: Self) -> Option<Duration> {
        let nanos = self.0.checked_sub(earlier.0).filter(|&nanos| nanos >= 0)?;
        let seconds = u64::try_from(nanos / NANOS_PER_SECOND).ok()?;
        let rest = u32::try_from(nanos % NANOS_PER_SECOND).ok()?;
        Some(Duration::new(seconds, rest))
    }

    /// Reads RFC 3339: date, `T`, time, optional fraction, then `Z` or an offset.
    ///
    /// # Errors
    ///
    /// The text has another form, or a field is out of its range.
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimestampError> {
        parse(text).map_err(|reason| TimestampError {
            text: text.to_owned(),
            reason,
        })
    }
}

fn nanos(duration: Duration) -> i128 {
    i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX)
}

fn parse(text: &str) -> Result<Timestamp, &'static str> {
    let mut rest = text;
    let year = number(&mut rest, 4, 0..=9999, "the year has four digits")?;
    literal(&mut rest, &['-'], "expected - after the year")?;
    let month = number(&mut rest, 2, 1..=12, "the month is 01 to 12")?;
    literal(&mut rest, &['-'], "expected - after the month")?;
    let day = number(
        &mut rest,
        2,
        1..=days_in_month(year, month),
        "the month has no such day",
    )?;
    literal(&mut rest, &['T'], "expected T after the date")?;
    let hour = number(&mut rest, 2, 0..=23, "the hour is 00 to 23")?;
    literal(&mut rest, &[':'], "expected : after the hour")?;
    let minute = number(&mut rest, 2, 0..=59, "the minute is 00 to 59")?;
    literal(&mut rest, &[':'], "expected : after the minute")?;
    let second = number(&mut rest, 2, 0..=59, "the second is 00 to 59")?;
    let fraction = fraction(&mut rest)?;
    let offset = offset(&mut rest)?;
    if !rest.is_empty() {
        return Err("there is text after the time");
    }
    let seconds =
        days_from_civil(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second
            - offset;
    Ok(Timestamp(
        i128::from(seconds) * NANOS_PER_SECOND + i128::from(fraction),
    ))
}

fn number(
    rest: &mut &str,
    digits: usize,
    range: std::ops::RangeInclusive<i64>,
    reason: &'static str,
) -> Result<i64, &'static str> {
    let (field, tail) = rest.split_at_checked(digits).ok_or(reason)?;
    if !field.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(reason);
    }
    *rest = tail;
    field
        .parse()
        .ok()
        .filter(|value| range.contains(value))
        .ok_or(reason)
}

fn literal(rest: &mut &str, allowed: &[char], reason: &'static str) -> Result<char, &'static str> {
    let mut characters = rest.chars();
    let found = characters
        .next()
        .filter(|character| allowed.contains(character))
        .ok_or(reason)?;
    *rest = characters.as_str();
    Ok(found)
}

/// Nanoseconds of an optional fraction; digits beyond the ninth are dropped.
fn fraction(rest: &mut &str) -> Result<i64, &'static str> {
    let Some(digits) = rest.strip_prefix(['.', ',']) else {
        return Ok(0);
    };
    let end = digits
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(digits.len());
    if end == 0 {
        return Err("expected digits after the decimal point");
    }
    let (digits, tail) = digits.split_at(end);
    *rest = tail;
    format!("{digits:0<9}")[..9]
        .parse()
        .map_err(|_| "expected digits after the decimal point")
}

/// Seconds that local time is ahead of UTC.
fn offset(rest: &mut &str) -> Result<i64, &'static str> {
    let reason = "expected Z or an offset such as +02:00 at the end";
    let sign = match literal(rest, &['Z', '+', '-'], reason)? {
        '+' => 1,
        '-' => -1,
        _ => return Ok(0),
    };
    let hours = number(rest, 2, 0..=24, reason)?;
    literal(rest, &[':'], reason)?;
    let minutes = number(rest, 2, 0..=60, reason)?;
    Ok(sign * (hours * 3600 + minutes * 60))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar. Years start in March here, so that the leap day is a year's last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse: year, month and day.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// RFC 3339 in UTC, with as many decimals as needed.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.unix_seconds();
        let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY));
        let of_day = seconds.rem_euclid(SECONDS_PER_DAY);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
            of_day / 3600,
            of_day / 60 % 60,
            of_day % 60
        )?;
        let nanos = self.0.rem_euclid(NANOS_PER_SECOND);
        if nanos != 0 {
            write!(f, ".{}", format!("{nanos:09}").trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse_rfc3339(&text).map_err(serde::de::Error::custom)
    }
}
