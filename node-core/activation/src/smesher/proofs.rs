//! The part that the proving service has in the loop: the initial proof and that of each ATX (05 §16.3, §16.6 phase 2).

use std::time::Duration;

use spacemesh_types::{AtxId, Hash32, Timestamp};

use super::{
    journal::{FinalPost, InitialPost},
    machine::{Doing, Smesher},
    protocol::{MadePost, PostFailure, PostInfo, Question, SmesherEffect},
};
use crate::{Indices, PostWork, SmesherEvent, SmesherProblem, View, Work, WorkResult};

/// How long the smesher waits before it asks a proving service again that is not there.
const POST_SERVICE_WAIT: Duration = Duration::from_secs(2);

impl Smesher {
    pub(super) fn make_post(
        &mut self,
        question: Question,
        challenge: Hash32,
        out: &mut Vec<SmesherEffect>,
    ) {
        self.doing = Doing::MakingPost(question);
        self.event_of(out, |smesher| SmesherEvent::PostStart {
            smesher,
            challenge,
        });
        out.push(SmesherEffect::MakePost {
            question,
            challenge,
        });
    }

    pub(super) fn post_made(
        &mut self,
        now: Timestamp,
        question: Question,
        result: Result<MadePost, PostFailure>,
        out: &mut Vec<SmesherEffect>,
    ) {
        let initial = self.doing == Doing::MakingInitialPost(question);
        if !initial && self.doing != Doing::MakingPost(question) {
            return;
        }
        let poet = self.journal.poet.as_ref();
        let challenge = poet
            .filter(|_| !initial)
            .map_or(Hash32::ZERO, |it| it.reference.to_hash32());
        let made = match result {
            Err(PostFailure::Unavailable) => {
                self.doing = Doing::Waiting(now.plus(POST_SERVICE_WAIT), "the proving service");
                return;
            }
            Err(PostFailure::Failed(reason)) => {
                self.post_complete(challenge, true, out);
                self.problem(out, SmesherProblem::PostFailed(reason));
                self.try_next_layer(now);
                return;
            }
            Ok(made) => made,
        };
        self.post_complete(challenge, false, out);
        // Without it the reference crashes where the proof is not the first (05 trap 26).
        let Some(vrf_nonce) = made.vrf_nonce else {
            self.problem(out, SmesherProblem::NoVrfNonce);
            self.try_next_layer(now);
            return;
        };
        if initial {
            let post = InitialPost {
                post: made.post,
                num_units: made.num_units,
                commitment: made.commitment,
                vrf_nonce,
            };
            let question = self.ask();
            let work = self.initial_post_work(&post, post.commitment, post.num_units);
            out.push(SmesherEffect::CheckPost(question, work));
            self.doing = Doing::CheckingInitialPost(question, post);
        } else {
            self.journal.nipost = Some(FinalPost {
                post: made.post,
                num_units: made.num_units,
                vrf_nonce,
                labels_per_unit: made.labels_per_unit,
            });
            self.doing = Doing::Deciding;
        }
    }

    pub(super) fn post_complete(
        &self,
        challenge: Hash32,
        failed: bool,
        out: &mut Vec<SmesherEffect>,
    ) {
        self.event_of(out, |smesher| SmesherEvent::PostComplete {
            smesher,
            challenge,
            failed,
        });
    }

    pub(super) fn post_info(
        &mut self,
        now: Timestamp,
        question: Question,
        result: Result<PostInfo, PostFailure>,
        out: &mut Vec<SmesherEffect>,
    ) {
        if self.doing != Doing::AskingPostInfo(question) {
            return;
        }
        match result {
            Err(PostFailure::Unavailable) => {
                self.doing = Doing::Waiting(now.plus(POST_SERVICE_WAIT), "the proving service");
            }
            Err(PostFailure::Failed(reason)) => {
                self.problem(out, SmesherProblem::PostFailed(reason));
                self.try_next_layer(now);
            }
            Ok(info) => {
                let challenge = self.journal.challenge.as_ref();
                let Some(initial) = challenge.and_then(|it| it.initial.clone()) else {
                    self.doing = Doing::Deciding;
                    return;
                };
                // The units or the data may have changed since the initial proof was made (05 trap 29).
                let work = self.initial_post_work(&initial, info.commitment, info.num_units);
                let question = self.ask();
                out.push(SmesherEffect::CheckPost(question, work));
                self.doing = Doing::CheckingBeforeProof(question);
            }
        }
    }

    pub(super) fn post_checked(
        &mut self,
        now: Timestamp,
        question: Question,
        result: WorkResult,
        view: &(impl View + ?Sized),
        out: &mut Vec<SmesherEffect>,
    ) {
        let doing = std::mem::replace(&mut self.doing, Doing::Deciding);
        let ours = match &doing {
            Doing::CheckingInitialPost(asked, _)
            | Doing::RecheckingInitialPost(asked, _)
            | Doing::CheckingBeforeProof(asked) => *asked == question,
            Doing::Stopped
            | Doing::Deciding
            | Doing::MakingInitialPost(_)
            | Doing::Certifying(_)
            | Doing::Waiting(..)
            | Doing::Positioning(_)
            | Doing::Registering(_)
            | Doing::Querying(_)
            | Doing::AskingPostInfo(_)
            | Doing::MakingPost(_)
            | Doing::Publishing(_) => false,
        };
        if !ours {
            self.doing = doing;
            return;
        }
        match result {
            // Says nothing about the proof: it is kept (05 trap 26).
            WorkResult::Unavailable => {
                self.try_next_layer(now);
                return;
            }
            WorkResult::InvalidIndex(_) | WorkResult::Invalid => {
                self.journal.clear();
                self.journal.initial_post = None;
                self.problem(out, SmesherProblem::InitialPostInvalid);
                match doing {
                    // Just made: again at once would make the same.
                    Doing::CheckingInitialPost(..) => self.try_next_layer(now),
                    _ => self.prepare(view, out),
                }
                return;
            }
            WorkResult::Valid => {}
        }
        match doing {
            Doing::CheckingInitialPost(_, post) => {
                self.journal.initial_post = Some(post);
                self.prepare(view, out);
            }
            Doing::RecheckingInitialPost(_, publish) => self.position(publish, out),
            _ => {
                let poet = self.journal.poet.as_ref();
                let challenge = poet.map(|it| it.reference.to_hash32());
                let question = self.ask();
                if let Some(challenge) = challenge {
                    self.make_post(question, challenge, out);
                }
            }
        }
    }

    pub(super) fn initial_post_work(
        &self,
        post: &InitialPost,
        commitment: AtxId,
        num_units: u32,
    ) -> Work {
        Work::Post(PostWork {
            node: self.node(),
            commitment,
            challenge: Hash32::ZERO,
            post: post.post.clone(),
            num_units,
            indices: Indices::All,
        })
    }
}
