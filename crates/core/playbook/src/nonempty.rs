//! A list that has at least one member: "blocked, by nothing" does not compile.

use serde::{Deserialize, Serialize};

/// At least one `T`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<T>", into = "Vec<T>")]
#[serde(bound(serialize = "T: Serialize + Clone", deserialize = "T: Deserialize<'de>"))]
pub struct NonEmpty<T> {
    // Boxed, so that a refusal that carries a list stays small.
    first: Box<T>,
    rest: Vec<T>,
}

/// A list without members where one is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the list is empty")]
pub struct Empty;

impl<T> NonEmpty<T> {
    /// A list of one.
    pub fn one(first: T) -> Self {
        Self { first: Box::new(first), rest: Vec::new() }
    }

    /// The list, unless it is empty.
    pub fn new(list: Vec<T>) -> Option<Self> {
        let mut list = list.into_iter();
        Some(Self { first: Box::new(list.next()?), rest: list.collect() })
    }

    /// The first member.
    pub fn first(&self) -> &T {
        &self.first
    }

    /// Every member, in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::once(self.first()).chain(&self.rest)
    }

    /// How many there are; never zero.
    pub fn count(&self) -> usize {
        1 + self.rest.len()
    }

    /// The members as a plain list.
    pub fn into_vec(self) -> Vec<T> {
        std::iter::once(*self.first).chain(self.rest).collect()
    }
}

impl<T> TryFrom<Vec<T>> for NonEmpty<T> {
    type Error = Empty;
    fn try_from(list: Vec<T>) -> Result<Self, Empty> {
        Self::new(list).ok_or(Empty)
    }
}

impl<T> From<NonEmpty<T>> for Vec<T> {
    fn from(list: NonEmpty<T>) -> Self {
        list.into_vec()
    }
}
