//! What a network prescribes for activations (05 §1), in one value that is passed down.

use std::{collections::BTreeMap, num::NonZeroU64, time::Duration};

use spacemesh_crypto::Prefix;
use spacemesh_types::{
    AtxId, AtxVersion, EpochId, LayersPerEpoch, Network,
    config::{Config, PostSettings},
};

use crate::{AtxVersions, AtxVersionsError, TreeRules};

/// Everything that decides whether an ATX is valid and what it counts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Prefix of signatures: the genesis id.
    pub prefix: Prefix,
    /// What ATXs refer to before there are any. Not an object: it has no row and no bytes.
    pub golden_atx: AtxId,
    /// Length of epochs, for the layer in proofs of misbehaviour.
    pub layers_per_epoch: LayersPerEpoch,
    /// PoET leaves that make one tick.
    pub tick_size: NonZeroU64,
    /// Fewest units of an ATX of version 1; those of version 2 are left to the verifier of proofs of space.
    pub min_num_units: u32,
    /// Most units of an ATX of version 1.
    pub max_num_units: u32,
    /// Labels of a unit. ATXs of version 1 may name more, which counts only for their VRF nonce.
    pub labels_per_unit: u64,
    /// Indices of a proof of space.
    pub k2: u32,
    /// Indices of it that are checked.
    pub k3: u32,
    /// Version of ATXs by publish epoch.
    pub versions: AtxVersions,
    /// How ids of version 2 are made.
    pub tree: TreeRules,
}

/// A configuration that activations cannot work with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RulesError {
    /// Ticks of no leaves.
    #[error("main.tick-size is 0; a tick has at least one leaf")]
    NoTickSize,
    /// Impossible versions.
    #[error(transparent)]
    Versions(#[from] AtxVersionsError),
}

impl Rules {
    /// The rules of a configuration. Ids of version 2 follow the snapshot's tree; set [`Rules::tree`] for the later one.
    ///
    /// # Errors
    ///
    /// Ticks without leaves, or versions that decrease or do not exist.
    pub fn from_config(config: &Config, network: &Network) -> Result<Self, RulesError> {
        let post = PostSettings::from_config(config);
        let switches = config.read::<BTreeMap<String, u64>>("main.atx-versions");
        let switches = switches.unwrap_or_default().into_iter();
        let switches: BTreeMap<EpochId, AtxVersion> = switches
            .filter_map(|(epoch, version)| {
                let version = u32::try_from(version).unwrap_or(u32::MAX);
                Some((EpochId(epoch.parse().ok()?), AtxVersion(version)))
            })
            .collect();
        Ok(Self {
            prefix: network.id(),
            golden_atx: network.genesis.golden_atx(),
            layers_per_epoch: network.layers_per_epoch,
            tick_size: NonZeroU64::new(config.number("main.tick-size"))
                .ok_or(RulesError::NoTickSize)?,
            min_num_units: post.min_num_units,
            max_num_units: post.max_num_units,
            labels_per_unit: post.labels_per_unit,
            k2: u32::try_from(post.k2).unwrap_or(u32::MAX),
            k3: u32::try_from(post.k3).unwrap_or(u32::MAX),
            versions: AtxVersions::new(&switches)?,
            tree: TreeRules::default(),
        })
    }

    /// Whether an ATX whose sampled indices were all good is known to be valid (05 §12.1).
    pub const fn sample_is_complete(&self) -> bool {
        self.k3 >= self.k2
    }
}

/// When things happen in the life of a smesher (05 §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// From the start of an epoch to the start of its PoET round.
    pub phase_shift: Duration,
    /// From the end of a PoET round to the start of the next.
    pub cycle_gap: Duration,
    /// How long before the round the smesher chooses its positioning ATX.
    pub grace_period: Duration,
    /// How long it may choose; none for as long as it takes.
    pub positioning_timeout: Option<Duration>,
    /// How long it waits after PoET servers failed.
    pub poet_retry_interval: Duration,
    /// How often own ATXs are published again; none for never.
    pub regossip_interval: Option<Duration>,
}

impl Timing {
    /// The timing of a configuration.
    pub fn from_config(config: &Config) -> Self {
        let some = |key| Some(config.duration(key)).filter(|duration| !duration.is_zero());
        Self {
            phase_shift: config.duration("poet.phase-shift"),
            cycle_gap: config.duration("poet.cycle-gap"),
            grace_period: config.duration("poet.grace-period"),
            positioning_timeout: some("poet.positioning-atx-selection-timeout"),
            poet_retry_interval: config.poet_retry_interval(),
            regossip_interval: some("main.regossip-atx-interval"),
        }
    }
}
