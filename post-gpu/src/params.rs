//! Network parameters of PoST (03 §3.1) and the limits that follow from them.
//!
//! Keeps true: a [`ScryptN`] is a power of two of at least 2; a [`NumLabels`] was computed without overflow and so was its product with
//! K1. Both are checked where the value is made, nowhere else.

use std::num::NonZeroU64;

use spacemesh_types::config::PostSettings;

/// Bytes of one stored label.
pub const LABEL_SIZE: u64 = 16;
/// Largest label index: the range end of the reference is inclusive and rejects 2^64 − 1 (03 §3.2).
pub const MAX_LABEL_INDEX: u64 = u64::MAX - 1;
/// Smallest accepted `MaxFileSize`, bytes (03 §3.5).
pub const MIN_FILE_SIZE: u64 = 1024;
/// Default `MaxFileSize`, bytes.
pub const DEFAULT_FILE_SIZE: u64 = 4 << 30;
/// Default number of labels per call of a device.
pub const DEFAULT_COMPUTE_BATCH: u64 = 1 << 20;

/// The scrypt cost N: rows of 128 bytes per label. A power of two, at least 2 and at most 2^24 (2 GiB of rows).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScryptN(u32);

impl ScryptN {
    /// N of every public network.
    pub const MAINNET: Self = Self(8192);
    /// N of the fastnet preset.
    pub const FASTNET: Self = Self(2);

    /// # Errors
    /// When `n` is not a power of two within 2..=2^24.
    pub fn new(n: u32) -> Result<Self, ParamsError> {
        if n.is_power_of_two() && (2..=1 << 24).contains(&n) {
            Ok(Self(n))
        } else {
            Err(ParamsError::ScryptN { n })
        }
    }

    /// The number of rows.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The number of rows.
    pub const fn rows(self) -> usize {
        self.0 as usize
    }
}

/// Labels of one identity: `NumUnits * LabelsPerUnit`, more than zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumLabels(NonZeroU64);

impl NumLabels {
    /// # Errors
    /// When the product is zero or does not fit 64 bits.
    pub fn new(num_units: u32, labels_per_unit: u64) -> Result<Self, ParamsError> {
        let product = u64::from(num_units).checked_mul(labels_per_unit);
        product
            .and_then(NonZeroU64::new)
            .map(Self)
            .ok_or(ParamsError::TooManyLabels {
                num_units,
                labels_per_unit,
                k1: 1,
            })
    }

    /// A count that is known to be at least one.
    pub const fn from_count(count: NonZeroU64) -> Self {
        Self(count)
    }

    /// The count.
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    /// Size on disk in bytes; more than 64 bits can hold for counts that no disk will ever have.
    pub const fn bytes(self) -> u128 {
        self.0.get() as u128 * LABEL_SIZE as u128
    }
}

/// What a network prescribes for PoST (03 §3.1). The scrypt cost belongs to the network, never to an operator's options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostParams {
    /// Fewest units of an identity.
    pub min_num_units: u32,
    /// Most units of an identity.
    pub max_num_units: u32,
    /// Labels of one space unit.
    pub labels_per_unit: u64,
    /// Expected hits per proof nonce.
    pub k1: u32,
    /// Indices in a proof.
    pub k2: u32,
    /// Indices checked of a received proof.
    pub k3: u32,
    /// Base difficulty of the RandomX work for one unit, a big-endian number.
    pub pow_difficulty: [u8; 32],
    /// Scrypt cost of a label.
    pub scrypt: ScryptN,
}

impl PostParams {
    /// The main network.
    pub const MAINNET: Self = Self {
        min_num_units: 4,
        max_num_units: u32::MAX,
        labels_per_unit: 1 << 32,
        k1: 26,
        k2: 37,
        k3: 1,
        pow_difficulty: mainnet_pow_difficulty(),
        scrypt: ScryptN::MAINNET,
    };

    /// The testnet preset.
    pub const TESTNET: Self = Self {
        min_num_units: 2,
        max_num_units: u32::MAX,
        labels_per_unit: 1024,
        k1: 26,
        k2: 37,
        k3: 1,
        pow_difficulty: [0xff; 32],
        scrypt: ScryptN::MAINNET,
    };

    /// The standalone preset: one node, no network.
    pub const STANDALONE: Self = Self {
        min_num_units: 1,
        max_num_units: 2,
        labels_per_unit: 64,
        k1: 12,
        k2: 4,
        k3: 1,
        pow_difficulty: [0xff; 32],
        scrypt: ScryptN::MAINNET,
    };

    /// The fastnet preset: labels that cost next to nothing.
    pub const FASTNET: Self = Self {
        min_num_units: 2,
        max_num_units: 4,
        labels_per_unit: 128,
        k1: 12,
        k2: 4,
        k3: 1,
        pow_difficulty: [0xff; 32],
        scrypt: ScryptN::FASTNET,
    };

    /// Labels of an identity with `num_units` units, whether or not the network allows that many.
    ///
    /// # Errors
    /// When the product is zero or too large.
    pub fn num_labels(&self, num_units: u32) -> Result<NumLabels, ParamsError> {
        NumLabels::new(num_units, self.labels_per_unit)
    }

    /// Bytes on disk of one unit.
    pub const fn unit_bytes(&self) -> u128 {
        self.labels_per_unit as u128 * LABEL_SIZE as u128
    }

    /// Whether `num_units` lies within the network's limits.
    ///
    /// # Errors
    /// Names the limits.
    pub fn check_num_units(&self, num_units: u32) -> Result<(), ParamsError> {
        if (self.min_num_units..=self.max_num_units).contains(&num_units) {
            Ok(())
        } else {
            Err(ParamsError::NumUnits {
                num_units,
                min: self.min_num_units,
                max: self.max_num_units,
            })
        }
    }

    /// The checks at the start of a session, in the order of 03 §3.5: units, file size, batch, overflow.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn check_session(
        &self,
        num_units: u32,
        max_file_size: u64,
        batch: u64,
    ) -> Result<NumLabels, ParamsError> {
        self.check_num_units(num_units)?;
        if max_file_size < MIN_FILE_SIZE || !max_file_size.is_multiple_of(LABEL_SIZE) {
            return Err(ParamsError::FileSize { max_file_size });
        }
        if batch == 0 {
            return Err(ParamsError::Batch);
        }
        let labels = self.num_labels(num_units)?;
        if labels.get().checked_mul(u64::from(self.k1)).is_none() {
            return Err(ParamsError::TooManyLabels {
                num_units,
                labels_per_unit: self.labels_per_unit,
                k1: self.k1,
            });
        }
        Ok(labels)
    }
}

/// The parameters that a network's configuration sets.
impl TryFrom<&PostSettings> for PostParams {
    type Error = ParamsError;

    fn try_from(settings: &PostSettings) -> Result<Self, ParamsError> {
        let PostSettings {
            scrypt_n: n,
            scrypt_r: r,
            scrypt_p: p,
            ..
        } = *settings;
        let small =
            |name, value| u32::try_from(value).map_err(|_| ParamsError::TooLarge { name, value });
        if (r, p) != (1, 1) {
            return Err(ParamsError::ScryptShape { r, p });
        }
        Ok(Self {
            min_num_units: settings.min_num_units,
            max_num_units: settings.max_num_units,
            labels_per_unit: settings.labels_per_unit,
            k1: small("K1", settings.k1)?,
            k2: small("K2", settings.k2)?,
            k3: small("K3", settings.k3)?,
            pow_difficulty: settings.pow_difficulty,
            scrypt: ScryptN::new(small("scrypt N", n)?)?,
        })
    }
}

const fn mainnet_pow_difficulty() -> [u8; 32] {
    let mut out = [0; 32];
    let head = 0x000d_fb23_b097_9b4b_u64.to_be_bytes();
    let mut i = 0;
    while i < head.len() {
        out[i] = head[i];
        i += 1;
    }
    out
}

/// A parameter outside its limits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParamsError {
    /// The scrypt cost is unusable.
    #[error("scrypt N is {n}: expected a power of two from 2 to 16777216; networks use 8192")]
    ScryptN {
        /// What was asked for.
        n: u32,
    },
    /// Scrypt in a shape that no label function here has.
    #[error("scrypt r is {r} and p is {p}: expected 1 and 1, as on every network")]
    ScryptShape {
        /// Block size parameter.
        r: u64,
        /// Parallelism parameter.
        p: u64,
    },
    /// A parameter beyond 32 bits.
    #[error("{name} is {value}: expected at most 4294967295")]
    TooLarge {
        /// Which.
        name: &'static str,
        /// Its value.
        value: u64,
    },
    /// Units outside the network's limits.
    #[error(
        "{num_units} units: this network allows {min} to {max}; choose a size within these limits"
    )]
    NumUnits {
        /// What was asked for.
        num_units: u32,
        /// Fewest allowed.
        min: u32,
        /// Most allowed.
        max: u32,
    },
    /// `MaxFileSize` too small or not whole labels.
    #[error(
        "file size {max_file_size} bytes: expected at least {MIN_FILE_SIZE} and a multiple of {LABEL_SIZE}; 4294967296 is usual"
    )]
    FileSize {
        /// What was asked for, bytes.
        max_file_size: u64,
    },
    /// A compute batch of nothing.
    #[error("the compute batch is 0 labels; 1048576 is usual")]
    Batch,
    /// The number of labels overflows or is zero.
    #[error(
        "{num_units} units of {labels_per_unit} labels times K1 {k1} must be at least 1 and fit 64 bits; choose another size"
    )]
    TooManyLabels {
        /// Units asked for.
        num_units: u32,
        /// Labels of one unit.
        labels_per_unit: u64,
        /// Expected hits per nonce, or 1 where only the count matters.
        k1: u32,
    },
}
