//! Accounts and keys of the open wallet.
//!
//! Keeps true: every account is added with the address that was previewed, since both come from the same arguments.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use spacemesh_types::{
    Address, LayerId, PublicKey, Smidge as Amount,
    transaction::{self, SpawnArgs, vested},
};
use spacemesh_wallet::{
    Account, AccountFile, AccountKind, Contents, Key, KeyOrigin, KeyPath, SecretSeed,
};

use super::{address::own_account, address_view, random};
use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    network::NetworkInUse,
    session::{Open, contents_error, file_error, sentence},
    source,
    view::{
        AccountArgs, AccountMark, AccountPreview, AccountView, AccountsView, AddSingleArgs,
        AddressArgs, Decimal, Done, EditAccountArgs, FileContent, ImportAccountArgs, ImportKeyArgs,
        ImportNote, KeyView, MemberView, RemovalView, Sentence, SharedAccountArgs, Smidge,
        Template, Tone, VaultArgs, VaultProposal, VaultView, WatchAccountArgs,
    },
};

/// First and last layer of vesting of the vaults of genesis (12 §4.5).
const GENESIS_VESTING: (LayerId, LayerId) = (LayerId(105_120), LayerId(420_480));

impl Inner {
    pub(crate) fn accounts(self: &Arc<Self>, _: Done) -> Result<AccountsView, AppError> {
        let network = self.network_in_use();
        let layer = network.next_layer(self.now());
        self.with_open(|open| {
            let contents = open.file.contents();
            Ok(AccountsView {
                accounts: contents.accounts().iter().map(|account| view(contents, account, &network, layer)).collect(),
                keys: contents.keys().iter().map(key_view).collect(),
                balance_note: Sentence::new("wallet.no_node", "Balances are unknown: this version of Smapp has no node yet. You can receive, and sign payments to be sent elsewhere.", []),
            })
        })
    }

    pub(crate) fn add_single_account(
        self: &Arc<Self>,
        args: AddSingleArgs,
    ) -> Result<AccountView, AppError> {
        let now = self.now().as_second();
        let path = args
            .path
            .as_deref()
            .map(str::trim)
            .filter(|path| !path.is_empty())
            .map(str::parse::<KeyPath>)
            .transpose();
        let path = path.map_err(|error| {
            AppError::with(ErrorCode::InvalidPath, sentence(&error.to_string())).field("path")
        })?;
        let address = self.with_keyring(&args.password, |open, mut keyring| {
            open.edit(|open| {
                let added = match path {
                    Some(path) => {
                        open.file
                            .add_key_at(&mut keyring, path, &args.name, now, &mut random)
                    }
                    None => open
                        .file
                        .add_next_key(&mut keyring, &args.name, now, &mut random),
                };
                let key = added.map_err(file_error)?;
                open.file
                    .contents_mut()
                    .add_account(&args.name, SpawnArgs::Wallet(key), Some(now))
                    .map_err(contents_error)
            })
        })?;
        self.account_added(&address)
    }

    pub(crate) fn preview_shared_account(
        self: &Arc<Self>,
        args: SharedAccountArgs,
    ) -> Result<AccountPreview, AppError> {
        let spawn = shared(&args)?;
        self.preview(&spawn, &args.members)
    }

    pub(crate) fn add_shared_account(
        self: &Arc<Self>,
        args: SharedAccountArgs,
    ) -> Result<AccountView, AppError> {
        let spawn = shared(&args)?;
        self.add_known(&args.name, spawn)
    }

    pub(crate) fn propose_vault(
        self: &Arc<Self>,
        args: AddressArgs,
    ) -> Result<VaultProposal, AppError> {
        let network = self.network_in_use();
        let owner = network
            .parse_address(&args.address)
            .map_err(|error| error.field("address"))?;
        let (start, end) = GENESIS_VESTING;
        // A genesis vault is recognised by computing it: its balance is its total, and a quarter of that its initial unlock.
        let genesis = network
            .genesis_balances()
            .into_iter()
            .find(|(address, balance)| {
                let args = transaction::Vault {
                    owner,
                    total: *balance,
                    initial_unlock: Amount(balance.0 / 4),
                    start,
                    end,
                };
                SpawnArgs::Vault(args).address() == *address
            });
        Ok(VaultProposal {
            genesis_owner: genesis.is_some(),
            total: genesis.map(|(_, balance)| Smidge(balance.0)),
            initial_unlock: genesis.map(|(_, balance)| Smidge(balance.0 / 4)),
            vesting_start: start.0,
            vesting_end: end.0,
        })
    }

    pub(crate) fn preview_vault(
        self: &Arc<Self>,
        args: VaultArgs,
    ) -> Result<AccountPreview, AppError> {
        let spawn = vault(&self.network_in_use(), &args)?;
        self.preview(&spawn, &[])
    }

    pub(crate) fn add_vault_account(
        self: &Arc<Self>,
        args: VaultArgs,
    ) -> Result<AccountView, AppError> {
        let spawn = vault(&self.network_in_use(), &args)?;
        self.add_known(&args.name, spawn)
    }

    pub(crate) fn add_watch_account(
        self: &Arc<Self>,
        args: WatchAccountArgs,
    ) -> Result<AccountView, AppError> {
        let address = self
            .network_in_use()
            .parse_address(&args.address)
            .map_err(|error| error.field("address"))?;
        let now = self.now().as_second();
        self.with_open(|open| {
            open.edit(|open| {
                open.file
                    .contents_mut()
                    .add_watched(&args.name, address, Some(now))
                    .map_err(contents_error)
            })
        })?;
        self.account_added(&address)
    }

    pub(crate) fn import_secret_key(
        self: &Arc<Self>,
        args: ImportKeyArgs,
    ) -> Result<AccountView, AppError> {
        let seed = SecretSeed::from_hex(args.secret_key.expose()).map_err(|error| {
            AppError::with(ErrorCode::InvalidKey, sentence(&error.to_string())).field("secretKey")
        })?;
        let now = self.now().as_second();
        let address = self.with_keyring(&args.password, |open, mut keyring| {
            open.edit(|open| {
                let key = open
                    .file
                    .import_secret(&mut keyring, seed, &args.name, now, &mut random)
                    .map_err(file_error)?;
                let account = SpawnArgs::Wallet(key);
                let address = account.address();
                // The account may be watched already; then only its key was missing.
                match open
                    .file
                    .contents_mut()
                    .add_account(&args.name, account, Some(now))
                {
                    Ok(_) | Err(spacemesh_wallet::ContentsError::KnownAccount { .. }) => {
                        Ok(address)
                    }
                    Err(error) => Err(contents_error(error)),
                }
            })
        })?;
        self.account_added(&address)
    }

    pub(crate) fn import_account(
        self: &Arc<Self>,
        args: ImportAccountArgs,
    ) -> Result<AccountView, AppError> {
        let bytes = source::read(&args.source, spacemesh_wallet::ACCOUNT_FILE_BYTES_MAX)
            .map_err(|error| error.field("source"))?;
        let file = AccountFile::parse(&bytes).map_err(|error| {
            AppError::with(ErrorCode::NotAnAccountFile, sentence(&error.to_string()))
                .field("source")
        })?;
        let name = args
            .name
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .unwrap_or(&file.name)
            .to_owned();
        self.add_known(&name, file.args)
    }

    pub(crate) fn export_account(
        self: &Arc<Self>,
        args: AccountArgs,
    ) -> Result<FileContent, AppError> {
        let network = self.network_in_use();
        self.with_open(|open| {
            let account = find(open, &network, &args.account)?;
            let spawn = account.args().ok_or_else(|| {
                AppError::with(
                    ErrorCode::ActionNotPossible,
                    "Only the address of this account is known.",
                )
            })?;
            let file = AccountFile {
                name: account.name.clone(),
                args: spawn.clone(),
            };
            let text = file.to_json(network.hrp());
            Ok(FileContent {
                file_name: file.file_name(network.hrp()),
                media_type: "application/json".to_owned(),
                base64: STANDARD.encode(&text),
                text: Some(text),
            })
        })
    }

    pub(crate) fn edit_account(
        self: &Arc<Self>,
        args: EditAccountArgs,
    ) -> Result<AccountView, AppError> {
        let address = self.network_in_use().parse_account(&args.account)?;
        self.with_open(|open| {
            open.edit(|open| {
                open.file
                    .contents_mut()
                    .rename_account(&address, &args.name)
                    .map_err(contents_error)
            })
        })?;
        self.account_added(&address)
    }

    pub(crate) fn account_removal(
        self: &Arc<Self>,
        args: AccountArgs,
    ) -> Result<RemovalView, AppError> {
        let network = self.network_in_use();
        self.with_open(|open| {
            let account = find(open, &network, &args.account)?;
            let name = account.name.clone();
            let recoverable = account.keys().iter().all(|key| open.file.contents().key(key).is_none_or(|key| key.origin.recoverable_from_words()));
            let costs = if recoverable {
                Sentence::new("account.remove.costs", "Its name is lost. It can be added again at any time.", [])
            } else {
                Sentence::new("account.remove.costs_key", "Its name is lost. Its key stays in the wallet, but the words don't bring it back: keep a backup of the file.", [])
            };
            Ok(RemovalView {
                question: Sentence::new("account.remove.question", format!("Remove the account {name} from this wallet?"), [("name", name.clone())]),
                removed: Vec::new(),
                stays: vec![
                    Sentence::new("account.remove.stays_coins", "Its coins, on the network.", []),
                    Sentence::new("account.remove.stays_keys", "Its keys, in this wallet.", []),
                ],
                costs: vec![costs],
                typed_name: None,
                total_bytes: Decimal(0),
                button: Sentence::new("account.remove.button", format!("Remove {name}"), [("name", name)]),
            })
        })
    }

    pub(crate) fn remove_account(self: &Arc<Self>, args: AccountArgs) -> Result<Done, AppError> {
        let address = self.network_in_use().parse_account(&args.account)?;
        self.with_open(|open| {
            open.edit(|open| {
                open.file
                    .contents_mut()
                    .remove_account(&address)
                    .map_err(contents_error)
            })
        })?;
        self.tell(Change::Accounts {});
        Ok(Done {})
    }

    fn add_known(self: &Arc<Self>, name: &str, spawn: SpawnArgs) -> Result<AccountView, AppError> {
        let now = self.now().as_second();
        let address = self.with_open(|open| {
            open.edit(|open| {
                open.file
                    .contents_mut()
                    .add_account(name, spawn, Some(now))
                    .map_err(contents_error)
            })
        })?;
        self.account_added(&address)
    }

    fn account_added(&self, address: &Address) -> Result<AccountView, AppError> {
        let network = self.network_in_use();
        let layer = network.next_layer(self.now());
        let view = self.with_open(|open| {
            let contents = open.file.contents();
            let account = contents
                .accounts()
                .iter()
                .find(|account| account.address() == *address);
            account
                .map(|account| view(contents, account, &network, layer))
                .ok_or_else(|| AppError::new(ErrorCode::AccountNotFound).field("account"))
        })?;
        self.tell(Change::Accounts {});
        Ok(view)
    }

    fn preview(&self, spawn: &SpawnArgs, typed: &[String]) -> Result<AccountPreview, AppError> {
        let network = self.network_in_use();
        self.with_open(|open| {
            let contents = open.file.contents();
            let members = members(contents, spawn);
            let own_members: Vec<MemberView> = members.into_iter().filter(|member| member.own_key.is_some()).collect();
            let mut notes = Vec::new();
            if !typed.is_empty() && own_members.is_empty() {
                notes.push(ImportNote { tone: Tone::Warning, text: Sentence::new("account.no_own_key", "None of these keys is yours: you will only be able to watch.", []) });
            }
            if typed.len() > 8 {
                notes.push(ImportNote {
                    tone: Tone::Ok,
                    text: Sentence::new("account.ledger_eight", "A Ledger can show addresses of up to 8 members. Signing works.", []),
                });
            }
            if !typed.is_empty() {
                notes.push(ImportNote {
                    tone: Tone::Ok,
                    text: Sentence::new("account.order", "The order of the keys is part of the address. Compare the address aloud with the other members.", []),
                });
            }
            Ok(AccountPreview {
                existing: own_account(contents, &spawn.address()),
                address: address_view(&spawn.address(), network.hrp()),
                own_members,
                notes,
            })
        })
    }
}

/// An account by its id or address.
pub(super) fn find<'a>(
    open: &'a Open,
    network: &NetworkInUse,
    text: &str,
) -> Result<&'a Account, AppError> {
    let address = network.parse_account(text)?;
    let accounts = open.file.contents().accounts();
    accounts
        .iter()
        .find(|account| account.address() == address)
        .ok_or_else(|| AppError::new(ErrorCode::AccountNotFound).field("account"))
}

pub(super) fn template(template: transaction::Template) -> Template {
    match template {
        transaction::Template::Wallet => Template::Single,
        transaction::Template::Multisig => Template::Multisig,
        transaction::Template::Vesting => Template::Vesting,
        transaction::Template::Vault => Template::Vault,
    }
}

fn shared(args: &SharedAccountArgs) -> Result<SpawnArgs, AppError> {
    let key = |text: &String| {
        let digits = text.trim().trim_start_matches("0x");
        PublicKey::from_hex(digits).map_err(|_| {
            AppError::with(
                ErrorCode::InvalidKey,
                format!(
                    "{} is not a public key: 64 hex digits are needed.",
                    text.trim()
                ),
            )
            .field("members")
        })
    };
    let keys = args
        .members
        .iter()
        .map(key)
        .collect::<Result<Vec<_>, _>>()?;
    // The network allows the same key twice; a person never means it.
    if let Some((index, _)) = keys
        .iter()
        .enumerate()
        .find(|(index, key)| keys[..*index].contains(key))
    {
        return Err(AppError::with(
            ErrorCode::InvalidMembers,
            format!("Key {} is there twice.", index + 1),
        )
        .field("members"));
    }
    let made = match args.template {
        Template::Multisig => SpawnArgs::multisig(args.required, keys),
        Template::Vesting => SpawnArgs::vesting(args.required, keys),
        Template::Single | Template::Vault | Template::Unknown => {
            return Err(
                AppError::with(ErrorCode::BadArguments, "Choose multisig or vesting.")
                    .field("template"),
            );
        }
    };
    made.map_err(|error| {
        AppError::with(ErrorCode::InvalidMembers, sentence(&error.to_string())).field("members")
    })
}

fn vault(network: &NetworkInUse, args: &VaultArgs) -> Result<SpawnArgs, AppError> {
    let owner = network
        .parse_address(&args.owner)
        .map_err(|error| error.field("owner"))?;
    let terms = transaction::Vault {
        owner,
        total: Amount(args.total.0),
        initial_unlock: Amount(args.initial_unlock.0),
        start: LayerId(args.vesting_start),
        end: LayerId(args.vesting_end),
    };
    SpawnArgs::vault(terms).map_err(|error| {
        AppError::with(ErrorCode::InvalidVault, sentence(&error.to_string())).field("total")
    })
}

fn members(contents: &Contents, spawn: &SpawnArgs) -> Vec<MemberView> {
    let member = |(index, key): (u8, &PublicKey)| MemberView {
        index,
        public_key: key.to_hex(),
        own_key: contents.key(key).map(|key| key.name.clone()),
    };
    (0..).zip(spawn.keys()).map(member).collect()
}

fn key_view(key: &Key) -> KeyView {
    let (origin, path) = match &key.origin {
        KeyOrigin::Words { path } => ("words", Some(path.to_string())),
        KeyOrigin::Imported => ("imported", None),
        KeyOrigin::OlderProgram { path } => ("older_program", Some(path.clone())),
        KeyOrigin::ViewOnly => ("view_only", None),
        KeyOrigin::Ledger { path, .. } => ("ledger", Some(path.to_string())),
    };
    KeyView {
        id: key.public_key.to_hex(),
        name: key.name.clone(),
        public_key: key.public_key.to_hex(),
        origin: origin.to_owned(),
        path,
        recoverable: key.origin.recoverable_from_words(),
        has_secret: key.origin.has_secret(),
    }
}

fn view(
    contents: &Contents,
    account: &Account,
    network: &NetworkInUse,
    layer: LayerId,
) -> AccountView {
    let address = account.address();
    let keys: Vec<&Key> = account
        .keys()
        .iter()
        .filter_map(|key| contents.key(key))
        .collect();
    let can_sign = keys.iter().any(|key| key.origin.has_secret());
    let single = (account.template() == Some(transaction::Template::Wallet))
        .then(|| account.keys().first())
        .flatten();
    let (vault, state) = match &account.kind {
        AccountKind::Known(SpawnArgs::Vault(terms)) => (
            Some(vault_view(terms, network, layer)),
            "Paid out through its owner.",
        ),
        AccountKind::Known(_) => (None, "Not known without a node."),
        AccountKind::WatchOnly(_) => (None, "Watched."),
    };
    AccountView {
        id: hex::encode(address.0),
        name: account.name.clone(),
        template: account.template().map_or(Template::Unknown, template),
        address: address_view(&address, network.hrp()),
        can_sign,
        marks: marks(account, &keys, can_sign),
        state: Sentence::new("account.state_unknown", state, []),
        balance: None,
        path: single
            .and_then(|key| contents.key(key))
            .and_then(|key| key.origin.path())
            .map(ToString::to_string),
        public_key: single.map(PublicKey::to_hex),
        members: match &account.kind {
            AccountKind::Known(spawn @ (SpawnArgs::Multisig(_) | SpawnArgs::Vesting(_))) => {
                members(contents, spawn)
            }
            AccountKind::Known(_) | AccountKind::WatchOnly(_) => Vec::new(),
        },
        required: account
            .args()
            .map(SpawnArgs::required)
            .filter(|required| *required > 0 && single.is_none()),
        vault,
    }
}

fn marks(account: &Account, keys: &[&Key], can_sign: bool) -> Vec<AccountMark> {
    let mark = |kind: &str, tone, text: &str| AccountMark {
        kind: kind.to_owned(),
        tone,
        text: Sentence::new(&format!("account.mark_{kind}"), text, []),
    };
    let mut marks = Vec::new();
    if keys
        .iter()
        .any(|key| matches!(key.origin, KeyOrigin::Ledger { .. }))
    {
        marks.push(mark("ledger", Tone::Off, "Ledger"));
    }
    if matches!(account.kind, AccountKind::WatchOnly(_)) {
        marks.push(mark("watch", Tone::Off, "Watch only"));
    } else if !can_sign
        && marks.is_empty()
        && account.template() != Some(transaction::Template::Vault)
    {
        marks.push(mark("view_only", Tone::Off, "View only"));
    }
    if keys
        .iter()
        .any(|key| key.origin.has_secret() && !key.origin.recoverable_from_words())
    {
        marks.push(mark(
            "not_recoverable",
            Tone::Warning,
            "Not recoverable from the words",
        ));
    }
    marks
}

fn vault_view(terms: &transaction::Vault, network: &NetworkInUse, layer: LayerId) -> VaultView {
    let unlocked = vested(terms, layer);
    VaultView {
        owner: terms.owner.to_bech32(network.hrp()),
        total: Smidge(terms.total.0),
        initial_unlock: Smidge(terms.initial_unlock.0),
        vesting_start: terms.start.0,
        vesting_end: terms.end.0,
        starts_at: network.layer_start(terms.start),
        ends_at: network.layer_start(terms.end),
        unlocked: Smidge(unlocked.0),
        locked: Smidge(terms.total.0.saturating_sub(unlocked.0)),
    }
}
