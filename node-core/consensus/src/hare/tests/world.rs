//! A network of nodes in virtual time: gossip over links that are slow, lose and are cut, and identities that contradict themselves.
//!
//! Everything follows from the seed. Gossip is what the protocol may expect: what is lost on a link is sent again after a while, and what
//! a node accepts it forwards, so that honest messages reach all connected nodes within a round.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use spacemesh_crypto::{Domain, SigningKey};
use spacemesh_types::{
    CompactProposalId, EdSignature, Hash32, LayerId, NodeId, ProposalId, Timestamp, VrfSignature,
    sum,
    wire::{HareEligibility, IterRound, proposal_set_hash},
};

use super::{super::*, LAYER, PREFIX, START, Store, config, id};

/// A generator of numbers, good enough to choose faults.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.number() % bound
    }

    pub(super) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// What goes wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Faults {
    /// Honest nodes.
    pub(super) honest: usize,
    /// Identities that say one thing to some and another thing to others.
    pub(super) equivocators: usize,
    /// Percent of transmissions that are lost once.
    pub(super) loss: u64,
    /// Longest delay of a link in milliseconds.
    pub(super) delay_ms: u64,
    /// Honest nodes, the first ones, that are cut off from and to these seconds of the layer.
    pub(super) cut: Option<(usize, u64, u64)>,
    /// Percent of the proposals that a node misses.
    pub(super) missing: u64,
    /// Whether equivocators stick to two stories in time, one for the first nodes up to this number and one for the rest. Otherwise
    /// they say anything at any time to anybody.
    pub(super) two_stories: Option<usize>,
}

#[derive(Debug)]
enum Event {
    Wake {
        node: usize,
    },
    Deliver {
        to: usize,
        from: usize,
        bytes: Vec<u8>,
    },
    /// A peer's answer to a request for full ids.
    Answer {
        to: usize,
        id: ExchangeId,
        ids: Option<Vec<ProposalId>>,
    },
    Attack {
        attacker: usize,
        at: IterRound,
    },
}

#[derive(Debug)]
struct Node {
    key: SigningKey,
    hare: Hare,
    store: Store,
    malicious: BTreeSet<NodeId>,
    seen: BTreeSet<Hash32>,
    journal: SigningJournal,
    coin: Option<bool>,
    result: Option<Vec<ProposalId>>,
    end: Option<End>,
}

/// The network.
#[derive(Debug)]
pub(super) struct World {
    faults: Faults,
    chance: Chance,
    config: HareConfig,
    nodes: Vec<Node>,
    attackers: Vec<SigningKey>,
    proposals: Vec<ProposalId>,
    events: BTreeMap<(Timestamp, u64), Event>,
    sequence: u64,
    /// What is said of the sets around, for those who lie.
    references: BTreeMap<Hash32, Vec<ProposalId>>,
    /// One line per thing that a node decided, to compare two runs.
    pub(super) log: Vec<String>,
}

/// Seats of every identity outside of the propose round.
const SEATS: u16 = 10;

impl World {
    pub(super) fn from_seed(seed: u64, version: Version, faults: Faults) -> Self {
        let mut chance = Chance::new(seed);
        let identities = faults.honest + faults.equivocators;
        let config = HareConfig {
            committee: u16::try_from(identities).unwrap() * SEATS,
            ..config(version)
        };
        let proposals: Vec<ProposalId> = (1..=6).map(id).collect();
        let mut nodes = Vec::new();
        for number in 0..faults.honest {
            let stored: Vec<ProposalId> = proposals
                .iter()
                .copied()
                .filter(|_| !chance.percent(faults.missing))
                .collect();
            let key = SigningKey::from_seed(&[u8::try_from(number).unwrap() + 1; 32]);
            nodes.push(Node {
                key,
                hare: Hare::new(config),
                store: Store::of(&stored),
                malicious: BTreeSet::new(),
                seen: BTreeSet::new(),
                journal: SigningJournal::default(),
                coin: None,
                result: None,
                end: None,
            });
        }
        let attackers = (0..faults.equivocators)
            .map(|number| SigningKey::from_seed(&[u8::try_from(number).unwrap() + 101; 32]))
            .collect();
        let mut world = Self {
            faults,
            chance,
            config,
            nodes,
            attackers,
            proposals,
            events: BTreeMap::new(),
            sequence: 0,
            references: BTreeMap::new(),
            log: Vec::new(),
        };
        for node in 0..faults.honest {
            let mut out = Vec::new();
            let me = vec![world.nodes[node].key.node_id()];
            world.nodes[node]
                .hare
                .start_layer(LAYER, START, START, me, &mut out);
            world.effects(START, node, out);
        }
        for attacker in 0..faults.equivocators {
            for iter in 0..config.iterations_limit {
                for at in rounds_of_iteration(iter) {
                    if Round::from_number(at.round).unwrap().has_messages() {
                        let due = START.plus(round_start(&config, at));
                        let late = match faults.two_stories {
                            Some(_) => Duration::from_millis(1),
                            None => Duration::from_millis(world.chance.below(30_000)),
                        };
                        world.push(due.plus(late), Event::Attack { attacker, at });
                    }
                }
            }
        }
        world
    }

    fn push(&mut self, at: Timestamp, event: Event) {
        self.sequence += 1;
        self.events.insert((at, self.sequence), event);
    }

    /// Runs until nothing happens any more.
    pub(super) fn run(mut self) -> Self {
        while let Some(((now, _), event)) = self.events.pop_first() {
            match event {
                Event::Wake { node } => {
                    let mut out = Vec::new();
                    let Node { hare, store, .. } = &mut self.nodes[node];
                    hare.wake(now, store, &mut out);
                    self.effects(now, node, out);
                }
                Event::Deliver { to, from, bytes } => self.deliver(now, to, from, &bytes),
                Event::Answer { to, id, ids } => {
                    if let Some(admission) = self.nodes[to].hare.exchange_answered(id, ids) {
                        self.admitted(now, to, admission, None);
                    }
                    self.schedule(to);
                }
                Event::Attack { attacker, at } => self.attack(now, attacker, at),
            }
        }
        self
    }

    fn schedule(&mut self, node: usize) {
        if let Some((due, _)) = self.nodes[node].hare.next_wakeup() {
            self.push(due, Event::Wake { node });
        }
    }

    /// A proof that only its owner could make, as far as this world goes.
    fn eligibility(&self, identity: NodeId, at: IterRound) -> HareEligibility {
        let seed = sum([identity.0.as_slice(), &absolute_round(at).0.to_le_bytes()]);
        let mut proof = [0; VrfSignature::SIZE];
        for (to, from) in proof.iter_mut().zip(seed.0.iter().cycle()) {
            *to = *from;
        }
        let leader = seed.0[7] < 100;
        let count = if at.round == Round::Propose.number() {
            u16::from(leader)
        } else {
            SEATS
        };
        HareEligibility {
            proof: VrfSignature(proof),
            count,
        }
    }

    fn effects(&mut self, now: Timestamp, node: usize, outcomes: Vec<SessionOutcome>) {
        for SessionOutcome { layer, effect } in outcomes {
            match effect {
                SessionEffect::ComputeSeats { at, identities, .. } => {
                    let own = identities.iter().map(|&identity| Seats {
                        identity,
                        eligibility: self.eligibility(identity, at),
                    });
                    let own = own.collect();
                    let mut out = Vec::new();
                    let Node { hare, store, .. } = &mut self.nodes[node];
                    hare.seats(now, layer, at, own, store, &mut out);
                    self.effects(now, node, out);
                }
                SessionEffect::Publish(draft) => {
                    let own = &mut self.nodes[node];
                    let metadata = draft.metadata();
                    let duty = Duty::Hare(spacemesh_types::RoundId(metadata.round));
                    let permit =
                        own.journal
                            .permit(draft.identity, layer, duty, metadata.message_hash);
                    assert!(!matches!(permit, Permit::Refuse(_)), "{permit:?}");
                    let message = draft.sign(&own.key, &PREFIX);
                    if draft.signed.at.round == Round::Propose.number() {
                        let set = draft.signed.proposals.to_vec();
                        self.references.insert(proposal_set_hash(&set), set);
                    }
                    self.deliver(now, node, node, &message.encode());
                }
                SessionEffect::Coin(coin) => self.nodes[node].coin = Some(coin),
                SessionEffect::Result(result) => {
                    self.log.push(format!("{now:?} {node} {result:?}"));
                    self.nodes[node].result = Some(result);
                }
                SessionEffect::Ended(end) => self.nodes[node].end = Some(end),
            }
        }
        self.schedule(node);
    }

    fn deliver(&mut self, now: Timestamp, to: usize, from: usize, bytes: &[u8]) {
        let node = &mut self.nodes[to];
        if !node.seen.insert(sum([bytes])) {
            return;
        }
        let received = Received::decode(self.config.version, bytes).unwrap();
        let peer = if from == to {
            Peer::OWN
        } else {
            Peer(from as u64)
        };
        let admission = node.hare.admit(received, peer, now, &node.store);
        self.admitted(now, to, admission, Some(bytes));
        self.schedule(to);
    }

    /// `bytes` are none after an exchange: who waits for full ids does not forward.
    fn admitted(&mut self, now: Timestamp, to: usize, admission: Admission, bytes: Option<&[u8]>) {
        let request = match admission {
            Admission::Done(verdict) => {
                assert!(!matches!(verdict, Verdict::Reject(_)), "{verdict:?}");
                return;
            }
            Admission::Exchange(request) => request,
            Admission::Check(unverified) => {
                let seats = unverified.seats_check();
                let at = IterRound {
                    iter: u8::try_from(seats.round.0 / 7).unwrap(),
                    round: u8::try_from(seats.round.0 % 7).unwrap(),
                };
                let honest = [at, Round::Notify.of(at.iter.wrapping_sub(1))]
                    .iter()
                    .filter(|&&at| absolute_round(at) == seats.round)
                    .any(|&at| self.eligibility(seats.identity, at) == seats.eligibility);
                let node = &mut self.nodes[to];
                let checks = Checks {
                    signature: unverified.signature_check().holds(&PREFIX),
                    seats: honest.then_some(AtxGrade::BEST),
                    malicious: node.malicious.contains(&seats.identity),
                };
                match node.hare.conclude(*unverified, checks, now) {
                    Conclusion::Exchange(request) => request,
                    Conclusion::Done {
                        verdict,
                        equivocation,
                    } => {
                        if let Some(found) = equivocation {
                            assert!(
                                self.attackers
                                    .iter()
                                    .any(|key| key.node_id() == found.identity),
                                "an honest identity never contradicts itself"
                            );
                            node.malicious.insert(found.identity);
                        }
                        if let (Verdict::Accept, Some(bytes)) = (verdict, bytes) {
                            self.forward(now, to, bytes);
                        }
                        return;
                    }
                }
            }
        };
        let relay = usize::try_from(request.peer.0).unwrap();
        let ids = self.nodes[relay]
            .hare
            .answer_exchange(request.message_id)
            .and_then(|stream| parse_exchange_response(&stream).ok());
        let answered = now.plus(Duration::from_millis(200));
        let id = request.id;
        self.push(answered, Event::Answer { to, id, ids });
    }

    fn forward(&mut self, now: Timestamp, from: usize, bytes: &[u8]) {
        for to in 0..self.nodes.len() {
            if to != from {
                self.send(now, from, to, bytes.to_vec());
            }
        }
    }

    /// Whether a link is cut at a time; what is sent over it then is sent again when it heals.
    fn healed(&self, now: Timestamp, one: usize, other: usize) -> Option<Timestamp> {
        let (cut, from, to) = self.faults.cut?;
        let seconds = now.since(START)?.as_secs();
        let apart = (one < cut) != (other < cut);
        (apart && (from..to).contains(&seconds)).then(|| START.plus(Duration::from_secs(to)))
    }

    fn send(&mut self, now: Timestamp, from: usize, to: usize, bytes: Vec<u8>) {
        let mut at = now.plus(Duration::from_millis(
            1 + self.chance.below(self.faults.delay_ms),
        ));
        if self.chance.percent(self.faults.loss) {
            at = at.plus(Duration::from_secs(1));
        }
        if let Some(healed) = self.healed(at, from, to) {
            at = healed;
        }
        self.push(at, Event::Deliver { to, from, bytes });
    }

    /// Two things at once, each to some of the nodes only.
    fn attack(&mut self, now: Timestamp, attacker: usize, at: IterRound) {
        let key = self.attackers[attacker].clone();
        let eligibility = self.eligibility(key.node_id(), at);
        if eligibility.count == 0 {
            return;
        }
        for story in 0..2 {
            let half = self.proposals.len() / 2;
            let chosen: Vec<ProposalId> = match self.faults.two_stories {
                Some(_) if story == 0 => self.proposals[..half].to_vec(),
                Some(_) => self.proposals[half..].to_vec(),
                None => {
                    let all = self.proposals.clone();
                    all.into_iter()
                        .filter(|_| self.chance.percent(60))
                        .collect()
                }
            };
            let number = self.chance.number();
            let known = self.references.keys().copied().collect::<Vec<_>>();
            let reference = usize::try_from(number % (1 << 20)).unwrap();
            let reference = match self.faults.two_stories {
                Some(_) => proposal_set_hash(&chosen),
                None => reference
                    .checked_rem(known.len())
                    .map_or(Hash32::ZERO, |index| known[index]),
            };
            let votes = matches!(
                Round::from_number(at.round),
                Some(Round::Commit | Round::Notify)
            );
            let mut body = Body {
                layer: LAYER,
                at,
                proposals: Default::default(),
                reference: votes.then_some(reference),
                compact_proposals: Default::default(),
                eligibility,
            };
            if !votes {
                self.references
                    .insert(proposal_set_hash(&chosen), chosen.clone());
                body.proposals = chosen.clone().try_into().unwrap();
            }
            let mut message = Message {
                version: self.config.version,
                body,
                sender: key.node_id(),
                signature: EdSignature::ZERO,
            };
            let check = message.signature_check();
            message.signature = key.sign(&PREFIX, Domain::Hare, &check.message);
            if self.config.version == Version::Hare4 && at == FIRST_ROUND {
                let short = |id: &ProposalId| CompactProposalId(*id.0.first_chunk().unwrap());
                let short: Vec<_> = message.body.proposals.iter().map(short).collect();
                message.body.proposals = Default::default();
                message.body.compact_proposals = short.try_into().unwrap();
            }
            for to in 0..self.nodes.len() {
                let told = match self.faults.two_stories {
                    Some(first) => (to < first) == (story == 0),
                    None => self.chance.percent(60),
                };
                if told {
                    // The attacker's peers are honest nodes: it passes as one of them.
                    let from = (to + 1) % self.nodes.len();
                    self.send(now, from, to, message.encode());
                }
            }
        }
    }

    /// Results of all nodes.
    pub(super) fn results(&self) -> Vec<Option<&Vec<ProposalId>>> {
        self.nodes.iter().map(|node| node.result.as_ref()).collect()
    }

    /// Coins of all nodes.
    pub(super) fn coins(&self) -> Vec<Option<bool>> {
        self.nodes.iter().map(|node| node.coin).collect()
    }

    /// Whether every session is over.
    pub(super) fn all_over(&self) -> bool {
        let over = |node: &Node| node.end.is_some() && !node.hare.has_session(LayerId(LAYER.0));
        self.nodes.iter().all(over)
    }

    /// How many nodes know that some identity contradicts itself.
    pub(super) fn nodes_that_found_somebody_out(&self) -> usize {
        let found = self.nodes.iter().filter(|node| !node.malicious.is_empty());
        found.count()
    }
}
