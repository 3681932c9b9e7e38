//! Never two different messages of an identity for one layer and round, in one run or in several (07 §7.21).

use proptest::prelude::*;
use spacemesh_types::{Hash32, LayerId, NodeId, RoundId};

use super::super::{Duty, Permit, Refusal, SigningJournal};

const ME: NodeId = NodeId([1; 32]);
const A: Hash32 = Hash32([0xaa; 32]);
const B: Hash32 = Hash32([0xbb; 32]);

#[test]
fn the_layer_is_on_disk_before_the_first_signature() {
    let mut journal = SigningJournal::default();
    let round = Duty::Hare(RoundId(0));
    let layer = LayerId(5);
    assert_eq!(
        journal.permit(ME, layer, round, A),
        Permit::PersistThenSign { layer }
    );
    assert_eq!(
        journal.permit(ME, layer, Duty::Hare(RoundId(3)), B),
        Permit::Sign
    );
    assert_eq!(journal.permit(ME, layer, Duty::Certify, B), Permit::Sign);
    assert_eq!(
        journal.permit(ME, layer, round, A),
        Permit::Sign,
        "the same once more"
    );
    // Sessions overlap: a later layer begins while this one goes on.
    let next = LayerId(6);
    assert_eq!(
        journal.permit(ME, next, round, B),
        Permit::PersistThenSign { layer: next }
    );
    assert_eq!(
        journal.permit(ME, layer, Duty::Hare(RoundId(6)), A),
        Permit::Sign
    );
    // Others have their own record.
    let other = NodeId([2; 32]);
    assert_eq!(
        journal.permit(other, layer, round, B),
        Permit::PersistThenSign { layer }
    );
}

#[test]
fn a_second_message_for_a_round_is_refused() {
    let mut journal = SigningJournal::default();
    // Notify of one iteration and preround of the next share a number, so they are one duty.
    let duty = Duty::Hare(RoundId(7));
    journal.permit(ME, LayerId(5), duty, A);
    let layer = LayerId(5);
    let refused = Permit::Refuse(Refusal::Contradiction { layer, duty });
    assert_eq!(journal.permit(ME, layer, duty, B), refused);
    assert_eq!(journal.permit(ME, layer, duty, A), Permit::Sign);
}

#[test]
fn layers_of_an_earlier_run_stay_closed() {
    let highest = LayerId(9);
    let mut journal = SigningJournal::restored([(ME, highest)]);
    for layer in [LayerId(3), highest] {
        let refused = Permit::Refuse(Refusal::EarlierRun { layer, highest });
        assert_eq!(journal.permit(ME, layer, Duty::Certify, A), refused);
    }
    let layer = LayerId(10);
    assert_eq!(
        journal.permit(ME, layer, Duty::Certify, A),
        Permit::PersistThenSign { layer }
    );
    journal.close_up_to(layer);
    let refused = Permit::Refuse(Refusal::EarlierRun {
        layer,
        highest: layer,
    });
    assert_eq!(
        journal.permit(ME, layer, Duty::Certify, A),
        refused,
        "what is forgotten is closed"
    );
}

proptest! {
    /// Whatever is asked, across restarts that keep only what was persisted, one content is signed per layer and duty.
    #[test]
    fn restarts_and_clocks_that_go_back_never_lead_to_two_messages(
        asked in prop::collection::vec((0_u32..6, 0_u32..3, 0_u8..3, 0_u8..12), 1..80)
    ) {
        let mut disk = None;
        let mut journal = SigningJournal::default();
        let mut signed = std::collections::BTreeMap::new();
        for (layer, round, content, fate) in asked {
            match fate {
                0 => journal = SigningJournal::restored(disk.map(|layer| (ME, layer))),
                1 => journal.close_up_to(LayerId(layer)),
                _ => {}
            }
            let (layer, duty) = (LayerId(layer), Duty::Hare(RoundId(round)));
            let content = Hash32([content; 32]);
            match journal.permit(ME, layer, duty, content) {
                Permit::Refuse(_) => continue,
                Permit::PersistThenSign { layer } => disk = disk.max(Some(layer)),
                Permit::Sign => {}
            }
            prop_assert!(disk >= Some(layer));
            prop_assert_eq!(*signed.entry((layer, duty)).or_insert(content), content);
        }
    }
}
