//! The protocol as a machine: messages and layers in, messages and a beacon out (06 §3).
//!
//! Steps are timed from the moment at which the one before really ended, so delays add up, as they do in the network. Own messages are
//! taken in at once, as if gossip had brought them back; when it does, they are duplicates.

mod interface; // inputs, effects, faults
mod listen; // messages of others
mod speak; // messages of this node's identities

use std::collections::{BTreeMap, BTreeSet};

use spacemesh_crypto::Prefix;
use spacemesh_types::{
    Beacon, EpochId, LayerId, LayersPerEpoch, Network, RoundId, Timestamp,
    network::{ClockError, LayerClock},
    wire::BeaconProposalValue,
};

use super::{
    coin::CoinState,
    epoch::{EpochState, beacon_of},
    rules::BeaconRules,
};

pub use interface::{
    BeaconSource, Context, Effect, FailedRun, Input, MessageFault, Signers, Topic,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Proposals,
    FirstVotes,
    Votes(RoundId),
    Coin(RoundId),
}

#[derive(Debug, Clone)]
struct Run {
    epoch: EpochId,
    step: Step,
    ends: Timestamp,
    round: RoundId,
    /// From when on votes of the next round count; always, if there is none.
    next_round_from: Option<Timestamp>,
    support: BTreeSet<BeaconProposalValue>,
    undecided: BTreeSet<BeaconProposalValue>,
}

/// The protocol on one node. Progress is not stored: after a restart a node sits out until the next epoch.
#[derive(Debug, Clone)]
pub struct BeaconMachine {
    rules: BeaconRules,
    prefix: Prefix,
    clock: LayerClock,
    layers_per_epoch: LayersPerEpoch,
    effective_genesis: LayerId,
    states: BTreeMap<EpochId, EpochState>,
    run: Option<Run>,
    coin: CoinState,
}

impl BeaconMachine {
    /// A machine for a network.
    ///
    /// # Errors
    ///
    /// The network has no time.
    pub fn new(rules: BeaconRules, network: &Network) -> Result<Self, ClockError> {
        Ok(Self {
            rules,
            prefix: network.id(),
            clock: network.clock()?,
            layers_per_epoch: network.layers_per_epoch,
            effective_genesis: network.effective_genesis,
            states: BTreeMap::new(),
            run: None,
            coin: CoinState::default(),
        })
    }

    /// The topics to join: none where the protocol is off, as on mainnet (06 trap 1).
    pub const fn topics(&self) -> &'static [Topic] {
        if self.rules.is_on() { &Topic::ALL } else { &[] }
    }

    /// Whether a run is in progress, and in which epoch.
    pub fn running(&self) -> Option<EpochId> {
        self.run.as_ref().map(|run| run.epoch)
    }

    /// The state of a run, if there is one.
    pub fn state(&self, epoch: EpochId) -> Option<&EpochState> {
        self.states.get(&epoch)
    }

    /// When [`Input::Wakeup`] is due, and why. Changes only through [`BeaconMachine::handle`].
    pub fn next_wakeup(&self) -> Option<(Timestamp, &'static str)> {
        let run = self.run.as_ref()?;
        let reason = match run.step {
            Step::Proposals => "beacon proposals end",
            Step::FirstVotes => "beacon first votes end",
            Step::Votes(_) => "beacon votes end",
            Step::Coin(_) => "beacon coin ends",
        };
        Some((run.ends, reason))
    }

    /// Takes an input.
    pub fn handle<S: BeaconSource>(
        &mut self,
        context: &Context<'_, S>,
        input: Input,
        out: &mut Vec<Effect>,
    ) {
        match input {
            Input::LayerBegan(layer) => self.begin_layer(context, layer, out),
            Input::Wakeup => {}
            Input::Atx { target, atx } => {
                if let Some(state) = self.states.get_mut(&target) {
                    state.add_late(atx);
                }
            }
            Input::Tossed(toss) => self.tossed(&toss, out),
        }
        self.advance(context, out);
    }

    fn begin_layer<S: BeaconSource>(
        &mut self,
        context: &Context<'_, S>,
        layer: LayerId,
        out: &mut Vec<Effect>,
    ) {
        if !self.rules.is_on() || !layer.is_first_in_epoch(self.layers_per_epoch) {
            return;
        }
        let epoch = layer.epoch(self.layers_per_epoch);
        if layer <= self.effective_genesis || !context.synced || self.run.is_some() {
            self.clean_up(epoch);
            return;
        }
        if !self.ensure_state(context, epoch) {
            let why = FailedRun::NoWeight;
            out.push(Effect::Failed { epoch, why });
            self.clean_up(epoch);
            return;
        }
        self.coin.start_epoch(epoch);
        self.run = Some(Run {
            epoch,
            step: Step::Proposals,
            ends: context.now.plus(self.rules.proposal_phase),
            round: RoundId::ZERO,
            next_round_from: None,
            support: BTreeSet::new(),
            undecided: BTreeSet::new(),
        });
        self.propose(context, epoch, out);
    }

    /// Drops what epochs up to and including this one had, apart from a run in progress.
    fn clean_up(&mut self, epoch: EpochId) {
        let running = self.running();
        self.states
            .retain(|state, _| *state > epoch || Some(*state) == running);
    }

    fn ensure_state<S: BeaconSource>(&mut self, context: &Context<'_, S>, epoch: EpochId) -> bool {
        if self.states.contains_key(&epoch) {
            return true;
        }
        let Some(published) = epoch.checked_sub(1) else {
            return false;
        };
        let atxs = context.source.atxs_published_in(published);
        let start = self.clock.start_of_epoch(epoch);
        match EpochState::new(&self.rules, epoch, start, atxs) {
            Ok(state) => {
                self.states.insert(epoch, state);
                true
            }
            Err(_) => false,
        }
    }

    /// Goes through the steps that are over.
    fn advance<S: BeaconSource>(&mut self, context: &Context<'_, S>, out: &mut Vec<Effect>) {
        while let Some(run) = self.run.as_mut()
            && run.ends <= context.now
        {
            let (epoch, step) = (run.epoch, run.step);
            let Some(state) = self.states.get_mut(&epoch) else {
                self.finish(Err(FailedRun::NoWeight), out);
                return;
            };
            match step {
                Step::Proposals => {
                    state.end_proposals(context.now);
                    run.step = Step::FirstVotes;
                    run.ends = context.now.plus(self.rules.first_round);
                    run.next_round_from = Some(run.ends.minus(self.rules.delta));
                    self.vote_first(context, epoch, out);
                }
                Step::FirstVotes => {
                    // No coin here: what is undecided is in neither set.
                    run.support = state.tally(&self.rules).support;
                    self.begin_round(context, epoch, RoundId(1), out);
                }
                Step::Votes(round) => {
                    let tally = state.tally(&self.rules);
                    (run.support, run.undecided) = (tally.support, tally.undecided);
                    run.step = Step::Coin(round);
                    run.ends = context.now.plus(self.rules.coin_round);
                    self.begin_coin(context, epoch, round, out);
                }
                Step::Coin(round) => match self.coin.finish_round() {
                    None => self.finish(Err(FailedRun::NoToss(round)), out),
                    Some(coin) => {
                        let undecided = std::mem::take(&mut run.undecided);
                        if coin {
                            run.support.extend(undecided);
                        }
                        let next = RoundId(round.0.saturating_add(1));
                        self.begin_round(context, epoch, next, out);
                    }
                },
            }
        }
    }

    /// Begins a round of later votes, or ends the run after the last one.
    fn begin_round<S: BeaconSource>(
        &mut self,
        context: &Context<'_, S>,
        epoch: EpochId,
        round: RoundId,
        out: &mut Vec<Effect>,
    ) {
        let Some(run) = self.run.as_mut() else {
            return;
        };
        if round.0 >= self.rules.rounds {
            let beacon = beacon_of(&run.support).ok_or(FailedRun::NoSupport);
            self.finish(beacon, out);
            return;
        }
        run.step = Step::Votes(round);
        run.round = round;
        run.ends = context.now.plus(self.rules.voting_round);
        let next = run.ends.plus(self.rules.coin_round);
        run.next_round_from = Some(next.minus(self.rules.delta));
        self.vote(context, epoch, round, out);
    }

    fn finish(&mut self, result: Result<Beacon, FailedRun>, out: &mut Vec<Effect>) {
        let Some(run) = self.run.take() else {
            return;
        };
        self.coin.finish_epoch();
        self.clean_up(run.epoch);
        out.push(match (result, run.epoch.checked_add(1)) {
            (Ok(beacon), Some(epoch)) => Effect::Beacon { epoch, beacon },
            (Ok(_), None) => Effect::Failed {
                epoch: run.epoch,
                why: FailedRun::NoSupport,
            },
            (Err(why), _) => Effect::Failed {
                epoch: run.epoch,
                why,
            },
        });
    }
}
