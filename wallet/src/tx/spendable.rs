//! The most that can be sent (12 §4.8). Exact: the fee depends on how many bytes the amount takes.

use spacemesh_codec::compact_size;
use spacemesh_types::{Address, Smidge, transaction::SpawnArgs};

use super::{Action, BuildError, Draft};

/// The largest payment that `balance` allows, fee included. `None`: not even the fee of an empty payment fits. The account can't pay any
/// fee afterwards.
///
/// # Errors
///
/// See [`BuildError`].
pub fn max_spend(
    account: &SpawnArgs,
    balance: Smidge,
    nonce: u64,
    gas_price: u64,
) -> Result<Option<Smidge>, BuildError> {
    let fee = |amount| {
        fee(
            account,
            Action::Spend {
                destination: Address::ZERO,
                amount,
            },
            nonce,
            gas_price,
        )
    };
    largest(|lowest, highest| {
        let left = fee(lowest)?.and_then(|fee| balance.checked_sub(fee));
        Ok(left
            .map(|left| left.min(highest))
            .filter(|amount| *amount >= lowest))
    })
}

/// The largest drain: at most what the vault has released (`available`), while `balance` of the vesting account pays the fee.
///
/// # Errors
///
/// See [`BuildError`].
pub fn max_drain(
    account: &SpawnArgs,
    available: Smidge,
    balance: Smidge,
    nonce: u64,
    gas_price: u64,
) -> Result<Option<Smidge>, BuildError> {
    let fee = |amount| {
        fee(
            account,
            Action::Drain {
                vault: Address::ZERO,
                destination: Address::ZERO,
                amount,
            },
            nonce,
            gas_price,
        )
    };
    largest(|lowest, highest| {
        let payable = fee(lowest)?.is_some_and(|fee| fee <= balance);
        Ok(Some(available.min(highest)).filter(|amount| payable && *amount >= lowest))
    })
}

/// `None` if the fee passes every balance.
fn fee(
    account: &SpawnArgs,
    action: Action,
    nonce: u64,
    gas_price: u64,
) -> Result<Option<Smidge>, BuildError> {
    match (Draft {
        account: account.clone(),
        action,
        nonce,
        gas_price,
    })
    .fee()
    {
        Ok(fee) => Ok(Some(fee)),
        Err(BuildError::TooExpensive) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The largest result over all ranges of amounts that take the same number of bytes.
fn largest(
    best_within: impl Fn(Smidge, Smidge) -> Result<Option<Smidge>, BuildError>,
) -> Result<Option<Smidge>, BuildError> {
    let mut best = None;
    for (lowest, highest) in ranges() {
        best = best.max(best_within(Smidge(lowest), Smidge(highest))?);
    }
    Ok(best)
}

/// First and last amount of each length in compact form: 1, 2, 4, 5 … 9 bytes.
fn ranges() -> impl Iterator<Item = (u64, u64)> {
    let starts = [
        0,
        1 << 6,
        1 << 14,
        1 << 30,
        1 << 32,
        1 << 40,
        1 << 48,
        1 << 56,
    ];
    let ends = starts
        .into_iter()
        .skip(1)
        .map(|next| next - 1)
        .chain([u64::MAX]);
    starts
        .into_iter()
        .zip(ends)
        .inspect(|(first, last)| debug_assert_eq!(compact_size(*first), compact_size(*last)))
}
