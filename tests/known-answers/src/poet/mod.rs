//! Chapter 04: sequential work and membership (`work`), registration and rounds (`registration`), and recorded rounds (`recorded`).

mod recorded; // net-a/poet.json.gz, state/poets.json.gz of a recording
mod registration; // who may register, and when
mod traffic; // net-a/poet-http-node1.json.gz, wire/poet-http-*.jsonl.gz of a recording
mod work; // labels, trees, samples, proofs

use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) use recorded::{ROUNDS, STORED};
pub(crate) use traffic::TRAFFIC;

/// `04-poet-vectors.json`.
pub(crate) const CHAPTER: Suite = Suite {
    name: "PoET",
    recognises: |file| file.has("posw") && file.has("fiat_shamir"),
    annotations: &["leaf_i"],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    work::run(root, report)?;
    registration::run(root, report)
}
