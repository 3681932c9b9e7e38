//! `spacemesh poet certifier`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use post_gpu::cpu::LabelKernel;
use post_gpu::k2pow::{RandomX, RandomXMode, RandomXOptions};
use post_gpu::proof::{Proof, ProofSubject};
use post_gpu::verify::{Mode, Verifier};
use serde_json::json;
use spacemesh_crypto::SigningKey;
use spacemesh_poet::api::Base64;
use spacemesh_poet::certifier::{
    CertifierConfig, CertifierLimits, CertifierServer, Condition, PostVerifier, ShownPost,
};
use spacemesh_poet::service::wall_clock;
use spacemesh_types::config::parse_duration;
use tokio::sync::Notify;
use zeroize::Zeroizing;

use crate::exit::{CliError, Exit, io_exit};
use crate::output::{Output, facts};
use crate::post::NetworkArgs;
use crate::serve::runtime;
use crate::stop;

#[derive(Args, Debug)]
#[command(
    after_help = "Make the key with `spacemesh poet generate-key`, give its public half to services as certifier-pubkey and this address as
certifier-url."
)]
pub(crate) struct CertifierArgs {
    /// Address to listen on
    #[arg(long, value_name = "HOST:PORT", env = "CERTIFIER_LISTEN")]
    listen: String,
    /// File with the secret key
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
    /// How long certificates hold, for example 336h (default: for ever)
    #[arg(
        long,
        value_name = "DURATION",
        env = "CERTIFIER_CERTIFICATE_EXPIRATION"
    )]
    certificate_expiration: Option<String>,
    #[command(flatten)]
    network: NetworkArgs,
    /// Memory for RandomX: light takes 256 MiB, fast 2080 MiB and a tenth of the time
    #[arg(
        long,
        value_enum,
        default_value = "light",
        env = "CERTIFIER_RANDOMX_MODE"
    )]
    randomx_mode: RandomXName,
    /// Proofs that are verified at once (default: one per processor)
    #[arg(long, value_name = "N")]
    max_concurrent_requests: Option<usize>,
    /// Requests that may wait for that
    #[arg(long, value_name = "N", default_value_t = 64)]
    max_pending_requests: usize,
    /// Most bytes of a request
    #[arg(long, value_name = "BYTES", default_value_t = 1024)]
    max_body_size: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RandomXName {
    Light,
    Fast,
}

/// Verifies all indices of a proof.
struct AllIndices(Verifier);

impl PostVerifier for AllIndices {
    fn verify(&self, post: &ShownPost) -> Result<(), String> {
        let proof = Proof {
            nonce: post.nonce,
            indices: post.indices.clone(),
            pow: post.pow,
        };
        let subject = ProofSubject {
            node_id: post.node_id.0,
            commitment_atx_id: post.commitment_atx,
            challenge: post.challenge,
            num_units: post.num_units,
        };
        self.0
            .verify(&proof, &subject, Mode::All)
            .map_err(|error| error.to_string())
    }
}

pub(crate) fn run(args: &CertifierArgs, output: Output) -> Result<(), CliError> {
    let key = read_key(&args.key_file)?;
    let expiration = args.certificate_expiration.as_deref().map(|text| {
        let nanos = parse_duration(text)
            .ok()
            .and_then(|nanos| u64::try_from(nanos).ok());
        nanos.map(Duration::from_nanos).ok_or_else(|| {
            CliError::new(
                Exit::Usage,
                "usage",
                format!("--certificate-expiration: {text:?} is no duration such as 336h"),
            )
        })
    });
    let expiration = expiration.transpose()?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let options = match args.randomx_mode {
        RandomXName::Light => RandomXOptions::LIGHT,
        RandomXName::Fast => RandomXOptions {
            mode: RandomXMode::Fast,
            threads,
            ..RandomXOptions::LIGHT
        },
    };
    let randomx =
        RandomX::new(&options).map_err(|error| CliError::chain(Exit::Device, "randomx", &error))?;
    let verifier = Verifier::new(
        args.network.params(),
        Arc::new(randomx),
        LabelKernel::detect_best(),
    );
    let public_key = Base64::from(key.public_key()).to_string();
    let config = CertifierConfig {
        key,
        expiration,
        condition: Condition::Post(Arc::new(AllIndices(verifier))),
        limits: CertifierLimits {
            concurrent_max: args.max_concurrent_requests.unwrap_or(threads),
            pending_max: args.max_pending_requests,
            body_bytes_max: args.max_body_size,
        },
    };
    runtime()?.block_on(async {
        let server = CertifierServer::start(&args.listen, config, wall_clock())
            .await
            .map_err(|error| {
                CliError::new(
                    Exit::InUse,
                    "listen",
                    format!("cannot listen on {}: {error}", args.listen),
                )
            })?;
        let address = server.address().to_string();
        let listening =
            json!({ "event": "listening", "address": address, "public_key": public_key });
        output.result(&listening, || {
            facts(&[
                ("address", format!("http://{address}")),
                ("public key", public_key.clone()),
            ])
        });
        let stopped = Arc::new(Notify::new());
        let stopper = Arc::clone(&stopped);
        stop::on_signal(move || stopper.notify_one())?;
        stopped.notified().await;
        server.stop().await;
        Ok(())
    })
}

/// The seed in base64; the form with the public key behind it is read too.
fn read_key(file: &std::path::Path) -> Result<SigningKey, CliError> {
    let text = std::fs::read_to_string(file).map(Zeroizing::new);
    let text = text.map_err(|error| {
        CliError::new(
            io_exit(&error),
            "file",
            format!("cannot read {}: {error}", file.display()),
        )
    })?;
    let bytes = Base64::parse(text.trim()).map(|bytes| Zeroizing::new(bytes.0));
    let key = bytes.and_then(|bytes| match bytes.len() {
        SigningKey::SEED_SIZE => Some(SigningKey::from_seed(bytes.as_slice().try_into().ok()?)),
        _ => SigningKey::from_pair(bytes.as_slice().try_into().ok()?).ok(),
    });
    key.ok_or_else(|| {
        CliError::new(
            Exit::Input,
            "key",
            format!(
                "{} holds no key: expected base64 of 32 bytes",
                file.display()
            ),
        )
    })
}
