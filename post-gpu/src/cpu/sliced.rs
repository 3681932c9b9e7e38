//! The loops of the label function on word-sliced vectors (03 §3.2), written once for all instruction sets.
//!
//! A group is as many labels as a vector has 32-bit lanes. Its state is word-sliced: vector `w` holds word `w` of every label, so the ChaCha
//! core needs no shuffles. In memory every lane's row is 128 contiguous bytes (rows outermost), because each lane reads another row; a
//! transpose of `LANES × LANES` words takes a part of as many rows to as many vectors and back.
//!
//! Two groups take turns: while one group's step is computed the other group's rows are on their way from memory.

/// Defines `romix(blocks, n, scratch)` in the module of a kernel: both loops on up to `2 * LANES` blocks.
///
/// `feature` is what the processor must have. The module brings, each with that feature enabled:
///
/// ```text
/// type Vector                             LANES words of 32 bits, one per label
/// const LANES: usize
/// zero() -> Vector
/// read(&[u32; LANES]) -> Vector           from memory of any alignment
/// write(Vector, &mut [u32; LANES])
/// xor(Vector, Vector) -> Vector
/// add(Vector, Vector) -> Vector           modulo 2^32
/// rotate::<LEFT>(Vector) -> Vector        LEFT is 16, 12, 8 or 7
/// transpose(&mut [Vector; LANES])         element i of vector k changes places with element k of vector i
/// prefetch(&Block)                        the row is read soon
/// ```
macro_rules! sliced_romix {
    (feature: $feature:literal) => {
        /// Word-sliced state of a group: words of block 0, then of block 1.
        type State = [Vector; 32];

        pub(super) fn romix(
            blocks: &mut [$crate::label::Block],
            n: $crate::params::ScryptN,
            scratch: &mut super::Scratch,
        ) {
            debug_assert!(blocks.len() <= 2 * LANES);
            if blocks.len() <= LANES {
                // SAFETY: a kernel runs only where `LabelKernel::available` found the processor's features.
                unsafe { run::<1>(blocks, n, scratch) }
            } else {
                // SAFETY: as above.
                unsafe { run::<2>(blocks, n, scratch) }
            }
        }

        #[target_feature(enable = $feature)]
        fn run<const GROUPS: usize>(
            blocks: &mut [$crate::label::Block],
            n: $crate::params::ScryptN,
            scratch: &mut super::Scratch,
        ) {
            let rows = scratch.rows(n.rows() * LANES * GROUPS);
            let mut states = [[zero(); 32]; GROUPS];
            let mut lanes = [[0; 32]; LANES];
            for (state, group) in states.iter_mut().zip(blocks.chunks(LANES)) {
                lanes[..group.len()].copy_from_slice(group);
                load(state, &lanes, &std::array::from_fn(|lane| lane));
            }
            let groups = rows.as_chunks_mut::<LANES>().0;
            for step in groups.chunks_exact_mut(GROUPS) {
                for (state, row) in states.iter_mut().zip(step) {
                    store(state, row);
                    chunkmix(state);
                }
            }
            let mask = n.rows() - 1;
            let mut places = [[0; LANES]; GROUPS];
            for (g, (state, place)) in states.iter().zip(&mut places).enumerate() {
                choose(state, mask, GROUPS * LANES, g * LANES, place, rows);
            }
            for _ in 0..n.rows() {
                for (g, (state, place)) in states.iter_mut().zip(&mut places).enumerate() {
                    mix(state, rows, place);
                    chunkmix(state);
                    choose(state, mask, GROUPS * LANES, g * LANES, place, rows);
                }
            }
            for (state, group) in states.iter().zip(blocks.chunks_mut(LANES)) {
                store(state, &mut lanes);
                group.copy_from_slice(&lanes[..group.len()]);
            }
        }

        /// The row of each lane for the next step, and a hint to fetch it.
        #[inline]
        #[target_feature(enable = $feature)]
        fn choose(
            state: &State,
            mask: usize,
            stride: usize,
            first: usize,
            places: &mut [usize; LANES],
            rows: &[$crate::label::Block],
        ) {
            let mut words = [0; LANES];
            write(state[16], &mut words);
            for (lane, (place, word)) in places.iter_mut().zip(words).enumerate() {
                *place = (word as usize & mask) * stride + first + lane;
                prefetch(&rows[*place]);
            }
        }

        /// `state ^= rows[places]`, lane by lane.
        #[inline]
        #[target_feature(enable = $feature)]
        fn mix(state: &mut State, rows: &[$crate::label::Block], places: &[usize; LANES]) {
            let mut v = [zero(); 32];
            load(&mut v, rows, places);
            for (word, v) in state.iter_mut().zip(v) {
                *word = xor(*word, v);
            }
        }

        /// Rows at `places` to word-sliced form.
        #[inline]
        #[target_feature(enable = $feature)]
        fn load(state: &mut State, rows: &[$crate::label::Block], places: &[usize; LANES]) {
            for (part, out) in state.as_chunks_mut().0.iter_mut().enumerate() {
                for (vector, place) in out.iter_mut().zip(places) {
                    *vector = read(&rows[*place].as_chunks().0[part]);
                }
                transpose(out);
            }
        }

        /// Word-sliced form to `LANES` rows side by side.
        #[inline]
        #[target_feature(enable = $feature)]
        fn store(state: &State, rows: &mut [$crate::label::Block; LANES]) {
            for (part, words) in state.as_chunks().0.iter().enumerate() {
                let mut lanes = *words;
                transpose(&mut lanes);
                for (row, lane) in rows.iter_mut().zip(lanes) {
                    write(lane, &mut row.as_chunks_mut().0[part]);
                }
            }
        }

        /// `Y0 = core(B0 ^ B1)`, `Y1 = core(B1 ^ Y0)`.
        #[inline]
        #[target_feature(enable = $feature)]
        fn chunkmix(x: &mut State) {
            let mut y = [zero(); 16];
            for i in 0..16 {
                y[i] = xor(x[i], x[16 + i]);
            }
            core(&mut y);
            x[..16].copy_from_slice(&y);
            for i in 0..16 {
                y[i] = xor(x[16 + i], y[i]);
            }
            core(&mut y);
            x[16..].copy_from_slice(&y);
        }

        /// ChaCha20/8 with feed-forward on one block of every label.
        #[inline]
        #[target_feature(enable = $feature)]
        fn core(b: &mut [Vector; 16]) {
            let mut s = *b;
            for _ in 0..4 {
                quarter(&mut s, 0, 4, 8, 12);
                quarter(&mut s, 1, 5, 9, 13);
                quarter(&mut s, 2, 6, 10, 14);
                quarter(&mut s, 3, 7, 11, 15);
                quarter(&mut s, 0, 5, 10, 15);
                quarter(&mut s, 1, 6, 11, 12);
                quarter(&mut s, 2, 7, 8, 13);
                quarter(&mut s, 3, 4, 9, 14);
            }
            for (out, word) in b.iter_mut().zip(s) {
                *out = add(*out, word);
            }
        }

        #[inline]
        #[target_feature(enable = $feature)]
        fn quarter(s: &mut [Vector; 16], a: usize, b: usize, c: usize, d: usize) {
            s[a] = add(s[a], s[b]);
            s[d] = rotate::<16>(xor(s[d], s[a]));
            s[c] = add(s[c], s[d]);
            s[b] = rotate::<12>(xor(s[b], s[c]));
            s[a] = add(s[a], s[b]);
            s[d] = rotate::<8>(xor(s[d], s[a]));
            s[c] = add(s[c], s[d]);
            s[b] = rotate::<7>(xor(s[b], s[c]));
        }
    };
}
pub(super) use sliced_romix;
