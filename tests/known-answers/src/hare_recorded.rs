//! Layers recorded from networks of the reference (`net-*/hare.json.gz`): the messages that a node received, fed to hare, the block
//! generator and the certifier, must give the weak coin, block, certificate and proofs that the node stored.

use std::collections::BTreeMap;
use std::time::Duration;

use spacemesh_codec::{decode_exact, encode};
use spacemesh_consensus::{
    blocks::{
        AtxFacts, BlockSource, Generator, GeneratorConfig, GeneratorEffect, GeneratorInput,
        ProposalFacts, SyncedBlock, TransactionFacts,
    },
    certifier::{
        Admission as CertifyAdmission, CertificateRow, Certifier, CertifierConfig,
        Checks as CertifyChecks, layer_output, validate_certificate,
    },
    hare::{
        Admission, AtxGrade, Checks, CommitteeUpgrade, Conclusion, Equivocation, Hare, HareConfig,
        Peer, Proposals, Received, SeatsCheck, SessionEffect, SessionOutcome, Verdict, Version,
    },
};
use spacemesh_crypto::verify_vrf;
use spacemesh_types::{
    Address, AtxId, BallotId, Beacon, BlockId, CompactProposalId, EpochId, Hash20, Hash32, LayerId,
    LayersPerEpoch, NodeId, ProposalId, PublicKey, Smidge, Timestamp, TransactionId,
    network::Genesis,
    transaction::TxHeader,
    wire::{Block, Certificate, MalfeasanceProof, MisbehaviourProof, Proposal},
};

use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "hare-recorded",
    recognises: |file| file.has("hare_layers"),
    annotations: &[],
    run,
};

/// Parameters and tables of a network.
struct Recorded {
    prefix: Hash20,
    config: HareConfig,
    certifier: CertifierConfig,
    layers_per_epoch: LayersPerEpoch,
    layer_duration: Duration,
    effective_genesis: LayerId,
    beacons: BTreeMap<EpochId, Beacon>,
    atxs: BTreeMap<(EpochId, AtxId), AtxFacts>,
    slots: BTreeMap<BallotId, u32>,
    transactions: BTreeMap<TransactionId, (TxHeader, Option<LayerId>)>,
    /// When an identity is known to be malicious, and the bytes of the proof.
    malicious: BTreeMap<NodeId, (Timestamp, Vec<u8>)>,
}

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let mut recorded = Recorded::read(root)?;
    for layer in root.key("hare_layers")?.items()? {
        recorded.layer(&layer, report)?;
    }
    for row in root.key("malicious")?.items()? {
        let proof = row.key("proof")?;
        let bytes = proof.hex()?;
        let Some(proof_read) = report.success(&proof, decode_exact::<MalfeasanceProof>(&bytes))
        else {
            continue;
        };
        if let MisbehaviourProof::HareEquivocation(_) = proof_read.proof {
            let identity = NodeId(row.key("identity")?.hex_array()?);
            let found = recorded.malicious.get(&identity);
            report.equal_bytes(
                &proof,
                &bytes,
                found.map_or(&[][..], |(_, proof)| proof.as_slice()),
            );
        }
    }
    Ok(())
}

fn number<T: TryFrom<u64>>(node: &Node<'_>) -> Result<T, Malformed> {
    T::try_from(node.u64()?).map_err(|_| node.malformed("a smaller number"))
}

fn milliseconds(node: &Node<'_>) -> Result<Duration, Malformed> {
    Ok(Duration::from_secs_f64(node.f64()?.max(0.0) / 1000.0))
}

impl Recorded {
    fn read(root: &Node<'_>) -> Result<Self, Malformed> {
        let network = root.key("network")?;
        let seconds = network.key("genesis_unix")?.u64()?;
        let genesis = Genesis {
            time: Timestamp::from_unix_seconds(i64::try_from(seconds).unwrap_or_default()),
            extra_data: network.key("extra_data")?.text()?.to_owned(),
            accounts: None,
        };
        let prefix = match network.optional("genesis_id") {
            Some(id) => Hash20(id.hex_array()?),
            None => genesis.id(),
        };
        let layers_per_epoch = LayersPerEpoch::new(number(&network.key("layers_per_epoch")?)?)
            .ok_or_else(|| network.malformed("layers per epoch"))?;
        let upgrade = network.optional("upgrade").map(|upgrade| {
            Ok(CommitteeUpgrade {
                layer: LayerId(number(&upgrade.at(0)?)?),
                size: number(&upgrade.at(1)?)?,
            })
        });
        let committee = number(&network.key("committee")?)?;
        let config = HareConfig {
            enable: true,
            committee,
            committee_upgrade: upgrade.transpose()?,
            leaders: number(&network.key("leaders")?)?,
            iterations_limit: number(&network.key("iterations_limit")?)?,
            preround_delay: milliseconds(&network.key("preround_ms")?)?,
            round_duration: milliseconds(&network.key("round_ms")?)?,
            ..HareConfig::defaults(Version::Hare3)
        };
        let mut beacons = BTreeMap::new();
        for (epoch, beacon) in root.key("beacons")?.fields()? {
            let number = epoch.parse().map_err(|_| beacon.malformed("an epoch"))?;
            beacons.insert(EpochId(number), Beacon(beacon.hex_array()?));
        }
        let mut atxs = BTreeMap::new();
        for row in root.key("atxs")?.items()? {
            let published = EpochId(number(&row.key("publish_epoch")?)?);
            let facts = AtxFacts {
                base_height: row.key("base_height")?.u64()?,
                weight: row.key("weight")?.u64()?,
            };
            let id = AtxId(row.key("id")?.hex_array()?);
            atxs.insert((published.target().unwrap_or_default(), id), facts);
        }
        let mut slots = BTreeMap::new();
        for row in root.key("declared_slots")?.items()? {
            slots.insert(
                BallotId(row.key("id")?.hex_array()?),
                number(&row.key("slots")?)?,
            );
        }
        let mut transactions = BTreeMap::new();
        for row in root.key("transactions")?.items()? {
            let header = TxHeader {
                principal: Address(row.key("principal")?.hex_array()?),
                template: Address::default(),
                method: 0,
                nonce: row.key("nonce")?.u64()?,
                layer_min: 0,
                layer_max: 0,
                max_gas: row.key("max_gas")?.u64()?,
                gas_price: row.key("gas_price")?.u64()?,
                max_spend: Smidge(row.key("max_spend")?.u64()?),
            };
            let applied = row.optional("applied_layer").map(|layer| number(&layer));
            let id = TransactionId(row.key("id")?.hex_array()?);
            transactions.insert(id, (header, applied.transpose()?.map(LayerId)));
        }
        let mut malicious = BTreeMap::new();
        for row in root.key("malicious")?.items()? {
            let received = genesis.time.plus(milliseconds(&row.key("received_ms")?)?);
            let proof = row.key("proof")?.hex()?;
            let found_by_hare = decode_exact(&proof).is_ok_and(|proof: MalfeasanceProof| {
                matches!(proof.proof, MisbehaviourProof::HareEquivocation(_))
            });
            if !found_by_hare {
                malicious.insert(NodeId(row.key("identity")?.hex_array()?), (received, proof));
            }
        }
        Ok(Self {
            prefix,
            certifier: CertifierConfig::new(
                number(&network.key("cert_committee")?)?,
                committee,
                number(&network.key("zdist")?)?,
            ),
            config,
            layers_per_epoch,
            layer_duration: milliseconds(&network.key("layer_ms")?)?,
            effective_genesis: LayerId(number(&network.key("effective_genesis")?)?),
            beacons,
            atxs,
            slots,
            transactions,
            malicious,
        }
        .starting(genesis.time))
    }

    /// Times are compared with those of the layers, which begin at genesis.
    fn starting(mut self, genesis: Timestamp) -> Self {
        let since = |at: Timestamp| at.since(genesis).unwrap_or_default();
        for (received, _) in self.malicious.values_mut() {
            *received = Timestamp::from_unix_seconds(0).plus(since(*received));
        }
        self
    }

    fn holds(&self, seats: &SeatsCheck) -> bool {
        let epoch = seats.layer.epoch(self.layers_per_epoch);
        let Some(&beacon) = self.beacons.get(&epoch) else {
            return false;
        };
        let identity = PublicKey::from(seats.identity);
        let alpha = seats.vrf_input(beacon).alpha();
        verify_vrf(&identity, &alpha, &seats.eligibility.proof).is_ok()
    }

    fn layer(&mut self, row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
        let layer = LayerId(number(&row.key("layer")?)?);
        let start =
            Timestamp::from_unix_seconds(0).plus(self.layer_duration.saturating_mul(layer.0));
        let outcome = self.hare(row, layer, start, report)?;

        let coin = row.optional("weak_coin").map(|coin| coin.bool());
        report.equal(
            row,
            format!("weak coin {:?}", coin.transpose()?),
            format!("weak coin {:?}", outcome.coin),
        );
        let mut rows = Vec::new();
        let mut certificates = Vec::new();
        for row in row.key("rows")?.items()? {
            let block = BlockId(row.key("block")?.hex_array()?);
            let certificate = row.optional("certificate");
            let bytes = certificate.as_ref().map(Node::hex).transpose()?;
            rows.push(CertificateRow {
                block,
                certificate_size: bytes.as_ref().map_or(0, Vec::len),
                valid: row.key("valid")?.bool()?,
            });
            if let Some(certificate) = certificate {
                certificates.push((block, certificate));
            }
        }
        let block = self.block(row, layer, outcome.result, report)?;
        report.equal(
            row,
            format!("output {:?}", layer_output(&rows)),
            format!("output {block:?}"),
        );
        if let Some((output, at)) = block.zip(outcome.result_at) {
            self.certificate(row, layer, output, at, &certificates, report)?;
        }
        Ok(())
    }

    /// What hare makes of the recorded messages.
    fn hare(
        &mut self,
        row: &Node<'_>,
        layer: LayerId,
        start: Timestamp,
        report: &mut Report,
    ) -> Result<Outcome, Malformed> {
        let mut hare = Hare::new(self.config);
        let mut outcomes = Vec::new();
        hare.start_layer(layer, start, start, Vec::new(), &mut outcomes);
        let mut outcome = Outcome::default();
        for message in row.key("messages")?.items()? {
            let after = milliseconds(&message.key("t_ms")?)?;
            let now = start.plus(after);
            advance(&mut hare, start, now, &mut outcome);
            let data = message.key("data")?;
            let Some(received) =
                report.success(&data, Received::decode(Version::Hare3, &data.hex()?))
            else {
                continue;
            };
            report.equal_bytes(&data, &data.hex()?, &received.0.encode());
            let result = message.key("result")?;
            let verdict = match hare.admit(received, Peer(1), now, &NoStore) {
                Admission::Done(verdict) => verdict,
                Admission::Exchange(_) => return Err(data.malformed("a message of hare 3")),
                Admission::Check(unverified) => {
                    let sender = unverified.sender();
                    let checks = Checks {
                        signature: unverified.signature_check().holds(&self.prefix),
                        seats: self
                            .holds(&unverified.seats_check())
                            .then_some(AtxGrade::BEST),
                        malicious: self
                            .malicious
                            .get(&sender)
                            .is_some_and(|&(since, _)| since <= now),
                    };
                    match hare.conclude(*unverified, checks, now) {
                        Conclusion::Exchange(_) => {
                            return Err(data.malformed("a message of hare 3"));
                        }
                        Conclusion::Done {
                            verdict,
                            equivocation,
                        } => {
                            if let Some(found) = equivocation {
                                let Equivocation { identity, proof } = *found;
                                self.malicious.insert(identity, (now, encode(&proof)));
                            }
                            verdict
                        }
                    }
                }
            };
            let verdict = match verdict {
                Verdict::Accept => "accept",
                Verdict::Ignore(_) => "ignore",
                Verdict::Reject(_) => "reject",
            };
            report.equal(&result, result.text()?, verdict);
        }
        let end = start.plus(self.config.session_duration());
        advance(&mut hare, start, end, &mut outcome);
        report.holds(
            row,
            !hare.has_session(layer),
            "a session that is over in time",
        );
        Ok(outcome)
    }

    /// The block that the generator makes of the result, and its id; none without a result.
    fn block(
        &self,
        row: &Node<'_>,
        layer: LayerId,
        result: Option<Vec<ProposalId>>,
        report: &mut Report,
    ) -> Result<Option<BlockId>, Malformed> {
        let mut proposals = BTreeMap::new();
        for data in row.key("proposals")?.items()? {
            if let Some(proposal) = report.success(&data, decode_exact::<Proposal>(&data.hex()?)) {
                proposals.insert(proposal.id(), ProposalFacts::from(&proposal));
            }
        }
        let hash = row.optional("mesh_hash_before");
        let source = Source {
            network: self,
            layer,
            proposals,
            mesh_hash: hash.map(|hash| hash.hex_array()).transpose()?.map(Hash32),
        };
        let recorded = row.key("blocks")?.items()?;
        let Some(result) = result else {
            report.equal(row, recorded.len(), 0);
            return Ok(None);
        };
        let mut generator = Generator::new(GeneratorConfig {
            gas_limit: u64::MAX,
            threshold_percent: 90,
        });
        let applied = LayerId(layer.0.saturating_sub(1));
        let mut inputs = vec![GeneratorInput::Result {
            layer,
            proposals: result,
        }];
        let (mut made, mut output) = (None, None);
        while let Some(input) = inputs.pop() {
            let mut effects = Vec::new();
            generator.handle(input, applied, &source, &mut effects);
            for effect in effects {
                match effect {
                    GeneratorEffect::Execute { tx_ids, .. } => {
                        let executed = tx_ids.into_iter().filter(|id| {
                            let transaction = self.transactions.get(id);
                            transaction.is_some_and(|&(_, applied)| applied == Some(layer))
                        });
                        inputs.push(GeneratorInput::Executed {
                            layer,
                            tx_ids: Some(executed.collect()),
                        });
                    }
                    GeneratorEffect::AddBlock(block) => {
                        made = Some(block);
                        inputs.push(GeneratorInput::Added { layer, added: true });
                    }
                    GeneratorEffect::HareOutput { block, .. } => output = Some(block),
                    GeneratorEffect::Failed { reason, .. } => {
                        report.fail(row.path(), "a block", reason);
                    }
                    GeneratorEffect::Fetch { .. } => {
                        report.fail(
                            row.path(),
                            "proposals that were recorded",
                            "others are asked for",
                        );
                    }
                    GeneratorEffect::Certify { .. } | GeneratorEffect::Unmark(_) => {}
                }
            }
        }
        let first = recorded.first();
        report.equal(row, recorded.len(), usize::from(made.is_some()));
        if let (Some(recorded), Some(made)) = (first, &made) {
            let bytes = recorded.hex()?;
            report.equal_bytes(recorded, &bytes, &encode::<Block>(made));
            let synced = SyncedBlock::check(&bytes, made.id().to_hash32(), self.effective_genesis);
            report.success(recorded, synced);
        }
        Ok(output)
    }

    /// The certificate that the recorded certify messages give.
    fn certificate(
        &self,
        row: &Node<'_>,
        layer: LayerId,
        block: BlockId,
        result_at: Duration,
        recorded: &[(BlockId, Node<'_>)],
        report: &mut Report,
    ) -> Result<(), Malformed> {
        let mut certifier = Certifier::new(self.certifier, self.effective_genesis);
        let mut registered = false;
        let mut made = Vec::new();
        for message in row.key("certify")?.items()? {
            let after = milliseconds(&message.key("t_ms")?)?;
            let own = message.key("own")?.bool()?;
            // A block is registered right before its own certify message is made.
            if !registered && (own || after > result_at + Duration::from_millis(100)) {
                registered = true;
                made.extend(certifier.register(layer, block));
                if !made.is_empty() {
                    certifier.saved(layer, block);
                }
            }
            let data = message.key("data")?;
            let result = message.key("result")?;
            let knows = |of: LayerId| self.beacons.contains_key(&of.epoch(self.layers_per_epoch));
            let verdict = match certifier.admit(&data.hex()?, layer, knows) {
                CertifyAdmission::Done(verdict) => verdict,
                CertifyAdmission::Check(unverified) => {
                    let checks = CertifyChecks {
                        signature: unverified.signature_check().holds(&self.prefix),
                        seats: self.holds(&unverified.seats_check()),
                    };
                    let conclusion = certifier.conclude(*unverified, checks);
                    made.extend(conclusion.certificate);
                    conclusion.verdict
                }
            };
            let verdict = format!("{:?}", verdict.gossip()).to_lowercase();
            report.equal(&result, result.text()?, verdict);
            if !made.is_empty() {
                certifier.saved(layer, block);
            }
        }
        if !registered {
            made.extend(certifier.register(layer, block));
        }
        report.equal(row, recorded.len(), made.len());
        for ((block, bytes), made) in recorded.iter().zip(&made) {
            report.equal(bytes, block, made.block_id);
            let stored = bytes.hex()?;
            let Some(certificate) = report.success(bytes, decode_exact::<Certificate>(&stored))
            else {
                continue;
            };
            report.equal_bytes(bytes, &stored, &encode(made));
            let threshold = self.certifier.threshold();
            let valid = validate_certificate(&certificate, layer, threshold, |_| true);
            report.success(bytes, valid);
        }
        Ok(())
    }
}

/// What came out of a session.
#[derive(Default)]
struct Outcome {
    coin: Option<bool>,
    result: Option<Vec<ProposalId>>,
    /// After the start of the layer.
    result_at: Option<Duration>,
}

/// Runs all rounds until `now`, each at its time.
fn advance(hare: &mut Hare, start: Timestamp, now: Timestamp, outcome: &mut Outcome) {
    while let Some((due, _)) = hare.next_wakeup().filter(|&(due, _)| due <= now) {
        let mut outcomes = Vec::new();
        hare.wake(due, &NoStore, &mut outcomes);
        for SessionOutcome { effect, .. } in outcomes {
            match effect {
                SessionEffect::Coin(coin) => outcome.coin = Some(coin),
                SessionEffect::Result(result) => {
                    outcome.result = Some(result);
                    outcome.result_at = due.since(start);
                }
                SessionEffect::ComputeSeats { .. }
                | SessionEffect::Publish(_)
                | SessionEffect::Ended(_) => {}
            }
        }
    }
}

/// A node without proposals: hare 3 needs none to follow.
struct NoStore;

impl Proposals for NoStore {
    fn selection(&self, _: LayerId) -> Vec<ProposalId> {
        Vec::new()
    }

    fn compact_ids(&self, _: LayerId) -> Vec<(ProposalId, CompactProposalId)> {
        Vec::new()
    }
}

/// The tables as they were when the block of a layer was made.
struct Source<'a> {
    network: &'a Recorded,
    layer: LayerId,
    proposals: BTreeMap<ProposalId, ProposalFacts>,
    mesh_hash: Option<Hash32>,
}

impl BlockSource for Source<'_> {
    fn has_proposal(&self, id: ProposalId) -> bool {
        self.proposals.contains_key(&id)
    }

    fn proposal(&self, id: ProposalId) -> Option<ProposalFacts> {
        self.proposals.get(&id).cloned()
    }

    fn atx(&self, layer: LayerId, id: AtxId) -> Option<AtxFacts> {
        let epoch = layer.epoch(self.network.layers_per_epoch);
        self.network.atxs.get(&(epoch, id)).copied()
    }

    fn declared_slots(&self, ballot: BallotId) -> Option<u32> {
        self.network.slots.get(&ballot).copied()
    }

    fn transaction(&self, id: TransactionId) -> Option<TransactionFacts> {
        let &(header, applied) = self.network.transactions.get(&id)?;
        Some(TransactionFacts {
            header: Some(header),
            applied: applied.is_some_and(|applied| applied < self.layer),
        })
    }

    fn mesh_hash(&self, layer: LayerId) -> Option<Hash32> {
        (layer.0 + 1 == self.layer.0)
            .then_some(self.mesh_hash)
            .flatten()
    }
}
