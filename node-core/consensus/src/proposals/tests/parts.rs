//! The parts that intake and builder are made of.

use super::*;

#[test]
fn active_sets_ascend_and_duplicates_count_twice() {
    let checked = |ids: &[u8], change: fn(&mut Hash32)| {
        let ids: Vec<AtxId> = ids.iter().map(|id| atx_id(*id)).collect();
        let mut hash = active_set_hash(&ids);
        change(&mut hash);
        let set = EpochActiveSet {
            epoch: EPOCH,
            set: ids.try_into().unwrap(),
        };
        check_active_set(&encode(&set), &hash)
    };
    let twice = checked(&[1, 1, 2], |_| {}).unwrap();
    let mut weights = ActiveSetWeights::default();
    let weight = weights.weight(&world(), Hash32([1; 32]), &twice);
    assert_eq!(weight, Ok(500));
    let unsorted = checked(&[2, 1], |_| {}).unwrap_err();
    assert_eq!(unsorted, ActiveSetFault::NotSorted(1));
    let other = checked(&[1, 2], |hash| hash.0[0] ^= 1).unwrap_err();
    assert_eq!(other.refusal(), Refusal::Reject);
    // The epoch is not hashed, but weights are those of the set's epoch.
    let mut elsewhere = twice.clone();
    elsewhere.epoch = EpochId(9);
    let unknown = weights.weight(&world(), Hash32([2; 32]), &elsewhere);
    assert_eq!(unknown.unwrap_err().refusal(), Refusal::Ignore);
    let empty = checked(&[], |_| {}).unwrap();
    let empty = weights.weight(&world(), Hash32([3; 32]), &empty);
    assert_eq!(empty, Err(ActiveSetFault::Empty));
}

#[test]
fn votes_must_not_contradict_each_other() {
    let check = |support: &[BlockHeader], against: &[BlockHeader], abstain: &[u32]| {
        let votes = Votes {
            base: BallotId::ZERO,
            support: support.to_vec().try_into().unwrap(),
            against: against.to_vec().try_into().unwrap(),
            abstain: abstain
                .iter()
                .map(|layer| LayerId(*layer))
                .collect::<Vec<_>>()
                .try_into()
                .unwrap(),
        };
        check_votes(LayerId(20), &votes, 4, 2)
    };
    assert_eq!(check(&[block(1, 17), block(1, 17)], &[], &[]), Ok(()));
    let two = check(&[block(1, 17), block(2, 17)], &[], &[]);
    assert_eq!(two, Err(VotesFault::TwoBlocks(LayerId(17))));
    // Layer + hdist = the ballot's layer: several are allowed.
    assert_eq!(check(&[block(1, 16), block(2, 16)], &[], &[]), Ok(()));
    let both = check(&[block(1, 9)], &[block(1, 9)], &[]);
    assert_eq!(both, Err(VotesFault::ForAndAgainst(BlockId([1; 20]))));
    let many = check(&[block(1, 9), block(2, 10), block(3, 11)], &[], &[]);
    assert_eq!(many, Err(VotesFault::TooMany { found: 3, max: 2 }));
    // Only distinct supported blocks count.
    let against = [block(4, 9), block(5, 9), block(6, 9)];
    assert_eq!(
        check(&[block(1, 9), block(1, 9), block(2, 10)], &against, &[]),
        Ok(())
    );
    let abstains = check(&[], &[block(1, 9)], &[9]);
    assert_eq!(abstains, Err(VotesFault::AbstainsAndVotes(LayerId(9))));
    assert_eq!(check(&[block(1, 8)], &[block(2, 9)], &[10]), Ok(()));
    let edge = check(&[block(1, u32::MAX), block(2, u32::MAX)], &[], &[]);
    assert!(edge.is_err());
}

#[test]
fn proposals_are_kept_for_some_layers() {
    let mut store = ProposalStore::new(3, LayerId(10));
    let add = |store: &mut ProposalStore, layer: u32, mesh_hash: u8| {
        let proposal = proposal(|proposal| {
            proposal.inner.ballot.inner.layer = LayerId(layer);
            proposal.inner.mesh_hash = Hash32([mesh_hash; 32]);
        });
        store.add(proposal.id(), proposal)
    };
    assert_eq!(add(&mut store, 10, 0), AddProposal::Evicted);
    assert_eq!(add(&mut store, 12, 0), AddProposal::Added);
    assert_eq!(add(&mut store, 12, 0), AddProposal::Known);
    store.begin_layer(LayerId(14));
    assert_eq!(store.of_layer(LayerId(12)).count(), 1);
    store.begin_layer(LayerId(15));
    assert_eq!(store.of_layer(LayerId(12)).count(), 0);
    assert_eq!(add(&mut store, 12, 0), AddProposal::Evicted);
    // Going back evicts nothing.
    store.begin_layer(LayerId(1));
    let kept = u8::try_from(ProposalStore::OF_SMESHER_MAX).unwrap();
    for mesh_hash in 0..kept {
        assert_eq!(add(&mut store, 13, mesh_hash), AddProposal::Added);
    }
    assert_eq!(add(&mut store, 13, kept), AddProposal::TooMany);
    store.begin_layer(LayerId(u32::MAX));
    assert!(store.of_layer(LayerId(13)).next().is_none());
}

#[test]
fn more_than_the_share_of_good_atxs_is_needed() {
    let good = graded(1, 900, None);
    let late = graded(2, 999, None);
    let atxs: Vec<_> = (0..9).map(|_| good).chain([late]).collect();
    // 9 of 10 are 90 %, which is not more than 90 %.
    let refused = prepare(&world(), 12, 90, None, &atxs);
    assert!(matches!(
        refused,
        Err(PrepareError::TooFewGood {
            good: 9,
            all: 10,
            ..
        })
    ));
    let set = prepare(&world(), 12, 89, None, &atxs).unwrap();
    assert_eq!((set.weight, set.set.len()), (90, 9));
    assert_eq!(
        prepare(&world(), 12, 1, None, &[]),
        Err(PrepareError::NoAtxs(EPOCH))
    );
}

#[test]
fn a_trusted_set_is_sorted_before_it_is_hashed() {
    let trusted = [atx_id(2), atx_id(1)];
    let set = prepare(&world(), 12, 90, Some(&trusted), &[]).unwrap();
    assert_eq!((set.id, set.weight), (set_id(), 400));
    let unknown = prepare(&world(), 12, 90, Some(&[atx_id(9)]), &[]);
    assert!(matches!(unknown, Err(PrepareError::UnknownAtx { .. })));
    assert_eq!(
        prepare(&world(), 12, 90, Some(&[]), &[]),
        Err(PrepareError::NoWeight(EPOCH))
    );
}

#[test]
fn later_in_the_epoch_the_first_block_gives_the_set() {
    let mut world = world();
    let late = [graded(1, 999, None)];
    let prepared = |world: &World, now| prepare(world, now, 90, None, &late);
    world.block = Some(vec![atx_id(1)]);
    let no_ballot = prepared(&world, 13);
    assert!(matches!(no_ballot, Err(PrepareError::FirstBlock(_))));
    let ballot = proposal(|_| {}).inner.ballot;
    world.ballots.insert(ballot.id(), ballot);
    assert_eq!(prepared(&world, 13).unwrap().id, set_id());
    let too_early = prepared(&world, 12);
    assert!(matches!(too_early, Err(PrepareError::TooFewGood { .. })));
}

#[derive(Default)]
struct Mesh {
    verified: u32,
    unknown: Option<u32>,
}

impl MeshView for Mesh {
    fn last_verified(&self) -> LayerId {
        LayerId(self.verified)
    }
    fn hare_output(&self, layer: LayerId) -> HareOutput {
        if self.unknown == Some(layer.0) {
            HareOutput::None
        } else {
            HareOutput::Known
        }
    }
    fn aggregated_hash(&self, layer: LayerId) -> Option<Hash32> {
        Some(Hash32([layer.0 as u8; 32]))
    }
}

#[test]
fn a_proposer_is_sure_if_everything_recent_is_verified_or_certified() {
    let hash = |verified, unknown, layer| {
        mesh_hash(&Mesh { verified, unknown }, LayerId(layer), 4, LayerId(7))
    };
    // 20 − 5 = 15 must be verified, 16 to 19 certified.
    assert_eq!(hash(15, None, 20), Hash32([19; 32]));
    assert_eq!(hash(14, None, 20), Hash32::ZERO);
    assert_eq!(hash(15, Some(19), 20), Hash32::ZERO);
    assert_eq!(hash(15, Some(15), 20), Hash32([19; 32]));
    assert_eq!(hash(7, None, 8), Hash32([7; 32]));
    assert_eq!(hash(0, None, 0), Hash32::ZERO);
}

#[test]
fn few_transactions_are_all_proposed_in_their_order() {
    let candidates = candidates(5, 2);
    let all: Vec<_> = candidates.iter().map(|candidate| candidate.id).collect();
    assert_eq!(select_transactions(&candidates, 5, 1), all);
    assert!(select_transactions(&candidates, 0, 1).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_choice_of_transactions_keeps_the_order_of_accounts(count in 0_usize..40, seed: u64) {
        let candidates = candidates(60, 7);
        let selected = select_transactions(&candidates, count, seed);
        prop_assert_eq!(selected.len(), count);
        prop_assert_eq!(selected.iter().collect::<BTreeSet<_>>().len(), count);
        // Of every account the first ones, in their order.
        for account in 0..7 {
            let of: Vec<u8> = selected.iter().map(|id| id.0[0]).filter(|number| number % 7 == account).collect();
            let expected: Vec<u8> = (0..60).filter(|number| number % 7 == account).take(of.len()).collect();
            prop_assert_eq!(of, expected);
        }
        prop_assert_eq!(select_transactions(&candidates, count, seed), selected);
    }
}
