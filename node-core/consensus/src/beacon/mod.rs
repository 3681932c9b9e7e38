//! The beacon of an epoch: how a network agrees on it, and where else a node gets it from (06 §2 to §4).
//!
//! Keeps true: an identity's proposal and votes count once, whatever happens to them later; a beacon that was set stays, unless the
//! bootstrap service says otherwise; the order in which proposals and votes arrive within a phase does not matter; tables that peers
//! fill are bounded by the smeshers of the epoch or by a constant.

mod machine; // the protocol from epoch start to beacon: start here

mod ballots; // the beacon that ballots have seen, 4.3
mod bits; // votes as bits, 3.5
mod bootstrap; // the service that publishes beacons, 4.2
mod coin; // the weak coin, 3.6
mod epoch; // what is known of one run, 3.2 to 3.4 and 3.6
mod known; // the beacons of epochs, 2
mod rules; // parameters, 1.1
mod threshold; // which proposals pass, 3.3

pub use ballots::BallotBeacons;
pub use bits::{decode_votes, encode_votes};
pub use bootstrap::{
    BOOTSTRAP_SCHEMA_VERSION, BootstrapError, BootstrapPlan, BootstrapUpdate, UpdateKind,
    epochs_asked_for, parse_update, update_name,
};
pub use coin::{CoinState, NEXT_ROUND_MESSAGES_MAX, smallest_toss};
pub use epoch::{Category, EpochAtx, EpochState, NoWeight, beacon_of};
pub use known::{Beacons, SetBeacon, SetBeaconError};
pub use machine::{
    BeaconMachine, BeaconSource, Context, Effect, FailedRun, Input, MessageFault, Signers, Topic,
};
pub use rules::BeaconRules;
pub use threshold::{Threshold, atx_threshold, vote_threshold};

#[cfg(test)]
mod tests;
