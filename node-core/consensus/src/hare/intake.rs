//! All sessions of one version, and the way of gossip into them (07 §7.8, §7.9).
//!
//! The caller checks signatures and seats, in batches or in parallel, between [`Hare::admit`] and [`Hare::conclude`]. What comes for a
//! layer without a session is ignored and not kept, as by every peer.

use std::collections::BTreeMap;
use std::time::Duration;

use spacemesh_codec::BoundedVec;
use spacemesh_types::{Hash32, LayerId, NodeId, ProposalId, Timestamp, wire::IterRound};

use super::{
    AtxGrade, Body, Equivocation, HareConfig, InstanceMessage, Message, Proposals, Received, Round,
    Seats, SeatsCheck, Session, SessionEffect, SignatureCheck, Version,
    compact::{FullLists, exchange_response, reconstruct},
    tally::Intake,
};

/// How long a peer may take to send full ids.
const EXCHANGE_DURATION: Duration = Duration::from_secs(5);
/// Most messages of one peer that wait for full ids.
const EXCHANGES_PER_PEER_MAX: usize = 8;
/// Most messages that wait for full ids.
const EXCHANGES_MAX: usize = 512;

/// The caller's number of a connected peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peer(pub u64);

impl Peer {
    /// This node itself: own messages take the way of all others (07, Trap 13).
    pub const OWN: Self = Self(u64::MAX);
}

/// Number of an exchange with a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeId(pub u64);

/// What gossip does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Forward it.
    Accept,
    /// Neither forward nor blame.
    Ignore(IgnoreReason),
    /// Do not forward, and disconnect the peer that relayed it.
    Reject(RejectReason),
}

impl Verdict {
    /// The verdict without its reason.
    pub const fn gossip(self) -> crate::verdict::Verdict {
        match self {
            Self::Accept => crate::verdict::Verdict::Accept,
            Self::Ignore(_) => crate::verdict::Verdict::Ignore,
            Self::Reject(_) => crate::verdict::Verdict::Reject,
        }
    }
}

/// Why a message is of no use although its relay did nothing wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IgnoreReason {
    /// No session runs for the layer.
    NoSession,
    /// No round has this number.
    UnknownRound,
    /// Seen, or the third of its sender in the round.
    Duplicate,
    /// The oracle does not know these seats.
    NoSeats,
    /// Short ids came while no proposal of the layer is stored.
    NoProposals,
    /// The full ids could not be had.
    ExchangeFailed,
    /// Too many messages wait for full ids already.
    ExchangesBusy,
}

/// Why a relay is disconnected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RejectReason {
    /// A reference is missing or must not be there.
    Invalid,
    /// The signature does not hold.
    Signature,
}

/// A message whose signature and seats are to be checked by the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedMessage {
    /// With full ids.
    message: Message,
    seats: SeatsCheck,
    from: Peer,
    /// The body as it came, if it had short ids.
    compact: Option<Compact>,
}

/// What is remembered of a body with short ids.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Compact {
    message_id: Hash32,
    count: usize,
    /// Where the full ids are from.
    origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// Proposals of the store with the same short ids, perhaps others than meant.
    Store,
    /// The relaying peer, or the checked message itself.
    Exact,
}

impl UnverifiedMessage {
    /// The signature to check.
    pub fn signature_check(&self) -> SignatureCheck {
        self.message.signature_check()
    }

    /// The seats to check. The oracle is not to be asked when the signature does not hold.
    pub fn seats_check(&self) -> SeatsCheck {
        self.seats
    }

    /// Who claims to have sent it.
    pub fn sender(&self) -> NodeId {
        self.message.sender
    }
}

/// A request for full ids to the peer that relayed a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExchangeRequest {
    /// Give it back with the answer.
    pub id: ExchangeId,
    /// Whom to ask.
    pub peer: Peer,
    /// What for.
    pub message_id: Hash32,
    /// When the answer is too late.
    pub deadline: Timestamp,
}

/// What comes next for a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// Nothing.
    Done(Verdict),
    /// Signature and seats, then [`Hare::conclude`].
    Check(Box<UnverifiedMessage>),
    /// Full ids, then [`Hare::exchange_answered`].
    Exchange(ExchangeRequest),
}

/// What the caller found out about a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks {
    /// Whether the signature holds.
    pub signature: bool,
    /// Grade of the ATX if the oracle accepts the seats; none also for any error of the oracle.
    pub seats: Option<AtxGrade>,
    /// Whether the sender is known to be malicious.
    pub malicious: bool,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conclusion {
    /// It is settled.
    Done {
        /// For gossip.
        verdict: Verdict,
        /// The sender contradicted itself, which was not known before. Store the proof before the answer leaves.
        equivocation: Option<Box<Equivocation>>,
    },
    /// The signature does not hold for the proposals guessed from short ids: full ids, then [`Hare::exchange_answered`].
    Exchange(ExchangeRequest),
}

impl Conclusion {
    fn verdict(verdict: Verdict) -> Self {
        Self::Done {
            verdict,
            equivocation: None,
        }
    }
}

#[derive(Debug, Clone)]
struct Parked {
    message: UnverifiedMessage,
    deadline: Timestamp,
    /// Whether the answer is put in order before the signature is checked.
    sort: bool,
}

/// All sessions of one version of hare.
#[derive(Debug, Clone)]
pub struct Hare {
    config: HareConfig,
    sessions: BTreeMap<LayerId, Session>,
    full_lists: FullLists,
    parked: BTreeMap<ExchangeId, Parked>,
    exchanges: u64,
}

/// What a layer's session asks for or tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionOutcome {
    /// The layer.
    pub layer: LayerId,
    /// What. After `Ended` the session is gone; unless it decided, take the layer's mark off the patrol.
    pub effect: SessionEffect,
}

impl Hare {
    /// No sessions yet.
    pub fn new(config: HareConfig) -> Self {
        Self {
            config,
            sessions: BTreeMap::new(),
            full_lists: FullLists::default(),
            parked: BTreeMap::new(),
            exchanges: 0,
        }
    }

    /// The parameters.
    pub fn config(&self) -> &HareConfig {
        &self.config
    }

    /// Whether messages of a layer are taken.
    pub fn has_session(&self, layer: LayerId) -> bool {
        self.sessions.contains_key(&layer)
    }

    /// Begins the session of `layer` at its tick, with the identities that are registered now. Call it for a synced node that knows the
    /// epoch's beacon, and mark the layer in the patrol if the answer is true. False: this version does not run the layer, its session
    /// exists, or it could not be of use any more because its last round is over.
    pub fn start_layer(
        &mut self,
        layer: LayerId,
        start: Timestamp,
        now: Timestamp,
        identities: Vec<NodeId>,
        out: &mut Vec<SessionOutcome>,
    ) -> bool {
        self.full_lists
            .forget_below(LayerId(layer.0.saturating_sub(1)));
        let over = start.plus(self.config.session_duration()) <= now;
        if !self.config.runs(layer) || over || self.sessions.contains_key(&layer) {
            return false;
        }
        let mut effects = Vec::new();
        let session = Session::new(self.config, layer, start, identities, &mut effects);
        self.sessions.insert(layer, session);
        self.tell(layer, effects, out);
        true
    }

    /// Takes the seats of own identities in a round.
    pub fn seats(
        &mut self,
        now: Timestamp,
        layer: LayerId,
        at: IterRound,
        seats: Vec<Seats>,
        proposals: &impl Proposals,
        out: &mut Vec<SessionOutcome>,
    ) {
        let mut effects = Vec::new();
        if let Some(session) = self.sessions.get_mut(&layer) {
            session.seats(now, at, seats, proposals, &mut effects);
        }
        self.tell(layer, effects, out);
    }

    /// Runs every round that is due, and gives up exchanges that took too long; their verdicts come back.
    pub fn wake(
        &mut self,
        now: Timestamp,
        proposals: &impl Proposals,
        out: &mut Vec<SessionOutcome>,
    ) -> Vec<(ExchangeId, Verdict)> {
        let layers: Vec<LayerId> = self.sessions.keys().copied().collect();
        for layer in layers {
            let mut effects = Vec::new();
            if let Some(session) = self.sessions.get_mut(&layer) {
                session.wake(now, proposals, &mut effects);
            }
            self.tell(layer, effects, out);
        }
        let failed = Verdict::Ignore(IgnoreReason::ExchangeFailed);
        let late = self
            .parked
            .extract_if(.., |_, parked| parked.deadline <= now);
        late.map(|(id, _)| (id, failed)).collect()
    }

    /// When [`Hare::wake`] is due, and why.
    pub fn next_wakeup(&self) -> Option<(Timestamp, &'static str)> {
        let sessions = self.sessions.values().filter_map(Session::next_wakeup);
        let parked = self.parked.values();
        sessions
            .chain(parked.map(|parked| (parked.deadline, "hare: full exchange")))
            .min()
    }

    /// Hands on effects; own short ids are kept for peers before they are published.
    fn tell(&mut self, layer: LayerId, effects: Vec<SessionEffect>, out: &mut Vec<SessionOutcome>) {
        for effect in effects {
            match &effect {
                SessionEffect::Publish(draft) if draft.sent != draft.signed => {
                    let id = draft.exchange_id();
                    self.full_lists.insert(layer, id, &draft.signed.proposals);
                }
                SessionEffect::Ended(_) => {
                    self.sessions.remove(&layer);
                }
                SessionEffect::Publish(_)
                | SessionEffect::ComputeSeats { .. }
                | SessionEffect::Coin(_)
                | SessionEffect::Result(_) => {}
            }
            out.push(SessionOutcome { layer, effect });
        }
    }

    /// The first steps with a decoded message: static rules, session, duplicates, short ids. `from` is the peer that delivered it,
    /// [`Peer::OWN`] for own messages.
    pub fn admit(
        &mut self,
        received: Received,
        from: Peer,
        now: Timestamp,
        proposals: &impl Proposals,
    ) -> Admission {
        let message = received.0;
        if !message.body.is_statically_valid() {
            return Admission::Done(Verdict::Reject(RejectReason::Invalid));
        }
        let ignore = |reason| Admission::Done(Verdict::Ignore(reason));
        if message.version != self.config.version || !self.has_session(message.body.layer) {
            return ignore(IgnoreReason::NoSession);
        }
        let Some(round) = Round::from_number(message.body.at.round) else {
            return ignore(IgnoreReason::UnknownRound);
        };
        if message.version == Version::Hare3 || round != Round::Preround {
            return self.to_check(message, from, None);
        }
        self.admit_compact(message, from, now, proposals)
    }

    /// A preround of hare 4 (07 §7.9, steps 1 to 3).
    fn admit_compact(
        &mut self,
        mut message: Message,
        from: Peer,
        now: Timestamp,
        proposals: &impl Proposals,
    ) -> Admission {
        let layer = message.body.layer;
        let message_id = message.body.hash(message.version);
        let compact = std::mem::take(&mut message.body.compact_proposals);
        let mut about = Compact {
            message_id,
            count: compact.len(),
            origin: Origin::Exact,
        };
        // Own messages, and those whose list is kept from another relay.
        if let Some(ids) = self.full_lists.of_layer(layer, message_id) {
            message.body.proposals = BoundedVec::try_from(ids).unwrap_or_default();
            return self.to_check(message, from, Some(about));
        }
        let stored = proposals.compact_ids(layer);
        if stored.is_empty() {
            return Admission::Done(Verdict::Ignore(IgnoreReason::NoProposals));
        }
        match reconstruct(&stored, &compact) {
            Some(ids) => {
                message.body.proposals = BoundedVec::try_from(ids).unwrap_or_default();
                about.origin = Origin::Store;
                self.to_check(message, from, Some(about))
            }
            None => {
                let unverified = self.unverified(message, from, Some(about));
                match self.park(unverified, true, now) {
                    Ok(request) => Admission::Exchange(request),
                    Err(reason) => Admission::Done(Verdict::Ignore(reason)),
                }
            }
        }
    }

    fn unverified(
        &self,
        message: Message,
        from: Peer,
        compact: Option<Compact>,
    ) -> UnverifiedMessage {
        let Body {
            layer,
            at,
            eligibility,
            ..
        } = message.body;
        let seats = SeatsCheck {
            layer,
            round: super::absolute_round(at),
            committee: self.config.committee_of_round(layer, at),
            identity: message.sender,
            eligibility,
        };
        UnverifiedMessage {
            message,
            seats,
            from,
            compact,
        }
    }

    /// Duplicates cost no signature and no proof.
    fn to_check(&self, message: Message, from: Peer, compact: Option<Compact>) -> Admission {
        let ignore = |reason| Admission::Done(Verdict::Ignore(reason));
        let Some(session) = self.sessions.get(&message.body.layer) else {
            return ignore(IgnoreReason::NoSession);
        };
        let hash = message.body.hash(message.version);
        let instance = session.instance();
        if instance.would_drop(message.body.at, message.sender, hash) {
            return ignore(IgnoreReason::Duplicate);
        }
        Admission::Check(Box::new(self.unverified(message, from, compact)))
    }

    fn park(
        &mut self,
        message: UnverifiedMessage,
        sort: bool,
        now: Timestamp,
    ) -> Result<ExchangeRequest, IgnoreReason> {
        let peer = message.from;
        let of_peer = self
            .parked
            .values()
            .filter(|parked| parked.message.from == peer);
        if self.parked.len() >= EXCHANGES_MAX || of_peer.count() >= EXCHANGES_PER_PEER_MAX {
            return Err(IgnoreReason::ExchangesBusy);
        }
        let Some(message_id) = message.compact.as_ref().map(|compact| compact.message_id) else {
            return Err(IgnoreReason::ExchangeFailed);
        };
        let id = ExchangeId(self.exchanges);
        self.exchanges += 1;
        let deadline = now.plus(EXCHANGE_DURATION);
        self.parked.insert(
            id,
            Parked {
                message,
                deadline,
                sort,
            },
        );
        Ok(ExchangeRequest {
            id,
            peer,
            message_id,
            deadline,
        })
    }

    /// Takes the answer of a peer, or none if it failed. None comes back for an exchange that is given up already.
    pub fn exchange_answered(
        &mut self,
        id: ExchangeId,
        answer: Option<Vec<ProposalId>>,
    ) -> Option<Admission> {
        let parked = self.parked.remove(&id)?;
        let UnverifiedMessage {
            mut message,
            from,
            compact,
            ..
        } = parked.message;
        let failed = Admission::Done(Verdict::Ignore(IgnoreReason::ExchangeFailed));
        let (Some(mut ids), Some(mut compact)) = (answer, compact) else {
            return Some(failed);
        };
        if parked.sort {
            ids.sort_unstable();
        } else if ids.len() != compact.count {
            return Some(failed);
        }
        let Ok(ids) = BoundedVec::try_from(ids) else {
            return Some(failed);
        };
        message.body.proposals = ids;
        compact.origin = Origin::Exact;
        Some(self.to_check(message, from, Some(compact)))
    }

    /// The last steps with a message: it counts, and is forwarded or not.
    pub fn conclude(
        &mut self,
        unverified: UnverifiedMessage,
        checks: Checks,
        now: Timestamp,
    ) -> Conclusion {
        let ignore = |reason| Conclusion::verdict(Verdict::Ignore(reason));
        let layer = unverified.message.body.layer;
        if !checks.signature {
            let guessed = unverified.compact.as_ref();
            if guessed.is_some_and(|compact| compact.origin == Origin::Store) {
                return match self.park(unverified, false, now) {
                    Ok(request) => Conclusion::Exchange(request),
                    Err(reason) => ignore(reason),
                };
            }
            return Conclusion::verdict(Verdict::Reject(RejectReason::Signature));
        }
        let grade = match checks.seats {
            Some(grade) if unverified.message.body.eligibility.count > 0 => grade,
            Some(_) | None => return ignore(IgnoreReason::NoSeats),
        };
        let Some(session) = self.sessions.get_mut(&layer) else {
            return ignore(IgnoreReason::NoSession);
        };
        if let Some(compact) = &unverified.compact {
            let ids = &unverified.message.body.proposals;
            self.full_lists.insert(layer, compact.message_id, ids);
        }
        let message = InstanceMessage::of(unverified.message, grade, checks.malicious);
        let Intake {
            forward,
            equivocation,
        } = session.instance_mut().input(&message);
        Conclusion::Done {
            verdict: if forward {
                Verdict::Accept
            } else {
                Verdict::Ignore(IgnoreReason::Duplicate)
            },
            equivocation: equivocation
                .filter(|_| !checks.malicious)
                .map(|proof| Box::new(Equivocation::of(proof))),
        }
    }

    /// The answer to a peer's request for full ids; none: close the stream without an answer.
    pub fn answer_exchange(&self, message_id: Hash32) -> Option<Vec<u8>> {
        exchange_response(self.full_lists.find(message_id)?)
    }
}
