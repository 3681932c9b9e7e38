// The two loops with one invocation per label: runs everywhere.
//
// A row is 128 contiguous bytes that one invocation reads and writes in eight parts; rows of a pool's lanes lie side by side, so the fill
// phase writes one contiguous block per row.

@group(0) @binding(1) var<storage, read_write> blocks: array<vec4<u32>>; // X: part k of lane l at k*LANES + l
@group(0) @binding(2) var<storage, read_write> counters: array<u32>;
//POOL-BINDINGS

// 128 bytes as two ChaCha blocks of four rows.
struct Pair {
    a0: vec4<u32>, b0: vec4<u32>, c0: vec4<u32>, d0: vec4<u32>,
    a1: vec4<u32>, b1: vec4<u32>, c1: vec4<u32>, d1: vec4<u32>,
}

fn pair_xor(x: Pair, y: Pair) -> Pair {
    return Pair(x.a0 ^ y.a0, x.b0 ^ y.b0, x.c0 ^ y.c0, x.d0 ^ y.d0, x.a1 ^ y.a1, x.b1 ^ y.b1, x.c1 ^ y.c1, x.d1 ^ y.d1);
}

fn pair_select(x: Pair, y: Pair, take_y: bool) -> Pair {
    return Pair(
        select(x.a0, y.a0, take_y), select(x.b0, y.b0, take_y), select(x.c0, y.c0, take_y), select(x.d0, y.d0, take_y),
        select(x.a1, y.a1, take_y), select(x.b1, y.b1, take_y), select(x.c1, y.c1, take_y), select(x.d1, y.d1, take_y),
    );
}

struct Core { a: vec4<u32>, b: vec4<u32>, c: vec4<u32>, d: vec4<u32> }

fn rotate(v: vec4<u32>, n: u32) -> vec4<u32> {
    return (v << vec4<u32>(n)) | (v >> vec4<u32>(32u - n));
}

// ChaCha with 8 rounds and feed-forward; all 16 words are data.
fn core(a_in: vec4<u32>, b_in: vec4<u32>, c_in: vec4<u32>, d_in: vec4<u32>) -> Core {
    var a = a_in;
    var b = b_in;
    var c = c_in;
    var d = d_in;
    for (var i = 0u; i < 4u; i++) {
        a += b; d = rotate(d ^ a, 16u);
        c += d; b = rotate(b ^ c, 12u);
        a += b; d = rotate(d ^ a, 8u);
        c += d; b = rotate(b ^ c, 7u);
        b = b.yzwx; c = c.zwxy; d = d.wxyz;
        a += b; d = rotate(d ^ a, 16u);
        c += d; b = rotate(b ^ c, 12u);
        a += b; d = rotate(d ^ a, 8u);
        c += d; b = rotate(b ^ c, 7u);
        b = b.wxyz; c = c.zwxy; d = d.yzwx;
    }
    return Core(a + a_in, b + b_in, c + c_in, d + d_in);
}

fn chunkmix(x: Pair) -> Pair {
    let y0 = core(x.a0 ^ x.a1, x.b0 ^ x.b1, x.c0 ^ x.c1, x.d0 ^ x.d1);
    let y1 = core(x.a1 ^ y0.a, x.b1 ^ y0.b, x.c1 ^ y0.c, x.d1 ^ y0.d);
    return Pair(y0.a, y0.b, y0.c, y0.d, y1.a, y1.b, y1.c, y1.d);
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

// Kept row `row` of a lane. The pool is the same for a whole workgroup, so the switch does not diverge.
fn load_row(lane: u32, row: u32) -> Pair {
    let pool = lane / LANES_PER_POOL;
    let at = (row * LANES_PER_POOL + lane % LANES_PER_POOL) * 8u;
    var x: Pair;
    switch pool {
//POOL-LOADS
        default: {}
    }
    return x;
}

fn store_row(lane: u32, row: u32, x: Pair) {
    let pool = lane / LANES_PER_POOL;
    let at = (row * LANES_PER_POOL + lane % LANES_PER_POOL) * 8u;
    switch pool {
//POOL-STORES
        default: {}
    }
}

@compute @workgroup_size(WORKGROUP)
fn fill(@builtin(global_invocation_id) id: vec3<u32>) {
    let lane = id.x;
    if lane >= params.count { return; }
    var row = counters[lane];
    let end = min(row + params.steps, params.n);
    var x = load_block(lane);
    for (; row < end; row++) {
        if row % GAP == 0u {
            store_row(lane, row / GAP, x);
        }
        x = chunkmix(x);
    }
    store_block(lane, x);
    counters[lane] = row;
}

// At most `steps` chunkmixes of the second phase.
fn advance(lane: u32, before: Pair, counter: ptr<function, u32>, steps: u32) -> Pair {
    let end = 2u * params.n;
    let mask = params.n - 1u;
    var x = before;
    var row: Pair;
    var fetch = true; // `row` must be read before this step
    var missing = 0u; // chunkmixes between `row` and row j
    for (var step = 0u; step < steps && *counter < end; step++) {
        if fetch {
            let j = x.a1.x & mask;
            row = load_row(lane, j / GAP);
            missing = j % GAP;
        }
        let ready = missing == 0u;
        let mixed = chunkmix(pair_select(row, pair_xor(x, row), ready));
        x = pair_select(x, mixed, ready);
        row = mixed;
        fetch = ready;
        missing = select(missing - 1u, 0u, ready);
        *counter += select(0u, 1u, ready);
    }
    return x;
}

@compute @workgroup_size(WORKGROUP)
fn mix(@builtin(global_invocation_id) id: vec3<u32>) {
    let lane = id.x;
    if lane >= params.count { return; }
    var counter = counters[lane];
    let x = advance(lane, load_block(lane), &counter, params.steps);
    store_block(lane, x);
    counters[lane] = counter;
}

// What lanes that needed more recomputes than most still lack. Few chunkmixes: `mix` covers the expected number.
@compute @workgroup_size(WORKGROUP)
fn rest(@builtin(global_invocation_id) id: vec3<u32>) {
    let lane = id.x;
    if lane >= params.count { return; }
    var counter = counters[lane];
    let x = advance(lane, load_block(lane), &counter, 0xffffffffu);
    store_block(lane, x);
    counters[lane] = counter;
}
