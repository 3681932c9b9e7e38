//! Which dispatches a batch takes and how they are grouped, so that no submission runs long.

use crate::params::ScryptN;

/// Cost of `prepare` and `finish` in chunkmixes: 11 Keccak permutations.
pub(super) const ENDS_COST: u32 = 64;
/// One dispatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Prepare,
    Fill,
    Mix,
    Rest,
    Finish,
}

/// The dispatches of a batch with `per_dispatch` chunkmixes each. Lanes need different numbers of chunkmixes in the mix phase: it covers
/// the expected number, `rest` does what is left.
pub(super) fn plan(n: ScryptN, gap: u32, per_dispatch: u32) -> Vec<Step> {
    let n = u64::from(n.get());
    let fills = n.div_ceil(u64::from(per_dispatch));
    let mixes = (n * u64::from(gap + 1) / 2).div_ceil(u64::from(per_dispatch));
    let repeat = |step, times: u64| std::iter::repeat_n(step, times as usize);
    let ends = |step| std::iter::once(step);
    ends(Step::Prepare)
        .chain(repeat(Step::Fill, fills))
        .chain(repeat(Step::Mix, mixes))
        .chain(ends(Step::Rest))
        .chain(ends(Step::Finish))
        .collect()
}

/// Groups dispatches into submissions of at most `budget` chunkmixes, each with its cost.
pub(super) fn pack(
    steps: &[Step],
    per_dispatch: u32,
    budget: u32,
) -> impl Iterator<Item = (&[Step], u32)> {
    let cost = move |step: &Step| match step {
        Step::Prepare | Step::Rest | Step::Finish => ENDS_COST,
        Step::Fill | Step::Mix => per_dispatch,
    };
    let mut rest = steps;
    std::iter::from_fn(move || {
        let first = rest.first()?;
        let mut total = cost(first);
        let mut taken = 1;
        while let Some(next) = rest.get(taken) {
            if total + cost(next) > budget {
                break;
            }
            total += cost(next);
            taken += 1;
        }
        let (now, later) = rest.split_at(taken);
        rest = later;
        Some((now, total))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_has_all_its_steps_in_order_and_no_submission_above_the_budget() {
        let steps = plan(ScryptN::MAINNET, 2, 256);
        assert_eq!(steps.iter().filter(|&&step| step == Step::Fill).count(), 32);
        assert_eq!(steps.iter().filter(|&&step| step == Step::Mix).count(), 48);
        let submissions: Vec<_> = pack(&steps, 256, 1000).collect();
        assert!(submissions.iter().all(|&(_, cost)| cost <= 1000));
        let joined: Vec<Step> = submissions
            .iter()
            .flat_map(|(steps, _)| steps.to_vec())
            .collect();
        assert_eq!(joined, steps);
        assert_eq!(
            (steps.first(), steps.last()),
            (Some(&Step::Prepare), Some(&Step::Finish))
        );
        // A budget below one dispatch still goes on.
        assert!(pack(&steps, 256, 16).all(|(steps, _)| steps.len() == 1));
    }
}
