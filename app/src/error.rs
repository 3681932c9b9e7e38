//! The catalogue of errors: each code with what happened, what it costs and what to do.
//!
//! Keeps true: a code never changes its meaning and its text never lacks one of the three parts; `docs/errors.md` is made from this table.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::view::{ErrorEntry, ErrorView};

macro_rules! catalogue {
    ($( $code:ident: $happened:literal, $cost:literal, $remedy:literal; )+) => {
        /// Stable code of an error; the page looks up texts by it, support can quote it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode {
            $( #[doc = $happened] $code, )+
        }

        impl ErrorCode {
            /// All codes, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$( Self::$code, )+];

            /// What happened, in general.
            pub fn happened(self) -> &'static str {
                match self { $( Self::$code => $happened, )+ }
            }

            /// What it costs.
            pub fn cost(self) -> &'static str {
                match self { $( Self::$code => $cost, )+ }
            }

            /// What to do.
            pub fn remedy(self) -> &'static str {
                match self { $( Self::$code => $remedy, )+ }
            }
        }
    };
}

catalogue! {
    // Calls.
    UnknownCommand: "This page asked for something this version of Smapp does not know.", "Nothing was done.", "Reload the page; if that does not help, update Smapp.";
    BadArguments: "A value is missing or has the wrong form.", "Nothing was done.", "Correct the marked field.";
    TooLarge: "What was sent is too large.", "Nothing was done.", "Use the file of the wallet or transaction itself, not an archive or a picture.";
    Busy: "Smapp is doing this already.", "Nothing is lost.", "Wait until it is finished, or stop it first.";
    Internal: "A part of Smapp stopped by a mistake in the program.", "The action was not done. Wallets and committed space are as before.", "Copy the report and send it to the makers, then start Smapp again.";

    // Session.
    Locked: "The wallet is locked.", "Nothing was done. Smeshing goes on.", "Unlock the wallet and try again.";
    WrongPassword: "Wrong password, or the file is damaged.", "Nothing was changed.", "Check Caps Lock and try again. If the password is lost, restore the wallet from its words.";
    TooManyAttempts: "There were too many wrong passwords.", "Nothing was changed.", "Wait until the time is over, then try again.";
    PasswordNeeded: "This needs the password of the wallet.", "Nothing was signed.", "Enter the password.";
    PasswordTooShort: "The password has fewer than 8 characters.", "Nothing was saved.", "Choose a longer one; a few words in a row are easy to remember.";
    NothingToShow: "The words were shown already, or the time to show them is over.", "Nothing is lost.", "Open Settings, Wallet and security, and show them with the password.";

    // Wallets.
    InvalidName: "This name can't be used.", "Nothing was saved.", "Use 1 to 64 characters, not only spaces.";
    NameTaken: "There is already one with this name.", "Nothing was saved.", "Choose another name.";
    NameMismatch: "The typed name is not the name of what would be removed.", "Nothing was removed.", "Type the name exactly as shown.";
    WalletNotFound: "This wallet file is not there any more.", "Nothing was changed.", "Choose another wallet, or put the file back.";
    NotAWallet: "This is not a wallet file that Smapp knows.", "Nothing was changed.", "Choose the file that the other program wrote: Smapp's ends with .json, smcli's begins with my_wallet.";
    WalletDamaged: "The wallet file is damaged.", "Nothing was changed. Coins are safe as long as the words or a backup exist.", "Restore from the words or from a backup.";
    WalletTooNew: "The wallet file was written by a newer version of Smapp.", "Nothing was changed.", "Update Smapp.";
    WordsInvalid: "These words do not fit together: one is wrong or two are swapped.", "Nothing was restored.", "Compare with the paper, word by word.";
    WordUnknown: "A word is not in the list.", "Nothing was restored.", "Use one of the suggestions, or check the spelling on the paper.";
    NoWords: "This wallet holds no words.", "Nothing is lost.", "Keep a backup of the wallet file; it is the only copy of its keys.";
    BackupFailed: "The copy could not be verified.", "There is no new backup. The wallet itself is unharmed.", "Choose another folder or drive and try again.";

    // Accounts and contacts.
    AccountNotFound: "This account is not in the wallet.", "Nothing was changed.", "Choose an account of the list.";
    AccountExists: "This account is already in the wallet.", "Nothing was added.", "Use the one that is there.";
    AddressTooShort: "The address is too short.", "Nothing was saved.", "Copy the whole address again.";
    AddressChecksum: "The checksum of the address is wrong: a character differs.", "Nothing was saved. Coins sent to a wrong address would be lost.", "Copy the address again, or compare it group by group.";
    AddressOtherNetwork: "The address belongs to another network.", "Nothing was saved.", "Ask for the address on this network, or choose the other network in Settings.";
    NotAnAddress: "This is not a Spacemesh address.", "Nothing was saved.", "Copy the address again; it begins with sm1 on Mainnet.";
    LookAlike: "The address looks like one you know but is another one.", "Nothing was saved. Look-alikes are made to steal payments.", "Compare every character; save it only if the owner gave it to you just so.";
    InvalidKey: "The key has the wrong form.", "Nothing was added.", "Paste all hex digits: 64 for a public key, 64 or 128 for a secret key.";
    InvalidMembers: "The members of the account don't fit.", "Nothing was added.", "Use 1 to 10 different keys and no more signatures than members.";
    InvalidVault: "The terms of the vault don't fit.", "Nothing was added.", "Compare total, start and end with the owner's documents.";
    InvalidPath: "The path of the key has the wrong form.", "Nothing was added.", "Use m/44'/540'/ followed by up to three hardened parts.";
    NotAnAccountFile: "This is not an account file.", "Nothing was added.", "Choose a file that ends with .account.";
    ContactNotFound: "This contact does not exist.", "Nothing was changed.", "Choose a contact of the list.";
    ContactExists: "There is already a contact with this address.", "Nothing was added.", "Change the one that is there.";
    InvalidAmount: "The amount can't be read.", "Nothing was made.", "Use digits and at most 9 decimals.";
    TextTooLong: "The text is too long.", "Nothing was saved.", "Shorten the text.";

    // Transactions.
    CannotSign: "This wallet has no key that can sign this.", "Nothing was signed.", "Export it and sign where the key is.";
    NotATransaction: "This is not a transaction that Smapp can read.", "Nothing was changed.", "Choose the .hex file as it was exported.";
    OtherNetworkSignature: "A signature does not fit: it is of another network, another key, or the transaction was altered.", "Nothing was added.", "Ask the signer to sign this very transaction on this network again.";
    TransactionMismatch: "These are different transactions.", "Nothing was merged.", "Choose files of one and the same transaction.";
    TransactionNotFound: "This transaction is not in the wallet.", "Nothing was changed.", "Import it again.";
    SignatureExists: "This signature is there already, or no more are needed.", "Nothing was added.", "Export the transaction as it is.";
    ActionNotPossible: "An account of this kind can't do that.", "Nothing was made.", "Vaults pay through their owner; watched addresses can't pay.";
    NotASignedText: "This is not a signed text.", "Nothing was checked.", "Paste the whole JSON with text, signature and publicKey.";

    // Files and folders.
    FileNotFound: "The file or folder is not there.", "Nothing was changed.", "Choose it again; a drive may have to be connected.";
    FileExists: "There is already a file with this name.", "Nothing was overwritten.", "Choose another name or folder.";
    NoPermission: "Smapp may not read or write there.", "Nothing was changed.", "Choose another folder, or change the folder's permissions.";
    DiskFull: "The drive is full.", "Work stopped. What was written before is kept.", "Free some space and continue.";
    ReadOnly: "The folder is read-only.", "Work stopped. What was written before is kept.", "Choose another folder, or make this one writable.";
    IoFailed: "The drive reported an error.", "Work stopped. What was written before is kept.", "Check the cable and the drive, then continue.";
    FolderInUse: "Another Smapp or program uses this folder.", "Nothing was started.", "Close the other program, or choose another folder.";
    FolderNotEmpty: "The folder is not empty.", "Nothing was written.", "Choose an empty folder.";
    DataFolderInUse: "Another Smapp uses this data folder.", "This one did not start.", "Use the one that is running, or choose another data folder.";

    // Smeshing.
    NoProvider: "No processor or graphics card was chosen that can be used.", "Nothing was filled.", "Choose the processor, or install the graphics driver.";
    DeviceLost: "The graphics driver stopped.", "Filling continues with the other devices. Nothing wrong was kept.", "Restart the computer or update the driver, then add the card again.";
    WrongLabels: "A device returned wrong labels.", "Nothing wrong was kept. The device is not used any more.", "Lower its clock or update the driver, then add it again.";
    WorkerDied: "The process that fills or checks stopped unexpectedly.", "At most one batch per device has to be made again. Wallet and app were not affected.", "Continue; if it stops again, leave out the graphics card.";
    IdentityMismatch: "The folder holds data of another identity.", "Nothing was changed.", "Choose its key file, or another folder.";
    SpaceMismatch: "The folder holds data made with other settings.", "Nothing was changed.", "Use it as it is, or choose another folder.";
    MetadataDamaged: "The file that describes the data is damaged.", "Nothing was changed.", "Put the file back from a copy, or choose another folder.";
    NoSpaceData: "There is no committed space in this folder.", "Nothing was changed.", "Choose the folder that holds postdata_metadata.json.";
    DataDamaged: "Some of the data is wrong.", "A proof over it would probably fail.", "Repair it; only the damaged part is made again.";
    SpaceIncomplete: "The space is not filled yet.", "Nothing was checked.", "Finish filling first.";
    InvalidSize: "This size is not possible.", "Nothing was started.", "Choose a number of units within the limits shown.";
    NotEnoughSpace: "The drive has too little free space.", "Nothing was started.", "Choose fewer units or another drive.";
    IdentityNotFound: "This identity is not on this computer.", "Nothing was changed.", "Import its key file.";
    IdentityExists: "This identity is already here.", "Nothing was added.", "Use the one that is there. Never run one identity on two computers.";
    NotAKeyFile: "This is not a key file of an identity.", "Nothing was added.", "Choose the file with 128 hex digits: local.key, key.bin or identity.key.";
    TaskNotFound: "This task does not run any more.", "Nothing was changed.", "Look at the page again.";
    NotMeasured: "This computer was not measured yet.", "There is no forecast.", "Measure it first; that takes about 20 seconds.";
    PowUnavailable: "RandomX can't run on this computer.", "No proof can be made here.", "Free at least 2.5 GiB of memory, or prove on another computer.";
    ProofInvalid: "The proof is not valid.", "It would be refused by the network.", "Check and repair the data, then prove again.";

    // Settings and networks.
    InvalidSetting: "This value is not possible.", "Nothing was saved.", "Choose one of the values offered.";
    UnknownNetwork: "This network is not known.", "Nothing was changed.", "Choose one of the list, or give a configuration file.";
    ConfigInvalid: "The configuration can't be used.", "Nothing was changed.", "Correct the named keys.";
    SettingsDamaged: "The file with the settings is damaged.", "Settings are those of a fresh start. Wallets and space are not affected.", "Set them again; the damaged file was kept beside.";

    // The page over HTTP.
    NoSession: "This page is not connected with Smapp any more.", "Nothing was done.", "Open the address that Smapp printed, or start Smapp again.";
    ForbiddenOrigin: "The request came from another place than Smapp's own page.", "Nothing was done.", "Use the address that Smapp printed.";
}

/// An error on its way to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppError {
    /// Code.
    pub code: ErrorCode,
    /// What happened, with its particulars. Never holds a secret.
    pub message: String,
    /// Field of the arguments it is about.
    pub field: Option<&'static str>,
    /// Seconds until the same may be tried again.
    pub retry_after_seconds: Option<u32>,
}

impl AppError {
    /// The general text of a code.
    pub fn new(code: ErrorCode) -> Self {
        Self {
            code,
            message: code.happened().to_owned(),
            field: None,
            retry_after_seconds: None,
        }
    }

    /// With particulars.
    pub fn with(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::new(code)
        }
    }

    /// About one field of the arguments, named as on the wire.
    #[must_use]
    pub fn field(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// As a person sees it.
    pub fn view(&self) -> ErrorView {
        ErrorView {
            code: self.code,
            message: self.message.clone(),
            cost: self.code.cost().to_owned(),
            remedy: self.code.remedy().to_owned(),
            field: self.field.map(str::to_owned),
            retry_after_seconds: self.retry_after_seconds,
        }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {}",
            self.message,
            self.code.cost(),
            self.code.remedy()
        )
    }
}

impl std::error::Error for AppError {}

impl ErrorCode {
    /// The code as it crosses to a page: snake_case.
    pub fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

/// The whole catalogue.
pub fn catalogue() -> Vec<ErrorEntry> {
    let entry = |code: &ErrorCode| ErrorEntry {
        code: *code,
        happened: code.happened().to_owned(),
        cost: code.cost().to_owned(),
        remedy: code.remedy().to_owned(),
    };
    ErrorCode::ALL.iter().map(entry).collect()
}

/// The catalogue as a page of documentation.
pub fn catalogue_markdown() -> String {
    let mut page = String::from(
        "# Errors\n\nMade from `ErrorCode` in `app/src/error.rs`; a test keeps it in step. Every error has a stable code, says what happened, what it\ncosts and what to do.\n\n| code | what happened | what it costs | what to do |\n|---|---|---|---|\n",
    );
    for code in ErrorCode::ALL {
        page.push_str(&format!(
            "| `{}` | {} | {} | {} |\n",
            code.name(),
            code.happened(),
            code.cost(),
            code.remedy()
        ));
    }
    page
}
