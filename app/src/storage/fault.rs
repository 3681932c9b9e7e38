//! Points at which a test lets the process die, to see that nothing is lost there.

/// Ends the process at once if the environment names this point in `SMAPP_FAULT`. Builds without debug assertions never look.
pub(crate) fn point(name: &str) {
    if cfg!(debug_assertions)
        && std::env::var_os("SMAPP_FAULT").is_some_and(|wanted| wanted == *name)
    {
        // As a power cut would: no destructors, no buffers.
        std::process::abort();
    }
}
