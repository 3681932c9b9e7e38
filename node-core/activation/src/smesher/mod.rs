//! Making one's own ATXs (05 §16, §17).

mod machine; // the loop of one identity: start here
mod protocol; // its inputs and effects

mod assemble; // an ATX from what the journal has
mod poets; // registering, and choosing a proof
mod proofs; // the proving service's part

mod journal; // what survives a crash
mod timeline; // when things happen

mod initialisation; // space under the node's supervision

pub use initialisation::{
    Initialisation, InitialisationEffect, InitialisationInput, InitialisationState,
};
pub use journal::{
    ADDRESS_SIZE_MAX, Challenge, ChosenProof, FinalPost, InitialPost, Journal, JournalError,
    POETS_MAX, Registration,
};
pub use machine::Smesher;
pub use protocol::{
    MadePost, PoetAnswer, PostFailure, PostInfo, Question, SmesherEffect, SmesherInput,
    SmesherState,
};
pub use timeline::Timeline;
