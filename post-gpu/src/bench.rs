//! Figures of every implementation beside its portable twin, taken in the same run: a ratio means something where a rate alone depends on
//! what else the machine does. Used by the command line and by the project's own table of figures.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::aes::Cipher;
use crate::cpu::{self, LabelAt, LabelKernel, Scratch, labels_at};
use crate::device::{Device, DeviceControl};
use crate::gpu::{self, GpuOptions};
use crate::k2pow::{RandomX, RandomXOptions};
use crate::label::Commitment;
use crate::measure::cipher_speed;
use crate::params::{PostParams, ScryptN};

/// How long and what.
#[derive(Clone, Debug)]
pub struct BenchOptions {
    /// Length of each measurement.
    pub each: Duration,
    /// Also graphics devices, software ones included.
    pub graphics: bool,
    /// How graphics devices are opened.
    pub gpu: GpuOptions,
}

/// A figure and its twin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BenchEntry {
    /// What is measured: `labels`, `proving 288`, `verification`.
    pub subject: String,
    /// Which implementation.
    pub variant: String,
    /// Unit of `value` and `twin`; more is better.
    pub unit: String,
    /// The figure.
    pub value: f64,
    /// The same of the portable twin in this run.
    pub twin: f64,
    /// What the twin is.
    pub twin_name: String,
}

impl BenchEntry {
    /// How many times the twin.
    pub fn ratio(&self) -> f64 {
        if self.twin > 0.0 {
            self.value / self.twin
        } else {
            0.0
        }
    }
}

/// All figures of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BenchReport {
    /// Processor.
    pub cpu: String,
    /// The figures.
    pub entries: Vec<BenchEntry>,
    /// What could not be measured, and why.
    pub skipped: Vec<String>,
}

/// Measures everything that this machine can run; `step` is told what comes next.
pub fn bench(options: &BenchOptions, step: &mut dyn FnMut(&str)) -> BenchReport {
    let mut report = BenchReport {
        cpu: cpu_name(),
        entries: Vec::new(),
        skipped: Vec::new(),
    };
    step("labels, portable");
    let labels_twin = label_rate(LabelKernel::Portable, options.each);
    for kernel in LabelKernel::ALL {
        if !kernel.available() {
            report
                .skipped
                .push(format!("labels, {kernel}: this processor lacks it"));
            continue;
        }
        step(&format!("labels, {kernel}"));
        let value = if kernel == LabelKernel::Portable {
            labels_twin
        } else {
            label_rate(kernel, options.each)
        };
        report.entries.push(entry(
            "labels, N = 8192, one thread",
            kernel.name(),
            "labels/s",
            value,
            labels_twin,
            "portable",
        ));
    }
    for nonces in [64, 288] {
        step(&format!("proving, {nonces} nonces"));
        let twin = gib(cipher_speed(Cipher::Portable, nonces, options.each).value);
        for cipher in Cipher::ALL {
            if !cipher.available() {
                report
                    .skipped
                    .push(format!("proving, {cipher}: this processor lacks it"));
                continue;
            }
            let value = if cipher == Cipher::Portable {
                twin
            } else {
                gib(cipher_speed(cipher, nonces, options.each).value)
            };
            let subject = format!("proving, {nonces} nonces, one thread");
            report.entries.push(entry(
                &subject,
                cipher.name(),
                "GiB/s",
                value,
                twin,
                "portable",
            ));
        }
    }
    step("verification");
    match verification(options.each, labels_twin) {
        Ok(verification) => report.entries.push(verification),
        Err(reason) => report.skipped.push(format!("verification: {reason}")),
    }
    if options.graphics {
        graphics(options, labels_twin, &mut report, step);
    } else {
        report.skipped.push("graphics: not asked for".to_owned());
    }
    report
}

fn graphics(
    options: &BenchOptions,
    twin: f64,
    report: &mut BenchReport,
    step: &mut dyn FnMut(&str),
) {
    let providers = gpu::providers();
    if providers.is_empty() {
        report
            .skipped
            .push("graphics: no Vulkan, Metal or Direct3D driver is installed".to_owned());
    }
    for provider in providers {
        let name = &provider.info.name;
        step(&format!("labels, {name}"));
        let measured = gpu::open(&provider.info.id, &options.gpu).and_then(|mut device| {
            let rate = gpu::measure_rate(
                &mut device,
                ScryptN::MAINNET,
                options.each,
                &DeviceControl::default(),
            )?;
            Ok((rate, device.info().clone()))
        });
        match measured {
            Ok((rate, info)) => {
                let variant = format!("{} ({})", info.name, info.driver);
                report.entries.push(entry(
                    "labels, N = 8192, graphics",
                    &variant,
                    "labels/s",
                    rate,
                    twin,
                    "portable, one thread",
                ));
            }
            Err(error) => report.skipped.push(format!("labels, {name}: {error}")),
        }
    }
}

fn entry(
    subject: &str,
    variant: &str,
    unit: &str,
    value: f64,
    twin: f64,
    twin_name: &str,
) -> BenchEntry {
    BenchEntry {
        subject: subject.to_owned(),
        variant: variant.to_owned(),
        unit: unit.to_owned(),
        value,
        twin,
        twin_name: twin_name.to_owned(),
    }
}

fn gib(bytes: f64) -> f64 {
    bytes / f64::from(1 << 30)
}

/// Labels per second of one thread: whole vectors until the time is over.
fn label_rate(kernel: LabelKernel, duration: Duration) -> f64 {
    let commitment = Commitment::from_bytes([0; 32]);
    let mut labels = vec![[0; 32]; kernel.lanes()];
    let mut scratch = Scratch::new();
    // The first vector touches the scratch memory for the first time.
    let warm = cpu::labels(
        kernel,
        &commitment,
        0,
        ScryptN::MAINNET,
        &mut labels,
        &mut scratch,
    );
    let began = Instant::now();
    let mut count = 0_u64;
    while warm.is_ok() && began.elapsed() < duration {
        // Cannot fail where the warm-up did not.
        let _ = cpu::labels(
            kernel,
            &commitment,
            count,
            ScryptN::MAINNET,
            &mut labels,
            &mut scratch,
        );
        count += labels.len() as u64;
    }
    count as f64 / began.elapsed().as_secs_f64()
}

/// Work of verifying a proof with 37 indices: one light RandomX hash and 37 labels, against 37 portable labels and the same hash.
fn verification(duration: Duration, portable_labels: f64) -> Result<BenchEntry, String> {
    let randomx =
        Arc::new(RandomX::new(&RandomXOptions::LIGHT).map_err(|error| error.to_string())?);
    let mut hasher = randomx.hasher().map_err(|error| error.to_string())?;
    let commitment = Commitment::from_bytes([0; 32]);
    let count = PostParams::MAINNET.k2 as usize;
    let places: Vec<_> = (0..count as u64)
        .map(|i| LabelAt {
            commitment,
            index: i * 1_000_003,
        })
        .collect();
    let mut labels = vec![[0; 32]; count];
    let mut scratch = Scratch::new();
    let kernel = LabelKernel::detect_best();
    let mut input = [0; 48];
    let mut hash_time = Duration::ZERO;
    let mut proofs = 0_u32;
    let began = Instant::now();
    while proofs == 0 || began.elapsed() < duration {
        let hash_began = Instant::now();
        let hash = hasher.hash(&input);
        hash_time += hash_began.elapsed();
        input[..32].copy_from_slice(&hash);
        labels_at(kernel, &places, ScryptN::MAINNET, &mut labels, &mut scratch)
            .map_err(|error| error.to_string())?;
        proofs += 1;
    }
    let seconds = began.elapsed().as_secs_f64() / f64::from(proofs);
    let hash_seconds = hash_time.as_secs_f64() / f64::from(proofs);
    let twin_seconds = count as f64 / portable_labels.max(1e-9) + hash_seconds;
    Ok(entry(
        "verification, 37 indices, one thread",
        kernel.name(),
        "proofs/s",
        1.0 / seconds,
        1.0 / twin_seconds,
        "37 portable labels and one hash",
    ))
}

fn cpu_name() -> String {
    let system = sysinfo::System::new_with_specifics(
        sysinfo::RefreshKind::nothing().with_cpu(sysinfo::CpuRefreshKind::nothing()),
    );
    let brand = system
        .ok()
        .and_then(|system| Some(system.cpus().first()?.brand().trim().to_owned()));
    brand.unwrap_or_else(|| "unknown".to_owned())
}
