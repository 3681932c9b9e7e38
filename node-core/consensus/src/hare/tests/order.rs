//! Messages that come while the same round is next may come in any order.

use proptest::prelude::*;
use spacemesh_types::wire::proposal_set_hash;

use super::{super::*, id, instance_message};

/// What one sender says in a round, in few numbers.
#[derive(Debug, Clone)]
struct Saying {
    sender: u8,
    round: Round,
    iter: u8,
    set: Vec<u8>,
    count: u16,
    proof: u8,
    grade: u8,
    malicious: bool,
}

fn saying() -> impl Strategy<Value = Saying> {
    let rounds = [
        Round::Preround,
        Round::Propose,
        Round::Commit,
        Round::Notify,
    ];
    (
        (0_u8..12, prop::sample::select(rounds.to_vec()), 0_u8..2),
        prop::collection::vec(0_u8..4, 0..4),
        (0_u16..8, any::<u8>(), 3_u8..=5, prop::bool::weighted(0.15)),
    )
        .prop_map(
            |((sender, round, iter), set, (count, proof, grade, malicious))| Saying {
                sender,
                round,
                iter,
                set,
                count,
                proof,
                grade,
                malicious,
            },
        )
}

fn message(saying: &Saying) -> InstanceMessage {
    let set: Vec<_> = saying.set.iter().map(|&number| id(number)).collect();
    let reference = matches!(saying.round, Round::Commit | Round::Notify);
    // One sender says one thing per round: which one does not depend on the order.
    let hash = saying.sender;
    let mut message = instance_message(saying.sender, saying.round.of(saying.iter), hash);
    message.reference = reference.then(|| proposal_set_hash(&set));
    message.proposals = set;
    message.eligibility.count = saying.count;
    // Proofs differ between senders, as real ones do.
    message.eligibility.proof.0[0] = saying.proof;
    message.eligibility.proof.0[1] = saying.sender;
    message.atx_grade = AtxGrade(saying.grade);
    message.malicious = saying.malicious;
    message
}

fn outputs(rounds: &[Vec<InstanceMessage>]) -> Vec<Output> {
    let mut instance = Instance::new(10);
    instance.set_initial(vec![id(0)]);
    let mut outputs = Vec::new();
    for messages in rounds {
        for message in messages {
            instance.input(message);
        }
        outputs.push(instance.execute());
    }
    outputs
}

proptest! {
    #[test]
    fn the_order_within_a_round_does_not_matter(
        rounds in prop::collection::vec(prop::collection::vec(saying(), 0..12), 24),
        turns in prop::collection::vec(any::<prop::sample::Index>(), 24),
    ) {
        let mut said = std::collections::BTreeSet::new();
        let rounds: Vec<Vec<InstanceMessage>> = rounds
            .iter()
            .map(|round| {
                let messages = round.iter().map(message);
                messages.filter(|message| said.insert((message.at, message.sender))).collect()
            })
            .collect();
        let mut turned = rounds.clone();
        for (messages, turn) in turned.iter_mut().zip(&turns) {
            if !messages.is_empty() {
                let turns = turn.index(messages.len());
                messages.rotate_left(turns);
                if turn.index(2) == 1 {
                    messages.reverse();
                }
            }
        }
        prop_assert_eq!(outputs(&rounds), outputs(&turned));
    }

    /// Two contradicting messages: in either order the sender is found out and neither counts as honest.
    #[test]
    fn both_orders_of_a_contradiction_are_found_out(first in saying(), second in saying()) {
        let (one, mut other) = (message(&first), message(&second));
        (other.sender, other.at) = (one.sender, one.at);
        other.hash.0[1] ^= 1;
        prop_assume!(!one.malicious && !other.malicious);
        for pair in [[&one, &other], [&other, &one]] {
            let mut instance = Instance::new(10);
            prop_assert!(instance.input(pair[0]).forward);
            let intake = instance.input(pair[1]);
            prop_assert!(intake.forward);
            let proof = intake.equivocation.unwrap();
            prop_assert_eq!(proof.messages[0].inner.message_hash, pair[0].hash);
            prop_assert_eq!(proof.messages[1].inner.message_hash, pair[1].hash);
            prop_assert!(proof.messages.iter().all(|message| message.smesher_id == one.sender));
            let mut third = one.clone();
            third.hash.0[2] ^= 1;
            prop_assert!(!instance.input(&third).forward, "a third one is never forwarded");
        }
    }
}
