//! Seats that proofs win in committees.

use spacemesh_consensus::eligibility::Seats;
use spacemesh_crypto::{SigningKey, VrfSignature, verify_vrf};
use spacemesh_types::{Beacon, LayerId, RoundId, wire::HareVrfInput};

use super::number;
use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "oracle",
    recognises: |file| file.has("reference_end_to_end"),
    annotations: &[],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let mut seats = Seats::new();
    for section in ["reference", "computed"] {
        for row in root.key(section)?.key("rows")?.items()? {
            let mut proof = [0; VrfSignature::SIZE];
            proof[..8].copy_from_slice(&row.at(3)?.hex_array::<8>()?);
            let (weight, total) = (row.at(0)?.u64()?, row.at(1)?.u64()?);
            let size = number(&row.at(2)?)?;
            count(
                &row.at(4)?,
                (weight, total, size),
                &VrfSignature(proof),
                &mut seats,
                report,
            )?;
        }
    }
    end_to_end(&root.key("reference_end_to_end")?, &mut seats, report)
}

fn end_to_end(node: &Node<'_>, seats: &mut Seats, report: &mut Report) -> Result<(), Malformed> {
    let key = SigningKey::from_seed(&node.key("ed25519_seed")?.hex_array()?);
    let id = node.key("node_id")?;
    report.equal_bytes(&id, &id.hex()?, key.node_id().as_bytes());
    let input = HareVrfInput::new(
        Beacon(node.key("beacon")?.hex_array()?),
        RoundId(number(&node.key("round")?)?),
        LayerId(number(&node.key("layer")?)?),
    );
    let message = node.key("vrf_message")?;
    report.equal_bytes(&message, &message.hex()?, &input.alpha());
    let expected = node.key("vrf_proof")?;
    let proof = key.prove_vrf(&input.alpha());
    report.equal_bytes(&expected, &expected.hex()?, proof.as_bytes());
    let verified = verify_vrf(&key.public_key(), &input.alpha(), &proof);
    report.success(&expected, verified);
    let (weight, total) = (node.key("weight")?.u64()?, node.key("total")?.u64()?);
    let size = number(&node.key("committee")?)?;
    count(
        &node.key("count")?,
        (weight, total, size),
        &proof,
        seats,
        report,
    )
}

/// The count, and that validation accepts it and none beside it.
fn count(
    node: &Node<'_>,
    (weight, total, size): (u64, u64, u32),
    proof: &VrfSignature,
    seats: &mut Seats,
    report: &mut Report,
) -> Result<(), Malformed> {
    let expected = u16::try_from(number(node)?).map_err(|_| node.malformed("16 bits"))?;
    let actual = seats.count(weight, total, size, proof);
    let actual = actual.map_or_else(|error| error.to_string(), |count| count.to_string());
    report.equal(node, expected, actual);
    for near in expected.saturating_sub(1)..=expected.saturating_add(1) {
        let valid = seats.validate(weight, total, size, proof, near);
        let heavy = weight > 1 << 30;
        let holds = if heavy {
            valid.is_err()
        } else {
            valid == Ok(near == expected)
        };
        report.holds(node, holds, format!("validation of {near} to agree"));
    }
    Ok(())
}
