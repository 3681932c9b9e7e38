//! The targets, by intake.

use std::str;

use post_gpu::metadata::PostMetadata;
use post_gpu::range_map;
use spacemesh_codec::{Decode, Encode, decode_tracked, encode};
use spacemesh_crypto::{parse_key_file, write_key_file};
use spacemesh_types::config::{Config, Host, parse_duration};
use spacemesh_types::network::GenesisFile;
use spacemesh_types::transaction::{SpawnArgs, Template, parse, principal_of};
use spacemesh_types::{Address, Hrp, Smidge, Timestamp, wire};
use spacemesh_wallet::file::LockedFile;
use spacemesh_wallet::foreign::ForeignFile;
use spacemesh_wallet::tx::{Review, bytes_from_text};
use spacemesh_wallet::{AccountFile, KeyPath, SignedText, Words};

/// One intake of bytes from outside.
#[derive(Debug)]
pub struct Target {
    /// Its name, also of its folder in `fuzz/corpus/`.
    pub name: &'static str,
    /// Reads the bytes. Returns on any input.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target {
        name: "account-file",
        run: account_file,
    },
    Target {
        name: "address",
        run: address,
    },
    Target {
        name: "atx",
        run: crate::activations::atx,
    },
    Target {
        name: "certifier",
        run: crate::hare::certifier,
    },
    Target {
        name: "beacon",
        run: crate::proposals::beacon,
    },
    Target {
        name: "config",
        run: config,
    },
    Target {
        name: "foreign-wallet",
        run: foreign_wallet,
    },
    Target {
        name: "hare",
        run: crate::hare::hare,
    },
    Target {
        name: "key-file",
        run: key_file,
    },
    Target {
        name: "ledger",
        run: crate::ledger::ledger,
    },
    Target {
        name: "malfeasance-proof",
        run: crate::activations::malfeasance,
    },
    Target {
        name: "post-metadata",
        run: post_metadata,
    },
    Target {
        name: "proposals",
        run: crate::proposals::proposals,
    },
    Target {
        name: "range-map",
        run: range_map,
    },
    Target {
        name: "review",
        run: review,
    },
    Target {
        name: "signed-text",
        run: signed_text,
    },
    Target {
        name: "smesher-journal",
        run: crate::activations::journal,
    },
    Target {
        name: "tortoise",
        run: crate::tortoise::tortoise,
    },
    Target {
        name: "transaction",
        run: transaction,
    },
    Target {
        name: "transaction-text",
        run: transaction_text,
    },
    Target {
        name: "typed-text",
        run: typed_text,
    },
    Target {
        name: "wallet-file",
        run: wallet_file,
    },
    Target {
        name: "wire",
        run: wire,
    },
];

/// An account as members of a shared account exchange it.
fn account_file(bytes: &[u8]) {
    if let Ok(file) = AccountFile::parse(bytes) {
        let _ = file;
    }
}

/// Bech32 text typed or pasted by a person.
fn address(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    for hrp in [Hrp::MAINNET, Hrp::TESTNET, Hrp::STANDALONE] {
        if let Ok(address) = Address::parse(text, &hrp) {
            assert_eq!(Address::parse(&address.to_bech32(&hrp), &hrp), Ok(address));
        }
    }
}

/// A configuration or genesis file.
fn config(bytes: &[u8]) {
    if let Ok(builder) = Config::builder(Host::default()).file("fuzzed", bytes)
        && let Ok(config) = builder.build()
    {
        let _ = config.check();
        let _ = spacemesh_types::Network::from_config(&config);
        for (path, effective) in config.entries() {
            let _ = format!("{path} {} {}", effective.value, effective.origin);
        }
    }
    let _ = GenesisFile::parse(bytes);
}

/// A wallet file of another program. Deriving its key is left out: its cost is bounded but slow on purpose.
fn foreign_wallet(bytes: &[u8]) {
    if let Ok(file) = ForeignFile::parse(bytes) {
        let _ = (
            file.display_name().len(),
            file.created(),
            file.smapp_folder_id(),
        );
    }
}

/// A key file of an identity.
fn key_file(bytes: &[u8]) {
    if let Ok(key) = parse_key_file(bytes) {
        let again = parse_key_file(write_key_file(&key).as_bytes());
        assert!(again.is_ok_and(|again| again.node_id() == key.node_id()));
    }
}

/// `postdata_metadata.json` of any program.
fn post_metadata(bytes: &[u8]) {
    if let Ok(metadata) = PostMetadata::parse(bytes) {
        assert_eq!(
            PostMetadata::parse(&metadata.to_bytes()).as_ref(),
            Ok(&metadata)
        );
        let _ = (
            metadata.num_labels(),
            metadata.commitment(),
            metadata.vrf_nonce(),
        );
    }
}

/// The record of what is filled.
fn range_map(bytes: &[u8]) {
    if let Ok((header, map)) = range_map::decode(bytes) {
        assert_eq!(range_map::encode(&header, &map), bytes);
    }
}

/// The message that a transaction's signature is over, as shown for review.
fn review(bytes: &[u8]) {
    if let Ok(review) = Review::of_message(bytes) {
        let lines = (
            review.device_lines(&Hrp::MAINNET),
            review.expert_lines(&Hrp::MAINNET),
        );
        assert!(!lines.0.is_empty() && !lines.1.is_empty());
    }
}

/// A signed text pasted for verification.
fn signed_text(bytes: &[u8]) {
    if let Ok(text) = str::from_utf8(bytes)
        && let Ok(signed) = SignedText::from_json(text)
    {
        let _ = signed.verify();
    }
}

/// A transaction from a file, a peer or a QR code.
fn transaction(bytes: &[u8]) {
    let _ = principal_of(bytes);
    if let Ok(parsed) = parse(bytes, None) {
        let _ = format!("{parsed:?}");
    }
    for template in [
        Template::Wallet,
        Template::Multisig,
        Template::Vesting,
        Template::Vault,
    ] {
        let mut input = spacemesh_codec::Input::new(bytes);
        if let Ok(args) = SpawnArgs::decode_from(template, &mut input) {
            let _ = (args.validate(), args.address());
        }
    }
}

/// A transaction as text.
fn transaction_text(bytes: &[u8]) {
    if let Ok(text) = str::from_utf8(bytes)
        && let Ok(raw) = bytes_from_text(text)
    {
        transaction(&raw);
    }
}

/// What people type: words, paths, amounts, durations, instants.
fn typed_text(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let _ = Words::parse(text);
    let _ = text.parse::<KeyPath>();
    let _ = parse_duration(text);
    let _ = Timestamp::parse_rfc3339(text);
    if let Ok(amount) = Smidge::from_smh(text) {
        assert_eq!(Smidge::from_smh(&amount.to_smh()), Ok(amount));
    }
}

/// Our own wallet file. Deriving its key is left out, as above.
fn wallet_file(bytes: &[u8]) {
    if let Ok(file) = LockedFile::parse(bytes) {
        let _ = file.name().len();
    }
}

/// Wire objects: the first byte chooses the type.
fn wire(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else {
        return;
    };
    let decoders: &[fn(&[u8])] = &[
        object::<wire::ActivationTxV1>,
        object::<wire::ActivationTxV2>,
        object::<wire::AtxProofEnvelope>,
        object::<wire::ProofDoubleMarry>,
        object::<wire::Ballot>,
        object::<wire::Proposal>,
        object::<wire::EpochActiveSet>,
        object::<wire::BeaconProposalMessage>,
        object::<wire::FirstVotingMessage>,
        object::<wire::FollowingVotingMessage>,
        object::<wire::WeakCoinMessage>,
        object::<wire::Block>,
        object::<wire::Certificate>,
        object::<wire::CertifyMessage>,
        object::<wire::Hare3Message>,
        object::<wire::Hare4Message>,
        object::<wire::CompactIdRequest>,
        object::<wire::CompactIdResponse>,
        object::<wire::MalfeasanceProof>,
        object::<wire::MalfeasanceGossip>,
        object::<wire::EpochAtxIds>,
        object::<wire::LayerData>,
        object::<wire::LayerOpinion>,
        object::<wire::MaliciousIds>,
        object::<wire::MeshHashRequest>,
        object::<wire::MeshHashes>,
        object::<wire::OpinionRequest>,
        object::<wire::RequestBatch>,
        object::<wire::ResponseBatch>,
        object::<wire::ServerResponse>,
        object::<wire::PeerTimeRequest>,
        object::<wire::PeerTimeResponse>,
        object::<wire::PoetProofMessage>,
        object::<wire::PoetCertificate>,
        object::<wire::FingerprintMessage>,
        object::<wire::ItemBatchMessage>,
        object::<wire::RangeContentsMessage>,
        object::<wire::SampleMessage>,
        object::<wire::ProbeMessage>,
        object::<wire::RecentMessage>,
        object::<wire::StoredTransaction>,
        object::<wire::TransactionWithResult>,
        object::<wire::Account>,
        object::<wire::Reward>,
    ];
    decoders[usize::from(*kind) % decoders.len()](bytes);
}

/// What decodes must encode, and canonical bytes must come back unchanged.
fn object<T: Encode + Decode>(bytes: &[u8]) {
    if let Ok(tracked) = decode_tracked::<T>(bytes) {
        let again = encode(&tracked.value);
        assert_eq!(again == bytes, tracked.canonical);
    }
}
