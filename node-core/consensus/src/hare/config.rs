//! Parameters of hare, and which layers a version runs (07 §7.1, §7.2).

use std::time::Duration;

use spacemesh_types::{LayerId, config::Config, wire::IterRound};

use super::{Round, round_start};

/// A version of the protocol. The state machine is the same; messages differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Prerounds carry full ids.
    Hare3,
    /// Prerounds carry short ids; every body has one more list.
    Hare4,
}

impl Version {
    /// The section of the configuration.
    const fn section(self) -> &'static str {
        match self {
            Self::Hare3 => "hare3",
            Self::Hare4 => "hare4",
        }
    }

    /// The gossip topic of a configured network. On the test network that of hare 3 is empty, which is a topic like any other (07,
    /// Trap 10).
    pub fn topic(self, config: &Config) -> String {
        config.text(&format!("{}.protocolname", self.section()))
    }
}

/// Another size of the committee from a layer on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitteeUpgrade {
    /// First layer with the other size.
    pub layer: LayerId,
    /// Expected seats.
    pub size: u16,
}

/// Parameters of one version (`hare3.*`, `hare4.*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HareConfig {
    /// Which messages are spoken.
    pub version: Version,
    /// Whether the version runs at all.
    pub enable: bool,
    /// First layer that is run.
    pub enable_layer: LayerId,
    /// First layer that is not run any more.
    pub disable_layer: LayerId,
    /// Expected seats of preround, commit and notify.
    pub committee: u16,
    /// Another committee from a layer on.
    pub committee_upgrade: Option<CommitteeUpgrade>,
    /// Expected seats of the propose round.
    pub leaders: u16,
    /// Iteration at whose hard lock a session ends without a result.
    pub iterations_limit: u8,
    /// From the start of the layer to the preround.
    pub preround_delay: Duration,
    /// Length of every other round.
    pub round_duration: Duration,
}

/// Parameters with which a node does not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HareConfigError {
    /// A session can outlast what the tortoise waits for.
    #[error(
        "a hare session lasts up to {session:?}, but the tortoise waits {patience:?}; shorten rounds or raise tortoise-zdist"
    )]
    SessionTooLong {
        /// Longest session.
        session: Duration,
        /// `zdist` layers.
        patience: Duration,
    },
    /// The range of layers is empty.
    #[error(
        "hare is enabled from layer {enable_layer} but disabled from layer {disable_layer} on; set disable-layer above enable-layer"
    )]
    EmptyRange {
        /// First layer.
        enable_layer: LayerId,
        /// First layer without.
        disable_layer: LayerId,
    },
}

impl HareConfig {
    /// The defaults of a version: off (07 §7.2).
    pub const fn defaults(version: Version) -> Self {
        Self {
            version,
            enable: false,
            enable_layer: LayerId::ZERO,
            disable_layer: LayerId::MAX,
            committee: match version {
                Version::Hare3 => 800,
                Version::Hare4 => 50,
            },
            committee_upgrade: None,
            leaders: 5,
            iterations_limit: 4,
            preround_delay: Duration::from_secs(25),
            round_duration: Duration::from_secs(12),
        }
    }

    /// The parameters of a configured network.
    pub fn from_config(config: &Config, version: Version) -> Self {
        let key = |name: &str| format!("{}.{name}", version.section());
        let upgrade_layer = config.read(&key("committeeupgrade.layer"));
        let upgrade_size = config.read(&key("committeeupgrade.size"));
        Self {
            version,
            enable: config.flag(&key("enable")),
            enable_layer: LayerId(config.number(&key("enable-layer"))),
            disable_layer: LayerId(config.number(&key("disable-layer"))),
            committee: config.number(&key("committee")),
            committee_upgrade: upgrade_layer.zip(upgrade_size).map(|(layer, size)| {
                CommitteeUpgrade {
                    layer: LayerId(layer),
                    size,
                }
            }),
            leaders: config.number(&key("leaders")),
            iterations_limit: config.number(&key("iterations-limit")),
            preround_delay: config.duration(&key("preround-delay")),
            round_duration: config.duration(&key("round-duration")),
        }
    }

    /// The committee of a layer.
    pub fn committee_for(&self, layer: LayerId) -> u16 {
        match self.committee_upgrade {
            Some(upgrade) if layer >= upgrade.layer => upgrade.size,
            _ => self.committee,
        }
    }

    /// Seats that decide in a layer: more than half of the committee.
    pub fn threshold(&self, layer: LayerId) -> u16 {
        (self.committee_for(layer) / 2).saturating_add(1)
    }

    /// Expected seats of a round in a layer, the size that eligibility is computed with.
    pub fn committee_of_round(&self, layer: LayerId, at: IterRound) -> u16 {
        if at.round == Round::Propose.number() {
            self.leaders
        } else {
            self.committee_for(layer)
        }
    }

    /// Whether this version decides `layer`.
    pub fn runs(&self, layer: LayerId) -> bool {
        self.enable && self.enable_layer <= layer && layer < self.disable_layer
    }

    /// First layer that a node joins when it starts during `current`. The layer in progress is never joined.
    pub fn first_layer(&self, current: LayerId, effective_genesis: LayerId) -> Option<LayerId> {
        let after_current = current.checked_add(1)?;
        let after_genesis = effective_genesis.checked_add(1)?;
        let first = after_current.max(self.enable_layer).max(after_genesis);
        self.runs(first).then_some(first)
    }

    /// From the start of the layer to the end of the longest session.
    pub fn session_duration(&self) -> Duration {
        round_start(self, Round::Hardlock.of(self.iterations_limit))
    }

    /// What the reference checks of hare 3 at start, enabled or not. `zdist` is in layers.
    ///
    /// # Errors
    ///
    /// The first rule that is broken.
    pub fn validate(&self, zdist: u32, layer_duration: Duration) -> Result<(), HareConfigError> {
        let session = self.session_duration();
        let patience = layer_duration.saturating_mul(zdist);
        if session > patience {
            return Err(HareConfigError::SessionTooLong { session, patience });
        }
        if self.enable && self.disable_layer <= self.enable_layer {
            return Err(HareConfigError::EmptyRange {
                enable_layer: self.enable_layer,
                disable_layer: self.disable_layer,
            });
        }
        Ok(())
    }
}
