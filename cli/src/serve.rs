//! `spacemesh app`: the same interface as in the window, served to a browser on this computer.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use clap::Args;
use serde_json::json;
use spacemesh_app::http::Server;
use spacemesh_app::{App, Options};
use tokio::runtime::Runtime;
use tokio::sync::Notify;

use crate::exit::{CliError, Exit};
use crate::output::Output;
use crate::stop;
use crate::wallet::app_error;

#[derive(Args, Debug)]
#[command(
    after_help = "Only this computer can reach it. The printed address holds a token that opens one browser, once; press Enter in this
terminal for another address. What runs goes on at the next start."
)]
pub(crate) struct ServeArgs {
    /// Port on the loopback address; 0 takes any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// Open the address in the default browser
    #[arg(long)]
    open: bool,
}

pub(crate) fn run(
    args: &ServeArgs,
    data_folder: Option<PathBuf>,
    output: Output,
) -> Result<(), CliError> {
    let runtime = runtime()?;
    runtime.block_on(serve(args, data_folder, output))
}

async fn serve(
    args: &ServeArgs,
    data_folder: Option<PathBuf>,
    output: Output,
) -> Result<(), CliError> {
    let app = App::open(Options {
        data_folder,
        in_browser: true,
        ..Options::default()
    })
    .map_err(|error| app_error(&error.view()))?;
    let clock = app.run_clock();
    let server = Server::bind(app.clone(), args.port)
        .await
        .map_err(|error| app_error(&error.view()))?;
    let addresses = server.addresses();
    let address = addresses.fresh();
    output.result(&json!({ "event": "listening", "address": address, "port": server.port() }), || {
        format!("Smapp is served at\n\n  {address}\n\nto one browser on this computer. Ctrl-C ends it.\n")
    });
    if args.open && !open(&address) {
        output.note("no browser could be started; open the address by hand");
    }
    let stopped = Arc::new(Notify::new());
    let stopper = Arc::clone(&stopped);
    stop::on_signal(move || stopper.notify_one())?;
    // A person who needs a second browser presses Enter; scripts have closed standard input.
    let more = std::thread::Builder::new()
        .name("more-addresses".to_owned())
        .spawn(move || {
            for line in std::io::stdin().lines() {
                if line.is_err() {
                    break;
                }
                let address = addresses.fresh();
                output.result(&json!({ "event": "address", "address": address }), || {
                    format!("  {address}\n")
                });
            }
        });
    if let Err(error) = more {
        tracing::warn!(%error, "no further addresses can be asked for");
    }
    let result = server
        .run(async move { stopped.notified().await })
        .await
        .map_err(|error| app_error(&error.view()));
    drop(clock);
    let stopping = tokio::task::spawn_blocking(move || app.stop());
    stopping
        .await
        .map_err(|error| CliError::new(Exit::Failed, "stop", error))?;
    result
}

fn open(address: &str) -> bool {
    let (program, first): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    Command::new(program)
        .args(first)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .is_ok()
}

/// The threads on which the app works.
pub(crate) fn runtime() -> Result<Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            CliError::new(
                Exit::Failed,
                "runtime",
                format!("cannot start threads: {error}"),
            )
        })
}
