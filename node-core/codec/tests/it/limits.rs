//! Limits of lists, and memory that a claim alone must not cost (01 §1.3).

use proptest::prelude::*;
use spacemesh_codec::{
    BoundedBytes, BoundedVec, DecodeErrorKind, TooManyElements, decode_exact, decode_slice,
};

use crate::{bytes, check, refuse};

#[test]
fn a_list_above_its_limit_is_refused_at_its_count() {
    check(BoundedVec::<u8, 2>::from([1, 2]), "080102");
    refuse::<BoundedVec<u8, 2>>("0c04080c", 0, DecodeErrorKind::TooMany { count: 3, max: 2 });
    refuse::<(u8, BoundedVec<u64, 2>)>(
        "000c04080c",
        1,
        DecodeErrorKind::TooMany { count: 3, max: 2 },
    );
    let error = decode_slice::<u64>(&bytes("0c04080c"), 2).unwrap_err();
    assert_eq!(error.kind, DecodeErrorKind::TooMany { count: 3, max: 2 });
}

#[test]
fn a_list_above_its_limit_cannot_be_made() {
    let too_many = TooManyElements { count: 3, max: 2 };
    assert_eq!(BoundedVec::<u8, 2>::try_from(vec![1, 2, 3]), Err(too_many));
    assert_eq!(
        BoundedVec::<u8, 2>::try_from([1, 2, 3].as_slice()),
        Err(too_many)
    );
    let mut list = BoundedVec::<u8, 2>::from([1, 2]);
    assert_eq!(list.push(3), Err(too_many));
    assert_eq!(list.as_slice(), [1, 2]);
}

#[test]
fn four_bytes_do_not_claim_260_mebibytes() {
    // The count is within the limit, so only the missing content can be the error.
    refuse::<BoundedBytes<272_629_760>>(
        "02000041",
        4,
        DecodeErrorKind::UnexpectedEnd {
            needed: 272_629_760,
            left: 0,
        },
    );
    let ids = decode_exact::<BoundedVec<[u8; 32], 8_000_000>>(&bytes("0248e801"));
    assert!(matches!(
        ids.unwrap_err().kind,
        DecodeErrorKind::UnexpectedEnd { .. }
    ));
}

proptest! {
    #[test]
    fn a_list_reserves_no_more_elements_than_the_input_has_bytes_for(input in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(list) = decode_exact::<BoundedVec<[u8; 32], 8_000_000>>(&input) {
            prop_assert!(list.capacity() * 32 <= input.len());
        }
        if let Ok(list) = decode_exact::<BoundedVec<Option<u64>, 8_000_000>>(&input) {
            prop_assert!(list.capacity() <= input.len());
        }
        if let Ok(list) = decode_exact::<BoundedBytes<8_000_000>>(&input) {
            prop_assert!(list.capacity() <= input.len());
        }
    }
}
