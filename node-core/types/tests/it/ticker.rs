//! Signals of layers (01 §6.1).

use std::time::Duration;

use spacemesh_types::{
    LayerId, LayersPerEpoch, Timestamp,
    network::{ClockJump, LayerClock, LayerTicker},
};

const GENESIS: i64 = 1000;

fn ticker() -> LayerTicker {
    let genesis = Timestamp::from_unix_seconds(GENESIS);
    let layers = LayersPerEpoch::new(10).unwrap();
    LayerTicker::new(LayerClock::new(genesis, Duration::from_secs(5), layers).unwrap())
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(GENESIS + seconds)
}

/// Layers that begin at a tick.
fn begun(ticker: &mut LayerTicker, seconds: i64) -> Vec<u32> {
    ticker
        .tick(at(seconds))
        .begun
        .iter()
        .map(|layer| layer.0)
        .collect()
}

#[test]
fn a_layer_is_signalled_by_the_first_tick_at_or_after_its_start_and_once() {
    let mut ticker = ticker();
    assert!(!ticker.await_layer(at(0), LayerId(1)));
    assert!(!ticker.await_layer(at(1), LayerId(1)));
    assert_eq!(ticker.next_signal(), Some(at(5)));
    assert_eq!(begun(&mut ticker, 4), [0_u32; 0]);
    assert_eq!(begun(&mut ticker, 5), [1]);
    assert_eq!(begun(&mut ticker, 6), [0_u32; 0]);
    assert_eq!(ticker.next_signal(), None);
    assert!(
        ticker.await_layer(at(6), LayerId(1)),
        "it has begun, so nobody waits"
    );
}

#[test]
fn nothing_is_signalled_before_genesis_not_even_layer_zero() {
    let mut ticker = ticker();
    assert!(!ticker.await_layer(at(-10), LayerId(0)));
    assert_eq!(begun(&mut ticker, -1), [0_u32; 0]);
    assert_eq!(begun(&mut ticker, 0), [0]);
}

#[test]
fn after_a_sleep_all_skipped_layers_begin_at_once() {
    let mut ticker = ticker();
    for layer in [1, 2, 3, 9] {
        ticker.await_layer(at(0), LayerId(layer));
    }
    assert_eq!(ticker.tick(at(0)).jump, None);
    let tick = ticker.tick(at(17));
    assert_eq!(tick.begun, [LayerId(1), LayerId(2), LayerId(3)]);
    assert_eq!(
        tick.jump,
        Some(ClockJump::Forward {
            from: LayerId(0),
            to: LayerId(3)
        })
    );
}

#[test]
fn the_first_tick_is_no_jump() {
    assert_eq!(ticker().tick(at(500)).jump, None);
}

#[test]
fn after_the_clock_was_set_back_a_layer_can_be_signalled_again() {
    let mut ticker = ticker();
    ticker.await_layer(at(0), LayerId(2));
    assert_eq!(begun(&mut ticker, 10), [2]);
    let tick = ticker.tick(at(5));
    assert_eq!(
        tick.jump,
        Some(ClockJump::Backward {
            from: LayerId(2),
            to: LayerId(1)
        })
    );
    assert!(!ticker.await_layer(at(5), LayerId(2)));
    assert_eq!(begun(&mut ticker, 10), [2]);
}
