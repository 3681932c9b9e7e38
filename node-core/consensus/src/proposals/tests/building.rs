//! What is published, and that everybody accepts it.

use super::*;

fn opinion() -> Opinion {
    Opinion {
        hash: Hash32([2; 32]),
        votes: Votes::default(),
    }
}

struct Smeshing {
    builder: Builder,
    world: World,
    signers: BTreeMap<NodeId, SigningKey>,
    set: PreparedSet,
}

impl Smeshing {
    fn start(world: World, current: u32) -> Self {
        let builder = Builder::new(
            BuilderRules {
                prefix: PREFIX,
                effective_genesis: LayerId(7),
                slots: slot_rules(),
                transactions_per_slot: 2,
            },
            LayerId(current),
        );
        let set = prepare(&world, 12, 90, Some(&[atx_id(1), atx_id(2)]), &[]).unwrap();
        Self {
            builder,
            world,
            signers: [(key().node_id(), key())].into(),
            set,
        }
    }

    fn build(
        &mut self,
        layer: u32,
    ) -> (Result<Vec<SignerOutcome>, BuildError>, Vec<BuilderEffect>) {
        let opinion = opinion();
        let candidates = candidates(50, 5);
        let context = BuildContext {
            source: &self.world,
            signers: &self.signers,
            active_set: Some(&self.set),
            opinion: Some(&opinion),
            mesh_hash: Hash32([6; 32]),
            candidates: &candidates,
            seed: 3,
            synced: true,
        };
        let mut effects = Vec::new();
        let builds = self.builder.build(&context, LayerId(layer), &mut effects);
        let outcomes = builds.map(|builds| builds.iter().map(|build| build.outcome).collect());
        (outcomes, effects)
    }

    /// Builds a layer and stores the ballot as intake would. The proposal, if there is one.
    fn run(&mut self, layer: u32) -> Option<Proposal> {
        let (_, effects) = self.build(layer);
        let BuilderEffect::Publish { bytes, .. } = effects.last()? else {
            panic!("nothing is published last");
        };
        let proposal: Proposal = decode_exact(bytes).unwrap();
        let ballot = proposal.inner.ballot.clone();
        self.world.ballots.insert(ballot.id(), ballot);
        Some(proposal)
    }
}

#[test]
fn what_is_built_is_accepted_by_everybody() {
    let mut smeshing = Smeshing::start(world(), 11);
    let mut reference = None;
    let mut slots = 0;
    for layer in 12..16 {
        let mut known = world();
        known.ballots = smeshing.world.ballots.clone();
        known.transactions = candidates(50, 5).iter().map(|each| each.id).collect();
        let Some(proposal) = smeshing.run(layer) else {
            continue;
        };
        let ballot = &proposal.inner.ballot;
        slots += ballot.eligibility_proofs.len();
        assert_eq!(
            proposal.inner.tx_ids.len(),
            2 * ballot.eligibility_proofs.len()
        );
        match reference {
            None => {
                assert!(ballot.inner.epoch_data.is_some());
                reference = Some(ballot.id());
            }
            Some(reference) => {
                assert_eq!(ballot.inner.ref_ballot, reference);
                assert_eq!(ballot.inner.epoch_data, None);
            }
        }
        assert_eq!(gossip(&known, &proposal), Outcome::Accepted);
    }
    assert_eq!(slots, 10);
}

/// A layer in which the identity has slots.
fn eligible_layer() -> u32 {
    proposal(|_| {}).inner.ballot.inner.layer.0
}

#[test]
fn set_and_journal_are_written_before_anything_leaves() {
    let mut smeshing = Smeshing::start(world(), 11);
    let (_, effects) = smeshing.build(eligible_layer());
    assert!(matches!(
        effects[..],
        [
            BuilderEffect::StoreActiveSet { .. },
            BuilderEffect::Journal { .. },
            BuilderEffect::Publish { .. }
        ]
    ));
}

#[test]
fn a_layer_is_built_once_also_after_a_crash() {
    let layer = eligible_layer();
    let mut smeshing = Smeshing::start(world(), 11);
    assert!(smeshing.run(layer).is_some());
    let (again, _) = smeshing.build(layer);
    assert!(matches!(again, Err(BuildError::NotDue { .. })));

    // Restarted with the ballot stored, with only the journal, and with neither.
    let built = LayerId(layer);
    let mut stored = Smeshing::start(smeshing.world.clone(), layer - 1);
    assert_eq!(
        stored.build(layer).0,
        Ok(vec![SignerOutcome::AlreadyBuilt(built)])
    );
    let mut journal = world();
    journal.journal = Some(built);
    let mut written = Smeshing::start(journal, layer - 1);
    assert_eq!(
        written.build(layer).0,
        Ok(vec![SignerOutcome::AlreadyBuilt(built)])
    );
    let mut started = Smeshing::start(world(), layer);
    assert!(matches!(
        started.build(layer).0,
        Err(BuildError::NotDue { .. })
    ));
}

#[test]
fn a_reference_ballot_keeps_its_beacon_and_count() {
    let mut smeshing = Smeshing::start(world(), 11);
    let layer = eligible_layer();
    let first = smeshing.run(layer).unwrap();
    // The bootstrap service comes with another beacon, and the set is another one.
    let mut restarted = Smeshing::start(smeshing.world, layer);
    restarted.world.beacon = Some(Beacon([9; 4]));
    restarted.set.weight = 100;
    let mut known = world();
    known.ballots = restarted.world.ballots.clone();
    known.transactions = candidates(50, 5).iter().map(|each| each.id).collect();
    let mut slots = first.inner.ballot.eligibility_proofs.len();
    for layer in layer + 1..16 {
        let Some(proposal) = restarted.run(layer) else {
            continue;
        };
        slots += proposal.inner.ballot.eligibility_proofs.len();
        assert_eq!(gossip(&known, &proposal), Outcome::Accepted);
    }
    assert_eq!(slots, 10);
}

#[test]
fn what_was_prepared_follows_beacon_and_set_until_the_first_ballot() {
    let mut smeshing = Smeshing::start(world(), 11);
    smeshing.world.beacon = Some(Beacon([9; 4]));
    let Smeshing {
        builder,
        world,
        signers,
        set,
    } = &mut smeshing;
    builder.prepare(world, signers, set).unwrap();
    world.beacon = Some(BEACON);
    let proposal = smeshing.run(eligible_layer()).unwrap();
    let data = proposal.inner.ballot.inner.epoch_data.unwrap();
    assert_eq!(data.beacon, BEACON);
}

#[test]
fn without_beacon_set_sync_or_rights_nothing_is_built() {
    let layer = eligible_layer();
    let mut smeshing = Smeshing::start(world(), 3);
    assert_eq!(
        smeshing.build(7).0,
        Err(BuildError::BeforeGenesis(LayerId(7)))
    );
    smeshing.world.beacon = None;
    assert_eq!(smeshing.build(layer).0, Err(BuildError::NoBeacon(EPOCH)));
    // A failed build is not repeated.
    smeshing.world.beacon = Some(BEACON);
    assert!(matches!(
        smeshing.build(layer).0,
        Err(BuildError::NotDue { .. })
    ));

    let mut smeshing = Smeshing::start(world(), 3);
    smeshing.set.epoch = EpochId(2);
    assert_eq!(smeshing.build(layer).0, Err(BuildError::NoActiveSet(EPOCH)));
    let mut smeshing = Smeshing::start(world(), 3);
    smeshing.world.atxs.remove(&atx_id(1));
    assert_eq!(smeshing.build(layer).0, Ok(vec![SignerOutcome::NoAtx]));
    // A first ballot that declares nothing.
    let mut smeshing = Smeshing::start(world(), 3);
    let mut ballot = proposal(|_| {}).inner.ballot;
    ballot.inner.epoch_data = None;
    ballot.inner.layer = LayerId(11);
    let id = ballot.id();
    smeshing.world.ballots.insert(id, ballot);
    assert_eq!(
        smeshing.build(layer).0,
        Ok(vec![SignerOutcome::BrokenReference(id)])
    );
}
