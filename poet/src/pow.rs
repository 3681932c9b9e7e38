//! Proof of work for a registration (04 §7.3): RIPEMD-256 with leading zero bits. Pure.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use ripemd::{Digest, Ripemd256};
use spacemesh_types::NodeId;

/// What a nonce is searched for. Both parts must equal what the service announces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PowParams {
    /// Random bytes of the service, or the root of its latest proof.
    pub challenge: Vec<u8>,
    /// Required leading zero bits.
    pub difficulty: u32,
}

/// The parameters that a service accepts: the announced ones and those before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedPow {
    /// Announced.
    pub current: PowParams,
    /// Announced before the latest proof; none before the first. An empty challenge is never accepted, it would allow work in advance.
    pub previous: Option<PowParams>,
}

/// Why a proof of work is refused. The texts are the reference's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PowError {
    /// Found for parameters that are neither the current nor the previous ones.
    #[error("invalid proof of work parameters")]
    Params,
    /// Not enough leading zero bits.
    #[error("invalid proof of work")]
    Bits,
}

impl AcceptedPow {
    /// Checks a nonce found for `params`.
    ///
    /// # Errors
    ///
    /// The parameters are not accepted, or the nonce is not a solution.
    pub fn verify(
        &self,
        params: &PowParams,
        node_id: &NodeId,
        challenge: &[u8],
        nonce: u64,
    ) -> Result<(), PowError> {
        if *params != self.current && Some(params) != self.previous.as_ref() {
            return Err(PowError::Params);
        }
        if leading_zero_bits(
            &digest(params, node_id, challenge, nonce),
            params.difficulty,
        ) {
            Ok(())
        } else {
            Err(PowError::Bits)
        }
    }

    /// The root of a proof becomes the challenge; what was announced is accepted for one more round.
    pub fn rotate(&mut self, root: Vec<u8>) {
        let next = PowParams {
            challenge: root,
            difficulty: self.current.difficulty,
        };
        self.previous = Some(std::mem::replace(&mut self.current, next));
    }
}

/// The digest that must begin with zero bits.
pub fn digest(params: &PowParams, node_id: &NodeId, challenge: &[u8], nonce: u64) -> [u8; 32] {
    absorbed(params, node_id, challenge)
        .chain_update(nonce.to_le_bytes())
        .finalize()
        .into()
}

/// The smallest nonce from `from` on, step by step of `step`, below `end`. Give `stop` to end the search early: it is asked every 4096 nonces.
pub fn search(
    params: &PowParams,
    node_id: &NodeId,
    challenge: &[u8],
    nonces: std::ops::Range<u64>,
    step: u64,
    mut stop: impl FnMut() -> bool,
) -> Option<u64> {
    // The first 64 bytes are absorbed once; each nonce then costs one compression.
    let absorbed = absorbed(params, node_id, challenge);
    let mut nonce = nonces.start;
    let mut tried = 0_u64;
    while nonce < nonces.end {
        if tried.is_multiple_of(4096) && stop() {
            return None;
        }
        let digest = absorbed
            .clone()
            .chain_update(nonce.to_le_bytes())
            .finalize();
        if leading_zero_bits(&digest.into(), params.difficulty) {
            return Some(nonce);
        }
        tried += 1;
        nonce = nonce.checked_add(step.max(1))?;
    }
    None
}

/// [`search`] on half of the processors, so that nothing else starves; the smallest nonce that one of them found.
pub fn search_parallel(
    params: &PowParams,
    node_id: &NodeId,
    challenge: &[u8],
    stop: impl Fn() -> bool + Sync,
) -> Option<u64> {
    let threads =
        std::thread::available_parallelism().map_or(1, |threads| threads.get().div_ceil(2));
    let step = u64::try_from(threads).unwrap_or(1);
    // Whoever passes the smallest nonce found may end: its own would be larger.
    let found = AtomicU64::new(u64::MAX);
    std::thread::scope(|scope| {
        for first in 0..step {
            let (found, stop) = (&found, &stop);
            scope.spawn(move || {
                let mut tried = first;
                let over = || {
                    let passed = found.load(Relaxed) < tried;
                    tried = tried.saturating_add(4096 * step);
                    passed || stop()
                };
                if let Some(nonce) = search(params, node_id, challenge, first..u64::MAX, step, over)
                {
                    found.fetch_min(nonce, Relaxed);
                }
            });
        }
    });
    Some(found.into_inner()).filter(|&nonce| nonce != u64::MAX)
}

fn absorbed(params: &PowParams, node_id: &NodeId, challenge: &[u8]) -> Ripemd256 {
    Ripemd256::new()
        .chain_update(&params.challenge)
        .chain_update(node_id.as_bytes())
        .chain_update(challenge)
}

/// Whether the first `bits` bits are zero, most significant first. More than 256 never are.
fn leading_zero_bits(digest: &[u8; 32], bits: u32) -> bool {
    let zeros: u32 = match digest.iter().position(|&byte| byte != 0) {
        Some(at) => 8 * u32::try_from(at).unwrap_or(32) + digest[at].leading_zeros(),
        None => 256,
    };
    zeros >= bits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(bytes: &[u8]) -> [u8; 32] {
        let mut digest = [0xff; 32];
        digest[..bytes.len()].copy_from_slice(bytes);
        digest
    }

    #[test]
    fn bits_count_from_the_most_significant() {
        for (bytes, enough, too_many) in [(&[0][..], 8, 9), (&[0x0f], 4, 5), (&[0, 0x0f], 12, 13)] {
            assert!(leading_zero_bits(&head(bytes), enough));
            assert!(!leading_zero_bits(&head(bytes), too_many));
        }
        assert!(leading_zero_bits(&[0; 32], 256) && !leading_zero_bits(&[0; 32], 257));
        assert!(leading_zero_bits(&[0xff; 32], 0));
    }

    #[test]
    fn the_smallest_nonces_of_the_chapter_are_found() {
        let text = PowParams {
            challenge: b"challenge this".to_vec(),
            difficulty: 6,
        };
        let found = search(
            &text,
            &NodeId([0; 32]),
            b"some data to submit to poet",
            0..u64::MAX,
            1,
            || false,
        );
        assert_eq!(found, Some(143));
        let mut node = [0; 32];
        let mut challenge = [0; 32];
        for i in 0..32_u8 {
            node[usize::from(i)] = 100 + i;
            challenge[usize::from(i)] = i;
        }
        for (difficulty, nonce) in [(8, 240), (12, 2464)] {
            let params = PowParams {
                challenge: (200..=231).collect(),
                difficulty,
            };
            assert_eq!(
                search(&params, &NodeId(node), &challenge, 0..u64::MAX, 1, || false),
                Some(nonce)
            );
        }
    }

    #[test]
    fn the_announced_and_the_previous_parameters_are_accepted_and_no_others() {
        let params = |byte| PowParams {
            challenge: vec![byte; 32],
            difficulty: 0,
        };
        let mut accepted = AcceptedPow {
            current: params(1),
            previous: None,
        };
        let check = |accepted: &AcceptedPow, params: &PowParams| {
            accepted.verify(params, &NodeId([0; 32]), &[0; 32], 0)
        };
        assert_eq!(
            check(&accepted, &PowParams::default()),
            Err(PowError::Params)
        );
        accepted.rotate(vec![2; 32]);
        assert_eq!(check(&accepted, &params(2)), Ok(()));
        assert_eq!(check(&accepted, &params(1)), Ok(()));
        accepted.rotate(vec![3; 32]);
        assert_eq!(check(&accepted, &params(1)), Err(PowError::Params));
        let harder = PowParams {
            difficulty: 1,
            ..params(3)
        };
        assert_eq!(check(&accepted, &harder), Err(PowError::Params));
    }

    #[test]
    fn a_search_ends_when_it_is_told_to() {
        let params = PowParams {
            challenge: Vec::new(),
            difficulty: 256,
        };
        let mut asked = 0;
        let stop = || {
            asked += 1;
            asked == 3
        };
        assert_eq!(
            search(&params, &NodeId([0; 32]), &[], 0..u64::MAX, 1, stop),
            None
        );
    }
}
