//! Text forms of ids (01 §4.1): logs and JSON differ by type, and tools depend on it.

use spacemesh_types::{
    AtxId, AtxVersion, BallotId, Base64Bytes, Beacon, BlockId, EdSignature, Hash20, Hash32, NodeId,
    PoetProofRef, ProposalId, TransactionId, from_hex_lenient,
};

#[test]
fn logs_show_some_ids_in_full_and_some_short() {
    let full = "07".repeat(32);
    assert_eq!(Hash32([7; 32]).to_string(), full);
    assert_eq!(Hash32([7; 32]).short(), "0707070707");
    assert_eq!(Hash20([7; 20]).to_string(), "07".repeat(20));
    assert_eq!(NodeId([7; 32]).to_string(), full);
    assert_eq!(NodeId([7; 32]).short(), "070707");
    assert_eq!(TransactionId([7; 32]).to_string(), full);
    assert_eq!(PoetProofRef([7; 32]).to_string(), full);
    assert_eq!(AtxId([7; 32]).to_string(), "0707070707");
    assert_eq!(BlockId([7; 20]).to_string(), "0707070707");
    assert_eq!(BallotId([7; 20]).to_string(), "0707070707");
    assert_eq!(ProposalId([7; 20]).to_string(), "0707070707");
    assert_eq!(Beacon([7; 4]).to_string(), "07070707");
    assert_eq!(EdSignature([7; 64]).to_string().len(), 128);
    assert_eq!(
        [AtxVersion::V1, AtxVersion::V2, AtxVersion(3)].map(|version| version.to_string()),
        ["V1", "V2", "3"]
    );
}

#[test]
fn json_is_hexadecimal_base64_or_numbers_by_type() {
    let json = |value: &str| serde_json::Value::String(value.to_owned());
    let prefixed = format!("0x{}", "07".repeat(32));
    assert_eq!(
        serde_json::to_value(Hash32([7; 32])).unwrap(),
        json(&prefixed)
    );
    let golden = "nuv/Ajq7F8y3dcYC2q3o7XCPClDTFJpCgBGE9bdPKGU=";
    let atx: AtxId = serde_json::from_value(json(golden)).unwrap();
    assert_eq!(
        atx.to_hex(),
        "9eebff023abb17ccb775c602daade8ed708f0a50d3149a42801184f5b74f2865"
    );
    assert_eq!(serde_json::to_value(atx).unwrap(), json(golden));
    assert_eq!(
        serde_json::to_value(BlockId([7; 20]))
            .unwrap()
            .as_str()
            .unwrap()
            .len(),
        28
    );
    assert_eq!(
        serde_json::to_value(ProposalId([7; 20])).unwrap(),
        serde_json::json!(vec![7; 20])
    );
    assert_eq!(
        serde_json::from_value::<TransactionId>(serde_json::json!(vec![7; 32])).unwrap(),
        TransactionId([7; 32])
    );
}

#[test]
fn json_that_is_not_exactly_the_type_s_size_is_refused() {
    for bad in [
        format!("\"{}\"", "07".repeat(32)),
        format!("\"0x{}\"", "07".repeat(31)),
        format!("\"0x{}\"", "0g".repeat(32)),
    ] {
        assert!(serde_json::from_str::<Hash32>(&bad).is_err(), "{bad}");
    }
    assert!(serde_json::from_str::<Hash32>(&format!("\"0X{}\"", "aB".repeat(32))).is_ok());
    assert!(serde_json::from_str::<NodeId>("\"AAAA\"").is_err());
    assert!(serde_json::from_str::<TransactionId>("[1, 2]").is_err());
    assert!(serde_json::from_str::<TransactionId>("[256]").is_err());
}

#[test]
fn base64_skips_line_ends_and_needs_its_padding() {
    assert_eq!(
        Base64Bytes::parse("AQ\r\nID"),
        Ok(Base64Bytes(vec![1, 2, 3]))
    );
    assert!(Base64Bytes::parse("AQI").is_err());
    assert!(Base64Bytes::parse("AQ ID").is_err());
}

#[test]
fn lenient_hexadecimal_stops_at_the_first_other_character() {
    assert_eq!(from_hex_lenient("0x0102"), [1, 2]);
    assert_eq!(from_hex_lenient("102"), [1, 2]);
    assert_eq!(from_hex_lenient("01zz02"), [1]);
    assert_eq!(from_hex_lenient("é"), Vec::<u8>::new());
}

#[test]
fn twenty_byte_ids_are_widened_with_zeros_behind() {
    let mut wide = [0; 32];
    wide[..20].fill(7);
    assert_eq!(BlockId([7; 20]).to_hash32(), Hash32(wide));
    assert_eq!(BallotId([7; 20]).to_hash32(), Hash32(wide));
    assert_eq!(ProposalId([7; 20]).to_hash32(), Hash32(wide));
}
