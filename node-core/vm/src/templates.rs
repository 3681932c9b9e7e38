//! Transactions of version 0: the four built-in templates (02 §2 and §3).

use spacemesh_codec::{Input, encode};
use spacemesh_types::{
    Address, Hash20, Smidge,
    transaction::{
        Call, ParseTxError, Parsed, SpawnArgs, Template, TxHeader, drainable, intrinsic_gas, parse,
        principal_of,
    },
};

use crate::{
    Account, Accounts, AccountsError, Failure, Verify,
    accounts::load,
    context::Context,
    failure::Stop,
    version::{Place, Prepared, Rules, Unparsed},
};

/// The rules of version 0.
pub(crate) struct VersionZero;

/// A transaction of version 0.
struct PreparedZero {
    parsed: Parsed,
    principal: Account,
    size: usize,
}

impl Rules for VersionZero {
    fn prepare(&self, raw: &[u8], accounts: &dyn Accounts) -> Result<Box<dyn Prepared>, Unparsed> {
        let principal = load(accounts, &principal_of(raw)?)?;
        let state = spawned(&principal)?;
        let parsed = parse(raw, state.as_ref())?;
        Ok(Box::new(PreparedZero {
            parsed,
            principal,
            size: raw.len(),
        }))
    }
}

impl Prepared for PreparedZero {
    fn header(&self) -> &TxHeader {
        &self.parsed.header
    }

    fn principal(&self) -> &Account {
        &self.principal
    }

    fn intrinsic_gas(&self) -> u64 {
        intrinsic_gas(&self.parsed.signer, &self.parsed.call, self.size)
    }

    fn is_signed(&self, raw: &[u8], genesis_id: Hash20, verify: Verify<'_>) -> bool {
        self.parsed.is_signed(raw, genesis_id, verify)
    }

    fn execute(&self, at: Place<'_>, context: &mut Context<'_, '_>) -> Result<(), Stop> {
        match &self.parsed.call {
            Call::Spawn(args) => {
                context.spawn(&args.address(), args.template().address(), encode(args))
            }
            Call::Spend {
                destination,
                amount,
            } => context.transfer(destination, *amount),
            Call::Drain {
                vault,
                destination,
                amount,
            } => drain(at, context, vault, destination, *amount),
        }
    }
}

/// Lets a vault of the principal pay (02 §3.3).
fn drain(
    at: Place<'_>,
    context: &mut Context<'_, '_>,
    vault: &Address,
    destination: &Address,
    amount: Smidge,
) -> Result<(), Stop> {
    let mut account = context.load(vault)?;
    let template = account.template.ok_or(Failure::NotSpawned)?;
    if template != Template::Vault.address() {
        let hrp = &at.params.hrp;
        return Err(Failure::TemplateMismatch {
            expected: Template::Vault.address().to_bech32(hrp),
            found: template.to_bech32(hrp),
        }
        .into());
    }
    let Ok(Some(SpawnArgs::Vault(terms))) = spawned(&account) else {
        return Err(AccountsError {
            address: *vault,
            reason: "its state is not that of a vault".to_owned(),
        }
        .into());
    };
    if terms.owner != context.principal() {
        return Err(Failure::NotOwner.into());
    }
    let available = drainable(&terms, account.balance, at.layer).ok_or(Failure::Misconfigured)?;
    if amount > available {
        return Err(Failure::NotAvailable.into());
    }
    context.transfer_from(&mut account, destination, amount, amount)?;
    context.change(account);
    Ok(())
}

/// What the account was spawned with, if it is spawned.
fn spawned(account: &Account) -> Result<Option<SpawnArgs>, ParseTxError> {
    let Some(address) = account.template else {
        return Ok(None);
    };
    let template =
        Template::from_address(&address).ok_or(ParseTxError::UnknownTemplate(address))?;
    let state = &mut Input::new(account.state.as_slice());
    Ok(Some(SpawnArgs::decode_from(template, state)?))
}
