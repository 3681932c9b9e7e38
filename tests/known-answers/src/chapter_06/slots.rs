//! Slot counts, layers of slots, minimal weights and grades of ATXs.

use std::time::Duration;

use spacemesh_consensus::{
    eligibility::{MinimalWeights, SlotRules, SlotTable},
    proposals::grade_atx,
};
use spacemesh_crypto::SigningKey;
use spacemesh_types::{Beacon, EpochId, Timestamp, VrfNonce};

use super::{layers_per_epoch, number, signed};
use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "slots",
    recognises: |file| file.has("counters_by_layer"),
    annotations: &["signer"],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in root.key("num_eligible_slots")?.key("rows")?.items()? {
        let minimal = vec![(EpochId(0), row.at(1)?.u64()?)];
        let minimal = MinimalWeights::new(minimal).map_err(|error| row.malformed(error))?;
        let rules = SlotRules {
            layer_size: number(&row.at(3)?)?,
            layers_per_epoch: layers_per_epoch(&row.at(4)?)?,
            minimal_weights: minimal,
        };
        let (weight, total) = (row.at(0)?.u64()?, row.at(2)?.u64()?);
        let expected = row.at(5)?;
        let slots = rules.count(EpochId(7), weight, total).unwrap_or_default();
        report.equal(&expected, number(&expected)?, slots);
        row.at(6)?.text()?;
    }
    for row in root.key("counters_by_layer")?.key("rows")?.items()? {
        counters(&row, report)?;
    }
    minimal_weights(&root.key("min_weight_select")?, report)?;
    grades(&root.key("grade_atx")?, report)
}

fn counters(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let table = SlotTable::prove(
        &SigningKey::from_seed(&row.key("ed25519_seed")?.hex_array()?),
        Beacon(row.key("beacon")?.hex_array()?),
        EpochId(number(&row.key("epoch")?)?),
        VrfNonce(row.key("nonce")?.u64()?),
        number(&row.key("slots")?)?,
        layers_per_epoch(&row.key("layers_per_epoch")?)?,
    );
    let expected = row.key("counters_by_layer")?;
    report.equal(&expected, expected.fields()?.len(), table.layers().count());
    for (layer, counters) in expected.fields()? {
        let layer_id = layer.parse::<u32>().map_err(|_| row.malformed("a layer"))?;
        let actual: Vec<_> = table
            .of_layer(layer_id.into())
            .iter()
            .map(|slot| slot.j)
            .collect();
        let counters_listed: Result<Vec<_>, _> = counters.items()?.iter().map(number).collect();
        let (left, right) = (format!("{:?}", counters_listed?), format!("{actual:?}"));
        report.equal(&counters, left, right);
    }
    Ok(())
}

fn minimal_weights(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let mut table = Vec::new();
    for row in section.key("table")?.items()? {
        table.push((EpochId(number(&row.at(0)?)?), row.at(1)?.u64()?));
    }
    let table = MinimalWeights::new(table).map_err(|error| section.malformed(error))?;
    for row in section.key("rows")?.items()? {
        let expected = row.at(1)?;
        let weight = table.at(EpochId(number(&row.at(0)?)?));
        report.equal(&expected, expected.u64()?, weight);
    }
    Ok(())
}

fn grades(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let delay = Duration::from_secs(section.key("network_delay_s")?.u64()?);
    let start = 1_000_000;
    for row in section.key("rows")?.items()? {
        let at = |node: Node<'_>| -> Result<Timestamp, Malformed> {
            Ok(Timestamp::from_unix_seconds(start + signed(&node)?))
        };
        let (received, proof) = (at(row.at(0)?)?, at(row.at(1)?)?);
        let start = Timestamp::from_unix_seconds(start);
        let grade = grade_atx(start, delay, Some(received), Some(proof));
        let expected = row.at(2)?;
        let actual = format!("{grade:?}").to_lowercase();
        report.equal(&expected, expected.text()?, actual);
    }
    Ok(())
}
