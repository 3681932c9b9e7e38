//! What this node's identities propose, vote and toss.

use std::collections::BTreeSet;

use spacemesh_codec::{BoundedBytes, BoundedVec, encode};
use spacemesh_crypto::{Domain, SigningKey};
use spacemesh_types::{
    EpochId, RoundId, VrfNonce,
    wire::{
        BeaconProposalMessage, BeaconProposalValue, BeaconVrfInput, FirstVotingMessage,
        FirstVotingMessageBody, FollowingVotingMessage, FollowingVotingMessageBody,
        WeakCoinMessage,
    },
};

use super::{BeaconMachine, BeaconSource, Context, Effect, Step, Topic};
use crate::beacon::epoch::{Category, EpochAtx};

impl BeaconMachine {
    /// The node's identities that take part in a run, with their ATXs and nonces.
    fn active<'a, S: BeaconSource>(
        &self,
        context: &'a Context<'_, S>,
        epoch: EpochId,
    ) -> Vec<(&'a SigningKey, EpochAtx, VrfNonce)> {
        let Some(state) = self.states.get(&epoch) else {
            return Vec::new();
        };
        let active = context.signers.iter().filter_map(|(id, key)| {
            let atx = state.smesher(id)?;
            let nonce = context.source.vrf_nonce(id, epoch)?;
            Some((key, *atx, nonce))
        });
        active.collect()
    }

    pub(super) fn propose<S: BeaconSource>(
        &mut self,
        context: &Context<'_, S>,
        epoch: EpochId,
        out: &mut Vec<Effect>,
    ) {
        for (key, atx, nonce) in self.active(context, epoch) {
            let Some(state) = self.states.get_mut(&epoch) else {
                return;
            };
            if atx.malicious || state.has_proposed(&atx.smesher) {
                continue;
            }
            let proof = key.prove_vrf(&BeaconVrfInput::new(nonce, epoch).alpha());
            let category = state.classify(&self.rules, &atx, &proof, context.now);
            if category == Category::Invalid {
                continue;
            }
            state.take_proposal(atx.smesher, &proof, category);
            let message = BeaconProposalMessage {
                epoch,
                node_id: atx.smesher,
                vrf_signature: proof,
            };
            out.push(Effect::Publish {
                topic: Topic::Proposal,
                smesher: atx.smesher,
                bytes: encode(&message),
            });
        }
    }

    pub(super) fn vote_first<S: BeaconSource>(
        &mut self,
        context: &Context<'_, S>,
        epoch: EpochId,
        out: &mut Vec<Effect>,
    ) {
        let Some(state) = self.states.get(&epoch) else {
            return;
        };
        let (valid, potentially_valid) = state.proposals();
        // More proposals than a message holds are possible only with more smeshers than the thresholds let pass; the first ones go out.
        let body = FirstVotingMessageBody {
            epoch,
            valid_proposals: listed(valid),
            potentially_valid_proposals: listed(potentially_valid),
        };
        let signed = encode(&body);
        for (key, atx, _) in self.active(context, epoch) {
            let message = FirstVotingMessage {
                body: body.clone(),
                smesher_id: atx.smesher,
                signature: key.sign(&self.prefix, Domain::BeaconFirstMessage, &signed),
            };
            if self.count_first_vote(&message).is_ok() {
                out.push(Effect::Publish {
                    topic: Topic::FirstVote,
                    smesher: atx.smesher,
                    bytes: encode(&message),
                });
            }
        }
    }

    pub(super) fn vote<S: BeaconSource>(
        &mut self,
        context: &Context<'_, S>,
        epoch: EpochId,
        round: RoundId,
        out: &mut Vec<Effect>,
    ) {
        for (key, atx, _) in self.active(context, epoch) {
            let (Some(run), Some(state)) = (&self.run, self.states.get(&epoch)) else {
                return;
            };
            let votes = state.vote_of(&atx.smesher, &run.support);
            let Some(Ok(votes)) = votes.map(BoundedBytes::try_from) else {
                continue;
            };
            let body = FollowingVotingMessageBody {
                epoch,
                round,
                votes,
            };
            let signed = encode(&body);
            let message = FollowingVotingMessage {
                body,
                smesher_id: atx.smesher,
                signature: key.sign(&self.prefix, Domain::BeaconFollowupMessage, &signed),
            };
            if self.count_vote(&message).is_ok() {
                out.push(Effect::Publish {
                    topic: Topic::FollowingVote,
                    smesher: atx.smesher,
                    bytes: encode(&message),
                });
            }
        }
    }

    pub(super) fn begin_coin<S: BeaconSource>(
        &mut self,
        context: &Context<'_, S>,
        epoch: EpochId,
        round: RoundId,
        out: &mut Vec<Effect>,
    ) {
        for early in self.coin.start_round(round) {
            // Its verdict was given when it came.
            let _ = self.take_toss(context, &early);
        }
        let tossers: Vec<_> = self
            .active(context, epoch)
            .into_iter()
            .filter(|(_, atx, _)| !atx.malicious && atx.units > 0)
            .map(|(_, atx, nonce)| (atx.smesher, nonce, atx.units))
            .collect();
        if !tossers.is_empty() {
            out.push(Effect::Toss {
                epoch,
                round,
                tossers,
            });
        }
    }

    /// A toss of the node's own: published if it is the smallest so far.
    pub(super) fn tossed(&mut self, toss: &WeakCoinMessage, out: &mut Vec<Effect>) {
        let due = self.run.as_ref().is_some_and(|run| {
            run.epoch == toss.epoch && matches!(run.step, Step::Coin(round) if round == toss.round)
        });
        if due && self.coin.take(&toss.vrf_signature) {
            out.push(Effect::Publish {
                topic: Topic::WeakCoin,
                smesher: toss.node_id,
                bytes: encode(toss),
            });
        }
    }
}

/// As many values as a message holds, ascending.
fn listed<const MAX: usize>(
    values: &BTreeSet<BeaconProposalValue>,
) -> BoundedVec<BeaconProposalValue, MAX> {
    let listed: Vec<_> = values.iter().take(MAX).copied().collect();
    BoundedVec::try_from(listed).expect("no more than fit were taken")
}
