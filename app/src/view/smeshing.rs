//! Views of committed space: devices, proposals, folders, tasks, identities.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Decimal, FileSource, Instant, SecretText, Sentence, Tone};

/// The smeshing page.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SmeshingView {
    /// Whether anything is set up.
    pub set_up: bool,
    /// The one sentence of the page: "Filling, done about 18:27."
    pub sentence: Sentence,
    /// Glyph of the sentence.
    pub tone: Tone,
    /// What follows from it, below the sentence.
    pub details: Vec<Sentence>,
    /// Identities with their space.
    pub identities: Vec<IdentityView>,
    /// Running and paused tasks; finished ones stay until dismissed.
    pub tasks: Vec<TaskView>,
    /// Size of one unit on this network, bytes.
    pub unit_bytes: Decimal,
    /// Least number of units.
    pub min_units: u32,
    /// Largest number of units.
    pub max_units: u32,
}

/// A smesher identity.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IdentityView {
    /// Public key, hex: its id everywhere.
    pub id: String,
    /// Name (that of its key file).
    pub name: String,
    /// Key file on this computer; absent: the key is not here.
    pub key_file: Option<String>,
    /// Its space; absent: none set up.
    pub space: Option<SpaceView>,
    /// Address that rewards go to.
    pub coinbase: Option<String>,
    /// Glyph of its state.
    pub tone: Tone,
    /// Its state.
    pub state: Sentence,
    /// The task that works on it now.
    pub task: Option<String>,
}

/// Committed space of one identity.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SpaceView {
    /// Folder.
    pub folder: String,
    /// Units.
    pub units: u32,
    /// Bytes when complete.
    pub total_bytes: Decimal,
    /// Bytes that are filled.
    pub done_bytes: Decimal,
    /// Largest size of one file, bytes.
    pub max_file_bytes: Decimal,
    /// Commitment ATX, hex.
    pub commitment_atx: String,
    /// Index of the VRF nonce, once found.
    pub vrf_nonce: Option<Decimal>,
    /// File that holds it, for the map.
    pub vrf_nonce_file: Option<u32>,
    /// All labels are there.
    pub complete: bool,
    /// Files, for the map; neighbouring ones are put together so that there are at most 256.
    pub ranges: Vec<RangeView>,
    /// Bad ranges the last check found and that are not repaired yet.
    pub bad_ranges: Vec<BadRange>,
    /// The last check.
    pub last_check: Option<CheckView>,
    /// Nonces for proving.
    pub nonces: u32,
    /// Threads for proving.
    pub threads: u32,
    /// A problem with the folder, in a sentence.
    pub problem: Option<Sentence>,
}

/// Part of the range map.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RangeView {
    /// First file.
    pub first_file: u32,
    /// Last file, inclusive.
    pub last_file: u32,
    /// Share of labels there, 0 to 1.
    pub share: f64,
    /// `complete`, `writing`, `todo`, `bad`.
    pub state: RangeState,
}

/// State of a part of the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RangeState {
    /// All labels are there.
    Complete,
    /// Being written.
    Writing,
    /// Nothing there.
    Todo,
    /// Wrong labels were found.
    Bad,
}

/// Wrong labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BadRange {
    /// First label.
    pub first_label: Decimal,
    /// Number of labels.
    pub labels: Decimal,
    /// File number.
    pub file: u32,
    /// Why: `wrong_label`, `missing_file`, `short_file`.
    pub reason: String,
}

/// Result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckView {
    /// When it ended.
    pub at: Instant,
    /// Labels compared.
    pub labels: Decimal,
    /// Bad ranges found.
    pub bad: u32,
    /// The sentence.
    pub sentence: String,
}

/// A long task.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TaskView {
    /// Id.
    pub id: String,
    /// Identity it works for, hex; absent for measurements.
    pub identity: Option<String>,
    /// Kind.
    pub kind: TaskKind,
    /// Title.
    pub title: Sentence,
    /// State.
    pub state: TaskState,
    /// Done, in `unit`.
    pub done: Decimal,
    /// In all, in `unit`.
    pub total: Decimal,
    /// `bytes`, `labels`, `files`.
    pub unit: String,
    /// Share done, 0 to 1.
    pub share: f64,
    /// Per second, in `unit`; absent until measured.
    pub rate: Option<f64>,
    /// When it ends, about; absent if not known.
    pub ends_at: Option<Instant>,
    /// Since when it is paused.
    pub paused_since: Option<Instant>,
    /// When it was started.
    pub started_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// What it is doing inside: "Searching a better VRF nonce".
    pub phase: Option<Sentence>,
    /// "If you close Smapp …"
    pub close_sentence: Sentence,
    /// Devices at work.
    pub devices: Vec<TaskDevice>,
    /// Why it failed, with cost and remedy.
    pub error: Option<super::ErrorView>,
    /// Things that happened and did not stop it: "The RTX 4090 returned wrong labels 3 times. Nothing wrong was kept."
    pub warnings: Vec<Sentence>,
    /// How the finished task ended.
    pub result: Option<Sentence>,
}

/// Kind of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Filling.
    Fill,
    /// Checking data.
    Check,
    /// Repairing bad ranges.
    Repair,
    /// Moving to another folder.
    Move,
    /// Deleting.
    Delete,
    /// Measuring this computer.
    Measure,
}

/// State of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Starting its process.
    Starting,
    /// Running.
    Running,
    /// Pausing: finishes its batches.
    Pausing,
    /// Paused.
    Paused,
    /// Done.
    Finished,
    /// Failed.
    Failed,
    /// Stopped by the person.
    Cancelled,
}

/// A device at work.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TaskDevice {
    /// Id of the provider.
    pub id: String,
    /// Name.
    pub name: String,
    /// Labels per second; absent until measured.
    pub rate: Option<f64>,
    /// Labels made by it in this task.
    pub done: Decimal,
    /// Uses only a part of its time.
    pub gentle: bool,
    /// `working`, `lost`, `wrong_labels`, `stopped`.
    pub state: String,
    /// What happened to it.
    pub message: Option<String>,
}

/// Processors and graphics cards.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProvidersView {
    /// Usable ones first.
    pub providers: Vec<ProviderView>,
    /// What to say if no graphics card can be used.
    pub problem: Option<Sentence>,
}

/// A processor or graphics card.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProviderView {
    /// Id, stable over restarts as far as the system allows.
    pub id: String,
    /// Name.
    pub name: String,
    /// `cpu`, `gpu`, `software` (a graphics card drawn by the processor).
    pub kind: String,
    /// `Vulkan`, `Metal`, `DX12`, or the instruction set of the processor.
    pub backend: String,
    /// Driver and its version.
    pub driver: Option<String>,
    /// Whether it can be used.
    pub usable: bool,
    /// Why not, with the way out.
    pub reason: Option<Sentence>,
    /// Ticked in the proposal.
    pub proposed: bool,
    /// Memory, bytes.
    pub memory_bytes: Option<Decimal>,
    /// Labels per second as measured last.
    pub rate: Option<f64>,
    /// When it was measured.
    pub measured_at: Option<Instant>,
}

/// Look at a folder for space.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InspectFolderArgs {
    /// Absolute path; it need not exist.
    pub path: String,
}

/// What a folder is good for.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FolderView {
    /// Absolute path.
    pub path: String,
    /// Whether it exists.
    pub exists: bool,
    /// Whether it can be written.
    pub writable: bool,
    /// Free bytes on its drive.
    pub free_bytes: Decimal,
    /// Size of the drive, bytes.
    pub total_bytes: Decimal,
    /// Most units that leave 10 % and 20 GiB free.
    pub units_that_fit: u32,
    /// `ext4`, `ntfs`, …
    pub file_system: Option<String>,
    /// `ssd`, `hdd`, `network`, `removable`, `unknown`.
    pub drive: String,
    /// What is there already.
    pub data: Option<ExistingData>,
    /// What stands against it or should be known, worst first.
    pub problems: Vec<FolderProblem>,
    /// It can be used for a fresh identity.
    pub usable: bool,
}

/// Space that is in a folder already.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExistingData {
    /// Identity, hex.
    pub identity: String,
    /// Its key is on this computer.
    pub key_here: bool,
    /// Name of the identity, if its key is here.
    pub identity_name: Option<String>,
    /// A key file that lies in the folder itself, as the existing tools leave it there.
    pub key_in_folder: bool,
    /// Commitment ATX, hex.
    pub commitment_atx: String,
    /// Units.
    pub units: u32,
    /// Labels per unit.
    pub labels_per_unit: Decimal,
    /// Fits the network in use.
    pub fits_network: bool,
    /// Largest file size, bytes.
    pub max_file_bytes: Decimal,
    /// Bytes there.
    pub done_bytes: Decimal,
    /// Bytes when complete.
    pub total_bytes: Decimal,
    /// All labels are there.
    pub complete: bool,
    /// "This folder holds 256 GiB for identity 95825da3…, complete."
    pub sentence: Sentence,
}

/// A problem of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FolderProblem {
    /// `no_space`, `read_only`, `foreign_data`, `other_network`, `key_missing`, `in_use`, `network_drive`, `not_empty`, `not_a_folder`.
    pub kind: String,
    /// Whether it prevents use.
    pub blocks: bool,
    /// The sentence.
    pub text: Sentence,
}

/// Measure this computer and propose. Steps are told in `measurement` changes.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct MeasureArgs {
    /// Folder to measure; absent: the best drive.
    #[serde(default)]
    pub folder: Option<String>,
    /// Seconds to spend at most, 1 to 120; 20 is usual.
    pub seconds: u32,
}

/// What was measured so far, and the proposal that follows.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProposalView {
    /// Still measuring.
    pub measuring: bool,
    /// What is being measured.
    pub step: Option<Sentence>,
    /// Share of the measuring done, 0 to 1.
    pub share: f64,
    /// Folder proposed or asked for.
    pub folder: FolderView,
    /// Devices with their rates.
    pub providers: Vec<ProviderView>,
    /// Labels per second of all ticked devices together.
    pub fill_rate: Option<f64>,
    /// Reading speed of the drive, bytes per second.
    pub read_rate: Option<f64>,
    /// Proving speed of the processor at the proposed nonces and threads, bytes per second.
    pub prove_rate: Option<f64>,
    /// RandomX hashes per second at the proposed threads.
    pub pow_rate: Option<f64>,
    /// Units proposed: min(a quarter of free space, half of what proves in the window).
    pub units: u32,
    /// Most units that prove within 70 % of the window.
    pub units_provable: Option<u32>,
    /// Nonces proposed.
    pub nonces: u32,
    /// Threads proposed.
    pub threads: u32,
    /// Processors of this computer.
    pub cpu_threads: u32,
    /// Largest file size proposed, bytes.
    pub max_file_bytes: Decimal,
    /// The forecast for the proposed size.
    pub forecast: Option<ForecastView>,
    /// Table of choices for nonces and threads.
    pub choices: Vec<ProvingChoice>,
    /// What the figures are based on: "measured on this computer, 18:02".
    pub basis: Sentence,
    /// Problems to be shown, worst first.
    pub problems: Vec<FolderProblem>,
}

/// One row of the proving table.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProvingChoice {
    /// Nonces.
    pub nonces: u32,
    /// Threads.
    pub threads: u32,
    /// Bytes per second.
    pub rate: f64,
    /// Chance that one pass is enough, 0 to 1.
    pub one_pass: f64,
    /// Most units in 70 % of the window.
    pub units_provable: u32,
    /// It is the proposed one.
    pub proposed: bool,
}

/// Ask how long filling and proving a size will take.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ForecastArgs {
    /// Units.
    pub units: u32,
    /// Devices that fill; empty: those proposed.
    #[serde(default)]
    #[ts(optional = nullable, as = "Option<Vec<String>>")]
    pub providers: Vec<String>,
    /// Nonces; absent: proposed.
    #[serde(default)]
    pub nonces: Option<u32>,
    /// Threads; absent: proposed.
    #[serde(default)]
    pub threads: Option<u32>,
}

/// How long filling and proving a size will take, from measured rates.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ForecastView {
    /// Units.
    pub units: u32,
    /// Bytes.
    pub bytes: Decimal,
    /// Filling, seconds; absent if no device was measured.
    pub fill_seconds: Option<f64>,
    /// When filling would end if started at once.
    pub filled_at: Option<Instant>,
    /// Work before the proof (k2pow), seconds.
    pub pow_seconds: Option<f64>,
    /// One proof in all, seconds.
    pub proof_seconds: Option<f64>,
    /// The window, seconds.
    pub window_seconds: f64,
    /// `comfortable` (to 35 %), `fits` (to 70 %), `too_long`; absent if not measured.
    pub verdict: Option<String>,
    /// The sentence: "Filling takes about 7 h 36 min, a proof about 41 min of 12 h."
    pub sentence: Sentence,
}

/// Commit space.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct StartFillingArgs {
    /// Folder; made if it is not there.
    pub folder: String,
    /// Units.
    pub units: u32,
    /// Largest file size, bytes, a multiple of 128; absent: 4 GiB.
    #[serde(default)]
    pub max_file_bytes: Option<Decimal>,
    /// Whose space it is.
    pub identity: IdentityChoice,
    /// Commitment ATX, hex; absent: the network's golden ATX.
    #[serde(default)]
    pub commitment_atx: Option<String>,
    /// Address for rewards; absent: the one of the settings, if any.
    #[serde(default)]
    pub coinbase: Option<String>,
    /// Devices that fill, at least one.
    pub providers: Vec<DeviceChoice>,
    /// Nonces for proving; absent: proposed.
    #[serde(default)]
    pub nonces: Option<u32>,
    /// Threads for proving; absent: proposed.
    #[serde(default)]
    pub threads: Option<u32>,
}

/// Which identity.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum IdentityChoice {
    /// Make one.
    New {
        /// Name of its key file, letters, digits, `-` and `_`; absent: the next free one.
        #[serde(default)]
        #[ts(optional = nullable)]
        name: Option<String>,
    },
    /// One whose key is on this computer.
    Existing {
        /// Its id, hex.
        id: String,
    },
}

/// A device and how hard it works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeviceChoice {
    /// Id of the provider.
    pub id: String,
    /// Leaves room for other programs.
    #[serde(default)]
    #[ts(optional = nullable, as = "Option<bool>")]
    pub gentle: bool,
}

/// Use space that exists, made here or by another program.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct AdoptSpaceArgs {
    /// Folder with data.
    pub folder: String,
    /// Key file, if the key is not on this computer yet; the one in the folder is found without it.
    #[serde(default)]
    pub key_file: Option<FileSource>,
    /// Address for rewards.
    #[serde(default)]
    pub coinbase: Option<String>,
}

/// Name an identity.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IdentityArgs {
    /// Its id, hex.
    pub identity: String,
}

/// Name a task.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskArgs {
    /// Its id.
    pub task: String,
}

/// Choose devices of a running or paused filling.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetDevicesArgs {
    /// Identity, hex.
    pub identity: String,
    /// Devices that fill from here on, at least one.
    pub providers: Vec<DeviceChoice>,
}

/// Check data.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CheckSpaceArgs {
    /// Identity, hex.
    pub identity: String,
    /// How much.
    pub extent: CheckExtent,
}

/// How much to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckExtent {
    /// Random labels of every file, minutes.
    Sample,
    /// Every label, hours.
    All,
}

/// Move space.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MoveSpaceArgs {
    /// Identity, hex.
    pub identity: String,
    /// Folder to move into; made if it is not there, must be empty.
    pub folder: String,
}

/// Remove space and, if wished, the identity.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoveSpaceArgs {
    /// Identity, hex.
    pub identity: String,
    /// Its name, typed by the person.
    pub typed_name: String,
    /// Remove the key file too.
    #[serde(default)]
    #[ts(optional = nullable, as = "Option<bool>")]
    pub remove_key: bool,
}

/// Ask what a removal takes away.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemovalArgs {
    /// Identity, hex.
    pub identity: String,
    /// Remove the key file too.
    #[serde(default)]
    #[ts(optional = nullable, as = "Option<bool>")]
    pub remove_key: bool,
}

/// Change an identity's settings.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct EditIdentityArgs {
    /// Its id, hex.
    pub identity: String,
    /// Name of its key file.
    #[serde(default)]
    pub name: Option<String>,
    /// Address for rewards.
    #[serde(default)]
    pub coinbase: Option<String>,
    /// Nonces for proving.
    #[serde(default)]
    pub nonces: Option<u32>,
    /// Threads for proving.
    #[serde(default)]
    pub threads: Option<u32>,
}

/// Make an identity.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct CreateIdentityArgs {
    /// Name of its key file, letters, digits, `-` and `_`; absent: the next free one.
    #[serde(default)]
    pub name: Option<String>,
}

/// Take over an identity's key file.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ImportIdentityArgs {
    /// The key file: 128 hex digits.
    pub source: FileSource,
    /// Name of the key file here; absent: the next free one.
    #[serde(default)]
    pub name: Option<String>,
}

/// Copy an identity's key file to another place; the key itself never passes through the page.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ExportIdentityArgs {
    /// Its id, hex.
    pub identity: String,
    /// Path of the file to write; an existing file is never overwritten.
    pub path: String,
    /// Password of the open wallet, where one is open.
    #[serde(default)]
    pub password: Option<SecretText>,
}

/// Where a file was written.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WrittenFile {
    /// Its path.
    pub path: String,
    /// Its size in bytes.
    pub size_bytes: Decimal,
}

/// Events of smeshing, kept for ever.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct EventsArgs {
    /// Only of this identity, hex.
    #[serde(default)]
    pub identity: Option<String>,
    /// Only those that need the person.
    #[serde(default)]
    #[ts(optional = nullable, as = "Option<bool>")]
    pub needs_you: bool,
    /// Only older than this id, to page on.
    #[serde(default)]
    pub before: Option<Decimal>,
    /// At most this many, 1 to 500.
    pub limit: u32,
}

/// A page of events, newest first.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EventsView {
    /// The events.
    pub events: Vec<EventView>,
    /// There are older ones.
    pub more: bool,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// Rises with time.
    pub id: Decimal,
    /// When.
    pub at: Instant,
    /// Identity, hex.
    pub identity: Option<String>,
    /// `filling_started`, `filled`, `filling_stopped`, `paused`, `resumed`, `checked`, `bad_labels`, `repaired`, `moved`, `deleted`,
    /// `device_lost`, `worker_died`, `wrong_labels`, `task_failed`, `identity_added`.
    pub kind: String,
    /// Glyph.
    pub tone: Tone,
    /// The sentence.
    pub text: Sentence,
    /// What to do about it.
    pub remedy: Option<Sentence>,
}
