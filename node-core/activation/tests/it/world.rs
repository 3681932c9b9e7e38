//! A small network: an intake over a state in memory, PoET rounds with two members, and a verifier whose answers are written into the
//! proofs themselves.

use std::{collections::BTreeMap, num::NonZeroU64};

use spacemesh_activation::{
    Atx, AtxVersions, Conclusion, Intake, IntakeEffect, IntakeInput, IntakeLimits, JobId,
    MemoryState, Origin, PoetRow, Reference, Rules, Ticket, TreeRules, Verdict, Verifier, Work,
    WorkResult, join,
};
use spacemesh_codec::{BoundedBytes, BoundedVec};
use spacemesh_crypto::SigningKey;
use spacemesh_types::{
    Address, AtxId, AtxVersion, EdSignature, EpochId, Hash32, LayersPerEpoch, NodeId, PoetProofRef,
    Timestamp, VrfNonce, sum,
    wire::{
        ActivationTxV1, ActivationTxV2, InitialAtxPartsV2, InnerActivationTxV1, MerkleProof,
        MerkleProofV2, NipostChallengeV1, NipostChallengeV2, NipostV1, NipostsV2, PostMetadataV1,
        PostV1, SubPostV2,
    },
};

/// Labels of a unit.
pub(crate) const LABELS: u64 = 1000;
/// Leaves of PoET rounds, unless a test says otherwise: ten ticks.
pub(crate) const LEAVES: u64 = 1005;

/// A proof of space that holds.
pub(crate) const GOOD: u32 = 0;
/// One that does not.
pub(crate) const BAD: u32 = 1;
/// One that cannot be checked.
pub(crate) const UNCHECKABLE: u32 = 2;
/// From here on: the index at this many more does not hold.
pub(crate) const BAD_INDEX: u32 = 100;

pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32])
}

pub(crate) fn post(nonce: u32) -> PostV1 {
    PostV1 {
        nonce,
        indices: BoundedBytes::from([1, 2, 3]),
        pow: 5,
    }
}

pub(crate) fn golden() -> AtxId {
    AtxId([9; 32])
}

pub(crate) fn rules() -> Rules {
    Rules {
        prefix: golden().to_hash32().to_hash20(),
        golden_atx: golden(),
        layers_per_epoch: LayersPerEpoch::new(10).unwrap(),
        tick_size: NonZeroU64::new(100).unwrap(),
        min_num_units: 2,
        max_num_units: 1000,
        labels_per_unit: LABELS,
        k2: 37,
        k3: 1,
        versions: AtxVersions::default(),
        tree: TreeRules::Snapshot,
    }
}

/// The same with version 2 from epoch 5 on.
pub(crate) fn rules_v2() -> Rules {
    let switches = BTreeMap::from([(EpochId(5), AtxVersion::V2)]);
    Rules {
        versions: AtxVersions::new(&switches).unwrap(),
        ..rules()
    }
}

pub(crate) struct Told;

impl Verifier for Told {
    fn verify(&self, work: &Work) -> WorkResult {
        match work {
            // Larger identities need a larger nonce.
            Work::VrfNonce(work) if work.nonce.0 >= work.num_labels => WorkResult::Valid,
            Work::VrfNonce(_) => WorkResult::Invalid,
            Work::Post(work) => match work.post.nonce {
                GOOD => WorkResult::Valid,
                UNCHECKABLE => WorkResult::Unavailable,
                nonce if nonce >= BAD_INDEX => WorkResult::InvalidIndex(nonce - BAD_INDEX),
                _ => WorkResult::Invalid,
            },
        }
    }
}

/// What came out for one message.
pub(crate) struct Outcome {
    pub(crate) verdict: Option<Verdict>,
    pub(crate) conclusion: Option<Conclusion>,
    pub(crate) effects: Vec<IntakeEffect>,
}

pub(crate) struct World {
    pub(crate) state: MemoryState,
    pub(crate) intake: Intake,
    pub(crate) epoch: EpochId,
    pub(crate) now: Timestamp,
    pub(crate) tickets: u64,
}

impl World {
    pub(crate) fn new(rules: Rules) -> Self {
        let mut intake = Intake::new(rules, IntakeLimits::default());
        intake.set_synced(true);
        Self {
            state: MemoryState::default(),
            intake,
            epoch: EpochId(20),
            now: Timestamp::from_unix_seconds(1_000_000),
            tickets: 0,
        }
    }

    pub(crate) fn rules(&self) -> Rules {
        self.intake.rules().clone()
    }

    /// A PoET round in which `challenge` is the second of two members.
    pub(crate) fn poet(
        &mut self,
        challenge: Hash32,
        leaf_count: u64,
    ) -> (PoetProofRef, MerkleProof) {
        let (reference, row, proof) = poet(challenge, leaf_count);
        self.state.insert_poet(reference, row);
        (reference, proof)
    }

    /// A first ATX of version 1.
    pub(crate) fn initial(&mut self, key: &SigningKey, publish: u32, units: u32) -> ActivationTxV1 {
        let challenge = NipostChallengeV1 {
            publish_epoch: EpochId(publish),
            sequence: 0,
            prev_atx: AtxId::ZERO,
            positioning_atx: golden(),
            commitment_atx: Some(golden()),
            initial_post: Some(post(GOOD)),
        };
        let mut atx = self.v1(key, challenge, units);
        atx.inner.node_id = Some(key.node_id());
        atx.inner.vrf_nonce = Some(VrfNonce(100 * LABELS));
        resign(&mut atx, key);
        atx
    }

    /// A later ATX of version 1.
    pub(crate) fn chained(
        &mut self,
        key: &SigningKey,
        publish: u32,
        sequence: u64,
        previous: AtxId,
        units: u32,
    ) -> ActivationTxV1 {
        let challenge = NipostChallengeV1 {
            publish_epoch: EpochId(publish),
            sequence,
            prev_atx: previous,
            positioning_atx: previous,
            commitment_atx: None,
            initial_post: None,
        };
        self.v1(key, challenge, units)
    }

    pub(crate) fn v1(
        &mut self,
        key: &SigningKey,
        challenge: NipostChallengeV1,
        units: u32,
    ) -> ActivationTxV1 {
        let (reference, membership) = self.poet(challenge.hash(), LEAVES);
        let mut atx = ActivationTxV1 {
            inner: InnerActivationTxV1 {
                challenge,
                coinbase: Address([7; 24]),
                num_units: units,
                nipost: Some(NipostV1 {
                    membership,
                    post: Some(post(GOOD)),
                    post_metadata: Some(PostMetadataV1 {
                        challenge: BoundedBytes::from(reference.0),
                        labels_per_unit: LABELS,
                    }),
                }),
                node_id: None,
                vrf_nonce: None,
            },
            smesher_id: key.node_id(),
            signature: EdSignature::ZERO,
        };
        resign(&mut atx, key);
        atx
    }

    /// An ATX of version 2 of one identity; without a previous one it is its first.
    pub(crate) fn v2(
        &mut self,
        key: &SigningKey,
        publish: u32,
        previous: Option<AtxId>,
        units: u32,
    ) -> ActivationTxV2 {
        let challenge = NipostChallengeV2 {
            publish_epoch: EpochId(publish),
            prev_atx: previous.unwrap_or_default(),
            positioning_atx: golden(),
            initial_post: previous.is_none().then(|| post(GOOD)),
        };
        let (reference, membership) = self.poet(challenge.hash(), LEAVES);
        let mut atx = ActivationTxV2 {
            publish_epoch: EpochId(publish),
            positioning_atx: golden(),
            // The id covers no signer: equal first ATXs of two identities would be one.
            coinbase: Address([key.node_id().0[0]; 24]),
            initial: previous.is_none().then(|| InitialAtxPartsV2 {
                commitment_atx: golden(),
                post: post(GOOD),
            }),
            previous_atxs: previous.into_iter().collect::<Vec<_>>().try_into().unwrap(),
            niposts: [element(reference, &membership, &[sub_post(0, 0, units)])].into(),
            vrf_nonce: VrfNonce(100 * LABELS),
            marriages: BoundedVec::new(),
            marriage_atx: None,
            smesher_id: NodeId::ZERO,
            signature: EdSignature::ZERO,
        };
        resign_v2(&mut atx, key, &self.rules());
        atx
    }

    pub(crate) fn gossip(&mut self, atx: &Atx) -> Outcome {
        self.take(Origin::Gossip, atx.encode())
    }

    pub(crate) fn gossip_v1(&mut self, atx: &ActivationTxV1) -> Outcome {
        self.gossip(&Atx::V1(Box::new(atx.clone())))
    }

    pub(crate) fn gossip_v2(&mut self, atx: &ActivationTxV2) -> Outcome {
        self.gossip(&Atx::V2(Box::new(atx.clone())))
    }

    /// Gossips an ATX that must be accepted, and returns its id.
    pub(crate) fn accept(&mut self, atx: &Atx) -> AtxId {
        let outcome = self.gossip(atx);
        assert_eq!(outcome.conclusion, Some(Conclusion::Stored));
        assert_eq!(outcome.verdict, Some(Verdict::Accept));
        atx.id(self.intake.rules().tree)
    }

    pub(crate) fn accept_v1(&mut self, atx: &ActivationTxV1) -> AtxId {
        self.accept(&Atx::V1(Box::new(atx.clone())))
    }

    pub(crate) fn accept_v2(&mut self, atx: &ActivationTxV2) -> AtxId {
        self.accept(&Atx::V2(Box::new(atx.clone())))
    }

    /// Hands bytes in and does all work; nothing is fetched.
    pub(crate) fn take(&mut self, origin: Origin, bytes: Vec<u8>) -> Outcome {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let input = IntakeInput::Received {
            ticket,
            origin,
            received: self.now,
            epoch: self.epoch,
            bytes,
        };
        let effects = self.run(input);
        let own = effects.iter().find_map(|effect| match effect {
            IntakeEffect::Verdict {
                ticket: it,
                verdict,
                conclusion,
            } if *it == ticket => Some((*verdict, conclusion.clone())),
            _ => None,
        });
        let (verdict, conclusion) = own.unzip();
        Outcome {
            verdict,
            conclusion,
            effects,
        }
    }

    /// Hands an input in and does all work that follows.
    pub(crate) fn run(&mut self, input: IntakeInput) -> Vec<IntakeEffect> {
        let mut all = Vec::new();
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let mut effects = Vec::new();
            self.intake
                .handle(self.now, &mut self.state, input, &mut effects);
            for effect in effects {
                if let IntakeEffect::Check { job, work } = &effect {
                    let (job, result): (JobId, _) = (*job, Told.verify(work));
                    inputs.push(IntakeInput::Checked { job, result });
                }
                all.push(effect);
            }
        }
        all
    }

    pub(crate) fn unobtainable(
        &mut self,
        reference: Reference,
        rejected: bool,
    ) -> Vec<IntakeEffect> {
        self.run(IntakeInput::Unobtainable {
            reference,
            rejected,
        })
    }
}

pub(crate) fn poet(challenge: Hash32, leaf_count: u64) -> (PoetProofRef, PoetRow, MerkleProof) {
    let other = Hash32([1; 32]);
    let statement = join(other.as_ref(), challenge.as_ref());
    let reference = PoetProofRef(sum([&statement.0[..], &leaf_count.to_le_bytes()]).0);
    let row = PoetRow {
        leaf_count,
        statement,
    };
    let proof = MerkleProof {
        nodes: [other].into(),
        leaf_index: 1,
    };
    (reference, row, proof)
}

pub(crate) fn sub_post(marriage_index: u32, prev_atx_index: u32, units: u32) -> SubPostV2 {
    SubPostV2 {
        marriage_index,
        prev_atx_index,
        membership_leaf_index: 1,
        post: post(GOOD),
        num_units: units,
    }
}

pub(crate) fn element(
    reference: PoetProofRef,
    membership: &MerkleProof,
    posts: &[SubPostV2],
) -> NipostsV2 {
    NipostsV2 {
        membership: MerkleProofV2 {
            nodes: membership.nodes.clone(),
        },
        challenge: reference.to_hash32(),
        posts: posts.to_vec().try_into().unwrap(),
    }
}

pub(crate) fn resign(atx: &mut ActivationTxV1, key: &SigningKey) {
    let mut whole = Atx::V1(Box::new(atx.clone()));
    whole.sign(key, &rules().prefix, TreeRules::Snapshot);
    if let Atx::V1(signed) = whole {
        *atx = *signed;
    }
}

pub(crate) fn resign_v2(atx: &mut ActivationTxV2, key: &SigningKey, rules: &Rules) {
    let mut whole = Atx::V2(Box::new(atx.clone()));
    whole.sign(key, &rules.prefix, rules.tree);
    if let Atx::V2(signed) = whole {
        *atx = *signed;
    }
}
