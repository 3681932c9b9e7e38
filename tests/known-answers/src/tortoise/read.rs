//! Values as the files write them: bytes in hexadecimal in the scenarios, in base64 in the traces.

use spacemesh_codec::BoundedVec;
use spacemesh_consensus::tortoise::{EpochVotes, HistoricalWindow, IncomingBallot, Settings, Sign};
use spacemesh_types::wire::{BlockHeader, Votes};
use spacemesh_types::{AtxId, BallotId, BlockId, EpochId, Hash32, LayerId, LayersPerEpoch, NodeId};

use crate::node::{Malformed, Node};

/// A ballot with its votes.
#[derive(Debug, Clone)]
pub(super) struct OwnedBallot {
    pub(super) id: BallotId,
    pub(super) smesher: NodeId,
    pub(super) layer: LayerId,
    pub(super) eligibilities: u32,
    pub(super) atx: AtxId,
    pub(super) opinion: Hash32,
    pub(super) votes: Votes,
    pub(super) epoch_data: Option<EpochVotes>,
    pub(super) reference: Option<BallotId>,
    pub(super) malicious: bool,
}

impl OwnedBallot {
    pub(super) fn incoming(&self) -> IncomingBallot<'_> {
        IncomingBallot {
            id: self.id,
            smesher: self.smesher,
            layer: self.layer,
            eligibilities: self.eligibilities,
            atx: self.atx,
            opinion: self.opinion,
            votes: &self.votes,
            epoch_data: self.epoch_data,
            reference: self.reference,
            malicious: self.malicious,
        }
    }
}

pub(super) fn u32(node: &Node<'_>) -> Result<u32, Malformed> {
    u32::try_from(node.u64()?).map_err(|_| node.malformed("a number of 32 bits"))
}

pub(super) fn layer(node: &Node<'_>) -> Result<LayerId, Malformed> {
    u32(node).map(LayerId)
}

pub(super) fn epoch(node: &Node<'_>) -> Result<EpochId, Malformed> {
    u32(node).map(EpochId)
}

/// A block of a scenario: its id, layer and height.
pub(super) fn header(node: &Node<'_>) -> Result<BlockHeader, Malformed> {
    Ok(BlockHeader {
        id: BlockId(node.key("id")?.hex_array()?),
        layer: layer(&node.key("layer")?)?,
        height: node.key("height")?.u64()?,
    })
}

pub(super) fn headers(node: &Node<'_>) -> Result<Vec<BlockHeader>, Malformed> {
    node.items()?.iter().map(header).collect()
}

pub(super) fn layers(node: &Node<'_>) -> Result<Vec<LayerId>, Malformed> {
    node.items()?.iter().map(layer).collect()
}

pub(super) fn votes(
    node: &Node<'_>,
    base: BallotId,
    support: Vec<BlockHeader>,
    against: Vec<BlockHeader>,
    abstain: Vec<LayerId>,
) -> Result<Votes, Malformed> {
    let too_many = |_| node.malformed("at most 10,000 votes of each kind");
    Ok(Votes {
        base,
        support: BoundedVec::try_from(support).map_err(too_many)?,
        against: BoundedVec::try_from(against).map_err(too_many)?,
        abstain: BoundedVec::try_from(abstain).map_err(too_many)?,
    })
}

/// A ballot of a scenario.
pub(super) fn ballot(node: &Node<'_>) -> Result<OwnedBallot, Malformed> {
    let opinion = node.key("opinion")?;
    let epoch_data = node.optional("epoch_data").map(|data| {
        Ok(EpochVotes {
            beacon: spacemesh_types::Beacon(data.key("beacon")?.hex_array()?),
            slots: u32(&data.key("eligibilities")?)?,
        })
    });
    let reference = node.optional("ref").map(|id| id.hex_array().map(BallotId));
    Ok(OwnedBallot {
        id: BallotId(node.key("id")?.hex_array()?),
        smesher: NodeId(node.key("smesher")?.hex_array()?),
        layer: layer(&node.key("layer")?)?,
        eligibilities: u32(&node.key("eligibilities")?)?,
        atx: AtxId(node.key("atx")?.hex_array()?),
        opinion: Hash32(opinion.key("hash")?.hex_array()?),
        votes: votes(
            &opinion,
            BallotId(opinion.key("base")?.hex_array()?),
            headers(&opinion.key("support")?)?,
            headers(&opinion.key("against")?)?,
            layers(&opinion.key("abstain")?)?,
        )?,
        epoch_data: epoch_data.transpose()?,
        reference: reference.transpose()?,
        malicious: node
            .optional("malicious")
            .map_or(Ok(false), |mark| mark.bool())?,
    })
}

/// The parameters of a file. `config` may lack those that the file's rule does not use.
pub(super) fn settings(
    root: &Node<'_>,
    config: Option<&Node<'_>>,
    genesis: LayerId,
) -> Result<Settings, Malformed> {
    let number = |key: &str, default: u32| match config.and_then(|config| config.optional(key)) {
        Some(node) => u32(&node),
        None => Ok(default),
    };
    if let Some(size) = config.and_then(|config| config.optional("layer_size")) {
        size.skip("counting does not use it");
    }
    Ok(Settings {
        hdist: number("hdist", 10)?,
        zdist: number("zdist", 8)?,
        window: number("window_size", 1000)?,
        historical: Vec::new(),
        max_exceptions: number("max_exceptions", 5000)?,
        bad_beacon_delay: number("bad_beacon_delay", 0)?,
        layers_per_epoch: layers_per_epoch(&root.key("layers_per_epoch")?)?,
        genesis,
    })
}

pub(super) fn layers_per_epoch(node: &Node<'_>) -> Result<LayersPerEpoch, Malformed> {
    LayersPerEpoch::new(u32(node)?).ok_or_else(|| node.malformed("at least one layer per epoch"))
}

pub(super) fn historical(node: &Node<'_>) -> Result<Vec<HistoricalWindow>, Malformed> {
    let window = |node: &Node<'_>| {
        Ok(HistoricalWindow {
            start: layer(&node.key("start")?)?,
            end: layer(&node.key("end")?)?,
            window: u32(&node.key("window")?)?,
        })
    };
    node.items()?.iter().map(window).collect()
}

pub(super) fn sign(node: &Node<'_>) -> Result<Sign, Malformed> {
    match node.text()? {
        "support" => Ok(Sign::Support),
        "against" => Ok(Sign::Against),
        "abstain" | "neutral" => Ok(Sign::Neutral),
        _ => Err(node.malformed("support, against or abstain")),
    }
}
