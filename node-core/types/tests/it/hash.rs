//! Hashing (01 §2) and the ids that are hashes.

use spacemesh_types::{
    AtxId, BlockId, Hash20, Hash32, LayerId, ProposalId, hash_of, sum, sum20,
    wire::{Block, OpinionHasher, active_set_hash, block_seed, proposal_set_hash},
};

#[test]
fn chunks_are_concatenated_without_separation() {
    assert_eq!(sum(["ab", "c"]), sum(["a", "bc"]));
    assert_eq!(sum20(["abc"]), sum(["abc"]).to_hash20());
    let empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
    assert_eq!(sum::<&str>([]).to_hex(), empty);
}

#[test]
fn bytes_are_put_right_and_20_byte_hashes_left() {
    let text = b"0123456789abcdef_hello_world_how_are_you";
    assert_eq!(
        Hash32::set_bytes(text).as_bytes(),
        b"89abcdef_hello_world_how_are_you"
    );
    assert_eq!(Hash20::set_bytes(text).as_bytes(), b"lo_world_how_are_you");
    let mut short = [0; 32];
    short[31] = 7;
    assert_eq!(Hash32::set_bytes(&[7]), Hash32(short));
    let widened = Hash20([1; 20]).to_hash32();
    assert_eq!(
        (widened.0[..20].to_vec(), widened.0[20..].to_vec()),
        (vec![1; 20], vec![0; 12])
    );
}

#[test]
fn sets_are_hashed_in_the_order_given_and_20_byte_ids_as_32_bytes() {
    let (one, two) = (ProposalId([1; 20]), ProposalId([2; 20]));
    let set = "9d7611dbd688c5fab9c33491e185d1e7b73172df05edb9aeff25f2f1624e3d0a";
    assert_eq!(proposal_set_hash(&[one, two]).to_hex(), set);
    assert_ne!(proposal_set_hash(&[two, one]).to_hex(), set);
    assert_eq!(block_seed(&[two, one]).to_hex(), set);
    let active = "8d67bc7836d128b108be2c965538f37bbcee3e7503e35e58fbb0446432e05206";
    assert_eq!(
        active_set_hash(&[AtxId([1; 32]), AtxId([2; 32])]).to_hex(),
        active
    );
}

#[test]
fn opinions_hash_20_byte_ids_and_full_width_heights() {
    let mut opinion = OpinionHasher::new(&Hash32::ZERO);
    opinion.support(&BlockId([1; 20]), 5);
    let supported = "7b20e8cf4c9435d68df6411ae1c41332e9cdc4cbfbd1baa859653d2800e5e774";
    assert_eq!(opinion.finish().to_hex(), supported);
    let mut opinion = OpinionHasher::new(&Hash32::ZERO);
    opinion.abstain();
    let abstained = "232b17a92a13d46fdeeba07519406dcdad6d67b7399159364b5e26af0ab95bcf";
    assert_eq!(opinion.finish().to_hex(), abstained);
}

#[test]
fn a_block_is_named_by_its_hash() {
    let block = Block {
        layer: LayerId(8064),
        tick_height: 0,
        rewards: [].into(),
        tx_ids: [].into(),
    };
    assert_eq!(
        block.id().to_hex(),
        "c1c85c36c3c0272f7078e7197fb7fdd8fcd5b972"
    );
    assert_eq!(hash_of(&block).to_hash20().0, block.id().0);
}
