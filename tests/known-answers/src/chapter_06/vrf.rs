//! VRF proofs with secret seeds, and what their bytes decide.

use spacemesh_crypto::{
    SigningKey, VrfSignature, beacon_proposal, layer_in_epoch, verify_vrf, weak_coin_bit,
};
use spacemesh_types::EpochId;

use super::{layers_per_epoch, number};
use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "VRF uses",
    recognises: |file| {
        file.has("vectors") && {
            let crate::files::Content::Json(value) = &file.content else {
                return false;
            };
            value["vectors"][0].get("proof").is_some()
        }
    },
    annotations: &["what"],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in root.key("vectors")?.items()? {
        let key = SigningKey::from_seed(&row.key("ed25519_seed")?.hex_array()?);
        let id = row.key("node_id")?;
        report.equal_bytes(&id, &id.hex()?, key.node_id().as_bytes());
        let message = row.key("message")?.hex()?;
        let expected = row.key("proof")?;
        let proof = VrfSignature(expected.hex_array()?);
        let actual = key.prove_vrf(&message);
        report.equal_bytes(&expected, proof.as_bytes(), actual.as_bytes());
        report.success(&expected, verify_vrf(&key.public_key(), &message, &proof));
        if let Some(coin) = row.optional("coin_lsb") {
            report.equal(&coin, coin.u64()?, u64::from(weak_coin_bit(&proof)));
        }
        if let Some(value) = row.optional("proposal") {
            report.equal_bytes(&value, &value.hex()?, &beacon_proposal(&proof));
        }
        if let Some(layer) = row.optional("layer") {
            let per_epoch = layers_per_epoch(&row.key("layers_per_epoch")?)?;
            let due = layer_in_epoch(&proof, per_epoch);
            // The message tells the epoch; the layer is one of it.
            let layer_number = number(&layer)?;
            let epoch = EpochId(layer_number / per_epoch.get());
            let first = epoch.first_layer(per_epoch).map_or(0, |first| first.0);
            report.equal(&layer, layer_number, first + due);
        }
    }
    Ok(())
}
