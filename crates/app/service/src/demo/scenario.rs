//! The scenarios: which world, when its clock starts, which runs began in it and when.
//!
//! A world knows no playbook, so the runs stand here. Names of a scenario are invented, and each
//! of them shows it: a name whose look-alike skeleton lacks `example` and `示例` is refused.

use namekeep_model::{DomainName, Ending, Intent, RunId, RunKind, Timestamp, Words, words};
use namekeep_rules::Rulebook;
use namekeep_world::WorldSpec;

use crate::{Exit, Failure, world_rules};

const FIRST: &str = include_str!("../../../../../scenarios/demo.toml");
const SECOND: &str = include_str!("../../../../../scenarios/demo-second.toml");

/// The registrar of the connected accounts, as a rule overlay.
pub(super) const REGISTRAR: &str = "aliyun";
/// The account nobody has connected.
const MANUAL: &str = "manual";

/// A run that begins in a scenario.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begins {
    /// When.
    pub(super) at: &'static str,
    /// Its number.
    pub(super) number: u32,
    /// Of which name.
    pub(super) name: &'static str,
    /// How it is to end.
    pub(super) ending: Ending,
}

impl Begins {
    pub(super) const fn run(&self) -> RunId {
        RunId { kind: RunKind::Retire, number: self.number }
    }

    pub(super) fn instant(&self) -> Result<Timestamp, Failure> {
        instant(self.at)
    }
}

/// A world and what is done in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// The filing is returned once, and the name is kept.
    First,
    /// The filing is approved, and the name lapses to the end of its watch.
    Second,
}

/// The run the demo tells of.
pub const TOLD: RunId = RunId { kind: RunKind::Retire, number: 7 };

const SHOP: Begins = Begins { at: "2026-05-18T01:14:00Z", number: 7, name: "example-shop.cn", ending: Ending::Lapse };
const DISPUTE: Begins =
    Begins { at: "2026-06-22T02:00:00Z", number: 4, name: "hyexample-dispute.com", ending: Ending::Lapse };

/// What the group decided, where it is not to renew.
const DECIDED: [(&str, Intent, Option<Ending>); 9] = [
    ("example-shop.cn", Intent::Retire, Some(Ending::Lapse)),
    ("hyexample-dispute.com", Intent::Retire, Some(Ending::Lapse)),
    ("hyexample-old.com", Intent::Retire, Some(Ending::Lapse)),
    ("hyexample-toy.com", Intent::Retire, Some(Ending::Lapse)),
    ("hyexample-edu.cn", Intent::Retire, Some(Ending::Lapse)),
    ("hyexample-2019.com", Intent::Retire, Some(Ending::HoldDark)),
    ("hyexample-fund.cn", Intent::Retire, Some(Ending::HoldDark)),
    ("hyexample-event.cn", Intent::Retire, Some(Ending::HoldDark)),
    ("example-lab.net", Intent::Undecided, None),
];

impl Scenario {
    /// When the demo's clock starts: 09:14 in Shanghai.
    pub fn starts(self) -> Result<Timestamp, Failure> {
        instant("2026-11-24T01:14:00Z")
    }

    /// Until when the tour tells: the morning after the charge day.
    pub fn told_until(self) -> Result<Timestamp, Failure> {
        instant("2026-12-21T01:00:00Z")
    }

    /// The world at its start, with the days off of the rulebook.
    pub fn spec(self, rules: &Rulebook) -> Result<WorldSpec, Failure> {
        let text = match self {
            Self::First => FIRST,
            Self::Second => SECOND,
        };
        let mut spec = WorldSpec::from_toml(text).map_err(|e| broken(&e))?;
        if let Some(name) = spec.names.iter().flat_map(|name| std::iter::once(&name.name).chain(&name.labels)).find(|name| !invented(name)) {
            return Err(broken(&format_args!("{name} does not show that it is invented")));
        }
        spec.calendar = world_rules::calendar(rules);
        Ok(spec)
    }

    /// The runs of the scenario, in the order of their beginnings.
    pub(super) const fn runs(self) -> &'static [Begins] {
        match self {
            Self::First => &[SHOP, DISPUTE],
            Self::Second => &[SHOP],
        }
    }
}

/// What was decided about a name.
pub(super) fn decided(name: &DomainName) -> (Intent, Option<Ending>) {
    let known = DECIDED.iter().find(|(known, ..)| *known == name.a_label());
    known.map_or((Intent::Renew, None), |(_, intent, ending)| (*intent, *ending))
}

/// The registrar of an account.
pub(super) fn registrar(account: &str) -> Option<&'static str> {
    (account != MANUAL).then_some(REGISTRAR)
}

/// Tells whether a name shows by its looks that it is invented.
pub fn invented(name: &DomainName) -> bool {
    // Skeletons are compared with skeletons: that of `m` is `rn` (UTS #39).
    let looks = |text: &str| DomainName::parse(&format!("{text}.test")).ok().and_then(|name| {
        let skeleton = name.skeleton();
        skeleton.split('.').next().map(str::to_owned)
    });
    let skeleton = name.skeleton();
    ["example", "示例"].into_iter().filter_map(looks).any(|mark| skeleton.contains(&mark))
        // The traditional form of a bundle's second label.
        || name.u_label().contains("示例")
}

pub(super) fn broken(what: &dyn std::fmt::Display) -> Failure {
    let says: Words = words!(en: "the demo world stopped: {what}", zh: "演示世界中止：{what}");
    Failure::new("E8304", Exit::Internal, says)
}

fn instant(text: &str) -> Result<Timestamp, Failure> {
    text.parse().map_err(|e: jiff::Error| broken(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_shows_that_it_is_invented_and_no_real_one_passes() {
        let rules = Rulebook::embedded().unwrap();
        assert_eq!(Scenario::First.spec(&rules).unwrap().names.len(), 42);
        assert!(!Scenario::Second.spec(&rules).unwrap().names.is_empty());
        let name = |text: &str| DomainName::parse(text).unwrap();
        for text in ["hyexample.com", "hyеxample.com", "示例云.cn", "example-shop.cn"] {
            assert!(invented(&name(text)), "{text}");
        }
        for text in ["shop.cn", "exam-ple.com", "商城.中国", "paypal.com"] {
            assert!(!invented(&name(text)), "{text}");
        }
    }
}
