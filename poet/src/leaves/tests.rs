//! Logs that were cut, damaged, moved, or belong to others.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;

fn nodes(range: std::ops::Range<u8>) -> Vec<Node> {
    range.map(|byte| [byte; 32]).collect()
}

fn statement() -> Statement {
    [9; 32].into()
}

/// A log with ten records, closed again.
fn ten(folder: &Path) {
    let mut log = LeafLog::create(folder, &statement(), 4).unwrap();
    log.append(&nodes(0..10)).unwrap();
    log.sync().unwrap();
}

fn open(folder: &Path) -> LeafLog {
    LeafLog::open(folder).unwrap().unwrap()
}

#[test]
fn what_was_appended_is_there_after_opening() {
    let folder = tempfile::tempdir().unwrap();
    ten(folder.path());
    let mut log = open(folder.path());
    assert_eq!(
        (log.leaves(), log.height(), log.statement()),
        (160, 4, &statement())
    );
    log.append(&nodes(10..12)).unwrap();
    drop(log);
    assert_eq!(open(folder.path()).read(0, 12).unwrap(), nodes(0..12));
    let stored = LeafLog::stored_statement(folder.path()).unwrap();
    assert_eq!(stored, Some(statement()));
}

#[test]
fn an_empty_folder_holds_no_log() {
    let folder = tempfile::tempdir().unwrap();
    assert!(LeafLog::open(folder.path()).unwrap().is_none());
    assert!(LeafLog::stored_statement(folder.path()).unwrap().is_none());
}

/// Wherever a file ends, the whole records before are kept and the next ones can follow.
#[test]
fn a_torn_tail_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    ten(folder.path());
    let path = folder.path().join(LOG);
    let whole = fs::read(&path).unwrap();
    for len in (HEADER_LEN..=whole.len()).rev().step_by(7) {
        fs::write(&path, &whole[..len]).unwrap();
        let kept = ((len - HEADER_LEN) / RECORD_LEN) as u64;
        let mut log = open(folder.path());
        assert_eq!(log.len(), kept, "{len} bytes");
        log.append(&nodes(kept as u8..10)).unwrap();
        drop(log);
        assert_eq!(fs::read(&path).unwrap(), whole);
    }
}

/// A system that dies may leave zeros or old bytes where the last records were to be.
#[test]
fn a_tail_of_garbage_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    ten(folder.path());
    let path = folder.path().join(LOG);
    let mut bytes = fs::read(&path).unwrap();
    bytes[HEADER_LEN + 7 * RECORD_LEN + 3] ^= 1;
    bytes.extend_from_slice(&[0; 1000]);
    fs::write(&path, &bytes).unwrap();
    let log = open(folder.path());
    assert_eq!(log.read(0, 7).unwrap(), nodes(0..7));
    assert_eq!(log.len(), 7);
}

#[test]
fn damage_that_is_no_torn_tail_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = LeafLog::create(folder.path(), &statement(), 18).unwrap();
    for _ in 0..10 {
        log.append(&nodes(0..100)).unwrap();
    }
    drop(log);
    let path = folder.path().join(LOG);
    let mut bytes = fs::read(&path).unwrap();
    bytes[HEADER_LEN + 500 * RECORD_LEN + 39] ^= 0x80;
    fs::write(&path, &bytes).unwrap();
    let log = open(folder.path());
    assert_eq!(log.len(), 1000);
    assert!(log.read(501, 499).is_ok());
    let damaged = log.read(400, 200);
    assert!(
        matches!(
            damaged,
            Err(LogError::Damaged {
                record: 500,
                offset: 20_128,
                ..
            })
        ),
        "{damaged:?}"
    );
}

#[test]
fn a_file_that_is_no_log_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    ten(folder.path());
    let path = folder.path().join(LOG);
    let whole = fs::read(&path).unwrap();
    for (at, byte) in [
        (0, b'x'),
        (12, 5),
        (13, 31),
        (13, 200),
        (14, 1),
        (20, 0),
        (100, 0),
    ] {
        let mut bytes = whole.clone();
        assert_ne!(bytes[at], byte);
        bytes[at] = byte;
        fs::write(&path, &bytes).unwrap();
        let opened = LeafLog::open(folder.path());
        assert!(
            matches!(opened, Err(LogError::NotALog { .. })),
            "{at}: {opened:?}"
        );
    }
    fs::write(&path, &whole[..100]).unwrap();
    let opened = LeafLog::open(folder.path());
    assert!(
        matches!(opened, Err(LogError::NotALog { .. })),
        "{opened:?}"
    );
    let mut later = whole;
    later[8] = 2;
    fs::write(&path, &later).unwrap();
    let opened = LeafLog::open(folder.path());
    assert!(
        matches!(opened, Err(LogError::TooNew { found: 2, .. })),
        "{opened:?}"
    );
}

#[test]
fn a_folder_is_used_by_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    ten(folder.path());
    let log = open(folder.path());
    assert!(matches!(
        LeafLog::open(folder.path()),
        Err(LogError::InUse { .. })
    ));
    drop(log);
    open(folder.path());
}

/// 165 leaves: ten subtrees of sixteen, and five leaves.
fn end() -> Parked {
    Parked::resume(nodes(1..5), 0b1010_0101).unwrap()
}

#[test]
fn the_end_comes_back_only_beside_its_own_log() {
    let folder = tempfile::tempdir().unwrap();
    ten(folder.path());
    let mut log = open(folder.path());
    assert_eq!(log.read_end().unwrap(), None);
    log.write_end(&end()).unwrap();
    assert_eq!(log.read_end().unwrap(), Some(end()));
    log.append(&nodes(10..11)).unwrap();
    assert!(matches!(log.read_end(), Err(LogError::EndDamaged { .. })));
    drop(log);

    let other = tempfile::tempdir().unwrap();
    let mut log = LeafLog::create(other.path(), &[8; 32].into(), 4).unwrap();
    log.append(&nodes(0..10)).unwrap();
    fs::copy(folder.path().join(END), other.path().join(END)).unwrap();
    assert!(matches!(log.read_end(), Err(LogError::EndDamaged { .. })));
}

#[test]
fn an_end_with_a_changed_byte_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    ten(folder.path());
    let log = open(folder.path());
    log.write_end(&end()).unwrap();
    let path = folder.path().join(END);
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        fs::write(&path, &bytes).unwrap();
        assert!(
            matches!(log.read_end(), Err(LogError::EndDamaged { .. })),
            "{at}"
        );
        fs::write(&path, &whole[..at]).unwrap();
        assert!(
            matches!(log.read_end(), Err(LogError::EndDamaged { .. })),
            "{at}"
        );
    }
}

#[test]
fn deleting_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("7");
    ten(&inside);
    let log = open(&inside);
    log.write_end(&end()).unwrap();
    log.delete().unwrap();
    assert!(!inside.exists());
}
