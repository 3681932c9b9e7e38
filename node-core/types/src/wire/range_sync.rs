//! Reconciling sets of ids by ranges (10). The bounds of ranges, the list of keys and the samples have codecs of their own (01 §1.6).

use spacemesh_codec::{BoundedVec, Decode, DecodeError, DecodeErrorKind, Encode, Input, Output};

use crate::Hash32;

byte_type! {
    /// Short digest of a range of ids.
    Fingerprint, 12, log: full, json: numbers
}

/// Most keys in a list. Most of what follows it is bounded by the size of a message long before.
const KEYS_MAX: usize = 100_000_000;
const TYPE_SHIFT: u32 = 6;
const TYPE_NONE: u8 = 0;
const TYPE_HASH: u8 = 1;
const LENGTH_MASK: u8 = 0x3f;

/// A bound of a range: a hash without the zeros at its end, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CompactHash(pub Option<Hash32>);

impl Encode for CompactHash {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        let Some(hash) = self.0 else {
            out.write(&[TYPE_NONE << TYPE_SHIFT]);
            return;
        };
        let zeros = hash.0.iter().rev().take_while(|&&byte| byte == 0).count();
        let leading = &hash.0[..Hash32::SIZE - zeros];
        let length = u8::try_from(leading.len()).expect("a hash has 32 bytes");
        out.write(&[TYPE_HASH << TYPE_SHIFT | length]);
        out.write(leading);
    }
}

impl Decode for CompactHash {
    const SIZE_MIN: usize = 1;
    const DEPTH: u32 = 0;

    fn decode_from(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        let start = input.offset();
        let fail = |kind| Err(DecodeError::new(start, kind));
        let spec = input.byte()?;
        let length = usize::from(spec & LENGTH_MASK);
        match spec >> TYPE_SHIFT {
            TYPE_NONE => {
                // The low bits are ignored here, as the reference does.
                if length != 0 {
                    input.mark_not_canonical();
                }
                Ok(Self(None))
            }
            TYPE_HASH if length > Hash32::SIZE => fail(DecodeErrorKind::TooMany {
                count: length,
                max: Hash32::SIZE,
            }),
            TYPE_HASH => {
                let leading = input.take(length)?;
                if leading.last() == Some(&0) {
                    input.mark_not_canonical();
                }
                let mut hash = Hash32::ZERO;
                hash.0[..length].copy_from_slice(leading);
                Ok(Self(Some(hash)))
            }
            tag => fail(DecodeErrorKind::UnknownTag { tag }),
        }
    }
}

/// Keys of 32 bytes. An empty list is its count alone; otherwise a byte 1 stands before the keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyCollection(pub BoundedVec<Hash32, KEYS_MAX>);

/// Tells that the keys are hashes of 32 bytes.
const KEYS_ARE_HASHES: u8 = 1;

impl Encode for KeyCollection {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        let count = u32::try_from(self.0.len()).expect("the limit is below 2^32");
        count.encode_to(out);
        if count > 0 {
            out.write(&[KEYS_ARE_HASHES]);
        }
        for key in &self.0 {
            key.encode_to(out);
        }
    }
}

impl Decode for KeyCollection {
    const SIZE_MIN: usize = 1;
    const DEPTH: u32 = 1;

    fn decode_from(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        let start = input.offset();
        let count = usize::try_from(u32::decode_from(input)?).unwrap_or(usize::MAX);
        if count > KEYS_MAX {
            return Err(DecodeError::new(
                start,
                DecodeErrorKind::TooMany {
                    count,
                    max: KEYS_MAX,
                },
            ));
        }
        if count == 0 {
            return Ok(Self::default());
        }
        let start = input.offset();
        if input.byte()? != KEYS_ARE_HASHES {
            return Err(DecodeError::new(
                start,
                DecodeErrorKind::Expected("the byte 1 before keys"),
            ));
        }
        let bytes = input.take(count.saturating_mul(Hash32::SIZE))?;
        let (keys, _) = bytes.as_chunks();
        let keys: Vec<_> = keys.iter().copied().map(Hash32).collect();
        let keys = keys.try_into().map_err(|_| {
            DecodeError::new(
                start,
                DecodeErrorKind::TooMany {
                    count,
                    max: KEYS_MAX,
                },
            )
        })?;
        Ok(Self(keys))
    }
}

/// A sample for estimating how much two sets have in common. Not compact: four bytes, little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinhashSampleItem(pub u32);

impl Encode for MinhashSampleItem {
    fn encode_to<O: Output + ?Sized>(&self, out: &mut O) {
        out.write(&self.0.to_le_bytes());
    }
}

impl Decode for MinhashSampleItem {
    const SIZE_MIN: usize = 4;
    const DEPTH: u32 = 0;

    fn decode_from(input: &mut Input<'_>) -> Result<Self, DecodeError> {
        input
            .take_array()
            .map(|bytes| Self(u32::from_le_bytes(bytes)))
    }
}

/// A range without ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct EmptyRangeMessage {
    /// Lower bound.
    pub range_x: CompactHash,
    /// Upper bound.
    pub range_y: CompactHash,
}

/// Digest and size of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct FingerprintMessage {
    /// Lower bound.
    pub range_x: CompactHash,
    /// Upper bound.
    pub range_y: CompactHash,
    /// The digest.
    pub range_fingerprint: Fingerprint,
    /// Number of ids.
    pub num_items: u32,
}

/// A range whose ids were sent before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct RangeContentsMessage {
    /// Lower bound.
    pub range_x: CompactHash,
    /// Upper bound.
    pub range_y: CompactHash,
    /// Number of ids.
    pub num_items: u32,
}

/// Ids.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ItemBatchMessage {
    /// The ids.
    pub content_keys: KeyCollection,
}

/// A question for a sample of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct ProbeMessage {
    /// Lower bound.
    pub range_x: CompactHash,
    /// Upper bound.
    pub range_y: CompactHash,
    /// Digest of the asker's range.
    pub range_fingerprint: Fingerprint,
    /// How many samples.
    pub sample_size: u32,
}

/// A sample of a range.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SampleMessage {
    /// Lower bound.
    pub range_x: CompactHash,
    /// Upper bound.
    pub range_y: CompactHash,
    /// The digest.
    pub range_fingerprint: Fingerprint,
    /// Number of ids.
    pub num_items: u32,
    /// The sample.
    pub sample_items: BoundedVec<MinhashSampleItem, 1000>,
}

/// A question for ids received since a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct RecentMessage {
    /// The time, in nanoseconds since 1970; zero in the answer.
    pub since_time: u64,
}
