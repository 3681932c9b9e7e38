//! What a node needs of PoET services (04 §11): to register its identities, and to get the proofs.
//!
//! [`Machine`] decides for one service and knows neither clock nor socket; [`Selection`] chooses among services; [`read_proof()`] reads an
//! answer of any size in small memory; [`Client`] is the thin shell around them.
//!
//! Keeps true: nothing is registered with a service whose phase shift differs from the node's (overlapping rounds would give two ATXs for
//! one epoch); each failure says whether it is worth trying again, final, or something the user must know; info, parameters and the
//! member list of a round are asked for once, however many identities wait for them.

mod decide; // one outcome, one verdict: §11.1, §7.6
mod http; // the shell's sockets
mod machine; // one service: start here
mod read_proof; // the answer with the members, streamed
mod run; // the shell around a machine
mod selection; // the best proof: §11.3

pub use decide::{Advice, Call, Failure, Outcome, Transport};
pub use http::{Http, HttpError};
pub use machine::{
    Certificates, Download, Effect, Input, Machine, Registered, Registration, RequestId, Rules,
};
pub use read_proof::{DownloadedProof, Membership, ProofReadError, read_proof};
pub use run::{Client, ClientError};
pub use selection::{Candidate, Selection};
