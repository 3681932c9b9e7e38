//! Arithmetic, logarithms, exponential, lnGamma and the continued fraction, word by word.

use spacemesh_consensus::fixed::{Fixed, ONE_RAW, beta_fraction, exp, ln, ln_gamma, ln_integer};

use super::{signed, word};
use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "fixed point",
    recognises: |file| file.has("div_uint64") && file.has("lgamma"),
    annotations: &[],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for (section, node) in root.fields()? {
        let check: fn(&Node<'_>, &mut Report) -> Result<(), Malformed> = match section {
            "mul" => |row, report| {
                let product = decimal(&row.at(0)?)?.checked_mul(decimal(&row.at(1)?)?);
                text(&row.at(2)?, product, report)
            },
            "div" => |row, report| {
                let quotient = decimal(&row.at(0)?)?.checked_div(decimal(&row.at(1)?)?);
                text(&row.at(2)?, quotient, report)
            },
            "div_uint64" => |row, report| {
                let quotient = Fixed::ratio(row.at(0)?.u64()?, row.at(1)?.u64()?);
                raw(&row.at(2)?, quotient, report)
            },
            "div_raw" => |row, report| {
                let (dividend, divisor) = (word(&row.at(0)?)?, word(&row.at(1)?)?);
                let quotient = Fixed::from_word(dividend).checked_div(Fixed::from_word(divisor));
                raw(&row.at(2)?, quotient, report)
            },
            "log56" => |row, report| {
                let number = i64::try_from(word(&row.at(0)?)?);
                let number = number.map_err(|_| row.malformed("a word of 63 bits"))?;
                whole(&row.at(1)?, ln(number), report)
            },
            "ilog56" => |row, report| whole(&row.at(1)?, ln_integer(signed(&row.at(0)?)?), report),
            "lgamma" => |row, report| raw(&row.at(1)?, ln_gamma(signed(&row.at(0)?)?), report),
            "exp" => |row, report| {
                let result = exp(Fixed::from_raw(signed(&row.at(0)?)?));
                raw(&row.at(1)?, result, report)
            },
            "bcf" => fraction,
            // Left unread, which is reported for each of its values.
            _ => continue,
        };
        for row in node.key("rows")?.items()? {
            check(&row, report)?;
        }
    }
    Ok(())
}

fn fraction(row: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    let (y, a, b) = (
        signed(&row.at(0)?)?,
        signed(&row.at(1)?)?,
        signed(&row.at(2)?)?,
    );
    let result = beta_fraction(a, b, y);
    let steps = row.at(3)?;
    let actual = result.map_or(0, |result| result.steps);
    report.equal(&steps, signed(&steps)?, actual);
    raw(&row.at(4)?, result.map(|result| result.value), report)
}

/// A double that has few enough bits to be exact.
fn decimal(node: &Node<'_>) -> Result<Fixed, Malformed> {
    let scaled = node.f64()? * ONE_RAW as f64;
    // The numbers of the file are small multiples of 2^−40, exact in both forms.
    let magnitude = scaled.abs() as u128;
    let number = Fixed::from_word(magnitude);
    Ok(if scaled < 0.0 {
        number.negated()
    } else {
        number
    })
}

fn text(node: &Node<'_>, actual: Option<Fixed>, report: &mut Report) -> Result<(), Malformed> {
    let actual = actual.map_or_else(|| "overflow".to_owned(), |number| number.to_string());
    report.equal(node, node.text()?, actual);
    Ok(())
}

fn raw(node: &Node<'_>, actual: Option<Fixed>, report: &mut Report) -> Result<(), Malformed> {
    let actual = actual.map_or_else(
        || "overflow".to_owned(),
        |number| format!("{:x}", number.word()),
    );
    report.equal(node, node.text()?, actual);
    Ok(())
}

fn whole(node: &Node<'_>, actual: Option<i64>, report: &mut Report) -> Result<(), Malformed> {
    let actual = actual.map_or_else(|| "overflow".to_owned(), |number| number.to_string());
    report.equal(node, signed(node)?, actual);
    Ok(())
}
