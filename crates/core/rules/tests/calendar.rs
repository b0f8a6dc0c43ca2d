//! Working days: the vectors of the holidays file, the refusals, and the laws of the arithmetic.
#![expect(clippy::unwrap_used, reason = "tests")]

use namekeep_model::Date;
use namekeep_rules::holidays::{HolidayFile, ListedKind};
use namekeep_rules::{Day, Rulebook, RulebookBytes, RulesError, WorkCalendar};

fn rules() -> Rulebook {
    Rulebook::embedded().unwrap()
}

fn day(text: &str) -> Day {
    text.parse::<Date>().unwrap().into()
}

/// A small generator: tests need no better randomness than this, and always the same.
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// The same question answered day by day, from the list itself.
fn walked(file: &HolidayFile, day: Day) -> bool {
    match file.days.iter().find(|listed| Day::from(listed.date) == day) {
        Some(listed) => listed.kind == ListedKind::Work,
        None => !day.is_weekend(),
    }
}

#[test]
fn vectors_of_the_file_hold() {
    let rules = rules();
    let calendar = rules.calendar();
    for vector in &rules.holidays().test_vectors.add_working_days {
        let moved = calendar.add(vector.start, vector.n).unwrap();
        assert_eq!(moved.day.date(), vector.end_working_days, "{} + {}", vector.start, vector.n);
        assert!(!moved.provisional && vector.exclude_start);
        assert_eq!(calendar.between(vector.start, moved.day).unwrap().days, vector.n);
        assert_ne!(moved.day.date(), vector.end_if_weekends_only);
        assert_eq!(Day::from(vector.start).plus(20).date(), vector.end_plus_20_calendar_days);
    }
    // tld and case notes: a lapse, a filing, an answer.
    for (start, n, end) in
        [("2026-11-06", 20, "2026-12-04"), ("2026-12-03", 20, "2026-12-31"), ("2026-11-28", -3, "2026-11-25")]
    {
        assert_eq!(calendar.add(day(start), n).unwrap().day, day(end), "{start} {n}");
    }
}

#[test]
fn days_on_which_one_source_is_wrong_are_right_here() {
    let rules = rules();
    for (date, working) in [
        ("2015-01-04", true),
        ("2016-04-02", false),
        ("2018-06-16", false),
        ("2018-09-22", false),
        ("2020-02-03", true),
        ("2023-12-30", false),
    ] {
        let answer = rules.calendar().is_working(day(date)).unwrap();
        assert_eq!((answer.working, answer.provisional), (working, false), "{date}");
    }
}

#[test]
fn every_published_day_agrees_with_the_list() {
    let rules = rules();
    let (calendar, file) = (rules.calendar(), rules.holidays());
    let (mut at, mut count) = (calendar.first(), 0);
    while at <= calendar.last_published() {
        assert_eq!(calendar.is_working(at).unwrap().working, walked(file, at), "{at}");
        at = at.plus(1);
        count += 1;
    }
    assert_eq!(count, 4_383);
}

#[test]
fn an_unpublished_year_is_provisional_with_bounds() {
    let rules = rules();
    let calendar = rules.calendar();
    let moved = calendar.add(day("2026-12-15"), 20).unwrap();
    // Weekends alone give 2027-01-12; ten working days more give 2027-01-26.
    assert_eq!((moved.earliest, moved.latest, moved.provisional), (day("2027-01-12"), day("2027-01-26"), true));
    assert_eq!(calendar.between(moved.earliest, moved.latest).unwrap().days, 10);
    let back = calendar.add(day("2027-02-02"), -3).unwrap();
    assert_eq!((back.day, back.latest, back.provisional), (day("2027-01-28"), day("2027-01-28"), true));
    assert!(back.earliest < back.day);
    assert!(calendar.is_working(day("2027-01-04")).unwrap().provisional);
    let between = calendar.between(day("2026-12-15"), day("2027-01-12")).unwrap();
    assert_eq!((between.days, between.most, between.provisional), (20, 20, true));
    // Twelve of the twenty lie in 2026 and are certain.
    assert_eq!(between.least, 12);
    assert!(!calendar.add(day("2026-12-15"), 12).unwrap().provisional);
}

#[test]
fn what_lies_before_the_data_is_refused() {
    let rules = rules();
    let calendar = rules.calendar();
    let before = day("2014-12-31");
    for answer in [
        calendar.add(before, 1).map(drop),
        calendar.add(day("2015-01-05"), -2).map(drop),
        calendar.is_working(before).map(drop),
        calendar.between(before, day("2015-03-01")).map(drop),
        calendar.between(day("2015-03-01"), before).map(drop),
        calendar.on_or_before(day("2015-01-01")).map(drop),
    ] {
        assert_eq!(answer.unwrap_err().code(), "E1110");
    }
    for n in [i64::MAX, i64::MIN, 1 << 40] {
        let error = calendar.add(day("2026-01-01"), n).unwrap_err();
        assert!(matches!(error, RulesError::OutOfRange | RulesError::BeforeCalendar { .. }), "{error}");
    }
}

#[test]
fn adding_and_counting_invert() {
    let rules = rules();
    let calendar = rules.calendar();
    let (mut state, mut reached) = (0x9e37_79b9_7f4a_7c15, [0_u32; 4]);
    for _ in 0..40_000 {
        let start = calendar.first().plus((random(&mut state) % 6_000) as i32 + 300);
        let n = (random(&mut state) % 401) as i64 - 200;
        let Ok(moved) = calendar.add(start, n) else { continue };
        let between = calendar.between(start, moved.day).unwrap();
        assert!(moved.earliest <= moved.day && moved.day <= moved.latest);
        assert!(between.least <= between.days && between.days <= between.most);
        let works = calendar.is_working(start).unwrap().working;
        reached[usize::from(moved.provisional) + 2 * usize::from(n < 0)] += 1;
        if n > 0 {
            assert_eq!(between.days, n, "{start} + {n}");
            assert!(calendar.is_working(moved.day).unwrap().working);
            // Back again: to the start, or from a day off to the working day before it.
            let back = calendar.add(moved.day, -n).unwrap().day;
            assert_eq!(back, if works { start } else { calendar.on_or_before(start).unwrap().day });
        } else if n < 0 {
            assert_eq!(calendar.between(moved.day, start).unwrap().days, -n - i64::from(!works), "{start} {n}");
            if works {
                assert_eq!(calendar.add(moved.day, -n).unwrap().day, start);
            }
        } else {
            assert_eq!(moved.day, start);
        }
        assert_eq!(calendar.between(moved.day, start).unwrap().days, -between.days);
    }
    println!("forward exact, forward provisional, back exact, back provisional: {reached:?}");
    assert!(reached.iter().all(|&count| count > 0));
}

#[test]
fn a_list_that_lies_is_refused() {
    let good = std::str::from_utf8(RulebookBytes::EMBEDDED.holidays).unwrap();
    let lies = [
        (r#""weekday":"Thu""#, r#""weekday":"Fri""#),
        (r#""kind":"off""#, r#""kind":"of""#),
        (r#""working_days_in_year":249"#, r#""working_days_in_year":250"#),
        (r#""date":"2015-01-02""#, r#""date":"2015-01-01""#),
        (r#""jurisdiction""#, r#""jurisdictoin""#),
        (r#""to":"2026-12-31""#, r#""to":"2026-12-30""#),
        ("namekeep/holidays/1", "namekeep/holidays/9"),
    ];
    for (from, to) in lies {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        let error = HolidayFile::parse(bad.as_bytes()).and_then(|file| WorkCalendar::new(&file)).unwrap_err();
        assert!(error.to_string().contains("rules/holidays.json"), "{error}");
        assert!(!error.hint().zh.is_empty());
    }
}
