//! Where encoded bytes go. Ids are hashes of encodings, so a hash is a destination like a vector is.

/// Takes bytes in order. Cannot fail: a socket or file gets the finished vector.
pub trait Output {
    /// Appends `bytes`.
    fn write(&mut self, bytes: &[u8]);
}

impl Output for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

impl<O: Output + ?Sized> Output for &mut O {
    fn write(&mut self, bytes: &[u8]) {
        (**self).write(bytes);
    }
}

/// Counts the bytes written to it and drops them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByteCount(pub usize);

impl Output for ByteCount {
    fn write(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
}
