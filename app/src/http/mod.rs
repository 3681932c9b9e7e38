//! Smapp in a browser on this computer: static pages, `POST /api/call/<name>`, and changes over a WebSocket at `/api/changes`.
//!
//! Who may talk to it, and what stops the others:
//!
//! | who | what stops them | where |
//! |---|---|---|
//! | other computers | only loopback addresses are bound | [`Server::bind`] |
//! | other users of this computer | a session needs the one-time token that only the terminal showed | `access` |
//! | a page of another site (CSRF) | `Origin` must be ours, the cookie is `SameSite=Strict`, bodies must be JSON | `guard` |
//! | a site whose name points here (DNS rebinding) | `Host` must be a loopback name with our port | `guard` |
//! | a frame around us (clickjacking) | `frame-ancestors 'none'` | `guard` |
//! | a script smuggled into our page | a policy without inline scripts and without other origins | `guard` |
//! | somebody who reads the address in a history | the token works once and is gone | `access` |
//! | guessing passwords through a session | waiting times grow, for all pages together | `session/attempts.rs` |
//! | exhausting memory | limits on bodies, sockets and sessions | `server`, `access` |
//!
//! Keeps true: nothing but the static pages is answered without a session, and nothing secret is ever in an address, a log or a cache.

mod access; // tokens and sessions
mod assets; // static pages
mod guard; // Host, Origin, headers
mod server; // routes: start here

pub use server::{Addresses, Server};
