//! What arbitrary bytes and floods cannot do.

use proptest::prelude::*;
use spacemesh_types::{NodeId, ProposalId, VrfSignature, wire::IterRound};

use super::{
    super::*, GOOD, LAYER, START, Store, body, following, id, instance_message, key, seats, signed,
};

#[test]
fn a_full_instance_takes_nothing_more_and_goes_on() {
    let mut instance = Instance::new(10);
    let mut message = instance_message(1, Round::Commit.of(0), 1);
    for number in 0..u32::try_from(ENTRIES_MAX).unwrap() {
        message.sender.0[..4].copy_from_slice(&number.to_le_bytes());
        assert!(instance.input(&message).forward);
    }
    message.sender = NodeId([9; 32]);
    assert!(instance.would_drop(message.at, message.sender, message.hash));
    assert!(!instance.input(&message).forward);
    instance.execute();
}

#[test]
fn ids_in_messages_are_bounded_over_all_of_them() {
    let mut instance = Instance::new(1);
    let mut message = instance_message(1, FIRST_ROUND, 1);
    message.proposals = vec![id(1); 2350];
    let fitting = IDS_MAX / 2350;
    let mut forwarded = 0;
    for number in 0..fitting + 3 {
        message.sender.0[..8].copy_from_slice(&(number as u64).to_le_bytes());
        forwarded += usize::from(instance.input(&message).forward);
    }
    assert_eq!(forwarded, fitting);
    // Ids that nobody counts take no room.
    message.at = Round::Commit.of(0);
    message.reference = Some(message.hash);
    assert!(instance.input(&message).forward);
}

#[test]
fn one_peer_cannot_fill_the_waiting_room_for_full_ids() {
    let mut hare = following(Version::Hare4);
    let store = Store::of(&[id(1)]);
    let ask = |hare: &mut Hare, from: u64, number: u8| {
        let mut short = body(FIRST_ROUND, &[], None);
        short.compact_proposals = [spacemesh_types::CompactProposalId([9, 9, 9, number])].into();
        let message = signed(Version::Hare4, &key(1), short);
        matches!(
            hare.admit(Received(message), Peer(from), START, &store),
            Admission::Exchange(_)
        )
    };
    let of_one = (0..20).filter(|&number| ask(&mut hare, 1, number)).count();
    assert_eq!(of_one, 8);
    assert!(ask(&mut hare, 2, 0), "others still can");
    let of_many = (3..200).filter(|&from| ask(&mut hare, from, 0)).count();
    let of_more = (200..245).flat_map(|from| (0..8).map(move |number| (from, number)));
    let of_more = of_more
        .filter(|&(from, number)| ask(&mut hare, from, number))
        .count();
    assert_eq!(of_one + 1 + of_many + of_more, 512);
    // Whoever does not answer in time makes room.
    let late = START.plus(std::time::Duration::from_secs(5));
    let given_up = hare.wake(late, &store, &mut Vec::new());
    assert_eq!(given_up.len(), 512);
    assert!(ask(&mut hare, 1, 0));
}

#[test]
fn lists_for_peers_are_bounded_and_forgotten() {
    let mut lists = compact::FullLists::default();
    let hash = |number: usize| spacemesh_types::sum([number.to_le_bytes()]);
    for number in 0..CACHED_MESSAGES_MAX + 1 {
        lists.insert(LAYER, hash(number), &[id(1)]);
    }
    assert!(lists.find(hash(0)).is_some());
    assert!(lists.find(hash(CACHED_MESSAGES_MAX)).is_none());
    lists.forget_below(spacemesh_types::LayerId(LAYER.0 + 1));
    assert!(lists.find(hash(0)).is_none());
}

/// What an instance is told, from arbitrary numbers.
fn arbitrary_message() -> impl Strategy<Value = InstanceMessage> {
    (
        (any::<u8>(), any::<u8>(), 0_u8..4, any::<u8>()),
        prop::collection::vec(0_u8..3, 0..6),
        (
            prop::option::of(any::<[u8; 32]>()),
            any::<u16>(),
            any::<u8>(),
        ),
        (0_u8..8, any::<bool>()),
    )
        .prop_map(
            |((iter, round, sender, hash), ids, (reference, count, proof), (grade, malicious))| {
                let at = IterRound { iter, round };
                InstanceMessage {
                    proposals: ids.into_iter().map(id).collect::<Vec<ProposalId>>(),
                    reference: reference.map(spacemesh_types::Hash32),
                    eligibility: spacemesh_types::wire::HareEligibility {
                        proof: VrfSignature([proof; 80]),
                        ..seats(0, count)
                    },
                    atx_grade: AtxGrade(grade),
                    malicious,
                    ..instance_message(sender, at, hash)
                }
            },
        )
}

proptest! {
    #[test]
    fn arbitrary_messages_never_panic(steps in prop::collection::vec(prop::option::of(arbitrary_message()), 1..200)) {
        let mut instance = Instance::new(3);
        for step in steps {
            match step {
                Some(message) => {
                    instance.input(&message);
                }
                None => {
                    instance.execute();
                }
            }
        }
        for _ in 0..600 {
            instance.execute();
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), four: bool, cut in 0_usize..250) {
        let version = if four { Version::Hare4 } else { Version::Hare3 };
        let mut hare = following(version);
        let store = Store::of(&[id(1)]);
        // Bytes as they come, and a right message that is cut short or overwritten.
        let mut damaged = signed(version, &key(1), body(FIRST_ROUND, &[id(1)], None)).encode();
        for (to, from) in damaged.iter_mut().skip(cut).zip(&bytes) {
            *to = *from;
        }
        for bytes in [bytes, damaged] {
            if let Ok(received) = Received::decode(version, &bytes)
                && let Admission::Check(unverified) = hare.admit(received, Peer(1), START, &store)
            {
                let _ = hare.conclude(*unverified, GOOD, START);
            }
        }
    }
}
