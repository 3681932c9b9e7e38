//! The network in use, by the clock of this computer, and choosing another.
//!
//! Keeps true: genesis id, prefix and post parameters come from the built-in definitions or a file that the person chose and saw the
//! differences of; nothing from outside changes them.

use std::{path::Path, sync::Arc};

use serde::{Deserialize, Serialize};
use spacemesh_types::{
    Address, Hrp, LayerId, Network, Preset, Smidge, Timestamp,
    config::{Config, ConfigErrors, Host, Origin, PostSettings},
    network::LayerClock,
};

use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    session::sentence,
    source,
    storage::{Access, read_limited, replace},
    view::{
        ChooseNetworkArgs, ConfigEntry, ConfigProblem, ConfigView, Decimal, Done, FileSource,
        InspectConfigArgs, Instant, NetworkChoice, NetworkView, NetworksView, Sentence, WindowView,
    },
};

/// Largest configuration file read, in bytes.
const CONFIG_BYTES_MAX: usize = 1 << 20;
/// Id of a network made from a file.
const OWN: &str = "own";

/// A configuration file that the person chose, as it was given, and the preset below it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OwnConfig {
    preset: Option<String>,
    content: String,
}

/// The network in use.
#[derive(Debug)]
pub(crate) struct NetworkInUse {
    id: String,
    network: Network,
    /// Absent while no genesis time is set.
    clock: Option<LayerClock>,
    post: PostSettings,
    config: Config,
    /// Why the chosen network could not be used; this is then Mainnet.
    problem: Option<String>,
}

impl NetworkInUse {
    /// The network chosen in the settings; Mainnet, with a reason, if that can't be.
    pub(crate) fn load(id: &str, own_config: &Path) -> Self {
        let chosen = match id {
            OWN => read_limited(own_config, CONFIG_BYTES_MAX as u64)
                .and_then(|bytes| {
                    serde_json::from_slice::<OwnConfig>(&bytes)
                        .map_err(|_| AppError::new(ErrorCode::ConfigInvalid))
                })
                .and_then(|own| Self::from_own(&own)),
            preset => Self::from_preset(preset),
        };
        match chosen {
            Ok(network) => network,
            Err(error) => {
                tracing::warn!(%error, id, "the chosen network can't be used");
                let mut network =
                    Self::from_preset(Preset::Mainnet.name()).expect("mainnet is complete");
                network.problem = Some(error.message);
                network
            }
        }
    }

    fn from_preset(id: &str) -> Result<Self, AppError> {
        let preset: Preset = id
            .parse()
            .map_err(|_| AppError::new(ErrorCode::UnknownNetwork).field("network"))?;
        let config = Config::builder(host())
            .preset(preset)
            .build()
            .map_err(|errors| config_error(&errors))?;
        Self::from_config(id, config)
    }

    fn from_own(own: &OwnConfig) -> Result<Self, AppError> {
        Self::from_config(OWN, own_config(own)?)
    }

    fn from_config(id: &str, config: Config) -> Result<Self, AppError> {
        let network = Network::from_config(&config).map_err(|error| {
            AppError::with(ErrorCode::ConfigInvalid, sentence(&error.to_string())).field("config")
        })?;
        let clock = network.clock().ok();
        if clock.is_none() {
            return Err(AppError::with(
                ErrorCode::ConfigInvalid,
                "The genesis time is missing: set genesis.genesis-time in a configuration file.",
            )
            .field("config"));
        }
        let post = PostSettings::from_config(&config);
        if post.labels_per_unit == 0
            || post.min_num_units == 0
            || post.min_num_units > post.max_num_units
        {
            return Err(AppError::with(
                ErrorCode::ConfigInvalid,
                "The units of committed space are not possible: look at the keys of post.",
            )
            .field("config"));
        }
        Ok(Self {
            id: id.to_owned(),
            network,
            clock,
            post,
            config,
            problem: None,
        })
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn name(&self) -> String {
        name_of(&self.id, &self.network)
    }

    pub(crate) fn hrp(&self) -> &Hrp {
        &self.network.hrp
    }

    pub(crate) const fn network(&self) -> &Network {
        &self.network
    }

    pub(crate) const fn post(&self) -> &PostSettings {
        &self.post
    }

    pub(crate) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Bytes of one unit.
    pub(crate) fn unit_bytes(&self) -> u64 {
        self.post.labels_per_unit.saturating_mul(16)
    }

    /// Seconds between two PoET rounds, in which a proof is made.
    pub(crate) fn window_seconds(&self) -> f64 {
        self.config.duration("poet.cycle-gap").as_secs_f64()
    }

    /// Nonces and threads that the network's configuration proposes for proving.
    pub(crate) fn proving_nonces(&self) -> u32 {
        self.config
            .number("smeshing.smeshing-proving-opts.smeshing-opts-proving-nonces")
    }

    /// Balances at genesis.
    pub(crate) fn genesis_balances(&self) -> Vec<(Address, Smidge)> {
        let accounts = self.network.genesis.accounts.iter().flatten();
        accounts
            .filter_map(|(text, balance)| {
                Address::parse(text, self.hrp())
                    .ok()
                    .map(|address| (address, *balance))
            })
            .collect()
    }

    /// The layer after the current one.
    pub(crate) fn next_layer(&self, now: jiff::Timestamp) -> LayerId {
        self.layer(now)
            .map_or(LayerId(0), |layer| LayerId(layer.0.saturating_add(1)))
    }

    /// The current layer and epoch; none before genesis.
    pub(crate) fn layer(&self, now: jiff::Timestamp) -> Option<LayerId> {
        let clock = self.clock.as_ref()?;
        let now = from_jiff(now);
        (!clock.is_before_genesis(now)).then(|| clock.layer_at(now))
    }

    pub(crate) fn layer_start(&self, layer: LayerId) -> Instant {
        self.clock.as_ref().map_or_else(
            || Instant::from_unix_seconds(0),
            |clock| instant(clock.start_of_layer(layer)),
        )
    }

    fn view(&self, now: jiff::Timestamp) -> NetworkView {
        let layer = self.layer(now);
        let epoch = layer.map(|layer| layer.epoch(self.network.layers_per_epoch));
        let clock = self.clock.as_ref();
        let start_of = |epoch: u32| clock.map(|clock| clock.start_of_epoch(epoch.into()));
        NetworkView {
            sentence: Sentence::new(
                "network.no_node",
                "This version has no node yet. Layers follow this computer's clock; balances are unknown.",
                [],
            ),
            id: self.id.clone(),
            name: self.name(),
            genesis_id: self.network.id().to_hex(),
            golden_atx: self.network.genesis.golden_atx().to_hex(),
            genesis_time: instant(self.network.genesis.time),
            address_prefix: self.hrp().as_str().to_owned(),
            layer_seconds: u32::try_from(self.network.layer_duration.as_secs()).unwrap_or(u32::MAX),
            layers_per_epoch: self.network.layers_per_epoch.get(),
            layer: layer.map(|layer| layer.0),
            epoch: epoch.map(|epoch| epoch.0),
            next_layer_at: self.layer_start(self.next_layer(now)),
            epoch_starts_at: epoch.and_then(|epoch| start_of(epoch.0)).map(instant),
            epoch_ends_at: epoch
                .and_then(|epoch| start_of(epoch.0.saturating_add(1)))
                .map(instant),
            windows: epoch.map(|epoch| self.windows(epoch.0)).unwrap_or_default(),
            first_layer: self.network.first_content_layer().0,
            has_node: false,
        }
    }

    /// PoET rounds and the window between them in an epoch: a round begins `phase-shift` after an epoch does and ends `cycle-gap` before
    /// the next one begins (04).
    fn windows(&self, epoch: u32) -> Vec<WindowView> {
        let Some(clock) = &self.clock else {
            return Vec::new();
        };
        let (shift, gap) = (
            self.config.duration("poet.phase-shift"),
            self.config.duration("poet.cycle-gap"),
        );
        let begin = |epoch: u32| clock.start_of_epoch(epoch.into()).plus(shift);
        let window = |kind: &str, from: Timestamp, to: Timestamp| WindowView {
            kind: kind.to_owned(),
            starts_at: instant(from),
            ends_at: instant(to),
        };
        let mut windows = Vec::new();
        if let Some(before) = epoch.checked_sub(1) {
            windows.push(window("poet_round", begin(before), begin(epoch).minus(gap)));
        }
        windows.push(window(
            "proof_window",
            begin(epoch).minus(gap),
            begin(epoch),
        ));
        windows.push(window(
            "poet_round",
            begin(epoch),
            begin(epoch.saturating_add(1)).minus(gap),
        ));
        windows
    }
}

impl Inner {
    pub(crate) fn network(self: &Arc<Self>, _: Done) -> Result<NetworkView, AppError> {
        Ok(self.network_in_use().view(self.now()))
    }

    pub(crate) fn networks(self: &Arc<Self>, _: Done) -> Result<NetworksView, AppError> {
        let in_use = self.network_in_use();
        let mut networks: Vec<NetworkChoice> = Preset::ALL
            .into_iter()
            .map(|preset| choice(preset.name()))
            .collect();
        let own =
            read_own(&self.folder.own_config()).and_then(|own| NetworkInUse::from_own(&own).ok());
        networks.push(match &own {
            Some(network) => NetworkChoice {
                available: true,
                ..described(OWN, network)
            },
            None => NetworkChoice {
                id: OWN.to_owned(),
                name: "Own network".to_owned(),
                genesis_id: None,
                address_prefix: String::new(),
                unit_bytes: Decimal(0),
                available: false,
                note: Some(Sentence::new(
                    "network.own_needs_file",
                    "Choose its configuration file.",
                    [],
                )),
            },
        });
        Ok(NetworksView {
            current: in_use.id.clone(),
            networks,
        })
    }

    pub(crate) fn choose_network(
        self: &Arc<Self>,
        args: ChooseNetworkArgs,
    ) -> Result<NetworkView, AppError> {
        if self.smeshing.tasks().iter().any(crate::smeshing::is_active) {
            return Err(AppError::with(
                ErrorCode::Busy,
                "Space of the present network is being worked on. Pause or finish that first.",
            )
            .field("network"));
        }
        let (id, network) = match &args.config {
            Some(config) => {
                let preset = (args.network != OWN).then(|| args.network.clone());
                let own = OwnConfig {
                    preset,
                    content: text_of(config)?,
                };
                let network = NetworkInUse::from_own(&own)?;
                let bytes = serde_json::to_vec_pretty(&own)
                    .map_err(|_| AppError::new(ErrorCode::Internal))?;
                replace(&self.folder.own_config(), &bytes, Access::Private, true)?;
                (OWN.to_owned(), network)
            }
            None if args.network == OWN => {
                let own = read_own(&self.folder.own_config());
                let own = own.ok_or_else(|| {
                    AppError::with(
                        ErrorCode::ConfigInvalid,
                        "Choose the configuration file of the network.",
                    )
                    .field("config")
                })?;
                (OWN.to_owned(), NetworkInUse::from_own(&own)?)
            }
            None => (
                args.network.clone(),
                NetworkInUse::from_preset(&args.network)?,
            ),
        };
        self.settings_state().set_network(&id)?;
        self.set_network(network);
        self.forget_measurements();
        self.tell(Change::Network {});
        self.network(Done {})
    }

    pub(crate) fn inspect_config(
        self: &Arc<Self>,
        args: InspectConfigArgs,
    ) -> Result<ConfigView, AppError> {
        let preset = args.network.filter(|network| network != OWN);
        let built = match &args.config {
            Some(config) => build(&OwnConfig {
                preset: preset.clone(),
                content: text_of(config)?,
            }),
            None => match preset.as_deref() {
                Some(preset) => {
                    let preset: Preset = preset
                        .parse()
                        .map_err(|_| AppError::new(ErrorCode::UnknownNetwork).field("network"))?;
                    Config::builder(host()).preset(preset).build()
                }
                None => return self.effective_config(Done {}),
            },
        };
        Ok(match built {
            Ok(config) => self.config_view(&config),
            Err(errors) => ConfigView {
                preset: preset.unwrap_or_else(|| Preset::Mainnet.name().to_owned()),
                genesis_id: None,
                entries: Vec::new(),
                unknown_keys: Vec::new(),
                problems: errors
                    .0
                    .iter()
                    .map(|error| ConfigProblem {
                        key: String::new(),
                        message: sentence(&error.to_string()),
                    })
                    .collect(),
                usable: false,
                changed: 0,
            },
        })
    }

    pub(crate) fn effective_config(self: &Arc<Self>, _: Done) -> Result<ConfigView, AppError> {
        Ok(self.config_view(&self.network_in_use().config))
    }

    fn config_view(&self, config: &Config) -> ConfigView {
        let in_use = self.network_in_use();
        config_view(config, &in_use.config)
    }

    /// Tells when a layer begins.
    pub(crate) fn tick_network(&self) {
        let network = self.network_in_use();
        let Some(layer) = network.layer(self.now()) else {
            return;
        };
        let before = self
            .last_layer
            .swap(layer.0, std::sync::atomic::Ordering::SeqCst);
        if before != layer.0 {
            self.tell(Change::Layer {
                layer: layer.0,
                epoch: layer.epoch(network.network.layers_per_epoch).0,
            });
        }
    }
}

/// The configuration with its origins, compared with the one in use.
fn config_view(config: &Config, in_use: &Config) -> ConfigView {
    let plain = Config::builder(host()).preset(config.preset()).build().ok();
    let entries = config.entries().map(|(key, effective)| {
        let value = effective.value.to_string();
        let preset_value = plain
            .as_ref()
            .and_then(|plain| plain.get(key))
            .map(|plain| plain.value.to_string())
            .filter(|plain| *plain != value);
        ConfigEntry {
            key: key.to_owned(),
            value,
            origin: origin(&effective.origin),
            preset_value,
        }
    });
    let changed = config
        .entries()
        .filter(|(key, effective)| {
            in_use
                .get(key)
                .is_none_or(|used| used.value != effective.value)
        })
        .count();
    let mut problems: Vec<ConfigProblem> = config
        .check()
        .iter()
        .map(|failure| ConfigProblem {
            key: failure.key.to_owned(),
            message: sentence(&failure.message),
        })
        .collect();
    let network = NetworkInUse::from_config(OWN, config.clone());
    if let Err(error) = &network {
        problems.insert(
            0,
            ConfigProblem {
                key: String::new(),
                message: error.message.clone(),
            },
        );
    }
    ConfigView {
        preset: config.preset().name().to_owned(),
        genesis_id: network
            .as_ref()
            .ok()
            .map(|network| network.network.id().to_hex()),
        entries: entries.collect(),
        unknown_keys: config
            .unknown()
            .iter()
            .map(|key| sentence(&key.to_string()))
            .collect(),
        problems,
        usable: network.is_ok(),
        changed: u32::try_from(changed).unwrap_or(u32::MAX),
    }
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Preset(preset) => preset.name().to_owned(),
        Origin::File(_) => "file".to_owned(),
        Origin::Flag(flag) => format!("flag --{flag}"),
        Origin::Derived(_) => "derived".to_owned(),
    }
}

fn choice(id: &str) -> NetworkChoice {
    match NetworkInUse::from_preset(id) {
        Ok(network) => NetworkChoice {
            available: true,
            ..described(id, &network)
        },
        Err(_) => NetworkChoice {
            id: id.to_owned(),
            name: title(id),
            genesis_id: None,
            address_prefix: id
                .parse::<Preset>()
                .map(|preset| preset.network(None).hrp.as_str().to_owned())
                .unwrap_or_default(),
            unit_bytes: Decimal(0),
            available: false,
            note: Some(Sentence::new(
                "network.needs_genesis_time",
                "It begins when its configuration file says so: choose the file.",
                [],
            )),
        },
    }
}

fn described(id: &str, network: &NetworkInUse) -> NetworkChoice {
    NetworkChoice {
        id: id.to_owned(),
        name: name_of(id, &network.network),
        genesis_id: Some(network.network.id().to_hex()),
        address_prefix: network.hrp().as_str().to_owned(),
        unit_bytes: Decimal(network.unit_bytes()),
        available: false,
        note: None,
    }
}

fn name_of(id: &str, network: &Network) -> String {
    match id {
        OWN if network.is_mainnet() => "Mainnet, own configuration".to_owned(),
        OWN => format!("Own network {}", &network.id().to_hex()[..8]),
        id => title(id),
    }
}

fn title(id: &str) -> String {
    let mut chars = id.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

fn own_config(own: &OwnConfig) -> Result<Config, AppError> {
    build(own).map_err(|errors| config_error(&errors))
}

fn build(own: &OwnConfig) -> Result<Config, ConfigErrors> {
    let mut builder = Config::builder(host()).file("configuration", own.content.as_bytes())?;
    if let Some(preset) = own.preset.as_deref().and_then(|preset| preset.parse().ok()) {
        builder = builder.preset(preset);
    }
    builder.build()
}

fn config_error(errors: &ConfigErrors) -> AppError {
    let first = errors
        .0
        .first()
        .map(|error| sentence(&error.to_string()))
        .unwrap_or_default();
    AppError::with(ErrorCode::ConfigInvalid, first).field("config")
}

fn read_own(path: &Path) -> Option<OwnConfig> {
    let bytes = read_limited(path, CONFIG_BYTES_MAX as u64).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn text_of(source: &FileSource) -> Result<String, AppError> {
    let bytes = source::read(source, CONFIG_BYTES_MAX).map_err(|error| error.field("config"))?;
    String::from_utf8(bytes.to_vec()).map_err(|_| {
        AppError::with(ErrorCode::ConfigInvalid, "The file is not text.").field("config")
    })
}

/// Folders and processors of this computer, which some defaults depend on.
fn host() -> Host {
    Host::default()
}

pub(crate) fn from_jiff(at: jiff::Timestamp) -> Timestamp {
    Timestamp::from_unix_nanos(at.as_nanosecond())
}

fn instant(at: Timestamp) -> Instant {
    Instant::from_unix_seconds(at.unix_seconds())
}
