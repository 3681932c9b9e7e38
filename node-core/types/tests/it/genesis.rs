//! Genesis, what follows from it, and the file in a data folder (01 §5).

use spacemesh_types::{
    Address, Hrp, LayerId, Network, Preset, Smidge, Timestamp,
    network::{Genesis, GenesisDifference, GenesisError, GenesisFile, smapp_local_id},
};

fn genesis(seconds: i64, extra_data: &str) -> Genesis {
    Genesis {
        time: Timestamp::from_unix_seconds(seconds),
        extra_data: extra_data.to_owned(),
        accounts: None,
    }
}

#[test]
fn the_networks_are_those_of_the_specification() {
    let expected = [
        ("9eebff023abb17ccb775c602daade8ed708f0a50-8063", "sm", 8064),
        ("e956eff99be943fb70bd385dd509a3f84e9a75dd-575", "stest", 576),
    ];
    for (network, (prologue, hrp, first)) in [Network::mainnet(), Network::testnet()]
        .into_iter()
        .zip(expected)
    {
        assert_eq!(network.prologue(), prologue);
        assert_eq!(
            (network.hrp.as_str(), network.first_content_layer()),
            (hrp, LayerId(first))
        );
        assert!(network.clock().is_ok());
    }
    let now = Timestamp::from_unix_seconds(1_700_000_000);
    for (network, hrp, last, seconds) in [
        (Network::standalone(now), Hrp::STANDALONE, 19, 6),
        (Network::fastnet(now), Hrp::TESTNET, 7, 15),
    ] {
        assert_eq!(
            (network.effective_genesis, network.hrp.clone()),
            (LayerId(last), hrp)
        );
        assert_eq!(network.layer_duration.as_secs(), seconds);
        assert!(network.clock().is_ok());
    }
    // Without a time of their own their clock does not run.
    assert!(Preset::Standalone.network(None).clock().is_err());
    assert!(Network::mainnet().is_mainnet() && !Network::testnet().is_mainnet());
}

#[test]
fn mainnet_s_accounts_are_addresses_of_150_million_smh() {
    let accounts = Network::mainnet().genesis.accounts.unwrap();
    assert_eq!(accounts.len(), 28);
    assert!(accounts.keys().all(|text| {
        Address::parse_noting(text, &Hrp::MAINNET)
            .unwrap()
            .canonical
    }));
    assert_eq!(
        Smidge::checked_sum(accounts.into_values())
            .unwrap()
            .to_smh(),
        "150000000"
    );
}

#[test]
fn a_checkpoint_moves_the_effective_genesis_and_not_the_first_one() {
    let network = Network::mainnet().recovered_at(LayerId(20_000));
    assert_eq!(network.effective_genesis, LayerId(19_999));
    assert_eq!(network.first_effective_genesis(), LayerId(8063));
    assert_eq!(
        network.prologue(),
        "9eebff023abb17ccb775c602daade8ed708f0a50-19999"
    );
}

#[test]
fn the_id_is_made_of_decimal_seconds_and_text() {
    assert_eq!(
        genesis(10_101, "one").id().to_hex(),
        "75b79ed3c7135142f73f77f5260083b352efaf19"
    );
    // Fractions of a second and the zone do not matter.
    let mut fraction = genesis(10_101, "one");
    fraction.time = Timestamp::from_unix_nanos(10_101_999_999_999);
    assert_eq!(fraction.id(), genesis(10_101, "one").id());
    assert_ne!(genesis(-10_101, "one").id(), genesis(10_101, "one").id());
}

#[test]
fn the_text_has_one_to_255_bytes() {
    assert_eq!(genesis(1, "").validate(), Err(GenesisError::NoExtraData));
    assert_eq!(genesis(1, &"x".repeat(255)).validate(), Ok(()));
    assert_eq!(
        genesis(1, &"x".repeat(256)).validate(),
        Err(GenesisError::ExtraDataTooLong(256))
    );
}

#[test]
fn the_older_smapp_s_folders_have_another_id() {
    let mainnet = Network::mainnet().genesis;
    let local = smapp_local_id("2023-07-14T08:00:00Z", &mainnet.extra_data);
    assert_eq!(local.to_hex(), "7c8cef2bfd54447d60c3ffcc5daf974b24b74605");
}

#[test]
fn the_file_keeps_a_folder_from_another_network() {
    let mainnet = Network::mainnet().genesis;
    let file = GenesisFile::parse(GenesisFile::of(&mainnet).to_json().as_bytes()).unwrap();
    assert_eq!(file.difference(&mainnet), None);
    let mut other = mainnet.clone();
    other.accounts.as_mut().unwrap().pop_first();
    let accounts = GenesisDifference {
        accounts: true,
        ..GenesisDifference::default()
    };
    assert_eq!(file.difference(&other), Some(accounts));
    let difference = file.difference(&Network::testnet().genesis).unwrap();
    assert_eq!(difference.time, Some(mainnet.time));
    assert_eq!(difference.extra_data, Some(mainnet.extra_data));
}

#[test]
fn no_accounts_and_an_empty_list_of_accounts_are_different() {
    let none = genesis(1, "x");
    let mut empty = none.clone();
    empty.accounts = Some([].into());
    assert_eq!(
        GenesisFile::of(&none).to_json(),
        "{\"GenesisTime\":\"1970-01-01T00:00:01Z\",\"ExtraData\":\"x\",\"Accounts\":null}\n"
    );
    assert!(GenesisFile::of(&none).difference(&empty).is_some());
}

#[test]
fn times_are_compared_as_instants() {
    let file = br#"{"GenesisTime":"2023-07-14T10:00:00+02:00","ExtraData":"x","Accounts":null}"#;
    let file = GenesisFile::parse(file).unwrap();
    assert_eq!(file.difference(&genesis(1_689_321_600, "x")), None);
    assert!(GenesisFile::parse(b"{}").is_err());
    assert!(
        GenesisFile::parse(br#"{"GenesisTime":"now","ExtraData":"x","Accounts":null}"#).is_err()
    );
}
