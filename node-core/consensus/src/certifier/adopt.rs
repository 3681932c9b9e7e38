//! Certificates from peers for a layer that was missed (07 §7.19).

use std::collections::VecDeque;

use spacemesh_codec::decode_exact;
use spacemesh_types::{BlockId, LayerId, wire::Certificate};

use crate::hare::Peer;

/// Whether peers are asked at all for the opinion on `layer`.
pub fn within_adoption_window(layer: LayerId, current: LayerId, hdist: u32) -> bool {
    layer.0.saturating_add(hdist) > current.0
}

/// Whether a certificate is of use. `any_row`: the store has some row of the layer, also a plain output of hare (07, Trap 20).
pub fn needs_certificate(
    layer: LayerId,
    current: LayerId,
    effective_genesis: LayerId,
    hdist: u32,
    any_row: bool,
) -> bool {
    let oldest = effective_genesis.max(LayerId(current.0.saturating_sub(hdist)));
    layer > oldest && !any_row
}

/// What happened to the last step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdoptionInput {
    /// The answer of the peer; none if there was none.
    Answer(Option<Vec<u8>>),
    /// Whether a certificate is still needed.
    StillNeeded(bool),
    /// Whether the certificate holds.
    Holds(bool),
    /// Whether it was saved without conflict.
    Saved(bool),
    /// Whether the block is here.
    Block(bool),
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdoptionStep {
    /// Ask a peer for the certificate of a block.
    Ask {
        /// Whom.
        peer: Peer,
        /// Which.
        block: BlockId,
    },
    /// Look again whether a certificate is needed.
    CheckNeed,
    /// Validate it ([`super::validate_certificate`]).
    Validate(Certificate),
    /// Save it ([`super::certificate_save`]).
    Save(Certificate),
    /// Fetch its block.
    FetchBlock(BlockId),
    /// Tell the tortoise that hare decided on the block (zero for an empty layer). Done.
    TellTortoise(BlockId),
    /// There is nothing to adopt. Done.
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Asking,
    CheckingNeed,
    Validating(Certificate),
    Saving(Certificate),
    Fetching(BlockId),
    Over,
}

/// The adoption of a certificate for one layer: certificate, then block, then tortoise, in this order.
#[derive(Debug, Clone)]
pub struct Adoption {
    /// Blocks with those who announced them.
    open: VecDeque<(BlockId, VecDeque<Peer>)>,
    found: VecDeque<Certificate>,
    state: State,
}

impl Adoption {
    /// Begins with the blocks that peers announced, in the order in which they are to be asked.
    pub fn new(opinions: impl IntoIterator<Item = (Peer, BlockId)>) -> (Self, AdoptionStep) {
        let mut open = VecDeque::<(BlockId, VecDeque<Peer>)>::new();
        for (peer, block) in opinions {
            match open.iter_mut().find(|(of, _)| *of == block) {
                Some((_, peers)) => peers.push_back(peer),
                None => open.push_back((block, VecDeque::from([peer]))),
            }
        }
        let mut adoption = Self {
            open,
            found: VecDeque::new(),
            state: State::Asking,
        };
        let step = adoption.ask();
        (adoption, step)
    }

    /// Goes on with the outcome of the last step. An outcome of another step ends the adoption.
    pub fn handle(&mut self, input: AdoptionInput) -> AdoptionStep {
        match (std::mem::replace(&mut self.state, State::Over), input) {
            (State::Asking, AdoptionInput::Answer(answer)) => {
                let certificate = answer.and_then(|bytes| decode_exact::<Certificate>(&bytes).ok());
                match certificate {
                    Some(certificate) => {
                        self.found.push_back(certificate);
                        self.open.pop_front();
                    }
                    None => {
                        if self.open.front().is_some_and(|(_, peers)| peers.is_empty()) {
                            self.open.pop_front();
                        }
                    }
                }
                self.ask()
            }
            (State::CheckingNeed, AdoptionInput::StillNeeded(true)) => self.validate(),
            (State::Validating(certificate), AdoptionInput::Holds(true)) => {
                self.state = State::Saving(certificate.clone());
                AdoptionStep::Save(certificate)
            }
            (State::Saving(certificate), AdoptionInput::Saved(true)) => {
                let block = certificate.block_id;
                if block.is_zero() {
                    AdoptionStep::TellTortoise(block)
                } else {
                    self.state = State::Fetching(block);
                    AdoptionStep::FetchBlock(block)
                }
            }
            (State::Fetching(block), AdoptionInput::Block(true)) => {
                AdoptionStep::TellTortoise(block)
            }
            (State::Validating(_), AdoptionInput::Holds(false))
            | (State::Saving(_), AdoptionInput::Saved(false))
            | (State::Fetching(_), AdoptionInput::Block(false)) => self.validate(),
            (
                State::Asking
                | State::CheckingNeed
                | State::Validating(_)
                | State::Saving(_)
                | State::Fetching(_)
                | State::Over,
                _,
            ) => AdoptionStep::Nothing,
        }
    }

    fn ask(&mut self) -> AdoptionStep {
        if let Some((block, peers)) = self.open.front_mut()
            && let Some(peer) = peers.pop_front()
        {
            self.state = State::Asking;
            return AdoptionStep::Ask {
                peer,
                block: *block,
            };
        }
        if self.found.is_empty() {
            self.state = State::Over;
            return AdoptionStep::Nothing;
        }
        self.state = State::CheckingNeed;
        AdoptionStep::CheckNeed
    }

    fn validate(&mut self) -> AdoptionStep {
        match self.found.pop_front() {
            Some(certificate) => {
                self.state = State::Validating(certificate.clone());
                AdoptionStep::Validate(certificate)
            }
            None => {
                self.state = State::Over;
                AdoptionStep::Nothing
            }
        }
    }
}
