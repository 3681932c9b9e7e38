//! Levels of the log, by module (01 §7.3).

use super::{Key, key};
use crate::config::kind::{LEVEL, LOG_ENCODER};

#[rustfmt::skip] // a table, one row per line: key, kind, default, [mainnet, testnet, standalone, fastnet], flags
pub(super) const KEYS: &[Key] = &[
    key("logging.log-encoder", LOG_ENCODER, "console", ["=", "=", "=", "="], &["log-encoder"]),
    key("logging.app", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.clock", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.p2p", LEVEL, "error", ["=", "=", "=", "="], &[]),
    key("logging.post", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.postservice", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.statedb", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.beacon", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.cacheddb", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.poetdb", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.trtl", LEVEL, "info", ["warn", "=", "=", "="], &[]),
    key("logging.atxhandler", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.atxbuilder", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.mesh", LEVEL, "info", ["warn", "=", "=", "="], &[]),
    key("logging.sync", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.hareoracle", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.hare", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.blockcert", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.blockgenerator", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.blockhandler", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.txhandler", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.proposalstore", LEVEL, "", ["=", "=", "=", "="], &[]),
    key("logging.proposalbuilder", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.proposallistener", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.nipostbuilder", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.nipostvalidator", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.fetcher", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.timesync", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.vm", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.grpc", LEVEL, "warn", ["=", "=", "=", "="], &[]),
    key("logging.constate", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.executor", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.malfeasance", LEVEL, "info", ["=", "=", "=", "="], &[]),
    key("logging.bootstrap", LEVEL, "info", ["=", "=", "=", "="], &[]),
];
