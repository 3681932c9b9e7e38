//! What counting costs: `cargo run --release -p spacemesh-consensus --example tally`. One line of JSON per network: milliseconds per tally of a
//! layer, mean and longest of the layers after the warm-up, with `ballots` per layer in verifying and in full mode, and the same for
//! `deliver`, which decodes and stores the layer's ballots.
#![expect(
    clippy::print_stdout,
    reason = "the result is the output of this program"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a measurement reads the clock; the crate does not"
)]

use std::time::{Duration, Instant};

use spacemesh_consensus::tortoise::{Scale, SyntheticNetwork};

fn main() {
    // Past the window of mainnet, so that layers are forgotten while it is measured. Fewer where every vote is counted and a layer is large.
    measure(50, false, 4200);
    measure(1000, false, 1000);
    measure(50, true, 4200);
    measure(1000, true, 1000);
}

fn measure(ballots: u32, disagree: bool, layers: u32) {
    const MEASURED: u32 = 100;
    let mut network = SyntheticNetwork::new(Scale {
        ballots,
        disagree,
        ..Scale::mainnet()
    });
    for _ in 0..layers {
        network.deliver();
        network.tally();
    }
    let (mut tally, mut longest, mut deliver) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for _ in 0..MEASURED {
        let start = Instant::now();
        network.deliver();
        deliver += start.elapsed();
        let start = Instant::now();
        network.tally();
        tally += start.elapsed();
        longest = longest.max(start.elapsed());
    }
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1000.0;
    println!(
        "{{\"ballots\":{ballots},\"mode\":\"{:?}\",\"tally_ms\":{:.3},\"tally_longest_ms\":{:.3},\"deliver_ms\":{:.3}}}",
        network.tortoise().mode(),
        milliseconds(tally / MEASURED),
        milliseconds(longest),
        milliseconds(deliver / MEASURED),
    );
}
