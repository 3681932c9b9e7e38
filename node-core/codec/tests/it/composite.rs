//! Options, bools, arrays, lists, structs and unions (01 §1.1, §1.5).

use proptest::prelude::*;
use spacemesh_codec::{
    BoundedBytes, BoundedVec, Decode, DecodeErrorKind, Encode, decode_exact, decode_len,
    decode_prefix, decode_slice, decode_tracked, encode, encode_len, encode_slice, encoded_size,
};

use crate::{bytes, check, refuse};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
struct Inner {
    number: u16,
    flag: bool,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
struct Outer {
    id: [u8; 4],
    inner: Inner,
    pair: [Inner; 2],
    name: BoundedBytes<5>,
    list: BoundedVec<Inner, 3>,
    numbers: BoundedVec<u64, 4>,
    nothing: Option<u32>,
    something: Option<Box<Inner>>,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
struct Tuple(u8, [u8; 2]);

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
enum Union {
    #[codec(tag = 1)]
    Unit,
    #[codec(tag = 200)]
    Pair(u8, u64),
    #[codec(tag = 3)]
    Named { inner: Inner },
}

#[test]
fn options_of_integers_are_a_tag_and_a_compact_integer() {
    check(None::<u8>, "00");
    check(Some(1_u8), "0104");
    check(Some(255_u8), "01fd03");
    check(Some(u64::MAX), "0113ffffffffffffffff");
}

#[test]
fn every_tag_but_one_is_absent_or_false_and_nothing_more_is_read() {
    for tag in (0..=255_u8).filter(|tag| *tag != 1) {
        let option = decode_tracked::<Option<u64>>(&[tag]).unwrap();
        assert_eq!((option.value, option.canonical), (None, tag == 0));
        let flag = decode_tracked::<bool>(&[tag]).unwrap();
        assert_eq!((flag.value, flag.canonical), (false, tag == 0));
    }
    refuse::<Option<u8>>("0204", 1, DecodeErrorKind::TrailingBytes { count: 1 });
}

#[test]
fn lists_of_integers_are_a_count_and_compact_integers() {
    check(
        BoundedVec::<u16, 4>::from([4, 15, 23, 65_535]),
        "10103c5cfeff0300",
    );
    check(
        BoundedVec::<u32, 4>::from([4, 15, 23, u32::MAX]),
        "10103c5c03ffffffff",
    );
    check(
        BoundedVec::<u64, 4>::from([4, 15, 23, u64::MAX]),
        "10103c5c13ffffffffffffffff",
    );
}

#[test]
fn bytes_are_raw_in_arrays_and_lists_and_compact_alone() {
    check([255_u8, 64], "ff40");
    check(BoundedBytes::<4>::from([255, 64]), "08ff40");
    check(Tuple(255, [255, 64]), "fd03ff40");
}

#[test]
fn text_need_not_be_utf_8() {
    let text = decode_exact::<BoundedBytes<4>>(&bytes("08c328")).unwrap();
    assert_eq!(text.to_text(), "\u{fffd}(");
}

#[test]
fn structs_are_their_fields_in_order_with_nothing_between() {
    let inner = Inner {
        number: 64,
        flag: true,
    };
    let value = Outer {
        id: [1, 2, 3, 4],
        inner: inner.clone(),
        pair: [
            Inner {
                number: 1,
                flag: false,
            },
            inner.clone(),
        ],
        name: (*b"name").into(),
        list: [inner.clone()].into(),
        numbers: BoundedVec::new(),
        nothing: None,
        something: Some(Box::new(inner)),
    };
    assert_eq!(encoded_size(&value), encode(&value).len());
    check(
        value,
        "01020304 010101 0400010101 106e616d65 04010101 00 00 01010101"
            .replace(' ', "")
            .as_str(),
    );
}

#[test]
fn unions_begin_with_a_full_byte() {
    check(Union::Unit, "01");
    check(Union::Pair(64, 1), "c8010104");
    check(
        Union::Named {
            inner: Inner {
                number: 1,
                flag: true,
            },
        },
        "030401",
    );
    refuse::<Union>("02", 0, DecodeErrorKind::UnknownTag { tag: 2 });
    refuse::<Union>("", 0, DecodeErrorKind::UnexpectedEnd { needed: 1, left: 0 });
}

#[test]
fn an_error_names_the_innermost_field_and_its_offset() {
    let error = decode_exact::<Outer>(&bytes("010203040101")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Inner.flag: 1 more bytes expected, 0 left at byte 6"
    );
    let error = decode_exact::<Union>(&bytes("c804")).unwrap_err();
    assert_eq!(error.field, "Union::Pair.1");
}

#[test]
fn trailing_bytes_are_an_error_only_where_the_whole_input_is_the_value() {
    let error = decode_exact::<u8>(&bytes("0400")).unwrap_err();
    assert!(error.is_trailing_bytes());
    assert!(!decode_exact::<u8>(&[]).unwrap_err().is_trailing_bytes());
    assert_eq!(decode_prefix::<u8>(&bytes("0400")), Ok((1, [0].as_slice())));
    assert_eq!(
        decode_slice::<[u8; 2]>(&bytes("08010203040506"), 2),
        Ok(vec![[1, 2], [3, 4]])
    );
    assert_eq!(encode_slice(&[[1_u8, 2], [3, 4]]), bytes("0801020304"));
    assert_eq!(encode_len(64), bytes("0101"));
    assert_eq!(decode_len(&bytes("010109")), Ok((64, [9].as_slice())));
}

fn inner() -> impl Strategy<Value = Inner> {
    (any::<u16>(), any::<bool>()).prop_map(|(number, flag)| Inner { number, flag })
}

fn outer() -> impl Strategy<Value = Outer> {
    let lists = (
        prop::collection::vec(any::<u8>(), 0..=5),
        prop::collection::vec(inner(), 0..=3),
        prop::collection::vec(any::<u64>(), 0..=4),
    );
    let singles = (
        any::<[u8; 4]>(),
        inner(),
        [inner(), inner()],
        any::<Option<u32>>(),
        prop::option::of(inner()),
    );
    (lists, singles).prop_map(
        |((name, list, numbers), (id, inner, pair, nothing, something))| Outer {
            id,
            inner,
            pair,
            name: name.try_into().unwrap(),
            list: list.try_into().unwrap(),
            numbers: numbers.try_into().unwrap(),
            nothing,
            something: something.map(Box::new),
        },
    )
}

proptest! {
    #[test]
    fn values_round_trip_and_every_shorter_input_is_refused(value in outer(), cut in any::<prop::sample::Index>()) {
        let written = encode(&value);
        let tracked = decode_tracked::<Outer>(&written).unwrap();
        prop_assert!(tracked.canonical);
        prop_assert_eq!(&tracked.value, &value);
        let error = decode_exact::<Outer>(&written[..cut.index(written.len())]).unwrap_err();
        prop_assert!(error.offset <= written.len());
    }

    #[test]
    fn arbitrary_bytes_decode_or_fail_and_what_is_canonical_is_written_again(input in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(tracked) = decode_tracked::<Outer>(&input) {
            let again = encode(&tracked.value);
            prop_assert_eq!(tracked.canonical, again == input);
            prop_assert_eq!(decode_exact::<Outer>(&again), Ok(tracked.value));
        }
        let _ = decode_exact::<Union>(&input);
    }
}
