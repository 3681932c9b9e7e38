// The two loops with four invocations per label, one for each column of the ChaCha block; needs subgroup shuffles.
//
// An invocation holds 8 words of X instead of 32, a card holds four times as many threads per byte of scratch, and a row is read in two
// steps of 64 contiguous bytes by four neighbours. The price: 24 shuffles per ChaCha core, which turn columns into diagonals and back.
// Rows lie in scratch as columns of B0 (4 × 16 bytes), then columns of B1; nobody else reads them.

@group(0) @binding(1) var<storage, read_write> blocks: array<u32>; // X: word w of part k of lane l at (k*LANES + l)*4 + w
@group(0) @binding(2) var<storage, read_write> counters: array<u32>;
//POOL-BINDINGS

// A column of both halves of a block: words c, 4+c, 8+c, 12+c.
struct Column { v0: vec4<u32>, v1: vec4<u32> }

// Where an invocation and its neighbours stand: column, and subgroup indices of column 0 and of the columns 1, 2, 3 further on.
struct Place { column: u32, first: u32, one: u32, two: u32, three: u32 }

fn place(index: u32) -> Place {
    let first = index & ~3u;
    return Place(index & 3u, first, first | ((index + 1u) & 3u), first | ((index + 2u) & 3u), first | ((index + 3u) & 3u));
}

fn rotate(v: u32, n: u32) -> u32 {
    return (v << n) | (v >> (32u - n));
}

fn quarter(v: vec4<u32>) -> vec4<u32> {
    var a = v.x;
    var b = v.y;
    var c = v.z;
    var d = v.w;
    a += b; d = rotate(d ^ a, 16u);
    c += d; b = rotate(b ^ c, 12u);
    a += b; d = rotate(d ^ a, 8u);
    c += d; b = rotate(b ^ c, 7u);
    return vec4<u32>(a, b, c, d);
}

// ChaCha with 8 rounds and feed-forward, this invocation's column of it.
fn core(before: vec4<u32>, at: Place) -> vec4<u32> {
    var v = before;
    for (var i = 0u; i < 4u; i++) {
        v = quarter(v);
        v.y = subgroupShuffle(v.y, at.one);
        v.z = subgroupShuffle(v.z, at.two);
        v.w = subgroupShuffle(v.w, at.three);
        v = quarter(v);
        v.y = subgroupShuffle(v.y, at.three);
        v.z = subgroupShuffle(v.z, at.two);
        v.w = subgroupShuffle(v.w, at.one);
    }
    return v + before;
}

fn chunkmix(x: Column, at: Place) -> Column {
    let y0 = core(x.v0 ^ x.v1, at);
    return Column(y0, core(x.v1 ^ y0, at));
}

fn load_block(lane: u32, column: u32) -> Column {
    let at = lane * 4u + column;
    let part = LANES * 4u;
    return Column(
        vec4<u32>(blocks[at], blocks[at + part], blocks[at + 2u * part], blocks[at + 3u * part]),
        vec4<u32>(blocks[at + 4u * part], blocks[at + 5u * part], blocks[at + 6u * part], blocks[at + 7u * part]),
    );
}

fn store_block(lane: u32, column: u32, x: Column) {
    let at = lane * 4u + column;
    let part = LANES * 4u;
    blocks[at] = x.v0.x;
    blocks[at + part] = x.v0.y;
    blocks[at + 2u * part] = x.v0.z;
    blocks[at + 3u * part] = x.v0.w;
    blocks[at + 4u * part] = x.v1.x;
    blocks[at + 5u * part] = x.v1.y;
    blocks[at + 6u * part] = x.v1.z;
    blocks[at + 7u * part] = x.v1.w;
}

// Kept row `row` of a lane. The pool is the same for a whole workgroup, so the switch does not diverge.
fn load_row(lane: u32, column: u32, row: u32) -> Column {
    let pool = lane / LANES_PER_POOL;
    let at = (row * LANES_PER_POOL + lane % LANES_PER_POOL) * 8u + column;
    var x: Column;
    switch pool {
//POOL-LOADS
        default: {}
    }
    return x;
}

fn store_row(lane: u32, column: u32, row: u32, x: Column) {
    let pool = lane / LANES_PER_POOL;
    let at = (row * LANES_PER_POOL + lane % LANES_PER_POOL) * 8u + column;
    switch pool {
//POOL-STORES
        default: {}
    }
}

@compute @workgroup_size(WORKGROUP)
fn fill(@builtin(global_invocation_id) id: vec3<u32>, @builtin(subgroup_invocation_id) index: u32) {
    let lane = id.x / 4u;
    if lane >= params.count { return; }
    let at = place(index);
    var row = counters[lane];
    let end = min(row + params.steps, params.n);
    var x = load_block(lane, at.column);
    for (; row < end; row++) {
        if row % GAP == 0u {
            store_row(lane, at.column, row / GAP, x);
        }
        x = chunkmix(x, at);
    }
    store_block(lane, at.column, x);
    if at.column == 0u {
        counters[lane] = row;
    }
}

// At most `steps` chunkmixes of the second phase. The four invocations of a label take the same turns.
fn advance(lane: u32, before: Column, at: Place, counter: ptr<function, u32>, steps: u32) -> Column {
    let end = 2u * params.n;
    let mask = params.n - 1u;
    var x = before;
    var row: Column;
    var fetch = true; // `row` must be read before this step
    var missing = 0u; // chunkmixes between `row` and row j
    for (var step = 0u; step < steps && *counter < end; step++) {
        if fetch {
            let j = subgroupShuffle(x.v1.x, at.first) & mask;
            row = load_row(lane, at.column, j / GAP);
            missing = j % GAP;
        }
        let ready = missing == 0u;
        let input = Column(select(row.v0, x.v0 ^ row.v0, ready), select(row.v1, x.v1 ^ row.v1, ready));
        let mixed = chunkmix(input, at);
        x = Column(select(x.v0, mixed.v0, ready), select(x.v1, mixed.v1, ready));
        row = mixed;
        fetch = ready;
        missing = select(missing - 1u, 0u, ready);
        *counter += select(0u, 1u, ready);
    }
    return x;
}

fn go_on(lane: u32, index: u32, steps: u32) {
    let at = place(index);
    var counter = counters[lane];
    let x = advance(lane, load_block(lane, at.column), at, &counter, steps);
    store_block(lane, at.column, x);
    if at.column == 0u {
        counters[lane] = counter;
    }
}

@compute @workgroup_size(WORKGROUP)
fn mix(@builtin(global_invocation_id) id: vec3<u32>, @builtin(subgroup_invocation_id) index: u32) {
    let lane = id.x / 4u;
    if lane >= params.count { return; }
    go_on(lane, index, params.steps);
}

// What lanes that needed more recomputes than most still lack. Few chunkmixes: `mix` covers the expected number.
@compute @workgroup_size(WORKGROUP)
fn rest(@builtin(global_invocation_id) id: vec3<u32>, @builtin(subgroup_invocation_id) index: u32) {
    let lane = id.x / 4u;
    if lane >= params.count { return; }
    go_on(lane, index, 0xffffffffu);
}
