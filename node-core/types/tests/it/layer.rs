//! Layers, epochs and the clock of a network (01 §4.2, §6).

use std::time::Duration;

use proptest::prelude::*;
use spacemesh_types::{
    EpochId, LayerId, LayersPerEpoch, Network, Timestamp,
    network::{ClockError, LayerClock},
};

fn layers_per_epoch(layers: u32) -> LayersPerEpoch {
    LayersPerEpoch::new(layers).unwrap()
}

#[test]
fn layers_belong_to_epochs() {
    let three = layers_per_epoch(3);
    let epochs: Vec<_> = (0..8).map(|layer| LayerId(layer).epoch(three).0).collect();
    assert_eq!(epochs, [0, 0, 0, 1, 1, 1, 2, 2]);
    let ordinals: Vec<_> = (0..8)
        .map(|layer| LayerId(layer).ordinal_in_epoch(three))
        .collect();
    assert_eq!(ordinals, [0, 1, 2, 0, 1, 2, 0, 1]);
    assert_eq!(EpochId(2).first_layer(three), Some(LayerId(6)));
    assert_eq!(EpochId(1).target(), Some(EpochId(2)));
}

#[test]
fn numbers_from_peers_never_wrap() {
    assert_eq!(LayerId::MAX.checked_add(1), None);
    assert_eq!(LayerId::ZERO.checked_sub(1), None);
    assert_eq!(LayerId(3).since(LayerId(4)), None);
    assert_eq!(LayerId(4).since(LayerId(3)), Some(1));
    assert_eq!(EpochId::MAX.first_layer(layers_per_epoch(4032)), None);
    assert_eq!(EpochId::MAX.target(), None);
    assert_eq!(LayersPerEpoch::new(0), None);
}

fn clock(genesis: i64, seconds: u64) -> LayerClock {
    LayerClock::new(
        Timestamp::from_unix_seconds(genesis),
        Duration::from_secs(seconds),
        layers_per_epoch(10),
    )
    .unwrap()
}

#[test]
fn time_becomes_layers_rounded_down_and_zero_before_genesis() {
    let clock = clock(1000, 5);
    let layer = |seconds: i64| {
        clock
            .layer_at(Timestamp::from_unix_seconds(1000 + seconds))
            .0
    };
    assert_eq!(
        [
            layer(-100),
            layer(0),
            layer(4),
            layer(9),
            layer(10),
            layer(12)
        ],
        [0, 0, 0, 1, 2, 2]
    );
    assert!(clock.is_before_genesis(Timestamp::from_unix_seconds(999)));
    assert!(!clock.is_before_genesis(Timestamp::from_unix_seconds(1000)));
}

#[test]
fn mainnet_s_layers_begin_when_they_did() {
    let network = Network::mainnet();
    let clock = network.clock().unwrap();
    for (layer, begins) in [
        (8064, "2023-08-11T08:00:00Z"),
        (35_117, "2023-11-13T06:25:00Z"),
        (105_720, "2024-07-15T10:00:00Z"),
    ] {
        assert_eq!(clock.start_of_layer(LayerId(layer)).to_string(), begins);
    }
    assert_eq!(
        clock.start_of_epoch(EpochId(2)),
        clock.start_of_layer(LayerId(8064))
    );
    assert_eq!(clock.epoch_at(clock.start_of_epoch(EpochId(7))), EpochId(7));
    assert_eq!(clock.epoch_duration(), Duration::from_secs(14 * 24 * 3600));
}

#[test]
fn a_clock_without_genesis_or_with_tiny_layers_does_not_run() {
    let second = Duration::from_secs(1);
    let unset = LayerClock::new(Timestamp::UNSET, second, layers_per_epoch(3));
    assert_eq!(unset, Err(ClockError::NoGenesisTime));
    let tiny = Duration::from_millis(999);
    let too_short = LayerClock::new(Timestamp::from_unix_seconds(0), tiny, layers_per_epoch(3));
    assert_eq!(too_short, Err(ClockError::LayerTooShort(tiny)));
}

proptest! {
    #[test]
    fn a_layer_is_current_from_its_start_to_the_next(layer in 0..u32::MAX, seconds in 1_u64..10_000, nanos: u32) {
        let clock = clock(1_689_321_600, seconds);
        let layer = LayerId(layer);
        let start = clock.start_of_layer(layer);
        let within = Duration::from_nanos(u64::from(nanos) % 1_000_000_000);
        prop_assert_eq!(clock.layer_at(start), layer);
        prop_assert_eq!(clock.layer_at(start.plus(within)), layer);
        let before = start.minus(Duration::from_nanos(1));
        prop_assert_eq!(clock.layer_at(before), layer.checked_sub(1).unwrap_or_default());
    }

    #[test]
    fn no_instant_breaks_the_clock(nanos: i128, seconds in 1_u64..10_000, layer: u32, epoch: u32) {
        let clock = clock(0, seconds);
        let _ = clock.layer_at(Timestamp::from_unix_nanos(nanos));
        let _ = Timestamp::from_unix_nanos(nanos).to_string();
        let _ = (clock.start_of_layer(LayerId(layer)), clock.start_of_epoch(EpochId(epoch)));
    }
}
