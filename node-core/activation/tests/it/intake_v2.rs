//! ATXs of version 2: solo, initial, marriages and merged ones (05 §10, §15).

use std::collections::BTreeMap;

use spacemesh_activation::{
    AtxData, Change, CheckpointAtx, Conclusion, IntakeEffect, MarriageRow, MisbehaviourV2, Origin,
    Rejection, Rules, State, TreeRules, Verdict, View, atx_id_v2, check_double_marry, checkpointed,
    evaluate, join,
};
use spacemesh_codec::{BoundedVec, encode};
use spacemesh_crypto::{Domain, SigningKey};
use spacemesh_types::{
    Address, AtxId, EpochId, Hash32, PoetProofRef, VrfNonce,
    wire::{ActivationTxV2, MarriageCertificate, MerkleProof, NipostChallengeV2},
};

use crate::world::{
    BAD_INDEX, LABELS, World, element, golden, key, post, resign_v2, rules_v2, sub_post,
};

fn rejection(world: &mut World, atx: &ActivationTxV2) -> Rejection {
    let outcome = world.gossip_v2(atx);
    assert_eq!(
        outcome.verdict,
        Some(Verdict::Reject),
        "{:?}",
        outcome.conclusion
    );
    match outcome.conclusion {
        Some(Conclusion::Rejected(rejection)) => rejection,
        other => panic!("{other:?}"),
    }
}

fn rejected_initial(change: impl FnOnce(&mut ActivationTxV2)) -> Rejection {
    let mut world = World::new(rules_v2());
    let mut atx = world.v2(&key(1), 5, None, 4);
    change(&mut atx);
    resign_v2(&mut atx, &key(1), &rules_v2());
    rejection(&mut world, &atx)
}

fn rejected_solo(change: impl FnOnce(&mut ActivationTxV2, &mut World)) -> Rejection {
    let mut world = World::new(rules_v2());
    let first = world.v2(&key(1), 5, None, 4);
    let first = world.accept_v2(&first);
    let mut atx = world.v2(&key(1), 6, Some(first), 4);
    change(&mut atx, &mut world);
    resign_v2(&mut atx, &key(1), &rules_v2());
    rejection(&mut world, &atx)
}

fn certificate(of: &SigningKey, publisher: &SigningKey, reference: AtxId) -> MarriageCertificate {
    MarriageCertificate {
        reference_atx: reference,
        signature: of.sign(
            &rules_v2().prefix,
            Domain::Marriage,
            publisher.node_id().as_ref(),
        ),
    }
}

/// Two identities, married in epoch 6 by the first.
struct Married {
    world: World,
    wedding: AtxId,
    second: AtxId,
}

fn married(second_units: u32) -> Married {
    let mut world = World::new(rules_v2());
    let first = world.v2(&key(1), 5, None, 4);
    let first = world.accept_v2(&first);
    let second = world.v2(&key(2), 5, None, second_units);
    let second = world.accept_v2(&second);
    let mut wedding = world.v2(&key(1), 6, Some(first), 4);
    wedding.marriages = [
        certificate(&key(1), &key(1), AtxId::ZERO),
        certificate(&key(2), &key(1), second),
    ]
    .into();
    resign_v2(&mut wedding, &key(1), &rules_v2());
    let wedding = world.accept_v2(&wedding);
    Married {
        world,
        wedding,
        second,
    }
}

/// Both identities in one ATX, each with a PoET round of its own.
fn merged(married: &mut Married, publish: u32, units: [u32; 2]) -> ActivationTxV2 {
    let world = &mut married.world;
    let previous = [married.wedding, married.second];
    let mut atx = world.v2(&key(1), publish, Some(previous[0]), units[0]);
    atx.previous_atxs = previous.into();
    atx.marriage_atx = Some(married.wedding);
    let rounds = [(0, 1005), (1, 505)].map(|(index, leaves): (usize, u64)| {
        let challenge = NipostChallengeV2 {
            publish_epoch: EpochId(publish),
            prev_atx: previous[index],
            positioning_atx: golden(),
            initial_post: None,
        };
        let (reference, membership) = world.poet(challenge.hash(), leaves);
        let number = u32::try_from(index).unwrap();
        element(
            reference,
            &membership,
            &[sub_post(number, number, units[index])],
        )
    });
    atx.niposts = rounds.into();
    resign_v2(&mut atx, &key(1), &rules_v2());
    atx
}

#[test]
fn the_version_follows_from_the_epoch() {
    let mut world = World::new(rules_v2());
    // The bytes of a version 2 in an epoch of version 1 and the reverse are no ATX.
    let early = world.v2(&key(1), 4, None, 4);
    assert!(matches!(
        rejection(&mut world, &early),
        Rejection::Malformed(_)
    ));
    let late = world.initial(&key(1), 5, 4);
    assert!(matches!(
        world.gossip_v1(&late).conclusion,
        Some(Conclusion::Rejected(Rejection::Malformed(_)))
    ));
}

#[test]
fn a_solo_chain_continues_one_of_version_1() {
    let mut world = World::new(rules_v2());
    let initial = world.initial(&key(1), 3, 4);
    let first = world.accept_v1(&initial);
    let atx = world.v2(&key(1), 6, Some(first), 6);
    let id = world.accept_v2(&atx);
    let row = world.state.atx(id).unwrap();
    assert_eq!(
        (row.effective_units, row.ticks, row.weight, row.sequence),
        (4, 10, 40, 0)
    );
    assert_eq!(world.state.units(id, key(1).node_id()), Some(6));
}

#[test]
fn what_shows_by_itself_is_checked() {
    assert_eq!(
        rejected_initial(|atx| atx.positioning_atx = AtxId::ZERO),
        Rejection::Missing("the positioning ATX")
    );
    assert_eq!(
        rejected_initial(|atx| atx.initial.as_mut().unwrap().commitment_atx = AtxId::ZERO),
        Rejection::Missing("the commitment")
    );
    assert_eq!(
        rejected_initial(|atx| atx.marriages = [certificate(&key(1), &key(1), golden())].into()),
        Rejection::Marriage("the signer does not marry itself")
    );
    assert!(matches!(
        rejected_initial(|atx| atx.publish_epoch = EpochId(22)),
        Rejection::Future { .. }
    ));
    assert!(matches!(
        rejected_initial(|atx| atx.niposts = BoundedVec::new()),
        Rejection::Shape(_)
    ));
    assert!(matches!(
        rejected_initial(|atx| atx.previous_atxs = [golden()].into()),
        Rejection::Unexpected(_)
    ));
    assert!(matches!(
        rejected_initial(|atx| atx.marriage_atx = Some(golden())),
        Rejection::Unexpected(_)
    ));
    assert_eq!(
        rejected_initial(|atx| atx.vrf_nonce = VrfNonce(1)),
        Rejection::VrfNonce
    );
    assert_eq!(
        rejected_initial(|atx| atx.initial.as_mut().unwrap().post = post(BAD_INDEX)),
        Rejection::InitialPost
    );
    // Trap 19: no units, no threshold.
    assert!(matches!(
        rejected_initial(|atx| atx.niposts.as_mut_slice()[0] = element(
            PoetProofRef([1; 32]),
            &MerkleProof {
                nodes: BoundedVec::new(),
                leaf_index: 0
            },
            &[sub_post(0, 0, 0)]
        )),
        Rejection::TooFewLabels { .. }
    ));
    assert!(matches!(
        rejected_solo(|atx, _| atx.previous_atxs = [AtxId::ZERO].into()),
        Rejection::Shape(_)
    ));
    assert!(matches!(
        rejected_solo(|atx, _| atx.previous_atxs = [golden()].into()),
        Rejection::Shape(_)
    ));
}

#[test]
fn what_it_refers_to_is_checked() {
    assert!(matches!(
        rejected_solo(|atx, world| {
            let other = world.v2(&key(2), 5, None, 4);
            let other = world.accept_v2(&other);
            *atx = world.v2(&key(1), 6, Some(other), 4);
        }),
        Rejection::NotContained { .. }
    ));
    assert_eq!(
        rejected_solo(|atx, _| {
            atx.niposts.as_mut_slice()[0].posts.as_mut_slice()[0].membership_leaf_index = 0;
        }),
        Rejection::Membership
    );
    // An index that does not hold makes no proof in the snapshot.
    assert_eq!(
        rejected_solo(|atx, _| {
            atx.niposts.as_mut_slice()[0].posts.as_mut_slice()[0].post = post(BAD_INDEX);
        }),
        Rejection::Post
    );
    assert_eq!(
        rejected_solo(|atx, _| atx.vrf_nonce = VrfNonce(1)),
        Rejection::VrfNonce
    );
    assert_eq!(
        rejected_solo(|atx, _| {
            atx.niposts.as_mut_slice()[0].posts.as_mut_slice()[0].marriage_index = 1;
        }),
        Rejection::Marriage("an index is beyond the married identities")
    );
}

#[test]
fn a_known_one_is_accepted_but_not_with_garbage_for_a_signature() {
    // Trap 6.
    let mut world = World::new(rules_v2());
    let atx = world.v2(&key(1), 5, None, 4);
    let id = world.accept_v2(&atx);
    assert_eq!(world.gossip_v2(&atx).verdict, Some(Verdict::Accept));
    let mut garbage = atx;
    garbage.signature.0[0] ^= 1;
    assert_eq!(world.gossip_v2(&garbage).verdict, Some(Verdict::Ignore));
    let fetched = world.take(Origin::Fetched(id), encode(&garbage));
    assert_eq!(fetched.verdict, Some(Verdict::Accept));
}

#[test]
fn an_altered_initial_atx_has_the_same_id_and_does_not_replace_the_genuine_one() {
    // Trap 5: a relay can alter units and proof of an initial ATX of the snapshot.
    let mut world = World::new(rules_v2());
    let atx = world.v2(&key(1), 5, None, 4);
    let mut altered = atx.clone();
    altered.niposts.as_mut_slice()[0].posts.as_mut_slice()[0].post = post(BAD_INDEX);
    let id = |atx| atx_id_v2(atx, TreeRules::Snapshot);
    assert_eq!(id(&altered), id(&atx));
    assert_ne!(
        atx_id_v2(&altered, TreeRules::Later),
        atx_id_v2(&atx, TreeRules::Later)
    );
    assert_eq!(rejection(&mut world, &altered), Rejection::Post);
    world.accept_v2(&atx);
}

#[test]
fn married_identities_merge_two_epochs_later() {
    let mut both = married(4);
    let set = both.world.state.marriage(key(1).node_id()).unwrap().set;
    let nodes = [key(1).node_id(), key(2).node_id()];
    assert_eq!(both.world.state.marriage_set(set), nodes);
    let too_early = merged(&mut both, 7, [4, 4]);
    assert_eq!(
        rejection(&mut both.world, &too_early),
        Rejection::Marriage("the marriage is not two epochs old")
    );
    let atx = merged(&mut both, 8, [4, 6]);
    let id = both.world.accept_v2(&atx);
    let row = both.world.state.atx(id).unwrap();
    // Ticks are the fewest of both rounds, the weight counts each round with its own (trap 18).
    assert_eq!(
        (row.effective_units, row.ticks, row.weight),
        (8, 5, 4 * 10 + 4 * 5)
    );
    assert_eq!(
        AtxData::from(&row).weight,
        60,
        "also when it is loaded again"
    );
    assert_eq!(both.world.state.units(id, nodes[1]), Some(6));
    // Afterwards the second goes on alone from the merged one, which it did not sign (trap 9).
    let split = both.world.v2(&key(2), 9, Some(id), 5);
    let split = both.world.accept_v2(&split);
    assert_eq!(both.world.state.atx(split).unwrap().effective_units, 5);
}

#[test]
fn a_merged_atx_that_does_not_fit_the_marriage_is_rejected() {
    let mut both = married(4);
    let with = |both: &mut Married, change: &dyn Fn(&mut ActivationTxV2)| {
        let mut atx = merged(both, 8, [4, 4]);
        change(&mut atx);
        resign_v2(&mut atx, &key(1), &rules_v2());
        rejection(&mut both.world, &atx)
    };
    assert_eq!(
        with(&mut both, &|atx| {
            atx.niposts.as_mut_slice()[1].posts.as_mut_slice()[0].marriage_index = 0;
        }),
        Rejection::Marriage("an identity occurs twice")
    );
    assert!(matches!(
        with(&mut both, &|atx| {
            atx.niposts.as_mut_slice()[1].posts.as_mut_slice()[0].prev_atx_index = 2;
        }),
        Rejection::Shape(_)
    ));
    assert!(matches!(
        with(&mut both, &|atx| {
            atx.marriages = [certificate(&key(1), &key(1), AtxId::ZERO)].into();
        }),
        Rejection::Unexpected(_)
    ));
    // The signer must be among those who prove.
    assert_eq!(
        with(&mut both, &|atx| {
            let second = atx.niposts[1].clone();
            atx.niposts = [second].into();
        }),
        Rejection::Marriage("the signer proves no space")
    );
    // An element without a proof proves no membership.
    assert_eq!(
        with(&mut both, &|atx| {
            atx.niposts.as_mut_slice()[1].posts = BoundedVec::new();
        }),
        Rejection::Membership
    );
    // The nonce must do for all units together.
    assert_eq!(
        with(&mut both, &|atx| atx.vrf_nonce = VrfNonce(7 * LABELS)),
        Rejection::VrfNonce
    );
    // Somebody who is not married.
    let mut stranger = merged(&mut both, 8, [4, 4]);
    resign_v2(&mut stranger, &key(3), &rules_v2());
    assert_eq!(
        rejection(&mut both.world, &stranger),
        Rejection::Marriage("the signer is not married")
    );
}

#[test]
fn only_the_first_post_of_a_leaf_is_looked_at() {
    // Trap 16: two identities with one leaf, of which the second has another previous ATX than the leaf says.
    let mut both = married(4);
    let mut atx = merged(&mut both, 8, [4, 4]);
    let second = atx.niposts[1].posts[0].clone();
    let first = atx.niposts.as_mut_slice();
    first[0].posts = [first[0].posts[0].clone(), second].into();
    let only = first[0].clone();
    atx.niposts = [only].into();
    resign_v2(&mut atx, &key(1), &rules_v2());
    let id = both.world.accept_v2(&atx);
    let row = both.world.state.atx(id).unwrap();
    assert_eq!((row.ticks, row.weight), (10, 80));
}

#[test]
fn several_leaves_are_proved_at_once() {
    let mut both = married(4);
    let mut atx = merged(&mut both, 8, [4, 4]);
    let hash = |previous| {
        let challenge = NipostChallengeV2 {
            publish_epoch: EpochId(8),
            prev_atx: previous,
            positioning_atx: golden(),
            initial_post: None,
        };
        challenge.hash()
    };
    // Four members; ours are the second and the fourth.
    let (a, b) = (Hash32([1; 32]), Hash32([2; 32]));
    let (own, other) = (hash(both.wedding), hash(both.second));
    let left = join(a.as_ref(), own.as_ref());
    let right = join(b.as_ref(), other.as_ref());
    let statement = join(left.as_ref(), right.as_ref());
    assert_eq!(evaluate(&[(1, own), (3, other)], &[a, b]), Some(statement));
    let reference = PoetProofRef([77; 32]);
    let row = spacemesh_activation::PoetRow {
        leaf_count: 1000,
        statement,
    };
    both.world.state.insert_poet(reference, row);
    let membership = MerkleProof {
        nodes: [a, b].into(),
        leaf_index: 0,
    };
    // The order of the posts is not that of the leaves.
    let mut posts = [sub_post(1, 1, 4), sub_post(0, 0, 4)];
    posts[0].membership_leaf_index = 3;
    posts[1].membership_leaf_index = 1;
    atx.niposts = [element(reference, &membership, &posts)].into();
    resign_v2(&mut atx, &key(1), &rules_v2());
    both.world.accept_v2(&atx);
}

#[test]
fn certificates_must_be_of_the_identities() {
    let with = |certificates: Vec<MarriageCertificate>| {
        let mut world = World::new(rules_v2());
        let first = world.v2(&key(1), 5, None, 4);
        let first = world.accept_v2(&first);
        let second = world.v2(&key(2), 5, None, 4);
        world.accept_v2(&second);
        let mut wedding = world.v2(&key(1), 6, Some(first), 4);
        wedding.marriages = certificates.try_into().unwrap();
        resign_v2(&mut wedding, &key(1), &rules_v2());
        rejection(&mut world, &wedding)
    };
    let second = {
        let mut world = World::new(rules_v2());
        let second = world.v2(&key(2), 5, None, 4);
        atx_id_v2(&second, TreeRules::Snapshot)
    };
    let own = certificate(&key(1), &key(1), AtxId::ZERO);
    assert!(matches!(
        with(vec![own, certificate(&key(3), &key(1), second)]),
        Rejection::Certificate { index: 1, .. }
    ));
    assert!(matches!(
        with(vec![own, certificate(&key(2), &key(2), second)]),
        Rejection::Certificate { index: 1, .. }
    ));
    let twice = certificate(&key(2), &key(1), second);
    assert!(matches!(
        with(vec![own, twice, twice]),
        Rejection::Certificate { index: 2, .. }
    ));
}

fn misbehaviour(effects: &[IntakeEffect]) -> Option<MisbehaviourV2> {
    effects.iter().find_map(|effect| match effect {
        IntakeEffect::Stored { misbehaviour, .. } => misbehaviour.as_deref().cloned(),
        _ => None,
    })
}

#[test]
fn a_second_marriage_joins_the_sets_and_is_provable() {
    let mut both = married(4);
    let third = both.world.v2(&key(3), 5, None, 4);
    let third = both.world.accept_v2(&third);
    let mut again = both.world.v2(&key(3), 6, Some(third), 4);
    again.marriages = [
        certificate(&key(3), &key(3), AtxId::ZERO),
        certificate(&key(2), &key(3), both.second),
    ]
    .into();
    resign_v2(&mut again, &key(3), &rules_v2());
    let outcome = both.world.gossip_v2(&again);
    assert_eq!(outcome.verdict, Some(Verdict::Accept));
    // The order is that of insertion, not of certificates (trap 17).
    let nodes = [1, 2, 3].map(|number| key(number).node_id());
    assert_eq!(both.world.state.marriage_set(1), nodes);
    // The second keeps its first marriage.
    let marriage = both.world.state.marriage(nodes[1]).unwrap();
    assert_eq!(marriage.marriage_atx, both.wedding);
    let Some(MisbehaviourV2::DoubleMarry(Some(proof))) = misbehaviour(&outcome.effects) else {
        panic!("no proof");
    };
    assert_eq!(proof.node_id, nodes[1]);
    assert!(check_double_marry(&proof, &rules_v2()));
    // Nothing in it may be altered.
    let mut altered = proof.clone();
    altered.node_id = nodes[0];
    assert!(!check_double_marry(&altered, &rules_v2()));
    let mut altered = proof.clone();
    altered.proofs[1] = altered.proofs[0].clone();
    assert!(!check_double_marry(&altered, &rules_v2()));
    let mut altered = proof.clone();
    altered.proofs[0].certificate_index ^= 1;
    assert!(!check_double_marry(&altered, &rules_v2()));
    let mut altered = proof;
    altered.proofs[0].marriage_root.0[0] ^= 1;
    assert!(!check_double_marry(&altered, &rules_v2()));
}

#[test]
fn a_second_marriage_against_a_checkpoint_is_noticed_without_a_proof() {
    // Trap 19: the reference ends its process, as the first marriage ATX has no bytes.
    let mut world = World::new(rules_v2());
    let first = world.v2(&key(1), 5, None, 4);
    let first = world.accept_v2(&first);
    let wedding = AtxId([70; 32]);
    world.state.apply(checkpointed(&CheckpointAtx {
        id: wedding,
        publish_epoch: EpochId(5),
        commitment: golden(),
        marriage_atx: None,
        vrf_nonce: VrfNonce(1),
        base_height: 0,
        ticks: 1,
        smesher: key(9).node_id(),
        sequence: 0,
        coinbase: Address([1; 24]),
        effective_units: 4,
        units: BTreeMap::new(),
    }));
    world.state.apply(Change::InsertMarriage(MarriageRow {
        node: key(1).node_id(),
        set: 7,
        marriage_atx: wedding,
        index: 1,
        target: key(9).node_id(),
        signature: certificate(&key(1), &key(9), AtxId::ZERO).signature,
    }));
    let mut again = world.v2(&key(1), 6, Some(first), 4);
    again.marriages = [certificate(&key(1), &key(1), AtxId::ZERO)].into();
    resign_v2(&mut again, &key(1), &rules_v2());
    let outcome = world.gossip_v2(&again);
    assert_eq!(outcome.verdict, Some(Verdict::Accept));
    assert_eq!(
        misbehaviour(&outcome.effects),
        Some(MisbehaviourV2::DoubleMarry(None))
    );
}

#[test]
fn a_condemned_identity_condemns_the_set_it_marries_into() {
    let mut world = World::new(rules_v2());
    let first = world.v2(&key(1), 5, None, 4);
    let first = world.accept_v2(&first);
    let second = world.v2(&key(2), 5, None, 4);
    let second = world.accept_v2(&second);
    let node = key(2).node_id();
    world.state.apply(Change::Condemn { node, set: 0 });
    let mut wedding = world.v2(&key(1), 6, Some(first), 4);
    wedding.marriages = [
        certificate(&key(1), &key(1), AtxId::ZERO),
        certificate(&key(2), &key(1), second),
    ]
    .into();
    resign_v2(&mut wedding, &key(1), &rules_v2());
    let outcome = world.gossip_v2(&wedding);
    assert!(world.state.is_condemned(key(1).node_id()));
    assert_eq!(
        misbehaviour(&outcome.effects),
        Some(MisbehaviourV2::Condemned)
    );
}

#[test]
fn doubles_of_an_epoch_are_noticed() {
    let mut both = married(4);
    let one = merged(&mut both, 8, [4, 4]);
    let one = both.world.accept_v2(&one);
    let mut other = merged(&mut both, 8, [4, 4]);
    other.coinbase.0[0] = 1;
    resign_v2(&mut other, &key(1), &rules_v2());
    let outcome = both.world.gossip_v2(&other);
    let id = atx_id_v2(&other, TreeRules::Snapshot);
    assert_eq!(
        misbehaviour(&outcome.effects),
        Some(MisbehaviourV2::DoublePost {
            node: key(1).node_id(),
            atxs: [one, id]
        })
    );
    // Disjoint parts of the set still may not merge twice.
    let mut both = married(4);
    let mut one = merged(&mut both, 8, [4, 4]);
    one.niposts = [one.niposts[0].clone()].into();
    resign_v2(&mut one, &key(1), &rules_v2());
    let one = both.world.accept_v2(&one);
    let mut other = merged(&mut both, 8, [4, 4]);
    other.niposts = [other.niposts[1].clone()].into();
    resign_v2(&mut other, &key(2), &rules_v2());
    let outcome = both.world.gossip_v2(&other);
    let id = atx_id_v2(&other, TreeRules::Snapshot);
    assert_eq!(
        misbehaviour(&outcome.effects),
        Some(MisbehaviourV2::DoubleMerge([one, id]))
    );
}

#[test]
fn a_wrong_previous_atx_is_noticed_only_with_a_twin() {
    let mut world = World::new(rules_v2());
    let first = world.v2(&key(1), 5, None, 4);
    let first = world.accept_v2(&first);
    let second = world.v2(&key(1), 6, Some(first), 4);
    let second = world.accept_v2(&second);
    let third = world.v2(&key(1), 7, Some(first), 4);
    let outcome = world.gossip_v2(&third);
    let id = atx_id_v2(&third, TreeRules::Snapshot);
    assert_eq!(
        misbehaviour(&outcome.effects),
        Some(MisbehaviourV2::WrongPrevious {
            node: key(1).node_id(),
            atxs: [second, id]
        })
    );
    // Two first ATXs do not match each other here.
    let mut world = World::new(rules_v2());
    let first = world.v2(&key(1), 5, None, 4);
    world.accept_v2(&first);
    let again = world.v2(&key(1), 6, None, 4);
    assert_eq!(misbehaviour(&world.gossip_v2(&again).effects), None);
}

#[test]
fn later_tree_rules_judge_by_later_ids() {
    let rules = Rules {
        tree: TreeRules::Later,
        ..rules_v2()
    };
    let mut world = World::new(rules);
    let atx = world.v2(&key(1), 5, None, 4);
    let id = world.accept_v2(&atx);
    assert_eq!(id, atx_id_v2(&atx, TreeRules::Later));
}
