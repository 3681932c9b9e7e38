//! Thresholds, vote bits, beacons from proposals, and one message of every topic.

use std::collections::BTreeSet;

use spacemesh_codec::encode;
use spacemesh_consensus::beacon::{
    Threshold, atx_threshold, beacon_of, decode_votes, encode_votes, vote_threshold,
};
use spacemesh_crypto::{Domain, SigningKey, VrfSignature, weak_coin_bit};
use spacemesh_types::{
    EpochId, Hash20, RoundId, VrfNonce,
    config::Rational,
    sum,
    wire::{
        BeaconProposalMessage, BeaconProposalValue, BeaconVrfInput, FirstVotingMessage,
        FirstVotingMessageBody, FollowingVotingMessage, FollowingVotingMessageBody,
        WeakCoinMessage, WeakCoinVrfInput,
    },
};

use super::number;
use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "beacon",
    recognises: |file| file.has("atx_threshold"),
    annotations: &["origin"],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for (section, node) in root.fields()? {
        match section {
            "atx_threshold" => thresholds(&node, report)?,
            "proposal_list_hash" => beacons(&node, report)?,
            "vote_bits" => vote_bits(&node, report)?,
            "voting_threshold" => voting_thresholds(&node, report)?,
            "vrf_messages" => vrf_messages(&node, report)?,
            "messages" => messages(&node, report)?,
            // Left unread, which is reported for each of its values.
            _ => {}
        }
    }
    Ok(())
}

fn rational(node: &Node<'_>) -> Result<Rational, Malformed> {
    let text = node.text()?;
    text.parse().map_err(|error| node.malformed(error))
}

fn thresholds(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let kappa = section.key("kappa")?.u64()?;
    let q = rational(&section.key("q")?)?;
    for row in section.key("rows")?.items()? {
        let threshold = match atx_threshold(kappa, q, row.at(0)?.u64()?) {
            Threshold::All => "everything".to_owned(),
            Threshold::Below(bytes) => hex::encode(bytes),
        };
        let top = row.at(1)?;
        // The file tells the highest ten bytes, all others are zero.
        let mut expected = format!("{:0>20}", top.text()?);
        expected.push_str(&"0".repeat(2 * VrfSignature::SIZE - 20));
        report.equal(&top, expected, threshold);
        row.at(2)?.text()?;
    }
    Ok(())
}

fn values(text: &str, node: &Node<'_>) -> Result<BTreeSet<BeaconProposalValue>, Malformed> {
    let value =
        |text: &str| BeaconProposalValue::from_hex(text).map_err(|error| node.malformed(error));
    text.split_whitespace().map(value).collect()
}

fn beacons(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in section.key("rows")?.items()? {
        let values = values(row.at(0)?.text()?, &row)?;
        let (hash, beacon) = (row.at(1)?, row.at(2)?);
        report.equal(&hash, hash.text()?, sum(&values));
        let actual = beacon_of(&values).unwrap_or_default();
        report.equal(&beacon, beacon.text()?, actual);
    }
    Ok(())
}

fn vote_bits(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let mut list = Vec::new();
    for value in section.key("first_round_list")?.items()? {
        list.push(BeaconProposalValue(value.hex_array()?));
    }
    for row in section.key("rows")?.items()? {
        let mut support = BTreeSet::new();
        let text = row.at(0)?.text()?;
        for index in text.split_whitespace().filter(|_| text != "(none)") {
            let index: usize = index.parse().map_err(|_| row.malformed("indexes"))?;
            support.extend(list.get(index));
        }
        let bytes = row.at(1)?;
        let encoded = encode_votes(&list, &support);
        report.equal_bytes(&bytes, &bytes.hex()?, &encoded);
        let supported = decode_votes(&list, &encoded);
        let decoded: BTreeSet<_> = supported
            .filter(|(_, support)| *support)
            .map(|(value, _)| value)
            .collect();
        report.holds(&bytes, decoded == support, "the votes that were encoded");
    }
    Ok(())
}

fn voting_thresholds(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in section.key("rows")?.items()? {
        let threshold = vote_threshold(rational(&row.at(0)?)?, row.at(1)?.u64()?);
        report.equal(&row.at(2)?, row.at(2)?.u64()?, threshold);
    }
    Ok(())
}

fn vrf_messages(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in section.key("rows")?.items()? {
        let text = row.at(0)?.text()?;
        let field = |name: &str| {
            let mut words = text.split_whitespace();
            words.find(|word| *word == name)?;
            words.next()?.parse::<u32>().ok()
        };
        let (Some(epoch), Some(nonce)) = (field("epoch"), field("nonce")) else {
            return Err(row.malformed("an epoch and a nonce"));
        };
        let (epoch, nonce) = (EpochId(epoch), VrfNonce(nonce.into()));
        let alpha = match (field("round"), field("unit")) {
            (Some(round), Some(unit)) => {
                WeakCoinVrfInput::new(nonce, epoch, RoundId(round), unit).alpha()
            }
            _ => BeaconVrfInput::new(nonce, epoch).alpha(),
        };
        report.equal_bytes(&row.at(1)?, &row.at(1)?.hex()?, &alpha);
    }
    Ok(())
}

fn listed(node: &Node<'_>) -> Result<Vec<BeaconProposalValue>, Malformed> {
    let value = |node: &Node<'_>| Ok(BeaconProposalValue(node.hex_array()?));
    node.items()?.iter().map(value).collect()
}

fn messages(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let key = SigningKey::from_seed(&section.key("ed25519_seed")?.hex_array()?);
    let id = section.key("node_id")?;
    report.equal_bytes(&id, &id.hex()?, key.node_id().as_bytes());
    let nonce = VrfNonce(section.key("vrf_nonce")?.u64()?);
    let prefix = Hash20(section.key("ed_signature_prefix")?.hex_array()?);
    let same = |node: Node<'_>, actual: &[u8], report: &mut Report| -> Result<(), Malformed> {
        report.equal_bytes(&node, &node.hex()?, actual);
        Ok(())
    };

    let node = section.key("proposal")?;
    let epoch = EpochId(number(&node.key("epoch")?)?);
    let alpha = BeaconVrfInput::new(nonce, epoch).alpha();
    same(node.key("vrf_message")?, &alpha, report)?;
    let message = BeaconProposalMessage {
        epoch,
        node_id: key.node_id(),
        vrf_signature: key.prove_vrf(&alpha),
    };
    same(node.key("wire")?, &encode(&message), report)?;

    let node = section.key("first_vote")?;
    let body = FirstVotingMessageBody {
        epoch: EpochId(number(&node.key("epoch")?)?),
        valid_proposals: bounded(listed(&node.key("valid")?)?, &node)?,
        potentially_valid_proposals: bounded(listed(&node.key("potentially_valid")?)?, &node)?,
    };
    let signed = encode(&body);
    same(node.key("signed_body")?, &signed, report)?;
    let message = FirstVotingMessage {
        body,
        smesher_id: key.node_id(),
        signature: key.sign(&prefix, Domain::BeaconFirstMessage, &signed),
    };
    same(node.key("wire")?, &encode(&message), report)?;

    let node = section.key("following_vote")?;
    let body = FollowingVotingMessageBody {
        epoch: EpochId(number(&node.key("epoch")?)?),
        round: RoundId(number(&node.key("round")?)?),
        votes: bounded(node.key("bits")?.hex()?, &node)?,
    };
    let signed = encode(&body);
    same(node.key("signed_body")?, &signed, report)?;
    let message = FollowingVotingMessage {
        body,
        smesher_id: key.node_id(),
        signature: key.sign(&prefix, Domain::BeaconFollowupMessage, &signed),
    };
    same(node.key("wire")?, &encode(&message), report)?;

    let node = section.key("weak_coin")?;
    let (epoch, round) = (
        EpochId(number(&node.key("epoch")?)?),
        RoundId(number(&node.key("round")?)?),
    );
    let unit = number(&node.key("unit")?)?;
    let alpha = WeakCoinVrfInput::new(nonce, epoch, round, unit).alpha();
    same(node.key("vrf_message")?, &alpha, report)?;
    let message = WeakCoinMessage {
        epoch,
        round,
        unit,
        node_id: key.node_id(),
        vrf_signature: key.prove_vrf(&alpha),
    };
    same(node.key("wire")?, &encode(&message), report)?;
    let coin = node.key("coin")?;
    let bit = u64::from(weak_coin_bit(&message.vrf_signature));
    report.equal(&coin, coin.u64()?, bit);
    Ok(())
}

fn bounded<T, const MAX: usize>(
    items: Vec<T>,
    node: &Node<'_>,
) -> Result<spacemesh_codec::BoundedVec<T, MAX>, Malformed> {
    items
        .try_into()
        .map_err(|_| node.malformed(format!("at most {MAX} items")))
}
