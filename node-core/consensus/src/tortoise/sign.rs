//! Three answers to one question.

use std::fmt;

use super::weight::Weight;

/// For, against, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub enum Sign {
    /// For.
    Support,
    /// Against.
    Against,
    /// Neither: undecided, unknown or abstaining.
    #[default]
    Neutral,
}

impl Sign {
    /// Support for true, against for false.
    pub const fn of(answer: bool) -> Self {
        if answer { Self::Support } else { Self::Against }
    }

    /// Which side a margin has decided for. A margin equal to the threshold decides nothing (08 §7.2).
    pub fn crossing(margin: Weight, threshold: Weight) -> Self {
        if margin.is_positive() && margin > threshold {
            Self::Support
        } else if margin.is_negative() && -margin > threshold {
            Self::Against
        } else {
            Self::Neutral
        }
    }
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Support => "support",
            Self::Against => "against",
            Self::Neutral => "abstain",
        })
    }
}
