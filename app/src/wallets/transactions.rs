//! Offline transactions: made, looked at, signed, carried, merged.
//!
//! Keeps true: the lines a person confirms are decoded from the bytes that are signed; the network is the one in use, never one that a
//! file names; a signature that does not fit is never kept.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use qrcode::EcLevel;
use spacemesh_types::{Address, EdSignature, PublicKey, Smidge as Amount, transaction::SpawnArgs};
use spacemesh_wallet::{
    AccountKind, Contents,
    tx::{Action, BuildError, Draft, PendingTx, RejectedPart, Review, TxError, bytes_from_text},
};

use super::{
    accounts::find,
    address::qr_svg,
    stored::Stored,
    transaction_view::{inner_id, inspect_without_wallet, note_id},
};
use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    network::NetworkInUse,
    session::{Open, contents_error, file_error, sentence},
    source,
    view::{
        AddSignatureArgs, Done, ExportedTransaction, FileContent, FileSource,
        ImportTransactionArgs, PrepareTransactionArgs, SignTransactionArgs, TransactionAction,
        TransactionArgs, TransactionNoteArgs, TransactionView,
    },
};

/// Longest text of a transaction, in bytes.
const TEXT_BYTES_MAX: usize = 16 << 10;
/// Most files merged at once.
const SOURCES_MAX: usize = 64;

impl Inner {
    pub(crate) fn transactions(
        self: &Arc<Self>,
        _: Done,
    ) -> Result<Vec<TransactionView>, AppError> {
        let network = self.network_in_use();
        self.with_open(|open| {
            let here = network.network().id().to_hex();
            let stored = open
                .transactions
                .list()
                .iter()
                .rev()
                .filter(|stored| stored.genesis_id == here);
            Ok(stored
                .filter_map(|stored| {
                    pending(open, stored, &network).ok().map(|pending| {
                        self.transaction_view(
                            open,
                            &network,
                            &pending,
                            Vec::new(),
                            Some(stored.added),
                        )
                    })
                })
                .collect())
        })
    }

    pub(crate) fn prepare_transaction(
        self: &Arc<Self>,
        args: PrepareTransactionArgs,
    ) -> Result<TransactionView, AppError> {
        let network = self.network_in_use();
        let now = self.now().as_second();
        let view = self.with_open(|open| {
            let account = find(open, &network, &args.account)?;
            let account = account.args().cloned().ok_or_else(|| {
                AppError::with(ErrorCode::ActionNotPossible, "Only the address of this account is known: add it with its keys to pay from it.").field("account")
            })?;
            let action = action(open, &network, &args.action)?;
            let draft = Draft { account, action, nonce: args.nonce.0, gas_price: args.gas_price.0 };
            let pending = draft.build(network.network().id()).map_err(|error| build_error(&error))?;
            self.keep(open, &pending, now)?;
            if !args.note.trim().is_empty() {
                open.edit(|open| open.file.contents_mut().set_note(note_id(&pending), &args.note).map_err(|error| contents_error(error).field("note")))?;
            }
            Ok(self.transaction_view(open, &network, &pending, Vec::new(), Some(now)))
        })?;
        self.tell(Change::Transactions {});
        Ok(view)
    }

    pub(crate) fn sign_transaction(
        self: &Arc<Self>,
        args: SignTransactionArgs,
    ) -> Result<TransactionView, AppError> {
        let network = self.network_in_use();
        let view = self.with_signing(args.password.as_ref(), |open, keyring| {
            let (mut pending, stored) = self.stored(open, &network, &args.transaction)?;
            let signed: Vec<u8> = pending.signed_by().collect();
            let account = pending.account().clone();
            let can = |(index, key): &(u8, &PublicKey)| {
                !signed.contains(index)
                    && args.index.is_none_or(|wanted| wanted == *index)
                    && open
                        .file
                        .contents()
                        .key(key)
                        .is_some_and(|key| key.origin.has_secret())
            };
            if pending.is_complete() {
                return Err(AppError::new(ErrorCode::SignatureExists));
            }
            let (_, key) = (0..)
                .zip(account.keys())
                .find(can)
                .ok_or_else(|| AppError::new(ErrorCode::CannotSign))?;
            let seed = open.file.seed(keyring, key).map_err(file_error)?;
            // Decoded once more from the bytes: what can't be shown is not signed.
            Review::of(&pending).map_err(|error| {
                AppError::with(ErrorCode::NotATransaction, sentence(&error.to_string()))
            })?;
            pending.sign(seed).map_err(|error| tx_error(&error))?;
            self.keep(open, &pending, stored.added)?;
            Ok(self.transaction_view(open, &network, &pending, Vec::new(), Some(stored.added)))
        })?;
        self.tell(Change::Transactions {});
        Ok(view)
    }

    pub(crate) fn add_signature(
        self: &Arc<Self>,
        args: AddSignatureArgs,
    ) -> Result<TransactionView, AppError> {
        let network = self.network_in_use();
        let digits = args.signature.trim().trim_start_matches("0x");
        let signature = EdSignature::from_hex(digits).map_err(|_| {
            AppError::with(
                ErrorCode::OtherNetworkSignature,
                "A signature has 128 hex digits.",
            )
            .field("signature")
        })?;
        let view = self.with_open(|open| {
            let (mut pending, stored) = self.stored(open, &network, &args.transaction)?;
            let key = pending
                .account()
                .keys()
                .get(usize::from(args.index))
                .copied();
            let key = key.ok_or_else(|| {
                AppError::with(
                    ErrorCode::OtherNetworkSignature,
                    "The account has no such member.",
                )
                .field("index")
            })?;
            pending
                .add_signature(&key, signature)
                .map_err(|error| tx_error(&error).field("signature"))?;
            self.keep(open, &pending, stored.added)?;
            Ok(self.transaction_view(open, &network, &pending, Vec::new(), Some(stored.added)))
        })?;
        self.tell(Change::Transactions {});
        Ok(view)
    }

    pub(crate) fn import_transaction(
        self: &Arc<Self>,
        args: ImportTransactionArgs,
    ) -> Result<TransactionView, AppError> {
        if args.sources.is_empty() || args.sources.len() > SOURCES_MAX {
            return Err(AppError::with(
                ErrorCode::BadArguments,
                format!("Choose between 1 and {SOURCES_MAX} files."),
            )
            .field("sources"));
        }
        let parts = args
            .sources
            .iter()
            .map(bytes_of)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| error.field("sources"))?;
        let network = self.network_in_use();
        let now = self.now().as_second();
        let mut session = self.session_state();
        let open = session.open.as_mut();
        let Some(open) = open else {
            drop(session);
            return if args.inspect_only {
                inspect_without_wallet(&network, &parts)
            } else {
                Err(AppError::new(ErrorCode::Locked))
            };
        };
        let contents = open.file.contents().clone();
        match merge(&contents, &network, &parts) {
            Ok((mut pending, rejected)) => {
                if args.inspect_only {
                    return Ok(self.transaction_view(open, &network, &pending, rejected, None));
                }
                // Signatures that are here already count too.
                let known = open.transactions.list().iter().find_map(|stored| {
                    let known = pending_of(&contents, stored, &network).ok()?;
                    (known.unsigned() == pending.unsigned()).then_some((known, stored.added))
                });
                if let Some((known, _)) = &known {
                    pending.merge(known).map_err(|error| tx_error(&error))?;
                }
                self.keep(open, &pending, known.map_or(now, |(_, added)| added))?;
                let view = self.transaction_view(open, &network, &pending, rejected, Some(now));
                drop(session);
                self.tell(Change::Transactions {});
                Ok(view)
            }
            Err(error) if args.inspect_only && error.code == ErrorCode::AccountNotFound => {
                inspect_without_wallet(&network, &parts)
            }
            Err(error) => Err(error.field("sources")),
        }
    }

    pub(crate) fn export_transaction(
        self: &Arc<Self>,
        args: TransactionArgs,
    ) -> Result<ExportedTransaction, AppError> {
        let network = self.network_in_use();
        self.with_open(|open| {
            let (pending, _) = self.stored(open, &network, &args.transaction)?;
            let text = pending.to_hex_text();
            Ok(ExportedTransaction {
                file: FileContent {
                    file_name: pending.file_name(),
                    media_type: "text/plain".to_owned(),
                    base64: STANDARD.encode(&text),
                    text: Some(text.clone()),
                },
                qr_svg: qr_svg(pending.to_qr_text().as_bytes(), EcLevel::L),
                text,
            })
        })
    }

    pub(crate) fn note_transaction(
        self: &Arc<Self>,
        args: TransactionNoteArgs,
    ) -> Result<TransactionView, AppError> {
        let network = self.network_in_use();
        let view = self.with_open(|open| {
            let (pending, stored) = self.stored(open, &network, &args.transaction)?;
            open.edit(|open| {
                open.file
                    .contents_mut()
                    .set_note(note_id(&pending), &args.note)
                    .map_err(|error| contents_error(error).field("note"))
            })?;
            Ok(self.transaction_view(open, &network, &pending, Vec::new(), Some(stored.added)))
        })?;
        self.tell(Change::Transactions {});
        Ok(view)
    }

    pub(crate) fn discard_transaction(
        self: &Arc<Self>,
        args: TransactionArgs,
    ) -> Result<Done, AppError> {
        let network = self.network_in_use();
        self.with_open(|open| {
            let (pending, stored) = self.stored(open, &network, &args.transaction)?;
            open.transactions.remove(|known| *known == stored)?;
            let id = note_id(&pending);
            if open.file.contents().notes().contains_key(&id) {
                open.edit(|open| {
                    open.file
                        .contents_mut()
                        .set_note(id, "")
                        .map_err(contents_error)
                })?;
            }
            Ok(())
        })?;
        self.tell(Change::Transactions {});
        Ok(Done {})
    }

    /// Keeps a transaction with the signatures it has.
    fn keep(&self, open: &mut Open, pending: &PendingTx, added: i64) -> Result<(), AppError> {
        let genesis_id = pending.genesis_id().to_hex();
        let unsigned = hex::encode(pending.unsigned());
        let stored = Stored {
            bytes: hex::encode(pending.to_export()),
            added,
            genesis_id: genesis_id.clone(),
        };
        // The account is the same if the transaction is: signatures only follow the unsigned bytes.
        open.transactions.put(stored, |known| {
            known.genesis_id == genesis_id && known.bytes.starts_with(&unsigned)
        })
    }

    fn stored(
        &self,
        open: &Open,
        network: &NetworkInUse,
        id: &str,
    ) -> Result<(PendingTx, Stored), AppError> {
        let here = network.network().id().to_hex();
        let list = open
            .transactions
            .list()
            .iter()
            .filter(|stored| stored.genesis_id == here);
        let mut found = list.filter_map(|stored| {
            pending(open, stored, network)
                .ok()
                .map(|pending| (pending, stored.clone()))
        });
        found
            .find(|(pending, _)| inner_id(pending) == id)
            .ok_or_else(|| AppError::new(ErrorCode::TransactionNotFound).field("transaction"))
    }
}

/// One transaction from several files of it.
pub(super) fn merge(
    contents: &Contents,
    network: &NetworkInUse,
    parts: &[Vec<u8>],
) -> Result<(PendingTx, Vec<RejectedPart>), AppError> {
    let mut merged: Option<PendingTx> = None;
    let mut rejected = Vec::new();
    for bytes in parts {
        let imported = PendingTx::import(bytes, network.network().id(), |address| {
            args_of(contents, address)
        })
        .map_err(|error| tx_error(&error))?;
        rejected.extend(imported.rejected);
        match &mut merged {
            Some(merged) => merged
                .merge(&imported.pending)
                .map_err(|error| tx_error(&error))?,
            None => merged = Some(imported.pending),
        }
    }
    merged
        .map(|merged| (merged, rejected))
        .ok_or_else(|| AppError::new(ErrorCode::NotATransaction))
}

fn args_of(contents: &Contents, address: &Address) -> Option<SpawnArgs> {
    let account = contents
        .accounts()
        .iter()
        .find(|account| account.address() == *address)?;
    match &account.kind {
        AccountKind::Known(args) => Some(args.clone()),
        AccountKind::WatchOnly(_) => None,
    }
}

fn pending(open: &Open, stored: &Stored, network: &NetworkInUse) -> Result<PendingTx, AppError> {
    pending_of(open.file.contents(), stored, network)
}

fn pending_of(
    contents: &Contents,
    stored: &Stored,
    network: &NetworkInUse,
) -> Result<PendingTx, AppError> {
    let bytes =
        hex::decode(&stored.bytes).map_err(|_| AppError::new(ErrorCode::NotATransaction))?;
    let imported = PendingTx::import(&bytes, network.network().id(), |address| {
        args_of(contents, address)
    });
    imported
        .map(|imported| imported.pending)
        .map_err(|error| tx_error(&error))
}

fn bytes_of(source: &FileSource) -> Result<Vec<u8>, AppError> {
    let bytes = source::read(source, TEXT_BYTES_MAX)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| AppError::with(ErrorCode::NotATransaction, "The file is not text."))?;
    bytes_from_text(text)
        .map_err(|error| AppError::with(ErrorCode::NotATransaction, sentence(&error.to_string())))
}

fn action(
    open: &Open,
    network: &NetworkInUse,
    action: &TransactionAction,
) -> Result<Action, AppError> {
    let address = |text: &str, field| {
        network
            .parse_address(text)
            .map_err(|error| error.field(field))
    };
    Ok(match action {
        TransactionAction::Activate {} => Action::SelfSpawn,
        TransactionAction::ActivateOther { target } => {
            let target = find(open, network, target).map_err(|error| error.field("target"))?;
            let args = target.args().cloned();
            Action::Spawn(args.ok_or_else(|| {
                AppError::with(ErrorCode::ActionNotPossible, "Only the address of that account is known: add it with its keys or terms first.").field("target")
            })?)
        }
        TransactionAction::Spend {
            destination,
            amount,
        } => Action::Spend {
            destination: address(destination, "destination")?,
            amount: Amount(amount.0),
        },
        TransactionAction::Drain {
            vault,
            destination,
            amount,
        } => Action::Drain {
            vault: address(vault, "vault")?,
            destination: address(destination, "destination")?,
            amount: Amount(amount.0),
        },
    })
}

fn build_error(error: &BuildError) -> AppError {
    let (code, field) = match error {
        BuildError::VaultCannotSign | BuildError::NotVesting => {
            (ErrorCode::ActionNotPossible, "account")
        }
        BuildError::FreeGas | BuildError::TooLong { .. } => (ErrorCode::InvalidAmount, "gasPrice"),
        BuildError::TooExpensive => (ErrorCode::InvalidAmount, "amount"),
        BuildError::LostCoins { .. } => (ErrorCode::NotAnAddress, "destination"),
        _ => (ErrorCode::BadArguments, "action"),
    };
    AppError::with(code, sentence(&error.to_string())).field(field)
}

fn tx_error(error: &TxError) -> AppError {
    let code = match error {
        TxError::UnknownPrincipal { .. } => ErrorCode::AccountNotFound,
        TxError::NotAMember(_) => ErrorCode::CannotSign,
        TxError::SignedAlready(_) | TxError::Rejected(RejectedPart::Duplicate(_)) => {
            ErrorCode::SignatureExists
        }
        TxError::Rejected(_) => ErrorCode::OtherNetworkSignature,
        TxError::Different => ErrorCode::TransactionMismatch,
        TxError::Vault => ErrorCode::ActionNotPossible,
        _ => ErrorCode::NotATransaction,
    };
    AppError::with(code, sentence(&error.to_string()))
}
