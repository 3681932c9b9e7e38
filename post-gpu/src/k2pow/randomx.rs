//! RandomX v1 with the network's key (03 §3.10): memory, virtual machines, and the check that they compute right.
//!
//! Two forms: *light* keeps a cache of 256 MiB and suits verification; *fast* builds a dataset of 2,080 MiB, hashes about eight times as
//! fast, and drops the cache after it. Both are read-only once built and shared by all threads; each thread has its own [`Hasher`].
//!
//! Keeps true: no hash leaves here from a set of flags that failed a known answer (a just-in-time compiler without W^X gives wrong hashes on
//! Apple processors); a flag set that fails is replaced by a slower one. Large pages are used where the system has them and are never needed.
//!
//! `randomx-rs` brings the library and its build. Its own wrapper cannot share a dataset between the threads that build it and does not
//! check for a machine that could not be created, hence the declarations below.
#![expect(unsafe_code, reason = "calls into the RandomX library")]

use std::ffi::{c_int, c_ulong, c_void};
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::thread;

// Linked for its build script: the static library `randomx`.
use randomx_rs as _;

/// Key of the cache on every Spacemesh network.
pub const RANDOMX_KEY: &[u8; 27] = b"spacemesh-randomx-cache-key";

/// A known answer under [`RANDOMX_KEY`]: input and hash. Every set of flags must give it.
const KNOWN: (&[u8], [u8; 32]) = (
    &[
        0x43, 0x60, 0x69, 0x28, 0x73, 0xc8, 0x8a, 0x33, 0x86, 0x07, 0x9f, 0x4c,
    ],
    [
        0x90, 0xf1, 0x51, 0x70, 0xc7, 0x90, 0x6f, 0x43, 0xd8, 0x5f, 0xf2, 0x71, 0x97, 0x87, 0xdf,
        0xc0, 0x71, 0x04, 0x43, 0xd1, 0xf6, 0x84, 0x28, 0x20, 0x7c, 0x78, 0xb1, 0xbb, 0x36, 0xa6,
        0x48, 0xc5,
    ],
);

/// Flags of the library, by its own numbers (03 §3.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags(u32);

impl Flags {
    /// Memory from the system's pool of large pages.
    pub const LARGE_PAGES: Self = Self(1);
    /// The processor's AES instructions.
    pub const HARD_AES: Self = Self(2);
    /// A dataset instead of a cache.
    pub const FULL_MEM: Self = Self(4);
    /// Programs are compiled, not interpreted.
    pub const JIT: Self = Self(8);
    /// Compiled code is never writable and executable at once.
    pub const SECURE: Self = Self(16);
    /// The Argon2 implementations with SSSE3 and AVX2.
    pub const ARGON2: Self = Self(96);

    /// What the library recommends for this processor, with W^X where the system insists on it.
    pub fn recommended() -> Self {
        // SAFETY: asks the processor for its features, nothing else.
        let flags = Self(unsafe { randomx_get_flags() }.cast_unsigned());
        let secure = cfg!(any(
            target_os = "openbsd",
            target_os = "netbsd",
            all(target_vendor = "apple", target_arch = "aarch64")
        ));
        if secure {
            flags.with(Self::SECURE)
        } else {
            flags
        }
    }

    /// Flags by number, as operators of the reference set them. Only known bits count: the second version of RandomX must never be on.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits & 127)
    }

    /// Their number.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether all of `other` are set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// With `other` set.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// With `other` cleared.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    const fn raw(self) -> c_int {
        self.0.cast_signed()
    }
}

/// Whether hashes need little memory or little time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RandomXMode {
    /// 256 MiB; about 10–15 ms per hash.
    Light,
    /// 2,080 MiB; about an eighth of that, after seconds of building.
    Fast,
}

/// How to set up RandomX.
#[derive(Clone, Copy, Debug)]
pub struct RandomXOptions {
    /// Little memory or little time.
    pub mode: RandomXMode,
    /// Try the system's pool of large pages first.
    pub large_pages: bool,
    /// Threads that build the dataset; at least one is used.
    pub threads: usize,
    /// Flags instead of the recommended ones. The mode and large pages are added.
    pub flags: Option<Flags>,
}

impl RandomXOptions {
    /// For verification: light, recommended flags.
    pub const LIGHT: Self = Self {
        mode: RandomXMode::Light,
        large_pages: false,
        threads: 1,
        flags: None,
    };
}

/// RandomX memory, ready to hash. Shared by threads.
pub struct RandomX {
    memory: Memory,
    flags: Flags,
}

enum Memory {
    Cache(Cache),
    Dataset(Dataset),
}

impl RandomX {
    /// Allocates and fills the memory and checks a known answer: 0.2–0.5 s for light, seconds to a minute for fast. Falls back from large to
    /// normal pages, from W+X to W^X and from compiled to interpreted programs where the better one fails.
    ///
    /// # Errors
    /// When there is not enough memory or no set of flags computes the known answer.
    pub fn new(options: &RandomXOptions) -> Result<Self, RandomXError> {
        let wanted = options
            .flags
            .unwrap_or_else(Flags::recommended)
            .without(Flags::FULL_MEM)
            .without(Flags::LARGE_PAGES);
        let mut error = RandomXError::WrongHash { flags: wanted };
        let mut tried = Vec::new();
        for flags in [
            wanted,
            wanted.with(Flags::SECURE),
            wanted.without(Flags::JIT).without(Flags::SECURE),
            Flags(0),
        ] {
            if tried.contains(&flags) {
                continue;
            }
            tried.push(flags);
            match Self::with_flags(flags, options).and_then(Self::checked) {
                Ok(randomx) => return Ok(randomx),
                Err(failed @ RandomXError::Memory { .. }) => return Err(failed),
                Err(failed @ (RandomXError::WrongHash { .. } | RandomXError::Machine { .. })) => {
                    tracing::warn!(flags = flags.bits(), %failed, "RandomX does not work with these flags");
                    error = failed;
                }
            }
        }
        Err(error)
    }

    /// The flags in use.
    pub const fn flags(&self) -> Flags {
        self.flags
    }

    /// A virtual machine for one thread.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn hasher(self: &Arc<Self>) -> Result<Hasher, RandomXError> {
        let vm = Vm::new(self)?;
        Ok(Hasher {
            vm,
            _memory: Arc::clone(self),
        })
    }

    fn with_flags(flags: Flags, options: &RandomXOptions) -> Result<Self, RandomXError> {
        let large = flags.with(Flags::LARGE_PAGES);
        if options.large_pages
            && let Ok(randomx) = Self::allocate(large, options)
        {
            return Ok(randomx);
        }
        Self::allocate(flags, options)
    }

    fn allocate(flags: Flags, options: &RandomXOptions) -> Result<Self, RandomXError> {
        match options.mode {
            RandomXMode::Light => Ok(Self {
                memory: Memory::Cache(Cache::new(flags)?),
                flags,
            }),
            RandomXMode::Fast => {
                let flags = flags.with(Flags::FULL_MEM);
                // The dataset first: it is the one that large pages often do not suffice for.
                let mut dataset = Dataset::new(flags)?;
                let cache =
                    Cache::new(flags).or_else(|_| Cache::new(flags.without(Flags::LARGE_PAGES)))?;
                dataset.fill(&cache, options.threads);
                Ok(Self {
                    memory: Memory::Dataset(dataset),
                    flags,
                })
            }
        }
    }

    fn checked(self) -> Result<Self, RandomXError> {
        let hash = Vm::new(&self)?.hash(KNOWN.0);
        if hash == KNOWN.1 {
            Ok(self)
        } else {
            Err(RandomXError::WrongHash { flags: self.flags })
        }
    }
}

/// Computes hashes on one thread.
pub struct Hasher {
    // Before the memory that it points to, so that it is dropped first.
    vm: Vm,
    _memory: Arc<RandomX>,
}

impl Hasher {
    /// The RandomX hash of `input`.
    pub fn hash(&mut self, input: &[u8]) -> [u8; 32] {
        self.vm.hash(input)
    }
}

struct Cache(NonNull<RawCache>);

// SAFETY: the library writes to a cache only in `randomx_init_cache`, which `Cache::new` calls before anybody else has the pointer; later
// calls read it.
unsafe impl Send for Cache {}
// SAFETY: as above.
unsafe impl Sync for Cache {}

impl Cache {
    fn new(flags: Flags) -> Result<Self, RandomXError> {
        // SAFETY: any flags are accepted; the result is checked for null.
        let cache = NonNull::new(unsafe { randomx_alloc_cache(flags.raw()) }).map(Self);
        let cache = cache.ok_or(RandomXError::Memory { mib: 256 })?;
        // SAFETY: the cache is alive and ours alone; the key is readable for its length.
        unsafe {
            randomx_init_cache(
                cache.0.as_ptr(),
                RANDOMX_KEY.as_ptr().cast(),
                RANDOMX_KEY.len(),
            )
        };
        Ok(cache)
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        // SAFETY: allocated by `randomx_alloc_cache`, released once.
        unsafe { randomx_release_cache(self.0.as_ptr()) }
    }
}

struct Dataset(NonNull<RawDataset>);

// SAFETY: the library writes to a dataset only in `randomx_init_dataset`, which `Dataset::fill` calls with exclusive access.
unsafe impl Send for Dataset {}
// SAFETY: as above.
unsafe impl Sync for Dataset {}

impl Dataset {
    fn new(flags: Flags) -> Result<Self, RandomXError> {
        // SAFETY: any flags are accepted; the result is checked for null.
        let dataset = NonNull::new(unsafe { randomx_alloc_dataset(flags.raw()) }).map(Self);
        let dataset = dataset.ok_or(RandomXError::Memory { mib: 2080 })?;
        dataset.advise_huge_pages();
        Ok(dataset)
    }

    /// Fills all items, each thread an equal share.
    fn fill(&mut self, cache: &Cache, threads: usize) {
        // SAFETY: a constant of the library.
        let items = unsafe { randomx_dataset_item_count() };
        let share = items.div_ceil(threads.max(1) as c_ulong);
        let dataset = &*self;
        thread::scope(|scope| {
            let mut start = 0;
            while start < items {
                let count = share.min(items - start);
                scope.spawn(move || dataset.fill_part(cache, start, count));
                start += count;
            }
        });
    }

    fn fill_part(&self, cache: &Cache, start: c_ulong, count: c_ulong) {
        // SAFETY: dataset and cache are alive; the items lie within the dataset; `fill` gives each item to one thread and nobody reads
        // before it returns.
        unsafe { randomx_init_dataset(self.0.as_ptr(), cache.0.as_ptr(), start, count) }
    }

    /// Where there is no pool of large pages, the system may still back the dataset with huge pages.
    #[cfg(target_os = "linux")]
    fn advise_huge_pages(&self) {
        // SAFETY: the memory belongs to the dataset, `bytes` is its size; the advice changes no content and may be refused.
        unsafe {
            let memory = randomx_get_dataset_memory(self.0.as_ptr()).cast::<u8>();
            let bytes = randomx_dataset_item_count() as usize * 64;
            let inside = memory.align_offset(4096);
            libc::madvise(
                memory.add(inside).cast(),
                bytes - inside,
                libc::MADV_HUGEPAGE,
            );
        }
    }

    #[cfg(not(target_os = "linux"))]
    const fn advise_huge_pages(&self) {}
}

impl Drop for Dataset {
    fn drop(&mut self) {
        // SAFETY: allocated by `randomx_alloc_dataset`, released once.
        unsafe { randomx_release_dataset(self.0.as_ptr()) }
    }
}

struct Vm(NonNull<RawVm>);

// SAFETY: a machine is used by one thread at a time (`hash` takes `&mut self`) and is not tied to the thread that made it.
unsafe impl Send for Vm {}

impl Vm {
    /// A machine on the memory of `randomx`, which must outlive it.
    fn new(randomx: &RandomX) -> Result<Self, RandomXError> {
        let (cache, dataset) = match &randomx.memory {
            Memory::Cache(cache) => (cache.0.as_ptr(), ptr::null_mut()),
            Memory::Dataset(dataset) => (ptr::null_mut(), dataset.0.as_ptr()),
        };
        let flags = randomx.flags;
        // The scratchpad's pages are its own matter.
        [flags, flags.without(Flags::LARGE_PAGES)]
            .into_iter()
            .find_map(|flags| {
                // SAFETY: a cache is given exactly when FULL_MEM is not set, a dataset when it is; both are filled.
                NonNull::new(unsafe { randomx_create_vm(flags.raw(), cache, dataset) })
            })
            .map(Self)
            .ok_or(RandomXError::Machine { flags })
    }

    fn hash(&mut self, input: &[u8]) -> [u8; 32] {
        let mut out = [0; 32];
        // SAFETY: the machine is alive and ours; `input` is readable, `out` has the 32 bytes of a hash. The call restores the floating-point
        // rounding mode that it changes.
        unsafe {
            randomx_calculate_hash(
                self.0.as_ptr(),
                input.as_ptr().cast(),
                input.len(),
                out.as_mut_ptr().cast(),
            )
        };
        out
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        // SAFETY: created by `randomx_create_vm`, destroyed once.
        unsafe { randomx_destroy_vm(self.0.as_ptr()) }
    }
}

#[repr(C)]
struct RawCache {
    _opaque: [u8; 0],
}

#[repr(C)]
struct RawDataset {
    _opaque: [u8; 0],
}

#[repr(C)]
struct RawVm {
    _opaque: [u8; 0],
}

unsafe extern "C" {
    fn randomx_get_flags() -> c_int;
    fn randomx_alloc_cache(flags: c_int) -> *mut RawCache;
    fn randomx_init_cache(cache: *mut RawCache, key: *const c_void, key_size: usize);
    fn randomx_release_cache(cache: *mut RawCache);
    fn randomx_alloc_dataset(flags: c_int) -> *mut RawDataset;
    fn randomx_dataset_item_count() -> c_ulong;
    fn randomx_init_dataset(
        dataset: *mut RawDataset,
        cache: *mut RawCache,
        start: c_ulong,
        count: c_ulong,
    );
    #[cfg(target_os = "linux")]
    fn randomx_get_dataset_memory(dataset: *mut RawDataset) -> *mut c_void;
    fn randomx_release_dataset(dataset: *mut RawDataset);
    fn randomx_create_vm(
        flags: c_int,
        cache: *mut RawCache,
        dataset: *mut RawDataset,
    ) -> *mut RawVm;
    fn randomx_destroy_vm(machine: *mut RawVm);
    fn randomx_calculate_hash(
        machine: *mut RawVm,
        input: *const c_void,
        input_size: usize,
        output: *mut c_void,
    );
}

/// RandomX cannot run here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RandomXError {
    /// Not enough memory.
    #[error(
        "RandomX needs {mib} MiB of memory, which are not free; close other programs, or choose light mode"
    )]
    Memory {
        /// How much, MiB.
        mib: u32,
    },
    /// No virtual machine.
    #[error("a RandomX machine with flags {} cannot be created: memory for its 2 MiB or for compiled code was refused", flags.bits())]
    Machine {
        /// The flags.
        flags: Flags,
    },
    /// The known answer came out wrong.
    #[error("RandomX with flags {} computes wrong hashes on this processor; set other flags", flags.bits())]
    WrongHash {
        /// The flags.
        flags: Flags,
    },
}
