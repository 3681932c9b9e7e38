//! Messages of others, and what is checked of them in which order.

use spacemesh_codec::{Decode, decode_exact, encode};
use spacemesh_crypto::{Domain, verify, verify_vrf};
use spacemesh_types::{
    EdSignature, EpochId, NodeId, PublicKey, RoundId, Timestamp,
    wire::{
        BeaconProposalMessage, BeaconVrfInput, FirstVotingMessage, FollowingVotingMessage,
        WeakCoinMessage,
    },
};

use super::{BeaconMachine, BeaconSource, Context, MessageFault, Topic};
use crate::beacon::coin::{self, Placed};

impl BeaconMachine {
    /// Takes a message that was received at an instant. `Ok`: pass it on.
    ///
    /// # Errors
    ///
    /// Why it is not passed on.
    pub fn receive<S: BeaconSource>(
        &mut self,
        context: &Context<'_, S>,
        topic: Topic,
        bytes: &[u8],
        received: Timestamp,
    ) -> Result<(), MessageFault> {
        if !self.rules.is_on() || !context.listening {
            return Err(MessageFault::NotListening);
        }
        match topic {
            Topic::Proposal => self.receive_proposal(context, &message(bytes)?, received),
            Topic::FirstVote => {
                self.run.as_ref().ok_or(MessageFault::NotRunning)?;
                self.receive_first_vote(&message(bytes)?, context.now)
            }
            Topic::FollowingVote => {
                self.run.as_ref().ok_or(MessageFault::NotRunning)?;
                self.receive_vote(&message(bytes)?, context.now, received)
            }
            Topic::WeakCoin => {
                self.run.as_ref().ok_or(MessageFault::NotRunning)?;
                self.receive_toss(context, &message(bytes)?)
            }
        }
    }

    fn receive_proposal<S: BeaconSource>(
        &mut self,
        context: &Context<'_, S>,
        message: &BeaconProposalMessage,
        received: Timestamp,
    ) -> Result<(), MessageFault> {
        let (epoch, smesher) = (message.epoch, message.node_id);
        let current = self.clock.epoch_at(context.now);
        let early = Some(epoch) == current.checked_add(1) && {
            let from = self.clock.start_of_epoch(epoch).minus(self.rules.delta);
            received > from
        };
        if epoch != current && !early {
            return Err(MessageFault::OtherEpoch(epoch));
        }
        if !self.ensure_state(context, epoch) {
            return Err(MessageFault::NoState(epoch));
        }
        let state = self.states.get_mut(&epoch);
        let state = state.ok_or(MessageFault::NoState(epoch))?;
        let atx = *state
            .smesher(&smesher)
            .ok_or(MessageFault::UnknownSmesher(smesher))?;
        // A second proposal has the same verdict whether or not its proof is right, so that it need not be verified.
        if state.has_proposed(&smesher) {
            return Err(MessageFault::Duplicate(smesher));
        }
        let nonce = context.source.vrf_nonce(&smesher, epoch);
        let nonce = nonce.ok_or(MessageFault::NoNonce(smesher))?;
        let input = BeaconVrfInput::new(nonce, epoch).alpha();
        verify_vrf(&PublicKey::from(smesher), &input, &message.vrf_signature)
            .map_err(|_| MessageFault::WrongProof)?;
        let category = state.classify(&self.rules, &atx, &message.vrf_signature, received);
        state.take_proposal(smesher, &message.vrf_signature, category);
        Ok(())
    }

    fn receive_first_vote(
        &mut self,
        message: &FirstVotingMessage,
        now: Timestamp,
    ) -> Result<(), MessageFault> {
        self.check_epoch(message.body.epoch, now)?;
        let run = self.run.as_ref().ok_or(MessageFault::NotRunning)?;
        if run.round != RoundId::ZERO {
            return Err(MessageFault::OtherRound(RoundId::ZERO));
        }
        self.check_signature(
            Domain::BeaconFirstMessage,
            &encode(&message.body),
            message.smesher_id,
            &message.signature,
        )?;
        self.count_first_vote(message)
    }

    pub(super) fn count_first_vote(
        &mut self,
        message: &FirstVotingMessage,
    ) -> Result<(), MessageFault> {
        let smesher = message.smesher_id;
        let epoch = message.body.epoch;
        let state = self.states.get_mut(&epoch);
        let state = state.ok_or(MessageFault::NoState(epoch))?;
        // Only smeshers of the epoch are remembered, so that strangers cannot fill the memory.
        let atx = *state
            .smesher(&smesher)
            .ok_or(MessageFault::UnknownSmesher(smesher))?;
        if !state.note_first_vote(smesher) {
            return Err(MessageFault::Duplicate(smesher));
        }
        let body = &message.body;
        state.count_first_vote(
            &self.rules,
            &atx,
            &body.valid_proposals,
            &body.potentially_valid_proposals,
        );
        Ok(())
    }

    fn receive_vote(
        &mut self,
        message: &FollowingVotingMessage,
        now: Timestamp,
        received: Timestamp,
    ) -> Result<(), MessageFault> {
        let body = &message.body;
        self.check_epoch(body.epoch, now)?;
        let run = self.run.as_ref().ok_or(MessageFault::NotRunning)?;
        let next = Some(body.round) == run.round.checked_add(1)
            && run.next_round_from.is_none_or(|from| received > from);
        if body.round != run.round && !next {
            return Err(MessageFault::OtherRound(body.round));
        }
        self.check_signature(
            Domain::BeaconFollowupMessage,
            &encode(body),
            message.smesher_id,
            &message.signature,
        )?;
        self.count_vote(message)
    }

    pub(super) fn count_vote(
        &mut self,
        message: &FollowingVotingMessage,
    ) -> Result<(), MessageFault> {
        let (smesher, body) = (message.smesher_id, &message.body);
        let state = self.states.get_mut(&body.epoch);
        let state = state.ok_or(MessageFault::NoState(body.epoch))?;
        let atx = *state
            .smesher(&smesher)
            .ok_or(MessageFault::UnknownSmesher(smesher))?;
        if !state.note_vote(body.round, smesher) {
            return Err(MessageFault::Duplicate(smesher));
        }
        if state.count_vote(&atx, &body.votes) {
            Ok(())
        } else {
            Err(MessageFault::NoFirstVote(smesher))
        }
    }

    fn receive_toss<S: BeaconSource>(
        &mut self,
        context: &Context<'_, S>,
        toss: &WeakCoinMessage,
    ) -> Result<(), MessageFault> {
        match self.coin.place(toss, self.rules.rounds) {
            Placed::Current => self.take_toss(context, toss),
            Placed::Kept => Ok(()),
            Placed::Dropped => Err(MessageFault::OtherRound(toss.round)),
        }
    }

    pub(super) fn take_toss<S: BeaconSource>(
        &mut self,
        context: &Context<'_, S>,
        toss: &WeakCoinMessage,
    ) -> Result<(), MessageFault> {
        // All faults have one verdict: the cheap checks come first.
        if !self.coin.would_be_smallest(&toss.vrf_signature) {
            return Err(MessageFault::NotSmallest);
        }
        let smesher = toss.node_id;
        let state = self.states.get(&toss.epoch);
        let atx = state.and_then(|state| state.smesher(&smesher));
        let units = atx.map_or(0, |atx| if atx.malicious { 0 } else { atx.units });
        // One more than honest smeshers use, as the network has it.
        if toss.unit > units {
            return Err(MessageFault::UnitTooLarge {
                unit: toss.unit,
                units,
            });
        }
        let nonce = context.source.vrf_nonce(&smesher, toss.epoch);
        let nonce = nonce.ok_or(MessageFault::NoNonce(smesher))?;
        if !coin::is_proved(toss, nonce) {
            return Err(MessageFault::WrongProof);
        }
        self.coin.take(&toss.vrf_signature);
        Ok(())
    }

    fn check_epoch(&self, epoch: EpochId, now: Timestamp) -> Result<(), MessageFault> {
        if epoch == self.clock.epoch_at(now) {
            Ok(())
        } else {
            Err(MessageFault::OtherEpoch(epoch))
        }
    }

    fn check_signature(
        &self,
        domain: Domain,
        body: &[u8],
        smesher: NodeId,
        signature: &EdSignature,
    ) -> Result<(), MessageFault> {
        verify(
            &PublicKey::from(smesher),
            &self.prefix,
            domain,
            body,
            signature,
        )
        .map_err(|_| MessageFault::WrongSignature)
    }
}

fn message<T: Decode>(bytes: &[u8]) -> Result<T, MessageFault> {
    Ok(decode_exact(bytes)?)
}
