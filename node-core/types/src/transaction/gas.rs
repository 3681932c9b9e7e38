//! What a transaction costs (02 §3.2). All of it is paid always, also by a transaction that fails.

use super::{Call, SpawnArgs};

const TX: u64 = 20_000;
const SPAWN: u64 = 30_000;
const EDVERIFY: u64 = 3_000;
const ACCOUNT_ACCESS: u64 = 2_500;
// Per eight bytes:
const STORE: u64 = 5_000;
const UPDATE: u64 = 725;
const LOAD: u64 = 182;
const TX_DATA: u64 = 128;

const KEY_SIZE: u64 = 32;
// Comments of the reference say balance, nonce and template; the number is what counts.
const ACCOUNT_HEADER_SIZE: u64 = 36;
const BALANCE_WORDS: u64 = 1;
const VAULT_WORDS: u64 = words(ACCOUNT_HEADER_SIZE + 56);
const DRAINED_WORDS: u64 = 1;
const HEADER_UPDATE_WORDS: u64 = words(ACCOUNT_HEADER_SIZE);

/// Gas of a transaction.
///
/// `signer` is the principal's account: its stored state, or for a self-spawn the arguments. `size` is the length of the raw bytes,
/// signatures included.
pub fn max_gas(signer: &SpawnArgs, call: &Call, self_spawn: bool, size: usize) -> u64 {
    base(signer, call) + data(size) + fixed(signer, call, self_spawn)
}

/// The part of [`max_gas`] that stands for parsing and verifying. A principal whose balance **in smidge** is below it has no effect at all
/// (02 §4.4).
pub fn intrinsic_gas(signer: &SpawnArgs, call: &Call, size: usize) -> u64 {
    base(signer, call) + data(size)
}

/// Parsing and verifying, without the bytes.
fn base(signer: &SpawnArgs, call: &Call) -> u64 {
    if matches!(signer, SpawnArgs::Vault(_)) {
        return 0;
    }
    let verify = EDVERIFY * u64::from(signer.required());
    match call {
        Call::Spawn(_) => TX + verify + SPAWN,
        Call::Spend { .. } | Call::Drain { .. } => TX + verify,
    }
}

fn data(size: usize) -> u64 {
    TX_DATA * words(size as u64)
}

fn fixed(signer: &SpawnArgs, call: &Call, self_spawn: bool) -> u64 {
    match call {
        Call::Spawn(args) if self_spawn => spawn_execution(args),
        Call::Spawn(args) => load(signer) + spawn_execution(args),
        Call::Spend { .. } => load(signer) + spend_execution(signer),
        Call::Drain { .. } => load(signer) + drain_execution(),
    }
}

/// Reading the principal's account.
fn load(signer: &SpawnArgs) -> u64 {
    match signer {
        SpawnArgs::Vault(_) => 0,
        SpawnArgs::Wallet(_) | SpawnArgs::Multisig(_) | SpawnArgs::Vesting(_) => {
            ACCOUNT_ACCESS + LOAD * account_words(signer)
        }
    }
}

/// Storing the new account; free for a vault.
fn spawn_execution(args: &SpawnArgs) -> u64 {
    match args {
        SpawnArgs::Vault(_) => 0,
        SpawnArgs::Wallet(_) | SpawnArgs::Multisig(_) | SpawnArgs::Vesting(_) => {
            STORE * account_words(args)
        }
    }
}

fn spend_execution(signer: &SpawnArgs) -> u64 {
    match signer {
        SpawnArgs::Vault(_) => 0,
        SpawnArgs::Wallet(_) | SpawnArgs::Multisig(_) | SpawnArgs::Vesting(_) => {
            ACCOUNT_ACCESS
                + LOAD * BALANCE_WORDS
                + UPDATE * HEADER_UPDATE_WORDS
                + UPDATE * BALANCE_WORDS
        }
    }
}

fn drain_execution() -> u64 {
    ACCOUNT_ACCESS
        + LOAD * VAULT_WORDS
        + UPDATE * HEADER_UPDATE_WORDS
        + UPDATE * (BALANCE_WORDS + DRAINED_WORDS)
}

/// Header and keys of a stored account, in groups of eight bytes.
fn account_words(args: &SpawnArgs) -> u64 {
    words(KEY_SIZE * args.keys().len() as u64 + ACCOUNT_HEADER_SIZE)
}

const fn words(bytes: u64) -> u64 {
    bytes.div_ceil(8)
}
