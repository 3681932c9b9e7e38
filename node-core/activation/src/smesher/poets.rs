//! The part that PoET servers have in the loop: registering a challenge, and choosing among their proofs (05 §16.6, phases 0 and 1).

use spacemesh_codec::BoundedBytes;
use spacemesh_crypto::Domain;
use spacemesh_types::{EpochId, Timestamp, wire::MerkleProof};

use super::{
    journal::{ChosenProof, Registration},
    machine::{Announcement, Attempt, Doing, Queries, Smesher},
    protocol::{PoetAnswer, Question, SmesherEffect},
};
use crate::{SmesherEvent, SmesherProblem, ticks};

impl Smesher {
    /// Phase 0 of 05 §16.6.
    pub(super) fn begin_registering(
        &mut self,
        now: Timestamp,
        publish: EpochId,
        out: &mut Vec<SmesherEffect>,
    ) {
        let registered = |address: &str| {
            let mut known = self.journal.registrations.iter();
            known.any(|it| it.address.as_slice() == address.as_bytes())
        };
        let missing: Vec<String> = self
            .poets
            .iter()
            .filter(|address| !registered(address))
            .cloned()
            .collect();
        if missing.is_empty() && !self.poets.is_empty() {
            self.begin_querying(now, publish, out);
            return;
        }
        if now < self.timeline.registration_end(publish) {
            let attempts = missing.into_iter();
            let attempts = attempts.map(|address| (address, Attempt::Again(now)));
            self.doing = Doing::Registering(attempts.collect());
            self.register(now, out);
            return;
        }
        self.close_registration(now, publish, out);
    }

    /// The round has begun, or all servers answered.
    pub(super) fn close_registration(
        &mut self,
        now: Timestamp,
        publish: EpochId,
        out: &mut Vec<SmesherEffect>,
    ) {
        let usable = self.usable_registrations();
        if !usable.is_empty() {
            self.begin_querying(now, publish, out);
            return;
        }
        match self.journal.registrations.first() {
            None => self.expire(now, publish, out),
            Some(elsewhere) => {
                let address = elsewhere.address.to_text().into_owned();
                self.problem(out, SmesherProblem::RegisteredElsewhere(address));
                let next = self.timeline.next_layer(now);
                self.doing = Doing::Waiting(next, "a PoET server that is configured");
            }
        }
    }

    pub(super) fn usable_registrations(&self) -> Vec<Registration> {
        let all = self.journal.registrations.iter();
        let configured = all.filter(|it| {
            let mut poets = self.poets.iter();
            poets.any(|poet| poet.as_bytes() == it.address.as_slice())
        });
        configured.cloned().collect()
    }

    /// Asks every server that is due.
    pub(super) fn register(&mut self, now: Timestamp, out: &mut Vec<SmesherEffect>) {
        let Some(challenge) = self.journal.challenge.clone() else {
            return;
        };
        let publish = challenge.publish;
        if now >= self.timeline.registration_end(publish) {
            self.close_registration(now, publish, out);
            return;
        }
        let hash = challenge.hash(self.rules.versions.at(publish));
        let signature = self
            .key
            .sign(&self.rules.prefix, Domain::Poet, hash.as_ref());
        let mut prefix = self.rules.prefix.as_ref().to_vec();
        prefix.push(Domain::Poet.byte());
        let Doing::Registering(attempts) = &mut self.doing else {
            return;
        };
        for (address, attempt) in attempts {
            if !matches!(attempt, Attempt::Again(at) if now >= *at) {
                continue;
            }
            let question = Question(self.next_question);
            self.next_question += 1;
            *attempt = Attempt::Asked(question);
            self.journal.committed = self.journal.committed.max(Some(publish));
            out.push(SmesherEffect::Register {
                question,
                address: address.clone(),
                challenge: hash,
                prefix: prefix.clone(),
                signature,
                deadline: self.timeline.poet_deadline(publish),
            });
        }
    }

    pub(super) fn registered(
        &mut self,
        now: Timestamp,
        question: Question,
        address: String,
        round: Option<(String, Option<u64>)>,
        out: &mut Vec<SmesherEffect>,
    ) {
        let Some(challenge) = &self.journal.challenge else {
            return;
        };
        let publish = challenge.publish;
        let hash = challenge.hash(self.rules.versions.at(publish));
        let retry = now.plus(self.timeline.timing().poet_retry_interval);
        let Doing::Registering(attempts) = &mut self.doing else {
            return;
        };
        let Some(attempt) = attempts.get_mut(&address) else {
            return;
        };
        if *attempt != Attempt::Asked(question) {
            return;
        }
        let registration = round.and_then(|(round, round_end)| {
            let registration = Registration {
                address: BoundedBytes::try_from(address.as_bytes()).ok()?,
                challenge: hash,
                round: BoundedBytes::try_from(round.as_bytes()).ok()?,
                round_end,
            };
            Some((registration, round))
        });
        let Some((registration, round)) = registration else {
            *attempt = Attempt::Again(retry);
            return;
        };
        attempts.remove(&address);
        let done = attempts.is_empty();
        if self.journal.registrations.push(registration).is_ok() {
            self.event_of(out, |smesher| SmesherEvent::RegisteredInPoet {
                smesher,
                url: address,
                round,
            });
        }
        if done {
            self.close_registration(now, publish, out);
        }
    }

    /// Phase 1 of 05 §16.6.
    pub(super) fn begin_querying(
        &mut self,
        now: Timestamp,
        publish: EpochId,
        out: &mut Vec<SmesherEffect>,
    ) {
        if now > self.timeline.poet_deadline(publish) {
            self.expire(now, publish, out);
            return;
        }
        if self.announced.insert((publish, Announcement::RoundEnd)) {
            let target = publish.target().unwrap_or(EpochId::MAX);
            let until = self.timeline.round_end(publish);
            self.event_of(out, |smesher| SmesherEvent::WaitingForPoetRoundEnd {
                smesher,
                publish,
                target,
                until,
            });
        }
        let jitter = self.timeline.query_jitter(self.chance);
        let due = self.usable_registrations().into_iter().map(|it| {
            let at = it.round_end.map_or(now, |seconds| {
                let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
                Timestamp::from_unix_seconds(seconds).plus(jitter)
            });
            (it.address.to_text().into_owned(), at)
        });
        self.doing = Doing::Querying(Queries {
            due: due.collect(),
            ..Queries::default()
        });
        self.query(now, out);
    }

    /// Asks every server whose round is over.
    pub(super) fn query(&mut self, now: Timestamp, out: &mut Vec<SmesherEffect>) {
        let Some(challenge) = &self.journal.challenge else {
            return;
        };
        let hash = challenge.hash(self.rules.versions.at(challenge.publish));
        let registrations = self.usable_registrations();
        let Doing::Querying(queries) = &mut self.doing else {
            return;
        };
        let due = queries.due.iter().filter(|(_, at)| now >= **at);
        let due: Vec<String> = due.map(|(address, _)| address.clone()).collect();
        for address in due {
            queries.due.remove(&address);
            let mut known = registrations.iter();
            let Some(it) = known.find(|it| it.address.as_slice() == address.as_bytes()) else {
                continue;
            };
            let question = Question(self.next_question);
            self.next_question += 1;
            queries.asked.insert(address.clone(), question);
            out.push(SmesherEffect::AskPoet {
                question,
                address,
                round: it.round.to_text().into_owned(),
                challenge: hash,
            });
        }
        self.choose_proof(now, out);
    }

    pub(super) fn poet_answered(
        &mut self,
        now: Timestamp,
        question: Question,
        address: String,
        answer: Option<PoetAnswer>,
        out: &mut Vec<SmesherEffect>,
    ) {
        let Doing::Querying(queries) = &mut self.doing else {
            return;
        };
        if queries.asked.get(&address) != Some(&question) {
            return;
        }
        queries.asked.remove(&address);
        if let Some(answer) = answer {
            let ticks = ticks(answer.leaf_count, self.rules.tick_size);
            queries.answers.insert(address.clone(), answer);
            let round = self.round_of(&address);
            out.push(SmesherEffect::Event(
                SmesherEvent::ProofDownloadedFromPoet {
                    url: address,
                    round,
                    ticks,
                },
            ));
        }
        self.choose_proof(now, out);
    }

    pub(super) fn round_of(&self, address: &str) -> String {
        let mut known = self.journal.registrations.iter();
        let known = known.find(|it| it.address.as_slice() == address.as_bytes());
        known.map_or_else(String::new, |it| it.round.to_text().into_owned())
    }

    /// Takes the proof with the most leaves, once all servers answered; the first of equals in the order of registration.
    pub(super) fn choose_proof(&mut self, now: Timestamp, out: &mut Vec<SmesherEffect>) {
        let registrations = self.usable_registrations();
        let Doing::Querying(queries) = &mut self.doing else {
            return;
        };
        if !queries.due.is_empty() || !queries.asked.is_empty() {
            return;
        }
        let mut best: Option<(String, PoetAnswer, MerkleProof)> = None;
        for registration in registrations {
            let address = registration.address.to_text().into_owned();
            let Some(answer) = queries.answers.remove(&address) else {
                continue;
            };
            let Some(membership) = answer.membership.clone() else {
                continue;
            };
            if best
                .as_ref()
                .is_none_or(|(_, best, _)| answer.leaf_count > best.leaf_count)
            {
                best = Some((address, answer, membership));
            }
        }
        let Some((url, answer, membership)) = best else {
            self.unstable(now, out);
            return;
        };
        self.journal.poet = Some(ChosenProof {
            reference: answer.reference,
            membership,
            leaf_count: answer.leaf_count,
        });
        let round = self.round_of(&url);
        let ticks = ticks(answer.leaf_count, self.rules.tick_size);
        self.event_of(out, |smesher| SmesherEvent::BestProofSelected {
            smesher,
            url,
            round,
            ticks,
        });
        self.doing = Doing::Deciding;
    }
}
