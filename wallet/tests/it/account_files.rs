//! `.account` files, which members of a shared account pass around.

use spacemesh_types::{
    Hrp, LayerId, Smidge,
    transaction::{SpawnArgs, Vault},
};
use spacemesh_wallet::{AccountFile, AccountFileError};

use crate::made::{seed, wallet_of};

#[test]
fn every_template_reads_back_on_every_network() {
    let keys = [1, 2, 3].map(|n| seed(n).public_key()).to_vec();
    let vesting = SpawnArgs::vesting(3, keys.clone()).unwrap();
    let vault = SpawnArgs::vault(Vault {
        owner: vesting.address(),
        // Above 2^53, where a number of JavaScript would round.
        total: Smidge(u64::MAX),
        initial_unlock: Smidge((1 << 53) + 1),
        start: LayerId(1),
        end: LayerId(u32::MAX),
    })
    .unwrap();
    for args in [
        wallet_of(1),
        SpawnArgs::multisig(2, keys).unwrap(),
        vesting,
        vault,
    ] {
        for hrp in [Hrp::MAINNET, Hrp::TESTNET, Hrp::STANDALONE] {
            let file = AccountFile {
                name: "Club".into(),
                args: args.clone(),
            };
            let text = file.to_json(&hrp);
            assert_eq!(AccountFile::parse(text.as_bytes()), Ok(file.clone()));
            let name = format!("{}.account", args.address().to_bech32(&hrp));
            assert_eq!(file.file_name(&hrp), name);
        }
    }
}

#[test]
fn a_file_of_smapp_lite_with_left_over_members_is_read() {
    let text = format!(
        r#"{{"displayName":"W","templateAddress":"0x{}01","extra":[1],
            "spawnArguments":{{"displayName":"W","templateAddress":"x","PublicKey":"0x{}"}}}}"#,
        "00".repeat(23),
        seed(1).public_key()
    );
    let file = AccountFile::parse(text.as_bytes()).unwrap();
    assert_eq!(file.args, wallet_of(1));
}

#[test]
fn what_is_missing_is_named() {
    let error = |template: u8, arguments: &str| {
        let text = format!(
            r#"{{"displayName":"","templateAddress":"{}{template:02x}","spawnArguments":{arguments}}}"#,
            "00".repeat(23)
        );
        AccountFile::parse(text.as_bytes()).unwrap_err()
    };
    assert_eq!(error(1, "{}"), AccountFileError::Argument("PublicKey"));
    assert_eq!(
        error(2, r#"{"PublicKeys":[]}"#),
        AccountFileError::Argument("Required")
    );
    assert_eq!(
        error(2, r#"{"Required":1,"PublicKeys":["zz"]}"#),
        AccountFileError::Argument("PublicKeys")
    );
    assert!(matches!(
        error(3, r#"{"Required":1,"PublicKeys":[]}"#),
        AccountFileError::Args(_)
    ));
    assert_eq!(error(4, "{}"), AccountFileError::Argument("Owner"));
    assert!(matches!(error(9, "{}"), AccountFileError::Template(_)));
    assert_eq!(
        AccountFile::parse(b"[]").unwrap_err(),
        AccountFileError::NotAnAccount
    );
    assert!(matches!(
        AccountFile::parse(&vec![b' '; 1 << 20]),
        Err(AccountFileError::TooLarge { .. })
    ));
}
