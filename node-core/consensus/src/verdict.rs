//! What becomes of a message: the three verdicts of gossip, and why an object is refused (06 §1, §7.3).
//!
//! Keeps true: only what its sender must have known to be wrong is rejected, because a rejection costs the peer its connection; a
//! rejected dependency rejects what needed it.

/// What gossip does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Passed on to other peers.
    Accept,
    /// Not passed on; nothing happens to the peer.
    Ignore,
    /// Not passed on; the peer loses score and its connection.
    Reject,
}

/// How a refusal is taken by gossip and by synchronisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// Gossip rejects; a peer that served the object on request is disconnected.
    Reject,
    /// Gossip ignores; a fetch fails and may be tried again.
    Ignore,
    /// Gossip ignores; synchronisation goes on past the object and does not ask for it again.
    DoNotRetry,
}

impl Refusal {
    /// The verdict of gossip.
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Reject => Verdict::Reject,
            Self::Ignore | Self::DoNotRetry => Verdict::Ignore,
        }
    }

    /// What becomes of a message whose dependencies could not be had for these reasons: one rejected dependency rejects it.
    pub fn of_dependencies(refusals: impl IntoIterator<Item = Self>) -> Self {
        let rejected = refusals.into_iter().any(|refusal| refusal == Self::Reject);
        if rejected { Self::Reject } else { Self::Ignore }
    }
}
