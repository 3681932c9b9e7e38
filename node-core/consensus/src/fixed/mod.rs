//! Fixed-point arithmetic and the binomial distribution, bit for bit as the network computes them (06 §10).
//!
//! Keeps true: every result is the network's result, also where it is far from the true one: a better approximation would disagree
//! about who sits in a committee. Nothing here panics; what overflows has no value (`None`).

mod binomial; // the distribution and its memory: start here
mod exponential; // exp, 10.4
mod fraction; // the continued fraction, 10.6
mod gamma; // lnGamma of an integer, 10.5
mod narrow; // 64-bit helpers and logarithms, 10.2
mod number; // the 128-bit word, 10.1, 10.3

pub use binomial::{Binomial, TRIALS_MAX, binomial_cdf};
pub use exponential::exp;
pub use fraction::{FractionResult, STEPS_MAX, beta_fraction};
pub use gamma::ln_gamma;
pub use narrow::{LN2, ln, ln_integer, log2, multiply_rounded, multiply_truncated, reciprocal};
pub use number::{FRACTION_BITS, Fixed, ONE_RAW};

#[cfg(test)]
mod tests;
