//! What happens to the intake and what it asks for.

use spacemesh_types::{AtxId, EpochId, NodeId, PoetProofRef, Timestamp, wire::MalfeasanceProof};

use crate::{AtxRow, Ignored, MisbehaviourV2, Rejection, Work, WorkResult};

/// The caller's name for a message or answer; the verdict carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Names work that was given out. Never used twice by one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// How an ATX came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// By gossip from a peer.
    Gossip,
    /// Published by this node, for the first time or again.
    Own,
    /// As the answer to a request for this id, or from what was preserved across a recovery.
    Fetched(AtxId),
}

/// Something an ATX refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reference {
    /// Another ATX.
    Atx(AtxId),
    /// A PoET proof.
    Poet(PoetProofRef),
}

/// What happens to the intake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeInput {
    /// Bytes arrived.
    Received {
        /// The caller's name for them.
        ticket: Ticket,
        /// How they came.
        origin: Origin,
        /// When they came.
        received: Timestamp,
        /// The epoch at that time.
        epoch: EpochId,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Work is done.
    Checked {
        /// Which.
        job: JobId,
        /// What came out.
        result: WorkResult,
    },
    /// A PoET proof was verified and stored.
    PoetStored(PoetProofRef),
    /// Something that was asked for cannot be had, after all attempts.
    Unobtainable {
        /// What.
        reference: Reference,
        /// Whether what peers answered was rejected; then so is what refers to it.
        rejected: bool,
    },
}

/// What the intake asks for. Effects of one input are carried out in order, after its changes are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeEffect {
    /// Check this and answer with [`IntakeInput::Checked`].
    Check {
        /// Name of the work.
        job: JobId,
        /// The work.
        work: Work,
    },
    /// Obtain these, first from where the ATX of `source` came. Each ends in `Received`, `PoetStored` or `Unobtainable`.
    Fetch {
        /// ATXs; these requests must not wait for the limiter of other ATX requests (05 §11).
        atxs: Vec<AtxId>,
        /// PoET proofs.
        poets: Vec<PoetProofRef>,
        /// Who knows them.
        source: Ticket,
    },
    /// The end of a message or answer.
    Verdict {
        /// Which.
        ticket: Ticket,
        /// What to tell the network.
        verdict: Verdict,
        /// Why.
        conclusion: Conclusion,
    },
    /// An identity misbehaved: tell tortoise, caches and users. Comes before the ATX that showed it.
    Malfeasance {
        /// Who.
        node: NodeId,
        /// The proof, which is stored.
        proof: Box<MalfeasanceProof>,
        /// Whether to publish it on `mp1`.
        publish: bool,
    },
    /// An ATX was stored: add it to the table of its target epoch, tell beacon, tortoise and users.
    Stored {
        /// Its row.
        row: Box<AtxRow>,
        /// Whether its signer counts as malicious.
        malicious: bool,
        /// What shows in it, for version 2.
        misbehaviour: Option<Box<MisbehaviourV2>>,
    },
}

/// What the network is told about a message, or what became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Forward it; success.
    Accept,
    /// Do not forward it; the request may be repeated.
    Ignore,
    /// Do not forward it and drop the peer.
    Reject,
}

/// What became of an ATX.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conclusion {
    /// It is stored.
    Stored,
    /// Nothing is said about it.
    Ignored(Ignored),
    /// It is wrong.
    Rejected(Rejection),
}

/// How much may wait at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntakeLimits {
    /// ATXs that came by gossip; more are ignored and come again by regossip or synchronisation.
    pub gossip_max: usize,
    /// ATXs in all, those that were asked for included.
    pub atxs_max: usize,
    /// Bytes in all.
    pub bytes_max: usize,
    /// Verdicts that wait for one message.
    pub tickets_max: usize,
}

impl Default for IntakeLimits {
    /// The reference validates 50 000 gossip messages at a time. Typical ATXs have a kilobyte; the largest has 0.9 MB.
    fn default() -> Self {
        Self {
            gossip_max: 50_000,
            atxs_max: 200_000,
            bytes_max: 512 << 20,
            tickets_max: 256,
        }
    }
}
