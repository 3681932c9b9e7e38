//! Views of settings, networks, configuration and notices.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Decimal, FileSource, Instant, Sentence, Tone};

/// All settings a person may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct SettingsView {
    /// Language of the texts: `system` or a BCP 47 tag.
    pub language: String,
    /// `system`, `light`, `dark`.
    pub theme: Theme,
    /// Show amounts in SMH or smidge.
    pub unit: AmountUnit,
    /// `local` or `utc`.
    pub time_zone: TimeZone,
    /// Start with the system.
    pub start_with_system: bool,
    /// What closing the window does.
    pub close_button: CloseButton,
    /// Which notifications are shown, and with sound.
    pub notifications: BTreeMap<NotificationKind, NotificationSetting>,
    /// Minutes until the wallet locks itself: 2, 5, 15; 0 for never.
    pub auto_lock_minutes: u32,
    /// Lock when the computer sleeps or its screen is locked.
    pub lock_on_sleep: bool,
    /// Ask for the password at each payment; otherwise 5 minutes of grace.
    pub password_each_payment: bool,
    /// Draw amounts as dots.
    pub hide_amounts: bool,
    /// Devices work gently between these hours of the day, `HH:MM`; both empty for never.
    pub gentle_from: String,
    /// End of the gentle hours.
    pub gentle_until: String,
    /// Coinbase proposed for fresh space.
    pub default_coinbase: String,
    /// Folder proposed for fresh space; empty for the system's usual one.
    pub default_folder: String,
    /// Run committed-space work in a process of its own with low priority.
    pub low_priority: bool,
}

/// Colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Unit of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AmountUnit {
    /// SMH.
    Smh,
    /// Smidge.
    Smidge,
}

/// Zone of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TimeZone {
    /// The viewer's.
    Local,
    /// UTC.
    Utc,
}

/// What closing the window does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CloseButton {
    /// Ask when something runs.
    Ask,
    /// Always go on in the tray.
    Tray,
    /// Always leave.
    Quit,
}

/// Kinds of notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// Space is filled.
    Filled,
    /// Filling stopped.
    FillingStopped,
    /// Bad data was found.
    BadData,
    /// Repair, check or move ended.
    TaskEnded,
    /// Too little free space.
    DiskLow,
    /// The wallet was locked by time.
    Locked,
}

/// Whether and how a notification is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NotificationSetting {
    /// Shown.
    pub shown: bool,
    /// With sound.
    pub sound: bool,
}

/// Change some settings; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[ts(optional_fields = nullable)]
pub struct ChangeSettingsArgs {
    /// Language of the texts.
    pub language: Option<String>,
    /// Colours.
    pub theme: Option<Theme>,
    /// Unit of amounts.
    pub unit: Option<AmountUnit>,
    /// Zone of times.
    pub time_zone: Option<TimeZone>,
    /// Start with the system.
    pub start_with_system: Option<bool>,
    /// What closing the window does.
    pub close_button: Option<CloseButton>,
    /// Notifications to change.
    pub notifications: Option<BTreeMap<NotificationKind, NotificationSetting>>,
    /// 0, 2, 5 or 15.
    pub auto_lock_minutes: Option<u32>,
    /// Lock when the computer sleeps.
    pub lock_on_sleep: Option<bool>,
    /// Ask for the password at each payment.
    pub password_each_payment: Option<bool>,
    /// Draw amounts as dots.
    pub hide_amounts: Option<bool>,
    /// Start of the gentle hours.
    pub gentle_from: Option<String>,
    /// End of the gentle hours.
    pub gentle_until: Option<String>,
    /// Coinbase proposed for fresh space.
    pub default_coinbase: Option<String>,
    /// Folder proposed for fresh space.
    pub default_folder: Option<String>,
    /// Low priority.
    pub low_priority: Option<bool>,
}

/// Networks that can be chosen.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NetworksView {
    /// Id of the one in use.
    pub current: String,
    /// All.
    pub networks: Vec<NetworkChoice>,
}

/// A network that can be chosen.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NetworkChoice {
    /// `mainnet`, `testnet`, `standalone`, `fastnet`, `own`.
    pub id: String,
    /// Name to show.
    pub name: String,
    /// Genesis id, hex; absent if the genesis time has to be given first.
    pub genesis_id: Option<String>,
    /// Prefix of addresses.
    pub address_prefix: String,
    /// Size of a unit, bytes.
    pub unit_bytes: Decimal,
    /// It can be chosen as it is.
    pub available: bool,
    /// Why not.
    pub note: Option<Sentence>,
}

/// The network in use, by the clock of this computer.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NetworkView {
    /// The one sentence: "This version has no node. Balances are unknown; …"
    pub sentence: Sentence,
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Genesis id, hex.
    pub genesis_id: String,
    /// Golden ATX, hex.
    pub golden_atx: String,
    /// Genesis.
    pub genesis_time: Instant,
    /// Prefix of addresses.
    pub address_prefix: String,
    /// Layer duration, seconds.
    pub layer_seconds: u32,
    /// Layers per epoch.
    pub layers_per_epoch: u32,
    /// Current layer; absent before genesis.
    pub layer: Option<u32>,
    /// Current epoch; absent before genesis.
    pub epoch: Option<u32>,
    /// When the next layer starts.
    pub next_layer_at: Instant,
    /// When the epoch started; absent before genesis.
    pub epoch_starts_at: Option<Instant>,
    /// When the epoch ends; absent before genesis.
    pub epoch_ends_at: Option<Instant>,
    /// PoET rounds and proof window of this epoch.
    pub windows: Vec<WindowView>,
    /// First layer with content.
    pub first_layer: u32,
    /// Whether there is a node. False in this version.
    pub has_node: bool,
}

/// A span of the epoch.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WindowView {
    /// `poet_round`, `proof_window`.
    pub kind: String,
    /// Start.
    pub starts_at: Instant,
    /// End.
    pub ends_at: Instant,
}

/// Choose a network.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ChooseNetworkArgs {
    /// `mainnet`, `testnet`, `standalone`, `fastnet` or `own`.
    pub network: String,
    /// Configuration file, for `own` (required) and on top of a preset (optional).
    #[serde(default)]
    pub config: Option<FileSource>,
}

/// Look at a configuration.
#[derive(Debug, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct InspectConfigArgs {
    /// Preset below the file; absent: the file's own, else mainnet.
    #[serde(default)]
    pub network: Option<String>,
    /// Configuration file; absent: the one in use.
    #[serde(default)]
    pub config: Option<FileSource>,
}

/// Effective configuration with the origin of each value.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConfigView {
    /// Preset below.
    pub preset: String,
    /// Genesis id that follows, hex; absent if the genesis time is missing.
    pub genesis_id: Option<String>,
    /// Values in the order of the reference.
    pub entries: Vec<ConfigEntry>,
    /// Keys nobody knows.
    pub unknown_keys: Vec<String>,
    /// Problems that make it unusable, each with its key.
    pub problems: Vec<ConfigProblem>,
    /// It can be used.
    pub usable: bool,
    /// What choosing it changes against the network in use, worst first.
    pub changed: u32,
}

/// One value of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConfigEntry {
    /// `main.layer-duration`.
    pub key: String,
    /// Value as JSON text.
    pub value: String,
    /// `mainnet`, `testnet`, `standalone`, `fastnet`, `file`, `derived`.
    pub origin: String,
    /// Value before, as JSON text, where it differs from the preset's.
    pub preset_value: Option<String>,
}

/// A problem of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConfigProblem {
    /// Key.
    pub key: String,
    /// What is wrong and what is expected.
    pub message: String,
}

/// Something to be told on top of a page.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoticeView {
    /// Id, to dismiss it.
    pub id: String,
    /// Glyph.
    pub tone: Tone,
    /// Page it belongs to: `wallet`, `smeshing`, `network`, `settings`, `all`.
    pub page: String,
    /// Bold first sentence.
    pub title: Sentence,
    /// The rest.
    pub body: Option<Sentence>,
    /// The one action: the id of an action of the page's table.
    pub action: Option<NoticeAction>,
    /// Can be dismissed.
    pub dismissible: bool,
}

/// Action of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoticeAction {
    /// `check_words`, `backup`, `resume_filling`, `repair`, `open_settings`, `open_smeshing`, `choose_network`.
    pub id: String,
    /// What it is about: an identity, for example.
    pub subject: Option<String>,
    /// Text of the button.
    pub label: Sentence,
}

/// Name a notice.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NoticeArgs {
    /// Its id.
    pub notice: String,
}

/// Versions and licences.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AboutView {
    /// Version of Smapp.
    pub version: String,
    /// Commit it was built from, where known.
    pub commit: Option<String>,
    /// Target it was built for.
    pub target: String,
    /// Licence of Smapp.
    pub licence: String,
    /// Data folder.
    pub data_folder: String,
    /// Log file.
    pub log_file: Option<String>,
    /// Instruction sets in use.
    pub kernels: Vec<String>,
    /// Everything that leaves this computer.
    pub leaves_computer: Vec<Sentence>,
}

/// A report to copy: versions, system, recent problems; no address, no path outside the data folder.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReportView {
    /// The text.
    pub text: String,
}

impl Default for SettingsView {
    fn default() -> Self {
        let shown = NotificationSetting {
            shown: true,
            sound: false,
        };
        let kinds = [
            NotificationKind::Filled,
            NotificationKind::FillingStopped,
            NotificationKind::BadData,
            NotificationKind::TaskEnded,
            NotificationKind::DiskLow,
            NotificationKind::Locked,
        ];
        Self {
            language: "system".to_owned(),
            theme: Theme::System,
            unit: AmountUnit::Smh,
            time_zone: TimeZone::Local,
            start_with_system: false,
            close_button: CloseButton::Ask,
            notifications: kinds.into_iter().map(|kind| (kind, shown)).collect(),
            auto_lock_minutes: 5,
            lock_on_sleep: true,
            password_each_payment: true,
            hide_amounts: false,
            gentle_from: String::new(),
            gentle_until: String::new(),
            default_coinbase: String::new(),
            default_folder: String::new(),
            low_priority: true,
        }
    }
}
