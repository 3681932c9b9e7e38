//! Amounts.

use proptest::prelude::*;
use spacemesh_types::{AmountError, Smidge};

#[test]
fn amounts_in_smh_are_exact() {
    for (smidge, text) in [
        (0, "0"),
        (1, "0.000000001"),
        (1_500_000_000, "1.5"),
        (3_000_000_000, "3"),
        (u64::MAX, "18446744073.709551615"),
    ] {
        assert_eq!(Smidge(smidge).to_smh(), text);
        assert_eq!(Smidge::from_smh(text), Ok(Smidge(smidge)));
    }
    assert_eq!(Smidge::from_smh(".5"), Ok(Smidge(500_000_000)));
    assert_eq!(Smidge::from_smh("5."), Ok(Smidge(5_000_000_000)));
    assert_eq!(
        Smidge::from_smh("0001.5000000000000"),
        Ok(Smidge(1_500_000_000))
    );
}

#[test]
fn nothing_is_rounded_or_guessed() {
    for text in [
        "", ".", "1,5", "-1", "+1", "1e3", "1.5.0", " 1", "0x10", "½",
    ] {
        assert_eq!(
            Smidge::from_smh(text),
            Err(AmountError::NotANumber(text.to_owned())),
            "{text}"
        );
    }
    let fine = "0.0000000001".to_owned();
    assert_eq!(Smidge::from_smh(&fine), Err(AmountError::TooFine(fine)));
    for text in [
        "18446744073.709551616",
        "18446744074",
        "99999999999999999999999999",
    ] {
        assert_eq!(
            Smidge::from_smh(text),
            Err(AmountError::TooLarge(text.to_owned()))
        );
    }
}

#[test]
fn sums_that_are_too_large_are_none() {
    let most = Smidge(u64::MAX);
    assert_eq!(most.checked_add(Smidge(1)), None);
    assert_eq!(Smidge(1).checked_sub(Smidge(2)), None);
    assert_eq!(most.checked_mul(2), None);
    assert_eq!(Smidge::checked_sum([most, Smidge(0)]), Some(most));
    assert_eq!(Smidge::checked_sum([most, Smidge(1)]), None);
}

proptest! {
    #[test]
    fn amounts_round_trip(smidge: u64) {
        prop_assert_eq!(Smidge::from_smh(&Smidge(smidge).to_smh()), Ok(Smidge(smidge)));
    }

    #[test]
    fn arbitrary_text_never_panics(text: String) {
        let _ = Smidge::from_smh(&text);
    }
}
