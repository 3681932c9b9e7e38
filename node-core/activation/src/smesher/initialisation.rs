//! Initialising the space of an identity under the node's supervision (05 §17). *Inputs in, effects out.*
//!
//! The reference ends its process when preparing or initialising fails, or when the proving service ends by itself. Here the person is told,
//! and the node goes on.

use spacemesh_types::{AtxId, NodeId};

use crate::SmesherEvent;

/// How far the space is, with the reference's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum InitialisationState {
    /// Nothing was done.
    NotStarted = 1,
    /// The commitment is chosen and the folder is ready.
    Prepared = 2,
    /// Labels are computed.
    InProgress = 3,
    /// A person stopped it.
    Stopped = 4,
    /// All labels are there.
    Complete = 5,
    /// It failed.
    Error = 6,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InitialisationInput {
    /// A person wants space, or wants to go on.
    Start,
    /// A person wants it to stop.
    Stop,
    /// The commitment was chosen and the folder is ready.
    Prepared {
        /// What labels are derived from.
        commitment: AtxId,
    },
    /// All labels are there.
    Done,
    /// Preparing or computing failed.
    Failed(String),
    /// The proving service runs.
    ServiceStarted,
    /// The proving service ended, by itself or not.
    ServiceEnded,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InitialisationEffect {
    /// Choose the commitment (`known_commitment`, then a search) and prepare the folder.
    Prepare,
    /// Compute the labels that are missing.
    Initialise {
        /// What they are derived from.
        commitment: AtxId,
    },
    /// Stop computing, or the proving service, whichever runs.
    Halt,
    /// Start the smesher of the identity.
    RegisterSmesher(NodeId),
    /// Start the proving service.
    StartService,
    /// Tell the person.
    Event(SmesherEvent),
}

/// The initialisation of one identity.
#[derive(Debug, Clone)]
pub struct Initialisation {
    node: NodeId,
    state: InitialisationState,
    commitment: Option<AtxId>,
    wanted: bool,
    registered: bool,
}

impl Initialisation {
    /// Nothing done. What is on the disk shows when it is prepared.
    pub const fn new(node: NodeId) -> Self {
        Self {
            node,
            state: InitialisationState::NotStarted,
            commitment: None,
            wanted: false,
            registered: false,
        }
    }

    /// How far it is.
    pub const fn state(&self) -> InitialisationState {
        self.state
    }

    /// Takes one input. What does not fit the state changes nothing.
    pub fn handle(&mut self, input: InitialisationInput, out: &mut Vec<InitialisationEffect>) {
        use InitialisationState as State;
        match (input, self.state) {
            (
                InitialisationInput::Start,
                State::NotStarted | State::Prepared | State::Stopped | State::Error,
            ) if !self.wanted => {
                self.wanted = true;
                self.state = State::NotStarted;
                out.push(InitialisationEffect::Prepare);
            }
            (InitialisationInput::Start, State::Complete) if !self.wanted => {
                self.wanted = true;
                out.push(InitialisationEffect::StartService);
            }
            (InitialisationInput::Stop, state) if self.wanted => {
                self.wanted = false;
                if state != State::Complete {
                    self.state = State::Stopped;
                }
                out.push(InitialisationEffect::Halt);
            }
            (InitialisationInput::Prepared { commitment }, State::NotStarted) if self.wanted => {
                self.commitment = Some(commitment);
                self.state = State::InProgress;
                let smesher = self.node;
                out.push(InitialisationEffect::Event(SmesherEvent::InitStart {
                    smesher,
                    commitment,
                }));
                out.push(InitialisationEffect::Initialise { commitment });
            }
            (InitialisationInput::Done, State::InProgress) if self.wanted => {
                self.state = State::Complete;
                out.push(InitialisationEffect::Event(SmesherEvent::InitComplete));
                if !self.registered {
                    self.registered = true;
                    out.push(InitialisationEffect::RegisterSmesher(self.node));
                }
                out.push(InitialisationEffect::StartService);
            }
            (InitialisationInput::Failed(reason), State::NotStarted | State::InProgress)
                if self.wanted =>
            {
                self.wanted = false;
                self.state = State::Error;
                out.push(InitialisationEffect::Event(SmesherEvent::InitFailed {
                    smesher: self.node,
                    commitment: self.commitment.unwrap_or_default(),
                    reason,
                }));
            }
            (InitialisationInput::ServiceStarted, State::Complete) => {
                out.push(InitialisationEffect::Event(
                    SmesherEvent::PostServiceStarted,
                ));
            }
            (InitialisationInput::ServiceEnded, State::Complete) => {
                out.push(InitialisationEffect::Event(
                    SmesherEvent::PostServiceStopped,
                ));
                // It ended by itself: the smesher needs it.
                if self.wanted {
                    out.push(InitialisationEffect::StartService);
                }
            }
            (
                InitialisationInput::Start
                | InitialisationInput::Stop
                | InitialisationInput::Prepared { .. }
                | InitialisationInput::Done
                | InitialisationInput::Failed(_)
                | InitialisationInput::ServiceStarted
                | InitialisationInput::ServiceEnded,
                _,
            ) => {}
        }
    }
}
