//! `03-post.json`: labels, VRF nonces, difficulties, packing and two complete proofs, from the chapter itself.

use post_gpu::{
    aes::{Cipher, GroupKeys, NONCES_PER_GROUP, Scanner},
    cpu::{LabelKernel, Scratch, labels},
    difficulty::{ProvingDifficulty, index_bits, packed_len, scale_pow_difficulty},
    k2pow::PowWork,
    label::{Commitment, Label32},
    params::{NumLabels, PostParams, ScryptN},
    proof::{pack, unpack},
    vrf_nonce::{VrfThreshold, best_in_batch, verify},
};
use sha2::{Digest, Sha256};

use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "post chapter",
    recognises: |file| file.has("vrf_thresholds") && file.has("proofs"),
    annotations: &[],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for (section, node) in root.fields()? {
        match section {
            "commitments" => rows(&node, report, commitment)?,
            "labels" => rows(&node, report, label)?,
            "vrf_thresholds" => rows(&node, report, vrf_threshold)?,
            "vrf_nonces" => rows(&node, report, vrf_nonce)?,
            "vrf_search" => vrf_search(&node, report)?,
            "difficulties" => rows(&node, report, difficulty)?,
            "index_widths" => rows(&node, report, index_width)?,
            "pow_difficulties" => rows(&node, report, pow_difficulty)?,
            "packing" => rows(&node, report, packing)?,
            "pow_input" => pow_input(&node, report)?,
            "proving" => proving(&node, report)?,
            "proofs" => {
                for proof in node.items()? {
                    complete_proof(&proof, report)?;
                }
            }
            // Left unread, which is reported for each of its values.
            _ => {}
        }
    }
    Ok(())
}

fn rows(
    section: &Node<'_>,
    report: &mut Report,
    check: fn(&Node<'_>, &mut Report) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    section
        .key("rows")?
        .items()?
        .iter()
        .try_for_each(|row| check(row, report))
}

fn commitment(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let commitment = Commitment::new(&row.at(0)?.hex_array()?, &row.at(1)?.hex_array()?);
    report.equal_bytes(&row.at(2)?, &row.at(2)?.hex()?, commitment.as_bytes());
    Ok(())
}

/// Every kernel of this machine is asked.
fn label(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let n = scrypt(&row.at(0)?)?;
    let commitment = Commitment::from_bytes(row.at(2)?.hex_array()?);
    for kernel in LabelKernel::all_available() {
        let label = compute(row, kernel, &commitment, row.at(1)?.u64()?, 1, n)?;
        report.equal_bytes(&row.at(3)?, &row.at(3)?.hex()?, label.as_flattened());
    }
    Ok(())
}

fn vrf_threshold(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let threshold =
        VrfThreshold::new(mainnet_labels(&row.at(0)?)?).map_err(|error| row.malformed(error))?;
    report.equal_bytes(&row.at(1)?, &row.at(1)?.hex()?, threshold.as_bytes());
    Ok(())
}

fn vrf_nonce(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let commitment = Commitment::from_bytes(row.at(0)?.hex_array()?);
    let nonce = row.at(2)?.u64()?;
    let label = compute(
        row,
        LabelKernel::detect_best(),
        &commitment,
        nonce,
        1,
        ScryptN::MAINNET,
    )?;
    report.equal_bytes(&row.at(3)?, &row.at(3)?.hex()?, label.as_flattened());
    for label in &label {
        report.success(
            &row.at(2)?,
            verify(nonce, label, mainnet_labels(&row.at(1)?)?),
        );
    }
    Ok(())
}

fn vrf_search(node: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let commitment = Commitment::from_bytes(node.key("commitment")?.hex_array()?);
    let first = node.key("first")?.u64()?;
    let count = node.key("last")?.u64()? - first + 1;
    let labels = compute(
        node,
        LabelKernel::detect_best(),
        &commitment,
        first,
        count,
        scrypt(&node.key("n")?)?,
    )?;
    let threshold = VrfThreshold::from_bytes(node.key("limit")?.hex_array()?);
    if let Some(best) = best_in_batch(first, &labels, &threshold) {
        report.equal(&node.key("nonce")?, node.key("nonce")?.u64()?, best.index);
        report.equal_bytes(
            &node.key("label32")?,
            &node.key("label32")?.hex()?,
            &best.label,
        );
    }
    Ok(())
}

fn difficulty(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let k1 = u32_of(&row.at(0)?)?;
    let actual = match ProvingDifficulty::new(k1, labels_of(&row.at(1)?)?) {
        Ok(ProvingDifficulty { msb, lsb }) => (u64::from(msb) << 56 | lsb).to_string(),
        Err(_) => "none".to_owned(),
    };
    let expected = row.at(2)?;
    let text = if expected.is_null() {
        "none"
    } else {
        expected.text()?
    };
    report.equal(&expected, text, actual);
    Ok(())
}

fn index_width(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let bits = index_bits(labels_of(&row.at(0)?)?);
    report.equal(&row.at(2)?, row.at(2)?.u64()?, bits);
    report.equal(
        &row.at(3)?,
        row.at(3)?.u64()?,
        packed_len(bits, u32_of(&row.at(1)?)?),
    );
    Ok(())
}

fn pow_difficulty(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let scaled = scale_pow_difficulty(&row.at(0)?.hex_array()?, u32_of(&row.at(1)?)?);
    report.equal_bytes(&row.at(2)?, &row.at(2)?.hex()?, &scaled);
    Ok(())
}

fn packing(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let indices = numbers(&row.at(0)?)?;
    let bits = u32_of(&row.at(1)?)?;
    let packed = row.at(2)?.hex()?;
    report.equal_bytes(&row.at(2)?, &packed, &pack(&indices, bits));
    let low: Vec<u64> = indices
        .iter()
        .map(|index| index & ((1 << bits) - 1))
        .collect();
    report.holds(
        &row.at(0)?,
        unpack(&packed, bits, low.len()) == low,
        "to be unpacked again",
    );
    Ok(())
}

fn pow_input(node: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let work = PowWork {
        node_id: node.key("node_id")?.hex_array()?,
        challenge: node.key("challenge")?.hex_array()?,
        group: u32_of(&node.key("group")?)? as u8,
        difficulty: [0xff; 32],
    };
    let input = work.input(node.key("pow")?.u64()?);
    report.equal_bytes(&node.key("input")?, &node.key("input")?.hex()?, &input);
    Ok(())
}

/// Every cipher of this machine is asked.
fn proving(node: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let count = node.key("labels")?.u64()?;
    let data: Vec<u8> = (0..12).cycle().take(count as usize * 16).collect();
    let k1 = u32_of(&node.key("k1")?)?;
    let k2 = node.key("k2")?.u64()?;
    let difficulty = ProvingDifficulty::new(k1, labels_of(&node.key("labels")?)?)
        .map_err(|error| node.malformed(error))?;
    let expected = numbers(&node.key("indices")?)?;
    let winner = node.key("nonce")?;
    let keys = GroupKeys::new(
        &node.key("challenge")?.hex_array()?,
        0,
        node.key("pow")?.u64()?,
    );
    for cipher in Cipher::all_available() {
        let (nonce, indices) = first_with(&keys, cipher, difficulty, &data, k2 as usize, node)?;
        report.equal(&winner, winner.u64()?, nonce);
        report.holds(
            &node.key("indices")?,
            indices == expected,
            format!("to be found by {cipher}"),
        );
    }
    Ok(())
}

fn complete_proof(node: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let commitment = Commitment::new(
        &node.key("node_id")?.hex_array()?,
        &node.key("commitment_atx_id")?.hex_array()?,
    );
    report.equal_bytes(
        &node.key("commitment")?,
        &node.key("commitment")?.hex()?,
        commitment.as_bytes(),
    );
    let per_unit = node.key("labels_per_unit")?.u64()?;
    let count = NumLabels::new(u32_of(&node.key("num_units")?)?, per_unit)
        .map_err(|error| node.malformed(error))?;
    let n = scrypt(&node.key("n")?)?;
    let labels = compute(
        node,
        LabelKernel::detect_best(),
        &commitment,
        0,
        count.get(),
        n,
    )?;
    let ends = [
        ("first_label32", labels.first()),
        ("last_label32", labels.last()),
    ];
    for (key, label) in ends {
        report.equal_bytes(
            &node.key(key)?,
            &node.key(key)?.hex()?,
            label.map_or(&[], |label| label),
        );
    }
    let data: Vec<u8> = labels
        .iter()
        .flat_map(|label| &label[..16])
        .copied()
        .collect();
    report.equal_bytes(
        &node.key("sha256_of_data")?,
        &node.key("sha256_of_data")?.hex()?,
        &Sha256::digest(&data),
    );

    let threshold = VrfThreshold::new(count).map_err(|error| node.malformed(error))?;
    report.equal_bytes(
        &node.key("vrf_threshold")?,
        &node.key("vrf_threshold")?.hex()?,
        threshold.as_bytes(),
    );
    if let Some(best) = best_in_batch(0, &labels, &threshold) {
        report.equal(
            &node.key("vrf_nonce")?,
            node.key("vrf_nonce")?.u64()?,
            best.index,
        );
        report.equal_bytes(
            &node.key("vrf_label32")?,
            &node.key("vrf_label32")?.hex()?,
            &best.label,
        );
    }

    let k1 = u32_of(&node.key("k1")?)?;
    let k2 = node.key("k2")?.u64()? as usize;
    let difficulty = ProvingDifficulty::new(k1, count).map_err(|error| node.malformed(error))?;
    let keys = GroupKeys::new(
        &node.key("challenge")?.hex_array()?,
        0,
        node.key("pow")?.u64()?,
    );
    let expected = numbers(&node.key("indices")?)?;
    for cipher in Cipher::all_available() {
        let (nonce, indices) = first_with(&keys, cipher, difficulty, &data, k2, node)?;
        report.equal(&node.key("nonce")?, node.key("nonce")?.u64()?, nonce);
        report.holds(
            &node.key("indices")?,
            indices == expected,
            format!("to be found by {cipher}"),
        );
    }
    let packed = node.key("packed")?;
    report.equal_bytes(&packed, &packed.hex()?, &pack(&expected, index_bits(count)));
    Ok(())
}

/// The first nonce of group 0 that has `k2` hits, and these.
fn first_with(
    keys: &GroupKeys,
    cipher: Cipher,
    difficulty: ProvingDifficulty,
    data: &[u8],
    k2: usize,
    node: &Node<'_>,
) -> Result<(usize, Vec<u64>), Malformed> {
    let mut scanner = Scanner::new(cipher, difficulty).map_err(|error| node.malformed(error))?;
    let mut hits = vec![Vec::new(); NONCES_PER_GROUP as usize];
    let mut winner = None;
    scanner.scan(keys, data, |hit| {
        let nonce = usize::from(hit.nonce);
        if let Some(list) = hits.get_mut(nonce).filter(|_| winner.is_none()) {
            list.push(u64::from(hit.label));
            winner = (list.len() == k2).then_some(nonce);
        }
    });
    let winner = winner.ok_or_else(|| node.malformed("a proof within the first 16 nonces"))?;
    Ok((winner, hits.swap_remove(winner)))
}

fn compute(
    node: &Node<'_>,
    kernel: LabelKernel,
    commitment: &Commitment,
    first: u64,
    count: u64,
    n: ScryptN,
) -> Result<Vec<Label32>, Malformed> {
    let mut out = vec![[0; 32]; count as usize];
    labels(kernel, commitment, first, n, &mut out, &mut Scratch::new())
        .map_err(|error| node.malformed(error))?;
    Ok(out)
}

fn numbers(node: &Node<'_>) -> Result<Vec<u64>, Malformed> {
    node.items()?.iter().map(Node::u64).collect()
}

fn scrypt(node: &Node<'_>) -> Result<ScryptN, Malformed> {
    ScryptN::new(u32_of(node)?).map_err(|error| node.malformed(error))
}

fn labels_of(node: &Node<'_>) -> Result<NumLabels, Malformed> {
    NumLabels::new(1, node.u64()?).map_err(|error| node.malformed(error))
}

fn mainnet_labels(node: &Node<'_>) -> Result<NumLabels, Malformed> {
    PostParams::MAINNET
        .num_labels(u32_of(node)?)
        .map_err(|error| node.malformed(error))
}

fn u32_of(node: &Node<'_>) -> Result<u32, Malformed> {
    node.u64()?
        .try_into()
        .map_err(|_| node.malformed("a number of 32 bits"))
}
