//! Hare: agreement on one set of proposals per layer (07 §7.1 to §7.14, §7.21). Pure: no clock, no sockets, no store, no keys.
//!
//! Keeps true: an identity speaks at most once per round; a message changes nothing before its signature and seats are checked by the
//! caller; what an instance says depends only on what it was told in which round; every table that peers fill has a cap.
//!
//! ```text
//! bytes ─ Received::decode ─> Hare::admit ─> Check ─(caller: signature, seats)─> Hare::conclude ─> verdict, proof of equivocation
//!                                   └──────> exchange of full ids with the relaying peer (hare 4) ─┘
//! layer tick ─> Hare::start_layer ─> Session ─> drafts to sign, weak coin, result
//! ```

mod config; // parameters, which version runs where: 7.1, 7.2
mod round; // rounds, distance, grade: 7.3

mod message; // what is signed and how: 7.4, 7.5
mod tally; // messages of one instance and what they add up to: 7.6.1 to 7.6.3

mod instance; // the protocol: 7.6; start here
mod select; // which proposals to vote for: 7.10
mod session; // one layer with own identities: 7.7

mod compact; // short ids and the exchange of full ones: 7.9
mod intake; // from gossip to the instance: 7.8, 7.9

mod equivocation; // two messages of one round: 7.11
mod journal; // never two different messages: 7.21
mod patrol; // layers that hare has in hand: 7.20

#[cfg(test)]
mod tests;

pub use compact::{
    CACHED_MESSAGES_MAX, FULL_EXCHANGE_PROTOCOL, FullExchangeError, IDS_PER_RESPONSE_MAX,
    REQUEST_SIZE_MAX, RESPONSE_SIZE_MAX, compact_id, exchange_request, exchange_response,
    parse_exchange_request, parse_exchange_response,
};
pub use config::{CommitteeUpgrade, HareConfig, HareConfigError, Version};
pub use equivocation::{Equivocation, InvalidEquivocation, check_equivocation};
pub use instance::{Instance, Output, Vote};
pub use intake::{
    Admission, Checks, Conclusion, ExchangeId, ExchangeRequest, Hare, IgnoreReason, Peer,
    RejectReason, SessionOutcome, UnverifiedMessage, Verdict,
};
pub use journal::{Duty, Permit, Refusal, SigningJournal};
pub use message::{Body, Message, Received, SeatsCheck, SignatureCheck};
pub use patrol::LayerPatrol;
pub use round::{
    FIRST_ROUND, Round, absolute_round, delay, grade, next_round, round_start, rounds_of_iteration,
};
pub use select::{Candidate, select_proposals};
pub use session::{Draft, End, Proposals, Seats, Session, SessionEffect};
pub use tally::{AtxGrade, ENTRIES_MAX, IDS_MAX, InstanceMessage, Intake};
