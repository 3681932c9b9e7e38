//! The one-time token of the printed address, and the sessions it is exchanged for.

use std::{collections::VecDeque, sync::Mutex};

use sha2::{Digest as _, Sha256};

use crate::{app::guard, wallets::random};

/// Name of the cookie. `__Host-` needs https, which loopback has not.
const COOKIE: &str = "smapp_session";
/// Most sessions at once; a further one ends the oldest.
const SESSIONS_MAX: usize = 8;
/// Most unused tokens; a further one makes the oldest worthless.
const TOKENS_MAX: usize = 4;

/// Who may call. Holds digests only, so that no comparison takes a time that depends on a secret.
#[derive(Debug, Default)]
pub(super) struct Access {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    tokens: VecDeque<[u8; 32]>,
    sessions: VecDeque<[u8; 32]>,
}

impl Access {
    /// A fresh one-time token.
    pub(super) fn new_token(&self) -> String {
        let (token, digest) = secret();
        let mut state = guard(&self.state);
        state.tokens.push_back(digest);
        if state.tokens.len() > TOKENS_MAX {
            state.tokens.pop_front();
        }
        token
    }

    /// Burns a token and opens a session; gives the cookie to set. The second use of a token gives nothing.
    pub(super) fn exchange(&self, token: &str) -> Option<String> {
        let wanted = digest(token);
        let mut state = guard(&self.state);
        let index = state.tokens.iter().position(|known| *known == wanted)?;
        state.tokens.remove(index);
        let (session, digest) = secret();
        state.sessions.push_back(digest);
        if state.sessions.len() > SESSIONS_MAX {
            state.sessions.pop_front();
        }
        Some(format!(
            "{COOKIE}={session}; HttpOnly; SameSite=Strict; Path=/"
        ))
    }

    /// Whether a `Cookie` header belongs to a session.
    pub(super) fn allows(&self, cookies: &str) -> bool {
        let Some(session) = cookies
            .split(';')
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find(|(name, _)| *name == COOKIE)
            .map(|(_, value)| value)
        else {
            return false;
        };
        let wanted = digest(session);
        guard(&self.state).sessions.contains(&wanted)
    }
}

fn secret() -> (String, [u8; 32]) {
    let mut bytes = [0; 32];
    random(&mut bytes);
    let text = hex::encode(bytes);
    let digest = digest(&text);
    (text, digest)
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn a_token_opens_one_session_once() {
        let access = Access::default();
        let token = access.new_token();
        assert!(access.exchange("wrong").is_none());
        let cookie = access.exchange(&token).unwrap();
        assert!(access.exchange(&token).is_none());
        let value = cookie.split(';').next().unwrap();
        assert!(access.allows(value) && access.allows(&format!("other=1; {value}")));
        assert!(!access.allows("smapp_session=00") && !access.allows("") && !access.allows(&token));
    }

    #[test]
    fn old_sessions_and_tokens_end_when_there_are_too_many() {
        let access = Access::default();
        let cookies: Vec<String> = (0..=SESSIONS_MAX)
            .map(|_| access.exchange(&access.new_token()).unwrap())
            .collect();
        let allowed = |cookie: &String| access.allows(cookie.split(';').next().unwrap());
        assert!(!allowed(&cookies[0]) && cookies[1..].iter().all(allowed));
        let tokens: Vec<String> = (0..=TOKENS_MAX).map(|_| access.new_token()).collect();
        assert!(access.exchange(&tokens[0]).is_none() && access.exchange(&tokens[1]).is_some());
    }
}
