//! Complete ballots and proposals, made again from their parts, and an active set.

use spacemesh_codec::{Decode, decode_exact, encode};
use spacemesh_consensus::proposals::check_active_set;
use spacemesh_crypto::{Domain, SigningKey, verify};
use spacemesh_types::{
    AtxId, Beacon, EpochId, Hash32, VrfNonce, hash_of,
    wire::{Ballot, EpochActiveSet, InnerBallot, Proposal, VotingVrfInput, active_set_hash},
};

use super::number;
use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "ballots",
    recognises: |file| file.has("active_set") && file.has("ed25519_seed") && file.has("smesher_id"),
    annotations: &["what"],
    run,
};

/// The nonce, beacon and epoch of the test that the ballots are from; the file gives the proofs.
const NONCE: VrfNonce = VrfNonce(777);
const BEACON: Beacon = Beacon([1, 0, 0, 0]);
const EPOCH: EpochId = EpochId(3);

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let key = SigningKey::from_seed(&root.key("ed25519_seed")?.hex_array()?);
    let id = root.key("smesher_id")?;
    report.equal_bytes(&id, &id.hex()?, key.node_id().as_bytes());
    let atx = AtxId(root.key("atx_id")?.hex_array()?);
    for row in root.key("vectors")?.items()? {
        object(&row, &key, atx, report)?;
    }
    active_set(&root.key("active_set")?, report)
}

fn object(
    row: &Node<'_>,
    key: &SigningKey,
    atx: AtxId,
    report: &mut Report,
) -> Result<(), Malformed> {
    let (Some(inner), Some(ballot), Some(proposal)) = (
        decoded::<InnerBallot>(&row.key("inner_ballot")?, report)?,
        decoded::<Ballot>(&row.key("ballot")?, report)?,
        decoded::<Proposal>(&row.key("proposal")?, report)?,
    ) else {
        return Ok(());
    };
    let same = |name: &str, actual: &[u8], report: &mut Report| -> Result<(), Malformed> {
        let node = row.key(name)?;
        report.equal_bytes(&node, &node.hex()?, actual);
        Ok(())
    };
    let layer = row.key("layer")?;
    report.equal(&layer, number(&layer)?, inner.layer);
    report.holds(row, inner == ballot.inner, "the ballot's inner part");
    report.holds(
        row,
        proposal.inner.ballot == ballot,
        "the proposal's ballot",
    );
    report.holds(row, inner.atx_id == atx, "the file's ATX");
    same("inner_ballot_hash", hash_of(&inner).as_bytes(), report)?;
    same("ballot_id", ballot.id().as_bytes(), report)?;
    let ballot_signed = encode(&inner.signed_metadata());
    same("ballot_signed_bytes", &ballot_signed, report)?;
    let hash = hash_of(&proposal.inner);
    same("inner_proposal_hash", hash.as_bytes(), report)?;
    let signed = encode(&proposal.inner.signed_metadata());
    same("proposal_signed_bytes", &signed, report)?;
    same("proposal_id", proposal.id().as_bytes(), report)?;

    // The signatures, with an empty prefix or the one of a network.
    let prefix = row.key("prefix")?.hex()?;
    let sign =
        |domain: Domain, message: &[u8]| key.sign_plain(&[&prefix, &[domain.byte()], message]);
    let signature = sign(Domain::Ballot, &ballot_signed);
    same("ballot_signature", signature.as_bytes(), report)?;
    let signature = sign(Domain::Proposal, &signed);
    same("proposal_signature", signature.as_bytes(), report)?;
    if let Ok(prefix) = <[u8; 20]>::try_from(prefix) {
        let verified = verify(
            &key.public_key(),
            &prefix.into(),
            Domain::Proposal,
            &signed,
            &proposal.signature,
        );
        report.success(row, verified);
    }

    content(row, key, &ballot, &proposal, report)
}

/// Counters, proofs, transactions and what else the row tells about the objects.
fn content(
    row: &Node<'_>,
    key: &SigningKey,
    ballot: &Ballot,
    proposal: &Proposal,
    report: &mut Report,
) -> Result<(), Malformed> {
    let counters = row.key("counters")?;
    let listed: Result<Vec<_>, _> = counters.items()?.iter().map(number).collect();
    let proofs = ballot.eligibility_proofs.as_slice();
    let actual: Vec<_> = proofs.iter().map(|slot| slot.j).collect();
    report.equal(&counters, format!("{:?}", listed?), format!("{actual:?}"));
    for slot in proofs {
        let input = VotingVrfInput::new(BEACON, EPOCH, NONCE, slot.j).alpha();
        let proof = key.prove_vrf(&input);
        report.equal_bytes(&counters, proof.as_bytes(), slot.proof.as_bytes());
    }

    let transactions = row.key("txs")?;
    for (node, id) in transactions.items()?.iter().zip(&proposal.inner.tx_ids) {
        report.equal_bytes(node, &node.hex()?, id.as_bytes());
    }
    let count = proposal.inner.tx_ids.len();
    report.equal(&transactions, transactions.items()?.len(), count);
    if let Some(hash) = row.optional("mesh_hash") {
        let actual = proposal.inner.mesh_hash;
        report.equal_bytes(&hash, &hash.hex()?, actual.as_bytes());
    }
    if let (Some(node), Some(data)) = (row.optional("epoch_data"), ballot.inner.epoch_data) {
        let hash = node.key("active_set_hash")?;
        report.equal_bytes(&hash, &hash.hex()?, data.active_set_hash.as_bytes());
        let beacon = node.key("beacon")?;
        report.equal_bytes(&beacon, &beacon.hex()?, data.beacon.as_bytes());
        let count = node.key("eligibility_count")?;
        report.equal(&count, number(&count)?, data.eligibility_count);
    }
    votes(row, ballot, report)
}

fn votes(row: &Node<'_>, ballot: &Ballot, report: &mut Report) -> Result<(), Malformed> {
    let Some(votes) = row.optional("votes") else {
        return Ok(());
    };
    let base = votes.key("base")?;
    report.equal_bytes(&base, &base.hex()?, ballot.votes.base.as_bytes());
    for (name, blocks) in [
        ("support", &ballot.votes.support),
        ("against", &ballot.votes.against),
    ] {
        let listed = votes.key(name)?;
        report.equal(&listed, listed.items()?.len(), blocks.len());
        for (node, block) in listed.items()?.iter().zip(blocks) {
            report.equal_bytes(&node.at(0)?, &node.at(0)?.hex()?, block.id.as_bytes());
            report.equal(&node.at(1)?, number(&node.at(1)?)?, block.layer);
            report.equal(&node.at(2)?, node.at(2)?.u64()?, block.height);
        }
    }
    let abstain = votes.key("abstain")?;
    let listed: Result<Vec<_>, _> = abstain.items()?.iter().map(number).collect();
    let actual: Vec<_> = ballot.votes.abstain.iter().map(|layer| layer.0).collect();
    report.equal(&abstain, format!("{:?}", listed?), format!("{actual:?}"));
    Ok(())
}

fn active_set(node: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let mut ids = Vec::new();
    for id in node.key("ids")?.items()? {
        ids.push(AtxId(id.hex_array()?));
    }
    let hash = node.key("hash")?;
    report.equal_bytes(&hash, &hash.hex()?, active_set_hash(&ids).as_bytes());
    let epoch = EpochId(number(&node.key("epoch")?)?);
    let wire = node.key("wire")?;
    let set = ids.try_into().map_err(|_| node.malformed("a set"))?;
    let set = EpochActiveSet { epoch, set };
    report.equal_bytes(&wire, &wire.hex()?, &encode(&set));
    let checked = check_active_set(&wire.hex()?, &Hash32(hash.hex_array()?));
    report.success(&wire, checked);
    Ok(())
}

fn decoded<T: Decode>(node: &Node<'_>, report: &mut Report) -> Result<Option<T>, Malformed> {
    Ok(report.success(node, decode_exact(&node.hex()?)))
}
