//! Ballots that synchronisation fetched by their hash (06 §7.6).

use spacemesh_codec::{decode_exact, encode};
use spacemesh_crypto::Domain;
use spacemesh_types::{Hash32, wire::Ballot};

use super::{
    Intake, IntakeEffect, IntakeFault, IntakeMoment, IntakeSource, Outcome, Refused,
    ballot::{Processed, names_atx, process, sources_of},
    is_signed,
};

/// A fetched ballot. There is no upper limit to its layer.
#[derive(Debug, Clone)]
pub struct BallotTask {
    ballot: Ballot,
}

impl BallotTask {
    /// Reads a ballot and does the checks that need no state.
    ///
    /// # Errors
    ///
    /// All of them are rejected.
    pub fn start(
        intake: &Intake,
        bytes: &[u8],
        requested: &Hash32,
        out: &mut Vec<IntakeEffect>,
    ) -> Result<Self, Refused> {
        let ballot: Ballot = decode_exact(bytes).map_err(Refused::reject)?;
        let rules = &intake.rules;
        let layer = ballot.inner.layer;
        if layer <= rules.effective_genesis {
            return Err(Refused::reject(IntakeFault::BeforeGenesis(layer)));
        }
        let smesher = ballot.smesher_id;
        let signed = encode(&ballot.inner.signed_metadata());
        if !is_signed(
            &rules.prefix,
            Domain::Ballot,
            smesher,
            &signed,
            &ballot.signature,
        ) {
            return Err(Refused::reject(IntakeFault::BallotSignature(smesher)));
        }
        let found = ballot.id().to_hash32();
        if found != *requested {
            return Err(Refused::reject(IntakeFault::OtherHash {
                requested: *requested,
                found,
            }));
        }
        if !names_atx(intake, &ballot) {
            return Err(Refused::reject(IntakeFault::NoAtx));
        }
        out.push(IntakeEffect::NoteSources(sources_of(&ballot)));
        Ok(Self { ballot })
    }

    /// The ballot.
    pub const fn ballot(&self) -> &Ballot {
        &self.ballot
    }

    /// Goes on as far as possible. A second ballot of a smesher is taken; its proof is stored and not published.
    pub fn advance<S: IntakeSource>(
        &mut self,
        intake: &mut Intake,
        source: &S,
        moment: &IntakeMoment,
        out: &mut Vec<IntakeEffect>,
    ) -> Outcome {
        let current = moment.current;
        match process(intake, source, &self.ballot, current, out) {
            Err(refused) => Outcome::Refused(refused),
            Ok(Processed::Missing(missing)) => Outcome::Missing(missing),
            Ok(Processed::Known) => Outcome::Known,
            Ok(Processed::Stored(_)) => Outcome::Accepted,
        }
    }
}
