//! The ledger: accounts, templates, gas, rewards and the mempool's rules (chapter 02).
