//! mesh/*.json: what is executed, undone and written, and which hare result counts.

use std::collections::BTreeMap;

use spacemesh_consensus::mesh::{Effect, Mesh};
use spacemesh_consensus::tortoise::{BlockResult, CertificateRow, LayerResult, save_hare_output};
use spacemesh_types::wire::BlockHeader;
use spacemesh_types::{BlockId, Hash32, LayerId};

use super::read;
use crate::node::{Malformed, Node};
use crate::report::Report;
use crate::suite::Suite;

/// mesh/process-layer.json
pub(crate) const PROCESS_LAYER: Suite = Suite {
    name: "mesh layers",
    recognises: |file| is_about(file, "process_layer"),
    annotations: &["desc"],
    run: process_layer,
};

/// mesh/hare-output.json
pub(crate) const HARE_OUTPUT: Suite = Suite {
    name: "mesh hare results",
    recognises: |file| is_about(file, "block"),
    annotations: &["desc"],
    run: hare_output,
};

fn is_about(file: &crate::files::File, key: &str) -> bool {
    let crate::files::Content::Json(value) = &file.content else {
        return false;
    };
    let call = value.pointer("/cases/0/calls/0");
    call.is_some_and(|call| call.get(key).is_some() && call.get("expect").is_some())
}

/// What a node has on disk.
struct Disk {
    mesh: Mesh,
    applied: BTreeMap<LayerId, BlockId>,
    validity: BTreeMap<BlockId, bool>,
}

fn process_layer(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let genesis = read::layer(&root.key("effective_genesis")?)?;
    read::layers_per_epoch(&root.key("layers_per_epoch")?)?;
    for case in root.key("cases")?.items()? {
        let (mesh, _) = Mesh::start(genesis, None, None, None);
        let mut disk = Disk {
            mesh,
            applied: BTreeMap::new(),
            validity: BTreeMap::new(),
        };
        for call in case.key("calls")?.items()? {
            disk.mesh
                .mark_processed(read::layer(&call.key("process_layer")?)?);
            let results: Result<Vec<_>, _> =
                call.key("updates")?.items()?.iter().map(result).collect();
            check(&call.key("expect")?, &mut disk, &results?, report)?;
        }
    }
    Ok(())
}

fn check(
    expect: &Node<'_>,
    disk: &mut Disk,
    results: &[LayerResult],
    report: &mut Report,
) -> Result<(), Malformed> {
    let plan = disk
        .mesh
        .plan(results, |layer| disk.applied.get(&layer).copied());
    let mut executed = Vec::new();
    let mut acknowledged = Vec::new();
    for effect in plan.effects {
        match effect {
            Effect::Clear { from } => disk.applied.retain(|&layer, _| layer < from),
            Effect::Revert { to } => disk.mesh.reverted(to),
            Effect::Execute { layer, block } => {
                executed.push(format!(
                    "{} {layer}",
                    block.unwrap_or(BlockId::ZERO).to_hex()
                ));
            }
            Effect::Commit {
                layer,
                applied,
                validity,
                ..
            } => {
                disk.applied.insert(layer, applied);
                disk.validity.extend(validity);
                disk.mesh.committed(layer);
            }
            Effect::Acknowledge { layer, .. } => acknowledged.push(layer.0),
        }
    }
    match expect.optional("error_contains") {
        None => report.equal(expect, 0, plan.missing.len()),
        Some(node) => {
            let expected = node.text()?;
            let ids: Vec<String> = plan.missing.iter().map(|id| id.to_string()).collect();
            let error = if ids.is_empty() {
                String::new()
            } else {
                format!("missing blocks: {}", ids.join(","))
            };
            report.holds(
                &node,
                error.contains(expected),
                format_args!("{expected}, got {error}"),
            );
        }
    }
    let pairs = |key: &str| {
        let pair = |node: &Node<'_>| {
            Ok(format!(
                "{} {}",
                node.key("block")?.text()?,
                node.key("layer")?.u64()?
            ))
        };
        expect
            .key(key)?
            .items()?
            .iter()
            .map(pair)
            .collect::<Result<Vec<_>, Malformed>>()
    };
    report.equal(
        &expect.key("executed")?,
        pairs("executed")?.join(", "),
        executed.join(", "),
    );
    for node in expect.key("applied")?.items()? {
        let layer = read::layer(&node.key("layer")?)?;
        let block = node.key("block")?;
        let stored = disk
            .applied
            .get(&layer)
            .map_or("none".to_owned(), |id| id.to_hex());
        report.equal(&block, block.text()?, stored);
    }
    for node in expect.key("validity")?.items()? {
        let valid = node.key("valid")?;
        let stored = disk.validity.get(&BlockId(node.key("block")?.hex_array()?));
        report.equal(&valid, Some(valid.bool()?) == stored.copied(), true);
    }
    let layers = expect.key("on_applied_layers")?;
    let expected: Result<Vec<u64>, _> = layers.items()?.iter().map(Node::u64).collect();
    report.equal(
        &layers,
        format!("{:?}", expected?),
        format!("{acknowledged:?}"),
    );
    Ok(())
}

fn result(node: &Node<'_>) -> Result<LayerResult, Malformed> {
    let layer = read::layer(&node.key("layer")?)?;
    let block = |node: &Node<'_>| {
        let flag = |key: &str| node.key(key)?.bool();
        Ok(BlockResult {
            header: BlockHeader {
                id: BlockId(node.key("id")?.hex_array()?),
                layer,
                height: 0,
            },
            data: flag("data")?,
            hare: flag("hare")?,
            valid: flag("valid")?,
            invalid: flag("invalid")?,
            local: flag("local")?,
        })
    };
    let blocks: Result<_, _> = node.key("blocks")?.items()?.iter().map(block).collect();
    Ok(LayerResult {
        layer,
        verified: node.key("verified")?.bool()?,
        opinion: Hash32::ZERO,
        blocks: blocks?,
    })
}

fn hare_output(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    read::layer(&root.key("effective_genesis")?)?;
    read::layers_per_epoch(&root.key("layers_per_epoch")?)?;
    for case in root.key("cases")?.items()? {
        let mut rows: BTreeMap<LayerId, Vec<CertificateRow>> = BTreeMap::new();
        for node in case.key("existing")?.items()? {
            rows.entry(read::layer(&node.key("layer")?)?)
                .or_default()
                .push(row(&node)?);
        }
        for call in case.key("calls")?.items()? {
            let block = BlockId(call.key("block")?.hex_array()?);
            let rows = rows.entry(read::layer(&call.key("layer")?)?).or_default();
            let decision = save_hare_output(rows, block);
            rows.extend(decision.insert);
            rows.sort_by_key(|row| row.block);
            let expect = call.key("expect")?;
            let told = expect.key("on_hare_output")?;
            report.equal(&told, told.bool()?, decision.tell_tortoise);
            let certificates = expect.key("certificates")?;
            let expected: Result<Vec<_>, _> = certificates.items()?.iter().map(row).collect();
            let mut expected = expected?;
            expected.sort_by_key(|row| row.block);
            report.equal(&certificates, format!("{expected:?}"), format!("{rows:?}"));
        }
    }
    Ok(())
}

fn row(node: &Node<'_>) -> Result<CertificateRow, Malformed> {
    Ok(CertificateRow {
        block: BlockId(node.key("block")?.hex_array()?),
        valid: node.key("valid")?.bool()?,
        certificate: node.key("certificate")?.bool()?,
    })
}
