//! Collecting signatures (12 §4.4; Traps 18, 19, 23).

use spacemesh_types::{
    EdSignature, Hash20, Smidge,
    transaction::{SpawnArgs, parse},
};
use spacemesh_wallet::{
    tx::{Action, Draft, PendingTx, RejectedPart, TransferError, TxError, bytes_from_text},
    verify,
};

use crate::made::{GENESIS, address, seed, wallet_of};

fn club() -> SpawnArgs {
    SpawnArgs::multisig(2, [1, 2, 3].map(|n| seed(n).public_key()).to_vec()).unwrap()
}

fn payment(account: SpawnArgs) -> PendingTx {
    Draft {
        account,
        action: Action::Spend {
            destination: address(9),
            amount: Smidge(1_200_000_000_000),
        },
        nonce: 5,
        gas_price: 1,
    }
    .build(GENESIS)
    .unwrap()
}

fn import(bytes: &[u8]) -> spacemesh_wallet::tx::ImportedTx {
    PendingTx::import(bytes, GENESIS, |_| Some(club())).unwrap()
}

#[test]
fn members_sign_on_their_own_and_their_files_are_merged() {
    let unsigned = payment(club());
    assert!(unsigned.file_name().starts_with("tx-unsigned-"));
    let mut first = unsigned.clone();
    assert_eq!(first.sign(&seed(3)).unwrap(), 2);
    assert_eq!((first.missing(), first.is_complete()), (1, false));
    assert_eq!(first.to_raw(), Err(TxError::Incomplete { missing: 1 }));

    let text = first.to_hex_text();
    assert!(text.starts_with("0x") && !text.ends_with('\n'));
    assert_eq!(
        first.file_name(),
        format!("tx-signed-{}.hex", &text[text.len() - 6..])
    );
    let mut second = import(&bytes_from_text(&format!("{text}\r\n")).unwrap()).pending;
    assert_eq!(second, first);
    second.sign(&seed(1)).unwrap();
    let mut merged = unsigned;
    merged.merge(&first).unwrap();
    merged.merge(&second).unwrap();
    merged.merge(&second).unwrap();
    assert_eq!(merged, second);
    assert_eq!(merged.signed_by().collect::<Vec<_>>(), [0, 2]);
    let raw = merged.to_raw().unwrap();
    let parsed = parse(&raw, Some(&club())).unwrap();
    assert!(parsed.is_signed(&raw, GENESIS, verify));
    assert_eq!(merged.id(), second.id());
}

#[test]
fn exactly_the_required_signatures_are_sent_even_if_all_members_signed() {
    let mut pending = payment(club());
    for number in [1, 2, 3] {
        pending.sign(&seed(number)).unwrap();
    }
    let raw = pending.to_raw().unwrap();
    assert_eq!(raw.len(), pending.unsigned().len() + 2 * 65);
    assert!(
        parse(&raw, Some(&club()))
            .unwrap()
            .is_signed(&raw, GENESIS, verify)
    );
    // The export has all three; on the network that would be invalid.
    let export = pending.to_export();
    assert_eq!(export.len(), pending.unsigned().len() + 3 * 65);
    assert!(
        !parse(&export, Some(&club()))
            .unwrap()
            .is_signed(&export, GENESIS, verify)
    );
    assert_eq!(import(&export).pending, pending);
}

#[test]
fn signatures_that_do_not_fit_are_left_out_and_named() {
    let mut good = payment(club());
    good.sign(&seed(2)).unwrap();
    let part = good.to_export()[good.unsigned().len()..].to_vec();
    let with = |parts: &[&[u8]]| {
        let imported = import(&[good.unsigned(), &parts.concat()].concat());
        (
            imported.pending.signed_by().collect::<Vec<_>>(),
            imported.rejected,
        )
    };
    assert_eq!(with(&[&part]), (vec![1], vec![]));
    // The same part twice, as a merge by another program can leave it.
    assert_eq!(
        with(&[&part, &part]),
        (vec![1], vec![RejectedPart::Duplicate(1)])
    );
    // Another member's place.
    let mut moved = part.clone();
    moved[0] = 2 << 2;
    assert_eq!(with(&[&moved]), (vec![], vec![RejectedPart::DoesNotFit(2)]));
    moved[0] = 3 << 2;
    assert_eq!(with(&[&moved]), (vec![], vec![RejectedPart::NoMember(3)]));
    let mut flipped = part.clone();
    flipped[40] ^= 1;
    assert_eq!(
        with(&[&flipped, &part]),
        (vec![1], vec![RejectedPart::DoesNotFit(1)])
    );
    // Signed for another network.
    let other = PendingTx::import(&good.to_export(), Hash20([7; 20]), |_| Some(club())).unwrap();
    assert_eq!(other.rejected, [RejectedPart::DoesNotFit(1)]);
    // Cut in the middle.
    let cut = [good.unsigned(), &part[..30]].concat();
    assert!(matches!(
        PendingTx::import(&cut, GENESIS, |_| Some(club())),
        Err(TxError::SignaturesLength {
            found: 30,
            expected: 65
        })
    ));
}

#[test]
fn different_transactions_are_not_merged() {
    let mut a = payment(club());
    let mut other = Draft {
        account: club(),
        action: Action::SelfSpawn,
        nonce: 5,
        gas_price: 1,
    }
    .build(GENESIS)
    .unwrap();
    other.sign(&seed(1)).unwrap();
    assert_eq!(a.merge(&other), Err(TxError::Different));
    let elsewhere = Draft {
        account: club(),
        action: Action::SelfSpawn,
        nonce: 5,
        gas_price: 1,
    }
    .build(Hash20([7; 20]))
    .unwrap();
    assert_eq!(other.merge(&elsewhere), Err(TxError::Different));
    assert_eq!(a.signed_by().count(), 0);
}

#[test]
fn only_members_sign_and_each_once() {
    let mut pending = payment(club());
    let stranger = seed(8).public_key();
    assert_eq!(pending.sign(&seed(8)), Err(TxError::NotAMember(stranger)));
    pending.sign(&seed(1)).unwrap();
    assert_eq!(
        pending.sign(&seed(1)),
        Err(TxError::SignedAlready(seed(1).public_key()))
    );
    // A device's answer is checked before it is believed.
    let forged = EdSignature([1; 64]);
    assert_eq!(
        pending.add_signature(&seed(2).public_key(), forged),
        Err(RejectedPart::DoesNotFit(1).into())
    );
    let signature = seed(2).sign(&pending.signing_message());
    assert_eq!(
        pending.add_signature(&seed(2).public_key(), signature),
        Ok(1)
    );
    // A key that stands twice in the account signs for both places.
    let twice = SpawnArgs::multisig(2, vec![seed(4).public_key(); 2]).unwrap();
    let mut pending = payment(twice);
    assert_eq!(
        (pending.sign(&seed(4)), pending.sign(&seed(4))),
        (Ok(0), Ok(1))
    );
    assert!(pending.is_complete());
}

#[test]
fn the_order_of_keys_is_part_of_the_account() {
    let turned = [2, 1, 3].map(|n| seed(n).public_key()).to_vec();
    assert_ne!(
        club().address(),
        SpawnArgs::multisig(2, turned).unwrap().address()
    );
}

#[test]
fn a_transaction_of_an_unknown_account_is_shown_but_not_taken() {
    let pending = payment(wallet_of(1));
    let export = pending.to_export();
    match PendingTx::import(&export, GENESIS, |_| None) {
        Err(TxError::UnknownPrincipal {
            principal,
            transaction,
        }) => {
            assert_eq!(principal, address(1));
            assert_eq!(&*transaction, pending.transaction());
        }
        other => panic!("{other:?}"),
    }
    // An account that doesn't have this address is as good as none.
    let wrong = PendingTx::import(&export, GENESIS, |_| Some(wallet_of(2)));
    assert!(matches!(wrong, Err(TxError::UnknownPrincipal { .. })));
    // A self-spawn says itself what the account is.
    let spawn = Draft {
        account: club(),
        action: Action::SelfSpawn,
        nonce: 0,
        gas_price: 1,
    };
    let mut spawn = spawn.build(GENESIS).unwrap();
    spawn.sign(&seed(2)).unwrap();
    let imported = PendingTx::import(&spawn.to_export(), GENESIS, |_| None).unwrap();
    assert_eq!(imported.pending, spawn);
}

#[test]
fn text_is_read_with_or_without_prefix_capitals_and_line_ends() {
    let mut pending = payment(wallet_of(1));
    pending.sign(&seed(1)).unwrap();
    let bytes = pending.to_export();
    let digits = hex::encode(&bytes);
    for text in [
        pending.to_hex_text(),
        pending.to_qr_text(),
        format!("  {digits}\n"),
        format!("\u{feff}0X{digits}\r\n\t"),
    ] {
        assert_eq!(bytes_from_text(&text).as_deref(), Ok(bytes.as_slice()));
    }
    // Fits the alphanumeric mode of QR codes.
    assert!(
        pending
            .to_qr_text()
            .bytes()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
    );
    assert_eq!(bytes_from_text("0x"), Err(TransferError::Empty));
    assert_eq!(
        bytes_from_text(" 0x123"),
        Err(TransferError::Odd { found: 3 })
    );
    assert_eq!(
        bytes_from_text("0x12g4"),
        Err(TransferError::Digit {
            found: 'g',
            position: 5
        })
    );
    assert_eq!(
        bytes_from_text("12\n34"),
        Err(TransferError::Digit {
            found: '\n',
            position: 3
        })
    );
    assert_eq!(
        bytes_from_text(&"0".repeat(20_000)),
        Err(TransferError::TooLong { found: 20_000 })
    );
}
