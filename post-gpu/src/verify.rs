//! Verifying a proof (03 §3.11). The order of the checks and what is *not* checked are part of the protocol: indices may repeat, be unsorted
//! or lie beyond the identity's labels, padding bits and the top byte of the work are free.
//!
//! One hash of light RandomX costs 10–15 ms, a label about 1 ms; the labels of a proof are computed side by side in vector lanes.
//!
//! Keeps true: the same proof, subject, parameters and mode give the same answer on every machine and with every kernel; a failure of this
//! machine ([`VerifyError::is_local`]) is never taken for a fault of the prover.

use std::sync::{Arc, Mutex, PoisonError};

use crate::aes::{GroupKeys, Miss, NONCES_PER_GROUP, check};
use crate::cpu::{KernelError, LabelAt, LabelKernel, Scratch, labels_at};
use crate::difficulty::{
    DifficultyError, ProvingDifficulty, index_bits, packed_len, scale_pow_difficulty,
};
use crate::k2pow::{Hasher, PowWork, RandomX, RandomXError};
use crate::label::{Commitment, Label, stored};
use crate::params::{ParamsError, PostParams};
use crate::proof::{Proof, ProofSubject, unpack};

/// Which indices of a proof are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode<'a> {
    /// All K2, in order.
    All,
    /// The first K3 of an order that the verifier's seed (a node's own peer id, raw bytes) determines; all in order when K3 = K2.
    Subset {
        /// How many.
        k3: u32,
        /// Whose choice.
        seed: &'a [u8],
    },
    /// The index at one position; none when there is no such position, and the proof passes.
    One(u32),
}

/// Verifies proofs of one network on any number of threads, with one RandomX memory.
pub struct Verifier {
    params: PostParams,
    randomx: Arc<RandomX>,
    kernel: LabelKernel,
    /// One per thread that ever verified at the same time. Locked only to take one out or put it back; no other lock is taken meanwhile.
    idle: Mutex<Vec<Workspace>>,
}

/// What a thread needs for verifying.
struct Workspace {
    hasher: Hasher,
    scratch: Scratch,
}

impl Verifier {
    /// `randomx` is usually light; in fast mode many proofs are verified several times faster.
    pub fn new(params: PostParams, randomx: Arc<RandomX>, kernel: LabelKernel) -> Self {
        Self {
            params,
            randomx,
            kernel,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Verifies a proof on the calling thread.
    ///
    /// # Errors
    /// The first check that fails, in the order of 03 §3.11.
    pub fn verify(
        &self,
        proof: &Proof,
        subject: &ProofSubject,
        mode: Mode<'_>,
    ) -> Result<(), VerifyError> {
        if proof.indices.is_empty() {
            return Err(VerifyError::NoIndices);
        }
        self.params.check_num_units(subject.num_units)?;
        let group = proof.nonce / NONCES_PER_GROUP;
        let group = u8::try_from(group).map_err(|_| VerifyError::Nonce { nonce: proof.nonce })?;
        let mut workspace = self.take_workspace()?;
        let result = self.verify_in(&mut workspace, proof, subject, group, mode);
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(workspace);
        result
    }

    fn take_workspace(&self) -> Result<Workspace, RandomXError> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        idle.map_or_else(
            || {
                Ok(Workspace {
                    hasher: self.randomx.hasher()?,
                    scratch: Scratch::new(),
                })
            },
            Ok,
        )
    }

    fn verify_in(
        &self,
        workspace: &mut Workspace,
        proof: &Proof,
        subject: &ProofSubject,
        group: u8,
        mode: Mode<'_>,
    ) -> Result<(), VerifyError> {
        let PostParams {
            k1,
            k2,
            pow_difficulty,
            ..
        } = self.params;
        let work = PowWork {
            node_id: subject.node_id,
            challenge: subject.challenge,
            group,
            difficulty: scale_pow_difficulty(&pow_difficulty, subject.num_units),
        };
        if !work.is_solved_by(proof.pow, &mut workspace.hasher) {
            return Err(VerifyError::Pow {
                pow: proof.pow,
                group,
            });
        }
        let labels = self.params.num_labels(subject.num_units)?;
        let bits = index_bits(labels);
        let expected = packed_len(bits, k2);
        let found = proof.indices.len() as u64;
        if found != expected {
            return Err(VerifyError::IndicesLength { expected, found });
        }
        let difficulty = ProvingDifficulty::new(k1, labels)?;
        let indices = unpack(&proof.indices, bits, k2 as usize);
        let selected = select(&indices, mode, subject);
        self.check_labels(workspace, proof, subject, group, difficulty, &selected)
    }

    fn check_labels(
        &self,
        workspace: &mut Workspace,
        proof: &Proof,
        subject: &ProofSubject,
        group: u8,
        difficulty: ProvingDifficulty,
        selected: &[Selected],
    ) -> Result<(), VerifyError> {
        let commitment = Commitment::new(&subject.node_id, &subject.commitment_atx_id);
        let places: Vec<_> = selected
            .iter()
            .map(|s| LabelAt {
                commitment,
                index: s.index,
            })
            .collect();
        let mut labels = vec![[0; 32]; places.len()];
        let kernel = self.kernel.for_count(places.len());
        labels_at(
            kernel,
            &places,
            self.params.scrypt,
            &mut labels,
            &mut workspace.scratch,
        )?;
        let keys = GroupKeys::new(&subject.challenge, u32::from(group), proof.pow);
        let nonce = (proof.nonce % NONCES_PER_GROUP) as u8;
        for (Selected { position, index }, label) in selected.iter().zip(&labels) {
            let label = stored(label);
            check(&keys, nonce, difficulty, &label).map_err(|miss| VerifyError::InvalidIndex {
                position: *position,
                index: *index,
                miss,
                difficulty,
                label,
            })?;
        }
        Ok(())
    }
}

/// An index to check and its place in the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Selected {
    position: u32,
    index: u64,
}

fn select(indices: &[u64], mode: Mode<'_>, subject: &ProofSubject) -> Vec<Selected> {
    let mut all: Vec<_> = (0..)
        .zip(indices)
        .map(|(position, index)| Selected {
            position,
            index: *index,
        })
        .collect();
    match mode {
        Mode::All => {}
        Mode::One(position) => all.retain(|selected| selected.position == position),
        Mode::Subset { k3, seed } if k3 as usize != all.len() => {
            let mut hasher = blake3::Hasher::new();
            hasher
                .update(seed)
                .update(&subject.node_id)
                .update(&subject.challenge);
            shuffle(&mut all, k3 as usize, hasher.finalize_xof());
            all.truncate(k3 as usize);
        }
        Mode::Subset { .. } => {}
    }
    all
}

/// Brings the first `count` elements of a shuffle that follows `random` to the front.
fn shuffle<T>(list: &mut [T], count: usize, mut random: blake3::OutputReader) {
    let mut next = || {
        let mut bytes = [0; 2];
        random.fill(&mut bytes);
        u16::from_le_bytes(bytes)
    };
    let len = list.len();
    for k in 0..count.min(len) {
        // A proof within its wire limit has at most 6400 indices.
        let Ok(remaining) = u16::try_from(len - k) else {
            return;
        };
        let cap = u16::MAX - u16::MAX % remaining;
        let value = loop {
            let value = next();
            if value < cap {
                break value;
            }
        };
        list.swap(k, k + usize::from(value % remaining));
    }
}

/// Why a proof was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Nothing to verify.
    #[error("the proof has no indices")]
    NoIndices,
    /// Units outside the network's limits, or too many labels.
    #[error(transparent)]
    Params(#[from] ParamsError),
    /// The nonce's group does not fit a byte.
    #[error("proof nonce {nonce}: the largest is 4095")]
    Nonce {
        /// The nonce.
        nonce: u32,
    },
    /// The RandomX work does not satisfy its difficulty.
    #[error("the RandomX work {pow} of nonce group {group} does not satisfy the difficulty")]
    Pow {
        /// The work.
        pow: u64,
        /// Nonce group.
        group: u8,
    },
    /// The packed indices have another length.
    #[error("{found} bytes of indices, expected exactly {expected}")]
    IndicesLength {
        /// Bytes of K2 indices.
        expected: u64,
        /// Bytes in the proof.
        found: u64,
    },
    /// Fewer labels than K1.
    #[error(transparent)]
    Difficulty(#[from] DifficultyError),
    /// A label is not a hit.
    #[error(
        "label {index} (position {position} of the proof) is not a hit: {}",
        describe(miss, difficulty)
    )]
    InvalidIndex {
        /// Place in the proof's list, also when a subset was checked.
        position: u32,
        /// Label index.
        index: u64,
        /// By how much.
        miss: Miss,
        /// What it had to satisfy.
        difficulty: ProvingDifficulty,
        /// The label as recomputed.
        label: Label,
    },
    /// RandomX does not work on this machine.
    #[error(transparent)]
    RandomX(#[from] RandomXError),
    /// The label kernel does not work on this machine.
    #[error(transparent)]
    Kernel(#[from] KernelError),
}

impl VerifyError {
    /// Whether the failure is this machine's and says nothing about the proof.
    pub const fn is_local(&self) -> bool {
        match self {
            Self::RandomX(_) | Self::Kernel(_) => true,
            Self::NoIndices
            | Self::Params(_)
            | Self::Nonce { .. }
            | Self::Pow { .. }
            | Self::IndicesLength { .. }
            | Self::Difficulty(_)
            | Self::InvalidIndex { .. } => false,
        }
    }
}

fn describe(miss: &Miss, difficulty: &ProvingDifficulty) -> String {
    match miss {
        Miss::Msb { value } => format!("byte {value} is above {}", difficulty.msb),
        Miss::Lsb { value } => format!("{value} is not below {}", difficulty.lsb),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBJECT: ProofSubject = ProofSubject {
        node_id: [7; 32],
        commitment_atx_id: [9; 32],
        challenge: {
            let mut bytes = [0; 32];
            let mut i = 0;
            while i < 32 {
                bytes[i] = i as u8;
                i += 1;
            }
            bytes
        },
        num_units: 1,
    };

    /// Proof A of chapter 03: 37 indices, of which only these three are needed by position.
    fn positions(seed: &[u8], count: u32) -> Vec<u32> {
        let indices: Vec<u64> = (0..37).collect();
        select(&indices, Mode::Subset { k3: count, seed }, &SUBJECT)
            .iter()
            .map(|s| s.position)
            .collect()
    }

    #[test]
    fn the_subset_follows_the_seed_of_the_verifier() {
        assert_eq!(positions(b"", 3), [5, 10, 32]);
        let mut peer_id = vec![0x00, 0x24, 0x08, 0x01, 0x12, 0x20];
        peer_id.extend(1..=32);
        assert_eq!(positions(&peer_id, 5), [24, 32, 31, 20, 29]);
    }

    /// The reference's own test: positions 0..99, nothing hashed.
    #[test]
    fn the_order_is_that_of_the_reference() {
        let mut list: Vec<u32> = (0..100).collect();
        shuffle(&mut list, 15, blake3::Hasher::new().finalize_xof());
        assert_eq!(
            list[..15],
            [39, 13, 95, 77, 36, 41, 74, 17, 59, 87, 91, 63, 40, 20, 94]
        );
    }

    #[test]
    fn modes_select_nothing_beyond_the_list_and_keep_its_order_where_all_are_checked() {
        let all: Vec<u32> = (0..37).collect();
        assert_eq!(positions(b"x", 37), all);
        assert!(positions(b"x", 0).is_empty());
        let mut more = positions(b"x", 38);
        assert_ne!(more, all, "more than K2 is a shuffle of all");
        more.sort_unstable();
        assert_eq!(more, all);
        assert!(select(&[1, 2], Mode::One(2), &SUBJECT).is_empty());
        assert_eq!(
            select(&[1, 2], Mode::One(1), &SUBJECT),
            [Selected {
                position: 1,
                index: 2
            }]
        );
    }
}
