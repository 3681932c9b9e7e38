//! How a transaction is shown: lines from its bytes, signers, state.
//!
//! Keeps true: every line is decoded from the bytes that are signed, none from what a person typed.

use spacemesh_types::{
    Address, Hash20, Hash32, Smidge as Amount, TransactionId, sum,
    transaction::{Call, Transaction},
};
use spacemesh_wallet::{
    Contents,
    tx::{PendingTx, RejectedPart, Review, ReviewItem},
};

use super::{accounts::template, address::known_name, transactions::merge};
use crate::{
    app::Inner,
    error::{AppError, ErrorCode},
    network::NetworkInUse,
    session::{Open, contents_error, sentence},
    view::{
        Decimal, Instant, ReviewLine, Sentence, SignatureState, SignatureView, Smidge, Template,
        Tone, TransactionView,
    },
};

impl Inner {
    pub(super) fn transaction_view(
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
pub(super) fn inspect_without_wallet(
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
pub(super) fn inner_id(pending: &PendingTx) -> String {
    id_of(pending.genesis_id(), pending.unsigned())
}

fn id_of(genesis_id: Hash20, unsigned: &[u8]) -> String {
    digest(genesis_id, unsigned).to_hex()
}

/// Under which a note on it lies in the wallet. Network ids of transactions are hashes of all bytes with signatures, so the two never meet.
pub(super) fn note_id(pending: &PendingTx) -> TransactionId {
    TransactionId(digest(pending.genesis_id(), pending.unsigned()).0)
}

fn digest(genesis_id: Hash20, unsigned: &[u8]) -> Hash32 {
    sum([b"smapp-transaction".as_slice(), &genesis_id.0, unsigned])
}
