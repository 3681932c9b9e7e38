//! Proof of work, certificates, the signature and the JSON of a registration, and the clock of rounds (04 §1.2, §1.3, §7).

use std::time::Duration;

use serde_json::Value;
use spacemesh_codec::encode;
use spacemesh_crypto::{SigningKey, verify_plain};
use spacemesh_poet::api::{CertificateMessage, SubmitRequest};
use spacemesh_poet::certificate::{Certificate, CertificateError};
use spacemesh_poet::pow::{self, AcceptedPow, PowParams};
use spacemesh_poet::registration::{Authorisation, Policy, TrustedKeys};
use spacemesh_poet::schedule::{Schedule, ticks};
use spacemesh_types::wire::PoetCertificate;
use spacemesh_types::{EdSignature, Hash20, Network, NodeId, Timestamp};

use crate::{
    node::{Malformed, Node},
    report::Report,
};

pub(super) fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in root.key("pow")?.items()? {
        work(&row, report)?;
    }
    certificates(&root.key("certificate")?, report)?;
    let id = root.key("mainnet_genesis_id")?;
    let genesis_id: Hash20 = Hash20(id.hex_array()?);
    report.equal(&id, id.text()?, Network::mainnet().id().to_hex());
    submission(&root.key("submit")?, genesis_id, report)?;
    schedule(root, report)
}

fn text_or_hex(row: &Node<'_>, key: &str) -> Result<Vec<u8>, Malformed> {
    match row.optional(&format!("{key}_ascii")) {
        Some(text) => Ok(text.text()?.as_bytes().to_vec()),
        None => row.key(key)?.hex(),
    }
}

fn work(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let difficulty = row.key("difficulty")?;
    let params = PowParams {
        challenge: text_or_hex(row, "pow_challenge")?,
        difficulty: u32::try_from(difficulty.u64()?)
            .map_err(|_| difficulty.malformed("a number of bits"))?,
    };
    let node_id = NodeId(row.key("node_id")?.hex_array()?);
    let challenge = text_or_hex(row, "poet_challenge")?;
    let nonce = row.key("nonce")?;
    let hash = row.key("hash")?;
    let digest = pow::digest(&params, &node_id, &challenge, nonce.u64()?);
    report.equal_bytes(&hash, &hash.hex()?, &digest);
    let found = pow::search(&params, &node_id, &challenge, 0..u64::MAX, 1, || false);
    report.equal(&nonce, nonce.u64()?, found.unwrap_or_default());
    let accepted = AcceptedPow {
        current: params.clone(),
        previous: None,
    };
    report.success(
        &nonce,
        accepted.verify(&params, &node_id, &challenge, nonce.u64()?),
    );
    let earlier = accepted.verify(&params, &node_id, &challenge, nonce.u64()? - 1);
    report.holds(&nonce, earlier.is_err(), "to be the smallest");
    Ok(())
}

fn certificates(node: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let node_id = NodeId(node.key("node_id")?.hex_array()?);
    let key = SigningKey::from_seed(&node.key("certifier_seed")?.hex_array()?);
    let public = node.key("certifier_pubkey")?;
    report.equal_bytes(&public, &public.hex()?, key.public_key().as_bytes());
    let hint = node.key("hint")?;
    let hint_bytes: [u8; 4] = hint.hex_array()?;
    report.holds(
        &hint,
        key.public_key().as_bytes().starts_with(&hint_bytes),
        "to begin the key",
    );
    for row in node.key("certs")?.items()? {
        let expiration = match row.optional("expiration") {
            Some(seconds) => Some(seconds.u64()?),
            None => None,
        };
        let certificate = Certificate::issue(&key, &node_id, expiration);
        let data = row.key("data")?;
        report.equal_bytes(&data, &data.hex()?, &certificate.data);
        report.equal_bytes(
            &row.key("data_base64")?,
            &row.key("data_base64")?.base64()?,
            &certificate.data,
        );
        let signature = row.key("signature")?;
        report.equal_bytes(&signature, &signature.hex()?, &certificate.signature.0);
        if let Some(content) = report.success(&data, certificate.content()) {
            report.equal_bytes(&data, &data.hex()?, &encode::<PoetCertificate>(&content));
        }
        let at =
            |seconds: u64| Timestamp::from_unix_seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
        let trusted = |now: Timestamp| {
            certificate.verify_by_trusted(
                None,
                &[key.public_key()],
                Some(hint_bytes),
                &node_id,
                now,
            )
        };
        let last = expiration.unwrap_or(u64::MAX >> 1);
        report.holds(
            &row,
            trusted(at(last.min(1 << 40))) == Ok(expiration),
            "to hold to the end",
        );
        if let Some(expiration) = expiration {
            let late = certificate.verify(&key.public_key(), &node_id, at(expiration + 1));
            report.holds(&row, late == Err(CertificateError::Expired), "to expire");
        }
        let other = certificate.verify(&key.public_key(), &NodeId([7; 32]), at(0));
        report.holds(
            &row,
            other == Err(CertificateError::OtherIdentity),
            "to be for one identity",
        );
    }
    Ok(())
}

fn submission(node: &Node<'_>, genesis_id: Hash20, report: &mut Report) -> Result<(), Malformed> {
    let key = SigningKey::from_seed(&node.key("node_seed")?.hex_array()?);
    let node_id = node.key("node_id")?;
    report.equal_bytes(&node_id, &node_id.hex()?, key.public_key().as_bytes());
    let prefix = node.key("prefix")?;
    let challenge = node.key("challenge")?;
    let signed = node.key("signed_bytes")?;
    let together = [prefix.hex()?, challenge.hex()?].concat();
    report.equal_bytes(
        &prefix,
        &prefix.hex()?,
        &[genesis_id.0.as_slice(), &[4]].concat(),
    );
    report.equal_bytes(&signed, &signed.hex()?, &together);
    let signature = node.key("signature")?;
    report.equal_bytes(
        &signature,
        &signature.hex()?,
        &key.sign_plain(&[&together]).0,
    );
    let recorded = EdSignature(signature.hex_array()?);
    report.success(
        &signature,
        verify_plain(&key.public_key(), &[&together], &recorded),
    );

    // The certifier of the file: the same seed as in its certificates.
    let certifier = SigningKey::from_seed(&std::array::from_fn(|i| i as u8)).public_key();
    let pow_params = PowParams {
        challenge: (200..232).collect(),
        difficulty: 10,
    };
    let accepted = AcceptedPow {
        current: pow_params,
        previous: None,
    };
    let policy = Policy {
        genesis_id: Some(genesis_id),
        certification: Some(TrustedKeys {
            configured: Some(certifier),
            further: Vec::new(),
        }),
        certificates_only: false,
    };
    for key in ["json_with_certificate", "json_with_pow"] {
        let body = node.key(key)?;
        let value: &Value = body.value();
        let parsed: Option<SubmitRequest> =
            report.success(&body, serde_json::from_value(value.clone()));
        let Some(request) = parsed else { continue };
        report.equal_bytes(&body, &challenge.hex()?, &request.challenge.0);
        report.equal_bytes(&body, &prefix.hex()?, &request.prefix.0);
        report.equal_bytes(&body, &node_id.hex()?, &request.pubkey.0);
        report.equal_bytes(&body, &signature.hex()?, &request.signature.0);
        let deadline = request.deadline.map(|deadline| deadline.to_string());
        report.equal(&body, "2024-09-19T20:00:00Z", deadline.unwrap_or_default());
        let written = report.success(&body, serde_json::to_value(&request));
        report.holds(
            &body,
            written.as_ref() == Some(value),
            "to be written the same way",
        );
        let at = Timestamp::from_unix_seconds(1_726_000_000);
        let checked = policy.check(&request, &accepted, at);
        let by = match &request.certificate {
            Some(CertificateMessage { .. }) => Authorisation::Certificate,
            None => Authorisation::Pow,
        };
        let registration = report.success(&body, checked.map_err(|refusal| refusal.message));
        let authorised = registration.is_some_and(|registration| registration.by == by);
        report.holds(&body, authorised, "to be authorised by what it carries");
    }
    Ok(())
}

fn schedule(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let hours = |hours: u64| Duration::from_secs(3600 * hours);
    let genesis = Network::mainnet().genesis.time;
    let schedule = Schedule::new(genesis, hours(336), hours(240), hours(12))
        .map_err(|error| root.malformed(error))?;
    for row in root.key("schedule_mainnet")?.items()? {
        let number = row.key("round")?;
        let round = u32::try_from(number.u64()?).map_err(|_| number.malformed("a round"))?;
        let (start, end) = (row.key("start")?, row.key("end")?);
        report.equal(&start, start.text()?, schedule.round_start(round));
        report.equal(&end, end.text()?, schedule.round_end(round));
        for (key, epochs) in [("publish_epoch", 1), ("target_epoch", 2)] {
            let epoch = row.key(key)?;
            report.equal(&epoch, epoch.u64()?, round + epochs);
        }
    }
    for row in root.key("open_round_mainnet")?.items()? {
        let at = row.key("at")?;
        let now = Timestamp::parse_rfc3339(at.text()?).map_err(|error| at.malformed(error))?;
        let round = row.key("round")?;
        report.equal(&round, round.u64()?, schedule.open_round(now));
    }
    // 04 §1.2.
    let tick_size = 9_331_200;
    for row in root.key("ticks_mainnet")?.items()? {
        let expected = row.key("ticks")?;
        let leaves = row.key("leaves")?.u64()?;
        report.equal(&expected, expected.u64()?, ticks(leaves, tick_size));
    }
    Ok(())
}
