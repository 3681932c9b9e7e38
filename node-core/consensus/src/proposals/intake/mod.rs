//! A ballot or proposal on its way from arrival to verdict (06 §7.4, §7.6).
//!
//! Each object is a task that is advanced: it does every check that can be done, pushes effects, and either is decided or names what
//! must be fetched before it can go on. Effects stand in the order in which they must happen; those pushed before a task waits must
//! have happened when it is advanced again, since what was stored is not stored twice.

mod ballot; // the part that both have in common, 7.4
mod fault; // why an object is refused
mod proposal; // proposals, 7.6
mod source; // what is asked about the stored state
mod synced; // ballots of synchronisation, 7.6

pub use ballot::sources_of;
pub use fault::{IntakeFault, OpinionFault, Refused};
pub use proposal::{Origin, ProposalTask};
pub use source::IntakeSource;
pub use synced::BallotTask;

use spacemesh_crypto::Prefix;
use spacemesh_types::{
    AtxId, BallotId, BlockId, EdSignature, Hash32, LayerId, NodeId, ProposalId, PublicKey,
    TransactionId,
    wire::{Ballot, MalfeasanceProof, Proposal},
};

use super::active_set::ActiveSetWeights;
use crate::eligibility::{BallotEligibility, SlotRules};

/// The parameters of intake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeRules {
    /// The network, for signatures.
    pub prefix: Prefix,
    /// The ATX that stands for genesis and gives nobody rights.
    pub golden_atx: AtxId,
    /// Last layer that counts as genesis.
    pub effective_genesis: LayerId,
    /// Slots.
    pub slots: SlotRules,
    /// Layers in which two supported blocks of one layer contradict each other.
    pub hdist: u32,
    /// Blocks that a ballot may support in difference to its base.
    pub exceptions_max: usize,
}

/// When an object is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntakeMoment {
    /// Layer of the clock.
    pub current: LayerId,
    /// Last layer that the mesh processed.
    pub processed: LayerId,
    /// Whether the node listens to gossip.
    pub listening: bool,
}

/// Something that an object names and that a peer may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dependency {
    /// An active set by its hash, with the hint `activeset`.
    ActiveSet(Hash32),
    /// A ballot, with the hint `ballotDB`.
    Ballot(BallotId),
    /// An ATX, with the hint `ATXDB`.
    Atx(AtxId),
    /// A block, with the hint `blockDB`. Never fetched here, only known to be had from the sender.
    Block(BlockId),
    /// A transaction of a proposal, with the hint `TXDB`.
    Transaction(TransactionId),
}

/// What intake asks for, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeEffect {
    /// The sender of the object has these too.
    NoteSources(Vec<Dependency>),
    /// An eligible ballot saw a beacon. Reported before it is stored.
    ReportBeacon {
        /// The ballot.
        id: BallotId,
        /// What it brings.
        eligibility: BallotEligibility,
    },
    /// Store the ballot and, in the same transaction, the proof if there is one. A ballot that is stored already is fine.
    StoreBallot {
        /// Its id.
        id: BallotId,
        /// The ballot without its unused field.
        ballot: Box<Ballot>,
        /// Proof that the smesher published another ballot in this layer.
        proof: Option<Box<MalfeasanceProof>>,
    },
    /// Tell ATX table and tortoise that a smesher is malicious. Before its second ballot votes.
    MarkMalicious(NodeId),
    /// Let the ballot vote.
    AddToTortoise {
        /// Its id.
        id: BallotId,
        /// What it brings.
        eligibility: BallotEligibility,
    },
    /// Keep the proposal.
    StoreProposal {
        /// Its id.
        id: ProposalId,
        /// The proposal.
        proposal: Box<Proposal>,
    },
    /// Remember which transactions the proposal names.
    LinkTransactions {
        /// The proposal.
        id: ProposalId,
        /// Its layer.
        layer: LayerId,
        /// The transactions.
        transactions: Vec<TransactionId>,
    },
    /// Publish the proof, after everything else.
    PublishMalfeasance(Box<MalfeasanceProof>),
}

/// What became of an object for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// These must be fetched; then the task goes on. If fetching fails, [`crate::verdict::Refusal::of_dependencies`] tells how the object
    /// is taken.
    Missing(Vec<Dependency>),
    /// It was taken: gossip passes it on.
    Accepted,
    /// It was here before: gossip ignores it, a fetch succeeds.
    Known,
    /// It is not taken.
    Refused(Refused),
}

/// What intake remembers between objects.
#[derive(Debug, Clone)]
pub struct Intake {
    rules: IntakeRules,
    weights: ActiveSetWeights,
}

impl Intake {
    /// With nothing remembered.
    pub fn new(rules: IntakeRules) -> Self {
        Self {
            rules,
            weights: ActiveSetWeights::default(),
        }
    }

    /// The parameters.
    pub const fn rules(&self) -> &IntakeRules {
        &self.rules
    }
}

/// Whether a signature in a domain is of these bytes by this smesher.
fn is_signed(
    prefix: &Prefix,
    domain: spacemesh_crypto::Domain,
    smesher: NodeId,
    signed: &[u8],
    signature: &EdSignature,
) -> bool {
    let key = PublicKey::from(smesher);
    spacemesh_crypto::verify(&key, prefix, domain, signed, signature).is_ok()
}
