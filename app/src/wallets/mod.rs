//! Wallets: their files, accounts, contacts, transactions, signed texts. The session holds the open one.

mod accounts;
mod address;
mod contacts;
mod create;
mod files;
mod import;
mod messages;
mod secrets;
mod stored;
mod transaction_view;
mod transactions;
mod words;

pub(crate) use address::address_view;
pub(crate) use files::{EXTENSION, random};
pub(crate) use stored::StoredTransactions;
