//! A memory of what was used last, bounded.

use std::collections::BTreeMap;

/// Keeps at least the last `capacity` used entries and at most twice as many. What is forgotten can be computed again.
#[derive(Debug, Clone)]
pub struct Recent<K, V> {
    capacity: usize,
    young: BTreeMap<K, V>,
    old: BTreeMap<K, V>,
}

impl<K: Ord + Clone, V> Recent<K, V> {
    /// A memory of `capacity` entries, at least one.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            young: BTreeMap::new(),
            old: BTreeMap::new(),
        }
    }

    /// The value of `key`, if it is remembered.
    pub fn get(&mut self, key: &K) -> Option<&mut V> {
        if !self.young.contains_key(key) {
            let value = self.old.remove(key)?;
            self.insert(key.clone(), value);
        }
        self.young.get_mut(key)
    }

    /// Remembers a value.
    pub fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= self.capacity && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&key);
        self.young.insert(key, value);
    }

    /// The value of `key`; computed and remembered if it is not known. What has no value is not remembered.
    pub fn get_or_compute<E>(
        &mut self,
        key: K,
        compute: impl FnOnce() -> Result<V, E>,
    ) -> Result<&mut V, E> {
        if self.get(&key).is_none() {
            let value = compute()?;
            self.insert(key.clone(), value);
        }
        Ok(self.young.get_mut(&key).expect("it was found or inserted"))
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }

    /// How many entries are remembered.
    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
