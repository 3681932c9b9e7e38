//! Consensus as pure machines: eligibility, beacon, hare, certifier and tortoise (chapters 06–08).

pub mod beacon; // the randomness of an epoch: protocol, ballots, bootstrap, 06 §2 to §4
pub mod blocks; // from a result of hare to a block, 07 §7.15 to §7.17
pub mod certifier; // signatures of a committee under a layer's block, 07 §7.18 to §7.20
pub mod eligibility; // slots of ballots, seats of committees, 06 §7 and §9
pub mod fixed; // the arithmetic that committees are drawn with, 06 §10
pub mod hare; // agreement on a layer's proposals, 07 §7.1 to §7.14
pub mod mesh; // which block of a layer is applied, when the state goes back, 08 §13
pub mod proposals; // ballots and proposals: intake, active sets, builder, 06 §5 to §8
pub mod tortoise; // counting votes: one answer per layer, 08 §1 to §12
pub mod verdict; // what becomes of a message
