// Made from the Rust types of `app/` by its test `bindings`; changes here are lost.
// 64-bit numbers are decimal strings, instants are RFC 3339 in UTC.

/**
 * Versions and licences.
 */
export type AboutView = {
/**
 * Version of Smapp.
 */
version: string,
/**
 * Commit it was built from, where known.
 */
commit: string | null,
/**
 * Target it was built for.
 */
target: string,
/**
 * Licence of Smapp.
 */
licence: string,
/**
 * Data folder.
 */
dataFolder: string,
/**
 * Log file.
 */
logFile: string | null,
/**
 * Instruction sets in use.
 */
kernels: Array<string>,
/**
 * Everything that leaves this computer.
 */
leavesComputer: Array<Sentence>, };

/**
 * Name an account.
 */
export type AccountArgs = {
/**
 * Id (hex) or address of the account.
 */
account: string, };

/**
 * A mark on an account.
 */
export type AccountMark = {
/**
 * `view_only`, `not_recoverable`, `ledger`, `watch`.
 */
kind: string,
/**
 * Glyph.
 */
tone: Tone,
/**
 * Text.
 */
text: Sentence, };

/**
 * An account before it is added, to compare its address aloud.
 */
export type AccountPreview = {
/**
 * Its address.
 */
address: AddressView,
/**
 * Already in this wallet, under this name.
 */
existing: string | null,
/**
 * Own keys among the members.
 */
ownMembers: Array<MemberView>,
/**
 * What to look out for.
 */
notes: Array<ImportNote>, };

/**
 * One account.
 */
export type AccountView = {
/**
 * Stable id inside the wallet: the address as hex.
 */
id: string,
/**
 * Name given by the person.
 */
name: string,
/**
 * Template.
 */
template: Template,
/**
 * Address on the network in use.
 */
address: AddressView,
/**
 * Can sign: this wallet holds enough to make at least one signature.
 */
canSign: boolean,
/**
 * "View only", "Not recoverable from the words", … with a glyph; empty if there is nothing to say.
 */
marks: Array<AccountMark>,
/**
 * State on the network; unknown without a node.
 */
state: Sentence,
/**
 * Balance; absent: unknown.
 */
balance: Smidge | null,
/**
 * Path of the key (`m/44'/540'/0'/0'/0'`), for single-key accounts made from words.
 */
path: string | null,
/**
 * Public key of a single-key account, hex.
 */
publicKey: string | null,
/**
 * Members in order, for multisig and vesting.
 */
members: Array<MemberView>,
/**
 * Signatures needed, for multisig and vesting.
 */
required: number | null,
/**
 * Terms, for a vault.
 */
vault: VaultView | null, };

/**
 * All accounts of the open wallet.
 */
export type AccountsView = {
/**
 * In the order of the wallet.
 */
accounts: Array<AccountView>,
/**
 * Keys of the wallet, for shared accounts.
 */
keys: Array<KeyView>,
/**
 * Why there are no balances.
 */
balanceNote: Sentence, };

/**
 * Add a contact.
 */
export type AddContactArgs = {
/**
 * Name, 1 to 64 characters.
 */
name: string,
/**
 * Address.
 */
address: string,
/**
 * Note, at most 500 characters.
 */
note?: string | null,
/**
 * The person saw the look-alike warning and wants it anyway.
 */
acceptLookAlike?: boolean | null, };

/**
 * Add a signature made elsewhere.
 */
export type AddSignatureArgs = {
/**
 * Id of the transaction.
 */
transaction: string,
/**
 * Index among the members, from 0.
 */
index: number,
/**
 * 64 bytes, hex.
 */
signature: string, };

/**
 * Add a single-key account on the next unused path.
 */
export type AddSingleArgs = {
/**
 * Name, 1 to 64 characters.
 */
name: string,
/**
 * Path instead of the next unused one, all parts hardened.
 */
path?: string | null,
/**
 * Password, since the words are needed.
 */
password: SecretText, };

/**
 * An address as text.
 */
export type AddressArgs = {
/**
 * The address as typed or pasted.
 */
address: string, };

/**
 * What is known about an address as typed.
 */
export type AddressCheck = {
/**
 * It can be used.
 */
valid: boolean,
/**
 * The fault: `too_short`, `checksum`, `other_network`, `not_an_address`, `reserved_bytes`; absent if valid.
 */
fault: string | null,
/**
 * What to say below the field.
 */
message: Sentence | null,
/**
 * Group of four with the likely mistake, counted from 1.
 */
faultyGroup: number | null,
/**
 * All forms, if valid.
 */
address: AddressView | null,
/**
 * Name of the own account with this address.
 */
ownAccount: string | null,
/**
 * Name of the contact with this address.
 */
contact: string | null,
/**
 * It looks like this known address but is another one.
 */
lookAlike: LookAlike | null, };

/**
 * An address in all its forms.
 */
export type AddressView = {
/**
 * Canonical text, for copying.
 */
plain: string,
/**
 * The same in groups of four, for reading aloud.
 */
groups: Array<string>,
/**
 * `sm1…` + 4 telling characters + `…` + last six.
 */
short: string,
/**
 * Characters at the start that are the same for all addresses of this network.
 */
common: string,
/**
 * The last six characters, the checksum.
 */
checksum: string,
/**
 * 24 bytes, hex.
 */
hex: string,
/**
 * Prefix.
 */
prefix: string, };

/**
 * Use space that exists, made here or by another program.
 */
export type AdoptSpaceArgs = {
/**
 * Folder with data.
 */
folder: string,
/**
 * Key file, if the key is not on this computer yet; the one in the folder is found without it.
 */
keyFile?: FileSource | null,
/**
 * Address for rewards.
 */
coinbase?: string | null, };

/**
 * Unit of amounts.
 */
export type AmountUnit = "smh" | "smidge";

/**
 * What the frame of every screen needs.
 */
export type AppState = {
/**
 * Version of Smapp.
 */
version: string,
/**
 * `linux`, `macos`, `windows`.
 */
platform: string,
/**
 * Folder that holds wallets, keys and settings.
 */
dataFolder: string,
/**
 * No own wallet, no identity and no setting exists yet: show the first start.
 */
firstStart: boolean,
/**
 * Network in use, by id: `mainnet`, `testnet`, `standalone`, `fastnet` or `own`.
 */
network: string,
/**
 * Its name to show; networks other than Mainnet are drawn in amber.
 */
networkName: string,
/**
 * Prefix of addresses: `sm`, `stest`, `standalone`.
 */
addressPrefix: string,
/**
 * Whether this version runs a node. False: balances are unknown and nothing can be published.
 */
hasNode: boolean,
/**
 * Whether the page runs in a browser: no native file dialogs.
 */
inBrowser: boolean, };

/**
 * A backup that was opened again and compared.
 */
export type BackupView = {
/**
 * Where it lies; absent for a download.
 */
path: string | null,
/**
 * The file, for a download.
 */
file: FileContent | null,
/**
 * Size in bytes.
 */
sizeBytes: Decimal,
/**
 * SHA-256 of the file, hex.
 */
sha256: string,
/**
 * When it was verified.
 */
verifiedAt: Instant,
/**
 * How many accounts the copy holds.
 */
accounts: number, };

/**
 * Where to put a backup of the open wallet.
 */
export type BackupWalletArgs = {
/**
 * Folder or full path of the file; an existing file is never overwritten.
 */
path: string,
/**
 * Password, to verify the copy by opening it.
 */
password: SecretText, };

/**
 * Wrong labels.
 */
export type BadRange = {
/**
 * First label.
 */
firstLabel: Decimal,
/**
 * Number of labels.
 */
labels: Decimal,
/**
 * File number.
 */
file: number,
/**
 * Why: `wrong_label`, `missing_file`, `short_file`.
 */
reason: string, };

/**
 * A folder of this computer, for pages that can't open a native dialog.
 */
export type BrowseFolderArgs = {
/**
 * Absolute path; absent for the home folder.
 */
path?: string | null,
/**
 * Whether files are wanted too.
 */
files: boolean, };

/**
 * Something changed. Pages drop the queries named by `staleAfter`; those with content may use it at once.
 */
export type Change = { "kind": "session",
/**
 * How it stands.
 */
session: SessionView, } | { "kind": "auto_lock_warning",
/**
 * Seconds left.
 */
seconds: number, } | { "kind": "secret_expired",
/**
 * Id of the showing.
 */
id: string, } | { "kind": "wallets", } | { "kind": "accounts", } | { "kind": "contacts", } | { "kind": "transactions", } | { "kind": "settings", } | { "kind": "network", } | { "kind": "layer",
/**
 * The layer.
 */
layer: number,
/**
 * Its epoch.
 */
epoch: number, } | { "kind": "smeshing", } | { "kind": "task",
/**
 * The task as it stands.
 */
task: TaskView, } | { "kind": "measurement",
/**
 * What is known so far.
 */
proposal: ProposalView, } | { "kind": "providers", } | { "kind": "notices", } | { "kind": "notification",
/**
 * Kind, for its settings.
 */
notification: NotificationKind,
/**
 * Title and text.
 */
text: Sentence,
/**
 * Shown at any hour.
 */
urgent: boolean,
/**
 * With sound.
 */
sound: boolean, } | { "kind": "lagged", };

/**
 * Change the password of the open wallet.
 */
export type ChangePasswordArgs = {
/**
 * The present one.
 */
password: SecretText,
/**
 * The next one, at least 8 characters.
 */
newPassword: SecretText, };

/**
 * Change some settings; what is absent stays.
 */
export type ChangeSettingsArgs = {
/**
 * Language of the texts.
 */
language?: string | null,
/**
 * Colours.
 */
theme?: Theme | null,
/**
 * Unit of amounts.
 */
unit?: AmountUnit | null,
/**
 * Zone of times.
 */
timeZone?: TimeZone | null,
/**
 * Start with the system.
 */
startWithSystem?: boolean | null,
/**
 * What closing the window does.
 */
closeButton?: CloseButton | null,
/**
 * Notifications to change.
 */
notifications?: { [key in NotificationKind]?: NotificationSetting } | null,
/**
 * 0, 2, 5 or 15.
 */
autoLockMinutes?: number | null,
/**
 * Lock when the computer sleeps.
 */
lockOnSleep?: boolean | null,
/**
 * Ask for the password at each payment.
 */
passwordEachPayment?: boolean | null,
/**
 * Draw amounts as dots.
 */
hideAmounts?: boolean | null,
/**
 * Start of the gentle hours.
 */
gentleFrom?: string | null,
/**
 * End of the gentle hours.
 */
gentleUntil?: string | null,
/**
 * Coinbase proposed for fresh space.
 */
defaultCoinbase?: string | null,
/**
 * Folder proposed for fresh space.
 */
defaultFolder?: string | null,
/**
 * Low priority.
 */
lowPriority?: boolean | null, };

/**
 * How much to check.
 */
export type CheckExtent = "sample" | "all";

/**
 * Check data.
 */
export type CheckSpaceArgs = {
/**
 * Identity, hex.
 */
identity: string,
/**
 * How much.
 */
extent: CheckExtent, };

/**
 * Result of a check.
 */
export type CheckView = {
/**
 * When it ended.
 */
at: Instant,
/**
 * Labels compared.
 */
labels: Decimal,
/**
 * Bad ranges found.
 */
bad: number,
/**
 * The sentence.
 */
sentence: string, };

/**
 * Words as typed so far.
 */
export type CheckWordsArgs = {
/**
 * The whole text; any separators.
 */
words: SecretText, };

/**
 * Choose a network.
 */
export type ChooseNetworkArgs = {
/**
 * `mainnet`, `testnet`, `standalone`, `fastnet` or `own`.
 */
network: string,
/**
 * Configuration file, for `own` (required) and on top of a preset (optional).
 */
config?: FileSource | null, };

/**
 * What closing the window does.
 */
export type CloseAction = "ask" | "tray" | "quit";

/**
 * What closing the window does.
 */
export type CloseButton = "ask" | "tray" | "quit";

/**
 * One choice of the close dialog.
 */
export type CloseChoice = {
/**
 * `tray`, `quit`, `quit_when_done`.
 */
id: string,
/**
 * Text of the button.
 */
label: Sentence,
/**
 * What follows.
 */
consequence: Sentence, };

/**
 * The question when the window is closed.
 */
export type CloseView = {
/**
 * What happens without asking: `ask`, `tray`, `quit`.
 */
action: CloseAction,
/**
 * Title.
 */
title: Sentence,
/**
 * Why.
 */
body: Sentence,
/**
 * Choices with their consequences, the default first.
 */
choices: Array<CloseChoice>, };

/**
 * One value of the configuration.
 */
export type ConfigEntry = {
/**
 * `main.layer-duration`.
 */
key: string,
/**
 * Value as JSON text.
 */
value: string,
/**
 * `mainnet`, `testnet`, `standalone`, `fastnet`, `file`, `derived`.
 */
origin: string,
/**
 * Value before, as JSON text, where it differs from the preset's.
 */
presetValue: string | null, };

/**
 * A problem of a configuration.
 */
export type ConfigProblem = {
/**
 * Key.
 */
key: string,
/**
 * What is wrong and what is expected.
 */
message: string, };

/**
 * Effective configuration with the origin of each value.
 */
export type ConfigView = {
/**
 * Preset below.
 */
preset: string,
/**
 * Genesis id that follows, hex; absent if the genesis time is missing.
 */
genesisId: string | null,
/**
 * Values in the order of the reference.
 */
entries: Array<ConfigEntry>,
/**
 * Keys nobody knows.
 */
unknownKeys: Array<string>,
/**
 * Problems that make it unusable, each with its key.
 */
problems: Array<ConfigProblem>,
/**
 * It can be used.
 */
usable: boolean,
/**
 * What choosing it changes against the network in use, worst first.
 */
changed: number, };

/**
 * The answers to the quiz.
 */
export type ConfirmWordsArgs = {
/**
 * One per asked position.
 */
answers: Array<WordAnswer>, };

/**
 * Name a contact.
 */
export type ContactArgs = {
/**
 * Id of the contact.
 */
contact: string, };

/**
 * A contact.
 */
export type ContactView = {
/**
 * Stable id: the address as hex.
 */
id: string,
/**
 * Name.
 */
name: string,
/**
 * Address.
 */
address: AddressView,
/**
 * Note.
 */
note: string,
/**
 * It looks like another known address.
 */
lookAlike: LookAlike | null, };

/**
 * Make an identity.
 */
export type CreateIdentityArgs = {
/**
 * Name of its key file, letters, digits, `-` and `_`; absent: the next free one.
 */
name?: string | null, };

/**
 * Make a wallet with fresh words.
 */
export type CreateWalletArgs = {
/**
 * Name, 1 to 64 characters.
 */
name: string,
/**
 * Password, at least 8 characters.
 */
password: SecretText,
/**
 * 24 or 12.
 */
wordCount: number, };

/**
 * Make a wallet without keys.
 */
export type CreateWatchWalletArgs = {
/**
 * Name, 1 to 64 characters.
 */
name: string,
/**
 * Password; it protects names and notes.
 */
password: SecretText,
/**
 * Addresses to watch, at least one.
 */
addresses: Array<string>, };

/**
 * An unsigned 64-bit number, as a decimal string on the wire because JavaScript numbers end at 2^53.
 */
export type Decimal = string;

/**
 * Remove a wallet file.
 */
export type DeleteWalletArgs = {
/**
 * Id of the wallet.
 */
wallet: string,
/**
 * Its name, typed by the person.
 */
typedName: string, };

/**
 * A device and how hard it works.
 */
export type DeviceChoice = {
/**
 * Id of the provider.
 */
id: string,
/**
 * Leaves room for other programs.
 */
gentle?: boolean | null, };

/**
 * Nothing to say.
 */
export type Done = Record<symbol, never>;

/**
 * Rename an account.
 */
export type EditAccountArgs = {
/**
 * Id (hex) or address of the account.
 */
account: string,
/**
 * Name, 1 to 64 characters.
 */
name: string, };

/**
 * Change a contact.
 */
export type EditContactArgs = {
/**
 * Id of the contact.
 */
contact: string,
/**
 * Name.
 */
name: string,
/**
 * Address.
 */
address: string,
/**
 * Note.
 */
note: string,
/**
 * The person saw the look-alike warning and wants it anyway.
 */
acceptLookAlike?: boolean | null, };

/**
 * Change an identity's settings.
 */
export type EditIdentityArgs = {
/**
 * Its id, hex.
 */
identity: string,
/**
 * Name of its key file.
 */
name?: string | null,
/**
 * Address for rewards.
 */
coinbase?: string | null,
/**
 * Nonces for proving.
 */
nonces?: number | null,
/**
 * Threads for proving.
 */
threads?: number | null, };

/**
 * Stable code of an error; the page looks up texts by it, support can quote it.
 */
export type ErrorCode = "unknown_command" | "bad_arguments" | "too_large" | "busy" | "internal" | "locked" | "wrong_password" | "too_many_attempts" | "password_needed" | "password_too_short" | "nothing_to_show" | "invalid_name" | "name_taken" | "name_mismatch" | "wallet_not_found" | "not_a_wallet" | "wallet_damaged" | "wallet_too_new" | "words_invalid" | "word_unknown" | "no_words" | "backup_failed" | "account_not_found" | "account_exists" | "address_too_short" | "address_checksum" | "address_other_network" | "not_an_address" | "look_alike" | "invalid_key" | "invalid_members" | "invalid_vault" | "invalid_path" | "not_an_account_file" | "contact_not_found" | "contact_exists" | "invalid_amount" | "text_too_long" | "cannot_sign" | "not_a_transaction" | "other_network_signature" | "transaction_mismatch" | "transaction_not_found" | "signature_exists" | "action_not_possible" | "not_a_signed_text" | "file_not_found" | "file_exists" | "no_permission" | "disk_full" | "read_only" | "io_failed" | "folder_in_use" | "folder_not_empty" | "data_folder_in_use" | "no_provider" | "device_lost" | "wrong_labels" | "worker_died" | "identity_mismatch" | "space_mismatch" | "metadata_damaged" | "no_space_data" | "data_damaged" | "space_incomplete" | "invalid_size" | "not_enough_space" | "identity_not_found" | "identity_exists" | "not_a_key_file" | "task_not_found" | "not_measured" | "pow_unavailable" | "proof_invalid" | "invalid_setting" | "unknown_network" | "config_invalid" | "settings_damaged" | "no_session" | "forbidden_origin";

/**
 * One entry of the catalogue of errors.
 */
export type ErrorEntry = {
/**
 * Code.
 */
code: ErrorCode,
/**
 * What happened.
 */
happened: string,
/**
 * What it costs.
 */
cost: string,
/**
 * What to do.
 */
remedy: string, };

/**
 * An error as a person sees it.
 */
export type ErrorView = {
/**
 * Stable code; texts are looked up by it.
 */
code: ErrorCode,
/**
 * What happened, with its particulars.
 */
message: string,
/**
 * What it costs.
 */
cost: string,
/**
 * What to do.
 */
remedy: string,
/**
 * The field of the arguments it is about, in camelCase.
 */
field: string | null,
/**
 * Seconds until the same may be tried again.
 */
retryAfterSeconds: number | null, };

/**
 * One event.
 */
export type EventView = {
/**
 * Rises with time.
 */
id: Decimal,
/**
 * When.
 */
at: Instant,
/**
 * Identity, hex.
 */
identity: string | null,
/**
 * `filling_started`, `filled`, `filling_stopped`, `paused`, `resumed`, `checked`, `bad_labels`, `repaired`, `moved`, `deleted`,
 * `device_lost`, `worker_died`, `wrong_labels`, `task_failed`, `identity_added`.
 */
kind: string,
/**
 * Glyph.
 */
tone: Tone,
/**
 * The sentence.
 */
text: Sentence,
/**
 * What to do about it.
 */
remedy: Sentence | null, };

/**
 * Events of smeshing, kept for ever.
 */
export type EventsArgs = {
/**
 * Only of this identity, hex.
 */
identity?: string | null,
/**
 * Only those that need the person.
 */
needsYou?: boolean | null,
/**
 * Only older than this id, to page on.
 */
before?: Decimal | null,
/**
 * At most this many, 1 to 500.
 */
limit: number, };

/**
 * A page of events, newest first.
 */
export type EventsView = {
/**
 * The events.
 */
events: Array<EventView>,
/**
 * There are older ones.
 */
more: boolean, };

/**
 * Space that is in a folder already.
 */
export type ExistingData = {
/**
 * Identity, hex.
 */
identity: string,
/**
 * Its key is on this computer.
 */
keyHere: boolean,
/**
 * Name of the identity, if its key is here.
 */
identityName: string | null,
/**
 * A key file that lies in the folder itself, as the existing tools leave it there.
 */
keyInFolder: boolean,
/**
 * Commitment ATX, hex.
 */
commitmentAtx: string,
/**
 * Units.
 */
units: number,
/**
 * Labels per unit.
 */
labelsPerUnit: Decimal,
/**
 * Fits the network in use.
 */
fitsNetwork: boolean,
/**
 * Largest file size, bytes.
 */
maxFileBytes: Decimal,
/**
 * Bytes there.
 */
doneBytes: Decimal,
/**
 * Bytes when complete.
 */
totalBytes: Decimal,
/**
 * All labels are there.
 */
complete: boolean,
/**
 * "This folder holds 256 GiB for identity 95825da3…, complete."
 */
sentence: Sentence, };

/**
 * Copy an identity's key file to another place; the key itself never passes through the page.
 */
export type ExportIdentityArgs = {
/**
 * Its id, hex.
 */
identity: string,
/**
 * Path of the file to write; an existing file is never overwritten.
 */
path: string,
/**
 * Password of the open wallet, where one is open.
 */
password?: SecretText | null, };

/**
 * A transaction to carry to another computer.
 */
export type ExportedTransaction = {
/**
 * `tx-signed-….hex` or `tx-unsigned-….hex`.
 */
file: FileContent,
/**
 * `0x` and hex, the text itself.
 */
text: string,
/**
 * QR picture of the text; absent if it does not fit.
 */
qrSvg: string | null, };

/**
 * A file that goes out to be saved by the page or the window.
 */
export type FileContent = {
/**
 * Proposed name.
 */
fileName: string,
/**
 * Media type.
 */
mediaType: string,
/**
 * Standard base64 of the bytes.
 */
base64: string,
/**
 * The same as text, where it is text.
 */
text: string | null, };

/**
 * A file that a person gives: where it lies on this computer, or its content when the page only has that (dropped in a browser, pasted).
 */
export type FileSource = { "kind": "path",
/**
 * Absolute path.
 */
path: string, } | { "kind": "content",
/**
 * File name, for messages; may be empty for pasted text.
 */
name: string,
/**
 * Standard base64 of the bytes, at most 4 MiB decoded.
 */
base64: SecretText, } | { "kind": "text",
/**
 * The text as pasted; white space at both ends is ignored.
 */
text: SecretText, };

/**
 * One entry of a folder.
 */
export type FolderEntry = {
/**
 * Name.
 */
name: string,
/**
 * Absolute path.
 */
path: string,
/**
 * Whether it is a folder.
 */
folder: boolean,
/**
 * Size in bytes of a file.
 */
sizeBytes: Decimal | null, };

/**
 * What a folder holds.
 */
export type FolderListing = {
/**
 * Absolute path.
 */
path: string,
/**
 * Folder above, absent at the top.
 */
parent: string | null,
/**
 * Roots and usual places: home, drives.
 */
places: Array<string>,
/**
 * Entries, folders first, by name; at most 1000.
 */
entries: Array<FolderEntry>,
/**
 * There are more than are listed.
 */
truncated: boolean, };

/**
 * A problem of a folder.
 */
export type FolderProblem = {
/**
 * `no_space`, `read_only`, `foreign_data`, `other_network`, `key_missing`, `in_use`, `network_drive`, `not_empty`, `not_a_folder`.
 */
kind: string,
/**
 * Whether it prevents use.
 */
blocks: boolean,
/**
 * The sentence.
 */
text: Sentence, };

/**
 * What a folder is good for.
 */
export type FolderView = {
/**
 * Absolute path.
 */
path: string,
/**
 * Whether it exists.
 */
exists: boolean,
/**
 * Whether it can be written.
 */
writable: boolean,
/**
 * Free bytes on its drive.
 */
freeBytes: Decimal,
/**
 * Size of the drive, bytes.
 */
totalBytes: Decimal,
/**
 * Most units that leave 10 % and 20 GiB free.
 */
unitsThatFit: number,
/**
 * `ext4`, `ntfs`, …
 */
fileSystem: string | null,
/**
 * `ssd`, `hdd`, `network`, `removable`, `unknown`.
 */
drive: string,
/**
 * What is there already.
 */
data: ExistingData | null,
/**
 * What stands against it or should be known, worst first.
 */
problems: Array<FolderProblem>,
/**
 * It can be used for a fresh identity.
 */
usable: boolean, };

/**
 * Ask how long filling and proving a size will take.
 */
export type ForecastArgs = {
/**
 * Units.
 */
units: number,
/**
 * Devices that fill; empty: those proposed.
 */
providers?: Array<string> | null,
/**
 * Nonces; absent: proposed.
 */
nonces?: number | null,
/**
 * Threads; absent: proposed.
 */
threads?: number | null, };

/**
 * How long filling and proving a size will take, from measured rates.
 */
export type ForecastView = {
/**
 * Units.
 */
units: number,
/**
 * Bytes.
 */
bytes: Decimal,
/**
 * Filling, seconds; absent if no device was measured.
 */
fillSeconds: number | null,
/**
 * When filling would end if started at once.
 */
filledAt: Instant | null,
/**
 * Work before the proof (k2pow), seconds.
 */
powSeconds: number | null,
/**
 * One proof in all, seconds.
 */
proofSeconds: number | null,
/**
 * The window, seconds.
 */
windowSeconds: number,
/**
 * `comfortable` (to 35 %), `fits` (to 70 %), `too_long`; absent if not measured.
 */
verdict: string | null,
/**
 * The sentence: "Filling takes about 7 h 36 min, a proof about 41 min of 12 h."
 */
sentence: Sentence, };

/**
 * A wallet of another program found on this computer.
 */
export type FoundWallet = {
/**
 * Where it lies.
 */
path: string,
/**
 * Which program made it: `Smapp`, `smcli`, `smapp-lite`.
 */
program: string,
/**
 * What to show: "Smapp wallet of 18 Jul 2023".
 */
title: string,
/**
 * Its name inside, where it is readable.
 */
name: string | null,
/**
 * When the file was written last.
 */
modified: Instant | null, };

/**
 * Name an identity.
 */
export type IdentityArgs = {
/**
 * Its id, hex.
 */
identity: string, };

/**
 * Which identity.
 */
export type IdentityChoice = { "kind": "new",
/**
 * Name of its key file, letters, digits, `-` and `_`; absent: the next free one.
 */
name?: string | null, } | { "kind": "existing",
/**
 * Its id, hex.
 */
id: string, };

/**
 * A smesher identity.
 */
export type IdentityView = {
/**
 * Public key, hex: its id everywhere.
 */
id: string,
/**
 * Name (that of its key file).
 */
name: string,
/**
 * Key file on this computer; absent: the key is not here.
 */
keyFile: string | null,
/**
 * Its space; absent: none set up.
 */
space: SpaceView | null,
/**
 * Address that rewards go to.
 */
coinbase: string | null,
/**
 * Glyph of its state.
 */
tone: Tone,
/**
 * Its state.
 */
state: Sentence,
/**
 * The task that works on it now.
 */
task: string | null, };

/**
 * Add an account from a `.account` file.
 */
export type ImportAccountArgs = {
/**
 * The file.
 */
source: FileSource,
/**
 * Name instead of the one inside.
 */
name?: string | null, };

/**
 * Take over an identity's key file.
 */
export type ImportIdentityArgs = {
/**
 * The key file: 128 hex digits.
 */
source: FileSource,
/**
 * Name of the key file here; absent: the next free one.
 */
name?: string | null, };

/**
 * Add an account from a secret key.
 */
export type ImportKeyArgs = {
/**
 * Name, 1 to 64 characters.
 */
name: string,
/**
 * 64 or 32 bytes, hex with or without `0x`.
 */
secretKey: SecretText,
/**
 * Password of the wallet.
 */
password: SecretText, };

/**
 * A note about an import.
 */
export type ImportNote = {
/**
 * `warning` or `ok` (a remark).
 */
tone: Tone,
/**
 * "This format was weakly protected. Delete old copies when you have a backup."
 */
text: Sentence, };

/**
 * Import transactions: the same one several times with different signatures is merged.
 */
export type ImportTransactionArgs = {
/**
 * One or several files or texts.
 */
sources: Array<FileSource>,
/**
 * Only look: nothing is stored. Works without a wallet.
 */
inspectOnly?: boolean | null, };

/**
 * Take a wallet file over into a new file of our own. The given file is read, never changed.
 */
export type ImportWalletArgs = {
/**
 * The file.
 */
source: FileSource,
/**
 * Its password.
 */
password: SecretText,
/**
 * Name of the new wallet.
 */
name: string,
/**
 * Password of the new file, at least 8 characters.
 */
newPassword: SecretText, };

/**
 * Look at a configuration.
 */
export type InspectConfigArgs = {
/**
 * Preset below the file; absent: the file's own, else mainnet.
 */
network?: string | null,
/**
 * Configuration file; absent: the one in use.
 */
config?: FileSource | null, };

/**
 * Look at a folder for space.
 */
export type InspectFolderArgs = {
/**
 * Absolute path; it need not exist.
 */
path: string, };

/**
 * Look at a wallet file of any known program without taking anything over.
 */
export type InspectWalletArgs = {
/**
 * The file.
 */
source: FileSource,
/**
 * Its password, once the person gave it; without it only the outside is shown.
 */
password?: SecretText | null, };

/**
 * An instant: RFC 3339 in UTC, for example `2026-11-18T14:32:00Z`.
 */
export type Instant = string;

/**
 * One key pair of the wallet, without its secret.
 */
export type KeyView = {
/**
 * Stable id: the public key as hex.
 */
id: string,
/**
 * Name.
 */
name: string,
/**
 * Public key, hex.
 */
publicKey: string,
/**
 * `words`, `imported`, `older_program`, `ledger`, `view_only`.
 */
origin: string,
/**
 * Path, for keys that follow from the words or a Ledger.
 */
path: string | null,
/**
 * Can be made again from the words.
 */
recoverable: boolean,
/**
 * Whether the secret is in this wallet.
 */
hasSecret: boolean, };

/**
 * Why a wallet was locked.
 */
export type LockReason = "start" | "person" | "idle" | "sleep";

/**
 * A known address that looks similar.
 */
export type LookAlike = {
/**
 * Name of the contact or account.
 */
name: string,
/**
 * Its address.
 */
address: string,
/**
 * The warning.
 */
text: Sentence, };

/**
 * Measure this computer and propose. Steps are told in `measurement` changes.
 */
export type MeasureArgs = {
/**
 * Folder to measure; absent: the best drive.
 */
folder?: string | null,
/**
 * Seconds to spend at most, 1 to 120; 20 is usual.
 */
seconds: number, };

/**
 * A member of a shared account.
 */
export type MemberView = {
/**
 * Index, counted from 0, as in signatures.
 */
index: number,
/**
 * Public key, hex.
 */
publicKey: string,
/**
 * Name of the own key, if it is ours.
 */
ownKey: string | null, };

/**
 * Move space.
 */
export type MoveSpaceArgs = {
/**
 * Identity, hex.
 */
identity: string,
/**
 * Folder to move into; made if it is not there, must be empty.
 */
folder: string, };

/**
 * A network that can be chosen.
 */
export type NetworkChoice = {
/**
 * `mainnet`, `testnet`, `standalone`, `fastnet`, `own`.
 */
id: string,
/**
 * Name to show.
 */
name: string,
/**
 * Genesis id, hex; absent if the genesis time has to be given first.
 */
genesisId: string | null,
/**
 * Prefix of addresses.
 */
addressPrefix: string,
/**
 * Size of a unit, bytes.
 */
unitBytes: Decimal,
/**
 * It can be chosen as it is.
 */
available: boolean,
/**
 * Why not.
 */
note: Sentence | null, };

/**
 * The network in use, by the clock of this computer.
 */
export type NetworkView = {
/**
 * The one sentence: "This version has no node. Balances are unknown; …"
 */
sentence: Sentence,
/**
 * Id.
 */
id: string,
/**
 * Name.
 */
name: string,
/**
 * Genesis id, hex.
 */
genesisId: string,
/**
 * Golden ATX, hex.
 */
goldenAtx: string,
/**
 * Genesis.
 */
genesisTime: Instant,
/**
 * Prefix of addresses.
 */
addressPrefix: string,
/**
 * Layer duration, seconds.
 */
layerSeconds: number,
/**
 * Layers per epoch.
 */
layersPerEpoch: number,
/**
 * Current layer; absent before genesis.
 */
layer: number | null,
/**
 * Current epoch; absent before genesis.
 */
epoch: number | null,
/**
 * When the next layer starts.
 */
nextLayerAt: Instant,
/**
 * When the epoch started; absent before genesis.
 */
epochStartsAt: Instant | null,
/**
 * When the epoch ends; absent before genesis.
 */
epochEndsAt: Instant | null,
/**
 * PoET rounds and proof window of this epoch.
 */
windows: Array<WindowView>,
/**
 * First layer with content.
 */
firstLayer: number,
/**
 * Whether there is a node. False in this version.
 */
hasNode: boolean, };

/**
 * Networks that can be chosen.
 */
export type NetworksView = {
/**
 * Id of the one in use.
 */
current: string,
/**
 * All.
 */
networks: Array<NetworkChoice>, };

/**
 * Action of a notice.
 */
export type NoticeAction = {
/**
 * `check_words`, `backup`, `resume_filling`, `repair`, `open_settings`, `open_smeshing`, `choose_network`.
 */
id: string,
/**
 * What it is about: an identity, for example.
 */
subject: string | null,
/**
 * Text of the button.
 */
label: Sentence, };

/**
 * Name a notice.
 */
export type NoticeArgs = {
/**
 * Its id.
 */
notice: string, };

/**
 * Something to be told on top of a page.
 */
export type NoticeView = {
/**
 * Id, to dismiss it.
 */
id: string,
/**
 * Glyph.
 */
tone: Tone,
/**
 * Page it belongs to: `wallet`, `smeshing`, `network`, `settings`, `all`.
 */
page: string,
/**
 * Bold first sentence.
 */
title: Sentence,
/**
 * The rest.
 */
body: Sentence | null,
/**
 * The one action: the id of an action of the page's table.
 */
action: NoticeAction | null,
/**
 * Can be dismissed.
 */
dismissible: boolean, };

/**
 * Kinds of notifications.
 */
export type NotificationKind = "filled" | "filling_stopped" | "bad_data" | "task_ended" | "disk_low" | "locked";

/**
 * Whether and how a notification is shown.
 */
export type NotificationSetting = {
/**
 * Shown.
 */
shown: boolean,
/**
 * With sound.
 */
sound: boolean, };

/**
 * Read an amount as typed.
 */
export type ParseAmountArgs = {
/**
 * The text, for example `12.5`.
 */
text: string,
/**
 * `smh` or `smidge`.
 */
unit: string, };

/**
 * An amount as read.
 */
export type ParsedAmount = {
/**
 * The amount; absent if it can't be read.
 */
smidge: Smidge | null,
/**
 * "Only 9 decimals exist."
 */
message: Sentence | null, };

/**
 * The password, where it is asked again.
 */
export type PasswordArgs = {
/**
 * Password of the open wallet.
 */
password: SecretText, };

/**
 * How strong a password is, with a reason.
 */
export type PasswordStrength = {
/**
 * 0 (guessed at once) to 4 (not in a lifetime).
 */
score: number,
/**
 * Long enough to be accepted (8 characters).
 */
accepted: boolean,
/**
 * "would be guessed in about 2 hours".
 */
sentence: Sentence, };

/**
 * Ask how strong a password is.
 */
export type PasswordStrengthArgs = {
/**
 * The password as typed so far.
 */
password: SecretText, };

/**
 * Build a transaction.
 */
export type PrepareTransactionArgs = {
/**
 * Account that pays: id (hex) or address.
 */
account: string,
/**
 * What it does.
 */
action: TransactionAction,
/**
 * Nonce, given by the person: without a node the next one is not known.
 */
nonce: Decimal,
/**
 * Gas price in smidge, at least 1.
 */
gasPrice: Decimal,
/**
 * Note, kept in the wallet only, at most 500 characters.
 */
note?: string | null, };

/**
 * One account of a wallet file.
 */
export type PreviewAccount = {
/**
 * Name inside.
 */
name: string,
/**
 * Address on the network in use.
 */
address: string,
/**
 * `single`, `multisig`, `vesting`, `vault`.
 */
template: string,
/**
 * No key for it: it can only be watched.
 */
viewOnly: boolean, };

/**
 * What was measured so far, and the proposal that follows.
 */
export type ProposalView = {
/**
 * Still measuring.
 */
measuring: boolean,
/**
 * What is being measured.
 */
step: Sentence | null,
/**
 * Share of the measuring done, 0 to 1.
 */
share: number,
/**
 * Folder proposed or asked for.
 */
folder: FolderView,
/**
 * Devices with their rates.
 */
providers: Array<ProviderView>,
/**
 * Labels per second of all ticked devices together.
 */
fillRate: number | null,
/**
 * Reading speed of the drive, bytes per second.
 */
readRate: number | null,
/**
 * Proving speed of the processor at the proposed nonces and threads, bytes per second.
 */
proveRate: number | null,
/**
 * RandomX hashes per second at the proposed threads.
 */
powRate: number | null,
/**
 * Units proposed: min(a quarter of free space, half of what proves in the window).
 */
units: number,
/**
 * Most units that prove within 70 % of the window.
 */
unitsProvable: number | null,
/**
 * Nonces proposed.
 */
nonces: number,
/**
 * Threads proposed.
 */
threads: number,
/**
 * Processors of this computer.
 */
cpuThreads: number,
/**
 * Largest file size proposed, bytes.
 */
maxFileBytes: Decimal,
/**
 * The forecast for the proposed size.
 */
forecast: ForecastView | null,
/**
 * Table of choices for nonces and threads.
 */
choices: Array<ProvingChoice>,
/**
 * What the figures are based on: "measured on this computer, 18:02".
 */
basis: Sentence,
/**
 * Problems to be shown, worst first.
 */
problems: Array<FolderProblem>, };

/**
 * A processor or graphics card.
 */
export type ProviderView = {
/**
 * Id, stable over restarts as far as the system allows.
 */
id: string,
/**
 * Name.
 */
name: string,
/**
 * `cpu`, `gpu`, `software` (a graphics card drawn by the processor).
 */
kind: string,
/**
 * `Vulkan`, `Metal`, `DX12`, or the instruction set of the processor.
 */
backend: string,
/**
 * Driver and its version.
 */
driver: string | null,
/**
 * Whether it can be used.
 */
usable: boolean,
/**
 * Why not, with the way out.
 */
reason: Sentence | null,
/**
 * Ticked in the proposal.
 */
proposed: boolean,
/**
 * Memory, bytes.
 */
memoryBytes: Decimal | null,
/**
 * Labels per second as measured last.
 */
rate: number | null,
/**
 * When it was measured.
 */
measuredAt: Instant | null, };

/**
 * Processors and graphics cards.
 */
export type ProvidersView = {
/**
 * Usable ones first.
 */
providers: Array<ProviderView>,
/**
 * What to say if no graphics card can be used.
 */
problem: Sentence | null, };

/**
 * One row of the proving table.
 */
export type ProvingChoice = {
/**
 * Nonces.
 */
nonces: number,
/**
 * Threads.
 */
threads: number,
/**
 * Bytes per second.
 */
rate: number,
/**
 * Chance that one pass is enough, 0 to 1.
 */
onePass: number,
/**
 * Most units in 70 % of the window.
 */
unitsProvable: number,
/**
 * It is the proposed one.
 */
proposed: boolean, };

/**
 * Make a QR picture.
 */
export type QrArgs = {
/**
 * The address.
 */
address: string,
/**
 * Amount asked for.
 */
amount?: Smidge | null,
/**
 * Message for the payer, at most 120 characters.
 */
message?: string | null, };

/**
 * A QR picture.
 */
export type QrView = {
/**
 * SVG that draws with `currentColor` on a transparent ground; scales to any size.
 */
svg: string,
/**
 * What is encoded.
 */
text: string,
/**
 * Sentence for screen readers.
 */
label: string, };

/**
 * State of a part of the map.
 */
export type RangeState = "complete" | "writing" | "todo" | "bad";

/**
 * Part of the range map.
 */
export type RangeView = {
/**
 * First file.
 */
firstFile: number,
/**
 * Last file, inclusive.
 */
lastFile: number,
/**
 * Share of labels there, 0 to 1.
 */
share: number,
/**
 * `complete`, `writing`, `todo`, `bad`.
 */
state: RangeState, };

/**
 * Ask what a removal takes away.
 */
export type RemovalArgs = {
/**
 * Identity, hex.
 */
identity: string,
/**
 * Remove the key file too.
 */
removeKey?: boolean | null, };

/**
 * A thing to be removed.
 */
export type RemovalItem = {
/**
 * Path of the file or folder.
 */
path: string,
/**
 * How many files.
 */
files: number,
/**
 * Size in bytes.
 */
sizeBytes: Decimal, };

/**
 * What a removal takes away, what stays and what it costs; the danger dialog.
 */
export type RemovalView = {
/**
 * The question, title of the dialog.
 */
question: Sentence,
/**
 * Will be removed.
 */
removed: Array<RemovalItem>,
/**
 * Stays.
 */
stays: Array<Sentence>,
/**
 * What it costs.
 */
costs: Array<Sentence>,
/**
 * What the person has to type; absent if it can be made again within a minute.
 */
typedName: string | null,
/**
 * Sum of the sizes in bytes.
 */
totalBytes: Decimal,
/**
 * Text of the button.
 */
button: Sentence, };

/**
 * Remove space and, if wished, the identity.
 */
export type RemoveSpaceArgs = {
/**
 * Identity, hex.
 */
identity: string,
/**
 * Its name, typed by the person.
 */
typedName: string,
/**
 * Remove the key file too.
 */
removeKey?: boolean | null, };

/**
 * Give a thing a name.
 */
export type RenameWalletArgs = {
/**
 * The name, 1 to 64 characters.
 */
name: string, };

/**
 * A report to copy: versions, system, recent problems; no address, no path outside the data folder.
 */
export type ReportView = {
/**
 * The text.
 */
text: string, };

/**
 * Make a wallet from words.
 */
export type RestoreWalletArgs = {
/**
 * Name, 1 to 64 characters.
 */
name: string,
/**
 * Password for the new file, at least 8 characters.
 */
password: SecretText,
/**
 * The words, any separators.
 */
words: SecretText,
/**
 * How many single-key accounts to make, 1 to 100. Used ones can't be searched for without a node.
 */
accounts: number, };

/**
 * One line of a review.
 */
export type ReviewLine = {
/**
 * What it is: `action`, `from`, `to`, `amount`, `fee`, `nonce`, `network`, …
 */
key: string,
/**
 * Label in English.
 */
label: string,
/**
 * Value in exact units.
 */
value: string,
/**
 * A known name for the value.
 */
name: string | null,
/**
 * `address`, `amount`, `number`, `text`, `hex`.
 */
kind: string, };

/**
 * A secret key on its one screen.
 */
export type SecretKeyView = {
/**
 * 64 bytes (seed and public key), hex.
 */
secretKey: ShownSecret,
/**
 * Public key, hex.
 */
publicKey: string,
/**
 * The screen closes itself at this time; a `secret_expired` change says so too.
 */
expiresAt: Instant,
/**
 * Names this showing in `secret_expired`.
 */
id: string, };

/**
 * A secret that a person typed: a password, words or a secret key. Only travels inward.
 */
export type SecretText = string;

/**
 * One sentence in the catalogue of texts: a key with its values, and the English text for clients without a catalogue.
 */
export type Sentence = {
/**
 * Key in the catalogue, for example `smeshing.filling`.
 */
key: string,
/**
 * Values to fill in, by name. Instants are RFC 3339, amounts smidge, sizes bytes.
 */
values: { [key in string]: string },
/**
 * The finished English sentence.
 */
text: string, };

/**
 * Whether a wallet is open.
 */
export type SessionView = { "state": "no_wallet", } | { "state": "locked",
/**
 * The wallet used last, to be preselected.
 */
lastWallet: string | null,
/**
 * Why it is locked: `start`, `person`, `idle`, `sleep`.
 */
reason: LockReason, } | { "state": "unlocked",
/**
 * Its id.
 */
wallet: string,
/**
 * Its name.
 */
name: string,
/**
 * When it locks itself if nothing happens; absent if never.
 */
locksAt: Instant | null,
/**
 * Until when payments need no password again (the grace period); absent if asked each time.
 */
graceUntil: Instant | null,
/**
 * The words of this wallet were not checked yet: show the reminder.
 */
wordsUnchecked: boolean,
/**
 * The words can still be shown without the password: true only between creating and leaving the words screen.
 */
newWordsWaiting: boolean,
/**
 * Whether the wallet holds words at all (imported and watch-only ones may not).
 */
hasWords: boolean,
/**
 * Last verified backup of the wallet file.
 */
lastBackup: Instant | null,
/**
 * A backup is due: none yet, or older than 90 days.
 */
backupDue: boolean, };

/**
 * Choose devices of a running or paused filling.
 */
export type SetDevicesArgs = {
/**
 * Identity, hex.
 */
identity: string,
/**
 * Devices that fill from here on, at least one.
 */
providers: Array<DeviceChoice>, };

/**
 * All settings a person may change.
 */
export type SettingsView = {
/**
 * Language of the texts: `system` or a BCP 47 tag.
 */
language: string,
/**
 * `system`, `light`, `dark`.
 */
theme: Theme,
/**
 * Show amounts in SMH or smidge.
 */
unit: AmountUnit,
/**
 * `local` or `utc`.
 */
timeZone: TimeZone,
/**
 * Start with the system.
 */
startWithSystem: boolean,
/**
 * What closing the window does.
 */
closeButton: CloseButton,
/**
 * Which notifications are shown, and with sound.
 */
notifications: { [key in NotificationKind]?: NotificationSetting },
/**
 * Minutes until the wallet locks itself: 2, 5, 15; 0 for never.
 */
autoLockMinutes: number,
/**
 * Lock when the computer sleeps or its screen is locked.
 */
lockOnSleep: boolean,
/**
 * Ask for the password at each payment; otherwise 5 minutes of grace.
 */
passwordEachPayment: boolean,
/**
 * Draw amounts as dots.
 */
hideAmounts: boolean,
/**
 * Devices work gently between these hours of the day, `HH:MM`; both empty for never.
 */
gentleFrom: string,
/**
 * End of the gentle hours.
 */
gentleUntil: string,
/**
 * Coinbase proposed for fresh space.
 */
defaultCoinbase: string,
/**
 * Folder proposed for fresh space; empty for the system's usual one.
 */
defaultFolder: string,
/**
 * Run committed-space work in a process of its own with low priority.
 */
lowPriority: boolean, };

/**
 * A shared account.
 */
export type SharedAccountArgs = {
/**
 * Name, 1 to 64 characters.
 */
name: string,
/**
 * `multisig` or `vesting`.
 */
template: Template,
/**
 * Signatures needed.
 */
required: number,
/**
 * Public keys in the agreed order, hex with or without `0x`, 1 to 10.
 */
members: Array<string>, };

/**
 * Show the secret key of an account or key.
 */
export type ShowKeyArgs = {
/**
 * Public key (hex) or address of a single-key account.
 */
key: string,
/**
 * Password of the wallet.
 */
password: SecretText, };

/**
 * A secret on its way out, to one of the two screens that may show it. Zeroed when dropped, no `Debug` that shows it.
 */
export type ShownSecret = string;

/**
 * Sign a text.
 */
export type SignTextArgs = {
/**
 * Public key (hex) or address of a single-key account.
 */
key: string,
/**
 * The text, without prefix.
 */
text: string,
/**
 * Password; may be absent within the grace period.
 */
password?: SecretText | null, };

/**
 * Sign a transaction.
 */
export type SignTransactionArgs = {
/**
 * Id of the transaction.
 */
transaction: string,
/**
 * Which of the own keys among the members signs, by index; absent: the first that can.
 */
index?: number | null,
/**
 * Password; may be absent within the grace period.
 */
password?: SecretText | null, };

/**
 * How a signature stands.
 */
export type SignatureState = "valid" | "invalid" | "unchecked" | "can_sign" | "missing" | "not_needed";

/**
 * One signer of a transaction.
 */
export type SignatureView = {
/**
 * Index among the members, from 0.
 */
index: number,
/**
 * Public key, hex; absent if the account is not known here.
 */
publicKey: string | null,
/**
 * Name of the own key.
 */
ownKey: string | null,
/**
 * How it stands.
 */
state: SignatureState, };

/**
 * A signed text.
 */
export type SignedText = {
/**
 * JSON with `publicKey`, `text` (prefixed) and `signature`, to be handed on.
 */
json: string,
/**
 * Public key, hex.
 */
publicKey: string,
/**
 * What was signed, with its prefix.
 */
text: string,
/**
 * Signature, hex.
 */
signature: string,
/**
 * "A signature proves a key, not an account with several signers."
 */
note: Sentence, };

/**
 * The smeshing page.
 */
export type SmeshingView = {
/**
 * Whether anything is set up.
 */
setUp: boolean,
/**
 * The one sentence of the page: "Filling, done about 18:27."
 */
sentence: Sentence,
/**
 * Glyph of the sentence.
 */
tone: Tone,
/**
 * What follows from it, below the sentence.
 */
details: Array<Sentence>,
/**
 * Identities with their space.
 */
identities: Array<IdentityView>,
/**
 * Running and paused tasks; finished ones stay until dismissed.
 */
tasks: Array<TaskView>,
/**
 * Size of one unit on this network, bytes.
 */
unitBytes: Decimal,
/**
 * Least number of units.
 */
minUnits: number,
/**
 * Largest number of units.
 */
maxUnits: number, };

/**
 * An amount of coins in smidge (1 SMH = 10^9 smidge), as a decimal string on the wire.
 */
export type Smidge = string;

/**
 * Committed space of one identity.
 */
export type SpaceView = {
/**
 * Folder.
 */
folder: string,
/**
 * Units.
 */
units: number,
/**
 * Bytes when complete.
 */
totalBytes: Decimal,
/**
 * Bytes that are filled.
 */
doneBytes: Decimal,
/**
 * Largest size of one file, bytes.
 */
maxFileBytes: Decimal,
/**
 * Commitment ATX, hex.
 */
commitmentAtx: string,
/**
 * Index of the VRF nonce, once found.
 */
vrfNonce: Decimal | null,
/**
 * File that holds it, for the map.
 */
vrfNonceFile: number | null,
/**
 * All labels are there.
 */
complete: boolean,
/**
 * Files, for the map; neighbouring ones are put together so that there are at most 256.
 */
ranges: Array<RangeView>,
/**
 * Bad ranges the last check found and that are not repaired yet.
 */
badRanges: Array<BadRange>,
/**
 * The last check.
 */
lastCheck: CheckView | null,
/**
 * Nonces for proving.
 */
nonces: number,
/**
 * Threads for proving.
 */
threads: number,
/**
 * A problem with the folder, in a sentence.
 */
problem: Sentence | null, };

/**
 * Commit space.
 */
export type StartFillingArgs = {
/**
 * Folder; made if it is not there.
 */
folder: string,
/**
 * Units.
 */
units: number,
/**
 * Largest file size, bytes, a multiple of 128; absent: 4 GiB.
 */
maxFileBytes?: Decimal | null,
/**
 * Whose space it is.
 */
identity: IdentityChoice,
/**
 * Commitment ATX, hex; absent: the network's golden ATX.
 */
commitmentAtx?: string | null,
/**
 * Address for rewards; absent: the one of the settings, if any.
 */
coinbase?: string | null,
/**
 * Devices that fill, at least one.
 */
providers: Array<DeviceChoice>,
/**
 * Nonces for proving; absent: proposed.
 */
nonces?: number | null,
/**
 * Threads for proving; absent: proposed.
 */
threads?: number | null, };

/**
 * One part of the status bar.
 */
export type StatusPart = {
/**
 * Glyph.
 */
tone: Tone,
/**
 * Text beside it.
 */
text: Sentence,
/**
 * Share done, 0 to 1, while something runs.
 */
progress: number | null, };

/**
 * The status bar, each part a button to its page.
 */
export type StatusView = {
/**
 * The node, or that there is none.
 */
node: StatusPart,
/**
 * Smeshing: not set up, filling, paused, filled.
 */
smeshing: StatusPart,
/**
 * Network and clock of this computer.
 */
network: StatusPart,
/**
 * The current layer by this computer's clock; absent before genesis.
 */
layer: number | null,
/**
 * The current epoch by this computer's clock; absent before genesis.
 */
epoch: number | null,
/**
 * The part to show where there is room for one line: `node`, `smeshing` or `network`.
 */
worst: string, };

/**
 * Name a task.
 */
export type TaskArgs = {
/**
 * Its id.
 */
task: string, };

/**
 * A device at work.
 */
export type TaskDevice = {
/**
 * Id of the provider.
 */
id: string,
/**
 * Name.
 */
name: string,
/**
 * Labels per second; absent until measured.
 */
rate: number | null,
/**
 * Labels made by it in this task.
 */
done: Decimal,
/**
 * Uses only a part of its time.
 */
gentle: boolean,
/**
 * `working`, `lost`, `wrong_labels`, `stopped`.
 */
state: string,
/**
 * What happened to it.
 */
message: string | null, };

/**
 * Kind of a task.
 */
export type TaskKind = "fill" | "check" | "repair" | "move" | "delete" | "measure";

/**
 * State of a task.
 */
export type TaskState = "starting" | "running" | "pausing" | "paused" | "finished" | "failed" | "cancelled";

/**
 * A long task.
 */
export type TaskView = {
/**
 * Id.
 */
id: string,
/**
 * Identity it works for, hex; absent for measurements.
 */
identity: string | null,
/**
 * Kind.
 */
kind: TaskKind,
/**
 * Title.
 */
title: Sentence,
/**
 * State.
 */
state: TaskState,
/**
 * Done, in `unit`.
 */
done: Decimal,
/**
 * In all, in `unit`.
 */
total: Decimal,
/**
 * `bytes`, `labels`, `files`.
 */
unit: string,
/**
 * Share done, 0 to 1.
 */
share: number,
/**
 * Per second, in `unit`; absent until measured.
 */
rate: number | null,
/**
 * When it ends, about; absent if not known.
 */
endsAt: Instant | null,
/**
 * Since when it is paused.
 */
pausedSince: Instant | null,
/**
 * When it was started.
 */
startedAt: Instant,
/**
 * When it ended.
 */
endedAt: Instant | null,
/**
 * What it is doing inside: "Searching a better VRF nonce".
 */
phase: Sentence | null,
/**
 * "If you close Smapp …"
 */
closeSentence: Sentence,
/**
 * Devices at work.
 */
devices: Array<TaskDevice>,
/**
 * Why it failed, with cost and remedy.
 */
error: ErrorView | null,
/**
 * Things that happened and did not stop it: "The RTX 4090 returned wrong labels 3 times. Nothing wrong was kept."
 */
warnings: Array<Sentence>,
/**
 * How the finished task ended.
 */
result: Sentence | null, };

/**
 * Template of an account.
 */
export type Template = "single" | "multisig" | "vesting" | "vault" | "unknown";

/**
 * Colours.
 */
export type Theme = "system" | "light" | "dark";

/**
 * Zone of times.
 */
export type TimeZone = "local" | "utc";

/**
 * How a thing stands; the glyph of a pill (shape before colour).
 */
export type Tone = "ok" | "running" | "warning" | "failed" | "off";

/**
 * What a transaction does.
 */
export type TransactionAction = { "kind": "activate", } | { "kind": "activate_other",
/**
 * The account to activate: id (hex) or address.
 */
target: string, } | { "kind": "spend",
/**
 * Where to.
 */
destination: string,
/**
 * How much.
 */
amount: Smidge, } | { "kind": "drain",
/**
 * The vault's address.
 */
vault: string,
/**
 * Where to.
 */
destination: string,
/**
 * How much.
 */
amount: Smidge, };

/**
 * Name a transaction of the wallet.
 */
export type TransactionArgs = {
/**
 * Id of the transaction.
 */
transaction: string, };

/**
 * Write a note on a transaction.
 */
export type TransactionNoteArgs = {
/**
 * Id of the transaction.
 */
transaction: string,
/**
 * Note, at most 500 characters.
 */
note: string, };

/**
 * A transaction as decoded from its bytes.
 */
export type TransactionView = {
/**
 * Id inside Smapp: hash of the unsigned bytes and the network, hex. Stays the same while signatures are added.
 */
id: string,
/**
 * Id on the network; only with all signatures.
 */
transactionId: string | null,
/**
 * The lines to be shown before signing, in order, made from the bytes that are signed.
 */
lines: Array<ReviewLine>,
/**
 * "Club: payment of 1,200 SMH waits for 1 signature".
 */
title: Sentence,
/**
 * `spawn`, `spend`, `drain`.
 */
method: string,
/**
 * Template of the paying account.
 */
template: Template,
/**
 * Address of the paying account.
 */
principal: string,
/**
 * Its name, if it is ours.
 */
principalName: string | null,
/**
 * Where coins go.
 */
destination: string | null,
/**
 * Name of the contact or own account there.
 */
destinationName: string | null,
/**
 * How much is moved.
 */
amount: Smidge | null,
/**
 * Nonce.
 */
nonce: Decimal,
/**
 * Gas price.
 */
gasPrice: Decimal,
/**
 * Gas at most.
 */
maxGas: Decimal,
/**
 * Fee: gas price × max gas; all of it is paid.
 */
fee: Smidge,
/**
 * Network it is signed for.
 */
networkName: string,
/**
 * Signatures, in the order of the members.
 */
signatures: Array<SignatureView>,
/**
 * Signatures needed; absent if the account's template is not known here.
 */
required: number | null,
/**
 * Valid signatures present.
 */
present: number,
/**
 * Exactly the needed signatures are there: it can be published.
 */
complete: boolean,
/**
 * This wallet can add a signature.
 */
canSign: boolean,
/**
 * Whether signing asks for the password.
 */
needsPassword: boolean,
/**
 * What to look out for.
 */
warnings: Array<Sentence>,
/**
 * The bytes, hex, signatures included.
 */
rawHex: string,
/**
 * Size in bytes.
 */
sizeBytes: number,
/**
 * State: signed or not, and that there is no node to publish it.
 */
state: Sentence,
/**
 * Glyph of the state.
 */
tone: Tone,
/**
 * Note of the person.
 */
note: string,
/**
 * When it was made or imported here; absent for one that is only looked at.
 */
addedAt: Instant | null, };

/**
 * A word that is not in the list.
 */
export type UnknownWord = {
/**
 * Position, counted from 1.
 */
position: number,
/**
 * What was typed.
 */
typed: string,
/**
 * Similar words of the list, best first, at most 4.
 */
suggestions: Array<string>, };

/**
 * Unlock a wallet.
 */
export type UnlockArgs = {
/**
 * Id of the wallet.
 */
wallet: string,
/**
 * Its password.
 */
password: SecretText, };

/**
 * A vault.
 */
export type VaultArgs = {
/**
 * Name, 1 to 64 characters.
 */
name: string,
/**
 * Address of the owner.
 */
owner: string,
/**
 * Total.
 */
total: Smidge,
/**
 * Initial unlock.
 */
initialUnlock: Smidge,
/**
 * First layer of vesting.
 */
vestingStart: number,
/**
 * Last layer of vesting.
 */
vestingEnd: number, };

/**
 * Proposed terms of a vault.
 */
export type VaultProposal = {
/**
 * The owner is one of the genesis vesting accounts: the values are theirs.
 */
genesisOwner: boolean,
/**
 * Total, where known.
 */
total: Smidge | null,
/**
 * Initial unlock, where known.
 */
initialUnlock: Smidge | null,
/**
 * First layer of vesting.
 */
vestingStart: number,
/**
 * Last layer of vesting.
 */
vestingEnd: number, };

/**
 * Terms of a vault.
 */
export type VaultView = {
/**
 * Owner's address.
 */
owner: string,
/**
 * Total.
 */
total: Smidge,
/**
 * Initial unlock (part of the address, without effect).
 */
initialUnlock: Smidge,
/**
 * First layer of vesting.
 */
vestingStart: number,
/**
 * Last layer of vesting.
 */
vestingEnd: number,
/**
 * When vesting starts by the calendar of the network.
 */
startsAt: Instant,
/**
 * When everything is unlocked.
 */
endsAt: Instant,
/**
 * Unlocked at the next layer by the VM's formula, drained amounts not subtracted (unknown without a node).
 */
unlocked: Smidge,
/**
 * Still locked at the next layer.
 */
locked: Smidge, };

/**
 * Whether a text is signed.
 */
export type VerifiedText = {
/**
 * The signature fits.
 */
valid: boolean,
/**
 * The sentence.
 */
sentence: Sentence,
/**
 * Which form it was: `prefixed`, `plain`, `trimmed`; absent if none fits.
 */
form: string | null,
/**
 * The text without its prefix.
 */
text: string,
/**
 * Public key, hex.
 */
publicKey: string,
/**
 * Address of the single-key account of this key.
 */
address: string,
/**
 * Name of the own account or contact with this address.
 */
name: string | null, };

/**
 * Verify a text.
 */
export type VerifyTextArgs = {
/**
 * The JSON as received from Smapp or smapp-lite.
 */
json: string, };

/**
 * Name a wallet of the list.
 */
export type WalletArgs = {
/**
 * Id of the wallet.
 */
wallet: string, };

/**
 * One wallet file of our own.
 */
export type WalletEntry = {
/**
 * Stable id (the file's name without its ending).
 */
id: string,
/**
 * Name given by the person.
 */
name: string,
/**
 * Where the file lies.
 */
path: string,
/**
 * When it was made.
 */
created: Instant | null,
/**
 * When it was written last.
 */
modified: Instant | null,
/**
 * Size of the file in bytes.
 */
sizeBytes: Decimal,
/**
 * Why it can't be opened (damaged, newer format); absent if it looks fine.
 */
problem: string | null, };

/**
 * What a wallet file is and holds.
 */
export type WalletPreview = {
/**
 * Program and format: `smapp`, `smapp_old`, `smcli`, `smapp_lite`, `own`.
 */
format: string,
/**
 * "Smapp wallet of 18 Jul 2023".
 */
title: string,
/**
 * Name inside.
 */
name: string | null,
/**
 * Whether a password is needed to see more.
 */
needsPassword: boolean,
/**
 * The content, once the password was right.
 */
content: WalletPreviewContent | null,
/**
 * Notes and warnings, in the order to be shown.
 */
notes: Array<ImportNote>, };

/**
 * What is inside a wallet file.
 */
export type WalletPreviewContent = {
/**
 * Accounts that will be taken over.
 */
accounts: Array<PreviewAccount>,
/**
 * Number of contacts.
 */
contacts: number,
/**
 * Whether it holds words.
 */
hasWords: boolean, };

/**
 * Watch an address.
 */
export type WatchAccountArgs = {
/**
 * Name, 1 to 64 characters.
 */
name: string,
/**
 * The address.
 */
address: string, };

/**
 * A span of the epoch.
 */
export type WindowView = {
/**
 * `poet_round`, `proof_window`.
 */
kind: string,
/**
 * Start.
 */
startsAt: Instant,
/**
 * End.
 */
endsAt: Instant, };

/**
 * One answer.
 */
export type WordAnswer = {
/**
 * Position, counted from 1.
 */
position: number,
/**
 * What was typed; a word that occurs twice fits at both places.
 */
word: SecretText, };

/**
 * What is known about words as typed. Holds no word that was typed right.
 */
export type WordsCheck = {
/**
 * How many words there are so far.
 */
count: number,
/**
 * Words that are not in the list, in order.
 */
unknown: Array<UnknownWord>,
/**
 * Completions for the last word while it is being typed, at most 6.
 */
completions: Array<string>,
/**
 * Name of the list the words are from, once it is clear.
 */
language: string | null,
/**
 * 12, 15, 18, 21 or 24 words that fit together: restoring is possible.
 */
valid: boolean,
/**
 * What is wrong, in a sentence; absent if nothing is (yet).
 */
problem: Sentence | null, };

/**
 * Which words to ask for after creating.
 */
export type WordsQuiz = {
/**
 * Four positions, counted from 1.
 */
positions: Array<number>,
/**
 * How many words there are.
 */
count: number, };

/**
 * How the quiz ended.
 */
export type WordsQuizResult = {
/**
 * All answers are right; the reminder is gone.
 */
confirmed: boolean,
/**
 * Positions with a wrong word.
 */
wrong: Array<number>, };

/**
 * Words on their one screen. `new_words` gives them once after creating, `show_words` after the password.
 */
export type WordsView = {
/**
 * The words in order.
 */
words: Array<ShownSecret>,
/**
 * Language of the list they are from.
 */
language: string,
/**
 * The screen closes itself at this time; a `secret_expired` change says so too.
 */
expiresAt: Instant,
/**
 * Names this showing in `secret_expired`.
 */
id: string, };

/**
 * Where a file was written.
 */
export type WrittenFile = {
/**
 * Its path.
 */
path: string,
/**
 * Its size in bytes.
 */
sizeBytes: Decimal, };

/** Every command by name: what goes in and what comes out. A transport is one function `call(name, args)`. */
export interface Commands {
  /** Everything the frame needs: version, network, whether this is the first start. */
  app_state(): Promise<AppState>;
  /** The status bar. */
  status(): Promise<StatusView>;
  /** Notices, worst first. */
  notices(): Promise<Array<NoticeView>>;
  /** Dismiss a notice. */
  dismiss_notice(args: NoticeArgs): Promise<Done>;
  /** What closing the window means now. */
  close_question(): Promise<CloseView>;
  /** The catalogue of errors. */
  error_catalogue(): Promise<Array<ErrorEntry>>;
  /** Versions, licences, and what leaves this computer. */
  about(): Promise<AboutView>;
  /** A report to copy. */
  report(): Promise<ReportView>;
  /** List a folder of this computer, for pages without native dialogs. */
  browse_folder(args: BrowseFolderArgs): Promise<FolderListing>;
  /** Whether a wallet is open. */
  session(): Promise<SessionView>;
  /** Unlock a wallet. */
  unlock(args: UnlockArgs): Promise<SessionView>;
  /** Lock the open wallet. Smeshing goes on. */
  lock(): Promise<SessionView>;
  /** The person is there: the time to the automatic lock starts again. */
  activity(): Promise<SessionView>;
  /** The computer goes to sleep or its screen was locked: lock if the settings say so. */
  system_sleeps(): Promise<SessionView>;
  /** How strong a password is. */
  password_strength(args: PasswordStrengthArgs): Promise<PasswordStrength>;
  /** Change the password. */
  change_password(args: ChangePasswordArgs): Promise<SessionView>;
  /** Rename the open wallet. */
  rename_wallet(args: RenameWalletArgs): Promise<SessionView>;
  /** Own wallet files. */
  wallets(): Promise<Array<WalletEntry>>;
  /** Wallets of other programs on this computer. */
  found_wallets(): Promise<Array<FoundWallet>>;
  /** Make a wallet with fresh words and open it. */
  create_wallet(args: CreateWalletArgs): Promise<SessionView>;
  /** The fresh words, once, right after `create_wallet`. */
  new_words(): Promise<WordsView>;
  /** Which words to ask for. */
  words_quiz(): Promise<WordsQuiz>;
  /** Check the answers. */
  confirm_words(args: ConfirmWordsArgs): Promise<WordsQuizResult>;
  /** Check words while they are typed. */
  check_words(args: CheckWordsArgs): Promise<WordsCheck>;
  /** Make a wallet from words and open it. */
  restore_wallet(args: RestoreWalletArgs): Promise<SessionView>;
  /** Look at a wallet file of any known program. */
  inspect_wallet(args: InspectWalletArgs): Promise<WalletPreview>;
  /** Take it over into a new file and open that. */
  import_wallet(args: ImportWalletArgs): Promise<SessionView>;
  /** Make a wallet that only watches, and open it. */
  create_watch_wallet(args: CreateWatchWalletArgs): Promise<SessionView>;
  /** Show the words (password). */
  show_words(args: PasswordArgs): Promise<WordsView>;
  /** Write a backup and verify it by opening it. */
  backup_wallet(args: BackupWalletArgs): Promise<BackupView>;
  /** A verified backup as a download, for pages in a browser. */
  download_backup(args: PasswordArgs): Promise<BackupView>;
  /** What removing a wallet file would take away. */
  wallet_removal(args: WalletArgs): Promise<RemovalView>;
  /** Remove a wallet file; nothing else is touched. */
  delete_wallet(args: DeleteWalletArgs): Promise<Done>;
  /** Accounts and keys of the open wallet. */
  accounts(): Promise<AccountsView>;
  /** Add a single-key account on the next unused path. */
  add_single_account(args: AddSingleArgs): Promise<AccountView>;
  /** The address a shared account would have. */
  preview_shared_account(args: SharedAccountArgs): Promise<AccountPreview>;
  /** Add a multisig or vesting account. */
  add_shared_account(args: SharedAccountArgs): Promise<AccountView>;
  /** Proposed terms for the vault of an owner. */
  propose_vault(args: AddressArgs): Promise<VaultProposal>;
  /** The address a vault would have. */
  preview_vault(args: VaultArgs): Promise<AccountPreview>;
  /** Add a vault. */
  add_vault_account(args: VaultArgs): Promise<AccountView>;
  /** Watch an address. */
  add_watch_account(args: WatchAccountArgs): Promise<AccountView>;
  /** Add an account from a secret key. */
  import_secret_key(args: ImportKeyArgs): Promise<AccountView>;
  /** Add an account from a `.account` file. */
  import_account(args: ImportAccountArgs): Promise<AccountView>;
  /** The `.account` file of an account. */
  export_account(args: AccountArgs): Promise<FileContent>;
  /** Rename an account. */
  edit_account(args: EditAccountArgs): Promise<AccountView>;
  /** What removing an account means. */
  account_removal(args: AccountArgs): Promise<RemovalView>;
  /** Remove an account from the wallet; its coins stay on the network. */
  remove_account(args: AccountArgs): Promise<Done>;
  /** Show a secret key (password). */
  show_secret_key(args: ShowKeyArgs): Promise<SecretKeyView>;
  /** Check an address as typed. */
  check_address(args: AddressArgs): Promise<AddressCheck>;
  /** A QR picture of an address. */
  address_qr(args: QrArgs): Promise<QrView>;
  /** Read an amount as typed. */
  parse_amount(args: ParseAmountArgs): Promise<ParsedAmount>;
  /** Contacts of the open wallet. */
  contacts(): Promise<Array<ContactView>>;
  /** Add a contact; refuses look-alikes with `look_alike` until accepted. */
  add_contact(args: AddContactArgs): Promise<ContactView>;
  /** Change a contact. */
  edit_contact(args: EditContactArgs): Promise<ContactView>;
  /** Delete a contact. */
  delete_contact(args: ContactArgs): Promise<Done>;
  /** Transactions kept in the wallet, newest first. */
  transactions(): Promise<Array<TransactionView>>;
  /** Build a transaction; nothing is signed. */
  prepare_transaction(args: PrepareTransactionArgs): Promise<TransactionView>;
  /** Sign it with one of the own keys. */
  sign_transaction(args: SignTransactionArgs): Promise<TransactionView>;
  /** Add a signature made elsewhere. */
  add_signature(args: AddSignatureArgs): Promise<TransactionView>;
  /** Import, merge or only inspect transactions. Inspecting works without a wallet. */
  import_transaction(args: ImportTransactionArgs): Promise<TransactionView>;
  /** The file, text and QR of a transaction. */
  export_transaction(args: TransactionArgs): Promise<ExportedTransaction>;
  /** Write a note on a transaction. */
  note_transaction(args: TransactionNoteArgs): Promise<TransactionView>;
  /** Forget a transaction. */
  discard_transaction(args: TransactionArgs): Promise<Done>;
  /** Sign a text. */
  sign_text(args: SignTextArgs): Promise<SignedText>;
  /** Verify a signed text. */
  verify_text(args: VerifyTextArgs): Promise<VerifiedText>;
  /** The smeshing page. */
  smeshing(): Promise<SmeshingView>;
  /** Events of smeshing, newest first. */
  smeshing_events(args: EventsArgs): Promise<EventsView>;
  /** Processors and graphics cards. */
  providers(): Promise<ProvidersView>;
  /** Look for devices again. */
  refresh_providers(): Promise<ProvidersView>;
  /** What a folder is good for. */
  inspect_folder(args: InspectFolderArgs): Promise<FolderView>;
  /** Measure this computer; steps come as `measurement` changes. */
  measure(args: MeasureArgs): Promise<ProposalView>;
  /** The proposal as measured so far. */
  proposal(): Promise<ProposalView>;
  /** Stop measuring. */
  stop_measuring(): Promise<ProposalView>;
  /** How long filling and proving a size will take. */
  forecast(args: ForecastArgs): Promise<ForecastView>;
  /** Commit space: starts filling. */
  start_filling(args: StartFillingArgs): Promise<SmeshingView>;
  /** Use space that exists. */
  adopt_space(args: AdoptSpaceArgs): Promise<SmeshingView>;
  /** Pause filling; work done is kept. */
  pause_filling(args: IdentityArgs): Promise<SmeshingView>;
  /** Go on filling. */
  resume_filling(args: IdentityArgs): Promise<SmeshingView>;
  /** Choose the devices of a filling. */
  set_devices(args: SetDevicesArgs): Promise<SmeshingView>;
  /** Check data in the background. */
  check_space(args: CheckSpaceArgs): Promise<SmeshingView>;
  /** Make bad ranges again. */
  repair_space(args: IdentityArgs): Promise<SmeshingView>;
  /** Move space: copy, compare, switch. The old copy is freed by `free_old_space`. */
  move_space(args: MoveSpaceArgs): Promise<SmeshingView>;
  /** What freeing the old copy after a move takes away. */
  old_space_removal(args: IdentityArgs): Promise<RemovalView>;
  /** Free the old copy after a move. */
  free_old_space(args: IdentityArgs): Promise<SmeshingView>;
  /** What removing space takes away. */
  space_removal(args: RemovalArgs): Promise<RemovalView>;
  /** Remove space, and the key if wished. */
  remove_space(args: RemoveSpaceArgs): Promise<SmeshingView>;
  /** Stop a check, repair or move. */
  cancel_task(args: TaskArgs): Promise<SmeshingView>;
  /** Take an ended task off the list. */
  dismiss_task(args: TaskArgs): Promise<SmeshingView>;
  /** Make an identity. */
  create_identity(args: CreateIdentityArgs): Promise<IdentityView>;
  /** Take over a key file. */
  import_identity(args: ImportIdentityArgs): Promise<IdentityView>;
  /** Copy a key file to another place. */
  export_identity(args: ExportIdentityArgs): Promise<WrittenFile>;
  /** Name, coinbase, nonces and threads of an identity. */
  edit_identity(args: EditIdentityArgs): Promise<IdentityView>;
  /** Settings. */
  settings(): Promise<SettingsView>;
  /** Change settings. */
  change_settings(args: ChangeSettingsArgs): Promise<SettingsView>;
  /** Networks to choose from. */
  networks(): Promise<NetworksView>;
  /** The network in use, by this computer's clock. */
  network(): Promise<NetworkView>;
  /** Look at a configuration before choosing it: values with origin, unknown keys, differences. */
  inspect_config(args: InspectConfigArgs): Promise<ConfigView>;
  /** The configuration in use with the origin of each value. */
  effective_config(): Promise<ConfigView>;
  /** Choose a network. */
  choose_network(args: ChooseNetworkArgs): Promise<NetworkView>;
}

export type CommandName = keyof Commands;

/** Commands that change nothing and may be cached under their name. */
export const queries = [
  "app_state",
  "status",
  "notices",
  "error_catalogue",
  "about",
  "session",
  "wallets",
  "found_wallets",
  "accounts",
  "contacts",
  "transactions",
  "smeshing",
  "smeshing_events",
  "providers",
  "proposal",
  "settings",
  "networks",
  "network",
  "effective_config",
] as const;

/** Commands that work only with an unlocked wallet; otherwise they fail with the code `locked`. */
export const needsUnlocked = [
  "change_password",
  "rename_wallet",
  "new_words",
  "words_quiz",
  "confirm_words",
  "show_words",
  "backup_wallet",
  "download_backup",
  "accounts",
  "add_single_account",
  "preview_shared_account",
  "add_shared_account",
  "propose_vault",
  "preview_vault",
  "add_vault_account",
  "add_watch_account",
  "import_secret_key",
  "import_account",
  "export_account",
  "edit_account",
  "account_removal",
  "remove_account",
  "show_secret_key",
  "contacts",
  "add_contact",
  "edit_contact",
  "delete_contact",
  "transactions",
  "prepare_transaction",
  "sign_transaction",
  "add_signature",
  "export_transaction",
  "note_transaction",
  "discard_transaction",
  "sign_text",
] as const satisfies readonly CommandName[];

/** Name of a query, first part of its key in the cache. */
export type QueryKey = (typeof queries)[number];

/** Which queries a change makes stale. `"*"`: all of them, since the subscriber missed something. */
export const staleAfter: Record<Change["kind"], readonly QueryKey[] | "*"> = {
  session: ["app_state", "session", "accounts", "contacts", "transactions", "notices", "status"],
  auto_lock_warning: [],
  secret_expired: [],
  wallets: ["app_state", "wallets", "found_wallets"],
  accounts: ["accounts"],
  contacts: ["contacts", "accounts", "transactions"],
  transactions: ["transactions", "notices"],
  settings: ["settings", "effective_config"],
  network: ["app_state", "network", "networks", "effective_config", "accounts", "contacts", "transactions", "smeshing", "status", "providers", "proposal"],
  layer: ["network", "status"],
  smeshing: ["app_state", "smeshing", "smeshing_events", "status", "notices"],
  task: ["status"],
  measurement: ["proposal"],
  providers: ["providers"],
  notices: ["notices"],
  notification: ["notices"],
  lagged: "*",
};
