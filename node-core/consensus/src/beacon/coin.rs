//! The weak coin (06 §3.6): everybody tosses, the smallest toss decides. Weak, because its owner may choose not to show it.

use spacemesh_crypto::{SigningKey, verify_vrf, weak_coin_bit, weak_coin_order};
use spacemesh_types::{
    EpochId, NodeId, PublicKey, RoundId, VrfNonce, VrfSignature,
    wire::{WeakCoinMessage, WeakCoinVrfInput},
};

/// Tosses for later rounds that are kept, unverified (06 trap 15).
pub const NEXT_ROUND_MESSAGES_MAX: usize = 10_000;

/// The toss with the smallest proof among the `units` of an identity; none without units. One proof per unit: work for a job.
pub fn smallest_toss(
    key: &SigningKey,
    nonce: VrfNonce,
    epoch: EpochId,
    round: RoundId,
    units: u32,
) -> Option<WeakCoinMessage> {
    let tosses = (0..units).map(|unit| {
        let input = WeakCoinVrfInput::new(nonce, epoch, round, unit);
        (unit, key.prove_vrf(&input.alpha()))
    });
    let (unit, vrf_signature) = tosses.min_by(|a, b| weak_coin_order(&a.1, &b.1))?;
    Some(WeakCoinMessage {
        epoch,
        round,
        unit,
        node_id: key.node_id(),
        vrf_signature,
    })
}

/// The coin of one node: which round runs, the smallest toss, and what came early.
#[derive(Debug, Clone, Default)]
pub struct CoinState {
    epoch: EpochId,
    epoch_runs: bool,
    /// The round that runs or ran last.
    round: RoundId,
    round_runs: bool,
    smallest: Option<VrfSignature>,
    early: Vec<WeakCoinMessage>,
}

/// What becomes of a toss before its proof is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placed {
    /// It is of the round that runs.
    Current,
    /// It was kept for a later round, and is passed on unverified.
    Kept,
    /// It is of no round that matters, or too many were kept.
    Dropped,
}

impl CoinState {
    /// Begins an epoch's run.
    pub fn start_epoch(&mut self, epoch: EpochId) {
        self.epoch = epoch;
        self.epoch_runs = true;
        self.round = RoundId::ZERO;
        self.round_runs = false;
        self.smallest = None;
    }

    /// Ends an epoch's run.
    pub fn finish_epoch(&mut self) {
        self.epoch_runs = false;
        self.round_runs = false;
        self.smallest = None;
    }

    /// Begins a round and returns the tosses that came early for exactly it; all others are dropped.
    pub fn start_round(&mut self, round: RoundId) -> Vec<WeakCoinMessage> {
        self.round = round;
        self.round_runs = true;
        self.smallest = None;
        let mut early = std::mem::take(&mut self.early);
        early.retain(|toss| toss.epoch == self.epoch && toss.round == round);
        early
    }

    /// Ends a round: the coin, if anybody tossed.
    pub fn finish_round(&mut self) -> Option<bool> {
        self.round_runs = false;
        self.smallest.take().map(|proof| weak_coin_bit(&proof))
    }

    /// Where a toss belongs; keeps it if it is early. `rounds` is the number of rounds of the protocol.
    pub(super) fn place(&mut self, toss: &WeakCoinMessage, rounds: u32) -> Placed {
        if self.round_runs && toss.epoch == self.epoch && toss.round == self.round {
            return Placed::Current;
        }
        if self.is_next(toss, rounds) && self.early.len() < NEXT_ROUND_MESSAGES_MAX {
            self.early.push(*toss);
            return Placed::Kept;
        }
        Placed::Dropped
    }

    fn is_next(&self, toss: &WeakCoinMessage, rounds: u32) -> bool {
        if toss.epoch == self.epoch {
            let next_round = self.round.checked_add(1);
            let follows = Some(toss.round) == next_round && toss.round.0 <= rounds;
            return follows || (self.epoch_runs && !self.round_runs);
        }
        let next_epoch = Some(toss.epoch) == self.epoch.checked_add(1);
        next_epoch && (self.round.0 == rounds || (!self.epoch_runs && !self.round_runs))
    }

    /// Whether a toss would be the smallest, which saves verifying one that would not.
    pub fn would_be_smallest(&self, proof: &VrfSignature) -> bool {
        let smallest = self.smallest.as_ref();
        smallest.is_none_or(|smallest| weak_coin_order(proof, smallest).is_lt())
    }

    /// Takes a verified toss of the round that runs. True if it is the smallest.
    pub fn take(&mut self, proof: &VrfSignature) -> bool {
        let smaller = self.round_runs && self.would_be_smallest(proof);
        if smaller {
            self.smallest = Some(*proof);
        }
        smaller
    }

    /// Tosses kept for later rounds.
    pub fn kept(&self) -> usize {
        self.early.len()
    }
}

/// Whether the proof of a toss is one.
pub(super) fn is_proved(toss: &WeakCoinMessage, nonce: VrfNonce) -> bool {
    let input = WeakCoinVrfInput::new(nonce, toss.epoch, toss.round, toss.unit);
    let key = PublicKey::from(NodeId(toss.node_id.0));
    verify_vrf(&key, &input.alpha(), &toss.vrf_signature).is_ok()
}
