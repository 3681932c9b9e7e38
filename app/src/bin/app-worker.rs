//! The process that fills and checks committed space, alone: for tests of the app, which have no other program at hand.

fn main() -> std::io::Result<()> {
    post_gpu::worker::serve(std::io::stdin().lock(), std::io::stdout())
}
