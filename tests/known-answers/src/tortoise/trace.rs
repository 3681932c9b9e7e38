//! Traces of a node: every call of its engine with what it returned, one per line (08 §14).

use std::collections::BTreeMap;

use spacemesh_consensus::tortoise::{
    CachedAtx, EpochVotes, LayerResult, OwnVotes, RecoveredBlock, Settings,
};
use spacemesh_types::wire::BlockHeader;
use spacemesh_types::{AtxId, BallotId, Beacon, BlockId, Hash32, LayerId, NodeId};

use super::orders::{Dependencies, Step, check_orders};
use super::read::{self, OwnedBallot};
use super::world::{Event, Outcome, Way, World};
use crate::files::Content;
use crate::node::{Malformed, Node};
use crate::report::Report;
use crate::suite::Suite;

pub(crate) const SUITE: Suite = Suite {
    name: "tortoise trace",
    recognises: |file| match &file.content {
        Content::Json(value) => value
            .get(0)
            .and_then(|line| line.get("logger"))
            .is_some_and(|logger| logger == "tracer"),
        Content::Unreadable(_) => false,
    },
    annotations: &["ts", "logger"],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let lines = root.items()?;
    let mut lines = lines.iter();
    let Some(first) = lines.next() else {
        return Ok(());
    };
    let settings = start(first)?;
    let mut world = match World::new(settings.clone()) {
        Ok(world) => world,
        Err(error) => {
            report.fail(first.path(), "usable parameters", error);
            return Ok(());
        }
    };
    let mut steps = Vec::new();
    let mut decoded = BTreeMap::new();
    for line in lines {
        let event = event(line, &mut decoded)?;
        let step = Step::new(event, Dependencies::Untold, &world.engine);
        let outcome = world.apply(&step.event);
        check(line, &outcome, report)?;
        steps.push(step);
    }
    let end = world.engine.fingerprint();
    let again = |order: &[usize]| {
        let mut world = World::new(settings.clone()).ok()?;
        for &index in order {
            world.apply(&steps[index].event);
        }
        Some((world.engine.fingerprint(), None))
    };
    check_orders(&steps, false, &end, again, report);
    Ok(())
}

fn start(line: &Node<'_>) -> Result<Settings, Malformed> {
    let kind = line.key("t")?;
    if kind.u64()? != 1 {
        return Err(kind.malformed("1: a trace begins with the start of the engine"));
    }
    let object = line.key("o")?;
    let number = |key: &str| read::u32(&object.key(key)?);
    object.key("layer-size")?.skip("counting does not use it");
    Ok(Settings {
        hdist: number("hdist")?,
        zdist: number("zdist")?,
        window: number("window")?,
        historical: Vec::new(), // traces do not tell them
        max_exceptions: number("exceptions")?,
        bad_beacon_delay: number("delay")?,
        layers_per_epoch: read::layers_per_epoch(&object.key("epoch-size")?)?,
        genesis: LayerId(number("effective-genesis")?),
    })
}

fn event(
    line: &Node<'_>,
    decoded: &mut BTreeMap<BallotId, OwnedBallot>,
) -> Result<Event, Malformed> {
    let kind = line.key("t")?;
    let object = line.key("o")?;
    let layer = |key: &str| read::layer(&object.key(key)?);
    Ok(match kind.u64()? {
        2 => Event::Coin {
            layer: layer("lid")?,
            coin: object.key("coin")?.bool()?,
        },
        3 => Event::Beacon {
            epoch: read::epoch(&object.key("epoch")?)?,
            beacon: Beacon(bytes(&object.key("beacon")?)?),
        },
        4 => {
            let atx = object.key("Atx")?;
            for key in ["Coinbase", "Nonce"] {
                atx.key(key)?.skip("counting does not use it");
            }
            Event::Atx {
                target: read::epoch(&object.key("target")?)?,
                id: AtxId(bytes(&object.key("id")?)?),
                atx: CachedAtx {
                    node: NodeId(bytes(&atx.key("Node")?)?),
                    weight: atx.key("Weight")?.u64()?,
                    base_height: atx.key("BaseHeight")?.u64()?,
                    height: atx.key("Height")?.u64()?,
                },
            }
        }
        5 => Event::Ballot {
            way: Way::Recovered,
            ballot: Box::new(ballot(&object.key("Ballot")?)?),
        },
        6 => {
            let ballot = ballot(&object.key("Ballot")?)?;
            decoded.insert(ballot.id, ballot.clone());
            Event::Ballot {
                way: Way::Decode,
                ballot: Box::new(ballot),
            }
        }
        7 => {
            let id = object.key("id")?;
            let ballot = decoded.get(&BallotId(bytes(&id)?));
            Event::Store {
                ballot: Box::new(
                    ballot
                        .cloned()
                        .ok_or_else(|| id.malformed("a ballot decoded before"))?,
                ),
                malicious: object.key("mal")?.bool()?,
            }
        }
        8 => Event::Encode(Some(layer("lid")?)),
        9 => Event::Tally(layer("lid")?),
        10 => Event::Block(header(&object.key("Header")?)?),
        11 => Event::Hare {
            layer: layer("lid")?,
            block: BlockId(bytes(&object.key("vote")?)?),
        },
        12 => Event::Updates,
        13 => Event::Applied {
            layer: layer("layer")?,
            opinion: hash(&object.key("opinion")?)?,
        },
        14 => Event::Malfeasance(NodeId(bytes(&object.key("id")?)?)),
        15 => {
            let block = |node: &Node<'_>| {
                Ok(RecoveredBlock {
                    header: header(&node.key("header")?)?,
                    valid: node.key("valid")?.bool()?,
                })
            };
            let blocks: Result<_, _> = list(&object, "blocks")?.iter().map(block).collect();
            let hare = object.optional("hare").map(|id| bytes(&id).map(BlockId));
            Event::RecoveredBlocks {
                layer: layer("layer")?,
                blocks: blocks?,
                hare: hare.transpose()?,
            }
        }
        _ => return Err(kind.malformed("a known kind of event")),
    })
}

fn check(line: &Node<'_>, outcome: &Outcome, report: &mut Report) -> Result<(), Malformed> {
    let object = line.key("o")?;
    match outcome {
        Outcome::Nothing => {}
        Outcome::Ballot { decode, store } => {
            let actual = decode.as_ref().or(store.as_ref());
            check_error(&object, actual.map(String::as_str), report)?;
        }
        Outcome::Encoded(votes) => {
            let error = votes.as_ref().err().map(ToString::to_string);
            check_error(&object, error.as_deref(), report)?;
            if let (Some(expected), Ok(votes)) = (object.optional("opinion"), votes) {
                let expected = opinion(&expected)?;
                report.equal(&object, format!("{expected:?}"), format!("{votes:?}"));
            }
        }
        Outcome::Updates(results) => {
            check_error(&object, None, report)?;
            for (key, result) in [("from", results.first()), ("to", results.last())] {
                let expected = object.key(key)?;
                let number = expected.u64()?;
                if let Some(result) = result {
                    report.equal(&expected, number, result.layer);
                }
            }
            let items = list(&object, "results")?;
            report.equal(&object, items.len(), results.len());
            for (item, result) in items.iter().zip(results) {
                check_result(item, result, report)?;
            }
        }
        Outcome::Applied(applied) => {
            let expected = object.key("rst")?;
            report.equal(&expected, expected.bool()?, applied);
        }
    }
    Ok(())
}

/// Whether there is an error; the words are each implementation's own.
fn check_error(
    object: &Node<'_>,
    actual: Option<&str>,
    report: &mut Report,
) -> Result<(), Malformed> {
    let expected = match object.optional("e") {
        Some(text) => text.text()?,
        None => "",
    };
    let same = expected.is_empty() == actual.is_none();
    report.holds(
        object,
        same,
        format_args!("error {expected:?}, got {actual:?}"),
    );
    Ok(())
}

fn check_result(
    item: &Node<'_>,
    result: &LayerResult,
    report: &mut Report,
) -> Result<(), Malformed> {
    let layer = item.key("lid")?;
    report.equal(&layer, layer.u64()?, result.layer);
    let verified = item.key("v")?;
    report.equal(&verified, verified.bool()?, result.verified);
    let opinion = item.key("opinion")?;
    report.equal(&opinion, hash(&opinion)?, result.opinion);
    let blocks = list(item, "blocks")?;
    report.equal(item, blocks.len(), result.blocks.len());
    for (node, block) in blocks.iter().zip(&result.blocks) {
        let expected = node.key("header")?;
        report.equal(
            &expected,
            format!("{:?}", header(&expected)?),
            format!("{:?}", block.header),
        );
        let flags = [
            ("v", block.valid),
            ("l", block.local),
            ("i", block.invalid),
            ("h", block.hare),
            ("d", block.data),
        ];
        for (key, actual) in flags {
            let expected = node.key(key)?;
            report.equal(&expected, expected.bool()?, actual);
        }
    }
    Ok(())
}

fn ballot(node: &Node<'_>) -> Result<OwnedBallot, Malformed> {
    let own = opinion(&node.key("opinion")?)?;
    let epoch_data = node.optional("epochdata").map(|data| {
        Ok(EpochVotes {
            beacon: Beacon(bytes(&data.key("beacon")?)?),
            slots: read::u32(&data.key("elig")?)?,
        })
    });
    let reference = node.optional("ref").map(|id| bytes(&id).map(BallotId));
    Ok(OwnedBallot {
        id: BallotId(bytes(&node.key("id")?)?),
        smesher: NodeId(bytes(&node.key("node")?)?),
        layer: read::layer(&node.key("lid")?)?,
        eligibilities: read::u32(&node.key("elig")?)?,
        atx: AtxId(bytes(&node.key("atxid")?)?),
        opinion: own.hash,
        votes: own.votes,
        epoch_data: epoch_data.transpose()?,
        reference: reference.transpose()?,
        malicious: node.key("mal")?.bool()?,
    })
}

fn opinion(node: &Node<'_>) -> Result<OwnVotes, Malformed> {
    let headers = |key: &str| {
        list(node, key)?
            .iter()
            .map(header)
            .collect::<Result<Vec<_>, _>>()
    };
    let abstain: Result<Vec<_>, _> = list(node, "abstain")?.iter().map(read::layer).collect();
    Ok(OwnVotes {
        hash: hash(&node.key("hash")?)?,
        votes: read::votes(
            node,
            BallotId(bytes(&node.key("base")?)?),
            headers("support")?,
            headers("against")?,
            abstain?,
        )?,
    })
}

fn header(node: &Node<'_>) -> Result<BlockHeader, Malformed> {
    Ok(BlockHeader {
        id: BlockId(bytes(&node.key("id")?)?),
        layer: read::layer(&node.key("lid")?)?,
        height: node.key("height")?.u64()?,
    })
}

/// A list that may be absent.
fn list<'a>(node: &Node<'a>, key: &str) -> Result<Vec<Node<'a>>, Malformed> {
    node.optional(key)
        .map_or(Ok(Vec::new()), |list| list.items())
}

fn bytes<const N: usize>(node: &Node<'_>) -> Result<[u8; N], Malformed> {
    let bytes = node.base64()?;
    bytes
        .try_into()
        .map_err(|_| node.malformed(format!("base64 of {N} bytes")))
}

fn hash(node: &Node<'_>) -> Result<Hash32, Malformed> {
    Hash32::from_hex(node.text()?).map_err(|_| node.malformed("0x and 64 hexadecimal digits"))
}
