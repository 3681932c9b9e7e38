//! What an operator watches (04 §8.9), in the text form of Prometheus.

use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::schedule::Round;

/// Buckets of the latency of a batch: twenty, from 1 ms, each 1.5 times the one before.
const BUCKETS: usize = 20;

/// Counters of a service. Each is a number of its own; they are not read together.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Registrations with a certificate: valid, invalid, expired.
    pub with_certificate: [AtomicU64; 3],
    /// Registrations with a proof of work: valid, invalid.
    pub with_pow: [AtomicU64; 2],
    /// Registrations turned away because too many waited.
    pub shed: AtomicU64,
    batches: [AtomicU64; BUCKETS],
    batches_above: AtomicU64,
    batches_micros: AtomicU64,
    round: Mutex<Option<(Round, u64)>>,
    members: AtomicU64,
    open: AtomicU64,
}

impl Metrics {
    /// A batch was written.
    pub fn batch(&self, took: Duration) {
        let bound = (0..BUCKETS).find(|&bucket| took.as_secs_f64() <= bound(bucket));
        let counter = bound
            .and_then(|bucket| self.batches.get(bucket))
            .unwrap_or(&self.batches_above);
        counter.fetch_add(1, Relaxed);
        self.batches_micros
            .fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }

    /// The open round has so many members.
    pub fn members(&self, open: Round, members: u64) {
        self.open.store(open.into(), Relaxed);
        self.members.store(members, Relaxed);
    }

    /// A round that executes has so many leaves; none when nothing executes.
    pub fn leaves(&self, round: Option<(Round, u64)>) {
        *self
            .round
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = round;
    }

    /// The text.
    pub fn render(&self) -> String {
        let mut text = String::new();
        let mut line = |args: std::fmt::Arguments<'_>| {
            writeln!(text, "{args}").expect("writing to a string does not fail")
        };
        line(format_args!("# TYPE poet_round_leaves_total counter"));
        if let Some((round, leaves)) = *self
            .round
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
        {
            line(format_args!(
                "poet_round_leaves_total{{id=\"{round}\"}} {leaves}"
            ));
        }
        line(format_args!("# TYPE poet_round_members_total counter"));
        line(format_args!(
            "poet_round_members_total{{id=\"{}\"}} {}",
            self.open.load(Relaxed),
            self.members.load(Relaxed)
        ));
        line(format_args!(
            "# TYPE poet_registration_with_cert_total counter"
        ));
        for (result, counter) in ["valid", "invalid", "expired"]
            .iter()
            .zip(&self.with_certificate)
        {
            line(format_args!(
                "poet_registration_with_cert_total{{result=\"{result}\"}} {}",
                counter.load(Relaxed)
            ));
        }
        line(format_args!(
            "# TYPE poet_registration_with_pow_total counter"
        ));
        for (result, counter) in ["valid", "invalid"].iter().zip(&self.with_pow) {
            line(format_args!(
                "poet_registration_with_pow_total{{result=\"{result}\"}} {}",
                counter.load(Relaxed)
            ));
        }
        line(format_args!("# TYPE poet_registration_shed_total counter"));
        line(format_args!(
            "poet_registration_shed_total {}",
            self.shed.load(Relaxed)
        ));
        line(format_args!(
            "# TYPE poet_round_batch_write_latency_seconds histogram"
        ));
        let mut total = 0;
        for (bucket, counter) in self.batches.iter().enumerate() {
            total += counter.load(Relaxed);
            line(format_args!(
                "poet_round_batch_write_latency_seconds_bucket{{le=\"{:.6}\"}} {total}",
                bound(bucket)
            ));
        }
        total += self.batches_above.load(Relaxed);
        line(format_args!(
            "poet_round_batch_write_latency_seconds_bucket{{le=\"+Inf\"}} {total}"
        ));
        let seconds = Duration::from_micros(self.batches_micros.load(Relaxed)).as_secs_f64();
        line(format_args!(
            "poet_round_batch_write_latency_seconds_sum {seconds}"
        ));
        line(format_args!(
            "poet_round_batch_write_latency_seconds_count {total}"
        ));
        text
    }
}

/// Upper bound of a bucket, in seconds.
fn bound(bucket: usize) -> f64 {
    (0..bucket).fold(0.001, |bound, _| bound * 1.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_the_last_holds_all() {
        let metrics = Metrics::default();
        for millis in [0, 1, 2, 100_000] {
            metrics.batch(Duration::from_millis(millis));
        }
        metrics.leaves(Some((7, 42)));
        let text = metrics.render();
        for line in [
            "latency_seconds_bucket{le=\"0.001000\"} 2",
            "latency_seconds_bucket{le=\"0.001500\"} 2",
            "latency_seconds_bucket{le=\"0.002250\"} 3",
            "latency_seconds_bucket{le=\"+Inf\"} 4",
            "poet_round_leaves_total{id=\"7\"} 42",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
