//! Names projected per second and core, numbers only and with words; start-up cost of the rules.
//!
//! Aim: 2 million numeric projections a second on one core. Prints ratios against an anchor of the
//! same run: one working-day addition, which every projection needs several of.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a bench prints and reads the clock"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use namekeep_lifecycle::rules::{Day, Rulebook};
use namekeep_lifecycle::{Core, ExpiryFact, NameState, Subject, project};
use namekeep_model::Source;
use namekeep_model::status::{EppStatus, RgpStatus, StatusSet};

/// Runs `work` for a while and gives calls per second: the best of five runs.
fn rate(mut work: impl FnMut(usize)) -> f64 {
    let mut best = 0.0_f64;
    for _ in 0..5 {
        let (start, mut calls) = (Instant::now(), 0_usize);
        while start.elapsed() < Duration::from_millis(300) {
            for _ in 0..64 {
                work(calls);
                calls += 1;
            }
        }
        best = best.max(calls as f64 / start.elapsed().as_secs_f64());
    }
    best
}

fn main() {
    let start = Instant::now();
    let rules = Rulebook::embedded().unwrap();
    let first = start.elapsed();
    let parse = (0..20)
        .map(|_| {
            let start = Instant::now();
            black_box(Rulebook::embedded().unwrap());
            start.elapsed()
        })
        .min()
        .unwrap();

    let mut names = Vec::new();
    for (at, row) in rules.tlds().rows().iter().filter(|row| row.is_known()).enumerate() {
        for registrar in [None, Some("aliyun"), Some("468"), Some("tencent")] {
            let expiry = Day::from_civil(2026, 6, 1).plus(i32::try_from(at).unwrap());
            let fact = |day: Day| Some(ExpiryFact::new(day.date(), Source::Registrar, day.date()));
            let statuses = match at % 4 {
                0 => StatusSet::EMPTY.with(EppStatus::ClientTransferProhibited),
                1 => StatusSet::EMPTY.with(EppStatus::Ok).with_rgp(RgpStatus::AutoRenewPeriod),
                2 => StatusSet::EMPTY.with(EppStatus::PendingDelete).with_rgp(RgpStatus::RedemptionPeriod),
                _ => StatusSet::EMPTY,
            };
            let state = NameState {
                suffix: row.a_label.clone().unwrap_or_else(|| "academy".into()),
                registrar: registrar.map(str::to_owned),
                registry_expiry: fact(expiry.plus_years(1)),
                registrar_expiry: fact(expiry),
                paid_until: fact(expiry),
                statuses,
                ..NameState::default()
            };
            let life = Subject::find(&rules, &state.suffix, state.registrar.as_deref()).unwrap().life.unwrap();
            names.push((state, life));
        }
    }
    let calendar = rules.calendar();
    let at = Day::from_civil(2026, 9, 1);
    let anchor = rate(|n| {
        black_box(calendar.add(at.plus((n % 300) as i32 - 300), (n % 30) as i64 + 1).unwrap());
    });
    let numbers = rate(|n| {
        let (state, life) = &names[n % names.len()];
        black_box(Core::of(state, life, calendar, at));
    });
    let looked_up = rate(|n| {
        let (state, _) = &names[n % names.len()];
        let life = Subject::find(&rules, &state.suffix, state.registrar.as_deref()).unwrap().life.unwrap();
        black_box(Core::of(state, &life, calendar, at));
    });
    let words = rate(|n| {
        let (state, _) = &names[n % names.len()];
        black_box(project(state, &rules, at).unwrap());
    });
    println!("names in the mix                     {}", names.len());
    println!(
        "rules parsed, first / best of 20     {:.2} / {:.2} ms",
        first.as_secs_f64() * 1e3,
        parse.as_secs_f64() * 1e3
    );
    println!("anchor: working-day additions        {:>10.0} /s", anchor);
    println!(
        "projection, numbers, life at hand    {numbers:>10.0} names/s   {:.2} of the anchor   {:.2} of 2 M/s",
        numbers / anchor,
        numbers / 2e6
    );
    println!(
        "projection, numbers, with look-up    {looked_up:>10.0} names/s   {:.2} of the anchor",
        looked_up / anchor
    );
    println!("projection, in words                 {words:>10.0} names/s   {:.3} of the anchor", words / anchor);
}
