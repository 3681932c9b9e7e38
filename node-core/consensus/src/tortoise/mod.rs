//! The tortoise: turns the votes of ballots into one answer per layer (08 §1–§12). Pure: no clock, no sockets, no store.
//!
//! ```text
//! decode (ballot, before it is judged)     immutable; a ballot that fails costs no memory
//! store  (ballot, after it is written)     joins the tree of votes, is counted if its layer was
//! block, hare_output, weak_coin, beacon, activation, malfeasance
//! tally  (layer begins)                    counts, verifies, forgets what left the window
//! encode                                   our votes           updates  what the mesh has to apply
//! ```
//!
//! Keeps true: the result depends only on the order of the calls; weights are exact; nothing that a peer sends panics, and a ballot that is
//! not stored changes nothing; `evicted < verified` never hides a layer that was not delivered.
//!
//! **Layout.** Everything that belongs to a layer lies in that layer's own vectors: targets, ballots, nodes of the vote tree. A vote list has
//! exactly one entry per layer, so a list is the index of its newest entry, and each entry holds the index of its predecessor in the
//! layer below. Equal lists share their entries. Full counting walks that tree once from the newest layer down and carries, per entry, the
//! summed weight of the ballots above it: one step per entry instead of one per ballot and entry. Weights of good ballots are kept as
//! differences per layer, so counting one is two additions. Eviction drops whole layers.

mod activations; // what the engine asks the table of ATXs, 08 §3.1
mod admission; // what votes must fulfil in themselves, 08 §5.5
mod ballot; // what comes in, what decoding makes of it, and why it fails
mod bench; // a network of any size for measuring
mod certificates; // which hare result of a layer counts, 08 §13.4
mod count; // good ballots, full counting, late blocks, 08 §7.3–§7.4
mod decide; // one layer decided, passes and modes, 08 §7.5, §7.8
mod decode; // votes on top of a base ballot, 08 §5.2–§5.3
mod encode; // our own votes, 08 §8
mod engine; // the state, and events that only set something, 08 §3.2, §6
mod layers; // what is kept per layer
mod probe; // state seen and set from outside, for known answers
mod recovery; // restart from stored objects, 08 §11
mod results; // what the mesh gets, acknowledgements, eviction, 08 §9–§10
mod settings; // parameters, 08 §1
mod sign;
mod snapshot; // the whole state as bytes
mod store; // a ballot joins the state, 08 §5.4
mod tally; // a layer begins, 08 §7.6–§7.7
#[cfg(test)]
mod tests;
mod threshold; // how much weight decides, 08 §7.2
mod weight; // fixed point, 08 §2

pub use activations::{ActivationTable, Activations, CachedAtx, VotingAtx, median_height};
pub use admission::{VotesError, check_votes};
pub use ballot::{DecodeError, Decoded, EpochVotes, IncomingBallot, StoreError};
pub use bench::{Scale, SyntheticNetwork};
pub use certificates::{CertificateRow, HareDecision, save_hare_output, valid_hare_output};
pub use decide::decide_blocks;
pub use encode::{EncodeError, OwnVotes};
pub use engine::{Mode, RefusedEvent, StoredBallot, Tortoise};
pub use probe::{Probe, ProbeTarget};
pub use recovery::{RecoveredBallotError, RecoveredBlock, Stored, StoredLayer, recover};
pub use results::{BlockResult, LayerResult};
pub use settings::{HistoricalWindow, Settings, SettingsError};
pub use sign::Sign;
pub use snapshot::{SNAPSHOT_VERSION, SnapshotError};
pub use threshold::{ExpectedWeight, local_threshold};
pub use weight::Weight;
