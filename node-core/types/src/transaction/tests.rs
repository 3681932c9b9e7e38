//! Known answers of 02 that need no signing, and the shape of what parsing refuses.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use spacemesh_codec::encode;

use super::*;
use crate::{Address, Hash20, Hrp, LayerId, PublicKey, Smidge};

const KEY_0: &str = "a618d48453eba74b5818dda29db7ddf2f14ccc200b12a18e807965aa01592399";
const KEY_1: &str = "d47767e1a432b3cb02f5f83c39b3892ee50c12f38d26b60b5c94bbf1adff4817";

fn key(hex: &str) -> PublicKey {
    PublicKey::from_hex(hex).unwrap()
}

fn wallet_0() -> SpawnArgs {
    SpawnArgs::Wallet(key(KEY_0))
}

fn sm(args: &SpawnArgs) -> String {
    args.address().to_bech32(&Hrp::MAINNET)
}

#[test]
fn addresses_follow_from_template_and_arguments() {
    assert_eq!(
        sm(&wallet_0()),
        "sm1qqqqqqzfhvek32a4cd8haapqydf5k9qedp8xlfgcqfcuq"
    );
    assert_eq!(
        sm(&SpawnArgs::Wallet(key(KEY_1))),
        "sm1qqqqqqq2cl83rjm70zk4r4auam3m4j9l2pjmfgcgwnst3"
    );
    let owner = SpawnArgs::vesting(
        1,
        vec![key(
            "33f8d3b3a9fd558ccef98e9693b6b264e5a593ea096c8984012e94c6e7f72692",
        )],
    )
    .unwrap();
    assert_eq!(
        sm(&owner),
        "sm1qqqqqqphles02lr3um5t8fqxqspfvg525j4y50qvcrfwm"
    );
    let total = 100_000_000_000_000_000;
    let vault = SpawnArgs::vault(Vault {
        owner: owner.address(),
        total: Smidge(total),
        initial_unlock: Smidge(total / 4),
        start: LayerId(105_120),
        end: LayerId(420_480),
    })
    .unwrap();
    assert_eq!(
        sm(&vault),
        "sm1qqqqqq8wk2nfvmsn4qy7g3pmuqh74ylm73we4jcs6k9vu"
    );
    assert_eq!(
        hex::encode(&encode(&vault)[24..]),
        "1300008a5d784563010f008062175ed158826a060002aa1900"
    );
}

#[test]
fn only_the_four_template_addresses_are_templates() {
    let shown: Vec<String> = Template::ALL
        .iter()
        .map(|t| t.address().to_bech32(&Hrp::MAINNET))
        .collect();
    for (address, end) in
        shown
            .iter()
            .zip(["qqqg56ypy7", "qqqsl0g40s", "qqqcpmve3d", "qqqpq9n0h39"])
    {
        assert!(address.ends_with(end), "{address}");
    }
    let mut almost = Template::Wallet.address();
    almost.0[0] = 1;
    assert_eq!(Template::from_address(&almost), None);
    assert_eq!(Template::from_address(&Address::ZERO), None);
}

/// A spend of mainnet's layer 20000 (02, Known answers).
const MAINNET_SPEND: &str = "0000000000cab813f9f704780128025c1bc9b2db7e06005f08400804000000003107a56e492c81920fbdbcdbe70805702267e3b407408e86ea15e81a9e\
    2325626f4490e289eb28f5b4a828004af4c5cda57c1c69b26a44900268c69c74f725cb7be8bebd0c6060d93cb9bbaf3d3f40adbd854a67bd41a192bf0a";

#[test]
fn a_spend_of_mainnet_has_the_recorded_header_and_id() {
    let raw = hex::decode(MAINNET_SPEND).unwrap();
    assert_eq!(
        id_of(&raw).to_hex(),
        "43d77ed2620a8629e536d3099867f28349eefb05b79afb42a7f99eef9b101dde"
    );
    assert_eq!(
        principal_of(&raw).unwrap().to_bech32(&Hrp::MAINNET),
        "sm1qqqqqqx2hqflnacy0qqjsqjur0ym9km7qcq97zq7p8tz2"
    );
    assert_eq!(parse(&raw, None), Err(ParseTxError::NotSpawned));
    let parsed = parse(&raw, Some(&wallet_0())).unwrap();
    let header = parsed.header;
    assert_eq!(
        (
            header.nonce,
            header.gas_price,
            header.max_gas,
            header.max_spend
        ),
        (2, 1, 36_218, Smidge(94_129_000_000))
    );
    assert_eq!(
        (parsed.kind, raw.len() - parsed.signatures_offset),
        (Kind::Spend, 64)
    );
    let (transaction, size) = Transaction::decode_prefix(&raw).unwrap();
    assert_eq!(
        (size, transaction.to_bytes().as_slice()),
        (parsed.signatures_offset, &raw[..size])
    );
}

#[test]
fn max_gas_of_each_kind() {
    let wallet = wallet_0();
    let members = SpawnArgs::vesting(2, vec![key(KEY_0), key(KEY_1), key(KEY_0)]).unwrap();
    let destination = wallet.address();
    let amount = Smidge(1000);
    let vault = Vault {
        owner: members.address(),
        total: amount,
        initial_unlock: Smidge(250),
        start: LayerId(1),
        end: LayerId(2),
    };
    // Sizes of 02's table of known answers.
    assert_eq!(
        max_gas(&wallet, &Call::Spawn(wallet.clone()), true, 148),
        100_432
    );
    assert_eq!(
        max_gas(
            &wallet,
            &Call::Spend {
                destination,
                amount
            },
            false,
            118
        ),
        36_090
    );
    assert_eq!(
        max_gas(&members, &Call::Spawn(members.clone()), true, 280),
        145_480
    );
    assert_eq!(
        max_gas(&members, &Call::Spawn(SpawnArgs::Vault(vault)), false, 226),
        65_306
    );
    assert_eq!(
        max_gas(
            &members,
            &Call::Drain {
                vault: destination,
                destination,
                amount
            },
            false,
            210
        ),
        44_809
    );
}

#[test]
fn the_header_record_is_encoded_as_the_reference_stores_it() {
    let call = Call::Spend {
        destination: SpawnArgs::Wallet(key(KEY_1)).address(),
        amount: Smidge(1000),
    };
    let mut raw = Transaction {
        principal: wallet_0().address(),
        call,
        nonce: 1,
        gas_price: 1,
    }
    .to_bytes();
    raw.extend([0; 64]);
    let header = parse(&raw, Some(&wallet_0())).unwrap().header;
    assert_eq!(
        hex::encode(encode(&header)),
        "0000000049bb3368abb5c34f7ef42023534b1419684e6fa500000000000000000000000000000000000000000000000140040000ea33020004a10f"
    );
    assert_eq!(
        (header.fee(), header.spending()),
        (Smidge(36_090), Smidge(37_090))
    );
    let wrapping = TxHeader {
        max_gas: 1 << 32,
        gas_price: 1 << 32,
        ..header
    };
    assert_eq!(
        (wrapping.fee(), wrapping.spending()),
        (Smidge(0), Smidge(1000))
    );
}

#[test]
fn ten_of_ten_signers_fill_a_transaction_exactly() {
    let args = SpawnArgs::multisig(10, vec![key(KEY_0); 10]).unwrap();
    let spawn = |gas_price| Transaction {
        principal: args.address(),
        call: Call::Spawn(args.clone()),
        nonce: 0,
        gas_price,
    };
    assert_eq!(
        spawn(63).to_bytes().len() + args.signatures_size(),
        TX_SIZE_MAX
    );
    assert_eq!(
        spawn(64).to_bytes().len() + args.signatures_size(),
        TX_SIZE_MAX + 1
    );
}

#[test]
fn arguments_no_account_can_have_are_refused_with_the_rule() {
    let keys = vec![key(KEY_0); 2];
    assert_eq!(
        SpawnArgs::multisig(0, keys.clone()),
        Err(SpawnArgsError::NoneRequired)
    );
    assert_eq!(
        SpawnArgs::multisig(3, keys),
        Err(SpawnArgsError::TooFewKeys {
            required: 3,
            keys: 2
        })
    );
    assert_eq!(
        SpawnArgs::vesting(1, vec![key(KEY_0); 11]),
        Err(SpawnArgsError::TooManyKeys { found: 11 })
    );
    let vault = |initial, start, end| {
        let (total, initial_unlock) = (Smidge(100), Smidge(initial));
        SpawnArgs::vault(Vault {
            owner: Address::ZERO,
            total,
            initial_unlock,
            start: LayerId(start),
            end: LayerId(end),
        })
        .map(|_| ())
    };
    assert_eq!(
        vault(101, 1, 2),
        Err(SpawnArgsError::InitialUnlock {
            initial_unlock: Smidge(101),
            total: Smidge(100)
        })
    );
    assert_eq!(
        vault(100, 2, 1),
        Err(SpawnArgsError::EndsBeforeStart {
            start: LayerId(2),
            end: LayerId(1)
        })
    );
    assert_eq!(vault(100, 2, 2), Ok(()));
}

#[test]
fn malformed_transactions_are_refused_at_the_first_check_that_fails() {
    let raw = hex::decode(MAINNET_SPEND).unwrap();
    let account = wallet_0();
    assert!(matches!(
        parse(&[0; 1025], None),
        Err(ParseTxError::TooLong { found: 1025 })
    ));
    assert!(matches!(parse(&[4], None), Err(ParseTxError::Version(1))));
    assert!(matches!(
        parse(&[0; 20], None),
        Err(ParseTxError::Malformed(_))
    ));
    let mut drain = raw.clone();
    drain[25] = METHOD_DRAIN << 2;
    assert_eq!(
        parse(&drain, Some(&account)),
        Err(ParseTxError::UnknownMethod {
            template: Template::Wallet,
            method: METHOD_DRAIN
        })
    );
    let mut spawn = raw.clone();
    spawn[25] = 0;
    assert!(matches!(
        parse(&spawn, Some(&account)),
        Err(ParseTxError::UnknownTemplate(_))
    ));
    assert!(matches!(
        parse(&raw[..55], Some(&account)),
        Err(ParseTxError::Malformed(_))
    ));
}

#[test]
fn the_message_is_cut_from_the_end_and_trailing_bytes_are_left_to_verification() {
    let genesis = Hash20([7; 20]);
    let raw = hex::decode(MAINNET_SPEND).unwrap();
    let unsigned = raw.len() - 64;
    for trailing in [0, 1, 32] {
        let mut raw = raw.clone();
        raw.extend(vec![9; trailing]);
        let parsed = parse(&raw, Some(&wallet_0())).unwrap();
        let expected = signing_message(genesis, &raw[..unsigned + trailing]);
        assert!(parsed.is_signed(&raw, genesis, |_, message, signature| {
            message == expected.as_slice() && signature.0 == raw[unsigned..unsigned + 64]
        }));
    }
    let parsed = parse(&raw, Some(&wallet_0())).unwrap();
    assert!(!parsed.is_signed(&raw[..raw.len() - 1], genesis, |_, _, _| true));
}

#[test]
fn several_signers_need_exactly_the_required_parts_in_order_of_their_keys() {
    let genesis = Hash20([7; 20]);
    let account = SpawnArgs::multisig(2, vec![key(KEY_0); 3]).unwrap();
    let call = Call::Spend {
        destination: Address::ZERO,
        amount: Smidge(1),
    };
    let unsigned = Transaction {
        principal: account.address(),
        call,
        nonce: 1,
        gas_price: 1,
    }
    .to_bytes();
    let signed_by = |indices: &[u8]| {
        let mut raw = unsigned.clone();
        for index in indices {
            raw.push(index << 2);
            raw.extend([1; 64]);
        }
        let parsed = parse(&raw, Some(&account)).unwrap();
        parsed.is_signed(&raw, genesis, |_, message, _| {
            message == signing_message(genesis, &unsigned)
        })
    };
    assert!(signed_by(&[0, 1]) && signed_by(&[0, 2]) && signed_by(&[1, 2]));
    assert!(!signed_by(&[1, 0]) && !signed_by(&[1, 1]) && !signed_by(&[0]) && !signed_by(&[0, 3]));
    // One part too many moves the end of the signed message.
    assert!(!signed_by(&[0, 1, 2]));
}

#[test]
fn a_vault_has_no_nonce_and_never_signs() {
    let terms = Vault {
        owner: Address::ZERO,
        total: Smidge(8),
        initial_unlock: Smidge(2),
        start: LayerId(1),
        end: LayerId(9),
    };
    let vault = SpawnArgs::Vault(terms);
    let mut raw = vec![0];
    raw.extend(vault.address().0);
    raw.push(METHOD_SPEND << 2);
    raw.extend([0; 24]);
    raw.push(5 << 2);
    let parsed = parse(&raw, Some(&vault)).unwrap();
    assert_eq!(
        (parsed.header.gas_price, parsed.header.max_spend),
        (0, Smidge::ZERO)
    );
    assert_eq!(parsed.header.max_gas, 128 * 7);
    assert!(!parsed.is_signed(&raw, Hash20::ZERO, |_, _, _| true));
}

#[test]
fn vaults_release_in_proportion_rounded_down() {
    let vault = |total, start, end| Vault {
        owner: Address::ZERO,
        total: Smidge(total),
        initial_unlock: Smidge(0),
        start: LayerId(start),
        end: LayerId(end),
    };
    let small = vault(100, 2, 10);
    for (layer, released) in [
        (0, 0),
        (2, 0),
        (3, 12),
        (5, 37),
        (9, 87),
        (10, 100),
        (u32::MAX, 100),
    ] {
        assert_eq!(
            vested(&small, LayerId(layer)),
            Smidge(released),
            "layer {layer}"
        );
    }
    for (total, layer, released) in [
        (150_000_000_000_000_000, 420_479, 149_999_524_353_120_243),
        (1_000_000_000_000, 105_121, 3_170_979),
        (1_000_000_000_000, 200_000, 300_862_506_341),
        (2_743_200_000_000_000, 105_121, 8_698_630_136),
        (2_743_200_000_000_000, 200_000, 825_326_027_397_260),
        (2_743_200_000_000_000, 420_479, 2_743_191_301_369_863),
    ] {
        assert_eq!(
            vested(&vault(total, 105_120, 420_480), LayerId(layer)),
            Smidge(released)
        );
    }
    assert_eq!(vested(&vault(7, 5, 5), LayerId(4)), Smidge(0));
    assert_eq!(vested(&vault(7, 5, 5), LayerId(5)), Smidge(7));
}

#[test]
fn a_vault_keeps_what_is_not_released_and_no_more() {
    let vault = Vault::of_genesis(Address::ZERO, Smidge(1000));
    assert_eq!(vault.initial_unlock, Smidge(250));
    let (start, end) = (Vault::GENESIS_START, Vault::GENESIS_END);
    assert_eq!(drainable(&vault, Smidge(1000), start), Some(Smidge(0)));
    // Received on top of the endowment.
    assert_eq!(drainable(&vault, Smidge(1001), LayerId(0)), Some(Smidge(1)));
    assert_eq!(drainable(&vault, Smidge(999), start), None);
    assert_eq!(drainable(&vault, Smidge(400), end), Some(Smidge(400)));
}
