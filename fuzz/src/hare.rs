//! Hare, the certifier and blocks from peers: gossip in any form and order, and streams.

use spacemesh_codec::{decode_exact, encode};
use spacemesh_consensus::{
    blocks::SyncedBlock,
    certifier::{self, Certifier, CertifierConfig, validate_certificate},
    hare::{
        Admission, AtxGrade, Checks, Conclusion, Hare, HareConfig, InstanceMessage, Peer,
        Proposals, Received, Version, exchange_request, exchange_response, parse_exchange_request,
        parse_exchange_response,
    },
};
use spacemesh_types::{
    CompactProposalId, EdSignature, Hash32, LayerId, NodeId, ProposalId, Timestamp, VrfSignature,
    hash_of,
    wire::{Block, Certificate, HareEligibility, IterRound},
};

const LAYER: LayerId = LayerId(5);

/// Two proposals that share the first bytes of their ids with what is made of small numbers.
struct Store;

impl Proposals for Store {
    fn selection(&self, _: LayerId) -> Vec<ProposalId> {
        vec![ProposalId([1; 20])]
    }

    fn compact_ids(&self, _: LayerId) -> Vec<(ProposalId, CompactProposalId)> {
        let short = CompactProposalId([0; 4]);
        vec![(ProposalId([1; 20]), short), (ProposalId([2; 20]), short)]
    }
}

/// Sessions of both versions: the bytes are a list of steps, each a length and so many bytes. Even lengths are gossip as it is; odd ones
/// are messages with fields taken from the bytes, for the instance; a length of zero is time passing until something is due.
pub(crate) fn hare(bytes: &[u8]) {
    for version in [Version::Hare3, Version::Hare4] {
        let mut hare = Hare::new(HareConfig {
            enable: true,
            committee: 9,
            ..HareConfig::defaults(version)
        });
        let mut now = Timestamp::from_unix_seconds(1000);
        hare.start_layer(LAYER, now, now, Vec::new(), &mut Vec::new());
        let mut instance = spacemesh_consensus::hare::Instance::new(5);
        let mut rest = bytes;
        while let Some((&length, after)) = rest.split_first() {
            let (step, left) = after.split_at(usize::from(length).min(after.len()));
            rest = left;
            if length == 0 {
                if let Some((due, _)) = hare.next_wakeup() {
                    now = due;
                    hare.wake(now, &Store, &mut Vec::new());
                }
                instance.execute();
            } else if length % 2 == 0 {
                gossip(&mut hare, version, step, now);
            } else {
                instance.input(&message(step));
            }
        }
        let end = now.plus(hare.config().session_duration());
        hare.wake(end, &Store, &mut Vec::new());
        assert!(!hare.has_session(LAYER), "a session ends in time");
    }
    if let Ok(id) = parse_exchange_request(bytes) {
        assert_eq!(exchange_request(id), bytes);
    }
    if let Ok(ids) = parse_exchange_response(bytes) {
        assert!(exchange_response(&ids).is_some());
    }
}

fn gossip(hare: &mut Hare, version: Version, bytes: &[u8], now: Timestamp) {
    let Ok(received) = Received::decode(version, bytes) else {
        return;
    };
    let again = Received::decode(version, &received.0.encode());
    assert_eq!(again.as_ref(), Ok(&received));
    let mut admission = hare.admit(received, Peer(1), now, &Store);
    for signature in [false, true] {
        admission = match admission {
            Admission::Done(_) => return,
            Admission::Exchange(request) => {
                let ids = Some(vec![ProposalId([3; 20])]);
                match hare.exchange_answered(request.id, ids) {
                    Some(admission) => admission,
                    None => return,
                }
            }
            Admission::Check(unverified) => {
                let checks = Checks {
                    signature,
                    seats: Some(AtxGrade::BEST),
                    malicious: false,
                };
                match hare.conclude(*unverified, checks, now) {
                    Conclusion::Done { .. } => return,
                    Conclusion::Exchange(request) => Admission::Exchange(request),
                }
            }
        };
    }
}

/// A message whose fields are the first bytes, and whose proposals are the rest, one each.
fn message(bytes: &[u8]) -> InstanceMessage {
    let byte = |index: usize| bytes.get(index).copied().unwrap_or_default();
    InstanceMessage {
        layer: LAYER,
        at: IterRound {
            iter: byte(0),
            round: byte(1),
        },
        sender: NodeId([byte(2); 32]),
        hash: Hash32([byte(3); 32]),
        proposals: bytes
            .iter()
            .skip(8)
            .map(|&number| ProposalId([number; 20]))
            .collect(),
        reference: (byte(4) > 0).then(|| Hash32([byte(4); 32])),
        eligibility: HareEligibility {
            proof: VrfSignature([byte(5); 80]),
            count: u16::from(byte(6)) << (byte(7) % 9),
        },
        signature: EdSignature::ZERO,
        atx_grade: AtxGrade(byte(7) / 40),
        malicious: byte(7) % 2 == 1,
    }
}

/// Certify messages, certificates and blocks from peers.
pub(crate) fn certifier(bytes: &[u8]) {
    let config = CertifierConfig::new(10, 10, 2);
    let mut machine = Certifier::new(config, LayerId(1));
    if let certifier::Admission::Check(unverified) = machine.admit(bytes, LAYER, |_| true) {
        let content = unverified.message().content;
        assert_eq!(encode(unverified.message()), bytes);
        let checks = certifier::Checks {
            signature: true,
            seats: true,
        };
        machine.register(content.layer, content.block_id);
        let made = machine.conclude(*unverified, checks).certificate;
        let enough = content.eligibility_count >= config.threshold();
        assert_eq!(made.is_some(), enough);
        machine.tick(LayerId::MAX);
        assert_eq!(machine.messages_kept(), 0);
    }
    if let Ok(certificate) = decode_exact::<Certificate>(bytes) {
        let _ = validate_certificate(&certificate, LAYER, 6, |_| true);
    }
    if let Ok(block) = decode_exact::<Block>(bytes) {
        let requested = hash_of(&block).to_hash20().to_hash32();
        if let Ok(synced) = SyncedBlock::check(bytes, requested, LayerId(1)) {
            assert_eq!(synced.block, block);
        }
    }
}
