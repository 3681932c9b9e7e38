//! Byte strings that many rows share, under 4-byte names.

/// Bits of a value that choose its bucket.
const BUCKET_BITS: u32 = 12;

/// Values of `N` bytes, each stored once while something uses it.
#[derive(Debug, Clone)]
pub(crate) struct Interner<const N: usize> {
    values: Vec<[u8; N]>,
    /// How often each is used; 0 for names that are free.
    uses: Vec<u32>,
    free: Vec<u32>,
    /// Names by the last bits of their values, each bucket in the order of the values. Coinbases begin with equal bytes and end with a hash.
    buckets: Vec<Vec<u32>>,
}

impl<const N: usize> Default for Interner<N> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            uses: Vec::new(),
            free: Vec::new(),
            buckets: vec![Vec::new(); 1 << BUCKET_BITS],
        }
    }
}

impl<const N: usize> Interner<N> {
    /// The name of `value`, used once more. `None` when there are 2^32 values, which is when memory ended long before.
    pub(crate) fn acquire(&mut self, value: &[u8; N]) -> Option<u32> {
        let bucket = bucket_of(value);
        match self.search(bucket, value) {
            Ok(name) => {
                if let Some(uses) = index(name).and_then(|index| self.uses.get_mut(index)) {
                    *uses = uses.saturating_add(1);
                }
                Some(name)
            }
            Err(place) => {
                let name = match self.free.pop() {
                    Some(name) => {
                        let at = index(name)?;
                        *self.values.get_mut(at)? = *value;
                        *self.uses.get_mut(at)? = 1;
                        name
                    }
                    None => {
                        let name = u32::try_from(self.values.len()).ok()?;
                        self.values.push(*value);
                        self.uses.push(1);
                        name
                    }
                };
                self.buckets.get_mut(bucket)?.insert(place, name);
                Some(name)
            }
        }
    }

    /// The value of a name in use.
    pub(crate) fn value(&self, name: u32) -> Option<&[u8; N]> {
        self.values.get(index(name)?)
    }

    /// The name of a value in use.
    pub(crate) fn name(&self, value: &[u8; N]) -> Option<u32> {
        self.search(bucket_of(value), value).ok()
    }

    /// One use less. The last one frees the name.
    pub(crate) fn release(&mut self, name: u32) {
        let Some(at) = index(name) else {
            return;
        };
        let Some(uses) = self.uses.get_mut(at).filter(|uses| **uses > 0) else {
            return;
        };
        *uses -= 1;
        if *uses > 0 {
            return;
        }
        let Some(value) = self.values.get(at).copied() else {
            return;
        };
        let bucket = bucket_of(&value);
        if let Some(names) = self.buckets.get_mut(bucket) {
            names.retain(|other| *other != name);
        }
        self.free.push(name);
    }

    /// Values in use.
    pub(crate) fn len(&self) -> usize {
        self.values.len() - self.free.len()
    }

    /// Bytes on the heap.
    pub(crate) fn heap_size(&self) -> usize {
        let buckets: usize = self.buckets.iter().map(|names| 4 * names.capacity()).sum();
        N * self.values.capacity()
            + 4 * (self.uses.capacity() + self.free.capacity())
            + buckets
            + size_of::<Vec<u32>>() * self.buckets.capacity()
    }

    fn search(&self, bucket: usize, value: &[u8; N]) -> Result<u32, usize> {
        let names = self.buckets.get(bucket).map_or(&[][..], Vec::as_slice);
        let found = names.binary_search_by(|name| self.value(*name).cmp(&Some(value)));
        found.map(|place| names.get(place).copied().unwrap_or_default())
    }
}

fn bucket_of(value: &[u8]) -> usize {
    let tail = value.last_chunk::<2>().copied().unwrap_or_default();
    usize::from(u16::from_be_bytes(tail) >> (16 - BUCKET_BITS))
}

fn index(name: u32) -> Option<usize> {
    usize::try_from(name).ok()
}
