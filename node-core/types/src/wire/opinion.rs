//! The hash of an opinion on one layer and, through the hash before it, on all earlier ones (08).

use spacemesh_codec::Output;

use crate::{BlockId, Hash32, HashBuilder};

/// Streams the opinion on a layer. Supported blocks come in the order of 08: by height, then by id.
#[derive(Debug, Clone)]
pub struct OpinionHasher(HashBuilder);

impl OpinionHasher {
    /// Starts with the hash of the layer before.
    pub fn new(previous: &Hash32) -> Self {
        let mut hash = HashBuilder::new();
        hash.write(previous.as_bytes());
        Self(hash)
    }

    /// A block that is supported: its 20 bytes, then its height as eight bytes.
    pub fn support(&mut self, block: &BlockId, height: u64) {
        self.0.write(block.as_bytes());
        self.0.write(&height.to_le_bytes());
    }

    /// No opinion.
    pub fn abstain(&mut self) {
        self.0.write(&[0]);
    }

    /// The hash.
    pub fn finish(&self) -> Hash32 {
        self.0.finish()
    }
}
