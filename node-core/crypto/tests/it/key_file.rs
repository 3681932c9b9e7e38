//! Key files and folders of them (01 §3.2).

use proptest::prelude::*;
use spacemesh_crypto::{
    IdentitiesError, KeyError, KeyFileError, Setup, SigningKey, load_identities, parse_key_file,
    write_key_file,
};

fn text(seed: u8) -> String {
    write_key_file(&SigningKey::from_seed(&[seed; 32])).to_string()
}

#[test]
fn a_key_file_is_128_lower_case_digits_and_reads_back() {
    let text = text(1);
    assert_eq!(text.len(), 128);
    assert!(
        text.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    );
    for content in [text.clone(), text.to_uppercase()] {
        assert_eq!(
            parse_key_file(content.as_bytes())
                .unwrap()
                .seed()
                .as_slice(),
            [1; 32]
        );
    }
}

#[test]
fn what_the_reference_refuses_is_refused_with_its_reason() {
    let error = |content: &str| parse_key_file(content.as_bytes()).unwrap_err();
    let good = text(1);
    assert_eq!(error(&format!("{good}\n")), KeyFileError::BlanksAtTheEnd);
    assert_eq!(error(&good[..126]), KeyFileError::Length { found: 126 });
    assert_eq!(
        error(&format!("0x{good}")),
        KeyFileError::Length { found: 130 }
    );
    assert_eq!(
        error(&format!("{}g", &good[..127])),
        KeyFileError::Digit { position: 127 }
    );
    let halves = format!("{}{}", &good[..64], &text(2)[64..]);
    assert_eq!(error(&halves), KeyFileError::Key(KeyError::HalvesDiffer));
}

#[test]
fn secrets_do_not_show_in_debug_text() {
    let key = SigningKey::from_seed(&[0xab; 32]);
    let shown = format!("{key:?}");
    assert!(
        !shown.contains("abab") && !shown.contains("171, 171"),
        "{shown}"
    );
}

fn load(files: &[(&str, &str)]) -> Result<Option<(Vec<String>, Setup)>, IdentitiesError> {
    let files = files
        .iter()
        .map(|(name, content)| (*name, content.as_bytes()));
    let identities = load_identities(files)?;
    Ok(identities.map(|found| {
        (
            found
                .list()
                .iter()
                .map(|identity| identity.file.clone())
                .collect(),
            found.setup(),
        )
    }))
}

#[test]
fn one_local_key_is_supervised_and_everything_else_is_remote() {
    let (a, b) = (text(1), text(2));
    let found = |names: &[&str], setup| {
        Ok(Some((
            names.iter().map(ToString::to_string).collect(),
            setup,
        )))
    };
    assert_eq!(
        load(&[("local.key", &a)]),
        found(&["local.key"], Setup::Supervised)
    );
    assert_eq!(
        load(&[("b.key", &b), ("a.key", &a)]),
        found(&["a.key", "b.key"], Setup::Remote)
    );
    assert_eq!(
        load(&[("other.key", &a), ("local.KEY", "no key"), ("note", "")]),
        found(&["other.key"], Setup::Remote)
    );
    assert_eq!(load(&[("readme.txt", "")]), Ok(None));
    assert_eq!(load(&[]), Ok(None));
}

#[test]
fn a_folder_with_a_bad_double_or_misplaced_key_is_refused_as_a_whole() {
    let (a, b) = (text(1), text(2));
    let bad = IdentitiesError::File {
        file: "b.key".to_owned(),
        source: KeyFileError::Length { found: 0 },
    };
    assert_eq!(load(&[("a.key", &a), ("b.key", "")]), Err(bad));
    let id = SigningKey::from_seed(&[1; 32]).node_id();
    let double =
        IdentitiesError::Duplicates(vec![(id, vec!["a.key".to_owned(), "c.key".to_owned()])]);
    assert_eq!(
        load(&[("c.key", &a), ("a.key", &a), ("b.key", &b)]),
        Err(double)
    );
    assert_eq!(
        load(&[("local.key", &a), ("b.key", &b)]),
        Err(IdentitiesError::SupervisedAmongOthers { count: 2 })
    );
}

proptest! {
    #[test]
    fn arbitrary_content_never_panics(content: Vec<u8>, seed: [u8; 32], at in 0_usize..128, byte: u8) {
        let _ = parse_key_file(&content);
        let mut changed = write_key_file(&SigningKey::from_seed(&seed)).as_bytes().to_vec();
        changed[at] = byte;
        if let Ok(key) = parse_key_file(&changed) {
            prop_assert_eq!(*key.seed(), seed);
        }
    }
}
