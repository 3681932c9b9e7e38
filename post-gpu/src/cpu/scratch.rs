//! Row memory of one thread: allocated once, on huge pages where the system gives them.
//!
//! The mix loop reads rows in random order. With 4 KiB pages nearly every read would also miss the TLB; with 2 MiB pages a kernel's whole
//! scratch takes a few entries.

use crate::label::Block;

/// Words of one row.
const ROW_WORDS: usize = 32;
/// Alignment of the rows in bytes: one huge page, so that the first row starts one.
const HUGE_PAGE: usize = 2 << 20;

/// Row memory for the label kernels. Keep one per thread; it grows to what the largest request needed and is reused.
#[derive(Default)]
pub struct Scratch {
    words: Vec<u32>,
    /// First word used, so that rows start at a huge page (large requests) or a cache line.
    start: usize,
    rows: usize,
}

impl Scratch {
    /// Empty; the first label allocates.
    pub const fn new() -> Self {
        Self {
            words: Vec::new(),
            start: 0,
            rows: 0,
        }
    }

    /// At least `rows` rows, aligned to a cache line. Content is arbitrary.
    pub(crate) fn rows(&mut self, rows: usize) -> &mut [Block] {
        if self.rows < rows {
            self.grow(rows);
        }
        let words = &mut self.words[self.start..self.start + rows * ROW_WORDS];
        words.as_chunks_mut().0
    }

    fn grow(&mut self, rows: usize) {
        let bytes = rows * ROW_WORDS * size_of::<u32>();
        let align = if bytes >= HUGE_PAGE { HUGE_PAGE } else { 64 };
        // Free before allocating: scratch is the largest thing a thread owns.
        self.words = Vec::new();
        self.words = vec![0; (bytes + align) / size_of::<u32>()];
        self.start = self.words.as_ptr().align_offset(align);
        self.rows = rows;
        advise_huge_pages(&mut self.words);
    }
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "madvise has no safe binding")]
fn advise_huge_pages(words: &mut [u32]) {
    let bytes = size_of_val(words);
    if bytes < HUGE_PAGE {
        return;
    }
    let inside = words.as_ptr().align_offset(4096) * size_of::<u32>();
    // SAFETY: the range lies inside memory that we own and borrow mutably, starts at a page, and MADV_HUGEPAGE changes no content. A
    // refusal (kernel without huge pages) only costs speed.
    unsafe {
        libc::madvise(
            words.as_mut_ptr().cast::<u8>().add(inside).cast(),
            bytes - inside,
            libc::MADV_HUGEPAGE,
        );
    }
}

#[cfg(not(target_os = "linux"))]
const fn advise_huge_pages(_: &mut [u32]) {}
