//! The generator behind the order of transactions: the Mersenne Twister MT19937-64, and the reference's way to shuffle with it (07
//! §7.16, steps 5 and 6). Any other way to draw gives another order (07, Trap 18).

use spacemesh_types::Hash32;

const WORDS: usize = 312;
const SHIFT: usize = 156;
const MATRIX: u64 = 0xB502_6F5A_A966_19E9;
const UPPER: u64 = 0xFFFF_FFFF_8000_0000;
const LOWER: u64 = 0x7FFF_FFFF;

/// The state of the generator.
#[derive(Clone)]
pub struct Twister {
    words: [u64; WORDS],
    used: usize,
}

impl std::fmt::Debug for Twister {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Twister({} of {WORDS} words used)", self.used)
    }
}

impl Twister {
    /// Seeds with the hash as four little-endian words.
    pub fn from_hash(seed: Hash32) -> Self {
        let (words, _) = seed.0.as_chunks::<8>();
        let words: Vec<u64> = words.iter().map(|&word| u64::from_le_bytes(word)).collect();
        Self::from_key(&words)
    }

    /// Seeds with an array of words, at least one: the published initialisation by array.
    fn from_key(key: &[u64]) -> Self {
        let mut words = [0; WORDS];
        words[0] = 19_650_218;
        for i in 1..WORDS {
            words[i] = mixed(words[i - 1])
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(i as u64);
        }
        let (mut i, mut j) = (1, 0);
        for _ in 0..WORDS.max(key.len()) {
            let mix = mixed(words[i - 1]).wrapping_mul(3_935_559_000_370_003_845);
            let word = key.get(j).copied().unwrap_or_default();
            words[i] = (words[i] ^ mix).wrapping_add(word).wrapping_add(j as u64);
            i = step(&mut words, i);
            j = if j + 1 >= key.len() { 0 } else { j + 1 };
        }
        for _ in 0..WORDS - 1 {
            let mix = mixed(words[i - 1]).wrapping_mul(2_862_933_555_777_941_757);
            words[i] = (words[i] ^ mix).wrapping_sub(i as u64);
            i = step(&mut words, i);
        }
        words[0] = 1 << 63;
        Self { words, used: WORDS }
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        if self.used == WORDS {
            self.twist();
            self.used = 0;
        }
        let mut x = self.words[self.used];
        self.used += 1;
        x ^= (x >> 29) & 0x5555_5555_5555_5555;
        x ^= (x << 17) & 0x71D6_7FFF_EDA6_0000;
        x ^= (x << 37) & 0xFFF7_EEE0_0000_0000;
        x ^ (x >> 43)
    }

    fn twist(&mut self) {
        for i in 0..WORDS {
            let x = (self.words[i] & UPPER) | (self.words[(i + 1) % WORDS] & LOWER);
            let odd = if x & 1 == 1 { MATRIX } else { 0 };
            self.words[i] = self.words[(i + SHIFT) % WORDS] ^ (x >> 1) ^ odd;
        }
    }

    /// A number below `bound`, as the reference draws it for a shuffle: 31 bits, multiplied, with rejection. Zero for a bound of zero.
    fn below(&mut self, bound: u32) -> u32 {
        let mut product = self.draw().wrapping_mul(u64::from(bound));
        if low(product) < bound {
            let rejected = bound.wrapping_neg().checked_rem(bound).unwrap_or_default();
            while low(product) < rejected {
                product = self.draw().wrapping_mul(u64::from(bound));
            }
        }
        u32::try_from(product >> 32).expect("32 of 64 bits are left")
    }

    /// The upper 32 of 63 bits.
    fn draw(&mut self) -> u64 {
        (self.next_u64() & (u64::MAX >> 1)) >> 31
    }

    /// Puts `items` into an order that every node with the same seed finds.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let bound = u32::try_from(i + 1).unwrap_or(u32::MAX);
            items.swap(i, self.below(bound) as usize);
        }
    }
}

fn mixed(word: u64) -> u64 {
    word ^ (word >> 62)
}

/// The place after `i` while seeding; the last word wraps to the first place.
fn step(words: &mut [u64; WORDS], i: usize) -> usize {
    if i + 1 >= WORDS {
        words[0] = words[WORDS - 1];
        1
    } else {
        i + 1
    }
}

/// The lower 32 bits.
fn low(product: u64) -> u32 {
    u32::try_from(product & u64::from(u32::MAX)).expect("32 bits are left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_first_numbers_come_out() {
        // From the output file of the generator's authors: seeded by the array 0x12345, 0x23456, 0x34567, 0x45678.
        let mut twister = Twister::from_key(&[0x12345, 0x23456, 0x34567, 0x45678]);
        let first: Vec<u64> = (0..5).map(|_| twister.next_u64()).collect();
        assert_eq!(
            first,
            [
                7_266_447_313_870_364_031,
                4_946_485_549_665_804_864,
                16_945_909_448_695_747_420,
                16_394_063_075_524_226_720,
                4_873_882_236_456_199_058
            ]
        );
    }

    #[test]
    fn a_shuffle_of_little_moves_little() {
        let mut twister = Twister::from_hash(Hash32::ZERO);
        twister.shuffle::<u8>(&mut []);
        let mut one = [7];
        twister.shuffle(&mut one);
        assert_eq!(one, [7]);
        assert_eq!(twister.used, WORDS);
    }
}
