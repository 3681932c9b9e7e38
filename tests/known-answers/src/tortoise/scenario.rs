//! scenarios/*.json: event lists with expectations (README of the data).
//!
//! `expect…` is what the reference's tests assert, `computed…` what a model of the chapter's rules says. Both are compared in the order of the
//! file. In other orders only `expect…` holds, and the state at the end; see `orders`.

use spacemesh_consensus::tortoise::{CachedAtx, LayerResult, Mode, RecoveredBlock, Sign};
use spacemesh_types::wire::BlockHeader;
use spacemesh_types::{AtxId, BallotId, Beacon, BlockId, Hash32, LayerId, NodeId};

use super::orders::{Dependencies, Step, check_orders};
use super::read;
use super::world::{Event, Outcome, Way, World};
use crate::node::{Malformed, Node};
use crate::report::Report;
use crate::suite::Suite;

pub(crate) const SUITE: Suite = Suite {
    name: "tortoise scenarios",
    recognises: |file| file.has("steps") && file.has("effective_genesis"),
    annotations: &[],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for key in ["name", "expectations"] {
        root.key(key)?.text()?;
    }
    let genesis = read::layer(&root.key("effective_genesis")?)?;
    let settings = read::settings(root, Some(&root.key("config")?), genesis)?;
    let random = match root.optional("orders") {
        Some(orders) => {
            let names: Result<Vec<_>, _> = orders.items()?.iter().map(Node::text).collect();
            names?.contains(&"random")
        }
        None => false,
    };
    let nodes = root.key("steps")?.items()?;
    let mut world = match World::new(settings.clone()) {
        Ok(world) => world,
        Err(error) => {
            report.fail(root.path(), "usable parameters", error);
            return Ok(());
        }
    };
    let mut steps = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let event = event(node)?;
        let before = Step::new(event, dependencies(node, index)?, &world.engine);
        let outcome = world.apply(&before.event);
        check(node, &mut world, &outcome, true, report)?;
        steps.push(before);
    }
    // An order that the scenario allows may tally before an ATX comes: then the answers are the same, but not every height on the way.
    let state = |world: &World| {
        if random {
            world.answers()
        } else {
            world.engine.fingerprint()
        }
    };
    let end = state(&world);
    let again = |order: &[usize]| {
        let mut world = World::new(settings.clone()).ok()?;
        let mut expectations = Report::default();
        for &index in order {
            let outcome = world.apply(&steps[index].event);
            if random
                && check(
                    &nodes[index],
                    &mut world,
                    &outcome,
                    false,
                    &mut expectations,
                )
                .is_err()
            {
                return None;
            }
        }
        let failed = expectations.failures().first().map(|failure| {
            format!(
                "{}: expected {}, got {}",
                failure.at, failure.expected, failure.actual
            )
        });
        Some((state(&world), failed))
    };
    check_orders(&steps, random, &end, again, report);
    Ok(())
}

fn dependencies(node: &Node<'_>, index: usize) -> Result<Dependencies, Malformed> {
    let Some(deps) = node.optional("deps") else {
        return Ok(Dependencies::Untold);
    };
    if let Ok(items) = deps.items() {
        let numbers = items
            .iter()
            .map(|item| item.u64().map(|number| number as usize));
        return numbers.collect::<Result<_, _>>().map(Dependencies::On);
    }
    match deps.text()? {
        "all_previous" => Ok(Dependencies::On((0..index).collect())),
        _ => Err(deps.malformed("a list of steps, or all_previous")),
    }
}

fn event(step: &Node<'_>) -> Result<Event, Malformed> {
    let op = step.key("op")?;
    let layer = || read::layer(&step.key("layer")?);
    let ballot = |way| {
        let ballot = Box::new(read::ballot(&step.key("ballot")?)?);
        Ok(Event::Ballot { way, ballot })
    };
    Ok(match op.text()? {
        "atx" => Event::Atx {
            target: read::epoch(&step.key("target")?)?,
            id: AtxId(step.key("id")?.hex_array()?),
            atx: CachedAtx {
                node: NodeId(step.key("node")?.hex_array()?),
                weight: step.key("weight")?.u64()?,
                base_height: step.key("base_height")?.u64()?,
                height: step.key("height")?.u64()?,
            },
        },
        "beacon" => Event::Beacon {
            epoch: read::epoch(&step.key("epoch")?)?,
            beacon: Beacon(step.key("beacon")?.hex_array()?),
        },
        "malfeasance" => Event::Malfeasance(NodeId(step.key("node")?.hex_array()?)),
        "block" => Event::Block(read::header(step)?),
        "recovered_blocks" => {
            let block = |node: &Node<'_>| {
                Ok(RecoveredBlock {
                    header: read::header(node)?,
                    valid: node.key("valid")?.bool()?,
                })
            };
            let blocks: Result<_, _> = step.key("blocks")?.items()?.iter().map(block).collect();
            let hare = step.optional("hare").map(|id| id.hex_array().map(BlockId));
            Event::RecoveredBlocks {
                layer: layer()?,
                blocks: blocks?,
                hare: hare.transpose()?,
            }
        }
        "hare" => Event::Hare {
            layer: layer()?,
            block: BlockId(step.key("block")?.hex_array()?),
        },
        "coin" => Event::Coin {
            layer: layer()?,
            coin: step.key("coin")?.bool()?,
        },
        "decode" => ballot(Way::Decode)?,
        "decode_store" => ballot(Way::DecodeStore)?,
        "on_ballot" => ballot(Way::Unsigned)?,
        "on_recovered_ballot" => ballot(Way::Recovered)?,
        "tally" => Event::Tally(layer()?),
        "encode" => Event::Encode(
            step.optional("current")
                .map(|node| read::layer(&node))
                .transpose()?,
        ),
        "updates" => Event::Updates,
        "applied" => Event::Applied {
            layer: layer()?,
            opinion: Hash32(step.key("opinion")?.hex_array()?),
        },
        "reset" => Event::Reset,
        "recover_from" => Event::RecoverFrom {
            layer: layer()?,
            opinion: Hash32(step.key("opinion")?.hex_array()?),
            previous: Hash32(step.key("prev")?.hex_array()?),
        },
        "update_verified" => Event::UpdateVerified(layer()?),
        "update_last" => Event::UpdateLast(layer()?),
        "persist_updates" => Event::Persist,
        "set_block_state" => Event::SetTarget {
            header: read::header(step)?,
            hare: read::sign(&step.key("hare")?)?,
            validity: read::sign(&step.key("validity")?)?,
        },
        "get_ballot"
        | "expect_verified"
        | "expect_verified_before"
        | "expect_mode"
        | "expect_evicted"
        | "expect_votes_cut_at"
        | "expect_validity"
        | "expect_valid_count"
        | "expect_local_vote"
        | "expect_block"
        | "expect_ballot_opinion"
        | "expect_ballot_vote"
        | "expect_beacon"
        | "expect_missing_atxs"
        | "expect_opinions" => Event::Look,
        _ => return Err(op.malformed("a known step")),
    })
}

/// Compares what a step returned and what the state is after it.
fn check(
    step: &Node<'_>,
    world: &mut World,
    outcome: &Outcome,
    computed: bool,
    report: &mut Report,
) -> Result<(), Malformed> {
    match outcome {
        Outcome::Nothing => {}
        Outcome::Ballot { decode, store } => return check_ballot(step, decode, store, report),
        Outcome::Encoded(votes) => {
            if let Some(expected) = step.optional("expect") {
                check_encode(&expected, world, votes, report)?;
            }
            if let Some(expected) = step.optional("computed").filter(|_| computed) {
                check_encode(&expected, world, votes, report)?;
            }
            return Ok(());
        }
        Outcome::Updates(results) => {
            if let Some(expected) = step.optional("expect") {
                check_updates(&expected, results, report)?;
            }
            if let Some(expected) = step.optional("computed").filter(|_| computed) {
                check_results(&expected, results, report)?;
            }
            return Ok(());
        }
        Outcome::Applied(applied) => {
            if let Some(expected) = step.optional("expect") {
                report.equal(&expected, expected.bool()?, applied);
            }
            if let Some(expected) = step.optional("computed").filter(|_| computed) {
                report.equal(&expected, expected.bool()?, applied);
            }
            return Ok(());
        }
    }
    match step.key("op")?.text()? {
        "tally" => {
            let expected = step.key("computed")?;
            if computed {
                let engine = &world.engine;
                let numbers = [
                    ("verified", engine.verified()),
                    ("processed", engine.processed()),
                    ("evicted", engine.evicted()),
                ];
                for (key, actual) in numbers {
                    let expected = expected.key(key)?;
                    report.equal(&expected, expected.u64()?, actual);
                }
                let mode = expected.key("mode")?;
                report.equal(&mode, mode.text()?, mode_name(engine.mode()));
            }
        }
        "expect_verified" => {
            let expected = step.key("layer")?;
            report.equal(&expected, expected.u64()?, world.engine.verified());
        }
        "expect_verified_before" => {
            let expected = step.key("layer")?;
            let before = world.engine.verified() < read::layer(&expected)?;
            report.holds(&expected, before, "a verified layer before it");
        }
        "expect_mode" => {
            let expected = step.key("mode")?;
            report.equal(&expected, expected.text()?, mode_name(world.engine.mode()));
        }
        "expect_evicted" => {
            let expected = step.key("layer")?;
            report.equal(&expected, expected.u64()?, world.engine.evicted());
        }
        "expect_votes_cut_at" => {
            let expected = step.key("layer")?;
            let lowest = world.engine.probe().lowest_vote().unwrap_or_default();
            report.equal(&expected, expected.u64()?, lowest);
        }
        _ => check_look(step, world, report)?,
    }
    Ok(())
}

/// Steps that look at a block, a ballot or an epoch.
fn check_look(step: &Node<'_>, world: &mut World, report: &mut Report) -> Result<(), Malformed> {
    if let Some(mark) = step.optional("computed") {
        mark.skip("marks the whole step as computed");
    }
    match step.key("op")?.text()? {
        "expect_validity" => {
            let expected = step.key("valid")?;
            let known = world.persisted.get(&read::header(step)?);
            report.equal(&expected, expected.bool()?, known.copied().unwrap_or(false));
        }
        "expect_valid_count" => {
            let (layer, expected) = (read::layer(&step.key("layer")?)?, step.key("count")?);
            let valid = world
                .persisted
                .iter()
                .filter(|(header, valid)| header.layer == layer && **valid);
            report.equal(&expected, expected.u64()?, valid.count());
        }
        "expect_local_vote" => {
            let expected = step.key("vote")?;
            let vote = world.engine.probe().local_vote(&read::header(step)?);
            report.equal(
                &expected,
                read::sign(&expected)?,
                vote.unwrap_or(Sign::Neutral),
            );
        }
        "expect_block" => check_block(step, world, report)?,
        "expect_ballot_opinion" => {
            let expected = step.key("opinion")?;
            let id = BallotId(step.key("id")?.hex_array()?);
            let opinion = world.engine.probe().ballot_opinion(&id).unwrap_or_default();
            report.equal_bytes(&expected, &expected.hex()?, opinion.as_bytes());
        }
        "expect_ballot_vote" => {
            let expected = step.key("vote")?;
            let ballot = BallotId(step.key("ballot")?.hex_array()?);
            let block = BlockHeader {
                id: BlockId(step.key("block")?.hex_array()?),
                layer: read::layer(&step.key("layer")?)?,
                height: 0,
            };
            let vote = world.engine.probe().ballot_vote(&ballot, &block);
            report.equal(
                &expected,
                read::sign(&expected)?,
                vote.unwrap_or(Sign::Neutral),
            );
        }
        "expect_beacon" => {
            let actual = world.engine.epoch_beacon(read::epoch(&step.key("epoch")?)?);
            let actual = actual.map_or("none".to_owned(), |beacon| beacon.to_hex());
            match step.optional("beacon") {
                Some(expected) => report.equal(&expected, expected.text()?, actual),
                None => report.equal(step, "none", actual),
            }
        }
        "expect_missing_atxs" => {
            let ids = |key: &str| {
                let items = step.key(key)?.items()?;
                items
                    .iter()
                    .map(|id| id.hex_array().map(AtxId))
                    .collect::<Result<Vec<_>, _>>()
            };
            let epoch = read::epoch(&step.key("epoch")?)?;
            let missing = world.activations.missing(epoch, &ids("ids")?);
            report.equal(
                step,
                format!("{:?}", ids("missing")?),
                format!("{missing:?}"),
            );
        }
        "expect_opinions" => {
            for (layer, expected) in step.key("layers")?.fields()? {
                let layer = layer
                    .parse()
                    .map_err(|_| expected.malformed("a layer as key"))?;
                let opinion = world.engine.opinion(LayerId(layer)).unwrap_or_default();
                report.equal_bytes(&expected, &expected.hex()?, opinion.as_bytes());
            }
        }
        "get_ballot" => {
            let ballot = world.engine.ballot(&BallotId(step.key("id")?.hex_array()?));
            let (Some(expected), Some(ballot)) = (step.optional("expect"), &ballot) else {
                let expected = step.optional("expect").is_some();
                report.equal(step, expected, ballot.is_some());
                return Ok(());
            };
            let fields = [
                ("layer", ballot.layer.to_string()),
                ("atx", ballot.atx.to_hex()),
                ("smesher", ballot.smesher.to_hex()),
                ("beacon", ballot.beacon.to_hex()),
                ("eligibilities", ballot.slots.to_string()),
            ];
            for (key, actual) in fields {
                let expected = expected.key(key)?;
                let text = expected
                    .text()
                    .map(str::to_owned)
                    .or_else(|_| expected.u64().map(|number| number.to_string()));
                report.equal(&expected, text?, actual);
            }
        }
        _ => {}
    }
    Ok(())
}

fn check_block(step: &Node<'_>, world: &mut World, report: &mut Report) -> Result<(), Malformed> {
    let header = read::header(step)?;
    let Some(target) = world.engine.probe().target(&header) else {
        report.fail(step.path(), "a block", "none");
        return Ok(());
    };
    let validity = step.key("validity")?;
    report.equal(&validity, read::sign(&validity)?, target.validity);
    if let Some(hare) = step.optional("hare") {
        report.equal(&hare, read::sign(&hare)?, target.hare);
    }
    if let Some(margin) = step.optional("margin") {
        report.equal(&margin, margin.text()?, target.margin);
    }
    if let Some(only) = step.optional("only_block_in_layer") {
        let alone = world.engine.probe().targets(header.layer) == 1;
        report.equal(&only, only.bool()?, alone);
    }
    Ok(())
}

fn check_ballot(
    step: &Node<'_>,
    decode: &Option<String>,
    store: &Option<String>,
    report: &mut Report,
) -> Result<(), Malformed> {
    // Only whether there is an error is meant to be compared.
    let mut compare =
        |node: &Node<'_>, key: &str, actual: Option<&String>| -> Result<(), Malformed> {
            let expected = node.optional(key);
            if let Some(text) = &expected {
                text.text()?;
            }
            report.holds(
                node,
                expected.is_some() == actual.is_some(),
                format_args!(
                    "{key} {}, got {actual:?}",
                    if expected.is_some() { "set" } else { "null" }
                ),
            );
            Ok(())
        };
    match step.optional("expect") {
        Some(expected) => {
            compare(&expected, "decode_error", decode.as_ref())?;
            compare(&expected, "store_error", store.as_ref())
        }
        None => compare(step, "computed_error", decode.as_ref().or(store.as_ref())),
    }
}

fn check_encode(
    expected: &Node<'_>,
    world: &World,
    votes: &Result<
        spacemesh_consensus::tortoise::OwnVotes,
        spacemesh_consensus::tortoise::EncodeError,
    >,
    report: &mut Report,
) -> Result<(), Malformed> {
    if let Some(error) = expected.optional("error") {
        error.text()?;
        report.holds(&error, votes.is_err(), "an error");
    }
    let Ok(opinion) = votes else {
        if expected.optional("error").is_none() {
            report.fail(expected.path(), "votes", format!("{votes:?}"));
        }
        for (_, node) in expected.fields()? {
            node.skip("there are no votes to compare");
        }
        return Ok(());
    };
    let votes = &opinion.votes;
    let layer_of = |id: &BallotId| match id.is_zero() {
        true => world.engine.settings().genesis,
        false => world
            .engine
            .ballot(id)
            .map(|ballot| ballot.layer)
            .unwrap_or_default(),
    };
    for (key, node) in expected.fields()? {
        if node.is_null() {
            continue;
        }
        match key {
            "error" => {}
            "base" => report.equal(&node, node.text()?, votes.base.to_hex()),
            "hash" => report.equal(&node, node.text()?, opinion.hash.to_hex()),
            "support" => compare_headers(&node, &votes.support, report)?,
            "against" => compare_headers(&node, &votes.against, report)?,
            "abstain" => {
                report.equal(
                    &node,
                    format!("{:?}", read::layers(&node)?),
                    format!("{:?}", votes.abstain.as_slice()),
                );
            }
            "base_layer" => report.equal(&node, node.u64()?, layer_of(&votes.base)),
            "base_layer_not" => {
                let other = read::layer(&node)?;
                report.holds(
                    &node,
                    layer_of(&votes.base) != other,
                    "a base in another layer",
                );
            }
            "support_count" => report.equal(&node, node.u64()?, votes.support.len()),
            "abstain_count" => report.equal(&node, node.u64()?, votes.abstain.len()),
            "support_layers" => {
                let mut expected = read::layers(&node)?;
                let mut actual: Vec<LayerId> =
                    votes.support.iter().map(|block| block.layer).collect();
                for layers in [&mut expected, &mut actual] {
                    layers.sort_unstable();
                    layers.dedup();
                }
                report.equal(&node, format!("{expected:?}"), format!("{actual:?}"));
            }
            "support_first_layer" => {
                let first = votes
                    .support
                    .first()
                    .map(|block| block.layer)
                    .unwrap_or_default();
                report.equal(&node, node.u64()?, first);
            }
            "against_ids" => {
                let ids = node.items()?;
                let expected: Result<Vec<String>, _> =
                    ids.iter().map(|id| id.text().map(str::to_owned)).collect();
                let mut actual: Vec<String> = votes
                    .against
                    .iter()
                    .map(|block| block.id.to_hex())
                    .collect();
                actual.sort();
                report.equal(&node, expected?.join(" "), actual.join(" "));
            }
            _ => {} // stays unread, which fails
        }
    }
    Ok(())
}

fn compare_headers(
    node: &Node<'_>,
    actual: &[BlockHeader],
    report: &mut Report,
) -> Result<(), Malformed> {
    report.equal(
        node,
        format!("{:?}", read::headers(node)?),
        format!("{actual:?}"),
    );
    Ok(())
}

fn check_updates(
    expected: &Node<'_>,
    results: &[LayerResult],
    report: &mut Report,
) -> Result<(), Malformed> {
    let Ok(fields) = expected.fields() else {
        return check_results(expected, results, report);
    };
    for (key, node) in fields {
        match key {
            "count" => report.equal(&node, node.u64()?, results.len()),
            "exact" => check_results(&node, results, report)?,
            "opinions" => {
                for (node, result) in node.items()?.iter().zip(results) {
                    report.equal(node, node.text()?, result.opinion.to_hex());
                }
            }
            "items" => {
                for (index, item) in node.fields()? {
                    let index: usize = index
                        .parse()
                        .map_err(|_| item.malformed("an index as key"))?;
                    match results.get(index) {
                        Some(result) => check_result(&item, result, report)?,
                        None => report.fail(item.path(), "a result", "none"),
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// A complete list of results.
fn check_results(
    expected: &Node<'_>,
    results: &[LayerResult],
    report: &mut Report,
) -> Result<(), Malformed> {
    let items = expected.items()?;
    report.equal(expected, items.len(), results.len());
    for (item, result) in items.iter().zip(results) {
        check_result(item, result, report)?;
    }
    Ok(())
}

fn check_result(
    expected: &Node<'_>,
    result: &LayerResult,
    report: &mut Report,
) -> Result<(), Malformed> {
    for (key, node) in expected.fields()? {
        match key {
            "layer" => report.equal(&node, node.u64()?, result.layer),
            "verified" => report.equal(&node, node.bool()?, result.verified),
            "opinion" => report.equal(&node, node.text()?, result.opinion.to_hex()),
            "blocks_count" => report.equal(&node, node.u64()?, result.blocks.len()),
            "blocks" => {
                let items = node.items()?;
                report.equal(&node, items.len(), result.blocks.len());
                for (item, block) in items.iter().zip(&result.blocks) {
                    check_block_result(item, block, report)?;
                }
            }
            "all_blocks" => {
                for block in &result.blocks {
                    check_block_result(&node, block, report)?;
                }
            }
            "block0" => match result.blocks.first() {
                Some(block) => check_block_result(&node, block, report)?,
                None => report.fail(node.path(), "a block", "none"),
            },
            _ => {}
        }
    }
    Ok(())
}

fn check_block_result(
    expected: &Node<'_>,
    block: &spacemesh_consensus::tortoise::BlockResult,
    report: &mut Report,
) -> Result<(), Malformed> {
    for (key, node) in expected.fields()? {
        match key {
            "id" => report.equal(&node, node.text()?, block.header.id.to_hex()),
            "height" => report.equal(&node, node.u64()?, block.header.height),
            "layer" => report.equal(&node, node.u64()?, block.header.layer),
            "data" => report.equal(&node, node.bool()?, block.data),
            "hare" => report.equal(&node, node.bool()?, block.hare),
            "valid" => report.equal(&node, node.bool()?, block.valid),
            "invalid" => report.equal(&node, node.bool()?, block.invalid),
            "local" => report.equal(&node, node.bool()?, block.local),
            _ => {}
        }
    }
    Ok(())
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Verifying => "verifying",
        Mode::Full => "full",
    }
}
