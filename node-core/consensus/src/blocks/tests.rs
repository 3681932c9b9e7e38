//! Tests of block generation and of blocks from peers.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use spacemesh_codec::encode;
use spacemesh_types::{
    Address, AtxId, BallotId, BlockId, Hash32, LayerId, ProposalId, Smidge, TransactionId,
    transaction::TxHeader,
    wire::{AnyReward, Block, RatNum, block_seed},
};

use super::*;

const LAYER: LayerId = LayerId(20);
const BEFORE: LayerId = LayerId(19);
const OWN_HASH: Hash32 = Hash32([5; 32]);

#[derive(Debug, Clone, Default)]
struct World {
    proposals: BTreeMap<ProposalId, ProposalFacts>,
    atxs: BTreeMap<AtxId, AtxFacts>,
    slots: BTreeMap<BallotId, u32>,
    transactions: BTreeMap<TransactionId, TransactionFacts>,
    mesh_hash: Option<Hash32>,
}

impl BlockSource for World {
    fn has_proposal(&self, id: ProposalId) -> bool {
        self.proposals.contains_key(&id)
    }
    fn proposal(&self, id: ProposalId) -> Option<ProposalFacts> {
        self.proposals.get(&id).cloned()
    }
    fn atx(&self, _: LayerId, id: AtxId) -> Option<AtxFacts> {
        self.atxs.get(&id).copied()
    }
    fn declared_slots(&self, ballot: BallotId) -> Option<u32> {
        self.slots.get(&ballot).copied()
    }
    fn transaction(&self, id: TransactionId) -> Option<TransactionFacts> {
        self.transactions.get(&id).copied()
    }
    fn mesh_hash(&self, _: LayerId) -> Option<Hash32> {
        self.mesh_hash
    }
}

fn header(principal: u8, nonce: u64, max_gas: u64) -> TxHeader {
    TxHeader {
        principal: Address([principal; 24]),
        template: Address::default(),
        method: 16,
        nonce,
        layer_min: 0,
        layer_max: 0,
        max_gas,
        gas_price: 1,
        max_spend: Smidge(10),
    }
}

fn tx(number: u8) -> TransactionId {
    TransactionId([number; 32])
}

fn id(number: u8) -> ProposalId {
    ProposalId([number; 20])
}

impl World {
    /// Proposals 1 to `count`, each of its own ATX (weight 12, base height equal to its number) with one of three slots.
    fn with_proposals(count: u8) -> Self {
        let mut world = Self {
            mesh_hash: Some(OWN_HASH),
            ..Self::default()
        };
        for number in 1..=count {
            let atx = AtxId([number; 32]);
            let facts = AtxFacts {
                base_height: u64::from(number),
                weight: 12,
            };
            world.atxs.insert(atx, facts);
            let proposal = ProposalFacts {
                atx,
                proofs: 1,
                slots: Some(3),
                ref_ballot: BallotId::ZERO,
                mesh_hash: Hash32::ZERO,
                tx_ids: vec![tx(number)],
            };
            world.proposals.insert(id(number), proposal);
            let facts = TransactionFacts {
                header: Some(header(number, 0, 100)),
                applied: false,
            };
            world.transactions.insert(tx(number), facts);
        }
        world
    }

    fn ids(&self) -> Vec<ProposalId> {
        self.proposals.keys().copied().collect()
    }

    fn contents(&self) -> Result<BlockContents, ContentsError> {
        contents_of(LAYER, &self.ids(), self, 0, 90)
    }

    fn with_hash(mut self, hash: Hash32) -> Self {
        for proposal in self.proposals.values_mut() {
            proposal.mesh_hash = hash;
        }
        self
    }
}

#[test]
fn ten_proposals_share_equally_in_lowest_terms() {
    let contents = World::with_proposals(10).contents().unwrap();
    assert_eq!(contents.tick_height, 10, "the highest base");
    let four = RatNum { num: 4, denom: 1 };
    assert_eq!(contents.rewards.len(), 10);
    assert!(contents.rewards.iter().all(|reward| reward.weight == four));
    assert!(contents.rewards.is_sorted_by_key(|reward| reward.atx_id));
    assert_eq!(contents.mode, Mode::Ordinary);
}

#[test]
fn a_share_is_of_the_proofs_in_this_ballot() {
    assert_eq!(reward_weight(12, 1, 3), Some(RatNum { num: 4, denom: 1 }));
    assert_eq!(reward_weight(10, 2, 7), Some(RatNum { num: 20, denom: 7 }));
    assert_eq!(reward_weight(0, 2, 7), Some(RatNum { num: 0, denom: 1 }));
    assert_eq!(reward_weight(10, 2, 0), None);
    let cut = reward_weight(u64::MAX, 3, 2).unwrap();
    assert_eq!(
        cut,
        RatNum {
            num: u64::MAX - 2,
            denom: 2
        },
        "64 bits of a larger number"
    );
    let mut world = World::with_proposals(1);
    let ballot = BallotId([8; 20]);
    let proposal = world.proposals.get_mut(&id(1)).unwrap();
    (proposal.slots, proposal.ref_ballot, proposal.proofs) = (None, ballot, 2);
    assert_eq!(world.contents(), Err(ContentsError::NoSlots(ballot)));
    world.slots.insert(ballot, 4);
    let share = world.contents().unwrap().rewards[0].weight;
    assert_eq!(share, RatNum { num: 6, denom: 1 });
}

#[test]
fn what_is_not_known_here_leaves_the_layer_to_the_syncer() {
    let good = World::with_proposals(2);
    let mut world = good.clone();
    world.atxs.remove(&AtxId([2; 32]));
    assert_eq!(
        world.contents(),
        Err(ContentsError::UnknownAtx(AtxId([2; 32])))
    );
    let mut world = good.clone();
    world.proposals.get_mut(&id(2)).unwrap().atx = AtxId([1; 32]);
    assert_eq!(
        world.contents(),
        Err(ContentsError::RepeatedAtx(AtxId([1; 32])))
    );
    let mut world = good.clone();
    world.transactions.remove(&tx(2));
    assert_eq!(
        world.contents(),
        Err(ContentsError::UnknownTransaction(tx(2)))
    );
    let mut world = good.clone();
    world.transactions.get_mut(&tx(2)).unwrap().header = None;
    assert_eq!(world.contents(), Err(ContentsError::NoHeader(tx(2))));
    let theirs = Hash32([6; 32]);
    let world = good.clone().with_hash(theirs);
    let own = OWN_HASH;
    assert_eq!(
        world.contents(),
        Err(ContentsError::OtherMeshHash { own, theirs })
    );
    let mut world = good.with_hash(OWN_HASH);
    world.mesh_hash = None;
    assert_eq!(world.contents(), Err(ContentsError::NoMeshHash(BEFORE)));
}

#[test]
fn mesh_hashes_are_weighed_by_eligibility_proofs() {
    let (one, two) = (Hash32([1; 32]), Hash32([2; 32]));
    let votes = (1..=10).map(|number| (if number <= 5 { one } else { two }, number));
    assert_eq!(mesh_hash_majority(votes.clone(), 70), Some(two), "40 of 55");
    assert_eq!(mesh_hash_majority(votes, 73), None);
    let zero = [(Hash32::ZERO, 9), (one, 1)];
    assert_eq!(
        mesh_hash_majority(zero, 90),
        None,
        "the zero hash counts and never wins"
    );
    assert_eq!(
        mesh_hash_majority([(Hash32::ZERO, 1), (one, 9)], 90),
        Some(one)
    );
    assert_eq!(mesh_hash_majority([], 90), None);
}

#[test]
fn gas_cuts_an_ordinary_block_and_no_optimistic_one() {
    let world = World::with_proposals(200);
    let ordinary = contents_of(LAYER, &world.ids(), &world, 100, 90).unwrap();
    assert_eq!(ordinary.tx_ids.len(), 1);
    let world = world.with_hash(OWN_HASH);
    let optimistic = contents_of(LAYER, &world.ids(), &world, 100, 90).unwrap();
    assert_eq!(optimistic.mode, Mode::Optimistic);
    assert_eq!(optimistic.tx_ids.len(), 200);
}

#[test]
fn a_transaction_that_overshoots_the_gas_limit_ends_the_cutting() {
    let transactions: Vec<OrderedTransaction> = (1..=10)
        .map(|number| OrderedTransaction {
            id: tx(number),
            header: header(number, 0, 60),
            applied: false,
        })
        .collect();
    assert_eq!(
        order_transactions(&transactions, Hash32::ZERO, 120).len(),
        2
    );
    assert_eq!(
        order_transactions(&transactions, Hash32::ZERO, 100).len(),
        10
    );
}

#[test]
fn missing_proposals_are_left_out_of_seed_and_block() {
    let mut world = World::with_proposals(3);
    let all = world.ids();
    world.proposals.remove(&id(2));
    let with_missing = contents_of(LAYER, &all, &world, 0, 90).unwrap();
    assert_eq!(with_missing, world.contents().unwrap());
    assert_eq!(with_missing.rewards.len(), 2);
}

#[test]
fn seeds_are_made_of_padded_ids() {
    let bytes: Vec<u8> = [id(1), id(2)]
        .iter()
        .flat_map(|id| id.to_hash32().0)
        .collect();
    assert_eq!(block_seed(&[id(2), id(1)]), spacemesh_types::sum([bytes]));
}

const CONFIG: GeneratorConfig = GeneratorConfig {
    gas_limit: 100_000,
    threshold_percent: 90,
};

fn handle(
    generator: &mut Generator,
    input: GeneratorInput,
    applied: u32,
    world: &World,
) -> Vec<GeneratorEffect> {
    let mut out = Vec::new();
    generator.handle(input, LayerId(applied), world, &mut out);
    out
}

fn result(layer: u32, proposals: Vec<ProposalId>) -> GeneratorInput {
    GeneratorInput::Result {
        layer: LayerId(layer),
        proposals,
    }
}

fn finished(layer: LayerId, block: BlockId, executed: bool) -> Vec<GeneratorEffect> {
    vec![
        GeneratorEffect::Certify { layer, block },
        GeneratorEffect::HareOutput {
            layer,
            block,
            executed,
        },
        GeneratorEffect::Unmark(layer),
    ]
}

fn failed(layer: LayerId, reason: Failure) -> Vec<GeneratorEffect> {
    vec![
        GeneratorEffect::Failed { layer, reason },
        GeneratorEffect::Unmark(layer),
    ]
}

#[test]
fn an_empty_result_is_certified_and_told() {
    let mut generator = Generator::new(CONFIG);
    let effects = handle(&mut generator, result(20, vec![]), 19, &World::default());
    assert_eq!(effects, finished(LAYER, BlockId::ZERO, false));
    assert_eq!(generator.waiting().count(), 0);
}

#[test]
fn an_ordinary_block_is_added_before_it_is_certified_and_told() {
    let world = World::with_proposals(2);
    let mut generator = Generator::new(CONFIG);
    let effects = handle(&mut generator, result(20, world.ids()), 3, &world);
    let [GeneratorEffect::AddBlock(block)] = &effects[..] else {
        panic!("{effects:?}");
    };
    let id = block.id();
    let added = |added| GeneratorInput::Added {
        layer: LAYER,
        added,
    };
    let mut other = generator.clone();
    let effects = handle(&mut generator, added(true), 3, &world);
    assert_eq!(effects, finished(LAYER, id, false));
    let effects = handle(&mut other, added(false), 3, &world);
    assert_eq!(effects, failed(LAYER, Failure::Adding));
    assert!(
        handle(&mut other, added(true), 3, &world).is_empty(),
        "nothing waits any more"
    );
}

#[test]
fn missing_proposals_are_fetched_first() {
    let world = World::with_proposals(2);
    let mut partly = world.clone();
    partly.proposals.remove(&id(2));
    let mut generator = Generator::new(CONFIG);
    let effects = handle(&mut generator, result(20, world.ids()), 19, &partly);
    let fetch = GeneratorEffect::Fetch {
        layer: LAYER,
        proposals: vec![id(2)],
    };
    assert_eq!(effects, [fetch]);
    assert!(handle(&mut generator, result(20, world.ids()), 19, &partly).is_empty());
    let fetched = |complete| GeneratorInput::Fetched {
        layer: LAYER,
        complete,
    };
    let mut other = generator.clone();
    let effects = handle(&mut generator, fetched(true), 19, &world);
    assert!(matches!(effects[..], [GeneratorEffect::AddBlock(_)]));
    let effects = handle(&mut other, fetched(false), 19, &partly);
    assert_eq!(effects, failed(LAYER, Failure::Fetch));
}

#[test]
fn optimistic_layers_are_executed_in_order_after_every_earlier_one() {
    // Results come as L+3, L+1, L+2, L; L and L+1 agree on the state. L−1 is applied.
    let ordinary = World::with_proposals(2);
    let optimistic = ordinary.clone().with_hash(OWN_HASH);
    let mut generator = Generator::new(CONFIG);
    let ids = ordinary.ids();
    let effects = handle(&mut generator, result(23, ids.clone()), 19, &ordinary);
    assert!(matches!(effects[..], [GeneratorEffect::AddBlock(_)]));
    assert!(handle(&mut generator, result(21, ids.clone()), 19, &optimistic).is_empty());
    let effects = handle(&mut generator, result(22, ids.clone()), 19, &ordinary);
    assert!(matches!(effects[..], [GeneratorEffect::AddBlock(_)]));
    let effects = handle(&mut generator, result(20, ids), 19, &optimistic);
    let [
        GeneratorEffect::Execute {
            layer: LAYER,
            tx_ids,
            ..
        },
    ] = &effects[..]
    else {
        panic!("{effects:?}");
    };
    assert_eq!(tx_ids.len(), 2);

    // The block holds what the execution took.
    let executed = GeneratorInput::Executed {
        layer: LAYER,
        tx_ids: Some(vec![tx(2)]),
    };
    let effects = handle(&mut generator, executed, 19, &optimistic);
    let [GeneratorEffect::AddBlock(block)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(block.tx_ids.as_slice(), [tx(2)]);
    let id = block.id();
    let added = GeneratorInput::Added {
        layer: LAYER,
        added: true,
    };
    let effects = handle(&mut generator, added, 19, &optimistic);
    assert_eq!(effects, finished(LAYER, id, true));
    let effects = handle(&mut generator, GeneratorInput::Applied, 20, &optimistic);
    assert!(matches!(
        effects[..],
        [GeneratorEffect::Execute {
            layer: LayerId(21),
            ..
        }]
    ));
    let no = GeneratorInput::Executed {
        layer: LayerId(21),
        tx_ids: None,
    };
    let effects = handle(&mut generator, no, 20, &optimistic);
    assert_eq!(effects, failed(LayerId(21), Failure::Execution));
}

#[test]
fn a_postponed_layer_that_was_applied_meanwhile_is_dropped() {
    let world = World::with_proposals(2).with_hash(OWN_HASH);
    let mut generator = Generator::new(CONFIG);
    assert!(handle(&mut generator, result(20, world.ids()), 15, &world).is_empty());
    let effects = handle(&mut generator, GeneratorInput::Applied, 20, &world);
    assert_eq!(effects, failed(LAYER, Failure::Overtaken));
    for layer in 0..u32::try_from(LAYERS_MAX).unwrap() + 5 {
        handle(&mut generator, result(100 + layer, world.ids()), 20, &world);
    }
    assert_eq!(generator.waiting().count(), LAYERS_MAX);
    assert_eq!(
        generator.waiting().next(),
        Some(LayerId(105)),
        "the lowest go first"
    );
}

fn block() -> Block {
    let reward = |number| AnyReward {
        atx_id: AtxId([number; 32]),
        weight: RatNum { num: 1, denom: 2 },
    };
    Block {
        layer: LAYER,
        tick_height: 7,
        rewards: [reward(1), reward(2)].into(),
        tx_ids: [tx(1), tx(2)].into(),
    }
}

fn check(block: &Block) -> Result<SyncedBlock, BlockRejection> {
    SyncedBlock::check(&encode(block), block.id().to_hash32(), LayerId(19))
}

#[test]
fn a_block_from_a_peer_is_what_was_asked_for_and_rewards_somebody() {
    assert_eq!(check(&block()).unwrap().block, block());
    let malformed = SyncedBlock::check(b"malformed", Hash32::ZERO, LayerId(19));
    assert!(matches!(malformed, Err(BlockRejection::Malformed(_))));
    let other = SyncedBlock::check(&encode(&block()), Hash32::ZERO, LayerId(19));
    assert!(matches!(other, Err(BlockRejection::OtherBlock { .. })));
    // The hash asked for is the padded id, not the whole digest.
    let digest = spacemesh_types::hash_of(&block());
    assert!(SyncedBlock::check(&encode(&block()), digest, LayerId(19)).is_err());
    let changed = |change: fn(&mut Block)| {
        let mut block = block();
        change(&mut block);
        check(&block).unwrap_err()
    };
    let early = changed(|block| block.layer = LayerId(19));
    assert!(matches!(early, BlockRejection::BeforeGenesis { .. }));
    assert_eq!(
        changed(|block| block.rewards = [].into()),
        BlockRejection::NoRewards
    );
    let zero = changed(|block| block.rewards.as_mut_slice()[1].weight.denom = 0);
    assert_eq!(zero, BlockRejection::ZeroShare(AtxId([2; 32])));
    let zero = changed(|block| block.rewards.as_mut_slice()[0].weight.num = 0);
    assert_eq!(zero, BlockRejection::ZeroShare(AtxId([1; 32])));
    let repeated = changed(|block| block.rewards.as_mut_slice()[1].atx_id = AtxId([1; 32]));
    assert_eq!(repeated, BlockRejection::RepeatedReward(AtxId([1; 32])));
}

#[derive(Default)]
struct Known {
    block: bool,
    atxs: BTreeSet<AtxId>,
    transactions: BTreeSet<TransactionId>,
}

impl SyncedBlockView for Known {
    fn has_block(&self, _: BlockId) -> bool {
        self.block
    }
    fn has_atx(&self, _: LayerId, id: AtxId) -> bool {
        self.atxs.contains(&id)
    }
    fn has_transaction(&self, id: TransactionId) -> bool {
        self.transactions.contains(&id)
    }
}

#[test]
fn a_block_is_added_once_everything_it_names_is_here() {
    let synced = check(&block()).unwrap();
    let mut known = Known {
        atxs: BTreeSet::from([AtxId([1; 32])]),
        ..Known::default()
    };
    let step = synced.next_step(&known);
    assert_eq!(step, SyncedStep::FetchAtxs(vec![AtxId([2; 32])]));
    known.atxs.insert(AtxId([2; 32]));
    let step = synced.next_step(&known);
    assert_eq!(step, SyncedStep::FetchTransactions(vec![tx(1), tx(2)]));
    known.transactions.extend([tx(1), tx(2)]);
    assert_eq!(synced.next_step(&known), SyncedStep::Add);
    let mut repeated = block();
    repeated.tx_ids = [tx(1), tx(1)].into();
    let step = check(&repeated).unwrap().next_step(&known);
    assert_eq!(step, SyncedStep::RepeatedTransaction(tx(1)));
    known.block = true;
    assert_eq!(synced.next_step(&known), SyncedStep::Stored);
}

/// The order of the reference's own test: ten transactions of ten principals.
#[test]
fn the_reference_test_order_comes_out() {
    let ids = [
        "08ea037ab3400a575f7d7911a8c7cdc2175c008ea7a98ee24f14611ee5e5339f",
        "8058885d69129db2757b3d5b3fb214d9aaf5640474486ae71cb8a79752474d7b",
        "c3c9b8af8a3d0966dfeeef69d15202e17898d9c2f26e6783c948e59428231252",
        "1c8e203412e9eb00173870dc62f25b9c142ea0c64d7831ac236aab8c94a76865",
        "98f095630e631fd0057304443ebd24798d58d95fa5394f9eecbf75d9a4fa6e29",
        "9a96ccb0ca208ac91e0a0a92f7c6208f83a13a649582b695a56f9c981e39b619",
        "9e8963dbd7566c06e007f0dab910168aab24d1ae9789cb896d2fb24778fc6002",
        "8ec40d3c67bb73595f61912348a48d038a60aeead84ecb1d5e5d2476071a8b73",
        "83f3bb7d51c874fbf2541f69e52e09b810364cf329e55b0f328d072ca465efa9",
        "db6d9aad9dafcb11d1da1c9156caeb5329f6430f6df2b0287b0afb08e0f7c4c4",
    ]
    .map(|id| TransactionId::from_hex(id).unwrap());
    let input = [6, 5, 4, 7, 8, 2, 0, 1, 9, 3];
    let transactions: Vec<OrderedTransaction> = input
        .iter()
        .zip(1..)
        .map(|(&index, principal)| OrderedTransaction {
            id: ids[index],
            header: header(principal, 0, 100),
            applied: false,
        })
        .collect();
    let seed = Hash32(
        *format!("block seed {:>21}", 101)
            .as_bytes()
            .first_chunk()
            .unwrap(),
    );
    assert_eq!(order_transactions(&transactions, seed, 0), ids);
}

fn transaction() -> impl Strategy<Value = OrderedTransaction> {
    let numbers = (0_u8..5, 0_u64..4, 1_u64..200, any::<u64>(), any::<u8>());
    let numbers = (numbers, prop::bool::weighted(0.2), any::<[u8; 32]>());
    numbers.prop_map(|((principal, nonce, gas, spend, wide), applied, id)| {
        let mut header = header(principal, nonce, gas);
        // Sums that wrap are part of the rules.
        header.max_spend = Smidge(if wide < 40 { spend } else { spend % 1000 });
        OrderedTransaction {
            id: TransactionId(id),
            header,
            applied,
        }
    })
}

proptest! {
    #[test]
    fn a_block_holds_each_transaction_once_and_nonces_ascend(
        transactions in prop::collection::vec(transaction(), 0..60), seed: [u8; 32], limit in 0_u64..5000
    ) {
        let all = order_transactions(&transactions, Hash32(seed), 0);
        let unique: BTreeSet<_> = all.iter().collect();
        prop_assert_eq!(unique.len(), all.len());
        let by_id: BTreeMap<_, _> = transactions.iter().map(|of| (of.id, of)).collect();
        let mut nonces = BTreeMap::new();
        for id in &all {
            let header = by_id[id].header;
            let last = nonces.insert(header.principal, header.nonce);
            prop_assert!(last.is_none_or(|last| last < header.nonce));
        }
        let cut = order_transactions(&transactions, Hash32(seed), limit);
        prop_assert!(all.starts_with(&cut));
    }

    #[test]
    fn the_order_of_proposals_does_not_matter(turn in 0_usize..6, gas in prop::option::of(1_u64..2000)) {
        let world = World::with_proposals(6);
        let mut ids = world.ids();
        let limit = gas.unwrap_or(0);
        let straight = contents_of(LAYER, &ids, &world, limit, 90);
        ids.rotate_left(turn);
        prop_assert_eq!(contents_of(LAYER, &ids, &world, limit, 90), straight);
    }
}
