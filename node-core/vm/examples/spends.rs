//! How many spends a second one core takes in, offers and applies: `cargo run --release -p spacemesh-vm --example spends [-- --seconds N]`.
//!
//! Prints one JSON document: figures are transactions per second of one core. Signatures are most of the cost of what is verified.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program that measures and prints"
)]

use std::time::{Duration, Instant};

use spacemesh_crypto::SigningKey;
use spacemesh_types::transaction::{Call, SpawnArgs, Transaction, id_of, signing_message};
use spacemesh_types::{BlockId, Hash20, Hrp, LayerId, Smidge, Timestamp};
use spacemesh_vm::mempool::{Limits, Mempool};
use spacemesh_vm::{
    Account, AccountMap, BlockTx, CheckedTx, LayerInput, Params, apply_layer, check,
    verify_signature,
};

/// Accounts, each with as many spends.
const ACCOUNTS: u64 = 500;
const EACH: u64 = 6;

/// What is measured on: accounts, and signed spends of them.
struct Scene {
    params: Params,
    accounts: AccountMap,
    raw: Vec<Vec<u8>>,
}

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--seconds");
    let seconds: f64 = arguments
        .nth(1)
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(2.0);
    let time = Duration::from_secs_f64(seconds.clamp(0.01, 3600.0));
    let scene = scene();
    let taken: Vec<CheckedTx> = scene
        .raw
        .iter()
        .filter_map(|raw| checked(&scene, raw))
        .collect();
    let full = filled(&scene, &taken);
    let figures = [
        (
            "check",
            rate(time, || {
                scene
                    .raw
                    .iter()
                    .filter_map(|raw| checked(&scene, raw))
                    .count()
            }),
        ),
        ("admit", rate(time, || filled(&scene, &taken).len())),
        ("offer", rate(time, || full.best(u64::MAX).len())),
        ("apply_unverified", rate(time, || applied(&scene, false))),
        ("apply_verified", rate(time, || applied(&scene, true))),
    ];
    let fields: Vec<String> = figures
        .iter()
        .map(|(name, rate)| format!("\"{name}_per_second\":{rate:.0}"))
        .collect();
    println!(
        "{{\"transactions\":{},{}}}",
        scene.raw.len(),
        fields.join(",")
    );
}

/// Runs `work`, which says how many transactions it did, for at least `time`, and returns transactions per second.
fn rate(time: Duration, work: impl Fn() -> usize) -> f64 {
    let start = Instant::now();
    let mut done = 0;
    while start.elapsed() < time {
        done += work();
    }
    done as f64 / start.elapsed().as_secs_f64()
}

fn scene() -> Scene {
    let params = Params {
        genesis_id: Hash20([7; 20]),
        hrp: Hrp::TESTNET,
        first_effective_genesis: LayerId(7),
        effective_genesis: LayerId(7),
        block_gas_limit: u64::MAX,
    };
    let key = |index: u64| {
        let mut seed = [1; SigningKey::SEED_SIZE];
        seed[..8].copy_from_slice(&index.to_le_bytes());
        SigningKey::from_seed(&seed)
    };
    let wallet = |index| SpawnArgs::Wallet(key(index).public_key());
    let mut accounts = AccountMap::new();
    let mut raw = Vec::new();
    for index in 0..ACCOUNTS {
        let args = wallet(index);
        accounts.put(Account {
            layer: LayerId(0),
            address: args.address(),
            next_nonce: 0,
            balance: Smidge(1_000_000_000),
            template: Some(args.template().address()),
            state: spacemesh_codec::encode(&args)
                .try_into()
                .unwrap_or_default(),
        });
        for nonce in 0..EACH {
            let transaction = Transaction {
                principal: args.address(),
                call: Call::Spend {
                    destination: wallet((index + 1) % ACCOUNTS).address(),
                    amount: Smidge(1000),
                },
                nonce,
                gas_price: 1,
            };
            let unsigned = transaction.to_bytes();
            let message = signing_message(params.genesis_id, &unsigned);
            let signature = key(index).sign_plain(&[&message]);
            raw.push([unsigned, signature.0.to_vec()].concat());
        }
    }
    Scene {
        params,
        accounts,
        raw,
    }
}

fn checked(scene: &Scene, raw: &[u8]) -> Option<CheckedTx> {
    check(&scene.params, &scene.accounts, raw, &verify_signature).ok()
}

fn filled(scene: &Scene, checked: &[CheckedTx]) -> Mempool {
    let mut mempool = Mempool::new(Limits::default(), LayerId(7));
    for (arrival, checked) in (0..).zip(checked) {
        let received = Timestamp::from_unix_nanos(arrival);
        // All of them are good; the number that is in tells.
        let _ = mempool.admit(checked.clone(), received, &scene.accounts);
    }
    mempool
}

fn applied(scene: &Scene, verified: bool) -> usize {
    let transactions: Vec<BlockTx<'_>> = scene
        .raw
        .iter()
        .map(|raw| BlockTx {
            id: id_of(raw),
            raw,
            verified,
        })
        .collect();
    let input = LayerInput {
        layer: LayerId(8),
        block: BlockId::ZERO,
        transactions: &transactions,
        rewards: &[],
    };
    let effect = apply_layer(&scene.params, &scene.accounts, &input, &verify_signature);
    effect.map_or(0, |effect| effect.executed.len())
}
