//! One run of the app for one command: open the data folder, unlock the wallet if the command needs it, call.

use std::cell::RefCell;
use std::path::PathBuf;

use serde_json::{Value, json};
use spacemesh_app::view::ErrorView;
use spacemesh_app::{App, ErrorCode, Options};
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use crate::exit::{CliError, Exit};
use crate::output::{Output, text};
use crate::secrets::PasswordSource;

/// An open app and what the command line said about the wallet.
pub(super) struct Session {
    app: App,
    runtime: Runtime,
    wallet: Option<String>,
    pub(super) secrets: PasswordSource,
    pub(super) output: Output,
    /// Typed once, used again by commands that ask for it a second time.
    password: RefCell<Option<Zeroizing<String>>>,
}

impl Session {
    pub(super) fn open(
        data_folder: Option<PathBuf>,
        wallet: Option<String>,
        secrets: PasswordSource,
        output: Output,
    ) -> Result<Self, CliError> {
        let runtime = crate::serve::runtime()?;
        let options = Options {
            data_folder,
            ..Options::default()
        };
        let app = {
            // Opening may go on with tasks, which live on the runtime.
            let _inside = runtime.enter();
            App::open(options).map_err(|error| app_error(&error.view()))?
        };
        Ok(Self {
            app,
            runtime,
            wallet,
            secrets,
            output,
            password: RefCell::new(None),
        })
    }

    /// Calls a command of the app.
    pub(super) fn call(&self, name: &str, args: Value) -> Result<Value, CliError> {
        self.runtime
            .block_on(self.app.call(name, args))
            .map_err(|error| app_error(&error))
    }

    /// Calls a command that needs an unlocked wallet.
    pub(super) fn call_unlocked(&self, name: &str, args: Value) -> Result<Value, CliError> {
        self.unlock()?;
        self.call(name, args)
    }

    /// Calls a command and prints its answer: as it is for a program, through `show` for a person.
    pub(super) fn print(&self, answer: &Value, show: impl FnOnce(&Value) -> String) {
        self.output.result(answer, || show(answer));
    }

    /// Unlocks the chosen wallet, once.
    pub(super) fn unlock(&self) -> Result<(), CliError> {
        if self.password.borrow().is_some() {
            return Ok(());
        }
        let wallet = self.chosen()?;
        let password = self
            .secrets
            .password(&format!("Password of {}: ", text(&wallet, "name")))?;
        self.call(
            "unlock",
            json!({ "wallet": text(&wallet, "id"), "password": password.as_str() }),
        )?;
        *self.password.borrow_mut() = Some(password);
        Ok(())
    }

    /// The password of the unlocked wallet, for commands that want it again.
    pub(super) fn password(&self) -> Result<Zeroizing<String>, CliError> {
        self.unlock()?;
        Ok(self.password.borrow().clone().unwrap_or_default())
    }

    /// A wallet that was just made is unlocked with this.
    pub(super) fn made_with(&self, password: Zeroizing<String>) {
        *self.password.borrow_mut() = Some(password);
    }

    /// The row of the wallet that `--wallet` names, or of the only one.
    pub(super) fn chosen(&self) -> Result<Value, CliError> {
        let wallets = self.call("wallets", Value::Null)?;
        let wallets = wallets.as_array().cloned().unwrap_or_default();
        let not_found =
            |message: String| CliError::new(Exit::NotFound, "wallet_not_found", message);
        let names = || {
            wallets
                .iter()
                .map(|wallet| text(wallet, "name"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        match &self.wallet {
            Some(wanted) => {
                let mut fitting = wallets.iter().filter(|wallet| {
                    text(wallet, "id") == wanted || text(wallet, "name") == wanted
                });
                match (fitting.next(), fitting.next()) {
                    (Some(only), None) => Ok(only.clone()),
                    (Some(_), Some(_)) => Err(not_found(format!(
                        "several wallets are called {wanted:?}; name one by its id (`wallet list`)"
                    ))),
                    (None, _) => Err(not_found(format!(
                        "there is no wallet {wanted:?}; there are: {}",
                        names()
                    ))),
                }
            }
            None => match &wallets[..] {
                [only] => Ok(only.clone()),
                [] => Err(not_found(
                    "there is no wallet yet; `spacemesh wallet create` makes one".to_owned(),
                )),
                _ => Err(not_found(format!(
                    "there are several wallets ({}); choose one with --wallet",
                    names()
                ))),
            },
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _inside = self.runtime.enter();
        self.app.stop();
    }
}

/// An error of the app with its exit code.
pub(crate) fn app_error(error: &ErrorView) -> CliError {
    use ErrorCode as E;
    let exit = match error.code {
        E::Locked
        | E::WrongPassword
        | E::TooManyAttempts
        | E::PasswordNeeded
        | E::PasswordTooShort => Exit::Password,
        E::WalletNotFound
        | E::AccountNotFound
        | E::ContactNotFound
        | E::TransactionNotFound
        | E::FileNotFound
        | E::IdentityNotFound => Exit::NotFound,
        E::WalletDamaged
        | E::DataDamaged
        | E::MetadataDamaged
        | E::ProofInvalid
        | E::OtherNetworkSignature
        | E::SettingsDamaged => Exit::Damaged,
        E::DiskFull
        | E::ReadOnly
        | E::IoFailed
        | E::NoPermission
        | E::NotEnoughSpace
        | E::BackupFailed => Exit::Disk,
        E::FolderInUse | E::DataFolderInUse => Exit::InUse,
        E::NoProvider | E::DeviceLost | E::WrongLabels | E::WorkerDied | E::PowUnavailable => {
            Exit::Device
        }
        E::Internal => Exit::Failed,
        _ => Exit::Input,
    };
    CliError {
        exit,
        code: error.code.name(),
        message: error.message.clone(),
        advice: Some([error.cost.clone(), error.remedy.clone()]),
    }
}
