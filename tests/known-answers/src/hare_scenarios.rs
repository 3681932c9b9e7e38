//! Scenarios of the hare state machine (`07-hare-scenarios.json`): what is fed in, and everything that must come out.

use spacemesh_consensus::hare::{AtxGrade, Instance, InstanceMessage, Output, Round, Vote};
use spacemesh_types::{
    EdSignature, Hash32, LayerId, NodeId, ProposalId, VrfSignature,
    wire::{HareEligibility, IterRound, proposal_set_hash},
};

use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "hare-scenarios",
    recognises: |file| file.has("reference_scenarios"),
    annotations: &[
        "conventions",
        "why",
        "derived_scenarios_note",
        "asserted_by_reference",
        "expect_asserted_by_reference",
    ],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for kind in ["reference_scenarios", "derived_scenarios"] {
        for scenario in root.key(kind)?.items()? {
            scenario.key("name")?.text()?;
            let threshold = number(&scenario.key("threshold")?)?;
            let mut instance = Instance::new(threshold);
            instance.set_initial(proposals(&scenario.key("initial")?)?);
            for step in scenario.key("steps")?.items()? {
                report.equal(
                    &step,
                    at_text(at(&step.key("at")?)?),
                    at_text(instance.at()),
                );
                let expect = step.key("expect")?;
                match step.key("op")?.text()? {
                    "next" => compare_output(&expect, instance.execute(), report)?,
                    "input" => input(&step, &expect, &mut instance, report)?,
                    _ => return Err(step.malformed("the operation next or input")),
                }
            }
        }
    }
    Ok(())
}

fn input(
    step: &Node<'_>,
    expect: &Node<'_>,
    instance: &mut Instance,
    report: &mut Report,
) -> Result<(), Malformed> {
    let optional_number = |key: &str| step.optional(key).map(|value| value.u64()).transpose();
    let round = round(&step.key("round")?)?;
    let iter = u8::try_from(optional_number("iter")?.unwrap_or(0)).unwrap_or(u8::MAX);
    let mut proof = [0; VrfSignature::SIZE];
    if let Some(vrf) = step.optional("vrf") {
        for (byte, value) in proof.iter_mut().zip(vrf.items()?) {
            *byte = u8::try_from(value.u64()?).unwrap_or(u8::MAX);
        }
    }
    let reference = step.optional("reference_of").map(|ids| proposals(&ids));
    let sent = step.optional("proposals").map(|ids| proposals(&ids));
    let hash = match step.optional("hash") {
        Some(name) => Hash32(padded(name.text()?)),
        None => Hash32::ZERO,
    };
    let message = InstanceMessage {
        layer: LayerId(1),
        at: round.of(iter),
        sender: NodeId(padded(step.key("sender")?.text()?)),
        hash,
        proposals: sent.transpose()?.unwrap_or_default(),
        reference: reference.transpose()?.map(|ids| proposal_set_hash(&ids)),
        eligibility: HareEligibility {
            proof: VrfSignature(proof),
            count: u16::try_from(optional_number("count")?.unwrap_or(0)).unwrap_or(u16::MAX),
        },
        signature: EdSignature::ZERO,
        atx_grade: AtxGrade(u8::try_from(optional_number("grade")?.unwrap_or(5)).unwrap_or(0)),
        malicious: match step.optional("malicious") {
            Some(malicious) => malicious.bool()?,
            None => false,
        },
    };
    let dropped = instance.would_drop(message.at, message.sender, message.hash);
    let intake = instance.input(&message);
    let gossip = expect.key("gossip")?;
    report.equal(&gossip, gossip.bool()?, intake.forward);
    report.equal(&gossip, !intake.forward, dropped);
    let equivocation = expect.key("equivocation")?;
    report.equal(
        &equivocation,
        equivocation.bool()?,
        intake.equivocation.is_some(),
    );
    Ok(())
}

/// Everything that a round gives, and nothing besides.
fn compare_output(expect: &Node<'_>, output: Output, report: &mut Report) -> Result<(), Malformed> {
    let expected_coin = expect
        .optional("coin")
        .map(|coin| coin.bool())
        .transpose()?;
    report.equal(
        expect,
        format!("{expected_coin:?}"),
        format!("{:?}", output.coin),
    );
    let result = expect.optional("result").map(|ids| proposals(&ids));
    report.equal(
        expect,
        format!("{:?}", result.transpose()?),
        format!("{:?}", output.result),
    );
    let terminated = match expect.optional("terminated") {
        Some(terminated) => terminated.bool()?,
        None => false,
    };
    report.equal(expect, terminated, output.terminated);
    let expected = match expect.optional("message") {
        None => None,
        Some(message) => {
            let iter = number(&message.key("iter")?)?;
            let at = round(&message.key("round")?)?.of(u8::try_from(iter).unwrap_or(u8::MAX));
            let vote = match message.optional("reference") {
                Some(reference) => {
                    let reference = Hash32(reference.hex_array()?);
                    if let Some(of) = message.optional("reference_of") {
                        report.equal(&of, reference, proposal_set_hash(&proposals(&of)?));
                    }
                    Vote::Reference(reference)
                }
                None => Vote::Proposals(proposals(&message.key("proposals")?)?),
            };
            Some((at, vote))
        }
    };
    report.equal(
        expect,
        format!("{expected:?}"),
        format!("{:?}", output.message),
    );
    Ok(())
}

fn number(node: &Node<'_>) -> Result<u16, Malformed> {
    u16::try_from(node.u64()?).map_err(|_| node.malformed("a number below 2^16"))
}

fn proposals(node: &Node<'_>) -> Result<Vec<ProposalId>, Malformed> {
    let ids = node.items()?;
    ids.iter()
        .map(|id| Ok(ProposalId(padded(id.text()?))))
        .collect()
}

/// The bytes of a name, and zeros after them.
fn padded<const N: usize>(name: &str) -> [u8; N] {
    let mut bytes = [0; N];
    for (to, &from) in bytes.iter_mut().zip(name.as_bytes()) {
        *to = from;
    }
    bytes
}

fn round(node: &Node<'_>) -> Result<Round, Malformed> {
    let name = node.text()?;
    Round::ALL
        .into_iter()
        .find(|round| format!("{round:?}").to_lowercase() == name)
        .ok_or_else(|| node.malformed("the name of a round"))
}

fn at(node: &Node<'_>) -> Result<IterRound, Malformed> {
    let iter = number(&node.at(0)?)?;
    Ok(round(&node.at(1)?)?.of(u8::try_from(iter).unwrap_or(u8::MAX)))
}

fn at_text(at: IterRound) -> String {
    format!("iteration {} round {}", at.iter, at.round)
}
