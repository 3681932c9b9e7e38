//! Values that the node sets itself, whatever is configured (01 §7.4).

use super::{Config, Effective, Origin, Value};
use crate::network::Network;

/// What happens to a value of the configuration.
struct Rule {
    path: &'static str,
    /// The rule in words, shown as the value's origin.
    words: &'static str,
    /// The new value; none leaves the configured one.
    value: fn(&Config) -> Option<Value>,
}

fn same(config: &Config, path: &str) -> Option<Value> {
    config.get(path).map(|effective| effective.value.clone())
}

fn integer(number: impl Into<i128>) -> Option<Value> {
    Some(Value::Integer(number.into()))
}

fn is_zero(config: &Config, path: &str) -> bool {
    config
        .get(path)
        .is_some_and(|effective| effective.value == Value::Integer(0))
}

/// In this order: later rules use the results of earlier ones.
const RULES: [Rule; 16] = [
    Rule {
        path: "tortoise.layersize",
        words: "main.layer-average-size",
        value: |config| same(config, "main.layer-average-size"),
    },
    Rule {
        path: "tortoise.tortoise-delay-layers",
        words: "main.layers-per-epoch, because 0 is configured",
        value: |config| {
            is_zero(config, "tortoise.tortoise-delay-layers")
                .then(|| same(config, "main.layers-per-epoch"))?
        },
    },
    Rule {
        path: "certificate.committee-size",
        words: "hare3.committee, because 0 is configured",
        value: |config| {
            is_zero(config, "certificate.committee-size")
                .then(|| same(config, "hare3.committee"))?
        },
    },
    Rule {
        path: "certificate.certifythreshold",
        words: "half of certificate.committee-size, plus one",
        value: |config| integer(config.number::<i64>("certificate.committee-size") / 2 + 1),
    },
    Rule {
        path: "certificate.layerbuffer",
        words: "tortoise.tortoise-zdist",
        value: |config| same(config, "tortoise.tortoise-zdist"),
    },
    Rule {
        path: "certificate.numlayerstokeep",
        words: "twice tortoise.tortoise-zdist",
        value: |config| integer(2 * i128::from(config.number::<u32>("tortoise.tortoise-zdist"))),
    },
    Rule {
        path: "syncer.haredelaylayers",
        words: "tortoise.tortoise-zdist",
        value: |config| same(config, "tortoise.tortoise-zdist"),
    },
    Rule {
        path: "syncer.synccertdistance",
        words: "tortoise.tortoise-hdist",
        value: |config| same(config, "tortoise.tortoise-hdist"),
    },
    Rule {
        path: "syncer.standalone",
        words: "main.standalone",
        value: |config| same(config, "main.standalone"),
    },
    Rule {
        path: "syncer.malfeasance-sync.min-sync-peers",
        words: "p2p.min-peers, because it is smaller, but at least 1",
        value: |config| {
            let peers = config.number::<i64>("p2p.min-peers").max(1);
            let configured = config.number::<i64>("syncer.malfeasance-sync.min-sync-peers");
            if peers < configured {
                integer(peers)
            } else {
                None
            }
        },
    },
    Rule {
        path: "bootstrap.datadir",
        words: "main.data-folder",
        value: |config| same(config, "main.data-folder"),
    },
    Rule {
        path: "bootstrap.interval",
        words: "a fifth of main.layer-duration",
        value: |config| config.read::<Value>("main.layer-duration").and_then(fifth),
    },
    Rule {
        path: "vm.gaslimit",
        words: "main.block-gas-limit",
        value: |config| same(config, "main.block-gas-limit"),
    },
    Rule {
        path: "vm.genesisid",
        words: "the genesis id",
        value: |config| {
            Network::from_config(config)
                .ok()
                .map(|network| Value::Text(network.id().to_hex()))
        },
    },
    Rule {
        path: "main.miner-good-atxs-percent",
        words: "90, because 0 is configured",
        value: |config| {
            if is_zero(config, "main.miner-good-atxs-percent") {
                integer(90)
            } else {
                None
            }
        },
    },
    Rule {
        path: "p2p.discovery-timings.advertise-retry-delay",
        words: "p2p.discovery-timings.advertise-interval; the configured value has no effect",
        value: |config| same(config, "p2p.discovery-timings.advertise-interval"),
    },
];

fn fifth(duration: Value) -> Option<Value> {
    if let Value::Duration(nanos) = duration {
        Some(Value::Duration(nanos / 5))
    } else {
        None
    }
}

/// Applies every rule.
pub(super) fn apply(config: &mut Config) {
    for rule in &RULES {
        if let Some(value) = (rule.value)(config) {
            config.values.insert(
                rule.path,
                Effective {
                    value,
                    origin: Origin::Derived(rule.words),
                },
            );
        }
    }
}
