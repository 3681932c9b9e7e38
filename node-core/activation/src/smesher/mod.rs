//! Making one's own ATXs (05 §16, §17).

mod initialisation; // space under the node's supervision
mod journal; // what survives a crash
mod machine; // the loop of one identity: start here
mod timeline; // when things happen

pub use initialisation::{
    Initialisation, InitialisationEffect, InitialisationInput, InitialisationState,
};
pub use journal::{
    ADDRESS_SIZE_MAX, Challenge, ChosenProof, FinalPost, InitialPost, Journal, JournalError,
    POETS_MAX, Registration,
};
pub use machine::{
    MadePost, PoetAnswer, PostFailure, PostInfo, Question, Smesher, SmesherEffect, SmesherInput,
    SmesherState,
};
pub use timeline::Timeline;
