//! Addresses and their text (01 §4.3). Valid and invalid texts of the reference are in `tests/vectors/01-vectors.json`.

use proptest::prelude::*;
use spacemesh_types::{Address, AddressError, Hrp};

const GOOD: &str = "sm1qqqqqqylyl2l0zsmmax0wnutt4dwnrkcwef5eeq3xladz";

fn error(text: &str) -> AddressError {
    Address::parse(text, &Hrp::MAINNET).unwrap_err()
}

#[test]
fn upper_case_is_read_and_mixed_case_is_not() {
    let address = Address::parse(GOOD, &Hrp::MAINNET).unwrap();
    assert_eq!(
        Address::parse(&GOOD.to_uppercase(), &Hrp::MAINNET),
        Ok(address)
    );
    assert_eq!(error(&GOOD.replace('z', "Z")), AddressError::MixedCase);
}

#[test]
fn padding_bits_and_a_40th_symbol_are_not_checked_but_noted() {
    let canonical = Address::parse_noting(GOOD, &Hrp::MAINNET).unwrap();
    assert!(canonical.canonical);
    for other in [
        "sm1qqqqqqylyl2l0zsmmax0wnutt4dwnrkcwef5eepvstgss",
        "sm1qqqqqqylyl2l0zsmmax0wnutt4dwnrkcwef5eeqlyy6ypt",
    ] {
        let parsed = Address::parse_noting(other, &Hrp::MAINNET).unwrap();
        assert_eq!(
            (parsed.address, parsed.canonical),
            (canonical.address, false)
        );
    }
}

#[test]
fn each_mistake_is_named() {
    assert_eq!(
        error("sm1qqqq"),
        AddressError::TooShort("sm1qqqq".to_owned())
    );
    assert_eq!(
        error("sm1qqqq qqq"),
        AddressError::Character {
            character: ' ',
            position: 7
        }
    );
    assert_eq!(
        error("sm1qqqqäqqq"),
        AddressError::Character {
            character: 'ä',
            position: 7
        }
    );
    assert_eq!(
        error("qqqqqqqqqq"),
        AddressError::NoSeparator("qqqqqqqqqq".to_owned())
    );
    assert_eq!(
        error("1qqqqqqqqqq"),
        AddressError::NoSeparator("1qqqqqqqqqq".to_owned())
    );
    assert_eq!(
        error("sm12345qqqqb"),
        AddressError::Character {
            character: 'b',
            position: 11
        }
    );
    assert_eq!(
        error(&GOOD.replace("xladz", "xladx")),
        AddressError::Checksum
    );
    let other = AddressError::OtherNetwork {
        found: "stest".to_owned(),
        expected: "sm".to_owned(),
    };
    assert_eq!(
        error("stest1qqqqqqy0dd83jemjmfj3ghjndxm0ndh0z2rymaqyp0gu3"),
        other
    );
}

#[test]
fn the_later_bech32m_checksum_is_refused() {
    // BIP-350's first valid string; its checksum constant is not 1.
    assert_eq!(
        error("abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx"),
        AddressError::Checksum
    );
    // BIP-173's string with the same prefix has a fine checksum and no address behind it.
    let bip_173 = error("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw");
    assert_eq!(bip_173, AddressError::Length { symbols: 32 });
}

#[test]
fn a_prefix_that_no_address_can_have_is_refused() {
    for bad in ["", "SM", "s m", "smé"] {
        assert_eq!(Hrp::new(bad), Err(AddressError::BadHrp(bad.to_owned())));
    }
}

#[test]
fn emptiness_looks_at_the_last_twenty_bytes_only() {
    let mut bytes = [0; 24];
    bytes[0] = 1;
    assert!(Address(bytes).is_empty());
    bytes[4] = 1;
    assert!(!Address(bytes).is_empty());
}

proptest! {
    #[test]
    fn addresses_round_trip_under_every_prefix(key: [u8; 20], prefix in "[a-z0-9]{1,20}") {
        let hrp = Hrp::new(prefix).unwrap();
        let address = Address::generate(&key);
        let text = address.to_bech32(&hrp);
        prop_assert_eq!(text.len(), hrp.as_str().len() + 1 + 39 + 6);
        let parsed = Address::parse_noting(&text, &hrp).unwrap();
        prop_assert_eq!((parsed.address, parsed.canonical), (address, true));
    }

    #[test]
    fn one_wrong_character_is_always_noticed(key: [u8; 20], at in 3_usize..48, letter in 1_usize..32) {
        const CHARSET: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
        let text = Address::generate(&key).to_bech32(&Hrp::MAINNET);
        let mut bytes = text.into_bytes();
        let place = CHARSET.iter().position(|symbol| *symbol == bytes[at]).unwrap();
        bytes[at] = CHARSET[(place + letter) % 32];
        prop_assert_eq!(error(&String::from_utf8(bytes).unwrap()), AddressError::Checksum);
    }

    #[test]
    fn arbitrary_text_never_panics(text: String, tail in "[qpzry9x8gf2tvdw0s3jn54khce6mua7l1]{0,60}") {
        let _ = Address::parse(&text, &Hrp::MAINNET);
        let _ = Address::parse(&format!("sm1{tail}"), &Hrp::MAINNET);
    }
}
