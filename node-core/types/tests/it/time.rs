//! Instants and RFC 3339.

use proptest::prelude::*;
use spacemesh_types::Timestamp;

fn seconds(text: &str) -> i64 {
    Timestamp::parse_rfc3339(text).unwrap().unix_seconds()
}

#[test]
fn times_of_the_networks_are_read_and_written() {
    for (text, unix) in [
        ("2023-07-14T08:00:00Z", 1_689_321_600),
        ("2023-09-13T18:00:00Z", 1_694_628_000),
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59Z", -1),
        ("2000-02-29T12:00:00Z", 951_825_600),
        ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ] {
        assert_eq!(seconds(text), unix);
        assert_eq!(Timestamp::from_unix_seconds(unix).to_string(), text);
    }
    assert!(
        Timestamp::parse_rfc3339("0001-01-01T00:00:00Z")
            .unwrap()
            .is_unset()
    );
}

#[test]
fn offsets_and_fractions_are_understood() {
    assert_eq!(seconds("2023-07-14T10:00:00+02:00"), 1_689_321_600);
    assert_eq!(seconds("2023-07-14T03:30:00-04:30"), 1_689_321_600);
    let half = Timestamp::parse_rfc3339("2023-07-14T08:00:00.5Z").unwrap();
    assert_eq!(half.unix_nanos(), 1_689_321_600_500_000_000);
    assert_eq!(half.to_string(), "2023-07-14T08:00:00.5Z");
}

#[test]
fn what_is_no_time_is_refused_with_its_reason() {
    for (text, reason) in [
        ("2023-07-14", "expected T after the date"),
        ("2023-13-14T08:00:00Z", "the month is 01 to 12"),
        ("2023-02-29T08:00:00Z", "the month has no such day"),
        ("2023-07-14T24:00:00Z", "the hour is 00 to 23"),
        (
            "2023-07-14T08:00:00",
            "expected Z or an offset such as +02:00 at the end",
        ),
        ("2023-07-14T08:00:00Zulu", "there is text after the time"),
        (
            "2023-07-14T08:00:00.Z",
            "expected digits after the decimal point",
        ),
        ("23-07-14T08:00:00Z", "the year has four digits"),
        ("2023-07-14 08:00:00Z", "expected T after the date"),
        ("", "the year has four digits"),
        ("é", "the year has four digits"),
    ] {
        assert_eq!(
            Timestamp::parse_rfc3339(text).unwrap_err().reason,
            reason,
            "{text}"
        );
    }
}

proptest! {
    #[test]
    fn instants_round_trip_as_text(nanos in -62_135_596_800_000_000_000_i128..253_402_300_800_000_000_000) {
        let instant = Timestamp::from_unix_nanos(nanos);
        prop_assert_eq!(Timestamp::parse_rfc3339(&instant.to_string()), Ok(instant));
    }

    #[test]
    fn arbitrary_text_never_panics(text: String) {
        let _ = Timestamp::parse_rfc3339(&text);
    }
}
