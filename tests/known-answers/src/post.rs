//! `post.json`: data sets, metadata, proofs valid and invalid, RandomX hashes, all made by post-rs (chapter 03).
//!
//! Every data set is computed anew, written as a data directory, proved and verified; each mutation of a proof is refused in each mode for
//! the reason that the reference gives, in its words.

use std::{error::Error, fs, path::Path, sync::Arc, thread};

use post_gpu::{
    aes::{Cipher, GroupKeys, Miss, NONCES_PER_GROUP, Scanner},
    control::Control,
    cpu::{LabelKernel, Scratch, labels},
    difficulty::{ProvingDifficulty, index_bits},
    files::{Layout, file_name},
    k2pow::{LocalSolver, RandomX, RandomXOptions},
    label::Commitment,
    metadata::PostMetadata,
    params::{PostParams, ScryptN},
    proof::{Proof, ProofSubject, pack, unpack},
    prove::{ProveJob, ProveOptions, prove_with_solver},
    verify::{Mode, Verifier, VerifyError},
};

use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "post",
    recognises: |file| file.has("randomx") && file.has("sets"),
    annotations: &[],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let Some(randomx) = report.success(root, RandomX::new(&RandomXOptions::LIGHT).map(Arc::new))
    else {
        return Ok(());
    };
    randomx_hashes(&root.key("randomx")?, &randomx, report)?;
    for set in root.key("sets")?.items()? {
        Set::read(&set)?.run(&set, &randomx, report)?;
    }
    Ok(())
}

fn randomx_hashes(
    rows: &Node<'_>,
    randomx: &Arc<RandomX>,
    report: &mut Report,
) -> Result<(), Malformed> {
    let Some(mut hasher) = report.success(rows, randomx.hasher()) else {
        return Ok(());
    };
    for row in rows.items()? {
        let expected = row.key("hash")?;
        report.equal_bytes(
            &expected,
            &expected.hex()?,
            &hasher.hash(&row.key("input")?.hex()?),
        );
    }
    Ok(())
}

/// A data set and the parameters it was made with.
struct Set {
    params: PostParams,
    num_units: u32,
    node_id: [u8; 32],
    commitment_atx_id: [u8; 32],
    layout: Layout,
}

impl Set {
    fn read(set: &Node<'_>) -> Result<Self, Malformed> {
        let scrypt = set.key("scrypt")?;
        for fixed in ["r", "p"] {
            if scrypt.key(fixed)?.u64()? != 1 {
                return Err(scrypt.malformed("r and p of 1"));
            }
        }
        let n = u32_of(&scrypt.key("n")?)?;
        let params = PostParams {
            min_num_units: 1,
            max_num_units: u32::MAX,
            labels_per_unit: set.key("labels_per_unit")?.u64()?,
            k1: u32_of(&set.key("k1")?)?,
            k2: u32_of(&set.key("k2")?)?,
            k3: 1,
            pow_difficulty: set.key("pow_difficulty")?.hex_array()?,
            scrypt: ScryptN::new(n).map_err(|error| scrypt.malformed(error))?,
        };
        let num_units = u32_of(&set.key("num_units")?)?;
        // In labels here, in bytes in the metadata.
        let max_file_size = set.key("max_file_size")?.u64()? * 16;
        let count = params
            .num_labels(num_units)
            .map_err(|error| set.malformed(error))?;
        let layout = Layout::new(count, max_file_size).map_err(|error| set.malformed(error))?;
        let node_id = set.key("node_id")?.hex_array()?;
        let commitment_atx_id = set.key("commitment_atx_id")?.hex_array()?;
        Ok(Self {
            params,
            num_units,
            node_id,
            commitment_atx_id,
            layout,
        })
    }

    fn run(
        &self,
        set: &Node<'_>,
        randomx: &Arc<RandomX>,
        report: &mut Report,
    ) -> Result<(), Malformed> {
        let commitment = Commitment::new(&self.node_id, &self.commitment_atx_id);
        let expected = set.key("commitment")?;
        report.equal_bytes(&expected, &expected.hex()?, commitment.as_bytes());
        self.metadata(&set.key("metadata")?, report)?;

        let data = compute(&commitment, self.params.scrypt, self.layout.labels());
        for sample in set.key("sample_labels")?.items()? {
            let start = sample.key("index")?.u64()? as usize * 16;
            let expected = sample.key("label")?;
            let label = data.get(start..start + 16).unwrap_or_default();
            report.equal_bytes(&expected, &expected.hex()?, label);
        }
        let dir = tempfile::tempdir().map_err(|error| set.malformed(error))?;
        self.write(set, dir.path(), &data, report)?;

        let verifier = Verifier::new(self.params, Arc::clone(randomx), LabelKernel::detect_best());
        for proof in set.key("proofs")?.items()? {
            self.proof(&proof, dir.path(), &data, randomx, &verifier, report)?;
        }
        Ok(())
    }

    /// The file as the reference wrote it, and what comes back from ours.
    fn metadata(&self, node: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
        let text = node.value().to_string();
        let Some(metadata) = report.success(node, PostMetadata::parse(text.as_bytes())) else {
            return Ok(());
        };
        let expected = PostMetadata {
            node_id: self.node_id,
            commitment_atx_id: self.commitment_atx_id,
            labels_per_unit: self.params.labels_per_unit,
            num_units: self.num_units,
            max_file_size: self.layout.labels_per_file() * 16,
            nonce: None,
            nonce_value: None,
            last_position: None,
        };
        report.holds(node, metadata == expected, "to say what the set says");
        let again = PostMetadata::parse(&metadata.to_bytes());
        report.holds(
            node,
            again == Ok(metadata),
            "to survive writing and reading",
        );
        Ok(())
    }

    /// Makes the data directory and compares its files with the list.
    fn write(
        &self,
        set: &Node<'_>,
        dir: &Path,
        data: &[u8],
        report: &mut Report,
    ) -> Result<(), Malformed> {
        let metadata = PostMetadata {
            node_id: self.node_id,
            commitment_atx_id: self.commitment_atx_id,
            labels_per_unit: self.params.labels_per_unit,
            num_units: self.num_units,
            max_file_size: self.layout.labels_per_file() * 16,
            nonce: None,
            nonce_value: None,
            last_position: None,
        };
        metadata.write(dir).map_err(|error| set.malformed(error))?;
        let files = set.key("files")?.items()?;
        report.equal(set, files.len(), self.layout.files());
        for (index, file) in (0..).zip(&files) {
            let labels = self.layout.file_labels(index);
            let bytes = data
                .get(labels.start as usize * 16..labels.end as usize * 16)
                .unwrap_or_default();
            report.equal(
                &file.key("name")?,
                file.key("name")?.text()?,
                file_name(index),
            );
            report.equal(&file.key("size")?, file.key("size")?.u64()?, bytes.len());
            let hash = file.key("blake3")?;
            report.equal_bytes(&hash, &hash.hex()?, blake3::hash(bytes).as_bytes());
            fs::write(dir.join(file_name(index)), bytes).map_err(|error| file.malformed(error))?;
        }
        Ok(())
    }

    fn proof(
        &self,
        node: &Node<'_>,
        dir: &Path,
        data: &[u8],
        randomx: &Arc<RandomX>,
        verifier: &Verifier,
        report: &mut Report,
    ) -> Result<(), Malformed> {
        let challenge = node.key("challenge")?.hex_array()?;
        let subject = ProofSubject {
            node_id: self.node_id,
            commitment_atx_id: self.commitment_atx_id,
            challenge,
            num_units: self.num_units,
        };
        let proof = read_proof(&node.key("proof")?)?;
        report.success(
            &node.key("proof")?,
            verifier.verify(&proof, &subject, Mode::All),
        );

        let decoded = node.key("indices_decoded")?;
        let indices = decoded
            .items()?
            .iter()
            .map(Node::u64)
            .collect::<Result<Vec<_>, _>>()?;
        let labels = self
            .params
            .num_labels(self.num_units)
            .map_err(|error| node.malformed(error))?;
        let bits = index_bits(labels);
        report.holds(
            &decoded,
            unpack(&proof.indices, bits, indices.len()) == indices,
            "to unpack to these",
        );
        report.holds(
            &decoded,
            pack(&indices, bits) == proof.indices,
            "to pack to the proof's",
        );

        let scanned = report.success(&decoded, self.hits_of(data, &proof, &challenge));
        report.holds(
            &decoded,
            scanned.as_ref() == Some(&indices),
            "to be the first hits of this nonce",
        );

        // The reference takes any work that fits, we the smallest: with other work another nonce may win, and that proof is as good.
        let job = ProveJob {
            dir: dir.to_owned(),
            params: self.params,
            challenge,
        };
        let options = ProveOptions {
            nonces: u32_of(&node.key("nonces")?)?,
            ..ProveOptions::default()
        };
        let solver = LocalSolver::new(Arc::clone(randomx), options.threads);
        let made = prove_with_solver(&job, &options, &solver, &Control::new(), &mut |_| {});
        if let Some(made) = report.success(node, made) {
            report.success(node, verifier.verify(&made.proof, &subject, Mode::All));
            report.holds(node, made.bad_labels.is_empty(), "no label to be bad");
        }
        for mutation in node.key("mutations")?.items()? {
            self.mutation(&mutation, verifier, report)?;
        }
        Ok(())
    }

    /// The first K2 labels that are hits for the nonce of `proof`, with its work.
    fn hits_of(
        &self,
        data: &[u8],
        proof: &Proof,
        challenge: &[u8; 32],
    ) -> Result<Vec<u64>, Box<dyn Error>> {
        let labels = self.params.num_labels(self.num_units)?;
        let mut scanner = Scanner::new(
            Cipher::detect_best(),
            ProvingDifficulty::new(self.params.k1, labels)?,
        )?;
        let keys = GroupKeys::new(challenge, proof.nonce / NONCES_PER_GROUP, proof.pow);
        let mut hits = Vec::new();
        scanner.scan(&keys, data, |hit| {
            if u32::from(hit.nonce) == proof.nonce % NONCES_PER_GROUP {
                hits.push(u64::from(hit.label));
            }
        });
        hits.truncate(self.params.k2 as usize);
        Ok(hits)
    }

    fn mutation(
        &self,
        node: &Node<'_>,
        verifier: &Verifier,
        report: &mut Report,
    ) -> Result<(), Malformed> {
        node.key("mutation")?.skip("says what was changed");
        let proof = read_proof(node)?;
        let subject = ProofSubject {
            node_id: node.key("node_id")?.hex_array()?,
            commitment_atx_id: self.commitment_atx_id,
            challenge: node.key("challenge")?.hex_array()?,
            num_units: u32_of(&node.key("num_units")?)?,
        };
        // Recorded as 2 everywhere; the recording program cut it to half of K2 less one where K2 is 4.
        let k3 = if self.params.k2 == 4 { 1 } else { 2 };
        let subset = Mode::Subset {
            k3,
            seed: &self.node_id,
        };
        for (key, mode) in [
            ("all", Mode::All),
            ("index0", Mode::One(0)),
            ("subset_k3_2_seed_node_id", subset),
        ] {
            let expected = node.key(key)?;
            let actual = verifier.verify(&proof, &subject, mode);
            report.equal(
                &expected,
                expected.text()?,
                actual.map_or_else(in_words_of_the_reference, |()| "ok".to_owned()),
            );
        }
        Ok(())
    }
}

fn read_proof(node: &Node<'_>) -> Result<Proof, Malformed> {
    Ok(Proof {
        nonce: u32_of(&node.key("nonce")?)?,
        indices: node.key("indices")?.base64()?,
        pow: node.key("pow")?.u64()?,
    })
}

fn u32_of(node: &Node<'_>) -> Result<u32, Malformed> {
    node.u64()?
        .try_into()
        .map_err(|_| node.malformed("a number of 32 bits"))
}

/// The stored halves of the first `count` labels, on all processors.
fn compute(commitment: &Commitment, n: ScryptN, count: u64) -> Vec<u8> {
    let mut data = vec![0; count as usize * 16];
    let threads = thread::available_parallelism().map_or(1, |n| n.get());
    let share = data.len().div_ceil(16 * threads) * 16;
    thread::scope(|scope| {
        for (part, start) in data.chunks_mut(share).zip((0..).step_by(share / 16)) {
            scope.spawn(move || {
                let (mut scratch, mut batch) = (Scratch::new(), vec![[0; 32]; 256]);
                for (out, first) in part.chunks_mut(256 * 16).zip((start..).step_by(256)) {
                    let batch = &mut batch[..out.len() / 16];
                    labels(
                        LabelKernel::detect_best(),
                        commitment,
                        first,
                        n,
                        batch,
                        &mut scratch,
                    )
                    .expect("a detected kernel runs, and the indices are small");
                    for (out, label) in out.chunks_mut(16).zip(batch) {
                        out.copy_from_slice(&label[..16]);
                    }
                }
            });
        }
    });
    data
}

fn in_words_of_the_reference(error: VerifyError) -> String {
    match error {
        VerifyError::Pow { .. } => "invalid proof of work".to_owned(),
        VerifyError::IndicesLength { expected, found } => {
            format!("invalid number of indices (expected: {expected}, got: {found})")
        }
        VerifyError::InvalidIndex {
            position,
            index,
            miss,
            difficulty,
            label,
        } => {
            let (part, comparison) = match miss {
                Miss::Msb { value } => ("MSB", format!("{value} > {}", difficulty.msb)),
                Miss::Lsb { value } => ("LSB", format!("{value} >= {}", difficulty.lsb)),
            };
            format!(
                "{part} value for index: {index} (id: {position}) doesn't satisfy difficulty: {comparison} (label: {label:?})"
            )
        }
        other @ (VerifyError::NoIndices
        | VerifyError::Params(_)
        | VerifyError::Nonce { .. }
        | VerifyError::Difficulty(_)
        | VerifyError::RandomX(_)
        | VerifyError::Kernel(_)
        | _) => other.to_string(),
    }
}
