// What every part of the kernel shares. See `mod.rs` for the whole picture.

struct Params {
    commitment: array<vec4<u32>, 2>, // little-endian words
    limit: array<vec4<u32>, 2>,      // a hit is label32 < limit; big-endian words, so that they compare as numbers
    start: vec2<u32>,                // first index, (low, high)
    count: u32,                      // lanes in use
    n: u32,                          // scrypt N
    steps: u32,                      // chunkmixes per dispatch
    padding0: u32,
    padding1: u32,
    padding2: u32,
}

@group(0) @binding(0) var<uniform> params: Params;

override GAP: u32 = 2u;
override WORKGROUP: u32 = 64u;
override LANES_PER_POOL: u32 = 64u;
override LANES: u32 = 64u;

