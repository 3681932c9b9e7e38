//! Which version an ATX has (05 §6), and rules from a configuration.

use std::collections::BTreeMap;

use spacemesh_activation::{AtxVersions, AtxVersionsError, Rules, Timing};
use spacemesh_types::{
    AtxVersion, EpochId, Network,
    config::{Config, Host},
};

fn versions(entries: &[(u32, u32)]) -> Result<AtxVersions, AtxVersionsError> {
    let entries = entries.iter();
    let entries = entries.map(|&(epoch, version)| (EpochId(epoch), AtxVersion(version)));
    AtxVersions::new(&entries.collect::<BTreeMap<_, _>>())
}

#[test]
fn the_last_entry_that_is_reached_counts() {
    let versions = versions(&[(3, 1), (9, 2)]).unwrap();
    for (epoch, version) in [(0, 1), (3, 1), (8, 1), (9, 2), (u32::MAX, 2)] {
        assert_eq!(
            versions.at(EpochId(epoch)),
            AtxVersion(version),
            "epoch {epoch}"
        );
    }
    assert_eq!(AtxVersions::default().at(EpochId(1000)), AtxVersion::V1);
}

#[test]
fn epoch_0_may_be_overridden_and_versions_never_decrease() {
    assert_eq!(versions(&[(0, 2)]).unwrap().at(EpochId(0)), AtxVersion::V2);
    assert!(matches!(
        versions(&[(0, 2), (5, 1)]),
        Err(AtxVersionsError::Decreases { .. })
    ));
    for unknown in [0, 3] {
        assert!(matches!(
            versions(&[(5, unknown)]),
            Err(AtxVersionsError::Unknown { .. })
        ));
    }
}

#[test]
fn mainnet_has_the_parameters_of_the_chapter() {
    let config = Config::builder(Host::default()).build().unwrap();
    let rules = Rules::from_config(&config, &Network::mainnet()).unwrap();
    assert_eq!(rules.tick_size.get(), 9_331_200);
    assert_eq!((rules.min_num_units, rules.max_num_units), (4, u32::MAX));
    assert_eq!(
        (rules.labels_per_unit, rules.k2, rules.k3),
        (1 << 32, 37, 1)
    );
    assert_eq!(rules.versions.at(EpochId(1000)), AtxVersion::V1);
    let timing = Timing::from_config(&config);
    assert_eq!(timing.phase_shift.as_secs(), 240 * 3600);
    assert_eq!(timing.positioning_timeout.unwrap().as_secs(), 50 * 60);
    assert_eq!(timing.poet_retry_interval.as_secs(), 25);
    assert_eq!(timing.regossip_interval.unwrap().as_secs(), 2 * 3600);
    let standalone = Config::builder(Host::default())
        .preset(spacemesh_types::Preset::Standalone)
        .build()
        .unwrap();
    assert_eq!(Timing::from_config(&standalone).regossip_interval, None);
}

#[test]
fn a_configured_switch_is_read() {
    let file = br#"{ "main": { "atx-versions": { "9": 2 }, "tick-size": 7 } }"#;
    let config = Config::builder(Host::default()).file("test", file).unwrap();
    let rules = Rules::from_config(&config.build().unwrap(), &Network::mainnet()).unwrap();
    assert_eq!(rules.versions.at(EpochId(8)), AtxVersion::V1);
    assert_eq!(rules.versions.at(EpochId(9)), AtxVersion::V2);
    assert_eq!(rules.tick_size.get(), 7);
}
