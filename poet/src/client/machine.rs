//! One PoET service as a node sees it (04 §11.2 to §11.4): inputs in, effects out.
//!
//! ```text
//! Register ── info (cached) ── phase shift? ── certificate: stored → asked for → else proof of work ── submit ── Registered
//!                                                    ▲ 401, once: dropped ──────────────────────────────┘
//! Fetch ── from round end on: proof, again while it is not ready ── Proof
//! ```
//!
//! Keeps true: one query of each kind is under way at a time; after a phase shift that differs nothing is ever submitted; a stored
//! certificate is used only while it has not expired; a 401 leads to exactly one further submission; every identity that was given gets
//! exactly one `Registered` or `Failed`, and every fetch one `Proof` or `FetchFailed`.

mod interface; // what goes in and what comes out
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use spacemesh_crypto::Domain;
use spacemesh_types::{EdSignature, NodeId, PublicKey, Timestamp};

pub use interface::{
    Certificates, Download, Effect, Input, Registered, Registration, RequestId, Rules,
};

use super::decide::{Call, Failure, Outcome, Regime, Verdict, judge};
use crate::api::{
    CertifierInfo, CertifyResponse, InfoResponse, PowParamsResponse, SubmitRequest, SubmitResponse,
};
use crate::certificate::{Certificate, KEY_HINT_SIZE, is_expired};
use crate::pow::PowParams;

/// The machine.
#[derive(Debug)]
pub struct Machine {
    rules: Rules,
    certificates: Certificates,
    random: u64,
    next_request: RequestId,
    info: Query<InfoResponse>,
    pow: Query<PowParams>,
    identities: BTreeMap<NodeId, Identity>,
    fetches: BTreeMap<String, Fetch>,
}

/// A cached query that all identities share.
#[derive(Debug)]
struct Query<T> {
    value: Option<(Timestamp, T)>,
    state: Attempts,
    /// When all attempts failed; whoever asks gets this until it is asked for again.
    failed: Option<Failure>,
}

/// A call that may be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Attempts {
    Idle,
    /// Under way; so many came before.
    Waiting {
        request: RequestId,
        attempt: u32,
    },
    /// To be repeated then.
    Pausing {
        at: Timestamp,
        attempt: u32,
    },
}

#[derive(Debug)]
struct Identity {
    registration: Registration,
    step: Step,
    call: Attempts,
    /// What the submission was authorised with.
    used: Option<PublicKey>,
    /// A certificate was refused or could not be had; it is not tried again.
    certificate_asked: bool,
    /// A 401 was answered.
    reauthorised: bool,
    /// Parameters were refused as outdated once.
    pow_refreshed: bool,
    last: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Info,
    Certify { info: CertifierInfo, key: PublicKey },
    PowParams,
    Search(PowParams),
    Submit(Box<SubmitRequest>),
}

/// What becomes of an identity after an answer.
enum Next {
    /// It goes on.
    Stay,
    /// It is registered.
    Done,
}

#[derive(Debug)]
struct Fetch {
    download: Download,
    call: Attempts,
    until: Timestamp,
}

impl<T> Query<T> {
    fn new() -> Self {
        Self {
            value: None,
            state: Attempts::Idle,
            failed: None,
        }
    }

    fn fresh(&self, now: Timestamp, ttl: Duration) -> Option<&T> {
        let (at, value) = self.value.as_ref()?;
        now.since(*at).is_some_and(|age| age < ttl).then_some(value)
    }
}

impl Machine {
    /// A machine for one service. `certificates` are those stored; `seed` is for the waits between attempts only.
    pub fn new(rules: Rules, certificates: Certificates, seed: u64) -> Self {
        Self {
            rules,
            certificates,
            random: seed,
            next_request: 0,
            info: Query::new(),
            pow: Query::new(),
            identities: BTreeMap::new(),
            fetches: BTreeMap::new(),
        }
    }

    /// One input. `now` does not go back between calls. Answers to calls that nobody waits for change nothing.
    pub fn handle(&mut self, now: Timestamp, input: Input, out: &mut Vec<Effect>) {
        match input {
            Input::Wake => {}
            Input::Register(registration) => {
                self.info.failed = None;
                self.pow.failed = None;
                let identity = Identity {
                    registration: *registration,
                    step: Step::Info,
                    call: Attempts::Idle,
                    used: None,
                    certificate_asked: false,
                    reauthorised: false,
                    pow_refreshed: false,
                    last: "it was not asked yet".to_owned(),
                };
                self.identities
                    .insert(identity.registration.node_id, identity);
            }
            Input::Fetch(download) => {
                let until = download.from.plus(self.rules.request_timeout);
                let call = Attempts::Pausing {
                    at: download.from,
                    attempt: 0,
                };
                self.fetches.insert(
                    download.round_id.clone(),
                    Fetch {
                        download,
                        call,
                        until,
                    },
                );
            }
            Input::Answer { request, outcome } => self.answer(now, request, *outcome, out),
            Input::Searched { request, nonce } => self.searched(request, nonce, out),
        }
        self.advance(now, out);
    }

    /// When `handle(now, Input::Wake, …)` is due, and why.
    pub fn next_wakeup(&self) -> Option<(Timestamp, &'static str)> {
        let pausing = |call: &Attempts, why| match call {
            Attempts::Pausing { at, .. } => Some((*at, why)),
            Attempts::Idle | Attempts::Waiting { .. } => None,
        };
        let queries = [
            pausing(&self.info.state, "info is asked again"),
            pausing(&self.pow.state, "parameters are asked again"),
        ];
        let identities = self.identities.values().flat_map(|identity| {
            [
                pausing(&identity.call, "a registration is repeated"),
                Some((identity.registration.until, "the window closes")),
            ]
        });
        let fetches = self.fetches.values().flat_map(|fetch| {
            [
                pausing(&fetch.call, "a proof is asked for"),
                Some((fetch.until, "a proof is given up")),
            ]
        });
        queries
            .into_iter()
            .chain(identities)
            .chain(fetches)
            .flatten()
            .min_by_key(|(at, _)| *at)
    }

    /// Whether nothing is waited for.
    pub fn is_idle(&self) -> bool {
        self.identities.is_empty() && self.fetches.is_empty()
    }

    fn answer(
        &mut self,
        now: Timestamp,
        request: RequestId,
        outcome: Outcome,
        out: &mut Vec<Effect>,
    ) {
        let is = |call: &Attempts| match call {
            Attempts::Waiting {
                request: waiting,
                attempt,
            } if *waiting == request => Some(*attempt),
            Attempts::Waiting { .. } | Attempts::Idle | Attempts::Pausing { .. } => None,
        };
        if let Some(attempt) = is(&self.info.state) {
            self.info.state = Attempts::Idle;
            match outcome {
                Outcome::Info(info) => self.info.value = Some((now, info)),
                outcome => match self.query_again(now, &outcome, attempt) {
                    Ok(pause) => self.info.state = pause,
                    Err(failure) => self.info.failed = Some(failure),
                },
            }
        } else if let Some(attempt) = is(&self.pow.state) {
            self.pow.state = Attempts::Idle;
            match outcome {
                Outcome::PowParams(PowParamsResponse {
                    pow_params: Some(params),
                }) => self.pow.value = Some((now, params.into())),
                outcome => match self.query_again(now, &outcome, attempt) {
                    Ok(pause) => self.pow.state = pause,
                    Err(failure) => self.pow.failed = Some(failure),
                },
            }
        } else if let Some((node_id, attempt)) = self
            .identities
            .iter()
            .find_map(|(node_id, identity)| Some((*node_id, is(&identity.call)?)))
        {
            if let Some(mut identity) = self.identities.remove(&node_id) {
                identity.call = Attempts::Idle;
                let kept = match identity.step {
                    Step::Certify { .. } => {
                        self.certified(now, &mut identity, outcome, attempt, out)
                    }
                    Step::Submit(_) => self.submitted(now, &mut identity, outcome, attempt, out),
                    Step::Info | Step::PowParams | Step::Search(_) => Ok(Next::Stay),
                };
                self.keep(identity, kept, out);
            }
        } else if let Some((round_id, attempt)) = self
            .fetches
            .iter()
            .find_map(|(round_id, fetch)| Some((round_id.clone(), is(&fetch.call)?)))
            && let Some(mut fetch) = self.fetches.remove(&round_id)
        {
            match outcome {
                Outcome::Proof(proof) => out.push(Effect::Proof { round_id, proof }),
                outcome => match self.query_again(now, &outcome, attempt) {
                    Ok(pause) => {
                        fetch.call = pause;
                        self.fetches.insert(round_id, fetch);
                    }
                    Err(failure) => out.push(Effect::FetchFailed { round_id, failure }),
                },
            }
        }
    }

    /// The pause before the next attempt of a query, or why there is none.
    fn query_again(
        &mut self,
        now: Timestamp,
        outcome: &Outcome,
        attempt: u32,
    ) -> Result<Attempts, Failure> {
        match judge(Regime::Query, outcome) {
            Verdict::Retry(_, _) if attempt < self.rules.retry_max => {
                let next = attempt + 1;
                let wait = self.uniform().saturating_mul(next);
                Ok(Attempts::Pausing {
                    at: now.plus(wait),
                    attempt: next,
                })
            }
            Verdict::Retry(_, last) => Err(Failure::Unreachable {
                attempts: attempt + 1,
                last: last.to_string(),
            }),
            Verdict::Reauthorise(failure) | Verdict::Final(failure) => Err(failure),
        }
    }

    fn certified(
        &mut self,
        now: Timestamp,
        identity: &mut Identity,
        outcome: Outcome,
        attempt: u32,
        out: &mut Vec<Effect>,
    ) -> Result<Next, Failure> {
        let Step::Certify { key, .. } = identity.step else {
            return Ok(Next::Stay);
        };
        if let Outcome::Certified(response) = &outcome {
            match check_certificate(response, &key, &identity.registration.node_id, now) {
                Ok(certificate) => {
                    let node_id = identity.registration.node_id;
                    self.certificates
                        .insert((node_id, key), certificate.clone());
                    out.push(Effect::StoreCertificate {
                        node_id,
                        certifier: key,
                        certificate,
                    });
                    identity.step = Step::Info;
                    return Ok(Next::Stay);
                }
                Err(failure) => identity.last = failure.to_string(),
            }
        } else if let Verdict::Retry(after, failure) = judge(Regime::Certify, &outcome) {
            identity.last = failure.to_string();
            if attempt < self.rules.certifier_retry_max {
                let doubled = self
                    .rules
                    .certifier_retry_delay
                    .saturating_mul(1_u32.checked_shl(attempt).unwrap_or(u32::MAX));
                let wait = after
                    .unwrap_or(doubled)
                    .min(self.rules.certifier_retry_delay_max);
                identity.call = Attempts::Pausing {
                    at: now.plus(wait),
                    attempt: attempt + 1,
                };
                return Ok(Next::Stay);
            }
        } else {
            identity.last = format!("the certifier gave no certificate: {}", describe(&outcome));
        }
        // Whatever the reason, a proof of work is the way left (Trap 26).
        identity.certificate_asked = true;
        identity.step = Step::Info;
        Ok(Next::Stay)
    }

    fn submitted(
        &mut self,
        now: Timestamp,
        identity: &mut Identity,
        outcome: Outcome,
        attempt: u32,
        out: &mut Vec<Effect>,
    ) -> Result<Next, Failure> {
        if let Outcome::Submitted(taken) = outcome {
            let registered = self.registered(now, &identity.registration, taken)?;
            out.push(Effect::Registered(registered));
            return Ok(Next::Done);
        }
        match judge(Regime::Submit, &outcome) {
            Verdict::Retry(_, failure) => {
                identity.last = failure.to_string();
                let wait = self.uniform();
                identity.call = Attempts::Pausing {
                    at: now.plus(wait),
                    attempt: attempt.saturating_add(1),
                };
                Ok(Next::Stay)
            }
            Verdict::Reauthorise(failure) => {
                if identity.reauthorised {
                    return Err(failure);
                }
                identity.reauthorised = true;
                identity.last = failure.to_string();
                if let Some(certifier) = identity.used.take() {
                    let node_id = identity.registration.node_id;
                    self.certificates.remove(&(node_id, certifier));
                    out.push(Effect::DropCertificate { node_id, certifier });
                }
                identity.step = Step::Info;
                Ok(Next::Stay)
            }
            Verdict::Final(Failure::Refused { status: 409, .. }) => {
                Err(Failure::Conflict(identity.registration.node_id))
            }
            // Parameters change when a proof arrives, which the cache cannot know.
            Verdict::Final(Failure::Refused {
                status: 400,
                message,
            }) if message.contains("proof of work parameters") && !identity.pow_refreshed => {
                identity.pow_refreshed = true;
                self.pow.value = None;
                identity.step = Step::Info;
                Ok(Next::Stay)
            }
            Verdict::Final(Failure::Refused {
                status: 400,
                message,
            }) if message.contains("too late") => Err(Failure::TooLate(message)),
            Verdict::Final(failure) => Err(failure),
        }
    }

    fn registered(
        &self,
        now: Timestamp,
        registration: &Registration,
        taken: SubmitResponse,
    ) -> Result<Registered, Failure> {
        if taken.round_id.is_empty()
            || taken.round_id.len() > 32
            || !taken
                .round_id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        {
            return Err(Failure::Malformed(format!(
                "the round id is {:?}",
                taken.round_id
            )));
        }
        let round_end = taken
            .round_end
            .and_then(|end| end.duration())
            .map_or(now, |left| now.plus(left));
        let service = self
            .info
            .value
            .as_ref()
            .and_then(|(_, info)| info.service_pubkey.array().map(PublicKey));
        let receipt = taken
            .receipt
            .and_then(|receipt| receipt.array().map(EdSignature))
            .filter(|receipt| {
                service.is_some_and(|service| {
                    crate::registration::verify_receipt(
                        &service,
                        &registration.genesis_id,
                        &taken.round_id,
                        &registration.node_id,
                        &registration.challenge,
                        receipt,
                    )
                })
            });
        Ok(Registered {
            node_id: registration.node_id,
            round_id: taken.round_id,
            round_end,
            receipt,
        })
    }

    fn searched(&mut self, request: RequestId, nonce: Option<u64>, out: &mut Vec<Effect>) {
        let waiting = self.identities.iter().find(|(_, identity)| matches!(identity.call, Attempts::Waiting { request: id, .. } if id == request));
        let Some(mut identity) = waiting
            .map(|(node_id, _)| *node_id)
            .and_then(|node_id| self.identities.remove(&node_id))
        else {
            return;
        };
        let kept = match (&identity.step, nonce) {
            (Step::Search(params), Some(nonce)) => {
                let mut submission = submission(&identity.registration);
                submission.nonce.0 = nonce;
                submission.pow_params = Some(params.into());
                identity.used = None;
                identity.step = Step::Submit(Box::new(submission));
                identity.call = Attempts::Idle;
                Ok(Next::Stay)
            }
            (Step::Search(_), None) => Err(Failure::NoWork),
            (Step::Info | Step::Certify { .. } | Step::PowParams | Step::Submit(_), _) => {
                Ok(Next::Stay)
            }
        };
        self.keep(identity, kept, out);
    }

    fn keep(&mut self, identity: Identity, kept: Result<Next, Failure>, out: &mut Vec<Effect>) {
        let node_id = identity.registration.node_id;
        match kept {
            Ok(Next::Stay) => drop(self.identities.insert(node_id, identity)),
            Ok(Next::Done) => {}
            Err(failure) => out.push(Effect::Failed { node_id, failure }),
        }
    }

    /// Everything that can go on goes on.
    fn advance(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let node_ids: Vec<NodeId> = self.identities.keys().copied().collect();
        for node_id in node_ids {
            let Some(mut identity) = self.identities.remove(&node_id) else {
                continue;
            };
            let kept = self.go_on(now, &mut identity, out).map(|()| Next::Stay);
            self.keep(identity, kept, out);
        }
        self.repeat_queries(now, out);
        self.go_on_fetching(now, out);
    }

    fn repeat_queries(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let until = now.plus(self.rules.request_timeout);
        for (call, is_info) in [(Call::Info, true), (Call::PowParams, false)] {
            let state = if is_info {
                self.info.state.clone()
            } else {
                self.pow.state.clone()
            };
            if let Attempts::Pausing { at, attempt } = state
                && at <= now
            {
                let state = self.send(call, attempt, until, out);
                if is_info {
                    self.info.state = state;
                } else {
                    self.pow.state = state;
                }
            }
        }
    }

    fn go_on_fetching(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let round_ids: Vec<String> = self.fetches.keys().cloned().collect();
        for round_id in round_ids {
            let Some(mut fetch) = self.fetches.remove(&round_id) else {
                continue;
            };
            if fetch.until <= now {
                let failure = Failure::Unreachable {
                    attempts: match fetch.call {
                        Attempts::Waiting { attempt, .. } => attempt + 1,
                        Attempts::Pausing { attempt, .. } => attempt,
                        Attempts::Idle => 0,
                    },
                    last: "the time for it is over".to_owned(),
                };
                out.push(Effect::FetchFailed { round_id, failure });
                continue;
            }
            if let Attempts::Pausing { at, attempt } = fetch.call
                && at <= now
            {
                let call = Call::Proof {
                    round_id: round_id.clone(),
                    wanted: fetch.download.wanted.clone(),
                };
                fetch.call = self.send(call, attempt, fetch.until, out);
            }
            self.fetches.insert(round_id, fetch);
        }
    }

    /// Moves an identity as far as it can go without an answer.
    fn go_on(
        &mut self,
        now: Timestamp,
        identity: &mut Identity,
        out: &mut Vec<Effect>,
    ) -> Result<(), Failure> {
        if identity.registration.until <= now {
            return Err(Failure::TooLate(identity.last.clone()));
        }
        loop {
            let attempt = match identity.call {
                Attempts::Waiting { .. } => return Ok(()),
                Attempts::Pausing { at, .. } if at > now => return Ok(()),
                Attempts::Pausing { attempt, .. } => attempt,
                Attempts::Idle => 0,
            };
            let until = identity.registration.until;
            match &identity.step {
                Step::Info => {
                    let Some(info) = self.info(now, out)? else {
                        return Ok(());
                    };
                    identity.step = self.authorise(now, identity, &info, out);
                }
                Step::PowParams => {
                    let Some(params) = self.pow_params(now, out)? else {
                        return Ok(());
                    };
                    identity.step = Step::Search(params);
                }
                Step::Certify { info, .. } => {
                    let Some(request) = identity.registration.post.clone() else {
                        identity.certificate_asked = true;
                        identity.step = Step::Info;
                        continue;
                    };
                    let url = info.url.clone();
                    identity.call = self.send(Call::Certify { url, request }, attempt, until, out);
                }
                Step::Search(params) => {
                    let request = self.request();
                    out.push(Effect::Search {
                        request,
                        params: params.clone(),
                        node_id: identity.registration.node_id,
                        challenge: identity.registration.challenge,
                        until,
                    });
                    identity.call = Attempts::Waiting { request, attempt };
                }
                Step::Submit(submission) => {
                    identity.call =
                        self.send(Call::Submit(submission.clone()), attempt, until, out);
                }
            }
        }
    }

    /// By certificate if there is one or one can be had, else by proof of work.
    fn authorise(
        &mut self,
        now: Timestamp,
        identity: &mut Identity,
        info: &InfoResponse,
        out: &mut Vec<Effect>,
    ) -> Step {
        let node_id = identity.registration.node_id;
        let Some((certifier, key)) = info
            .certifier
            .as_ref()
            .and_then(|info| Some((info, PublicKey(info.pubkey.array()?))))
        else {
            return Step::PowParams;
        };
        if let Some(certificate) = self.certificates.get(&(node_id, key)) {
            let expires = certificate.content().map(|content| content.expiration);
            if expires.is_ok_and(|expires| !is_expired(expires, now.plus(self.rules.renew_before)))
            {
                let mut submission = submission(&identity.registration);
                submission.certificate = Some(certificate.into());
                submission.certificate_pubkey_hint =
                    key.as_bytes().get(..KEY_HINT_SIZE).map(Into::into);
                identity.used = Some(key);
                return Step::Submit(Box::new(submission));
            }
            self.certificates.remove(&(node_id, key));
            out.push(Effect::DropCertificate {
                node_id,
                certifier: key,
            });
        }
        if identity.certificate_asked
            || certifier.url.is_empty()
            || identity.registration.post.is_none()
        {
            return Step::PowParams;
        }
        Step::Certify {
            info: certifier.clone(),
            key,
        }
    }

    /// Fresh info whose phase shift fits; asks for it where there is none.
    fn info(
        &mut self,
        now: Timestamp,
        out: &mut Vec<Effect>,
    ) -> Result<Option<InfoResponse>, Failure> {
        if let Some(info) = self.info.fresh(now, self.rules.info_ttl) {
            let announced = info.phase_shift.and_then(|shift| shift.duration());
            if announced != Some(self.rules.phase_shift) {
                return Err(Failure::PhaseShift {
                    announced,
                    expected: self.rules.phase_shift,
                });
            }
            if info.service_pubkey.array::<32>().is_none() {
                return Err(Failure::Malformed(
                    "the service's key has not 32 bytes".to_owned(),
                ));
            }
            return Ok(Some(info.clone()));
        }
        if let Some(failure) = &self.info.failed {
            return Err(failure.clone());
        }
        if self.info.state == Attempts::Idle {
            let until = now.plus(self.rules.request_timeout);
            self.info.state = self.send(Call::Info, 0, until, out);
        }
        Ok(None)
    }

    fn pow_params(
        &mut self,
        now: Timestamp,
        out: &mut Vec<Effect>,
    ) -> Result<Option<PowParams>, Failure> {
        if let Some(params) = self.pow.fresh(now, self.rules.pow_ttl) {
            return Ok(Some(params.clone()));
        }
        if let Some(failure) = &self.pow.failed {
            return Err(failure.clone());
        }
        if self.pow.state == Attempts::Idle {
            let until = now.plus(self.rules.request_timeout);
            self.pow.state = self.send(Call::PowParams, 0, until, out);
        }
        Ok(None)
    }

    fn send(
        &mut self,
        call: Call,
        attempt: u32,
        until: Timestamp,
        out: &mut Vec<Effect>,
    ) -> Attempts {
        let request = self.request();
        out.push(Effect::Send {
            request,
            call,
            until,
        });
        Attempts::Waiting { request, attempt }
    }

    fn request(&mut self) -> RequestId {
        self.next_request += 1;
        self.next_request
    }

    /// Uniform in [d, 2d), by a SplitMix64 step: attempts of many nodes do not meet.
    fn uniform(&mut self) -> Duration {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        let delay = self.rules.retry_delay;
        let fraction = u32::try_from(z >> 44).unwrap_or(0);
        delay + delay.saturating_mul(fraction) / (1 << 20)
    }
}

/// A submission without its authorisation.
fn submission(registration: &Registration) -> SubmitRequest {
    let mut prefix = registration.genesis_id.0.to_vec();
    prefix.push(Domain::Poet.byte());
    SubmitRequest {
        prefix: prefix.into(),
        challenge: registration.challenge.into(),
        pubkey: registration.node_id.into(),
        signature: registration.signature.into(),
        deadline: registration.deadline,
        ..SubmitRequest::default()
    }
}

/// A certifier's answer, checked in the reference's order (04 §11.4).
fn check_certificate(
    response: &CertifyResponse,
    key: &PublicKey,
    node_id: &NodeId,
    now: Timestamp,
) -> Result<Certificate, Failure> {
    let bad = |reason: String| Failure::BadCertificate(reason);
    if response.pub_key.0 != key.as_bytes() {
        return Err(bad(
            "it is by another key than the service announced".to_owned()
        ));
    }
    let signature = response
        .signature
        .array()
        .map(EdSignature)
        .ok_or_else(|| bad("the signature has not 64 bytes".to_owned()))?;
    let certificate = Certificate {
        data: response.certificate.0.clone(),
        signature,
    };
    certificate
        .verify(key, node_id, now)
        .map_err(|error| bad(error.to_string()))?;
    Ok(certificate)
}

fn describe(outcome: &Outcome) -> String {
    match judge(Regime::Certify, outcome) {
        Verdict::Retry(_, failure) | Verdict::Reauthorise(failure) | Verdict::Final(failure) => {
            failure.to_string()
        }
    }
}
