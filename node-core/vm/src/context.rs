//! What a transaction may do to accounts, whatever its version (02 §4.3).
//!
//! Keeps true: a failed action leaves nothing but the fee and the nonce, because every operation checks everything before it writes;
//! arithmetic wraps at 2^64 as in the reference (Trap 1).

use spacemesh_types::{Address, Smidge, transaction::TxHeader};

use crate::{Account, AccountsError, Failure, accounts::load, failure::Stop, staged::Staged};

/// One transaction's view of the accounts.
pub(crate) struct Context<'a, 'base> {
    staged: &'a mut Staged<'base>,
    header: TxHeader,
    principal: Account,
    /// Other accounts that changed, in the order of their first change.
    touched: Vec<Account>,
    fee: u64,
    consumed: u64,
    transferred: u64,
}

/// What a transaction came to, once its changes are staged.
pub(crate) struct Spent {
    pub(crate) gas: u64,
    pub(crate) fee: Smidge,
    /// The principal, then the touched accounts.
    pub(crate) addresses: Vec<Address>,
}

impl<'a, 'base> Context<'a, 'base> {
    /// `principal` is the account's row at the time of parsing.
    pub(crate) fn new(staged: &'a mut Staged<'base>, header: TxHeader, principal: Account) -> Self {
        Self {
            staged,
            header,
            principal,
            touched: Vec::new(),
            fee: 0,
            consumed: 0,
            transferred: 0,
        }
    }

    /// The principal's address.
    pub(crate) fn principal(&self) -> Address {
        self.principal.address
    }

    /// Takes the fee for `gas`, or the whole balance if it is less.
    pub(crate) fn consume(&mut self, gas: u64) -> Result<(), Failure> {
        let amount = gas.wrapping_mul(self.header.gas_price);
        let balance = self.principal.balance.0;
        let paid = amount.min(balance);
        self.consumed = self.consumed.wrapping_add(gas);
        self.fee = self.fee.wrapping_add(paid);
        self.principal.balance = Smidge(balance - paid);
        if amount > balance {
            return Err(Failure::OutOfGas);
        }
        Ok(())
    }

    /// The row of an account as this transaction sees it.
    pub(crate) fn load(&self, address: &Address) -> Result<Account, AccountsError> {
        if *address == self.principal.address {
            return Ok(self.principal.clone());
        }
        match self.touched.iter().find(|row| row.address == *address) {
            Some(row) => Ok(row.clone()),
            None => load(self.staged, address),
        }
    }

    /// Records a changed row. The principal is not counted as touched: it is written in any case.
    pub(crate) fn change(&mut self, account: Account) {
        if account.address == self.principal.address {
            self.principal = account;
            return;
        }
        let known = self.touched.iter_mut();
        match known.into_iter().find(|row| row.address == account.address) {
            Some(row) => *row = account,
            None => self.touched.push(account),
        }
    }

    /// Pays from the principal.
    pub(crate) fn transfer(&mut self, to: &Address, amount: Smidge) -> Result<(), Stop> {
        let mut from = self.principal.clone();
        self.transfer_from(&mut from, to, amount, self.header.max_spend)?;
        self.principal.balance = from.balance;
        Ok(())
    }

    /// Pays from `from`, which the caller records as changed.
    pub(crate) fn transfer_from(
        &mut self,
        from: &mut Account,
        to: &Address,
        amount: Smidge,
        limit: Smidge,
    ) -> Result<(), Stop> {
        let mut receiver = self.load(to)?;
        if amount > from.balance {
            return Err(Failure::NoBalance.into());
        }
        let transferred = self.transferred.wrapping_add(amount.0);
        if transferred > limit.0 {
            return Err(Failure::MaxSpend { limit: limit.0 }.into());
        }
        if from.address == *to {
            return Ok(());
        }
        self.transferred = transferred;
        from.balance = Smidge(from.balance.0 - amount.0);
        receiver.balance = Smidge(receiver.balance.0.wrapping_add(amount.0));
        self.change(receiver);
        Ok(())
    }

    /// Makes `address` an account of `template`. Balance and nonce stay what they are.
    pub(crate) fn spawn(
        &mut self,
        address: &Address,
        template: Address,
        state: Vec<u8>,
    ) -> Result<(), Stop> {
        let mut account = self.load(address)?;
        if account.template.is_some() {
            return Err(Failure::AlreadySpawned.into());
        }
        account.state = state.try_into().map_err(|error| AccountsError {
            address: *address,
            reason: format!("its state would not fit a row: {error}"),
        })?;
        account.template = Some(template);
        self.change(account);
        Ok(())
    }

    /// Stages everything: the principal first, then the touched accounts.
    pub(crate) fn apply(mut self) -> Result<Spent, AccountsError> {
        self.principal.next_nonce = self.header.nonce.wrapping_add(1);
        let addresses = std::iter::once(self.principal.address)
            .chain(self.touched.iter().map(|row| row.address))
            .collect();
        self.staged.put(self.principal)?;
        for row in self.touched {
            self.staged.put(row)?;
        }
        Ok(Spent {
            gas: self.consumed,
            fee: Smidge(self.fee),
            addresses,
        })
    }
}
