//! The hand-written codecs of set reconciliation (01 §1.6).

use spacemesh_codec::{DecodeErrorKind, decode_exact, decode_tracked, encode};
use spacemesh_types::{
    Hash32,
    wire::{CompactHash, KeyCollection, MinhashSampleItem},
};

fn compact(leading: &[u8]) -> CompactHash {
    let mut hash = Hash32::ZERO;
    hash.0[..leading.len()].copy_from_slice(leading);
    CompactHash(Some(hash))
}

#[test]
fn bounds_drop_the_zeros_at_their_end() {
    for (value, bytes) in [
        (CompactHash(None), vec![0]),
        (compact(&[]), vec![0x40]),
        (compact(&[1, 2]), vec![0x42, 1, 2]),
        (compact(&[0, 0, 3]), vec![0x43, 0, 0, 3]),
        (compact(&[7; 32]), [vec![0x60], vec![7; 32]].concat()),
    ] {
        assert_eq!(encode(&value), bytes);
        assert_eq!(decode_exact::<CompactHash>(&bytes), Ok(value));
    }
}

#[test]
fn bounds_with_an_unknown_type_or_too_many_bytes_are_refused() {
    for (bytes, kind) in [
        (vec![0x80], DecodeErrorKind::UnknownTag { tag: 2 }),
        (vec![0xc0], DecodeErrorKind::UnknownTag { tag: 3 }),
        (
            vec![0x61; 40],
            DecodeErrorKind::TooMany { count: 33, max: 32 },
        ),
        (
            vec![0x42, 1],
            DecodeErrorKind::UnexpectedEnd { needed: 2, left: 1 },
        ),
    ] {
        assert_eq!(decode_exact::<CompactHash>(&bytes).unwrap_err().kind, kind);
    }
}

#[test]
fn bounds_with_needless_bytes_are_read_but_not_canonical() {
    let none = decode_tracked::<CompactHash>(&[0x05]).unwrap();
    assert_eq!((none.value, none.canonical), (CompactHash(None), false));
    let padded = decode_tracked::<CompactHash>(&[0x42, 1, 0]).unwrap();
    assert_eq!((padded.value, padded.canonical), (compact(&[1]), false));
}

#[test]
fn keys_have_a_byte_before_them_unless_there_are_none() {
    let empty = KeyCollection::default();
    assert_eq!(encode(&empty), [0]);
    assert_eq!(decode_exact::<KeyCollection>(&[0]), Ok(empty));
    let one = KeyCollection([Hash32([7; 32])].into());
    let bytes = [vec![4, 1], vec![7; 32]].concat();
    assert_eq!(encode(&one), bytes);
    assert_eq!(decode_exact::<KeyCollection>(&bytes), Ok(one));
    let without = [vec![4, 2], vec![7; 32]].concat();
    assert!(decode_exact::<KeyCollection>(&without).is_err());
}

#[test]
fn samples_are_four_bytes() {
    assert_eq!(
        encode(&MinhashSampleItem(0x1234_5678)),
        [0x78, 0x56, 0x34, 0x12]
    );
    assert_eq!(
        decode_exact::<MinhashSampleItem>(&[0x78, 0x56, 0x34, 0x12]),
        Ok(MinhashSampleItem(0x1234_5678))
    );
}
