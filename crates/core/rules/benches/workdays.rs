//! Working days per second and core: rank and select against a day-by-day walk over a bitmap.
//!
//! The peer, the PyPI package `chinesecalendar`, is measured by
//! `crates/core/lifecycle/benches/workdays_peer.py`, which prints the same line.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a bench prints and reads the clock"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use namekeep_rules::{Day, Rulebook};

fn rate(mut work: impl FnMut(usize)) -> f64 {
    let mut best = 0.0_f64;
    for _ in 0..5 {
        let (start, mut calls) = (Instant::now(), 0_usize);
        while start.elapsed() < Duration::from_millis(300) {
            for _ in 0..256 {
                work(calls);
                calls += 1;
            }
        }
        best = best.max(calls as f64 / start.elapsed().as_secs_f64());
    }
    best
}

/// One bit a day, walked.
struct Bitmap {
    first: Day,
    bits: Vec<u64>,
}

impl Bitmap {
    fn add(&self, start: Day, n: i64) -> Day {
        let mut at = usize::try_from(start.since(self.first)).unwrap();
        let mut left = n;
        while left > 0 {
            at += 1;
            left -= i64::try_from(self.bits[at / 64] >> (at % 64) & 1).unwrap();
        }
        self.first.plus(i32::try_from(at).unwrap())
    }
}

fn main() {
    let rules = Rulebook::embedded().unwrap();
    let calendar = rules.calendar();
    let first = calendar.first();
    let mut bits = vec![0_u64; 4_383 / 64 + 1];
    for day in calendar.published() {
        let at = usize::try_from(day.since(first)).unwrap();
        bits[at / 64] |= 1 << (at % 64);
    }
    let bitmap = Bitmap { first, bits };
    // Starts and counts as the peer takes them: 2015 to mid 2026, 1 to 30 working days.
    let question = |n: usize| (first.plus((n.wrapping_mul(7_919) % 4_150) as i32), (n % 30) as i64 + 1);
    for n in 0..20_000 {
        let (start, days) = question(n);
        assert_eq!(calendar.add(start, days).unwrap().day, bitmap.add(start, days));
    }
    let ours = rate(|n| {
        let (start, days) = question(n);
        black_box(calendar.add(black_box(start), days).unwrap());
    });
    let walked = rate(|n| {
        let (start, days) = question(n);
        black_box(bitmap.add(black_box(start), days));
    });
    let between = rate(|n| {
        let (start, days) = question(n);
        black_box(calendar.between(black_box(start), start.plus(days as i32)).unwrap());
    });
    println!("add k working days (1-30), public function   {ours:>12.0} /s");
    println!("anchor: day-by-day walk over a bitmap         {walked:>12.0} /s   ours is {:.2} times", ours / walked);
    println!("between two days, public function            {between:>12.0} /s");
    println!("must be 1,000 times the peer's line; see workdays_peer.py");
}
