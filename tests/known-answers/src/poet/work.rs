//! Labels by every kernel, samples, whole trees, complete proofs, memberships (04 §2 to §6).

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use sha2::{Digest, Sha256 as Reference};
use spacemesh_codec::{decode_exact, encode};
use spacemesh_poet::chain::{Kernel, Sha256};
use spacemesh_poet::execute::{End, Execution, Options, Outcome};
use spacemesh_poet::hash::{
    Leaf, Node as TreeNode, NodeHash, Sampled, SequentialWork, Statement, Work, ZERO, sample,
};
use spacemesh_poet::membership::{Stream, Tree, verify};
use spacemesh_poet::proof::{self, SAMPLES, VerifyError};
use spacemesh_poet::tree::{Parked, Position, proof_positions, root_height};
use spacemesh_types::wire::{PoetMerkleProof, PoetProof, PoetProofMessage};
use spacemesh_types::{EdSignature, Hash32, sum};

use crate::{
    node::{Malformed, Node},
    report::Report,
};

pub(super) fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    labels(&root.key("labels")?, report)?;
    for key in ["fiat_shamir", "fiat_shamir_small", "fiat_shamir_ref_sized"] {
        samples(&root.key(key)?, report)?;
    }
    for row in root.key("posw")?.items()? {
        proof_row(&row, report)?;
    }
    memberships(&root.key("membership")?, report)
}

/// A tree of which everything is kept.
struct Whole {
    work: SequentialWork,
    leaves: u64,
    nodes: BTreeMap<Position, TreeNode>,
}

impl Whole {
    fn new(kernel: Kernel, statement: &Statement, leaves: u64) -> Option<Self> {
        let work = SequentialWork::new(Sha256::new(kernel).ok()?, *statement);
        let mut parked = Parked::new();
        let mut nodes = BTreeMap::new();
        let mut scratch = Vec::new();
        for index in 0..leaves {
            let siblings = parked.nodes();
            let [label] = work.labels(&mut scratch, [Leaf { index, siblings }]);
            parked.push(&work, label, |at, node| {
                nodes.insert(at, *node);
            });
        }
        parked.pad(&work, root_height(leaves), |at, node| {
            nodes.insert(at, *node);
        });
        Some(Self {
            work,
            leaves,
            nodes,
        })
    }

    fn value(&self, height: u8, index: u64) -> TreeNode {
        let at = Position { height, index };
        self.nodes.get(&at).copied().unwrap_or(ZERO)
    }

    fn root(&self) -> TreeNode {
        self.value(root_height(self.leaves), 0)
    }

    /// The proof for `root`, which is above the tree's root if `top` has a node.
    fn proof(&self, root: TreeNode, indices: &[u64], top: Option<&[u8]>) -> Option<PoetProof> {
        let leaves = indices.iter().map(|index| self.value(0, *index).into());
        let siblings = proof_positions(self.leaves, indices).into_iter();
        let mut nodes: Vec<_> = siblings
            .map(|at| self.value(at.height, at.index).into())
            .collect();
        if let Some(top) = top {
            nodes.push(top.try_into().ok()?);
        }
        Some(PoetProof {
            merkle_proof: PoetMerkleProof {
                root: root.into(),
                proven_leaves: leaves.collect::<Vec<_>>().try_into().ok()?,
                proof_nodes: nodes.try_into().ok()?,
            },
            leaf_count: self.leaves,
        })
    }
}

fn labels(node: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let text = node.key("statement_ascii")?;
    let statement =
        Statement::new(text.text()?.as_bytes()).map_err(|error| text.malformed(error))?;
    for kernel in Kernel::available() {
        let rows = node.key("labels")?.items()?;
        let whole = Whole::new(kernel, &statement, rows.len() as u64);
        let whole = whole.ok_or_else(|| node.malformed("a kernel that runs"))?;
        for (index, row) in (0..).zip(&rows) {
            report.equal_bytes(row, &row.hex()?, &whole.value(0, index));
        }
        for (leaves, key) in [
            (1, "root_1"),
            (2, "root_2"),
            (3, "root_3"),
            (5, "root_5"),
            (8, "root_8"),
        ] {
            let whole = Whole::new(kernel, &statement, leaves)
                .ok_or_else(|| node.malformed("a kernel that runs"))?;
            let root = node.key(key)?;
            report.equal_bytes(&root, &root.hex()?, &whole.root());
        }
    }
    Ok(())
}

fn samples(node: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let root = match node.optional("root_ascii") {
        Some(text) => text.text()?.as_bytes().to_vec(),
        None => node.key("root")?.hex()?,
    };
    let count = node.key("t")?.u64()?;
    let space = node.key("space")?.u64()?;
    let sampled = sample(Sha256::best(), &root, space, count as usize);
    let counters = node.key("counter_end")?;
    report.equal(&counters, counters.u64()?, sampled.counters);
    for key in ["first_5_in_order", "order"] {
        for (row, index) in node
            .optional(key)
            .map_or(Ok(Vec::new()), |rows| rows.items())?
            .iter()
            .zip(&sampled.in_order)
        {
            report.equal(row, row.u64()?, index);
        }
    }
    for (key, index) in [
        ("smallest", sampled.indices.first()),
        ("largest", sampled.indices.last()),
    ] {
        if let (Some(row), Some(index)) = (node.optional(key), index) {
            report.equal(&row, row.u64()?, index);
        }
    }
    if let Some(missing) = node.optional("missing") {
        let all = 0..space;
        let absent: Vec<u64> = all
            .filter(|index| sampled.indices.binary_search(index).is_err())
            .collect();
        report.equal(&missing, missing.items()?.len(), absent.len());
        for (row, index) in missing.items()?.iter().zip(absent) {
            report.equal(row, row.u64()?, index);
        }
    }
    Ok(())
}

/// One complete proof: made from the whole tree, encoded, verified, and made again by an execution that keeps a part of the tree.
fn proof_row(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let number = |key: &str| row.key(key)?.u64();
    let bytes = |key: &str, actual: &[u8], report: &mut Report| {
        let node = row.key(key)?;
        report.equal_bytes(&node, &node.hex()?, actual);
        Ok(())
    };
    let equal = |key: &str, actual: u64, report: &mut Report| {
        let node = row.key(key)?;
        report.equal(&node, node.u64()?, actual);
        Ok(())
    };
    let top: Option<Vec<u8>> = match row.key("name")?.text()? {
        "honest" => None,
        "one extra node on top (accepted by the reference)" => Some(vec![0xaa; 32]),
        "one extra empty node on top (accepted by the reference)" => Some(Vec::new()),
        "one extra 3-byte node on top (accepted by the reference)" => Some(vec![1, 2, 3]),
        _ => return Err(row.key("name")?.malformed("a known kind of proof")),
    };
    let root: TreeNode = row.key("statement")?.hex_array()?;
    let statement = Statement::from(root);
    let leaves = number("leaf_count")?;
    let whole = Whole::new(Kernel::best(), &statement, leaves)
        .ok_or_else(|| row.malformed("a kernel that runs"))?;
    equal("height", root_height(leaves).into(), report)?;
    bytes("tree_root", &whole.root(), report)?;
    bytes("label_0", &whole.value(0, 0), report)?;
    bytes("label_1", &whole.value(0, 1), report)?;
    bytes(
        "label_last",
        &whole.value(0, leaves.saturating_sub(1)),
        report,
    )?;

    let root = match &top {
        Some(top) => whole.work.node(&whole.root(), top),
        None => whole.root(),
    };
    bytes("proof_root", &root, report)?;
    let Sampled {
        indices,
        in_order,
        counters,
    } = sample(Sha256::best(), &root, leaves, SAMPLES);
    for (node, index) in row
        .key("fiat_shamir_first_10_in_order")?
        .items()?
        .iter()
        .zip(&in_order)
    {
        report.equal(node, node.u64()?, index);
    }
    equal("fiat_shamir_counter_end", counters.into(), report)?;
    let sorted: Vec<u8> = indices
        .iter()
        .flat_map(|index| index.to_be_bytes())
        .collect();
    bytes("sorted_indices_sha256", &Reference::digest(sorted), report)?;

    let proof = whole.proof(root, &indices, top.as_deref());
    let proof = proof.ok_or_else(|| row.malformed("a proof within the limits of the wire"))?;
    equal(
        "num_proven_leaves",
        proof.merkle_proof.proven_leaves.len() as u64,
        report,
    )?;
    equal(
        "num_proof_nodes",
        proof.merkle_proof.proof_nodes.len() as u64,
        report,
    )?;
    equal("encoded_proof_len", encode(&proof).len() as u64, report)?;
    bytes("ref", &proof.reference().0, report)?;
    let message = PoetProofMessage {
        proof: proof.clone(),
        service_id: (*b"poet_id_123456").into(),
        round_id: (*b"1337").into(),
        statement: row.key("statement")?.hex_array().map(Hash32)?,
        signature: EdSignature([0; 64]),
    };
    let encoded = encode(&message);
    equal("encoded_message_len", encoded.len() as u64, report)?;
    bytes("message_blake3", &sum([&encoded]).0, report)?;
    if let Some(node) = row.optional("encoded_message") {
        report.equal_bytes(&node, &node.hex()?, &encoded);
        let decoded = report.success(&node, decode_exact::<PoetProofMessage>(&node.hex()?));
        report.holds(&node, decoded == Some(message), "to be this message");
    }

    let valid = row.key("valid")?;
    for kernel in Kernel::available()
        .into_iter()
        .filter_map(|kernel| Sha256::new(kernel).ok())
    {
        let verified = proof::verify_with(kernel, &statement, &proof);
        report.equal(&valid, valid.bool()?, verified.is_ok());
    }
    if valid.bool()? {
        mutations(row, &statement, &proof, report);
    }
    if top.is_none() && leaves >= SAMPLES as u64 {
        executed(row, &statement, &proof, report)?;
    }
    Ok(())
}

/// A changed byte of any part makes a proof invalid, for the reason that the reference gives.
fn mutations(row: &Node<'_>, statement: &Statement, proof: &PoetProof, report: &mut Report) {
    let mut check = |name: &str, statement: &Statement, change: &dyn Fn(&mut PoetProof)| {
        let mut changed = proof.clone();
        change(&mut changed);
        let verified = proof::verify(statement, &changed);
        let expected = matches!(
            verified,
            Err(VerifyError::Root { .. } | VerifyError::Label { .. })
        );
        report.holds(row, expected, format!("to be invalid with another {name}"));
    };
    let flip = |bytes: Option<&mut u8>| {
        if let Some(byte) = bytes {
            *byte ^= 1;
        }
    };
    check("root", statement, &|proof| {
        flip(proof.merkle_proof.root.as_mut_slice().last_mut());
    });
    check("leaf", statement, &|proof| {
        if let Some(leaf) = proof.merkle_proof.proven_leaves.as_mut_slice().last_mut() {
            flip(leaf.as_mut_slice().first_mut());
        }
    });
    check("node", statement, &|proof| {
        if let Some(node) = proof.merkle_proof.proof_nodes.as_mut_slice().first_mut() {
            flip(node.as_mut_slice().last_mut());
        }
    });
    check("statement", &Statement::from([0x61; 32]), &|_| {});
}

/// An execution on disk that keeps one height gives the same proof.
fn executed(
    row: &Node<'_>,
    statement: &Statement,
    expected: &PoetProof,
    report: &mut Report,
) -> Result<(), Malformed> {
    let folder = tempfile::tempdir().map_err(|error| row.malformed(error))?;
    let options = Options {
        height: 6,
        ..Options::default()
    };
    let execution = Execution::open_or_start(folder.path(), statement, options);
    let Some(mut execution) = report.success(row, execution) else {
        return Ok(());
    };
    let end = End::Leaves(expected.leaf_count);
    let outcome = execution.run(end, &AtomicBool::new(false), &|_| {});
    let same = match report.success(row, outcome) {
        Some(Outcome::Finished(proof)) => *proof == *expected,
        Some(Outcome::Stopped) | None => false,
    };
    report.holds(row, same, "to come out of an execution that keeps height 6");
    Ok(())
}

fn memberships(node: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let leaves = |count: u64| -> Vec<TreeNode> { (0..count).map(|i| [i as u8 + 1; 32]).collect() };
    for row in node.key("trees")?.items()? {
        let leaves = leaves(row.key("leaves")?.u64()?);
        let tree = Tree::build(leaves.clone());
        let mut stream = Stream::new();
        leaves.iter().for_each(|leaf| stream.push(*leaf, true));
        let members = stream.finish();
        let root = row.key("root")?;
        let expected: TreeNode = root.hex_array()?;
        report.holds(
            &root,
            tree.root() == Some(expected),
            "to be the tree's root",
        );
        report.holds(
            &root,
            members.root == Some(expected),
            "to be the root of the list",
        );
        for (index, nodes) in row.key("proofs")?.fields()? {
            let index: u64 = index.parse().map_err(|_| nodes.malformed("an index"))?;
            let expected = nodes_of(&nodes)?;
            report.holds(
                &nodes,
                tree.proof(index).as_ref() == Some(&expected),
                "to be the proof",
            );
            let watched = members.watched.get(index as usize);
            let streamed =
                watched.is_some_and(|member| member.index == index && member.nodes == expected);
            report.holds(&nodes, streamed, "to be the proof from the list");
            if let (Some(root), Some(leaf)) = (tree.root(), leaves.get(index as usize)) {
                report.success(&nodes, verify(&root, &[index], &[*leaf], &expected));
                let wrong = verify(&root, &[index], &[[0xff; 32]], &expected);
                report.holds(&nodes, wrong.is_err(), "to prove nothing else");
            }
        }
    }
    let multi = node.key("multi")?;
    let leaves = leaves(multi.key("leaves")?.u64()?);
    let tree = Tree::build(leaves.clone());
    let indices = multi.key("indices")?.items()?;
    let indices: Vec<u64> = indices.iter().map(Node::u64).collect::<Result<_, _>>()?;
    let expected = nodes_of(&multi.key("nodes")?)?;
    report.holds(
        &multi,
        tree.multi_proof(&indices).as_ref() == Ok(&expected),
        "to be the proof",
    );
    let proven: Vec<TreeNode> = indices
        .iter()
        .filter_map(|index| leaves.get(*index as usize).copied())
        .collect();
    let root = multi.key("root")?.hex_array()?;
    report.success(&multi, verify(&root, &indices, &proven, &expected));
    Ok(())
}

/// A list of nodes of 32 bytes each.
pub(super) fn nodes_of(list: &Node<'_>) -> Result<Vec<TreeNode>, Malformed> {
    list.items()?.iter().map(Node::hex_array).collect()
}
