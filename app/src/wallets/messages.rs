//! Signed texts: a key proves itself.

use std::sync::Arc;

use spacemesh_types::transaction::SpawnArgs;
use spacemesh_wallet::{SIGNED_TEXT_BYTES_MAX, SignedText as Signed, SignedTextError, TextForm};

use super::{address::known_name, secrets::find_key};
use crate::{
    app::Inner,
    error::{AppError, ErrorCode},
    session::{file_error, sentence},
    view::{Sentence, SignTextArgs, SignedText, VerifiedText, VerifyTextArgs},
};

impl Inner {
    pub(crate) fn sign_text(self: &Arc<Self>, args: SignTextArgs) -> Result<SignedText, AppError> {
        if args.text.len() > SIGNED_TEXT_BYTES_MAX {
            return Err(AppError::new(ErrorCode::TextTooLong).field("text"));
        }
        let network = self.network_in_use();
        let signed = self.with_signing(args.password.as_ref(), |open, keyring| {
            let key = find_key(open, &network, &args.key)?;
            let seed = open.file.seed(keyring, &key).map_err(file_error)?;
            Signed::sign(seed, &args.text).map_err(|error| {
                AppError::with(ErrorCode::TextTooLong, sentence(&error.to_string())).field("text")
            })
        })?;
        Ok(SignedText {
            json: signed.to_json(),
            note: Sentence::new(
                "sign.proves_a_key",
                "A signature proves a key, not an account with several signers.",
                [],
            ),
            public_key: signed.public_key,
            text: signed.text,
            signature: signed.signature,
        })
    }

    pub(crate) fn verify_text(
        self: &Arc<Self>,
        args: VerifyTextArgs,
    ) -> Result<VerifiedText, AppError> {
        let unreadable = |error: SignedTextError| {
            AppError::with(ErrorCode::NotASignedText, sentence(&error.to_string())).field("json")
        };
        let signed = Signed::from_json(&args.json).map_err(unreadable)?;
        let network = self.network_in_use();
        let key =
            spacemesh_types::PublicKey::from_hex(signed.public_key.trim().trim_start_matches("0x"))
                .map_err(|_| {
                    AppError::with(ErrorCode::NotASignedText, "The public key can't be read.")
                        .field("json")
                })?;
        let address = SpawnArgs::Wallet(key).address();
        let session = self.session_state();
        let name = session
            .open
            .as_ref()
            .and_then(|open| known_name(open.file.contents(), &address));
        drop(session);
        let shown = address.to_bech32(network.hrp());
        let who = name
            .clone()
            .unwrap_or_else(|| super::address_view(&address, network.hrp()).short);
        Ok(match signed.verify() {
            Ok(verified) => VerifiedText {
                valid: true,
                sentence: Sentence::new(
                    "verify.valid",
                    format!("The signature fits: {who} signed this text."),
                    [("who", who)],
                ),
                form: Some(form(verified.form).to_owned()),
                text: verified.text,
                public_key: key.to_hex(),
                address: shown,
                name,
            },
            Err(_) => VerifiedText {
                valid: false,
                sentence: Sentence::new(
                    "verify.invalid",
                    "The signature does not fit: the text was altered, or another key signed it.",
                    [],
                ),
                form: None,
                text: signed.text,
                public_key: key.to_hex(),
                address: shown,
                name,
            },
        })
    }
}

fn form(form: TextForm) -> &'static str {
    match form {
        TextForm::Prefixed => "prefixed",
        TextForm::Plain => "plain",
        TextForm::Trimmed => "trimmed",
    }
}
