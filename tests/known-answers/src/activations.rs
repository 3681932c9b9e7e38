//! Chapter 05: ids and trees, challenges, proofs of misbehaviour, derived quantities, grades, times.

use std::{collections::BTreeMap, num::NonZeroU64, time::Duration};

use spacemesh_activation::{
    Leaves, MARRIAGES_LEAF, Timing, TreeRules, atx_id_v2, certificate_root, element_units,
    list_root, nipost_root, post_root, smesher::Timeline, sub_post_root, ticks, totals,
};
use spacemesh_codec::{BoundedBytes, BoundedVec, Encode, decode_exact, encode};
use spacemesh_consensus::proposals::{Grade, grade_atx};
use spacemesh_crypto::{Domain, SigningKey};
use spacemesh_types::{
    Address, AtxId, EdSignature, EpochId, Hash32, LayerId, LayersPerEpoch, Network, NodeId,
    Timestamp, VrfNonce,
    config::Config,
    network::{Genesis, LayerClock},
    sum,
    wire::{
        ActivationTxV1, ActivationTxV2, AtxMetadata, AtxProof, AtxProofMessage, InitialAtxPartsV2,
        InnerActivationTxV1, MalfeasanceGossip, MalfeasanceProof, MarriageCertificate,
        MerkleProofV2, MisbehaviourProof, NipostChallengeV1, NipostChallengeV2, NipostsV2, PostV1,
        SubPostV2, active_set_hash,
    },
};

use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "activations",
    recognises: |file| file.has("activations"),
    annotations: &["name"],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let root = root.key("activations")?;
    golden(&root.key("golden")?, report)?;
    let keys = keys(&root.key("key")?, report)?;
    challenges(&root, report)?;
    atx_v1(&root.key("atx_v1")?, &keys, report)?;
    trees(&root.key("trees")?, report)?;
    for row in root.key("atx_v2")?.items()? {
        atx_v2(&row, &keys, report)?;
    }
    multiple_atxs(&root.key("multiple_atxs")?, &keys, report)?;
    quantities(&root, report)?;
    grades(&root.key("grades")?, report)?;
    let set = root.key("active_set")?;
    let ids = set.key("ids")?.items()?;
    let ids: Result<Vec<_>, _> = ids.iter().map(|id| id.hex_array().map(AtxId)).collect();
    let expected = set.key("id")?;
    report.equal(&expected, expected.text()?, active_set_hash(&ids?));
    times(&root, report)
}

struct Keys {
    first: SigningKey,
    second: SigningKey,
    prefix: spacemesh_crypto::Prefix,
}

fn golden(rows: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in rows.items()? {
        let seconds = i64::try_from(row.key("unix")?.u64()?).unwrap_or_default();
        let genesis = Genesis {
            time: Timestamp::from_unix_seconds(seconds),
            extra_data: row.key("extra")?.text()?.to_owned(),
            accounts: None,
        };
        let id = row.key("genesis_id")?;
        report.equal(&id, id.text()?, genesis.id());
        if let Some(golden) = row.optional("golden") {
            report.equal(&golden, golden.text()?, genesis.golden_atx().to_hex());
        }
    }
    Ok(())
}

fn keys(node: &Node<'_>, report: &mut Report) -> Result<Keys, Malformed> {
    let key = |seed: &str, public: &str, report: &mut Report| {
        let key = SigningKey::from_seed(&node.key(seed)?.hex_array()?);
        let expected = node.key(public)?;
        report.equal(&expected, expected.text()?, key.public_key());
        Ok(key)
    };
    Ok(Keys {
        first: key("seed", "public", report)?,
        second: key("second_seed", "second_public", report)?,
        prefix: Network::mainnet().id(),
    })
}

fn challenges(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in root.key("challenges_v1")?.items()? {
        let challenge = NipostChallengeV1 {
            publish_epoch: epoch(&row, "publish")?,
            sequence: row.key("sequence")?.u64()?,
            prev_atx: AtxId(row.key("previous")?.hex_array()?),
            positioning_atx: AtxId(row.key("positioning")?.hex_array()?),
            commitment_atx: row
                .optional("commitment")
                .map(|id| id.hex_array().map(AtxId))
                .transpose()?,
            initial_post: row
                .optional("initial_post")
                .map(|it| post(&it))
                .transpose()?,
        };
        let size = row.key("size")?;
        report.equal(&size, size.u64()?, encode(&challenge).len());
        let hash = row.key("hash")?;
        report.equal(&hash, hash.text()?, challenge.hash());
    }
    for row in root.key("challenges_v2")?.items()? {
        let challenge = NipostChallengeV2 {
            publish_epoch: epoch(&row, "publish")?,
            prev_atx: AtxId(row.key("previous")?.hex_array()?),
            positioning_atx: AtxId(row.key("positioning")?.hex_array()?),
            initial_post: row
                .optional("initial_post")
                .map(|it| post(&it))
                .transpose()?,
        };
        let hash = row.key("hash")?;
        report.equal(&hash, hash.text()?, challenge.hash());
    }
    Ok(())
}

fn atx_v1(node: &Node<'_>, keys: &Keys, report: &mut Report) -> Result<(), Malformed> {
    let inner = node.key("inner")?;
    let bytes = inner.hex()?;
    let decoded = decode_exact::<InnerActivationTxV1>(&bytes);
    let Some(decoded) = report.success(&inner, decoded) else {
        return Ok(());
    };
    report.equal_bytes(&inner, &bytes, &encode(&decoded));
    let id = node.key("id")?;
    report.equal(&id, id.text()?, decoded.id().to_hex());
    let signed = node.key("signed")?;
    let message = encode(&decoded.signed_metadata());
    report.equal_bytes(&signed, &signed.hex()?, &message);
    let signature = node.key("signature")?;
    let actual = keys.first.sign(&keys.prefix, Domain::Atx, &message);
    report.equal_bytes(&signature, &signature.hex()?, actual.as_ref());
    let atx = ActivationTxV1 {
        inner: decoded,
        smesher_id: keys.first.node_id(),
        signature: actual,
    };
    sized(&node.key("size")?, &atx, report)?;
    let hash = node.key("hash")?;
    report.equal(&hash, hash.text()?, sum([encode(&atx)]));
    let mut chained = atx;
    chained.inner.challenge = NipostChallengeV1 {
        publish_epoch: EpochId(70),
        sequence: 67,
        prev_atx: AtxId([0x11; 32]),
        positioning_atx: AtxId([0x22; 32]),
        commitment_atx: None,
        initial_post: None,
    };
    chained.inner.node_id = None;
    chained.inner.vrf_nonce = None;
    let id = node.key("chained_id")?;
    report.equal(&id, id.text()?, chained.id().to_hex());
    sized(&node.key("chained_size")?, &chained, report)
}

fn trees(node: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for (key, height) in [("zeros_256", 8), ("zeros_4", 2)] {
        let expected = node.key(key)?;
        report.equal(&expected, expected.text()?, list_root(&[], height));
    }
    for row in node.key("post_roots")?.items()? {
        let root = post_root(&post(&row.key("post")?)?, TreeRules::Snapshot);
        let expected = row.key("root")?;
        report.equal(&expected, expected.text()?, root);
    }
    Ok(())
}

fn atx_v2(row: &Node<'_>, keys: &Keys, report: &mut Report) -> Result<(), Malformed> {
    let mut atx = read_v2(&row.key("atx")?)?;
    atx.smesher_id = keys.first.node_id();
    let leaves = Leaves::of(&atx, TreeRules::Snapshot);
    let id = row.key("id")?;
    report.equal(&id, id.text()?, leaves.id().to_hex());
    let later = row.key("later_id")?;
    report.equal(
        &later,
        later.text()?,
        atx_id_v2(&atx, TreeRules::Later).to_hex(),
    );
    for (index, expected) in row.key("leaves")?.fields()? {
        let leaf = index.parse().ok().and_then(|index| leaves.leaf(index));
        report.equal_bytes(&expected, &expected.hex()?, leaf.unwrap_or_default());
    }
    let element = atx.niposts.first();
    if let (Some(element), Some(expected)) = (element, row.optional("nipost_root")) {
        let root = nipost_root(element, &atx.previous_atxs, TreeRules::Snapshot);
        report.equal(&expected, expected.text()?, root);
    }
    let sub_post = element.and_then(|element| element.posts.first());
    if let (Some(sub_post), Some(expected)) = (sub_post, row.optional("sub_post_root")) {
        let root = sub_post_root(sub_post, &atx.previous_atxs, TreeRules::Snapshot);
        let root = root.unwrap_or_default();
        report.equal(&expected, expected.text()?, root);
    }
    if let Some(expected) = row.optional("signature") {
        let message = leaves.id();
        let signature = keys.first.sign(&keys.prefix, Domain::Atx, message.as_ref());
        report.equal_bytes(&expected, &expected.hex()?, signature.as_ref());
    }
    if let Some(expected) = row.optional("size") {
        sized(&expected, &atx, report)?;
    }
    if let Some(other) = row.optional("same_id_with") {
        let mut altered = atx.clone();
        let replaced = altered.niposts.as_mut_slice().first_mut();
        if let Some(element) = replaced {
            element.posts = [read_sub_post(&other)?].into();
        }
        let same = atx_id_v2(&altered, TreeRules::Snapshot) == leaves.id();
        report.holds(&other, same, "the same id in the snapshot's tree");
        let differs = atx_id_v2(&altered, TreeRules::Later) != atx_id_v2(&atx, TreeRules::Later);
        report.holds(&other, differs, "another id in the later tree");
    }
    if let Some(roots) = row.optional("certificate_roots") {
        let signers = [&keys.first, &keys.second];
        let certificates = atx.marriages.iter().zip(signers);
        for ((certificate, signer), expected) in certificates.zip(roots.items()?) {
            report.equal(&expected, expected.text()?, certificate_root(certificate));
            let publisher = keys.first.node_id();
            let signature = signer.sign(&keys.prefix, Domain::Marriage, publisher.as_ref());
            report.equal(&expected, certificate.signature, signature);
        }
    }
    if let Some(proof) = row.optional("leaf_7_proof") {
        let nodes = leaves.proof(MARRIAGES_LEAF);
        report.equal(&proof, proof.items()?.len(), nodes.len());
        for (expected, node) in proof.items()?.iter().zip(nodes) {
            report.equal(expected, expected.text()?, node);
        }
    }
    Ok(())
}

fn multiple_atxs(node: &Node<'_>, keys: &Keys, report: &mut Report) -> Result<(), Malformed> {
    let publish = epoch(node, "publish")?;
    let layers = u32::try_from(node.key("layers_per_epoch")?.u64()?).unwrap_or_default();
    let layers = LayersPerEpoch::new(layers).ok_or_else(|| node.malformed("an epoch length"))?;
    let layer = node.key("layer")?;
    let first = publish.first_layer(layers).unwrap_or(LayerId::MAX);
    report.equal(&layer, layer.u64()?, first);
    let mut messages = Vec::new();
    let signatures = node.key("signatures")?.items()?;
    for (hash, expected) in node.key("hashes")?.items()?.iter().zip(signatures) {
        let inner = AtxMetadata {
            publish_epoch: publish,
            message_hash: Hash32(hash.hex_array()?),
        };
        let signature = keys.first.sign(&keys.prefix, Domain::Atx, &encode(&inner));
        report.equal_bytes(&expected, &expected.hex()?, signature.as_ref());
        messages.push(AtxProofMessage {
            inner,
            smesher_id: keys.first.node_id(),
            signature,
        });
    }
    let Ok(messages) = messages.try_into() else {
        return Err(node.malformed("two messages"));
    };
    let proof = MalfeasanceProof {
        layer: first,
        proof: MisbehaviourProof::MultipleAtxs(AtxProof { messages }),
    };
    let bytes = encode(&proof);
    sized(&node.key("size")?, &proof, report)?;
    let starts = node.key("starts")?;
    let prefix = starts.hex()?;
    report.equal_bytes(
        &starts,
        &prefix,
        bytes.get(..prefix.len()).unwrap_or_default(),
    );
    let gossip = MalfeasanceGossip {
        proof,
        eligibility: None,
    };
    let ends = node.key("gossip_ends")?;
    let tail = encode(&gossip).split_off(bytes.len());
    report.equal_bytes(&ends, &ends.hex()?, &tail);
    Ok(())
}

fn quantities(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in root.key("quantities")?.items()? {
        let tick_size = NonZeroU64::new(row.key("tick_size")?.u64()?);
        let tick_size = tick_size.ok_or_else(|| row.malformed("a tick size"))?;
        let units = row.key("effective")?.items()?;
        let mut elements = Vec::new();
        for (leaves, units) in row.key("leaves")?.items()?.iter().zip(&units) {
            let units = u32::try_from(units.u64()?).unwrap_or(u32::MAX);
            elements.push((units, ticks(leaves.u64()?, tick_size)));
        }
        let Some(totals) = report.success(&row, totals(&elements)) else {
            continue;
        };
        let (count, height, weight) = (row.key("ticks")?, row.key("height")?, row.key("weight")?);
        report.equal(&count, count.u64()?, totals.ticks);
        report.equal(
            &height,
            height.u64()?,
            row.key("base")?.u64()? + totals.ticks,
        );
        report.equal(&weight, weight.u64()?, totals.weight);
    }
    for row in root.key("effective_units")?.items()? {
        let counted = row.key("previous")?.u64()?.min(row.key("units")?.u64()?);
        let expected = row.key("effective")?;
        report.equal(&expected, expected.u64()?, counted);
    }
    for row in root.key("unit_sums")?.items()? {
        let mut left_out = 0;
        let mut elements = Vec::new();
        for element in row.key("elements")?.items()? {
            let units = element.items()?;
            let units: Result<Vec<u64>, _> = units.iter().map(Node::u64).collect();
            let units = units?.into_iter();
            let (sum, dropped) =
                element_units(units.map(|units| u32::try_from(units).unwrap_or(u32::MAX)));
            left_out += dropped;
            elements.push((sum, 0));
        }
        if let Some(expected) = row.optional("left_out") {
            report.equal(&expected, expected.u64()?, left_out);
        }
        if let Some(invalid) = row.optional("invalid") {
            report.equal(&invalid, invalid.bool()?, totals(&elements).is_err());
        }
    }
    Ok(())
}

fn grades(node: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let start = Timestamp::from_unix_seconds(1_000_000);
    let delay = Duration::from_secs(node.key("delay_s")?.u64()?);
    let at = |node: &Node<'_>| {
        let nanos = node.f64()? * 1e9;
        let nanos = start.unix_nanos() + nanos as i128;
        Ok(Timestamp::from_unix_nanos(nanos))
    };
    for row in node.key("rows")?.items()? {
        let (received, condemned) = (at(&row.at(0)?)?, at(&row.at(1)?)?);
        let grade = match grade_atx(start, delay, Some(received), Some(condemned)) {
            Grade::Good => "good",
            Grade::Acceptable => "acceptable",
            Grade::Evil => "evil",
        };
        let expected = row.at(2)?;
        report.equal(&expected, expected.text()?, grade);
    }
    Ok(())
}

fn times(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let Ok(config) = Config::builder(spacemesh_types::config::Host::default()).build() else {
        return Err(root.malformed("a configuration"));
    };
    let timing = Timing::from_config(&config);
    let clock = |network: &Network| -> Result<LayerClock, Malformed> {
        network.clock().map_err(|error| root.malformed(error))
    };
    let mainnet = clock(&Network::mainnet())?;
    for row in root.key("first_target")?.items()? {
        let timing = Timing {
            phase_shift: Duration::from_secs(row.key("phase_shift_s")?.u64()?),
            ..timing
        };
        let round = Timeline::new(mainnet, timing).round_for(mainnet.genesis(), None);
        let expected = row.key("target")?;
        report.equal(&expected, expected.u64()?, round.0 + 2);
    }
    let node = root.key("mainnet_times")?;
    let publish = epoch(&node, "publish")?;
    let line = Timeline::new(mainnet, timing);
    let instants = BTreeMap::from([
        ("starts", line.epoch_start(publish)),
        ("window_opens", line.challenge_time(publish)),
        ("window_closes", line.registration_end(publish)),
        ("round_ends", line.round_end(publish)),
        ("next_round", line.round_start(publish)),
        ("poet_deadline", line.poet_deadline(publish)),
        ("publish_end", line.target_start(publish)),
    ]);
    for (key, instant) in instants {
        let expected = node.key(key)?;
        report.equal(&expected, expected.text()?, instant);
    }
    Ok(())
}

fn sized<T: Encode>(expected: &Node<'_>, value: &T, report: &mut Report) -> Result<(), Malformed> {
    report.equal(expected, expected.u64()?, encode(value).len());
    Ok(())
}

fn epoch(row: &Node<'_>, key: &str) -> Result<EpochId, Malformed> {
    Ok(EpochId(number(&row.key(key)?)?))
}

fn number(node: &Node<'_>) -> Result<u32, Malformed> {
    u32::try_from(node.u64()?).map_err(|_| node.malformed("a number of 32 bits"))
}

fn post(node: &Node<'_>) -> Result<PostV1, Malformed> {
    let indices = node.key("indices")?;
    Ok(PostV1 {
        nonce: number(&node.key("nonce")?)?,
        indices: BoundedBytes::try_from(indices.hex()?)
            .map_err(|error| indices.malformed(error))?,
        pow: node.key("pow")?.u64()?,
    })
}

fn read_sub_post(node: &Node<'_>) -> Result<SubPostV2, Malformed> {
    Ok(SubPostV2 {
        marriage_index: number(&node.key("marriage_index")?)?,
        prev_atx_index: number(&node.key("prev_atx_index")?)?,
        membership_leaf_index: node.key("leaf_index")?.u64()?,
        post: post(&node.key("post")?)?,
        num_units: number(&node.key("num_units")?)?,
    })
}

/// Items of a list within its limit.
fn list<T, const MAX: usize>(
    node: &Node<'_>,
    read: impl Fn(&Node<'_>) -> Result<T, Malformed>,
) -> Result<BoundedVec<T, MAX>, Malformed> {
    let items: Result<Vec<T>, Malformed> = node.items()?.iter().map(read).collect();
    BoundedVec::try_from(items?).map_err(|error| node.malformed(error))
}

fn read_v2(node: &Node<'_>) -> Result<ActivationTxV2, Malformed> {
    let initial = node.optional("initial").map(|initial| {
        Ok(InitialAtxPartsV2 {
            commitment_atx: AtxId(initial.key("commitment")?.hex_array()?),
            post: post(&initial.key("post")?)?,
        })
    });
    let certificate = |node: &Node<'_>| {
        Ok(MarriageCertificate {
            reference_atx: AtxId(node.key("reference")?.hex_array()?),
            signature: EdSignature(node.key("signature")?.hex_array()?),
        })
    };
    let marriages = node.optional("marriages");
    Ok(ActivationTxV2 {
        publish_epoch: epoch(node, "publish")?,
        positioning_atx: AtxId(node.key("positioning")?.hex_array()?),
        coinbase: Address(node.key("coinbase")?.hex_array()?),
        initial: initial.transpose()?,
        previous_atxs: list(&node.key("previous")?, |id| id.hex_array().map(AtxId))?,
        niposts: list(&node.key("niposts")?, |element| {
            Ok(NipostsV2 {
                membership: MerkleProofV2 {
                    nodes: list(&element.key("nodes")?, |it| it.hex_array().map(Hash32))?,
                },
                challenge: Hash32(element.key("challenge")?.hex_array()?),
                posts: list(&element.key("posts")?, read_sub_post)?,
            })
        })?,
        vrf_nonce: VrfNonce(node.key("vrf_nonce")?.u64()?),
        marriages: marriages.map_or_else(|| Ok(BoundedVec::new()), |it| list(&it, certificate))?,
        marriage_atx: None,
        smesher_id: NodeId::ZERO,
        signature: EdSignature::ZERO,
    })
}
