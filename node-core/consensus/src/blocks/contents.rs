//! What goes into the block of a hare result: height, rewards, transactions, and whether it is executed in advance (07 §7.15, steps 3
//! and 4).

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_codec::BoundedVec;
use spacemesh_types::{
    AtxId, BallotId, Hash32, LayerId, ProposalId, TransactionId,
    transaction::TxHeader,
    wire::{AnyReward, Block, Proposal, RatNum, block_seed},
};

use super::{OrderedTransaction, order_transactions};

/// What a block needs of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalFacts {
    /// ATX of the ballot.
    pub atx: AtxId,
    /// Number of eligibility proofs in this ballot.
    pub proofs: u32,
    /// Slots of the identity in the epoch, if the ballot declares them.
    pub slots: Option<u32>,
    /// First ballot of the identity in the epoch, which declares them otherwise.
    pub ref_ballot: BallotId,
    /// What the proposer says it applied before.
    pub mesh_hash: Hash32,
    /// Transactions in the order proposed.
    pub tx_ids: Vec<TransactionId>,
}

impl From<&Proposal> for ProposalFacts {
    fn from(proposal: &Proposal) -> Self {
        let ballot = &proposal.inner.ballot;
        Self {
            atx: ballot.inner.atx_id,
            proofs: u32::try_from(ballot.eligibility_proofs.len())
                .expect("a ballot has at most 25000 proofs"),
            slots: ballot.inner.epoch_data.map(|data| data.eligibility_count),
            ref_ballot: ballot.inner.ref_ballot,
            mesh_hash: proposal.inner.mesh_hash,
            tx_ids: proposal.inner.tx_ids.to_vec(),
        }
    }
}

/// What a block needs of an ATX in the epoch of the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtxFacts {
    /// Height before its own ticks.
    pub base_height: u64,
    /// Its weight.
    pub weight: u64,
}

/// What a block needs of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransactionFacts {
    /// The parsed header; none if only the raw bytes are stored.
    pub header: Option<TxHeader>,
    /// Whether it was applied in some layer.
    pub applied: bool,
}

/// What block generation reads.
pub trait BlockSource {
    /// Whether a proposal is in the store.
    fn has_proposal(&self, id: ProposalId) -> bool;
    /// A proposal of the store.
    fn proposal(&self, id: ProposalId) -> Option<ProposalFacts>;
    /// An ATX in the epoch of `layer`.
    fn atx(&self, layer: LayerId, id: AtxId) -> Option<AtxFacts>;
    /// Slots that a stored ballot declares; none if it is missing or declares none.
    fn declared_slots(&self, ballot: BallotId) -> Option<u32>;
    /// A stored transaction.
    fn transaction(&self, id: TransactionId) -> Option<TransactionFacts>;
    /// The own aggregated mesh hash of a layer: none without a row; zero for a row without one.
    fn mesh_hash(&self, layer: LayerId) -> Option<Hash32>;
}

/// How a block comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Ordered and cut at the gas limit, executed later.
    Ordinary,
    /// Proposers agree on the state: executed first, and the block holds what the execution took.
    Optimistic,
}

/// A block before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockContents {
    /// Its layer.
    pub layer: LayerId,
    /// Its height.
    pub tick_height: u64,
    /// Its rewards, ascending by ATX.
    pub rewards: Vec<AnyReward>,
    /// Its transactions in order; for an optimistic block those that the execution is given.
    pub tx_ids: Vec<TransactionId>,
    /// How it comes to be.
    pub mode: Mode,
}

impl BlockContents {
    /// The block, with the transactions given. None if there are more than a block holds.
    pub fn block(&self, tx_ids: Vec<TransactionId>) -> Option<Block> {
        Some(Block {
            layer: self.layer,
            tick_height: self.tick_height,
            rewards: BoundedVec::try_from(self.rewards.clone()).ok()?,
            tx_ids: BoundedVec::try_from(tx_ids).ok()?,
        })
    }
}

/// Why a result of hare gives no block here. The layer is left to the syncer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContentsError {
    /// An ATX is not known in the epoch.
    #[error("ATX {0} of a proposal is not known in the epoch of its layer")]
    UnknownAtx(AtxId),
    /// Two proposals have one ATX.
    #[error("two proposals of the layer are made with ATX {0}")]
    RepeatedAtx(AtxId),
    /// The number of slots is not known or zero.
    #[error("ballot {0} that should declare the slots of the epoch is missing or declares none")]
    NoSlots(BallotId),
    /// A transaction is not stored.
    #[error("transaction {0} of a proposal is not stored")]
    UnknownTransaction(TransactionId),
    /// A transaction is stored without its header.
    #[error("transaction {0} of a proposal has no parsed header")]
    NoHeader(TransactionId),
    /// The layer before has no mesh hash here.
    #[error("layer {0} has no mesh hash here to compare with that of the proposals")]
    NoMeshHash(LayerId),
    /// The layer before has another mesh hash here.
    #[error("the proposers' mesh hash {theirs} differs from {own} here")]
    OtherMeshHash {
        /// The own one.
        own: Hash32,
        /// That of the majority.
        theirs: Hash32,
    },
}

/// Collects what a block of `layer` holds. `proposals` are the decided ones in the leader's order; those that the store has no more are
/// left out. `threshold_percent` is that of [`mesh_hash_majority`].
///
/// # Errors
///
/// See [`ContentsError`].
pub fn contents_of(
    layer: LayerId,
    proposals: &[ProposalId],
    source: &impl BlockSource,
    gas_limit: u64,
    threshold_percent: u32,
) -> Result<BlockContents, ContentsError> {
    let (ids, stored): (Vec<ProposalId>, Vec<ProposalFacts>) = proposals
        .iter()
        .filter_map(|&id| Some((id, source.proposal(id)?)))
        .unzip();
    let mut tick_height = 0;
    let mut rewards = BTreeMap::new();
    for proposal in &stored {
        let atx = source
            .atx(layer, proposal.atx)
            .ok_or(ContentsError::UnknownAtx(proposal.atx))?;
        tick_height = tick_height.max(atx.base_height);
        let slots = proposal
            .slots
            .or_else(|| source.declared_slots(proposal.ref_ballot));
        let weight = slots
            .and_then(|slots| reward_weight(atx.weight, proposal.proofs, slots))
            .ok_or(ContentsError::NoSlots(proposal.ref_ballot))?;
        if rewards.insert(proposal.atx, weight).is_some() {
            return Err(ContentsError::RepeatedAtx(proposal.atx));
        }
    }

    let mut seen = BTreeSet::new();
    let mut transactions = Vec::new();
    for &id in stored.iter().flat_map(|proposal| &proposal.tx_ids) {
        if seen.insert(id) {
            let facts = source
                .transaction(id)
                .ok_or(ContentsError::UnknownTransaction(id))?;
            transactions.push(OrderedTransaction {
                id,
                header: facts.header.ok_or(ContentsError::NoHeader(id))?,
                applied: facts.applied,
            });
        }
    }

    let votes = stored
        .iter()
        .map(|proposal| (proposal.mesh_hash, proposal.proofs));
    let mode = match mesh_hash_majority(votes, threshold_percent) {
        None => Mode::Ordinary,
        Some(theirs) => {
            let before = LayerId(layer.0.saturating_sub(1));
            let own = source
                .mesh_hash(before)
                .ok_or(ContentsError::NoMeshHash(before))?;
            if own != theirs {
                return Err(ContentsError::OtherMeshHash { own, theirs });
            }
            Mode::Optimistic
        }
    };
    let gas_limit = match mode {
        Mode::Ordinary => gas_limit,
        Mode::Optimistic => 0,
    };
    Ok(BlockContents {
        layer,
        tick_height,
        rewards: rewards
            .into_iter()
            .map(|(atx_id, weight)| AnyReward { atx_id, weight })
            .collect(),
        tx_ids: order_transactions(&transactions, block_seed(&ids), gas_limit),
        mode,
    })
}

/// The share of a proposal: the ATX's weight times the proofs in its ballot over the slots of the epoch, in lowest terms and then each
/// part cut to 64 bits. None without slots.
pub fn reward_weight(atx_weight: u64, proofs: u32, slots: u32) -> Option<RatNum> {
    if slots == 0 {
        return None;
    }
    let (num, denom) = (
        u128::from(atx_weight) * u128::from(proofs),
        u128::from(slots),
    );
    let divisor = greatest_common_divisor(num, denom);
    let cut = |part: u128| {
        u64::try_from(part & u128::from(u64::MAX)).expect("64 bits of the part are left")
    };
    Some(RatNum {
        num: cut(num / divisor),
        denom: cut(denom / divisor),
    })
}

/// At least one, since `right` is.
fn greatest_common_divisor(mut left: u128, mut right: u128) -> u128 {
    while let Some(rest) = left.checked_rem(right) {
        (left, right) = (right, rest);
    }
    left
}

/// The mesh hash that at least `threshold_percent` of the eligibility proofs stand behind, given as pairs of hash and number of proofs.
/// Proposals without a hash count in the total but never win. With a threshold of 50 or less two can win: the lowest is taken.
pub fn mesh_hash_majority(
    votes: impl IntoIterator<Item = (Hash32, u32)>,
    threshold_percent: u32,
) -> Option<Hash32> {
    let mut total = 0_u64;
    let mut by_hash = BTreeMap::<Hash32, u64>::new();
    for (hash, proofs) in votes {
        total += u64::from(proofs);
        *by_hash.entry(hash).or_default() += u64::from(proofs);
    }
    by_hash
        .into_iter()
        .filter(|(hash, _)| !hash.is_zero())
        .find(|&(_, proofs)| {
            u128::from(proofs) * 100 >= u128::from(threshold_percent) * u128::from(total)
        })
        .map(|(hash, _)| hash)
}
