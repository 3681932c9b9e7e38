//! PoET: proof that time has passed, made by sequential work (chapter 04).
//!
//! Keeps true: a proof made here is byte for byte the reference's proof of the same statement and number of leaves, whatever was kept of
//! the tree; verification accepts exactly what the reference accepts, with work and memory bounded by the wire limits.

pub mod chain; // SHA-256 over and over: one loop per instruction set
pub mod hash; // the functions of §2 on top of it
pub mod tree; // §3: padding, parked nodes, order of the nodes of a proof

pub mod climb; // §3.4: where a partial proof leads
pub mod membership; // §6: whose challenge is in a round
pub mod proof; // §4.4: verification

pub mod execute; // §4.2: a round's work from statement to proof
pub mod leaves; // what is on disk meanwhile
mod prune; // a tree of which one height is kept

pub mod bench; // figures, each beside what it is compared with

pub mod api; // §5.4, §7, §10, §12: what travels over HTTP
pub mod certificate; // §7.4: who may register without work
pub mod certifier; // §10, §12: who gives certificates
pub mod client; // §11: what a node needs of services
mod http_server; // a listener with bounds
pub mod in_process;
pub mod pow; // §7.3: who may register by work
pub mod registration; // §7.2: the checks of a submission
pub mod schedule; // §1.3: rounds by the clock
pub mod service; // §7 to §9: the service itself // §9.3: a service inside a node
