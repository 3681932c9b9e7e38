//! Bytes of chapter 07 (`07-hare-vectors.json`): messages of both hare versions, proofs, the full exchange, certify messages,
//! certificates, blocks, and the order of transactions.

use spacemesh_codec::{decode_exact, encode};
use spacemesh_consensus::{
    blocks::{OrderedTransaction, Twister, order_transactions},
    certifier::CertifyDraft,
    hare::{
        Received, SignatureCheck, Version, absolute_round, check_equivocation, exchange_request,
        exchange_response, parse_exchange_request, parse_exchange_response,
    },
};
use spacemesh_crypto::SigningKey;
use spacemesh_types::{
    Address, AtxId, Beacon, Hash20, Hash32, LayerId, ProposalId, RoundId, Smidge, TransactionId,
    sum,
    transaction::TxHeader,
    wire::{
        AnyReward, Block, Certificate, CertifyMessage, HareProof, HareVrfInput, MalfeasanceProof,
        MisbehaviourProof, OpinionRequest, RatNum, block_seed, proposal_set_hash,
    },
};

use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "hare-vectors",
    recognises: |file| file.has("hare3_preround"),
    annotations: &[],
    run,
};

/// Who signs, and for which network.
struct Signer {
    key: SigningKey,
    prefix: Hash20,
}

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let signer = Signer {
        key: SigningKey::from_seed(&root.key("secret_seed")?.hex_array()?),
        prefix: Hash20(root.key("genesis_id_mainnet")?.hex_array()?),
    };
    let node_id = root.key("node_id")?;
    report.equal(&node_id, node_id.text()?, signer.key.node_id());
    root.key("eligibility_proof_used")?
        .skip("described in words; the bytes stand in every message");
    let domain = root.key("hare_domain")?;
    report.equal_bytes(
        &domain,
        &domain.hex()?,
        &[spacemesh_crypto::Domain::Hare.byte()],
    );
    for (number, bytes) in root.key("compact_examples")?.fields()? {
        let number: u32 = number.parse().map_err(|_| bytes.malformed("a number"))?;
        report.equal_bytes(&bytes, &bytes.hex()?, &encode(&number));
    }
    references(root, report)?;
    for (name, message) in root.fields()? {
        match name.split_once('_') {
            Some(("hare3", _)) => signer.message(&message, Version::Hare3, report)?,
            Some(("hare4", "commit_iter1")) => signer.message(&message, Version::Hare4, report)?,
            _ => {}
        }
    }
    signer.compact_preround(root, report)?;
    signer.equivocation(&root.key("malfeasance_proof_from_preround_pair")?, report)?;
    vrf_inputs(
        &root.key("vrf_message(beacon 01020304, layer 105720)")?,
        report,
    )?;
    signer.certify(&root.key("certify_message")?, report)?;
    signer.certify(&root.key("certify_message_empty_block")?, report)?;
    let certificate = root.key("certificate_one_signature")?;
    let wire = certificate.key("wire")?;
    round_trip::<Certificate>(&wire, report)?;
    let len = certificate.key("len")?;
    report.equal(&len, len.u64()?, wire.hex()?.len());
    let requests = root.key("opinion_request")?;
    round_trip::<OpinionRequest>(&requests.key("opinion")?, report)?;
    round_trip::<OpinionRequest>(&requests.key("certificate")?, report)?;
    blocks(&root.key("blocks")?, report)?;
    transactions(&root.key("tx_order")?, report)?;
    let shuffled = root.key("shuffle_0_19_seed_000102..1f")?;
    let mut seed = [0; 32];
    for (byte, value) in seed.iter_mut().zip(0..) {
        *byte = value;
    }
    let mut numbers: Vec<u64> = (0..20).collect();
    Twister::from_hash(Hash32(seed)).shuffle(&mut numbers);
    report.equal(
        &shuffled,
        format!("{:?}", numbers_of(&shuffled)?),
        format!("{numbers:?}"),
    );
    Ok(())
}

fn references(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let letter = |letter: u8| {
        let mut id = [0; ProposalId::SIZE];
        id[0] = letter;
        ProposalId(id)
    };
    let ones = ProposalId([0x11; ProposalId::SIZE]);
    let twos = ProposalId([0x22; ProposalId::SIZE]);
    let hashes = root.key("ref_hash")?;
    for (name, ids) in [
        ("empty", vec![]),
        ("a (0x61 then 19 zero bytes)", vec![letter(b'a')]),
        ("a,b", vec![letter(b'a'), letter(b'b')]),
        ("0x11*20,0x22*20", vec![ones, twos]),
    ] {
        let hash = hashes.key(name)?;
        report.equal(&hash, hash.text()?, proposal_set_hash(&ids));
    }
    let seed = root.key("block_seed (proposals 0x22*20,0x11*20 in any order)")?;
    for order in [[ones, twos], [twos, ones]] {
        report.equal(&seed, seed.text()?, block_seed(&order));
    }
    Ok(())
}

fn round_trip<T: spacemesh_codec::Encode + spacemesh_codec::Decode>(
    wire: &Node<'_>,
    report: &mut Report,
) -> Result<Option<T>, Malformed> {
    let bytes = wire.hex()?;
    let value = report.success(wire, decode_exact::<T>(&bytes));
    if let Some(value) = &value {
        report.equal_bytes(wire, &bytes, &encode(value));
    }
    Ok(value)
}

impl Signer {
    fn signed_bytes(&self, message: &[u8]) -> Vec<u8> {
        let domain = [spacemesh_crypto::Domain::Hare.byte()];
        [self.prefix.as_bytes().as_slice(), &domain, message].concat()
    }

    fn signature(
        &self,
        node: &Node<'_>,
        message: &[u8],
        report: &mut Report,
    ) -> Result<(), Malformed> {
        let signature = self
            .key
            .sign(&self.prefix, spacemesh_crypto::Domain::Hare, message);
        report.equal(node, node.text()?, hex::encode(signature));
        Ok(())
    }

    fn message(
        &self,
        row: &Node<'_>,
        version: Version,
        report: &mut Report,
    ) -> Result<(), Malformed> {
        let wire = row.key("wire")?;
        let bytes = wire.hex()?;
        let Some(Received(message)) = report.success(&wire, Received::decode(version, &bytes))
        else {
            return Ok(());
        };
        report.equal_bytes(&wire, &bytes, &message.encode());
        let len = row.key("wire_len")?;
        report.equal(&len, len.u64()?, bytes.len());
        let body = row.key("body");
        if let Ok(body) = body {
            let body = body.hex()?;
            report.equal_bytes(&wire, &body, bytes.get(..body.len()).unwrap_or_default());
        }
        let hash = row.key("msg_hash")?;
        report.equal(&hash, hash.text()?, message.body.hash(version));
        let metadata = row.key("metadata")?;
        let check: SignatureCheck = message.signature_check();
        report.equal_bytes(&metadata, &metadata.hex()?, &check.message);
        if let Some(preimage) = row.optional("signed_preimage") {
            report.equal_bytes(
                &preimage,
                &preimage.hex()?,
                &self.signed_bytes(&check.message),
            );
        }
        self.signature(&row.key("signature")?, &check.message, report)?;
        report.holds(&wire, check.holds(&self.prefix), "a signature that holds");
        report.holds(
            &wire,
            message.body.is_statically_valid(),
            "a message with the right fields",
        );
        Ok(())
    }

    /// The preround of hare 4: what is signed is not what is sent.
    fn compact_preround(&self, root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
        let row = root.key("hare4_preround")?;
        let exchange = root.key("hare4_full_exchange")?;
        let wire = row.key("wire")?;
        let bytes = wire.hex()?;
        let Some(Received(sent)) = report.success(&wire, Received::decode(Version::Hare4, &bytes))
        else {
            return Ok(());
        };
        report.equal_bytes(&wire, &bytes, &sent.encode());
        let len = row.key("wire_len")?;
        report.equal(&len, len.u64()?, bytes.len());
        let wire_body = row.key("wire_body")?.hex()?;
        report.equal_bytes(
            &wire,
            &wire_body,
            bytes.get(..wire_body.len()).unwrap_or_default(),
        );
        let exchange_id = row.key("exchange_msg_id")?;
        let id = sent.body.hash(Version::Hare4);
        report.equal(&exchange_id, exchange_id.text()?, id);

        let request = exchange.key("request_stream")?;
        report.equal_bytes(&request, &request.hex()?, &exchange_request(id));
        let read = report.success(&request, parse_exchange_request(&request.hex()?));
        report.equal(&request, format!("{:?}", Some(id)), format!("{read:?}"));
        let response = exchange.key("response_stream")?;
        let ids = report
            .success(&response, parse_exchange_response(&response.hex()?))
            .unwrap_or_default();
        report.equal_bytes(
            &response,
            &response.hex()?,
            &exchange_response(&ids).unwrap_or_default(),
        );
        let body = exchange.key("response_body")?;
        let stream = response.hex()?;
        report.equal_bytes(&body, &body.hex()?, stream.get(1..).unwrap_or_default());

        let mut signed = sent.clone();
        signed.body.proposals = ids.try_into().unwrap_or_default();
        signed.body.compact_proposals = Default::default();
        let body = row.key("signed_body")?;
        let encoded = signed.encode();
        report.equal_bytes(
            &body,
            &body.hex()?,
            encoded.get(..body.hex()?.len()).unwrap_or_default(),
        );
        let hash = row.key("msg_hash")?;
        report.equal(&hash, hash.text()?, signed.body.hash(Version::Hare4));
        let check = signed.signature_check();
        let metadata = row.key("metadata")?;
        report.equal_bytes(&metadata, &metadata.hex()?, &check.message);
        self.signature(&row.key("signature")?, &check.message, report)?;
        report.holds(&wire, check.holds(&self.prefix), "a signature that holds");
        report.holds(
            &wire,
            !sent.signature_check().holds(&self.prefix),
            "a signature over the full list and not over the short one",
        );
        Ok(())
    }

    fn equivocation(&self, row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
        let bytes = row.key("bytes")?;
        let len = row.key("len")?;
        report.equal(&len, len.u64()?, bytes.hex()?.len());
        let Some(proof) = round_trip::<MalfeasanceProof>(&bytes, report)? else {
            return Ok(());
        };
        let MisbehaviourProof::HareEquivocation(proof) = &proof.proof else {
            return Err(bytes.malformed("a proof of hare equivocation"));
        };
        let named = |proof: &HareProof| {
            check_equivocation(proof, |check| check.holds(&self.prefix), |_| true)
        };
        report.equal(
            &bytes,
            format!("{:?}", Ok::<_, ()>(self.key.node_id())),
            format!("{:?}", named(proof)),
        );
        Ok(())
    }

    fn certify(&self, row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
        let wire = row.key("wire")?;
        let Some(message) = round_trip::<CertifyMessage>(&wire, report)? else {
            return Ok(());
        };
        if let Some(len) = row.optional("wire_len") {
            report.equal(&len, len.u64()?, wire.hex()?.len());
        }
        let content = row.key("content")?;
        report.equal_bytes(&content, &content.hex()?, &encode(&message.content));
        if let Some(preimage) = row.optional("signed_preimage") {
            report.equal_bytes(
                &preimage,
                &preimage.hex()?,
                &self.signed_bytes(&content.hex()?),
            );
        }
        self.signature(&row.key("signature")?, &content.hex()?, report)?;
        let draft = CertifyDraft {
            identity: self.key.node_id(),
            content: message.content,
        };
        report.equal_bytes(
            &wire,
            &wire.hex()?,
            &encode(&draft.sign(&self.key, &self.prefix)),
        );
        Ok(())
    }
}

fn vrf_inputs(inputs: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for (round, input) in inputs.fields()? {
        let round: u32 = round.parse().map_err(|_| input.malformed("a round"))?;
        let alpha = HareVrfInput::new(Beacon([1, 2, 3, 4]), RoundId(round), LayerId(105_720));
        report.equal_bytes(&input, &input.hex()?, &alpha.alpha());
        if round < 14 {
            let iter = u8::from(round > 7);
            let at = spacemesh_types::wire::IterRound {
                iter,
                round: u8::try_from(round).unwrap_or_default() - 7 * iter,
            };
            report.equal(&input, round, absolute_round(at));
        }
    }
    Ok(())
}

fn blocks(rows: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in rows.items()? {
        let mut rewards = Vec::new();
        for reward in row.key("rewards")?.items()? {
            rewards.push(AnyReward {
                atx_id: AtxId(reward.at(0)?.hex_array()?),
                weight: RatNum {
                    num: reward.at(1)?.u64()?,
                    denom: reward.at(2)?.u64()?,
                },
            });
        }
        let mut tx_ids = Vec::new();
        for id in row.key("txs")?.items()? {
            tx_ids.push(TransactionId(id.hex_array()?));
        }
        let layer = u32::try_from(row.key("layer")?.u64()?).unwrap_or_default();
        let block = Block {
            layer: LayerId(layer),
            tick_height: row.key("tick_height")?.u64()?,
            rewards: rewards.try_into().unwrap_or_default(),
            tx_ids: tx_ids.try_into().unwrap_or_default(),
        };
        let bytes = row.key("bytes")?;
        report.equal_bytes(&bytes, &bytes.hex()?, &encode(&block));
        round_trip::<Block>(&bytes, report)?;
        let id = row.key("id")?;
        report.equal(&id, id.text()?, block.id().to_hex());
    }
    Ok(())
}

fn transactions(order: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let seed = Hash32(order.key("seed")?.hex_array()?);
    let mut transactions = Vec::new();
    for row in order.key("txs")?.items()? {
        let n = u8::try_from(row.key("n")?.u64()?).unwrap_or(u8::MAX);
        let id = row.key("id")?;
        report.equal(&id, id.text()?, sum([b"tx".as_slice(), &[n]]));
        let mut principal = [0; Address::SIZE];
        for (to, &from) in principal
            .iter_mut()
            .zip(row.key("principal")?.text()?.as_bytes())
        {
            *to = from;
        }
        transactions.push(OrderedTransaction {
            id: TransactionId(id.hex_array()?),
            header: TxHeader {
                principal: Address(principal),
                template: Address::default(),
                method: 16,
                nonce: row.key("nonce")?.u64()?,
                layer_min: 0,
                layer_max: 0,
                max_gas: row.key("max_gas")?.u64()?,
                gas_price: row.key("price")?.u64()?,
                max_spend: Smidge(row.key("max_spend")?.u64()?),
            },
            applied: row.key("layer")?.u64()? != 0,
        });
    }
    let number = |id: &TransactionId| transactions.iter().position(|of| of.id == *id);
    let numbers = |limit| {
        let ids = order_transactions(&transactions, seed, limit);
        let numbers = ids.iter().filter_map(number).map(|number| number as u64);
        numbers.collect::<Vec<u64>>()
    };
    for (key, limit) in [
        ("result_no_gas_limit", 0),
        ("result_gas_300", 300),
        ("result_gas_400", 400),
        ("result_gas_450", 450),
    ] {
        let expected = order.key(key)?;
        report.equal(
            &expected,
            format!("{:?}", numbers_of(&expected)?),
            format!("{:?}", numbers(limit)),
        );
    }
    let ordered = order_transactions(&transactions, seed, 0);
    let ids = order.key("result_ids")?.items()?;
    report.equal(order, ids.len(), ordered.len());
    for (expected, id) in ids.iter().zip(&ordered) {
        report.equal(expected, expected.text()?, id);
    }
    let gas = order.key("gas_used_sequence")?;
    let used = ordered.iter().filter_map(number);
    let used: Vec<u64> = used
        .filter_map(|number| transactions.get(number))
        .map(|transaction| transaction.header.max_gas)
        .collect();
    report.equal(
        &gas,
        format!("{:?}", numbers_of(&gas)?),
        format!("{used:?}"),
    );
    let mut twister = Twister::from_hash(seed);
    for expected in order.key("mt_first_u64")?.items()? {
        report.equal(
            &expected,
            expected.text()?,
            format!("{:#x}", twister.next_u64()),
        );
    }
    Ok(())
}

fn numbers_of(node: &Node<'_>) -> Result<Vec<u64>, Malformed> {
    node.items()?.iter().map(Node::u64).collect()
}
