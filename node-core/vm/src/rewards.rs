//! Who gets how much of a layer's fees and subsidy (02 §5.2).
//!
//! Keeps true: no more is paid than there is; shares are exact fractions, and total and subsidy are rounded down each on its own.

use num_bigint::BigUint;
use spacemesh_types::{LayerId, NodeId, Smidge, wire::Reward};

use crate::{ApplyError, CoinbaseReward, accounts::load, staged::Staged};

/// Pays the rewards, by ascending coinbase, and returns them and what nobody got.
pub(crate) fn pay(
    layer: LayerId,
    rewards: &[CoinbaseReward],
    subsidy: Smidge,
    fees: Smidge,
    staged: &mut Staged<'_>,
) -> Result<(Vec<Reward>, Smidge), ApplyError> {
    check(layer, rewards)?;
    // The reference adds them in 64 bits, too.
    let total = Smidge(subsidy.0.wrapping_add(fees.0));
    let mut sorted: Vec<&CoinbaseReward> = rewards.iter().collect();
    sorted.sort_by_key(|reward| reward.coinbase);
    let shares = Shares::new(&sorted);
    let mut paid = Vec::with_capacity(rewards.len());
    let mut burnt = total.0;
    for reward in sorted {
        let amount = shares.of(reward, total);
        let row = Reward {
            layer,
            total: amount,
            subsidy: shares.of(reward, subsidy),
            coinbase: reward.coinbase,
            smesher_id: reward.smesher,
        };
        let mut coinbase = load(staged, &reward.coinbase)?;
        coinbase.balance = Smidge(coinbase.balance.0.wrapping_add(amount.0));
        staged.put(coinbase)?;
        // The shares add up to one and are rounded down.
        burnt = burnt.saturating_sub(amount.0);
        paid.push(row);
    }
    Ok((paid, Smidge(burnt)))
}

fn check(layer: LayerId, rewards: &[CoinbaseReward]) -> Result<(), ApplyError> {
    let mut smeshers: Vec<NodeId> = rewards.iter().map(|reward| reward.smesher).collect();
    smeshers.sort_unstable();
    for pair in smeshers.windows(2) {
        if let [a, b] = pair
            && a == b
        {
            return Err(ApplyError::SmesherTwice { layer, smesher: *a });
        }
    }
    let zero = |reward: &&CoinbaseReward| reward.weight.num == 0 || reward.weight.denom == 0;
    match rewards.iter().find(zero) {
        Some(reward) => Err(ApplyError::NoWeight {
            layer,
            smesher: reward.smesher,
        }),
        None => Ok(()),
    }
}

/// The sum of all weights, as an exact fraction.
struct Shares {
    num: BigUint,
    denom: BigUint,
}

impl Shares {
    fn new(rewards: &[&CoinbaseReward]) -> Self {
        let mut denominators: Vec<u64> = rewards.iter().map(|reward| reward.weight.denom).collect();
        denominators.sort_unstable();
        denominators.dedup();
        // A few denominators are usual; the worst block has 2350 without a common factor.
        let denom = denominators
            .iter()
            .fold(BigUint::from(1_u8), |product, &next| {
                let common = gcd(&product, next);
                product * (next / common)
            });
        let num = rewards
            .iter()
            .map(|reward| &denom / reward.weight.denom * reward.weight.num)
            .sum();
        Self { num, denom }
    }

    /// floor(amount · weight / sum of weights).
    fn of(&self, reward: &CoinbaseReward, amount: Smidge) -> Smidge {
        let part = (&self.denom / reward.weight.denom) * reward.weight.num * amount.0;
        // The weight is part of the sum, so the quotient is at most the amount.
        Smidge(u64::try_from(part / &self.num).unwrap_or(amount.0))
    }
}

/// Greatest common divisor of a product and a denominator that isn't zero.
fn gcd(product: &BigUint, denominator: u64) -> u64 {
    let mut a = denominator;
    let mut b = u64::try_from(product % denominator).unwrap_or_default();
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use spacemesh_types::{Address, wire::RatNum};

    use super::*;

    fn reward(num: u64, denom: u64) -> CoinbaseReward {
        CoinbaseReward {
            coinbase: Address::ZERO,
            smesher: NodeId::ZERO,
            weight: RatNum { num, denom },
        }
    }

    #[test]
    fn shares_are_exact_fractions() {
        let rewards = [reward(1, 2), reward(1, 3), reward(1, 6)];
        let shares = Shares::new(&rewards.iter().collect::<Vec<_>>());
        let all: Vec<u64> = rewards
            .iter()
            .map(|reward| shares.of(reward, Smidge(1_000_001)).0)
            .collect();
        assert_eq!(all, [500_000, 333_333, 166_666]);
    }

    #[test]
    fn the_largest_weights_neither_overflow_nor_lose_a_smidge() {
        let rewards = [
            reward(u64::MAX, 1),
            reward(u64::MAX, u64::MAX - 58),
            reward(1, u64::MAX),
        ];
        let shares = Shares::new(&rewards.iter().collect::<Vec<_>>());
        assert_eq!(
            shares.of(&rewards[0], Smidge(u64::MAX)),
            Smidge(u64::MAX - 2)
        );
        let alone = [reward(7, u64::MAX)];
        let shares = Shares::new(&alone.iter().collect::<Vec<_>>());
        assert_eq!(shares.of(&alone[0], Smidge(u64::MAX)), Smidge(u64::MAX));
    }
}
