//! View types: what crosses between the app and a page or a terminal.
//!
//! Keeps true: made for screens and nothing else, so no type of another crate derives anything for them; 64-bit numbers are decimal strings,
//! instants RFC 3339 in UTC; fields are camelCase, values of enums and names of commands snake_case; what goes in refuses unknown fields.

mod accounts;
mod error;
mod scalar;
mod settings;
mod smeshing;
mod start;
mod transactions;

pub use accounts::{
    AccountArgs, AccountMark, AccountPreview, AccountView, AccountsView, AddContactArgs,
    AddSingleArgs, AddressArgs, AddressCheck, AddressView, ContactArgs, ContactView,
    EditAccountArgs, EditContactArgs, ImportAccountArgs, ImportKeyArgs, KeyView, LookAlike,
    MemberView, ParseAmountArgs, ParsedAmount, QrArgs, QrView, SecretKeyView, SharedAccountArgs,
    ShowKeyArgs, Template, VaultArgs, VaultProposal, VaultView, WatchAccountArgs,
};
pub use error::{ErrorEntry, ErrorView};
pub use scalar::{
    Decimal, Done, FileContent, FileSource, Instant, SecretText, Sentence, ShownSecret, Smidge,
    Tone,
};
pub use settings::{
    AboutView, AmountUnit, ChangeSettingsArgs, ChooseNetworkArgs, CloseButton, ConfigEntry,
    ConfigProblem, ConfigView, InspectConfigArgs, NetworkChoice, NetworkView, NetworksView,
    NoticeAction, NoticeArgs, NoticeView, NotificationKind, NotificationSetting, ReportView,
    SettingsView, Theme, TimeZone, WindowView,
};
pub use smeshing::{
    AdoptSpaceArgs, BadRange, CheckExtent, CheckSpaceArgs, CheckView, CreateIdentityArgs,
    DeviceChoice, EditIdentityArgs, EventView, EventsArgs, EventsView, ExistingData,
    ExportIdentityArgs, FolderProblem, FolderView, ForecastArgs, ForecastView, IdentityArgs,
    IdentityChoice, IdentityView, ImportIdentityArgs, InspectFolderArgs, MeasureArgs,
    MoveSpaceArgs, ProposalView, ProviderView, ProvidersView, ProvingChoice, RangeState, RangeView,
    RemovalArgs, RemoveSpaceArgs, SetDevicesArgs, SmeshingView, SpaceView, StartFillingArgs,
    TaskArgs, TaskDevice, TaskKind, TaskState, TaskView, WrittenFile,
};
pub use start::{
    AppState, BackupView, BackupWalletArgs, BrowseFolderArgs, ChangePasswordArgs, CheckWordsArgs,
    CloseAction, CloseChoice, CloseView, ConfirmWordsArgs, CreateWalletArgs, CreateWatchWalletArgs,
    DeleteWalletArgs, FolderEntry, FolderListing, FoundWallet, ImportNote, ImportWalletArgs,
    InspectWalletArgs, LockReason, PasswordArgs, PasswordStrength, PasswordStrengthArgs,
    PreviewAccount, RemovalItem, RemovalView, RenameWalletArgs, RestoreWalletArgs, SessionView,
    StatusPart, StatusView, UnknownWord, UnlockArgs, WalletArgs, WalletEntry, WalletPreview,
    WalletPreviewContent, WordAnswer, WordsCheck, WordsQuiz, WordsQuizResult, WordsView,
};
pub use transactions::{
    AddSignatureArgs, ExportedTransaction, ImportTransactionArgs, PrepareTransactionArgs,
    ReviewLine, SignTextArgs, SignTransactionArgs, SignatureState, SignatureView, SignedText,
    TransactionAction, TransactionArgs, TransactionNoteArgs, TransactionView, VerifiedText,
    VerifyTextArgs,
};
