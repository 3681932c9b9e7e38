//! Reads `GET /v1/proofs/{round}` from front to back (04 §5.4, §11.1) and verifies what it says.
//!
//! Keeps true: the member list is hashed while it arrives and never held; each part has the limit of the wire form, each text a limit of
//! its own; the proof is checked under the root of the members that came with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use spacemesh_codec::{BoundedBytes, BoundedVec};
use spacemesh_types::wire::{PoetMerkleProof, PoetProof, PoetProofMessage};
use spacemesh_types::{EdSignature, Hash32};

use crate::api::{Base64, Uint64};
use crate::hash::Statement;
use crate::membership::Stream;
use crate::proof;

/// Most members of a round that are read: 32 million, 1.6 GB of JSON.
const MEMBERS_MAX: u64 = 1 << 25;

/// Most bytes between two quotation marks or outside of them. Honest texts have below 100.
const RUN_BYTES_MAX: usize = 64 * 1024;

/// A round's proof as a service gave it, verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadedProof {
    /// The message as nodes exchange it: the service's own key, the round that was asked for, an unused signature.
    pub message: PoetProofMessage,
    /// How many members the round has.
    pub members: u64,
    /// The wanted challenges that are in the round, with their proofs. Of equal challenges the first.
    pub memberships: BTreeMap<[u8; 32], Membership>,
}

/// That a challenge is in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Its place among the members.
    pub index: u64,
    /// The nodes that prove it, at most 32.
    pub nodes: Vec<Hash32>,
}

/// An answer that is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofReadError {
    /// The connection broke while it arrived.
    #[error("the answer broke off: {0}")]
    Broken(String),
    /// Not the JSON expected, or larger than its limits.
    #[error("the answer is not understood: {0}")]
    Malformed(String),
    /// The proof does not verify.
    #[error("{0}")]
    Invalid(String),
    /// The round's id cannot be named in a proof.
    #[error("the round id {0:?} has more than 32 bytes")]
    RoundId(String),
}

impl ProofReadError {
    /// Whether it may be different at the next attempt.
    pub fn is_transport(&self) -> bool {
        matches!(self, Self::Broken(_))
    }
}

/// Reads the answer for `round_id` and verifies it. Proofs of membership are made for `wanted`.
///
/// # Errors
///
/// The answer breaks off, is malformed or beyond a limit, or its proof does not verify under its members.
pub fn read_proof(
    answer: impl Read,
    round_id: &str,
    wanted: &BTreeSet<[u8; 32]>,
) -> Result<DownloadedProof, ProofReadError> {
    let id = BoundedBytes::try_from(round_id.as_bytes().to_vec())
        .map_err(|_| ProofReadError::RoundId(round_id.to_owned()))?;
    let mut parts = Parts {
        wanted,
        tree: Stream::new(),
        seen: BTreeSet::new(),
        merkle: None,
        leaves: 0,
        pubkey: Base64::default(),
    };
    let mut deserializer = serde_json::Deserializer::from_reader(ShortRuns {
        inner: std::io::BufReader::with_capacity(64 * 1024, answer),
        run: 0,
    });
    Whole(&mut parts)
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|error| match error.classify() {
            serde_json::error::Category::Io
                if error.io_error_kind() != Some(std::io::ErrorKind::InvalidData) =>
            {
                ProofReadError::Broken(error.to_string())
            }
            serde_json::error::Category::Eof => {
                ProofReadError::Broken("it ends too early".to_owned())
            }
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Data => ProofReadError::Malformed(error.to_string()),
        })?;
    let merkle_proof = parts
        .merkle
        .ok_or_else(|| ProofReadError::Malformed("there is no proof in it".to_owned()))?;
    let service_id = BoundedBytes::try_from(parts.pubkey.0).map_err(|_| {
        ProofReadError::Malformed("the service's key has more than 32 bytes".to_owned())
    })?;
    let members = parts.tree.finish();
    // Without members services work on an empty statement and nodes compute zeros: such a proof never verifies (Trap 13).
    let statement = Hash32(members.root.unwrap_or_default());
    let message = PoetProofMessage {
        proof: PoetProof {
            merkle_proof,
            leaf_count: parts.leaves,
        },
        service_id,
        round_id: id,
        statement,
        signature: EdSignature::ZERO,
    };
    let salt =
        Statement::new(&statement.0).map_err(|error| ProofReadError::Invalid(error.to_string()))?;
    proof::verify(&salt, &message.proof)
        .map_err(|error| ProofReadError::Invalid(error.to_string()))?;
    let memberships = members.watched.into_iter().map(|member| {
        let nodes = member.nodes.into_iter().map(Hash32).collect();
        (
            member.leaf,
            Membership {
                index: member.index,
                nodes,
            },
        )
    });
    Ok(DownloadedProof {
        members: members.count,
        memberships: memberships.collect(),
        message,
    })
}

/// What is collected while the answer arrives.
struct Parts<'a> {
    wanted: &'a BTreeSet<[u8; 32]>,
    tree: Stream,
    seen: BTreeSet<[u8; 32]>,
    merkle: Option<PoetMerkleProof>,
    leaves: u64,
    pubkey: Base64,
}

/// `{"proof": {…}, "pubkey": "…"}`.
struct Whole<'p, 'w>(&'p mut Parts<'w>);

/// `{"proof": {…}, "members": […], "leaves": "…"}`.
struct Body<'p, 'w>(&'p mut Parts<'w>);

/// `["…", …]`.
struct MemberList<'p, 'w>(&'p mut Parts<'w>);

impl<'de> DeserializeSeed<'de> for Whole<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with proof and pubkey")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "proof" => map.next_value_seed(Body(self.0))?,
                "pubkey" => self.0.pubkey = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Body<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Body<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with proof, members and leaves")
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "proof" => self.0.merkle = map.next_value::<Option<Merkle>>()?.map(Into::into),
                "members" => {
                    if !self.0.tree.is_empty() {
                        return Err(A::Error::duplicate_field("members"));
                    }
                    map.next_value_seed(MemberList(self.0))?;
                }
                "leaves" => self.0.leaves = map.next_value::<Uint64>()?.0,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for MemberList<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for MemberList<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of members")
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(member) = list.next_element::<Base64>()? {
            if self.0.tree.len() >= MEMBERS_MAX {
                return Err(A::Error::custom("more members than are read"));
            }
            // Other lengths than 32 are filled with zeros or cut, as every node does.
            let mut leaf = [0; 32];
            for (to, from) in leaf.iter_mut().zip(&member.0) {
                *to = *from;
            }
            let watch = self.0.wanted.contains(&leaf) && self.0.seen.insert(leaf);
            self.0.tree.push(leaf, watch);
        }
        Ok(())
    }
}

/// The tree, each list bounded as on the wire.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Merkle {
    root: Node,
    #[serde(alias = "proven_leaves")]
    proven_leaves: Nodes<150>,
    #[serde(alias = "proof_nodes")]
    proof_nodes: Nodes<5400>,
}

impl From<Merkle> for PoetMerkleProof {
    fn from(merkle: Merkle) -> Self {
        Self {
            root: merkle.root.0,
            proven_leaves: merkle.proven_leaves.0,
            proof_nodes: merkle.proof_nodes.0,
        }
    }
}

/// At most 32 bytes.
#[derive(Default)]
struct Node(BoundedBytes<32>);

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = Base64::deserialize(deserializer)?;
        let bounded = BoundedBytes::try_from(bytes.0);
        bounded
            .map(Self)
            .map_err(|_| D::Error::custom("a node has more than 32 bytes"))
    }
}

/// At most N nodes.
struct Nodes<const N: usize>(BoundedVec<BoundedBytes<32>, N>);

impl<const N: usize> Default for Nodes<N> {
    fn default() -> Self {
        Self(BoundedVec::default())
    }
}

impl<'de, const N: usize> Deserialize<'de> for Nodes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<const N: usize>;
        impl<'de, const N: usize> Visitor<'de> for List<N> {
            type Value = Nodes<N>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {N} nodes")
            }
            fn visit_unit<E>(self) -> Result<Nodes<N>, E> {
                Ok(Nodes::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Nodes<N>, A::Error> {
                let mut nodes = Nodes::default();
                while let Some(node) = list.next_element::<Node>()? {
                    nodes
                        .0
                        .push(node.0)
                        .map_err(|_| A::Error::custom(format_args!("more than {N} nodes")))?;
                }
                Ok(nodes)
            }
        }
        deserializer.deserialize_any(List)
    }
}

/// Fails where a text would grow without end.
struct ShortRuns<R> {
    inner: R,
    run: usize,
}

impl<R: Read> Read for ShortRuns<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(out)?;
        for &byte in out.iter().take(count) {
            self.run = if byte == b'"' { 0 } else { self.run + 1 };
            if self.run > RUN_BYTES_MAX {
                return Err(std::io::Error::new(
                    std::io::ErrorKind::InvalidData,
                    "a text of the answer is longer than any honest one",
                ));
            }
        }
        Ok(count)
    }
}
