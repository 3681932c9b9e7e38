//! Metadata and data files as they lie on disk.

use std::fs;

use post_gpu::files::{FilesError, Layout, check_complete, file_name, parse_file_name, scan};
use post_gpu::metadata::{METADATA_FILE, MetadataError, PostMetadata, remove_leftovers};
use post_gpu::params::{NumLabels, ParamsError, PostParams};
use proptest::prelude::*;
use spacemesh_types::Preset;
use spacemesh_types::config::{Config, Host, PostSettings};

fn metadata() -> PostMetadata {
    PostMetadata {
        node_id: [0; 32],
        commitment_atx_id: [255; 32],
        labels_per_unit: 1 << 32,
        num_units: 4,
        max_file_size: 4 << 30,
        nonce: None,
        nonce_value: None,
        last_position: None,
    }
}

/// The layout of Go's encoder: tabs, its field order, a newline at the end, unknown values left out.
const GO_WITHOUT_NONCE: &str = "{\n\t\"NodeId\": \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\n\t\"CommitmentAtxId\": \"//////////////////////////////////////////8=\",\n\t\"LabelsPerUnit\": 4294967296,\n\t\"NumUnits\": 4,\n\t\"MaxFileSize\": 4294967296\n}\n";
const GO_WITH_NONCE: &str = "{\n\t\"NodeId\": \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\n\t\"CommitmentAtxId\": \"//////////////////////////////////////////8=\",\n\t\"LabelsPerUnit\": 4294967296,\n\t\"NumUnits\": 4,\n\t\"MaxFileSize\": 4294967296,\n\t\"Nonce\": 18446744073709551614,\n\t\"NonceValue\": \"0000000026faa4753658e2e9bf32a589\",\n\t\"LastPosition\": 9007199254740993\n}\n";

#[test]
fn metadata_is_written_with_the_bytes_of_the_go_reference() {
    assert_eq!(
        String::from_utf8(metadata().to_bytes()).unwrap(),
        GO_WITHOUT_NONCE
    );
    let full = PostMetadata {
        nonce: Some(u64::MAX - 1),
        nonce_value: Some(0x26fa_a475_3658_e2e9_bf32_a589_u128.to_be_bytes()),
        last_position: Some((1 << 53) + 1),
        ..metadata()
    };
    assert_eq!(String::from_utf8(full.to_bytes()).unwrap(), GO_WITH_NONCE);
    assert_eq!(
        PostMetadata::parse(GO_WITH_NONCE.as_bytes()),
        Ok(full),
        "numbers above 2^53 survive"
    );
}

#[test]
fn metadata_of_other_writers_is_read() {
    // The Rust reference: two spaces, null for unknown, no NonceValue; and whatever a text editor makes of it.
    let rust = GO_WITHOUT_NONCE
        .replace('\t', "  ")
        .replace("\n}", ",\n  \"Nonce\": null,\n  \"LastPosition\": null\n}");
    assert_eq!(PostMetadata::parse(rust.as_bytes()), Ok(metadata()));
    let compact: String = GO_WITHOUT_NONCE.split_whitespace().collect();
    assert_eq!(PostMetadata::parse(compact.as_bytes()), Ok(metadata()));
}

#[test]
fn wrong_metadata_is_refused_with_the_reason() {
    for (change, reason) in [
        ("AAAA=\"", "AAA=\""),
        ("AAA=\"", "AA\""),
        ("\"NumUnits\": 4,", "\"NumUnits\": -4,"),
        ("\"NumUnits\": 4,", "\"NumUnits\": 4294967296,"),
        ("\"LabelsPerUnit\": 4294967296", "\"LabelsPerUnit\": 4.2e9"),
        ("\"NumUnits\": 4,", ""),
        ("26faa4753658", "26faa4753658aa"),
        ("26faa4753658", "26faa475365z"),
    ]
    .map(|(from, to)| (GO_WITH_NONCE.replacen(from, to, 1), to))
    {
        let error = PostMetadata::parse(change.as_bytes()).unwrap_err();
        assert!(!error.is_empty(), "{reason}");
    }
}

#[test]
fn metadata_is_replaced_in_one_step_and_leftovers_of_a_crash_are_removed() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(
        PostMetadata::read(dir.path()),
        Err(MetadataError::Missing { .. })
    ));
    metadata().write(dir.path()).unwrap();
    let later = PostMetadata {
        nonce: Some(5),
        ..metadata()
    };
    later.write(dir.path()).unwrap();
    assert_eq!(PostMetadata::read(dir.path()).unwrap(), later);
    fs::write(dir.path().join(format!("{METADATA_FILE}x.tmp")), "half").unwrap();
    assert_eq!(remove_leftovers(dir.path()).unwrap(), 1);
    let names: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, [METADATA_FILE]);
}

#[cfg(unix)]
#[test]
fn metadata_that_cannot_be_written_leaves_the_former_and_names_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let gone = dir.path().join("gone");
    let error = metadata().write(&gone).unwrap_err();
    assert!(
        error.to_string().contains("postdata_metadata.json"),
        "{error}"
    );
}

#[test]
fn only_names_that_a_writer_makes_are_data_files() {
    assert_eq!(file_name(15), "postdata_15.bin");
    assert_eq!(parse_file_name("postdata_15.bin"), Some(15));
    for other in [
        "postdata_.bin",
        "postdata_015.bin",
        "postdata_1xbin",
        "postdata_-1.bin",
        "postdata_4294967296.bin",
        "a",
    ] {
        assert_eq!(parse_file_name(other), None, "{other}");
    }
}

#[test]
fn a_missing_short_or_long_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    // Three files of 64 labels and one of 8.
    let layout = Layout::new(NumLabels::new(2, 100).unwrap(), 1024).unwrap();
    assert_eq!(
        (layout.files(), layout.file_size(3), layout.file_size(4)),
        (4, 128, 0)
    );
    let write = |file: u32, bytes: usize| {
        fs::write(dir.path().join(file_name(file)), vec![0; bytes]).unwrap()
    };
    for file in 0..3 {
        write(file, 1024);
    }
    assert!(matches!(
        check_complete(dir.path(), &layout),
        Err(FilesError::Missing { expected: 128, .. })
    ));
    write(3, 127);
    assert!(matches!(
        check_complete(dir.path(), &layout),
        Err(FilesError::Size {
            expected: 128,
            found: 127,
            ..
        })
    ));
    write(3, 128);
    check_complete(dir.path(), &layout).unwrap();
    fs::remove_file(dir.path().join(file_name(1))).unwrap();
    let error = check_complete(dir.path(), &layout).unwrap_err();
    assert!(
        error.to_string().contains("postdata_1.bin is missing"),
        "{error}"
    );
    assert_eq!(
        scan(dir.path())
            .unwrap()
            .iter()
            .map(|file| file.index)
            .collect::<Vec<_>>(),
        [0, 2, 3]
    );
    assert!(scan(&dir.path().join("nowhere")).unwrap().is_empty());
}

#[test]
fn a_session_is_checked_in_the_order_of_the_reference() {
    let params = PostParams::MAINNET;
    assert!(matches!(
        params.check_session(3, 0, 0),
        Err(ParamsError::NumUnits { min: 4, .. })
    ));
    assert!(matches!(
        params.check_session(4, 1023, 0),
        Err(ParamsError::FileSize { .. })
    ));
    assert!(matches!(
        params.check_session(4, 1024, 0),
        Err(ParamsError::Batch)
    ));
    assert!(
        matches!(
            params.check_session(u32::MAX, 1024, 1),
            Err(ParamsError::TooManyLabels { .. })
        ),
        "times K1"
    );
    assert_eq!(params.check_session(4, 1024, 1).unwrap().get(), 1 << 34);
}

#[test]
fn the_parameters_of_the_presets_are_those_of_their_configuration() {
    for (preset, params) in [
        (Preset::Mainnet, PostParams::MAINNET),
        (Preset::Testnet, PostParams::TESTNET),
        (Preset::Standalone, PostParams::STANDALONE),
        (Preset::Fastnet, PostParams::FASTNET),
    ] {
        let config = Config::builder(Host::default())
            .preset(preset)
            .build()
            .unwrap();
        assert_eq!(
            PostParams::try_from(&PostSettings::from_config(&config)),
            Ok(params),
            "{preset}"
        );
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_no_metadata_and_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(PostMetadata::parse(&bytes).is_err());
    }

    #[test]
    fn metadata_with_one_byte_changed_is_read_as_something_or_refused(at in 0..GO_WITH_NONCE.len(), byte: u8) {
        let mut bytes = GO_WITH_NONCE.as_bytes().to_vec();
        bytes[at] = byte;
        if let Ok(metadata) = PostMetadata::parse(&bytes) {
            prop_assert_eq!(PostMetadata::parse(&metadata.to_bytes()), Ok(metadata));
        }
    }

    /// Parts of a range are the range, each within one file and at its place.
    #[test]
    fn a_range_is_split_at_file_boundaries(labels in 1..5000_u64, size in 64..400_u64, start in 0..6000_u64, count in 0..6000_u64) {
        let layout = Layout::new(NumLabels::new(1, labels).unwrap(), size * 16).unwrap();
        let mut next = start;
        for part in layout.parts(start..start + count) {
            prop_assert_eq!(part.labels.start, next);
            prop_assert!(!part.labels.is_empty());
            let of_file = layout.file_labels(part.file);
            prop_assert!(of_file.start <= part.labels.start && part.labels.end <= of_file.end);
            prop_assert_eq!(part.offset, (part.labels.start - of_file.start) * 16);
            next = part.labels.end;
        }
        prop_assert_eq!(next, start.max(labels.min(start + count)));
        let sizes: u64 = (0..layout.files()).map(|file| layout.file_size(file)).sum();
        prop_assert_eq!(u128::from(sizes), layout.total_size());
    }
}
