//! unit/*.json: tables about hashes, decoding, weights, thresholds, counting and deciding.

use spacemesh_consensus::tortoise::{
    ActivationTable, CachedAtx, EpochVotes, ExpectedWeight, IncomingBallot, ProbeTarget, Sign,
    Tortoise, Weight, local_threshold, median_height,
};
use spacemesh_types::wire::{BlockHeader, Votes};
use spacemesh_types::{AtxId, BallotId, Beacon, BlockId, EpochId, Hash32, LayerId, NodeId};

use super::read;
use crate::node::{Malformed, Node};
use crate::report::Report;
use crate::suite::Suite;

pub(crate) const SUITE: Suite = Suite {
    name: "tortoise tables",
    recognises: |file| {
        let first = || match &file.content {
            crate::files::Content::Json(value) => value.get("cases").and_then(|cases| cases.get(0)),
            crate::files::Content::Unreadable(_) => None,
        };
        let source = || match &file.content {
            crate::files::Content::Json(value) => {
                value.get("source").and_then(|source| source.as_str())
            }
            crate::files::Content::Unreadable(_) => None,
        };
        let tables = source().is_some_and(|source| source.contains("go-spacemesh: tortoise/"))
            && first().is_some();
        let fixed_point =
            source().is_some_and(|source| source.starts_with("div: fixed")) && file.has("vectors");
        tables || fixed_point
    },
    annotations: &["desc", "procedure"],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    if let Some(vectors) = root.optional("vectors") {
        return fixed_point(&vectors, report);
    }
    let source = root.key("source")?;
    let test = source
        .text()?
        .rsplit('(')
        .next()
        .unwrap_or_default()
        .trim_end_matches(')');
    let run: fn(&Node<'_>, &Node<'_>, &mut Report) -> Result<(), Malformed> = match test {
        "TestFullBallotFilter" => bad_beacon,
        "TestComputeBallotWeight" => ballot_weight,
        "TestCalculateOpinionWithThreshold" => crossing,
        "TestStateDecodeVotes" => decode,
        "TestComputeExpectedWeight" => expected_weight,
        "TestComputeThreshold" => global_threshold,
        "TestReferenceHeight" => median,
        "TestOpinionHasher" => opinion_hash,
        "TestFullCountVotes" => full_count,
        "TestFullVerify" => full_verify,
        "TestVerifyingProcessLayer" => good_count,
        "TestVerifying_Verify" => good_verify,
        _ => return Err(source.malformed("a known table")),
    };
    for case in root.key("cases")?.items()? {
        run(root, &case, report)?;
    }
    Ok(())
}

fn engine(
    root: &Node<'_>,
    config: Option<&Node<'_>>,
    genesis: LayerId,
) -> Result<Tortoise, Malformed> {
    let settings = read::settings(root, config, genesis)?;
    Tortoise::new(settings).map_err(|error| root.malformed(error))
}

/// Words are the high and the low 64 bits in hexadecimal, the sign in the highest one.
fn compare_weight(node: &Node<'_>, actual: Weight, report: &mut Report) -> Result<(), Malformed> {
    let words = [node.key("hi")?, node.key("lo")?];
    let magnitude = actual.raw().unsigned_abs();
    let sign = u64::from(actual.is_negative()) << 63;
    let actual_words = [(magnitude >> 64) as u64 | sign, magnitude as u64];
    for (word, actual) in words.iter().zip(actual_words) {
        report.equal(word, word.text()?, format!("{actual:016x}"));
    }
    let text = node.key("str")?;
    report.equal(&text, text.text()?, actual);
    Ok(())
}

fn raw(node: &Node<'_>) -> Result<Weight, Malformed> {
    let word = |key: &str| {
        let node = node.key(key)?;
        u64::from_str_radix(node.text()?, 16).map_err(|_| node.malformed("16 hexadecimal digits"))
    };
    let weight = Weight::from_raw((i128::from(word("hi")?) << 64) | i128::from(word("lo")?));
    node.key("str")?.text()?;
    Ok(weight)
}

fn fixed_point(vectors: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in vectors.key("div_u64")?.items()? {
        let (p, q) = (row.key("p")?.u64()?, row.key("q")?.u64()?);
        let quotient = Weight::whole(p).per(q);
        compare_weight(&row.key("result")?, quotient, report)?;
        let short = row.key("exact_floor_minus_result_ulp")?;
        let floor = Weight::whole(p).raw() / i128::from(q);
        report.equal(&short, short.u64()?, floor - quotient.raw());
    }
    for row in vectors.key("mul")?.items()? {
        let product = raw(&row.key("a")?)?.times(row.key("n")?.u64()?);
        compare_weight(&row.key("result")?, product, report)?;
    }
    for row in vectors.key("div")?.items()? {
        let quotient = Weight::whole(row.key("x")?.u64()?).per(row.key("y")?.u64()?);
        let expected = row.key("expect")?;
        report.equal(&expected, expected.text()?, quotient);
    }
    for row in vectors.key("local_threshold")?.items()? {
        let lpe = read::layers_per_epoch(&row.key("layers_per_epoch")?)?;
        let threshold = local_threshold(Weight::whole(row.key("epoch_weight")?.u64()?), lpe);
        compare_weight(&row.key("result")?, threshold, report)?;
    }
    for row in vectors.key("ballot_weight")?.items()? {
        let (weight, slots) = (
            row.key("atx_weight")?.u64()?,
            read::u32(&row.key("total_eligibilities")?)?,
        );
        let used = row.key("eligibilities")?.u64()?;
        compare_weight(
            &row.key("result")?,
            Weight::of_slot(weight, slots).times(used),
            report,
        )?;
        let without = Weight::whole(weight).per(u64::from(slots)).times(used);
        compare_weight(&row.key("without_reduction")?, without, report)?;
        let reduced = row.key("reduced")?;
        let (p, q) = (reduced.at(0)?.u64()?, reduced.at(1)?.u64()?);
        let of_reduced = Weight::whole(p).per(q).times(used);
        report.equal(
            &reduced,
            of_reduced,
            Weight::of_slot(weight, slots).times(used),
        );
    }
    Ok(())
}

fn bad_beacon(_: &Node<'_>, case: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let delay = read::u32(&case.key("delay")?)?;
    let mut settings = bare_settings();
    settings.bad_beacon_delay = delay;
    let mut engine = Tortoise::new(settings).map_err(|error| case.malformed(error))?;
    let last = read::layer(&case.key("last")?)?;
    engine.probe().set_pointers(last, last, last, LayerId(0));
    let (layer, bad) = (
        read::layer(&case.key("ballot_layer")?)?,
        case.key("bad_beacon")?.bool()?,
    );
    let expected = case.key("expect_delayed")?;
    report.equal(
        &expected,
        expected.bool()?,
        engine.probe().is_delayed(layer, bad),
    );
    Ok(())
}

fn bare_settings() -> spacemesh_consensus::tortoise::Settings {
    spacemesh_consensus::tortoise::Settings {
        hdist: 10,
        zdist: 8,
        window: 1000,
        historical: Vec::new(),
        max_exceptions: 5000,
        bad_beacon_delay: 0,
        layers_per_epoch: spacemesh_types::LayersPerEpoch::new(4).expect("four layers"),
        genesis: LayerId(7),
    }
}

fn ballot_weight(_: &Node<'_>, case: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let mut units: Vec<Weight> = Vec::new();
    for ballot in case.key("ballots")?.items()? {
        let weight = ballot.key("atx_weight")?.u64()?;
        let unit = match (
            ballot.optional("total_eligibilities"),
            ballot.optional("ref_ballot"),
        ) {
            (Some(slots), _) => Weight::of_slot(weight, read::u32(&slots)?),
            (None, Some(index)) => units
                .get(index.u64()? as usize)
                .copied()
                .unwrap_or_default(),
            (None, None) => return Err(ballot.malformed("slots or a reference ballot")),
        };
        units.push(unit);
        let actual = unit.times(ballot.key("eligibilities")?.u64()?);
        close(&ballot, actual, report)?;
    }
    Ok(())
}

/// Compares with the reference's rounded number and the model's exact one.
fn close(node: &Node<'_>, actual: Weight, report: &mut Report) -> Result<(), Malformed> {
    let (expected, tolerance) = (node.key("expect")?, node.key("relative_tolerance")?.f64()?);
    let value = actual.raw() as f64 / (1u64 << 56) as f64;
    let number = expected.f64()?;
    report.holds(
        &expected,
        (value - number).abs() <= number.abs() * tolerance,
        format_args!("{number}, got {value}"),
    );
    let exact = node.key("computed_fixed")?;
    report.equal(&exact, exact.text()?, actual);
    Ok(())
}

fn crossing(_: &Node<'_>, case: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let weight = case.key("weight")?;
    let number = weight.f64()? as i64;
    let margin = Weight::from_raw(i128::from(number) << 56);
    let threshold = Weight::whole(case.key("threshold")?.u64()?);
    let expected = case.key("expect")?;
    report.equal(
        &expected,
        read::sign(&expected)?,
        Sign::crossing(margin, threshold),
    );
    Ok(())
}

fn decode(root: &Node<'_>, case: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let genesis = read::layer(&root.key("effective_genesis")?)?;
    let mut engine = engine(root, None, genesis)?;
    let base = case.key("base_of_first")?;
    if read::layer(&base.key("layer")?)? != genesis || !base.key("votes")?.items()?.is_empty() {
        return Err(base.malformed("the effective genesis without votes"));
    }
    let activations = one_atx(genesis.epoch(engine.settings().layers_per_epoch));
    let chain = case.key("chain")?.items()?;
    let mut base = BallotId::ZERO;
    let mut last = None;
    for (index, ballot) in chain.iter().enumerate() {
        let votes = read::votes(
            ballot,
            base,
            read::headers(&ballot.key("support")?)?,
            read::headers(&ballot.key("against")?)?,
            read::layers(&ballot.key("abstain")?)?,
        )?;
        let id = BallotId([index as u8 + 1; 20]);
        let layer = read::layer(&ballot.key("ballot_layer")?)?;
        let decoded = engine.decode_unsigned(&by_one_atx(id, layer, &votes), &activations);
        if let Ok(decoded) = &decoded {
            let _ = engine.store(decoded.clone());
        }
        (base, last) = (id, Some((layer, decoded)));
    }
    let Some((layer, decoded)) = last else {
        return Ok(());
    };
    if let Some(expected) = case.optional("expect_error_contains") {
        expected.text()?;
        report.holds(&expected, decoded.is_err(), "an error");
        return Ok(());
    }
    let Some(decoded) = report.success(case, decoded) else {
        return Ok(());
    };
    let expected = case.key("computed_opinion")?;
    report.equal_bytes(&expected, &expected.hex()?, decoded.opinion().as_bytes());
    let layers = case.key("expect_layers")?.items()?;
    report.equal(
        case,
        u64::from(layer.0) - u64::from(genesis.0),
        layers.len(),
    );
    // The hash over what the file expects is the hash that was decoded.
    report.equal_bytes(
        case,
        chain_hash(&layers)?.as_bytes(),
        decoded.opinion().as_bytes(),
    );
    for expected in &layers {
        for block in expected.key("support")?.items()? {
            let header = BlockHeader {
                id: BlockId(block.key("id")?.hex_array()?),
                layer: read::layer(&expected.key("layer")?)?,
                height: block.key("height")?.u64()?,
            };
            let vote = engine
                .probe()
                .ballot_vote(&base, &header)
                .unwrap_or_default();
            report.equal(&block, Sign::Support, vote);
        }
    }
    Ok(())
}

/// The opinion hash of a list of layers, by the bytes of the chapter (08 §4), with a hasher of the types crate that decoding does not use.
fn chain_hash(layers: &[Node<'_>]) -> Result<Hash32, Malformed> {
    let mut previous: Option<Hash32> = None;
    for layer in layers {
        let preimage = preimage(layer, previous)?;
        previous = Some(spacemesh_types::sum([preimage]));
        if let Some(number) = layer.optional("layer") {
            number.u64()?;
        }
    }
    Ok(previous.unwrap_or_default())
}

fn preimage(layer: &Node<'_>, previous: Option<Hash32>) -> Result<Vec<u8>, Malformed> {
    let mut bytes = previous.map_or_else(Vec::new, |hash| hash.0.to_vec());
    let abstain = layer
        .optional("abstain")
        .map_or(Ok(false), |mark| mark.bool())?;
    let blocks = layer
        .optional("support")
        .map_or_else(|| Ok(Vec::new()), |list| list.items())?;
    for block in &blocks {
        bytes.extend(block.key("id")?.hex()?);
        bytes.extend(block.key("height")?.u64()?.to_le_bytes());
    }
    if abstain && blocks.is_empty() {
        bytes.push(0);
    }
    Ok(bytes)
}

fn opinion_hash(_: &Node<'_>, case: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let genesis = LayerId(7);
    let mut engine = Tortoise::new(bare_settings()).map_err(|error| case.malformed(error))?;
    let activations = one_atx(EpochId(2));
    let layers = case.key("layers")?.items()?;
    let steps = case.key("computed_steps")?.items()?;
    report.equal(case, layers.len(), steps.len());
    let mut base = BallotId::ZERO;
    let mut previous = None;
    let mut opinion = Hash32::ZERO;
    for (index, (layer, step)) in layers.iter().zip(&steps).enumerate() {
        let lid = LayerId(genesis.0 + index as u32);
        let block = |node: &Node<'_>| {
            Ok(BlockHeader {
                id: BlockId(node.key("id")?.hex_array()?),
                layer: lid,
                height: node.key("height")?.u64()?,
            })
        };
        let support = layer
            .optional("support")
            .map_or_else(|| Ok(Vec::new()), |list| list.items())?;
        let support: Result<Vec<_>, _> = support.iter().map(block).collect();
        let abstain = layer
            .optional("abstain")
            .map_or(Ok(false), |mark| mark.bool())?;
        let abstain = if abstain { vec![lid] } else { Vec::new() };
        let votes = read::votes(layer, base, support?, Vec::new(), abstain)?;
        let id = BallotId([index as u8 + 1; 20]);
        // The first epoch's ballots of both layers refer to the same ATX.
        let layer_above = LayerId(lid.0 + 1);
        let decoded = engine.decode_unsigned(&by_one_atx(id, layer_above, &votes), &activations);
        let Some(decoded) = report.success(layer, decoded) else {
            return Ok(());
        };
        opinion = decoded.opinion();
        let expected = step.key("preimage")?;
        report.equal_bytes(&expected, &expected.hex()?, &preimage(layer, previous)?);
        let expected = step.key("hash")?;
        report.equal_bytes(&expected, &expected.hex()?, opinion.as_bytes());
        (base, previous) = (id, Some(opinion));
        let _ = engine.store(decoded);
    }
    let prefix = case.key("expect_prefix5")?;
    report.equal_bytes(&prefix, &prefix.hex()?, &opinion.as_bytes()[..5]);
    Ok(())
}

fn one_atx(genesis_epoch: EpochId) -> ActivationTable {
    let mut activations = ActivationTable::default();
    for epoch in genesis_epoch.0..genesis_epoch.0 + 3 {
        activations.add(
            EpochId(epoch),
            AtxId([1; 32]),
            CachedAtx {
                node: NodeId([1; 32]),
                weight: 1,
                base_height: 0,
                height: u64::MAX,
            },
        );
    }
    activations
}

fn by_one_atx(id: BallotId, layer: LayerId, votes: &Votes) -> IncomingBallot<'_> {
    IncomingBallot {
        id,
        smesher: NodeId([1; 32]),
        layer,
        eligibilities: 1,
        atx: AtxId([1; 32]),
        opinion: Hash32::ZERO,
        votes,
        epoch_data: Some(EpochVotes {
            beacon: Beacon([0; 4]),
            slots: 1,
        }),
        reference: None,
        malicious: false,
    }
}

/// The weights of epochs, and what is expected from them, over all epochs that the case can touch.
fn expectations(root: &Node<'_>, weights: &Node<'_>) -> Result<ExpectedWeight, Malformed> {
    let weights = epoch_numbers(weights)?;
    let lpe = read::layers_per_epoch(&root.key("layers_per_epoch")?)?;
    let weight = |epoch: EpochId| {
        let known = weights.iter().find(|(known, _)| *known == epoch);
        known.map_or(Weight::ZERO, |&(_, weight)| Weight::whole(weight))
    };
    Ok(ExpectedWeight::new(lpe, EpochId(0), EpochId(100), weight))
}

fn epoch_numbers(node: &Node<'_>) -> Result<Vec<(EpochId, u64)>, Malformed> {
    let number = |(key, node): &(&str, Node<'_>)| {
        let epoch = key.parse().map_err(|_| node.malformed("an epoch as key"))?;
        Ok((EpochId(epoch), node.u64()?))
    };
    node.fields()?.iter().map(number).collect()
}

fn expected_weight(root: &Node<'_>, case: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let expected = expectations(root, &case.key("epoch_weights")?)?;
    let (target, last) = (
        read::layer(&case.key("target")?)?,
        read::layer(&case.key("last")?)?,
    );
    close(case, expected.after(target, last), report)
}

fn global_threshold(
    root: &Node<'_>,
    case: &Node<'_>,
    report: &mut Report,
) -> Result<(), Malformed> {
    let expected = expectations(root, &case.key("epoch_weights")?)?;
    let mut settings = bare_settings();
    settings.window = read::u32(&case.key("window_size")?)?;
    settings.historical = read::historical(&case.key("historical")?)?;
    // In this table a window of zero stands for none.
    let past = settings.historical.iter().map(|past| past.window);
    if settings.window == 0 && past.max().is_none() {
        settings.window = u32::MAX;
    }
    let layer = |key: &str| read::layer(&case.key(key)?);
    let weight = expected.in_window(
        &settings,
        layer("target")?,
        layer("processed")?,
        layer("last")?,
    );
    let local = Weight::whole(case.key("local_threshold")?.u64()?);
    let node = case.key("expect")?;
    report.equal(
        &node,
        node.text()?,
        ExpectedWeight::global_threshold(weight, local),
    );
    Ok(())
}

fn median(_: &Node<'_>, case: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let heights: Result<Vec<u64>, _> = case
        .key("heights")?
        .items()?
        .iter()
        .map(Node::u64)
        .collect();
    let expected = case.key("expect")?;
    report.equal(&expected, expected.u64()?, median_height(&mut heights?));
    Ok(())
}

fn full_count(root: &Node<'_>, case: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let genesis = read::layer(&root.key("effective_genesis")?)?;
    let mut engine = engine(root, Some(&root.key("config")?), genesis)?;
    let mut activations = ActivationTable::default();
    for atx in case.key("atxs")?.items()? {
        let target = read::epoch(&atx.key("target")?)?;
        activations.add(
            target,
            AtxId(atx.key("id")?.hex_array()?),
            CachedAtx {
                node: NodeId::ZERO,
                weight: atx.key("weight")?.u64()?,
                base_height: atx.key("base_height")?.u64()?,
                height: atx.key("height")?.u64()?,
            },
        );
        engine.probe().set_epoch(target, Weight::ZERO, 100);
    }
    for block in read::headers(&case.key("blocks")?)? {
        let accepted = engine.block(block);
        report.success(case, accepted);
    }
    for layer in case.key("layers")?.items()? {
        engine
            .probe()
            .set_processed(read::layer(&layer.key("layer")?)?);
        for node in layer.key("ballots")?.items()? {
            let ballot = read::ballot(&node)?;
            let decoded = engine.decode_unsigned(&ballot.incoming(), &activations);
            if let Some(decoded) = report.success(&node, decoded) {
                let stored = engine.store(decoded);
                report.success(&node, stored);
            }
        }
        engine.probe().count_full();
    }
    let target = read::header(&case.key("target")?)?;
    let expected = case.key("expect_margin")?;
    let margin = engine
        .probe()
        .target(&target)
        .map(|target| target.margin)
        .unwrap_or_default();
    report.equal(&expected, expected.text()?, margin);
    Ok(())
}

fn full_verify(root: &Node<'_>, case: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let target = read::layer(&root.key("target")?)?;
    let mut engine = engine(root, None, LayerId(1))?;
    if root.key("window")?.u64()? != 0 {
        return Err(root.malformed("no window"));
    }
    let mut probe = engine.probe();
    let layer = |key: &str| read::layer(&root.key(key)?);
    probe.set_pointers(layer("last")?, layer("processed")?, LayerId(0), LayerId(0));
    for (epoch, weight) in epoch_numbers(&root.key("epoch_weights")?)? {
        probe.set_epoch(epoch, Weight::whole(weight), 0);
    }
    probe.set_local_threshold(Weight::whole(root.key("local_threshold")?.u64()?));
    let whole = |node: &Node<'_>| Ok(Weight::from_raw((node.f64()? as i128) << 56));
    probe.set_empty_margin(target, whole(&case.key("empty_margin")?)?);
    let mut headers = Vec::new();
    for block in case.key("blocks")?.items()? {
        let header = BlockHeader {
            id: BlockId(block.key("id")?.hex_array()?),
            layer: target,
            height: block.key("height")?.u64()?,
        };
        probe.set_target(
            &header,
            ProbeTarget {
                hare: Sign::Neutral,
                validity: Sign::Neutral,
                margin: whole(&block.key("margin")?)?,
                data: true,
            },
        );
        headers.push(header);
    }
    let verified = probe.verify_full(target);
    let expected = case.key("expect_verified")?;
    report.equal(&expected, expected.bool()?, verified);
    if let Some(expected) = case.optional("expect_validity") {
        headers.sort_by_key(|header| (header.height, header.id));
        for (node, header) in expected.items()?.iter().zip(&headers) {
            let validity = probe
                .target(header)
                .map(|target| target.validity)
                .unwrap_or_default();
            report.equal(node, read::sign(node)?, validity);
        }
    }
    Ok(())
}

/// Ballots of the first layers, good if their beacon is ours, counted as layers are processed.
fn good_count(_: &Node<'_>, case: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let mut engine = Tortoise::new(bare_settings()).map_err(|error| case.malformed(error))?;
    let ours = Beacon([1; 4]);
    let weight = case.key("ballot_weight")?.u64()?;
    let mut activations = ActivationTable::default();
    activations.add(
        EpochId(2),
        AtxId([1; 32]),
        CachedAtx {
            node: NodeId([1; 32]),
            weight,
            base_height: 0,
            height: 1,
        },
    );
    let accepted = engine.beacon(EpochId(2), ours);
    report.success(case, accepted);
    let (goods, totals) = (
        case.key("expect_good_uncounted")?,
        case.key("expect_total")?,
    );
    for (index, layer) in case.key("bad_beacon_by_layer")?.items()?.iter().enumerate() {
        let lid = LayerId(8 + index as u32);
        for (number, bad) in layer.items()?.iter().enumerate() {
            let votes = Votes::default();
            let id = BallotId([(16 * index + number) as u8 + 1; 20]);
            let mut ballot = by_one_atx(id, lid, &votes);
            let beacon = if bad.bool()? { Beacon([2; 4]) } else { ours };
            ballot.epoch_data = Some(EpochVotes { beacon, slots: 1 });
            let decoded = engine.decode_unsigned(&ballot, &activations);
            if let Some(decoded) = report.success(bad, decoded) {
                let stored = engine.store(decoded);
                report.success(bad, stored);
            }
        }
        let accepted = engine.hare_output(lid, BlockId::ZERO);
        report.success(case, accepted);
        engine.tally(lid, &activations);
        let (good, total) = engine.probe().good(lid);
        let (expected_good, expected_total) = (goods.at(index)?, totals.at(index)?);
        report.equal(&expected_good, Weight::whole(expected_good.u64()?), good);
        report.equal(&expected_total, Weight::whole(expected_total.u64()?), total);
    }
    Ok(())
}

fn good_verify(root: &Node<'_>, case: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let mut engine = engine(root, Some(&root.key("config")?), LayerId(1))?;
    let mut probe = engine.probe();
    let layer = |key: &str| read::layer(&root.key(key)?);
    let (verified, processed) = (layer("verified")?, layer("processed")?);
    probe.set_pointers(layer("last")?, processed, verified, layer("evicted")?);
    let weights = epoch_numbers(&root.key("epoch_weights")?)?;
    let heights = epoch_numbers(&root.key("epoch_heights")?)?;
    for ((epoch, weight), (_, height)) in weights.into_iter().zip(heights) {
        probe.set_epoch(epoch, Weight::whole(weight), height);
    }
    probe.set_local_threshold(Weight::whole(root.key("local_threshold")?.u64()?));
    let mut good = Vec::new();
    let mut blocks = Vec::new();
    for layer in case.key("layers")?.items()? {
        let lid = read::layer(&layer.key("layer")?)?;
        good.push((lid, Weight::whole(layer.key("good_uncounted")?.u64()?)));
        for block in layer.key("blocks")?.items()? {
            let header = BlockHeader {
                id: BlockId(block.key("id")?.hex_array()?),
                layer: lid,
                height: block.key("height")?.u64()?,
            };
            probe.set_target(
                &header,
                ProbeTarget {
                    hare: read::sign(&block.key("hare")?)?,
                    validity: Sign::Neutral,
                    margin: Weight::ZERO,
                    data: true,
                },
            );
            blocks.push(header);
        }
        probe.set_terminated(lid, layer.key("hare_terminated")?.bool()?);
    }
    probe.set_good(&good, Weight::whole(case.key("total_good_weight")?.u64()?));
    let mut reached = verified;
    for lid in verified.0 + 1..processed.0 {
        if !probe.verify_good(LayerId(lid)) {
            break;
        }
        reached = LayerId(lid);
    }
    let expected = case.key("expect_verified")?;
    report.equal(&expected, expected.u64()?, reached);
    for (id, node) in case.key("expect_validity")?.fields()? {
        let header = blocks.iter().find(|header| header.id.to_hex() == id);
        let target = header.and_then(|header| probe.target(header));
        let validity = target.map(|target| target.validity).unwrap_or_default();
        report.equal(&node, read::sign(&node)?, validity);
    }
    Ok(())
}
