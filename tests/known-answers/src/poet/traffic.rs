//! Recorded HTTP between a node and a PoET service of the reference: each message is read and written as it was sent (04 §7).

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;
use spacemesh_poet::api::{
    Code, InfoResponse, PowParamsResponse, ProofResponse, Refusal, SubmitRequest, SubmitResponse,
    read_message,
};
use spacemesh_poet::client::read_proof;

use crate::{
    files::{Content, File},
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

/// `net-a/poet-http-node1.json.gz`, and `wire/poet-http-*.jsonl.gz` of a recording.
pub(crate) const TRAFFIC: Suite = Suite {
    name: "PoET over HTTP",
    recognises,
    annotations: &[],
    run,
};

fn recognises(file: &File) -> bool {
    let Content::Json(value) = &file.content else {
        return false;
    };
    let path = value.pointer("/0/path").and_then(Value::as_str);
    path.is_some_and(|path| path.starts_with("/v1/")) && value.pointer("/0/request_body").is_some()
}

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in root.items()? {
        row.key("t_ms")?.skip("when, not what");
        row.key("request_headers")?.skip("the transport's");
        row.key("response_headers")?.skip("the transport's");
        let (path, method) = (row.key("path")?.text()?, row.key("method")?);
        let (request, status, response) = (
            row.key("request_body")?,
            row.key("status")?,
            row.key("response_body")?,
        );
        let is_submission = path == "/v1/submit";
        report.equal(
            &method,
            method.text()?,
            if is_submission { "POST" } else { "GET" },
        );
        if is_submission {
            submission(&request, report)?;
        } else {
            report.equal(&request, request.text()?, "{}");
        }
        let written = match (path, status.u64()?) {
            ("/v1/info", 200) => again::<InfoResponse>(&response, report)?,
            ("/v1/pow_params", 200) => again::<PowParamsResponse>(&response, report)?,
            ("/v1/submit", 200) => again::<SubmitResponse>(&response, report)?,
            (_, 200) => {
                let round = path.trim_start_matches("/v1/proofs/");
                report.success(
                    &response,
                    read_proof(response.text()?.as_bytes(), round, &BTreeSet::new()),
                );
                again::<ProofResponse>(&response, report)?
            }
            (_, other) => {
                let refusal = Refusal::new(Code::NotFound, "proof not found");
                report.equal(&status, other, refusal.code.http());
                text(&refusal.body())
            }
        };
        report.equal(&response, response.text()?, written);
    }
    Ok(())
}

/// The message in `node`, as this code writes it.
fn again<T: serde::de::DeserializeOwned + Serialize>(
    node: &Node<'_>,
    report: &mut Report,
) -> Result<String, Malformed> {
    let message = report.success(node, read_message::<T>(node.text()?.as_bytes()));
    Ok(message.map(|message| text(&message)).unwrap_or_default())
}

/// Nodes leave out zeros and put spaces after commas; the fields are the same.
fn submission(node: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let recorded = report.success(node, read_message::<Value>(node.text()?.as_bytes()));
    let message = report.success(node, read_message::<SubmitRequest>(node.text()?.as_bytes()));
    if let (Some(recorded), Some(message)) = (recorded, message) {
        let mut written = serde_json::to_value(&message).unwrap_or_default();
        if let Some(params) = written.get_mut("powParams").and_then(Value::as_object_mut) {
            params.retain(|_, value| value.as_u64() != Some(0));
        }
        report.equal(node, recorded, written);
    }
    Ok(())
}

fn text(message: &impl Serialize) -> String {
    serde_json::to_string(message).unwrap_or_else(|error| error.to_string())
}
