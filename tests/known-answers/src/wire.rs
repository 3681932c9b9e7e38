//! Objects recorded from networks of the reference: every one decodes, is canonical, has the recorded id and a valid signature.

use spacemesh_codec::{Decode, Encode, decode_tracked, encode};
use spacemesh_crypto::{Domain, PublicKey, Signature, VrfSignature, verify, verify_vrf};
use spacemesh_types::{
    Hash20, LayerId, LayersPerEpoch, NodeId, Timestamp,
    network::Genesis,
    sum,
    wire::{
        ActivationTxV1, ActivationTxV2, Ballot, BeaconProposalMessage, Block, Certificate,
        CertifyMessage, EpochActiveSet, EpochAtxIds, FirstVotingMessage, FollowingVotingMessage,
        Hare3Message, HareMetadata, LayerData, LayerOpinion, MalfeasanceGossip, MalfeasanceProof,
        MaliciousIds, MeshHashRequest, MeshHashes, MisbehaviourProof, OpinionRequest,
        PeerTimeRequest, PeerTimeResponse, PoetProofMessage, Proposal, RequestBatch, ResponseBatch,
        ServerResponse, VotingVrfInput, WeakCoinMessage, active_set_hash,
    },
};

use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "wire",
    recognises: |file| file.has("networks"),
    annotations: &[],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for (_, network) in root.key("networks")?.fields()? {
        let seconds = network.key("genesis_unix")?.u64()?;
        let genesis = Genesis {
            time: Timestamp::from_unix_seconds(i64::try_from(seconds).unwrap_or_default()),
            extra_data: network.key("extra_data")?.text()?.to_owned(),
            accounts: None,
        };
        let layers = u32::try_from(network.key("layers_per_epoch")?.u64()?)
            .ok()
            .and_then(LayersPerEpoch::new);
        let layers_per_epoch = layers.ok_or_else(|| network.malformed("layers per epoch"))?;
        let second = network
            .optional("atx_v2_from_epoch")
            .map(|epoch| epoch.u64())
            .transpose()?;
        let objects = Objects {
            prefix: genesis.id(),
            layers_per_epoch,
            second_atx_version_from: second,
        };
        let prologue = format!("{}-{}", genesis.id(), 2 * layers_per_epoch.get() - 1);
        report.equal(
            &network.key("prologue")?,
            network.key("prologue")?.text()?,
            prologue,
        );
        objects.gossip(&network.key("gossip")?, report)?;
        objects.requests(&network.key("requests")?, report)?;
        objects.stored(&network.key("stored")?, report)?;
    }
    Ok(())
}

struct Objects {
    prefix: Hash20,
    layers_per_epoch: LayersPerEpoch,
    second_atx_version_from: Option<u64>,
}

/// Decodes and encodes again, which must give the same bytes: the reference writes canonically.
fn object<T: Encode + Decode>(
    data: &Node<'_>,
    report: &mut Report,
) -> Result<Option<T>, Malformed> {
    decoded(&data.hex()?, data, report)
}

fn decoded<T: Encode + Decode>(
    bytes: &[u8],
    data: &Node<'_>,
    report: &mut Report,
) -> Result<Option<T>, Malformed> {
    let Some(tracked) = report.success(data, decode_tracked::<T>(bytes)) else {
        return Ok(None);
    };
    report.holds(data, tracked.canonical, "canonical bytes");
    report.equal_bytes(data, bytes, &encode(&tracked.value));
    Ok(Some(tracked.value))
}

impl Objects {
    fn signature(
        &self,
        at: &Node<'_>,
        domain: Domain,
        message: &[u8],
        by: NodeId,
        signature: Signature,
        report: &mut Report,
    ) {
        report.success(
            at,
            verify(&by.into(), &self.prefix, domain, message, &signature),
        );
    }

    fn gossip(&self, topics: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
        for (topic, messages) in topics.fields()? {
            for message in messages.items()? {
                let data = message.key("data")?;
                let id = message.key("message_id")?;
                report.equal_bytes(
                    &id,
                    &id.hex()?,
                    sum([topic.as_bytes(), &data.hex()?]).as_bytes(),
                );
                match topic {
                    "/h/3.0" => self.hare(&data, report)?,
                    "ax1" => drop(self.atx(&data, report)?),
                    "bc1" => drop(
                        object::<CertifyMessage>(&data, report)?
                            .inspect(|message| self.certify(&data, message, report)),
                    ),
                    "bf1" => self.first_vote(&data, report)?,
                    "bo1" => self.following_vote(&data, report)?,
                    "bp1" => drop(object::<BeaconProposalMessage>(&data, report)?),
                    "bw1" => drop(object::<WeakCoinMessage>(&data, report)?),
                    "pp1" => self.proposal(&data, report)?,
                    "mp1" => drop(object::<MalfeasanceGossip>(&data, report)?.map(|gossip| {
                        self.malfeasance(&data, &gossip.proof, report);
                    })),
                    _ => report.fail(data.path(), "a topic of the network", topic),
                }
            }
        }
        Ok(())
    }

    fn hare(&self, data: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
        let Some(message) = object::<Hare3Message>(data, report)? else {
            return Ok(());
        };
        let round = message.body.iter_round;
        let signed = HareMetadata {
            layer: message.body.layer,
            round: 7 * u32::from(round.iter) + u32::from(round.round),
            message_hash: message.hash(),
        };
        self.signature(
            data,
            Domain::Hare,
            &encode(&signed),
            message.sender,
            message.signature,
            report,
        );
        Ok(())
    }

    fn first_vote(&self, data: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
        let Some(vote) = object::<FirstVotingMessage>(data, report)? else {
            return Ok(());
        };
        let signed = encode(&vote.body);
        self.signature(
            data,
            Domain::BeaconFirstMessage,
            &signed,
            vote.smesher_id,
            vote.signature,
            report,
        );
        Ok(())
    }

    fn following_vote(&self, data: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
        let Some(vote) = object::<FollowingVotingMessage>(data, report)? else {
            return Ok(());
        };
        let signed = encode(&vote.body);
        self.signature(
            data,
            Domain::BeaconFollowupMessage,
            &signed,
            vote.smesher_id,
            vote.signature,
            report,
        );
        Ok(())
    }

    fn certify(&self, data: &Node<'_>, message: &CertifyMessage, report: &mut Report) {
        let signed = encode(&message.content);
        self.signature(
            data,
            Domain::Hare,
            &signed,
            message.smesher_id,
            message.signature,
            report,
        );
    }

    fn proposal(&self, data: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
        let Some(proposal) = object::<Proposal>(data, report)? else {
            return Ok(());
        };
        let by = proposal.inner.ballot.smesher_id;
        let signed = encode(&proposal.inner.signed_metadata());
        self.signature(
            data,
            Domain::Proposal,
            &signed,
            by,
            proposal.signature,
            report,
        );
        self.ballot(data, &proposal.inner.ballot, report);
        Ok(())
    }

    fn ballot(&self, data: &Node<'_>, ballot: &Ballot, report: &mut Report) {
        let signed = encode(&ballot.inner.signed_metadata());
        self.signature(
            data,
            Domain::Ballot,
            &signed,
            ballot.smesher_id,
            ballot.signature,
            report,
        );
    }

    fn atx(
        &self,
        data: &Node<'_>,
        report: &mut Report,
    ) -> Result<Option<ActivationTxV1>, Malformed> {
        // An ATX begins with its epoch; below 64 that is one byte.
        let epoch = u64::from(data.hex()?.first().copied().unwrap_or_default() >> 2);
        if self
            .second_atx_version_from
            .is_some_and(|second| epoch >= second)
        {
            // Its id is the root of a tree over its fields, which is not a matter of encoding.
            object::<ActivationTxV2>(data, report)?;
            return Ok(None);
        }
        let Some(atx) = object::<ActivationTxV1>(data, report)? else {
            return Ok(None);
        };
        let signed = encode(&atx.inner.signed_metadata());
        self.signature(
            data,
            Domain::Atx,
            &signed,
            atx.smesher_id,
            atx.signature,
            report,
        );
        Ok(Some(atx))
    }

    fn malfeasance(&self, data: &Node<'_>, proof: &MalfeasanceProof, report: &mut Report) {
        match &proof.proof {
            MisbehaviourProof::MultipleAtxs(proof) => {
                for message in proof.messages {
                    let signed = encode(&message.inner);
                    self.signature(
                        data,
                        Domain::Atx,
                        &signed,
                        message.smesher_id,
                        message.signature,
                        report,
                    );
                }
            }
            MisbehaviourProof::MultipleBallots(proof) => {
                for message in proof.messages {
                    let signed = encode(&message.inner);
                    self.signature(
                        data,
                        Domain::Ballot,
                        &signed,
                        message.smesher_id,
                        message.signature,
                        report,
                    );
                }
            }
            MisbehaviourProof::HareEquivocation(proof) => {
                for message in proof.messages {
                    let signed = encode(&message.inner);
                    self.signature(
                        data,
                        Domain::Hare,
                        &signed,
                        message.smesher_id,
                        message.signature,
                        report,
                    );
                }
            }
            MisbehaviourProof::InvalidPostIndex(_) | MisbehaviourProof::InvalidPrevAtx(_) => {}
        }
    }

    fn requests(&self, protocols: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
        for (protocol, exchanges) in protocols.fields()? {
            for exchange in exchanges.items()? {
                let (request, response) = (exchange.key("request")?, exchange.key("response")?);
                if protocol == "/peersync/1.0/" {
                    let id = object::<PeerTimeRequest>(&request, report)?.map(|request| request.id);
                    let answered =
                        object::<PeerTimeResponse>(&response, report)?.map(|response| response.id);
                    report.holds(&response, id == answered, "the round of the request");
                    continue;
                }
                let Some(envelope) = object::<ServerResponse>(&response, report)? else {
                    continue;
                };
                report.holds(&response, envelope.error.is_empty(), "an answer");
                match protocol {
                    "as/1" | "hs/1" => batch(&request, &response, &envelope, report)?,
                    "ax/1" => {
                        object::<u32>(&request, report)?;
                        decoded::<EpochAtxIds>(&envelope.data, &response, report)?;
                    }
                    "ld/1" => {
                        object::<LayerId>(&request, report)?;
                        decoded::<LayerData>(&envelope.data, &response, report)?;
                    }
                    "lp/2" => {
                        // A wish for a block's certificate is answered by that.
                        let certificate = object::<OpinionRequest>(&request, report)?
                            .and_then(|request| request.block);
                        if certificate.is_some() {
                            decoded::<Certificate>(&envelope.data, &response, report)?;
                        } else {
                            decoded::<LayerOpinion>(&envelope.data, &response, report)?;
                        }
                    }
                    "mh/1" => {
                        object::<MeshHashRequest>(&request, report)?;
                        decoded::<MeshHashes>(&envelope.data, &response, report)?;
                    }
                    "ml/1" => {
                        report.equal(&request, request.text()?, "");
                        decoded::<MaliciousIds>(&envelope.data, &response, report)?;
                    }
                    _ => report.fail(response.path(), "a protocol of the network", protocol),
                }
            }
        }
        Ok(())
    }

    fn stored(&self, kinds: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
        for (kind, objects) in kinds.fields()? {
            for stored in objects.items()? {
                let data = stored.key("data")?;
                let id = match kind {
                    "atx_v1" => self.atx(&data, report)?.map(|atx| atx.id().to_hash32()),
                    "atx_v2" => {
                        self.atx(&data, report)?;
                        stored.key("id")?.skip(
                            "the id is a root of a tree over the fields, not a matter of encoding",
                        );
                        continue;
                    }
                    "ballot" => object::<Ballot>(&data, report)?.map(|ballot| {
                        self.ballot(&data, &ballot, report);
                        self.slots(&data, &ballot, report);
                        ballot.id().to_hash32()
                    }),
                    "block" => object::<Block>(&data, report)?.map(|block| block.id().to_hash32()),
                    "poet" => object::<PoetProofMessage>(&data, report)?
                        .map(|poet| poet.proof.reference().to_hash32()),
                    "active_set" => object::<EpochActiveSet>(&data, report)?
                        .map(|stored| active_set_hash(&stored.set)),
                    "certificate" => {
                        let certificate = object::<Certificate>(&data, report)?;
                        for message in certificate
                            .iter()
                            .flat_map(|certificate| &certificate.signatures)
                        {
                            self.certify(&data, message, report);
                        }
                        continue;
                    }
                    "malfeasance" => {
                        if let Some(proof) = object::<MalfeasanceProof>(&data, report)? {
                            self.malfeasance(&data, &proof, report);
                        }
                        continue;
                    }
                    _ => None,
                };
                let expected = stored.key("id")?;
                let actual = id.map_or_else(|| "no id".to_owned(), |id| id.to_hex());
                report.equal(&expected, expected.text()?, actual);
            }
        }
        Ok(())
    }

    /// A ballot that carries its epoch's data proves its slots by itself, once its VRF nonce is known; small networks have small ones.
    fn slots(&self, data: &Node<'_>, ballot: &Ballot, report: &mut Report) {
        let Some(epoch_data) = ballot.inner.epoch_data else {
            return;
        };
        let epoch = ballot.inner.layer.epoch(self.layers_per_epoch);
        let key: PublicKey = ballot.smesher_id.into();
        let proves = |nonce: u64| {
            ballot.eligibility_proofs.iter().all(|slot| {
                let input = VotingVrfInput::new(
                    epoch_data.beacon,
                    epoch,
                    spacemesh_types::VrfNonce(nonce),
                    slot.j,
                );
                let proof: &VrfSignature = &slot.proof;
                verify_vrf(&key, &input.alpha(), proof).is_ok()
            })
        };
        report.holds(
            data,
            (0..512).any(proves),
            "slots that are proved with a VRF nonce among the labels of the identity",
        );
    }
}

fn batch(
    request: &Node<'_>,
    response: &Node<'_>,
    envelope: &ServerResponse,
    report: &mut Report,
) -> Result<(), Malformed> {
    let Some(asked) = object::<RequestBatch>(request, report)? else {
        return Ok(());
    };
    report.equal_bytes(
        request,
        asked.id.as_bytes(),
        RequestBatch::id_of(&asked.requests).as_bytes(),
    );
    if let Some(answered) = decoded::<ResponseBatch>(&envelope.data, response, report)? {
        report.equal_bytes(response, asked.id.as_bytes(), answered.id.as_bytes());
    }
    Ok(())
}
