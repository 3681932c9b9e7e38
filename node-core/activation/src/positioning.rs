//! Which ATX one's own builds on, and which one labels are derived from (05 §16.5, §17). Shared by the identities of a node.
//!
//! Keeps true: an answer is cached per publish epoch, also that of a search whose time ran out (05 trap 25); candidates are tried by height
//! descending and id ascending, a few at a time; a candidate that could not be checked is passed over and not marked.

use spacemesh_types::{AtxId, EpochId, NodeId, Timestamp};

use crate::{AtxTable, ChainCheck, ChainStep, JobId, Rules, State, Trust, Work, WorkResult};

/// Candidates that are looked up at a time.
const CANDIDATES_AT_A_TIME: usize = 64;

/// What the search asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PositioningEffect {
    /// Check these with every index, before the work of others, and answer with [`Positioning::checked`].
    Check {
        /// Name of the work.
        job: JobId,
        /// The work.
        works: Vec<Work>,
    },
    /// The highest ATX with a valid chain; none if there is none or time ran out.
    Selected {
        /// For ATXs of this epoch.
        publish: EpochId,
        /// The ATX and its height.
        candidate: Option<(AtxId, u64)>,
    },
}

/// The search and its last answer.
#[derive(Debug, Clone, Default)]
pub struct Positioning {
    found: Option<(EpochId, Option<(AtxId, u64)>)>,
    search: Option<Search>,
    next_job: u64,
}

#[derive(Debug, Clone)]
struct Search {
    publish: EpochId,
    target: EpochId,
    deadline: Option<Timestamp>,
    trust: Trust,
    /// The candidates that follow, worst first.
    ahead: Vec<(u64, AtxId)>,
    last: Option<(u64, AtxId)>,
    current: Option<(ChainCheck, (AtxId, u64))>,
    job: Option<JobId>,
}

impl Positioning {
    /// Asks for the ATX that those published in `publish` build on. Answers at once where it is known; a search for the same epoch that is
    /// going on answers everybody. `asker` trusts its own ATXs.
    #[expect(
        clippy::too_many_arguments,
        reason = "what is asked, and what the machine works on"
    )]
    pub fn ask(
        &mut self,
        publish: EpochId,
        asker: Option<NodeId>,
        received_before: Option<Timestamp>,
        deadline: Option<Timestamp>,
        state: &mut (impl State + ?Sized),
        table: &AtxTable,
        out: &mut Vec<PositioningEffect>,
    ) {
        if let Some((epoch, candidate)) = self.found
            && epoch == publish
        {
            out.push(PositioningEffect::Selected { publish, candidate });
            return;
        }
        if self.search.as_ref().is_some_and(|it| it.publish == publish) {
            return;
        }
        // ATXs of the latest epoch before `publish`; their target is one later.
        let latest = state.last_publish_epoch().unwrap_or_default();
        let target = latest.0.saturating_add(1).min(publish.0);
        self.search = Some(Search {
            publish,
            target: EpochId(target),
            deadline,
            trust: Trust {
                received_before,
                node: asker,
            },
            ahead: Vec::new(),
            last: None,
            current: None,
            job: None,
        });
        self.go_on(state, table, out);
    }

    /// Takes the results of a check.
    pub fn checked(
        &mut self,
        job: JobId,
        results: &[WorkResult],
        rules: &Rules,
        state: &mut (impl State + ?Sized),
        table: &AtxTable,
        out: &mut Vec<PositioningEffect>,
    ) {
        let Some(search) = self.search.as_mut().filter(|it| it.job == Some(job)) else {
            return;
        };
        search.job = None;
        let answer = search
            .current
            .as_mut()
            .and_then(|(check, _)| check.checked(results, rules, state));
        match answer {
            Some(ChainStep::Done(answer)) => self.decided(answer, state, out),
            Some(ChainStep::Check(_)) | None => {}
        }
        self.go_on(state, table, out);
    }

    /// Time went on. After the deadline the search ends without a candidate.
    pub fn wake_up(&mut self, now: Timestamp, out: &mut Vec<PositioningEffect>) {
        let search = self.search.as_ref();
        let over = search.filter(|it| it.deadline.is_some_and(|deadline| now >= deadline));
        if let Some(publish) = over.map(|it| it.publish) {
            self.finish(publish, None, out);
        }
    }

    /// When the search ends at the latest.
    pub fn next_wakeup(&self) -> Option<(Timestamp, &'static str)> {
        let deadline = self.search.as_ref()?.deadline?;
        Some((deadline, "end of the search for a positioning ATX"))
    }

    fn go_on(
        &mut self,
        state: &mut (impl State + ?Sized),
        table: &AtxTable,
        out: &mut Vec<PositioningEffect>,
    ) {
        while let Some(search) = &mut self.search {
            if let Some((check, _)) = &mut search.current {
                match check.step(state) {
                    ChainStep::Check(works) => {
                        let job = JobId(self.next_job);
                        self.next_job += 1;
                        search.job = Some(job);
                        out.push(PositioningEffect::Check { job, works });
                        return;
                    }
                    ChainStep::Done(answer) => self.decided(answer, state, out),
                }
                continue;
            }
            if search.ahead.is_empty() {
                search.ahead = table.highest(search.target, search.last, CANDIDATES_AT_A_TIME);
                search.last = search.ahead.last().copied();
                search.ahead.reverse();
            }
            match search.ahead.pop() {
                Some((height, id)) => {
                    let check = ChainCheck::new(id, search.trust);
                    search.current = Some((check, (id, height)));
                }
                None => {
                    let publish = search.publish;
                    self.finish(publish, None, out);
                }
            }
        }
    }

    fn decided(
        &mut self,
        answer: Option<bool>,
        state: &mut (impl State + ?Sized),
        out: &mut Vec<PositioningEffect>,
    ) {
        let Some(search) = &mut self.search else {
            return;
        };
        let Some((mut check, candidate)) = search.current.take() else {
            return;
        };
        for change in check.changes() {
            state.apply(change);
        }
        if answer == Some(true) {
            let publish = search.publish;
            self.finish(publish, Some(candidate), out);
        }
    }

    fn finish(
        &mut self,
        publish: EpochId,
        candidate: Option<(AtxId, u64)>,
        out: &mut Vec<PositioningEffect>,
    ) {
        self.search = None;
        self.found = Some((publish, candidate));
        out.push(PositioningEffect::Selected { publish, candidate });
    }
}

/// The positioning ATX, given the candidate of a search and the own previous ATX, each with its height. The own one is taken if it is as
/// high, or if there is no candidate.
pub fn choose_positioning(
    candidate: Option<(AtxId, u64)>,
    previous: Option<(AtxId, u64)>,
    golden: AtxId,
) -> AtxId {
    match (candidate, previous) {
        (None, None) => golden,
        (Some((id, _)), None) | (None, Some((id, _))) => id,
        (Some((_, height)), Some((own, own_height))) if own_height >= height => own,
        (Some((id, _)), Some(_)) => id,
    }
}

/// What labels are derived from (05 §17): what the data says that is there already, else what the identity committed to before; else none,
/// and the highest ATX of the latest epoch with a valid chain is taken, or the golden one.
///
/// # Errors
///
/// The identity has ATXs, but none with a commitment.
pub fn known_commitment(
    of_data: Option<AtxId>,
    node: NodeId,
    view: &(impl crate::View + ?Sized),
) -> Result<Option<AtxId>, crate::Rejection> {
    if of_data.is_some() {
        return Ok(of_data);
    }
    if view.newest_signed(node).is_none() {
        return Ok(None);
    }
    let commitment = view.commitment(node);
    commitment
        .map(Some)
        .ok_or(crate::Rejection::NoCommitment(node))
}
