//! The hash functions of PoET (04 §2): labels, nodes of the sequential work, samples, nodes of membership.
//!
//! Keeps true: bytes are hashed at their actual length, whatever it is; the statement salts labels and nodes of the work and nothing else.

use spacemesh_types::Hash32;

use crate::chain::{Sha256, to_bytes};

/// A node or a leaf of a tree at its usual size.
pub type Node = [u8; 32];

/// What stands where a tree has nothing (04 §3.1).
pub const ZERO: Node = [0; 32];

/// SHA-256 applications per label (04 §1.1).
pub const LABEL_DEPTH: u32 = 400;

/// Longest statement that can be worked on. Statements of networks have 32 bytes.
pub const STATEMENT_LEN_MAX: usize = 64;

/// What a round's work is about: the root of its members, or any other bytes (04 §2: the length is not mixed in).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    len: u8,
    bytes: [u8; STATEMENT_LEN_MAX],
}

/// A statement has more bytes than can be worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a statement has at most {STATEMENT_LEN_MAX} bytes, this one {len}; use the root of the members"
)]
pub struct StatementTooLong {
    /// Its bytes.
    pub len: usize,
}

impl Statement {
    /// From bytes.
    pub fn new(statement: &[u8]) -> Result<Self, StatementTooLong> {
        let too_long = StatementTooLong {
            len: statement.len(),
        };
        let len = u8::try_from(statement.len()).map_err(|_| too_long)?;
        let mut bytes = [0; STATEMENT_LEN_MAX];
        let place = bytes.get_mut(..statement.len()).ok_or(too_long)?;
        place.copy_from_slice(statement);
        Ok(Self { len, bytes })
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl From<Node> for Statement {
    fn from(root: Node) -> Self {
        let mut bytes = [0; STATEMENT_LEN_MAX];
        bytes[..32].copy_from_slice(&root);
        Self { len: 32, bytes }
    }
}

impl From<Hash32> for Statement {
    fn from(root: Hash32) -> Self {
        root.0.into()
    }
}

impl std::fmt::Debug for Statement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Statement({})", hex::encode(self.as_bytes()))
    }
}

/// How two nodes become the one above them.
pub trait NodeHash {
    /// The node above `left` and `right`, which have at most 32 bytes each.
    fn node(&self, left: &[u8], right: &[u8]) -> Node;
}

/// What a label depends on besides the statement.
#[derive(Debug, Clone, Copy)]
pub struct Leaf<'a> {
    /// Its place.
    pub index: u64,
    /// The left siblings on its way to the root, **highest first**.
    pub siblings: &'a [Node],
}

/// Work with a tree: labels that need the labels before, and nodes.
pub trait Work: NodeHash + Sync {
    /// The labels of independent leaves. `scratch` is overwritten; keeping it spares an allocation.
    fn labels<const N: usize>(&self, scratch: &mut Vec<u8>, leaves: [Leaf<'_>; N]) -> [Node; N];
}

/// The sequential work on a statement.
#[derive(Debug, Clone, Copy)]
pub struct SequentialWork {
    sha: Sha256,
    statement: Statement,
}

impl SequentialWork {
    /// Work on `statement` by this SHA-256.
    pub fn new(sha: Sha256, statement: Statement) -> Self {
        Self { sha, statement }
    }

    /// What is worked on.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// `SHA256^400` of the statement and `data` (04 §2).
    pub fn label_hash(&self, scratch: &mut Vec<u8>, data: &[u8]) -> Node {
        scratch.clear();
        scratch.extend_from_slice(self.statement.as_bytes());
        scratch.extend_from_slice(data);
        self.finish([self.sha.digest_words(scratch)])[0]
    }

    /// The label of leaf `index` whose left siblings are `siblings`, **lowest first**, each at its own length.
    pub fn label<'a>(
        &self,
        scratch: &mut Vec<u8>,
        index: u64,
        siblings: impl Iterator<Item = &'a [u8]>,
    ) -> Node {
        self.finish([self.first(scratch, index, siblings)])[0]
    }

    /// Labels of independent leaves with siblings of any length, lowest first.
    pub(crate) fn labels_of<const N: usize>(
        &self,
        scratch: &mut Vec<u8>,
        leaves: [(u64, &[Short]); N],
    ) -> [Node; N] {
        self.finish(leaves.map(|(index, siblings)| {
            self.first(scratch, index, siblings.iter().map(Short::as_bytes))
        }))
    }

    /// The first of the hashes.
    fn first<'a>(
        &self,
        scratch: &mut Vec<u8>,
        index: u64,
        siblings: impl Iterator<Item = &'a [u8]>,
    ) -> [u32; 8] {
        scratch.clear();
        scratch.extend_from_slice(self.statement.as_bytes());
        scratch.extend_from_slice(&index.to_be_bytes());
        for sibling in siblings {
            scratch.extend_from_slice(sibling);
        }
        self.sha.digest_words(scratch)
    }

    /// The other hashes.
    fn finish<const N: usize>(&self, mut digests: [[u32; 8]; N]) -> [Node; N] {
        self.sha.chain(&mut digests, LABEL_DEPTH - 1);
        digests.map(to_bytes)
    }
}

impl NodeHash for SequentialWork {
    fn node(&self, left: &[u8], right: &[u8]) -> Node {
        let mut message = [0; STATEMENT_LEN_MAX + 64];
        let mut len = 0;
        for part in [self.statement.as_bytes(), left, right] {
            message[len..len + part.len()].copy_from_slice(part);
            len += part.len();
        }
        self.sha.digest(&message[..len])
    }
}

impl Work for SequentialWork {
    fn labels<const N: usize>(&self, scratch: &mut Vec<u8>, leaves: [Leaf<'_>; N]) -> [Node; N] {
        self.finish(leaves.map(|leaf| {
            let siblings = leaf.siblings.iter().rev();
            self.first(scratch, leaf.index, siblings.map(Node::as_slice))
        }))
    }
}

/// How the tree of a round's members hashes.
#[derive(Debug, Clone, Copy)]
pub struct MembershipHash;

impl NodeHash for MembershipHash {
    fn node(&self, left: &[u8], right: &[u8]) -> Node {
        let mut hash = blake3::Hasher::new();
        hash.update(&[1]).update(left).update(right);
        hash.finalize().into()
    }
}

/// Up to 32 bytes: proofs carry nodes and leaves of any such length, and they are hashed at that length (04 §3.4, Trap 9).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Short {
    len: u8,
    bytes: Node,
}

impl Short {
    /// The first 32 of `bytes`.
    pub fn cut(bytes: &[u8]) -> Self {
        let len = bytes.len().min(32);
        let mut place = ZERO;
        place[..len].copy_from_slice(&bytes[..len]);
        Self {
            len: len as u8,
            bytes: place,
        }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl From<Node> for Short {
    fn from(bytes: Node) -> Self {
        Self { len: 32, bytes }
    }
}

impl std::fmt::Debug for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.as_bytes()))
    }
}

/// The leaves that a root asks for, ascending, and how many values of the counter it took (04 §4.3).
///
/// Where `leaves` is just above `samples`, hundreds of counter values are needed: that is the rule, and there is no limit.
pub fn sample(sha: Sha256, root: &[u8], leaves: u64, samples: usize) -> Sampled {
    if samples as u64 > leaves {
        return Sampled {
            indices: (0..leaves).collect(),
            in_order: (0..leaves).collect(),
            counters: 0,
        };
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut in_order = Vec::with_capacity(samples);
    let mut counter: u32 = 0;
    let mut message = root.to_vec();
    while in_order.len() < samples {
        message.truncate(root.len());
        message.extend_from_slice(&counter.to_be_bytes());
        let [high, low, ..] = sha.digest_words(&message);
        let index = (u64::from(high) << 32 | u64::from(low)) % leaves;
        if seen.insert(index) {
            in_order.push(index);
        }
        counter = counter.wrapping_add(1);
    }
    Sampled {
        indices: seen.into_iter().collect(),
        in_order,
        counters: counter,
    }
}

/// What [`sample`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sampled {
    /// Distinct indices, ascending.
    pub indices: Vec<u64>,
    /// The same in the order in which they were found.
    pub in_order: Vec<u64>,
    /// How many values of the counter were used.
    pub counters: u32,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::chain::Kernel;

    fn works() -> impl Iterator<Item = SequentialWork> {
        let statement = Statement::new(b"a123123123mskofvuw098e71bnj91273").unwrap();
        let kernels = Kernel::available().into_iter();
        kernels.map(move |kernel| SequentialWork::new(Sha256::new(kernel).unwrap(), statement))
    }

    /// Values of the reference's tests (04 "Known answers").
    #[test]
    fn hashes_of_the_reference() {
        for work in works() {
            let data = b"12312390819023879012379184718920408data0123128991231239081";
            let label = work.label_hash(&mut Vec::new(), data);
            assert_eq!(
                hex::encode(label),
                "b0d5378b51463392b29347b686d8a7f041ce0ec278dd3e090c4e4ce05e61c4c4"
            );
            assert_eq!(
                hex::encode(work.node(b"left-one", b"right-one")),
                "670196b573a99378513df4eefdbd84b4b59be86482a8df3802bafa334c760629"
            );
        }
    }

    /// The index, then the siblings at their lengths and without gaps (04 "Label input packing").
    #[test]
    fn a_label_hashes_its_index_and_siblings_as_they_are() {
        for work in works() {
            let mut scratch = Vec::new();
            let sibling = |hex: &str| hex::decode(hex).unwrap();
            for (index, siblings, packed) in [
                (1, vec![], "0000000000000001"),
                (2, vec![sibling("11111111")], "000000000000000211111111"),
                (
                    3,
                    vec![sibling("11111111"), vec![], sibling("33333333")],
                    "00000000000000031111111133333333",
                ),
            ] {
                let expected = work.label_hash(&mut scratch, &hex::decode(packed).unwrap());
                let label = work.label(&mut scratch, index, siblings.iter().map(Vec::as_slice));
                assert_eq!(label, expected);
            }
        }
    }

    /// Lanes do not touch each other, and the order of siblings is turned round once.
    #[test]
    fn labels_side_by_side_are_labels() {
        for work in works() {
            let mut scratch = Vec::new();
            let siblings = [[1; 32], [2; 32], [3; 32]];
            let leaves = [7, 99].map(|index| Leaf {
                index,
                siblings: &siblings,
            });
            let labels = work.labels(&mut scratch, leaves);
            for (index, label) in [7, 99].into_iter().zip(labels) {
                let lowest_first = siblings.iter().rev().map(Node::as_slice);
                assert_eq!(label, work.label(&mut scratch, index, lowest_first));
            }
        }
    }

    #[test]
    fn a_statement_has_at_most_64_bytes() {
        assert_eq!(Statement::new(&[3; 64]).unwrap().as_bytes(), [3; 64]);
        assert!(Statement::new(&[]).unwrap().as_bytes().is_empty());
        assert_eq!(Statement::new(&[0; 65]), Err(StatementTooLong { len: 65 }));
        assert!(Statement::new(&[0; 300]).is_err());
    }
}
