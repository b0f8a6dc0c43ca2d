//! People: who may ask, act and sign, by role and department; and how many of them an act needs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{PersonId, Text};

/// A department, as far as two-person rules and task routing need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Department {
    /// Operations.
    Operations,
    /// Security.
    Security,
    /// Legal.
    Legal,
    /// Compliance.
    Compliance,
    /// Finance.
    Finance,
    /// Brand and marketing.
    Brand,
    /// The parent company's approver, for a company too small for two departments.
    Parent,
}

impl Department {
    /// Every department.
    pub const ALL: [Self; 7] = [
        Self::Operations, Self::Security, Self::Legal, Self::Compliance, Self::Finance, Self::Brand, Self::Parent,
    ];

    /// Its name for people.
    pub const fn text(self) -> Text {
        match self {
            Self::Operations => Text::new("operations", "运维"),
            Self::Security => Text::new("security", "安全"),
            Self::Legal => Text::new("legal", "法务"),
            Self::Compliance => Text::new("compliance", "合规"),
            Self::Finance => Text::new("finance", "财务"),
            Self::Brand => Text::new("brand", "品牌"),
            Self::Parent => Text::new("parent company", "母公司"),
        }
    }
}

/// A person who may be asked, or may sign.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// The department they sign for.
    pub department: Department,
    /// Who stands in when they are away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<PersonId>,
}

/// How many signatures of how many departments an act needs. The requester never counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quorum {
    /// Distinct people, at least 1.
    pub people: u8,
    /// Distinct departments, at least 1 and at most `people`.
    pub departments: u8,
}

impl Quorum {
    /// Two people of two departments: the least an irreversible act needs.
    pub const TWO_OF_TWO: Self = Self { people: 2, departments: 2 };

    /// Tells whether these signers suffice, the requester not counted.
    pub fn met_by<'a>(self, signers: impl IntoIterator<Item = &'a Person>, requester: &PersonId) -> bool {
        let signers: BTreeSet<_> =
            signers.into_iter().filter(|p| p.id != *requester).map(|p| (&p.id, p.department)).collect();
        let people: BTreeSet<_> = signers.iter().map(|(id, _)| *id).collect();
        let departments: BTreeSet<_> = signers.iter().map(|(_, d)| *d).collect();
        people.len() >= usize::from(self.people) && departments.len() >= usize::from(self.departments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, department: Department) -> Person {
        Person { id: PersonId::new(id).unwrap(), department, deputy: None }
    }

    #[test]
    fn two_people_of_two_departments() {
        let legal = person("legal", Department::Legal);
        let legal2 = person("legal2", Department::Legal);
        let sec = person("sec", Department::Security);
        let requester = PersonId::new("ops").unwrap();
        let q = Quorum::TWO_OF_TWO;
        assert!(q.met_by([&legal, &sec], &requester));
        assert!(!q.met_by([&legal, &legal2], &requester), "one department twice");
        assert!(!q.met_by([&legal, &legal], &requester), "one person twice");
        assert!(!q.met_by([&legal, &sec], &sec.id), "the requester does not count");
    }
}
