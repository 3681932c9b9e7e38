//! Consensus as pure machines: eligibility, beacon, hare, certifier and tortoise (chapters 06–08).
