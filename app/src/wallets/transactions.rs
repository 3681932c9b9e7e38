//! Offline transactions: made, looked at, signed, carried, merged.
//!
//! Keeps true: the lines a person confirms are decoded from the bytes that are signed; the network is the one in use, never one that a
//! file names; a signature that does not fit is never kept.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use qrcode::EcLevel;
use spacemesh_types::{
    Address, EdSignature, Hash20, Hash32, PublicKey, Smidge as Amount, TransactionId, sum,
    transaction::{Call, SpawnArgs, Transaction},
};
use spacemesh_wallet::{
    AccountKind, Contents,
    tx::{
        Action, BuildError, Draft, PendingTx, RejectedPart, Review, ReviewItem, TxError,
        bytes_from_text,
    },
};

use super::{
    accounts::{find, template},
    address::{known_name, qr_svg},
    stored::Stored,
};
use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    network::NetworkInUse,
    session::{Open, contents_error, file_error, sentence},
    source,
    view::{
        AddSignatureArgs, Decimal, Done, ExportedTransaction, FileContent, FileSource,
        ImportTransactionArgs, Instant, PrepareTransactionArgs, ReviewLine, Sentence,
        SignTransactionArgs, SignatureState, SignatureView, Smidge, Template, Tone,
        TransactionAction, TransactionArgs, TransactionNoteArgs, TransactionView,
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
                        self.view(open, &network, &pending, Vec::new(), Some(stored.added))
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
            Ok(self.view(open, &network, &pending, Vec::new(), Some(now)))
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
            Ok(self.view(open, &network, &pending, Vec::new(), Some(stored.added)))
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
            Ok(self.view(open, &network, &pending, Vec::new(), Some(stored.added)))
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
                    return Ok(self.view(open, &network, &pending, rejected, None));
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
                let view = self.view(open, &network, &pending, rejected, Some(now));
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
            Ok(self.view(open, &network, &pending, Vec::new(), Some(stored.added)))
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

    fn view(
        &self,
        open: &Open,
        network: &NetworkInUse,
        pending: &PendingTx,
        rejected: Vec<RejectedPart>,
        added: Option<i64>,
    ) -> TransactionView {
        let contents = open.file.contents();
        let account = pending.account();
        let signed: Vec<u8> = pending.signed_by().collect();
        let complete = pending.is_complete();
        let signatures: Vec<SignatureView> = (0..)
            .zip(account.keys())
            .map(|(index, key)| {
                let own = contents.key(key);
                let state = if signed.contains(&index) {
                    SignatureState::Valid
                } else if rejected
                    .iter()
                    .any(|part| matches!(part, RejectedPart::DoesNotFit(bad) if *bad == index))
                {
                    SignatureState::Invalid
                } else if complete {
                    SignatureState::NotNeeded
                } else if own.is_some_and(|key| key.origin.has_secret()) {
                    SignatureState::CanSign
                } else {
                    SignatureState::Missing
                };
                SignatureView {
                    index,
                    public_key: Some(key.to_hex()),
                    own_key: own.map(|key| key.name.clone()),
                    state,
                }
            })
            .collect();
        let can_sign = signatures
            .iter()
            .any(|signature| signature.state == SignatureState::CanSign);
        let raw = pending.to_raw().ok();
        let missing = pending.missing();
        let mut lines = review_lines(network, pending);
        for line in &mut lines {
            if line.kind == "address" {
                line.name = Address::parse(&line.value, network.hrp())
                    .ok()
                    .and_then(|address| known_name(contents, &address));
            }
        }
        let transaction = pending.transaction();
        let name = known_name(contents, &transaction.principal);
        let mut warnings: Vec<Sentence> = rejected
            .iter()
            .map(|part| Sentence::new("transaction.rejected", sentence(&part.to_string()), []))
            .collect();
        if account.keys().len() > 1 && !complete {
            warnings.push(Sentence::new(
                "transaction.reserves_nothing",
                format!(
                    "Nothing is reserved. If another transaction of this account uses nonce {} first, all signatures become void.",
                    transaction.nonce
                ),
                [("nonce", transaction.nonce.to_string())],
            ));
        }
        let (state, tone) = match missing {
            0 => (
                Sentence::new(
                    "transaction.signed",
                    "Signed, not sent: export it and send it through a node or a public wallet.",
                    [],
                ),
                Tone::Running,
            ),
            1 => (
                Sentence::new(
                    "transaction.waits_one",
                    "Waits for 1 signature.",
                    [("missing", "1".to_owned())],
                ),
                Tone::Off,
            ),
            n => (
                Sentence::new(
                    "transaction.waits",
                    format!("Waits for {n} signatures."),
                    [("missing", n.to_string())],
                ),
                Tone::Off,
            ),
        };
        TransactionView {
            transaction_id: pending.id().ok().map(|id| id.to_hex()),
            note: contents
                .notes()
                .get(&note_id(pending))
                .cloned()
                .unwrap_or_default(),
            title: title(network, transaction, name.as_deref(), missing),
            needs_password: self.signing_needs_password(open),
            principal_name: name,
            destination_name: destination(&transaction.call)
                .and_then(|address| known_name(contents, &address)),
            required: Some(account.required()),
            present: u8::try_from(signed.len()).unwrap_or(u8::MAX),
            complete,
            can_sign,
            warnings,
            raw_hex: hex::encode(raw.unwrap_or_else(|| pending.to_export())),
            added_at: added.map(Instant::from_unix_seconds),
            template: template(account.template()),
            max_gas: Decimal(pending.max_gas()),
            fee: Smidge(pending.fee().map_or(u64::MAX, |fee| fee.0)),
            state,
            tone,
            signatures,
            lines,
            ..plain_view(
                network,
                transaction,
                inner_id(pending),
                pending.to_export().len(),
            )
        }
    }
}

/// What is said of a transaction without its account.
fn plain_view(
    network: &NetworkInUse,
    transaction: &Transaction,
    id: String,
    size: usize,
) -> TransactionView {
    TransactionView {
        id,
        transaction_id: None,
        lines: Vec::new(),
        title: title(network, transaction, None, 0),
        method: match transaction.call {
            Call::Spawn(_) => "spawn",
            Call::Spend { .. } => "spend",
            Call::Drain { .. } => "drain",
        }
        .to_owned(),
        template: Template::Unknown,
        principal: transaction.principal.to_bech32(network.hrp()),
        principal_name: None,
        destination: destination(&transaction.call).map(|address| address.to_bech32(network.hrp())),
        destination_name: None,
        amount: amount(&transaction.call).map(|amount| Smidge(amount.0)),
        nonce: Decimal(transaction.nonce),
        gas_price: Decimal(transaction.gas_price),
        max_gas: Decimal(0),
        fee: Smidge(0),
        network_name: network.name(),
        signatures: Vec::new(),
        required: None,
        present: 0,
        complete: false,
        can_sign: false,
        needs_password: true,
        warnings: Vec::new(),
        raw_hex: String::new(),
        size_bytes: u32::try_from(size).unwrap_or(u32::MAX),
        state: Sentence::new("transaction.inspected", "Only looked at.", []),
        tone: Tone::Off,
        note: String::new(),
        added_at: None,
    }
}

/// A transaction of an account that is not known here: decoded, signatures unchecked.
fn inspect_without_wallet(
    network: &NetworkInUse,
    parts: &[Vec<u8>],
) -> Result<TransactionView, AppError> {
    let nothing = Contents::new("inspection", 0).map_err(contents_error)?;
    match merge(&nothing, network, parts) {
        // A self-spawn brings its account along.
        Ok((pending, rejected)) => {
            let mut view = plain_view(
                network,
                pending.transaction(),
                inner_id(&pending),
                pending.to_export().len(),
            );
            let signed: Vec<u8> = pending.signed_by().collect();
            view.lines = review_lines(network, &pending);
            view.template = template(pending.account().template());
            view.max_gas = Decimal(pending.max_gas());
            view.fee = Smidge(pending.fee().map_or(u64::MAX, |fee| fee.0));
            view.required = Some(pending.account().required());
            view.present = u8::try_from(signed.len()).unwrap_or(u8::MAX);
            view.complete = pending.is_complete();
            view.transaction_id = pending.id().ok().map(|id| id.to_hex());
            view.raw_hex = hex::encode(pending.to_export());
            view.signatures = (0..)
                .zip(pending.account().keys())
                .map(|(index, key)| SignatureView {
                    index,
                    public_key: Some(key.to_hex()),
                    own_key: None,
                    state: if signed.contains(&index) {
                        SignatureState::Valid
                    } else {
                        SignatureState::Missing
                    },
                })
                .collect();
            view.warnings = rejected
                .iter()
                .map(|part| Sentence::new("transaction.rejected", sentence(&part.to_string()), []))
                .collect();
            Ok(view)
        }
        Err(error) if error.code == ErrorCode::AccountNotFound => {
            let bytes = parts.first().map(Vec::as_slice).unwrap_or_default();
            let (transaction, size) = Transaction::decode_prefix(bytes).map_err(|error| {
                AppError::with(ErrorCode::NotATransaction, sentence(&error.to_string()))
                    .field("sources")
            })?;
            let unsigned = bytes.get(..size).unwrap_or(bytes);
            let mut view = plain_view(
                network,
                &transaction,
                id_of(network.network().id(), unsigned),
                bytes.len(),
            );
            let message = [network.network().id().0.as_slice(), unsigned].concat();
            if let Ok(review) = Review::of_message(&message) {
                let lines = review
                    .device_lines(network.hrp())
                    .into_iter()
                    .chain(review.expert_lines(network.hrp()));
                view.lines = lines.map(|line| review_line(&line)).collect();
            }
            view.raw_hex = hex::encode(bytes);
            view.warnings.push(Sentence::new(
                "transaction.unknown_account",
                "The account is not in an open wallet: its signatures and fee can't be checked.",
                [],
            ));
            Ok(view)
        }
        Err(error) => Err(error.field("sources")),
    }
}

/// One transaction from several files of it.
fn merge(
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

fn review_lines(network: &NetworkInUse, pending: &PendingTx) -> Vec<ReviewLine> {
    let Ok(review) = Review::of(pending) else {
        return Vec::new();
    };
    let hrp = network.hrp();
    let lines = review
        .device_lines(hrp)
        .into_iter()
        .chain(review.cost_lines(pending, hrp))
        .chain(review.expert_lines(hrp));
    lines.map(|line| review_line(&line)).collect()
}

fn review_line(line: &spacemesh_wallet::tx::ReviewLine) -> ReviewLine {
    use ReviewItem as Item;
    let (key, kind) = match line.item {
        Item::Kind => ("kind".to_owned(), "text"),
        Item::Principal => ("from".to_owned(), "address"),
        Item::Vault => ("vault".to_owned(), "address"),
        Item::Destination => ("to".to_owned(), "address"),
        Item::Amount => ("amount".to_owned(), "amount"),
        Item::GasPrice => ("gas_price".to_owned(), "text"),
        Item::Participants => ("participants".to_owned(), "number"),
        Item::Required => ("required".to_owned(), "number"),
        Item::Key(index) => (format!("key_{index}"), "hex"),
        Item::KeyAddress(index) => (format!("key_address_{index}"), "address"),
        Item::Owner => ("owner".to_owned(), "address"),
        Item::VaultTotal => ("vault_total".to_owned(), "amount"),
        Item::VaultInitial => ("vault_initial".to_owned(), "amount"),
        Item::VestingStart => ("vesting_start".to_owned(), "number"),
        Item::VestingEnd => ("vesting_end".to_owned(), "number"),
        Item::Template => ("template".to_owned(), "address"),
        Item::Nonce => ("nonce".to_owned(), "number"),
        Item::Method => ("method".to_owned(), "number"),
        Item::GenesisId => ("genesis_id".to_owned(), "hex"),
        Item::Spawned => ("spawned".to_owned(), "address"),
        Item::MaxGas => ("max_gas".to_owned(), "number"),
        Item::Fee => ("fee".to_owned(), "amount"),
        Item::Total => ("total".to_owned(), "amount"),
    };
    ReviewLine {
        key,
        label: line.label.clone(),
        value: line.value.clone(),
        name: None,
        kind: kind.to_owned(),
    }
}

fn title(
    network: &NetworkInUse,
    transaction: &Transaction,
    name: Option<&str>,
    missing: usize,
) -> Sentence {
    let who = name
        .map(str::to_owned)
        .unwrap_or_else(|| super::address_view(&transaction.principal, network.hrp()).short);
    let (key, what) = match &transaction.call {
        Call::Spawn(args) if args.address() == transaction.principal => {
            ("activate", "activation".to_owned())
        }
        Call::Spawn(_) => ("activate_other", "activation of another account".to_owned()),
        Call::Spend { amount, .. } => ("spend", format!("payment of {} SMH", amount.to_smh())),
        Call::Drain { amount, .. } => ("drain", format!("{} SMH out of a vault", amount.to_smh())),
    };
    let end = match missing {
        0 => String::new(),
        1 => " waits for 1 signature".to_owned(),
        n => format!(" waits for {n} signatures"),
    };
    Sentence::new(
        &format!("transaction.title_{key}"),
        format!("{who}: {what}{end}"),
        [
            ("who", who.clone()),
            (
                "amount",
                amount(&transaction.call)
                    .map(|amount| amount.0.to_string())
                    .unwrap_or_default(),
            ),
            ("missing", missing.to_string()),
        ],
    )
}

fn destination(call: &Call) -> Option<Address> {
    match call {
        Call::Spawn(_) => None,
        Call::Spend { destination, .. } | Call::Drain { destination, .. } => Some(*destination),
    }
}

fn amount(call: &Call) -> Option<Amount> {
    match call {
        Call::Spawn(_) => None,
        Call::Spend { amount, .. } | Call::Drain { amount, .. } => Some(*amount),
    }
}

/// The id inside of Smapp: does not change while signatures are added.
fn inner_id(pending: &PendingTx) -> String {
    id_of(pending.genesis_id(), pending.unsigned())
}

fn id_of(genesis_id: Hash20, unsigned: &[u8]) -> String {
    digest(genesis_id, unsigned).to_hex()
}

/// Under which a note on it lies in the wallet. Network ids of transactions are hashes of all bytes with signatures, so the two never meet.
fn note_id(pending: &PendingTx) -> TransactionId {
    TransactionId(digest(pending.genesis_id(), pending.unsigned()).0)
}

fn digest(genesis_id: Hash20, unsigned: &[u8]) -> Hash32 {
    sum([b"smapp-transaction".as_slice(), &genesis_id.0, unsigned])
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
