//! SHA-256 over and over: a closed set of kernels, one per instruction set (04 "Scale and cost").
//!
//! Keeps true: every kernel gives the digests of the portable one; a kernel runs only inside a [`Sha256`], and a `Sha256` exists only
//! where the processor has what its kernel needs.
//!
//! A leaf of a PoET is 400 hashes, 399 of them of the 32 bytes before. [`Sha256::chain`] is a loop for exactly that; everything else goes
//! through [`Sha256::compress`].

#[cfg(target_arch = "aarch64")]
mod armv8;
mod portable;
#[cfg(target_arch = "x86_64")]
mod sha_ni;

use std::fmt;

/// An implementation of SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kernel {
    /// Plain code: the twin that the others are compared with.
    Portable,
    /// x86-64 with the SHA extensions.
    ShaNi,
    /// 64-bit ARM with the SHA-2 instructions of ARMv8.
    Armv8,
}

impl Kernel {
    /// All kernels, slowest first on machines that have several.
    pub const ALL: [Self; 3] = [Self::Portable, Self::Armv8, Self::ShaNi];

    /// Whether this processor can run it.
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            Self::ShaNi => detected::sha_ni(),
            Self::Armv8 => detected::armv8(),
        }
    }

    /// The kernels of this processor, slowest first.
    pub fn available() -> Vec<Self> {
        let all = Self::ALL.into_iter();
        all.filter(|kernel| kernel.is_available()).collect()
    }

    /// The fastest kernel of this processor.
    pub fn best() -> Self {
        let mut all = Self::ALL.into_iter();
        all.rfind(|kernel| kernel.is_available())
            .unwrap_or(Self::Portable)
    }

    /// Its name in settings, on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::ShaNi => "sha-ni",
            Self::Armv8 => "armv8",
        }
    }

    /// The kernel of this name; none for other text.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kernel| kernel.name() == name)
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The processor lacks the instructions of a kernel that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this processor cannot run the SHA-256 kernel {kernel}; use {}",
    Kernel::best()
)]
pub struct KernelUnavailable {
    /// What was asked for.
    pub kernel: Kernel,
}

/// SHA-256 by one kernel that this processor can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sha256(Kernel);

impl Sha256 {
    /// By `kernel`, if the processor has it.
    pub fn new(kernel: Kernel) -> Result<Self, KernelUnavailable> {
        if kernel.is_available() {
            Ok(Self(kernel))
        } else {
            Err(KernelUnavailable { kernel })
        }
    }

    /// By the fastest kernel.
    pub fn best() -> Self {
        Self(Kernel::best())
    }

    /// Which one it is.
    pub const fn kernel(self) -> Kernel {
        self.0
    }

    /// Digest of any bytes.
    pub fn digest(self, bytes: &[u8]) -> [u8; 32] {
        to_bytes(self.digest_words(bytes))
    }

    /// Digest of any bytes as words: byte 0 is the highest of the first.
    pub fn digest_words(self, bytes: &[u8]) -> [u32; 8] {
        let mut state = IV;
        let (blocks, rest) = bytes.as_chunks::<64>();
        self.compress(&mut state, blocks);
        let mut end = [[0; 64]; 2];
        let tail = end.as_flattened_mut();
        tail[..rest.len()].copy_from_slice(rest);
        tail[rest.len()] = 0x80;
        // The mark and the length are nine bytes.
        let used = if rest.len() < 56 { 1 } else { 2 };
        let bits = (bytes.len() as u64).wrapping_mul(8).to_be_bytes();
        tail[64 * used - 8..64 * used].copy_from_slice(&bits);
        self.compress(&mut state, &end[..used]);
        state
    }

    /// Takes whole blocks into a state.
    pub fn compress(self, state: &mut [u32; 8], blocks: &[[u8; 64]]) {
        match self.0 {
            Kernel::Portable => portable::compress(state, blocks),
            #[cfg(target_arch = "x86_64")]
            Kernel::ShaNi => sha_ni::compress(state, blocks),
            #[cfg(not(target_arch = "x86_64"))]
            Kernel::ShaNi => portable::compress(state, blocks),
            #[cfg(target_arch = "aarch64")]
            Kernel::Armv8 => armv8::compress(state, blocks),
            #[cfg(not(target_arch = "aarch64"))]
            Kernel::Armv8 => portable::compress(state, blocks),
        }
    }

    /// Replaces each digest by the digest of its 32 bytes, `times` times. Lanes are independent: two take hardly longer than one where
    /// a kernel is bound by latency.
    pub fn chain<const N: usize>(self, digests: &mut [[u32; 8]; N], times: u32) {
        match self.0 {
            Kernel::Portable => portable::chain(digests, times),
            #[cfg(target_arch = "x86_64")]
            Kernel::ShaNi => sha_ni::chain(digests, times),
            #[cfg(not(target_arch = "x86_64"))]
            Kernel::ShaNi => portable::chain(digests, times),
            #[cfg(target_arch = "aarch64")]
            Kernel::Armv8 => armv8::chain(digests, times),
            #[cfg(not(target_arch = "aarch64"))]
            Kernel::Armv8 => portable::chain(digests, times),
        }
    }
}

/// Words as bytes, each highest byte first.
pub fn to_bytes(words: [u32; 8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (to, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(words) {
        *to = word.to_be_bytes();
    }
    bytes
}

/// What the processor has.
mod detected {
    pub(super) fn sha_ni() -> bool {
        #[cfg(target_arch = "x86_64")]
        {
            std::arch::is_x86_feature_detected!("sha")
                && std::arch::is_x86_feature_detected!("sse4.1")
                && std::arch::is_x86_feature_detected!("ssse3")
        }
        #[cfg(not(target_arch = "x86_64"))]
        false
    }

    pub(super) fn armv8() -> bool {
        #[cfg(target_arch = "aarch64")]
        {
            std::arch::is_aarch64_feature_detected!("sha2")
        }
        #[cfg(not(target_arch = "aarch64"))]
        false
    }
}

/// State before the first block (FIPS 180-4, 5.3.3).
pub(crate) const IV: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Constants of the rounds (FIPS 180-4, 4.2.2).
pub(crate) const K: [u32; 64] = [
    0x428a_2f98,
    0x7137_4491,
    0xb5c0_fbcf,
    0xe9b5_dba5,
    0x3956_c25b,
    0x59f1_11f1,
    0x923f_82a4,
    0xab1c_5ed5,
    0xd807_aa98,
    0x1283_5b01,
    0x2431_85be,
    0x550c_7dc3,
    0x72be_5d74,
    0x80de_b1fe,
    0x9bdc_06a7,
    0xc19b_f174,
    0xe49b_69c1,
    0xefbe_4786,
    0x0fc1_9dc6,
    0x240c_a1cc,
    0x2de9_2c6f,
    0x4a74_84aa,
    0x5cb0_a9dc,
    0x76f9_88da,
    0x983e_5152,
    0xa831_c66d,
    0xb003_27c8,
    0xbf59_7fc7,
    0xc6e0_0bf3,
    0xd5a7_9147,
    0x06ca_6351,
    0x1429_2967,
    0x27b7_0a85,
    0x2e1b_2138,
    0x4d2c_6dfc,
    0x5338_0d13,
    0x650a_7354,
    0x766a_0abb,
    0x81c2_c92e,
    0x9272_2c85,
    0xa2bf_e8a1,
    0xa81a_664b,
    0xc24b_8b70,
    0xc76c_51a3,
    0xd192_e819,
    0xd699_0624,
    0xf40e_3585,
    0x106a_a070,
    0x19a4_c116,
    0x1e37_6c08,
    0x2748_774c,
    0x34b0_bcb5,
    0x391c_0cb3,
    0x4ed8_aa4a,
    0x5b9c_ca4f,
    0x682e_6ff3,
    0x748f_82ee,
    0x78a5_636f,
    0x84c8_7814,
    0x8cc7_0208,
    0x90be_fffa,
    0xa450_6ceb,
    0xbef9_a3f7,
    0xc671_78f2,
];

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use sha2::Digest;

    use super::*;

    /// Every kernel beside a SHA-256 that is not ours, at every length around the edges of blocks.
    #[test]
    fn all_kernels_give_the_digests_of_sha_256() {
        let bytes: Vec<u8> = (0..1500_u32).map(|i| ((i * i) >> 3) as u8).collect();
        for kernel in Kernel::available() {
            let sha = Sha256::new(kernel).unwrap();
            for len in (0..200).chain([255, 256, 257, 1279, 1280, 1500]) {
                let expected: [u8; 32] = sha2::Sha256::digest(&bytes[..len]).into();
                assert_eq!(sha.digest(&bytes[..len]), expected, "{kernel}, {len} bytes");
            }
        }
    }
}
