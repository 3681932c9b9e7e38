//! Every proving cipher of this machine against the portable one, byte for byte and hit for hit.

use post_gpu::aes::{BATCH_BYTES, Cipher, CipherError, GroupKeys, Hit, Scanner};
use post_gpu::difficulty::ProvingDifficulty;

fn random(seed: u64, bytes: usize) -> Vec<u8> {
    let mut out = vec![0; bytes];
    blake3::Hasher::new()
        .update(&seed.to_le_bytes())
        .finalize_xof()
        .fill(&mut out);
    out
}

fn hits(
    cipher: Cipher,
    difficulty: ProvingDifficulty,
    keys: &GroupKeys,
    labels: &[u8],
) -> Vec<Hit> {
    let mut hits = Vec::new();
    Scanner::new(cipher, difficulty)
        .unwrap()
        .scan(keys, labels, |hit| hits.push(hit));
    hits
}

/// Counts around every kernel's width (8, 16, 32 labels) and around the batch, and one that is no whole label.
const BYTES: [usize; 16] = [
    0,
    7,
    16,
    16 * 7,
    16 * 8,
    16 * 9,
    16 * 15,
    16 * 17,
    16 * 31,
    16 * 32,
    16 * 33,
    16 * 100 + 5,
    BATCH_BYTES - 16,
    BATCH_BYTES,
    BATCH_BYTES + 16,
    2 * BATCH_BYTES + 16 * 45,
];

#[test]
fn every_cipher_of_this_machine_finds_the_same_hits_in_the_same_order() {
    const LSB_ALL: u64 = 0x00ff_ffff_ffff_ffff;
    let difficulties = [
        // As on public networks, only less rare: every hit needs the second cipher.
        ProvingDifficulty {
            msb: 0,
            lsb: LSB_ALL / 2,
        },
        ProvingDifficulty {
            msb: 0,
            lsb: LSB_ALL,
        },
        ProvingDifficulty { msb: 0, lsb: 0 },
        ProvingDifficulty { msb: 1, lsb: 1 },
        ProvingDifficulty {
            msb: 0x7f,
            lsb: LSB_ALL / 3,
        },
        // Signed comparisons would fail from here on.
        ProvingDifficulty {
            msb: 0x80,
            lsb: LSB_ALL / 3,
        },
        ProvingDifficulty {
            msb: 0xff,
            lsb: LSB_ALL / 2,
        },
    ];
    for (seed, difficulty) in (0..).zip(difficulties) {
        let keys = GroupKeys::new(&[seed as u8; 32], 3, 0x1122_3344_5566_7788 ^ seed);
        for bytes in BYTES {
            let labels = random(seed, bytes);
            let expected = hits(Cipher::Portable, difficulty, &keys, &labels);
            assert!(expected.is_sorted(), "by label, then by nonce");
            for cipher in Cipher::all_available() {
                let found = hits(cipher, difficulty, &keys, &labels);
                assert!(found == expected, "{cipher}: {difficulty:?}, {bytes} bytes");
            }
        }
    }
}

#[test]
fn hits_are_as_rare_as_the_difficulty_says() {
    let difficulty = ProvingDifficulty {
        msb: 0,
        lsb: 1 << 55,
    };
    let keys = GroupKeys::new(&[1; 32], 0, 0);
    let labels = random(9, 64 * BATCH_BYTES);
    let found = hits(Cipher::detect_best(), difficulty, &keys, &labels).len() as f64;
    // One of 512 label and nonce pairs: 8192 expected, and their standard deviation is 90.
    assert!((found - 8192.0).abs() < 6.0 * 90.5, "{found} hits");
}

#[test]
fn a_cipher_is_chosen_by_name_and_refused_where_the_processor_lacks_it() {
    for cipher in Cipher::ALL {
        assert_eq!(cipher.name().parse(), Ok(cipher));
        let made = Scanner::new(cipher, ProvingDifficulty { msb: 0, lsb: 1 }).map(|_| ());
        let expected = if cipher.available() {
            Ok(())
        } else {
            Err(CipherError::Unavailable { cipher })
        };
        assert_eq!(made, expected);
    }
    assert!(Cipher::all_available().contains(&Cipher::detect_best()));
}
