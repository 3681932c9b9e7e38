//! Progress of long work: a bar for a person at a terminal, a line now and then in a log, an event per line for a program.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::{Output, duration};

/// How often a log without a terminal gets a line.
const LOG_EVERY: Duration = Duration::from_secs(30);

/// The progress of one task.
pub(crate) struct Task {
    output: Output,
    bar: ProgressBar,
    title: String,
    logged: Option<Instant>,
}

impl Task {
    /// Starts showing `title`.
    pub(crate) fn new(output: Output, title: &str) -> Self {
        let target = if output.shows_bars() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(1), target);
        let style = ProgressStyle::with_template("{prefix}  {wide_bar} {percent:>3}%  {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("━━─");
        bar.set_style(style);
        bar.set_prefix(title.to_owned());
        Self {
            output,
            bar,
            title: title.to_owned(),
            logged: None,
        }
    }

    /// Shows where the task stands. `rate` is text, `seconds_left` the time to its end if known.
    pub(crate) fn update(&mut self, done: u64, total: u64, rate: &str, seconds_left: Option<f64>) {
        let left = seconds_left.map_or_else(String::new, |seconds| {
            format!(", {} left", duration(seconds))
        });
        self.bar.set_length(total.max(1));
        self.bar.set_position(done.min(total.max(1)));
        self.bar.set_message(format!("{rate}{left}"));
        let due = self.logged.is_none_or(|at| at.elapsed() >= LOG_EVERY);
        if !self.output.json && !self.output.shows_bars() && due {
            self.logged = Some(Instant::now());
            let percent = done as f64 / total.max(1) as f64 * 100.0;
            self.output
                .note(&format!("{}: {percent:.1} %, {rate}{left}", self.title));
        }
    }

    /// A line above the bar.
    pub(crate) fn note(&self, text: &str) {
        if self.output.shows_bars() {
            self.bar.println(text);
        } else {
            self.output.note(text);
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
