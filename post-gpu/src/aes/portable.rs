//! The proving cipher in plain code: a label at a time, a byte at a time.

use aes::Aes128;
use aes::cipher::BlockCipherEncrypt;

use super::{GroupKeys, Miss};
use crate::difficulty::{LOW_56, ProvingDifficulty};

pub(super) fn candidates(keys: &GroupKeys, msb: u8, labels: &[[u8; 16]], out: &mut [u32]) -> usize {
    let mut len = 0;
    for (label, base) in labels.iter().zip((0..).step_by(16)) {
        for (byte, position) in encrypt(&keys.group.portable, label).into_iter().zip(base..) {
            if byte <= msb {
                out[len] = position;
                len += 1;
            }
        }
    }
    len
}

/// The test of 03 §3.9 for one label and one nonce of the group.
pub(super) fn check(
    keys: &GroupKeys,
    nonce: u8,
    difficulty: ProvingDifficulty,
    label: &[u8; 16],
) -> Result<(), Miss> {
    let nonce = usize::from(nonce % 16);
    let byte = encrypt(&keys.group.portable, label)[nonce];
    if byte < difficulty.msb {
        return Ok(());
    }
    if byte > difficulty.msb {
        return Err(Miss::Msb { value: byte });
    }
    let [low, _] = halves(encrypt(&keys.lazy[nonce].portable, label));
    let value = low & LOW_56;
    if value < difficulty.lsb {
        Ok(())
    } else {
        Err(Miss::Lsb { value })
    }
}

fn encrypt(key: &Aes128, block: &[u8; 16]) -> [u8; 16] {
    let mut block = (*block).into();
    key.encrypt_block(&mut block);
    block.into()
}

fn halves(block: [u8; 16]) -> [u64; 2] {
    let value = u128::from_le_bytes(block);
    [value as u64, (value >> 64) as u64]
}
