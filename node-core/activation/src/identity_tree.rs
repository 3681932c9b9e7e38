//! The id of an ATX of version 2: the root of a tree over its fields (05 §4.3), and proofs about single fields.
//!
//! Two rules exist. Under [`TreeRules::Snapshot`] the id of an *initial* ATX covers neither its proof of space nor its units (05 trap 5):
//! whoever relays it can alter them, so nothing may be remembered about a message under its ATX id before the message was accepted.

use spacemesh_codec::{BoundedVec, encode};
use spacemesh_types::{
    AtxId, Hash32, HashBuilder, hash_of,
    wire::{ActivationTxV2, MarriageCertificate, NipostsV2, PostV1, SubPostV2},
};

use crate::tree::{join, list_root, root, siblings};

/// Leaf of the marriages in the tree of an ATX.
pub const MARRIAGES_LEAF: usize = 7;

/// Levels of the lists of up to 256 elements.
const LONG_LIST_HEIGHT: u32 = 8;
/// Levels of the list of up to 4 elements.
const NIPOSTS_HEIGHT: u32 = 2;

/// How the fields of an ATX of version 2 are hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TreeRules {
    /// The tree of go-spacemesh up to v1.7 (05 §4.3).
    #[default]
    Snapshot,
    /// The tree of later releases, which ran on mainnet from v1.8 on (05 §22).
    Later,
}

/// The nine leaves of an ATX, in order. They have different lengths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaves([Vec<u8>; 9]);

impl Leaves {
    /// Computes all of them.
    pub fn of(atx: &ActivationTxV2, rules: TreeRules) -> Self {
        let initial = atx.initial.as_ref().map_or(Hash32::ZERO, |initial| {
            join(
                initial.commitment_atx.as_ref(),
                post_root(&initial.post, rules).as_ref(),
            )
        });
        let previous: Vec<Hash32> = atx.previous_atxs.iter().map(|id| id.to_hash32()).collect();
        let elements = atx.niposts.iter();
        let elements: Vec<Hash32> = elements
            .map(|element| nipost_root(element, &atx.previous_atxs, rules))
            .collect();
        let coinbase = match rules {
            TreeRules::Snapshot => atx.coinbase.as_ref().to_vec(),
            TreeRules::Later => padded(atx.coinbase.as_ref()),
        };
        Self([
            padded(&atx.publish_epoch.0.to_le_bytes()),
            atx.positioning_atx.as_ref().to_vec(),
            coinbase,
            initial.as_ref().to_vec(),
            list_root(&previous, LONG_LIST_HEIGHT).as_ref().to_vec(),
            list_root(&elements, NIPOSTS_HEIGHT).as_ref().to_vec(),
            padded(&atx.vrf_nonce.0.to_le_bytes()),
            marriages_root(&atx.marriages).as_ref().to_vec(),
            atx.marriage_atx.unwrap_or_default().as_ref().to_vec(),
        ])
    }

    /// The leaf `index`, below 9.
    pub fn leaf(&self, index: usize) -> Option<&[u8]> {
        self.0.get(index).map(Vec::as_slice)
    }

    /// The id.
    pub fn id(&self) -> AtxId {
        root(&self.slices()).into()
    }

    /// That the leaf `index` belongs to the id: its siblings upwards. Empty where a sibling is not 32 bytes long.
    pub fn proof(&self, index: usize) -> Vec<Hash32> {
        siblings(&self.slices(), index)
    }

    fn slices(&self) -> [&[u8]; 9] {
        self.0.each_ref().map(Vec::as_slice)
    }
}

/// The id of an ATX of version 2.
pub fn atx_id_v2(atx: &ActivationTxV2, rules: TreeRules) -> AtxId {
    Leaves::of(atx, rules).id()
}

/// What stands for a proof of space in the tree.
pub fn post_root(post: &PostV1, rules: TreeRules) -> Hash32 {
    match rules {
        TreeRules::Snapshot => root(&[
            &post.nonce.to_le_bytes(),
            post.indices.as_slice(),
            &post.pow.to_le_bytes(),
        ]),
        TreeRules::Later => hash_of(post),
    }
}

/// What stands for one identity's part. `None` where the snapshot's rule drops it: its previous ATX is not in the list.
pub fn sub_post_root(sub_post: &SubPostV2, previous: &[AtxId], rules: TreeRules) -> Option<Hash32> {
    let known = usize::try_from(sub_post.prev_atx_index).ok();
    let known = known.and_then(|index| previous.get(index)).copied();
    let previous = match rules {
        TreeRules::Snapshot => known?,
        TreeRules::Later => known.unwrap_or_default(),
    };
    let number = |value: u32| match rules {
        TreeRules::Snapshot => value.to_le_bytes().to_vec(),
        TreeRules::Later => padded(&value.to_le_bytes()),
    };
    Some(root(&[
        &number(sub_post.marriage_index),
        previous.as_ref(),
        &padded(&sub_post.membership_leaf_index.to_le_bytes()),
        post_root(&sub_post.post, rules).as_ref(),
        &number(sub_post.num_units),
    ]))
}

/// What stands for the proofs of one PoET.
pub fn nipost_root(element: &NipostsV2, previous: &[AtxId], rules: TreeRules) -> Hash32 {
    let membership = match rules {
        TreeRules::Snapshot => encode(&element.membership),
        TreeRules::Later => {
            let mut hash = HashBuilder::new();
            spacemesh_codec::Output::write(&mut hash, &[1]);
            for node in &element.membership.nodes {
                spacemesh_codec::Output::write(&mut hash, node.as_ref());
            }
            hash.finish().as_ref().to_vec()
        }
    };
    let posts = element.posts.iter();
    let posts: Vec<Option<Hash32>> = posts
        .map(|post| sub_post_root(post, previous, rules))
        .collect();
    let posts = if posts.iter().all(Option::is_some) {
        let posts: Vec<Hash32> = posts.into_iter().flatten().collect();
        list_root(&posts, LONG_LIST_HEIGHT)
    } else {
        // Zero-length leaves move those after them: only the whole tree gives the reference's root.
        let mut leaves: Vec<&[u8]> = posts
            .iter()
            .map(|root| root.as_ref().map_or(&[][..], |root| root.as_ref()))
            .collect();
        leaves.resize(1 << LONG_LIST_HEIGHT, &[0; 32]);
        root(&leaves)
    };
    root(&[&membership, element.challenge.as_ref(), posts.as_ref()])
}

/// What stands for a certificate.
pub fn certificate_root(certificate: &MarriageCertificate) -> Hash32 {
    join(
        certificate.reference_atx.as_ref(),
        certificate.signature.as_ref(),
    )
}

/// What stands for all certificates.
pub fn marriages_root(certificates: &[MarriageCertificate]) -> Hash32 {
    let leaves: Vec<Hash32> = certificates.iter().map(certificate_root).collect();
    list_root(&leaves, LONG_LIST_HEIGHT)
}

/// That the certificate `index` belongs to the root of `certificates`.
pub fn certificate_proof(
    certificates: &[MarriageCertificate],
    index: usize,
) -> BoundedVec<Hash32, 32> {
    let roots: Vec<Hash32> = certificates.iter().map(certificate_root).collect();
    let mut leaves: Vec<&[u8]> = roots.iter().map(|root| &root.0[..]).collect();
    leaves.resize(1 << LONG_LIST_HEIGHT, &[0; 32]);
    BoundedVec::try_from(siblings(&leaves, index)).unwrap_or_default()
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut padded = bytes.to_vec();
    padded.resize(32, 0);
    padded
}
