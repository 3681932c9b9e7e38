//! Every object that crosses the network or is stored in its encoded form (01 §1.8), apart from transactions (`transaction`).
//!
//! Keeps true: fields stand in wire order under the reference's names in Rust's spelling; limits are in the types; ids and signed bytes
//! are computed from decoded values, never from received bytes (01 §1.5). What the values must fulfil beyond their encoding is
//! the concern of the crates that use them.

mod account; // accounts, stored transactions, rewards: 02
mod atx; // activation transactions, first version: 05
mod atx_v2; // and second version: 05
mod ballot; // ballots and proposals: 06
mod beacon; // beacon and weak coin: 06
mod block; // blocks and certificates: 07
mod eligibility; // inputs of the VRF: 01 §3.6
mod fetch; // requests and answers: 09
mod hare; // hare 3 and 4: 07
mod malfeasance; // proofs of misbehaviour: 05, 07, 08
mod opinion; // the hash of a layer's votes: 08
mod peer_time; // the clocks of peers: 01 §6.4
mod poet; // proofs of elapsed time: 04
mod range_sync; // set reconciliation: 10

pub use account::{
    Account, LayerLimits, RawTx, Reward, StoredTransaction, TransactionResult, TransactionStatus,
    TransactionWithResult,
};
pub use atx::{
    ActivationTxV1, AtxMetadata, InnerActivationTxV1, MerkleProof, NipostChallengeV1,
    NipostChallengeV2, NipostV1, PostMetadataV1, PostV1,
};
pub use atx_v2::{
    ActivationTxV2, AtxProofEnvelope, InitialAtxPartsV2, MarriageCertificate, MarryProof,
    MerkleProofV2, NipostsV2, ProofDoubleMarry, SubPostV2,
};
pub use ballot::{
    ActiveSet, Ballot, BallotMetadata, BlockHeader, EpochActiveSet, EpochData, InnerBallot,
    InnerProposal, Opinion, Proposal, Votes, VotingEligibility, active_set_hash,
};
pub use beacon::{
    BeaconProposalMessage, BeaconProposalValue, FirstVotingMessage, FirstVotingMessageBody,
    FollowingVotingMessage, FollowingVotingMessageBody, WeakCoinMessage,
};
pub use block::{
    AnyReward, Block, Certificate, CertifyContent, CertifyMessage, HareEligibility,
    HareEligibilityGossip, RatNum, block_seed, proposal_set_hash,
};
pub use eligibility::{
    BeaconVrfInput, CERTIFY_ROUND, HareVrfInput, VotingVrfInput, WeakCoinVrfInput,
};
pub use fetch::{
    EpochAtxIds, LayerData, LayerOpinion, MaliciousIds, MeshHashRequest, MeshHashes,
    OpinionRequest, RESPONSE_SIZE_MAX, RequestBatch, RequestMessage, ResponseBatch,
    ResponseMessage, ServerResponse,
};
pub use hare::{
    CompactIdRequest, CompactIdResponse, Hare3Body, Hare3Message, Hare3Value, Hare4Body,
    Hare4Message, Hare4Value, HareMetadata, IterRound,
};
pub use malfeasance::{
    AtxProof, AtxProofMessage, BallotProof, BallotProofMessage, HareProof, HareProofMessage,
    InvalidPostIndexProof, InvalidPrevAtxProof, MalfeasanceGossip, MalfeasanceProof,
    MisbehaviourProof,
};
pub use opinion::OpinionHasher;
pub use peer_time::{PeerTimeRequest, PeerTimeResponse};
pub use poet::{PoetCertificate, PoetMerkleProof, PoetProof, PoetProofMessage};
pub use range_sync::{
    CompactHash, EmptyRangeMessage, Fingerprint, FingerprintMessage, ItemBatchMessage,
    KeyCollection, MinhashSampleItem, ProbeMessage, RangeContentsMessage, RecentMessage,
    SampleMessage,
};
