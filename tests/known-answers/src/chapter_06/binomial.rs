//! The binomial distribution: the fixed-point library's own test cases, and parameters as the oracle has them.

use spacemesh_consensus::fixed::{Binomial, Fixed, ONE_RAW, binomial_cdf};

use super::{signed, word};
use crate::{
    node::{Malformed, Node},
    report::Report,
    suite::Suite,
};

pub(crate) const SUITE: Suite = Suite {
    name: "binomial",
    recognises: |file| file.has("oracle_like"),
    annotations: &[],
    run,
};

fn run(root: &Node<'_>, report: &mut Report) -> Result<(), Malformed> {
    for (_, set) in root.key("sets")?.fields()? {
        let tolerance = set.key("tolerance")?.f64()?;
        for row in set.key("rows")?.items()? {
            let (trials, successes) = (signed(&row.at(0)?)?, signed(&row.at(1)?)?);
            let probability = (row.at(2)?.f64()? * ONE_RAW as f64) as i64;
            let cdf = binomial_cdf(trials, Fixed::from_raw(probability), successes);
            raw(&row.at(4)?, cdf, report)?;
            let real = cdf.map_or(f64::NAN, |cdf| cdf.word() as f64 / ONE_RAW as f64);
            let expected = row.at(3)?;
            let near = (real - expected.f64()?).abs() <= tolerance;
            report.holds(&expected, near, format!("within {tolerance} of {real}"));
        }
    }
    for row in root.key("oracle_like")?.key("rows")?.items()? {
        let trials = row.key("n")?.u64()?;
        let ratio = Fixed::ratio(row.key("committee")?.u64()?, row.key("total")?.u64()?);
        let probability = row.key("p_raw")?;
        raw(&probability, ratio, report)?;
        let mut distribution = Binomial::new(trials, Fixed::from_word(word(&probability)?));
        for (successes, expected) in (0..).zip(row.key("cdf_raw_x_from_0")?.items()?) {
            let cdf = distribution.as_mut().and_then(|each| each.cdf(successes));
            raw(&expected, cdf, report)?;
        }
    }
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
