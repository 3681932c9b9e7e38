//! ATXs of recorded networks, fed to the intake as they arrived: verdicts, rows, proofs of space, active sets, proofs of misbehaviour
//! (chapter 05). Proofs of space and VRF nonces are really checked, with the sample that the recording node chose.

use std::{collections::BTreeMap, num::NonZeroU64, sync::Arc, time::Duration};

use post_gpu::{
    cpu::LabelKernel,
    k2pow::{RandomX, RandomXOptions},
    label::{Commitment, label32},
    params::{NumLabels, PostParams, ScryptN},
    proof::{Proof, ProofSubject},
    verify::{Mode, Verifier as PostVerifier, VerifyError},
    vrf_nonce,
};
use spacemesh_activation::{
    AtxTable, AtxVersions, Indices, Intake, IntakeEffect, IntakeInput, IntakeLimits, MemoryState,
    Origin, PoetRow, ProofEffect, ProofInput, ProofIntake, ProofOrigin, Rules, Ticket, TreeRules,
    Verdict, Verifier, View, Work, WorkResult, warm_up_row,
};
use spacemesh_codec::{decode_exact, encode};
use spacemesh_consensus::{
    eligibility::{ActiveSetSource, AtxFacts, AtxSource, FirstBallot},
    proposals::{GradeRules, GradedAtx, prepare_active_set},
};
use spacemesh_types::{
    AtxId, AtxVersion, Beacon, EpochId, Hash32, LayersPerEpoch, NodeId, PoetProofRef, Timestamp,
    network::{Genesis, LayerClock},
    wire::{EpochActiveSet, MalfeasanceGossip, MalfeasanceProof},
};

use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "recorded ATXs",
    recognises: |file| file.has("recorded_atxs"),
    annotations: &["recorded_atxs"],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let network = Recorded::read(root)?;
    let randomx = RandomX::new(&RandomXOptions::LIGHT).map(Arc::new);
    let Some(randomx) = report.success(root, randomx) else {
        return Ok(());
    };
    let checker = Checker {
        posts: PostVerifier::new(network.post, randomx, LabelKernel::detect_best()),
        post: network.post,
        peer: root.key("peer_id")?.hex()?,
    };
    let (state, proofs) = replay(root, &network, &checker, report)?;
    let table = table(&state);
    posts(&root.key("posts")?, &state, report)?;
    malfeasance(
        &root.key("malfeasance")?,
        &network,
        &state,
        &proofs,
        &checker,
        report,
    )?;
    active_sets(root, &network, &state, &table, report)
}

struct Recorded {
    rules: Rules,
    clock: LayerClock,
    post: PostParams,
}

impl Recorded {
    fn read(root: &Node<'_>) -> Result<Self, Malformed> {
        let unix = i64::try_from(root.key("genesis_unix")?.u64()?).unwrap_or_default();
        let genesis = Genesis {
            time: Timestamp::from_unix_seconds(unix),
            extra_data: root.key("extra_data")?.text()?.to_owned(),
            accounts: None,
        };
        let layers = LayersPerEpoch::new(u32_of(&root.key("layers_per_epoch")?)?);
        let layers_per_epoch = layers.ok_or_else(|| root.malformed("an epoch length"))?;
        let duration = Duration::from_secs(root.key("layer_duration_s")?.u64()?);
        let clock = LayerClock::new(genesis.time, duration, layers_per_epoch);
        let mut switches = BTreeMap::new();
        for (epoch, version) in root.key("atx_versions")?.fields()? {
            let epoch = epoch.parse().map_err(|_| version.malformed("an epoch"))?;
            switches.insert(EpochId(epoch), AtxVersion(u32_of(&version)?));
        }
        let post = root.key("post")?;
        let scrypt = ScryptN::new(u32_of(&post.key("scrypt_n")?)?);
        let post = PostParams {
            min_num_units: u32_of(&post.key("min_units")?)?,
            max_num_units: u32_of(&post.key("max_units")?)?,
            labels_per_unit: post.key("labels_per_unit")?.u64()?,
            k1: u32_of(&post.key("k1")?)?,
            k2: u32_of(&post.key("k2")?)?,
            k3: u32_of(&post.key("k3")?)?,
            pow_difficulty: [0xff; 32],
            scrypt: scrypt.map_err(|error| post.malformed(error))?,
        };
        let tick_size = NonZeroU64::new(root.key("tick_size")?.u64()?);
        Ok(Self {
            rules: Rules {
                prefix: genesis.id(),
                golden_atx: genesis.golden_atx(),
                layers_per_epoch,
                tick_size: tick_size.ok_or_else(|| root.malformed("a tick size"))?,
                min_num_units: post.min_num_units,
                max_num_units: post.max_num_units,
                labels_per_unit: post.labels_per_unit,
                k2: post.k2,
                k3: post.k3,
                versions: AtxVersions::new(&switches).map_err(|error| root.malformed(error))?,
                tree: TreeRules::Snapshot,
            },
            clock: clock.map_err(|error| root.malformed(error))?,
            post,
        })
    }
}

/// Checks proofs as the recording node did.
struct Checker {
    posts: PostVerifier,
    post: PostParams,
    peer: Vec<u8>,
}

impl Verifier for Checker {
    fn verify(&self, work: &Work) -> WorkResult {
        let work = match work {
            Work::Post(work) => work,
            Work::VrfNonce(work) => {
                let commitment = Commitment::new(&work.node.0, &work.commitment.0);
                let label = label32(&commitment, work.nonce.0, self.post.scrypt);
                let labels = NumLabels::new(1, work.num_labels);
                let valid = labels
                    .is_ok_and(|labels| vrf_nonce::verify(work.nonce.0, &label, labels).is_ok());
                return if valid {
                    WorkResult::Valid
                } else {
                    WorkResult::Invalid
                };
            }
        };
        let proof = Proof {
            nonce: work.post.nonce,
            indices: work.post.indices.to_vec(),
            pow: work.post.pow,
        };
        let subject = ProofSubject {
            node_id: work.node.0,
            commitment_atx_id: work.commitment.0,
            challenge: work.challenge.0,
            num_units: work.num_units,
        };
        let mode = match work.indices {
            Indices::All => Mode::All,
            Indices::One(position) => Mode::One(position),
            Indices::Sampled => Mode::Subset {
                k3: self.post.k3,
                seed: &self.peer,
            },
        };
        match self.posts.verify(&proof, &subject, mode) {
            Ok(()) => WorkResult::Valid,
            Err(VerifyError::InvalidIndex { position, .. }) => WorkResult::InvalidIndex(position),
            Err(error) if error.is_local() => WorkResult::Unavailable,
            Err(_) => WorkResult::Invalid,
        }
    }
}

/// Proofs that the replay made, by identity.
type Made = BTreeMap<NodeId, MalfeasanceProof>;

/// Feeds all ATXs in the order of arrival and compares verdicts and rows.
fn replay(
    root: &Node<'_>,
    network: &Recorded,
    checker: &Checker,
    report: &mut Report,
) -> Result<(MemoryState, Made), Malformed> {
    let mut state = MemoryState::default();
    for poet in root.key("poets")?.items()? {
        state.insert_poet(
            PoetProofRef(poet.key("reference")?.hex_array()?),
            PoetRow {
                leaf_count: poet.key("leaf_count")?.u64()?,
                statement: Hash32(poet.key("statement")?.hex_array()?),
            },
        );
    }
    let mut intake = Intake::new(network.rules.clone(), IntakeLimits::default());
    intake.set_synced(true);
    for own in root.key("own")?.items()? {
        intake.add_own(NodeId(own.hex_array()?));
    }
    let mut made = Made::new();
    for atx in root.key("atxs")?.items()? {
        let row = atx.key("row")?;
        let received = nanos(&row.key("received")?)?;
        let bytes = atx.key("bytes")?.hex()?;
        for gossip in atx.key("gossip")?.items()? {
            let own = gossip.key("own")?.bool()?;
            let input = IntakeInput::Received {
                ticket: Ticket(0),
                origin: if own { Origin::Own } else { Origin::Gossip },
                received,
                epoch: network.clock.epoch_at(received),
                bytes: bytes.clone(),
            };
            let verdict = judge(&mut intake, &mut state, received, input, checker, &mut made);
            let verdict = match verdict {
                Some(Verdict::Accept) => "accept",
                Some(Verdict::Ignore) => "ignore",
                Some(Verdict::Reject) => "reject",
                None => "none: something it refers to is not in the file",
            };
            let expected = gossip.key("result")?;
            report.equal(&expected, expected.text()?, verdict);
        }
        compare_row(&atx, &row, &state, report)?;
        let known = IntakeInput::Received {
            ticket: Ticket(1),
            origin: Origin::Fetched(AtxId(row.key("id")?.hex_array()?)),
            received,
            epoch: network.clock.epoch_at(received),
            bytes,
        };
        let again = judge(&mut intake, &mut state, received, known, checker, &mut made);
        report.holds(
            &atx,
            again == Some(Verdict::Accept),
            "known when it comes again",
        );
    }
    Ok((state, made))
}

/// Hands an input in and does all work that it asks for.
fn judge(
    intake: &mut Intake,
    state: &mut MemoryState,
    now: Timestamp,
    input: IntakeInput,
    checker: &Checker,
    made: &mut Made,
) -> Option<Verdict> {
    let mut inputs = vec![input];
    let mut verdict = None;
    while let Some(input) = inputs.pop() {
        let mut effects = Vec::new();
        intake.handle(now, state, input, &mut effects);
        for effect in effects {
            match effect {
                IntakeEffect::Check { job, work } => {
                    let result = checker.verify(&work);
                    inputs.push(IntakeInput::Checked { job, result });
                }
                IntakeEffect::Verdict { verdict: it, .. } => verdict = Some(it),
                IntakeEffect::Malfeasance { node, proof, .. } => {
                    made.insert(node, *proof);
                }
                IntakeEffect::Fetch { .. } | IntakeEffect::Stored { .. } => {}
            }
        }
    }
    verdict
}

fn compare_row(
    atx: &Node<'_>,
    row: &Node<'_>,
    state: &MemoryState,
    report: &mut Report,
) -> Result<(), Malformed> {
    let id = row.key("id")?;
    let Some(found) = state.atx(AtxId(id.hex_array()?)) else {
        report.fail(id.path(), "a stored ATX", "it is not stored");
        return Ok(());
    };
    report.equal(&id, id.text()?, found.id.to_hex());
    let version = atx.key("version")?;
    report.equal(&version, version.u64()?, found.version.0);
    for (key, actual) in [
        ("epoch", u64::from(found.publish_epoch.0)),
        ("effective_num_units", found.effective_units.into()),
        ("nonce", found.vrf_nonce.0),
        ("base_tick_height", found.base_height),
        ("tick_count", found.ticks),
        ("sequence", found.sequence),
        ("weight", found.weight),
    ] {
        let expected = row.key(key)?;
        report.equal(&expected, expected.u64()?, actual);
    }
    let pubkey = row.key("pubkey")?;
    report.equal(&pubkey, pubkey.text()?, found.smesher.to_hex());
    let coinbase = row.key("coinbase")?;
    report.equal_bytes(&coinbase, &coinbase.hex()?, found.coinbase.as_ref());
    for (key, actual) in [
        ("commitment_atx", found.commitment),
        ("marriage_atx", found.marriage_atx),
    ] {
        match row.optional(key) {
            Some(expected) => {
                let actual = actual.map_or_else(|| "none".to_owned(), |id| id.to_hex());
                report.equal(&expected, expected.text()?, actual);
            }
            None => {
                let place = key_of(row, key);
                report.holds(row, actual.is_none(), format_args!("no {place}"));
            }
        }
    }
    Ok(())
}

/// Marks a field that is null as read.
fn key_of<'a>(row: &Node<'_>, key: &'a str) -> &'a str {
    if let Ok(node) = row.key(key) {
        node.is_null();
    }
    key
}

fn posts(rows: &Node<'_>, state: &MemoryState, report: &mut Report) -> Result<(), Malformed> {
    for row in rows.items()? {
        let atx = AtxId(row.key("atxid")?.hex_array()?);
        let node = NodeId(row.key("pubkey")?.hex_array()?);
        let mut found = state.posts(atx).into_iter();
        let Some(found) = found.find(|post| post.node == node) else {
            report.fail(row.path(), "a proof of space", "there is none");
            continue;
        };
        let previous = row.optional("prev_atxid");
        let previous = previous.map(|id| id.hex_array().map(AtxId)).transpose()?;
        report.holds(&row, found.previous == previous, "the same previous ATX");
        for (key, actual) in [
            ("prev_atx_index", found.previous_index),
            ("units", found.units),
            ("publish_epoch", found.publish_epoch.0),
        ] {
            let expected = row.key(key)?;
            report.equal(&expected, expected.u64()?, actual);
        }
    }
    Ok(())
}

/// Recorded proofs are accepted; those that an ATX showed came out the same here.
fn malfeasance(
    rows: &Node<'_>,
    network: &Recorded,
    state: &MemoryState,
    made: &Made,
    checker: &Checker,
    report: &mut Report,
) -> Result<(), Malformed> {
    for row in rows.items()? {
        let node = NodeId(row.key("pubkey")?.hex_array()?);
        let expected = row.key("proof")?;
        let bytes = expected.hex()?;
        let Some(proof) = report.success(&expected, decode_exact::<MalfeasanceProof>(&bytes))
        else {
            continue;
        };
        report.equal_bytes(&expected, &bytes, &encode(&proof));
        if let Some(made) = made.get(&node) {
            report.equal_bytes(&expected, &bytes, &encode(made));
        }
        let gossip = MalfeasanceGossip {
            proof,
            eligibility: None,
        };
        let forms = [
            (ProofOrigin::Fetched(node), bytes.clone()),
            (ProofOrigin::Gossip, encode(&gossip)),
        ];
        for (origin, bytes) in forms {
            let mut state = state.clone();
            let mut intake = ProofIntake::new(network.rules.clone());
            intake.set_synced(true);
            let mut effects = Vec::new();
            let input = ProofInput::Received {
                ticket: Ticket(0),
                origin,
                received: nanos(&row.key("received")?)?,
                bytes,
            };
            intake.handle(&mut state, input, &mut effects);
            if let [ProofEffect::Check { job, work }] = &effects[..] {
                let (job, result) = (*job, checker.verify(work));
                intake.handle(
                    &mut state,
                    ProofInput::Checked { job, result },
                    &mut effects,
                );
            }
            let accepted = effects.iter().any(|effect| {
                matches!(effect, ProofEffect::Verdict { verdict, .. } if *verdict == Verdict::Accept)
            });
            report.holds(&expected, accepted, "a proof that is accepted");
            report.holds(
                &expected,
                state.is_malicious(node),
                "the identity is condemned",
            );
        }
    }
    Ok(())
}

fn table(state: &MemoryState) -> AtxTable {
    let mut table = AtxTable::default();
    for row in state.atxs() {
        warm_up_row(&mut table, row);
    }
    table
}

fn active_sets(
    root: &Node<'_>,
    network: &Recorded,
    state: &MemoryState,
    table: &AtxTable,
    report: &mut Report,
) -> Result<(), Malformed> {
    let mut condemned = BTreeMap::new();
    for row in root.key("malfeasance")?.items()? {
        let node = NodeId(row.key("pubkey")?.hex_array()?);
        condemned.insert(node, nanos(&row.key("received")?)?);
    }
    let delay = Duration::from_secs(root.key("grade_delay_s")?.u64()?);
    for row in root.key("active_sets")?.items()? {
        let target = EpochId(u32_of(&row.key("epoch")?)?);
        let publish = target.checked_sub(1).unwrap_or_default();
        let graded: Vec<GradedAtx> = state
            .epoch(publish)
            .map(|row| GradedAtx {
                id: row.id,
                weight: row.table_weight(),
                received: row.received,
                malfeasance: condemned.get(&row.smesher).copied(),
            })
            .collect();
        let rules = GradeRules {
            layers_per_epoch: network.rules.layers_per_epoch,
            network_delay: delay,
            good_percent: root.key("good_percent")?.u64()?,
        };
        let start = network.clock.start_of_epoch(target);
        let first = target
            .first_layer(rules.layers_per_epoch)
            .unwrap_or_default();
        let prepared =
            prepare_active_set(&rules, &BeforeTheEpoch, target, start, first, None, &graded);
        let Some(prepared) = report.success(&row, prepared) else {
            continue;
        };
        let id = row.key("id")?;
        report.equal(&id, id.text()?, prepared.id);
        let weight = table.weight_of(target, &prepared.set).0;
        report.holds(&row, weight == prepared.weight, "the weight of the table");
        let encoded = row.key("encoded")?;
        let set = prepared.set.try_into().unwrap_or_default();
        let epoch = target;
        report.equal_bytes(
            &encoded,
            &encoded.hex()?,
            &encode(&EpochActiveSet { epoch, set }),
        );
    }
    Ok(())
}

/// What is stored of an epoch that has not begun: nothing. The set comes from the times of arrival alone.
struct BeforeTheEpoch;

impl AtxSource for BeforeTheEpoch {
    fn atx(&self, _: EpochId, _: &AtxId) -> Option<AtxFacts> {
        None
    }
}

impl ActiveSetSource for BeforeTheEpoch {
    fn rewarded_by_first_block(&self, _: EpochId) -> Option<Vec<AtxId>> {
        None
    }
    fn first_ballot_of_atx(&self, _: EpochId, _: &AtxId) -> Option<FirstBallot> {
        None
    }
    fn first_ballots(&self, _: EpochId) -> Vec<FirstBallot> {
        Vec::new()
    }
    fn active_set(&self, _: &Hash32) -> Option<Vec<AtxId>> {
        None
    }
    fn beacon(&self, _: EpochId) -> Option<Beacon> {
        None
    }
}

fn nanos(node: &Node<'_>) -> Result<Timestamp, Malformed> {
    Ok(Timestamp::from_unix_nanos(node.u64()?.into()))
}

fn u32_of(node: &Node<'_>) -> Result<u32, Malformed> {
    u32::try_from(node.u64()?).map_err(|_| node.malformed("a number of 32 bits"))
}
