//! Epochs of recorded networks: votes give the recorded beacons, ballots are eligible and tell them too, hare and certify messages have
//! their seats, and the active sets are those that receive times make good.

use std::{collections::BTreeMap, time::Duration};

use spacemesh_codec::{Decode, decode_exact};
use spacemesh_consensus::{
    beacon::{
        BallotBeacons, BeaconMachine, BeaconRules, BeaconSource, Context, Effect, EpochAtx, Input,
        Signers, Topic,
    },
    eligibility::{
        ActiveSetSource, AtxFacts, AtxSource, FirstBallot, MinimalWeights, Oracle, OracleRules,
        ReferenceBallot, ReferenceSource, SeatQuestion, SlotRules, check_ballot,
    },
    proposals::{ActiveSetWeights, GradeRules, GradedAtx, check_active_set, prepare_active_set},
    verdict::Verdict,
};
use spacemesh_types::{
    AtxId, BallotId, Beacon, EpochId, Hash32, Hrp, LayerId, LayersPerEpoch, Network, NodeId,
    RoundId, Timestamp, VrfNonce,
    network::Genesis,
    wire::{Ballot, Block, CERTIFY_ROUND, CertifyMessage, EpochActiveSet, Hare3Message},
};

use super::{layers_per_epoch, number};
use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "recorded epochs",
    recognises: |file| file.has("recorded_epochs"),
    annotations: &["name"],
    run,
};

struct Atx {
    id: AtxId,
    published: EpochId,
    smesher: NodeId,
    weight: u64,
    units: u32,
    nonce: VrfNonce,
    received: Timestamp,
}

/// A network as one node had stored it, seen at an instant.
struct World {
    network: Network,
    per_epoch: LayersPerEpoch,
    atxs: Vec<Atx>,
    malfeasance: BTreeMap<NodeId, Timestamp>,
    beacons: BTreeMap<EpochId, Beacon>,
    sets: BTreeMap<Hash32, EpochActiveSet>,
    ballots: BTreeMap<BallotId, Ballot>,
    blocks: BTreeMap<EpochId, Block>,
    now: Timestamp,
}

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for node in root.key("recorded_epochs")?.items()? {
        let mut world = world(&node, report)?;
        protocol(&node, &mut world, report)?;
        let rules = SlotRules {
            layer_size: number(&node.key("layer_size")?)?,
            layers_per_epoch: world.per_epoch,
            minimal_weights: MinimalWeights::default(),
        };
        ballots(&node, &world, &rules, report)?;
        seats(&node, &world, report)?;
        active_sets(&node, &world, report)?;
    }
    Ok(())
}

fn seconds(node: &Node<'_>) -> Result<Duration, Malformed> {
    Ok(Duration::from_secs(node.u64()?))
}

fn nanos(node: &Node<'_>) -> Result<Timestamp, Malformed> {
    Ok(Timestamp::from_unix_nanos(node.u64()?.into()))
}

fn decoded<T: Decode>(node: &Node<'_>, report: &mut Report) -> Result<Option<T>, Malformed> {
    Ok(report.success(node, decode_exact(&node.hex()?)))
}

fn world(node: &Node<'_>, report: &mut Report) -> Result<World, Malformed> {
    let genesis_seconds =
        i64::try_from(node.key("genesis_seconds")?.u64()?).map_err(|_| node.malformed("a time"))?;
    let genesis = Genesis {
        time: Timestamp::from_unix_seconds(genesis_seconds),
        extra_data: node.key("extra_data")?.text()?.to_owned(),
        accounts: None,
    };
    let id = node.key("genesis_id")?;
    report.equal(&id, id.text()?, genesis.id());
    let per_epoch = layers_per_epoch(&node.key("layers_per_epoch")?)?;
    let layer = seconds(&node.key("layer_seconds")?)?;
    let network = Network::new(genesis, Hrp::STANDALONE, layer, per_epoch)
        .map_err(|error| node.malformed(error))?;
    let now = network.genesis.time;
    let mut world = World {
        network,
        per_epoch,
        atxs: Vec::new(),
        malfeasance: BTreeMap::new(),
        beacons: BTreeMap::new(),
        sets: BTreeMap::new(),
        ballots: BTreeMap::new(),
        blocks: BTreeMap::new(),
        now,
    };
    for row in node.key("atxs")?.items()? {
        world.atxs.push(Atx {
            id: AtxId(row.at(0)?.hex_array()?),
            published: EpochId(number(&row.at(1)?)?),
            smesher: NodeId(row.at(2)?.hex_array()?),
            weight: row.at(3)?.u64()?,
            units: number(&row.at(4)?)?,
            nonce: VrfNonce(row.at(5)?.u64()?),
            received: nanos(&row.at(6)?)?,
        });
    }
    for row in node.key("malfeasance")?.items()? {
        let smesher = NodeId(row.at(0)?.hex_array()?);
        world.malfeasance.insert(smesher, nanos(&row.at(1)?)?);
    }
    for row in node.key("beacons")?.items()? {
        let epoch = EpochId(number(&row.at(0)?)?);
        world.beacons.insert(epoch, Beacon(row.at(1)?.hex_array()?));
    }
    for row in node.key("active_sets")?.items()? {
        let id = Hash32(row.at(0)?.hex_array()?);
        let set = check_active_set(&row.at(1)?.hex()?, &id);
        if let Some(set) = report.success(&row, set) {
            world.sets.insert(id, set);
        }
    }
    for row in node.key("ballots")?.items()? {
        let id = row.at(0)?;
        if let Some(ballot) = decoded::<Ballot>(&row.at(1)?, report)? {
            report.equal_bytes(&id, &id.hex()?, ballot.id().as_bytes());
            world.ballots.insert(ballot.id(), ballot);
        }
    }
    for row in node.key("first_blocks")?.items()? {
        if let Some(block) = decoded::<Block>(&row.at(1)?, report)? {
            world.blocks.insert(EpochId(number(&row.at(0)?)?), block);
        }
    }
    Ok(world)
}

/// Feeds the messages of each run to a node without identities, in the recorded order, and compares verdicts and beacons.
fn protocol(node: &Node<'_>, world: &mut World, report: &mut Report) -> Result<(), Malformed> {
    let beacon = node.key("beacon")?;
    let rational = |name: &str| {
        let node = beacon.key(name)?;
        node.text()?.parse().map_err(|error| node.malformed(error))
    };
    let duration = |name: &str| seconds(&beacon.key(name)?);
    let limit = number(&beacon.key("votes_limit")?)?;
    let rules = BeaconRules {
        rounds: number(&beacon.key("rounds")?)?,
        kappa: beacon.key("kappa")?.u64()?,
        q: rational("q")?,
        theta: rational("theta")?,
        votes_limit: usize::try_from(limit).map_err(|_| beacon.malformed("a limit"))?,
        delta: duration("grace_seconds")?,
        proposal_phase: duration("proposal_seconds")?,
        first_round: duration("first_round_seconds")?,
        voting_round: duration("voting_round_seconds")?,
        coin_round: duration("coin_round_seconds")?,
        weight_units: beacon.key("weight_units")?.u64()?,
    };
    let clock = world.network.clock();
    let clock = clock.map_err(|error| node.malformed(error))?;
    let machine = BeaconMachine::new(rules, &world.network);
    let mut machine = machine.map_err(|error| node.malformed(error))?;
    let mut effects = Vec::new();
    let mut began = None;
    let (mut known, mut unseen) = (0, Vec::new());
    let genesis = world.network.genesis.time.unix_nanos();
    let sent = |row: &Node<'_>| -> Result<Timestamp, Malformed> {
        let nanos = i128::from(row.at(0)?.u64()?) * 1000;
        Ok(Timestamp::from_unix_nanos(genesis + nanos))
    };
    let mut own_messages = Vec::new();
    for row in node.key("beacon_messages")?.items()? {
        if row.at(2)?.bool()? {
            own_messages.push(sent(&row)?);
        }
    }
    for row in node.key("beacon_messages")?.items()? {
        let now = sent(&row)?;
        run_until(&mut machine, world, now, &own_messages, &mut effects);
        let name = row.at(1)?;
        let topic = Topic::ALL
            .into_iter()
            .find(|topic| Some(topic.name()) == name.text().ok());
        let topic = topic.ok_or_else(|| name.malformed("a topic"))?;
        let epoch = clock.epoch_at(now);
        // The recording node began its run just before it sent its own proposal.
        let own = row.at(2)?.bool()?;
        if own && topic == Topic::Proposal && began != Some(epoch) {
            began = Some(epoch);
            let first = epoch.first_layer(world.per_epoch).unwrap_or_default();
            world.now = now;
            let input = Input::LayerBegan(first);
            machine.handle(&context(world, &Signers::new()), input, &mut effects);
        }
        let result = machine.receive(
            &context(world, &Signers::new()),
            topic,
            &row.at(4)?.hex()?,
            now,
        );
        let verdict = match result.map_err(|fault| fault.refusal().verdict()) {
            Ok(()) => "accept",
            Err(Verdict::Ignore) => "ignore",
            Err(Verdict::Accept | Verdict::Reject) => "reject",
        };
        report.equal(&row.at(3)?, row.at(3)?.text()?, verdict);
        for effect in effects.drain(..) {
            note(&effect, &world.beacons, &mut known, &mut unseen);
        }
    }
    let end = clock.start_of_epoch(EpochId(1000));
    run_until(&mut machine, world, end, &own_messages, &mut effects);
    for effect in effects.drain(..) {
        note(&effect, &world.beacons, &mut known, &mut unseen);
    }
    report.equal(&beacon, "[]", format!("{unseen:?}"));
    // The first beacon is from the bootstrap service.
    report.equal(&beacon, world.beacons.len() - 1, known);
    Ok(())
}

/// Counts a beacon that was recorded and lists everything else, apart from a run that the recording ends in.
fn note(
    effect: &Effect,
    recorded: &BTreeMap<EpochId, Beacon>,
    known: &mut usize,
    unseen: &mut Vec<String>,
) {
    match effect {
        Effect::Beacon { epoch, beacon } => match recorded.get(epoch) {
            Some(expected) if expected == beacon => *known += 1,
            Some(expected) => unseen.push(format!("epoch {epoch}: {beacon} for {expected}")),
            None => {}
        },
        Effect::Failed { epoch, why } => {
            let next = epoch.checked_add(1);
            if next.is_some_and(|next| recorded.contains_key(&next)) {
                unseen.push(format!("epoch {epoch}: {why}"));
            }
        }
        Effect::Publish { .. } | Effect::Toss { .. } => {}
    }
}

/// The recording node was late for some steps, by up to this; its own messages tell when they began.
const LATE_MAX: Duration = Duration::from_millis(200);

fn run_until(
    machine: &mut BeaconMachine,
    world: &mut World,
    now: Timestamp,
    own: &[Timestamp],
    effects: &mut Vec<Effect>,
) {
    while let Some((due, _)) = machine.next_wakeup() {
        let late = due.plus(LATE_MAX);
        let began = own.iter().find(|sent| (due..=late).contains(*sent));
        let due = began.copied().unwrap_or(due);
        if due > now {
            break;
        }
        world.now = due;
        machine.handle(&context(world, &Signers::new()), Input::Wakeup, effects);
    }
    world.now = now;
}

fn context<'a>(world: &'a World, signers: &'a Signers) -> Context<'a, World> {
    Context {
        source: world,
        signers,
        now: world.now,
        synced: true,
        listening: true,
    }
}

fn ballots(
    node: &Node<'_>,
    world: &World,
    rules: &SlotRules,
    report: &mut Report,
) -> Result<(), Malformed> {
    let units = node.key("beacon")?.key("weight_units")?.u64()?;
    let mut observed = BallotBeacons::new(units);
    let mut weights = ActiveSetWeights::default();
    let mut told = BTreeMap::new();
    for row in node.key("ballots")?.items()? {
        let Ok(ballot) = decode_exact::<Ballot>(&row.at(1)?.hex()?) else {
            continue;
        };
        let epoch = ballot.inner.layer.epoch(world.per_epoch);
        let mut weight = 0;
        if let Some(data) = ballot.inner.epoch_data {
            let set = world.sets.get(&data.active_set_hash);
            let set = set.ok_or_else(|| row.malformed("a ballot with a stored active set"))?;
            let computed = weights.weight(world, data.active_set_hash, set);
            weight = report.success(&row, computed).unwrap_or_default();
        }
        let checked = check_ballot(rules, world, &ballot, weight, epoch);
        if let Some(eligibility) = report.success(&row, checked) {
            let beacon = observed.report(ballot.id(), &eligibility, None);
            told.extend(beacon.map(|beacon| (epoch, beacon)));
        }
    }
    report.holds(node, !told.is_empty(), "ballots to tell a beacon");
    for (epoch, beacon) in told {
        let expected = world.beacons.get(&epoch).copied().unwrap_or_default();
        report.equal(node, expected, beacon);
    }
    Ok(())
}

fn seats(node: &Node<'_>, world: &World, report: &mut Report) -> Result<(), Malformed> {
    let rules = OracleRules {
        layers_per_epoch: world.per_epoch,
        effective_genesis: world.network.effective_genesis,
        confidence: number(&node.key("confidence")?)?,
    };
    let mut oracle = Oracle::new(rules);
    let mut sizes = BTreeMap::new();
    for row in node.key("committees")?.items()? {
        sizes.insert(LayerId(number(&row.at(0)?)?), number(&row.at(1)?)?);
    }
    let leaders = number(&node.key("leaders")?)?;
    let certifier = number(&node.key("certifier")?)?;
    for row in node.key("hare_messages")?.items()? {
        let Some(message) = decoded::<Hare3Message>(&row, report)? else {
            continue;
        };
        let body = &message.body;
        let round = body.iter_round.round;
        let committee = sizes.range(..=body.layer).next_back();
        let size = match round {
            3 => leaders,
            _ => committee.map_or(0, |(_, size)| *size),
        };
        let question = SeatQuestion {
            layer: body.layer,
            round: RoundId(7 * u32::from(body.iter_round.iter) + u32::from(round)),
            size,
            smesher: message.sender,
        };
        let seats = oracle.seats(world, &question, &body.eligibility.proof);
        let seats = seats.map_or_else(|error| error.to_string(), |seats| seats.to_string());
        report.equal(&row, body.eligibility.count, seats);
        let (proof, count) = (&body.eligibility.proof, body.eligibility.count);
        let valid = oracle.validate(world, &question, proof, count);
        report.holds(&row, valid == Ok(true), "a valid number of seats");
    }
    for row in node.key("certify_messages")?.items()? {
        let Some(message) = decoded::<CertifyMessage>(&row, report)? else {
            continue;
        };
        let content = &message.content;
        let question = SeatQuestion {
            layer: content.layer,
            round: CERTIFY_ROUND,
            size: certifier,
            smesher: message.smesher_id,
        };
        let valid = oracle.validate(world, &question, &content.proof, content.eligibility_count);
        report.holds(&row, valid == Ok(true), "a valid number of seats");
    }
    Ok(())
}

/// Of every epoch that has a recorded active set: the receive times give it.
fn active_sets(node: &Node<'_>, world: &World, report: &mut Report) -> Result<(), Malformed> {
    let grading = node.key("grading")?;
    let delay = grading.key("delay_milliseconds")?.u64()?;
    let rules = GradeRules {
        layers_per_epoch: world.per_epoch,
        network_delay: Duration::from_millis(delay),
        good_percent: grading.key("good_percent")?.u64()?,
    };
    let clock = world.network.clock();
    let clock = clock.map_err(|error| node.malformed(error))?;
    for (id, recorded) in &world.sets {
        let epoch = recorded.epoch;
        let published = world
            .atxs
            .iter()
            .filter(|atx| Some(epoch) == atx.published.target());
        let graded: Vec<GradedAtx> = published
            .map(|atx| GradedAtx {
                id: atx.id,
                weight: atx.weight,
                received: Some(atx.received),
                malfeasance: world.malfeasance.get(&atx.smesher).copied(),
            })
            .collect();
        let start = clock.start_of_epoch(epoch);
        let first = epoch.first_layer(world.per_epoch).unwrap_or_default();
        let set = prepare_active_set(&rules, world, epoch, start, first, None, &graded);
        if let Some(set) = report.success(&grading, set) {
            report.equal(&grading, id, set.id);
        }
    }
    Ok(())
}

impl AtxSource for World {
    fn atx(&self, target: EpochId, id: &AtxId) -> Option<AtxFacts> {
        let atx = self.atxs.iter().find(|atx| atx.id == *id)?;
        (atx.published.target() == Some(target)).then_some(AtxFacts {
            smesher: atx.smesher,
            weight: atx.weight,
            nonce: atx.nonce,
        })
    }
}

impl ReferenceSource for World {
    fn reference(&self, id: &BallotId) -> Option<ReferenceBallot> {
        let ballot = self.ballots.get(id)?;
        Some(ReferenceBallot {
            smesher: ballot.smesher_id,
            atx: ballot.inner.atx_id,
            layer: ballot.inner.layer,
            data: ballot.inner.epoch_data,
        })
    }
}

impl BeaconSource for World {
    fn atxs_published_in(&self, epoch: EpochId) -> Vec<EpochAtx> {
        let atxs = self.atxs.iter();
        let known = atxs.filter(|atx| atx.published == epoch && atx.received <= self.now);
        known
            .map(|atx| EpochAtx {
                id: atx.id,
                smesher: atx.smesher,
                weight: atx.weight,
                units: atx.units,
                received: atx.received,
                malicious: self
                    .malfeasance
                    .get(&atx.smesher)
                    .is_some_and(|received| *received <= self.now),
            })
            .collect()
    }

    fn vrf_nonce(&self, smesher: &NodeId, epoch: EpochId) -> Option<VrfNonce> {
        let own = self.atxs.iter().filter(|atx| atx.smesher == *smesher);
        let earlier = own.filter(|atx| atx.published < epoch);
        let last = earlier.max_by_key(|atx| atx.published)?;
        Some(last.nonce)
    }
}

impl ActiveSetSource for World {
    fn rewarded_by_first_block(&self, epoch: EpochId) -> Option<Vec<AtxId>> {
        let block = self.blocks.get(&epoch)?;
        Some(block.rewards.iter().map(|reward| reward.atx_id).collect())
    }

    fn first_ballot_of_atx(&self, epoch: EpochId, atx: &AtxId) -> Option<FirstBallot> {
        let of = |ballot: &&Ballot| {
            ballot.inner.atx_id == *atx && ballot.inner.layer.epoch(self.per_epoch) == epoch
        };
        let ballots = self.ballots.values().filter(of);
        let first = ballots.min_by_key(|ballot| ballot.inner.layer)?;
        Some(FirstBallot {
            data: first.inner.epoch_data,
        })
    }

    fn first_ballots(&self, epoch: EpochId) -> Vec<FirstBallot> {
        // The ballots of most epochs are not part of the selection; what they declared is, as stored active sets.
        let sets = self.sets.iter().filter(|(_, set)| set.epoch == epoch);
        let beacon = self.beacons.get(&epoch).copied().unwrap_or_default();
        sets.map(|(id, _)| FirstBallot {
            data: Some(spacemesh_types::wire::EpochData {
                active_set_hash: *id,
                beacon,
                eligibility_count: 1,
            }),
        })
        .collect()
    }

    fn active_set(&self, id: &Hash32) -> Option<Vec<AtxId>> {
        self.sets.get(id).map(|set| set.set.to_vec())
    }

    fn beacon(&self, epoch: EpochId) -> Option<Beacon> {
        self.beacons.get(&epoch).copied()
    }
}
