//! The messages of one instance, and what they add up to (07 §7.6.1 to §7.6.3).
//!
//! Proposal ids are numbered as they come, so that a committee of hundreds with hundreds of proposals each is added up without
//! comparing ids.

use std::collections::BTreeMap;

use spacemesh_crypto::weak_coin_order;
use spacemesh_types::{
    EdSignature, Hash32, LayerId, NodeId, ProposalId, VrfSignature,
    wire::{HareEligibility, HareMetadata, HareProof, HareProofMessage, IterRound},
};

use super::{Message, Round, absolute_round, delay, grade};

/// Most messages that an instance keeps. A sender needs real seats for each, so this is met only under a flood.
pub const ENTRIES_MAX: usize = 1 << 17;
/// Most proposal ids, repetitions counted, that an instance keeps over all messages.
pub const IDS_MAX: usize = 1 << 22;

/// How good the ATX behind a message is, 1 to 5. The oracle gives 5 or nothing; the protocol is defined for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AtxGrade(pub u8);

impl AtxGrade {
    /// What every eligible message has.
    pub const BEST: Self = Self(5);
}

/// A message for an instance. The hash is a field of its own because the protocol only compares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceMessage {
    /// The layer, for proofs.
    pub layer: LayerId,
    /// Iteration and round.
    pub at: IterRound,
    /// Who sent it.
    pub sender: NodeId,
    /// Hash of the body.
    pub hash: Hash32,
    /// Proposals as sent.
    pub proposals: Vec<ProposalId>,
    /// Reference as sent.
    pub reference: Option<Hash32>,
    /// Seats and their proof.
    pub eligibility: HareEligibility,
    /// The signature, for proofs.
    pub signature: EdSignature,
    /// Grade of the sender's ATX.
    pub atx_grade: AtxGrade,
    /// Whether the sender was known to be malicious when the message came.
    pub malicious: bool,
}

impl InstanceMessage {
    /// What an instance takes of a checked message.
    pub fn of(message: Message, atx_grade: AtxGrade, malicious: bool) -> Self {
        let hash = message.body.hash(message.version);
        Self {
            layer: message.body.layer,
            at: message.body.at,
            sender: message.sender,
            hash,
            proposals: message.body.proposals.into_vec(),
            reference: message.body.reference,
            eligibility: message.body.eligibility,
            signature: message.signature,
            atx_grade,
            malicious,
        }
    }

    fn proof_part(&self) -> HareProofMessage {
        proof_part(self.layer, self.at, self.hash, self.sender, self.signature)
    }
}

fn proof_part(
    layer: LayerId,
    at: IterRound,
    message_hash: Hash32,
    smesher_id: NodeId,
    signature: EdSignature,
) -> HareProofMessage {
    HareProofMessage {
        inner: HareMetadata {
            layer,
            round: absolute_round(at).0,
            message_hash,
        },
        smesher_id,
        signature,
    }
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intake {
    /// Whether to forward it.
    pub forward: bool,
    /// The two messages of an equivocation that it completes, the stored one first.
    pub equivocation: Option<HareProof>,
}

impl Intake {
    const DROPPED: Self = Self {
        forward: false,
        equivocation: None,
    };
}

/// A stored message.
#[derive(Debug, Clone)]
struct Entry {
    layer: LayerId,
    hash: Hash32,
    /// Numbers of the proposals, in the order sent.
    proposals: Vec<u32>,
    reference: Option<Hash32>,
    eligibility: HareEligibility,
    signature: EdSignature,
    atx_grade: AtxGrade,
    malicious: bool,
    received: IterRound,
    other_received: Option<IterRound>,
}

/// A leader's message that survived grading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leader {
    /// 2 for one that everybody saw in time, else 1.
    pub(super) grade: u8,
    /// Ids as sent.
    pub(super) proposals: Vec<ProposalId>,
    proof: VrfSignature,
}

/// All messages of an instance, one per round and sender.
#[derive(Debug, Clone, Default)]
pub(super) struct Messages {
    entries: BTreeMap<(IterRound, NodeId), Entry>,
    numbers: BTreeMap<ProposalId, u32>,
    ids: Vec<ProposalId>,
    ids_kept: usize,
}

impl Messages {
    /// Whether [`Messages::add`] would drop a message with this hash.
    pub(super) fn would_drop(&self, at: IterRound, sender: NodeId, hash: Hash32) -> bool {
        match self.entries.get(&(at, sender)) {
            Some(stored) => stored.malicious || stored.hash == hash,
            None => self.entries.len() >= ENTRIES_MAX,
        }
    }

    /// Stores a message that came while the instance was to execute `now` (07 §7.6.1, steps 1 to 4).
    pub(super) fn add(&mut self, message: &InstanceMessage, now: IterRound) -> Intake {
        let key = (message.at, message.sender);
        if self.would_drop(message.at, message.sender, message.hash) {
            return Intake::DROPPED;
        }
        let stored = self.entries.get(&key).map(|stored| {
            let part = proof_part(
                stored.layer,
                message.at,
                stored.hash,
                message.sender,
                stored.signature,
            );
            (part, stored.atx_grade, stored.received)
        });
        let Some((part, stored_grade, stored_received)) = stored else {
            return match self.entry(message, now) {
                Some(entry) => {
                    self.entries.insert(key, entry);
                    Intake {
                        forward: true,
                        equivocation: None,
                    }
                }
                None => Intake::DROPPED,
            };
        };
        if message.atx_grade > stored_grade {
            let Some(mut entry) = self.entry(message, now) else {
                return Intake::DROPPED;
            };
            entry.malicious = true;
            entry.other_received = Some(stored_received);
            if let Some(replaced) = self.entries.insert(key, entry) {
                self.ids_kept -= replaced.proposals.len();
            }
        } else if let Some(stored) = self.entries.get_mut(&key) {
            stored.malicious = true;
            stored.other_received = Some(now);
        }
        Intake {
            forward: true,
            equivocation: Some(HareProof {
                messages: [part, message.proof_part()],
            }),
        }
    }

    /// The form in which a message is kept; none if there is no room for its ids.
    fn entry(&mut self, message: &InstanceMessage, now: IterRound) -> Option<Entry> {
        // No other round's proposals are ever looked at.
        let counted =
            message.at == super::FIRST_ROUND || message.at.round == Round::Propose.number();
        let proposals: &[ProposalId] = if counted { &message.proposals } else { &[] };
        if self.ids_kept + proposals.len() > IDS_MAX {
            return None;
        }
        self.ids_kept += proposals.len();
        let proposals = proposals.iter().map(|&id| self.number(id)).collect();
        Some(Entry {
            layer: message.layer,
            hash: message.hash,
            proposals,
            reference: message.reference,
            eligibility: message.eligibility,
            signature: message.signature,
            atx_grade: message.atx_grade,
            malicious: message.malicious,
            received: now,
            other_received: None,
        })
    }

    fn number(&mut self, id: ProposalId) -> u32 {
        *self.numbers.entry(id).or_insert_with(|| {
            let number = u32::try_from(self.ids.len()).expect("IDS_MAX is below 2^32");
            self.ids.push(id);
            number
        })
    }

    fn of_round(&self, at: IterRound) -> impl Iterator<Item = &Entry> {
        let all = (at, NodeId::ZERO)..=(at, NodeId([u8::MAX; NodeId::SIZE]));
        self.entries.range(all).map(|(_, entry)| entry)
    }

    /// Messages that count in a tally of round `at` with at least `grade_min`.
    fn counted(&self, at: IterRound, grade_min: u8) -> impl Iterator<Item = &Entry> {
        let eligible = move |entry: &&Entry| grade(entry.received, at) >= grade_min;
        let floor = self
            .of_round(at)
            .filter(eligible)
            .filter(|entry| !entry.malicious)
            .map(|entry| entry.atx_grade)
            .fold(AtxGrade::BEST, Ord::min);
        self.of_round(at)
            .filter(eligible)
            .filter(move |entry| entry.atx_grade >= floor)
    }

    /// Proposals with enough seats, ascending. An id that a message repeats counts as often as it stands there.
    pub(super) fn proposals_above(
        &self,
        threshold: u16,
        at: IterRound,
        grade_min: u8,
    ) -> Vec<ProposalId> {
        let mut seats = vec![Seats::default(); self.ids.len()];
        for entry in self.counted(at, grade_min) {
            for &number in &entry.proposals {
                if let Some(seats) = seats.get_mut(number as usize) {
                    seats.add(entry);
                }
            }
        }
        let passing = self.ids.iter().zip(&seats);
        let mut passing: Vec<ProposalId> = passing
            .filter(|(_, seats)| seats.pass(threshold))
            .map(|(&id, _)| id)
            .collect();
        passing.sort_unstable();
        passing
    }

    /// References with enough seats, ascending. The reference's order is arbitrary; with an honest majority there is one at most.
    pub(super) fn references_above(
        &self,
        threshold: u16,
        at: IterRound,
        grade_min: u8,
    ) -> Vec<Hash32> {
        let mut seats = BTreeMap::<Hash32, Seats>::new();
        for entry in self.counted(at, grade_min) {
            if let Some(reference) = entry.reference {
                seats.entry(reference).or_default().add(entry);
            }
        }
        seats
            .into_iter()
            .filter(|(_, seats)| seats.pass(threshold))
            .map(|(reference, _)| reference)
            .collect()
    }

    /// The leaders of round `at` that count, smallest VRF proof first.
    pub(super) fn gradecast(&self, at: IterRound) -> Vec<Leader> {
        let mut leaders: Vec<Leader> = self
            .of_round(at)
            .filter(|entry| !entry.malicious || entry.other_received.is_some())
            .filter_map(|entry| {
                let ids = entry.proposals.iter();
                Some(Leader {
                    grade: leader_grade(entry, at)?,
                    proposals: ids
                        .filter_map(|&number| self.ids.get(number as usize).copied())
                        .collect(),
                    proof: entry.eligibility.proof,
                })
            })
            .collect();
        leaders.sort_by(|left, right| weak_coin_order(&left.proof, &right.proof));
        leaders
    }
}

fn leader_grade(entry: &Entry, at: IterRound) -> Option<u8> {
    let own = delay(entry.received, at);
    let other_later_than = |rounds| {
        entry
            .other_received
            .is_none_or(|other| delay(other, at) > rounds)
    };
    if entry.atx_grade >= AtxGrade(5) && own <= 1 && other_later_than(3) {
        Some(2)
    } else if entry.atx_grade >= AtxGrade(4) && own <= 2 && other_later_than(2) {
        Some(1)
    } else {
        None
    }
}

/// Seats that stand behind something. The sums have 16 bits and wrap, as everywhere in the network (07, Trap 6).
#[derive(Debug, Clone, Copy, Default)]
struct Seats {
    all: u16,
    honest: u16,
}

impl Seats {
    fn add(&mut self, entry: &Entry) {
        self.all = self.all.wrapping_add(entry.eligibility.count);
        if !entry.malicious {
            self.honest = self.honest.wrapping_add(entry.eligibility.count);
        }
    }

    fn pass(self, threshold: u16) -> bool {
        self.all >= threshold && self.honest > 0
    }
}
