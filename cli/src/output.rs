//! What a command prints: text for a person, or JSON for a program.
//!
//! Keeps true: results go to standard output, everything about the way there (progress, warnings, questions) to standard error; with
//! `--json` standard output holds one document, or one line per event when the work takes long; field names are stable.
#![expect(
    clippy::print_stderr,
    reason = "a terminal program speaks through its output"
)]

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use serde_json::Value;

/// Where and how to print.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) json: bool,
}

impl Output {
    /// The result of a command: `value` for a program, `text` for a person.
    pub(crate) fn result(self, value: &impl Serialize, text: impl FnOnce() -> String) {
        if self.json {
            self.json_line(value);
        } else {
            let text = text();
            print(&text);
        }
    }

    /// An event on the way, for programs only.
    pub(crate) fn event(self, value: &impl Serialize) {
        if self.json {
            self.json_line(value);
        }
    }

    /// Something that a person should read on the way.
    pub(crate) fn note(self, text: &str) {
        if !self.json {
            eprintln!("{text}");
        }
    }

    /// Whether a person sees the progress.
    pub(crate) fn shows_bars(self) -> bool {
        !self.json && io::stderr().is_terminal()
    }

    fn json_line(self, value: &impl Serialize) {
        let text = serde_json::to_string(value)
            .unwrap_or_else(|error| format!("{{\"error\":{{\"message\":\"{error}\"}}}}"));
        print(&(text + "\n"));
    }
}

/// The reader may have gone (`| head`); then there is nobody to tell.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    if out
        .write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .is_err()
    {
        std::process::exit(0);
    }
}

/// A table with a head, columns as wide as their widest cell.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::new();
        for (cell, width) in cells.zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width - cell.chars().count() + 2));
        }
        line.truncate(line.trim_end().len());
        line + "\n"
    };
    let mut text = line(&mut head.iter().copied());
    for row in rows {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    text
}

/// `name  value` lines.
pub(crate) fn facts(rows: &[(&str, String)]) -> String {
    let width = rows
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    rows.iter()
        .map(|(name, value)| format!("{name:width$}  {value}\n"))
        .collect()
}

/// Bytes in binary units.
pub(crate) fn bytes(n: u128) -> String {
    const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut value = n as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 || value.fract() == 0.0 {
        format!("{value:.0} {}", UNITS[unit])
    } else {
        format!("{value:.2} {}", UNITS[unit])
    }
}

/// A duration in its two largest units.
pub(crate) fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "unknown".to_owned();
    }
    let s = seconds.round() as u64;
    match s {
        0..60 if seconds < 10.0 => format!("{seconds:.1} s"),
        0..60 => format!("{s} s"),
        60..3600 => format!("{} min {} s", s / 60, s % 60),
        3600..86400 => format!("{} h {} min", s / 3600, s % 3600 / 60),
        _ => format!("{} d {} h", s / 86400, s % 86400 / 3600),
    }
}

/// A text field of a JSON object, empty if it is not there.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_durations_read_as_a_person_writes_them() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(64 << 30), "64 GiB");
        assert_eq!(bytes(1_600_000), "1.53 MiB");
        assert_eq!(duration(0.25), "0.2 s");
        assert_eq!(duration(61.0), "1 min 1 s");
        assert_eq!(duration(15_420.0), "4 h 17 min");
        assert_eq!(duration(f64::INFINITY), "unknown");
    }

    #[test]
    fn a_table_lines_up_and_has_no_trailing_blanks() {
        let rows = [
            vec!["cpu".to_owned(), String::new()],
            vec!["a long id".to_owned(), "x".to_owned()],
        ];
        assert_eq!(
            table(&["id", "name"], &rows),
            "id         name\ncpu\na long id  x\n"
        );
    }
}
