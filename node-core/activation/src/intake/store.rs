//! The last step of judging an ATX: whether it contradicts another, and its row (05 §9 E and F, §10 F).

use spacemesh_types::{
    AtxId, AtxVersion, NodeId, Timestamp,
    wire::{ActivationTxV1, MalfeasanceProof},
};

use super::{Conclusion, Intake, IntakeEffect, MessageHash, Parked, Stage};
use crate::{
    Atx, Change, Ignored, Rejection, State, View, malfeasance, marriage, validate_v1::Accepted,
    validate_v2,
};

impl Intake {
    /// Step E of 05 §9: an index of the proof of space does not hold. The ATX is not stored (05 trap 13).
    pub(super) fn bad_index(
        &mut self,
        state: &mut (impl State + ?Sized),
        message: MessageHash,
        index: u32,
        out: &mut Vec<IntakeEffect>,
    ) -> Conclusion {
        let Some(parked) = self.parked.get(&message) else {
            return Conclusion::Rejected(Rejection::Post);
        };
        // The snapshot makes no proofs of ATXs of version 2.
        let Atx::V1(atx) = &parked.atx else {
            return Conclusion::Rejected(Rejection::Post);
        };
        let node = atx.smesher_id;
        if state.is_malicious(node) {
            return Conclusion::Rejected(Rejection::PostOfMalicious);
        }
        let proof = malfeasance::invalid_post_index((**atx).clone(), index, &self.rules);
        let publish = parked.by_gossip();
        condemn(state, node, proof, self.now, publish, out);
        Conclusion::Ignored(Ignored::Malicious)
    }

    /// Step F: stores an ATX of which everything holds.
    pub(super) fn accept(
        &mut self,
        state: &mut (impl State + ?Sized),
        message: MessageHash,
        out: &mut Vec<IntakeEffect>,
    ) -> Conclusion {
        let Some(parked) = self.parked.get(&message) else {
            return Conclusion::Ignored(Ignored::Known);
        };
        let Stage::Late { then, .. } = &parked.stage else {
            return Conclusion::Ignored(Ignored::Known);
        };
        let accepted = match then {
            Ok(accepted) => (**accepted).clone(),
            Err(rejection) => return Conclusion::Rejected(rejection.clone()),
        };
        // Another message with the same id may have been faster.
        if state.atx(parked.id).is_some() {
            return match parked.atx.version() {
                AtxVersion::V2 => Conclusion::Stored,
                _ => Conclusion::Ignored(Ignored::Known),
            };
        }
        match &parked.atx {
            Atx::V1(atx) => self.store_v1(state, parked, atx, accepted, out),
            Atx::V2(atx) => {
                let nodes = match validate_v2::married(atx, &self.rules, state) {
                    Ok(nodes) => nodes,
                    Err(rejection) => return Conclusion::Rejected(rejection),
                };
                for change in marriage::record(atx, parked.id, &nodes, state) {
                    state.apply(change);
                }
                let posts = accepted.posts.clone();
                insert(state, parked, &accepted);
                let rules = &self.rules;
                let misbehaviour = marriage::detect(atx, parked.id, &nodes, &posts, rules, state);
                out.push(IntakeEffect::Stored {
                    row: Box::new(accepted.row),
                    malicious: misbehaviour.is_some(),
                    misbehaviour: misbehaviour.map(Box::new),
                });
                Conclusion::Stored
            }
        }
    }

    fn store_v1(
        &self,
        state: &mut (impl State + ?Sized),
        parked: &Parked,
        atx: &ActivationTxV1,
        accepted: Accepted,
        out: &mut Vec<IntakeEffect>,
    ) -> Conclusion {
        let node = atx.smesher_id;
        let known_malicious = state.is_malicious(node);
        let proof = if known_malicious {
            None
        } else {
            match self.contradiction(state, atx, parked.id) {
                Ok(proof) => proof,
                Err(ignored) => return Conclusion::Ignored(ignored),
            }
        };
        insert(state, parked, &accepted);
        let malicious = known_malicious || proof.is_some();
        let conclusion = match proof {
            Some(proof) => {
                let publish = parked.by_gossip();
                condemn(state, node, proof, self.now, publish, out);
                Conclusion::Ignored(Ignored::Malicious)
            }
            None => Conclusion::Stored,
        };
        out.push(IntakeEffect::Stored {
            row: Box::new(accepted.row),
            malicious,
            misbehaviour: None,
        });
        conclusion
    }

    /// Steps F-a and F-b: whether the ATX contradicts one that is stored.
    fn contradiction(
        &self,
        state: &(impl View + ?Sized),
        atx: &ActivationTxV1,
        id: AtxId,
    ) -> Result<Option<MalfeasanceProof>, Ignored> {
        let node = atx.smesher_id;
        let challenge = &atx.inner.challenge;
        let other = state.signed_in(node, challenge.publish_epoch);
        if let Some(other) = other.filter(|other| *other != id) {
            if self.own.contains(&node) {
                return Err(Ignored::OwnIdentity);
            }
            let messages = [
                malfeasance::proof_message(&stored_v1(state, other)?),
                malfeasance::proof_message(atx),
            ];
            return Ok(Some(malfeasance::multiple_atxs(messages, &self.rules)));
        }
        let previous = Some(challenge.prev_atx).filter(|id| !id.is_zero());
        if state.newest_containing(node, challenge.publish_epoch) == previous {
            return Ok(None);
        }
        if self.own.contains(&node) {
            return Err(Ignored::OwnIdentity);
        }
        let same_previous = state.with_previous(node, previous);
        let Some(&other) = same_previous.first().filter(|other| **other != id) else {
            return Ok(None);
        };
        let other = stored_v1(state, other)?;
        let proof = malfeasance::invalid_prev_atx(atx.clone(), other, &self.rules);
        Ok(Some(proof))
    }
}

fn insert(state: &mut (impl State + ?Sized), parked: &Parked, accepted: &Accepted) {
    state.apply(Change::InsertAtx {
        row: accepted.row,
        blob: Some(parked.bytes.clone()),
        posts: accepted.posts.clone(),
    });
}

fn condemn(
    state: &mut (impl State + ?Sized),
    node: NodeId,
    proof: MalfeasanceProof,
    received: Timestamp,
    publish: bool,
    out: &mut Vec<IntakeEffect>,
) {
    let proof = Box::new(proof);
    state.apply(Change::InsertMalfeasance {
        node,
        proof: proof.clone(),
        received,
    });
    out.push(IntakeEffect::Malfeasance {
        node,
        proof,
        publish,
    });
}

/// A stored ATX of version 1 with its bytes; without them no proof can be made.
fn stored_v1(state: &(impl View + ?Sized), id: AtxId) -> Result<ActivationTxV1, Ignored> {
    let (version, bytes) = state.blob(id).ok_or(Ignored::NoProof)?;
    match Atx::decode_version(&bytes, version) {
        Ok(Atx::V1(atx)) => Ok(*atx),
        Ok(Atx::V2(_)) | Err(_) => Err(Ignored::NoProof),
    }
}
