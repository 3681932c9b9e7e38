//! Every wire object: no bytes make it panic or take much memory, and what decodes is written and read again.

use std::fmt::Debug;

use proptest::prelude::*;
use spacemesh_codec::{Decode, Encode, Input, decode_tracked, encode};
use spacemesh_types::{
    AtxId, BallotId, Beacon, Hash32, LayerId, NodeId, RoundId, VrfNonce,
    wire::{
        Account, ActivationTxV1, ActivationTxV2, ActiveSet, AtxProofEnvelope, Ballot,
        BallotMetadata, BeaconProposalMessage, BeaconVrfInput, Block, CERTIFY_ROUND, Certificate,
        CertifyMessage, CompactIdRequest, CompactIdResponse, EmptyRangeMessage, EpochActiveSet,
        EpochAtxIds, FingerprintMessage, FirstVotingMessage, FollowingVotingMessage, Hare3Message,
        Hare4Message, HareEligibilityGossip, HareMetadata, HareVrfInput, InnerBallot,
        ItemBatchMessage, LayerData, LayerOpinion, MalfeasanceGossip, MalfeasanceProof,
        MaliciousIds, MeshHashRequest, MeshHashes, NipostChallengeV1, NipostChallengeV2, Opinion,
        OpinionRequest, PeerTimeRequest, PeerTimeResponse, PoetCertificate, PoetProofMessage,
        ProbeMessage, ProofDoubleMarry, Proposal, RangeContentsMessage, RecentMessage,
        RequestBatch, ResponseBatch, Reward, SampleMessage, ServerResponse, StoredTransaction,
        TransactionWithResult, VotingVrfInput, WeakCoinMessage, WeakCoinVrfInput,
    },
};

/// Memory that decoding may take per byte of input. The most costly element is an empty byte string: one byte becomes a vector of 24.
const MEMORY_PER_BYTE: u64 = 32;

/// Tries to read a `T` from the front of `input`. Tells whether there was one.
fn probe<T: Encode + Decode + PartialEq + Debug>(input: &[u8]) -> bool {
    let mut decoded = None;
    let memory = allocation_counter::measure(|| {
        let mut reader = Input::new(input);
        decoded = Some(T::decode_from(&mut reader).map(|value| (value, reader)));
    });
    let size = input.len() as u64;
    assert!(
        memory.bytes_max <= MEMORY_PER_BYTE * size + 512,
        "{} bytes for {size}",
        memory.bytes_max
    );
    let Ok((value, reader)) = decoded.unwrap() else {
        return false;
    };
    let consumed = &input[..reader.offset()];
    let written = encode(&value);
    assert_eq!(reader.is_canonical(), written == consumed);
    let again = decode_tracked::<T>(&written).unwrap();
    assert!(again.canonical);
    assert_eq!(again.value, value);
    assert!(consumed.len() >= T::SIZE_MIN);
    // Cut anywhere, it is refused.
    let cut = decode_tracked::<T>(&written[..written.len() - 1]);
    assert!(cut.is_err());
    true
}

type Probe = fn(&[u8]) -> bool;

/// Every object that is sent, stored or hashed on its own; the others are parts of these.
macro_rules! objects {
    ($($object:ty),* $(,)?) => {
        const OBJECTS: &[(&str, Probe)] = &[$((stringify!($object), probe::<$object>)),*];
    };
}

objects![
    Account,
    ActivationTxV1,
    ActivationTxV2,
    ActiveSet,
    AtxProofEnvelope,
    Ballot,
    BeaconProposalMessage,
    BeaconVrfInput,
    Block,
    Certificate,
    CertifyMessage,
    CompactIdRequest,
    CompactIdResponse,
    EmptyRangeMessage,
    EpochActiveSet,
    EpochAtxIds,
    FingerprintMessage,
    FirstVotingMessage,
    FollowingVotingMessage,
    Hare3Message,
    Hare4Message,
    HareEligibilityGossip,
    HareMetadata,
    HareVrfInput,
    ItemBatchMessage,
    LayerData,
    LayerOpinion,
    MaliciousIds,
    MalfeasanceGossip,
    MalfeasanceProof,
    MeshHashRequest,
    MeshHashes,
    NipostChallengeV1,
    NipostChallengeV2,
    Opinion,
    OpinionRequest,
    PeerTimeRequest,
    PeerTimeResponse,
    PoetCertificate,
    PoetProofMessage,
    ProbeMessage,
    ProofDoubleMarry,
    Proposal,
    RangeContentsMessage,
    RecentMessage,
    RequestBatch,
    ResponseBatch,
    Reward,
    SampleMessage,
    ServerResponse,
    StoredTransaction,
    TransactionWithResult,
    VotingVrfInput,
    WeakCoinMessage,
    WeakCoinVrfInput,
];

/// Bytes in which small counts and tags are frequent, and huge counts occur.
fn plausible_bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        6 => prop::sample::select(vec![0_u8, 1, 4, 8]),
        2 => 0_u8..=66,
        1 => any::<u8>(),
    ];
    prop_oneof![
        4 => prop::collection::vec(byte, 3000),
        1 => prop::collection::vec(any::<u8>(), 0..200),
        1 => prop::collection::vec(prop::sample::select(vec![2_u8, 3, 0xfe, 0xff, 0x48, 0]), 0..100),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_bytes_break_an_object_or_claim_memory(input in plausible_bytes()) {
        for (_, probe) in OBJECTS {
            probe(&input);
        }
    }
}

#[test]
fn every_object_is_reached_by_such_bytes() {
    // Zeros are the smallest value of nearly every object, ones that of unions and of options that are there.
    for (name, probe) in OBJECTS {
        let fills = [[0, 0], [1, 0], [1, 1], [1, 4], [4, 4]]
            .map(|[first, fill]| [vec![first; 2], vec![fill; 20_000]].concat());
        assert!(fills.iter().any(|input| probe(input)), "{name}");
    }
}

#[test]
fn an_empty_ballot_has_86_bytes() {
    let ballot = InnerBallot {
        layer: LayerId(1),
        atx_id: AtxId::ZERO,
        opinion_hash: Hash32::ZERO,
        ref_ballot: BallotId::ZERO,
        epoch_data: None,
    };
    assert_eq!(encode(&ballot).len(), 86);
    let hash = "45f1da3fe3eff92f98a68c0dc00f769106db9e28ba977e33fe3aa90666b76336";
    assert_eq!(
        ballot.signed_metadata(),
        BallotMetadata {
            layer: LayerId(1),
            message_hash: Hash32::from_hex(hash).unwrap()
        }
    );
}

#[test]
fn signed_and_asked_objects_have_the_bytes_of_the_specification() {
    let metadata = BallotMetadata {
        layer: LayerId(8064),
        message_hash: spacemesh_types::sum::<&str>([]),
    };
    assert!(hex::encode(encode(&metadata)).starts_with("017eaf1349b9"));
    let response = PeerTimeResponse {
        id: 1,
        timestamp: 1_700_000_000_000_000_000,
    };
    assert_eq!(hex::encode(encode(&response)), "041300002a36fe9c9717");
}

#[test]
fn vrf_inputs_have_the_bytes_of_the_specification() {
    let (beacon, nonce) = (Beacon([1, 2, 3, 4]), VrfNonce(12_345));
    let hare = HareVrfInput::new(beacon, RoundId(0), LayerId(8064));
    assert_eq!(hex::encode(hare.alpha()), "080102030400017e");
    let certifier = HareVrfInput::new(beacon, CERTIFY_ROUND, LayerId(8064));
    assert_eq!(hex::encode(certifier.alpha()), "080102030403ffffff7f017e");
    let voting = VotingVrfInput::new(beacon, 2.into(), nonce, 3);
    assert_eq!(hex::encode(voting.alpha()), "0c0102030408e5c00c");
    assert_eq!(
        hex::encode(BeaconVrfInput::new(nonce, 2.into()).alpha()),
        "04e5c008"
    );
    let coin = WeakCoinVrfInput::new(nonce, 2.into(), RoundId(1), 0);
    assert_eq!(hex::encode(coin.alpha()), "10e5c0080400");
}

#[test]
fn an_unknown_kind_of_misbehaviour_is_refused() {
    let mut bytes = vec![0_u8; 400];
    for tag in [0, 6, 255] {
        bytes[1] = tag;
        let error = decode_tracked::<MalfeasanceProof>(&bytes).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("MalfeasanceProof.proof: tag {tag} is not known at byte 1")
        );
    }
}

#[test]
fn ids_come_from_values_and_not_from_bytes() {
    // The same block with a height in the longest form: another message, the same block.
    let canonical = hex::decode("017e03000000400000").unwrap();
    let padded = hex::decode("017e0700000040000000").unwrap();
    let (canonical, padded) = (
        decode_tracked::<Block>(&canonical).unwrap(),
        decode_tracked::<Block>(&padded).unwrap(),
    );
    assert!(canonical.canonical && !padded.canonical);
    assert_eq!(canonical.value.id(), padded.value.id());
    assert_eq!(NodeId::ZERO.to_hex().len(), 64);
}
