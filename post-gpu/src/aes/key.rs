//! The keys of a nonce group (03 §3.9) and their AES-128 round keys (FIPS 197 §5.2).

use aes::Aes128;
use aes::cipher::KeyInit;

/// Proof nonces that share a group key and a RandomX work.
pub const NONCES_PER_GROUP: u32 = 16;

/// Round keys of one AES-128 key, first to last.
pub(super) type RoundKeys = [[u8; 16]; 11];

/// A group's key and the sixteen lazy keys of its nonces, expanded.
#[derive(Clone)]
pub struct GroupKeys {
    pub(super) group: Key,
    pub(super) lazy: [Key; NONCES_PER_GROUP as usize],
}

/// One key, expanded for the vector kernels and for the portable twin.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) rounds: RoundKeys,
    pub(super) portable: Aes128,
}

impl GroupKeys {
    /// Keys of nonces `16 * group..16 * group + 16` for a challenge, given the group's RandomX work.
    pub fn new(challenge: &[u8; 32], group: u32, pow: u64) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher
            .update(challenge)
            .update(&group.to_le_bytes())
            .update(&pow.to_le_bytes());
        let first = group * NONCES_PER_GROUP;
        let lazy = std::array::from_fn(|i| {
            let nonce = first + i as u32;
            Key::new(&hasher.clone().update(&nonce.to_le_bytes()).finalize())
        });
        Self {
            group: Key::new(&hasher.finalize()),
            lazy,
        }
    }
}

impl Key {
    /// The first half of the hash is the key.
    fn new(hash: &blake3::Hash) -> Self {
        let mut key = [0; 16];
        key.copy_from_slice(&hash.as_bytes()[..16]);
        Self {
            rounds: expand(&key),
            portable: Aes128::new(&key.into()),
        }
    }
}

/// Key expansion of AES-128. Keys here are public, so a table look-up leaks nothing.
fn expand(key: &[u8; 16]) -> RoundKeys {
    let mut rounds = [*key; 11];
    let mut constant = 1;
    for round in 1..11 {
        let last = rounds[round - 1];
        let mut word = [last[13], last[14], last[15], last[12]].map(|byte| SBOX[byte as usize]);
        word[0] ^= constant;
        constant = double(constant);
        for (next, last) in rounds[round]
            .as_chunks_mut::<4>()
            .0
            .iter_mut()
            .zip(last.as_chunks::<4>().0)
        {
            for (word, last) in word.iter_mut().zip(last) {
                *word ^= last;
            }
            *next = word;
        }
    }
    rounds
}

/// The S-box: inverse in GF(2^8), then the affine map.
const SBOX: [u8; 256] = {
    let mut table = [0; 256];
    // p runs through all non-zero elements (3 generates them), q through their inverses.
    let (mut p, mut q) = (1_u8, 1_u8);
    loop {
        p ^= double(p);
        q = divide_by_3(q);
        table[p as usize] =
            q ^ q.rotate_left(1) ^ q.rotate_left(2) ^ q.rotate_left(3) ^ q.rotate_left(4) ^ 0x63;
        if p == 1 {
            break;
        }
    }
    table[0] = 0x63;
    table
};

/// Times x in GF(2^8).
const fn double(v: u8) -> u8 {
    (v << 1) ^ (if v & 0x80 != 0 { 0x1b } else { 0 })
}

/// Times the inverse of x + 1, which is 0xf6.
const fn divide_by_3(v: u8) -> u8 {
    let (mut out, mut power, mut factor) = (0, v, 0xf6_u8);
    while factor != 0 {
        if factor & 1 != 0 {
            out ^= power;
        }
        power = double(power);
        factor >>= 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use aes::cipher::BlockCipherEncrypt;

    use super::*;

    /// The example of FIPS 197, appendix A.1.
    #[test]
    fn key_expansion_gives_the_round_keys_of_the_standard() {
        let rounds = expand(&0x2b7e_1516_28ae_d2a6_abf7_1588_09cf_4f3c_u128.to_be_bytes());
        assert_eq!(
            rounds[1],
            0xa0fa_fe17_8854_2cb1_23a3_3939_2a6c_7605_u128.to_be_bytes()
        );
        assert_eq!(
            rounds[10],
            0xd014_f9a8_c9ee_2589_e13f_0cc8_b663_0ca6_u128.to_be_bytes()
        );
    }

    /// Challenge 00..1f, nonce 35, work 0x11aabbccddeeff22 (03, known answers).
    #[test]
    fn group_and_lazy_keys_have_the_values_of_the_chapter() {
        let challenge = std::array::from_fn(|i| i as u8);
        let keys = GroupKeys::new(&challenge, 35 / 16, 0x11aa_bbcc_ddee_ff22);
        let lazy = &keys.lazy[35 % 16];
        assert_eq!(
            keys.group.rounds[0],
            0xb9c2_c685_4d4f_8d57_4ef2_26f9_b6ce_d713_u128.to_be_bytes()
        );
        assert_eq!(
            lazy.rounds[0],
            0xb2e4_e879_90ca_efcd_b9af_f6c5_24cd_b977_u128.to_be_bytes()
        );
        let encrypt = |key: &Key| {
            let mut block = std::array::from_fn::<u8, 16, _>(|i| i as u8).into();
            key.portable.encrypt_block(&mut block);
            u128::from_be_bytes(block.into())
        };
        assert_eq!(
            encrypt(&keys.group),
            0x5b99_6c8c_0aa8_a61a_67cf_cb60_99d0_5090
        );
        assert_eq!(encrypt(lazy), 0x9d7a_81a9_0ca4_222d_80d3_7214_cc80_f83b);
    }
}
