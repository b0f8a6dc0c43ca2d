//! Documents read per second, beside anchors in the same run.
//!
//! `cargo bench -p namekeep-probe --bench read`. RDAP: serde_json to a `Value` and
//! icann-rdap-common (to a `Value`, then typed) on the same bytes. WHOIS: `benches/whois_peer.py`
//! measures python-whois on the text written to `target/whois-bench.txt`.
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a bench")]

use std::{
    fs,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use icann_rdap_common::response::RdapResponse;
use namekeep_probe::read::{rdap, whois};
use serde_json::Value;

/// Rounds of each measurement; the rounds of all are interleaved, so drift hits all alike.
const ROUNDS: usize = 7;

/// Length of one measurement.
const SPAN: Duration = Duration::from_millis(200);

/// A name, the size of the document and one reading of it.
type Work<'d> = (&'static str, usize, Box<dyn FnMut() + 'd>);

fn rate(work: &mut dyn FnMut()) -> f64 {
    let start = Instant::now();
    let mut done = 0u32;
    while start.elapsed() < SPAN {
        for _ in 0..16 {
            work();
        }
        done += 16;
    }
    f64::from(done) / start.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    // Answers on the wire have no indents.
    let value: Value = serde_json::from_slice(&fs::read(folder.join("rdap/com.json")).unwrap()).unwrap();
    let json = serde_json::to_vec(&value).unwrap();
    let text = fs::read(folder.join("whois/com-with-registrar.txt")).unwrap();
    let blocks = fs::read(folder.join("whois/uk.txt")).unwrap();
    let chinese = fs::read(folder.join("whois/cn-gb18030.txt")).unwrap();
    fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("whois-bench.txt"), &text).unwrap();

    let mut work: Vec<Work<'_>> = vec![
        (
            "rdap: this reader",
            json.len(),
            Box::new(|| {
                black_box(rdap::parse(black_box(&json)).unwrap());
            }),
        ),
        (
            "rdap: serde_json Value",
            json.len(),
            Box::new(|| {
                black_box(serde_json::from_slice::<Value>(black_box(&json)).unwrap());
            }),
        ),
        (
            "rdap: icann-rdap-common",
            json.len(),
            Box::new(|| {
                let value: Value = serde_json::from_slice(black_box(&json)).unwrap();
                black_box(RdapResponse::try_from(value).unwrap());
            }),
        ),
        (
            "whois: key and value",
            text.len(),
            Box::new(|| {
                black_box(
                    whois::parse(black_box(&text), Some("whois.verisign-grs.com"), Some("example-eight.com")).unwrap(),
                );
            }),
        ),
        (
            "whois: indented blocks",
            blocks.len(),
            Box::new(|| {
                black_box(whois::parse(black_box(&blocks), Some("whois.nic.uk"), None).unwrap());
            }),
        ),
        (
            "whois: GB18030",
            chinese.len(),
            Box::new(|| {
                black_box(whois::parse(black_box(&chinese), Some("whois.cnnic.cn"), None).unwrap());
            }),
        ),
    ];
    let mut rates = vec![Vec::new(); work.len()];
    for _ in 0..ROUNDS {
        for ((_, _, work), rates) in work.iter_mut().zip(&mut rates) {
            rates.push(rate(work));
        }
    }
    let rates: Vec<f64> = rates.into_iter().map(median).collect();
    for ((name, size, _), rate) in work.iter().zip(&rates) {
        println!(
            "{name:<26} {rate:>10.0} documents/s {:>8.0} MB/s   {size} bytes",
            rate * f64::from(u32::try_from(*size).unwrap()) / 1e6
        );
    }
    if let [ours, value, peer, ..] = rates.as_slice() {
        println!("ratio: {:.1} x icann-rdap-common, {:.1} x serde_json Value", ours / peer, ours / value);
    }
}
