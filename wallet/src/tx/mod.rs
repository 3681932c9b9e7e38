//! Transactions of people: built from a structured wish, reviewed from the bytes to be signed, signed by one or several, carried as
//! text (12 §4; 02 §2, §3).
//!
//! Keeps true: every signature in a [`PendingTx`] fits its key and the network; what leaves with [`PendingTx::to_raw`] has exactly the
//! required parts; amounts and fees are integers with checked arithmetic (the network's wraps, 02 Trap 1).

mod draft; // from a wish to bytes: start here
mod pending; // collecting signatures
mod review; // the lines a person confirms
mod spendable; // the most that can be sent
mod transfer; // hex, files, QR

pub use draft::{Action, BuildError, Draft, activation_fee};
pub use pending::{ImportedTx, PendingTx, RejectedPart, TxError};
pub use review::{Review, ReviewError, ReviewItem, ReviewLine};
pub use spendable::{max_drain, max_spend};
pub use transfer::{TransferError, bytes_from_text};
