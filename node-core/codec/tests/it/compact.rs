//! Compact integers (01 §1.2).

use proptest::prelude::*;
use spacemesh_codec::{
    DecodeErrorKind::{NotShortest, TooWide, UnexpectedEnd},
    compact_size, decode_exact, decode_tracked, encode,
};

use crate::{bytes, check, refuse};

#[test]
fn integers_of_the_reference_s_tests_are_written_and_read() {
    check(0_u64, "00");
    check(1_u8, "04");
    check(63_u8, "fc");
    check(64_u8, "0101");
    check(255_u8, "fd03");
    check(16_383_u16, "fdff");
    check(16_384_u16, "02000100");
    check(65_535_u16, "feff0300");
    check(100_000_u32, "821a0600");
    check((1_u32 << 30) - 1, "feffffff");
    check(1_u32 << 30, "0300000040");
    check(u32::MAX, "03ffffffff");
    check(1_u64 << 32, "070000000001");
    check(1_u64 << 40, "0b000000000001");
    check(u64::MAX, "13ffffffffffffffff");
    check((1_u32 << 31) - 1, "03ffffff7f");
}

#[test]
fn bytes_refuse_the_forms_with_four_bytes_and_more() {
    refuse::<u8>("03", 0, TooWide { bits: 8 });
    refuse::<u8>("02", 0, TooWide { bits: 8 });
    refuse::<u8>("01", 1, UnexpectedEnd { needed: 1, left: 0 });
    refuse::<u8>("fd07", 0, TooWide { bits: 8 });
    refuse::<u8>("fd00", 0, NotShortest);
}

#[test]
fn integers_in_a_longer_form_than_needed_are_refused() {
    for hex in ["0100", "fd00", "feff0000"] {
        refuse::<u16>(hex, 0, NotShortest);
        refuse::<u32>(hex, 0, NotShortest);
        refuse::<u64>(hex, 0, NotShortest);
    }
    refuse::<u32>("03ffffff3f", 0, NotShortest);
    refuse::<u64>("03ffffff3f", 0, NotShortest);
}

#[test]
fn integers_that_do_not_fit_their_width_are_refused() {
    refuse::<u16>("feff0400", 0, TooWide { bits: 16 });
    refuse::<u16>("821a0600", 0, TooWide { bits: 16 });
    refuse::<u16>("170000000001", 0, TooWide { bits: 16 });
    refuse::<u32>("07ffffffffffff", 0, TooWide { bits: 32 });
    refuse::<u32>("070000000001", 0, TooWide { bits: 32 });
    refuse::<u64>("17000000000000000001", 0, TooWide { bits: 64 });
    refuse::<u64>("23ffffffffffff", 0, TooWide { bits: 64 });
    refuse::<u64>("ff", 0, TooWide { bits: 64 });
    // The first byte must be 03, although four zero bytes more would be the same value.
    refuse::<u32>("1300000040000000", 0, TooWide { bits: 32 });
}

#[test]
fn padded_64_bit_integers_are_accepted_and_known_not_to_be_canonical() {
    for hex in ["070000004000", "130000004000000000"] {
        let tracked = decode_tracked::<u64>(&bytes(hex)).unwrap();
        assert_eq!((tracked.value, tracked.canonical), (1 << 30, false));
    }
    assert!(
        decode_tracked::<u64>(&bytes("0300000040"))
            .unwrap()
            .canonical
    );
    // Padding does not make a value acceptable that is too small for the form.
    refuse::<u64>("07ffffff3f00", 0, NotShortest);
}

proptest! {
    #[test]
    fn integers_round_trip_in_their_shortest_form(number: u64, shift in 0_u32..64) {
        let number = number >> shift;
        let written = encode(&number);
        prop_assert_eq!(written.len(), compact_size(number));
        let tracked = decode_tracked::<u64>(&written).unwrap();
        prop_assert_eq!((tracked.value, tracked.canonical), (number, true));
        if let Ok(number) = u32::try_from(number) {
            prop_assert_eq!(&encode(&number), &written);
            prop_assert_eq!(decode_exact::<u32>(&written), Ok(number));
        }
    }

    #[test]
    fn what_a_narrow_integer_accepts_a_wider_one_reads_as_the_same_number(input in prop::collection::vec(any::<u8>(), 0..10)) {
        let wide = decode_exact::<u64>(&input);
        if let Ok(narrow) = decode_exact::<u8>(&input) {
            prop_assert_eq!(decode_exact::<u16>(&input), Ok(u16::from(narrow)));
        }
        if let Ok(narrow) = decode_exact::<u16>(&input) {
            prop_assert_eq!(decode_exact::<u32>(&input), Ok(u32::from(narrow)));
        }
        if let Ok(narrow) = decode_exact::<u32>(&input) {
            prop_assert_eq!(&wide, &Ok(u64::from(narrow)));
            // 32 bits and less are canonical only.
            prop_assert_eq!(encode(&narrow), input.clone());
        }
        if let Ok(tracked) = decode_tracked::<u64>(&input) {
            prop_assert_eq!(tracked.canonical, encode(&tracked.value) == input);
        }
    }
}
