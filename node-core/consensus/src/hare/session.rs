//! One layer with the own identities: when rounds run, and what the identities say (07 §7.7, §7.13).
//!
//! Deadlines are absolute. A node that woke up late runs its rounds at once, but says nothing for a round whose next one has begun, and
//! takes no part with a set of its own if it missed the preround (07, Trap 24).

use std::collections::BTreeMap;

use spacemesh_codec::BoundedVec;
use spacemesh_crypto::{Domain, Prefix, SigningKey};
use spacemesh_types::{
    CompactProposalId, Hash32, LayerId, NodeId, ProposalId, Timestamp,
    wire::{HareEligibility, HareMetadata, IterRound},
};

use super::{
    Body, FIRST_ROUND, HareConfig, Instance, Message, Round, Version, Vote, next_round, round_start,
};

/// What a session reads of the proposals of its layer.
pub trait Proposals {
    /// The set to vote for, asked once at the time of the preround (`select_proposals`).
    fn selection(&self, layer: LayerId) -> Vec<ProposalId>;
    /// All stored proposals of a layer with their short ids; only hare 4 asks.
    fn compact_ids(&self, layer: LayerId) -> Vec<(ProposalId, CompactProposalId)>;
}

/// Seats of an own identity in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seats {
    /// The identity.
    pub identity: NodeId,
    /// Seats and proof; a count of zero means none.
    pub eligibility: HareEligibility,
}

/// A message to be signed and published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Who signs.
    pub identity: NodeId,
    /// What is hashed and signed.
    pub signed: Body,
    /// What is sent. Differs in the preround of hare 4, which sends short ids.
    pub sent: Body,
    version: Version,
}

impl Draft {
    /// What the signature covers. Ask the signing journal with its hash first.
    pub fn metadata(&self) -> HareMetadata {
        self.signed.metadata(self.version)
    }

    /// Name of the message in the exchange of full ids.
    pub(super) fn exchange_id(&self) -> Hash32 {
        self.sent.hash(self.version)
    }

    /// The message on the wire. `key` is that of [`Draft::identity`].
    pub fn sign(&self, key: &SigningKey, prefix: &Prefix) -> Message {
        let metadata = spacemesh_codec::encode(&self.metadata());
        Message {
            version: self.version,
            body: self.sent.clone(),
            sender: self.identity,
            signature: key.sign(prefix, Domain::Hare, &metadata),
        }
    }
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With a result, which was told before.
    Decided,
    /// At the limit of iterations. A result first found at the very end was told all the same.
    OutOfIterations,
}

/// What a session asks of its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionEffect {
    /// Compute VRF proofs and seats of the identities for a round, and answer with [`Session::seats`].
    ComputeSeats {
        /// The round.
        at: IterRound,
        /// Expected seats of all identities of the network.
        committee: u16,
        /// Whose.
        identities: Vec<NodeId>,
    },
    /// Sign and publish a message. Publish only what the own intake accepts (07, Trap 13).
    Publish(Box<Draft>),
    /// The weak coin of the layer.
    Coin(bool),
    /// The decided set, in the leader's order. Empty is a decision, too.
    Result(Vec<ProposalId>),
    /// Nothing follows.
    Ended(End),
}

/// What was said in a round before the seats were known.
#[derive(Debug, Clone)]
struct Pending {
    at: IterRound,
    vote: Vote,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The seats of the preround are not known.
    Preparing,
    /// Some identity has a seat in the preround, which is yet to come.
    Active,
    /// The preround is over.
    Running,
    Ended,
}

/// One layer of one node.
#[derive(Debug, Clone)]
pub struct Session {
    config: HareConfig,
    layer: LayerId,
    start: Timestamp,
    identities: Vec<NodeId>,
    instance: Instance,
    phase: Phase,
    seats: BTreeMap<IterRound, Vec<Seats>>,
    pending: Option<Pending>,
    /// Last round whose seats were asked for.
    asked: IterRound,
}

impl Session {
    /// Begins at the tick of `layer`, which starts at `start`. The identities are those registered now.
    pub fn new(
        config: HareConfig,
        layer: LayerId,
        start: Timestamp,
        identities: Vec<NodeId>,
        out: &mut Vec<SessionEffect>,
    ) -> Self {
        let mut session = Self {
            config,
            layer,
            start,
            identities,
            instance: Instance::new(config.threshold(layer)),
            phase: Phase::Preparing,
            seats: BTreeMap::new(),
            pending: None,
            asked: FIRST_ROUND,
        };
        if session.identities.is_empty() {
            session.begin_passive(out);
        } else {
            session.ask_for_seats(FIRST_ROUND, out);
        }
        session
    }

    /// The layer.
    pub fn layer(&self) -> LayerId {
        self.layer
    }

    /// Whether the session is over.
    pub fn is_ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// The state machine, to give messages to.
    pub fn instance_mut(&mut self) -> &mut Instance {
        &mut self.instance
    }

    /// The state machine.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// When [`Session::wake`] is due, and why.
    pub fn next_wakeup(&self) -> Option<(Timestamp, &'static str)> {
        match self.phase {
            Phase::Preparing => Some((self.deadline_of_preround_message(), "hare: no seats known")),
            Phase::Active => Some((self.deadline(FIRST_ROUND), "hare: preround")),
            Phase::Running => Some((self.deadline(self.instance.at()), "hare: round")),
            Phase::Ended => None,
        }
    }

    /// Takes the seats of a round. Those that come after the next round has begun are of no use.
    pub fn seats(
        &mut self,
        now: Timestamp,
        at: IterRound,
        seats: Vec<Seats>,
        proposals: &impl Proposals,
        out: &mut Vec<SessionEffect>,
    ) {
        let with_seats: Vec<Seats> = seats
            .into_iter()
            .filter(|seats| seats.eligibility.count > 0)
            .filter(|seats| self.identities.contains(&seats.identity))
            .collect();
        if at == FIRST_ROUND && self.phase == Phase::Preparing {
            if with_seats.is_empty() {
                self.begin_passive(out);
            } else {
                self.phase = Phase::Active;
            }
        }
        if let Some(pending) = self.pending.take_if(|pending| pending.at == at) {
            self.publish(now, &pending, &with_seats, proposals, out);
        } else if at >= self.instance.at() && at <= self.asked {
            self.seats.insert(at, with_seats);
        }
        self.wake(now, proposals, out);
    }

    /// Runs every round that is due.
    pub fn wake(
        &mut self,
        now: Timestamp,
        proposals: &impl Proposals,
        out: &mut Vec<SessionEffect>,
    ) {
        while self.next_wakeup().is_some_and(|(due, _)| due <= now) {
            match self.phase {
                Phase::Preparing => self.begin_passive(out),
                Phase::Active if now > self.deadline_of_preround_message() => {
                    self.begin_passive(out)
                }
                Phase::Active => {
                    let mut selection = proposals.selection(self.layer);
                    selection.truncate(BoundedVec::<ProposalId, 2350>::MAX);
                    if self.config.version == Version::Hare4 {
                        selection.sort_unstable();
                    }
                    self.instance.set_initial(selection);
                    self.phase = Phase::Running;
                    self.execute(now, proposals, out);
                }
                Phase::Running => self.execute(now, proposals, out),
                Phase::Ended => return,
            }
        }
    }

    fn deadline(&self, at: IterRound) -> Timestamp {
        self.start.plus(round_start(&self.config, at))
    }

    fn deadline_of_preround_message(&self) -> Timestamp {
        self.deadline(FIRST_ROUND).plus(self.config.round_duration)
    }

    /// Goes on without a set of its own. The preround is over at once: messages of it are on time for one more round.
    fn begin_passive(&mut self, out: &mut Vec<SessionEffect>) {
        self.phase = Phase::Running;
        self.seats.remove(&FIRST_ROUND);
        self.instance.execute();
        self.ask_for_next_seats(out);
    }

    fn execute(
        &mut self,
        now: Timestamp,
        proposals: &impl Proposals,
        out: &mut Vec<SessionEffect>,
    ) {
        let at = self.instance.at();
        let output = self.instance.execute();
        self.pending = None;
        if let Some((at, vote)) = output.message {
            let pending = Pending { at, vote };
            match self.seats.remove(&at) {
                Some(seats) => self.publish(now, &pending, &seats, proposals, out),
                None => self.pending = Some(pending),
            }
        }
        let next = self.instance.at();
        self.seats = self.seats.split_off(&next);
        out.extend(output.coin.map(SessionEffect::Coin));
        out.extend(output.result.map(SessionEffect::Result));
        let end = if output.terminated {
            Some(End::Decided)
        } else if at.iter == self.config.iterations_limit {
            Some(End::OutOfIterations)
        } else {
            None
        };
        if let Some(end) = end {
            self.phase = Phase::Ended;
            self.pending = None;
            out.push(SessionEffect::Ended(end));
        } else {
            self.ask_for_next_seats(out);
        }
    }

    /// Asks for the seats of the next round with messages, as soon as the one before is over, unless the session ends before it.
    fn ask_for_next_seats(&mut self, out: &mut Vec<SessionEffect>) {
        let mut at = self.instance.at();
        while !Round::from_number(at.round).is_some_and(Round::has_messages) {
            at = next_round(at);
        }
        if at.iter < self.config.iterations_limit && at > self.asked {
            self.asked = at;
            self.ask_for_seats(at, out);
        }
    }

    fn ask_for_seats(&mut self, at: IterRound, out: &mut Vec<SessionEffect>) {
        if !self.identities.is_empty() {
            out.push(SessionEffect::ComputeSeats {
                at,
                committee: self.config.committee_of_round(self.layer, at),
                identities: self.identities.clone(),
            });
        }
    }

    /// One message per identity with seats, all with the same vote.
    fn publish(
        &self,
        now: Timestamp,
        pending: &Pending,
        seats: &[Seats],
        proposals: &impl Proposals,
        out: &mut Vec<SessionEffect>,
    ) {
        let too_late = self.deadline(pending.at).plus(self.config.round_duration);
        if now > too_late || seats.is_empty() {
            return;
        }
        let (list, reference) = match &pending.vote {
            Vote::Proposals(list) => (list.as_slice(), None),
            Vote::Reference(reference) => (&[][..], Some(*reference)),
        };
        let Ok(list) = BoundedVec::try_from(list) else {
            return; // a tally of more proposals than a message holds
        };
        let short = if self.config.version == Version::Hare4 && pending.at == FIRST_ROUND {
            let stored: BTreeMap<_, _> = proposals.compact_ids(self.layer).into_iter().collect();
            let short = list.iter().map(|id| stored.get(id).copied());
            match short.collect::<Option<Vec<_>>>().map(BoundedVec::try_from) {
                Some(Ok(short)) => Some(short),
                Some(Err(_)) | None => return, // a proposal went missing: nobody could tell what is meant
            }
        } else {
            None
        };
        for seats in seats {
            let signed = Body {
                layer: self.layer,
                at: pending.at,
                proposals: list.clone(),
                reference,
                compact_proposals: BoundedVec::new(),
                eligibility: seats.eligibility,
            };
            let sent = match &short {
                Some(short) => Body {
                    proposals: BoundedVec::new(),
                    compact_proposals: short.clone(),
                    ..signed.clone()
                },
                None => signed.clone(),
            };
            out.push(SessionEffect::Publish(Box::new(Draft {
                identity: seats.identity,
                signed,
                sent,
                version: self.config.version,
            })));
        }
    }
}
