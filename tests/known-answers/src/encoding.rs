//! Chapter 01: compact integers, genesis ids, addresses, signatures, VRF proofs, hashes.

use spacemesh_codec::{DecodeError, decode_exact, encode};
use spacemesh_crypto::{Domain, Signature, SigningKey, VrfSignature, verify, verify_vrf};
use spacemesh_types::{
    Address, Hash20, Hrp, Timestamp,
    network::{Genesis, Preset},
    sum,
};

use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "encoding",
    recognises: |file| file.has("compact_encode") && file.has("addresses_valid"),
    annotations: &[],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for (section, node) in root.fields()? {
        match section {
            "about" => {}
            "compact_encode" => compact_encode(&node, report)?,
            "compact_decode" => compact_decode(&node, report)?,
            "addresses_valid" => addresses_valid(&node, report)?,
            "addresses_invalid" => addresses_invalid(&node, report)?,
            "generate_address" => generate_address(&node, report)?,
            "hashes" => hashes(&node, report)?,
            "genesis" => genesis(&node, report)?,
            "signatures" => signatures(&node, report)?,
            "vrf" => vrf(&node, report)?,
            // Left unread, which is reported for each of its values.
            _ => {}
        }
    }
    Ok(())
}

fn compact_encode(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in section.key("rows")?.items()? {
        let value = row.at(0)?.u64()?;
        report.equal(&row.at(1)?, row.at(1)?.text()?, hex::encode(encode(&value)));
    }
    Ok(())
}

fn compact_decode(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in section.key("rows")?.items()? {
        let bytes = row.at(0)?.hex()?;
        let results: [Result<u64, DecodeError>; 4] = [
            decode_exact::<u8>(&bytes).map(u64::from),
            decode_exact::<u16>(&bytes).map(u64::from),
            decode_exact::<u32>(&bytes).map(u64::from),
            decode_exact::<u64>(&bytes),
        ];
        for (column, result) in (1..).zip(results) {
            let expected = row.at(column)?;
            let actual = result.map_or_else(|_| "rejected".to_owned(), |value| value.to_string());
            let text = if expected.is_null() {
                "rejected"
            } else {
                expected.text()?
            };
            report.equal(&expected, text, actual);
        }
    }
    Ok(())
}

fn genesis(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in section.key("rows")?.items()? {
        let seconds = i64::try_from(row.at(0)?.u64()?).map_err(|_| row.malformed("a time"))?;
        let genesis = Genesis {
            time: Timestamp::from_unix_seconds(seconds),
            extra_data: row.at(1)?.text()?.to_owned(),
            accounts: None,
        };
        report.equal(
            &row.at(2)?,
            row.at(2)?.text()?,
            genesis.golden_atx().to_hex(),
        );
        report.equal(&row.at(3)?, row.at(3)?.text()?, genesis.id());
        let prologue = row.at(4)?;
        if prologue.is_null() {
            continue;
        }
        let networks = Preset::ALL.map(|preset| preset.network(None));
        let network = networks.iter().find(|network| network.id() == genesis.id());
        let actual = network.map_or_else(
            || "no preset has this genesis".to_owned(),
            |network| network.prologue(),
        );
        report.equal(&prologue, prologue.text()?, actual);
    }
    Ok(())
}

fn hrp(node: &Node<'_>) -> Result<Hrp, Malformed> {
    Hrp::new(node.text()?).map_err(|error| node.malformed(error))
}

fn addresses_valid(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in section.key("rows")?.items()? {
        let hrp = hrp(&row.at(0)?)?;
        let text = row.at(1)?;
        let Some(address) = report.success(&text, Address::parse(text.text()?, &hrp)) else {
            continue;
        };
        report.equal_bytes(&row.at(2)?, &row.at(2)?.hex()?, address.as_bytes());
        report.equal(&row.at(3)?, row.at(3)?.text()?, address.to_bech32(&hrp));
    }
    Ok(())
}

fn addresses_invalid(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let hrp = hrp(&section.key("hrp")?)?;
    for row in section.key("rows")?.items()? {
        let text = row.at(0)?;
        let reason = row.at(1)?.text()?;
        report.holds(
            &text,
            Address::parse(text.text()?, &hrp).is_err(),
            format!("to be refused: {reason}"),
        );
    }
    Ok(())
}

fn generate_address(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in section.key("rows")?.items()? {
        let address = Address::generate(&row.at(0)?.hex()?);
        report.equal_bytes(&row.at(1)?, &row.at(1)?.hex()?, address.as_bytes());
    }
    Ok(())
}

fn hashes(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in section.key("rows")?.items()? {
        row.at(0)?.text()?;
        let preimage = row.at(1)?.hex()?;
        report.equal_bytes(&row.at(2)?, &row.at(2)?.hex()?, sum([preimage]).as_bytes());
    }
    Ok(())
}

fn signatures(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let key = SigningKey::from_seed(&section.key("seed")?.hex_array()?);
    let prefix = Hash20(section.key("prefix")?.hex_array()?);
    let message = section.key("message")?.hex()?;
    for row in section.key("rows")?.items()? {
        let number = row.at(0)?.u64()?;
        let expected = row.at(1)?;
        let domain = u8::try_from(number).ok().and_then(Domain::from_byte);
        let domain = domain.ok_or_else(|| row.malformed("the number of a domain"))?;
        report.equal_bytes(
            &expected,
            &expected.hex()?,
            key.sign(&prefix, domain, &message).as_bytes(),
        );
        let signature = Signature(expected.hex_array()?);
        report.success(
            &expected,
            verify(&key.public_key(), &prefix, domain, &message, &signature),
        );
    }
    Ok(())
}

fn vrf(section: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for row in section.key("rows")?.items()? {
        row.at(0)?.text()?;
        let key = SigningKey::from_seed(&row.at(1)?.hex_array()?);
        let alpha = row.at(2)?.hex()?;
        let expected = row.at(3)?;
        report.equal_bytes(
            &expected,
            &expected.hex()?,
            key.prove_vrf(&alpha).as_bytes(),
        );
        let proof = VrfSignature(expected.hex_array()?);
        report.success(&expected, verify_vrf(&key.public_key(), &alpha, &proof));
    }
    Ok(())
}
