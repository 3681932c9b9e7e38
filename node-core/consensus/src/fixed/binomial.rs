//! The binomial distribution (06 §10.6), and a form that remembers what it computed.
//!
//! One value costs up to 299 steps of six long divisions. Trials and probability of a smesher stay the same for an epoch, and what is
//! asked for is a run of small counts, so [`Binomial`] keeps them: the second question about a committee is a look-up.

use std::collections::BTreeMap;

use super::{
    exponential::exp,
    fraction::beta_fraction,
    gamma::ln_gamma,
    narrow::ln,
    number::{Fixed, ONE_RAW},
};

/// Most trials the distribution is defined for.
pub const TRIALS_MAX: u64 = 1 << 30;

/// The probability of at most `successes` successes. None on overflow: more than [`TRIALS_MAX`] trials, or `probability` (in units of
/// 2^−56) is not from 0 to 1.
pub fn binomial_cdf(trials: i64, probability: Fixed, successes: i64) -> Option<Fixed> {
    if successes < 0 {
        return Some(Fixed::ZERO);
    }
    if successes >= trials {
        return Some(Fixed::ONE);
    }
    let failure = ONE_RAW.checked_sub(probability.raw()?)?;
    Logs::new(trials, failure)?.cdf(successes)
}

/// What all values of one distribution share.
#[derive(Debug, Clone, Copy)]
struct Logs {
    trials: i64,
    /// Probability of a failure, in units of 2^−56.
    failure: i64,
    /// Of the factorial of the trials.
    factorial: Fixed,
    /// Of the probabilities of failure and success; none where one of them is zero.
    of_probabilities: Option<(Fixed, Fixed)>,
}

impl Logs {
    fn new(trials: i64, failure: i64) -> Option<Self> {
        if u64::try_from(trials).ok()? > TRIALS_MAX || !(0..=ONE_RAW).contains(&failure) {
            return None;
        }
        let of_probabilities = if failure == 0 || failure == ONE_RAW {
            None
        } else {
            let success = ONE_RAW - failure;
            Some((Fixed::from_raw(ln(failure)?), Fixed::from_raw(ln(success)?)))
        };
        Some(Self {
            trials,
            failure,
            factorial: ln_gamma(trials + 1)?,
            of_probabilities,
        })
    }

    /// For 0 ≤ `successes` < trials: the regularised incomplete beta function.
    fn cdf(&self, successes: i64) -> Option<Fixed> {
        let (a, b) = (self.trials - successes, successes + 1);
        let scale = match self.of_probabilities {
            None => Fixed::ZERO,
            Some((ln_failure, ln_success)) => {
                let mut log = self
                    .factorial
                    .checked_sub(ln_gamma(a)?)?
                    .checked_sub(ln_gamma(b)?)?;
                log = log.checked_add(ln_failure.checked_mul(Fixed::integer(a))?)?;
                log = log.checked_add(ln_success.checked_mul(Fixed::integer(b))?)?;
                exp(log)?
            }
        };
        let mean = Fixed::integer(a + 1).checked_div(Fixed::integer(a + b + 2))?;
        if self.failure > mean.raw()? {
            Fixed::ONE.checked_sub(tail(scale, b, a, ONE_RAW - self.failure)?)
        } else {
            tail(scale, a, b, self.failure)
        }
    }
}

fn tail(scale: Fixed, a: i64, b: i64, y: i64) -> Option<Fixed> {
    if scale.is_zero() {
        return Some(scale);
    }
    scale
        .checked_mul(beta_fraction(a, b, y)?.value)?
        .checked_div(Fixed::integer(a))
}

/// A distribution that remembers the values that were asked for.
#[derive(Debug, Clone)]
pub struct Binomial {
    logs: Logs,
    values: BTreeMap<i64, Fixed>,
}

impl Binomial {
    /// How many values are remembered at most. Committees have a few hundred members, and most smeshers ask for two values.
    pub const MEMORY_MAX: usize = 1024;

    /// The distribution of `trials` with a `probability`; none for more than [`TRIALS_MAX`] trials or a probability above one.
    pub fn new(trials: u64, probability: Fixed) -> Option<Self> {
        let failure = ONE_RAW.checked_sub(probability.raw()?)?;
        Some(Self {
            logs: Logs::new(i64::try_from(trials).ok()?, failure)?,
            values: BTreeMap::new(),
        })
    }

    /// The number of trials.
    pub const fn trials(&self) -> i64 {
        self.logs.trials
    }

    /// The probability of at most `successes` successes. Computes at most one value.
    pub fn cdf(&mut self, successes: i64) -> Option<Fixed> {
        if successes < 0 {
            return Some(Fixed::ZERO);
        }
        if successes >= self.logs.trials {
            return Some(Fixed::ONE);
        }
        if let Some(value) = self.values.get(&successes) {
            return Some(*value);
        }
        let value = self.logs.cdf(successes)?;
        if self.values.len() < Self::MEMORY_MAX {
            self.values.insert(successes, value);
        }
        Some(value)
    }

    /// The smallest number of successes whose probability exceeds `fraction`, tried upwards: all trials, if no smaller one does. The
    /// count stops at `limit`, which is returned then.
    pub fn smallest_above(&mut self, fraction: Fixed, limit: u64) -> Option<u64> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let end = self.logs.trials.min(limit);
        let mut successes = 0;
        while successes < end && self.cdf(successes)? <= fraction {
            successes += 1;
        }
        u64::try_from(successes).ok()
    }
}
