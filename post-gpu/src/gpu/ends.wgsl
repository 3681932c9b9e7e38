// Both ends of the label function (03 §3.2), one invocation per label.
//
//   prepare  X = T1 ‖ T2, counter = 0
//   finish   label32 = HMAC(password, X ‖ 00000001), 16 bytes out, VRF filter

struct Hit {
    index: vec2<u32>,
    padding: vec2<u32>,
    label: array<vec4<u32>, 2>, // little-endian words, 32 bytes in order
}

struct Hits {
    count: atomic<u32>,
    padding0: u32,
    padding1: u32,
    padding2: u32,
    items: array<Hit>,
}

@group(0) @binding(1) var<storage, read_write> blocks: array<vec4<u32>>; // X: part k of lane l at k*LANES + l
@group(0) @binding(2) var<storage, read_write> counters: array<u32>;
@group(0) @binding(3) var<storage, read_write> labels: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read_write> hits: Hits;

// 128 bytes as two ChaCha blocks of four rows.
struct Pair {
    a0: vec4<u32>, b0: vec4<u32>, c0: vec4<u32>, d0: vec4<u32>,
    a1: vec4<u32>, b1: vec4<u32>, c1: vec4<u32>, d1: vec4<u32>,
}

fn load_block(lane: u32) -> Pair {
    return Pair(
        blocks[lane], blocks[LANES + lane], blocks[2u * LANES + lane], blocks[3u * LANES + lane],
        blocks[4u * LANES + lane], blocks[5u * LANES + lane], blocks[6u * LANES + lane], blocks[7u * LANES + lane],
    );
}

fn store_block(lane: u32, x: Pair) {
    blocks[lane] = x.a0;
    blocks[LANES + lane] = x.b0;
    blocks[2u * LANES + lane] = x.c0;
    blocks[3u * LANES + lane] = x.d0;
    blocks[4u * LANES + lane] = x.a1;
    blocks[5u * LANES + lane] = x.b1;
    blocks[6u * LANES + lane] = x.c1;
    blocks[7u * LANES + lane] = x.d1;
}

// The 24 round constants of Keccak-f[1600], (low word, high word).
const ROUND = array<vec2<u32>, 24>(
    vec2<u32>(0x00000001u, 0x00000000u), vec2<u32>(0x00008082u, 0x00000000u), vec2<u32>(0x0000808au, 0x80000000u),
    vec2<u32>(0x80008000u, 0x80000000u), vec2<u32>(0x0000808bu, 0x00000000u), vec2<u32>(0x80000001u, 0x00000000u),
    vec2<u32>(0x80008081u, 0x80000000u), vec2<u32>(0x00008009u, 0x80000000u), vec2<u32>(0x0000008au, 0x00000000u),
    vec2<u32>(0x00000088u, 0x00000000u), vec2<u32>(0x80008009u, 0x00000000u), vec2<u32>(0x8000000au, 0x00000000u),
    vec2<u32>(0x8000808bu, 0x00000000u), vec2<u32>(0x0000008bu, 0x80000000u), vec2<u32>(0x00008089u, 0x80000000u),
    vec2<u32>(0x00008003u, 0x80000000u), vec2<u32>(0x00008002u, 0x80000000u), vec2<u32>(0x00000080u, 0x80000000u),
    vec2<u32>(0x0000800au, 0x00000000u), vec2<u32>(0x8000000au, 0x80000000u), vec2<u32>(0x80008081u, 0x80000000u),
    vec2<u32>(0x00008080u, 0x80000000u), vec2<u32>(0x80000001u, 0x00000000u), vec2<u32>(0x80008008u, 0x80000000u),
);

// Rotate a 64-bit lane left; `rol` for 1..31, `rol_swapped` for 33..63 (amount less 32).
fn rol(v: vec2<u32>, n: u32) -> vec2<u32> { return (v << vec2<u32>(n)) | (v.yx >> vec2<u32>(32u - n)); }
fn rol_swapped(v: vec2<u32>, n: u32) -> vec2<u32> { return (v.yx << vec2<u32>(n)) | (v >> vec2<u32>(32u - n)); }

alias State = array<vec2<u32>, 25>;

fn keccak_f(state: ptr<function, State>) {
    var a0 = (*state)[0]; var a1 = (*state)[1]; var a2 = (*state)[2]; var a3 = (*state)[3]; var a4 = (*state)[4];
    var a5 = (*state)[5]; var a6 = (*state)[6]; var a7 = (*state)[7]; var a8 = (*state)[8]; var a9 = (*state)[9];
    var a10 = (*state)[10]; var a11 = (*state)[11]; var a12 = (*state)[12]; var a13 = (*state)[13]; var a14 = (*state)[14];
    var a15 = (*state)[15]; var a16 = (*state)[16]; var a17 = (*state)[17]; var a18 = (*state)[18]; var a19 = (*state)[19];
    var a20 = (*state)[20]; var a21 = (*state)[21]; var a22 = (*state)[22]; var a23 = (*state)[23]; var a24 = (*state)[24];
    for (var round = 0u; round < 24u; round++) {
        // theta
        let c0 = a0 ^ a5 ^ a10 ^ a15 ^ a20;
        let c1 = a1 ^ a6 ^ a11 ^ a16 ^ a21;
        let c2 = a2 ^ a7 ^ a12 ^ a17 ^ a22;
        let c3 = a3 ^ a8 ^ a13 ^ a18 ^ a23;
        let c4 = a4 ^ a9 ^ a14 ^ a19 ^ a24;
        let d0 = c4 ^ rol(c1, 1u);
        let d1 = c0 ^ rol(c2, 1u);
        let d2 = c1 ^ rol(c3, 1u);
        let d3 = c2 ^ rol(c4, 1u);
        let d4 = c3 ^ rol(c0, 1u);
        // rho and pi
        let b0 = a0 ^ d0;
        let b10 = rol(a1 ^ d1, 1u);
        let b20 = rol_swapped(a2 ^ d2, 30u);
        let b5 = rol(a3 ^ d3, 28u);
        let b15 = rol(a4 ^ d4, 27u);
        let b16 = rol_swapped(a5 ^ d0, 4u);
        let b1 = rol_swapped(a6 ^ d1, 12u);
        let b11 = rol(a7 ^ d2, 6u);
        let b21 = rol_swapped(a8 ^ d3, 23u);
        let b6 = rol(a9 ^ d4, 20u);
        let b7 = rol(a10 ^ d0, 3u);
        let b17 = rol(a11 ^ d1, 10u);
        let b2 = rol_swapped(a12 ^ d2, 11u);
        let b12 = rol(a13 ^ d3, 25u);
        let b22 = rol_swapped(a14 ^ d4, 7u);
        let b23 = rol_swapped(a15 ^ d0, 9u);
        let b8 = rol_swapped(a16 ^ d1, 13u);
        let b18 = rol(a17 ^ d2, 15u);
        let b3 = rol(a18 ^ d3, 21u);
        let b13 = rol(a19 ^ d4, 8u);
        let b14 = rol(a20 ^ d0, 18u);
        let b24 = rol(a21 ^ d1, 2u);
        let b9 = rol_swapped(a22 ^ d2, 29u);
        let b19 = rol_swapped(a23 ^ d3, 24u);
        let b4 = rol(a24 ^ d4, 14u);
        // chi and iota
        a0 = b0 ^ (~b1 & b2) ^ ROUND[round];
        a1 = b1 ^ (~b2 & b3);
        a2 = b2 ^ (~b3 & b4);
        a3 = b3 ^ (~b4 & b0);
        a4 = b4 ^ (~b0 & b1);
        a5 = b5 ^ (~b6 & b7);
        a6 = b6 ^ (~b7 & b8);
        a7 = b7 ^ (~b8 & b9);
        a8 = b8 ^ (~b9 & b5);
        a9 = b9 ^ (~b5 & b6);
        a10 = b10 ^ (~b11 & b12);
        a11 = b11 ^ (~b12 & b13);
        a12 = b12 ^ (~b13 & b14);
        a13 = b13 ^ (~b14 & b10);
        a14 = b14 ^ (~b10 & b11);
        a15 = b15 ^ (~b16 & b17);
        a16 = b16 ^ (~b17 & b18);
        a17 = b17 ^ (~b18 & b19);
        a18 = b18 ^ (~b19 & b15);
        a19 = b19 ^ (~b15 & b16);
        a20 = b20 ^ (~b21 & b22);
        a21 = b21 ^ (~b22 & b23);
        a22 = b22 ^ (~b23 & b24);
        a23 = b23 ^ (~b24 & b20);
        a24 = b24 ^ (~b20 & b21);
    }
    (*state)[0] = a0; (*state)[1] = a1; (*state)[2] = a2; (*state)[3] = a3; (*state)[4] = a4;
    (*state)[5] = a5; (*state)[6] = a6; (*state)[7] = a7; (*state)[8] = a8; (*state)[9] = a9;
    (*state)[10] = a10; (*state)[11] = a11; (*state)[12] = a12; (*state)[13] = a13; (*state)[14] = a14;
    (*state)[15] = a15; (*state)[16] = a16; (*state)[17] = a17; (*state)[18] = a18; (*state)[19] = a19;
    (*state)[20] = a20; (*state)[21] = a21; (*state)[22] = a22; (*state)[23] = a23; (*state)[24] = a24;
}

// State after the key block of HMAC: commitment ‖ index ‖ 32 zero bytes, 72 bytes = exactly the rate.
fn keyed(lane: u32, pad: u32) -> State {
    let low = params.start.x + lane;
    let high = params.start.y + select(0u, 1u, low < lane);
    let p = vec2<u32>(pad);
    let c0 = params.commitment[0];
    let c1 = params.commitment[1];
    var s = State();
    s[0] = c0.xy ^ p;
    s[1] = c0.zw ^ p;
    s[2] = c1.xy ^ p;
    s[3] = c1.zw ^ p;
    s[4] = vec2<u32>(low, high) ^ p;
    s[5] = p;
    s[6] = p;
    s[7] = p;
    s[8] = p;
    keccak_f(&s);
    return s;
}

const INNER: u32 = 0x36363636u;
const OUTER: u32 = 0x5c5c5c5cu;
// Original Keccak padding: 0x01 after the message, 0x80 in the block's last byte.
const PAD_FIRST: u32 = 1u;
const PAD_LAST: u32 = 0x80000000u;

// Second half of HMAC: hash of the keyed outer block and the inner digest (64 bytes); 64 bytes in lanes 0..7 of the result.
fn outer(key: State, inner: State) -> State {
    var s = key;
    s[0] ^= inner[0];
    s[1] ^= inner[1];
    s[2] ^= inner[2];
    s[3] ^= inner[3];
    s[4] ^= inner[4];
    s[5] ^= inner[5];
    s[6] ^= inner[6];
    s[7] ^= inner[7];
    s[8] ^= vec2<u32>(PAD_FIRST, PAD_LAST);
    keccak_f(&s);
    return s;
}

// T_k = HMAC(password, k as u32 big-endian)
fn expand(inner_key: State, outer_key: State, k: u32) -> State {
    var s = inner_key;
    s[0] ^= vec2<u32>(k << 24u, PAD_FIRST);
    s[8] ^= vec2<u32>(0u, PAD_LAST);
    keccak_f(&s);
    return outer(outer_key, s);
}

@compute @workgroup_size(WORKGROUP)
fn prepare(@builtin(global_invocation_id) id: vec3<u32>) {
    let lane = id.x;
    if lane >= params.count { return; }
    let inner_key = keyed(lane, INNER);
    let outer_key = keyed(lane, OUTER);
    let t1 = expand(inner_key, outer_key, 1u);
    let t2 = expand(inner_key, outer_key, 2u);
    store_block(lane, Pair(
        vec4<u32>(t1[0], t1[1]), vec4<u32>(t1[2], t1[3]), vec4<u32>(t1[4], t1[5]), vec4<u32>(t1[6], t1[7]),
        vec4<u32>(t2[0], t2[1]), vec4<u32>(t2[2], t2[3]), vec4<u32>(t2[4], t2[5]), vec4<u32>(t2[6], t2[7]),
    ));
    counters[lane] = 0u;
}

fn big_endian(v: vec4<u32>) -> vec4<u32> {
    let halves = (v << vec4<u32>(16u)) | (v >> vec4<u32>(16u));
    return ((halves & vec4<u32>(0x00ff00ffu)) << vec4<u32>(8u)) | ((halves >> vec4<u32>(8u)) & vec4<u32>(0x00ff00ffu));
}

// -1, 0, 1 for four big-endian words.
fn compare(a: vec4<u32>, b: vec4<u32>) -> i32 {
    if a.x != b.x { return select(1, -1, a.x < b.x); }
    if a.y != b.y { return select(1, -1, a.y < b.y); }
    if a.z != b.z { return select(1, -1, a.z < b.z); }
    if a.w != b.w { return select(1, -1, a.w < b.w); }
    return 0;
}

@compute @workgroup_size(WORKGROUP)
fn finish(@builtin(global_invocation_id) id: vec3<u32>) {
    let lane = id.x;
    if lane >= params.count { return; }
    let x = load_block(lane);

    // X is 16 lanes of 64 bits: 9 fill the first block, 7 the second, then the counter, the padding.
    var s = keyed(lane, INNER);
    s[0] ^= x.a0.xy;
    s[1] ^= x.a0.zw;
    s[2] ^= x.b0.xy;
    s[3] ^= x.b0.zw;
    s[4] ^= x.c0.xy;
    s[5] ^= x.c0.zw;
    s[6] ^= x.d0.xy;
    s[7] ^= x.d0.zw;
    s[8] ^= x.a1.xy;
    keccak_f(&s);
    s[0] ^= x.a1.zw;
    s[1] ^= x.b1.xy;
    s[2] ^= x.b1.zw;
    s[3] ^= x.c1.xy;
    s[4] ^= x.c1.zw;
    s[5] ^= x.d1.xy;
    s[6] ^= x.d1.zw;
    s[7] ^= vec2<u32>(1u << 24u, PAD_FIRST);
    s[8] ^= vec2<u32>(0u, PAD_LAST);
    keccak_f(&s);
    let digest = outer(keyed(lane, OUTER), s);

    let first = vec4<u32>(digest[0], digest[1]);
    let second = vec4<u32>(digest[2], digest[3]);
    labels[lane] = first;
    let order = compare(big_endian(first), params.limit[0]);
    if order < 0 || (order == 0 && compare(big_endian(second), params.limit[1]) < 0) {
        let low = params.start.x + lane;
        let slot = atomicAdd(&hits.count, 1u);
        hits.items[slot].index = vec2<u32>(low, params.start.y + select(0u, 1u, low < lane));
        hits.items[slot].label[0] = first;
        hits.items[slot].label[1] = second;
    }
}
