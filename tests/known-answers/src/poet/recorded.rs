//! Rounds and stored proofs of recorded networks: every proof holds, every membership leads to its round's statement.

use spacemesh_codec::encode;
use spacemesh_poet::membership::{Tree, verify};
use spacemesh_poet::proof::verify_message;
use spacemesh_types::wire::PoetProofMessage;

use super::work::nodes_of;
use crate::{
    files::Content,
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

/// Members as the service gave them, memberships as ATXs show them, and some of the stored messages.
pub(crate) const ROUNDS: Suite = Suite {
    name: "recorded PoET rounds",
    recognises: |file| file.has("poet_rounds"),
    annotations: &["atx"],
    run: rounds,
};

/// The proofs of a node's database, one row per proof.
pub(crate) const STORED: Suite = Suite {
    name: "stored PoET proofs",
    recognises: |file| {
        let Content::Json(value) = &file.content else {
            return false;
        };
        let has = |field| value.pointer(field).is_some();
        has("/0/poet") && has("/0/ref") && has("/0/service_id")
    },
    annotations: &[],
    run: stored,
};

fn rounds(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in root.key("poet_rounds")?.items()? {
        let members = nodes_of(&row.key("members")?)?;
        let tree = Tree::build(members.clone());
        let statement = row.key("statement")?;
        let root = statement.hex_array()?;
        report.holds(
            &statement,
            tree.root() == Some(root),
            "to be the members' root",
        );
        for membership in row.key("memberships")?.items()? {
            let indices = membership.key("indices")?.items()?;
            let indices: Vec<u64> = indices.iter().map(Node::u64).collect::<Result<_, _>>()?;
            let nodes = nodes_of(&membership.key("nodes")?)?;
            let leaves: Vec<_> = indices
                .iter()
                .filter_map(|index| members.get(usize::try_from(*index).ok()?).copied())
                .collect();
            report.success(&membership, verify(&root, &indices, &leaves, &nodes));
            let made = tree.multi_proof(&indices).ok();
            report.holds(
                &membership,
                made == Some(nodes),
                "to be what the tree gives",
            );
        }
        let leaves = row.key("leaves")?;
        let (reference, service) = (row.key("reference")?, row.key("service_id")?);
        let round = row.key("round_id")?;
        let Some(message) = row.optional("message") else {
            // The other rounds' messages are left out for their size.
            leaves.skip("said by the message");
            reference.skip("said by the message");
            service.skip("said by the message");
            round.skip("said by the message");
            continue;
        };
        if let Some(verified) = check(&message, report)? {
            report.equal(&leaves, leaves.u64()?, verified.proof.leaf_count);
            report.equal_bytes(&statement, &statement.hex()?, &verified.statement.0);
            report.equal(&round, round.text()?, verified.round_id.to_text());
            names(&reference, &service, &verified, report)?;
        }
    }
    Ok(())
}

fn stored(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in root.items()? {
        let round = row.key("round_id")?;
        if let Some(verified) = check(&row.key("poet")?, report)? {
            report.equal_bytes(&round, &round.hex()?, &verified.round_id);
            names(&row.key("ref")?, &row.key("service_id")?, &verified, report)?;
        }
    }
    Ok(())
}

/// Verifies a message; it encodes to the same bytes again.
fn check(message: &Node<'_>, report: &mut Report) -> Result<Option<PoetProofMessage>, Malformed> {
    let bytes = message.hex()?;
    let verified = report.success(message, verify_message(&bytes));
    if let Some(verified) = &verified {
        report.equal_bytes(message, &bytes, &encode(verified));
    }
    Ok(verified)
}

fn names(
    reference: &Node<'_>,
    service: &Node<'_>,
    message: &PoetProofMessage,
    report: &mut Report,
) -> Result<(), Malformed> {
    report.equal_bytes(reference, &reference.hex()?, &message.proof.reference().0);
    report.equal_bytes(service, &service.hex()?, &message.service_id);
    Ok(())
}
