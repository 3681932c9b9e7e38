//! Mending wrong labels in place: only the labels that are wrong are written, every other byte of the files stays as it is.
//!
//! Keeps true: what is written was computed on the processor, whichever device found the damage; a second run over the same ranges writes
//! nothing.

use std::fs::OpenOptions;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::control::Control;
use crate::cpu::{LabelAt, LabelKernel, Scratch, labels_at};
use crate::device::Device;
use crate::files::file_name;
use crate::init::{DirLock, InitError, write_at};
use crate::params::ScryptN;
use crate::verify_data::{Data, VerifyDataError, VerifyDataProgress, coarse, compare};

/// What was mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repaired {
    /// Labels looked at.
    pub checked: u64,
    /// How many labels were wrong and are right now.
    pub count: u64,
    /// Where they are, as sorted ranges; joined when there are very many.
    pub mended: Vec<Range<u64>>,
}

impl Repaired {
    /// Number of mended labels.
    pub const fn labels(&self) -> u64 {
        self.count
    }
}

/// Labels that are computed between two writes.
const STEP: u64 = 4096;

/// Recomputes `ranges` (label indices) and overwrites the labels among them that are wrong. Without devices the processor computes.
///
/// # Errors
/// When a range is not on disk, another process works on the directory, or reading, computing or writing fails. What was mended before
/// stays mended.
pub fn repair(
    dir: &Path,
    scrypt: ScryptN,
    ranges: &[Range<u64>],
    devices: Vec<Box<dyn Device>>,
    control: &Control,
    report: &(dyn Fn(VerifyDataProgress) + Sync),
) -> Result<Repaired, VerifyDataError> {
    let _lock = DirLock::take(dir).map_err(|error| {
        if matches!(error, InitError::Locked { .. }) {
            VerifyDataError::Locked {
                dir: dir.to_owned(),
            }
        } else {
            VerifyDataError::Write {
                path: dir.to_owned(),
                source: std::io::Error::other(error),
            }
        }
    })?;
    let data = Data::open(dir, scrypt)?;
    for range in ranges {
        if !data.present.covers(range.clone()) {
            return Err(VerifyDataError::Absent {
                from: range.start,
                to: range.end,
            });
        }
    }
    let bad = compare(&data, ranges, devices, control, report)?;
    let mut scratch = Scratch::new();
    for part in bad
        .iter()
        .flat_map(|range| data.layout.parts(range.clone()))
    {
        let path = dir.join(file_name(part.file));
        let fail = |source| VerifyDataError::Write {
            path: path.clone(),
            source,
        };
        let file = OpenOptions::new().write(true).open(&path).map_err(fail)?;
        let mut offset = part.offset;
        for start in part.labels.clone().step_by(STEP as usize) {
            let indices = start..part.labels.end.min(start + STEP);
            let places: Vec<_> = indices
                .map(|index| LabelAt {
                    commitment: data.commitment,
                    index,
                })
                .collect();
            let mut labels = vec![[0; 32]; places.len()];
            labels_at(
                LabelKernel::detect_best(),
                &places,
                scrypt,
                &mut labels,
                &mut scratch,
            )?;
            let bytes: Vec<u8> = labels
                .iter()
                .flat_map(|label| label.get(..16))
                .flatten()
                .copied()
                .collect();
            write_at(&file, offset, &bytes).map_err(fail)?;
            offset += bytes.len() as u64;
        }
        file.sync_data().map_err(fail)?;
    }
    Ok(Repaired {
        checked: ranges.iter().map(|range| range.end - range.start).sum(),
        count: bad.iter().map(|range| range.end - range.start).sum(),
        mended: coarse(&bad.into_iter().collect()),
    })
}
