//! The child process of [`post_gpu::worker`] as a program of its own: for tests, and for parents that cannot start themselves.

use std::io;

fn main() -> io::Result<()> {
    post_gpu::worker::serve(io::stdin().lock(), io::stdout())
}
