//! The lines a person confirms, read from the very bytes that are signed.
//!
//! The first part are the lines that the Ledger app shows, in its order and spelling (12 §3.8), so that a person can compare; then what
//! the device leaves out.

use spacemesh_types::{
    Address, Hash20, Hrp, Smidge,
    transaction::{Call, ParseTxError, SpawnArgs, Template, Transaction},
};

use super::PendingTx;

/// What a line is about; stable, for translations and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReviewItem {
    /// What kind of transaction.
    Kind,
    /// The account that signs and pays.
    Principal,
    /// The vault that pays.
    Vault,
    /// Who gets the coins.
    Destination,
    /// How much, in SMH with all decimals.
    Amount,
    /// Smidge per unit of gas.
    GasPrice,
    /// Number of keys of the account to spawn.
    Participants,
    /// How many of them must sign.
    Required,
    /// Key number n, from 0.
    Key(u8),
    /// Address of the single-key account of key number n, which the device shows beside it.
    KeyAddress(u8),
    /// The vesting account that owns the vault to spawn.
    Owner,
    /// What the vault releases in the end.
    VaultTotal,
    /// The vault's initial unlock, which has no effect.
    VaultInitial,
    /// Layer in which vesting starts.
    VestingStart,
    /// Layer in which vesting ends.
    VestingEnd,
    /// Address of the template.
    Template,
    /// The nonce.
    Nonce,
    /// Number of the method.
    Method,
    /// The network's genesis id.
    GenesisId,
    /// Address of the account that is spawned, when it is another one than the principal.
    Spawned,
    /// Units of gas.
    MaxGas,
    /// What is paid for the transaction, in SMH.
    Fee,
    /// Fee and amount, in SMH.
    Total,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewLine {
    /// What it is about.
    pub item: ReviewItem,
    /// Its label in English; for the device's lines in the device's spelling.
    pub label: String,
    /// Its value, exact.
    pub value: String,
}

/// Bytes that can't be reviewed, and so must not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewError {
    /// No transaction.
    #[error("these bytes are no transaction and can't be signed as one: {0}")]
    Parse(#[from] ParseTxError),
    /// Bytes that are signed but would not be shown.
    #[error("{0} bytes follow the transaction and would be signed unseen")]
    Unshown(usize),
}

/// A message to be signed, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The network it is for.
    pub genesis_id: Hash20,
    /// What it says.
    pub transaction: Transaction,
}

impl Review {
    /// Decodes a message to be signed: genesis id and transaction without signatures, nothing else.
    ///
    /// # Errors
    ///
    /// No such message.
    pub fn of_message(message: &[u8]) -> Result<Self, ReviewError> {
        let (genesis_id, unsigned) = message
            .split_first_chunk::<{ Hash20::SIZE }>()
            .unwrap_or((&[0; Hash20::SIZE], &[]));
        let (transaction, size) = Transaction::decode_prefix(unsigned)?;
        match unsigned.len() - size {
            0 => Ok(Self {
                genesis_id: Hash20(*genesis_id),
                transaction,
            }),
            more => Err(ReviewError::Unshown(more)),
        }
    }

    /// Decodes what a pending transaction will sign.
    ///
    /// # Errors
    ///
    /// See [`of_message`](Self::of_message).
    pub fn of(pending: &PendingTx) -> Result<Self, ReviewError> {
        Self::of_message(&pending.signing_message())
    }

    /// The lines of the Ledger app, in its order and spelling. The device takes the prefix from the key's path: `stest` for coin type 1.
    pub fn device_lines(&self, hrp: &Hrp) -> Vec<ReviewLine> {
        use ReviewItem as Item;
        let transaction = &self.transaction;
        let mut lines = vec![
            line(Item::Kind, "Tx type", kind(&transaction.call)),
            line(
                Item::Principal,
                "Principal",
                transaction.principal.to_bech32(hrp),
            ),
        ];
        let gas_price = line(
            Item::GasPrice,
            "Gas price",
            format!("SMIDGE {}", transaction.gas_price),
        );
        match &transaction.call {
            Call::Spawn(args) => {
                lines.push(gas_price);
                lines.extend(spawn_lines(args, hrp));
            }
            Call::Spend {
                destination,
                amount,
            } => {
                lines.push(line(
                    Item::Destination,
                    "Destination",
                    destination.to_bech32(hrp),
                ));
                lines.push(line(Item::Amount, "Amount", smh(*amount)));
                lines.push(gas_price);
            }
            Call::Drain {
                vault,
                destination,
                amount,
            } => {
                lines.push(line(Item::Vault, "Vault", vault.to_bech32(hrp)));
                lines.push(line(
                    Item::Destination,
                    "Destination",
                    destination.to_bech32(hrp),
                ));
                lines.push(line(Item::Amount, "Amount", smh(*amount)));
                lines.push(gas_price);
            }
        }
        lines
    }

    /// The lines that the device adds in expert mode.
    pub fn expert_lines(&self, hrp: &Hrp) -> Vec<ReviewLine> {
        use ReviewItem as Item;
        let transaction = &self.transaction;
        let template = transaction.call.template().map(|template| {
            line(
                Item::Template,
                "Template",
                template.address().to_bech32(hrp),
            )
        });
        let others = [
            line(Item::Nonce, "Nonce", transaction.nonce.to_string()),
            line(
                Item::Method,
                "Method",
                transaction.call.method().to_string(),
            ),
            line(Item::GenesisId, "Genesis Id", self.genesis_id.to_hex()),
        ];
        template.into_iter().chain(others).collect()
    }

    /// What the device doesn't show: the spawned account, gas, fee and total. `account` is the principal's.
    pub fn cost_lines(&self, pending: &PendingTx, hrp: &Hrp) -> Vec<ReviewLine> {
        use ReviewItem as Item;
        let mut lines = Vec::new();
        if let Some(spawned) = self
            .spawned()
            .filter(|spawned| *spawned != self.transaction.principal)
        {
            lines.push(line(Item::Spawned, "New account", spawned.to_bech32(hrp)));
        }
        lines.push(line(Item::MaxGas, "Max gas", pending.max_gas().to_string()));
        let fee = pending.fee();
        lines.push(line(Item::Fee, "Fee", amount_or_beyond(fee)));
        let total = fee.and_then(|fee| fee.checked_add(self.transaction.call.max_spend()));
        lines.push(line(Item::Total, "Total", amount_or_beyond(total)));
        lines
    }

    /// The account that is spawned.
    pub fn spawned(&self) -> Option<Address> {
        match &self.transaction.call {
            Call::Spawn(args) => Some(args.address()),
            Call::Spend { .. } | Call::Drain { .. } => None,
        }
    }
}

fn spawn_lines(args: &SpawnArgs, hrp: &Hrp) -> Vec<ReviewLine> {
    use ReviewItem as Item;
    match args {
        SpawnArgs::Wallet(_) => Vec::new(),
        SpawnArgs::Multisig(members) | SpawnArgs::Vesting(members) => {
            let counts = [
                line(
                    Item::Participants,
                    "Participants",
                    members.keys.len().to_string(),
                ),
                line(Item::Required, "Validators", members.required.to_string()),
            ];
            let keys = (0_u8..).zip(members.keys.iter()).flat_map(|(index, key)| {
                [
                    line(Item::Key(index), &format!("Pubkey {index}"), key.to_hex()),
                    line(
                        Item::KeyAddress(index),
                        &format!("Address {index}"),
                        SpawnArgs::Wallet(*key).address().to_bech32(hrp),
                    ),
                ]
            });
            counts.into_iter().chain(keys).collect()
        }
        SpawnArgs::Vault(vault) => vec![
            line(Item::Owner, "Owner", vault.owner.to_bech32(hrp)),
            line(Item::VaultTotal, "TotalAmount", smh(vault.total)),
            line(
                Item::VaultInitial,
                "InitialUnlockAmount",
                smh(vault.initial_unlock),
            ),
            line(Item::VestingStart, "VestingStart", vault.start.to_string()),
            line(Item::VestingEnd, "VestingEnd", vault.end.to_string()),
        ],
    }
}

const fn kind(call: &Call) -> &'static str {
    match call {
        Call::Spawn(args) => match args.template() {
            Template::Wallet => "Wallet spawn",
            Template::Multisig => "Multisig spawn",
            Template::Vesting => "Vesting spawn",
            Template::Vault => "Vault spawn",
        },
        Call::Spend { .. } => "Spend",
        Call::Drain { .. } => "Vault drain",
    }
}

/// The device's form: at least one decimal.
fn smh(amount: Smidge) -> String {
    let text = amount.to_smh();
    if text.contains('.') {
        format!("SMH {text}")
    } else {
        format!("SMH {text}.0")
    }
}

fn amount_or_beyond(amount: Option<Smidge>) -> String {
    amount.map_or_else(|| "more than 2^64 smidge: do not sign".to_owned(), smh)
}

fn line(item: ReviewItem, label: &str, value: impl Into<String>) -> ReviewLine {
    ReviewLine {
        item,
        label: label.to_owned(),
        value: value.into(),
    }
}
