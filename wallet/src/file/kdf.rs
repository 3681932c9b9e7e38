//! What opening a wallet file costs: Argon2id, and how to choose its parameters for a computer.

use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::FileError;

/// Shortest time that an attacker should need per guess on this computer.
pub const UNLOCK_TARGET_MIN: Duration = Duration::from_millis(500);
/// Longest time that a person should wait for a wallet to open.
pub const UNLOCK_TARGET_MAX: Duration = Duration::from_secs(1);

/// Parameters of Argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KdfParams {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes. Computed one after the other here, so more of them don't help.
    pub lanes: u32,
}

impl KdfParams {
    /// Least memory that is written: 64 MiB.
    pub const MEMORY_KIB_MIN: u32 = 64 << 10;
    /// Most memory that is read: 1 GiB.
    pub const MEMORY_KIB_MAX: u32 = 1 << 20;
    /// Most passes that are read.
    pub const PASSES_MAX: u32 = 1000;
    /// Most lanes that are read.
    pub const LANES_MAX: u32 = 64;

    /// Most memory times passes that is read, in KiB: about a minute on a desktop.
    pub const WORK_KIB_MAX: u64 = 64 << 20;

    /// The cheapest that is written; [`calibrate`] finds better ones.
    pub const CHEAPEST: Self = Self {
        memory_kib: Self::MEMORY_KIB_MIN,
        passes: 1,
        lanes: 1,
    };
    /// For where nothing can be measured: about as slow as smapp-lite's.
    pub const DEFAULT: Self = Self {
        memory_kib: Self::MEMORY_KIB_MIN,
        passes: 7,
        lanes: 1,
    };

    /// Checks that reading stays affordable.
    pub(crate) fn check_bounds(self) -> Result<(), FileError> {
        let bounds = [
            ("memoryKib", self.memory_kib, Self::MEMORY_KIB_MAX),
            ("passes", self.passes, Self::PASSES_MAX),
            ("lanes", self.lanes, Self::LANES_MAX),
        ];
        for (what, found, max) in bounds {
            if found > max {
                return Err(FileError::TooCostly {
                    what,
                    found: found.into(),
                    max: max.into(),
                });
            }
            if found == 0 {
                return Err(FileError::TooCheap {
                    what,
                    found: 0,
                    min: 1,
                });
            }
        }
        let found = u64::from(self.memory_kib) * u64::from(self.passes);
        if found > Self::WORK_KIB_MAX {
            return Err(FileError::TooCostly {
                what: "memoryKib × passes",
                found,
                max: Self::WORK_KIB_MAX,
            });
        }
        Ok(())
    }

    /// Checks that what is written resists guessing.
    pub(crate) fn check_strength(self) -> Result<(), FileError> {
        self.check_bounds()?;
        if self.memory_kib < Self::MEMORY_KIB_MIN {
            return Err(FileError::TooCheap {
                what: "memoryKib",
                found: self.memory_kib.into(),
                min: Self::MEMORY_KIB_MIN.into(),
            });
        }
        Ok(())
    }

    /// The key for a password. Takes as long as the parameters say: run it where nobody waits for the thread.
    ///
    /// # Errors
    ///
    /// Parameters out of their bounds.
    pub fn derive(self, password: &str, salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, FileError> {
        self.check_bounds()?;
        let wrong = |_| FileError::TooCheap {
            what: "memoryKib",
            found: self.memory_kib.into(),
            min: u64::from(self.lanes) * 8,
        };
        let params =
            Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(wrong)?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), salt, key.as_mut_slice())
            .map_err(|_| FileError::Damaged("the salt has a length that Argon2 does not take"))?;
        Ok(key)
    }
}

/// Parameters with which opening takes between [`UNLOCK_TARGET_MIN`] and [`UNLOCK_TARGET_MAX`] on this computer: as much memory as
/// fits, because that is what an attacker's hardware lacks, then as many passes as the time allows.
///
/// `measure` derives a key with the parameters and tells how long that took; it is called a handful of times. `memory_kib_max` is what
/// the program may take for a moment, for example 256 MiB on a desktop.
pub fn calibrate(memory_kib_max: u32, mut measure: impl FnMut(KdfParams) -> Duration) -> KdfParams {
    let memory_kib_max = memory_kib_max.clamp(KdfParams::MEMORY_KIB_MIN, KdfParams::MEMORY_KIB_MAX);
    let target = (UNLOCK_TARGET_MIN + UNLOCK_TARGET_MAX) / 2;
    let mut params = KdfParams::CHEAPEST;
    let mut pass = measure(params);
    while params.memory_kib <= memory_kib_max / 2 && pass * 2 <= target {
        params.memory_kib *= 2;
        pass = measure(params);
    }
    // The first pass is the dearest, it also fills the memory; so the guess is too low rather than too high and is then adjusted.
    for _ in 0..3 {
        let pass_micros = pass.as_micros().max(1);
        let wanted = target.as_micros() * u128::from(params.passes) + pass_micros / 2;
        let passes = u32::try_from(wanted / pass_micros).unwrap_or(u32::MAX);
        let affordable = u32::try_from(KdfParams::WORK_KIB_MAX / u64::from(params.memory_kib))
            .unwrap_or(u32::MAX);
        let passes = passes.clamp(1, affordable.min(KdfParams::PASSES_MAX));
        if passes == params.passes {
            break;
        }
        params.passes = passes;
        pass = measure(params);
        if (UNLOCK_TARGET_MIN..=UNLOCK_TARGET_MAX).contains(&pass) {
            break;
        }
    }
    params
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A computer that takes `start` for filling 64 MiB and `pass` for each further pass over them.
    fn computer(start: u64, pass: u64) -> impl FnMut(KdfParams) -> Duration {
        move |params| {
            let size = u64::from(params.memory_kib / KdfParams::MEMORY_KIB_MIN);
            Duration::from_micros(size * (start + pass * u64::from(params.passes - 1)))
        }
    }

    #[test]
    fn opening_takes_half_a_second_to_a_second_on_fast_and_slow_computers() {
        for (start, pass) in [
            (3_000, 2_000),
            (20_000, 15_000),
            (60_000, 45_000),
            (90_000, 90_000),
            (250_000, 200_000),
            (400_000, 390_000),
        ] {
            let params = calibrate(256 << 10, computer(start, pass));
            let time = computer(start, pass)(params);
            assert!(
                (UNLOCK_TARGET_MIN..=UNLOCK_TARGET_MAX).contains(&time),
                "{start} {pass}: {params:?} {time:?}"
            );
            assert_eq!(params.check_strength(), Ok(()));
        }
    }

    #[test]
    fn a_very_slow_computer_gets_the_least_and_the_memory_limit_holds() {
        assert_eq!(
            calibrate(256 << 10, computer(5_000_000, 5_000_000)),
            KdfParams::CHEAPEST
        );
        assert_eq!(
            calibrate(0, computer(1, 1)).memory_kib,
            KdfParams::MEMORY_KIB_MIN
        );
        assert_eq!(
            calibrate(u32::MAX, computer(1, 1)).memory_kib,
            KdfParams::MEMORY_KIB_MAX
        );
        assert_eq!(
            calibrate(0, |_| Duration::ZERO).passes,
            KdfParams::PASSES_MAX
        );
    }

    #[test]
    fn parameters_of_files_are_bounded_before_anything_is_computed() {
        let params = KdfParams::CHEAPEST;
        for costly in [
            KdfParams {
                memory_kib: u32::MAX,
                ..params
            },
            KdfParams {
                passes: 1001,
                ..params
            },
            KdfParams {
                lanes: 65,
                ..params
            },
            KdfParams {
                memory_kib: 0,
                ..params
            },
        ] {
            assert!(costly.derive("password", &[0; 16]).is_err());
        }
        assert!(matches!(
            KdfParams {
                memory_kib: 8,
                ..params
            }
            .check_strength(),
            Err(FileError::TooCheap { .. })
        ));
        assert!(matches!(
            KdfParams {
                memory_kib: 8,
                lanes: 64,
                passes: 1
            }
            .derive("", &[0; 16]),
            Err(FileError::TooCheap { .. })
        ));
    }
}
