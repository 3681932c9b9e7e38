//! What must hold before a node starts (01 §5.4, §7.4). The reference ends the process at the first that does not; here all are told.

use std::{collections::BTreeMap, time::Duration};

use super::{Config, Value};
use crate::{Address, Hrp, Network};

/// A rule that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The key to change.
    pub key: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

/// Rounds of a hare iteration (07 §7.3).
const HARE_ROUNDS: u32 = 7;

impl Config {
    /// Every rule that does not hold; an empty list says that a node may start.
    pub fn check(&self) -> Vec<Failure> {
        let mut failures = Vec::new();
        let mut require = |holds: bool, key: &'static str, message: &dyn Fn() -> String| {
            if !holds {
                failures.push(Failure {
                    key,
                    message: message(),
                });
            }
        };
        self.check_network(&mut require);
        self.check_consensus(&mut require);
        self.check_p2p(&mut require);
        self.check_services(&mut require);
        failures
    }

    fn check_network(&self, require: &mut impl FnMut(bool, &'static str, &dyn Fn() -> String)) {
        match Network::from_config(self) {
            Err(error) => require(false, error.key(), &|| error.to_string()),
            Ok(network) => {
                let genesis = network.genesis.validate();
                require(genesis.is_ok(), "genesis.genesis-extra-data", &|| {
                    genesis
                        .as_ref()
                        .err()
                        .map(ToString::to_string)
                        .unwrap_or_default()
                });
                let clock = network.clock();
                let key = if network.genesis.time.is_unset() {
                    "genesis.genesis-time"
                } else {
                    "main.layer-duration"
                };
                require(clock.is_ok(), key, &|| {
                    clock
                        .as_ref()
                        .err()
                        .map(ToString::to_string)
                        .unwrap_or_default()
                });
                for address in network
                    .genesis
                    .accounts
                    .iter()
                    .flatten()
                    .map(|(address, _)| address)
                {
                    let parsed = Address::parse(address, &network.hrp);
                    require(parsed.is_ok(), "genesis.accounts", &|| {
                        format!(
                            "{address}: {}",
                            parsed
                                .as_ref()
                                .err()
                                .map(ToString::to_string)
                                .unwrap_or_default()
                        )
                    });
                }
                self.check_coinbase(&network.hrp, require);
            }
        }
        let recovery = self.text("recovery.recovery-uri");
        let layer = self.number::<u32>("recovery.recovery-layer");
        require(
            recovery.is_empty() || layer > 0,
            "recovery.recovery-layer",
            &|| {
                "a checkpoint is configured without its layer; give recovery.recovery-layer"
                    .to_owned()
            },
        );
        if self.flag("main.standalone") {
            let servers = self
                .read::<Vec<Value>>("main.poet-servers")
                .unwrap_or_default()
                .len();
            require(servers == 1, "main.poet-servers", &|| {
                format!(
                    "a standalone node runs one PoET server, {servers} are configured; leave one address"
                )
            });
        }
    }

    fn check_coinbase(
        &self,
        hrp: &Hrp,
        require: &mut impl FnMut(bool, &'static str, &dyn Fn() -> String),
    ) {
        let coinbase = self.text("smeshing.smeshing-coinbase");
        if coinbase.is_empty() {
            require(
                !self.flag("smeshing.smeshing-start"),
                "smeshing.smeshing-coinbase",
                &|| {
                    "smeshing needs an account for its rewards; give smeshing.smeshing-coinbase"
                        .to_owned()
                },
            );
        } else {
            let parsed = Address::parse(&coinbase, hrp);
            require(parsed.is_ok(), "smeshing.smeshing-coinbase", &|| {
                format!(
                    "{coinbase}: {}",
                    parsed
                        .as_ref()
                        .err()
                        .map(ToString::to_string)
                        .unwrap_or_default()
                )
            });
        }
    }

    fn check_consensus(&self, require: &mut impl FnMut(bool, &'static str, &dyn Fn() -> String)) {
        let confidence = self.number::<u32>("hare-eligibility.eligibility-confidence-param");
        let layers = self.number::<u32>("main.layers-per-epoch");
        require(
            confidence < layers,
            "hare-eligibility.eligibility-confidence-param",
            &|| {
                format!(
                    "the confidence parameter is {confidence}, it must be below the {layers} layers of an epoch"
                )
            },
        );
        let zdist = self.number::<u32>("tortoise.tortoise-zdist");
        let allowed = self.duration("main.layer-duration").saturating_mul(zdist);
        let end = self.hare_end();
        require(end <= allowed, "hare3.iterations-limit", &|| {
            format!(
                "hare ends {end:?} after a layer begins, later than the {allowed:?} of {zdist} layers; fewer iterations or shorter rounds"
            )
        });
        let enabled = self.flag("hare3.enable");
        let (from, to) = (
            self.number::<u32>("hare3.enable-layer"),
            self.number::<u32>("hare3.disable-layer"),
        );
        require(!enabled || to > from, "hare3.disable-layer", &|| {
            format!("hare 3 ends in layer {to}, before it begins in layer {from}")
        });
    }

    /// Start of the hardlock round of the iteration with the number of the limit (07 §7.3).
    fn hare_end(&self) -> Duration {
        let rounds =
            HARE_ROUNDS.saturating_mul(u32::from(self.number::<u8>("hare3.iterations-limit")));
        let round = self.duration("hare3.round-duration");
        self.duration("hare3.preround-delay")
            .saturating_add(round.saturating_mul(rounds))
    }

    fn check_p2p(&self, require: &mut impl FnMut(bool, &'static str, &dyn Fn() -> String)) {
        let transport =
            self.flag("p2p.enable-tcp-transport") || self.flag("p2p.enable-quic-transport");
        require(transport, "p2p.enable-tcp-transport", &|| {
            "no transport is enabled; enable TCP or QUIC".to_owned()
        });
        let relays = self
            .read::<Vec<String>>("p2p.static-relays")
            .unwrap_or_default();
        let needs_relay = self.flag("p2p.relay-server.enable") || !relays.is_empty();
        require(self.flag("p2p.relay") || !needs_relay, "p2p.relay", &|| {
            "a relay server or static relays are configured, but relaying is off; set p2p.relay"
                .to_owned()
        });
        let interval = self.duration("p2p.discovery-timings.advertise-interval");
        let spread = self.duration("p2p.discovery-timings.advertise-interval-spread");
        require(
            spread <= interval,
            "p2p.discovery-timings.advertise-interval-spread",
            &|| format!("the spread {spread:?} is longer than the interval {interval:?}"),
        );
    }

    fn check_services(&self, require: &mut impl FnMut(bool, &'static str, &dyn Fn() -> String)) {
        let list = |key| self.read::<Vec<String>>(key).unwrap_or_default();
        let json = !self.text("api.grpc-json-listener").is_empty();
        require(
            !json || !list("api.publicservices").is_empty(),
            "api.grpc-json-listener",
            &|| {
                "the JSON gateway serves the public services, and there are none; list them in api.publicservices".to_owned()
            },
        );
        for key in [
            "api.publicservices",
            "api.privateservices",
            "api.postservices",
            "api.grpc-tls-services",
        ] {
            let mut counts = BTreeMap::<String, u32>::new();
            for service in list(key) {
                *counts.entry(service).or_default() += 1;
            }
            for (service, _) in counts.into_iter().filter(|(_, count)| *count > 1) {
                require(false, key, &|| {
                    format!("{service} is listed twice; leave it once")
                });
            }
        }
    }
}
