//! data/tortoise: scenarios, tables and recorded traces of the vote counter, and tables of the mesh (chapter 08).

mod orders; // independent events in other orders end in the same state
mod read; // values as the files write them
mod scenario; // scenarios/*.json
mod trace; // traces of a node, one event per line
mod units; // unit/*.json
mod world; // an engine, its table of ATXs, and what happens to them

mod mesh; // mesh/*.json

pub(crate) use mesh::{HARE_OUTPUT, PROCESS_LAYER};
pub(crate) use scenario::SUITE as SCENARIOS;
pub(crate) use trace::SUITE as TRACES;
pub(crate) use units::SUITE as UNITS;
