//! Signed texts of all clients (12 §4.7; Trap 20).

use spacemesh_wallet::{SIGNED_TEXT_BYTES_MAX, SignedText, SignedTextError, TextForm, tx::Review};

use crate::made::{GENESIS, seed};

#[test]
fn what_is_signed_here_starts_with_the_prefix_and_is_no_transaction() {
    let signed = SignedText::sign(&seed(1), "  I hold this key ").unwrap();
    assert_eq!(signed.text, "Message:  I hold this key ");
    let read = SignedText::from_json(&signed.to_json()).unwrap();
    let verified = read.verify().unwrap();
    assert_eq!(
        (verified.form, verified.text.as_str(), verified.public_key),
        (
            TextForm::Prefixed,
            "  I hold this key ",
            seed(1).public_key()
        )
    );
    // Even a text that is made to look like one.
    let crafted = String::from_utf8(vec![0; 60]).unwrap();
    let signed = SignedText::sign(&seed(1), &crafted).unwrap();
    assert!(!signed.text.as_bytes().starts_with(GENESIS.as_ref()));
    let review = Review::of_message(signed.text.as_bytes());
    assert!(review.is_err() || review.unwrap().genesis_id.as_ref().starts_with(b"Message:"));
}

#[test]
fn smapp_signs_the_trimmed_text_but_prints_the_untrimmed_one() {
    let document = format!(
        "{{ \"text\": \" hello \", \"signature\": \"0x{}\", \"publicKey\": \"0x{}\" }}",
        seed(1).sign(b"hello"),
        seed(1).public_key()
    );
    let verified = SignedText::from_json(&document).unwrap().verify().unwrap();
    assert_eq!(
        (verified.form, verified.text.as_str()),
        (TextForm::Trimmed, "hello")
    );
}

#[test]
fn what_does_not_fit_is_told_apart() {
    let good = SignedText::sign(&seed(1), "hello").unwrap();
    let with = |change: fn(&mut SignedText)| {
        let mut changed = good.clone();
        change(&mut changed);
        changed.verify().unwrap_err()
    };
    assert_eq!(
        with(|text| text.text.push('!')),
        SignedTextError::DoesNotFit
    );
    assert_eq!(
        with(|text| text.public_key = seed(2).public_key().to_hex()),
        SignedTextError::DoesNotFit
    );
    assert_eq!(
        with(|text| text.signature.push('0')),
        SignedTextError::Signature
    );
    assert_eq!(
        with(|text| text.public_key.clear()),
        SignedTextError::PublicKey
    );
    assert_eq!(
        SignedText::from_json("hello"),
        Err(SignedTextError::NotASignedText)
    );
    let long = "x".repeat(SIGNED_TEXT_BYTES_MAX + 1);
    assert!(matches!(
        SignedText::sign(&seed(1), &long),
        Err(SignedTextError::TooLong { .. })
    ));
}
