//! What the network's objects are made of: hashes, ids, layers and epochs, addresses, amounts, wire objects, networks, configuration (01).
//!
//! Keeps true: nothing here reads a clock, a file or randomness, so the crate builds for the browser; every wire object decodes
//! exactly the bytes that peers accept; nothing about a network is global, it is passed as a [`Network`].

#[macro_use]
mod byte_types; // the macro behind every fixed-size byte type

mod address; // accounts and their bech32 text, 4.3: start here or at `layer`
mod amount; // smidge
mod hash; // BLAKE3 and the conversions between hash sizes, 2.1
mod ids; // identities, ATXs, transactions, blocks, ballots, 4.1
mod layer; // layers and epochs, 4.2
mod text; // hexadecimal and base64 as configuration and constants use them
mod time; // instants and their RFC 3339 text

pub mod config; // keys, presets, files and flags, 7
pub mod network; // what tells networks apart, genesis, layer clock, 5 and 6
pub mod transaction; // what accounts sign, 02 §1 to §3
pub mod wire; // every other encoded object, 01 §1.8

pub use address::{Address, AddressError, Hrp, ParsedAddress};
pub use amount::{AmountError, SMIDGE_PER_SMH, Smidge};
pub use hash::{Hash20, Hash32, HashBuilder, hash_of, sum, sum20};
pub use ids::{
    AtxId, AtxVersion, BallotId, Beacon, BlockId, CompactProposalId, EdSignature, EligibilityType,
    NodeId, PoetProofRef, ProposalId, PublicKey, TransactionId, VrfNonce, VrfSignature,
};
pub use layer::{EpochId, LayerId, LayersPerEpoch, RoundId};
pub use network::{Network, Preset};
pub use text::{Base64Bytes, TextError, from_hex_lenient};
pub use time::{Timestamp, TimestampError};
